import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { couponDraft } from '@qianmian/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { Bus } from '../platform/bus.ts';
import { DAY, FakeClock } from '../platform/clock.ts';
import { migrateLedger, type OpenedLedger, openLedger } from '../platform/ledger.ts';
import { openLog } from '../platform/log.ts';
import { testLedgerUrl } from '../platform/test-ledger.ts';
import { openPromotion, type Promotion } from './index.ts';

let folder: string;
let ledger: OpenedLedger;
let promotion: Promotion;
let bus: Bus;
let recordFails = false;
const clock = new FakeClock('2026-11-01T00:00:00Z');
const recorded: Fact[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qm-promotion-'));
  ledger = await openLedger({ url: await testLedgerUrl(), folder: join(folder, 'ledger') });
  await migrateLedger(ledger, join(import.meta.dirname, '..'), ['platform', 'promotion']);
  const log = openLog('silent');
  bus = new Bus(log);
  promotion = openPromotion({
    ledger: ledger.db,
    clock,
    bus,
    log,
    record: async (_workspace, _source, facts) => {
      if (recordFails) throw new Error('the disk is full');
      recorded.push(...facts);
    },
    identifiersOf: async (_workspace, person) => [{ type: 'user', value: `u${person}` }],
  });
});
afterAll(async () => {
  await ledger.close();
  await rm(folder, { recursive: true });
});

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
    clock.advance(60 * DAY);
    expect(await promotion.redeem('shop', { code, orderId: 'o1', basketCents: 99 })).toEqual(first);
    clock.advance(-60 * DAY);
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

  it('refuses with the rule that was broken', async () => {
    const { code } = await couponWithCode('shop', 'c-rules', { startsAt: '2026-11-05T00:00:00Z' });
    const redeem = (cents: number) => promotion.redeem('shop', { code, orderId: 'r1', basketCents: cents });
    await expect(redeem(9000)).rejects.toMatchObject({ code: 'promotion.not_yet' });
    clock.set('2026-11-06T00:00:00Z');
    await expect(redeem(4999)).rejects.toMatchObject({ code: 'promotion.minimum_not_reached' });
    clock.set('2026-12-01T00:00:00Z');
    await expect(redeem(9000)).rejects.toMatchObject({ code: 'promotion.finished' });
    clock.set('2026-11-01T00:00:00Z');
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
    clock.set('2026-12-24T00:00:00Z');
    await bus.announce('collect.stored', said);
    await bus.announce('collect.stored', said);
    clock.set('2026-11-01T00:00:00Z');
    const redeemed = await promotion.codesOf('c-order', [7]);
    expect(redeemed.get(7)?.redeemedAt?.toISOString()).toBe('2026-11-20T10:00:00.000Z');
    expect(await promotion.totalsOf('c-order')).toEqual({ issued: 1, redeemed: 1, discountCents: 1200 });
  });

  it('a redemption that could not be told is told at the next start', async () => {
    const { code } = await couponWithCode('shop', 'c-told');
    recordFails = true;
    await promotion.redeem('shop', { code, orderId: 'late', basketCents: 6000 });
    recordFails = false;
    const told = () => recorded.filter((f) => f.kind === 'event' && f.properties.order_id === 'late').length;
    expect(told()).toBe(0);
    await promotion.tellUntold();
    await promotion.tellUntold();
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
