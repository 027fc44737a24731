import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { Upload } from './api.ts';

/** Files as one multipart/form-data body, read from disk while it is sent; `sent` hears how many bytes went. */
export async function filesAsMultipart(
  paths: readonly string[],
  sent: (bytes: number, of: number) => void,
): Promise<Upload> {
  const boundary = `qianmian-${randomUUID()}`;
  const parts = await Promise.all(
    paths.map(async (path) => ({ path, size: (await stat(path)).size, head: headOf(boundary, path) })),
  );
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const bytes = parts.reduce((sum, p) => sum + p.head.length + p.size + 2, tail.length);

  async function* pieces(): AsyncGenerator<Buffer> {
    let done = 0;
    const count = (piece: Buffer) => {
      done += piece.length;
      sent(done, bytes);
      return piece;
    };
    for (const { path, head } of parts) {
      yield count(head);
      for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) yield count(piece);
      yield count(Buffer.from('\r\n'));
    }
    yield count(tail);
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes,
    body: Readable.from(pieces(), { objectMode: false }),
  };
}

function headOf(boundary: string, path: string): Buffer {
  // Quotes and line breaks in a name are escaped as browsers do.
  const name = basename(path).replace(/["\r\n]/g, (c) => encodeURIComponent(c));
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
}
