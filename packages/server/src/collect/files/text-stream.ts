import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '../../platform/errors.ts';
import { detectEncoding, type TextEncoding } from './text-encoding.ts';

export type Compression = 'none' | 'gzip';

const CHUNK_BYTES = 128 * 1024;
/** Packed bytes become many times as many: read in smaller pieces, they say how far it is. */
const PACKED_BYTES = 16 * 1024;
const ENCODING_SCAN_BYTES = 64 * 1024 * 1024;

/** The bytes of a file, unpacked, in order; `onBytes` is told how many of the file were read for them. */
async function* openBytes(
  path: string,
  compression: Compression,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: compression === 'gzip' ? PACKED_BYTES : CHUNK_BYTES });
  const stream: Readable =
    compression === 'gzip' ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
  file.on('error', (error) => stream.destroy(error));
  try {
    let told = 0;
    for await (const chunk of stream) {
      onBytes(file.bytesRead - told);
      told = file.bytesRead;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw new AppError({
      code: 'collect.file_damaged',
      status: 422,
      detail: `The file could not be read to its end: ${messageOf(error)}. Export or upload it again.`,
    });
  } finally {
    file.destroy();
    stream.destroy();
  }
}

/** How the text of a file is to be read. */
export interface TextReading {
  /** For a sample: about how much of the text to look at, whatever it holds. */
  maxChars?: number;
  /** Told how many more bytes of the file were read. */
  onBytes?: (bytes: number) => void;
}

/** The text of a file in chunks, decoded and unpacked, with `\n` at line ends however it was written. */
export async function* openText(
  path: string,
  source: { compression: Compression; encoding: TextEncoding },
  { maxChars = Number.POSITIVE_INFINITY, onBytes }: TextReading = {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder(source.encoding);
  let endedInReturn = false;
  let chars = 0;
  for await (const bytes of openBytes(path, source.compression, onBytes)) {
    const chunk: string = (endedInReturn ? '\r' : '') + decoder.decode(bytes, { stream: true });
    endedInReturn = chunk.endsWith('\r');
    const text = unixLines(endedInReturn ? chunk.slice(0, -1) : chunk);
    if (text !== '') yield text;
    chars += text.length;
    if (chars >= maxChars) return;
    // Others get their turn even when the next chunk lies ready.
    await setImmediate();
  }
  const tail = unixLines((endedInReturn ? '\r' : '') + decoder.decode());
  if (tail !== '') yield tail;
}

function unixLines(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text;
}

/** Reads on until a byte outside ASCII turns up (or 64 MB have none), and judges by what follows. */
export async function sniffEncoding(path: string, compression: Compression): Promise<TextEncoding> {
  let seen = 0;
  for await (const bytes of openBytes(path, compression)) {
    if (!isAscii(bytes) || bytes.includes(0)) return detectEncoding(bytes);
    seen += bytes.length;
    if (seen >= ENCODING_SCAN_BYTES) break;
  }
  return 'utf-8';
}
