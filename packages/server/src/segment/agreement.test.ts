import {
  COMPUTED_FACTS,
  type Condition,
  LIFECYCLE_STAGES,
  NUMBER_OPS,
  type NumberTest,
  type PropertyTest,
  RFM_GROUPS,
  type TraitTest,
  type Window,
} from '@qianmian/contract';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { DAY, HOUR } from '../platform/clock.ts';
import { happened, purchase, type Shop, shop, told } from '../profile/test-shop.ts';
import { compileCondition } from './compile.ts';
import { evaluate } from './evaluate.ts';
import type { Life, LifeLine } from './life.ts';
import { segmentMigrations } from './store.ch.ts';

/** Random people with random lives; random conditions must hold for the same of them in SQL and in memory. */

const NOW = Date.parse('2026-06-01T04:00:00Z');
const ZONE = 'Asia/Shanghai';
const PEOPLE = 120;
const TRAITS = ['city', 'Age', 'vip', "o'dd \\ name", 'missing-one'];
const VALUES = [
  'Leeds',
  'LEEDS',
  'leeds 1',
  '42',
  '4.20e1',
  '-1',
  'true',
  '',
  'Äß ΣΑΣ',
  "'; DROP TABLE x; --",
  '北京',
];
const EVENTS = ['Page Viewed', 'Ärger "x"', 'Email Opened'];
const PATHS = ['a', 'b.c', 'b.d', 'x y', '$os-1', '标签', 'none'];
const CHANNELS = ['web', 'store', 'app'];
const STORES = ['', 'north', "s'1"];
const PRODUCTS = [
  { productId: 'p1', brand: 'Leaf', category: ['Food', 'Tea'] },
  { productId: 'p2', brand: "O'Neil", category: ['Food', 'Milk'] },
  { productId: 'p3', brand: '', category: [] },
];

// A small generator with a seed, so that the lives are the same in every run.
let seed = 20260601;
const random = (n: number) => {
  seed = (seed * 48271) % 2147483647;
  return seed % n;
};
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
const scalar = () =>
  pick<string | number | boolean>([...VALUES.filter((v) => v), 42, -1, 0, 4.5, true, false]);
/** Moments near the edges of windows as often as anywhere. */
const moment = () =>
  pick([
    () => NOW - random(60 * 24) * HOUR,
    () => NOW - (1 + random(40)) * DAY,
    () => NOW - (1 + random(40)) * DAY + 1,
    () => Date.parse('2026-05-10T16:00:00Z') + (random(3) - 1),
    () => NOW,
    () => NOW + HOUR,
  ])();

interface Draft {
  user: string;
  traits: Record<string, string | number | boolean>;
  lines: LifeLine[];
  events: { name: string; time: number; properties: Record<string, unknown> }[];
  consent: Record<string, boolean>;
  tags: string[];
}

function draft(i: number): Draft {
  const lines: LifeLine[] = [];
  for (let o = random(5); o > 0; o--) {
    const order = { orderId: `${i}-${o}`, channel: pick(CHANNELS), storeId: pick(STORES) };
    for (let l = 1 + random(2); l > 0; l--) {
      const isReturn = random(5) === 0;
      lines.push({
        ...order,
        ...pick(PRODUCTS),
        lineKind: isReturn ? 'return' : 'sale',
        time: moment(),
        quantity: 1 + random(3),
        netCents: (isReturn ? -100 : 100) * random(12),
      });
    }
  }
  return {
    user: `u${i}`,
    traits: Object.fromEntries(
      TRAITS.slice(0, -1)
        .filter(() => random(2) === 0)
        .map((t) => [t, scalar()]),
    ),
    lines,
    events: Array.from({ length: random(6) }, () => ({
      name: pick(EVENTS),
      time: moment(),
      properties: {
        ...(random(2) ? { a: pick<unknown>([scalar(), scalar(), null, [1, 'x'], {}, { deep: 1 }]) } : {}),
        ...(random(2) ? { b: { c: scalar(), ...(random(2) ? { d: scalar() } : {}) } } : {}),
        ...(random(3) ? {} : { 'x y': scalar(), '$os-1': scalar(), 标签: scalar() }),
      },
    })),
    consent: Object.fromEntries(
      ['email', 'sms'].filter(() => random(3) > 0).map((c) => [c, random(2) === 0]),
    ),
    tags: ["v'ip", 'b'].filter(() => random(3) === 0),
  };
}

