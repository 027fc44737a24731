import { clip } from '../platform/text.ts';
import type {
  EventFact,
  Fact,
  Identifier,
  IdentifierType,
  OrderLineFact,
  PersonFact,
  TraitValue,
} from './facts.ts';
import { IDENTIFIER_TYPES } from './facts.ts';
import { parseDecimal } from './files/decimal.ts';
import { isCurrency, minorDigits, spreadCents, toMinor } from './files/money.ts';
import { isObject, storableJson, withDistinctPaths } from './storable.ts';

/**
 * The Segment wire format (https://segment.com/docs/connections/spec/) turned into facts: calls identify, track, page,
 * screen, group and alias; the e-commerce events v2 become order lines and products. `Order Completed` and
 * `Order Updated` tell an order with all its lines; `Order Cancelled` and an `Order Refunded` that names neither products
 * nor an amount take back what is left of it.
 */

type Json = Record<string, unknown>;

/** Why a message could not become facts. */
export interface Fault {
  reason: string;
  detail: string;
}

export interface WireContext {
  receivedAt: number;
  /** When the client sent the batch, by its own clock; corrects clocks that run wrong. */
  sentAt: number | null;
  /** Currency of the workspace, for events that name none. */
  currency: string;
  /** Ids for messages that come without one; given the message's place in the batch. */
  messageId: () => string;
}

const CALLS = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']);
const CALL_NAMES: Record<string, string> = {
  identify: 'Identify',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: 'Group',
  alias: 'Alias',
};
/** Earliest time that is believed; before it clocks are wrong, not old. */
const EARLIEST = Date.UTC(1990, 0, 1);
const FUTURE_TOLERANCE = 24 * 3_600_000;

/** Facts of one message, or why it has none. */
export function factsOfMessage(given: unknown, context: WireContext): Fact[] | Fault {
  const message = storableJson(given);
  if (!isObject(message)) return { reason: 'not_an_object', detail: 'A message must be a JSON object.' };
  const type = typeof message.type === 'string' ? message.type.toLowerCase() : '';
  if (!CALLS.has(type))
    return {
      reason: 'unknown_type',
      detail: `"type" must be one of ${[...CALLS].join(', ')}; it is ${brief(message.type)}.`,
    };
  const name = type === 'track' ? message.event : CALL_NAMES[type];
  if (typeof name !== 'string' || name.trim() === '')
    return {
      reason: 'no_event_name',
      detail: `A track call must have a non-empty "event"; it is ${brief(message.event)}.`,
    };
  const time = timeOf(message, context);
  if (typeof time !== 'number') return time;
  const channel = channelOf(message);
  const named = identifiersOf(message, type);
  // A till or a shop's tablet is nobody's own: what it calls anonymous is a receipt or a device everyone uses.
  const identifiers = channel === 'store' ? named.filter((i) => i.type !== 'anonymous') : named;
  if (named.length === 0)
    return {
      reason: 'no_identity',
      detail: 'A message needs a userId, an anonymousId or an external id; it has none.',
    };
  const facts: Fact[] = [];
  const messageId = outsideId(textOf(message.messageId) ?? context.messageId());
  const traits = traitsOf(message, type);
  if (type === 'identify' || Object.keys(traits).length > 0)
    facts.push({ kind: 'person', messageId, time, identifiers, traits } satisfies PersonFact);
  const event: EventFact = {
    kind: 'event',
    messageId,
    name: clip(name.trim(), 200),
    time,
    identifiers,
    channel,
    properties: withDistinctPaths(propertiesOf(message, type)),
    ...(type === 'alias' ? { samePerson: true } : {}),
  };
  if (type === 'track') {
    const extra = commerceFacts(event, context.currency);
    if (!Array.isArray(extra)) return extra;
    facts.push(...extra);
  }
  facts.push(event);
  return facts;
}

/** Ids of facts of our own begin like this. */
const OURS = /^(campaign|coupon-redeemed):/;

/** The id of a message from outside; one that looks like ours is kept apart, so that it cannot take its place. */
function outsideId(id: string): string {
  return OURS.test(id) ? `outside:${id}` : id;
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** Text of a string or number that is not empty. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > 1000 ? undefined : text;
}

function brief(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'missing', 80);
}

/** When it happened by our clock: the client's time stamp, moved by how far its clock is off. */
function timeOf(message: Json, context: WireContext): number | Fault {
  const given = message.originalTimestamp ?? message.timestamp;
  if (given === undefined || given === null) return context.receivedAt;
  const stamp = typeof given === 'number' ? given : Date.parse(String(given));
  if (!Number.isFinite(stamp))
    return { reason: 'bad_timestamp', detail: `"timestamp" must be ISO 8601; it is ${brief(given)}.` };
  const time = context.sentAt === null ? stamp : stamp + (context.receivedAt - context.sentAt);
  if (time < EARLIEST)
    return { reason: 'bad_timestamp', detail: `"timestamp" ${brief(given)} lies before 1990.` };
  return time > context.receivedAt + FUTURE_TOLERANCE ? context.receivedAt : time;
}

const EXTERNAL_TYPES: Record<string, IdentifierType> = {
  ...Object.fromEntries(IDENTIFIER_TYPES.map((t) => [t, t])),
  user_id: 'user',
  anonymous_id: 'anonymous',
  device_id: 'device',
  card: 'member_card',
};

