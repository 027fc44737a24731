import { describe, expect, it } from 'vitest';
import type { Fact, OrderLineFact } from '../../facts.ts';
import { emptyFolder, fileOf, mapped, OPTIONS, textCell, workbookOf } from '../fixtures.ts';
import { MappingSchema, PRESETS, type PresetName, planImport, presetNamed, sniffFile } from '../index.ts';

const lines = (facts: Fact[]) => facts.filter((fact) => fact.kind === 'orderLine') as OrderLineFact[];
const codes = (notes: { code: string }[]) => [...new Set(notes.map((note) => note.code))].sort();

async function imported(preset: PresetName, content: string | Uint8Array, options = OPTIONS) {
  const plan = await planImport([fileOf(content)], preset, options);
  return mapped(plan.files[0]!.path, plan.files[0]!.mapper);
}

describe('presets', () => {
  it('are valid mappings, as plain JSON', () => {
    for (const preset of Object.values(PRESETS)) {
      for (const { mapping } of preset.files)
        expect(MappingSchema.parse(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
    }
  });

  it('are listed when the name is wrong', () => {
    expect(() => presetNamed('shopfy')).toThrow(
      /"shopfy"; use one of complete-journey, online-retail, shopify-orders/,
    );
    expect(() => presetNamed('toString')).toThrow(/no preset/);
  });

  it('say when there is nothing they know', async () => {
    await expect(planImport([fileOf('x,y\n1,2\n')], 'shopify-orders', OPTIONS)).rejects.toMatchObject({
      code: 'collect.no_known_file',
      message: expect.stringContaining('(x, y)'),
    });
    await expect(planImport([emptyFolder()], 'online-retail', OPTIONS)).rejects.toMatchObject({
      code: 'collect.no_known_file',
    });
    await expect(planImport(['/nowhere'], 'online-retail', OPTIONS)).rejects.toMatchObject({
      code: 'collect.no_such_file',
    });
  });
});

describe('Shopify orders', () => {
  const header = [
    'Name',
    'Email',
    'Financial Status',
    'Paid at',
    'Fulfillment Status',
    'Currency',
    'Subtotal',
    'Shipping',
    'Taxes',
    'Total',
    'Discount Code',
    'Discount Amount',
    'Created at',
    'Lineitem quantity',
    'Lineitem name',
    'Lineitem price',
    'Lineitem sku',
    'Lineitem discount',
    'Billing Name',
    'Billing City',
    'Billing Country',
    'Billing Phone',
    'Cancelled at',
    'Refunded Amount',
    'Vendor',
    'Source',
  ];
  const row = (values: Record<string, string>) =>
    header.map((name) => `"${(values[name] ?? '').replaceAll('"', '""')}"`).join(',');
  const file = (...rows: Record<string, string>[]) => `${header.join(',')}\n${rows.map(row).join('\n')}\n`;
  const paid = {
    Email: 'Ann@Example.com',
    'Financial Status': 'paid',
    'Paid at': '2024-01-05 10:22:31 -0500',
    Currency: 'USD',
    'Created at': '2024-01-05 10:22:30 -0500',
    'Billing Name': 'Ann',
    'Billing City': 'Boston',
    'Billing Country': 'US',
    Source: 'web',
  };
  const item = (name: string, sku: string, quantity: string, price: string) => ({
    'Lineitem name': name,
    'Lineitem sku': sku,
    'Lineitem quantity': quantity,
    'Lineitem price': price,
    'Lineitem discount': '0.00',
  });

  it("gives every line its order's fields and a share of the order's discount", async () => {
    const { facts, corrections, rejections } = await imported(
      'shopify-orders',
      file(
        {
          Name: '#1001',
          ...paid,
          Subtotal: '27.00',
          Total: '32.00',
          'Discount Code': 'TEN',
          'Discount Amount': '3.00',
          ...item('Mug', 'M1', '2', '10.00'),
        },
        { Name: '#1001', ...item('Tea "Green", 100 g', 'T1', '1', '9.99') },
        { Name: '#1001', ...item('Bag', '', '1', '0.01') },
      ),
    );
    expect(rejections).toEqual([]);
    expect(
      lines(facts).map((line) => [
        line.orderId,
        line.lineId,
        line.discountCents,
        line.netCents,
        line.couponCode,
      ]),
    ).toEqual([
      ['#1001', 'M1', 200, 1800, 'TEN'],
      ['#1001', 'T1', 100, 899, 'TEN'],
      ['#1001', 'Bag', 0, 1, 'TEN'],
    ]);
    expect(
      lines(facts).every((line) => line.time === Date.UTC(2024, 0, 5, 15, 22, 31) && line.channel === 'web'),
    ).toBe(true);
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: 'person', traits: { name: 'Ann', city: 'Boston', country: 'US' } }),
    );
    expect(facts).toContainEqual({ kind: 'product', productId: 'T1', name: 'Tea "Green", 100 g' });
    expect(codes(corrections)).toEqual(['discount_spread', 'email_normalised', 'product_id_from_name']);
  });

  it('believes the subtotal where the discount covers shipping or repeats the lines', async () => {
    const order = (name: string, more: Record<string, string>) => ({
      Name: name,
      ...paid,
      ...item('Mug', name, '1', '10.00'),
      ...more,
    });
    const { facts, corrections } = await imported(
      'shopify-orders',
      file(
        order('#1', { Subtotal: '10.00', 'Discount Amount': '5.00' }),
        order('#2', { Subtotal: '8.00', 'Discount Amount': '2.00', 'Lineitem discount': '2.00' }),
      ),
    );
    expect(lines(facts).map((line) => [line.discountCents, line.netCents])).toEqual([
      [0, 1000],
      [200, 800],
    ]);
    expect(corrections.filter((note) => note.code === 'amounts_disagree').map((note) => note.row)).toEqual([
      1,
    ]);
  });

  it('turns refunds into returns and leaves unpaid orders out', async () => {
    const { facts, corrections, rejections } = await imported(
      'shopify-orders',
      file(
        {
          Name: '#1',
          ...paid,
          Subtotal: '30.00',
          'Refunded Amount': '9.00',
          'Financial Status': 'partially_refunded',
          ...item('Mug', 'A', '1', '10.00'),
        },
        { Name: '#1', ...item('Tea', 'B', '1', '20.00') },
        {
          Name: '#2',
          ...paid,
          Subtotal: '5.00',
          'Refunded Amount': '9.95',
          'Financial Status': 'refunded',
          'Cancelled at': '2024-01-09 00:00:00 +0000',
          ...item('Cup', 'C', '1', '5.00'),
        },
        {
          Name: '#3',
          ...paid,
          'Financial Status': 'voided',
          'Paid at': '',
          ...item('Cup', 'C', '1', '5.00'),
        },
        { Name: '#3', ...item('Mug', 'A', '1', '10.00') },
      ),
    );
    const returns = lines(facts).filter((line) => line.lineKind === 'return');
    expect(returns.map((line) => [line.orderId, line.lineId, line.quantity, line.netCents])).toEqual([
      ['#1', 'return:A', 0, -300],
      ['#1', 'return:B', 0, -600],
      ['#2', 'return:C', -1, -500],
    ]);
    expect(returns[2]!.time).toBe(Date.UTC(2024, 0, 9));
    expect(rejections).toEqual(['not_paid', 'not_paid']);
    expect(codes(corrections)).toEqual(['email_normalised', 'refund_beyond_goods', 'refund_time_unknown']);
  });
});

