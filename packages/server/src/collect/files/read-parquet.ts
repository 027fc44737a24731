import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError, messageOf } from '../../platform/errors.ts';
import type { CellValue, ReadRow, RowValues } from './source-row.ts';

const BATCH_ROWS = 50_000;

/** How a column's decoded value becomes a cell. */
type CellOf = (value: unknown) => CellValue;

/** Rows of a Parquet file from data row `fromRow` on, a row group (at most 50,000 rows) in memory at a time. */
export async function* readParquet(path: string, fromRow: number): AsyncGenerator<ReadRow> {
  const { file, metadata } = await openParquet(path);
  const columns = columnReaders(metadata);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let start = Math.max(groupStart, fromRow - 1); start < groupEnd; start += BATCH_ROWS) {
      const rowEnd = Math.min(start + BATCH_ROWS, groupEnd);
      const rows = await readable(
        parquetReadObjects({ file, metadata, compressors, rowStart: start, rowEnd }),
      );
      for (let i = 0; i < rows.length; i++) yield rowOf(rows[i]!, start + i + 1, columns);
    }
    groupStart = groupEnd;
  }
}

/** The top-level column names of a Parquet file. */
export async function parquetHeaders(path: string): Promise<string[]> {
  const { metadata } = await openParquet(path);
  return [...columnReaders(metadata).keys()];
}

async function openParquet(path: string) {
  const file = await asyncBufferFromFile(path);
  return { file, metadata: await readable(parquetMetadataAsync(file)) };
}

async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const detail = `The Parquet file could not be read: ${messageOf(error)}.`;
    throw new AppError({ code: 'collect.file_damaged', status: 422, detail });
  }
}

function rowOf(source: Record<string, unknown>, row: number, columns: Map<string, CellOf>): ReadRow {
  const values: RowValues = {};
  for (const [name, cellOf] of columns) values[name] = cellOf(source[name]);
  return { row, values, raw: JSON.stringify(values) };
}

/** One reader a top-level column: the flat schema list names a group, then its children. */
function columnReaders(metadata: FileMetaData): Map<string, CellOf> {
  const columns = new Map<string, CellOf>();
  let i = 1;
  const skipTree = (): void => {
    const children = metadata.schema[i++]?.num_children ?? 0;
    for (let child = 0; child < children; child++) skipTree();
  };
  while (i < metadata.schema.length) {
    const element = metadata.schema[i]!;
    columns.set(element.name, cellReader(element));
    skipTree();
  }
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
