import { createHash } from 'node:crypto';
import { clip } from '../../platform/text.ts';
import type { Fact, Identifier, TraitOperation, TraitValue } from '../facts.ts';
import { outsideId } from '../message-id.ts';
import { isObject, storableJson } from '../storable.ts';
import {
  type Call,
  type Fault,
  factsOfCall,
  flatTraits,
  momentGiven,
  momentOf,
  sighted,
  type WireContext,
} from './call.ts';
import { homePrice } from './commerce.ts';
import { brief, firstText, type Json, levelsOf, objectOf, textOf, without } from './json.ts';
import {
  SENSORS,
  SENSORS_CAMPAIGN,
  SENSORS_IDENTITIES,
  SENSORS_PRODUCT_ITEMS,
} from './sensors-vocabulary.ts';
import { eventNamed, productNamed, propertiesNamed } from './vocabulary.ts';

/** Events of 神策 (Sensors Data) turned into facts, by the table of its words. */

const OPERATIONS: Record<string, TraitOperation | null> = {
  profile_set: null,
  profile_set_once: 'set_once',
  profile_increment: 'increment',
  profile_append: 'append',
  profile_unset: 'unset',
  profile_delete: 'delete',
};
const TRACKS = new Set(['track', 'track_signup', 'track_id_bind', 'track_id_unbind']);
const ITEMS = new Set(['item_set', 'item_delete']);
const TYPES = [...TRACKS, ...Object.keys(OPERATIONS), ...ITEMS];

/** Facts of one event of 神策, or why it has none. */
export function factsOfSensors(given: unknown, context: WireContext): Fact[] | Fault {
  const message = storableJson(given);
  if (!isObject(message)) return { reason: 'not_an_object', detail: 'An event must be a JSON object.' };
  const type = String(message.type ?? '');
  if (!TYPES.includes(type))
    return {
      reason: 'unknown_type',
      detail: `"type" must be one of ${TYPES.join(', ')}; it is ${brief(message.type)}.`,
    };
  const time = timeOf(message, context);
  if (typeof time !== 'number') return time;
  const properties = objectOf(message.properties);
  const common = {
    ...idsOf(message, context),
    time,
    channel: channelOf(message, properties),
    context: contextOf(message, properties),
    envelope: without(message, isObject(message.properties) ? ['properties'] : []),
  };
  const call = ITEMS.has(type)
    ? itemCall(type, message, properties, context.currency)
    : TRACKS.has(type)
      ? trackCall(type, message, properties)
      : profileCall(type, message, properties);
  if ('reason' in call) return call;
  return factsOfCall({ ...common, ...call }, context.currency);
}

type Said = Omit<Call, 'messageId' | 'formerId' | 'time' | 'channel' | 'context' | 'envelope'>;

const original = (name: string) => ({
  protocol: SENSORS.protocol,
  name: clip(name, 200),
  mapping: SENSORS.version,
});

function trackCall(type: string, message: Json, properties: Json): Said | Fault {
  const name = type === 'track_signup' ? (textOf(message.event) ?? '$SignUp') : textOf(message.event);
  if (name === undefined)
    return {
      reason: 'no_event_name',
      detail: `A ${type} must have an "event"; it is ${brief(message.event)}.`,
    };
  return {
    name: eventNamed(SENSORS, name),
    identifiers: identifiersOf(message, properties, type),
    traits: {},
    isTrack: true,
    properties: propertiesNamed(SENSORS, properties),
    asSent: properties,
    original: original(name),
  };
}

function profileCall(type: string, message: Json, properties: Json): Said | Fault {
  const operation = OPERATIONS[type] ?? undefined;
  const traits = operation === 'append' ? listsOf(properties) : flatTraits(properties);
  if (operation === 'increment')
    for (const [name, value] of Object.entries(traits))
      if (typeof value !== 'number')
        return {
          reason: 'bad_property',
          detail: `properties.${name} must be a number to add; it is ${brief(value)}.`,
        };
  if (operation === 'unset') for (const name of Object.keys(properties)) traits[clip(name, 200)] = true;
  return {
    name: 'Identify',
    identifiers: identifiersOf(message, properties, type),
    traits: named(traits),
    ...(operation ? { operation } : {}),
    isIdentify: true,
    isTrack: false,
    properties,
    original: original(type),
  };
}

/** Attributes that have a name of their own here. */
const TRAIT_NAMES: Record<string, string> = {
  $name: 'name',
  $email: 'email',
  $phone: 'phone',
  $mobile: 'phone',
  $city: 'city',
  $province: 'province',
  $country: 'country',
  $gender: 'gender',
  $birthday: 'birthday',
  姓名: 'name',
  手机号: 'phone',
  邮箱: 'email',
  性别: 'gender',
  生日: 'birthday',
  城市: 'city',
};

function named(traits: Record<string, TraitValue>): Record<string, TraitValue> {
  const out: Record<string, TraitValue> = {};
  for (const [name, value] of Object.entries(traits)) {
    const ours = Object.hasOwn(TRAIT_NAMES, name) ? TRAIT_NAMES[name]! : name;
    if (ours === name || !(ours in traits)) out[ours] = value;
  }
  return out;
}

