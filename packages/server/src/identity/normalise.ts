import { type IdentifierType, type PhoneFrom, phoneNumber } from '../collect/index.ts';

/** Values that many systems write where they know nothing: they identify nobody. */
const BLOCKED = new Set([
  'null',
  'undefined',
  'nil',
  'none',
  'n/a',
  'na',
  'nan',
  'unknown',
  'anonymous',
  'guest',
  'test',
  'true',
  'false',
  'admin',
  '无',
  '未知',
  '游客',
  'test@test.com',
  'example@example.com',
  'noreply@example.com',
]);

/** Signs that have one form only. */
const PLAIN = /^[!-~]+$/;

const NONE: ReadonlySet<string> = new Set();

/** Zeros, a long row of one sign, or nothing but punctuation. */
const MEANINGLESS = /^0+$|^(.)\1{4,}$|^[\p{P}\p{S}\s]*$/u;

/**
 * The one form of an identifier, so that the same thing written differently is found again; null when it identifies
 * nobody. E-mails are lower-cased, phones become E.164 and are nobody's where they are no valid number (`country` is the
 * workspace's, for those without a country code; `from` tells more of it), the rest is trimmed. `alsoBlocked` are values
 * in lower case that a workspace says mean nothing.
 */
export function normaliseIdentifier(
  type: IdentifierType,
  raw: string,
  country: string | null,
  alsoBlocked: ReadonlySet<string> = NONE,
  from?: PhoneFrom,
): string | null {
  const value = PLAIN.test(raw) ? raw : raw.normalize('NFKC').trim();
  const folded = value.toLowerCase();
  if (value.length === 0 || value.length > 300 || BLOCKED.has(folded) || alsoBlocked.has(folded)) return null;
  if (MEANINGLESS.test(value)) return null;
  const one =
    type === 'email' ? normaliseEmail(folded) : type === 'phone' ? phoneNumber(value, country, from) : value;
  return one !== null && alsoBlocked.has(one.toLowerCase()) ? null : one;
}

function normaliseEmail(email: string): string | null {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : null;
}

/**
 * A phone number as it was kept before numbers were looked at: whatever follows a plus sign, "(0)" included. Who is
 * known by it stays so.
 */
export function formerPhone(raw: string): string | null {
  const digits = raw.normalize('NFKC').replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{7,14}$/.test(digits) ? digits : null;
}
