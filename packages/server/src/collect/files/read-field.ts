import { IDENTIFIER_TYPES, type TraitValue } from '../facts.ts';
import { foreignSign, otherCurrencyWords } from './currency-sign.ts';
import { type DateOrder, parseTime } from './date-text.ts';
import { type Decimal, parseDecimal, toNumber } from './decimal.ts';
import { columnsOf, FIELDS, type Field, type Mapping } from './mapping.ts';
import { correct, type RowDraft, reject } from './row-draft.ts';
import type { CellValue, RowValues } from './source-row.ts';
import { withoutGuard } from './text-guard.ts';
import { type TimeZone, timeZone } from './time-zone.ts';

/** Reads canonical fields out of a row under one mapping; a missing value is '' or undefined. */
export interface FieldReader {
  has(field: Field): boolean;
  text(field: Field, values: RowValues, draft: RowDraft): string;
  path(field: Field, values: RowValues, draft: RowDraft): string[];
  /** A number; a text that is none rejects the row under `bad_<what>`. */
  decimal(field: Field, what: string, values: RowValues, draft: RowDraft): Decimal | undefined;
  decimals(field: Field, what: string, values: RowValues, draft: RowDraft): Decimal[];
  time(field: Field, values: RowValues, draft: RowDraft): number | undefined;
  extras(
    kind: 'traits' | 'attributes' | 'properties',
    values: RowValues,
    draft: RowDraft,
  ): Record<string, TraitValue>;
}

/** Fields whose value is a number or a code to know something by. */
const IDS = new Set<Field>([
  'orderId',
  'lineId',
  'productId',
  'storeId',
  'messageId',
  ...IDENTIFIER_TYPES.filter((type) => type !== 'email'),
]);

/**
 * Excel writes a long number so, and what stood behind the first few digits is lost. R writes round ones with a small
 * "e" (1e+05, 3.4e+10), and nothing of them is lost.
 */
const SHORTENED = /^\d(?:[.,]\d+)?E\+(?:09|[1-9]\d)$/;

/** Whether a spreadsheet cut digits off a number: many ids have become one. */
function isCut(value: CellValue | undefined, text: string): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return text.length < 24 && SHORTENED.test(text);
}

/** Fields that hold amounts of money. */
const MONEY = new Set<Field>([
  'price',
  'cost',
  'unitPrice',
  'discount',
  'net',
  'refund',
  'orderDiscount',
  'orderNet',
  'orderRefund',
]);

/**
 * Builds the reader of a mapping; dates without an offset are read in the file's zone or, failing that, the workspace's.
 * An amount whose sign says another currency than the workspace's rejects the row.
 */
export function fieldReader(mapping: Mapping, home: { timeZone: string; currency: string }): FieldReader {
  const cleanCell = cellCleaner(new Set(mapping.missing ?? []));
  const columns = Object.fromEntries(FIELDS.map((field) => [field, columnsOf(mapping, field)])) as Record<
    Field,
    string[]
  >;
  const constants = Object.fromEntries(
    FIELDS.map((field) => [field, mapping.constants?.[field] ?? '']),
  ) as Record<Field, string>;
  const mark = mapping.decimalMark ?? '.';
  const order = mapping.dates?.order ?? 'MDY';
  const when = timeReader(timeZone(mapping.timeZone ?? home.timeZone), order);

  const text: FieldReader['text'] = (field, values, draft) => {
    const from = columns[field];
    const isId = IDS.has(field);
    for (let i = 0; i < from.length; i++) {
      const cell = values[from[i]!];
      const found = cleanCell(cell, field, draft);
      if (found !== '' && isId && isCut(cell, found))
        reject(draft, 'excel_number', excelNumberWords(found), { field, from: found });
      if (found !== '') return found;
    }
    return constants[field];
  };
  const numberOf = (found: string, field: Field, what: string, draft: RowDraft): Decimal | undefined => {
    const number = parseDecimal(found, mark);
    if (!number)
      reject(draft, `bad_${what}`, `"${found}" is not a number; write it like 1234.50.`, {
        field,
        from: found,
      });
    const foreign = number && MONEY.has(field) ? foreignSign(found, home.currency) : null;
    if (foreign !== null)
      reject(draft, 'other_currency', otherCurrencyWords(foreign, home.currency), { field, from: found });
    return number;
  };
  return {
    has: (field) => columns[field].length > 0 || constants[field] !== '',
    text,
    path: (field, values, draft) =>
      columns[field].map((column) => cleanCell(values[column], field, draft)).filter((part) => part !== ''),
    decimal(field, what, values, draft) {
      const found = text(field, values, draft);
      return found === '' ? undefined : numberOf(found, field, what, draft);
    },
    decimals(field, what, values, draft) {
      const found: Decimal[] = [];
      for (const column of columns[field]) {
        const cell = cleanCell(values[column], field, draft);
        const number = cell === '' ? undefined : numberOf(cell, field, what, draft);
        if (number) found.push(number);
      }
      return found;
    },
    time(field, values, draft) {
      const found = text(field, values, draft);
      if (found === '') return undefined;
      const time = when(found);
      if (!Number.isNaN(time)) return time;
      const hint = /^\d{4}\D/.test(found)
        ? `"${found}" is not a date; write it like 2026-05-31.`
        : `"${found}" is not a date in ${order} order; correct it or change the mapping's date order.`;
      reject(draft, 'bad_date', hint, { field, from: found });
      return undefined;
    },
    extras: (kind, values, draft) => readExtras(mapping[kind], values, draft, cleanCell, order),
  };
}

