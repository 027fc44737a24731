import { COUNTRIES } from '@qianmian/contract';

/** Currencies offered first: where most of our retailers sell. Any ISO code can be typed. */
export const COMMON_CURRENCIES = [
  'CNY',
  'USD',
  'EUR',
  'GBP',
  'JPY',
  'HKD',
  'TWD',
  'SGD',
  'KRW',
  'AUD',
  'CAD',
  'THB',
];

/** All zones the browser knows, the usual first. */
export function timeZones(): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return ['Asia/Shanghai', ...known.filter((zone) => zone !== 'Asia/Shanghai')];
}

/** All currencies the browser knows, the common first. */
export function currencies(): string[] {
  return [...new Set([...COMMON_CURRENCIES, ...Intl.supportedValuesOf('currency')])];
}

/** `CNY · 人民币`. */
export function currencyLabel(code: string, language: string): string {
  const name = new Intl.DisplayNames(language === 'zh' ? 'zh-CN' : 'en', { type: 'currency' }).of(code);
  return name && name !== code ? `${code} · ${name}` : code;
}

/** Countries by their names, in the order of the language. */
export function countryOptions(language: string): { value: string; label: string }[] {
  const locale = language === 'zh' ? 'zh-CN' : 'en';
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  return COUNTRIES.map((value) => ({ value, label: `${names.of(value) ?? value} (${value})` })).sort((a, b) =>
    a.label.localeCompare(b.label, locale),
  );
}

/** A short name for addresses, suggested from a name that has Latin letters. */
export function suggestedId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return slug.length >= 2 ? slug : '';
}
