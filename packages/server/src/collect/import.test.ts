import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  catalogEndpoints,
  collectEndpoints,
  type ImportRun,
  profileEndpoints,
  segmentEndpoints,
} from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { testApp } from '../test-app.ts';

const t = await testApp();
const SHARED = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));

/** Uploads files as the HTTP route does, without the multipart wrapping. */
async function draft(
  workspace: string,
  files: Record<string, string | Buffer | Readable>,
  settings: object = {},
) {
  async function* uploads() {
    for (const [name, content] of Object.entries(files))
      yield { name, content: content instanceof Readable ? content : Readable.from([content]) };
  }
  return t.app.importRuns.create(workspace, 'tester', settings, uploads());
}

async function run(workspace: string, id: string): Promise<ImportRun> {
  await t.call(collectEndpoints.startImport, { params: { workspace, id } });
  await t.app.jobs.idle();
  return t.call(collectEndpoints.getImport, { params: { workspace, id } });
}

async function counts(workspace: string) {
  const [row] = await t.app.warehouse.query<{
    lines: number;
    orders: number;
    net: number;
    events: number;
    people: number;
    products: number;
  }>(
    `SELECT (SELECT count() FROM collect_order_line FINAL WHERE workspace = {workspace:String}) AS lines,
            (SELECT uniqExact(order_id) FROM collect_order_line FINAL WHERE workspace = {workspace:String}) AS orders,
            (SELECT sum(net_cents) FROM collect_order_line FINAL WHERE workspace = {workspace:String}) AS net,
            (SELECT count() FROM collect_event WHERE workspace = {workspace:String}) AS events,
            (SELECT count() FROM identity_link FINAL WHERE workspace = {workspace:String} AND is_deleted = 0) AS people,
            (SELECT uniqExact(product_id) FROM catalog_product WHERE workspace = {workspace:String}) AS products`,
    { workspace },
  );
  return row!;
}

const ORDERS = `订单号,下单时间,会员卡号,商品编码,商品名称,数量,单价,实付金额
A1,2026-05-01 10:00:00,M1,P1,牛奶,2,10.00,18.00
A1,2026-05-01 10:00:00,M1,P2,面包,1,8.50,8.50
A2,2026-05-02 11:30:00,M2,P1,牛奶,1,10.00,10.00
A3,not a date,M2,P1,牛奶,1,10.00,10.00
`;

