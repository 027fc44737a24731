import { withoutSigns } from './currency-sign.ts';

/** An exact decimal number: `units / 10^scale`. `units` is a safe integer. */
export interface Decimal {
  units: number;
  scale: number;
}

/** Which character parts whole from fraction in a file's numbers. */
export type DecimalMark = '.' | ',';

const MAX_DIGITS = 15;
const LOOSE = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;
const GROUPED = { '.': /^\d{1,3}(?:,\d{3})+(?:\.|$)/, ',': /^\d{1,3}(?:\.\d{3})+(?:,|$)/ };

/** Reads a number as people and programs write it (`1,234.50`, `￥12`, `(3.00)`, `4.4e-16`); undefined when it is none. */
export function parseDecimal(text: string, mark: DecimalMark = '.'): Decimal | undefined {
  return plainDecimal(text, mark) ?? looseDecimal(text, mark);
}

/** The hot path: digits, at most one decimal mark, an optional minus; anything else is left to the slow one. */
function plainDecimal(text: string, mark: DecimalMark): Decimal | undefined {
  const negative = text.charCodeAt(0) === 45;
  const from = negative ? 1 : 0;
  const markCode = mark.charCodeAt(0);
  let units = 0;
  let scale = -1;
  if (text.length - from > MAX_DIGITS || text.length === from) return undefined;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      units = units * 10 + (code - 48);
      if (scale >= 0) scale++;
    } else if (code === markCode && scale < 0) scale = 0;
    else return undefined;
  }
  if (scale === 0 && text.length === from + 1) return undefined;
  return { units: negative && units !== 0 ? -units : units, scale: Math.max(scale, 0) };
}

function looseDecimal(text: string, mark: DecimalMark): Decimal | undefined {
  const { body, negative } = bareNumber(text);
  const plain = withoutGroups(body, mark);
  const parts = plain === undefined ? null : LOOSE.exec(plain);
  if (!parts) return undefined;
  const whole = parts[1] ?? '';
  const fraction = parts[2] ?? '';
  if (whole.length + fraction.length === 0) return undefined;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  // Fractions beyond 15 digits carry no money; whole numbers beyond it are refused, not rounded.
  const dropped = Math.min(Math.max(0, digits.length - MAX_DIGITS), fraction.length);
  const kept = dropped > 0 ? digits.slice(0, -dropped) : digits;
  if (kept.length > MAX_DIGITS) return undefined;
  const scale = fraction.length - dropped - Number(parts[3] ?? 0);
  return rescaled(Number(kept) * (negative && Number(kept) !== 0 ? -1 : 1), scale);
}

/** Strips currency signs, brackets and signs; full-width digits become plain ones. */
function bareNumber(text: string): { body: string; negative: boolean } {
  let body = text
    .normalize('NFKC')
    .replace(/[\s\u00a0\u2009\u202f']/g, '')
    .replace(/[−–]/g, '-');
  let negative = false;
  if (body.startsWith('(') && body.endsWith(')')) {
    negative = true;
    body = body.slice(1, -1);
  }
  body = body.replace(/^[+]/, '');
  const signed = body.startsWith('-');
  body = withoutSigns(signed ? body.slice(1) : body).body;
  if (!signed && body.startsWith('-')) return { body: body.slice(1), negative: true };
  if (!signed && body.endsWith('-')) return { body: body.slice(0, -1), negative: true };
  return { body, negative: negative || signed };
}

function withoutGroups(body: string, mark: DecimalMark): string | undefined {
  const group = mark === '.' ? ',' : '.';
  if (!body.includes(group)) return mark === ',' ? body.replace(',', '.') : body;
  if (!GROUPED[mark].test(body)) return undefined;
  const joined = body.replaceAll(group, '');
  return mark === ',' ? joined.replace(',', '.') : joined;
}

function rescaled(units: number, scale: number): Decimal | undefined {
  if (scale >= 0) return { units, scale };
  const whole = units * 10 ** -scale;
  return Number.isSafeInteger(whole) ? { units: whole, scale: 0 } : undefined;
}

/** The integer `value * 10^scale`, halves rounded away from zero; NaN when it does not fit a safe integer. */
export function toScale(value: Decimal, scale: number): number {
  const shift = value.scale - scale;
  if (shift <= 0) return safe(value.units * 10 ** -shift);
  if (shift > MAX_DIGITS) return 0;
  const power = 10 ** shift;
  const size = Math.abs(value.units);
  // Through the remainder: a quotient near 2^53 could round to the wrong integer by itself.
  const rest = size % power;
  const rounded = (size - rest) / power + (rest * 2 >= power ? 1 : 0);
  return value.units < 0 && rounded !== 0 ? -rounded : rounded;
}

/** The integer `a * b * 10^scale`, rounded once. */
export function multiplyToScale(a: Decimal, b: Decimal, scale: number): number {
  const units = a.units * b.units;
  if (Number.isSafeInteger(units))
    return toScale({ units: units === 0 ? 0 : units, scale: a.scale + b.scale }, scale);
  const shift = a.scale + b.scale - scale;
  const product = BigInt(a.units) * BigInt(b.units);
  if (shift <= 0) return safe(Number(product * 10n ** BigInt(-shift)));
  const power = 10n ** BigInt(shift);
  const half = product < 0n ? -power / 2n : power / 2n;
  return safe(Number((product + half) / power));
}

export function toNumber(value: Decimal): number {
  return value.units / 10 ** value.scale;
}

function safe(value: number): number {
  return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : Number.NaN;
}
