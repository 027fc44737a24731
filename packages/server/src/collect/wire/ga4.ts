import { clip } from '../../platform/text.ts';
import type { Fact, TraitValue } from '../facts.ts';
import { outsideId } from '../message-id.ts';
import { isObject, storableJson } from '../storable.ts';
import { type Fault, factsOfCall, flatTraits, momentOf, sighted, type WireContext } from './call.ts';
import { GA4 } from './ga4-vocabulary.ts';
import { gtagEvent } from './gtag.ts';
import { brief, type Json, objectOf, textOf, without } from './json.ts';
import { eventNamed, propertiesNamed } from './vocabulary.ts';

/** Events of GA4 turned into facts: of the Measurement Protocol, and of gtag's own hits. */

/** Facts of one event of the Measurement Protocol, or why it has none. */
export function factsOfGa4(given: unknown, context: WireContext): Fact[] | Fault {
  const event = storableJson(given);
  if (!isObject(event)) return { reason: 'not_an_object', detail: 'An event must be a JSON object.' };
  const around = objectOf(storableJson(context.around));
  const params = objectOf(event.params);
  const micros = event.timestamp_micros ?? params.timestamp_micros ?? around.timestamp_micros;
  const time =
    micros === undefined || micros === null
      ? context.receivedAt
      : momentOf(Number(micros) / 1000, micros, context);
  if (typeof time !== 'number') return time;
  const { found, add } = sighted();
  add('user', around.user_id);
  add('anonymous', around.client_id);
  add('device', around.app_instance_id);
  return eventFacts({
    name: event.name,
    params,
    time,
    identifiers: found,
    channel: textOf(params.channel) ?? (textOf(around.app_instance_id) ? 'app' : 'server'),
    user: valuesOf(objectOf(around.user_properties)),
    context: {
      ...(textOf(params.session_id) === undefined ? {} : { sessionId: textOf(params.session_id) }),
      library: { name: 'ga4-measurement-protocol' },
      ...pageOf(params.page_location, params.page_title, params.page_referrer),
    },
    envelope: { ...around, ...without(event, ['name', ...(isObject(event.params) ? ['params'] : [])]) },
    messageId: context.messageId(),
    currency: context.currency,
  });
}

/** Facts of one event of a hit of gtag, or why it has none. */
export function factsOfGtag(given: unknown, context: WireContext): Fact[] | Fault {
  const hit = storableJson(given);
  if (!isObject(hit)) return { reason: 'not_an_object', detail: 'An event must be a line of parameters.' };
  const { name, params, user, rest } = gtagEvent({ ...objectOf(storableJson(context.around)), ...hit });
  const { found, add } = sighted();
  add('user', rest.uid);
  add('anonymous', rest.cid);
  return eventFacts({
    name,
    params,
    time: context.receivedAt,
    identifiers: found,
    channel: textOf(params.channel) ?? 'web',
    user,
    context: {
      library: { name: 'gtag', version: textOf(rest.v) },
      ...(textOf(rest.sid) === undefined ? {} : { sessionId: textOf(rest.sid) }),
      ...(textOf(rest.ul) === undefined ? {} : { locale: textOf(rest.ul) }),
      ...(textOf(rest.sr) === undefined ? {} : { screen: { resolution: textOf(rest.sr) } }),
      ...pageOf(rest.dl, rest.dt, rest.dr),
    },
    envelope: rest,
    ...gtagIds(rest, context),
    currency: context.currency,
  });
}

/** What is said in parameters beside those of an event: of a page, its address, title and where one came from. */
function pageOf(url: unknown, title: unknown, referrer: unknown): Json {
  const page: Json = {};
  for (const [name, value] of Object.entries({ url, title, referrer })) {
    const text = textOf(value);
    if (text !== undefined) page[name] = text;
  }
  return Object.keys(page).length > 0 ? { page } : {};
}

