import { inflateRawSync } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';

const END_RECORD = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;
const MAX_ENTRY_BYTES = 400 * 1024 * 1024;

/** Reads one entry of a zip by name; undefined when there is none. */
export type ZipArchive = (name: string) => string | undefined;

/** The text entries of a zip held in memory, e.g. the XML parts of an .xlsx file. */
export function openZip(zip: Buffer): ZipArchive {
  const entries = centralDirectory(zip);
  return (name) => {
    const at = entries.get(name.toLowerCase());
    return at === undefined ? undefined : entryText(zip, at);
  };
}

function centralDirectory(zip: Buffer): Map<string, number> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > zip.length || zip.readUInt32LE(end) !== END_RECORD) throw damaged();
  const entries = new Map<string, number>();
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== CENTRAL_ENTRY) throw damaged();
    const nameLength = zip.readUInt16LE(at + 28);
    entries.set(zip.toString('utf8', at + 46, at + 46 + nameLength).toLowerCase(), at);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function entryText(zip: Buffer, at: number): string {
  const method = zip.readUInt16LE(at + 10);
  const size = zip.readUInt32LE(at + 20);
  const local = zip.readUInt32LE(at + 42);
  if (local + 30 > zip.length) throw damaged();
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + size);
  if (method === 0) return packed.toString('utf8');
  try {
    return inflateRawSync(packed, { maxOutputLength: MAX_ENTRY_BYTES }).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const detail = 'The spreadsheet unpacks to more than 400 MB; save the sheet as CSV and import that.';
      throw new AppError({ code: 'collect.file_too_large', status: 413, detail });
    }
    throw damaged();
  }
}

function damaged(): AppError {
  const detail =
    'The spreadsheet is not a readable .xlsx file; open it in a spreadsheet program and save it again.';
  return new AppError({ code: 'collect.file_damaged', status: 422, detail });
}
