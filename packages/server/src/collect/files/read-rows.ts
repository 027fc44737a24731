import { storableJson } from '../storable.ts';
import { readCsv } from './read-csv.ts';
import { readJsonArray, readJsonLines } from './read-json.ts';
import { readParquet } from './read-parquet.ts';
import { readXlsx } from './read-xlsx.ts';
import type { SniffedFile } from './sniffed-file.ts';
import type { ReadRow } from './source-row.ts';
import { openText } from './text-stream.ts';

/**
 * The rows of a sniffed file from data row `fromRow` (1-based) on; rows that cannot be read come as faults.
 * CSV and JSON are streamed. To resume an import, hand the mapper every row again and store only what is new: line
 * ids and duplicates depend on the rows before.
 */
export function readRows(
  path: string,
  sniffed: SniffedFile,
  { fromRow = 1 }: { fromRow?: number } = {},
): AsyncGenerator<ReadRow> {
  return storable(rowsOf(path, sniffed, fromRow), fromRow);
}

async function* storable(rows: AsyncGenerator<ReadRow>, fromRow: number): AsyncGenerator<ReadRow> {
  for await (const row of rows) if (row.row >= fromRow) yield storableJson(row);
}

function rowsOf(path: string, sniffed: SniffedFile, fromRow: number): AsyncGenerator<ReadRow> {
  if (sniffed.format === 'parquet') return readParquet(path, fromRow);
  if (sniffed.format === 'xlsx') return readXlsx(path);
  const text = openText(path, sniffed);
  if (sniffed.format === 'jsonl') return readJsonLines(text);
  return sniffed.format === 'json' ? readJsonArray(text) : readCsv(text, sniffed.delimiter ?? ',');
}
