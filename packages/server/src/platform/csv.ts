/** One CSV line (RFC 4180). Text that a spreadsheet would run as a formula is disarmed with a leading apostrophe. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Excel takes the wide signs of Chinese and Japanese for formulas as well. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function cell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
