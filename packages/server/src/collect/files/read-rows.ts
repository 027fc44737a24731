import { openTurn } from '../../platform/turn.ts';
import { storableJson } from '../storable.ts';
import { readCsv } from './read-csv.ts';
import { readJsonArray, readJsonLines } from './read-json.ts';
import { readParquet } from './read-parquet.ts';
import { readXlsx } from './read-xlsx.ts';
import type { FileShape } from './sniffed-file.ts';
import type { ReadRow } from './source-row.ts';
import { openText, type TextReading } from './text-stream.ts';

/** How a file is to be read; of tables that are no text, what concerns the text says nothing. */
export interface Reading extends TextReading {
  /** The first data row wanted, from 1. */
  fromRow?: number;
  /** Told the columns' names before the first row; JSON has none but its rows' keys. */
  named?: (columns: string[]) => void;
}

/** After so long others get their turn: a chunk can hold many rows, and what is done with each takes time as well. */
const TURN_MS = 30;

/**
 * The rows of a file from data row `fromRow` on, streaming; rows that cannot be read come as faults. To resume an
 * import, hand the mapper every row again and store only what is new: line ids and duplicates depend on the rows before.
 */
export async function* readRows(
  path: string,
  shape: FileShape,
  reading: Reading = {},
): AsyncGenerator<ReadRow> {
  const { fromRow = 1 } = reading;
  const turn = openTurn(TURN_MS);
  for await (const row of rowsOf(path, shape, reading)) {
    if (row.row >= fromRow) yield storableJson(row);
    if (turn.isOver()) await turn.next();
  }
}

function rowsOf(path: string, shape: FileShape, reading: Reading): AsyncGenerator<ReadRow> {
  const { format, delimiter = ',' } = shape;
  if (format === 'parquet') return readParquet(path, reading);
  if (format === 'xlsx') return readXlsx(path, reading.named);
  const read = () => openText(path, shape, reading);
  if (format === 'json') return readJsonArray(() => openText(path, shape), read);
  return format === 'jsonl' ? readJsonLines(read()) : readCsv(read(), delimiter, reading.named);
}
