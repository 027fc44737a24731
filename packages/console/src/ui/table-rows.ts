import type { ReactNode } from 'react';
import { type Cell, toCsv } from './csv.ts';

/** A column of a `DataTable`. `value` is what is sorted and exported; `cell` what is shown, when it differs. */
export interface Column<Row> {
  key: string;
  title: string;
  value?: (row: Row) => Cell;
  cell?: (row: Row) => ReactNode;
  align?: 'left' | 'right';
  /** Room it has at least; what is left over goes to the column that grows. */
  width?: number;
  /** Takes the room that is left over; the first column when none says so. */
  grow?: boolean;
  /** Can be sorted: in the browser, or by the server when the table has `sort`. */
  sortable?: boolean;
  /** Not shown until chosen. */
  hidden?: boolean;
  /** Cannot be switched off. */
  always?: boolean;
  /** Explains the word on hover. */
  help?: string;
}

export interface Sort {
  by: string;
  order: 'asc' | 'desc';
}

/** Which columns are shown: the kept choice when there is one, else all that are not hidden. */
export function shownColumns<Row>(columns: readonly Column<Row>[], kept: string): Column<Row>[] {
  if (!kept) return columns.filter((column) => !column.hidden);
  const chosen = new Set(kept.split(','));
  return columns.filter((column) => column.always || chosen.has(column.key));
}

/**
 * Rows in order, empty values last whichever way; equal rows keep their places. Texts are compared once for each that
 * differs, because comparing in a language is what takes the time.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  column: Column<Row> | undefined,
  order: Sort['order'],
  compareText: (a: string, b: string) => number,
): readonly Row[] {
  const value = column?.value;
  if (!value) return rows;
  const values = rows.map(value);
  const ranks = rankTexts(values, compareText);
  const way = order === 'asc' ? 1 : -1;
  const keys = Float64Array.from(values, (one) => {
    if (one === null || one === undefined || one === '') return Number.POSITIVE_INFINITY;
    return way * (typeof one === 'number' ? one : (ranks.get(one) ?? 0));
  });
  const places = Uint32Array.from(rows, (_, at) => at).sort((a, b) => {
    const [x, y] = [keys[a] as number, keys[b] as number];
    return x === y ? a - b : x - y;
  });
  return Array.from(places, (at) => rows[at] as Row);
}

/** The place of each different text among all of them. */
function rankTexts(
  values: readonly Cell[],
  compareText: (a: string, b: string) => number,
): Map<string, number> {
  const texts = [...new Set(values.filter((value) => typeof value === 'string'))].sort(compareText);
  return new Map(texts.map((text, at) => [text, at]));
}

/** What a cell says, for the tool tip of one that is cut. */
export function cellTip<Row>(column: Column<Row>, row: Row): string | undefined {
  if (column.align === 'right') return undefined;
  const value = column.value?.(row);
  return typeof value === 'string' && (!column.cell || !ISO_TIME.test(value)) ? value : undefined;
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT/;

/** Exactly what a table shows, as CSV. */
export function tableCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const written = columns.filter((column) => column.value);
  return toCsv(
    written.map((column) => column.title),
    rows.map((row) => written.map((column) => column.value?.(row))),
  );
}
