import { CHANNELS } from '@qianmian/contract';
import { consentSaid } from '../consent-words.ts';
import { plainHeader } from './field-synonyms.ts';
import type { Mapping } from './mapping.ts';
import { fieldReader } from './read-field.ts';
import type { RowValues } from './source-row.ts';

export type ConsentChannel = (typeof CHANNELS)[number];

// Whole names only: "consent date", "newsletter clicks" and "email opt out" hold these words and mean something else.
const WHO =
  '(?:is|has|customer|buyer|user|member|contact|mailchimp|mailchimpwoocommerce|mailpoet|klaviyo|mc4wp|wc)?(?:is|has)?';
const ASKED =
  '(?:accepts?|accepted|consent(?:s|ed)?(?:to)?|opt(?:s|ed)?in(?:to)?|subscribed?(?:to)?|agree[sd]?(?:to)?|allows?|permission(?:to|for)?)';
const SAID =
  '(?:consent(?:s|ed|given|granted|status)?|opt(?:ed)?in(?:status)?|permission|subscribed|subscriber|subscription(?:status)?)';
const SOUGHT = '(?:receives?|wants?)';
const ABOUT = '(?:messages?|messaging|communications?|notifications?)?';

const english = (means: string) =>
  [
    `${WHO}${ASKED}(?:marketing)?${means}(?:marketing)?${ABOUT}`,
    `${WHO}${SOUGHT}(?:marketing${means}|${means}marketing)${ABOUT}`,
    `${WHO}${means}marketing(?:${SAID}|status)?`,
    `${WHO}marketing${means}${SAID}`,
    `${WHO}${means}${SAID}`,
  ].join('|');

const CN_WHO = '(?:是否|客户|顾客|会员|用户|买家)*已?';
const CN_AGREED = '(?:(?:同意|愿意|允许)?(?:接受|接收)|同意|愿意|允许|许可|订阅)';
const CN_SAID = '(?:订阅|同意|许可|授权)(?:状态)?';
const chinese = (means: string) =>
  [
    `${CN_WHO}${CN_AGREED}(?:营销|推广)?${means}(?:营销|推广|通知)?`,
    `${CN_WHO}(?:营销)?${means}(?:营销|推广)?${CN_SAID}`,
    `${CN_WHO}${means}(?:营销|推广)?是否(?:订阅|同意|接受)`,
  ].join('|');

const named = (...names: string[]) => new RegExp(`^(?:${names.join('|')})$`);

/** Names of columns that say who agreed to a channel; the plainest first. */
const NAMES: [channel: ConsentChannel, names: RegExp][] = [
  ['email', named(english('emails?'), chinese('(?:电子)?(?:邮件|邮箱)'))],
  ['sms', named(english('(?:sms|text|textmessages?)'), chinese('(?:手机)?短信'))],
  [
    'push',
    named(english('(?:apppush|push|pushnotifications?)'), chinese('(?:app)?(?:推送|消息推送|推送消息)')),
  ],
  [
    'email',
    named(
      english('newsletters?'),
      `${WHO}${SOUGHT}?newsletters?(?:signup|status)?`,
      `${WHO}${ASKED}marketing${ABOUT}`,
      `${WHO}marketing(?:consent(?:s|ed|given|granted|status)?|opt(?:ed)?in(?:status)?|permission)`,
      `${WHO}(?:opt(?:ed)?in|subscribed?)`,
      `${CN_WHO}${CN_AGREED}(?:营销|推广)(?:信息|消息|内容)?`,
      `${CN_WHO}营销(?:信息)?${CN_SAID}`,
      chinese('(?:电子报|资讯)'),
      '(?:是否|已)*订阅(?:状态)?',
    ),
  ],
];

/** A person's trait that says whether they agreed to a channel. */
export const consentTrait = (channel: ConsentChannel) => `${channel}Consent`;
const TRAITS = CHANNELS.map((channel) => [consentTrait(channel), channel] as const);

/** The share of a column's cells that must be a yes or a no. */
const LEAST_CLEAR = 0.9;

interface Column {
  header: string;
  /** Its first cells that are not empty. */
  cells: readonly string[];
}

/**
 * Of columns, those that say who agreed to be written to, and the trait each becomes; one a channel. The name decides,
 * and the cells must be yes and no: dates and counts are none, whatever their column is called.
 */
export function consentColumns(columns: readonly Column[]): Map<string, Column> {
  const found = new Map<string, Column>();
  const plain = columns.map((column) => plainHeader(column.header).replace(/[?!¿¡]/g, ''));
  for (const [channel, names] of NAMES) {
    const at = plain.findIndex((name, i) => names.test(name) && areAnswers(columns[i]!.cells));
    if (at >= 0 && !found.has(consentTrait(channel))) found.set(consentTrait(channel), columns[at]!);
  }
  return found;
}

function areAnswers(cells: readonly string[]): boolean {
  const unclear = cells.filter((cell) => consentSaid(cell) === 'unclear');
  return unclear.length <= cells.length * (1 - LEAST_CLEAR) && unclear.every((cell) => !/\d/.test(cell));
}

/** A mapping of a known export with the columns of a shop that say who agreed, where it names none itself. */
export function withConsent(mapping: Mapping, headers: readonly string[]): Mapping {
  if (mapping.kind !== 'customers' && mapping.kind !== 'orderLines') return mapping;
  const taken = new Set([
    ...Object.values(mapping.fields).flatMap((source) => source.columns),
    ...Object.values(mapping.traits ?? {}).map(({ column }) => column),
  ]);
  const free = headers.filter((header) => !taken.has(header)).map((header) => ({ header, cells: [] }));
  const found = consentColumns(free);
  if (found.size === 0) return mapping;
  const added = [...found].map(([trait, { header }]) => [trait, { column: header, type: 'text' }] as const);
  return { ...mapping, traits: { ...Object.fromEntries(added), ...mapping.traits } };
}

/** A column that says who agreed to a channel, and what it says in the rows that were looked at. */
interface ConsentSeen {
  channel: ConsentChannel;
  column: string;
  yes: number;
  no: number;
  /** Neither a yes nor a no, which counts as a no. */
  unclear: number;
}

/** Whom rows of customers, or of their orders, allow to be written to; undefined where rows are of something else. */
export function consentSeen(mapping: Mapping, rows: readonly RowValues[]): ConsentSeen[] | undefined {
  if (mapping.kind !== 'customers' && mapping.kind !== 'orderLines') return undefined;
  const reader = fieldReader(mapping, { timeZone: 'UTC', currency: 'USD' });
  const seen = TRAITS.flatMap(([trait, channel]) => {
    const extra = mapping.traits?.[trait];
    return extra ? [{ trait, channel, column: extra.column, yes: 0, no: 0, unclear: 0 }] : [];
  });
  for (const values of rows) {
    const traits = reader.extras('traits', values, { corrections: [], rejection: undefined });
    for (const one of seen) if (traits[one.trait] !== undefined) one[consentSaid(traits[one.trait])] += 1;
  }
  if (seen.length === 0 && mapping.kind !== 'customers') return undefined;
  return seen.map(({ trait: _, ...one }) => one);
}
