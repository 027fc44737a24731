import { createHash } from 'node:crypto';
import type { HookMapping, HookMessage, HookRule } from '@qianmian/contract';
import { clip } from '../../platform/text.ts';
import type { Fact, IdentifierType, ProductFact } from '../facts.ts';
import { outsideId } from '../message-id.ts';
import { isObject, storableJson } from '../storable.ts';
import { type Call, type Fault, factsOfCall, flatTraits, momentOf, sighted } from '../wire/call.ts';
import { homePrice } from '../wire/commerce.ts';
import { type Json, levelsOf, objectOf } from '../wire/json.ts';
import { readBody } from './delivery-body.ts';
import {
  atPath,
  listAt,
  MOST_STEPS,
  type Reader,
  readFields,
  readValue,
  type Scope,
  TooMuch,
  textOf,
} from './read-value.ts';

/** A webhook as it came: what is kept of it, and can be read again. */
export interface Delivered {
  id: string;
  receivedAt: number;
  headers: Record<string, string>;
  query: Record<string, string>;
  body: string;
}

/** A message that a mapping made, in Segment's terms. */
export interface MappedMessage {
  type: 'track' | 'identify';
  event: string;
  messageId: string;
  timestamp: string | undefined;
  identifiers: Partial<Record<IdentifierType, unknown>>;
  traits: Json;
  properties: Json;
  context: Json;
  channel: string | undefined;
}

/** What a delivery says by a mapping. */
export interface Mapped {
  topic: string;
  messages: MappedMessage[];
  fault: Fault | null;
}

/** Messages that one delivery may become. */
const MOST_MESSAGES = 5000;

/** Makes messages of a delivery. A fault stands for the delivery as a whole: half of it would look like all of it. */
export function mapDelivery(
  mapping: HookMapping,
  delivered: Delivered,
  home: { timeZone: string; currency: string },
): Mapped {
  const body = readBody(delivered.body);
  const reader: Reader = { zone: home.timeZone, currency: home.currency, left: MOST_STEPS };
  const scope: Scope = {
    body: storableJson(body),
    header: delivered.headers,
    query: delivered.query,
    delivery: { id: delivered.id, receivedAt: new Date(delivered.receivedAt).toISOString() },
  };
  const nothing = { topic: '', messages: [] };
  if (body === null)
    return {
      ...nothing,
      fault: { reason: 'malformed_json', detail: 'The body is neither JSON nor a form.' },
    };
  try {
    const topic = mapping.topic === undefined ? undefined : readValue(mapping.topic, scope, reader);
    const messages: MappedMessage[] = [];
    for (const [at, rule] of mapping.rules.entries()) {
      if (!holds(rule, scope)) continue;
      for (const item of rule.each === undefined ? [scope.item] : listAt(rule.each, scope)) {
        const inner = rule.each === undefined ? scope : { ...scope, item };
        if (!holds(rule, inner, true)) continue;
        for (const [i, message] of rule.messages.entries()) {
          if (messages.length >= MOST_MESSAGES) throw new TooMuch();
          const made = readMessage(message, inner, reader);
          if (typeof made === 'string')
            return {
              topic: clip(textOf(topic) ?? '', 200),
              messages: [],
              fault: { reason: 'bad_mapping', detail: `rules[${at}].messages[${i}].${made}` },
            };
          messages.push(made);
        }
      }
    }
    return { topic: clip(textOf(topic) ?? '', 200), messages, fault: null };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    const detail = `The mapping makes more of this body than may be: ${MOST_MESSAGES} messages of ${MOST_STEPS} values.`;
    return { ...nothing, fault: { reason: 'bad_mapping', detail } };
  }
}

/** Whether the conditions of a rule hold; those on the element of its list are asked of each. */
function holds(rule: HookRule, scope: Scope, ofItem = false): boolean {
  return rule.when
    .filter((one) => (rule.each !== undefined && one.at.startsWith('item')) === ofItem)
    .every(({ at, is, isNot, isThere }) => {
      const found = atPath(at, scope);
      const text = textOf(found);
      const isOneOf = (list: readonly unknown[]) =>
        text !== undefined && list.some((one) => String(one) === text);
      if (is && !isOneOf(is)) return false;
      if (isNot && isOneOf(isNot)) return false;
      const there =
        found !== undefined &&
        found !== null &&
        found !== '' &&
        !(Array.isArray(found) && found.length === 0);
      return isThere === undefined || isThere === there;
    });
}

