import type { COMPUTED_FACTS } from '@qianmian/contract';
import { DAY } from '../platform/clock.ts';

export type ComputedFact = (typeof COMPUTED_FACTS)[number];

/** What profile computed of a person; times in milliseconds, scores and times null for who has none. */
export interface ComputedFacts {
  orders: number;
  spendCents: number;
  averageOrderCents: number;
  returnsCents: number;
  firstOrderAt: number | null;
  lastOrderAt: number | null;
  lastSeenAt: number | null;
  recencyScore: number | null;
  frequencyScore: number | null;
  monetaryScore: number | null;
  rfmGroup: string | null;
  lifecycle: string;
}

const days = (column: string) => ({
  present: `isNotNull(${column})`,
  value: `greatest(0, intDiv({now} - toUnixTimestamp64Milli(assumeNotNull(${column})), ${DAY}))`,
});
const scored = (column: string) => ({ present: `${column} > 0`, value: column });

/** Each fact over the columns of PROFILES: when it is present ('' for always) and its value; {now} is to be bound. */
export const COMPUTED: Record<ComputedFact, { present: string; value: string }> = {
  orders: { present: '', value: 'orders' },
  spendCents: { present: '', value: 'spend_cents' },
  averageOrderCents: { present: 'orders > 0', value: 'average_order_cents' },
  returnsCents: { present: '', value: 'returns_cents' },
  daysSinceFirstOrder: days('first_order_at'),
  daysSinceLastOrder: days('last_order_at'),
  daysSinceLastSeen: days('last_seen_at'),
  recencyScore: scored('recency_score'),
  frequencyScore: scored('frequency_score'),
  monetaryScore: scored('monetary_score'),
};

/** The same in memory; undefined for what is absent. */
export function computedFact(fact: ComputedFact, of: ComputedFacts, now: number): number | undefined {
  const since = (time: number | null) =>
    time === null ? undefined : Math.max(0, Math.trunc((now - time) / DAY));
  switch (fact) {
    case 'averageOrderCents':
      return of.orders > 0 ? of.averageOrderCents : undefined;
    case 'daysSinceFirstOrder':
      return since(of.firstOrderAt);
    case 'daysSinceLastOrder':
      return since(of.lastOrderAt);
    case 'daysSinceLastSeen':
      return since(of.lastSeenAt);
    default:
      return of[fact] ?? undefined;
  }
}
