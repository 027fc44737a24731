import { OF_A_STORE, STORE_EVENTS, type StoreEvent, type StoreEventName } from '@qianmian/contract';
import type { EventFact, Fact } from '../facts.ts';
import { minorDigits } from '../files/money.ts';
import type { Fault } from './call.ts';
import { currencyFault, hearsayStores, minor } from './commerce.ts';
import { brief } from './json.ts';

/** Whether an event of this name speaks of a store, so that nobody need be named. */
export function isOfAStore(name: string): boolean {
  return (OF_A_STORE as readonly string[]).includes(name.trim());
}

/** What events of shops with doors tell: stores, stock, lines that come back. Their properties are checked. */
export function storeFactsOf(event: EventFact, currency: string): Fact[] | Fault {
  if (!Object.hasOwn(STORE_EVENTS, event.name)) return [];
  const name = event.name as StoreEventName;
  const parsed = STORE_EVENTS[name].safeParse(event.properties);
  if (!parsed.success) return faultOf(event, parsed.error.issues);
  const facts: Fact[] = hearsayStores(event);
  if (name === 'Stock Level Reported')
    facts.push(stockFact(event, parsed.data as StoreEvent<'Stock Level Reported'>));
  if (name === 'Return Line Recorded') {
    const line = returnedLine(event, parsed.data as StoreEvent<'Return Line Recorded'>, currency);
    if ('reason' in line) return line;
    facts.push(line);
  }
  return facts;
}

function faultOf(
  { name, properties }: EventFact,
  issues: readonly { path: PropertyKey[]; message: string }[],
): Fault {
  const [first] = issues;
  const field = first?.path.map(String).join('.') ?? '';
  return {
    reason: 'bad_property',
    detail: `"${name}": properties.${field} ${first?.message}; it is ${brief(properties[field])}.`,
  };
}

function stockFact(event: EventFact, p: StoreEvent<'Stock Level Reported'>): Fact {
  return {
    kind: 'stock',
    messageId: event.messageId,
    time: event.time,
    storeId: p.store_id,
    productId: p.product_id,
    onHand: p.on_hand,
    reserved: p.reserved ?? 0,
    onOrder: p.on_order ?? 0,
  };
}

function returnedLine(
  event: EventFact,
  p: StoreEvent<'Return Line Recorded'>,
  currency: string,
): Fact | Fault {
  const fault = currencyFault(p.currency, [p.amount], currency);
  if (fault) return fault;
  const cents = minor(p.amount, minorDigits(currency));
  if (cents === null)
    return {
      reason: 'bad_property',
      detail: `properties.amount must be an amount; it is ${brief(p.amount)}.`,
    };
  return {
    kind: 'orderLine',
    messageId: event.messageId,
    orderId: p.order_id,
    lineId: `${p.return_id}:${p.product_id}`,
    lineKind: 'return',
    // Each line is told by itself: another one of the same return must not take its place.
    claim: { returnId: `${p.return_id}:${p.product_id}`, of: 'amount' },
    time: event.time,
    identifiers: event.identifiers,
    channel: event.channel || 'store',
    storeId: p.store_id,
    productId: p.product_id,
    quantity: -p.quantity || 0,
    unitPriceCents: p.quantity > 0 ? Math.round(cents / p.quantity) : cents,
    discountCents: 0,
    netCents: -cents || 0,
    currency,
  };
}
