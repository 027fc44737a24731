import type { Delimiter } from './delimiter.ts';
import type { RowValues } from './source-row.ts';
import type { TextEncoding } from './text-encoding.ts';
import type { Compression } from './text-stream.ts';

/** What a file turned out to be, with enough of its rows to guess what they mean. Plain JSON. */
export interface SniffedFile {
  format: 'csv' | 'jsonl' | 'json' | 'parquet' | 'xlsx';
  encoding: TextEncoding;
  compression: Compression;
  delimiter?: Delimiter;
  headers: string[];
  sampleRows: RowValues[];
}

/** What reading a file's rows needs to know of it. */
export type FileShape = Pick<SniffedFile, 'format' | 'encoding' | 'compression' | 'delimiter'>;
