import { Readable } from 'node:stream';
import { collectEndpoints, governanceEndpoints, promotionEndpoints, type Role } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { MINUTE } from '../platform/clock.ts';
import { testApp } from '../test-app.ts';

it('the code of an order that comes in a file is redeemed', async () => {
  const t = await testApp();
  const workspace = await t.workspace();
  const coupon = await t.call(promotionEndpoints.createCoupon, {
    params: { workspace },
    body: { name: 'Tea', discount: { kind: 'amount', amountCents: 500 }, prefix: 'TEA' },
  });
  await t.app.promotion.issue(workspace, { couponId: coupon.id, campaignId: 'c', personIds: [1, 2] });
  const codes = await t.app.promotion.codesOf('c', [1, 2]);
  const file = [
    'order_id,date,customer_id,sku,quantity,price,coupon_code',
    `O1,2026-06-02,C1,S1,2,10.00,${codes.get(1)!.code}`,
    'O2,2026-06-02,C2,S1,1,10.00,SUMMER',
    'O3,2026-06-02,C3,S1,1,10.00,',
  ].join('\n');
  async function* upload() {
    yield { name: 'orders.csv', content: Readable.from([file]) };
  }
  const { id } = await t.app.importRuns.create(workspace, 'tester', {}, upload());
  await t.call(collectEndpoints.startImport, { params: { workspace, id } });
  await t.app.jobs.idle();
  t.clock.advance(MINUTE);
  await t.app.jobs.idle();
  const { rows } = await t.call(promotionEndpoints.listCodes, {
    params: { workspace, id: coupon.id },
    query: {},
  });
  const of = (person: number) => rows.find((r) => r.personId === person);
  expect(of(1)).toMatchObject({ orderId: 'O1', discountCents: 500 });
  expect(of(1)?.redeemedAt).toMatch(/^2026-06-0[12]T/);
  expect(of(2)).toMatchObject({ orderId: null, redeemedAt: null });

  // Whoever holds a code has its discount: by its end alone it is known, and not used.
  const seenAs = async (role: Exclude<Role, 'owner'>) => {
    const key = await t.call(governanceEndpoints.createApiKey, {
      params: { workspace },
      body: { name: role, role },
    });
    const at = { params: { workspace, id: coupon.id }, token: key.secret };
    const { body } = await t.raw(promotionEndpoints.listCodes, at);
    return (body as { rows: { code: string }[] }).rows.map((r) => r.code);
  };
  const whole = rows.map((r) => r.code);
  for (const role of ['viewer', 'analyst'] as const)
    expect(await seenAs(role)).toEqual(whole.map((code) => `****${code.slice(-3)}`));
  for (const role of ['service', 'operator'] as const) expect(await seenAs(role)).toEqual(whole);
});
