import { isObject } from '../storable.ts';
import { type Bounds, isFormWithin, isWithin, parseExactly } from './parse.ts';
import type { Unpack } from './unpack.ts';

/** Events of a body or address as 神策's clients pack them, or why none can be found. */
export type Unpacked = { messages: unknown[] } | { malformed: string };

/**
 * Finds the events in what was sent: a form with `data` (one) or `data_list` (many), each base64 of JSON or of gzip of
 * JSON; the same form as plain text (a beacon); or JSON as it is.
 */
export async function sensorsMessages(
  query: string,
  body: string,
  bounds: Bounds,
  unpack: Unpack,
): Promise<Unpacked> {
  const text = body.trim();
  if (text.startsWith('{') || text.startsWith('[')) return parsed(Buffer.from(text), bounds);
  if (!isFormWithin(text)) return { malformed: 'malformed_form' };
  const form = new URLSearchParams(text === '' ? query : text);
  const packed = form.get('data_list') ?? form.get('data');
  if (packed === null || packed === '') return { malformed: 'malformed_form' };
  // A plus that nobody encoded was read as a space.
  const base64 = packed.replaceAll(' ', '+');
  if (!/^[A-Za-z0-9+/_=\r\n-]+$/.test(base64)) return { malformed: 'malformed_base64' };
  const bytes = await unpack(Buffer.from(base64, 'base64'));
  return bytes === null ? { malformed: 'malformed_gzip' } : parsed(bytes, bounds);
}

function parsed(bytes: Buffer, bounds: Bounds): Unpacked {
  if (!isWithin(bytes, bounds)) return { malformed: 'malformed_json' };
  try {
    const value: unknown = parseExactly(bytes.toString('utf8'));
    if (Array.isArray(value)) return { messages: value };
    return isObject(value) ? { messages: [value] } : { malformed: 'malformed_json' };
  } catch {
    return { malformed: 'malformed_json' };
  }
}
