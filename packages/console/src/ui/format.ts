import { currencyExponent } from '@qianmian/contract';

/** The languages of the console. */
export type Language = 'zh' | 'en';

const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-US' };

/** Whose numbers they are and who reads them. */
export interface FormatSettings {
  language: Language;
  currency: string;
  timeZone: string;
  /** The time that `ago` looks back from; the browser's where none is given. */
  now?: () => number;
}

/** Minor units to the unit people speak of. */
export function majorUnits(cents: number, currency: string): number {
  return cents / 10 ** currencyExponent(currency);
}

/** What somebody typed, in whole minor units. */
export function minorUnits(major: number, currency: string): number {
  return Math.round(major * 10 ** currencyExponent(currency));
}

const DAY_MS = 86_400_000;
const ISO_DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const AGO_STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Currency words in Chinese sentences: 人民币 is what the name says, 元 is what people say. */
function chineseUnit(currency: string): string {
  if (currency === 'CNY') return '元';
  return new Intl.DisplayNames('zh-CN', { type: 'currency' }).of(currency) ?? currency;
}

/** Every number, sum of money and date of the console passes through here. */
export function createFormat({ language, currency, timeZone, now: clock = Date.now }: FormatSettings) {
  const locale = LOCALES[language];
  const digits = currencyExponent(currency);
  const numbers = new Map<string, Intl.NumberFormat>();
  const dates = new Map<string, Intl.DateTimeFormat>();

  const numberWith = (options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options);
    const found = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
    numbers.set(key, found);
    return found;
  };
  const dateWith = (options: Intl.DateTimeFormatOptions) => {
    const key = JSON.stringify(options);
    const found = dates.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone, ...options });
    dates.set(key, found);
    return found;
  };

  const currencyStyle = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const full = { ...currencyStyle, minimumFractionDigits: digits, maximumFractionDigits: digits };
  const compactDigits = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  const dayOf = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

  // The one locale that writes days as ISO 8601 does.
  const isoDay = new Intl.DateTimeFormat('en-CA', { timeZone, ...ISO_DAY });

  const money = (cents: number) => numberWith(full).format(majorUnits(cents, currency));
  const compact = (value: number) =>
    Math.abs(value) < 10_000
      ? numberWith({ maximumFractionDigits: 1 }).format(value)
      : numberWith(compactDigits).format(value);
  const moneyShort = (cents: number) => {
    const major = majorUnits(cents, currency);
    return Math.abs(major) < 10_000
      ? numberWith({ ...currencyStyle, minimumFractionDigits: 0, maximumFractionDigits: 0 }).format(major)
      : numberWith({ ...currencyStyle, ...compactDigits }).format(major);
  };
  const percent = (share: number, places = 1) =>
    numberWith({ style: 'percent', minimumFractionDigits: places, maximumFractionDigits: places }).format(
      share,
    );
  const moment = (iso: string, options: Intl.DateTimeFormatOptions) =>
    dateWith(options).format(new Date(iso));
  // A calendar day has no zone: it is read and written in UTC, so that it never slips to a neighbour.
  const calendar = (day: string, options: Intl.DateTimeFormatOptions) =>
    dateWith({ ...options, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

  return {
    language,
    currency,
    timeZone,
    /** The time things are said relative to: the server's, given by the shell. */
    now: clock,
    /** `¥1,234.50` from minor units. */
    money,
    /** `¥1.24M`, `¥124万`: for tiles and axes. */
    moneyShort,
    /** The way a sentence says it: `¥1.24M`, `124 万元`. */
    moneyWords: (cents: number) => {
      if (language === 'en') return moneyShort(cents);
      const spoken = compact(majorUnits(cents, currency));
      return /[万亿]$/.test(spoken)
        ? `${spoken.slice(0, -1)} ${spoken.slice(-1)}${chineseUnit(currency)}`
        : `${spoken} ${chineseUnit(currency)}`;
    },
    /** `12,408`; up to `places` decimals. */
    number: (value: number, places = 0) => numberWith({ maximumFractionDigits: places }).format(value),
    /** `12.4K`, `1.2万`. */
    compact,
    /** `31.2%` from 0.312. */
    percent,
    /** `+6.2%`, `-1.0%`, `0.0%`. */
    change: (share: number, places = 1) =>
      numberWith({
        style: 'percent',
        signDisplay: 'exceptZero',
        minimumFractionDigits: places,
        maximumFractionDigits: places,
      }).format(share),
    /** Difference of two shares in percentage points: `+1.8 pts`, `+1.8 个百分点`. */
    points: (difference: number) =>
      `${numberWith({ signDisplay: 'exceptZero', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
        difference * 100,
      )} ${language === 'zh' ? '个百分点' : 'pts'}`,
    /** The calendar day of a moment in the workspace's zone, `2026-11-22`; today's when none is given. */
    dayOf: (iso?: string) => isoDay.format(iso === undefined ? clock() : new Date(iso)),
    /** `Nov 22, 2026`, `2026年11月22日` in the workspace's zone. */
    date: (iso: string) => moment(iso, dayOf),
    /** For narrow columns: hour and minute, and the year only when it is another: `Nov 22, 14:05`. */
    moment: (iso: string) =>
      moment(iso, {
        ...(isoDay.format(new Date(iso)).slice(0, 4) === isoDay.format(clock()).slice(0, 4)
          ? { month: 'short', day: 'numeric' }
          : dayOf),
        ...hours,
      }),
    /** With hour and minute. */
    dateTime: (iso: string) => moment(iso, { ...dayOf, ...hours }),
    /** With seconds, for logs. */
    dateTimeExact: (iso: string) => moment(iso, { ...dayOf, ...hours, second: '2-digit' }),
    time: (iso: string) => moment(iso, hours),
    /** `Sunday, Nov 22, 14:05`: a clock on the wall. */
    wallClock: (iso: string) => moment(iso, { weekday: 'short', month: 'short', day: 'numeric', ...hours }),
    /** A calendar day such as `2026-11-22`. */
    day: (day: string) => calendar(day, dayOf),
    /** The same without the year: `Nov 22`, `11月22日`. */
    dayShort: (day: string) => calendar(day, { month: 'short', day: 'numeric' }),
    /** With the weekday, for tool tips. */
    dayLong: (day: string) => calendar(day, { ...dayOf, weekday: 'short' }),
    /** `Oct 24 – Nov 22, 2026`, `2026年10月24日至11月22日`. */
    days: (from: string, to: string) => {
      if (language === 'en')
        return dateWith({ ...dayOf, timeZone: 'UTC' }).formatRange(
          new Date(`${from}T00:00:00Z`),
          new Date(`${to}T00:00:00Z`),
        );
      const isSameYear = from.slice(0, 4) === to.slice(0, 4);
      const end = calendar(to, isSameYear ? { month: 'short', day: 'numeric' } : dayOf);
      return from === to ? calendar(from, dayOf) : `${calendar(from, dayOf)}至${end}`;
    },
    /** `3 hours ago`, `3小时前`. */
    ago: (iso: string, now: number = clock()) => {
      const gap = Date.parse(iso) - now;
      const [unit, size] = AGO_STEPS.find(([, ms]) => Math.abs(gap) >= ms) ?? (['second', 1000] as const);
      const count = unit === 'second' ? 0 : Math.trunc(gap / size);
      return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(count, unit);
    },
    /** Two ends of an interval, each written by `write`: `¥120 – ¥340`. */
    interval: (low: number, high: number, write: (value: number) => string) =>
      `${write(low)} – ${write(high)}`,
    /** `850 ms`, `12 s`, `3 min 20 s`. */
    duration: (ms: number) => {
      const unit = (value: number, name: string) =>
        numberWith({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 }).format(
          value,
        );
      if (ms < 1000) return unit(ms, 'millisecond');
      const seconds = Math.round(ms / 1000);
      if (seconds < 60) return unit(seconds, 'second');
      if (seconds < 3600)
        return `${unit(Math.floor(seconds / 60), 'minute')} ${unit(seconds % 60, 'second')}`;
      return `${unit(Math.floor(seconds / 3600), 'hour')} ${unit(Math.floor((seconds % 3600) / 60), 'minute')}`;
    },
    /** `327 bytes`, `4.2 MB`. */
    bytes: (bytes: number) => {
      const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
      const step = bytes < 1 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(bytes) / 3));
      return numberWith({
        style: 'unit',
        unit: steps[step],
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumFractionDigits: step === 0 ? 0 : 1,
      }).format(bytes / 1000 ** step);
    },
    /** `a, b and c`, `a、b和c`. */
    list: (items: readonly string[]) => new Intl.ListFormat(locale).format(items),
    /** Names sorted as their readers expect: by pinyin in Chinese. */
    compare: new Intl.Collator(locale, { numeric: true }).compare,
    /** `¥`, `$`. */
    currencySymbol:
      numberWith(currencyStyle)
        .formatToParts(0)
        .find((part) => part.type === 'currency')?.value ?? currency,
    /** Minor units to the unit people speak of, and back. */
    major: (cents: number) => majorUnits(cents, currency),
    minor: (major: number) => minorUnits(major, currency),
    currencyDigits: digits,
  };
}

export type Format = ReturnType<typeof createFormat>;
