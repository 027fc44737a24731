import { couponDraft } from '@qianmian/contract';
import { differenceInMeans } from '@qianmian/science/experiment';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestCampaigns, type TestCampaigns } from '../campaign/test-campaigns.ts';
import type { Fact } from '../collect/index.ts';
import { DAY, HOUR } from '../platform/clock.ts';
import { type CampaignReporter, openCampaignReport } from './campaign-report.ts';

let t: TestCampaigns;
let report: CampaignReporter;
let workspace: string;
beforeAll(async () => {
  t = await openTestCampaigns();
  report = openCampaignReport({ ...t.shop, campaigns: t.campaigns, promotion: t.promotion });
});
afterAll(() => t.close());
beforeEach(async () => {
  workspace = await t.shop.workspace();
});

const line = (user: number, orderId: string, time: number, netCents: number, more: object = {}): Fact => ({
  kind: 'orderLine',
  orderId,
  lineId: '1',
  lineKind: 'sale',
  time,
  identifiers: [{ type: 'user', value: `u${user}` }],
  channel: 'web',
  productId: 'p',
  quantity: 1,
  unitPriceCents: Math.abs(netCents),
  discountCents: 0,
  netCents,
  currency: 'CNY',
  ...more,
});

/** People of each side as user numbers. */
async function arms(id: string, people: readonly number[]) {
  const rows = await t.campaigns.recipients(workspace, id, { limit: 2000, offset: 0 }, true);
  const userOf = new Map(people.map((p, i) => [p, i + 1]));
  const users = (control: boolean) =>
    rows.filter((r) => (r.state === 'control') === control).map((r) => userOf.get(r.personId)!);
  return { treated: users(false), control: users(true) };
}

