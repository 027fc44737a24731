import { DAY } from '../../platform/clock.ts';
import { clip } from '../../platform/text.ts';
import type {
  EventFact,
  Fact,
  Identifier,
  Original,
  PersonFact,
  TraitOperation,
  TraitValue,
} from '../facts.ts';
import { timeZone } from '../files/time-zone.ts';
import type { PhoneFrom } from '../phone.ts';
import { isObject, withDistinctPaths } from '../storable.ts';
import { commerceFacts } from './commerce.ts';
import { brief, type Json, textOf } from './json.ts';
import { isOfAStore, storeFactsOf } from './store-events.ts';

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
  /** Zone of the workspace, for times that name none; UTC where it is left out. */
  timeZone?: string;
  /** Ids for messages that come without one; given the message's place in the batch. */
  messageId: () => string;
  /** What stands in an id for a word that must not be read there, always the same for the same word. */
  hidden?: (word: string) => string;
  /** Place of the message in its body. */
  place?: number;
  /** Days after which an event is too late to be taken in; no bound where it is left out. */
  lateDays?: number;
  /** What was said of all messages of a body at once: headers, parameters of the address. */
  around?: Json;
}

/** Days that an event may be late; older ones are history, which comes in files. */
export const LATE_DAYS = 400;

/**
 * What a message of any protocol says, in the terms of Segment's calls. A protocol's reader makes it, and everything
 * from there on is one road.
 */
export interface Call {
  /** The canonical name: of Segment's e-commerce events, or one of our own. */
  name: string;
  messageId: string;
  formerId?: string;
  time: number;
  identifiers: Identifier[];
  channel: string;
  traits: Record<string, TraitValue>;
  /** What is done with the traits; absent: each is set. */
  operation?: TraitOperation;
  /** Whether it speaks of a person's traits alone, also when there are none. */
  isIdentify?: boolean;
  /** Whether it may be of nobody. */
  isOfNobody?: boolean;
  samePerson?: boolean;
  /** Whether products and orders are read from it. */
  isTrack: boolean;
  /** Properties under their canonical names. */
  properties: Json;
  /** Properties as they were sent, where the protocol calls them otherwise; they are kept beside the canonical ones. */
  asSent?: Json;
  context: Json;
  /** What else the message said: fields that stand nowhere else. */
  envelope: Json;
  original?: Original;
  /** Facts that only this protocol tells. */
  more?: Fact[];
}

/** Identifiers that one message may name: nobody has more, and each may join people. */
const MOST_IDENTIFIERS = 50;

/** Facts of a call, or why it has none. */
export function factsOfCall(call: Call, currency: string): Fact[] | Fault {
  const named = [...call.identifiers];
  if (named.length > MOST_IDENTIFIERS)
    return {
      reason: 'too_many_identifiers',
      detail: `A message may name ${MOST_IDENTIFIERS} identifiers of its person; it names more.`,
    };
  const card = call.isTrack ? textOf(call.properties.member_card) : undefined;
  if (card !== undefined) named.push({ type: 'member_card', value: card });
  const isOfNobody = call.isOfNobody || (call.isTrack && isOfAStore(call.name));
  if (named.length === 0 && !isOfNobody)
    return {
      reason: 'no_identity',
      detail: 'A message needs a userId, an anonymousId or an external id; it has none.',
    };
  // A till or a shop's tablet is nobody's own: what it calls anonymous is a receipt or a device everyone uses.
  const identifiers = call.channel === 'store' ? named.filter((i) => i.type !== 'anonymous') : named;
  const { messageId, time, traits, operation } = call;
  const facts: Fact[] = [...(call.more ?? [])];
  if (call.isIdentify || Object.keys(traits).length > 0)
    facts.push({
      kind: 'person',
      messageId,
      time,
      identifiers,
      traits,
      ...(operation ? { operation } : {}),
      ...(call.isIdentify ? {} : { inPassing: true }),
    } satisfies PersonFact);
  const event: EventFact = {
    kind: 'event',
    messageId,
    ...(call.formerId === undefined || call.formerId === messageId ? {} : { formerId: call.formerId }),
    name: eventName(call.name),
    time,
    identifiers,
    channel: call.channel,
    properties: withDistinctPaths(call.properties),
    context: call.context,
    envelope: call.envelope,
    ...(call.samePerson ? { samePerson: true } : {}),
    ...(call.original ? { original: { ...call.original, name: eventName(call.original.name) } } : {}),
  };
  if (call.isTrack) {
    for (const read of [commerceFacts, storeFactsOf]) {
      const extra = read(event, currency);
      if (!Array.isArray(extra)) return extra;
      for (const fact of extra) facts.push(fact);
    }
  }
  if (call.asSent) event.properties = withDistinctPaths({ ...call.properties, ...call.asSent });
  facts.push(event);
  return facts;
}

