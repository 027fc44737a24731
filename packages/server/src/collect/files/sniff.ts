import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync, constants as zlib } from 'node:zlib';
import { AppError } from '../../platform/errors.ts';
import { requireFewColumns, tooManyColumns } from './column-limit.ts';
import { detectDelimiter } from './delimiter.ts';
import { readRows } from './read-rows.ts';
import type { FileShape, SniffedFile } from './sniffed-file.ts';
import { isFault, type RowValues } from './source-row.ts';
import type { TextEncoding } from './text-encoding.ts';
import { type Compression, openText, sniffEncoding } from './text-stream.ts';

/** What is looked at: rows, rows that could not be read among them, characters of these rows, characters of a text. */
const SAMPLE_ROWS = 200;
const SAMPLE_TRIES = 1_000;
const SAMPLE_ROW_CHARS = 4 * 1024 * 1024;
const SAMPLE_TEXT_CHARS = 16 * 1024 * 1024;
const START_CHARS = 64 * 1024;

/** Tells a file's format, encoding, compression, delimiter and columns by its content; its name is not asked. */
export async function sniffFile(path: string): Promise<SniffedFile> {
  const shape = await shapeOf(path);
  const { headers, sampleRows } = await sample(path, shape);
  if (headers.length === 0) throw noRecords();
  return { ...shape, headers, sampleRows };
}

async function shapeOf(path: string): Promise<FileShape> {
  const head = await firstBytes(path);
  const binary: Omit<FileShape, 'format'> = { encoding: 'utf-8', compression: 'none' };
  if (head.length === 0) throw emptyFile();
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { format: 'parquet', ...binary };
  if (head[0] === 0x50 && head[1] === 0x4b) return { format: 'xlsx', ...binary };
  if (head.readUInt16BE(0) === 0xd0cf) throw unsupported('is an old .xls workbook; save it as .xlsx or CSV');
  const compression = head[0] === 0x1f && head[1] === 0x8b ? 'gzip' : 'none';
  if (compression === 'gzip') refusePackedBinary(head);
  return textShape(path, compression);
}

async function firstBytes(path: string): Promise<Buffer> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) {
    const detail = `There is no file "${basename(path)}".`;
    throw new AppError({ code: 'collect.no_such_file', status: 404, detail });
  }
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return bytesRead === 1 ? Buffer.from([buffer[0]!, 0x0a]) : buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refusePackedBinary(head: Buffer): void {
  const inner = unpackedHead(head);
  if (inner.startsWith('PAR1') || inner.startsWith('PK'))
    throw unsupported('is gzipped; unpack it first and import what is inside');
}

function unpackedHead(head: Buffer): string {
  try {
    return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH }).toString('latin1', 0, 8);
  } catch {
    return '';
  }
}

function unsupported(what: string): AppError {
  return new AppError({ code: 'collect.unknown_format', status: 415, detail: `The file ${what}.` });
}

function emptyFile(): AppError {
  const detail = 'The file is empty: it has not even a header line with column names.';
  return new AppError({ code: 'collect.file_empty', status: 422, detail });
}

function noRecords(): AppError {
  const detail =
    'No record at the start of the file could be read: one may be 1,048,576 characters long at most.';
  return new AppError({ code: 'collect.no_records', status: 422, detail });
}

async function textShape(path: string, compression: Compression): Promise<FileShape> {
  const encoding = await sniffEncoding(path, compression);
  const text = await firstText(path, { compression, encoding });
  if (isBinary(text)) throw unsupported('is neither text nor Parquet nor Excel');
  const start = text.trimStart();
  if (start === '') throw emptyFile();
  if (start.startsWith('[')) return { format: 'json', encoding, compression };
  if (start.startsWith('{')) return { format: isJsonLine(start) ? 'jsonl' : 'json', encoding, compression };
  return { format: 'csv', encoding, compression, delimiter: await detectDelimiter(text) };
}

/** Pictures and programs are full of control characters; a damaged text file has a few. */
function isBinary(text: string): boolean {
  let controls = 0;
  const length = Math.min(text.length, 4_096);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && code !== 9 && code !== 10) controls++;
  }
  return controls > length * 0.05;
}

/** The first 64 K characters, cut at a line end so that no record is halved. */
async function firstText(
  path: string,
  source: { compression: Compression; encoding: TextEncoding },
): Promise<string> {
  let text = '';
  for await (const chunk of openText(path, source)) {
    text += chunk;
    if (text.length >= START_CHARS) break;
  }
  if (text.length < START_CHARS) return text;
  const newline = text.lastIndexOf('\n', START_CHARS);
  return text.slice(0, newline > 0 ? newline + 1 : START_CHARS);
}

/** Without a line end: a record, unless an array of objects comes first, or late in what is too long for a record. */
function isJsonLine(text: string): boolean {
  const newline = text.indexOf('\n');
  if (newline < 0) {
    const wraps = text.length < START_CHARS ? /^\{\s*"[^"]*"\s*:\s*\[\s*\{/ : /:\s*\[\s*\{/;
    return !wraps.test(text);
  }
  try {
    JSON.parse(text.slice(0, newline));
    return true;
  } catch {
    return false;
  }
}

async function sample(path: string, shape: FileShape): Promise<Pick<SniffedFile, 'headers' | 'sampleRows'>> {
  let headers: string[] | undefined;
  const sampleRows: RowValues[] = [];
  const named = (columns: string[]) => {
    headers = columns;
  };
  let chars = 0;
  for await (const row of readRows(path, shape, { named, maxChars: SAMPLE_TEXT_CHARS })) {
    if (!isFault(row)) sampleRows.push(row.values);
    else if (row.code === 'too_many_columns') throw tooManyColumns();
    chars += row.raw.length;
    if (sampleRows.length >= SAMPLE_ROWS || row.row >= SAMPLE_TRIES || chars > SAMPLE_ROW_CHARS) break;
  }
  return { headers: headers ?? keysOf(sampleRows), sampleRows };
}

/** JSON has no header: what its rows name are its columns. */
function keysOf(rows: readonly RowValues[]): string[] {
  const keys = new Set<string>();
  for (const values of rows) {
    for (const key in values) keys.add(key);
    requireFewColumns(keys.size);
  }
  return [...keys];
}