describe('the campaign report', () => {
  it('is what one computes by hand', async () => {
    const people = await t.people(workspace, 24);
    const coupon = await t.promotion.coupons.create(
      workspace,
      couponDraft.parse({ name: 'C', discount: { kind: 'amount', amountCents: 500 } }),
    );
    const draft = t.draft({ controlShare: 0.4, measureDays: 7, couponId: coupon.id });
    const launched = t.shop.clock.now();
    const id = await t.send(workspace, draft, people);
    const { treated, control } = await arms(id, people);
    expect(Math.min(treated.length, control.length)).toBeGreaterThan(3);
    const [a, b, c] = treated as [number, number, number];
    const [x, y] = control as [number, number];
    await t.shop.collect(workspace, [
      // Before the campaign, and after the window: no part of it.
      line(a, 'before', launched - HOUR, 99_900),
      line(b, 'after', launched + 7 * DAY, 88_800),
      // Two orders on the first day, one of two lines; part of it comes back on the third.
      line(a, 'a1', launched + HOUR, 1000),
      line(a, 'a1', launched + HOUR, 500, { lineId: '2' }),
      line(a, 'a2', launched + 2 * HOUR, 2000),
      line(a, 'a1', launched + 2 * DAY + HOUR, -500, { lineKind: 'return', lineId: 'r1', quantity: -1 }),
      // Buys, and gives everything back: a buyer without revenue.
      line(b, 'b1', launched + 3 * DAY, 700),
      line(b, 'b1', launched + 4 * DAY, -700, { lineKind: 'return', lineId: 'r1', quantity: -1 }),
      line(c, 'c1', launched + 6 * DAY + 23 * HOUR, 4000),
      line(x, 'x1', launched + DAY, 1200),
      // Not yet: the clock will stand before it.
      line(y, 'y1', launched + 6 * DAY + 23.9 * HOUR, 5000),
    ]);
    const code = (await t.promotion.codesOf(id, [people[a - 1]!])).get(people[a - 1]!)!.code;
    await t.promotion.redeem(workspace, { code, orderId: 'a1', basketCents: 1500 });
    t.shop.clock.set(launched + 6 * DAY + 23.5 * HOUR);
    const r = await report(workspace, id);
    expect(r.treated).toEqual({
      people: treated.length,
      buyers: 3,
      orders: 4,
      revenueCents: 7000,
      perPersonCents: 7000 / treated.length,
    });
    expect(r.control).toMatchObject({ people: control.length, buyers: 1, orders: 1, revenueCents: 1200 });
    const moments = (n: number, values: number[]) => ({
      n,
      sum: values.reduce((s, v) => s + v, 0),
      sumSquares: values.reduce((s, v) => s + v * v, 0),
    });
    const byHand = differenceInMeans(
      moments(control.length, [1200]),
      moments(treated.length, [3000, 0, 4000]),
    )!;
    expect(r.revenuePerPerson?.value).toBeCloseTo(7000 / treated.length - 1200 / control.length, 9);
    expect(r.revenuePerPerson?.low).toBeCloseTo(byHand.low, 6);
    expect(r.revenuePerPerson?.pValue).toBeCloseTo(byHand.pValue, 9);
    expect(r.incrementalRevenueCents?.value).toBeCloseTo(byHand.value * treated.length, 6);
    expect(r.buyerShare?.value).toBeCloseTo(3 / treated.length - 1 / control.length, 9);
    expect(r.funnel).toEqual({
      treated: treated.length,
      sent: treated.length,
      opened: 0,
      clicked: 0,
      redeemed: 1,
    });
    expect(r.couponDiscountCents).toBe(500);
    expect(r.sampleRatioP).toBeGreaterThan(0.001);
    expect(r.daily).toHaveLength(7);
    const curve = r.daily.map((d) => Math.round(d.treatedPerPersonCents * treated.length));
    expect(curve).toEqual([3500, 3500, 3000, 3700, 3000, 3000, 7000]);
    expect(r.daily[0]?.controlPerPersonCents).toBe(0);
    expect(r.daily[1]?.controlPerPersonCents).toBeCloseTo(1200 / control.length, 9);
    expect(r.windowEndsAt).toBe(new Date(launched + 7 * DAY).toISOString());
    t.shop.clock.set(launched + 30 * DAY);
    expect((await report(workspace, id)).control.revenueCents).toBe(6200);
    t.shop.clock.set(launched + 31 * DAY);
  });

  it('keeps people together after a merge', async () => {
    const people = await t.people(workspace, 12);
    const launched = t.shop.clock.now();
    const id = await t.send(workspace, t.draft({ controlShare: 0.5 }), people);
    const { treated, control } = await arms(id, people);
    const [a, b, c] = treated as [number, number, number];
    const [x] = control as [number];
    await t.shop.collect(workspace, [
      line(a, 'm1', launched + HOUR, 1000),
      line(b, 'm2', launched + HOUR, 2000),
      line(x, 'm3', launched + HOUR, 4000),
    ]);
    t.shop.clock.advance(DAY);
    expect(await report(workspace, id)).toMatchObject({
      treated: { people: treated.length, buyers: 2, revenueCents: 3000 },
      control: { people: control.length, buyers: 1, revenueCents: 4000 },
    });
    // Two of the treated turn out to be one; so do one of each side, who did get the letter.
    const one = (person: number, survivor: number) => ({
      workspace,
      person_id: people[person - 1],
      survivor_id: people[survivor - 1],
      reason: 'test',
      version: 1,
    });
    await t.shop.warehouse.insert('identity_override', [one(a, b), one(x, c)]);
    expect(await report(workspace, id)).toMatchObject({
      treated: { people: treated.length - 1, buyers: 2, orders: 3, revenueCents: 7000 },
      control: { people: control.length - 1, buyers: 0, revenueCents: 0 },
    });
  });

  it('says nothing where nothing can be said', async () => {
    const people = await t.people(workspace, 5);
    const draft = await t.campaigns.create(workspace, t.draft(), 'tester');
    expect(await report(workspace, draft.id)).toMatchObject({
      windowEndsAt: null,
      revenuePerPerson: null,
      buyerShare: null,
      sampleRatioP: null,
      daily: [],
    });
    const id = await t.send(workspace, t.draft({ controlShare: 0 }), people);
    expect(await report(workspace, id)).toMatchObject({
      treated: { people: 5, perPersonCents: 0 },
      control: { people: 0 },
      revenuePerPerson: null,
      incrementalBuyers: null,
      sampleRatioP: null,
    });
    await expect(report('other', id)).rejects.toMatchObject({ status: 404 });
  });

  it('finds an effect that is there, and covers one that is known', { timeout: 120_000 }, async () => {
    const people = await t.people(workspace, 1500);
    const launched = t.shop.clock.now();
    const id = await t.send(workspace, t.draft({ controlShare: 0.4, measureDays: 14 }), people);
    const { treated, control } = await arms(id, people);
    // A fixed pattern: a fifth of the untouched buys for 40, half of the treated for 50. Truth: 25 - 8 = 17 a person.
    const buys = (users: number[], every: number, cents: number) =>
      users
        .filter((_, i) => i % every === 0)
        .map((u, i) => line(u, `o${u}`, launched + ((i % 13) + 1) * DAY, cents));
    await t.shop.collect(workspace, [...buys(treated, 2, 5000), ...buys(control, 5, 4000)]);
    t.shop.clock.advance(20 * DAY);
    const r = await report(workspace, id);
    expect(r.revenuePerPerson!.low).toBeLessThan(1700);
    expect(r.revenuePerPerson!.high).toBeGreaterThan(1700);
    expect(r.revenuePerPerson!.pValue).toBeLessThan(1e-6);
    expect(r.buyerShare!.value).toBeCloseTo(0.3, 1);
    expect(r.sampleRatioP).toBeGreaterThan(0.001);
    expect(r.daily.at(-1)?.treatedPerPersonCents).toBeCloseTo(r.treated.perPersonCents, 9);
  });
});
