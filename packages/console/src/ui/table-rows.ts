import type { ReactNode } from 'react';
import { type Cell, toCsv } from './csv.ts';

/** A column of a `DataTable`. `value` is what is sorted and exported; `cell` what is shown, when it differs. */
export interface Column<Row> {
  key: string;
  title: string;
  value?: (row: Row) => Cell;
  cell?: (row: Row) => ReactNode;
  align?: 'left' | 'right';
  width?: number;
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

/** Rows in order, empty values last whichever way; equal rows keep their places. */
export function sortRows<Row>(
  rows: readonly Row[],
  column: Column<Row> | undefined,
  order: Sort['order'],
  compareText: (a: string, b: string) => number,
): readonly Row[] {
  const value = column?.value;
  if (!value) return rows;
  const way = order === 'asc' ? 1 : -1;
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  keyed.sort((a, b) => {
    const [x, y] = [a.key, b.key];
    const [noX, noY] = [x === null || x === undefined || x === '', y === null || y === undefined || y === ''];
    if (noX || noY) return Number(noX) - Number(noY);
    return way * (typeof x === 'number' && typeof y === 'number' ? x - y : compareText(String(x), String(y)));
  });
  return keyed.map(({ row }) => row);
}

/** Exactly what a table shows, as CSV. */
export function tableCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const written = columns.filter((column) => column.value);
  return toCsv(
    written.map((column) => column.title),
    rows.map((row) => written.map((column) => column.value?.(row))),
  );
}