const drafts = Array.from({ length: PEOPLE }, (_, i) => draft(i));

function factsOf(d: Draft): Fact[] {
  const t = '2026-05-01T00:00:00Z';
  return [
    told(d.user, t, d.traits),
    ...d.lines.map((l, i) =>
      purchase(d.user, l.orderId, l.time, l.netCents, {
        lineId: String(i),
        lineKind: l.lineKind,
        channel: l.channel,
        storeId: l.storeId,
        productId: l.productId,
        quantity: l.quantity,
      }),
    ),
    ...d.events.map((e) => happened(d.user, e.name, e.time, e.properties)),
    ...Object.entries(d.consent).map(([channel, granted]) =>
      happened(d.user, 'Consent Updated', t, { channel, granted }),
    ),
  ];
}

/** The lives as memory sees them; computed facts come from profile, whose own tests hold them to the facts. */
async function livesOf(s: Shop, ws: string): Promise<Map<number, Life>> {
  const rows = await s.warehouse.query<Record<string, number | string | null> & { person_id: number }>(
    `SELECT *, toUnixTimestamp64Milli(first_order_at) AS fo, toUnixTimestamp64Milli(last_order_at) AS lo,
       toUnixTimestamp64Milli(last_seen_at) AS ls FROM profile_person WHERE workspace = {ws:String}`,
    { ws },
  );
  const lives = new Map<number, Life>();
  for (const d of drafts) {
    const person = await s.person(ws, d.user);
    const row = rows.find((r) => r.person_id === person)!;
    const n = (column: string) => Number(row[column]);
    const maybe = (column: string) => (row[column] === null ? null : n(column));
    lives.set(person, {
      traits: new Map(Object.entries(d.traits)),
      tags: new Set(d.tags),
      consent: new Set(Object.keys(d.consent).filter((c) => d.consent[c])),
      lines: d.lines,
      events: d.events,
      facts: {
        orders: n('orders'),
        spendCents: n('spend_cents'),
        averageOrderCents: n('average_order_cents'),
        returnsCents: n('returns_cents'),
        firstOrderAt: maybe('fo'),
        lastOrderAt: maybe('lo'),
        lastSeenAt: maybe('ls'),
        recencyScore: n('recency_score') || null,
        frequencyScore: n('frequency_score') || null,
        monetaryScore: n('monetary_score') || null,
        rfmGroup: String(row.rfm_group) || null,
        lifecycle: String(row.lifecycle),
      },
    });
  }
  return lives;
}