function excelNumberWords(found: string): string {
  return `"${found}" is what a spreadsheet leaves of a long number. Format the column as text, enter or export the numbers again, and import that file.`;
}

/** Rows that follow each other often share their time. */
function timeReader(zone: TimeZone, order: DateOrder): (text: string) => number {
  let [lastText, lastTime] = ['', Number.NaN];
  return (text) => {
    if (text === lastText) return lastTime;
    lastText = text;
    lastTime = parseTime(text, zone, order);
    return lastTime;
  };
}

type CleanCell = (value: CellValue | undefined, field: string, draft: RowDraft) => string;

/** A cell as trimmed text, '' where the file says "no value" in one of its ways. */
function cellCleaner(missing: ReadonlySet<string>): CleanCell {
  return (value, field, draft) => {
    if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value);
    if (value === '') return '';
    const text = isTight(value) ? value : trimmed(value, field, draft);
    return missing.has(text) ? '' : text;
  };
}

/** Whether the ends of a text ask for no cleaning: no space, no Excel text guard (="0123", '0123). */
function isTight(text: string): boolean {
  return isPlainEdge(text.charCodeAt(0)) && isPlainEdge(text.charCodeAt(text.length - 1));
}

function isPlainEdge(code: number): boolean {
  return code < 160 ? code > 32 && code !== 39 && code !== 61 : code > 0x3000 && code < 0xfe00;
}

function trimmed(value: string, field: string, draft: RowDraft): string {
  const text = value.trim();
  if (text !== value && text !== '') {
    correct(draft, 'trimmed', 'Spaces around the value were taken off.', { field, from: value, to: text });
  }
  const bare = withoutGuard(text);
  if (bare !== text) {
    correct(draft, 'excel_text_unwrapped', 'The mark that makes Excel show a number as text was taken off.', {
      field,
      from: text,
      to: bare,
    });
  }
  return bare;
}

function readExtras(
  extras: Mapping['traits'],
  values: RowValues,
  draft: RowDraft,
  cleanCell: CleanCell,
  order: DateOrder,
): Record<string, TraitValue> {
  const found: Record<string, TraitValue> = {};
  if (!extras) return found;
  for (const name in extras) {
    const { column, type } = extras[name]!;
    const cell = values[column];
    const text = cleanCell(cell, name, draft);
    if (text === '') continue;
    const value =
      type === 'text' && typeof cell !== 'string' ? (cell as TraitValue) : typed(text, type, order);
    if (value === undefined) {
      correct(draft, 'value_left_out', `"${text}" is not a ${type} and was left out.`, {
        field: name,
        from: text,
      });
    } else found[name] = value;
  }
  return found;
}

const YES = /^(?:true|yes|y|1|是|有)$/i;
const NO = /^(?:false|no|n|0|否|无)$/i;

/** Dates of traits are days without a zone: a birthday is the same day everywhere. */
function typed(
  text: string,
  type: 'text' | 'number' | 'boolean' | 'date',
  order: DateOrder,
): TraitValue | undefined {
  if (type === 'text') return text;
  if (type === 'boolean') return YES.test(text) ? true : NO.test(text) ? false : undefined;
  if (type === 'date') {
    const day = parseTime(text, timeZone('UTC'), order);
    return Number.isNaN(day) ? undefined : new Date(day).toISOString().slice(0, 10);
  }
  const number = parseDecimal(text);
  return number && toNumber(number);
}
