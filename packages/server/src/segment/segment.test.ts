import {
  type Condition,
  condition as conditionSchema,
  customerQuery,
  segmentDraft,
  type WhyNode,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../platform/clock.ts';
import { happened, purchase, type Shop, shop, told } from '../profile/test-shop.ts';
import { openSegment, type SegmentService } from './index.ts';
import { segmentMigrations } from './store.ch.ts';

let s: Shop;
let segment: SegmentService;
let campaigns: { segmentId: string; id: string; name: string }[] = [];
beforeAll(async () => {
  s = await shop({ migrations: segmentMigrations, domains: ['segment'] });
  s.clock.set('2026-06-01T04:00:00Z');
  segment = openSegment({ ...s, campaignsUsing: async () => campaigns });
  Object.assign(s.members, segment.members);
});

const draft = (name: string, condition: Condition) => segmentDraft.parse({ name, condition });
const orders = (value: number): Condition => ({ kind: 'fact', fact: 'orders', test: { op: 'gte', value } });
const inSegment = (id: string): Condition => ({ kind: 'segment', segment: id });
async function membersOf(ws: string, id: string): Promise<number[]> {
  return (await segment.listMembers(ws, id, { limit: 1000 })).rows.map((r) => r.personId);
}

/** Ann buys often, Bob bought once long ago, Cat only looks. */
async function threePeople(): Promise<{ ws: string; ann: number; bob: number; cat: number }> {
  const ws = await s.workspace();
  await s.collect(ws, [
    { kind: 'product', productId: 'tea', name: 'Tea', brand: 'Leaf', category: ['Food', 'Tea'] },
    told('ann', '2026-05-01T00:00:00Z', {
      name: 'Ann Lee',
      email: 'ann@lee.example',
      city: 'Leeds',
      emailConsent: true,
    }),
    told('bob', '2026-05-01T00:00:00Z', { city: 'York', age: 40 }),
    purchase('ann', 'a1', '2026-05-10T00:00:00Z', 3000, { productId: 'tea' }),
    purchase('ann', 'a2', '2026-05-20T00:00:00Z', 4000),
    purchase('bob', 'b1', '2025-01-20T00:00:00Z', 1000),
    happened('cat', 'Product Viewed', '2026-05-31T00:00:00Z', { product: { sku: 'tea' }, price: 30 }),
  ]);
  await s.profile.refresh(ws);
  return {
    ws,
    ann: await s.person(ws, 'ann'),
    bob: await s.person(ws, 'bob'),
    cat: await s.person(ws, 'cat'),
  };
}

describe('a segment is made', () => {
  it('previewed, saved, listed, opened as a list of customers', async () => {
    const { ws, ann, bob } = await threePeople();
    const preview = await segment.preview(ws, orders(1), true);
    expect(preview).toMatchObject({ size: 2, of: 3, spendCents: 8000, withEmail: 1 });
    expect(preview.sample.map((r) => r.personId).sort()).toEqual([ann, bob].sort());
    const made = await segment.create(ws, draft('Buyers', orders(1)), 'me');
    expect(made).toMatchObject({ name: 'Buyers', size: 2, createdBy: 'me', usedBy: [] });
    expect(await membersOf(ws, made.id)).toEqual([ann, bob].sort((a, b) => a - b));
    const list = await s.profile.listCustomers(ws, customerQuery.parse({ segment: made.id }), true);
    expect(list.total).toBe(2);
    expect((await s.profile.person.get(ws, ann, true)).segments).toEqual([{ id: made.id, name: 'Buyers' }]);
    expect(await segment.audience(ws, made.id)).toEqual([ann, bob].sort((a, b) => a - b));
    expect(await segment.nameOf(ws, made.id)).toBe('Buyers');
    await expect(segment.create(ws, draft('buyers', orders(2)), 'me')).rejects.toMatchObject({
      code: 'segment.name_taken',
    });
    await expect(
      s.profile.listCustomers(ws, customerQuery.parse({ segment: 'nope' }), true),
    ).rejects.toMatchObject({ code: 'segment.not_found' });
  });

  it('and its members page by page', async () => {
    const ws = await s.workspace();
    await s.collect(
      ws,
      Array.from({ length: 25 }, (_, i) => told(`u${i}`, '2026-05-01T00:00:00Z', {})),
    );
    await s.profile.refresh(ws);
    const { id } = await segment.create(ws, draft('All', { kind: 'all', of: [] }), 'me');
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await segment.listMembers(ws, id, { limit: 10, cursor });
      expect(page.total).toBe(25);
      seen.push(...page.rows.map((r) => r.personId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen).toHaveLength(25);
  });
});

describe('time passes', () => {
  it('people come and go by themselves, and who stays keeps the time they joined', async () => {
    const { ws, ann, bob } = await threePeople();
    const recent: Condition = {
      kind: 'orders',
      measure: 'count',
      test: { op: 'gte', value: 1 },
      window: { kind: 'rolling', days: 30 },
    };
    const { id } = await segment.create(ws, draft('Recent', recent), 'me');
    expect(await membersOf(ws, id)).toEqual([ann]);
    const joined = (await segment.listMembers(ws, id, { limit: 10 })).rows[0]!.since;
    await s.jobs.start();
    s.clock.advance(5 * DAY);
    await s.collect(ws, [purchase('bob', 'b2', s.clock.now() - 1000, 900)]);
    s.clock.advance(3000);
    await s.jobs.idle();
    s.clock.advance(2000);
    await s.jobs.idle();
    const rows = (await segment.listMembers(ws, id, { limit: 10 })).rows;
    expect(rows.map((r) => r.personId)).toEqual([ann, bob].sort((a, b) => a - b));
    expect(rows.find((r) => r.personId === ann)!.since).toBe(joined);
    expect(Date.parse(rows.find((r) => r.personId === bob)!.since)).toBeGreaterThan(Date.parse(joined));
    s.clock.advance(27 * DAY);
    await s.jobs.idle();
    s.clock.advance(3000);
    await s.jobs.idle();
    expect(await membersOf(ws, id)).toEqual([bob]);
    await s.jobs.close();
    s.clock.set('2026-06-01T04:00:00Z');
  });
});

describe('two who change one segment', () => {
  it('do not overwrite each other unseen', async () => {
    const { ws } = await threePeople();
    const { id, revision } = await segment.create(ws, draft('Buyers', orders(1)), 'ann');
    s.clock.advance(60_000);
    const first = await segment.update(ws, id, { ...draft('Buyers', orders(2)), revision }, 'ann');
    expect(first).toMatchObject({ revision: revision + 1, updatedBy: 'ann' });
    const second = { ...draft('Customers', orders(1)), revision };
    await expect(segment.update(ws, id, second, 'bob')).rejects.toMatchObject({
      code: 'segment.changed',
      status: 409,
      detail: `"ann" changed the segment "Buyers" at ${first.updatedAt}; look at it again.`,
    });
    expect(await segment.get(ws, id)).toEqual(first);
    const ends = await Promise.allSettled(
      ['bob', 'ann', 'eve'].map((by) =>
        segment.update(ws, id, { ...draft(`Of ${by}`, orders(1)), revision: first.revision }, by),
      ),
    );
    expect(ends.filter((e) => e.status === 'fulfilled')).toHaveLength(1);
    // A program that does not say what it saw replaces what is there.
    const replaced = await segment.update(ws, id, draft('Replaced', orders(1)), 'program');
    expect(replaced).toMatchObject({ name: 'Replaced', revision: revision + 3 });
    s.clock.set('2026-06-01T04:00:00Z');
  });
});

describe('segments refer to each other', () => {
  it('and follow when the other changes', async () => {
    const { ws, ann, bob } = await threePeople();
    const buyers = await segment.create(ws, draft('Buyers', orders(1)), 'me');
    const others = await segment.create(ws, draft('Others', { kind: 'not', of: inSegment(buyers.id) }), 'me');
    expect(others.size).toBe(1);
    expect((await segment.get(ws, buyers.id)).usedBy).toEqual([
      { kind: 'segment', id: others.id, name: 'Others' },
    ]);
    await segment.update(ws, buyers.id, draft('Regulars', orders(2)), 'ann');
    expect(await membersOf(ws, buyers.id)).toEqual([ann]);
    expect(await membersOf(ws, others.id)).toContain(bob);
    expect((await segment.get(ws, others.id)).size).toBe(2);
  });

  it('but never in a circle, to nothing, or beyond what can be computed', async () => {
    const ws = await s.workspace();
    const a = await segment.create(ws, draft('A', orders(1)), 'me');
    const b = await segment.create(ws, draft('B', { kind: 'all', of: [orders(1), inSegment(a.id)] }), 'me');
    await expect(
      segment.update(
        ws,
        a.id,
        draft('A', { kind: 'any', of: [orders(2), { kind: 'not', of: inSegment(b.id) }] }),
        'ann',
      ),
    ).rejects.toMatchObject({
      code: 'segment.cycle',
      detail: 'A segment cannot lead back to itself: A → B → A.',
      fields: { 'condition.of.1.of.segment': 'leads back to itself: A → B → A' },
    });
    await expect(segment.update(ws, a.id, draft('A', inSegment(a.id)), 'ann')).rejects.toMatchObject({
      code: 'segment.cycle',
    });
    await expect(
      segment.create(ws, draft('C', { kind: 'all', of: [inSegment('gone')] }), 'me'),
    ).rejects.toMatchObject({
      code: 'segment.unknown_reference',
      fields: { 'condition.of.0.segment': 'does not exist in this workspace' },
    });
    let last = a;
    let refused: unknown = null;
    for (let i = 0; i < 12 && !refused; i++)
      last = await segment
        .create(ws, draft(`Twice ${i}`, { kind: 'all', of: [inSegment(last.id), inSegment(last.id)] }), 'me')
        .catch((error: unknown) => {
          refused = error;
          return last;
        });
    expect(refused).toMatchObject({ code: 'segment.too_large' });
  });

  it('and what is used is not deleted', async () => {
    const { ws } = await threePeople();
    const a = await segment.create(ws, draft('A', orders(1)), 'me');
    const b = await segment.create(ws, draft('B', inSegment(a.id)), 'me');
    await expect(segment.remove(ws, a.id)).rejects.toMatchObject({
      code: 'segment.in_use',
      status: 409,
      detail: 'The segment "A" is used by the segment "B"; change that first.',
    });
    campaigns = [{ segmentId: b.id, id: 'c', name: 'Autumn' }];
    await expect(segment.remove(ws, b.id)).rejects.toMatchObject({ code: 'segment.in_use' });
    campaigns = [];
    await segment.remove(ws, b.id);
    await segment.remove(ws, a.id);
    await expect(segment.get(ws, a.id)).rejects.toMatchObject({ code: 'segment.not_found' });
    expect(
      await s.warehouse.query('SELECT 1 FROM segment_member WHERE workspace = {ws:String}', { ws }),
    ).toEqual([]);
  });
});

describe('a segment explains itself', () => {
  it('with the verdict of every part and the person’s own value', async () => {
    const { ws, ann, cat } = await threePeople();
    const condition: Condition = {
      kind: 'all',
      of: [
        {
          kind: 'orders',
          measure: 'sumCents',
          test: { op: 'gt', value: 2000 },
          window: { kind: 'ever' },
          where: { categories: ['Tea'] },
        },
        {
          kind: 'any',
          of: [
            { kind: 'trait', trait: 'email', test: { op: 'exists' } },
            { kind: 'consent', channel: 'sms', granted: true },
          ],
        },
        {
          kind: 'not',
          of: {
            kind: 'events',
            event: 'Product Viewed',
            test: { op: 'gte', value: 1 },
            window: { kind: 'ever' },
            where: [{ property: 'product.sku', test: { op: 'is', value: 'TEA' } }],
          },
        },
      ],
    };
    const { id } = await segment.create(ws, draft('Tea', condition), 'me');
    const facts = (n: WhyNode): string[] => [...(n.fact ? [n.fact] : []), ...n.of.flatMap(facts)];
    const forAnn = await segment.explain(ws, id, ann, true);
    expect(forAnn.member).toBe(true);
    expect(facts(forAnn.why)).toEqual([
      'sumCents = 3000',
      'email = ann@lee.example',
      'consent sms = false',
      'Product Viewed = 0',
    ]);
    expect(facts((await segment.explain(ws, id, ann, false)).why)).toContain('email = a***@***.example');
    const forCat = await segment.explain(ws, id, cat, true);
    expect(forCat.member).toBe(false);
    expect(forCat.why.of.map((n) => n.holds)).toEqual([false, false, false]);
    expect(await membersOf(ws, id)).toEqual([ann]);
    await expect(segment.explain(ws, id, 4_000_000, true)).rejects.toMatchObject({
      code: 'customer.not_found',
    });
  });
});

describe('the vocabulary', () => {
  it('is what the workspace knows, without values that name people', async () => {
    const { ws } = await threePeople();
    const v = await segment.vocabulary(ws, true);
    expect(v.traits).toContainEqual({
      name: 'city',
      type: 'text',
      people: 2,
      values: expect.arrayContaining(['Leeds', 'York']),
    });
    expect(v.traits).toContainEqual({ name: 'age', type: 'number', people: 1, values: [] });
    expect(v.traits.find((t) => t.name === 'email')!.values).toEqual([]);
    expect(v.traits.find((t) => t.name === 'name')!.values).toEqual([]);
    expect(v.events).toEqual([{ name: 'Product Viewed', count: 1, properties: ['price', 'product.sku'] }]);
    expect(v).toMatchObject({
      categories: ['Food', 'Tea'],
      brands: ['Leaf'],
      channels: ['web'],
      stores: [],
      tags: [],
    });
  });
});

describe('hostile input', () => {
  const nasty = `x'); DROP TABLE segment_member; -- \\ " \` {c1:String} %_`;
  const test = { op: 'is' as const, value: nasty };
  const window = { kind: 'ever' as const };
  const conditions: Condition[] = [
    { kind: 'trait', trait: nasty, test },
    { kind: 'trait', trait: nasty, test: { op: 'contains', value: nasty } },
    { kind: 'trait', trait: nasty, test: { op: 'in', value: [nasty, 1, true] } },
    { kind: 'tag', tag: nasty },
    {
      kind: 'orders',
      measure: 'count',
      test: { op: 'gte', value: 1 },
      window,
      where: { categories: [nasty], brands: [nasty], products: [nasty], stores: [nasty], channels: [nasty] },
    },
    {
      kind: 'events',
      event: nasty,
      test: { op: 'gte', value: 1 },
      window,
      where: [{ property: 'a.b -$x', test }],
    },
  ];
  it('is only ever text', async () => {
    const { ws } = await threePeople();
    for (const c of conditions)
      expect(await segment.preview(ws, conditionSchema.parse(c), true)).toMatchObject({ size: 0, of: 3 });
    expect((await segment.preview(ws, { kind: 'not', of: { kind: 'any', of: conditions } }, true)).size).toBe(
      3,
    );
    // A path that no client may send is still only a path.
    for (const property of ["a'b", 'a`b', 'a.:Int64', '^a', 'a[]', ''])
      expect(
        (
          await segment.preview(
            ws,
            {
              kind: 'events',
              event: 'Product Viewed',
              test: { op: 'gte', value: 1 },
              window,
              where: [{ property, test: { op: 'exists' } }],
            },
            true,
          )
        ).size,
      ).toBe(0);
  });

  it('is refused with the field named', () => {
    const faults = (c: unknown) =>
      (conditionSchema.safeParse(c).error?.issues ?? []).map((i) => i.path.join('.'));
    const leaf = (over: object) => ({
      kind: 'all',
      of: [{ kind: 'orders', measure: 'count', test: { op: 'gte', value: 1 }, window, ...over }],
    });
    expect(faults(leaf({ window: { kind: 'rolling', days: 0 } }))).toEqual(['of.0.window.days']);
    expect(faults(leaf({ window: { kind: 'rolling', days: 10_000 } }))).toEqual(['of.0.window.days']);
    expect(faults(leaf({ window: { kind: 'absolute', from: '2026-02-02', to: '2026-02-01' } }))).toEqual([
      'of.0.window.to',
    ]);
    expect(faults(leaf({ test: { op: 'gte', value: Number.NaN } }))).toEqual(['of.0.test.value']);
    expect(
      faults({
        kind: 'events',
        event: 'x',
        test: { op: 'gte', value: 1 },
        window,
        where: [{ property: "a'b", test }],
      }),
    ).toEqual(['where.0.property']);
    let deep: unknown = { kind: 'tag', tag: 'x' };
    for (let i = 0; i < 12; i++) deep = { kind: 'not', of: deep };
    expect(conditionSchema.safeParse(deep).success).toBe(false);
  });

  it('of the deepest and widest that is let in can be computed', async () => {
    const { ws } = await threePeople();
    let deep: Condition = orders(1);
    for (let i = 0; i < 11; i++)
      deep = { kind: i % 2 ? 'all' : 'any', of: [{ kind: 'tag', tag: 'x' }, deep] };
    expect((await segment.preview(ws, deep, true)).of).toBe(3);
    let chained = await segment.create(ws, draft('Deep 0', deep), 'me');
    for (let i = 1; i < 4; i++) {
      let c: Condition = inSegment(chained.id);
      for (let j = 0; j < 5; j++)
        c = { kind: 'not', of: { kind: 'any', of: [c, { kind: 'tag', tag: 'y' }] } };
      chained = await segment.create(ws, draft(`Deep ${i}`, c), 'me').catch(() => chained);
    }
    const wide: Condition = {
      kind: 'any',
      of: Array.from({ length: 50 }, (_, i) => ({
        kind: 'all',
        of: Array.from({ length: 6 }, (_, j) => ((i + j) % 3 ? orders(i) : conditions[4]!)),
      })),
    };
    expect(await segment.preview(ws, wide, true)).toMatchObject({ size: 0, of: 3 });
    const tooWide: Condition = {
      kind: 'any',
      of: Array.from({ length: 50 }, () => ({ kind: 'all', of: Array.from({ length: 7 }, () => orders(1)) })),
    };
    await expect(segment.preview(ws, tooWide, true)).rejects.toMatchObject({ code: 'segment.too_large' });
  });
});

describe('a workspace', () => {
  it('sees nothing of another', async () => {
    const { ws, ann } = await threePeople();
    const other = await s.workspace();
    const { id } = await segment.create(ws, draft('A', orders(0)), 'me');
    await expect(segment.get(other, id)).rejects.toMatchObject({ code: 'segment.not_found' });
    await expect(segment.refresh(other, id)).rejects.toMatchObject({ code: 'segment.not_found' });
    await expect(segment.explain(other, id, ann, true)).rejects.toMatchObject({ code: 'segment.not_found' });
    expect(await segment.preview(other, { kind: 'all', of: [] }, true)).toMatchObject({ size: 0, of: 0 });
    expect((await segment.vocabulary(other, true)).traits).toEqual([]);
  });
});