const values = fc.oneof(fc.constantFrom(...VALUES), fc.constantFrom(42, -1, 0, 4.5, 7), fc.boolean());
const small = fc.oneof(fc.integer({ min: -2, max: 6 }), fc.constantFrom(100, 400, 1200, 0.5, 12, 31));
const numberTest: fc.Arbitrary<NumberTest> = fc.record({ op: fc.constantFrom(...NUMBER_OPS), value: small });
const traitTest: fc.Arbitrary<TraitTest> = fc.oneof(
  fc.record({ op: fc.constantFrom('is' as const, 'isNot' as const), value: values }),
  fc.record({
    op: fc.constantFrom('in' as const, 'notIn' as const),
    value: fc.array(values, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    op: fc.constantFrom('contains' as const, 'startsWith' as const),
    value: fc.constantFrom('L', 'eed', '4', 'ä', 'σ', "'", '\\', '%', '京'),
  }),
  fc.record({
    op: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const),
    value: fc.constantFrom(-1, 0, 4.5, 41, 42),
  }),
  fc.record({ op: fc.constantFrom('exists' as const, 'missing' as const) }),
);
const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constant({ kind: 'ever' as const }),
  fc.record({ kind: fc.constant('rolling' as const), days: fc.integer({ min: 1, max: 60 }) }),
  fc.tuple(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 0, max: 20 })).map(([day, span]) => ({
    kind: 'absolute' as const,
    from: new Date(Date.UTC(2026, 4, day)).toISOString().slice(0, 10),
    to: new Date(Date.UTC(2026, 4, day + span)).toISOString().slice(0, 10),
  })),
  fc.constant({ kind: 'absolute' as const, from: '0001-01-01', to: '9999-12-31' }),
);
const maybe = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: undefined });
const some = <T>(...list: T[]) => fc.subarray(list, { minLength: 0 });
const propertyTest: fc.Arbitrary<PropertyTest> = fc.record({
  property: fc.constantFrom(...PATHS),
  test: traitTest,
});

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('trait' as const), trait: fc.constantFrom(...TRAITS), test: traitTest }),
  fc.record({
    kind: fc.constant('fact' as const),
    fact: fc.constantFrom(...COMPUTED_FACTS),
    test: numberTest,
  }),
  fc.record({
    kind: fc.constant('rfmGroup' as const),
    groups: fc.subarray([...RFM_GROUPS], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('lifecycle' as const),
    stages: fc.subarray([...LIFECYCLE_STAGES], { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant('tag' as const), tag: fc.constantFrom("v'ip", 'b', 'none') }),
  fc.record({
    kind: fc.constant('consent' as const),
    channel: fc.constantFrom('email' as const, 'sms' as const, 'push' as const),
    granted: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('segment' as const), segment: fc.constantFrom('s1', 's2') }),
  fc.record({
    kind: fc.constant('orders' as const),
    measure: fc.constantFrom(
      'count' as const,
      'sumCents' as const,
      'averageCents' as const,
      'quantity' as const,
    ),
    test: numberTest,
    window,
    where: maybe(
      fc.record({
        categories: maybe(some('Food', 'Tea', 'None')),
        brands: maybe(some('Leaf', "O'Neil")),
        products: maybe(some('p1', 'p3')),
        stores: maybe(some('north', "s'1")),
        channels: maybe(some('web', 'app')),
      }),
    ),
  }),
  fc.record({
    kind: fc.constant('events' as const),
    event: fc.constantFrom(...EVENTS, 'Never'),
    test: numberTest,
    window,
    where: maybe(fc.array(propertyTest, { maxLength: 2 })),
  }),
);
const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('tree'), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('tree') }),
  ),
}));

const definitions = new Map<string, { name: string; condition: Condition }>([
  ['s1', { name: 'Buyers', condition: { kind: 'fact', fact: 'orders', test: { op: 'gte', value: 1 } } }],
  ['s2', { name: 'Not buyers', condition: { kind: 'not', of: { kind: 'segment', segment: 's1' } } }],
]);

let s: Shop;
let ws: string;
let lives: Map<number, Life>;
beforeAll(async () => {
  s = await shop({ migrations: segmentMigrations, domains: ['segment'] });
  s.clock.set(NOW);
  ws = await s.workspace({ timeZone: ZONE });
  await s.collect(ws, [
    ...PRODUCTS.map((p): Fact => ({ kind: 'product', ...p })),
    ...drafts.flatMap(factsOf),
  ]);
  for (const d of drafts)
    for (const tag of d.tags) await s.profile.tags.add(ws, await s.person(ws, d.user), tag);
  await s.profile.refresh(ws);
  lives = await livesOf(s, ws);
});

async function agree(condition: Condition): Promise<void> {
  const context = { now: NOW, timeZone: ZONE, definitions };
  const { sql, params } = compileCondition(condition, context);
  const rows = await s.warehouse.query<{ person: number }>(`${sql} ORDER BY person`, {
    workspace: ws,
    ...params,
  });
  const inMemory = [...lives]
    .filter(([, life]) => evaluate(condition, life, context))
    .map(([person]) => person)
    .sort((a, b) => a - b);
  expect(rows.map((r) => r.person)).toEqual(inMemory);
}

const runs = Number(process.env.QM_AGREEMENT_RUNS ?? 150);

it('a single question has the same answer in SQL and in memory', async () => {
  await fc.assert(fc.asyncProperty(leaf, agree), { numRuns: runs });
}, 600_000);

it('and so has any tree of them', async () => {
  await fc.assert(fc.asyncProperty(tree, agree), { numRuns: runs });
}, 600_000);

it('the people asked are neither all nor none, so that agreement means something', async () => {
  const sizes = [...fc.sample(leaf, { numRuns: 300, seed: 1 })].map(
    (c) =>
      [...lives.values()].filter((l) => evaluate(c, l, { now: NOW, timeZone: ZONE, definitions })).length,
  );
  expect(sizes.filter((n) => n > 0 && n < PEOPLE).length).toBeGreaterThan(150);
});
