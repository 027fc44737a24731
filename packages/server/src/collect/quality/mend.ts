import type { Fix, FixStep } from '@qianmian/contract';
import { isObject } from '../storable.ts';

type Json = Record<string, unknown>;

/** A held message as it can be put back on the road. */
export interface Mended {
  messages: unknown[];
  around?: Json;
  sentAt: number | null;
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

function partsOf(whole: unknown, held: Held): { messages: unknown[]; around?: Json; sentAt: number | null } {
  if (held.has_around && isObject(whole)) {
    const { message, ...around } = whole;
    return { messages: [message], around, sentAt: held.sent_at };
  }
  // A body that could not be read at all may hold a batch once it can.
  if (held.protocol === 'malformed' && isObject(whole) && Array.isArray(whole.batch)) {
    const sentAt = typeof whole.sentAt === 'string' ? Date.parse(whole.sentAt) : Number.NaN;
    return { messages: whole.batch, sentAt: Number.isFinite(sentAt) ? sentAt : null };
  }
  return { messages: [whole], sentAt: held.sent_at };
}

function apply(message: Json, step: FixStep, nameField: string): void {
  if (step.op === 'renameEvent') message[nameField] = step.to;
  else if (step.op === 'set') each(message, step.path, true, (holder, key) => put(holder, key, step.value));
  else if (step.op === 'remove') each(message, step.path, false, (holder, key) => take(holder, key));
  else if (step.op === 'convert')
    each(message, step.path, false, (holder, key) =>
      put(holder, key, converted((holder as Json)[key], step.to)),
    );
  else {
    const found: unknown[] = [];
    each(message, step.from, false, (holder, key) => {
      found.push((holder as Json)[key]);
      take(holder, key);
    });
    if (found.length > 0) each(message, step.to, true, (holder, key) => put(holder, key, found[0]));
  }
}

type Holder = Json | unknown[];

/** Every place a dotted path leads to; `*` stands for all elements of a list. */
function each(root: Json, path: string, make: boolean, visit: (holder: Holder, key: string) => void): void {
  const steps = path.split('.');
  if (steps.some((key) => NOT_A_KEY.has(key))) return;
  const walk = (holder: Holder, at: number): void => {
    const key = steps[at]!;
    if (key === '*') {
      if (Array.isArray(holder))
        holder.forEach((_, i) => {
          step(holder, String(i), at);
        });
    } else step(holder, key, at);
  };
  const step = (holder: Holder, key: string, at: number): void => {
    if (at === steps.length - 1) {
      if (make || Object.hasOwn(holder, key)) visit(holder, key);
      return;
    }
    let inner = Object.hasOwn(holder, key) ? (holder as Json)[key] : undefined;
    if (typeof inner !== 'object' || inner === null) {
      if (!make || Array.isArray(holder)) return;
      inner = {};
      holder[key] = inner;
    }
    walk(inner as Holder, at + 1);
  };
  walk(root, 0);
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
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
