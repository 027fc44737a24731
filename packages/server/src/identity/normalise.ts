import { type IdentifierType, type PhoneFrom, phoneNumber } from '../collect/index.ts';

/**
 * Values, in lower case, that many systems write where they know nothing: they identify nobody. Those that Segment, PostHog
 * and RudderStack leave out of who is who are among them, and what tills and platforms write.
 * https://segment.com/docs/unify/identity-resolution/identity-resolution-settings/#blocked-values
 */
export const BLOCKED: ReadonlySet<string> = new Set([
  ...[
    'null',
    '(null)',
    '<null>',
    'undefined',
    '(undefined)',
    'nil',
    'none',
    '(none)',
    'n/a',
    'na',
    'nan',
    '-1',
  ],
  ...['unknown', '(unknown)', 'not set', '(not set)', 'not_set', 'true', 'false', '[object object]'],
  ...['anonymous', 'guest', 'not_authenticated', 'default', 'deleted', 'test', 'admin'],
  ...['distinct_id', 'distinctid', 'user_id', 'userid', 'email'],
  ...['无', '空', '未知', '未登录', '游客', '访客', '匿名', '匿名用户', '默认'],
  ...['test@test.com', 'example@example.com', 'noreply@example.com', 'none@none.com', 'null@null.com'],
  ...['na@na.com', 'noemail@noemail.com', 'undefined@undefined.com'],
  // What Android gave to every app for a network address since 6, and to every phone of one maker for an id.
  ...['02:00:00:00:00:00', '9774d56d682e549c'],
]);

/** Signs that have one form only. */
const PLAIN = /^[!-~]+$/;

const NONE: ReadonlySet<string> = new Set();

/** Zeros, a long row of one sign, or nothing but punctuation. */
const MEANINGLESS = /^0+$|^(.)\1{4,}$|^[\p{P}\p{S}\s]*$/u;

/** The same in groups, as the ids of devices that may not be told are (00000000-0000-…), or a place that nobody filled in. */
export const MEANINGLESS_IN_GROUPS =
  '^[{(]?0+([-:._ ]0+)+[)}]?$|^[{(]?(1{8}(-1{4}){3}-1{12}|f{8}(-f{4}){3}-f{12})[)}]?$|^f{2}(:f{2}){5}$|^[{]{2}.*[}]{2}$|^[$][{].*[}]$';
const IN_GROUPS = new RegExp(MEANINGLESS_IN_GROUPS);

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
  if (MEANINGLESS.test(value) || IN_GROUPS.test(folded)) return null;
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
