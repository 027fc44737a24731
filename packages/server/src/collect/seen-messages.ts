import { DAY, SECOND } from '../platform/clock.ts';
import { Hash64Map } from '../platform/hash64.ts';
import { digitsOf, hashBefore, type MessageHash } from './message-hash.ts';

/** Days a message id is remembered; the same id again within them is the same message. */
export const REMEMBER_DAYS = 30;
/** Messages that arrived within as many days are forgotten together, once all of them may be. */
const DAYS_TOGETHER = 5;

const secondOf = (time: number) => Math.max(1, Math.floor(time / SECOND));
const spanOf = (second: number) => Math.floor((second * SECOND) / (DAYS_TOGETHER * DAY));

/** The second of arrival from which on messages are remembered at a moment. */
export const rememberedFrom = (now: number) => secondOf(now - REMEMBER_DAYS * DAY);

/**
 * Ids of messages that are in the warehouse, by 64-bit hash, with the second they arrived: 18 to 36 bytes a message of
 * the last 35 days. What arrived earlier is forgotten to the second, and its memory given back five days at a time.
 */
export class SeenMessages {
  /** By workspace, then by span of days. */
  readonly #byWorkspace = new Map<string, Map<number, Hash64Map>>();
  readonly #hash = new Uint32Array(2);
  readonly #before = new Uint32Array(2);
  readonly #hashOf: MessageHash;
  /** The span of days before which all is forgotten. */
  #oldest = Number.NEGATIVE_INFINITY;

  constructor(hashOf: MessageHash) {
    this.#hashOf = hashOf;
  }

  /** Takes up what is read back from the warehouse: a hash in 8 bytes and the second of arrival in 4, little-endian. */
  load(workspace: string, rows: Buffer): void {
    for (let at = 0; at < rows.length; at += 12)
      this.#note(workspace, rows.readUInt32LE(at), rows.readUInt32LE(at + 4), rows.readUInt32LE(at + 8));
  }

  /** Whether the message is stored and arrived in the last 30 days. */
  has(workspace: string, messageId: string, now: number): boolean {
    this.#hashOf(messageId, this.#hash);
    const from = rememberedFrom(now);
    const wasOther = hashBefore(messageId, this.#before);
    for (const map of this.#byWorkspace.get(workspace)?.values() ?? []) {
      if (map.get(this.#hash[0]!, this.#hash[1]!) >= from) return true;
      if (wasOther && map.get(this.#before[0]!, this.#before[1]!) >= from) return true;
    }
    return false;
  }

  /** The message's hash as decimal digits, or null when the message was seen before. */
  hashIfNew(workspace: string, messageId: string, now: number): string | null {
    if (this.has(workspace, messageId, now)) return null;
    return digitsOf(this.#hash);
  }

  /** Remembers messages that are stored now, and forgets what has had its time. */
  remember(workspace: string, messageIds: readonly string[], arrived: number): void {
    const second = secondOf(arrived);
    for (const id of messageIds) {
      this.#hashOf(id, this.#hash);
      this.#note(workspace, this.#hash[0]!, this.#hash[1]!, second);
    }
    const oldest = spanOf(rememberedFrom(arrived));
    if (oldest === this.#oldest) return;
    this.#oldest = oldest;
    for (const spans of this.#byWorkspace.values())
      for (const span of spans.keys()) if (span < oldest) spans.delete(span);
  }

  /** Messages that memory is held for. */
  get size(): number {
    let size = 0;
    for (const spans of this.#byWorkspace.values()) for (const map of spans.values()) size += map.size;
    return size;
  }

  #note(workspace: string, low: number, high: number, second: number): void {
    let spans = this.#byWorkspace.get(workspace);
    if (!spans) {
      spans = new Map();
      this.#byWorkspace.set(workspace, spans);
    }
    const span = spanOf(second);
    let map = spans.get(span);
    if (!map) {
      map = new Hash64Map(1024);
      spans.set(span, map);
    }
    map.set(low, high, Math.max(second, map.get(low, high)));
  }
}
