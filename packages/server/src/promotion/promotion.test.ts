import { couponDraft } from '@qianmian/contract';
import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { DAY, HOUR, MINUTE } from '../platform/clock.ts';
import { openShop, purchase, type Shop } from '../profile/test-shop.ts';
import { openPromotion, type Promotion } from './index.ts';

let s: Shop;
let promotion: Promotion;
let recordFails = false;
let ledgerIsAway = false;
const recorded: Fact[] = [];

beforeAll(async () => {
  // Listeners that fail are part of the story.
  s = await openShop({ domains: ['promotion'], logLevel: 'silent' });
  s.clock.set('2026-11-01T00:00:00Z');
  const line: KyselyPlugin = {
    transformQuery({ node }) {
      if (ledgerIsAway) throw new Error('the ledger is away');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  promotion = openPromotion({
    ...s,
    ledger: s.ledger.withPlugin(line),
    record: async (_workspace, _source, facts) => {
      if (recordFails) throw new Error('the disk is full');
      recorded.push(...facts);
    },
    identifiersOf: async (_workspace, person) => [{ type: 'user', value: `u${person}` }],
  });
  await s.jobs.start();
});
afterAll(() => s.close());

const draft = (over: object = {}) =>
  couponDraft.parse({
    name: 'Autumn',
    discount: { kind: 'percent', percent: 20 },
    minimumCents: 5000,
    prefix: 'aut',
    endsAt: '2026-12-01T00:00:00Z',
    ...over,
  });

async function couponWithCode(workspace: string, campaignId: string, over: object = {}) {
  const coupon = await promotion.coupons.create(workspace, draft(over));
  await promotion.issue(workspace, { couponId: coupon.id, campaignId, personIds: [7] });
  const code = (await promotion.codesOf(campaignId, [7])).get(7)!.code;
  return { coupon, code };
}

describe('coupons', () => {
  it('a coupon is made, issued, quoted and redeemed once', async () => {
    const { coupon, code } = await couponWithCode('shop', 'c-once');
    expect(code).toMatch(/^AUT[A-Z2-9]{10}$/);
    expect(await promotion.quote('shop', { code: ` ${code.toLowerCase()} `, basketCents: 10_000 })).toEqual({
      code,
      valid: true,
      reason: null,
      discountCents: 2000,
      couponName: 'Autumn',
    });
    const first = await promotion.redeem('shop', { code, orderId: 'o1', basketCents: 10_000 });
    expect(first).toMatchObject({ orderId: 'o1', discountCents: 2000, personId: 7 });
    s.clock.advance(60 * DAY);
    expect(await promotion.redeem('shop', { code, orderId: 'o1', basketCents: 99 })).toEqual(first);
    s.clock.advance(-60 * DAY);
    await expect(
      promotion.redeem('shop', { code, orderId: 'o2', basketCents: 10_000 }),
    ).rejects.toMatchObject({
      code: 'promotion.already_redeemed',
      status: 409,
    });
    expect(await promotion.coupons.get('shop', coupon.id)).toMatchObject({
      issued: 1,
      redeemed: 1,
      discountCents: 2000,
    });
    const told = recorded.filter((f) => f.kind === 'event' && f.properties.code === code);
    expect(told).toMatchObject([
      {
        name: 'Coupon Redeemed',
        identifiers: [{ type: 'user', value: 'u7' }],
        properties: { order_id: 'o1' },
      },
    ]);
  });

  it('refuses a basket in another currency, whose amount says nothing of the minimum', async () => {
    await s.workspaces.create({ id: 'yen', name: 'Yen', currency: 'JPY', timeZone: 'Asia/Tokyo' }, null);
    const { code } = await couponWithCode('yen', 'c-yen');
    const basket = { code, basketCents: 9000, currency: 'CNY' };
    expect(await promotion.quote('yen', basket)).toMatchObject({
      valid: false,
      reason: 'promotion.other_currency',
    });
    await expect(promotion.redeem('yen', { ...basket, orderId: 'y1' })).rejects.toMatchObject({
      code: 'promotion.other_currency',
      status: 409,
    });
    expect(await promotion.quote('yen', { ...basket, currency: 'JPY' })).toMatchObject({ valid: true });
    const redeemed = await promotion.redeem('yen', { ...basket, currency: 'JPY', orderId: 'y1' });
    expect(redeemed.orderId).toBe('y1');
  });

  it('refuses with the rule that was broken', async () => {
    const { code } = await couponWithCode('shop', 'c-rules', { startsAt: '2026-11-05T00:00:00Z' });
    const redeem = (cents: number) => promotion.redeem('shop', { code, orderId: 'r1', basketCents: cents });
    await expect(redeem(9000)).rejects.toMatchObject({ code: 'promotion.not_yet' });
    s.clock.set('2026-11-06T00:00:00Z');
    await expect(redeem(4999)).rejects.toMatchObject({ code: 'promotion.minimum_not_reached' });
    s.clock.set('2026-12-01T00:00:00Z');
    await expect(redeem(9000)).rejects.toMatchObject({ code: 'promotion.finished' });
    s.clock.set('2026-11-01T00:00:00Z');
    await expect(
      promotion.redeem('shop', { code: 'NOSUCHCODE', orderId: 'r1', basketCents: 9000 }),
    ).rejects.toMatchObject({ code: 'promotion.code_unknown', status: 404 });
    await expect(promotion.redeem('other', { code, orderId: 'r1', basketCents: 9000 })).rejects.toMatchObject(
      {
        code: 'promotion.code_unknown',
      },
    );
  });

  it('two hundred tills try one code at once: one wins', async () => {
    const { code } = await couponWithCode('shop', 'c-race');
    const tries = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        promotion.redeem('shop', { code, orderId: `race-${i}`, basketCents: 8000 }),
      ),
    );
    const won = tries.filter((t) => t.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const t of tries)
      if (t.status === 'rejected') expect(t.reason).toMatchObject({ code: 'promotion.already_redeemed' });
    const [winner] = won as PromiseFulfilledResult<{ orderId: string | null }>[];
    const again = await promotion.redeem('shop', {
      code,
      orderId: winner!.value.orderId!,
      basketCents: 8000,
    });
    expect(again).toEqual(winner!.value);
  });

  it('an order that arrives with a code redeems it, as of the time of the order', async () => {
    const { code } = await couponWithCode('shop', 'c-order');
    const use = { code, orderId: 'web-1', basketCents: 6000, time: Date.parse('2026-11-20T10:00:00Z') };
    const foreign = { ...use, code: 'SOMEONE-ELSES' };
    const said = {
      workspace: 'shop',
      personIds: [7],
      couponUses: [foreign, use],
      hasOrders: true,
      hasTraits: false,
    };
    s.clock.set('2026-12-24T00:00:00Z');
    await s.bus.announce('collect.stored', said);
    await s.bus.announce('collect.stored', said);
    s.clock.set('2026-11-01T00:00:00Z');
    const redeemed = await promotion.codesOf('c-order', [7]);
    expect(redeemed.get(7)?.redeemedAt?.toISOString()).toBe('2026-11-20T10:00:00.000Z');
    expect(await promotion.totalsOf('c-order')).toEqual({ issued: 1, redeemed: 1, discountCents: 1200 });
  });

  it('a redemption that could not be told is told later, once', async () => {
    const { code } = await couponWithCode('shop', 'c-told');
    recordFails = true;
    await promotion.redeem('shop', { code, orderId: 'late', basketCents: 6000 });
    recordFails = false;
    const told = () => recorded.filter((f) => f.kind === 'event' && f.properties.order_id === 'late').length;
    expect(told()).toBe(0);
    await promotion.start();
    await s.jobs.idle();
    s.clock.advance(2 * HOUR);
    await s.jobs.idle();
    expect(told()).toBe(1);
  });

  it('what was promised stays, better is allowed', async () => {
    const { coupon } = await couponWithCode('shop', 'c-edit');
    const change = (over: object) => promotion.coupons.update('shop', coupon.id, draft(over));
    await expect(change({ discount: { kind: 'percent', percent: 10 } })).rejects.toMatchObject({
      code: 'promotion.codes_issued',
      fields: { discount: 'cannot change' },
    });
    await expect(change({ minimumCents: 6000 })).rejects.toMatchObject({
      fields: { minimumCents: 'cannot rise' },
    });
    await expect(change({ endsAt: '2026-11-10T00:00:00Z' })).rejects.toMatchObject({ status: 409 });
    expect(await change({ name: 'Late autumn', minimumCents: 0, endsAt: null })).toMatchObject({
      name: 'Late autumn',
      minimumCents: 0,
      endsAt: null,
    });
    await expect(promotion.coupons.remove('shop', coupon.id)).rejects.toMatchObject({
      code: 'promotion.codes_issued',
    });
  });

  it('is not deleted when a code is given out while somebody looks whether it may be', async () => {
    const coupon = await promotion.coupons.create('shop', draft());
    let issued = false;
    promotion.coupons.onUse(async () => {
      if (issued) return [];
      issued = true;
      await promotion.issue('shop', { couponId: coupon.id, campaignId: 'c-meanwhile', personIds: [1] });
      return [];
    });
    await expect(promotion.coupons.remove('shop', coupon.id)).rejects.toMatchObject({
      code: 'promotion.codes_issued',
    });
    expect(await promotion.coupons.get('shop', coupon.id)).toMatchObject({ issued: 1 });
  });

  it('is deleted only when nothing uses it, and only in its own workspace', async () => {
    const coupon = await promotion.coupons.create('shop', draft());
    const uses = [{ couponId: coupon.id, id: 'c1', name: 'Double Eleven' }];
    promotion.coupons.onUse(async () => uses);
    await expect(promotion.coupons.remove('shop', coupon.id)).rejects.toMatchObject({
      code: 'promotion.in_use',
      detail: expect.stringContaining('Double Eleven'),
    });
    await expect(promotion.coupons.remove('other', coupon.id)).rejects.toMatchObject({ status: 404 });
    uses.length = 0;
    await promotion.coupons.remove('shop', coupon.id);
    await expect(promotion.coupons.get('shop', coupon.id)).rejects.toMatchObject({
      code: 'coupon.not_found',
    });
  });

  it('a hundred thousand people get a code each, once, in seconds', { timeout: 120_000 }, async () => {
    const coupon = await promotion.coupons.create('shop', draft({ prefix: 'BIG' }));
    const personIds = Array.from({ length: 100_000 }, (_, i) => i + 1);
    const began = performance.now();
    await promotion.issue('shop', { couponId: coupon.id, campaignId: 'c-big', personIds });
    console.log(`100,000 codes in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const before = await promotion.codesOf('c-big', [1, 50_000, 100_000]);
    await promotion.issue('shop', {
      couponId: coupon.id,
      campaignId: 'c-big',
      personIds: personIds.slice(0, 20_000),
    });
    expect(await promotion.codesOf('c-big', [1, 50_000, 100_000])).toEqual(before);
    expect(await promotion.totalsOf('c-big')).toMatchObject({ issued: 100_000, redeemed: 0 });
  });
});

describe('orders that came with a code', () => {
  /** A workspace whose only code is with customer 7. */
  async function setUp() {
    const workspace = await s.workspace();
    const { code } = await couponWithCode(workspace, `c-${workspace}`);
    const redeemed = async () => (await promotion.codesOf(`c-${workspace}`, [7])).get(7)?.redeemedAt;
    const told = () => recorded.filter((f) => f.kind === 'event' && f.properties.code === code).length;
    const order = (orderId: string, more: object = {}) =>
      purchase('u7', orderId, s.clock.now(), 6000, { couponCode: code, ...more });
    return { workspace, code, redeemed, told, order };
  }

  /** Everything to do with the ledger fails, as when it is restarted. */
  async function whileLedgerIsAway(work: () => Promise<void>): Promise<void> {
    const queue = vi.spyOn(s.jobs, 'enqueue').mockRejectedValue(new Error('the ledger is away'));
    ledgerIsAway = true;
    await work();
    ledgerIsAway = false;
    queue.mockRestore();
  }

  it('are redeemed at the next start when the listener failed, once', async () => {
    const { workspace, redeemed, told, order } = await setUp();
    await whileLedgerIsAway(() => s.collect(workspace, [order('w1')]));
    expect(await redeemed()).toBeNull();
    await promotion.start();
    await s.jobs.idle();
    expect(await redeemed()).toBeInstanceOf(Date);
    await promotion.start();
    await s.jobs.idle();
    expect(told()).toBe(1);
    expect(await promotion.totalsOf(`c-${workspace}`)).toEqual({
      issued: 1,
      redeemed: 1,
      discountCents: 1200,
    });
  });

  it('are redeemed within the hour without a start, and moments later when only redeeming failed', async () => {
    await promotion.start();
    await s.jobs.idle();
    const lost = await setUp();
    await whileLedgerIsAway(() => s.collect(lost.workspace, [lost.order('w2')]));
    s.clock.advance(HOUR);
    await s.jobs.idle();
    expect(await lost.redeemed()).toBeInstanceOf(Date);

    const late = await setUp();
    ledgerIsAway = true;
    await s.collect(late.workspace, [late.order('w3')]);
    ledgerIsAway = false;
    s.clock.advance(MINUTE);
    await s.jobs.idle();
    expect(await late.redeemed()).toBeInstanceOf(Date);
  });

  it('are redeemed for the whole order, as of its time, whatever other codes it came with', async () => {
    const { workspace, code, redeemed, order } = await setUp();
    const time = s.clock.now() + DAY;
    s.clock.advance(60 * DAY);
    await whileLedgerIsAway(() =>
      s.collect(workspace, [
        order('w4', { time, couponCode: code.toLowerCase() }),
        order('w4', {
          time,
          couponCode: code.toLowerCase(),
          lineId: '2',
          netCents: 3000,
          discountCents: 1000,
        }),
        order('w4', { time, lineId: '3', couponCode: 'SOMEONE-ELSES' }),
        order('w5', { time, couponCode: 'SOMEONE-ELSES' }),
        order('w6', { time, lineKind: 'return', netCents: -6000 }),
      ]),
    );
    await promotion.start();
    await s.jobs.idle();
    s.clock.advance(-60 * DAY);
    expect((await redeemed())?.getTime()).toBe(time);
    expect(await promotion.totalsOf(`c-${workspace}`)).toMatchObject({ redeemed: 1, discountCents: 2000 });
  });

  it('are not asked about again once they were read', async () => {
    s.clock.set('2027-06-01T00:00:00Z');
    const { workspace, order } = await setUp();
    await s.collect(workspace, [order('w7', { couponCode: 'SOMEONE-ELSES' })]);
    const asked = vi.spyOn(s.warehouse, 'query');
    const read = async () => {
      asked.mockClear();
      await promotion.start();
      await s.jobs.idle();
      const mine = await Promise.all(
        asked.mock.results.map((r, i) =>
          asked.mock.calls[i]![1]?.workspace === workspace ? r.value : Promise.resolve([]),
        ),
      );
      return mine.flat().filter((row) => row.code === 'SOMEONE-ELSES').length;
    };
    expect(await read()).toBeGreaterThan(0);
    s.clock.advance(HOUR);
    await s.collect(workspace, [order('w8', { couponCode: 'ANOTHER' })]);
    await read();
    expect(await read()).toBe(0);
    asked.mockRestore();
  });
});
