import type { EventFact, Fact, OrderLineFact, ProductFact, ReturnClaim, StoreFact } from '../facts.ts';
import { currencyNamed, foreignSign, otherCurrencyWords } from '../files/currency-sign.ts';
import { parseDecimal } from '../files/decimal.ts';
import { lineAmount, minorDigits, spreadCents, toMinor } from '../files/money.ts';
import type { Fault } from './call.ts';
import { brief, type Json, levelsOf, objectOf, textOf } from './json.ts';

/**
 * Segment's e-commerce events v2 (https://segment.com/docs/connections/spec/ecommerce/v2/) as order lines, products and
 * stores. `Order Completed` and `Order Updated` tell an order with all its lines; an `Order Refunded` that names
 * neither products nor an amount takes back what is left of it, and after an `Order Cancelled` it is no order. Every other
 * event of the spec tells of products in passing.
 */

/** Order lines, products and stores that an e-commerce event tells of. */
export function commerceFacts(event: EventFact, currency: string): Fact[] | Fault {
  const lines = orderTold(event, currency);
  if (!Array.isArray(lines)) return lines;
  if (lines.length === 0 && !TELLS_PRODUCTS.test(event.name)) return lines;
  return [...lines, ...hearsayStores(event), ...hearsayProducts(event, currency)];
}

/** Events of the spec that name products, and ours that do. */
const TELLS_PRODUCTS =
  /^(Products? |Product List |Cart |Checkout |Order |Payment Info |Coupon |Promotion |Wishlist |Shelf Label |Stock Level |Return Line )/;

function orderTold(event: EventFact, currency: string): Fact[] | Fault {
  const p = event.properties;
  switch (event.name) {
    case 'Order Completed':
      return orderFacts(event, currency, 'sale');
    case 'Order Updated':
      // Many tell of a new state only, which says nothing of the lines.
      return hasProducts(p) ? orderFacts(event, currency, 'sale') : [];
    case 'Order Refunded':
      return hasProducts(p) || amountOf(p) !== null
        ? orderFacts(event, currency, 'return')
        : restFact(event, { returnId: returnIdOf(event), of: 'rest' }, currency);
    case 'Order Cancelled':
      return restFact(event, { returnId: event.messageId, of: 'rest', isCancellation: true }, currency);
    default:
      return [];
  }
}

const hasProducts = (p: Json) => Array.isArray(p.products) && p.products.length > 0;
const amountOf = (p: Json) => p.revenue ?? p.total ?? p.value ?? null;
const orderIdOf = (p: Json) => textOf(p.order_id) ?? textOf(p.orderId);
const returnIdOf = ({ properties: p, messageId }: EventFact) =>
  textOf(p.refund_id) ?? textOf(p.refundId) ?? messageId;

function noOrderId({ name, properties }: EventFact): Fault {
  return {
    reason: 'no_order_id',
    detail: `"${name}" must have properties.order_id; it is ${brief(properties.order_id)}.`,
  };
}

const productIdOf = (product: Json) =>
  textOf(product.product_id) ?? textOf(product.productId) ?? textOf(product.sku);

/** Products that one event may tell of in passing, and how long their ids may be: anybody's browser may say so. */
const MOST_HEARD = 200;
const LONGEST_HEARD_ID = 200;

/** Products that an event names, as hearsay: what the catalogue knows already stays. */
function hearsayProducts({ messageId, properties: p }: EventFact, currency: string): ProductFact[] {
  const listed = Array.isArray(p.products) ? p.products.slice(0, MOST_HEARD) : [p];
  const told = new Map<string, ProductFact>();
  for (const one of listed) {
    const product = objectOf(one);
    const productId = productIdOf(product);
    if (productId === undefined || productId.length > LONGEST_HEARD_ID || told.has(productId)) continue;
    const price = homePrice(product.price, product.currency ?? p.currency, currency);
    told.set(productId, {
      kind: 'product',
      messageId,
      hearsay: true,
      productId,
      name: textOf(product.name),
      brand: textOf(product.brand),
      category: levelsOf(textOf(product.category)),
      priceCents: price !== null && price >= 0 && price <= MOST_CENTS ? price : undefined,
      imageUrl: textOf(product.image_url),
    });
  }
  return [...told.values()];
}