const EMAIL = /[^\s@]+@[^\s@]+/g;

/** What an event is called, of 200 characters; everybody sees names of events, so that of an e-mail nothing is kept. */
export function eventName(said: string): string {
  const name = clip(said.trim(), 200);
  return name.includes('@') ? name.replace(EMAIL, '***@***') : name;
}

/** Earliest time that is believed; before it clocks are wrong, not old. */
const EARLIEST = Date.UTC(1990, 0, 1);
/** How far ahead of ours a clock may be and is still believed. */
export const FUTURE_TOLERANCE = DAY;

const [DAY_ALONE, ISO] = [/^\d{4}-\d\d-\d\d$/, /^\d{4}-\d\d-\d\d[T ]/];
const HAS_ZONE = /[\d\s](?:Z|(?!AM|PM)[A-Z]{2,4}|[+-]\d\d(?::?\d\d)?)(?:\s*\([^)]*\))?$/i;
const LATEST = Date.UTC(2100, 0, 1);

/**
 * A moment as a client gives it, in milliseconds; NaN where it is none. A time without a zone is one of the workspace's,
 * wherever this process runs.
 */
export function momentGiven(given: unknown, zone = 'UTC'): number {
  if (typeof given === 'number') return given;
  const text = String(given).trim();
  if (text.length > 100) return Number.NaN;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (isNoDay(text)) return Number.NaN;
  const isDay = DAY_ALONE.test(text);
  if (!isDay && HAS_ZONE.test(text)) return Date.parse(text);
  const wall = Date.parse(isDay ? text : ISO.test(text) ? `${text.replace(' ', 'T')}Z` : `${text} UTC`);
  return wall > EARLIEST && wall < LATEST ? timeZone(zone).toInstant(wall) : wall;
}

/** Whether it names a day that its month has not: 30 February would silently be 2 March. */
function isNoDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  return day !== undefined && Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

/** When it happened by our clock: the client's time stamp, moved by how far its clock is off. */
export function momentOf(
  stamp: number,
  given: unknown,
  context: WireContext,
  sentAt = context.sentAt,
): number | Fault {
  if (!Number.isFinite(stamp))
    return { reason: 'bad_timestamp', detail: `"timestamp" must be ISO 8601; it is ${brief(given)}.` };
  const { receivedAt, lateDays } = context;
  const time = Math.round(sentAt === null ? stamp : stamp + (receivedAt - sentAt));
  if (time < EARLIEST)
    return { reason: 'bad_timestamp', detail: `"timestamp" ${brief(given)} lies before 1990.` };
  if (lateDays !== undefined && time < receivedAt - lateDays * DAY)
    return {
      reason: 'too_late',
      detail: `It happened more than ${lateDays} days before it arrived (${brief(given)}); bring older history in as a file.`,
    };
  return time > receivedAt + FUTURE_TOLERANCE ? receivedAt : time;
}

/** Traits as flat scalars: `address.city`; lists and nulls are left out. */
export function flatTraits(from: Json): Record<string, TraitValue> {
  const flat: Record<string, TraitValue> = {};
  flatten(from, '', flat, 0);
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

/** Collects identifiers that say something, up to one more than an event may name. */
export function sighted() {
  const found: Identifier[] = [];
  return {
    found,
    add(type: Identifier['type'] | undefined, value: unknown, from?: PhoneFrom): void {
      const text = textOf(value);
      if (!type || text === undefined || found.length > MOST_IDENTIFIERS) return;
      if (!found.some((i) => i.type === type && i.value === text))
        found.push({ type, value: text, ...(from ? { from } : {}) });
    },
  };
}
