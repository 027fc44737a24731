import { isUtf8 } from 'node:buffer';

/** The encodings files come in; names are those of TextDecoder. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'windows-1252';

/** The encoding of a text file by its content; `bytes` should hold some bytes outside ASCII if the file has any. */
export function detectEncoding(bytes: Uint8Array): TextEncoding {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return 'utf-8';
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  const wide = wideEncoding(bytes);
  if (wide) return wide;
  if (isUtf8(withoutCutTail(bytes))) return 'utf-8';
  return looksChinese(bytes) ? 'gb18030' : 'windows-1252';
}

function startsWith(bytes: Uint8Array, mark: number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

/** UTF-16 without a mark: delimiters and line ends leave a zero in nearly every pair, always on the same side. */
function wideEncoding(bytes: Uint8Array): TextEncoding | undefined {
  const pairs = Math.min(bytes.length >> 1, 2_000);
  let [even, odd] = [0, 0];
  for (let i = 0; i < pairs; i++) {
    if (bytes[2 * i] === 0) even++;
    if (bytes[2 * i + 1] === 0) odd++;
  }
  if (pairs < 4) return undefined;
  if (odd > pairs * 0.3 && even < pairs * 0.02) return 'utf-16le';
  return even > pairs * 0.3 && odd < pairs * 0.02 ? 'utf-16be' : undefined;
}

/** Drops a UTF-8 character that the end of the sample cut in two. */
function withoutCutTail(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
  }
  return bytes;
}

/** In GBK text high bytes come in pairs; in Western text an accented letter stands alone among ASCII. */
function looksChinese(bytes: Uint8Array): boolean {
  let [paired, alone] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x81) continue;
    const next = bytes[i + 1] ?? 0;
    if (next >= 0x40 && next !== 0x7f) {
      if (next >= 0xa1 || bytes[i + 2]! >= 0x81) paired++;
      else alone++;
      i++;
    } else alone++;
  }
  return paired > alone;
}