/** A price in minor units of the workspace's currency; null where it is none, or in another currency. */
export function homePrice(price: unknown, named: unknown, home: string): number | null {
  const currency = textOf(named);
  const isHome = currency === undefined || currencyNamed(currency, home) === 'home';
  return isHome && foreignSign(textOf(price) ?? '', home) === null ? minor(price, minorDigits(home)) : null;
}

/** Why an order is held for its currency; null where its amounts can be added to the workspace's. */
export function currencyFault(named: unknown, amounts: readonly unknown[], home: string): Fault | null {
  const currency = textOf(named);
  const found = currency === undefined ? 'home' : currencyNamed(currency, home);
  if (found === 'unknown')
    return {
      reason: 'bad_currency',
      detail: `properties.currency must be an ISO 4217 code; it is ${brief(named)}.`,
    };
  const other =
    found === 'other'
      ? currency!.toUpperCase()
      : amounts.map((amount) => foreignSign(textOf(amount) ?? '', home)).find((sign) => sign !== null);
  return other ? { reason: 'other_currency', detail: otherCurrencyWords(other, home) } : null;
}

/** The store that an event names, as hearsay. */
export function hearsayStores({ messageId, properties: p }: EventFact): StoreFact[] {
  const storeId = textOf(p.store_id) ?? textOf(p.storeId);
  if (storeId === undefined) return [];
  return [{ kind: 'store', messageId, hearsay: true, storeId, name: textOf(p.store_name) }];
}

/** Whatever is left of an order comes back. */
function restFact(event: EventFact, claim: ReturnClaim, currency: string): Fact[] | Fault {
  const p = event.properties;
  const orderId = orderIdOf(p);
  if (!orderId) return noOrderId(event);
  return [
    {
      kind: 'orderLine',
      messageId: event.messageId,
      orderId,
      lineId: claim.returnId,
      lineKind: 'return',
      claim,
      time: event.time,
      identifiers: event.identifiers,
      channel: textOf(p.channel) ?? event.channel ?? '',
      storeId: textOf(p.store_id) ?? textOf(p.storeId),
      productId: '',
      quantity: 0,
      unitPriceCents: 0,
      discountCents: 0,
      netCents: 0,
      currency,
    } satisfies OrderLineFact,
  ];
}

/** Lines that an order may have. */
const MOST_LINES = 2000;

/** More than this on one line is a fault of the sender, in minor units: sums of lines stay exact integers. */
const MOST_CENTS = 1e12;

interface WireLine {
  productId: string;
  quantity: number;
  grossCents: number;
  discountCents: number;
  priceCents: number;
  product: Json;
}

function orderFacts(event: EventFact, currency: string, lineKind: 'sale' | 'return'): Fact[] | Fault {
  const p = event.properties;
  const orderId = orderIdOf(p);
  if (!orderId) return noOrderId(event);
  const fault = orderCurrencyFault(p, currency);
  if (fault) return fault;
  const digits = minorDigits(currency);
  const lines = wireLines(p, digits);
  if (!Array.isArray(lines)) return lines;
  const spread = orderDiscounts(p, lines, digits);
  const { messageId } = event;
  const returnId = returnIdOf(event);
  const sign = lineKind === 'return' ? -1 : 1;
  const about: Partial<OrderLineFact> =
    lineKind === 'return'
      ? { claim: { returnId, of: 'amount' } }
      : {
          whole: true,
          toldAt: toldAtOf(event),
          ...(event.name === 'Order Updated' ? { isChange: true } : {}),
        };
  const seen = new Map<string, number>();
  const facts: Fact[] = [];
  for (const [i, line] of lines.entries()) {
    const occurrence = (seen.get(line.productId) ?? 0) + 1;
    seen.set(line.productId, occurrence);
    const discount = line.discountCents + spread[i]!;
    facts.push({
      kind: 'orderLine',
      messageId,
      orderId,
      lineId: `${lineKind === 'return' ? `${returnId}:` : ''}${line.productId}${occurrence > 1 ? `#${occurrence}` : ''}`,
      lineKind,
      ...about,
      time: event.time,
      identifiers: event.identifiers,
      channel: textOf(p.channel) ?? event.channel ?? '',
      storeId: textOf(p.store_id) ?? textOf(p.storeId),
      productId: line.productId,
      quantity: sign * line.quantity,
      unitPriceCents: line.priceCents,
      discountCents: sign * discount || 0,
      netCents: sign * (line.grossCents - discount) || 0,
      currency,
      couponCode: textOf(p.coupon) ?? textOf(line.product.coupon),
    } satisfies OrderLineFact);
  }
  return facts;
}

