import { gunzip } from 'node:zlib';
import { SECOND } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';

/** Largest body that is read; clients of the Segment protocol send at most half a megabyte. */
export const BODY_LIMIT = 5 * 1024 * 1024;
const UNZIPPED_LIMIT = 20 * 1024 * 1024;
/** The same while nobody knows whose the body is. */
export const KEYLESS_LIMIT = 2 * 1024 * 1024;
/** Bytes that may be in the course of being unpacked and parsed at once, of all senders. */
const AT_ONCE = 96 * 1024 * 1024;

/** Unzips what is gzip, once there is room for what it becomes. Null where it cannot be unzipped. */
export type Unpack = (bytes: Buffer, limit?: number) => Promise<Buffer | null>;

interface Waiting {
  bytes: number;
  enter: () => void;
}

/**
 * Weighs what all senders have under way at once. Where there is no room for more, the work waits for it, and after
 * `patienceMs` the answer is 503.
 */
export function openScales(atOnce = AT_ONCE, patienceMs = SECOND) {
  let underWay = 0;
  let queue: Waiting[] = [];

  function room(bytes: number, isFirst: boolean): Promise<void> {
    if (queue.length === 0 && fits(bytes)) {
      underWay += bytes;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue = queue.filter((one) => one !== waiting);
        reject(overloaded());
        admit();
      }, patienceMs);
      const waiting: Waiting = {
        bytes,
        enter() {
          clearTimeout(timer);
          resolve();
        },
      };
      // Who holds something already goes first: others may wait for just that.
      if (isFirst) queue.unshift(waiting);
      else queue.push(waiting);
      admit();
    });
  }

  const fits = (bytes: number) => underWay === 0 || underWay + bytes <= atOnce;

  function admit(): void {
    for (let first = queue[0]; first && fits(first.bytes); first = queue[0]) {
      underWay += first.bytes;
      queue.shift();
      first.enter();
    }
  }

  /** Does the work on a body while there is room for it and for what it says that it unzips to. */
  return async function weighed<T>(packed: Buffer, work: (unpack: Unpack) => Promise<T>): Promise<T> {
    let held = packed.length + claimOf(packed);
    await room(held, false);
    try {
      return await work(async (bytes, limit) => {
        if (bytes !== packed) {
          const claim = claimOf(bytes);
          await room(claim, true);
          held += claim;
        }
        return unzipped(bytes, limit);
      });
    } finally {
      underWay -= held;
      admit();
    }
  };
}

/** What all doors of the process have under way. */
export const weighed = openScales();

const overloaded = () =>
  new AppError({
    code: 'collect.overloaded',
    status: 503,
    detail: 'More arrives than can be read at once; try again in a second.',
  });

/** Gzip is known by its first bytes, not by a header that may be wrong. */
const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Bytes that gzip says it becomes, in its last four (RFC 1952); no more than are unzipped. */
function claimOf(bytes: Buffer): number {
  return isGzip(bytes) && bytes.length >= 18
    ? Math.min(bytes.readUInt32LE(bytes.length - 4), UNZIPPED_LIMIT)
    : 0;
}

/** What says that it is smaller than it is cannot be unzipped: it was weighed by what it says. */
function unzipped(bytes: Buffer, limit = UNZIPPED_LIMIT): Promise<Buffer | null> {
  if (!isGzip(bytes)) return Promise.resolve(bytes);
  const claim = claimOf(bytes);
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: Math.max(1, Math.min(claim, limit)) }, (error, out) => {
      if (!error) resolve(out);
      else if (error.message.includes('larger than') && claim >= limit)
        reject(
          new AppError({
            code: 'request.too_large',
            status: 413,
            detail: `The body unzips to more than ${limit} bytes; send fewer events at once.`,
          }),
        );
      else resolve(null);
    });
  });
}
