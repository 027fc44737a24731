import { gunzip } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';

/** Largest body that is read; clients of the Segment protocol send at most half a megabyte. */
export const BODY_LIMIT = 5 * 1024 * 1024;
const UNZIPPED_LIMIT = 20 * 1024 * 1024;
/** The same while nobody knows whose the body is. */
export const KEYLESS_LIMIT = 2 * 1024 * 1024;
/** Bytes that may be in the course of being unpacked and parsed at once, of all senders. */
const AT_ONCE = 96 * 1024 * 1024;

let underWay = 0;
/** No deflated byte becomes more than these (https://zlib.net/zlib_tech.html). */
const MOST_INFLATION = 1032;

/**
 * Does the work while what all senders have under way stays within bounds; beyond them it answers 503. `zipped` are the
 * bytes that may be gzip within something else.
 */
export async function weighed<T>(packed: Buffer, zipped: number, work: () => Promise<T>): Promise<T> {
  const inflating = Math.max(isGzip(packed) ? packed.length : 0, zipped) * MOST_INFLATION;
  const bytes = Math.max(packed.length, Math.min(UNZIPPED_LIMIT, inflating));
  if (underWay > 0 && underWay + bytes > AT_ONCE)
    throw new AppError({
      code: 'collect.overloaded',
      status: 503,
      detail: 'More arrives than can be read at once; try again in a second.',
    });
  underWay += bytes;
  try {
    return await work();
  } finally {
    underWay -= bytes;
  }
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Gzip is known by its first bytes, not by a header that may be wrong. Null where it cannot be unzipped. */
export async function unzipped(bytes: Buffer, limit = UNZIPPED_LIMIT): Promise<Buffer | null> {
  if (!isGzip(bytes)) return bytes;
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: limit }, (error, out) => {
      if (!error) resolve(out);
      else if (error.message.includes('larger than'))
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
