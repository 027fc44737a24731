import { hookCheck, hookMapping, HOOK_PRESETS as NAMES } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Delivered, factsOfMapped, mapDelivery, type Origin } from '../map-delivery.ts';
import { HOOK_PRESETS, sampleText } from './index.ts';

const RECEIVED = Date.parse('2026-06-01T04:00:00Z');
const delivered = (body: string, headers: Record<string, string> = {}): Delivered => ({
  id: 'd-1',
  receivedAt: RECEIVED,
  headers,
  query: {},
  body,
});
const ORIGIN: Origin = {
  ...{ source: 'src_1', protocol: 'custom', version: 1, topic: '', receivedAt: RECEIVED, currency: 'CNY' },
  lateDays: 400,
};
const HOME = { timeZone: 'Asia/Shanghai', currency: 'CNY' };

function mapped(name: keyof typeof HOOK_PRESETS, body?: unknown, headers?: Record<string, string>) {
  const preset = HOOK_PRESETS[name];
  const text =
    body === undefined ? sampleText(preset) : typeof body === 'string' ? body : JSON.stringify(body);
  return mapDelivery(preset.mapping, delivered(text, headers ?? preset.sample.headers), HOME);
}

describe('presets', () => {
  it.each(NAMES)('%s is a mapping as the contract has it, and reads its sender’s own sample', (name) => {
    const preset = HOOK_PRESETS[name];
    expect(hookMapping.parse(preset.mapping)).toEqual(preset.mapping);
    expect(hookCheck.parse(preset.check)).toEqual(preset.check);
    const { messages, fault, topic } = mapped(name);
    expect(fault).toBeNull();
    expect(topic).not.toBe('');
    expect(messages.length).toBeGreaterThan(0);
    // The shops of the samples sell in dollars.
    const currency = name === 'shopify' || name === 'woocommerce' ? 'USD' : 'CNY';
    for (const message of messages)
      expect(Array.isArray(factsOfMapped(message, { ...ORIGIN, currency }))).toBe(true);
    expect(new Set(messages.map((m) => m.messageId)).size).toBe(messages.length);
  });

  it('take the shop’s own money where the customer was shown and paid another', () => {
    const set = (shop: string, shown: string) => ({
      shop_money: { amount: shop, currency_code: 'CAD' },
      presentment_money: { amount: shown, currency_code: 'EUR' },
    });
    const of = (name: 'shopify' | 'woocommerce', body: object, topic: string, currency = 'CAD') => {
      const header = name === 'shopify' ? 'x-shopify-topic' : 'x-wc-webhook-topic';
      const { messages, fault } = mapped(name, body, { [header]: topic });
      expect(fault).toBeNull();
      const made = factsOfMapped(messages[0]!, { ...ORIGIN, currency });
      return Array.isArray(made)
        ? made.flatMap((fact) => (fact.kind === 'orderLine' ? [`${fact.netCents} ${fact.currency}`] : []))
        : made.reason;
    };
    const order = {
      id: 1,
      created_at: '2026-05-30T10:30:00-05:00',
      currency: 'EUR',
      total_price: '20.00',
      total_price_set: set('30.00', '20.00'),
      total_discounts: '0.00',
      total_discounts_set: set('3.00', '2.00'),
      line_items: [{ sku: 'M', price: '22.00', price_set: set('33.00', '22.00'), quantity: 1 }],
      customer: { id: 5 },
    };
    expect(of('shopify', order, 'orders/create')).toEqual(['3000 CAD']);
    expect(of('shopify', order, 'orders/create', 'EUR')).toBe('other_currency');
    const payment = { amount: '11.00', currency: 'EUR', kind: 'refund' };
    const line = { sku: 'M', price: '22.00', price_set: set('33.00', '22.00') };
    const refund = {
      id: 2,
      order_id: 1,
      created_at: '2026-05-31T10:00:00-05:00',
      transactions: [payment],
    };
    const ofLines = {
      ...refund,
      refund_line_items: [
        { quantity: 1, subtotal: '11.00', subtotal_set: set('16.50', '11.00'), line_item: line },
      ],
    };
    expect(of('shopify', ofLines, 'refunds/create')).toEqual(['-1650 CAD']);
    const adjusted = { amount_set: set('-15.00', '-10.00'), tax_amount_set: set('-1.50', '-1.00') };
    expect(of('shopify', { ...refund, order_adjustments: [adjusted] }, 'refunds/create')).toEqual([
      '-1650 CAD',
    ]);
    expect(of('shopify', refund, 'refunds/create')).toBe('other_currency');
    const woo = HOOK_PRESETS.woocommerce.sample.body as object;
    expect(of('woocommerce', { ...woo, currency: 'EUR' }, 'order.created')).toBe('other_currency');
  });

  it('keep the sign of an amount that is in another currency', () => {
    const value = { path: 'body.price', as: 'money' as const };
    const mapping = hookMapping.parse({
      rules: [
        {
          when: [],
          messages: [
            {
              type: 'track',
              event: { const: 'Order Completed' },
              messageId: { const: '1' },
              properties: { order_id: { const: 'o' }, total: value },
            },
          ],
        },
      ],
    });
    const told = (price: string) => {
      const { messages } = mapDelivery(mapping, delivered(JSON.stringify({ price })), HOME);
      const made = factsOfMapped(messages[0]!, ORIGIN);
      return Array.isArray(made) ? made.find((fact) => fact.kind === 'orderLine')?.netCents : made.reason;
    };
    expect(told('¥1,234.50')).toBe(123_450);
    expect(told('$7')).toBe('other_currency');
  });

  it('name what became of e-mail by the terms of the field', () => {
    const events = [
      'processed',
      'delivered',
      'bounce',
      'dropped',
      'deferred',
      'open',
      'click',
      'spamreport',
      'unsubscribe',
    ];
    const body = events.map((event, i) => ({
      event,
      email: 'a@example.com',
      timestamp: 1780200000,
      sg_event_id: `e${i}`,
    }));
    expect(
      mapped('sendgrid', body)
        .messages.map((m) => [m.messageId.split(':')[1], m.event])
        .sort(),
    ).toEqual([
      ['e1', 'Email Delivered'],
      ['e2', 'Email Bounced'],
      ['e3', 'Email Bounced'],
      ['e4', 'Email Deferred'],
      ['e5', 'Email Opened'],
      ['e6', 'Email Link Clicked'],
      ['e7', 'Email Marked as Spam'],
      ['e8', 'Unsubscribed'],
    ]);
    const failed = (severity: string) =>
      mapped('mailgun', {
        'event-data': {
          id: 'x',
          event: 'failed',
          severity,
          recipient: 'a@example.com',
          timestamp: 1780200000.5,
        },
      });
    expect([failed('permanent'), failed('temporary')].map((m) => m.messages.map((one) => one.event))).toEqual(
      [['Email Bounced'], ['Email Deferred']],
    );
    expect(failed('permanent').messages[0]!.timestamp).toBe('2026-05-31T04:00:00.500Z');
  });

  it('read SMS receipts in Beijing’s time, wherever the workspace is', () => {
    const tencent = HOOK_PRESETS['tencent-sms'];
    const { messages } = mapDelivery(tencent.mapping, delivered(sampleText(tencent)), {
      ...HOME,
      timeZone: 'America/New_York',
    });
    expect(messages).toMatchObject([
      {
        event: 'SMS Delivered',
        timestamp: '2026-05-31T00:03:04.000Z',
        identifiers: { phone: '+8613900000002' },
      },
    ]);
    const failure = [
      { ...(HOOK_PRESETS['aliyun-sms'].sample.body as object[])[0], success: false, err_code: 'MK:1008' },
    ];
    expect(mapped('aliyun-sms', failure).messages).toMatchObject([
      { event: 'SMS Failed', properties: { status: 'MK:1008' } },
    ]);
  });

  it('read surveys, mentions and spend', () => {
    expect(mapped('typeform').messages).toMatchObject([
      {
        event: 'Survey Answered',
        identifiers: { user: 'customer-1', email: 'laura@example.com' },
        properties: {
          score: 9,
          answers: [
            { answer: "It's cold right now!" },
            {},
            { answer: ['London', 'Sydney'] },
            { answer: 5 },
            { answer: true },
          ],
        },
      },
    ]);
    expect(mapped('survey-answers').messages[0]!.timestamp).toBe('2026-05-30T10:20:00.000Z');
    expect(mapped('social-mentions').messages[0]!.properties).toMatchObject({
      network: 'weibo',
      sentiment: 'positive',
      followers: 1200,
    });
    const [spend] = mapped('ad-spend').messages;
    expect(spend).toMatchObject({
      event: 'Ad Spend Reported',
      properties: { platform: 'douyin', spend: 1234.5, currency: 'CNY' },
    });
    // Spend is nobody's.
    expect(factsOfMapped(spend!, ORIGIN)).toMatchObject([{ kind: 'event', identifiers: [] }]);
  });

  it('tell the catalogue of products, by the ids that order lines have', () => {
    const body = {
      id: 788032119674,
      title: 'Spring tea',
      vendor: 'Hill',
      product_type: 'Tea',
      updated_at: '2026-05-30T10:00:00+08:00',
      image: { src: 'https://img.example/tea.jpg' },
      variants: [
        { id: 1, sku: 'TEA-50', title: '50 g', price: '39.90' },
        { id: 2, sku: null, title: '100 g', price: '69.00' },
      ],
    };
    const { messages } = mapped('shopify', body, { 'x-shopify-topic': 'products/update' });
    const facts = factsOfMapped(messages[0]!, ORIGIN) as {
      kind: string;
      productId?: string;
      hearsay?: boolean;
      priceCents?: number;
    }[];
    const own = facts.filter((fact) => fact.kind === 'product' && !fact.hearsay);
    expect(own).toMatchObject([
      { productId: 'TEA-50', name: 'Spring tea', brand: 'Hill', category: ['Tea'], priceCents: 3990 },
      { productId: '2', priceCents: 6900 },
    ]);
  });

  it('WooCommerce: guests have no account, cancelled orders come back, refunds once each', () => {
    const { sample } = HOOK_PRESETS.woocommerce;
    const told = (topic: string, change: object) =>
      mapped('woocommerce', { ...(sample.body as object), ...change }, { 'x-wc-webhook-topic': topic })
        .messages;
    expect(told('order.created', {})).toMatchObject([
      { event: 'Order Completed', identifiers: { email: 'john.doe@example.com' } },
    ]);
    expect(told('order.created', {})[0]!.identifiers.user).toBeUndefined();
    expect(told('order.created', { customer_id: 26 })[0]!.identifiers.user).toBe(26);
    expect(told('order.created', { status: 'pending' })).toEqual([]);
    expect(told('order.updated', { status: 'cancelled' }).map((m) => m.event)).toEqual(['Order Cancelled']);
    const refunds = [
      { id: 800, reason: '', total: '-10.00' },
      { id: 801, reason: 'late', total: '-2.00' },
    ];
    expect(told('order.updated', { refunds }).map((m) => m.event)).toEqual([
      'Order Updated',
      'Order Refunded',
      'Order Refunded',
    ]);
  });
});

