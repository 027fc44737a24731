import { IDENTIFIER_TYPES, type Identifier, type IdentifierType } from '../facts.ts';
import { phoneNumber } from '../phone.ts';
import type { FieldReader } from './read-field.ts';
import { correct, type RowDraft } from './row-draft.ts';
import type { RowValues } from './source-row.ts';

const EMAIL = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;.]{2,}$/;
const PLACEHOLDER =
  /^(?:0+|1{6,}|n\/?a|null|none|nil|undefined|unknown|guest|anonymous|-+|\/|无|匿名|散客)$/i;
/** Reads the person's identifiers off a row, normalised, strongest first. */
export type ReadIdentifiers = (values: RowValues, draft: RowDraft) => Identifier[];

/**
 * Phone numbers without a country code are from where the row says (`countryOf`) that its person is, else from `home`;
 * where neither is known they are left out.
 */
export function identifierReader(
  reader: FieldReader,
  home: string | null,
  countryOf: (values: RowValues) => string | undefined,
): ReadIdentifiers {
  const types = IDENTIFIER_TYPES.filter((type) => reader.has(type));
  return (values, draft) => {
    const found: Identifier[] = [];
    const phoneOf = (text: string) => {
      const country = countryOf(values);
      return phoneNumber(text, home, country === undefined ? undefined : { country }) ?? '';
    };
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
  if (phone === '') return leftOut(draft, 'bad_phone', 'is not a valid phone number', type, text);
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
