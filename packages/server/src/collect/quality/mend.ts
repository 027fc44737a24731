import type { Fix, FixStep } from '@qianmian/contract';
import { isObject } from '../storable.ts';
import { textOf } from '../wire/json.ts';
import { parseExactly } from '../wire/parse.ts';

type Json = Record<string, unknown>;

/** A held message as it can be put back on the road. */
export interface Mended {
  messages: unknown[];
  around?: Json;
  /** When it was sent by the client's clock, in the client's words. */
  sentAt: string | null;
  /** The whole, as it is shown. */
  text: string;
}

interface Held {
  payload: string;
  protocol: string;
  sent_at: number | null;
  has_around: number;
}

/** Where each protocol names the event. */
const NAME_FIELD: Record<string, string> = { ga4: 'name', gtag: 'en' };
const NOT_A_KEY = new Set(['__proto__', 'constructor', 'prototype']);

/** A held message with a fix applied; null when it cannot be read (it was cut, or is no JSON yet). */
export function mend(held: Held, fix: Fix): Mended | null {
  if (['facts', 'hook', 'pull'].includes(held.protocol)) return null;
  const whole = parsed(fix.payload ?? held.payload);
  if (whole === undefined) return null;
  if (held.protocol === 'malformed' && !isObject(whole)) return null;
  const { messages, around, sentAt } = partsOf(whole, held);
  for (const message of messages)
    if (isObject(message))
      for (const step of fix.steps) apply(message, step, NAME_FIELD[held.protocol] ?? 'event');
  const shown = around ? { ...around, message: messages[0] } : messages.length === 1 ? messages[0] : messages;
  return { messages, ...(around ? { around } : {}), sentAt, text: JSON.stringify(shown) ?? 'null' };
}

function partsOf(whole: unknown, held: Held): { messages: unknown[]; around?: Json; sentAt: string | null } {
  const sentAt = held.sent_at === null ? null : new Date(held.sent_at).toISOString();
  if (held.has_around && isObject(whole)) {
    const { message, ...around } = whole;
    return { messages: [message], around, sentAt };
  }
  // A body that could not be read at all may hold a batch once it can.
  if (held.protocol === 'malformed' && isObject(whole) && Array.isArray(whole.batch))
    return { messages: whole.batch, sentAt: textOf(whole.sentAt) ?? null };
  return { messages: [whole], sentAt };
}

function apply(message: Json, step: FixStep, nameField: string): void {
  if (step.op === 'renameEvent') message[nameField] = step.to;
  else if (step.op === 'rename') rename(message, step.from, step.to);
  else
    for (const { holder, key } of placesIn(message, step.path, step.op === 'set'))
      if (step.op === 'set') put(holder, key, step.value);
      else if (step.op === 'remove') take(holder, key);
      else put(holder, key, converted((holder as Json)[key], step.to));
}

/** What stands at one path goes to another; of a list to the same element where both name every element. */
function rename(message: Json, from: string, to: string): void {
  const found = placesIn(message, from, false).map((place) => ({
    ...place,
    value: (place.holder as Json)[place.key],
  }));
  for (const { holder, key } of found) take(holder, key);
  const last = found.at(-1);
  if (!last) return;
  for (const { holder, key, elements } of placesIn(message, to, true)) {
    const shared = Math.min(elements.length, last.elements.length);
    const same = found.findLast(
      (one) => one.elements.slice(0, shared).join() === elements.slice(0, shared).join(),
    );
    if (same) put(holder, key, same.value);
  }
}

type Holder = Json | unknown[];
interface Place {
  holder: Holder;
  key: string;
  /** Which element each `*` stands for. */
  elements: number[];
}

/** Every place a dotted path leads to, the last first, so that one can be taken out; `*` stands for all elements of a list. */
function placesIn(root: Json, path: string, make: boolean): Place[] {
  const keys = path.split('.');
  const places: Place[] = [];
  if (keys.some((key) => NOT_A_KEY.has(key))) return places;
  const walk = (holder: Holder, at: number, elements: number[]): void => {
    if (keys[at] !== '*') step(holder, keys[at]!, at, elements);
    else if (Array.isArray(holder))
      for (let i = holder.length - 1; i >= 0; i--) step(holder, String(i), at, [...elements, i]);
  };
  const step = (holder: Holder, key: string, at: number, elements: number[]): void => {
    if (at === keys.length - 1) {
      if (make || Object.hasOwn(holder, key)) places.push({ holder, key, elements });
      return;
    }
    let inner = Object.hasOwn(holder, key) ? (holder as Json)[key] : undefined;
    if (typeof inner !== 'object' || inner === null) {
      if (!make || Array.isArray(holder)) return;
      inner = {};
      (holder as Json)[key] = inner;
    }
    walk(inner as Holder, at + 1, elements);
  };
  walk(root, 0, []);
  return places;
}

function put(holder: Holder, key: string, value: unknown): void {
  if (!Array.isArray(holder)) holder[key] = value;
  else if (/^\d+$/.test(key) && Number(key) < holder.length) holder[Number(key)] = value;
}

function take(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** A value as another type; as it is where it does not say one. */
export function converted(value: unknown, to: 'string' | 'number' | 'integer' | 'boolean' | 'time'): unknown {
  if (value === null || value === undefined || typeof value === 'object') return value;
  if (to === 'string') return String(value);
  if (to === 'boolean') {
    if (/^(true|1|yes|y|是)$/i.test(String(value).trim())) return true;
    return /^(false|0|no|n|否)$/i.test(String(value).trim()) ? false : value;
  }
  const text = String(value).trim();
  if (to === 'time') {
    const moment = /^\d{10}$/.test(text)
      ? Number(text) * 1000
      : /^\d{13}$/.test(text)
        ? Number(text)
        : Date.parse(text);
    return Number.isFinite(moment) && Math.abs(moment) < 8.64e15 ? new Date(moment).toISOString() : value;
  }
  const number = typeof value === 'boolean' ? Number(value) : numberIn(text);
  if (!Number.isFinite(number)) return value;
  return to === 'integer' ? Math.round(number) : number;
}

/** The number a text says: "¥1,234.50" is 1234.5. */
function numberIn(text: string): number {
  const bare = text.replace(/^[¥￥$€£]\s*|\s*元$/g, '').replace(/(\d),(?=\d{3}(\D|$))/g, '$1');
  return bare === '' ? Number.NaN : Number(bare);
}

function parsed(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}
