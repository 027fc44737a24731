import { isoInstant } from './calendar.ts';

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Named JSON values. */
export type Fields = { [key: string]: Json };

/** An identifier beyond userId and anonymousId, as Segment writes it. */
export type ExternalId = { id: string; type: string; collection: 'users'; encoding: 'none' };

/** A message in Segment's wire format. */
export interface SimMessage {
  type: 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';
  messageId: string;
  timestamp: string;
  userId?: string;
  anonymousId?: string;
  event?: string;
  name?: string;
  properties?: Fields;
  traits?: Fields;
  context: Fields;
}

/** A message with its moment and the person who really caused it. */
export interface Written {
  atMs: number;
  person: number;
  message: SimMessage;
}

/** Under which identifiers someone acts. */
export interface Who {
  userId?: string;
  anonymousId?: string;
}

/** Writes the messages of one happening, with ids that follow from its own. */
export interface Pen {
  out: Written[];
  person: number;
  prefix: string;
  count: number;
  who: Who;
  context: Fields;
}

/** What differs from message to message. */
type MessageBody = Pick<SimMessage, 'type' | 'event' | 'name' | 'properties' | 'traits'>;

/** A pen for a happening; `prefix` must be unique among all happenings of a world. */
export function takePen(out: Written[], person: number, prefix: string, who: Who, context: Fields): Pen {
  return { out, person, prefix, count: 0, who, context };
}

/** Writes one message and answers its id. */
export function write(pen: Pen, atMs: number, body: MessageBody, context = pen.context): string {
  const messageId = `${pen.prefix}.${pen.count++}`;
  const message: SimMessage = { type: body.type, messageId, timestamp: isoInstant(atMs), context };
  // Field by field: spreading here cost most of the time of a whole history.
  if (pen.who.userId !== undefined) message.userId = pen.who.userId;
  if (pen.who.anonymousId !== undefined) message.anonymousId = pen.who.anonymousId;
  if (body.event !== undefined) message.event = body.event;
  if (body.name !== undefined) message.name = body.name;
  if (body.properties !== undefined) message.properties = body.properties;
  if (body.traits !== undefined) message.traits = body.traits;
  pen.out.push({ atMs, person: pen.person, message });
  return messageId;
}

/** Writes a track message and answers its id. */
export function track(pen: Pen, atMs: number, event: string, properties: Fields): string {
  return write(pen, atMs, { type: 'track', event, properties });
}

/** Money as the wire has it: decimal, from cents. */
export function decimal(cents: number): number {
  return cents / 100;
}

/** Identifiers in the form of context.externalIds. */
export function externalId(type: string, id: string): ExternalId {
  return { id, type, collection: 'users', encoding: 'none' };
}

function sortWritten(written: Written[]): Written[] {
  return written.sort((a, b) => a.atMs - b.atMs || (a.message.messageId < b.message.messageId ? -1 : 1));
}

/** Takes out what was written before an instant, in time order; later messages stay. */
export function takeWritten(out: Written[], beforeMs: number): Written[] {
  const ready = sortWritten(out.filter(({ atMs }) => atMs < beforeMs));
  const later = out.filter(({ atMs }) => atMs >= beforeMs);
  out.splice(0, out.length, ...later);
  return ready;
}