/** A hit is told by visitor, page and its number there; sent again, it is the same hit. */
function gtagIds(rest: Json, context: WireContext): { messageId: string; formerId?: string } {
  const [page, hit, visitor] = [textOf(rest._p), textOf(rest._s), textOf(rest.cid)];
  if (page === undefined || hit === undefined || visitor === undefined)
    return { messageId: context.messageId() };
  const place = textOf(context.place) ?? '0';
  const idOf = (person: string) =>
    outsideId(`ga:${person}:${clip(textOf(rest.sid) ?? '', 40)}:${clip(page, 60)}:${clip(hit, 20)}:${place}`);
  const who = clip(visitor, 100);
  return { messageId: idOf(context.hidden ? context.hidden(who) : who), formerId: idOf(who) };
}

interface Said {
  name: unknown;
  params: Json;
  time: number;
  identifiers: ReturnType<typeof sighted>['found'];
  channel: string;
  user: Record<string, unknown>;
  context: Json;
  envelope: Json;
  messageId: string;
  formerId?: string;
  currency: string;
}

function eventFacts(said: Said): Fact[] | Fault {
  const name = textOf(said.name);
  if (name === undefined)
    return {
      reason: 'no_event_name',
      detail: `An event must have a non-empty name; it is ${brief(said.name)}.`,
    };
  const properties = propertiesNamed(GA4, said.params);
  if (Array.isArray(properties.products)) properties.products = properties.products.map(pricedAsListed);
  const [only] = Array.isArray(properties.products) ? (properties.products as Json[]) : [];
  // Segment tells of one product where GA4 has a list of one.
  if (only && (properties.products as Json[]).length === 1 && /^Product /.test(eventNamed(GA4, name)))
    for (const key of ['product_id', 'name', 'brand', 'category', 'variant', 'price', 'quantity'])
      properties[key] ??= only[key];
  if (/^(Page|Screen) Viewed$/.test(eventNamed(GA4, name)))
    Object.assign(properties, missing(properties, objectOf(said.context.page)));
  return factsOfCall(
    {
      name: eventNamed(GA4, name),
      messageId: said.messageId,
      formerId: said.formerId,
      time: said.time,
      identifiers: said.identifiers,
      channel: clip(said.channel, 60),
      traits: flatTraits(said.user) as Record<string, TraitValue>,
      isTrack: true,
      properties,
      asSent: said.params,
      context: said.context,
      envelope: said.envelope,
      original: { protocol: GA4.protocol, name: clip(name, 200), mapping: GA4.version },
    },
    said.currency,
  );
}

function missing(has: Json, more: Json): Json {
  return Object.fromEntries(Object.entries(more).filter(([key]) => has[key] === undefined));
}

/**
 * GA4's price is what one costs after its discount, and the discount is of one; ours is the price before, and the
 * discount of the line.
 */
function pricedAsListed(given: unknown): Json {
  const item = objectOf(given);
  const levels = ['item_category', 'item_category2', 'item_category3', 'item_category4', 'item_category5'];
  const path = levels.flatMap((name) => textOf(item[name]) ?? []);
  const [price, discount] = [Number(item.price ?? Number.NaN), Number(item.discount ?? 0)];
  const isReduced = Number.isFinite(price) && Number.isFinite(discount) && discount > 0;
  const quantity = Number(item.quantity ?? 1);
  return {
    ...without(item, ['item_id', 'item_name', 'item_brand', 'item_variant', ...levels]),
    ...(path.length > 0 ? { category: path.join(' > ') } : {}),
    ...(isReduced ? { price: rounded(price + discount), discount: rounded(discount * quantity) } : {}),
  };
}

const rounded = (amount: number) => Math.round(amount * 1e6) / 1e6;

/** User properties are written `{"tier": {"value": "gold"}}`. */
function valuesOf(properties: Json): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [
      name,
      isObject(one) && 'value' in one ? one.value : one,
    ]),
  );
}
