import { GTAG_ITEM, GTAG_ITEM_NUMBERS } from './ga4-vocabulary.ts';
import type { Json } from './json.ts';

/**
 * Hits of gtag.js (`/g/collect`, protocol version 2) as observed: the address holds what all events of a page share, and
 * each line of the body an event of its own; without a body the address is the one event.
 */
export interface GtagHit {
  /** Parameters of the address. */
  shared: Record<string, string>;
  /** Parameters of each event. */
  events: Record<string, string>[];
}

/** Reads a hit from its address and body. */
export function gtagHit(query: string, body: string): GtagHit {
  const shared = paramsOf(query);
  const lines = body.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return { shared: {}, events: [shared] };
  return { shared, events: lines.map(paramsOf) };
}

function paramsOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** An event of a hit in the terms of the Measurement Protocol, and what it says of visitor, page and session. */
export function gtagEvent(params: Json): { name: unknown; params: Json; user: Json; rest: Json } {
  const said: Json = {};
  const user: Json = {};
  const rest: Json = {};
  const items: [place: number, item: Json][] = [];
  for (const [key, value] of Object.entries(params)) {
    const text = String(value);
    const item = /^pr(\d{1,3})$/.exec(key);
    if (item) items.push([Number(item[1]), gtagItem(text)]);
    else if (key.startsWith('epn.')) said[key.slice(4)] = numberOr(text);
    else if (key.startsWith('ep.')) said[key.slice(3)] = text;
    else if (key.startsWith('upn.')) user[key.slice(4)] = numberOr(text);
    else if (key.startsWith('up.')) user[key.slice(3)] = text;
    else if (key === 'cu') said.currency = text;
    else if (key !== 'en') rest[key] = text;
  }
  if (items.length > 0) said.items = items.sort((a, b) => a[0] - b[0]).map(([, item]) => item);
  return { name: params.en, params: said, user, rest };
}

/** `id12345~nmCup~pr9.9~k0colour~v0red`; a tilde within a value is written twice. */
function gtagItem(text: string): Json {
  const item: Json = {};
  const names = new Map<string, string>();
  const values = new Map<string, string>();
  for (const part of text.replaceAll('~~', '\u0001').split('~')) {
    const [key, value] = [part.slice(0, 2), part.slice(2).replaceAll('\u0001', '~')];
    const custom = /^[kv](\d)$/.exec(key);
    if (custom) (key.startsWith('k') ? names : values).set(custom[1]!, value);
    else {
      const name = Object.hasOwn(GTAG_ITEM, key) ? GTAG_ITEM[key]! : key;
      if (name !== '') item[name] = GTAG_ITEM_NUMBERS.includes(name) ? numberOr(value) : value;
    }
  }
  for (const [place, name] of names) if (name !== '') item[name] = values.get(place) ?? '';
  return item;
}

function numberOr(text: string): number | string {
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}