/** A moment that says its zone. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/i;

/** When an order was so: when it was changed last, where that is said, else when it was told. */
function toldAtOf({ properties: { updated_at: said }, time }: EventFact): number {
  const at = typeof said === 'string' && MOMENT.test(said) ? Date.parse(said) : Number.NaN;
  return Number.isFinite(at) ? at : time;
}

/** Why an order or one of its products is held for its currency. */
function orderCurrencyFault(p: Json, home: string): Fault | null {
  const products = Array.isArray(p.products) ? p.products.slice(0, MOST_LINES).map(objectOf) : [];
  const whole = currencyFault(p.currency, [amountOf(p), p.discount], home);
  if (whole) return whole;
  for (const { currency, price, discount } of products) {
    const fault = currencyFault(currency, [price, discount], home);
    if (fault) return fault;
  }
  return null;
}

/** Price times quantity as a row of a file has it, never through a float; undefined where one is no plain decimal. */
function grossOf(price: unknown, quantity: number, digits: number): number | undefined {
  const [unit, times] = [parseDecimal(String(price ?? 0)), parseDecimal(String(quantity))];
  return unit && times && lineAmount(times, unit, digits);
}

/** The products of an order; an order told without them is one line with its whole amount. */
function wireLines(p: Json, digits: number): WireLine[] | Fault {
  const products = Array.isArray(p.products) ? p.products : [];
  if (products.length > MOST_LINES)
    return {
      reason: 'too_many_lines',
      detail: `An order may have 2,000 lines; this has ${products.length}.`,
    };
  const lines: WireLine[] = [];
  for (const [i, entry] of products.entries()) {
    const product = objectOf(entry);
    const price = minor(product.price ?? 0, digits);
    const quantity =
      product.quantity === undefined || product.quantity === null ? 1 : Number(product.quantity);
    const discount = minor(product.discount ?? 0, digits);
    if (price === null || discount === null || !Number.isFinite(quantity) || quantity < 0 || price < 0)
      return {
        reason: 'bad_line',
        detail: `products[${i}] must have a price and a quantity that are not negative; it is ${brief(entry)}.`,
      };
    const roughly = Math.round(price * quantity);
    const gross = roughly > MOST_CENTS ? roughly : (grossOf(product.price, quantity, digits) ?? roughly);
    if (gross > MOST_CENTS || quantity > MOST_CENTS)
      return { reason: 'bad_line', detail: `products[${i}] is more than can be: ${brief(entry)}.` };
    lines.push({
      productId: productIdOf(product) ?? '',
      quantity,
      priceCents: price,
      grossCents: gross,
      discountCents: Math.min(Math.max(0, discount), gross),
      product,
    });
  }
  if (lines.length > 0) return lines;
  const whole = minor(amountOf(p), digits);
  if (whole === null)
    return {
      reason: 'no_amount',
      detail: 'An order needs "products", or a "revenue" or "total" that is a number.',
    };
  const size = Math.abs(whole);
  if (size > MOST_CENTS)
    return { reason: 'no_amount', detail: `The order's amount is more than can be: ${brief(whole)}.` };
  return [{ productId: '', quantity: 1, priceCents: size, grossCents: size, discountCents: 0, product: {} }];
}

/** The order's discount beyond what its lines already name, spread over the lines. */
function orderDiscounts(p: Json, lines: readonly WireLine[], digits: number): number[] {
  const named = lines.reduce((sum, l) => sum + l.discountCents, 0);
  const rest = lines.map((l) => l.grossCents - l.discountCents);
  const room = rest.reduce((a, b) => a + b, 0);
  const beyond = Math.min(room, Math.max(0, (minor(p.discount ?? 0, digits) ?? 0) - named));
  return spreadCents(beyond, rest);
}

/** An amount in minor units; null where it is no number. */
export function minor(value: unknown, digits: number): number | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const decimal = parseDecimal(String(value));
  if (!decimal) return null;
  const cents = toMinor(decimal, digits);
  return Number.isSafeInteger(cents) ? cents : null;
}
