import { clip } from '../../platform/text.ts';
import { type Fact, IDENTIFIER_TYPES, type Identifier, type IdentifierType } from '../facts.ts';
import { outsideId } from '../message-id.ts';
import type { PhoneFrom } from '../phone.ts';
import { isObject, storableJson } from '../storable.ts';
import {
  type Fault,
  factsOfCall,
  flatTraits,
  momentGiven,
  momentOf,
  sighted,
  type WireContext,
} from './call.ts';
import { brief, type Json, objectOf, textOf, without } from './json.ts';

/**
 * The Segment wire format (https://segment.com/docs/connections/spec/) turned into facts: calls identify, track, page,
 * screen, group and alias. RudderStack's clients speak it too.
 */

const CALLS = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']);
const CALL_NAMES: Record<string, string> = {
  identify: 'Identify',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: 'Group',
  alias: 'Alias',
};

/** Facts of one message, or why it has none. */
export function factsOfMessage(given: unknown, context: WireContext): Fact[] | Fault {
  const storable = storableJson(given);
  if (!isObject(storable)) return { reason: 'not_an_object', detail: 'A message must be a JSON object.' };
  const message = withAnonymous(storable, context.around);
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
  return factsOfCall(
    {
      name,
      messageId: idGiven(message) ?? context.messageId(),
      time,
      identifiers: identifiersOf(message, type),
      channel: channelOf(message),
      traits: traitsOf(message, type),
      isIdentify: type === 'identify',
      isTrack: type === 'track',
      samePerson: type === 'alias',
      properties: propertiesOf(message, type),
      context: objectOf(message.context),
      envelope: without(message, storedElsewhere(message, type)),
    },
    context.currency,
  );
}

/** RudderStack's browser client names its visitor in a header as well. */
function withAnonymous(message: Json, around: Json | undefined): Json {
  const anonymousId = textOf(around?.anonymousId);
  if (anonymousId === undefined || textOf(message.anonymousId) !== undefined) return message;
  return { ...message, anonymousId };
}

/** Fields of a message that have a column of their own. */
function storedElsewhere(message: Json, type: string): string[] {
  const named = ['writeKey'];
  if (textOf(message.messageId) !== undefined) named.push('messageId');
  if (type === 'track') named.push('event');
  if (type !== 'group' && isObject(message.properties)) named.push('properties');
  if (isObject(message.context)) named.push('context');
  return named;
}

/** When it happened; when it arrived, if it does not say. */
function timeOf(message: Json, context: WireContext): number | Fault {
  // RudderStack notes the moment of the call beside the one that its caller names.
  const given = message.timestamp ?? message.originalTimestamp;
  if (given === undefined || given === null) return context.receivedAt;
  const sentAt = context.sentAt ?? sentAtOf(message, context);
  return momentOf(momentGiven(given, context.timeZone), given, context, sentAt);
}

/** When it was sent by the client's clock, where each message says so itself. */
function sentAtOf({ sentAt }: Json, { timeZone }: WireContext): number | null {
  const moment = sentAt === undefined || sentAt === null ? Number.NaN : momentGiven(sentAt, timeZone);
  return Number.isFinite(moment) ? moment : null;
}

const EXTERNAL_TYPES: Record<string, IdentifierType> = {
  ...Object.fromEntries(IDENTIFIER_TYPES.map((t) => [t, t])),
  user_id: 'user',
  anonymous_id: 'anonymous',
  device_id: 'device',
  card: 'member_card',
};

function identifiersOf(message: Json, type: string): Identifier[] {
  const { found, add } = sighted();
  const context = objectOf(message.context);
  const traits = type === 'group' ? {} : { ...objectOf(context.traits), ...objectOf(message.traits) };
  const from = phoneFrom(traits, context);
  add('user', message.userId);
  add('anonymous', message.anonymousId);
  if (type === 'alias') {
    // What was called by the previous id was a login, or a visitor before there was one.
    add('user', message.previousId);
    add('anonymous', message.previousId);
  }
  for (const external of Array.isArray(context.externalIds) ? context.externalIds : []) {
    const e = objectOf(external);
    const called = EXTERNAL_TYPES[String(e.type)];
    add(called, e.id, called === 'phone' ? from : undefined);
  }
  add('device', objectOf(context.device).id);
  add('email', traits.email);
  add('phone', traits.phone, from);
  if (type === 'track') add('email', objectOf(message.properties).email);
  return found;
}

/** What a message tells of where somebody writes a phone number. */
function phoneFrom(traits: Json, context: Json): PhoneFrom | undefined {
  const address = objectOf(traits.address);
  const country = [traits.country, traits.countryCode, traits.country_code, address.country]
    .concat(address.countryCode, address.country_code, traits['address.country'])
    .map(textOf)
    .find((text) => text !== undefined);
  const locale = textOf(traits.locale) ?? textOf(context.locale);
  if (country === undefined && locale === undefined) return undefined;
  return {
    ...(country === undefined ? {} : { country: clip(country, 60) }),
    ...(locale === undefined ? {} : { locale: clip(locale, 35) }),
  };
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

function traitsOf(message: Json, type: string) {
  if (type === 'group') return {};
  const around = flatTraits(objectOf(objectOf(message.context).traits));
  // RudderStack's browser client puts what identify says into the context, where its other calls repeat it.
  return type === 'identify' ? { ...around, ...flatTraits(objectOf(message.traits)) } : around;
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

/** The id that a message was given by who sent it. */
export function idGiven(message: unknown): string | undefined {
  const given = textOf(objectOf(message).messageId);
  return given === undefined ? undefined : outsideId(given);
}