describe('WooCommerce orders', () => {
  it('reads one row a line', async () => {
    const { facts, rejections } = await imported(
      'woocommerce-orders',
      [
        'Order Number,Order Status,Order Date,Email (Billing),Phone (Billing),City (Billing),Coupon Code,Order Refund Amount,SKU,Item Name,Quantity (- Refund),Item Cost,Order Line Total',
        '501,Completed,2024-01-05 10:00,ann@x.co,(212) 555-0123,Boston,TEN,0,M1,Mug,2,10.00,18.00',
        '501,Completed,2024-01-05 10:00,ann@x.co,(212) 555-0123,Boston,TEN,0,T1,Tea,1,5.00,4.50',
        '502,Failed,2024-01-05 11:00,bob@x.co,,,,0,M1,Mug,1,10.00,10.00',
      ].join('\n'),
    );
    expect(
      lines(facts).map((line) => [line.lineId, line.unitPriceCents, line.discountCents, line.netCents]),
    ).toEqual([
      ['M1', 1000, 200, 1800],
      ['T1', 500, 50, 450],
    ]);
    expect(lines(facts)[0]!.identifiers).toEqual([
      { type: 'phone', value: '+12125550123' },
      { type: 'email', value: 'ann@x.co' },
    ]);
    expect(rejections).toEqual(['not_paid']);
  });

  it('reads one row an order, its items in columns or in one cell', async () => {
    const items = [
      'name:Mug: large|product_id:19|sku:M1|quantity:2|total:18.00|sub_total:20.00',
      'name:Tea|product_id:20|sku:|quantity:1|total:4.50',
    ];
    const first = await imported(
      'woocommerce-orders',
      `order_id,order_date,status,customer_email,line_item_1,line_item_2\n501,2024-01-05 10:00,completed,ann@x.co,${items[0]},${items[1]}\n502,2024-01-06 10:00,completed,bob@x.co,${items[1]},\n`,
    );
    const second = await imported(
      'woocommerce-orders',
      `order_number;date;status;billing_email;line_items\n501;2024-01-05 10:00;completed;ann@x.co;"id:7|${items[0]};id:8|${items[1]}"\n`,
    );
    const amounts = (facts: Fact[]) =>
      lines(facts).map((line) => [line.orderId, line.productId, line.quantity, line.netCents]);
    expect(amounts(first.facts)).toEqual([
      ['501', 'M1', 2, 1800],
      ['501', '20', 1, 450],
      ['502', '20', 1, 450],
    ]);
    expect(amounts(second.facts)).toEqual([
      ['501', 'M1', 2, 1800],
      ['501', '20', 1, 450],
    ]);
    expect(lines(second.facts).map((line) => line.lineId)).toEqual(['7', '8']);
    expect(first.facts).toContainEqual({ kind: 'product', productId: 'M1', name: 'Mug: large' });
  });
});

