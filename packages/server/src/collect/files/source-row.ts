import { clip } from '../../platform/text.ts';
/** A cell as the file gives it: text for CSV, typed for JSON, Parquet and Excel. */
export type CellValue = string | number | boolean | null;
export type RowValues = Record<string, CellValue>;

/** Something to tell the user about a row, under a stable code: what was changed, or why it was turned away. */
export interface RowNote {
  code: string;
  message: string;
  field?: string;
  from?: string;
  to?: string;
  /** The row it speaks of, when that is an earlier one than the row just handed in. */
  row?: number;
}

/** What a note says with the value it speaks of: what that became, or the value alone where the words lack it. */
export function noteText({ message, from, to }: RowNote): string {
  if (from === undefined || (to === undefined && message.includes(from))) return message;
  return to === undefined ? `${message} ("${from}")` : `${message} (${from} → ${to})`;
}

/** One data row; `row` counts from 1 below the header, blank rows included, as a spreadsheet would. */
export interface SourceRow {
  row: number;
  values: RowValues;
  raw: string;
  /** What the reader itself had to say, e.g. a formula read as its cached value. */
  notes?: RowNote[];
}

/** A row that could not be read; reading goes on with the next. */
export interface RowFault {
  row: number;
  raw: string;
  code: string;
  message: string;
}

export type ReadRow = SourceRow | RowFault;

export function isFault(row: ReadRow): row is RowFault {
  return 'code' in row;
}

const RAW_LIMIT = 2_000;

/** The raw text kept with a fault, cut so that one bad line cannot fill the rejects table. */
export function clippedRaw(raw: string): string {
  return raw.length > RAW_LIMIT ? `${clip(raw, RAW_LIMIT)}…` : raw;
}
