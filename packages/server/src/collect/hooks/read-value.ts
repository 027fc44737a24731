import type { Conversion, HookValue, HookValues } from '@qianmian/contract';
import { foreignSign } from '../files/currency-sign.ts';
import { parseTime } from '../files/date-text.ts';
import { parseDecimal, toNumber } from '../files/decimal.ts';
import { timeZone } from '../files/time-zone.ts';
import { isObject } from '../storable.ts';

/** What a mapping may look at. */
export interface Scope {
  body: unknown;
  item?: unknown;
  outer?: unknown;
  header: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  delivery: Readonly<Record<string, string>>;
}

/** Reads values of one delivery; all together may take only so many steps. */
export interface Reader {
  zone: string;
  /** The workspace's: an amount with the sign of another one stays a text with its sign. */
  currency: string;
  /** Steps that are left. */
  left: number;
}

/** A mapping that makes more of a delivery than may be. */
export class TooMuch extends Error {}

/** Steps that one delivery may take: a body of a thousand rows of a hundred fields, with room. */
export const MOST_STEPS = 200_000;
const LONGEST_TEXT = 4000;
const LONGEST_AMOUNT = 60;

/** What a value of a mapping says of a delivery; undefined for nothing. */
export function readValue(value: HookValue, scope: Scope, reader: Reader): unknown {
  if (--reader.left < 0) throw new TooMuch();
  if (typeof value === 'string') return said(atPath(value, scope));
  if (typeof value !== 'object') return value;
  if ('const' in value) return value.const;
  if ('path' in value) {
    const found = converted(value, said(atPath(value.path, scope)), reader);
    return found === undefined && value.default !== undefined
      ? readValue(value.default, scope, reader)
      : found;
  }
  if ('first' in value) {
    for (const one of value.first) {
      const found = readValue(one, scope, reader);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if ('join' in value) {
    const parts = value.join.map((one) => textOf(readValue(one, scope, reader)));
    const there = parts.filter((one) => one !== undefined);
    return there.length === 0 ? undefined : there.join(value.with ?? '').slice(0, LONGEST_TEXT);
  }
  if ('plus' in value) return sum(value.plus.flatMap((one) => numbersOf(readValue(one, scope, reader))));
  if ('minus' in value) {
    const [from, less] = value.minus.map((one) => numberOf(readValue(one, scope, reader)));
    return from === undefined || less === undefined ? undefined : exact(from - less);
  }
  if ('times' in value) {
    const factors = value.times.map((one) => numberOf(readValue(one, scope, reader)));
    return factors.some((one) => one === undefined)
      ? undefined
      : exact(factors.reduce<number>((all, one) => all * one!, 1));
  }
  if ('each' in value)
    return listAt(value.each, scope)
      .map((item) => readValue(value.of, { ...scope, item, outer: scope.item }, reader))
      .filter((one) => one !== undefined);
  return readFields(value.fields, scope, reader);
}

/** An object of values, or the one that a path leads to; values that say nothing are left out. */
export function readFields(fields: HookValues, scope: Scope, reader: Reader): Record<string, unknown> {
  if (typeof fields === 'string') {
    const found = atPath(fields, scope);
    return isObject(found) ? found : {};
  }
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(fields)) {
    const found = readValue(value, scope, reader);
    if (found !== undefined) entries.push([name, found]);
  }
  return Object.fromEntries(entries);
}

/** The elements of a list; an object that stands where a list may is a list of one. */
export function listAt(path: string, scope: Scope): unknown[] {
  const found = said(atPath(path, scope));
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[([^\][=]+)=([^\][]+)\]/g;

/** What a path leads to: only what the delivery itself holds, never what JavaScript lends to it. */
export function atPath(path: string, scope: Scope): unknown {
  const root = /^[a-z]+/.exec(path)![0] as keyof Scope;
  let at: unknown = scope[root];
  for (const [, name, index, key, wanted] of path.slice(root.length).matchAll(STEP)) {
    if (Array.isArray(at)) {
      if (key !== undefined) at = at.find((one) => isObject(one) && textOf(own(one, key)) === wanted);
      else at = at[Number(index ?? name)];
    } else if (isObject(at)) at = key === undefined ? own(at, name ?? index!) : undefined;
    else return undefined;
  }
  return at;
}

function own(from: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

/** A value that says something: null and empty texts do not. */
function said(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

function converted(
  { as, table, zone }: { as?: Conversion; table?: Record<string, unknown>; zone?: string },
  value: unknown,
  reader: Reader,
): unknown {
  if (value === undefined) return undefined;
  if (table) {
    const row = textOf(value);
    return row !== undefined && Object.hasOwn(table, row) ? table[row] : undefined;
  }
  if (as === 'money' && foreignSign(textOf(value) ?? '', reader.currency) !== null) return textOf(value);
  return as === undefined ? value : CONVERT[as](value, zone ?? reader.zone);
}

const CONVERT: Record<Conversion, (value: unknown, zone: string) => unknown> = {
  text: textOf,
  lower: (value) => textOf(value)?.toLowerCase(),
  number: numberOf,
  boolean: (value) =>
    ({ true: true, '1': true, yes: true, y: true, false: false, '0': false, no: false, n: false })[
      textOf(value)?.toLowerCase() ?? ''
    ],
  money: amountOf,
  hundredths: (value) => {
    const amount = numberOf(value);
    return amount === undefined ? undefined : exact(amount / 100);
  },
  date: (value, zone) => {
    const text = textOf(value);
    if (text === undefined) return undefined;
    const iso = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    return isoTime(Number.isNaN(iso) ? parseTime(text, timeZone(zone), 'MDY') : iso);
  },
  seconds: (value) => isoTime((numberOf(value) ?? Number.NaN) * 1000),
  milliseconds: (value) => isoTime(numberOf(value) ?? Number.NaN),
};

/** Furthest moments that a date may hold. */
const FURTHEST = 8.64e15;

function isoTime(milliseconds: number): string | undefined {
  return Math.abs(milliseconds) <= FURTHEST ? new Date(Math.round(milliseconds)).toISOString() : undefined;
}

/** The text of a scalar. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** `¥1,234.50` as `1234.5`. */
function amountOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || text.length > LONGEST_AMOUNT) return undefined;
  const decimal = parseDecimal(text.replace(/^[^\d.-]+(?=[\d.-])|\s*[^\d.]+$/gu, ''));
  return decimal && toNumber(decimal);
}

function numberOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : amountOf(text);
}

function numbersOf(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).map(numberOf).filter((one) => one !== undefined);
}

function sum(numbers: number[]): number | undefined {
  return numbers.length === 0 ? undefined : exact(numbers.reduce((all, one) => all + one, 0));
}

/** Sums of decimals without what binary fractions add. */
function exact(number: number): number {
  return Math.round(number * 1e6) / 1e6;
}
