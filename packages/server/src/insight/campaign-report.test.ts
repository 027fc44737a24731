import { couponDraft } from '@qianmian/contract';
import { adjustForBefore } from '@qianmian/science/cuped';
import { randomisationEffect } from '@qianmian/science/randomisation';
import { differenceInShares } from '@qianmian/science/shares';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { campaignMigrations, EXPOSED } from '../campaign/index.ts';
import { openTestCampaigns, type TestCampaigns } from '../campaign/test-campaigns.ts';
import type { Fact } from '../collect/index.ts';
import { openFolding } from '../identity/index.ts';
import { DAY, HOUR } from '../platform/clock.ts';
import { migrateWarehouse } from '../platform/warehouse.ts';
import { type CampaignReporter, openCampaignReport } from './campaign-report.ts';
import { seedOf } from './campaign-report-effects.ts';

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

const anonymousLine = (id: string, orderId: string, time: number, netCents: number): Fact =>
  line(0, orderId, time, netCents, { identifiers: [{ type: 'anonymous', value: id }] });
const roughly = { low: expect.any(Number), high: expect.any(Number), pValue: null };

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
    // Four buyers in all allow no interval of revenue; that of the share of buyers holds for any number.
    expect(r.verdict).toBe('running');
    const difference = 7000 / treated.length - 1200 / control.length;
    expect(r.revenuePerPerson).toEqual({ value: expect.closeTo(difference, 9), ...roughly });
    expect(r.revenuePerPerson!.low).toBeLessThan(difference);
    expect(r.revenuePerPerson!.high).toBeGreaterThan(difference);
    expect(r.incrementalRevenueCents?.value).toBeCloseTo(difference * treated.length, 6);
    expect(r.buyers).toEqual({
      measured: 4,
      needed: Math.ceil((20 * 24) / Math.min(treated.length, control.length)),
    });
    const byHand = differenceInShares({ yes: 1, n: control.length }, { yes: 3, n: treated.length })!;
    expect(r.buyerShare).toEqual({ ...byHand, pValue: null });
    expect(r.buyerShare?.value).toBeCloseTo(3 / treated.length - 1 / control.length, 9);
    expect(r.incrementalBuyers?.high).toBeCloseTo(byHand.high * treated.length, 9);
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
    // A code used after the window takes nothing off what was sold within.
    const late = (await t.promotion.codesOf(id, [people[b - 1]!])).get(people[b - 1]!)!.code;
    await t.promotion.redeem(workspace, { code: late, orderId: 'late', basketCents: 9900 });
    expect(await t.promotion.totalsOf(id)).toMatchObject({ redeemed: 2, discountCents: 1000 });
    expect(await report(workspace, id)).toMatchObject({ funnel: { redeemed: 1 }, couponDiscountCents: 500 });
    expect(await report(workspace, id)).toMatchObject({
      verdict: 'tooFew',
      control: { revenueCents: 6200 },
      buyers: { measured: 5 },
      incrementalRevenueCents: roughly,
      spendBefore: null,
    });
    t.shop.clock.set(launched + 31 * DAY);
  });

  it('counts people as they were known at the launch, whatever is merged and folded since', async () => {
    const folding = openFolding({ ...t.shop, exclusively: (work) => work(), factTables: [] });
    /** The report of the workspace's campaign, which folding does not change; nor does a server started anew. */
    const asReported = async (id: string) => {
      const before = await report(workspace, id);
      await folding.fold(workspace);
      t.shop.identity.forget(workspace);
      expect(await folding.waiting(workspace)).toBe(0);
      const { asOf: _, ...after } = await report(workspace, id);
      expect(before).toMatchObject(after);
      return before;
    };
    // Someone browses and buys without a name, long before: the lowest number of the workspace.
    await t.shop.collect(workspace, [anonymousLine('old', 'o1', t.shop.clock.now() - 40 * DAY, 9900)]);
    const people = await t.people(workspace, 14);
    const launched = t.shop.clock.now();
    const id = await t.send(workspace, t.draft({ controlShare: 0.5 }), people);
    const { treated, control } = await arms(id, people);
    const [a, b, c, d] = treated as [number, number, number, number];
    const [x, y] = control as [number, number];
    await t.shop.collect(workspace, [
      line(a, 'm1', launched + HOUR, 1000),
      line(b, 'm2', launched + HOUR, 2000),
      line(x, 'm3', launched + HOUR, 4000),
      anonymousLine('new', 'm4', launched + HOUR, 8000),
    ]);
    t.shop.clock.advance(DAY);
    const before = {
      treated: { people: treated.length, buyers: 2, orders: 2, revenueCents: 3000 },
      control: { people: control.length, buyers: 1, orders: 1, revenueCents: 4000 },
    };
    expect(await asReported(id)).toMatchObject(before);
    // Two of the treated turn out to be one, and so do one of each side: nobody changes sides, nothing counts twice.
    const one = (person: number, survivor: number) => ({
      workspace,
      person_id: people[person - 1],
      survivor_id: people[survivor - 1],
      reason: 'test',
      version: 1,
    });
    await t.shop.warehouse.insert('identity_override', [one(a, b), one(x, c)]);
    expect(await asReported(id)).toMatchObject(before);
    // A letter makes one of the treated sign in: what they had ordered without a name stays out, on either side.
    const signsIn = (user: number, anonymous: string, orderId: string, netCents: number) =>
      line(user, orderId, launched + 26 * HOUR, netCents, {
        identifiers: [
          { type: 'user', value: `u${user}` },
          { type: 'anonymous', value: anonymous },
        ],
      });
    await t.shop.collect(workspace, [signsIn(d, 'new', 'm5', 16_000)]);
    // And one of the control turns out to be who came long before: their orders are stored under that number from now on.
    await t.shop.collect(workspace, [signsIn(y, 'old', 'm6', 32_000)]);
    t.shop.clock.advance(DAY);
    await t.shop.collect(workspace, [line(y, 'm7', launched + 27 * HOUR, 64_000)]);
    expect(await asReported(id)).toMatchObject({
      treated: { people: treated.length, buyers: 3, orders: 3, revenueCents: 19_000 },
      control: { people: control.length, buyers: 2, orders: 3, revenueCents: 100_000 },
    });
    // Identifiers that nobody had before are theirs with whom they are first seen, and only theirs.
    const withCard = (user: number, card: string, orderId: string, netCents: number) =>
      line(user, orderId, launched + 28 * HOUR, netCents, {
        identifiers: [
          { type: 'user', value: `u${user}` },
          { type: 'member_card', value: card },
        ],
      });
    const cardAlone = (card: string, orderId: string, netCents: number) =>
      line(0, orderId, launched + 29 * HOUR, netCents, {
        identifiers: [{ type: 'member_card', value: card }],
      });
    await t.shop.collect(workspace, [withCard(d, 'card-d', 'm8', 100), withCard(y, 'card-y', 'm9', 200)]);
    await t.shop.collect(workspace, [cardAlone('card-d', 'm10', 300), cardAlone('card-y', 'm11', 400)]);
    // An order told again after the merges moves to nobody else, nor does what those without a name order.
    await t.shop.collect(workspace, [
      line(x, 'm3', launched + HOUR, 4000),
      anonymousLine('old', 'm12', launched + 29 * HOUR, 128_000),
    ]);
    expect(await asReported(id)).toMatchObject({
      treated: { people: treated.length, buyers: 3, orders: 5, revenueCents: 19_400 },
      control: { people: control.length, buyers: 2, orders: 5, revenueCents: 100_600 },
    });
  });

  it('reports campaigns of before their identifiers were written down', async () => {
    const people = await t.people(workspace, 14);
    const launched = t.shop.clock.now();
    const id = await t.send(workspace, t.draft({ controlShare: 0.5 }), people);
    const { treated, control } = await arms(id, people);
    await t.shop.collect(workspace, [
      line(treated[0]!, 'm1', launched + HOUR, 1000),
      line(control[0]!, 'm2', launched + HOUR, 4000),
      anonymousLine('new', 'm3', launched + HOUR, 8000),
    ]);
    t.shop.clock.advance(HOUR);
    await t.shop.collect(workspace, [
      {
        kind: 'event',
        messageId: 'signed-in',
        name: 'Signed In',
        time: t.shop.clock.now(),
        identifiers: [
          { type: 'user', value: `u${treated[1]}` },
          { type: 'anonymous', value: 'new' },
        ],
        properties: {},
      },
    ]);
    t.shop.clock.advance(DAY);
    const before = await report(workspace, id);
    expect(before).toMatchObject({
      treated: { orders: 1, revenueCents: 1000 },
      control: { orders: 1, revenueCents: 4000 },
    });
    const { warehouse } = t.shop;
    for (const table of ['campaign_unit', 'campaign_launch'])
      for (const statement of warehouse.drop(table)) await warehouse.command(statement);
    await warehouse.deleteRows('platform_migration', "name = 'campaign/0002_unit'", {});
    await migrateWarehouse(warehouse, campaignMigrations);
    expect(await report(workspace, id)).toEqual(before);
  });

  it('says nothing where nothing can be said', async () => {
    const people = await t.people(workspace, 5);
    const draft = await t.campaigns.create(workspace, t.draft(), 'tester');
    expect(await report(workspace, draft.id)).toMatchObject({
      windowEndsAt: null,
      verdict: 'nobody',
      buyers: null,
      revenuePerPerson: null,
      buyerShare: null,
      sampleRatioP: null,
      daily: [],
    });
    const id = await t.send(workspace, t.draft({ controlShare: 0 }), people);
    expect(await report(workspace, id)).toMatchObject({
      treated: { people: 5, perPersonCents: 0 },
      control: { people: 0 },
      verdict: 'noControl',
      buyers: null,
      revenuePerPerson: null,
      incrementalBuyers: null,
      sampleRatioP: null,
    });
    await expect(report('other', id)).rejects.toMatchObject({ status: 404 });
  });

  it('gives a provisional interval while orders count, and a verdict only then', {
    timeout: 120_000,
  }, async () => {
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
    t.shop.clock.advance(7 * DAY);
    const early = await report(workspace, id);
    expect(early.verdict).toBe('running');
    expect(early.revenuePerPerson!.low).toBeGreaterThan(0);
    t.shop.clock.advance(7 * DAY);
    const r = await report(workspace, id);
    expect(r.verdict).toBe('gain');
    expect(r.revenuePerPerson!.low).toBeGreaterThan(0);
    expect(r.revenuePerPerson!.low).toBeLessThan(1700);
    expect(r.revenuePerPerson!.high).toBeGreaterThan(1700);
    // No assignment of 1,999 came near it.
    expect(r.revenuePerPerson!.pValue).toBe(0.001);
    expect(r.buyerShare!.value).toBeCloseTo(0.3, 1);
    expect(r.sampleRatioP).toBeGreaterThan(0.001);
    expect(r.daily.at(-1)?.treatedPerPersonCents).toBeCloseTo(r.treated.perPersonCents, 9);
    expect(await report(workspace, id)).toEqual(r);
    expect(r.spendBefore).toBeNull();

    // The year before becomes known: who bought now had bought before, and what that foretold is taken off.
    const spentBefore = (user: number) => (user % 3 === 0 ? 3000 + user : 0);
    const earlier = [...treated, ...control].filter(spentBefore);
    await t.shop.collect(workspace, [
      ...earlier.map((u) => line(u, `b${u}`, launched - 30 * DAY, spentBefore(u))),
      ...earlier.map((u) => line(u, `c${u}`, launched - 366 * DAY, 77_700)),
    ]);
    const adjusted = await report(workspace, id);
    const side = (users: number[], every: number, cents: number) => {
      const rows = users
        .map((u, i) => [i % every === 0 ? cents : 0, spentBefore(u)] as const)
        .filter(([after, before]) => after !== 0 || before !== 0)
        .sort(([a, b], [c, d]) => a - c || b - d);
      return {
        n: users.length,
        after: Float64Array.from(rows, ([after]) => after),
        before: Float64Array.from(rows, ([, before]) => before),
      };
    };
    const expected = adjustForBefore(side(control, 5, 4000), side(treated, 2, 5000));
    expect(adjusted.spendBefore).toEqual({ days: 365, explained: expect.closeTo(expected.explained, 12) });
    const effect = randomisationEffect(expected.control, expected.treated, { seed: seedOf(id) })!;
    expect(adjusted.revenuePerPerson?.value).toBeCloseTo(effect.value, 9);
    expect(adjusted.revenuePerPerson?.low).toBeCloseTo(effect.low, 9);
    expect(adjusted.incrementalRevenueCents?.high).toBeCloseTo(effect.high * treated.length, 4);
    expect(adjusted.treated).toEqual(r.treated);
  });

  it('claims nothing while nothing happened', { timeout: 120_000 }, async () => {
    const people = await t.people(workspace, 900);
    const launched = t.shop.clock.now();
    const id = await t.send(workspace, t.draft({ controlShare: 0.3, measureDays: 3 }), people);
    t.shop.clock.advance(4 * DAY);
    expect((await report(workspace, id)).verdict).toBe('noOrders');
    // Every ninth of either side buys, for the same amounts: nothing happened, whoever chance put where.
    const sides = await t.shop.warehouse.query<{ people: number[] }>(
      `SELECT arraySort(groupArray(unit)) AS people FROM ${EXPOSED} GROUP BY arm`,
      { workspace, campaign: id },
    );
    const userOf = new Map(people.map((p, i) => [p, i + 1]));
    const orders = sides
      .flatMap((side) =>
        side.people.filter((_, i) => i % 9 === 4).map((person, k) => ({ user: userOf.get(person)!, k })),
      )
      .sort((a, b) => a.k - b.k)
      .map(({ user, k }) => line(user, `n${user}`, launched + DAY, 1000 + ((k * 7919) % 5000)));
    await t.shop.collect(workspace, orders.slice(0, 40));
    const few = await report(workspace, id);
    expect(few).toMatchObject({ verdict: 'tooFew', buyers: { measured: 40 } });
    expect(few.buyers!.needed).toBeGreaterThan(60);
    await t.shop.collect(workspace, orders.slice(40));
    const r = await report(workspace, id);
    expect(r).toMatchObject({ verdict: 'unclear', buyers: { measured: 100 } });
    expect(r.revenuePerPerson!.pValue).toBeGreaterThan(0.05);
    expect(r.revenuePerPerson!.low).toBeLessThan(0);
    expect(r.revenuePerPerson!.high).toBeGreaterThan(0);
  });
});
