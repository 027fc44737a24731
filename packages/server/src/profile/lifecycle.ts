import type { LifecycleStage } from '@qianmian/contract';
import { DAY } from '../platform/clock.ts';

/** Days without an order up to which a customer counts as active, cooling, sleeping; beyond the last they are lost. */
export interface LifecycleDays {
  active: number;
  cooling: number;
  sleeping: number;
}

/** Used until a workspace has enough reorders to learn from. */
export const DEFAULT_DAYS: LifecycleDays = { active: 60, cooling: 120, sleeping: 240 };
/** Fewer gaps than this say nothing certain about a tail. */
const FEWEST_GAPS = 50;

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, Math.ceil(x)));

/**
 * The days that part the stages, from the gaps between a workspace's orders: after the 75th percentile of gaps three of
 * four returning customers would have been back, after the 90th nine of ten, after the 97.5th nearly all. Bounds keep
 * each stage half as long again as all before it, and no stage absurdly short or long. Gaps under a day are one visit
 * and are not to be counted.
 */
export function lifecycleDays(gaps: {
  count: number;
  q75: number;
  q90: number;
  q975: number;
}): LifecycleDays {
  if (gaps.count < FEWEST_GAPS) return DEFAULT_DAYS;
  const active = clamp(gaps.q75, 14, 180);
  const cooling = clamp(gaps.q90, Math.ceil(1.5 * active), 365);
  return { active, cooling, sleeping: clamp(gaps.q975, Math.ceil(1.5 * cooling), 730) };
}

/** Where a person stands: never ordered is a prospect, one recent order is new, then by the days since the last order. */
export function lifecycleStage(
  orders: number,
  daysSinceLastOrder: number,
  limits: LifecycleDays,
): LifecycleStage {
  if (orders === 0) return 'prospect';
  if (daysSinceLastOrder <= limits.active) return orders === 1 ? 'new' : 'active';
  if (daysSinceLastOrder <= limits.cooling) return 'cooling';
  return daysSinceLastOrder <= limits.sleeping ? 'sleeping' : 'lost';
}

/** The same as a ClickHouse expression; the limits are bound as active, cooling and sleeping. */
export function lifecycleStageSql(orders: string, daysSinceLastOrder: string): string {
  return `multiIf(${orders} = 0, 'prospect',
    ${daysSinceLastOrder} <= {active:UInt32}, if(${orders} = 1, 'new', 'active'),
    ${daysSinceLastOrder} <= {cooling:UInt32}, 'cooling',
    ${daysSinceLastOrder} <= {sleeping:UInt32}, 'sleeping', 'lost')`;
}

/** Data whose last order is older than this are history: nothing comes in any more, or not yet. */
const HISTORY_AFTER = 35 * DAY;

/**
 * The moment to which days are counted: now while orders come in. In data that ended long ago (a published data set, the
 * past of a shop that moves in) it is the last order, since counted to today everyone would be lost.
 */
export function countedTo(now: number, lastOrder: number): number {
  return lastOrder > 0 && now - lastOrder > HISTORY_AFTER ? lastOrder : now;
}
