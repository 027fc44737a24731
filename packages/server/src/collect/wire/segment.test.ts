import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventFact, Fact, OrderLineFact, PersonFact } from '../facts.ts';
import { factsOfMessage } from './segment.ts';

const RECEIVED = Date.parse('2026-06-01T00:00:00Z');
const context = { receivedAt: RECEIVED, sentAt: null, currency: 'CNY', messageId: () => 'made-up' };
const facts = (message: unknown, more: Partial<typeof context> & { sentAt?: number | null } = {}) => {
  const made = factsOfMessage(message, { ...context, ...more });
  if (!Array.isArray(made)) throw new Error(made.reason);
  return made;
};
const reason = (message: unknown) => (factsOfMessage(message, context) as { reason: string }).reason;
const event = (all: Fact[]) => all.find((f) => f.kind === 'event') as EventFact;
const lines = (all: Fact[]) => all.filter((f) => f.kind === 'orderLine') as OrderLineFact[];
const order = (properties: object, name = 'Order Completed') =>
  facts({
    type: 'track',
    event: name,
    messageId: 'm',
    userId: 'u',
    timestamp: '2026-05-31T12:00:00Z',
    properties,
  });

it('goods by weight cost what they cost in a file', () => {
  const cents = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(cents, fc.integer({ min: 1, max: 9_999 }), (price, tenths) => {
      const [line] = lines(
        order({ order_id: 'o', products: [{ product_id: 'p', price: price / 100, quantity: tenths / 10 }] }),
      );
      // Half a cent is a whole one.
      expect(line!.netCents).toBe(Math.floor((price * tenths + 5) / 10));
    }),
  );
});

describe('a Segment message', () => {
  it('names its person in every way the spec knows', () => {
    const made = facts({
      type: 'identify',
      userId: 7,
      anonymousId: 'a',
      traits: { email: 'a@b.c', phone: '138', address: { city: '上海' }, tags: ['x'], vip: true },
      context: {
        externalIds: [
          { id: 'C1', type: 'member_card' },
          { id: 'o1', type: 'openid' },
          { id: 'x', type: 'nonsense' },
        ],
        device: { id: 'd' },
      },
    });
    const person = made.find((f) => f.kind === 'person') as PersonFact;
    expect(person.identifiers).toEqual([
      { type: 'user', value: '7' },
      { type: 'anonymous', value: 'a' },
      { type: 'member_card', value: 'C1' },
      { type: 'openid', value: 'o1' },
      { type: 'device', value: 'd' },
      { type: 'email', value: 'a@b.c' },
      { type: 'phone', value: '138' },
    ]);
    expect(person.traits).toEqual({ email: 'a@b.c', phone: '138', 'address.city': '上海', vip: true });
  });

  it('keeps no e-mail address in the name of an event', () => {
    const nameOf = (event: string) =>
      facts({ type: 'track', userId: 'u', event }).find((f) => f.kind === 'event')!.name;
    expect(nameOf('Invited ann@shop.example, bob@shop.example')).toBe('Invited ***@*** ***@***');
    expect(nameOf('pii4@priv.example')).toBe('***@***');
    expect(nameOf('Sale @ 50%')).toBe('Sale @ 50%');
  });

  it('says a trait only in identify, wherever that puts it; elsewhere it comes along', () => {
    const traits = { emailConsent: true };
    const person = (message: object) =>
      facts({ userId: 'u', ...message }).find((f) => f.kind === 'person') as PersonFact;
    expect(person({ type: 'identify', traits })).toMatchObject({ traits });
    expect(person({ type: 'identify', traits }).inPassing).toBeUndefined();
    const inContext = person({
      type: 'identify',
      context: { traits: { emailConsent: false, city: 'York' } },
      traits,
    });
    expect(inContext.traits).toEqual({ emailConsent: true, city: 'York' });
    expect(inContext.inPassing).toBeUndefined();
    for (const call of [{ type: 'page' }, { type: 'screen' }, { type: 'track', event: 'x' }])
      expect(person({ ...call, context: { traits } })).toMatchObject({ traits, inPassing: true });
  });

  it('is dated by our clock when the client tells when it sent it', () => {
    const message = { type: 'page', userId: 'u', timestamp: '2026-05-31T10:00:00Z' };
    const anHourSlow = Date.parse('2026-05-31T23:00:00Z');
    expect(event(facts(message)).time).toBe(Date.parse('2026-05-31T10:00:00Z'));
    expect(event(facts(message, { sentAt: anHourSlow } as never)).time).toBe(
      Date.parse('2026-05-31T11:00:00Z'),
    );
    expect(event(facts({ ...message, timestamp: '2030-01-01T00:00:00Z' })).time).toBe(RECEIVED);
  });

  it('that makes no sense says why', () => {
    expect(reason('text')).toBe('not_an_object');
    expect(reason({ type: 'buy', userId: 'u' })).toBe('unknown_type');
    expect(reason({ type: 'track', userId: 'u' })).toBe('no_event_name');
    expect(reason({ type: 'page' })).toBe('no_identity');
    expect(reason({ type: 'page', userId: 'u', timestamp: 'yesterday' })).toBe('bad_timestamp');
    for (const day of ['2026-02-30T10:00:00Z', '2026-02-29', '2026-04-31 10:00', '2026-02-30T10:00:00+08:00'])
      expect(reason({ type: 'page', userId: 'u', timestamp: day })).toBe('bad_timestamp');
    expect(reason({ type: 'track', event: 'Order Completed', userId: 'u' })).toBe('no_order_id');
    expect(
      reason({ type: 'track', event: 'Order Completed', userId: 'u', properties: { order_id: 1 } }),
    ).toBe('no_amount');
    expect(
      reason({
        type: 'track',
        event: 'Order Completed',
        userId: 'u',
        properties: { order_id: 1, total: 5, currency: 'XYZ' },
      }),
    ).toBe('bad_currency');
    expect(
      reason({
        type: 'track',
        event: 'Order Completed',
        userId: 'u',
        properties: { order_id: 1, products: [{ price: -1 }] },
      }),
    ).toBe('bad_line');
  });

  it('from a till or a shop tablet is of nobody in particular', () => {
    const sale = {
      type: 'track',
      event: 'Order Completed',
      anonymousId: 'receipt-9',
      context: { channel: 'store' },
      properties: { order_id: 'o', total: 5 },
    };
    expect(lines(facts(sale))[0]).toMatchObject({ identifiers: [], netCents: 500, channel: 'store' });
  });
});