describe('Chinese shops', () => {
  const zone = { ...OPTIONS, timeZone: 'Asia/Shanghai', currency: 'CNY', country: 'CN' };

  it('reads a GBK order file', async () => {
    const bytes = Buffer.from(GBK_FILE, 'base64');
    const path = fileOf(bytes);
    expect(await sniffFile(path)).toMatchObject({
      encoding: 'gb18030',
      headers: expect.arrayContaining(['订单号', '实付金额']),
    });
    const { facts, corrections, rejections } = await imported('chinese-shop', bytes, zone);
    expect(lines(facts)).toEqual([
      expect.objectContaining({
        orderId: '2024010500001',
        time: Date.UTC(2024, 0, 5, 2),
        storeId: '一店',
        channel: 'mini_program',
        productId: 'T001',
        quantity: 2,
        unitPriceCents: 123450,
        discountCents: 10000,
        netCents: 236900,
        currency: 'CNY',
        identifiers: [
          { type: 'member_card', value: 'VIP8' },
          { type: 'phone', value: '+8613800138000' },
        ],
      }),
      expect.objectContaining({
        orderId: '2024010500001',
        productId: 'C002',
        netCents: 1000,
        storeId: '一店',
      }),
    ]);
    expect(facts).toContainEqual({ kind: 'product', productId: 'T001', name: '龙井茶' });
    expect(rejections).toEqual(['not_paid']);
    expect(codes(corrections)).toEqual(['excel_text_unwrapped', 'phone_normalised', 'trimmed']);
  });

  it('reads a workbook whose orders are merged cells, with products and members beside it', async () => {
    const orders = fileOf(
      workbookOf([
        ['订单编号', '付款时间', '商品名称', '商品编码', '数量', '单价', '订单优惠', '手机号'].map(
          (name, i) => textCell(`${'ABCDEFGH'[i]}1`, name),
        ),
        [
          textCell('A2', 'E1'),
          '<c r="B2" s="1"><v>45356.5</v></c>',
          textCell('C2', '茶'),
          textCell('D2', 'T1'),
          '<c r="E2"><v>1</v></c>',
          '<c r="F2"><f>10*2</f><v>20</v></c>',
          '<c r="G2"><v>3</v></c>',
          '<c r="H2"><v>13800138000</v></c>',
        ],
        [textCell('C3', '杯'), textCell('D3', 'C1'), '<c r="E3"><v>2</v></c>', '<c r="F3"><v>5</v></c>'],
      ]),
    );
    const products = fileOf('商品编码,商品名称,类目,零售价\nT1,茶,饮料,20\n');
    const members = fileOf('会员卡号,手机号,性别,生日\nVIP8,138****8000,女,1990年3月5日\n');
    const plan = await planImport([orders, members, products], 'chinese-shop', zone);
    expect(plan.files.map((file) => file.role)).toEqual(['products', 'members', 'orders']);
    const read = await mapped(orders, plan.files[2]!.mapper);
    expect(
      lines(read.facts).map((line) => [line.orderId, line.productId, line.discountCents, line.netCents]),
    ).toEqual([
      ['E1', 'T1', 200, 1800],
      ['E1', 'C1', 100, 900],
    ]);
    expect(lines(read.facts)[1]).toMatchObject({
      time: Date.UTC(2024, 2, 5, 4),
      identifiers: [{ type: 'phone', value: '+8613800138000' }],
    });
    expect(codes(read.corrections)).toContain('formula_value');
    const member = await mapped(members, plan.files[1]!.mapper);
    expect(member.facts).toMatchObject([
      {
        identifiers: [{ type: 'member_card', value: 'VIP8' }],
        traits: { gender: '女', birthday: '1990-03-05' },
      },
    ]);
    expect(codes(member.corrections)).toEqual(['masked_value']);
  });
});