describe('an import', () => {
  it('is described before it runs, tells what it did, changes nothing the second time, and can be undone', async () => {
    const workspace = await t.workspace();
    const first = await draft(workspace, { '订单.csv': ORDERS });
    expect(first).toMatchObject({
      state: 'draft',
      files: [{ name: '订单.csv', role: 'orderLines', encoding: 'utf-8' }],
    });
    const done = await run(workspace, first.id);
    expect(done).toMatchObject({
      state: 'done',
      totals: { rows: 4, orders: 2, people: 2, salesCents: 3650, rejected: 1 },
    });
    const notes = await t.call(collectEndpoints.listImportNotes, {
      params: { workspace, id: first.id },
      query: { kind: 'rejected' },
    });
    expect(notes.rows).toMatchObject([
      { row: 4, code: 'bad_date', raw: expect.stringContaining('not a date') },
    ]);
    const csv = await t.call(collectEndpoints.downloadImportNotes, {
      params: { workspace, id: first.id },
      query: {},
    });
    expect(csv).toContain('bad_date');
    const before = await counts(workspace);

    const second = await run(workspace, (await draft(workspace, { 'same again.csv': ORDERS })).id);
    expect(second.totals).toMatchObject({ orders: 2, salesCents: 3650 });
    expect(await counts(workspace)).toEqual(before);
    // The first brought it all; the second nothing, and neither can be taken out while the other says the same.
    const new2 = { orders: 2, changedOrders: 0, people: 2, products: 2, salesCents: 3650, returnsCents: 0 };
    expect(done.totals.added).toMatchObject(new2);
    const none = { orders: 0, changedOrders: 0, people: 0, products: 0, stores: 0, events: 0, salesCents: 0 };
    expect(second.totals.added).toMatchObject(none);
    const preview = (id: string) => t.call(collectEndpoints.previewUndo, { params: { workspace, id } });
    expect(await preview(second.id)).toMatchObject(none);
    expect(await preview(first.id)).toMatchObject(none);

    await t.call(collectEndpoints.undoImport, { params: { workspace, id: second.id } });
    await t.app.jobs.idle();
    expect(await counts(workspace)).toEqual(before);
    expect(await preview(first.id)).toMatchObject(new2);
    await t.call(collectEndpoints.undoImport, { params: { workspace, id: first.id } });
    await t.app.jobs.idle();
    expect(await counts(workspace)).toMatchObject({ lines: 0, people: 0, products: 0 });
    expect((await t.call(collectEndpoints.getImport, { params: { workspace, id: first.id } })).state).toBe(
      'undone',
    );
  });

  it('tells apart what it added, changed and found as it is', async () => {
    const workspace = await t.workspace();
    await run(workspace, (await draft(workspace, { 'a.csv': ORDERS })).id);
    const more = `${ORDERS.replace('10.00,10.00\nA3', '10.00,9.00\nA3')}A4,2026-05-03 10:00:00,M2,P3,茶,1,30.00,30.00
A5,2026-05-03 10:00:00,M3,P3,茶,1,30.00,30.00
`;
    const second = await run(workspace, (await draft(workspace, { 'b.csv': more })).id);
    const added = { orders: 2, changedOrders: 1, people: 1, products: 1, salesCents: 6000 };
    expect(second.totals).toMatchObject({ orders: 4, people: 3, added });
    const preview = await t.call(collectEndpoints.previewUndo, { params: { workspace, id: second.id } });
    expect(preview).toMatchObject(added);
    await t.call(collectEndpoints.undoImport, { params: { workspace, id: second.id } });
    await t.app.jobs.idle();
    expect(await counts(workspace)).toMatchObject({ orders: 2, net: 3650, people: 2, products: 2 });
  });

  it('undone and done again is as if done once', async () => {
    const workspace = await t.workspace();
    const one = await run(workspace, (await draft(workspace, { 'a.csv': ORDERS })).id);
    const before = await counts(workspace);
    await t.call(collectEndpoints.undoImport, { params: { workspace, id: one.id } });
    await t.app.jobs.idle();
    await run(workspace, (await draft(workspace, { 'a.csv': ORDERS })).id);
    expect(await counts(workspace)).toEqual(before);
  });

  it('started again after its undo broke off half-way stores what was taken out', async () => {
    const workspace = await t.workspace();
    const one = await run(workspace, (await draft(workspace, { 'a.csv': ORDERS })).id);
    const before = await counts(workspace);
    await t.app.warehouse.deleteRows('collect_order_line', 'workspace = {workspace:String}', { workspace });
    await t.app.importRuns.patch(workspace, one.id, { state: 'failed', error: 'Undo failed: no space' });
    expect((await run(workspace, one.id)).state).toBe('done');
    expect(await counts(workspace)).toEqual(before);
  });

  it('without a preset is the one whose files its columns tell, and is guessed where none is', async () => {
    const workspace = await t.workspace();
    const taobao = `订单编号,收货人姓名,联系手机,订单付款时间,宝贝标题,宝贝数量,买家实际支付金额,订单状态
T1,张三,13800138000,2026-05-01 10:00:00,牛奶,2,18.00,交易成功
T2,李四,13800138001,2026-05-02 11:30:00,面包,1,88.00,交易成功
`;
    const made = await draft(workspace, { 'ExportOrderList.csv': taobao });
    expect(made).toMatchObject({ preset: 'chinese-shop', files: [{ role: 'orders' }] });
    expect(await run(workspace, made.id)).toMatchObject({
      state: 'done',
      preset: 'chinese-shop',
      totals: { orders: 2, people: 2, salesCents: 10600 },
    });
    const presetOf = async (files: Record<string, string>, settings: object = {}) =>
      (await draft(workspace, files, settings)).preset;
    const retail =
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,T-LIGHT,6,12/1/2010 8:26,2.55,17850,United Kingdom\n';
    const journey = {
      'transactions.csv':
        'household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp\n900,330,31198570044,1095275,1,0.50,0,0,0,1,2017-01-01 11:53:26\n',
      'coupons.csv': 'coupon_upc,product_id,campaign_id\n10000085207,9676830,26\n',
      'campaigns.csv': 'campaign_id,household_id\n1,105\n',
    };
    expect(await presetOf({ 'retail.csv': retail })).toBe('online-retail');
    expect(await presetOf({ 'retail.csv': retail }, { preset: '' })).toBeNull();
    expect(await presetOf(journey)).toBe('complete-journey');
    // Files of which one is of no preset, or of two of them, are guessed, as is what a guess reads as well.
    expect(await presetOf({ ...journey, 'members.csv': 'email,name\na@b.example,Ann\n' })).toBeNull();
    expect(await presetOf({ 'retail.csv': retail, 'taobao.csv': taobao })).toBeNull();
    expect(await presetOf({ 'coupons.csv': journey['coupons.csv'] })).toBeNull();
    expect(await presetOf({ '会员.csv': '手机号,姓名,最爱的颜色\n13800138000,张三,红\n' })).toBeNull();
    expect(await presetOf({ '订单.csv': ORDERS })).toBeNull();
    const euros = await t.workspace({ currency: 'EUR' });
    expect((await draft(euros, { 'taobao.csv': taobao })).preset).toBeNull();
  });

  it.each([
    [
      '订单编号,买家会员名,收货人姓名,手机号,商品编码,商品名称,数量,单价,实付金额,下单时间,订单状态',
      'A,tb1,张三,13800138000,P1,茶,1,10.00,10.00,2026-05-01 10:00,',
    ],
    [
      '订单号,商品名称,商品编码,数量,单价,实付金额,付款时间,订单状态,手机号',
      'A,茶,P1,1,10.00,10.00,2026-05-01 10:00,S,13800138000',
    ],
    ['订单编号,下单时间,商品名称,数量,单价,订单状态,优惠金额', 'A,2026-05-01 10:00,茶,1,10.00,S,0'],
  ])('counts no closed order of a Chinese export that names no preset: %s', async (header, like) => {
    const rows = ['交易成功', '交易关闭', '等待买家付款', '退款成功', '神秘状态'].map((status, i) =>
      (like.endsWith(',') ? `${like}${status}` : like.replace(',S,', `,${status},`)).replace(/^A/, `A${i}`),
    );
    const workspace = await t.workspace();
    const made = await draft(workspace, { 'o.csv': [header, ...rows].join('\n') });
    expect(made.files[0]!.statuses).toEqual([
      { status: '交易成功', means: 'sale', rows: 1 },
      { status: '交易关闭', means: 'cancelled', rows: 1 },
      { status: '等待买家付款', means: 'pending', rows: 1 },
      { status: '退款成功', means: 'refunded', rows: 1 },
      { status: '神秘状态', means: 'unknown', rows: 1 },
    ]);
    const done = await run(workspace, made.id);
    expect(done.totals).toMatchObject({ orders: 3, salesCents: 3000, returnsCents: 1000, rejected: 2 });
    expect(done.reasons).toContainEqual({ kind: 'rejected', code: 'not_paid', rows: 2 });
    expect(done.reasons).toContainEqual({ kind: 'corrected', code: 'status_unknown', rows: 1 });
  });

  it('counts no cancelled order of an English file that is guessed, and shows what its statuses count as', async () => {
    const file = `order_id,email,date,sku,quantity,price,Order Status
1,a@x.example,2026-05-01,M,1,10.00,completed
2,b@x.example,2026-05-01,M,1,1000.00,cancelled
3,c@x.example,2026-05-01,M,1,500.00,pending payment
4,d@x.example,2026-05-01,M,1,70.00,Refunded
5,e@x.example,2026-05-01,M,1,5.00,wc-on-hold
`;
    const workspace = await t.workspace();
    const made = await draft(workspace, { 'o.csv': file });
    expect(made.preset).toBeNull();
    expect(made.files[0]!.statuses?.map(({ means }) => means)).toEqual([
      ...['sale', 'cancelled', 'pending', 'refunded', 'sale'],
    ]);
    // Lists of one's own say otherwise, and what is seen follows them.
    const mapping = {
      ...made.files[0]!.mapping,
      orders: { unpaidStatuses: ['ON HOLD', 'pending payment'] },
    };
    const edited = await t.call(collectEndpoints.updateImport, {
      params: { workspace, id: made.id },
      body: { mappings: { 'o.csv': mapping } },
    });
    expect(edited.files[0]!.statuses?.map(({ means }) => means)).toEqual([
      ...['sale', 'sale', 'pending', 'refunded', 'cancelled'],
    ]);
    const again = await draft(workspace, { 'o.csv': file });
    expect((await run(workspace, again.id)).totals).toMatchObject({
      ...{ orders: 3, salesCents: 8500, returnsCents: 7000, rejected: 2 },
    });
  });

  it('takes the consent that a shop’s own column tells, says whom it allows, and says so where none tells it', async () => {
    const workspace = await t.workspace();
    const rows = ['ann,yes', 'bob,no', 'cid,', 'dee,perhaps', 'eve,Y'].map((row) =>
      row.replace(',', '@x.example,'),
    );
    const file = [
      'email,Email_Consent',
      ...rows,
      ...Array.from({ length: 20 }, (_, i) => `n${i}@x.example,no`),
    ];
    const made = await draft(workspace, { 'customers.csv': file.join('\n') });
    const seen = { channel: 'email', column: 'Email_Consent', yes: 2, no: 21, unclear: 1 };
    expect(made.files[0]).toMatchObject({ role: 'customers', consents: [seen] });
    await run(workspace, made.id);
    await t.call(profileEndpoints.refreshProfiles, { params: { workspace } });
    await t.app.jobs.idle();
    const agreed = await t.call(segmentEndpoints.previewSegment, {
      params: { workspace },
      body: { condition: { kind: 'consent', channel: 'email', granted: true } },
    });
    expect(agreed.size).toBe(2);
    const silent = await draft(workspace, {
      'customers.csv': 'email,ok\nann@x.example,yes\nfay@x.example,no\n',
    });
    expect(silent.files[0]!.consents).toEqual([]);
    const traits = { emailConsent: { column: 'ok', type: 'text' } };
    const edited = await t.call(collectEndpoints.updateImport, {
      params: { workspace, id: silent.id },
      body: { mappings: { 'customers.csv': { ...silent.files[0]!.mapping, traits } } },
    });
    expect(edited.files[0]!.consents).toEqual([{ ...seen, column: 'ok', yes: 1, no: 1, unclear: 0 }]);
  });

  it('takes its settings beside the files as well, and refuses fields that say nothing', async () => {
    const params = { workspace: await t.workspace() };
    const send = (fields: Record<string, string>) => {
      const parts = Object.entries(fields).map(
        ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const file = '--b\r\ncontent-disposition: form-data; name="files"; filename="o.csv"\r\n\r\n';
      return t.app.http.app.inject({
        method: 'POST',
        url: `/v1/workspaces/${params.workspace}/imports`,
        headers: { authorization: `Bearer ${t.token}`, 'content-type': 'multipart/form-data; boundary=b' },
        payload: `${file}${ORDERS}\r\n${parts.join('')}--b--\r\n`,
      });
    };
    const made = await send({ preset: 'chinese-shop', timeZone: 'Asia/Tokyo' });
    expect(made.json()).toMatchObject({ preset: 'chinese-shop', timeZone: 'Asia/Tokyo' });
    expect((await send({ preset: 'nonsense' })).json()).toMatchObject({ code: 'collect.unknown_preset' });
    expect((await send({ prset: 'chinese-shop' })).json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('"prset"'),
    });
    expect(await t.call(collectEndpoints.listImports, { params })).toHaveLength(1);
  });

  it('says what is wrong: unknown preset, nothing usable, a broken quote, a wrong mapping', async () => {
    const workspace = await t.workspace();
    const unknown = await draft(workspace, { 'a.csv': ORDERS }, { preset: 'nonsense' }).catch((e) => e);
    expect(unknown).toMatchObject({
      code: 'collect.unknown_preset',
      detail: expect.stringContaining('complete-journey'),
    });
    const useless = await draft(workspace, { 'a.csv': 'x,y\n1,2\n' });
    expect(useless.files[0]).toMatchObject({ role: null, unusedWhy: expect.any(String) });
    const refused = await t.raw(collectEndpoints.startImport, { params: { workspace, id: useless.id } });
    expect(refused.body).toMatchObject({ code: 'collect.no_known_file' });
    const broken = await run(
      workspace,
      (
        await draft(workspace, {
          'b.csv': `${ORDERS}A4,2026-05-03,M3,"P1,牛奶,1,10,10\nA5,2026-05-03,M3,P1,牛奶,1,10,10\n`,
        })
      ).id,
    );
    expect(broken.reasons).toContainEqual({ kind: 'rejected', code: 'broken_quote', rows: 1 });
    expect(broken.totals.orders).toBe(3);
    const edited = await t.raw(collectEndpoints.updateImport, {
      params: { workspace, id: useless.id },
      body: { mappings: { 'a.csv': { kind: 'products', fields: { productId: { columns: ['z'] } } } } },
    });
    expect(edited).toMatchObject({ status: 422, body: { code: 'collect.bad_mapping' } });
  });

  it('keeps a file name inside its folder', async () => {
    const workspace = await t.workspace();
    const made = await draft(workspace, { '../../../etc/passwd': ORDERS, '..\\x.csv': ORDERS });
    expect(made.files.map((f) => f.name)).toEqual(['passwd', 'x.csv']);
  });

  it('stopped half way goes on at the next start, and nothing is there twice', async () => {
    const workspace = await t.workspace();
    const many = ['order_id,date,customer_id,sku,quantity,price'];
    for (let i = 0; i < 45_000; i++)
      many.push(
        `O${i >> 1},2026-04-${String((i % 28) + 1).padStart(2, '0')},C${i % 999},S${i % 50},1,${1 + (i % 9)}.00`,
      );
    const made = await draft(workspace, { 'big.csv': many.join('\n') });
    await t.call(collectEndpoints.startImport, { params: { workspace, id: made.id } });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await t.app.jobs.close();
    const halfWay = await t.call(collectEndpoints.getImport, { params: { workspace, id: made.id } });
    expect(['queued', 'running']).toContain(halfWay.state);
    await t.app.jobs.start();
    await t.app.jobs.idle();
    const done = await t.call(collectEndpoints.getImport, { params: { workspace, id: made.id } });
    expect(done).toMatchObject({ state: 'done', totals: { rows: 45_000, orders: 22_500 } });
    expect(await counts(workspace)).toMatchObject({ lines: 45_000, orders: 22_500 });
  });
});

