import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createInflateRaw } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';

const END_RECORD = Buffer.from([0x50, 0x4b, 5, 6]);
const END_RECORD_BYTES = 22;
const CENTRAL_ENTRY = 0x02014b50;
const LOCAL_ENTRY_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;
/** Stands where the number itself needs 64 bits and is kept elsewhere. */
const IN_ZIP64 = 0xffffffff;
const CHUNK_BYTES = 64 * 1024;

/** What all entries read may unpack to together: more than the million rows that a sheet holds at most. */
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;
/** Real sheets shrink to a tenth, seldom to a fiftieth; what shrinks more is made to fill memory. */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM = 10 * 1024 * 1024;

/** The text entries of a zip file, e.g. the XML parts of an .xlsx workbook. */
export interface ZipArchive {
  has(name: string): boolean;
  /** The text of an entry in chunks; nothing when there is no such entry. */
  text(name: string, maxBytes?: number): AsyncGenerator<string>;
}

interface Entry {
  method: number;
  packedBytes: number;
  localAt: number;
}

/** Opens a zip file by its directory; entries are unpacked as they are read. */
export async function openZip(path: string): Promise<ZipArchive> {
  const entries = await directoryOf(path);
  let unpacked = 0;
  return {
    has: (name) => entries.has(name.toLowerCase()),
    async *text(name, maxBytes = MAX_UNPACKED_BYTES) {
      const entry = entries.get(name.toLowerCase());
      if (!entry) return;
      const decoder = new TextDecoder();
      let bytes = 0;
      for await (const chunk of unpack(path, entry)) {
        bytes += chunk.length;
        unpacked += chunk.length;
        if (bytes > maxBytes || unpacked > MAX_UNPACKED_BYTES) throw tooLarge(Math.min(maxBytes, unpacked));
        yield decoder.decode(chunk, { stream: true });
        // Others get their turn even when the next chunk lies ready.
        await setImmediate();
      }
      yield decoder.decode();
    },
  };
}

async function directoryOf(path: string): Promise<Map<string, Entry>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = await bytesAt(file, Math.max(0, size - END_RECORD_BYTES - MAX_COMMENT_BYTES), size);
    const end = tail.lastIndexOf(END_RECORD);
    if (end < 0 || end + END_RECORD_BYTES > tail.length) throw damaged();
    const start = tail.readUInt32LE(end + 16);
    const bytes = tail.readUInt32LE(end + 12);
    if (start + bytes > size || bytes > MAX_DIRECTORY_BYTES) throw damaged();
    return entriesIn(await bytesAt(file, start, start + bytes), tail.readUInt16LE(end + 10));
  } finally {
    await file.close();
  }
}

async function bytesAt(file: Awaited<ReturnType<typeof open>>, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  if (bytesRead !== end - start) throw damaged();
  return buffer;
}

function entriesIn(directory: Buffer, count: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let n = count; n > 0; n--) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL_ENTRY) throw damaged();
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const next = extraEnd + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw damaged();
    const name = directory
      .toString('utf8', at + 46, nameEnd)
      .replaceAll('\\', '/')
      .toLowerCase();
    entries.set(name, entryAt(directory, at, directory.subarray(nameEnd, extraEnd)));
    at = next;
  }
  return entries;
}

function entryAt(directory: Buffer, at: number, extra: Buffer): Entry {
  const long = zip64Numbers(extra);
  // Only the numbers that do not fit stand there, in this order; libraries that stream write all of them.
  const numberAt = (offset: number) => {
    const short = directory.readUInt32LE(at + offset);
    return short === IN_ZIP64 ? (long.shift() ?? -1) : short;
  };
  const [, packedBytes, localAt] = [numberAt(24), numberAt(20), numberAt(42)];
  if (packedBytes < 0 || localAt < 0) throw damaged();
  return { method: directory.readUInt16LE(at + 10), packedBytes, localAt };
}

/** The 64-bit numbers of an entry (APPNOTE 4.5.3, extra field 1). */
function zip64Numbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    const numbers: number[] = [];
    for (let n = at + 4; n + 8 <= end; n += 8) numbers.push(Number(extra.readBigUInt64LE(n)));
    return numbers;
  }
  return [];
}

async function* unpack(path: string, entry: Entry): AsyncGenerator<Buffer> {
  const { method, packedBytes } = entry;
  if (method !== 0 && method !== 8) throw damaged();
  const start = await dataStart(path, entry);
  if (packedBytes === 0) return;
  const file = createReadStream(path, { start, end: start + packedBytes - 1, highWaterMark: CHUNK_BYTES });
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const stream: Readable = method === 0 ? file : file.pipe(inflate);
  file.on('error', (error) => stream.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (method !== 0 && bytes > RATIO_COUNTS_FROM && bytes > inflate.bytesWritten * MAX_RATIO)
        throw tooDense();
      yield chunk;
    }
  } catch (error) {
    throw error instanceof AppError ? error : damaged();
  } finally {
    file.destroy();
    inflate.destroy();
  }
}

/** Where an entry's bytes begin: behind its own header, whose name and extra field have lengths of their own. */
async function dataStart(path: string, { localAt, packedBytes }: Entry): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (localAt + LOCAL_ENTRY_BYTES > size) throw damaged();
    const header = await bytesAt(file, localAt, localAt + LOCAL_ENTRY_BYTES);
    const start = localAt + LOCAL_ENTRY_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + packedBytes > size) throw damaged();
    return start;
  } finally {
    await file.close();
  }
}

function tooLarge(bytes: number): AppError {
  const megabytes = Math.round(bytes / 1024 / 1024).toLocaleString('en');
  const detail = `The spreadsheet unpacks to more than ${megabytes} MB; save the sheet as CSV and import that.`;
  return new AppError({ code: 'collect.file_too_large', status: 413, detail });
}

function tooDense(): AppError {
  const detail = `The spreadsheet unpacks to more than ${MAX_RATIO} times its size, as no real one does; save the sheet as CSV and import that.`;
  return new AppError({ code: 'collect.file_too_large', status: 413, detail });
}

/** The file is no workbook that can be read. */
export function damaged(): AppError {
  const detail =
    'The spreadsheet is not a readable .xlsx file; open it in a spreadsheet program and save it again.';
  return new AppError({ code: 'collect.file_damaged', status: 422, detail });
}
