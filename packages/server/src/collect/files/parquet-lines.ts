import { once } from 'node:events';
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError, messageOf } from '../../platform/errors.ts';
import { requireFewColumns } from './column-limit.ts';
import type { CellValue } from './source-row.ts';

// A process of its own, started by read-parquet.ts: it writes a Parquet file as lines of JSON, first `{"columns":[…]}`,
// then an array of cells for each row, `{"fault":…}` where there is none, last `{"error":…}` if it could not go on.

const MAX_ROW_CHARS = 1024 * 1024;
/** So many cells are decoded at once: 50,000 rows of eight columns. */
const BATCH_CELLS = 400_000;
const MAX_BATCH_ROWS = 50_000;
const WRITE_CHARS = 64 * 1024;

/** How a column's decoded value becomes a cell. */
type CellOf = (value: unknown) => CellValue;

try {
  await writeLines(process.argv[2]!, Number(process.argv[3]));
} catch (error) {
  const problem =
    error instanceof AppError
      ? { code: error.code, status: error.status, detail: error.detail }
      : {
          code: 'collect.file_damaged',
          status: 422,
          detail: `The Parquet file could not be read: ${messageOf(error)}.`,
        };
  await write(`${JSON.stringify({ error: problem })}\n`);
}

async function writeLines(path: string, fromRow: number): Promise<void> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const columns = columnReaders(metadata);
  await write(`${JSON.stringify({ columns: [...columns.keys()] })}\n`);
  const batch = Math.min(MAX_BATCH_ROWS, Math.ceil(BATCH_CELLS / Math.max(1, columns.size)));
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let rowStart = Math.max(groupStart, fromRow - 1); rowStart < groupEnd; rowStart += batch) {
      const rowEnd = Math.min(rowStart + batch, groupEnd);
      await writeRows(await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }), columns);
    }
    groupStart = groupEnd;
  }
}

async function writeRows(rows: Record<string, unknown>[], columns: Map<string, CellOf>): Promise<void> {
  let text = '';
  for (const row of rows) {
    text += `${lineOf(row, columns)}\n`;
    if (text.length < WRITE_CHARS) continue;
    await write(text);
    text = '';
  }
  await write(text);
}

/** Waits while the reader is slower than this. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function lineOf(row: Record<string, unknown>, columns: Map<string, CellOf>): string {
  const cells: CellValue[] = [];
  for (const [name, cellOf] of columns) cells.push(cellOf(row[name]));
  const line = JSON.stringify(cells);
  if (line.length <= MAX_ROW_CHARS) return line;
  return JSON.stringify({
    fault: {
      code: 'line_too_long',
      message: `The row is longer than ${MAX_ROW_CHARS.toLocaleString('en')} characters and was skipped.`,
    },
  });
}

/** One reader a top-level column: the flat schema list names a group, then its children. */
function columnReaders({ schema }: FileMetaData): Map<string, CellOf> {
  const columns = new Map<string, CellOf>();
  // How many elements of the list belong to the column at hand.
  let inside = 0;
  for (const element of schema.slice(1)) {
    if (inside > 0) inside--;
    else columns.set(element.name, cellReader(element));
    inside += element.num_children ?? 0;
  }
  requireFewColumns(columns.size);
  return columns;
}

function cellReader(element: FileMetaData['schema'][number]): CellOf {
  const { logical_type: logical, converted_type: converted } = element;
  if (converted === 'DATE' || logical?.type === 'DATE')
    return (value) => isoText(value)?.slice(0, 10) ?? null;
  // A timestamp that is not adjusted to UTC is a wall-clock time: without its Z it is read in the workspace's zone.
  if (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC)
    return (value) => isoText(value)?.slice(0, -1) ?? null;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = element.scale ?? 0;
    return (value) => (value === null || value === undefined ? null : Number(value).toFixed(scale));
  }
  return anyCell;
}

function isoText(value: unknown): string | undefined {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
}

function anyCell(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return (
    isoText(value) ?? JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner))
  );
}
