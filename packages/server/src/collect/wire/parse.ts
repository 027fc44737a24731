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
