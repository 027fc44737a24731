import { Hash64Map, hash64 } from '../platform/hash64.ts';

/** Days a message id is remembered; the same id again within them is the same message. */
export const REMEMBER_DAYS = 30;

/** Ids of messages that are in the warehouse, by 64-bit hash: 12 to 24 bytes a message. */
export class SeenMessages {
  readonly #byWorkspace = new Map<string, Hash64Map>();
  readonly #hash = new Uint32Array(2);

  /** Takes up hashes read back from the warehouse, 8 bytes each, little-endian. */
  load(workspace: string, hashes: Buffer): void {
    const map = this.#of(workspace, hashes.length / 8);
    for (let at = 0; at < hashes.length; at += 8)
      map.set(hashes.readUInt32LE(at), hashes.readUInt32LE(at + 4), 1);
  }

  /** Whether the message is stored. */
  has(workspace: string, messageId: string): boolean {
    hash64(messageId, this.#hash);
    return this.#of(workspace, 0).get(this.#hash[0]!, this.#hash[1]!) !== 0;
  }

  /** The message's hash as decimal digits, or null when the message was seen before. */
  hashIfNew(workspace: string, messageId: string): string | null {
    if (this.has(workspace, messageId)) return null;
    const [low, high] = this.#hash as unknown as [number, number];
    return ((BigInt(high) << 32n) | BigInt(low)).toString();
  }

  /** Remembers messages that are stored now. */
  remember(workspace: string, messageIds: readonly string[]): void {
    const map = this.#of(workspace, messageIds.length);
    for (const id of messageIds) {
      hash64(id, this.#hash);
      map.set(this.#hash[0]!, this.#hash[1]!, 1);
    }
  }

  #of(workspace: string, expected: number): Hash64Map {
    let map = this.#byWorkspace.get(workspace);
    if (!map) {
      map = new Hash64Map(Math.max(4096, expected));
      this.#byWorkspace.set(workspace, map);
    }
    return map;
  }
}