describe.skipIf(!existsSync(SHARED))('the real data (skipped: no shared data where it is absent)', () => {
  const filesOf = async (folder: string) =>
    Object.fromEntries(
      (await readdir(join(SHARED, folder))).map((f) => [f, createReadStream(join(SHARED, folder, f))]),
    );

  it('complete-journey becomes 47,243 baskets of 2,377 households', async () => {
    const workspace = await t.workspace({ currency: 'USD', timeZone: 'America/New_York' });
    const made = await draft(workspace, await filesOf('completejourney'), { preset: 'complete-journey' });
    const done = await run(workspace, made.id);
    expect(done.totals).toMatchObject({
      orders: 47_243,
      people: 2377,
      products: 92_331,
      salesCents: 23_393_524,
      stores: 293,
      added: { orders: 47_243, changedOrders: 0, people: 2377, products: 92_331, salesCents: 23_393_524 },
    });
    expect(await counts(workspace)).toMatchObject({
      orders: 47_243,
      lines: 75_000,
      net: 23_393_524,
      events: 2102,
    });
    const products = await t.call(catalogEndpoints.listProducts, {
      params: { workspace },
      query: { limit: 1 },
    });
    expect(products.total).toBe(92_331);
  }, 120_000);

  it('online-retail comes out as its README says it is', async () => {
    const workspace = await t.workspace({ currency: 'GBP', timeZone: 'Europe/London' });
    const made = await draft(workspace, await filesOf('online-retail'), { preset: 'online-retail' });
    const done = await run(workspace, made.id);
    expect(done.totals).toMatchObject({
      rows: 240_007,
      people: 2974,
      salesCents: 469_092_961,
      returnsCents: 42_490_799,
      added: { orders: done.totals.orders, people: 2974, salesCents: 469_092_961, returnsCents: 42_490_799 },
    });
    const rows = Object.fromEntries(done.reasons.map((r) => [r.code, r.rows]));
    expect(rows).toMatchObject({ duplicate_row: 1970, price_not_positive: 1410, no_customer: 65_804 });
    expect(done.totals.rejected).toBe(3380);
  }, 120_000);
});
