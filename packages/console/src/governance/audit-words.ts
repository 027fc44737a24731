import type { AnswerOf, api } from '@qianmian/contract';
import type { TFunction } from 'i18next';

export type Entry = AnswerOf<typeof api.listAudit>['rows'][number];

/** `coupon.create` as "Created a coupon"; as it is where we have no words for it. */
export function actionWords(action: string, t: TFunction<'governance'>): string {
  const [noun = '', verb = ''] = action.split('.');
  const word = (key: string) =>
    (t as (key: string, options: { defaultValue: string }) => string)(key, { defaultValue: '' });
  const [thing, pattern] = [word(`audit.thing.${noun}`), word(`audit.verb.${verb}`)];
  return thing && pattern ? pattern.replace('{thing}', thing) : action;
}

/** Who did it: by name, and in our words where it was no person. */
export function actorWords(actor: string, t: TFunction<'governance'>): string {
  if (actor === 'command line') return t('audit.commandLine');
  return actor === 'system' ? t('audit.system') : actor;
}

type Target = Pick<Entry, 'action' | 'target' | 'targetName'>;

const PAGES: Record<string, string> = {
  campaign: '/campaigns',
  segment: '/segments',
  coupon: '/coupons',
  coupon_code: '/coupons',
  import: '/imports',
  customer: '/customers',
};
const nounOf = ({ action }: Target): string => action.split('.')[0] ?? '';

/** What an entry is about, by name; ids say nothing to people, so that without a name only their beginning is shown. */
export function targetWords(entry: Target, t: TFunction<'governance'>): string {
  const { target, targetName } = entry;
  if (targetName) return targetName;
  if (nounOf(entry) === 'customer' && /^\d+$/.test(target)) return t('audit.customer', { number: target });
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(target) ? t('audit.unnamed', { id: target.slice(0, 8) }) : target;
}

/** The page of what an entry is about; null where there is none. */
export function targetPage(entry: Target): string | null {
  const page = PAGES[nounOf(entry)];
  const isOne = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/.test(entry.target);
  return page && isOne ? `${page}/${entry.target}` : null;
}

/** The details of an entry in one line: `role: operator · reach: 120`; the name stands beside it already. */
export function detailLine({ detail, targetName }: Pick<Entry, 'detail' | 'targetName'>): string {
  return Object.entries(detail)
    .filter(([name, value]) => name !== 'name' || value !== targetName)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
