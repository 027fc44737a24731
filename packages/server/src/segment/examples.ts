import type { Condition } from '@qianmian/contract';

/** Conditions as operators write them; the SQL of each is kept beside this file, to be read when it changes. */
export const EXAMPLES: Record<string, Condition> = {
  everyone: { kind: 'all', of: [] },
  'no-one': { kind: 'any', of: [] },
  'trait-text': {
    kind: 'trait',
    trait: 'city',
    test: { op: 'in', value: ['上海', "L'Aquila"] },
  },
  'trait-absent-or-not': {
    kind: 'any',
    of: [
      { kind: 'trait', trait: 'tier', test: { op: 'missing' } },
      { kind: 'trait', trait: 'tier', test: { op: 'isNot', value: 3 } },
    ],
  },
  'loyal-but-silent': {
    kind: 'all',
    of: [
      { kind: 'fact', fact: 'orders', test: { op: 'gte', value: 3 } },
      { kind: 'fact', fact: 'daysSinceLastOrder', test: { op: 'gt', value: 60 } },
      { kind: 'rfmGroup', groups: ['atRisk', 'cannotLose'] },
    ],
  },
  'lifecycle-and-tag': {
    kind: 'all',
    of: [
      { kind: 'lifecycle', stages: ['cooling', 'sleeping'] },
      { kind: 'not', of: { kind: 'tag', tag: 'staff' } },
    ],
  },
  'may-be-mailed': { kind: 'consent', channel: 'email', granted: true },
  'may-not-be-texted': { kind: 'consent', channel: 'sms', granted: false },
  'bought-tea-lately': {
    kind: 'orders',
    measure: 'count',
    test: { op: 'gte', value: 2 },
    window: { kind: 'rolling', days: 90 },
    where: { categories: ['Tea'], channels: ['web', 'app'] },
  },
  'spent-little-in-november': {
    kind: 'orders',
    measure: 'sumCents',
    test: { op: 'lt', value: 10_000 },
    window: { kind: 'absolute', from: '2026-11-01', to: '2026-11-11' },
  },
  'large-baskets-of-a-brand': {
    kind: 'orders',
    measure: 'averageCents',
    test: { op: 'gte', value: 50_000 },
    window: { kind: 'ever' },
    where: { brands: ['Leaf'], stores: ['north'], products: ['p1', 'p2'] },
  },
  'viewed-but-never-bought': {
    kind: 'all',
    of: [
      {
        kind: 'events',
        event: 'Product Viewed',
        test: { op: 'gte', value: 3 },
        window: { kind: 'rolling', days: 7 },
        where: [
          { property: 'product.category', test: { op: 'startsWith', value: 'Tea' } },
          { property: 'price', test: { op: 'lte', value: 99 } },
        ],
      },
      { kind: 'fact', fact: 'orders', test: { op: 'eq', value: 0 } },
    ],
  },
  'by-way-of-a-segment': { kind: 'not', of: { kind: 'segment', segment: 'mailable' } },
};
