import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '../../platform/errors.ts';
import { detectEncoding, type TextEncoding } from './text-encoding.ts';

export type Compression = 'none' | 'gzip';

const CHUNK_BYTES = 256 * 1024;
const ENCODING_SCAN_BYTES = 64 * 1024 * 1024;

/** The bytes of a file, unpacked, in order. */
async function* openBytes(path: string, compression: Compression): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const stream: Readable =
    compression === 'gzip' ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
  file.on('error', (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
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

/** The text of a file in chunks, decoded and unpacked, with `\n` at line ends however it was written. */
export async function* openText(
  path: string,
  source: { compression: Compression; encoding: TextEncoding },
): AsyncGenerator<string> {
  const decoder = new TextDecoder(source.encoding);
  let endedInReturn = false;
  for await (const bytes of openBytes(path, source.compression)) {
    const chunk: string = (endedInReturn ? '\r' : '') + decoder.decode(bytes, { stream: true });
    endedInReturn = chunk.endsWith('\r');
    const text = unixLines(endedInReturn ? chunk.slice(0, -1) : chunk);
    if (text !== '') yield text;
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