/** Node writes no GBK. Three rows of orders, as Python encodes them. */
const GBK_FILE =
  'tqm1pbrFLLaptaXXtMysLM/CtaXKsbzkLMnMxrex4MLrLMnMxrfD+7PGLMr9wb8staW82yzTxbvdvfC27izKtbi2vfC27iy74dSxv6i6xSzK1rv6usUsw8W16izH/rXACiI9IiIyMDI0MDEwNTAwMDAxIiIiLL270tezybmmLDIwMjQvMS81IDEwOjAwLFQwMDEswfq+rrLoICwyLCKjpDEsMjM0LjUwIiwxMDAuMDAsIjIsMzY5LjAwIixWSVA4LDEzODAwMTM4MDAwLNK7teos0KGzzNDyCiI9IiIyMDI0MDEwNTAwMDAxIiIiLL270tezybmmLDIwMjQvMS81IDEwOjAwLEMwMDIssuixrSwxLDEwLjAwLDAsMTAuMDAsVklQOCwxMzgwMDEzODAwMCzSu7XqLNChs8zQ8goiPSIiMjAyNDAxMDUwMDAwMiIiIiy1yLT9wvK80ri2v+4sMjAyNC8xLzUgMTE6MDAsQzAwMiyy6LGtLDEsMTAuMDAsMCwxMC4wMCwsMTM5MDAxMzkwMDAs0ru16izQobPM0PIK';
