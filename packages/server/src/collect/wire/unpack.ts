import { isUtf8 } from 'node:buffer';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { SECOND } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';

/** Largest body that is read; clients of the Segment protocol send at most half a megabyte. */
export const BODY_LIMIT = 5 * 1024 * 1024;
const UNZIPPED_LIMIT = 20 * 1024 * 1024;
/** The same while nobody knows whose the body is. */
const KEYLESS_LIMIT = 2 * 1024 * 1024;
/** Bytes that may be in the course of being unpacked and parsed at once, of all senders, and of those nobody knows. */
const AT_ONCE = 96 * 1024 * 1024;
const KEYLESS_AT_ONCE = 24 * 1024 * 1024;

/** Unzips what is gzip, once there is room for what it becomes. Null where it cannot be unzipped. */
export type Unpack = (bytes: Buffer) => Promise<Buffer | null>;

interface Waiting {
  bytes: number;
  enter: () => void;
}

/**
 * Weighs what all senders have under way at once. Where there is no room for more, the work waits for it, and after
 * `patienceMs` the answer is 503.
 */
export function openScales({
  atOnce = AT_ONCE,
  patienceMs = SECOND,
  limit = UNZIPPED_LIMIT,
  /** What says that it becomes more than may be is refused at once; who is known is told once that is sure. */
  trusts = true,
} = {}) {
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

  /** Bytes that a body is said to become: by its last four where it is gzip (RFC 1952), else as many as may be. */
  function claimOf(bytes: Buffer, encoding?: Encoding): number {
    if (!isGzip(bytes)) return encoding ? limit : 0;
    const claim = bytes.length < 18 ? 0 : bytes.readUInt32LE(bytes.length - 4);
    if (claim > limit && !trusts) throw tooLarge(limit);
    return Math.min(claim, limit);
  }

  /** Does the work on a body while there is room for it and for what it says that it unzips to. */
  return async function weighed<T>(
    packed: Buffer,
    work: (unpack: Unpack) => Promise<T>,
    encoding?: Encoding,
  ): Promise<T> {
    let held = packed.length + claimOf(packed, encoding);
    await room(held, false);
    const hold = async (more: number) => {
      await room(more, true);
      held += more;
    };
    try {
      return await work(async (bytes) => {
        const claim = claimOf(bytes, bytes === packed ? encoding : undefined);
        if (bytes !== packed) await hold(claim);
        if (!isGzip(bytes)) {
          if (bytes !== packed || !encoding) return bytes;
          const found = await unzipped(bytes, limit, UNPACKERS[encoding]);
          if (found === 'more') throw tooLarge(limit);
          return found ?? bytes;
        }
        let found = await unzipped(bytes, claim, gunzip);
        if (found === 'more' && claim < limit) {
          // Gzip may have several members, of which only the last says its length here.
          await hold(limit - claim);
          found = await unzipped(bytes, limit, gunzip);
        }
        if (found === 'more') throw tooLarge(limit);
        return found;
      });
    } finally {
      underWay -= held;
      admit();
    }
  };
}

/** What all doors of the process have under way, and apart from it what nobody knows whose it is. */
export const weighed = openScales();
export const weighedKeyless = openScales({ atOnce: KEYLESS_AT_ONCE, limit: KEYLESS_LIMIT, trusts: false });

/** Other packings, by what a header says: nothing in the bytes tells them. */
const UNPACKERS = { br: brotliDecompress, deflate: inflate };
export type Encoding = keyof typeof UNPACKERS;

/**
 * The packing that a header names, of those beside gzip. Bytes in another one are refused, so that nobody thinks them
 * stored; text is what it is, whatever its header says.
 */
export function encodingNamed(header: string | undefined, bytes: Buffer): Encoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === 'br' || name === 'deflate') return name;
  if (['', 'identity', 'gzip', 'x-gzip'].includes(name) || isGzip(bytes) || isUtf8(bytes)) return undefined;
  throw new AppError({
    code: 'request.media_type',
    status: 415,
    detail: `A body of the Content-Encoding "${name.slice(0, 40)}" is not read here; send it as it is, or as gzip, deflate or br.`,
  });
}

const overloaded = () =>
  new AppError({
    code: 'collect.overloaded',
    status: 503,
    detail: 'More arrives than can be read at once; try again in a second.',
  });

/** Gzip is known by its first bytes, not by a header that may be wrong. */
const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

const tooLarge = (limit: number) =>
  new AppError({
    code: 'request.too_large',
    status: 413,
    detail: `The body unzips to more than ${limit} bytes; send fewer events at once.`,
  });

/** What a packing holds; `more` where that is more than is allowed, null where it is none. */
function unzipped(bytes: Buffer, most: number, unpack: typeof gunzip): Promise<Buffer | 'more' | null> {
  return new Promise((resolve) => {
    unpack(bytes, { maxOutputLength: Math.max(1, most) }, (error, out) => {
      if (!error) resolve(out);
      else resolve(error.message.includes('larger than') ? 'more' : null);
    });
  });
}
