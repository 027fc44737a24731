import type { Customer, RfmReport } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/format.ts';
import { channelInSentence, displayName } from './names.ts';

export interface PortraitParts {
  customer: Customer;
  /** Where the stages part; without them the stage is not explained. */
  days: RfmReport['lifecycleDays'] | undefined;
  /** Name of the usual store in the reader's language, where known. */
  store: string | null;
  now: number;
}

const DAY_MS = 86_400_000;

/** A share below this came back too little to speak of. */
const FEW_RETURNS = 0.02;

/** What a customer is, in one paragraph of plain sentences computed from their facts. */
export function portrait(parts: PortraitParts, t: TFunction<'profile'>, format: Format): string {
  const { customer } = parts;
  const sentences =
    customer.orders === 0
      ? [visit(parts, t, format)]
      : [...buying(parts, t, format), ...taste(parts, t, format)];
  return sentences.filter(Boolean).join(format.language === 'zh' ? '' : ' ');
}

function who({ customer }: PortraitParts, t: TFunction<'profile'>): string {
  const name = displayName(t, customer);
  return customer.city ? t('portrait.whoFrom', { name, city: customer.city }) : name;
}

function visit(parts: PortraitParts, t: TFunction<'profile'>, format: Format): string {
  const { firstSeenAt, lastSeenAt } = parts.customer;
  const space = format.language === 'zh' ? '' : ' ';
  const seen = firstSeenAt
    ? t('portrait.visitorSeen', { who: who(parts, t), date: format.date(firstSeenAt) })
    : t('portrait.visitor', { who: who(parts, t) });
  return lastSeenAt
    ? seen + space + t('portrait.lastSeen', { ago: format.ago(lastSeenAt, parts.now) })
    : seen;
}

function buying(parts: PortraitParts, t: TFunction<'profile'>, format: Format): string[] {
  const { customer } = parts;
  const first = customer.firstOrderAt;
  const last = customer.lastOrderAt;
  return [
    t('portrait.bought', {
      count: customer.orders,
      orders: format.number(customer.orders),
      who: who(parts, t),
      first: first ? format.date(first) : '–',
      spend: format.money(customer.spendCents),
      average: format.money(customer.averageOrderCents),
    }),
    rhythm(customer, t, format),
    customer.orders > 1 && last ? lastOrder(parts, last, t, format) : '',
  ];
}

/** How long ago they bought last; where the data ended long ago, beside their end, to which the rest is counted. */
function lastOrder(
  { customer, now }: PortraitParts,
  last: string,
  t: TFunction<'profile'>,
  format: Format,
): string {
  const end = customer.dataEndedAt;
  if (end === null) return t('portrait.last', { ago: format.ago(last, now) });
  const [date, endDate] = [format.date(last), format.date(end)];
  return t(date === endDate ? 'portrait.lastAtEnd' : 'portrait.lastEnded', { date, end: endDate });
}

/** Days between orders in the middle, where there are enough of them to call it a rhythm. */
function rhythm(customer: Customer, t: TFunction<'profile'>, format: Format): string {
  if (customer.orders < 3 || !customer.firstOrderAt || !customer.lastOrderAt) return '';
  const span = Date.parse(customer.lastOrderAt) - Date.parse(customer.firstOrderAt);
  const days = span / DAY_MS / (customer.orders - 1);
  return days < 2
    ? t('portrait.rhythmDays')
    : t('portrait.rhythm', { days: format.number(Math.round(days)) });
}

function taste(parts: PortraitParts, t: TFunction<'profile'>, format: Format): string[] {
  const { customer, days } = parts;
  const bought = customer.spendCents + customer.returnsCents;
  const returned = bought > 0 ? customer.returnsCents / bought : 0;
  const stage = t(`stage.${customer.lifecycle}`);
  const likes = customer.favouriteCategories.slice(0, 3).map((one) => one.category);
  return [
    customer.rfmGroup
      ? t('portrait.group', {
          group: t(`group.${customer.rfmGroup}`),
          meaning: lowerFirst(t(`groupMeaning.${customer.rfmGroup}`)),
        })
      : '',
    days
      ? t(customer.dataEndedAt === null ? 'portrait.stage' : 'portrait.stageEnded', {
          stage,
          meaning: t(`stageMeaning.${customer.lifecycle}`, days),
          end: customer.dataEndedAt === null ? '' : format.date(customer.dataEndedAt),
        })
      : '',
    likes.length > 0 ? t('portrait.likes', { categories: format.list(likes) }) : '',
    customer.favouriteChannel
      ? t(parts.store ? 'portrait.mostlyStore' : 'portrait.mostly', {
          channel: channelInSentence(t, customer.favouriteChannel),
          store: parts.store ?? '',
        })
      : '',
    returned >= FEW_RETURNS
      ? t('portrait.returns', {
          returns: format.money(customer.returnsCents),
          share: format.percent(returned, 0),
        })
      : '',
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
