import type { Overview } from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { DAY } from '../platform/clock.ts';
import { dayIn } from '../platform/zone.ts';
import { purchase, type Shop, shop, told } from '../profile/test-shop.ts';
import { openSegment, type SegmentService, segmentMigrations } from '../segment/index.ts';
import { lastDay, type OverviewOf, openOverview } from './overview.ts';
import { openSearch, type Search } from './search.ts';

let s: Shop;
let overview: OverviewOf;
let segment: SegmentService;
let search: Search;
beforeAll(async () => {
  s = await shop({ migrations: segmentMigrations, domains: ['segment'] });
  s.clock.set('2026-06-01T04:00:00Z');
  overview = openOverview(s);
  segment = openSegment({ ...s, campaignsUsing: async () => [] });
  search = openSearch({
    ...s,
    segment,
    campaigns: async () => [{ id: 'c1', name: 'Tea week', state: 'draft' }],
  });
});

const value = (o: Overview, key: string) => {
  const { value, previous, change } = o.indicators.find((i) => i.key === key)!;
  return [value, previous, change];
};

describe('the overview', () => {
  it('compares a period with the one before, in the zone of the workspace', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      { kind: 'product', productId: 'tea', name: 'Tea', category: ['Food', 'Tea'] },
      { kind: 'product', productId: 'cup', name: 'Cup', category: ['Home'] },
      { kind: 'store', storeId: 'n', name: 'North' },
      // The period is 26 May to 1 June in Shanghai, the one before 19 to 25 May.
      purchase('ann', 'a1', '2026-05-20T00:00:00Z', 1000, { productId: 'tea' }),
      purchase('ann', 'a2', '2026-05-25T16:00:00Z', 3000, {
        productId: 'tea',
        channel: 'store',
        storeId: 'n',
      }),
      purchase('ann', 'a2', '2026-05-25T16:00:00Z', 500, {
        lineId: '2',
        productId: 'cup',
        channel: 'store',
        storeId: 'n',
      }),
      purchase('bob', 'b1', '2026-05-25T15:59:59Z', 700, { productId: 'cup' }),
      purchase('cat', 'c1', '2026-05-31T16:30:00Z', 2000, { productId: 'cup' }),
      purchase('cat', 'c2', '2026-05-31T18:00:00Z', 2001, { productId: 'cup' }),
      purchase('ann', 'a2', '2026-05-31T20:00:00Z', -500, {
        lineId: 'r',
        lineKind: 'return',
        productId: 'cup',
        channel: 'store',
        storeId: 'n',
      }),
    ]);
    await s.profile.refresh(ws);
    const o = await overview(ws, { days: 7 });
    expect(o).toMatchObject({
      currency: 'CNY',
      from: '2026-05-26',
      to: '2026-06-01',
      previousFrom: '2026-05-19',
      previousTo: '2026-05-25',
      dataFrom: '2026-05-20',
      dataTo: '2026-06-01',
      people: 3,
    });
    expect(value(o, 'salesCents')).toEqual([7001, 1700, (7001 - 1700) / 1700]);
    expect(value(o, 'orders')).toEqual([3, 2, 0.5]);
    expect(value(o, 'customers')).toEqual([2, 2, 0]);
    expect(value(o, 'repeatRate')).toEqual([1, 0, null]);
    expect(value(o, 'averageOrderCents')).toEqual([2334, 850, (2334 - 850) / 850]);
    const sales = o.indicators[0]!;
    expect(sales.daily).toEqual([3500, 0, 0, 0, 0, 0, 3501]);
    expect(sales.previousDaily).toEqual([0, 1000, 0, 0, 0, 0, 700]);
    expect(o.byChannel).toEqual([
      { key: 'web', label: '', salesCents: 4001, previousCents: 1700 },
      { key: 'store', label: '', salesCents: 3000, previousCents: 0 },
    ]);
    expect(o.byCategory.map((r) => [r.key, r.salesCents, r.previousCents])).toEqual([
      ['Home', 4001, 700],
      ['Food', 3000, 1000],
    ]);
    expect(o.byStore).toContainEqual({ key: 'n', label: 'North', salesCents: 3000, previousCents: 0 });
    expect(o.topProducts[0]).toEqual({
      productId: 'cup',
      name: 'Cup',
      nameZh: '',
      salesCents: 4001,
      quantity: 3,
    });
  });

  it('adds up, and equals what is counted by hand from random orders', async () => {
    const ws = await s.workspace({ timeZone: 'America/New_York' });
    let seed = 99;
    const random = (n: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    const lines = Array.from({ length: 600 }, (_, i) => ({
      user: random(8) === 0 ? '' : `u${random(80)}`,
      orderId: `o${i}`,
      time: Date.parse('2026-03-01T00:00:00Z') + random(90 * 24) * 3_600_000,
      cents: 100 + random(5000),
    }));
    await s.collect(
      ws,
      lines.map(
        (l): Fact =>
          l.user === ''
            ? ({ ...purchase('x', l.orderId, l.time, l.cents), identifiers: [] } as Fact)
            : purchase(l.user, l.orderId, l.time, l.cents),
      ),
    );
    for (const days of [1, 7, 30]) {
      const o = await overview(ws, { days, to: '2026-05-10' });
      for (const [from, to, which] of [
        [o.from, o.to, 0],
        [o.previousFrom, o.previousTo, 1],
      ] as const) {
        const day = (l: (typeof lines)[0]) => dayIn('America/New_York', l.time);
        const inside = lines.filter((l) => day(l) >= from && day(l) <= to);
        const people = [...new Set(inside.map((l) => l.user).filter((u) => u))];
        const repeaters = people.filter((u) => lines.filter((l) => l.user === u && day(l) <= to).length > 1);
        const sum = inside.reduce((n, l) => n + l.cents, 0);
        expect(value(o, 'salesCents')[which]).toBe(sum);
        expect(value(o, 'orders')[which]).toBe(inside.length);
        expect(value(o, 'customers')[which]).toBe(people.length);
        expect(value(o, 'repeatRate')[which]).toBeCloseTo(
          people.length ? repeaters.length / people.length : 0,
          12,
        );
        const key = which === 0 ? 'daily' : 'previousDaily';
        expect(o.indicators[0]![key].reduce((a, b) => a + b, 0)).toBe(sum);
        const field = which === 0 ? 'salesCents' : 'previousCents';
        for (const part of [o.byChannel, o.byCategory, o.byStore])
          expect(part.reduce((n, r) => n + r[field], 0)).toBe(sum);
      }
    }
  });

  it('of an empty workspace is empty, and of old data points to where they are', async () => {
    const ws = await s.workspace();
    expect(await overview(ws, { days: 30 })).toMatchObject({
      to: '2026-06-01',
      dataFrom: null,
      dataTo: null,
      people: 0,
      topProducts: [],
    });
    await s.collect(ws, [purchase('a', 'o', Date.parse('2026-06-01T00:00:00Z') - 100 * DAY, 100)]);
    const o = await overview(ws, { days: 30 });
    expect(o.to).toBe('2026-02-21');
    expect(value(o, 'orders')[0]).toBe(1);
    expect((await overview(ws, { days: 365 })).to).toBe('2026-06-01');
    expect(lastDay('2026-06-01', '2026-05-02', 30)).toBe('2026-06-01');
    expect(lastDay('2026-06-01', '2026-05-01', 30)).toBe('2026-05-01');
  });
});

describe('the search', () => {
  it('finds by name or identifier what the caller may read, masked for who may not see personal data', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      told('u1', '2026-05-01T00:00:00Z', { name: 'Tea Lover', email: 'tea@x.example' }),
      { kind: 'product', productId: 'tea-1', name: 'Green tea', brand: 'Leaf' },
    ]);
    await s.profile.refresh(ws);
    await segment.create(
      ws,
      { name: 'Tea drinkers', description: '', condition: { kind: 'all', of: [] } },
      'me',
    );
    const all = await search(ws, 'tea', () => true);
    expect(all.map((h) => [h.kind, h.title])).toEqual([
      ['customer', 'Tea Lover'],
      ['segment', 'Tea drinkers'],
      ['campaign', 'Tea week'],
      ['product', 'Green tea'],
    ]);
    const some = await search(ws, 'tea', (p) => p === 'segment.read');
    expect(some.map((h) => h.kind)).toEqual(['segment']);
    const masked = await search(ws, 'u1', (p) => p !== 'customer.reveal');
    expect(masked).toMatchObject([{ kind: 'customer', title: 'T**', detail: 't***@***.example' }]);
    expect(await search(ws, "'; DROP TABLE x; -- \\", () => true)).toEqual([]);
  });
});
