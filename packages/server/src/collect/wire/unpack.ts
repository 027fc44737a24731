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
/** Does the work while what all senders have under way stays within bounds; beyond them it answers 503. */
export async function weighed<T>(packed: Buffer, work: () => Promise<T>): Promise<T> {
  const bytes = isGzip(packed) || mayHoldGzip(packed) ? UNZIPPED_LIMIT : packed.length;
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

export const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** "H4sI" begins gzip in base64. */
const mayHoldGzip = (bytes: Buffer) => bytes.length > 100_000 && bytes.subarray(0, 2000).includes('H4sI');

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