describe('an order', () => {
  it('becomes lines; the discount is spread so that the parts sum to the whole', () => {
    const made = lines(
      order({
        order_id: 'o1',
        discount: 10,
        coupon: 'WELCOME',
        products: [
          { product_id: 'A', price: 19.99, quantity: 2 },
          { product_id: 'B', price: '5.01' },
          { product_id: 'A', price: 19.99 },
        ],
      }),
    );
    expect(made.map((l) => l.lineId)).toEqual(['A', 'B', 'A#2']);
    expect(made.reduce((s, l) => s + l.netCents, 0)).toBe(2 * 1999 + 501 + 1999 - 1000);
    expect(made[0]).toMatchObject({
      couponCode: 'WELCOME',
      currency: 'CNY',
      quantity: 2,
      unitPriceCents: 1999,
    });
  });

  it('told without products is one line with its revenue', () => {
    expect(lines(order({ order_id: 'o', revenue: 12.3, total: 20 }))).toMatchObject([
      { productId: '', netCents: 1230 },
    ]);
  });

  it('taken back has negative lines of their own', () => {
    const made = lines(
      order(
        { order_id: 'o1', refund_id: 'r1', products: [{ product_id: 'A', price: 5, quantity: 1 }] },
        'Order Refunded',
      ),
    );
    expect(made).toMatchObject([{ lineKind: 'return', lineId: 'r1:A', netCents: -500, quantity: -1 }]);
  });

  it('is told with all its lines, by messages that say what it holds', () => {
    const products = [{ product_id: 'A', price: 5 }];
    expect(lines(order({ order_id: 'o', products }))).toMatchObject([{ whole: true, messageId: 'm' }]);
    const changed = lines(order({ order_id: 'o', products }, 'Order Updated'));
    expect(changed).toMatchObject([{ lineKind: 'sale', whole: true, isChange: true }]);
    expect(lines(order({ order_id: 'o', status: 'packed', total: 5 }, 'Order Updated'))).toEqual([]);
    expect(order({ status: 'packed' }, 'Order Updated')).toHaveLength(1);
  });

  it('cancelled, or refunded without a word on what, asks back whatever is left', () => {
    const rest = (event: string, properties: object) => lines(order({ order_id: 'o', ...properties }, event));
    const claim = { lineKind: 'return', netCents: 0, claim: { returnId: 'm', of: 'rest' } };
    expect(rest('Order Cancelled', { products: [{ product_id: 'A', price: 5 }], total: 5 })).toMatchObject([
      claim,
    ]);
    expect(rest('Order Refunded', {})).toMatchObject([claim]);
    expect(rest('Order Refunded', { refund_id: 'r' })).toMatchObject([{ claim: { returnId: 'r' } }]);
    expect(rest('Order Refunded', { total: 2 })).toMatchObject([{ netCents: -200, claim: { of: 'amount' } }]);
    expect(reason({ type: 'track', event: 'Order Cancelled', userId: 'u' })).toBe('no_order_id');
    expect(
      reason({
        type: 'track',
        event: 'Order Refunded',
        userId: 'u',
        properties: { order_id: 1, total: 'x' },
      }),
    ).toBe('no_amount');
  });

  it('in yen has no cents', () => {
    const message = { type: 'track', event: 'Order Completed', userId: 'u' };
    const properties = { order_id: 'o', currency: 'jpy', total: '¥1200' };
    const made = facts({ ...message, properties }, { currency: 'JPY' });
    expect(lines(made)[0]).toMatchObject({ netCents: 1200, currency: 'JPY' });
  });

  it.each([
    { currency: 'USD', total: 10 },
    { total: '$10' },
    { products: [{ product_id: 'A', price: '7 €' }] },
    { products: [{ product_id: 'A', price: 7, currency: 'USD' }] },
    { products: [{ product_id: 'A', price: 7 }], discount: '$1' },
  ])('in another currency is held: sums are of one (%j)', (told) => {
    const held = (event: string, more: object = {}) =>
      reason({ type: 'track', event, userId: 'u', properties: { order_id: 'o', ...told, ...more } });
    for (const event of ['Order Completed', 'Order Refunded']) expect(held(event)).toBe('other_currency');
    // Taking back what is left of an order names no amount.
    const cancelled = {
      type: 'track',
      event: 'Order Cancelled',
      userId: 'u',
      properties: { order_id: 'o', ...told },
    };
    expect(lines(facts(cancelled))).toHaveLength(1);
  });

  it('that comes back at a till in another currency is held as well', () => {
    const back = { order_id: 'o', return_id: 'r', store_id: 's', product_id: 'A', quantity: 1, amount: 5 };
    const told = (more: object) => ({
      type: 'track',
      event: 'Return Line Recorded',
      userId: 'u',
      properties: { ...back, ...more },
    });
    expect(reason(told({ currency: 'USD' }))).toBe('other_currency');
    expect(lines(facts(told({ currency: 'CNY' })))[0]).toMatchObject({ netCents: -500 });
  });

  it('never discounts more than a line costs, whatever is sent', () => {
    const money = fc.oneof(
      fc.integer({ min: 0, max: 1000 }),
      fc.double({ min: 0, max: 1000, noNaN: true }).map((d) => d.toFixed(2)),
    );
    const product = fc.record({
      product_id: fc.constantFrom('A', 'B', ''),
      price: money,
      quantity: fc.integer({ min: 0, max: 9 }),
      discount: money,
    });
    fc.assert(
      fc.property(fc.array(product, { minLength: 1, maxLength: 6 }), money, (products, discount) => {
        for (const l of lines(order({ order_id: 'o', products, discount }))) {
          expect(l.netCents).toBeGreaterThanOrEqual(0);
          expect(l.discountCents).toBeGreaterThanOrEqual(0);
          expect(l.netCents + l.discountCents).toBe(Math.round(l.unitPriceCents * l.quantity));
        }
      }),
    );
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({
            type: fc.constant('track'),
            event: fc.constant('Order Completed'),
            userId: fc.string(),
            properties: fc.anything(),
          }),
        ),
        (message) => {
          expect(factsOfMessage(message, context)).toBeDefined();
        },
      ),
    );
  });
});