/** Lists to append, as JSON text. */
function listsOf(properties: Json): Record<string, TraitValue> {
  const lists: Record<string, TraitValue> = {};
  for (const [name, value] of Object.entries(properties)) {
    const elements = (Array.isArray(value) ? value : [value]).flatMap((one) => textOf(one) ?? []);
    if (elements.length > 0) lists[clip(name, 200)] = clip(JSON.stringify(elements.slice(0, 500)), 100_000);
  }
  return lists;
}

/** Things of a table: products tell the catalogue, the rest is kept as it was told. */
function itemCall(type: string, message: Json, properties: Json, currency: string): Said | Fault {
  const [itemType, itemId] = [textOf(message.item_type), textOf(message.item_id)];
  if (itemType === undefined || itemId === undefined)
    return {
      reason: 'no_item',
      detail: `A ${type} must have an "item_type" and an "item_id"; they are ${brief(message.item_type)} and ${brief(message.item_id)}.`,
    };
  const isProduct = type === 'item_set' && SENSORS_PRODUCT_ITEMS.includes(itemType.toLowerCase());
  return {
    name: type === 'item_set' ? 'Item Set' : 'Item Deleted',
    identifiers: [],
    isOfNobody: true,
    traits: {},
    isTrack: false,
    properties: { item_type: itemType, item_id: itemId, ...properties },
    original: original(type),
    more: isProduct ? [productFact(itemId, productNamed(SENSORS, properties), currency)] : [],
  };
}

function productFact(productId: string, p: Json, currency: string): Fact {
  const price = homePrice(p.price, p.currency, currency);
  return {
    kind: 'product',
    productId,
    name: textOf(p.name),
    brand: textOf(p.brand),
    category: levelsOf(textOf(p.category)),
    priceCents: price !== null && price >= 0 ? price : undefined,
    imageUrl: textOf(p.image_url),
  };
}

/** When it happened: the client's time, moved by how far its clock was off when it sent this very event. */
function timeOf(message: Json, context: WireContext): number | Fault {
  if (message.time === undefined || message.time === null) return context.receivedAt;
  const sentAt = Number(message._flush_time);
  const isSaid = typeof message._flush_time === 'number' && Number.isFinite(sentAt) && sentAt > 0;
  return momentOf(
    momentGiven(message.time, context.timeZone),
    message.time,
    context,
    isSaid ? sentAt : context.sentAt,
  );
}

/**
 * The same event is the same for 神策 where project, person, time and track id are; without a track id, where all of it
 * is.
 */
function idsOf(message: Json, context: WireContext): { messageId: string; formerId?: string } {
  const project = textOf(context.around?.project) ?? textOf(message.project) ?? 'default';
  const who = textOf(message.distinct_id) ?? textOf(message.item_id) ?? '';
  const time = textOf(message.time) ?? '';
  const trackId = textOf(message._track_id);
  if (time === '') return { messageId: context.messageId() };
  const idOf = (person: string) => {
    const id = `sa:${project}:${person}:${time}:${trackId ?? digest(without(message, ['_flush_time']))}`;
    return outsideId(id.length <= 300 ? id : `sa:${digest(id)}`);
  };
  // Ids are shown to everybody, and this person is mostly called by a phone number.
  return { messageId: idOf(context.hidden ? context.hidden(who) : who), formerId: idOf(who) };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 32);
}

function identifiersOf(message: Json, properties: Json, type: string): Identifier[] {
  const { found, add } = sighted();
  const distinct = textOf(message.distinct_id);
  const login = textOf(message.login_id);
  const isLogin =
    type === 'track_signup' ||
    properties.$is_login_id === true ||
    (login !== undefined && login === distinct);
  add('user', login);
  add(isLogin ? 'user' : 'anonymous', distinct);
  add('anonymous', message.anonymous_id);
  if (type === 'track_signup') add('anonymous', message.original_id);
  // An identifier that goes leaves the person: it does not speak of them any more.
  if (type !== 'track_id_unbind')
    for (const [kind, value] of Object.entries(objectOf(message.identities)))
      add(Object.hasOwn(SENSORS_IDENTITIES, kind) ? SENSORS_IDENTITIES[kind] : undefined, value);
  // The number of an anonymous visitor is often the device's; a login that is repeated as one names nobody else.
  return found.filter(
    (i) => i.type === 'user' || !found.some((j) => j.type === 'user' && j.value === i.value),
  );
}

const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [/mini|mp$|quickapp/i, 'mini_program'],
  [/^js$|web/i, 'web'],
  [/ios|android|harmony|flutter|reactnative|unity/i, 'app'],
];

function channelOf(message: Json, properties: Json): string {
  const said = textOf(properties.channel);
  if (said) return clip(said, 60);
  const library = textOf(objectOf(message.lib).$lib) ?? textOf(properties.$lib) ?? '';
  return LIBRARIES.find(([pattern]) => pattern.test(library))?.[1] ?? 'server';
}

/** Of what Segment's clients keep in the context, that which conditions ask for; all of it is in the properties. */
function contextOf(message: Json, properties: Json): Json {
  const lib = objectOf(message.lib);
  const campaign: Json = {};
  for (const [name, theirs] of Object.entries(SENSORS_CAMPAIGN)) {
    const value = firstText(properties, theirs);
    if (value !== undefined) campaign[name] = value;
  }
  const library = textOf(lib.$lib) ?? textOf(properties.$lib);
  return {
    ...(library === undefined
      ? {}
      : { library: { name: library, version: lib.$lib_version ?? properties.$lib_version } }),
    ...(Object.keys(campaign).length > 0 ? { campaign } : {}),
  };
}
