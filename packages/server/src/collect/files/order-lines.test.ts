import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact, OrderLineFact } from '../facts.ts';
import { fileOf, mapped, mappedText, OPTIONS } from './fixtures.ts';
import { createRowMapper, type Mapping, noteText, parseMapping, planImport } from './index.ts';
import { columns, texts } from './presets/preset.ts';

const MAPPING: Mapping = {
  kind: 'orderLines',
  fields: columns({
    orderId: 'order',
    time: 'time',
    productId: 'sku',
    productName: 'name',
    quantity: 'qty',
    unitPrice: 'price',
    user: 'user',
    discount: 'off',
    status: 'status',
    storeName: 'store',
    phone: 'phone',
    email: 'email',
  }),
  traits: texts({ city: 'city' }),
};
const HEADER = 'order,time,sku,name,qty,price,user,off,status,store,phone,email,city\n';
const lines = (facts: Fact[]) => facts.filter((fact) => fact.kind === 'orderLine') as OrderLineFact[];
const codes = (notes: { code: string }[]) => notes.map((note) => note.code);

describe('order lines', () => {
  it('reads a line with all it says', async () => {
    const { facts, corrections } = await mappedText(
      `${HEADER}1,2024-03-05 10:00, T1 ,Tea,2,"1,000.50",u1,0.50,paid,Main St,138 0013 8000,Ann@Example.COM,Bath\n`,
      MAPPING,
      { currency: 'CNY', timeZone: 'Asia/Shanghai', country: 'CN' },
    );
    const identifiers = [
      { type: 'user', value: 'u1' },
      { type: 'phone', value: '+8613800138000' },
      { type: 'email', value: 'ann@example.com' },
    ];
    const time = Date.UTC(2024, 2, 5, 2);
    expect(facts).toEqual([
      { kind: 'store', storeId: 'Main St', name: 'Main St' },
      { kind: 'person', time, identifiers, traits: { city: 'Bath' } },
      {
        kind: 'orderLine',
        orderId: '1',
        lineId: 'T1',
        lineKind: 'sale',
        time,
        identifiers,
        channel: 'import',
        storeId: 'Main St',
        productId: 'T1',
        quantity: 2,
        unitPriceCents: 100050,
        discountCents: 50,
        netCents: 200050,
        currency: 'CNY',
      },
      { kind: 'product', productId: 'T1', name: 'Tea' },
    ]);
    expect(codes(corrections)).toEqual(['trimmed', 'phone_normalised', 'email_normalised']);
  });

  it.each([
    ['1,soon,T1,Tea,1,5,u,,,,,,', 'bad_date'],
    ['1,,T1,Tea,1,5,u,,,,,,', 'no_date'],
    ['1,2031-01-01,T1,Tea,1,5,u,,,,,,', 'date_in_future'],
    ['1,2024-01-01,T1,Tea,many,5,u,,,,,,', 'bad_quantity'],
    ['1,2024-01-01,T1,Tea,,5,u,,,,,,', 'no_quantity'],
    ['1,2024-01-01,T1,Tea,1,free,u,,,,,,', 'bad_price'],
    ['1,2024-01-01,T1,Tea,1,,u,,,,,,', 'no_amount'],
    ['1,2024-01-01,,,1,5,u,,,,,,', 'no_product'],
    [',2024-01-01,T1,Tea,1,5,u,,,,,,', 'no_order'],
    ['1,2024-01-01,T1,Tea,999999999999999,999999999,u,,,,,,', 'amount_too_large'],
    ['1,2024-01-01,T1,Tea,1', 'wrong_columns'],
  ])('turns away %s: %s', async (row, code) => {
    const { facts, rejections } = await mappedText(`${HEADER}${row}\n`, MAPPING);
    expect(rejections).toEqual([code]);
    expect(lines(facts)).toEqual([]);
  });

  it.each([
    ['1,2024-01-01,T1,Tea,0,5,u,,,,,,', 'quantity_zero', { quantity: 0, netCents: 0 }],
    [
      '1,2024-01-01,T1,Tea,-2,5,u,1,,,,,',
      'negative_quantity',
      { lineKind: 'return', quantity: -2, discountCents: -100, netCents: -900 },
    ],
    [
      '1,2024-01-01,T1,Tea,1,-5,u,,,,,,',
      'negative_amount',
      { lineKind: 'return', quantity: -1, unitPriceCents: 500, netCents: -500 },
    ],
    ['1,2024-01-01,T1,Tea,1,5,u,9,,,,,', 'discount_beyond_line', { discountCents: 500, netCents: 0 }],
    ['1,2024-01-01,T1,Tea,1,5,u,-1,,,,,', 'discount_sign', { discountCents: 100, netCents: 400 }],
    ['1,2024-01-01,T1,Tea,3,0.333,u,,,,,,', 'rounded', { unitPriceCents: 33, netCents: 100 }],
    ['1,2024-01-01,,Tea,1,5,u,,,,,,', 'product_id_from_name', { productId: 'Tea' }],
    ['1,2024-01-01,T1,Tea,1,5,,,,,,,', 'no_customer', { identifiers: [] }],
    [
      '1,2024-01-01,T1,Tea,1,5,u,,,,138****8000,,',
      'masked_value',
      { identifiers: [{ type: 'user', value: 'u' }] },
    ],
    ['1,2024-01-01,T1,Tea,1,5,u,,,,12,,', 'bad_phone', { identifiers: [{ type: 'user', value: 'u' }] }],
    ['1,2024-01-01,T1,Tea,1,5,u,,,,,nobody,', 'bad_email', {}],
    [
      '1,2024-01-01,T1,Tea,1,5,guest,,,,,a@b.co,',
      'placeholder_value',
      { identifiers: [{ type: 'email', value: 'a@b.co' }] },
    ],
    ['"=""0071""",2024-01-01,T1,Tea,1,5,u,,,,,,', 'excel_text_unwrapped', { orderId: '0071' }],
  ])('keeps %s, noted %s', async (row, code, line) => {
    const { facts, corrections, rejections } = await mappedText(`${HEADER}${row}\n`, MAPPING);
    expect(rejections).toEqual([]);
    expect(codes(corrections)).toContain(code);
    expect(lines(facts)[0]).toMatchObject(line);
  });

  it('believes what was paid over price and discount', async () => {
    const mapping: Mapping = {
      ...MAPPING,
      fields: { ...MAPPING.fields, ...columns({ net: 'city' }) },
      traits: undefined,
    };
    const { facts, corrections } = await mappedText(
      `${HEADER}1,2024-01-01,A,,2,5,u,1,,,,,9\n2,2024-01-01,B,,2,5,u,1,,,,,7\n3,2024-01-01,C,,2,5,u,,,,,,8\n`,
      mapping,
    );
    expect(lines(facts).map((line) => [line.discountCents, line.netCents])).toEqual([
      [100, 900],
      [300, 700],
      [200, 800],
    ]);
    expect(codes(corrections)).toEqual(['amounts_disagree']);
  });

  it('holds quantity x unit price - discount = net for every line of whole-cent prices', () => {
    const line = fc.tuple(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 0, max: 1e6 }),
    );
    fc.assert(
      fc.property(line, ([quantity, price, off]) => {
        const mapper = createRowMapper(MAPPING, OPTIONS);
        const values = {
          order: '1',
          time: '2024-01-01',
          sku: 'T',
          qty: quantity,
          price: price / 100,
          off: off / 100,
        };
        const [fact] = lines(mapper.map({ row: 1, values, raw: '' }).facts);
        expect(fact!.quantity * fact!.unitPriceCents === fact!.discountCents + fact!.netCents).toBe(true);
        expect(Math.abs(fact!.discountCents)).toBeLessThanOrEqual(
          Math.abs(fact!.quantity) * fact!.unitPriceCents,
        );
      }),
    );
  });

  it('names the product as most lines do', async () => {
    const names = ['Tee', 'Tea', 'Tea', '', 'Chai'];
    const rows = names.map((name, i) => `${i},2024-01-01,T1,${name},1,5,u,,,,,,`).join('\n');
    const { facts } = await mappedText(HEADER + rows, MAPPING);
    expect(facts.at(-1)).toEqual({ kind: 'product', productId: 'T1', name: 'Tea' });
  });
});

