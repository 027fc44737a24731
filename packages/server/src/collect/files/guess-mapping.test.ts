import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOf, mapped, OPTIONS } from './fixtures.ts';
import { createRowMapper, guessMapping, MappingSchema, sniffFile } from './index.ts';

async function guessOf(text: string) {
  const path = fileOf(text);
  const { headers, sampleRows } = await sniffFile(path);
  const guess = guessMapping(headers, sampleRows);
  const fields = Object.fromEntries(
    Object.entries(guess.mapping.fields).map(([field, source]) => [field, source.columns.join('+')]),
  );
  return { path, ...guess, fields };
}

describe('guessing what a file means', () => {
  it('knows English order lines, and its guess works', async () => {
    const { path, mapping, fields, confidence, unusedColumns } = await guessOf(
      'Order ID;Order Date;SKU;Product Name;Qty;Unit Price;Customer E-mail;Country;Weather\n1;25/12/2023;A;Tea;2;1.234,50;ann@x.co;UK;rain\n2;1/2/2024;B;Cup;1;3,00;bob@x.co;UK;sun\n',
    );
    expect(fields).toEqual({
      orderId: 'Order ID',
      time: 'Order Date',
      productId: 'SKU',
      productName: 'Product Name',
      quantity: 'Qty',
      unitPrice: 'Unit Price',
      email: 'Customer E-mail',
    });
    expect(mapping).toMatchObject({
      kind: 'orderLines',
      dates: { order: 'DMY', why: expect.stringContaining('25') },
      decimalMark: ',',
    });
    expect([confidence > 0.8, unusedColumns]).toEqual([true, ['Weather']]);
    expect(MappingSchema.parse(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
    const { facts, rejections } = await mapped(path, createRowMapper(mapping, OPTIONS));
    expect(rejections).toEqual([]);
    expect(facts).toContainEqual(expect.objectContaining({ netCents: 246900, time: Date.UTC(2023, 11, 25) }));
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'person', traits: { country: 'UK' } }));
  });

  it('takes no amounts for coupon codes, and redemptions for events', async () => {
    const lines = await guessOf(
      'household_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,transaction_timestamp\n' +
        '900,31198570044,1095275,1,0.50,0,0,2017-01-01 11:53:26\n1228,31198655051,9878513,1,0.99,0.1,0.8,2017-01-01 12:14:04\n',
    );
    expect(lines.mapping.kind).toBe('orderLines');
    expect(lines.fields).not.toHaveProperty('couponCode');
    expect(lines.unusedColumns).toContain('coupon_disc');
    const zeros = await guessOf(
      'order_id,date,sku,price,coupon\n1,2026-01-01,A,5.00,0\n2,2026-01-02,B,5.00,0\n',
    );
    expect(zeros.fields).not.toHaveProperty('couponCode');
    const codes = await guessOf(
      'order_id,date,sku,price,coupon\n1,2026-01-01,A,5.00,10000089\n2,2026-01-02,B,5.00,SPRING\n',
    );
    expect(codes.fields).toMatchObject({ couponCode: 'coupon' });
    const redeemed = await guessOf(
      'household_id,coupon_upc,campaign_id,redemption_date\n1029,51380041013,26,2017-01-01\n1029,51380041313,26,2017-01-02\n',
    );
    expect(redeemed.mapping).toMatchObject({
      kind: 'events',
      constants: { eventName: 'Coupon Redeemed' },
      properties: { coupon_upc: { column: 'coupon_upc' }, campaign_id: { column: 'campaign_id' } },
    });
    expect(redeemed.fields).toEqual({ user: 'household_id', time: 'redemption_date' });
    const { facts } = await mapped(redeemed.path, createRowMapper(redeemed.mapping, OPTIONS));
    expect(facts.filter((f) => f.kind === 'event' && f.name === 'Coupon Redeemed')).toHaveLength(2);
  });

  it('knows Chinese order lines', async () => {
    const { fields, mapping } = await guessOf(
      '订单号,下单时间,商品编码,商品名称,数量,单价,优惠金额,实付金额,会员卡号,手机号,门店\n1,2024/1/5 10:00,A1,茶,2,10.00,1,19.00,C1,13800138000,一店\n',
    );
    expect(mapping.kind).toBe('orderLines');
    expect(fields).toEqual({
      orderId: '订单号',
      time: '下单时间',
      productId: '商品编码',
      productName: '商品名称',
      quantity: '数量',
      unitPrice: '单价',
      discount: '优惠金额',
      net: '实付金额',
      member_card: '会员卡号',
      phone: '手机号',
      storeName: '门店',
    });
  });

  it('knows products, customers, stores and events', async () => {
    expect(
      (await guessOf('sku,title,vendor,department,category,price\n1,Tea,X,Food,Drinks,2.50\n')).mapping,
    ).toMatchObject({
      kind: 'products',
      fields: { category: { columns: ['department', 'category'] }, price: { columns: ['price'] } },
    });
    expect(
      (await guessOf('会员编号,手机号,生日,性别,爱好\n1,13800138000,1990-01-01,女,茶\n')).mapping,
    ).toMatchObject({
      kind: 'customers',
      traits: {
        birthday: { column: '生日', type: 'date' },
        gender: { column: '性别' },
        爱好: { column: '爱好', type: 'text' },
      },
    });
    expect((await guessOf('store_id,store_name,city,lat,lng\n1,Bund,Shanghai,31,121\n')).mapping.kind).toBe(
      'stores',
    );
    expect(
      (await guessOf('event,timestamp,user_id,page\nview,2024-01-01T00:00:00Z,u1,/a\n')).mapping,
    ).toMatchObject({
      kind: 'events',
      properties: { page: { column: 'page', type: 'text' } },
    });
  });

  it.each([
    'order_id,date,customer_id,email,name,sku,qty,price',
    'order_id,date,customer_id,name,sku,qty,price',
  ])('takes a name that stands right after the customer for the customer’s (%s)', async (header) => {
    const cells = header.includes('email') ? 'C1,zoe@x.co,Zoë' : 'C1,Zoë';
    const { fields, mapping } = await guessOf(`${header}\n1,2024-01-05,${cells},A,1,2.00\n`);
    expect(fields.productName).toBeUndefined();
    expect(mapping.traits).toMatchObject({ name: { column: 'name' } });
    const beside = await guessOf(
      'order_id,date,customer_id,sku,name,qty,price\n1,2024-01-05,C1,A,Tea,1,2.00\n',
    );
    expect(beside.fields.productName).toBe('name');
  });

  it('sees a phone behind the mark that makes Excel show it as text', async () => {
    for (const phone of ["'13800138333", "'+8613800138333", '"=""13800138333"""'])
      expect((await guessOf(`name,手机号\nCy,${phone}\n`)).fields, phone).toMatchObject({ phone: '手机号' });
    const { fields } = await guessOf(
      '订单号,日期,商品编码,数量,单价\n"=""1623000000000000001""",2026-01-02,A1,1,5.00\n',
    );
    expect(fields).toMatchObject({ orderId: '订单号' });
  });

  it('is the same with and without the marks of Excel', () => {
    const columns = {
      手机号: ['13800138333', '+8613800138333', '138 0013 8333'],
      'E-mail': ['ann@x.co', 'bob@x.co'],
      order_id: ['0017', '1623000000000000001', 'A-9'],
      date: ['2026-01-05', '25/12/2025', '', '7'],
      sku: ['A1', '0042'],
      qty: ['1', '2.5', '-1'],
      price: ['5.00', '1.234,50', '0'],
      coupon: ['0', '0.10', 'SPRING'],
      birthday: ['1990-02-03', ''],
      member: ['true', 'false', '是'],
    };
    const headers = Object.keys(columns) as (keyof typeof columns)[];
    const guards = [(cell: string) => cell, (cell: string) => `'${cell}`, (cell: string) => ` ="${cell}" `];
    const cell = (header: keyof typeof columns) =>
      fc.tuple(fc.constantFrom(...columns[header]), fc.constantFrom(...guards));
    const row = fc.record(
      Object.fromEntries(headers.map((header) => [header, cell(header)])) as Record<
        string,
        ReturnType<typeof cell>
      >,
    );
    fc.assert(
      fc.property(
        fc.subarray(headers, { minLength: 1 }),
        fc.array(row, { minLength: 1, maxLength: 8 }),
        (chosen, rows) => {
          const of = (write: (text: string, guard: (text: string) => string) => string) =>
            rows.map((one) => Object.fromEntries(chosen.map((header) => [header, write(...one[header]!)])));
          const plain = of((text) => text);
          const guarded = of((text, guard) => (text === '' ? text : guard(text)));
          expect(guessMapping(chosen, guarded)).toEqual(guessMapping(chosen, plain));
        },
      ),
    );
  });

  it('is not sure of what it does not know', async () => {
    expect((await guessOf('x,y\n1,2\n')).confidence).toBe(0);
  });

  it('lets content overrule a name: a "date" column of numbers is no time', async () => {
    const { fields } = await guessOf(
      'order id,date,created at,sku,price\n1,7,2024-01-01,A,1\n2,8,2024-01-02,A,1\n',
    );
    expect(fields).toMatchObject({ time: 'created at' });
  });

  describe('of rows that leave things out', () => {
    const HEADER = 'order_id,date,customer_id,sku,quantity,price\n';
    const groupingOf = async (rows: string[]) =>
      (await guessOf(HEADER + rows.join('\n'))).mapping.orders?.grouping;
    /** Orders of two lines each, every line with all it says. */
    const full = Array.from({ length: 20 }, (_, i) => {
      const order = Math.floor(i / 2);
      return `O${order},2025-05-${String(order + 1).padStart(2, '0')},K${order},S${i},1,10.00`;
    });
    const changed = (at: number, row: string) => full.map((one, i) => (i === at ? row : one));

    it('is that they go on with the row above where that is the habit of the file', async () => {
      const others = ',,,S9,1,5';
      expect(await groupingOf(full.map((row, i) => (i % 2 === 1 ? others : row)))).toBe('order');
      expect(
        await groupingOf(full.map((row, i) => (i % 2 === 1 ? `${row.split(',')[0]},,,S9,1,5` : row))),
      ).toBe('order');
      expect(await groupingOf([full[0]!, others])).toBe('order');
    });

    it('is no habit where one date is blank: that row is at fault', async () => {
      expect(await groupingOf(changed(9, 'O4,,K4,S9,1,10.00'))).toBeUndefined();
      expect(await groupingOf(changed(8, 'O4,,K4,S8,1,10.00'))).toBeUndefined();
      expect(await groupingOf([full[0]!, ',,K7,S3,1,500'])).toBeUndefined();
    });

    it('refuses rows of nobody’s order, and keeps their money off the orders of others', async () => {
      const rows = changed(9, 'O4,,K4,S9,1,10.00');
      rows[15] = ',2025-05-20,K999,S3,1,8888.00';
      const { path, mapping } = await guessOf(HEADER + rows.join('\n'));
      const { facts, rejections } = await mapped(path, createRowMapper(mapping, OPTIONS));
      expect(rejections).toEqual(['no_date', 'no_order']);
      const lines = facts.filter((fact) => fact.kind === 'orderLine');
      expect(lines.reduce((sum, line) => sum + line.netCents, 0)).toBe(18_000);
    });
  });
});
