import { type ActingStep, startOfDay, UNITS } from '@qianmian/contract';
import { remember } from '../../platform/remember.ts';
import { timeZoneNamed } from '../../platform/zone.ts';

/** A scalar as it stands in a field. */
export type Value = string | number | boolean;
/** What a step makes of a value: the value itself where it leaves it alone. */
export type Rule = (value: Value) => Value;

const isText = (value: Value): value is string => typeof value === 'string';
const FULL_WIDTH = /[\uff01-\uff5e\u3000]/g;
const HAS_FULL_WIDTH = /[\uff01-\uff5e\u3000]/;
/** Spaces that are not one plain space between words. */
const HAS_ODD_SPACE = /^\s|\s$|\s\s|[^\S ]|[\u200b\ufeff]/;

/** Full-width letters, digits and signs as half-width ones; ideographs stay as they are. */
export function toHalfWidth(text: string): string {
  if (!HAS_FULL_WIDTH.test(text)) return text;
  return text.replace(FULL_WIDTH, (sign) =>
    sign === '\u3000' ? ' ' : String.fromCharCode(sign.charCodeAt(0) - 0xfee0),
  );
}

const [HAN, WIDE_WORD] = [/\p{Script=Han}/u, /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]/g];

/** A text in the widths its writing has: among ideographs only letters and digits become half-width, signs are meant wide. */
export function toUsualWidth(text: string): string {
  return HAN.test(text) ? text.replace(WIDE_WORD, toHalfWidth) : toHalfWidth(text);
}

/** Spaces of every kind as one plain space, none at the ends. */
export function toPlainSpaces(text: string): string {
  if (!HAS_ODD_SPACE.test(text)) return text;
  return text.replace(/[\s\u200b\ufeff]+/g, ' ').trim();
}

/** A text as spellings are compared: without case, width, or spaces at the ends. */
export function foldWord(text: string): string {
  return toPlainSpaces(toHalfWidth(text)).toLowerCase();
}

