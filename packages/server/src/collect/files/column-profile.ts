import { decideDateOrder, parseTime } from './date-text.ts';
import { type DecimalMark, parseDecimal } from './decimal.ts';
import type { Field } from './mapping.ts';
import type { CellValue, RowValues } from './source-row.ts';
import { timeZone } from './time-zone.ts';

const SAMPLE_CELLS = 100;
const TEXT_LIKE = /[^\d\s+\-().*]/;

/** The cells of a column that are not empty, as text, up to a hundred of them. */
export function sampleCells(sample: readonly RowValues[], column: string): string[] {
  return sample
    .map((values) => cellText(values[column]))
    .filter((text) => text !== '')
    .slice(0, SAMPLE_CELLS);
}

function cellText(value: CellValue | undefined): string {
  return value === null || value === undefined ? '' : String(value).trim();
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
export function contentFit(field: Field, cells: readonly string[]): number {
  if (cells.length === 0) return 0.5;
  if (TIMES.has(field)) return share(cells, isTime);
  if (NUMBERS.has(field))
    return share(cells, (text) => (parseDecimal(text) ?? parseDecimal(text, ',')) !== undefined);
  if (field === 'email') return share(cells, (text) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text));
  if (field === 'phone')
    return share(cells, (text) => !TEXT_LIKE.test(text) && text.replace(/[^\d*]/g, '').length >= 6);
  if (field === 'productName') return 1 - 0.8 * share(cells, (text) => /^[\d.\-\s]+$/.test(text));
  if (field === 'imageUrl') return share(cells, (text) => /^(?:https?:)?\/\//.test(text));
  if (field === 'currency') return share(cells, (text) => /^[A-Za-z]{3}$/.test(text));
  return 1;
}

function share(cells: readonly string[], test: (text: string) => boolean): number {
  return cells.filter(test).length / cells.length;
}

function isTime(text: string): boolean {
  const utc = timeZone('UTC');
  return !Number.isNaN(parseTime(text, utc, 'MDY')) || !Number.isNaN(parseTime(text, utc, 'DMY'));
}

/** Whether dates read month first or day first, decided over all of a file's date columns. */
export function dateOrderOf(sample: readonly RowValues[], columns: readonly string[]) {
  return decideDateOrder(columns.flatMap((column) => sampleCells(sample, column)));
}

/** Decimal comma or point: what more of the numbers can be read with; the point when both read all. */
export function decimalMarkOf(sample: readonly RowValues[], columns: readonly string[]): DecimalMark {
  const cells = columns.flatMap((column) => sampleCells(sample, column));
  const readable = (mark: DecimalMark) =>
    cells.filter((text) => parseDecimal(text, mark) !== undefined).length;
  return readable(',') > readable('.') ? ',' : '.';
}

/** The type that all cells of a column share, for traits, attributes and properties. */
export function columnType(cells: readonly string[]): 'text' | 'number' | 'boolean' | 'date' {
  if (cells.length === 0) return 'text';
  if (cells.every((text) => /^(?:true|false|是|否)$/i.test(text))) return 'boolean';
  // Codes such as 007 are no numbers.
  if (cells.every((text) => /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text))) return 'number';
  return cells.every((text) => /[-/.年]/.test(text) && isTime(text)) ? 'date' : 'text';
}
