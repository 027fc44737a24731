import {
  addDays,
  type BreakdownRow,
  dayIn,
  daysBetween,
  INDICATORS,
  type Indicator,
  LIFECYCLE_STAGES,
  type Overview,
  startOfDay,
} from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import { type Clock, isoOf } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { overviewWarehouse, PARTS, type PartRow, type TotalRow } from './store.ch.ts';

type Key = (typeof INDICATORS)[number];
type Counts = Omit<TotalRow, 'current'>;

const NOTHING: Counts = { sales: 0, orders: 0, customers: 0, repeaters: 0 };

/**
 * The indicators of a period or of a day, from its counts.
 * - salesCents: what was paid for lines dated in it, less what was paid back for returns dated in it.
 * - orders: different orders with a line sold in it; customers: known people with one.
 * - averageOrderCents: sales by orders, 0 without orders.
 * - repeatRate: share of those customers who made an order in it that was not their first ever. Someone whose first two
 *   orders both fall into it counts; so the rate of a long period is not the mean of its days.
 */
export function indicatorsOf(c: Counts): Record<Key, number> {
  return {
    salesCents: c.sales,
    orders: c.orders,
    customers: c.customers,
    repeatRate: c.customers === 0 ? 0 : c.repeaters / c.customers,
    averageOrderCents: c.orders === 0 ? 0 : Math.floor(c.sales / c.orders + 0.5),
  };
}

type Sums = Pick<PartRow, 'salesCents' | 'previousCents'>;

/**
 * Parts as a reader wants them: the largest, then what names no part, then the sum of all that is not listed. `rows`
 * come with the unnamed first and then by size, and are one more than is listed when there are more.
 */
export function breakdown(rows: readonly PartRow[], total: Sums): BreakdownRow[] {
  const none = rows.filter((r) => r.key === '');
  const parts = rows.filter((r) => r.key !== '');
  const listed: BreakdownRow[] = [
    ...parts
      .slice(0, PARTS)
      .sort((a, b) => b.salesCents - a.salesCents)
      .map((r) => ({ kind: 'part' as const, ...r })),
    ...none.map((r) => ({ kind: 'none' as const, ...r })),
  ];
  if (parts.length <= PARTS) return listed;
  const rest = (of: keyof Sums) => total[of] - listed.reduce((n, r) => n + r[of], 0);
  const others = { salesCents: rest('salesCents'), previousCents: rest('previousCents') };
  return [...listed, { kind: 'others', key: '', name: '', nameZh: '', ...others }];
}

/** The last day looked at when none is asked for: today, or the last day with orders when that is long ago. */
export function lastDay(today: string, dataTo: string | null, days: number): string {
  return dataTo !== null && daysBetween(dataTo, today) > days ? dataTo : today;
}

/**
 * Sales, orders, customers, repeat rate and average order against the period before, in the workspace's zone. A last day
 * that is still running is compared with its like: the period before ends at the same time of day.
 */
export function openOverview(parts: {
  warehouse: Warehouse;
  clock: Clock;
  workspaces: Pick<Workspaces, 'get'>;
}) {
  const store = overviewWarehouse(parts.warehouse);

  return async (workspace: string, query: { to?: string | undefined; days: number }): Promise<Overview> => {
    const { currency, timeZone } = await parts.workspaces.get(workspace);
    const now = parts.clock.now();
    const span = await store.dataSpan(workspace, timeZone);
    const to = query.to ?? lastDay(dayIn(timeZone, now), span?.last ?? null, query.days);
    const from = addDays(to, 1 - query.days);
    const previousFrom = addDays(from, -query.days);
    const previousTo = addDays(from, -1);
    const isRunning = to === dayIn(timeZone, now);
    const since = startOfDay(timeZone, from);
    const stretches = {
      ...{ workspace, timeZone, from },
      previousSince: startOfDay(timeZone, previousFrom),
      // As much of the day before as has gone by of this one.
      previousUntil: isRunning
        ? Math.min(since, startOfDay(timeZone, previousTo) + now - startOfDay(timeZone, to))
        : since,
      since,
      until: startOfDay(timeZone, addDays(to, 1)),
    };
    const [counts, { channels, stores }, { categories, topProducts }, lifecycle] = await Promise.all([
      store.counts(stretches),
      store.byChannelAndStore(stretches),
      store.byCategoryAndProduct(stretches),
      store.lifecycle(workspace),
    ]);
    const ofDay = new Map(counts.days.map((d) => [d.day, indicatorsOf(d)]));
    const total = (current: number) =>
      indicatorsOf(counts.totals.find((t) => t.current === current) ?? NOTHING);
    const [value, previous] = [total(1), total(0)];
    const sums = { salesCents: value.salesCents, previousCents: previous.salesCents };
    const days = daysFrom(from, query.days);
    const previousDays = daysFrom(previousFrom, query.days);
    const series = (of: string[], key: Key) => of.map((d) => ofDay.get(d)?.[key] ?? 0);
    return {
      asOf: isoOf(now),
      currency,
      timeZone,
      from,
      to,
      previousFrom,
      previousTo,
      days,
      indicators: INDICATORS.map(
        (key): Indicator => ({
          key,
          value: value[key],
          previous: previous[key],
          change: previous[key] === 0 ? null : (value[key] - previous[key]) / Math.abs(previous[key]),
          daily: series(days, key),
          previousDaily: series(previousDays, key),
        }),
      ),
      byChannel: breakdown(channels, sums),
      byCategory: breakdown(categories, sums),
      byStore: breakdown(stores, sums),
      topProducts,
      dataFrom: span?.first ?? null,
      dataTo: span?.last ?? null,
      people: lifecycle.reduce((n, l) => n + l.people, 0),
      lifecycle: LIFECYCLE_STAGES.map((stage) => ({
        stage,
        people: lifecycle.find((l) => l.stage === stage)?.people ?? 0,
      })),
    };
  };
}
export type OverviewOf = ReturnType<typeof openOverview>;

const daysFrom = (first: string, days: number) => Array.from({ length: days }, (_, i) => addDays(first, i));