describe('line ids', () => {
  const idsOf = (facts: Fact[]) =>
    lines(facts)
      .map(({ orderId, lineId, netCents }) => `${orderId}/${lineId}=${netCents}`)
      .sort();
  const row = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 3 }),
  );
  const keep: Mapping = { ...MAPPING, duplicates: 'keep' };

  it('are the same for the same file again, and for its orders in another sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const text = (list: typeof rows) =>
          HEADER + list.map(([o, p, q]) => `${o},2024-01-01,P${p},x,${q},5,u,,,,,,`).join('\n');
        const first = idsOf((await mappedText(text(rows), keep)).facts);
        const byOrder = [...rows].sort((a, b) => b[0] - a[0]);
        expect(idsOf((await mappedText(text(rows), keep)).facts)).toEqual(first);
        expect(idsOf((await mappedText(text(byOrder), keep)).facts)).toEqual(first);
        expect(new Set(first.map((id) => id.split('=')[0])).size).toBe(rows.length);
      }),
      { numRuns: 30 },
    );
  });

  it('stay when a price is corrected, so that the line is replaced', async () => {
    const text = (price: number) => `${HEADER}1,2024-01-01,P,x,1,${price},u,,,,,,\n`;
    const ids = async (price: number) =>
      lines((await mappedText(text(price), MAPPING)).facts).map((line) => line.lineId);
    expect(await ids(5)).toEqual(await ids(6));
  });

  it("are the file's own where it has them; a second one is turned away", async () => {
    const mapping: Mapping = { ...MAPPING, fields: { ...MAPPING.fields, ...columns({ lineId: 'store' }) } };
    const { facts, rejections } = await mappedText(
      `${HEADER}1,2024-01-01,P,x,1,5,u,,,L1,,,\n1,2024-01-01,P,x,2,5,u,,,L1,,,\n`,
      mapping,
    );
    expect(lines(facts).map((line) => line.lineId)).toEqual(['L1']);
    expect(rejections).toEqual(['duplicate_line']);
  });

  it('turns exact duplicates away unless told to keep them', async () => {
    const twice = `${HEADER}${'1,2024-01-01,P,x,1,5,u,,,,,,\n'.repeat(2)}`;
    expect((await mappedText(twice, MAPPING)).rejections).toEqual(['duplicate_row']);
    expect(lines((await mappedText(twice, keep)).facts).map((line) => line.lineId)).toEqual(['P', 'P#2']);
  });
});

