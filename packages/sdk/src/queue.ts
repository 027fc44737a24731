import type { Clock } from './clock.ts';
import { readJson, type Store } from './store.ts';

/**
 * Messages that the server has not acknowledged yet. Each lies under a key of its own, so that tabs sharing one store
 * never write over each other. Whoever sends claims what it sends for a while; others leave that alone.
 */

export interface QueueLimits {
  messages: number;
  bytes: number;
}

export interface Batch {
  claim: string;
  keys: string[];
  messages: string[];
  bytes: number;
}

interface Claim {
  until: number;
  keys: string[];
}

/** Larger messages are not taken; the server reads bodies up to 5 MB. */
export const MESSAGE_BYTES = 256_000;
/** A message as they are; one that weighs more counts as more. */
const AVERAGE_BYTES = 1_000;
const MESSAGE = 'm.';
const CLAIM = 'c.';
/** No claim is longer: one that seems so was made by a clock that was wrong. */
const LONGEST_CLAIM = 120_000;

export function openQueue(parts: {
  store: Store;
  clock: Clock;
  /** Names this tab; 6 characters. */
  tab: string;
  limits: QueueLimits;
  dropped: (why: 'queue_full' | 'too_large', messages: number) => void;
}) {
  const { store, clock, tab, limits } = parts;
  let last = 0;
  let made = 0;
  /** Messages that may come before it is worth counting again. */
  let uncounted = 0;

  const messageKeys = () =>
    store
      .keys()
      .filter((key) => key.startsWith(MESSAGE))
      .sort();

  /** What is claimed now; claims that are over are cleared away. */
  function claims(): Claim[] {
    const now = clock.now();
    return store
      .keys()
      .filter((key) => key.startsWith(CLAIM))
      .flatMap((key) => {
        const claim = readJson<Claim>(store, key);
        if (claim && claim.until > now && claim.until <= now + LONGEST_CLAIM) return [claim];
        store.remove(key);
        return [];
      });
  }

  const claimed = () => new Set(claims().flatMap((claim) => claim.keys));

  /** Keys sort by time; they say the size, so that bounds are known without reading. */
  function nextKey(bytes: number): string {
    last = Math.max(last, clock.now());
    made += 1;
    const place = last.toString(36).padStart(9, '0') + (made % 46_656).toString(36).padStart(3, '0');
    return `${MESSAGE}${place}.${tab}.${bytes.toString(36)}`;
  }

  /** Counts seldom while the bounds are far: other tabs add too, so only to a quarter of the way. */
  function makeRoom(newBytes: number): void {
    uncounted -= 1 + newBytes / AVERAGE_BYTES;
    if (uncounted > 0) return;
    const keys = messageKeys();
    let bytes = keys.reduce((sum, key) => sum + bytesOf(key), 0);
    if (keys.length <= limits.messages && bytes <= limits.bytes) {
      uncounted = Math.min(limits.messages - keys.length, (limits.bytes - bytes) / AVERAGE_BYTES) / 4;
      return;
    }
    const underWay = claimed();
    let count = keys.length;
    let lost = 0;
    for (const key of keys.slice(0, -1)) {
      if (count <= limits.messages && bytes <= limits.bytes) break;
      if (underWay.has(key)) continue;
      store.remove(key);
      count -= 1;
      lost += 1;
      bytes -= bytesOf(key);
    }
    if (lost > 0) parts.dropped('queue_full', lost);
  }

  return {
    /** Keeps a message until it is acknowledged; the oldest make room. */
    add(message: string): void {
      const bytes = utf8Bytes(message);
      if (bytes > MESSAGE_BYTES) {
        parts.dropped('too_large', 1);
        return;
      }
      store.set(nextKey(bytes), message);
      makeRoom(bytes);
    },

    /** Claims the oldest messages nobody is sending, as many as fit but at least one; null when there are none. */
    take(most: QueueLimits & { ofThisTab?: boolean }, claimMs: number): Batch | null {
      const underWay = claimed();
      const batch: Batch = { claim: '', keys: [], messages: [], bytes: 0 };
      for (const key of messageKeys()) {
        if (underWay.has(key) || (most.ofThisTab && !key.includes(`.${tab}.`))) continue;
        const bytes = bytesOf(key) + 1;
        if (batch.keys.length === most.messages) break;
        if (batch.bytes + bytes > most.bytes && (batch.keys.length > 0 || most.ofThisTab)) break;
        const message = store.get(key);
        if (message === null) continue;
        batch.keys.push(key);
        batch.messages.push(message);
        batch.bytes += bytes;
      }
      if (batch.keys.length === 0) return null;
      made += 1;
      batch.claim = `${CLAIM}${tab}${made.toString(36)}`;
      const claim: Claim = { until: clock.now() + claimMs, keys: batch.keys };
      store.set(batch.claim, JSON.stringify(claim));
      return batch;
    },

    /** Forgets messages: the server has them, or will never take them. */
    remove(keys: readonly string[]): void {
      for (const key of keys) store.remove(key);
    },

    /** Lets others send what a batch claimed and did not get through. */
    release(batch: Batch): void {
      store.remove(batch.claim);
    },

    /** Milliseconds until something can be sent: 0 when it can be now, null when there is nothing. */
    readyIn(): number | null {
      const keys = messageKeys();
      if (keys.length === 0) return null;
      const underWay = claims();
      const taken = new Set(underWay.flatMap((claim) => claim.keys));
      if (keys.some((key) => !taken.has(key))) return 0;
      return Math.max(1, Math.min(...underWay.map((claim) => claim.until)) - clock.now());
    },
  };
}
export type Queue = ReturnType<typeof openQueue>;

const bytesOf = (key: string) => Number.parseInt(key.slice(key.lastIndexOf('.') + 1), 36) || 0;

/** Bytes of a text in UTF-8; mini-programs have no TextEncoder. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Half of a surrogate pair counts two of the pair's four; alone it is sent as three bytes, at most one more a unit.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
}
