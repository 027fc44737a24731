import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyNamed, foreignSign } from './currency-sign.ts';
import { fileOf, mapped, mappedText, OPTIONS } from './fixtures.ts';
import { type Mapping, planImport } from './index.ts';
import { columns } from './presets/preset.ts';

describe('the sign of an amount', () => {
  it.each([
    ['$7', 'EUR', '$'],
    ['£7.00', 'EUR', '£'],
    ['7 €', 'CNY', '€'],
    ['(US$7.00)', 'CAD', 'US$'],
    ['-US$7', 'HKD', 'US$'],
    ['7.00 USD', 'EUR', 'USD'],
    ['AUD 7', 'USD', 'AUD'],
    ['100円', 'CNY', '円'],
    ['＄７', 'CNY', '$'],
    ['RMB 7', 'JPY', 'RMB'],
  ])('%s in a shop of %s is of another currency', (amount, home, sign) => {
    expect(foreignSign(amount, home)).toBe(sign);
  });

  it.each([
    ['$7', 'USD CAD AUD SGD HKD TWD MXN'],
    ['¥7', 'CNY JPY'],
    ['￥7.00', 'CNY JPY'],
    ['7元', 'CNY TWD HKD'],
    ['US$7', 'USD'],
    ['A$7', 'AUD'],
    ['NT$7', 'TWD'],
    ['£7', 'GBP'],
    ['RMB 7', 'CNY'],
    ['1,234.50', 'EUR JPY'],
    ["1'234.50", 'CHF'],
    ['4.4e-16', 'EUR'],
  ])('%s may be what a shop in %s counts in', (amount, homes) => {
    for (const home of homes.split(' ')) expect(foreignSign(amount, home)).toBeNull();
  });

  it('is that of its currency however it is written, and of no other where its code stands there', () => {
    const codes = ['CNY', 'JPY', 'USD', 'CAD', 'AUD', 'EUR', 'GBP', 'KRW', 'INR', 'TWD', 'HKD', 'SGD', 'BRL'];
    const one = fc.constantFrom(...codes);
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        one,
        one,
        fc.constantFrom('en', 'zh', 'en-AU'),
        fc.constantFrom('symbol' as const, 'narrowSymbol' as const),
        (amount, home, other, locale, currencyDisplay) => {
          const shown = (currency: string, as: 'symbol' | 'narrowSymbol' | 'code') =>
            new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: as }).format(
              amount,
            );
          expect(foreignSign(shown(home, currencyDisplay), home)).toBeNull();
          expect(foreignSign(shown(other, 'code'), home)).toBe(other === home ? null : other);
        },
      ),
    );
  });

  it('names a currency as files and clients do', () => {
    expect(currencyNamed('cny', 'CNY')).toBe('home');
    expect(currencyNamed('RMB', 'CNY')).toBe('home');
    expect(currencyNamed('人民币', 'CNY')).toBe('home');
    expect(currencyNamed('jpy', 'CNY')).toBe('other');
    expect(currencyNamed('XYZ', 'CNY')).toBe('unknown');
  });
});

describe('a file in several currencies', () => {
  const MAPPING: Mapping = {
    kind: 'orderLines',
    fields: columns({
      orderId: 'order',
      time: 'time',
      productId: 'sku',
      unitPrice: 'price',
      currency: 'currency',
    }),
  };
  const net = (facts: { kind: string; netCents?: number }[]) =>
    facts.filter((fact) => fact.kind === 'orderLine').map((fact) => fact.netCents);

  it('has the rows of the shop’s own taken and the others listed', async () => {
    const { facts, rejections } = await mappedText(
      `order,time,sku,price,currency
1,2024-03-05,T,10,EUR
2,2024-03-05,T,10,USD
3,2024-03-05,T,1000,jpy
4,2024-03-05,T,$7,
5,2024-03-05,T,£7,EUR
6,2024-03-05,T,€7,
7,2024-03-05,T,7,XYZ
`,
      MAPPING,
      { currency: 'EUR' },
    );
    expect(net(facts)).toEqual([1000, 700]);
    expect(rejections).toEqual([...Array.from({ length: 4 }, () => 'other_currency'), 'bad_currency']);
  });

  it('has every row that names none in the currency that was chosen for the file', async () => {
    const text = 'order,time,sku,price,currency\n1,2024-03-05,T,10,\n2,2024-03-05,T,10,EUR\n';
    const { facts, rejections } = await mappedText(text, MAPPING, { currency: 'EUR', fileCurrency: 'USD' });
    expect(net(facts)).toEqual([1000]);
    expect(rejections).toEqual(['other_currency']);
  });

  it('has an order turned away whole where its first row names another currency', async () => {
    const file = await fileOf(
      'Name,Created at,Financial Status,Currency,Subtotal,Lineitem name,Lineitem sku,Lineitem quantity,Lineitem price\n' +
        '#1,2024-03-05 10:00:00 +0000,paid,CAD,20.00,Mug,M,1,10.00\n' +
        '#1,,,,,Tea,T,1,10.00\n' +
        '#2,2024-03-05 10:00:00 +0000,paid,EUR,10.00,Mug,M,1,10.00\n',
    );
    const plan = await planImport([file], 'shopify-orders', { ...OPTIONS, currency: 'EUR' });
    const { facts, rejections } = await mapped(file, plan.files[0]!.mapper);
    expect(net(facts)).toEqual([1000]);
    expect(rejections).toEqual(['other_currency', 'other_currency']);
  });

  it('has no price of another currency in the catalogue', async () => {
    const mapping: Mapping = { kind: 'products', fields: columns({ productId: 'sku', price: 'price' }) };
    const { facts, rejections } = await mappedText('sku,price\nA,7\nB,$7\n', mapping, { currency: 'EUR' });
    expect(facts).toMatchObject([{ productId: 'A', priceCents: 700 }]);
    expect(rejections).toEqual(['other_currency']);
    const other = await mappedText('sku,price\nA,7\nB,\n', mapping, { currency: 'EUR', fileCurrency: 'USD' });
    expect(other.rejections).toEqual(['other_currency']);
  });
});
