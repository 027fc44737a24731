import { beforeAll, describe, expect, it } from 'vitest';
import {
  createWorld,
  type DayBatch,
  type Fields,
  history,
  ONE_OFF_ID,
  type SimMessage,
  truthOf,
} from './index.ts';

const DAYS = 400;
const world = createWorld({ seed: 11, people: 1_000, days: DAYS });
let batches: DayBatch[];
let messages: SimMessage[];

function named(event: string): SimMessage[] {
  return messages.filter((message) => message.event === event);
}

function cents(value: unknown): number {
  return Math.round(Number(value) * 100);
}

beforeAll(() => {
  batches = [...history(world)];
  messages = batches.flatMap((batch) => batch.messages);
});

describe('a history', () => {
  it('is the same for the same seed and another for another', () => {
    const tell = (seed: number): string =>
      JSON.stringify([...history(createWorld({ seed, people: 150, days: 60 }))]);
    expect(tell(3)).toBe(tell(3));
    expect(tell(3)).not.toBe(tell(4));
  });

  it('has the volume and the look of a retailer', () => {
    const orders = named('Order Completed');
    const lines = orders.reduce((sum, order) => sum + (order.properties!.products as Fields[]).length, 0);
    const total = orders.reduce((sum, order) => sum + Number(order.properties!.total), 0);
    const yearsOfPeople = (world.options.people * DAYS) / 365;
    expect(orders.length / yearsOfPeople).toBeGreaterThan(2.4);
    expect(orders.length / yearsOfPeople).toBeLessThan(4.2);
    expect(lines / orders.length).toBeGreaterThan(2.1);
    expect(lines / orders.length).toBeLessThan(2.6);
    expect(total / orders.length).toBeGreaterThan(170);
    expect(total / orders.length).toBeLessThan(270);
    expect(named('Order Refunded').length / orders.length).toBeGreaterThan(0.035);
    expect(named('Order Refunded').length / orders.length).toBeLessThan(0.065);
    expect(messages.length / orders.length).toBeGreaterThan(4);
    expect(messages.length / orders.length).toBeLessThan(7);
  });

  it('calls a category and a city the same wherever it speaks of them', () => {
    const paths = new Map(world.products.map((p) => [p.productId, p.category]));
    expect(paths.get(world.products[0]!.productId)).toBe('Food/Dairy');
    for (const { properties } of named('Product Viewed'))
      expect(properties!.category).toBe(paths.get(properties!.product_id as string));
    const known = new Set(paths.values());
    const listed = named('Product List Viewed');
    expect(listed.length).toBeGreaterThan(20);
    for (const { properties } of listed) expect(known).toContain(properties!.category);
    const cities = new Set(world.stores.map(({ cityZh }) => cityZh));
    const told = messages.flatMap(({ traits }) => (traits?.address ? [(traits.address as Fields).city] : []));
    expect(told.length).toBeGreaterThan(100);
    for (const city of new Set(told)) expect(cities).toContain(city);
  });

  it('gives every message an id of its own and somebody to belong to', () => {
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length);
    expect(
      messages.every(({ userId, anonymousId }) => userId !== undefined || anonymousId !== undefined),
    ).toBe(true);
  });

  it('keeps messages in time order and inside their day', () => {
    batches.forEach((batch, day) => {
      const from = new Date(world.calendar.startMs(day)).toISOString();
      const to = new Date(world.calendar.startMs(day + 1)).toISOString();
      const times = batch.messages.map(({ timestamp }) => timestamp);
      expect(times).toEqual([...times].sort());
      expect(times.every((time) => time >= from && time < to)).toBe(true);
      expect(batch.people.length).toBe(times.length);
    });
  });

  it('adds every order up to the cent', () => {
    for (const { properties } of named('Order Completed')) {
      const products = properties!.products as Fields[];
      const goods = products.reduce((sum, line) => sum + cents(line.price) * Number(line.quantity), 0);
      const discount = products.reduce((sum, line) => sum + cents(line.discount), 0);
      expect(cents(properties!.discount)).toBe(discount);
      expect(cents(properties!.revenue)).toBe(goods - discount);
      expect(cents(properties!.total)).toBe(
        goods - discount + cents(properties!.shipping) + cents(properties!.tax),
      );
    }
    const ids = named('Order Completed').map(({ properties }) => properties!.order_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives back no more than was paid, for an order that was made', () => {
    const totals = new Map(
      named('Order Completed').map(({ properties: p }) => [p!.order_id, Number(p!.total)]),
    );
    for (const { properties } of named('Order Refunded')) {
      expect(Number(properties!.total)).toBeLessThanOrEqual(totals.get(properties!.order_id)!);
    }
  });

  it('uses only identifiers that the truth knows, mistyped ones marked', () => {
    const owners = truthOf(world).owners();
    let wrong = 0;
    const strangers: string[] = [];
    batches.forEach(({ messages: sent, people }) => {
      sent.forEach((message, i) => {
        for (const key of identifiersIn(message)) {
          const owner = owners.get(key);
          if (owner?.wrong) wrong++;
          else if (key.startsWith('anonymous_id:tablet-')) expect(owner).toBeDefined();
          else if (!owner?.people.includes(people[i]!)) strangers.push(key);
        }
      });
    });
    expect(strangers).toEqual([]);
    expect(wrong).toBeGreaterThan(5);
  });

  it('sells more at festivals and less at Spring Festival', () => {
    const ordersOn = (day: string): number =>
      batches.find((batch) => batch.day === day)!.messages.filter(({ event }) => event === 'Order Completed')
        .length;
    expect(ordersOn('2024-11-11')).toBeGreaterThan(2 * ordersOn('2024-11-20'));
    expect(ordersOn('2024-06-18')).toBeGreaterThan(1.5 * ordersOn('2024-06-25'));
    expect(ordersOn('2024-02-13')).toBeLessThan(ordersOn('2024-01-23'));
  });

  it('sells more of what is cut in price', () => {
    const lines = named('Order Completed').flatMap(({ properties }) => properties!.products as Fields[]);
    const cut = lines.filter((line) => Number(line.price) < Number(line.regular_price)).length / lines.length;
    expect(cut).toBeGreaterThan(0.13);
    expect(cut).toBeLessThan(0.25);
  });

  it('tells what reviews and complaints really say', () => {
    const truths = new Map(batches.flatMap(({ texts }) => texts).map((text) => [text.messageId, text]));
    const reviews = named('Product Reviewed');
    expect(reviews.length).toBeGreaterThan(50);
    for (const { messageId, properties } of reviews) {
      const rating = Number(properties!.rating);
      expect(truths.get(messageId)!.sentiment).toBe(rating > 3 ? 1 : rating < 3 ? -1 : 0);
    }
    expect(named('Complaint Opened').every(({ messageId }) => truths.get(messageId)!.sentiment === -1)).toBe(
      true,
    );
  });

  it('never sells what is not on the shelf', () => {
    const onHand = new Map<string, number>();
    for (const { stock } of batches) {
      for (const change of stock) onHand.set(`${change.storeId} ${change.productId}`, change.onHand);
      expect(stock.every((change) => change.onHand >= 0)).toBe(true);
    }
    expect([...onHand.values()].some((units) => units === 0)).toBe(true);
  });
});

function identifiersIn({ userId, anonymousId, context, traits, properties }: SimMessage): string[] {
  const external = (context.externalIds ?? []) as Fields[];
  const keys = external.map(({ type, id }) => `${type}:${id}`);
  if (userId !== undefined) keys.push(`user_id:${userId}`);
  if (anonymousId !== undefined && !ONE_OFF_ID.test(anonymousId)) keys.push(`anonymous_id:${anonymousId}`);
  const email = traits?.email ?? properties?.email;
  if (email !== undefined) keys.push(`email:${email}`);
  const phone = String(traits?.phone ?? '').replaceAll(' ', '');
  if (phone !== '') keys.push(`phone:${phone.startsWith('+') ? phone : `+86${phone}`}`);
  if (traits?.memberCard !== undefined) keys.push(`member_card:${traits.memberCard}`);
  return keys;
}
