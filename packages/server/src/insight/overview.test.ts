import { dayIn, type Overview } from '@qianmian/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { openAudit, openGuesses } from '../governance/index.ts';
import { DAY } from '../platform/clock.ts';
import type { Principal } from '../platform/http.ts';
import { purchase, type Shop, shop, told } from '../profile/test-shop.ts';
import { openSegment, type SegmentService, segmentMigrations } from '../segment/index.ts';
import { breakdown, lastDay, type OverviewOf, openOverview } from './overview.ts';
import { openSearch, type Search } from './search.ts';
import { PARTS } from './store.ch.ts';

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
    guesses: openGuesses({ ...s, audit: openAudit(s) }),
    segment,
    campaigns: async () => [{ id: 'c1', name: 'Tea week', state: 'draft' }],
  });
});

const who: Principal = { kind: 'apiKey', id: 'k', name: 'tester', permissionsIn: () => null };

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
      { kind: 'store', storeId: 'n', name: 'North', nameZh: '北店' },
      // A store that is called like a channel does not lend it its name.
      { kind: 'store', storeId: 'web', name: 'Web Street' },
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
    await s.catalog.setNames(ws, [{ kind: 'category', key: 'Home', name: '', nameZh: '家居' }]);
    await s.profile.refresh(ws);
    s.clock.set('2026-06-01T15:59:59.999Z');
    const o = await overview(ws, { days: 7 });
    s.clock.set('2026-06-01T04:00:00Z');
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
      { kind: 'part', key: 'web', name: '', nameZh: '', salesCents: 4001, previousCents: 1700 },
      { kind: 'part', key: 'store', name: '', nameZh: '', salesCents: 3000, previousCents: 0 },
    ]);
    expect(o.byCategory.map((r) => [r.key, r.name, r.nameZh, r.salesCents, r.previousCents])).toEqual([
      ['Home', '', '家居', 4001, 700],
      ['Food', '', '', 3000, 1000],
    ]);
    // Online orders have no store: they stand apart, though they are more.
    expect(o.byStore).toEqual([
      { kind: 'part', key: 'n', name: 'North', nameZh: '北店', salesCents: 3000, previousCents: 0 },
      { kind: 'none', key: '', name: '', nameZh: '', salesCents: 4001, previousCents: 1700 },
    ]);
    expect(o.topProducts[0]).toEqual({
      productId: 'cup',
      name: 'Cup',
      nameZh: '',
      salesCents: 4001,
      quantity: 3,
    });
  });

  it('compares a day that is still running with the same hours before', async () => {
    const ws = await s.workspace();
    // It is noon in Shanghai on 1 June.
    await s.collect(ws, [
      purchase('ann', 'a1', '2026-05-25T03:59:00Z', 300),
      purchase('ann', 'a2', '2026-05-25T04:01:00Z', 5000),
      purchase('ann', 'a3', '2026-05-24T15:00:00Z', 20),
      purchase('ann', 'a4', '2026-06-01T03:00:00Z', 640),
      purchase('ann', 'a5', '2026-05-31T12:00:00Z', 1000),
    ]);
    const running = await overview(ws, { days: 7 });
    expect(value(running, 'salesCents').slice(0, 2)).toEqual([1640, 320]);
    expect(running.indicators[0]!.previousDaily.slice(-2)).toEqual([20, 300]);
    expect(running.byChannel.map((r) => r.previousCents)).toEqual([320]);
    const over = await overview(ws, { days: 7, to: '2026-05-31' });
    expect(value(over, 'salesCents').slice(0, 2)).toEqual([6300, 20]);
  });

  it('keeps the days apart where the clock is put forward at midnight', async () => {
    const ws = await s.workspace({ timeZone: 'Africa/Cairo', currency: 'EGP' });
    await s.collect(ws, [
      purchase('a', 'noon', '2024-04-25T09:00:00Z', 100),
      purchase('b', 'half-past-eleven', '2024-04-25T21:30:00Z', 10_000),
      purchase('c', 'next-day', '2024-04-26T09:00:00Z', 1000),
    ]);
    const day = await overview(ws, { days: 1, to: '2024-04-25' });
    expect(value(day, 'salesCents')[0]).toBe(10_100);
    const later = await overview(ws, { days: 1, to: '2024-04-27' });
    expect(value(later, 'salesCents')).toEqual([0, 1000, -1]);
    expect(later.indicators[0]!.previousDaily).toEqual([1000]);
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

  it('sums up what it does not list', async () => {
    const ws = await s.workspace();
    const line = (i: number, storeId?: string) =>
      purchase('ann', `o${i}`, '2026-05-31T20:00:00Z', 100 + i, {
        channel: storeId ? 'store' : 'web',
        productId: `p${i}`,
        ...(storeId ? { storeId } : {}),
      });
    await s.collect(
      ws,
      Array.from({ length: 230 }, (_, i) => line(i, i < 205 ? `s${i}` : undefined)),
    );
    const { byStore, indicators } = await overview(ws, { days: 7 });
    expect(byStore).toHaveLength(202);
    expect(byStore.slice(-2)).toEqual([
      { kind: 'none', key: '', name: '', nameZh: '', salesCents: 7925, previousCents: 0 },
      { kind: 'others', key: '', name: '', nameZh: '', salesCents: 510, previousCents: 0 },
    ]);
    expect(byStore.reduce((n, r) => n + r.salesCents, 0)).toBe(indicators[0]!.value);
  });

  it('adds up whatever the parts are', () => {
    const part = fc.record({ salesCents: fc.integer(), previousCents: fc.integer() });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 300 }), fc.boolean(), (all, unnamed) => {
        const rows = all.map((p, i) => ({
          ...p,
          key: unnamed && i === 0 ? '' : `k${i}`,
          name: '',
          nameZh: '',
        }));
        const sum = (of: readonly { salesCents: number; previousCents: number }[]) => ({
          salesCents: of.reduce((n, r) => n + r.salesCents, 0),
          previousCents: of.reduce((n, r) => n + r.previousCents, 0),
        });
        const shown = breakdown(rows.slice(0, PARTS + 2), sum(rows));
        expect(sum(shown)).toEqual(sum(rows));
        expect(shown.filter((r) => r.kind === 'part').length).toBeLessThanOrEqual(PARTS);
      }),
    );
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
      { kind: 'product', productId: 'tea-1', name: 'Green tea', nameZh: '绿茶', brand: 'Leaf' },
    ]);
    await s.profile.refresh(ws);
    await segment.create(
      ws,
      { name: 'Tea drinkers', description: '', condition: { kind: 'all', of: [] } },
      'me',
    );
    const all = await search(ws, 'tea', { may: () => true, who });
    expect(all.map((h) => [h.kind, h.title])).toEqual([
      ['customer', 'Tea Lover'],
      ['segment', 'Tea drinkers'],
      ['campaign', 'Tea week'],
      ['product', 'Green tea'],
    ]);
    expect(all[3]).toMatchObject({ titleZh: '绿茶', detail: 'tea-1 · Leaf' });
    const some = await search(ws, 'tea', { may: (p) => p === 'segment.read', who });
    expect(some.map((h) => h.kind)).toEqual(['segment']);
    const masked = await search(ws, 'u1', { may: (p) => p !== 'customer.reveal', who });
    expect(masked).toMatchObject([{ kind: 'customer', title: 'T**', detail: 't***@***.example' }]);
    expect(await search(ws, "'; DROP TABLE x; -- \\", { may: () => true, who })).toEqual([]);
  });
});
