import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { IdentifierType } from '../collect/index.ts';

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
 * nobody. E-mails are lower-cased, phones become E.164 (`country` is used where no country code is given), the rest is
 * trimmed. `alsoBlocked` are values in lower case that a workspace says mean nothing.
 */
export function normaliseIdentifier(
  type: IdentifierType,
  raw: string,
  country: string,
  alsoBlocked: ReadonlySet<string> = NONE,
): string | null {
  const value = PLAIN.test(raw) ? raw : raw.normalize('NFKC').trim();
  const folded = value.toLowerCase();
  if (value.length === 0 || value.length > 300 || BLOCKED.has(folded) || alsoBlocked.has(folded)) return null;
  if (MEANINGLESS.test(value)) return null;
  const one =
    type === 'email' ? normaliseEmail(folded) : type === 'phone' ? normalisePhone(value, country) : value;
  return one !== null && alsoBlocked.has(one.toLowerCase()) ? null : one;
}

function normaliseEmail(email: string): string | null {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : null;
}

function normalisePhone(value: string, country: string): string | null {
  const digits = value.replace(/[\s().-]/g, '');
  if (/^\+[1-9]\d{7,14}$/.test(digits)) return digits;
  if (country === 'CN' && /^1[3-9]\d{9}$/.test(digits)) return `+86${digits}`;
  const parsed = parsePhoneNumberFromString(value, country as CountryCode);
  return parsed?.isPossible() ? parsed.number : null;
}

const COUNTRY_OF_CURRENCY: Record<string, string> = {
  CNY: 'CN',
  HKD: 'HK',
  TWD: 'TW',
  JPY: 'JP',
  KRW: 'KR',
  SGD: 'SG',
  USD: 'US',
  CAD: 'CA',
  GBP: 'GB',
  EUR: 'DE',
  CHF: 'CH',
  AUD: 'AU',
  INR: 'IN',
};

/** Country whose phone numbers are written without a code, guessed from the workspace's currency. */
export function homeCountry(currency: string): string {
  return COUNTRY_OF_CURRENCY[currency] ?? 'US';
}
