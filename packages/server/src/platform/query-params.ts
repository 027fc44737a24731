import { formatQueryParams } from '@clickhouse/client-common';

const SPECIAL = /[\t\n\r'\\]/;
const ESCAPES: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', "'": "\\'", '\\': '\\\\' };
const escaped = (text: string) =>
  SPECIAL.test(text) ? text.replace(/[\t\n\r'\\]/g, (sign) => ESCAPES[sign]!) : text;

/**
 * A value as ClickHouse reads it from a parameter, as the client's own `formatQueryParams` writes it. Lists of texts,
 * which may be megabytes, are written here: the client goes through them letter by letter, 60 times as long.
 */
export function paramText(value: unknown): string {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return `[${value.map((one) => `'${escaped(one)}'`).join(',')}]`;
  return formatQueryParams({ value });
}
