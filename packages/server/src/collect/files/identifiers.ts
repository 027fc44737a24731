import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import { IDENTIFIER_TYPES, type Identifier, type IdentifierType } from '../facts.ts';
import type { FieldReader } from './read-field.ts';
import { correct, type RowDraft } from './row-draft.ts';
import type { RowValues } from './source-row.ts';

const CACHE_SIZE = 20_000;
/** What libphonenumber looks at, with room; longer texts would also fill the cache with what nobody dials. */
const MAX_PHONE_CHARS = 100;
const EMAIL = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;.]{2,}$/;
const PLACEHOLDER =
  /^(?:0+|1{6,}|n\/?a|null|none|nil|undefined|unknown|guest|anonymous|-+|\/|无|匿名|散客)$/i;
const COUNTRY_OF: Record<string, CountryCode> = {
  CNY: 'CN',
  USD: 'US',
  GBP: 'GB',
  JPY: 'JP',
  HKD: 'HK',
  TWD: 'TW',
  SGD: 'SG',
  KRW: 'KR',
  AUD: 'AU',
  CAD: 'CA',
  INR: 'IN',
  EUR: 'DE',
  KWD: 'KW',
};

/** Reads the person's identifiers off a row, normalised, strongest first. */
export type ReadIdentifiers = (values: RowValues, draft: RowDraft) => Identifier[];

/** `country` is where phone numbers without a country code are from; by default it is guessed from the currency. */
export function identifierReader(reader: FieldReader, currency: string, country?: string): ReadIdentifiers {
  const types = IDENTIFIER_TYPES.filter((type) => reader.has(type));
  const phoneOf = phoneReader((country as CountryCode | undefined) ?? COUNTRY_OF[currency]);
  return (values, draft) => {
    const found: Identifier[] = [];
    for (const type of types) {
      const text = reader.text(type, values, draft);
      const value = text === '' ? '' : normalised(type, text, phoneOf, draft);
      if (value !== '') found.push({ type, value });
    }
    return found;
  };
}

/** '' when the text cannot name one person: masked, a placeholder, not an address at all. */
function normalised(
  type: IdentifierType,
  text: string,
  phoneOf: (text: string) => string,
  draft: RowDraft,
): string {
  if (text.includes('*')) return leftOut(draft, 'masked_value', 'is masked and names nobody', type, text);
  if (text.length < 12 && PLACEHOLDER.test(text))
    return leftOut(draft, 'placeholder_value', 'is a placeholder', type, text);
  if (type === 'email') return emailOf(text, draft);
  if (type !== 'phone') return text;
  const phone = phoneOf(text);
  if (phone === '') return leftOut(draft, 'bad_phone', 'is not a phone number', type, text);
  if (phone !== text)
    correct(draft, 'phone_normalised', 'Written as an international number.', {
      field: type,
      from: text,
      to: phone,
    });
  return phone;
}

function leftOut(draft: RowDraft, code: string, why: string, field: string, from: string): string {
  correct(draft, code, `"${from}" ${why}; it was left out.`, { field, from });
  return '';
}

function emailOf(text: string, draft: RowDraft): string {
  if (!EMAIL.test(text)) return leftOut(draft, 'bad_email', 'is not an e-mail address', 'email', text);
  const email = text.toLowerCase();
  if (email !== text)
    correct(draft, 'email_normalised', 'Written in lower case.', { field: 'email', from: text, to: email });
  return email;
}

/** E.164 of a phone number as people write it; the answers of recent numbers are kept. */
function phoneReader(country: CountryCode | undefined): (text: string) => string {
  const recent = new Map<string, string>();
  return (text) => {
    if (country === 'CN' && /^1[3-9]\d{9}$/.test(text)) return `+86${text}`;
    if (text.length > MAX_PHONE_CHARS) return '';
    let phone = recent.get(text);
    if (phone === undefined) {
      const parsed = parsePhoneNumberFromString(text.normalize('NFKC'), country);
      phone = parsed?.isPossible() ? parsed.number : '';
      if (recent.size >= CACHE_SIZE) recent.clear();
      recent.set(Buffer.from(text).toString(), phone);
    }
    return phone;
  };
}
