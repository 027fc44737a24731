import { describe, expect, it } from 'vitest';
import { mappedText, OPTIONS } from './fixtures.ts';
import { columns, texts } from './presets/preset.ts';

describe('products, stores, customers, events', () => {
  it('reads products', async () => {
    const { facts, rejections } = await mappedText(
      'sku,name,dept,sub,price,size\nA,Tea,Food,,2.50,1 kg\n,x,,,,\nB,y,,,-1,\n',
      {
        kind: 'products',
        fields: columns({ productId: 'sku', productName: 'name', category: ['dept', 'sub'], price: 'price' }),
        attributes: { size: { column: 'size', type: 'text' } },
      },
    );
    expect(facts).toEqual([
      {
        kind: 'product',
        productId: 'A',
        name: 'Tea',
        category: ['Food'],
        priceCents: 250,
        attributes: { size: '1 kg' },
      },
    ]);
    expect(rejections).toEqual(['no_product', 'bad_price']);
  });

  it('reads stores and leaves impossible places out', async () => {
    const { facts, corrections } = await mappedText(
      'id,name,lat,lng,zone\n1,Bund,31.24,121.49,Asia/Shanghai\n2,Moon,991,0,\n',
      {
        kind: 'stores',
        fields: columns({
          storeId: 'id',
          storeName: 'name',
          latitude: 'lat',
          longitude: 'lng',
          storeTimeZone: 'zone',
        }),
      },
    );
    expect(facts).toEqual([
      {
        kind: 'store',
        storeId: '1',
        name: 'Bund',
        timeZone: 'Asia/Shanghai',
        latitude: 31.24,
        longitude: 121.49,
      },
      { kind: 'store', storeId: '2', name: 'Moon', longitude: 0 },
    ]);
    expect(corrections).toMatchObject([{ code: 'value_left_out', field: 'latitude' }]);
  });

  it('reads customers with typed traits; missing is missing', async () => {
    const { facts, corrections, rejections } = await mappedText(
      'id,born,vip,points,age\n1,1990年3月5日,是,12.5,NA\n2,soon,maybe,x,45-54\nNA,,,,\n',
      {
        kind: 'customers',
        fields: columns({ user: 'id' }),
        traits: {
          birthday: { column: 'born', type: 'date' },
          vip: { column: 'vip', type: 'boolean' },
          points: { column: 'points', type: 'number' },
          age: { column: 'age', type: 'text' },
        },
        missing: ['NA'],
      },
    );
    expect(facts).toEqual([
      {
        kind: 'person',
        time: OPTIONS.now,
        identifiers: [{ type: 'user', value: '1' }],
        traits: { birthday: '1990-03-05', vip: true, points: 12.5 },
      },
      {
        kind: 'person',
        time: OPTIONS.now,
        identifiers: [{ type: 'user', value: '2' }],
        traits: { age: '45-54' },
      },
    ]);
    expect(corrections.map((note) => note.code)).toEqual([
      'value_left_out',
      'value_left_out',
      'value_left_out',
    ]);
    expect(rejections).toEqual(['no_customer']);
  });

  it('gives events ids that depend on nothing but what happened', async () => {
    const mapping = {
      kind: 'events' as const,
      fields: columns({ time: 'at', user: 'who' }),
      constants: { eventName: 'Coupon Redeemed' },
      properties: texts({ coupon: 'code' }),
    };
    const one = await mappedText('at,who,code\n2024-01-01,u1,A\n2024-01-01,u1,B\n2024-01-01,u1,A\n', mapping);
    const other = await mappedText('who,code,at\nu1,B,2024-01-01\nu1,A,2024-01-01\n', mapping);
    const ids = ({ facts }: typeof one) =>
      facts.map((fact) => (fact.kind === 'event' ? fact.messageId : '')).sort();
    expect(ids(one)).toEqual(ids(other));
    expect(new Set(ids(one)).size).toBe(2);
    expect(one.rejections).toEqual(['duplicate_row']);
    expect(one.facts[0]).toMatchObject({
      name: 'Coupon Redeemed',
      properties: { coupon: 'A' },
      time: Date.UTC(2024, 0, 1),
    });
  });
});