describe('whatever is sent', () => {
  const anything = fc.jsonValue({ maxDepth: 6 });
  it('is messages or a fault, never a crash and never more than may be', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), anything, fc.string(), (name, value, text) => {
        for (const body of [JSON.stringify(value), text, JSON.stringify({ rows: value, body: value })]) {
          const { messages, fault } = mapped(name, body);
          expect(messages.length === 0 || fault === null).toBe(true);
          for (const message of messages) factsOfMapped(message, ORIGIN);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('made to take for ever takes no time', () => {
    const started = performance.now();
    const quotes = `{"a":1234567890123456789,"b":"${'\\"'.repeat(1_000_000)}`;
    expect(mapped('custom', quotes).fault).toMatchObject({ reason: 'malformed_json' });
    const rows = [
      { platform: 'x', day: '2026-05-01', spend: `${'a'.repeat(500_000)}1a`, clicks: 'a1'.repeat(200_000) },
    ];
    expect(mapped('ad-spend', { rows }).messages).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('a list that is far too long is a fault that says so', () => {
    const rows = Array.from({ length: 6000 }, (_, i) => ({
      platform: 'x',
      day: '2026-05-01',
      campaign: String(i),
    }));
    expect(mapped('ad-spend', { rows }).fault).toMatchObject({ reason: 'bad_mapping' });
  });

  it('reaches nothing of JavaScript’s own', () => {
    const { messages } = mapDelivery(
      {
        rules: [
          {
            when: [],
            messages: [
              {
                type: 'track',
                event: { const: 'Probe' },
                messageId: { const: '1' },
                properties: {
                  a: 'body.constructor.name',
                  b: 'body.__proto__',
                  c: 'body.list.length',
                  d: 'body.text.length',
                },
              },
            ],
          },
        ],
      },
      delivered('{"list":[1,2],"text":"abc"}'),
      HOME,
    );
    expect(messages[0]!.properties).toEqual({});
  });
});
