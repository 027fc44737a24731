import { styleText } from 'node:util';
import { moneyText } from '@qianmian/contract';

type Style = Parameters<typeof styleText>[0];

/** Whether colours are wanted on a stream (https://no-color.org). */
export function wantsColour(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** The text in a style where the stream shows one. */
export function painted(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return wantsColour(stream) ? styleText(style, text) : text;
}

/** A result line on standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A remark on standard error: never part of a result. */
export function remark(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The whole result as one JSON value on standard output. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

/** Rows in columns as wide as they need; says so when there are none. */
export function sayTable(headers: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) {
    remark('Nothing there yet.');
    return;
  }
  const widths = headers.map((h, i) => Math.max(...[h, ...rows.map((r) => r[i]!)].map(columnsOf)));
  const line = (cells: readonly string[]) =>
    cells
      .map((c, i) => (i === cells.length - 1 ? c : c + ' '.repeat(widths[i]! - columnsOf(c))))
      .join('  ')
      .trimEnd();
  say(painted('dim', line(headers)));
  for (const row of rows) say(line(row));
}

/** Columns a text takes in a terminal: Chinese, Japanese, Korean and full-width characters take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text)
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  return columns;
}

/** Shows how far something got on standard error: one line rewritten in a terminal, a line every tenth elsewhere. */
export function progressOn(what: string): { at(share: number): void; end(): void } {
  const stream = process.stderr;
  let lastTenth = -1;
  return {
    at(share) {
      const percent = Math.floor(share * 100);
      if (stream.isTTY) stream.write(`\r${what}  ${String(percent).padStart(3)} %`);
      else if (Math.floor(percent / 10) > lastTenth) {
        lastTenth = Math.floor(percent / 10);
        remark(`${what} ${percent} %`);
      }
    },
    end() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}

/** An amount in minor units as people write it: 12345 of USD is $123.45. */
export function money(minorUnits: number, currency: string): string {
  return moneyText(minorUnits, currency, 'en');
}

/** A whole number with its thousands apart. */
export function count(n: number): string {
  return n.toLocaleString('en');
}

/** A time of the API, to the minute and in UTC; a dash for never. */
export function minute(iso: string | null): string {
  return iso ? `${iso.slice(0, 16).replace('T', ' ')}Z` : '-';
}