/** A message, or the field that says nothing though it must. */
function readMessage(message: HookMessage, scope: Scope, reader: Reader): MappedMessage | string {
  const id = textOf(readValue(message.messageId, scope, reader));
  if (id === undefined) return 'messageId says nothing of this delivery; it must.';
  const event = message.type === 'track' ? textOf(readValue(message.event, scope, reader)) : 'Identify';
  if (event === undefined) return 'event says nothing of this delivery; it must.';
  const stamp = message.timestamp === undefined ? undefined : readValue(message.timestamp, scope, reader);
  return {
    type: message.type,
    event,
    messageId: id.length <= 300 ? id : createHash('sha256').update(id).digest('base64url'),
    timestamp: textOf(stamp),
    identifiers: readFields((message.identifiers ?? {}) as never, scope, reader),
    traits: readFields(message.traits ?? {}, scope, reader),
    properties: readFields(message.properties ?? {}, scope, reader),
    context: readFields(message.context ?? {}, scope, reader),
    channel: message.channel === undefined ? undefined : textOf(readValue(message.channel, scope, reader)),
  };
}

/** Where facts of a delivery come from. */
export interface Origin {
  source: string;
  /** Name and version of the mapping, kept with each event. */
  protocol: string;
  version: number;
  topic: string;
  receivedAt: number;
  currency: string;
  lateDays: number;
}

/** Facts of a message, or why it has none. Ids are the source's own: two shops may both have an order 1. */
export function factsOfMapped(message: MappedMessage, origin: Origin): Fact[] | Fault {
  const time = timeOf(message, origin);
  if (typeof time !== 'number') return time;
  const { found, add } = sighted();
  for (const [type, value] of Object.entries(message.identifiers)) add(type as IdentifierType, value);
  const messageId = outsideId(`${origin.source}:${message.messageId}`);
  const call: Call = {
    name: message.event,
    messageId,
    time,
    identifiers: found,
    channel: clip(message.channel ?? 'server', 60),
    traits: flatTraits(message.traits),
    isIdentify: message.type === 'identify',
    isTrack: message.type === 'track',
    // Spend, mentions and answers to a survey may be nobody's that we know.
    isOfNobody: message.type === 'track',
    properties: message.properties,
    context: message.context,
    envelope: {},
    original: { protocol: origin.protocol, name: origin.topic || message.event, mapping: origin.version },
    ...(message.event === 'Product Updated'
      ? { more: productsTold(message.properties, messageId, origin.currency) }
      : {}),
  };
  return factsOfCall(found.length > 0 ? call : { ...call, traits: {} }, origin.currency);
}

function timeOf({ timestamp }: MappedMessage, { receivedAt, currency, lateDays }: Origin): number | Fault {
  if (timestamp === undefined) return receivedAt;
  return momentOf(Date.parse(timestamp), timestamp, {
    receivedAt,
    sentAt: null,
    currency,
    messageId: () => '',
    lateDays,
  });
}

/** Products as the shop itself tells of them: unlike those named in passing, they replace what the catalogue knows. */
function productsTold(properties: Json, messageId: string, currency: string): ProductFact[] {
  const listed = Array.isArray(properties.products) ? properties.products.filter(isObject) : [properties];
  const facts: ProductFact[] = [];
  for (const product of listed) {
    const productId = textOf(product.product_id);
    if (productId === undefined) continue;
    const price = homePrice(product.price, product.currency ?? properties.currency, currency);
    const category = textOf(product.category) ?? textOf(properties.category);
    facts.push({
      kind: 'product',
      messageId,
      productId,
      name: textOf(product.name) ?? textOf(properties.name),
      brand: textOf(product.brand) ?? textOf(properties.brand),
      category: levelsOf(category),
      priceCents: price !== null && price >= 0 ? price : undefined,
      imageUrl: textOf(product.image_url) ?? textOf(properties.image_url),
      attributes: flatTraits(objectOf(product.attributes)),
    });
  }
  return facts;
}
