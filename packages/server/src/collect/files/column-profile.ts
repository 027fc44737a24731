import { clip } from '../../platform/text.ts';
import { decideDateOrder, parseTime } from './date-text.ts';
import { type DecimalMark, parseDecimal } from './decimal.ts';
import { plainHeader } from './field-synonyms.ts';
import type { Field } from './mapping.ts';
import type { CellValue, RowValues } from './source-row.ts';
import { withoutGuard } from './text-guard.ts';
import { timeZone } from './time-zone.ts';

/** Cells looked at in a column, and in all of a file's columns together: a wide file is guessed from fewer of each. */
const COLUMN_CELLS = 100;
const FILE_CELLS = 20_000;
/** No date, number, address or phone number is longer; a megabyte of text says no more by its end. */
const CELL_CHARS = 100;
const TEXT_LIKE = /[^\d\s+\-().*]/;

type ColumnType = 'text' | 'number' | 'boolean' | 'date';

/** What a column's name and cells say of it. What takes work is worked out once. */
export interface ColumnProfile {
  header: string;
  /** The name in plain form. */
  plain: string;
  /** The first cells that are not empty, as text. */
  cells: string[];
  /** How well the cells suit a field, 0 to 1. */
  fit(field: Field): number;
  type(): ColumnType;
}

/** Looks at the columns of a sample. */
export function profileColumns(headers: readonly string[], sample: readonly RowValues[]): ColumnProfile[] {
  const most = Math.min(COLUMN_CELLS, Math.ceil(FILE_CELLS / Math.max(1, headers.length)));
  return headers.map((header) => profileOf(header, sampleCells(sample, header, most)));
}

function profileOf(header: string, cells: string[]): ColumnProfile {
  const fits = new Map<string, number>();
  let known: ColumnType | undefined;
  return {
    header,
    plain: plainHeader(header),
    cells,
    fit(field) {
      const content = TIMES.has(field) ? 'time' : NUMBERS.has(field) ? 'number' : field;
      const fit = fits.get(content) ?? contentFit(field, cells);
      fits.set(content, fit);
      return fit;
    },
    type() {
      known ??= columnType(cells);
      return known;
    },
  };
}

function sampleCells(sample: readonly RowValues[], column: string, most: number): string[] {
  const cells: string[] = [];
  for (const values of sample) {
    const text = cellText(values[column]);
    if (text !== '' && cells.push(text) === most) break;
  }
  return cells;
}

function cellText(value: CellValue | undefined): string {
  return value === null || value === undefined ? '' : clip(withoutGuard(String(value)), CELL_CHARS);
}

const NUMBERS = new Set<Field>([
  'price',
  'cost',
  'quantity',
  'unitPrice',
  'discount',
  'net',
  'refund',
  'latitude',
  'longitude',
]);
const TIMES = new Set<Field>(['time', 'refundTime']);

/** How well a column's content suits a field, 0 to 1; an empty column tells nothing and counts half. */
function contentFit(field: Field, cells: readonly string[]): number {
  if (cells.length === 0) return 0.5;
  if (TIMES.has(field)) return share(cells, isTime);
  if (NUMBERS.has(field))
    return share(cells, (text) => (parseDecimal(text) ?? parseDecimal(text, ',')) !== undefined);
  if (field === 'email') return share(cells, (text) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text));
  if (field === 'phone')
    return share(cells, (text) => !TEXT_LIKE.test(text) && text.replace(/[^\d*]/g, '').length >= 6);
  if (field === 'productName') return 1 - 0.8 * share(cells, (text) => /^[\d.\-\s]+$/.test(text));
  if (field === 'imageUrl') return share(cells, (text) => /^(?:https?:)?\/\//.test(text));
  if (field === 'couponCode') return areAmounts(cells) ? 0 : 1;
  if (field === 'currency') return share(cells, (text) => /^[A-Za-z]{3}$/.test(text));
  return 1;
}

function share(cells: readonly string[], test: (text: string) => boolean): number {
  return cells.filter(test).length / cells.length;
}

/** Amounts of money rather than codes: numbers with decimals among them, or nothing but zeros. */
function areAmounts(cells: readonly string[]): boolean {
  const isNumber = (text: string) => (parseDecimal(text) ?? parseDecimal(text, ',')) !== undefined;
  const isZero = (text: string) => /^0+$/.test(text);
  return cells.every(isNumber) && (cells.some((text) => /\d[.,]\d/.test(text)) || cells.every(isZero));
}

function isTime(text: string): boolean {
  const utc = timeZone('UTC');
  return !Number.isNaN(parseTime(text, utc, 'MDY')) || !Number.isNaN(parseTime(text, utc, 'DMY'));
}

/** Whether dates read month first or day first, decided over all of a file's date columns. */
export function dateOrderOf(columns: readonly ColumnProfile[]) {
  return decideDateOrder(columns.flatMap(({ cells }) => cells));
}

/** Decimal comma or point: what more of the numbers can be read with; the point when both read all. */
export function decimalMarkOf(columns: readonly ColumnProfile[]): DecimalMark {
  const cells = columns.flatMap((column) => column.cells);
  const readable = (mark: DecimalMark) =>
    cells.filter((text) => parseDecimal(text, mark) !== undefined).length;
  return readable(',') > readable('.') ? ',' : '.';
}

/** The type that all cells of a column share, for traits, attributes and properties. */
function columnType(cells: readonly string[]): ColumnType {
  if (cells.length === 0) return 'text';
  if (cells.every((text) => /^(?:true|false|是|否)$/i.test(text))) return 'boolean';
  // Codes such as 007 are no numbers.
  if (cells.every((text) => /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text))) return 'number';
  return cells.every((text) => /[-/.年]/.test(text) && isTime(text)) ? 'date' : 'text';
}