describe('whole orders', () => {
  const mapping: Mapping = {
    ...MAPPING,
    fields: {
      ...MAPPING.fields,
      ...columns({ discount: 'none', orderDiscount: 'off', orderRefund: 'city' }),
    },
    traits: undefined,
    orders: { grouping: 'order', unpaidStatuses: ['Pending'], refundedStatuses: ['refunded'] },
  };

  it('shares discount and refund over the lines, to the cent, for any order', async () => {
    const price = fc.integer({ min: 0, max: 99_999 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(price, { minLength: 1, maxLength: 8 }),
        price,
        price,
        async (prices, off, back) => {
          const rows = prices.map((cents, i) =>
            i === 0
              ? `7,2024-01-01,P0,x,1,${cents / 100},u,${off / 100},paid,,,,${back / 100}`
              : `,,P${i},x,1,${cents / 100},,,,,,,`,
          );
          const { facts } = await mappedText(HEADER + rows.join('\n'), mapping);
          const whole = prices.reduce((a, b) => a + b, 0);
          const sum = (list: OrderLineFact[], key: 'netCents' | 'discountCents') =>
            list.reduce((total, line) => total + line[key], 0);
          const sales = lines(facts).filter((line) => line.lineKind === 'sale');
          const returns = lines(facts).filter((line) => line.lineKind === 'return');
          const paid = whole - Math.min(off, whole);
          expect(sales.map((line) => line.orderId)).toEqual(prices.map(() => '7'));
          expect(sum(sales, 'netCents')).toBe(paid);
          expect(sum(sales, 'discountCents')).toBe(whole - paid);
          expect(sum(returns, 'netCents') + Math.min(back, paid)).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes no line whose date or customer is another than the order’s, nor what goes on with it', async () => {
    const { facts, rejections, corrections } = await mappedText(
      `${HEADER}X1,2024-01-01,A,x,1,10,C1,,paid,,,,
,2024-01-03,B,x,1,999,C2,,paid,,,,
,,C,x,1,7,,,,,,,
X2,2024-01-04,D,x,1,10,C4,,paid,,,,
,,E,x,1,500,C3,,,,,,
X3,2024-01-05,F,x,1,10,C5,,paid,,,,
,2024-01-05,G,x,1,5,C5,,,,,,
,,H,x,1,5,,,,,,,
`,
      mapping,
    );
    expect(lines(facts).map((line) => `${line.orderId} ${line.productId}`)).toEqual([
      'X1 A',
      'X2 D',
      'X3 F',
      'X3 G',
      'X3 H',
    ]);
    expect(rejections).toEqual(['no_order', 'no_order', 'no_order']);
    expect(corrections.filter(({ code }) => code === 'order_from_above')).toMatchObject([
      { to: 'X3' },
      { to: 'X3' },
    ]);
  });

  it('turns away all rows of an order that was not paid', async () => {
    const { facts, rejections } = await mappedText(
      `${HEADER}1,2024-01-01,A,x,1,5,u,,pending,,,,\n,,B,x,1,5,,,,,,,\n2,2024-01-01,C,x,1,5,u,,paid,,,,\n`,
      mapping,
    );
    expect(rejections).toEqual(['not_paid', 'not_paid']);
    expect(lines(facts).map((line) => line.productId)).toEqual(['C']);
  });

  it('says that an order is told with all its lines, unless some may be missing', async () => {
    const wholeLines = async (rows: string) =>
      lines((await mappedText(HEADER + rows, mapping)).facts).map((line) => line.whole === true);
    expect(await wholeLines('1,2024-01-01,A,x,1,5,u,,paid,,,,\n,,B,x,1,5,,,,,,,\n')).toEqual([true, true]);
    expect(await wholeLines('1,2024-01-01,A,x,1,5,u,,paid,,,,\n,,B,x,many,5,,,,,,,\n')).toEqual([false]);
    expect(await wholeLines('1,2024-01-01,A,x,1,5,u,,paid,,,,\n,,B,x,1\n')).toEqual([false]);
    const inPieces = ['1', '2', '1'].map((id, i) => `${id},2024-01-01,P${i},x,1,5,u,,paid,,,,\n`).join('');
    expect(await wholeLines(inPieces)).toEqual([true, true, false]);
    const refunded = await mappedText(`${HEADER}1,2024-01-01,A,x,2,5,u,1,Refunded,,,,\n`, mapping);
    expect(lines(refunded.facts).map((line) => line.whole)).toEqual([true, undefined]);
  });

  it('takes a refunded order back whole', async () => {
    const { facts, corrections } = await mappedText(
      `${HEADER}1,2024-01-01,A,x,2,5,u,1,Refunded,,,,\n`,
      mapping,
    );
    expect(lines(facts)[1]).toMatchObject({
      lineId: 'return:A',
      lineKind: 'return',
      quantity: -2,
      discountCents: -100,
      netCents: -900,
    });
    expect(corrections).toContainEqual(expect.objectContaining({ code: 'refund_time_unknown', row: 1 }));
  });
});

describe('a mapping', () => {
  it('says which field is wrong and what to do', () => {
    expect(() => parseMapping({ kind: 'orderLines', fields: { orderId: { columns: ['a'] } } })).toThrow(
      /fields\.time: "time" is needed for orderLines; choose the column.*fields\.productId: one of "productId", "productName"/,
    );
    expect(() => parseMapping({ kind: 'tables', fields: {} })).toThrow(/kind/);
    expect(() => parseMapping({ ...MAPPING, currency: 'EURO' })).toThrow(/ISO 4217/);
    expect(parseMapping(JSON.parse(JSON.stringify(MAPPING)))).toEqual(MAPPING);
  });

  it('is used for the files it fits', async () => {
    const [fits, other] = [fileOf(`${HEADER}1,2024-01-01,P,x,1,5,u,,,,,,\n`), fileOf('x,y\n1,2\n')];
    const plan = await planImport([fits, other], MAPPING, OPTIONS);
    expect(plan.files.map((file) => [file.path, file.role])).toEqual([[fits, 'orderLines']]);
    expect(plan.unused[0]!.why).toMatch(/looked for order/);
    expect(lines((await mapped(fits, plan.files[0]!.mapper)).facts).length).toBe(1);
  });
});

describe('what is said of a row', () => {
  it('names the value once, and an order of day and month only where there is one', () => {
    const mapper = createRowMapper(MAPPING, OPTIONS);
    const said = (told: Record<string, string>) => {
      const values = { order: '1', sku: 'A', price: '1', qty: '1', ...told };
      return noteText(mapper.map({ row: 1, raw: JSON.stringify(values), values }).rejection!);
    };
    expect(said({ time: '2024-13-45' })).toBe('"2024-13-45" is not a date; write it like 2026-05-31.');
    expect(said({ time: '25/13/2024' })).toContain('in MDY order');
    expect(said({ time: '2024-01-01', price: 'abc' })).toBe('"abc" is not a number; write it like 1234.50.');
    const note = { code: 'x', message: 'Left out.', from: 'abc' };
    expect(noteText(note)).toBe('Left out. ("abc")');
    expect(noteText({ ...note, to: 'ABC' })).toBe('Left out. (abc → ABC)');
  });
});

describe('numbers that a spreadsheet cut', () => {
  const ORDERS = {
    kind: 'orderLines',
    fields: columns({ orderId: 'order', time: 'time', productId: 'sku', unitPrice: 'price', phone: 'phone' }),
  } as const;
  const HEADER = 'order,time,sku,price,phone\n';

  it('are turned away: many orders, products or people have become one', async () => {
    const { facts, rejections } = await mappedText(
      `${HEADER}2.02605E+17,2024-01-01,A,5,
2.02605E+17,2024-01-02,B,5,
="202605011234567890",2024-01-03,A,5,
3,2024-01-04,6.90123E+12,5,
4,2024-01-05,A,5,1.38123E+10
5,2024-01-06,A,4.5E+00,13812345678
6,2024-01-07,1E5,5,
7,2024-01-08,1e+05,5,
3.4e+10,2024-01-09,A,5,
`,
      ORDERS,
    );
    expect(rejections).toEqual(Array.from({ length: 4 }, () => 'excel_number'));
    const kept = facts.flatMap((fact) => (fact.kind === 'orderLine' ? [fact.orderId] : []));
    expect(kept).toEqual(['202605011234567890', '5', '6', '7', '3.4e+10']);
  });

  it('say what to do, and name nobody in a list of customers', async () => {
    const mapper = createRowMapper(
      { kind: 'customers', fields: columns({ phone: 'phone', user: 'user' }) },
      OPTIONS,
    );
    const read = (phone: string | number, user: string | number) =>
      mapper.map({ row: 1, raw: `${phone},${user}`, values: { phone, user } }).rejection;
    expect(read('1.38123E+10', 'u1')).toMatchObject({
      code: 'excel_number',
      field: 'phone',
      message: expect.stringContaining('Format the column as text'),
    });
    // A workbook's own number of 18 digits has lost the last of them, too.
    expect(read('13812345678', Number('202605011234567890'))).toMatchObject({
      code: 'excel_number',
      field: 'user',
    });
    expect(read('13812345678', 20260501123456)).toBeUndefined();
  });
});
