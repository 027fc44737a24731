import type { EmailContent } from '@qianmian/contract';
import type { AppError } from '../platform/errors.ts';
import type { Language } from '../promotion/index.ts';
import { badTemplate } from './errors.ts';
import { type Fields, faultWords, fieldsIn, type Parsed, parse, plain, render, unguarded } from './liquid.ts';
import { type Block, blocksOf, CODE_PLACE, takeLinks } from './markup.ts';

/** An e-mail ready to be written to anyone: parsed once, rendered for each person. */
export interface EmailTemplate {
  fromName: string;
  subject: Parsed;
  body: Parsed;
  /** Addresses of the body, numbered by their place; `{{coupon.code}}` in them is the person's own. */
  links: string[];
  /** Fields that subject, body or addresses name. */
  fields: string[];
  language: Language;
}

export const COUPON_FIELDS = ['code', 'words', 'endsOn'];
export const SHOP_FIELDS = ['name'];

/** Subjects longer than this are cut by every mail program. */
const MOST_SUBJECT = 250;

/** Every field an e-mail names; none where it cannot be parsed. */
export function fieldsNamed(email: EmailContent): string[] {
  try {
    const parts = [email.subject, takeLinks(email.body).body].map((part) => parse(plain(part)));
    return [...new Set(parts.flatMap(fieldsIn))];
  } catch {
    return [];
  }
}

/**
 * Parses an e-mail and checks that it names only fields that exist; `traits` are the names `customer.*` may have, and
 * `told` those of them to tell who names another one.
 */
export function compileEmail(
  email: EmailContent,
  traits: readonly string[],
  told: readonly string[] = traits,
): EmailTemplate {
  const { body: linked, links, faults } = takeLinks(email.body);
  if (faults.length > 0) throw badTemplate('email.body', faults.join('; '));
  const subject = parsePart('email.subject', plain(email.subject).replaceAll('\n', ' '), traits, told);
  const body = parsePart('email.body', linked, traits, told);
  const inLinks = links.some((l) => l.includes(CODE_PLACE)) ? ['coupon.code'] : [];
  const template: EmailTemplate = {
    fromName: plain(email.fromName).replaceAll('\n', ' '),
    subject,
    body,
    links,
    fields: [...new Set([...fieldsIn(subject), ...fieldsIn(body), ...inLinks])],
    language: /\p{Script=Han}/u.test(email.subject + email.body) ? 'zh' : 'en',
  };
  tryOut(template);
  return template;
}

function parsePart(
  field: string,
  source: string,
  traits: readonly string[],
  told: readonly string[],
): Parsed {
  let parsed: Parsed;
  try {
    parsed = parse(source);
  } catch (error) {
    throw badTemplate(field, faultWords(error));
  }
  const unknown = fieldsIn(parsed).filter((name) => !isKnown(name, traits));
  if (unknown.length > 0) throw unknownFields(field, unknown, told);
  return parsed;
}

function isKnown(name: string, traits: readonly string[]): boolean {
  const [of, ...rest] = name.split('.');
  const key = rest.join('.');
  if (of === 'customer') return traits.includes(key);
  if (of === 'coupon') return COUPON_FIELDS.includes(key);
  return of === 'shop' && SHOP_FIELDS.includes(key);
}

function unknownFields(field: string, unknown: string[], traits: readonly string[]): AppError {
  const known = [
    ...traits.map((t) => `customer.${t}`),
    ...COUPON_FIELDS.map((f) => `coupon.${f}`),
    ...SHOP_FIELDS.map((f) => `shop.${f}`),
  ];
  const names = unknown.map((u) => `"${u}"`).join(', ');
  return badTemplate(
    field,
    `${names} ${unknown.length === 1 ? 'is no field' : 'are no fields'}; there are ${known.join(', ')}.`,
  );
}

/** Renders once with a value for every field: what fails now would fail for everyone. */
function tryOut(template: EmailTemplate): void {
  const sample = sampleFields(template);
  for (const [field, part] of [
    ['email.subject', template.subject],
    ['email.body', template.body],
  ] as const) {
    try {
      render(part, sample);
    } catch (error) {
      throw badTemplate(field, (error as Error).message);
    }
  }
}

/** A value for each field the template names. */
export function sampleFields(template: Pick<EmailTemplate, 'fields'>): Fields {
  const sample: Fields = { customer: {}, coupon: {}, shop: {} };
  for (const name of template.fields) {
    const [of, ...rest] = name.split('.') as [keyof Fields, ...string[]];
    sample[of][rest.join('.')] = rest.join('.');
  }
  return sample;
}

/** Fields the template names that have no value here. */
export function missingFields(template: EmailTemplate, fields: Fields): string[] {
  return template.fields.filter((name) => {
    const [of, ...rest] = name.split('.') as [keyof Fields, ...string[]];
    return fields[of][rest.join('.')] === undefined;
  });
}

/** What one person reads: subject line and blocks. Throws RecipientFault when a field has no value and no default. */
export function writeTo(template: EmailTemplate, fields: Fields): { subject: string; blocks: Block[] } {
  const subject = unguarded(render(template.subject, fields)).replace(/\s+/g, ' ').trim();
  if (template.links.some((l) => l.includes(CODE_PLACE)) && !fields.coupon.code)
    render(parse('{{ coupon.code }}'), fields);
  return { subject: subject.slice(0, MOST_SUBJECT), blocks: blocksOf(render(template.body, fields)) };
}
