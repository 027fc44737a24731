/** Whether every store takes a text as it is: well-formed Unicode (RFC 3629) without NUL. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** A text without what no store takes: NUL is left out, half a surrogate pair becomes U+FFFD. */
export function storableText(text: string): string {
  return isStorableText(text) ? text : text.replaceAll('\0', '').toWellFormed();
}

/** Levels looked at: what lies deeper is refused by every schema. */
const DEEPEST = 500;

/** The path of the first text in a JSON value that a store would refuse; null when there is none. */
export function unstorableTextIn(value: unknown, path = '', depth = 0): string | null {
  if (typeof value === 'string') return isStorableText(value) ? null : path;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return null;
  for (const [key, one] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!isStorableText(key)) return path;
    const found = unstorableTextIn(one, at, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The first `max` UTF-16 units of a text, without half a character at the end. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
