/** How much a body may hold before it is refused unread: parsing takes the thread that answers everybody. */
export interface Bounds {
  values: number;
  depth: number;
}

/** Of whom a key is known before the body is read: ten thousand messages of a hundred values. */
export const KEYED: Bounds = { values: 1_000_000, depth: 2000 };
/** Of whom nothing is known yet: the largest body that clients which write their key inside send. */
export const KEYLESS: Bounds = { values: 100_000, depth: 500 };

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether JSON keeps within bounds, found in one pass over its bytes that builds nothing: twenty kilobytes of gzip can
 * hold ten million brackets, and parsing those stops the process for seconds.
 */
export function isWithin(bytes: Buffer, { values, depth }: Bounds): boolean {
  let found = 1;
  let level = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === COMMA) found += 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      found += 1;
      level += 1;
      if (level > depth) return false;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) level -= 1;
    if (found > values) return false;
  }
  return true;
}

/** Parameters that a form may hold: parsing a million takes seconds of the thread that answers everybody. */
const MOST_PARAMETERS = 100_000;

/** Whether a form, or lines of them, keep within what may be parsed. */
export function isFormWithin(text: string, most = MOST_PARAMETERS): boolean {
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code === 0x26 || code === 0x0a) && ++found >= most) return false;
  }
  return true;
}

/** Whether somewhere are so many digits, or so high an exponent, that JavaScript may not count to them. */
const HAS_LONG_NUMBER = /\d{16}|[eE]\+?\d{2}/;
const BYTE_ORDER_MARK = 0xfeff;
const STRING_END = /["\\]/g;
const NUMBER = /-?\d+[\d.eE+-]*/y;
const TOKEN = /["\d-]/g;

/**
 * What JSON says. Whole numbers beyond 2^53 become texts: ids are among them, and two of them must not be rounded to
 * one; so do numbers too large for any (1e400), which would be lost. A mark of byte order, which some write before all
 * text, says nothing. Throws where it is no JSON.
 */
export function parseExactly(given: string): unknown {
  const text = given.charCodeAt(0) === BYTE_ORDER_MARK ? given.slice(1) : given;
  const read = JSON.parse(text) as unknown;
  return HAS_LONG_NUMBER.test(text) ? (JSON.parse(withLongNumbersQuoted(text)) as unknown) : read;
}

/** The same JSON with quotes around numbers that are too long to be exact or too large; in one pass, whatever stands in texts. */
function withLongNumbersQuoted(json: string): string {
  let made = '';
  let copied = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(json); found !== null; found = TOKEN.exec(json)) {
    if (found[0] === '"') {
      TOKEN.lastIndex = behindString(json, found.index);
      continue;
    }
    NUMBER.lastIndex = found.index;
    const number = NUMBER.exec(json)?.[0] ?? '-';
    TOKEN.lastIndex = found.index + number.length;
    if (!isBeyond(number)) continue;
    made += `${json.slice(copied, found.index)}"${number}"`;
    copied = found.index + number.length;
  }
  return made + json.slice(copied);
}

function isBeyond(number: string): boolean {
  if (number.length >= 16 && /^-?\d+$/.test(number)) return !Number.isSafeInteger(Number(number));
  return !Number.isFinite(Number(number)) && number !== '-';
}

function behindString(json: string, begin: number): number {
  STRING_END.lastIndex = begin + 1;
  for (let end = STRING_END.exec(json); end !== null; end = STRING_END.exec(json)) {
    if (end[0] === '"') return end.index + 1;
    STRING_END.lastIndex = end.index + 2;
  }
  return json.length;
}