function identifiersOf(message: Json, type: string): Identifier[] {
  const found: Identifier[] = [];
  const add = (kind: IdentifierType | undefined, value: unknown) => {
    const text = textOf(value);
    if (kind && text !== undefined) found.push({ type: kind, value: text });
  };
  const context = objectOf(message.context);
  const traits = type === 'group' ? {} : { ...objectOf(context.traits), ...objectOf(message.traits) };
  add('user', message.userId);
  add('anonymous', message.anonymousId);
  if (type === 'alias') {
    // What was called by the previous id was a login, or a visitor before there was one.
    add('user', message.previousId);
    add('anonymous', message.previousId);
  }
  for (const external of Array.isArray(context.externalIds) ? context.externalIds : []) {
    const e = objectOf(external);
    add(EXTERNAL_TYPES[String(e.type)], e.id);
  }
  add('device', objectOf(context.device).id);
  add('email', traits.email);
  add('phone', traits.phone);
  if (type === 'track') add('email', objectOf(message.properties).email);
  return found;
}

function channelOf(message: Json): string {
  const context = objectOf(message.context);
  const named =
    textOf(context.channel) ?? textOf(objectOf(message.properties).channel) ?? textOf(message.channel);
  if (named) return clip(named, 60);
  const library = String(objectOf(context.library).name ?? '');
  if (message.type === 'screen' || /ios|android|kotlin|swift/i.test(library)) return 'app';
  return message.type === 'page' || /analytics\.js|analytics-js|analytics-next/i.test(library)
    ? 'web'
    : 'server';
}

/** Traits as flat scalars: `address.city`; lists and nulls are left out. */
function traitsOf(message: Json, type: string): Record<string, TraitValue> {
  const flat: Record<string, TraitValue> = {};
  if (type === 'identify') flatten(objectOf(message.traits), '', flat, 0);
  else if (type !== 'group') flatten(objectOf(objectOf(message.context).traits), '', flat, 0);
  return flat;
}

function flatten(from: Json, prefix: string, into: Record<string, TraitValue>, depth: number): void {
  for (const [key, value] of Object.entries(from)) {
    const path = clip(`${prefix}${key}`, 200);
    if (typeof value === 'string') into[path] = clip(value, 4000);
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      into[path] = value;
    else if (isObject(value) && depth < 3) flatten(value, `${path}.`, into, depth + 1);
  }
}

function propertiesOf(message: Json, type: string): Json {
  const properties = { ...objectOf(message.properties) };
  if (type === 'page' || type === 'screen') {
    if (message.name !== undefined) properties.name ??= message.name;
    if (message.category !== undefined) properties.category ??= message.category;
    const page = objectOf(objectOf(message.context).page);
    for (const key of ['path', 'url', 'title', 'referrer'])
      if (page[key] !== undefined) properties[key] ??= page[key];
  }
  if (type === 'group') return { groupId: message.groupId, ...objectOf(message.traits) };
  const campaign = objectOf(objectOf(message.context).campaign);
  if (Object.keys(campaign).length > 0) properties.campaign ??= campaign;
  return properties;
}

/** Order lines and products that an e-commerce event tells of. */
function commerceFacts(event: EventFact, currency: string): Fact[] | Fault {
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
        : restFact(event, returnIdOf(event), currency);
    case 'Order Cancelled':
      return restFact(event, event.messageId, currency);
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

/** Whatever is left of an order comes back. */
function restFact(event: EventFact, returnId: string, currency: string): Fact[] | Fault {
  const p = event.properties;
  const orderId = orderIdOf(p);
  if (!orderId) return noOrderId(event);
  return [
    {
      kind: 'orderLine',
      messageId: event.messageId,
      orderId,
      lineId: returnId,
      lineKind: 'return',
      claim: { returnId, of: 'rest' },
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

function orderFacts(
  event: EventFact,
  workspaceCurrency: string,
  lineKind: 'sale' | 'return',
): Fact[] | Fault {
  const p = event.properties;
  const orderId = orderIdOf(p);
  if (!orderId) return noOrderId(event);
  const currency = (textOf(p.currency) ?? workspaceCurrency).toUpperCase();
  if (!isCurrency(currency))
    return {
      reason: 'bad_currency',
      detail: `properties.currency must be an ISO 4217 code; it is ${brief(p.currency)}.`,
    };
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
      : { whole: true, ...(event.name === 'Order Updated' ? { isChange: true } : {}) };
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
    const product = line.product;
    if (line.productId)
      facts.push({
        kind: 'product',
        messageId,
        hearsay: true,
        productId: line.productId,
        name: textOf(product.name),
        brand: textOf(product.brand),
        category: textOf(product.category)?.split(/\s*[>/]\s*/),
        priceCents: line.priceCents,
        imageUrl: textOf(product.image_url),
      });
  }
  return facts;
}

/** The products of an order; an order told without them is one line with its whole amount. */
function wireLines(p: Json, digits: number): WireLine[] | Fault {
  const products = Array.isArray(p.products) ? p.products : [];
  if (products.length > 2000)
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
    const gross = Math.round(price * quantity);
    if (gross > MOST_CENTS || quantity > MOST_CENTS)
      return { reason: 'bad_line', detail: `products[${i}] is more than can be: ${brief(entry)}.` };
    lines.push({
      productId: textOf(product.product_id) ?? textOf(product.productId) ?? textOf(product.sku) ?? '',
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

function minor(value: unknown, digits: number): number | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const decimal = parseDecimal(String(value));
  if (!decimal) return null;
  const cents = toMinor(decimal, digits);
  return Number.isSafeInteger(cents) ? cents : null;
}
