import { z } from 'zod';
import { lifecycleStage, rfmGroup } from './condition.ts';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, personId } from './endpoint.ts';

/** What someone without a name is called by: the strongest identifier the shop knows, masked as all identifiers are. */
export const knownBy = z.object({ type: z.string(), value: z.string() });
export type KnownBy = z.infer<typeof knownBy>;

/** How a customer is called: by name, else by what they are known by. */
export const customerName = z.object({
  personId: z.number(),
  name: z.string(),
  /** Null where there is a name, or where nobody knows anything of that number. */
  knownBy: knownBy.nullable(),
});
export type CustomerName = z.infer<typeof customerName>;

/** A row of the customer list. Personal data is masked for who may not reveal it. */
export const customerRow = customerName.extend({
  email: z.string(),
  phone: z.string(),
  city: z.string(),
  lifecycle: lifecycleStage,
  rfmGroup: rfmGroup.nullable(),
  recencyScore: z.number().nullable(),
  frequencyScore: z.number().nullable(),
  monetaryScore: z.number().nullable(),
  orders: z.number(),
  spendCents: z.number(),
  averageOrderCents: z.number(),
  returnsCents: z.number(),
  firstSeenAt: isoTime.nullable(),
  lastSeenAt: isoTime.nullable(),
  firstOrderAt: isoTime.nullable(),
  lastOrderAt: isoTime.nullable(),
});
export type CustomerRow = z.infer<typeof customerRow>;

export const tag = z.object({
  name: z.string(),
  label: z.string(),
  description: z.string(),
  people: z.number(),
  createdAt: isoTime,
});

/** A customer's page: who they are, how they are known, what is computed of them. */
export const customer = customerRow.extend({
  masked: z.boolean(),
  identifiers: z.array(z.object({ type: z.string(), value: z.string(), firstSeenAt: isoTime })),
  traits: z.array(
    z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]), since: isoTime }),
  ),
  tags: z.array(z.object({ name: z.string(), label: z.string(), since: isoTime })),
  segments: z.array(z.object({ id: z.string(), name: z.string() })),
  consent: z.array(
    z.object({ channel: z.string(), granted: z.boolean(), since: isoTime.nullable(), source: z.string() }),
  ),
  favouriteCategories: z.array(
    z.object({ category: z.string(), spendCents: z.number(), orders: z.number() }),
  ),
  favouriteStore: z.string().nullable(),
  favouriteChannel: z.string().nullable(),
  /** The end of data that ended long ago: stage and recency are counted to it. Null where they are counted to now. */
  dataEndedAt: isoTime.nullable(),
  /** Why the RFM scores are what they are: the person's value and the share of customers below. */
  rfmWhy: z
    .object({
      daysSinceLastOrder: z.number(),
      recencyRank: z.number(),
      frequencyRank: z.number(),
      monetaryRank: z.number(),
      customers: z.number(),
    })
    .nullable(),
});
export type Customer = z.infer<typeof customer>;

export const TIMELINE_KINDS = [
  'order',
  'return',
  'message',
  'coupon',
  'consent',
  'service',
  'browse',
  'other',
] as const;
export const timelineEntry = z.object({
  id: z.string(),
  kind: z.enum(TIMELINE_KINDS),
  name: z.string(),
  time: isoTime,
  channel: z.string(),
  amountCents: z.number().nullable(),
  /** What it was about, by the catalogue's names in both languages; at most 20. */
  products: z.array(z.object({ productId: z.string(), name: z.string(), nameZh: z.string() })),
  properties: z.record(z.string(), z.unknown()),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const orderRow = z.object({
  orderId: z.string(),
  time: isoTime,
  channel: z.string(),
  storeId: z.string(),
  netCents: z.number(),
  discountCents: z.number(),
  returnedCents: z.number(),
  couponCode: z.string(),
  lines: z.array(
    z.object({
      productId: z.string(),
      name: z.string(),
      nameZh: z.string(),
      category: z.array(z.string()),
      quantity: z.number(),
      netCents: z.number(),
      lineKind: z.enum(['sale', 'return']),
      /** Fields whose values were put in by a step of cleaning where none was told, and those that follow from them. */
      imputed: z.array(z.string()),
    }),
  ),
});
export type OrderRow = z.infer<typeof orderRow>;

/** One cell of the RFM grid: recency by frequency, with the money in it. */
export const rfmCell = z.object({
  recency: z.number(),
  frequency: z.number(),
  people: z.number(),
  spendCents: z.number(),
  averageMonetaryScore: z.number(),
});
export const rfmReport = z.object({
  computedAt: isoTime.nullable(),
  /** The moment to which days are counted: now, or the last order where that is more than 35 days ago. */
  asOf: isoTime,
  customers: z.number(),
  cells: z.array(rfmCell),
  groups: z.array(
    z.object({
      group: rfmGroup,
      people: z.number(),
      spendCents: z.number(),
      averageOrderCents: z.number(),
      medianDaysSinceLastOrder: z.number(),
    }),
  ),
  lifecycle: z.array(z.object({ stage: lifecycleStage, people: z.number(), spendCents: z.number() })),
  /** The days that part active, cooling, sleeping and lost; from the workspace's own reorder gaps. */
  lifecycleDays: z.object({ active: z.number(), cooling: z.number(), sleeping: z.number() }),
});
export type RfmReport = z.infer<typeof rfmReport>;

export const SORTABLE = [
  'spendCents',
  'orders',
  'lastOrderAt',
  'firstSeenAt',
  'lastSeenAt',
  'averageOrderCents',
  'name',
] as const;

const tagName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{C}]+$/u, 'must not hold control characters');
const ofPerson = inWorkspace.extend({ personId });
const customers = '/v1/workspaces/:workspace/customers';

