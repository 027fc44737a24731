import type { Customer } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/format.ts';

/** A share of customers, never rounded up: no one spends more than all, themselves included. */
export function shareWords(rank: number, format: Format): string {
  return format.percent(Math.floor(rank * 100) / 100, 0);
}

/** How lately somebody bought: before now, or before the last order of data that ended long ago. */
export function recencyWords(
  { dataEndedAt }: Customer,
  why: NonNullable<Customer['rfmWhy']>,
  t: TFunction<'profile'>,
  format: Format,
): string {
  const days = Math.round(why.daysSinceLastOrder);
  const said = { count: days, days: format.number(days), share: shareWords(why.recencyRank, format) };
  if (dataEndedAt === null) return t(days === 0 ? 'customer.recencyToday' : 'customer.recencyWhy', said);
  const end = format.date(dataEndedAt);
  return t(days === 0 ? 'customer.recencyAtEnd' : 'customer.recencyEnded', { ...said, end });
}