function textRule({ trim, halfWidth, letters }: Extract<ActingStep, { kind: 'text' }>): Rule {
  const title = (text: string) =>
    text
      .toLowerCase()
      .replace(/(^|[\s/&(-])(\p{L})/gu, (_, before: string, first: string) => before + first.toUpperCase());
  return (value) => {
    if (!isText(value)) return value;
    let text = halfWidth ? toUsualWidth(value) : value;
    if (trim) text = toPlainSpaces(text);
    if (letters === 'lower') return text.toLowerCase();
    if (letters === 'upper') return text.toUpperCase();
    return letters === 'title' ? title(text) : text;
  };
}

interface Moment {
  year: number;
  month: number;
  day: number;
  /** Seconds since midnight; null where only a day is said. */
  seconds: number | null;
}

const CLOCK = '(?:[ T]+(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?:\\.\\d+)?)?$';
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})日?${CLOCK}`);
const YEAR_LAST = new RegExp(`^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})${CLOCK}`);
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$/;
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
/** Days from Excel's day 0 (30 December 1899, its leap-year fault included) to the epoch. */
const EXCEL_EPOCH_DAYS = 25_569;

const clock = (hours?: string, minutes?: string, seconds?: string) =>
  hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);

function momentOf(parts: (string | undefined)[], order: 'ymd' | 'dmy' | 'mdy'): Moment | null {
  const [a, b, c, hours, minutes, seconds] = parts;
  const [year, month, day] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b];
  // Years of two digits: to 69 of this century (POSIX strptime).
  const full = Number(year) + (String(year).length === 2 ? (Number(year) < 69 ? 2000 : 1900) : 0);
  const made = {
    year: full,
    month: Number(month),
    day: Number(day),
    seconds: clock(hours, minutes, seconds),
  };
  const at = new Date(Date.UTC(made.year, made.month - 1, made.day));
  const isReal = at.getUTCMonth() === made.month - 1 && at.getUTCDate() === made.day;
  return isReal && (made.seconds ?? 0) < 86_400 ? made : null;
}

function dateRule(step: Extract<ActingStep, { kind: 'date' }>, homeZone: string): Rule {
  const zone = timeZoneNamed(step.timeZone ?? homeZone) ?? 'UTC';
  const day = (m: Moment) =>
    `${String(m.year).padStart(4, '0')}-${String(m.month).padStart(2, '0')}-${String(m.day).padStart(2, '0')}`;
  const ofMoment = (m: Moment) =>
    step.to === 'day' ? day(m) : new Date(startOfDay(zone, day(m)) + (m.seconds ?? 0) * 1000).toISOString();
  const ofInstant = (milliseconds: number, fallback: Value) => {
    if (!(Math.abs(milliseconds) < 8.64e15)) return fallback;
    const iso = new Date(milliseconds).toISOString();
    return step.to === 'day'
      ? new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(milliseconds)
      : iso;
  };
  return (value) => {
    const text = String(value).trim();
    if (WITH_ZONE.test(text)) return ofInstant(Date.parse(text), value);
    // ISO 8601 is understood without being asked for.
    for (const format of ['iso' as const, ...step.formats]) {
      if (format === 'unix') {
        if (/^\d{10}$/.test(text)) return ofInstant(Number(text) * 1000, value);
        if (/^\d{13}$/.test(text)) return ofInstant(Number(text), value);
      } else if (format === 'excel') {
        const days = /^\d{4,5}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
        if (days >= 1000) {
          const at = new Date(Math.round((days - EXCEL_EPOCH_DAYS) * 86_400) * 1000);
          return ofMoment({
            ...{ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() },
            seconds: Number.isInteger(days)
              ? null
              : at.getUTCHours() * 3600 + at.getUTCMinutes() * 60 + at.getUTCSeconds(),
          });
        }
      } else {
        const pattern =
          format === 'compact' ? COMPACT : format === 'ymd' || format === 'iso' ? YEAR_FIRST : YEAR_LAST;
        if (format === 'iso' && !/^\d{4}-\d{2}-\d{2}/.test(text)) continue;
        const found = pattern.exec(text);
        const order = format === 'dmy' || format === 'mdy' ? format : 'ymd';
        const moment = found && momentOf(found.slice(1), order);
        if (moment) return ofMoment(moment);
      }
    }
    return value;
  };
}

const UNIT_ALIASES: Record<string, string> = {
  ...{
    克: 'g',
    gram: 'g',
    grams: 'g',
    gr: 'g',
    毫克: 'mg',
    千克: 'kg',
    公斤: 'kg',
    kgs: 'kg',
    kilo: 'kg',
    吨: 't',
    ounce: 'oz',
  },
  ...{
    lbs: 'lb',
    磅: 'lb',
    毫升: 'ml',
    升: 'l',
    liter: 'l',
    litre: 'l',
    'fl oz': 'floz',
    毫米: 'mm',
    厘米: 'cm',
    公分: 'cm',
  },
  ...{ 米: 'm', inch: 'in', '"': 'in', 英寸: 'in', 分: 'cents', cent: 'cents', 元: 'yuan', 块: 'yuan' },
};
const FACTOR_OF = new Map<string, { family: string; factor: number }>();
for (const [family, units] of Object.entries(UNITS))
  for (const [unit, factor] of Object.entries(units)) FACTOR_OF.set(unit, { family, factor });

const AMOUNT = /^([-+]?\d[\d,]*(?:\.\d+)?|[-+]?\.\d+)\s*([^\d\s].*)?$/;
/** A product of floats without the noise of its last digits. */
const exact = (value: number) => Number(value.toPrecision(12));

function unitRule({ to, from }: Extract<ActingStep, { kind: 'unit' }>): Rule {
  const target = FACTOR_OF.get(to)!;
  return (value) => {
    if (typeof value === 'boolean') return value;
    const found = AMOUNT.exec(toHalfWidth(String(value)).trim().toLowerCase());
    if (!found) return value;
    const said = found[2]?.trim().replace(/\.$/, '');
    const unit = said === undefined ? from : (UNIT_ALIASES[said] ?? said);
    const known = unit === undefined ? undefined : FACTOR_OF.get(unit);
    if (known?.family !== target.family) return value;
    const amount = Number(found[1]!.replaceAll(',', ''));
    return Number.isFinite(amount) ? exact((amount * known.factor) / target.factor) : value;
  };
}

function scaleRule({ factor }: Extract<ActingStep, { kind: 'scale' }>): Rule {
  return (value) => {
    const number =
      typeof value === 'number' ? value : isText(value) && value.trim() !== '' ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? exact(number * factor) : value;
  };
}

/** What currencies are called and written. "¥" is the yuan's here: whoever means the yen says so by an alias. */
const CURRENCY_WORDS: Record<string, string> = Object.fromEntries(
  Object.entries({
    CNY: '¥ ￥ rmb cnh 元 人民币 yuan 块 圆 cn¥',
    USD: '$ us$ usd$ 美元 美金 dollar dollars',
    EUR: '€ 欧元 euro euros',
    GBP: '£ 英镑 pound pounds stg',
    JPY: '円 日元 jp¥ yen',
    HKD: 'hk$ 港币 港元',
    TWD: 'nt$ 新台币 台币 ntd',
    KRW: '₩ 韩元 won',
    SGD: 's$ 新币 新加坡元',
    MOP: 'mop$ 澳门元 葡币',
    INR: '₹ rs rs. 卢比 rupee',
    RUB: '₽ 卢布',
    THB: '฿ 泰铢 baht',
    AUD: 'a$ au$ 澳元',
    CAD: 'c$ ca$ 加元',
    VND: '₫ 越南盾',
  }).flatMap(([code, words]) => words.split(' ').map((word) => [word, code])),
);
const CODES = new Set(Intl.supportedValuesOf('currency'));

function currencyRule({ aliases }: Extract<ActingStep, { kind: 'currency' }>): Rule {
  const words = new Map(Object.entries(CURRENCY_WORDS).map(([word, code]) => [foldWord(word), code]));
  for (const { from, to } of aliases) words.set(foldWord(from), to);
  return (value) => {
    if (!isText(value)) return value;
    const word = foldWord(value);
    const code = word.toUpperCase();
    return words.get(word) ?? (CODES.has(code) ? code : value);
  };
}

/** What a currency's symbol or name means; null where it is not known or already the code. */
export function currencyMeant(word: string): string | null {
  const code = currencyRule({ aliases: [] } as never)(word);
  return code === word || !CODES.has(String(code)) ? null : String(code);
}

function categoryRule({ words }: Extract<ActingStep, { kind: 'category' }>): Rule {
  const known = new Map(words.map(({ from, to }) => [foldWord(from), to]));
  return (value) => (isText(value) ? (known.get(foldWord(value)) ?? value) : value);
}

/** The rule of a step that makes of a value another; what it made of a text it remembers. */
export function ruleOf(step: Exclude<ActingStep, { kind: 'missing' }>, homeZone: string): Rule {
  const rule = plainRuleOf(step, homeZone);
  const ofText = remember(rule);
  return (value) => (isText(value) ? ofText(value) : rule(value));
}

function plainRuleOf(step: Exclude<ActingStep, { kind: 'missing' }>, homeZone: string): Rule {
  switch (step.kind) {
    case 'text':
      return textRule(step);
    case 'date':
      return dateRule(step, homeZone);
    case 'unit':
      return unitRule(step);
    case 'scale':
      return scaleRule(step);
    case 'currency':
      return currencyRule(step);
    case 'category':
      return categoryRule(step);
  }
}

/** How a step of standards is named in the history of a value. */
export function methodOf(step: ActingStep): string {
  if (step.kind === 'unit') return `unit:${step.to}`;
  if (step.kind === 'scale') return `scale:${step.factor}`;
  if (step.kind === 'missing') return `imputed:${step.method}${step.by === 'all' ? '' : `:${step.by}`}`;
  return step.kind;
}