export const customerQuery = pageQuery.extend({
  search: z.string().max(200).optional(),
  segment: z.string().max(80).optional(),
  lifecycle: lifecycleStage.optional(),
  rfmGroup: rfmGroup.optional(),
  recency: z.coerce.number().int().min(1).max(5).optional(),
  frequency: z.coerce.number().int().min(1).max(5).optional(),
  tag: z.string().max(60).optional(),
  city: z.string().max(100).optional(),
  sort: z.enum(SORTABLE).default('spendCents'),
  order: z.enum(['asc', 'desc']).default('desc'),
});

export const profileEndpoints = {
  listCustomers: endpoint({
    method: 'GET',
    path: customers,
    summary: 'Customers; `search` looks in names and identifiers; `total` is the count of all that match',
    domain: 'profile',
    access: 'customer.read',
    params: inWorkspace,
    query: customerQuery,
    response: pageOf(customerRow),
  }),
  exportCustomers: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/customers.csv',
    summary: 'The same list as a CSV file, whole',
    domain: 'profile',
    access: 'customer.read',
    params: inWorkspace,
    query: customerQuery.omit({ cursor: true, limit: true }),
    media: 'text/csv',
  }),
  getCustomer: endpoint({
    method: 'GET',
    path: `${customers}/:personId`,
    summary: 'One customer',
    domain: 'profile',
    access: 'customer.read',
    params: ofPerson,
    response: customer,
  }),
  nameCustomers: endpoint({
    method: 'POST',
    path: `${customers}/names`,
    summary: 'How some customers are called, in the order asked for; merged ones as who they are now',
    domain: 'profile',
    access: 'customer.read',
    params: inWorkspace,
    body: z.object({ people: z.array(personId).max(1000) }),
    response: z.array(customerName),
  }),
  getTimeline: endpoint({
    method: 'GET',
    path: `${customers}/:personId/timeline`,
    summary: 'Everything that happened with a customer, newest first',
    domain: 'profile',
    access: 'customer.read',
    params: ofPerson,
    query: pageQuery.extend({ kind: z.enum(TIMELINE_KINDS).optional() }),
    response: pageOf(timelineEntry),
  }),
  getOrders: endpoint({
    method: 'GET',
    path: `${customers}/:personId/orders`,
    summary: 'Orders of a customer with their lines, newest first',
    domain: 'profile',
    access: 'customer.read',
    params: ofPerson,
    query: pageQuery,
    response: pageOf(orderRow),
  }),
  addTag: endpoint({
    method: 'PUT',
    path: `${customers}/:personId/tags/:tag`,
    summary: 'Give a customer a tag',
    domain: 'profile',
    access: 'customer.write',
    params: ofPerson.extend({ tag: tagName }),
  }),
  removeTag: endpoint({
    method: 'DELETE',
    path: `${customers}/:personId/tags/:tag`,
    summary: 'Take a tag from a customer',
    domain: 'profile',
    access: 'customer.write',
    params: ofPerson.extend({ tag: tagName }),
  }),
  listTags: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/tags',
    summary: 'Tags with how many people carry them',
    domain: 'profile',
    access: 'customer.read',
    params: inWorkspace,
    response: z.array(tag),
  }),
  createTag: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/tags',
    summary: 'Create a tag (or change its label and description)',
    domain: 'profile',
    access: 'customer.write',
    params: inWorkspace,
    body: z.object({
      name: tagName,
      label: z.string().trim().max(80).default(''),
      description: z.string().trim().max(400).default(''),
    }),
    response: tag,
  }),
  deleteTag: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/tags/:tag',
    summary: 'Delete a tag and take it from everyone',
    domain: 'profile',
    access: 'customer.write',
    params: inWorkspace.extend({ tag: tagName }),
  }),
  getRfm: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/rfm',
    summary: 'The RFM grid, the named groups and the life-cycle stages',
    domain: 'profile',
    access: 'customer.read',
    params: inWorkspace,
    response: rfmReport,
  }),
  refreshProfiles: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/profiles/refresh',
    summary: 'Recompute every profile now; answers when it is done',
    domain: 'profile',
    access: 'segment.write',
    params: inWorkspace,
    response: z.object({ people: z.number(), milliseconds: z.number() }),
  }),
};
