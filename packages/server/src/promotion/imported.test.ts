import { Readable } from 'node:stream';
import { collectEndpoints, governanceEndpoints, promotionEndpoints, type Role } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { MINUTE } from '../platform/clock.ts';
import { testApp } from '../test-app.ts';

const t = await testApp();

it('the code of an order that comes in a file is redeemed', async () => {
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

it('the code of an order that is taken out or cancelled is open again, and no longer counted', async () => {
  const workspace = await t.workspace();
  const { id: couponId } = await t.call(promotionEndpoints.createCoupon, {
    params: { workspace },
    body: { name: 'Tea', discount: { kind: 'amount', amountCents: 500 }, prefix: 'TEA' },
  });
  await t.app.promotion.issue(workspace, { couponId, campaignId: 'k', personIds: [1, 2, 3] });
  const codes = await t.app.promotion.codesOf('k', [1, 2, 3]);
  const [one, two, three] = [1, 2, 3].map((person) => codes.get(person)!.code) as [string, string, string];
  const settle = async () => {
    await t.app.jobs.idle();
    t.clock.advance(MINUTE);
    await t.app.jobs.idle();
  };
  const bring = async () => {
    const file = `order_id,date,customer_id,sku,quantity,price,coupon_code
R1,2026-06-02,C1,S1,2,10.00,${one}
R2,2026-06-02,C2,S1,2,10.00,${two}
`;
    async function* upload() {
      yield { name: 'orders.csv', content: Readable.from([file]) };
    }
    const { id } = await t.app.importRuns.create(workspace, 'tester', {}, upload());
    await t.call(collectEndpoints.startImport, { params: { workspace, id } });
    await settle();
    return id;
  };
  const used = async () => {
    const { rows } = await t.call(promotionEndpoints.listCodes, {
      params: { workspace, id: couponId },
      query: {},
    });
    return rows.flatMap((row) => (row.redeemedAt ? [`${row.personId} ${row.orderId}`] : [])).sort();
  };
  const totals = async () => {
    const [row] = await t.call(promotionEndpoints.listCoupons, { params: { workspace } });
    return { redeemed: row?.redeemed, discountCents: row?.discountCents };
  };
  const told = async () =>
    (
      await t.app.warehouse.query<{ n: string }>(
        `SELECT concat(name, ' ', toString(properties.order_id)) AS n FROM collect_event
         WHERE workspace = {workspace:String} AND name LIKE 'Coupon%' ORDER BY time, n`,
        { workspace },
      )
    ).map((row) => row.n);

  // A till asked for the second: what it was told stands, whatever becomes of the order.
  const import1 = await bring();
  expect(await used()).toEqual(['1 R1', '2 R2']);
  await t.call(promotionEndpoints.redeemCode, {
    params: { workspace },
    body: { code: two, orderId: 'R2', basketCents: 2000 },
  });
  await t.call(collectEndpoints.undoImport, { params: { workspace, id: import1 } });
  await settle();
  expect(await used()).toEqual(['2 R2']);
  expect(await totals()).toEqual({ redeemed: 1, discountCents: 500 });
  const quote = { params: { workspace }, body: { code: one, basketCents: 2000 } };
  expect(await t.call(promotionEndpoints.quoteCode, quote)).toMatchObject({ valid: true });
  await bring();
  expect(await used()).toEqual(['1 R1', '2 R2']);

  const order = (event: string, orderId: string, more: object = {}) => ({
    ...{ type: 'track', userId: 'u', event, messageId: `${event} ${orderId}` },
    timestamp: new Date(t.clock.now()).toISOString(),
    properties: { order_id: orderId, ...more },
  });
  const products = [{ product_id: 'P', price: 20 }];
  await t.send(workspace, [order('Order Completed', 'R3', { coupon: three, products })]);
  await settle();
  expect(await used()).toEqual(['1 R1', '2 R2', '3 R3']);
  await t.send(workspace, [order('Order Cancelled', 'R3')]);
  await settle();
  expect(await used()).toEqual(['1 R1', '2 R2']);
  // Read again, the order that was cancelled redeems nothing; one that is paid back was bought.
  await t.send(workspace, [order('Order Completed', 'R4', { coupon: three, products })]);
  await t.send(workspace, [order('Order Refunded', 'R4')]);
  await settle();
  expect(await used()).toEqual(['1 R1', '2 R2', '3 R4']);
  expect((await told()).filter((one) => /R[134]$/.test(one)).sort()).toEqual([
    ...['Coupon Redeemed R1', 'Coupon Redeemed R1', 'Coupon Redeemed R3', 'Coupon Redeemed R4'],
    ...['Coupon Released R1', 'Coupon Released R3'],
  ]);
}, 180_000);
