import type { TimeZone } from './time-zone.ts';

/** How a date without a leading year is to be read: 2/3/24 is 3 February (MDY) or 2 March (DMY). */
export type DateOrder = 'MDY' | 'DMY';

const NUMERIC = /^(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*[日号]?(.*)$/;
const MONTH_FIRST = /^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(.*)$/i;
const DAY_FIRST = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[-\s]([a-z]{3,9})[-\s,]+(\d{2,4})(.*)$/i;
const CLOCK =
  /^[T,\s]*(凌晨|早上|上午|中午|下午|晚上)?\s*(\d{1,2})[:时點点](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?)?[分秒]?\s*([ap])?\.?m?\.?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const LONGEST = 64;
const EXCEL_EPOCH_DAYS = 25_569;
const SERIALS = { min: 18_264, max: 73_050 }; // 1950 to 2099
const EPOCH_SECONDS = { min: 1e8, max: 4.1e9 };

interface Day {
  year: number;
  month: number;
  day: number;
  rest: string;
}

/** Milliseconds since the epoch of a date as files write it, or NaN. Times without an offset are read in `zone`. */
export function parseTime(value: string | number, zone: TimeZone, order: DateOrder): number {
  if (typeof value === 'number') return numberTime(value, zone);
  const text = value.trim();
  if (text.length > LONGEST) return Number.NaN;
  const day = numericDay(text, order) ?? compactDay(text) ?? namedDay(text);
  if (day) return withClock(day, zone);
  return /^\d+(?:\.\d+)?$/.test(text) ? numberTime(Number(text), zone) : Number.NaN;
}

/** Excel serial days, epoch seconds, epoch milliseconds and YYYYMMDD: their ranges do not meet. */
function numberTime(value: number, zone: TimeZone): number {
  if (value >= SERIALS.min && value < SERIALS.max) {
    return zone.toInstant(Math.round((value - EXCEL_EPOCH_DAYS) * 86_400) * 1000);
  }
  if (value >= EPOCH_SECONDS.min && value < EPOCH_SECONDS.max) return Math.round(value * 1000);
  if (value >= EPOCH_SECONDS.min * 1000 && value < EPOCH_SECONDS.max * 1000) return Math.round(value);
  const day = compactDay(String(value));
  return day ? withClock(day, zone) : Number.NaN;
}

function numericDay(text: string, order: DateOrder): Day | undefined {
  const m = NUMERIC.exec(text);
  if (!m) return undefined;
  const [a, b, c] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const rest = m[4] ?? '';
  if (m[1]!.length === 4) return m[3]!.length <= 2 ? { year: a, month: b, day: c, rest } : undefined;
  if (m[1]!.length > 2 || m[3]!.length % 2 === 1) return undefined;
  const year = fullYear(c, m[3]!.length);
  return order === 'MDY' ? { year, month: a, day: b, rest } : { year, month: b, day: a, rest };
}

function compactDay(text: string): Day | undefined {
  const m = COMPACT.exec(text);
  if (!m) return undefined;
  const rest = m[4] ? `${m[4]}:${m[5]}:${m[6] ?? '00'}` : '';
  return { year: Number(m[1]), month: Number(m[2]), day: Number(m[3]), rest };
}

function namedDay(text: string): Day | undefined {
  const first = MONTH_FIRST.exec(text);
  if (first)
    return { year: Number(first[3]), month: monthOf(first[1]!), day: Number(first[2]), rest: first[4] ?? '' };
  const m = DAY_FIRST.exec(text);
  if (!m) return undefined;
  return {
    year: fullYear(Number(m[3]), m[3]!.length),
    month: monthOf(m[2]!),
    day: Number(m[1]),
    rest: m[4] ?? '',
  };
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

function fullYear(year: number, digits: number): number {
  if (digits > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function withClock({ year, month, day, rest }: Day, zone: TimeZone): number {
  const midnight = Date.UTC(year, month - 1, day);
  const back = new Date(midnight);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || year < 1900) return Number.NaN;
  if (rest.trim() === '') return zone.toInstant(midnight);
  const m = CLOCK.exec(rest);
  if (!m) return Number.NaN;
  const hour = hourOf(Number(m[2]), m[6]?.toLowerCase(), m[1]);
  const [minute, second] = [Number(m[3]), Number(m[4] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const local =
    midnight + ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(Number(`0.${m[5] ?? 0}`) * 1000);
  return m[7] === undefined ? zone.toInstant(local) : local - offsetOf(m[7]);
}

function hourOf(hour: number, half: string | undefined, chineseHalf: string | undefined): number {
  if (half !== undefined && (hour < 1 || hour > 12)) return 99;
  if (half === 'p' || chineseHalf === '下午' || chineseHalf === '晚上') return hour < 12 ? hour + 12 : hour;
  if (half === 'a' || chineseHalf === '凌晨') return hour === 12 ? 0 : hour;
  return hour;
}

function offsetOf(suffix: string): number {
  if (!/^[+-]/.test(suffix)) return 0;
  const digits = suffix.slice(1).replace(':', '').padEnd(4, '0');
  const size = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4))) * 60_000;
  return suffix.startsWith('-') ? -size : size;
}

/** What a sample of dates says about their order, and why; a later date that contradicts it is rejected. */
export function decideDateOrder(samples: readonly string[]): {
  order: DateOrder;
  why: string;
  sure: boolean;
} {
  const days = samples
    .map((text) => NUMERIC.exec(text.trim()))
    .filter((m) => m !== null && m[1]!.length <= 2);
  if (days.length === 0)
    return { order: 'MDY', why: 'The dates start with the year or name the month.', sure: true };
  const first = Math.max(...days.map((m) => Number(m![1])));
  const second = Math.max(...days.map((m) => Number(m![2])));
  if (first > 12 && second <= 12)
    return { order: 'DMY', why: `A first number of ${first} can only be a day.`, sure: true };
  if (second > 12 && first <= 12)
    return { order: 'MDY', why: `A second number of ${second} can only be a day.`, sure: true };
  return byProgress(days.map((m) => [Number(m![1]), Number(m![2])] as const));
}

/** Files mostly run in time order, so the day changes from row to row more often than the month. */
function byProgress(days: (readonly [number, number])[]): { order: DateOrder; why: string; sure: boolean } {
  let [first, second] = [0, 0];
  for (let i = 1; i < days.length; i++) {
    if (days[i]![0] !== days[i - 1]![0]) first++;
    if (days[i]![1] !== days[i - 1]![1]) second++;
  }
  const order = first > second ? 'DMY' : 'MDY';
  const moving = first > second ? 'first' : 'second';
  if (first === second)
    return { order: 'MDY', why: 'The sample fits both orders; month/day was assumed.', sure: false };
  return {
    order,
    why: `The sample fits both orders; the ${moving} number changes more often, so it is the day.`,
    sure: false,
  };
}
