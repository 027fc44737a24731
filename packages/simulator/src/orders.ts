import type { Line } from './basket.ts';
import type { Channel } from './demand.ts';
import { memberNumber } from './identifiers.ts';
import { decimal, type Fields } from './messages.ts';
import { hashText } from './rng.ts';
import type { World } from './world.ts';

/** A coupon as an order uses it. */
export interface Coupon {
  code: string;
  percent: number;
}

/** A completed order. Money in cents. */
export interface Order {
  orderId: string;
  person: number;
  channel: Channel;
  /** Index of the store; null for web, app and mini-program. */
  store: number | null;
  lines: Line[];
  coupon: Coupon | null;
  shippingCents: number;
}

const FREE_SHIPPING_CENTS = 9_900;
const SHIPPING_CENTS = 800;

/** What the goods cost before the coupon. */
export function goodsCents(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.unitCents * line.quantity, 0);
}

/** What the coupon takes off. */
export function discountCents(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.discountCents, 0);
}

/** Spreads a percentage over the lines so that the parts add up to it to the cent. */
function spreadDiscount(lines: readonly Line[], percent: number): void {
  let goods = 0;
  let given = 0;
  for (const line of lines) {
    goods += line.unitCents * line.quantity;
    const due = Math.floor((goods * percent) / 100);
    line.discountCents = due - given;
    given = due;
  }
}

const CHANNEL_LETTER: Readonly<Record<Channel, string>> = {
  web: 'W',
  app: 'A',
  mini_program: 'M',
  store: 'S',
};

/** An order number: channel, date, and a number that no other order of the day has. */
export function orderNumber(
  world: World,
  channel: Channel,
  person: number,
  day: number,
  extra: boolean,
): string {
  const { seed } = world.options;
  const number = (memberNumber(seed, person) * 9_999_991 + day * 7919) % 10_000_000;
  const date = world.calendar.season(day).iso.slice(2).replaceAll('-', '');
  return `${CHANNEL_LETTER[channel]}${date}${extra ? '9' : ''}${String(number).padStart(7, '0')}`;
}

/** Closes an order: coupon spread, shipping charged where goods are sent and cost little. */
export function closeOrder(order: Omit<Order, 'shippingCents'>): Order {
  if (order.coupon) spreadDiscount(order.lines, order.coupon.percent);
  const goods = goodsCents(order.lines) - discountCents(order.lines);
  const free = order.channel === 'store' || goods >= FREE_SHIPPING_CENTS;
  return { ...order, shippingCents: free ? 0 : SHIPPING_CENTS };
}

/** A product as messages show it. */
export function productFields(world: World, product: number): Fields {
  const { productId, nameZh, brand, category } = world.products[product]!;
  return { product_id: productId, sku: productId, name: nameZh, brand, category };
}

function lineFields(world: World, line: Line, coupon: Coupon | null): Fields {
  const fields = productFields(world, line.product);
  fields.price = decimal(line.unitCents);
  fields.regular_price = decimal(line.regularCents);
  fields.quantity = line.quantity;
  fields.discount = decimal(line.discountCents);
  if (coupon) fields.coupon = coupon.code;
  return fields;
}

/** The properties of 'Order Completed'. total = sum of price x quantity - discount + shipping + tax. */
export function orderFields(world: World, order: Order): Fields {
  const { lines, coupon, shippingCents } = order;
  const discount = discountCents(lines);
  const revenue = goodsCents(lines) - discount;
  const fields: Fields = {
    order_id: order.orderId,
    total: decimal(revenue + shippingCents),
    revenue: decimal(revenue),
    shipping: decimal(shippingCents),
    tax: 0,
    discount: decimal(discount),
    currency: world.options.currency,
    channel: order.channel,
    products: lines.map((line) => lineFields(world, line, coupon)),
  };
  if (coupon) fields.coupon = coupon.code;
  return order.store === null ? fields : Object.assign(fields, tillFields(world, order.store, order.orderId));
}

function tillFields(world: World, store: number, orderId: string): Fields {
  const { storeId } = world.stores[store]!;
  const number = hashText(world.options.seed, orderId);
  return {
    store_id: storeId,
    till_id: `${storeId}-T${1 + (number % 3)}`,
    associate_id: `${storeId}-E${1 + (number % 7)}`,
  };
}
