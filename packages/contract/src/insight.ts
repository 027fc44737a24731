import { z } from 'zod';
import { endpoint, inWorkspace, isoDay, isoTime } from './endpoint.ts';
import { knownBy } from './profile.ts';

export const INDICATORS = ['salesCents', 'orders', 'customers', 'repeatRate', 'averageOrderCents'] as const;

/** One number with the same number of the period before. */
export const indicator = z.object({
  key: z.enum(INDICATORS),
  value: z.number(),
  previous: z.number(),
  /** Relative change; null when there was nothing before. */
  change: z.number().nullable(),
  /** One value per day of the period. */
  daily: z.array(z.number()),
  previousDaily: z.array(z.number()),
});
export type Indicator = z.infer<typeof indicator>;

/**
 * A row of the sales in parts. Rows come largest first, then what belongs to no part (`none`: online orders have no
 * store), then everything that is not listed (`others`), so that they add up to the sales.
 */
export const breakdownRow = z.object({
  kind: z.enum(['part', 'none', 'others']),
  /** Channel, category or store id as the data have it; empty unless the row is one part. */
  key: z.string(),
  /** What it is called in English and Chinese, where the catalogue knows. */
  name: z.string(),
  nameZh: z.string(),
  salesCents: z.number(),
  previousCents: z.number(),
});
export type BreakdownRow = z.infer<typeof breakdownRow>;

export const overview = z.object({
  asOf: isoTime,
  currency: z.string(),
  timeZone: z.string(),
  from: isoDay,
  to: isoDay,
  previousFrom: isoDay,
  previousTo: isoDay,
  days: z.array(isoDay),
  indicators: z.array(indicator),
  byChannel: z.array(breakdownRow),
  byCategory: z.array(breakdownRow),
  byStore: z.array(breakdownRow),
  topProducts: z.array(
    z.object({
      productId: z.string(),
      name: z.string(),
      nameZh: z.string(),
      salesCents: z.number(),
      quantity: z.number(),
    }),
  ),
  /** First and last day with orders, so that an empty period can point to where the data are. */
  dataFrom: isoDay.nullable(),
  dataTo: isoDay.nullable(),
  people: z.number(),
  lifecycle: z.array(z.object({ stage: z.string(), people: z.number() })),
});
export type Overview = z.infer<typeof overview>;

export const searchHit = z.object({
  kind: z.enum(['customer', 'segment', 'campaign', 'product']),
  id: z.string(),
  title: z.string(),
  /** The title for readers of Chinese; empty where it has none of its own. */
  titleZh: z.string(),
  /** Of a customer without a name: what they are called by instead. */
  knownBy: knownBy.nullable().default(null),
  detail: z.string(),
});

export const insightEndpoints = {
  getOverview: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/overview',
    summary: 'Sales, orders, customers, repeat rate and average order against the period before',
    domain: 'insight',
    access: 'overview.read',
    params: inWorkspace,
    query: z.object({
      /** Last day of the period; today in the workspace's zone, or the last day with orders when that is long ago. */
      to: isoDay.optional(),
      days: z.coerce.number().int().min(1, 'must be at least 1').max(731, 'must be at most 731').default(30),
    }),
    response: overview,
  }),
  search: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/search',
    summary: 'Customers, segments, campaigns and products whose name or identifier matches',
    domain: 'insight',
    access: 'overview.read',
    params: inWorkspace,
    query: z.object({ q: z.string().trim().min(1).max(100) }),
    response: z.array(searchHit),
  }),
};
