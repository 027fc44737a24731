/** A text without the mark that makes Excel show a number as text (="0123", '0123), and without spaces around it. */
export function withoutGuard(value: string): string {
  const text = value.trim();
  return (/^="(.*)"$/.exec(text)?.[1] ?? (/^'\S/.test(text) ? text.slice(1) : text)).trim();
}
