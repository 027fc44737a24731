import { IDENTIFIER_TYPES, type IdentifierType } from '@qianmian/contract';
import type { PhoneFrom } from './phone.ts';

/**
 * What the outside world tells us, in one shape, whichever door it came through: a Segment call, a file row, a
 * webhook. The pipeline turns facts into warehouse rows; readers and mappings only produce facts.
 * Money is integer minor units of `currency`; times are milliseconds since the epoch, UTC.
 */

export { IDENTIFIER_TYPES, type IdentifierType };

/** One typed, normalised identifier: `{ type: 'email', value: 'ann@example.com' }`. */
export interface Identifier {
  type: IdentifierType;
  value: string;
  /** Of a phone number as it was written: what was told of where its owner is. */
  from?: PhoneFrom;
}

/** The source that facts of our own come from: they repeat what is known of a person, and tell nothing new of who it is. */
export const OUR_SOURCE = 'qianmian';

export type TraitValue = string | number | boolean;

/**
 * A fact read from a message. Told again under the same id, a message says nothing new and all its facts are left out.
 * The message's event is the last of its facts.
 */
interface FromMessage {
  messageId?: string;
  /** When its own delivery was received, where it is stored together with others. */
  receivedAt?: number;
}

/** A product as the catalogue should know it; absent fields keep what was known. */
export interface ProductFact extends FromMessage {
  kind: 'product';
  productId: string;
  /** Heard in passing (on an order line): counts only while the catalogue does not know the product. */
  hearsay?: boolean;
  name?: string;
  nameZh?: string;
  brand?: string;
  /** Path from department to leaf, e.g. ['Food', 'Milk']. */
  category?: string[];
  priceCents?: number;
  costCents?: number;
  imageUrl?: string;
  attributes?: Record<string, TraitValue>;
}

/** A store, physical or a web shop front. */
export interface StoreFact extends FromMessage {
  kind: 'store';
  storeId: string;
  /** Heard in passing (on a till's event): counts only while nobody told of the store. */
  hearsay?: boolean;
  name?: string;
  nameZh?: string;
  city?: string;
  country?: string;
  latitude?: number;
  longitude?: number;
  timeZone?: string;
}

/** How much of a product a store has, counted at `time`. */
export interface StockFact extends FromMessage {
  kind: 'stock';
  time: number;
  storeId: string;
  productId: string;
  /** On shelves and in the back room together. */
  onHand: number;
  /** Of these, promised to orders. */
  reserved: number;
  /** Ordered and not yet here. */
  onOrder: number;
}

/**
 * What may be done with traits beside setting them: set where there is none yet, add to a number, add to a list (its
 * elements, as a JSON list), take away (the values say nothing), take all away.
 */
export const TRAIT_OPERATIONS = ['set_once', 'increment', 'append', 'unset', 'delete'] as const;
export type TraitOperation = (typeof TRAIT_OPERATIONS)[number];

/** Something said about a person: who they are and attributes that hold from `time` on. */
export interface PersonFact extends FromMessage {
  kind: 'person';
  time: number;
  identifiers: Identifier[];
  traits: Record<string, TraitValue>;
  /** What is done with the traits; absent: each is set. */
  operation?: TraitOperation;
  /** The traits came along with something else that happened: what was known is repeated, nobody states it. */
  inPassing?: boolean;
}

/**
 * What a return asks back: an amount of a line, or all that is left of the order. It counts as far as there is something
 * left of what was sold. A return without a claim (a row of a till's file) counts as it is told.
 */
export interface ReturnClaim {
  /** Names the return: told again, it replaces what it said before. */
  returnId: string;
  of: 'amount' | 'rest';
  /** With `rest`: the order was cancelled. Nothing was sold, so nothing of it stands, whatever is told of it besides. */
  isCancellation?: true;
}

/** One line of an order or of a return. `netCents` is what was paid for the line (negative for a return). */
export interface OrderLineFact extends FromMessage {
  kind: 'orderLine';
  orderId: string;
  /** Unique within the order; a return has line ids of its own. */
  lineId: string;
  lineKind: 'sale' | 'return';
  time: number;
  identifiers: Identifier[];
  channel: string;
  storeId?: string;
  productId: string;
  quantity: number;
  unitPriceCents: number;
  discountCents: number;
  netCents: number;
  currency: string;
  couponCode?: string;
  /** On sale lines: the order is told with all of its lines, so that those it no longer names are gone. */
  whole?: boolean;
  /** On sale lines: `time` is that of a change; an order that is known keeps the time it has. */
  isChange?: boolean;
  /** On sale lines of an order told whole: when it was so; what the same source said of an earlier time is no news. */
  toldAt?: number;
  /** A person decided that the order does not count: the line is kept and does not stand. */
  isDropped?: boolean;
  claim?: ReturnClaim;
}

/**
 * An order that came to nothing after all, or lines of one: nothing was sold. Of an order that is not known it says
 * nothing. Where none of the lines it names is known, another source names them otherwise: then all of them are meant,
 * if the order is closed as a whole.
 */
export interface ClosedOrderFact extends FromMessage {
  kind: 'closedOrder';
  orderId: string;
  lineIds: string[];
  /** No line of the order stands; else only those named are closed. */
  isAll: boolean;
}

/** What an event was called where it came from, and the version of the table that gave it its name here. */
export interface Original {
  protocol: string;
  name: string;
  mapping: number;
}

/** Anything else that happened: a page seen, a message opened, a coupon redeemed. */
export interface EventFact {
  kind: 'event';
  /** Unique for ever within a workspace; the same id again is the same event. */
  messageId: string;
  /** The id that an earlier version gave the same message: stored under it, it is stored. */
  formerId?: string;
  /** As of other facts. */
  receivedAt?: number;
  name: string;
  time: number;
  identifiers: Identifier[];
  channel?: string;
  properties: Record<string, unknown>;
  /** Where it happened: device, page, campaign, library. */
  context?: Record<string, unknown>;
  /** What its message said beside all this. */
  envelope?: Record<string, unknown>;
  /** Absent where it came under the name it has. */
  original?: Original;
  /** Someone says that all identifiers are one person's: they join whatever limits there are. */
  samePerson?: boolean;
}

export type Fact =
  | ProductFact
  | StoreFact
  | StockFact
  | PersonFact
  | OrderLineFact
  | ClosedOrderFact
  | EventFact;
