import { ECOMMERCE_EVENTS } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { GA4 } from './ga4-vocabulary.ts';
import { SENSORS } from './sensors-vocabulary.ts';
import { propertiesNamed } from './vocabulary.ts';

describe('the words of other protocols', () => {
  it.each([GA4, SENSORS])(
    '$protocol: what speaks of goods and orders has a name of the spec',
    (vocabulary) => {
      const ofGoods = /^(Product|Products|Order|Cart|Checkout|Payment Info|Promotion|Wishlist) /;
      const named = Object.values(vocabulary.events).filter((name) => ofGoods.test(name));
      expect(named.length).toBeGreaterThan(10);
      expect(named.filter((name) => !(ECOMMERCE_EVENTS as readonly string[]).includes(name))).toEqual([]);
    },
  );

  it('never change what was sent', () => {
    const sent = {
      order_id: 'ours',
      订单号: 'theirs',
      commodity_id: 'p',
      total: null,
      实付金额: 5,
      products: 'none',
    };
    const named = propertiesNamed(SENSORS, sent);
    expect(named).toMatchObject({ ...sent, total: 5, product_id: 'p' });
    expect(sent).not.toHaveProperty('product_id');
  });

  it('find lists of products that are written as text', () => {
    const list = JSON.stringify([{ commodity_id: 'p-1', 商品数量: 2 }]);
    expect(propertiesNamed(SENSORS, { commodity_list: list }).products).toMatchObject([
      { product_id: 'p-1', quantity: 2 },
    ]);
    expect(propertiesNamed(SENSORS, { commodity_list: ['{"goods_id":"p-2"}', 'x'] }).products).toMatchObject([
      { product_id: 'p-2' },
    ]);
    expect(propertiesNamed(SENSORS, { commodity_list: '[' })).toEqual({ commodity_list: '[' });
  });
});
