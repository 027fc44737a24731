import type { CleanSubject } from '@qianmian/contract';
import { remember } from '../../platform/remember.ts';
import type { EventFact, Fact, OrderLineFact, PersonFact, ProductFact } from '../facts.ts';
import { isObject } from '../storable.ts';
import type { Value } from './standards.ts';

/** What is looked at in a field: a value, or that there is none. */
type Seen = Value | undefined;
/** Asked of each value of a field, by the path it stands at; answers what it is to be. */
export type Visit = (path: string, value: Seen) => Seen;

type Json = Record<string, unknown>;

const NUMBERS = new Set([
  'quantity',
  'unitPriceCents',
  'discountCents',
  'netCents',
  'priceCents',
  'costCents',
]);
/** Between levels of a category, where it is one text. */
export const LEVELS = ' > ';

const isScalar = (value: unknown): value is Value =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A value in the form a field keeps; undefined where it cannot be that field's. */
export function fitting(field: string, value: Value): Value | undefined {
  if (!NUMBERS.has(field)) return typeof value === 'boolean' ? undefined : String(value);
  const number =
    typeof value === 'boolean' ? Number.NaN : typeof value === 'number' ? value : Number(value.trim() || 'x');
  if (!Number.isFinite(number)) return undefined;
  return field === 'quantity' ? number : Math.round(number);
}

/** A fact with a field as a visitor wants it; the fact itself where nothing is other. Facts are never changed. */
export function editField<F extends Fact>(fact: F, field: string, visit: Visit): F {
  if (fact.kind === 'event') return editEvent(fact, field, visit) as F;
  if (fact.kind === 'person') return editTrait(fact, field, visit) as F;
  if (fact.kind === 'product') return editProduct(fact, field, visit) as F;
  return fact.kind === 'orderLine' ? (editNamed(fact, field, visit) as F) : fact;
}

function editNamed<F extends OrderLineFact | ProductFact>(fact: F, field: string, visit: Visit): F {
  const before = (fact as unknown as Json)[field] as Seen;
  const asked = visit(field, before);
  const after = asked === undefined ? undefined : fitting(field, asked);
  if (after === before || (asked !== undefined && after === undefined)) return fact;
  return { ...fact, [field]: after };
}

function editProduct(fact: ProductFact, field: string, visit: Visit): ProductFact {
  if (field === 'category') {
    const levels = fact.category;
    const before = levels && levels.length > 0 ? levels.join(LEVELS) : undefined;
    const after = visit('category', before);
    if (after === before || after === undefined) return fact;
    return { ...fact, category: String(after).split(LEVELS) };
  }
  if (!field.startsWith('attributes.')) return editNamed(fact, field, visit);
  const name = field.slice('attributes.'.length);
  const before = fact.attributes?.[name];
  const after = visit(field, before);
  return after === before || after === undefined
    ? fact
    : { ...fact, attributes: { ...fact.attributes, [name]: after } };
}

function editTrait(fact: PersonFact, name: string, visit: Visit): PersonFact {
  const before = Object.hasOwn(fact.traits, name) ? fact.traits[name] : undefined;
  if (before === undefined) return fact;
  const after = visit(name, before);
  return after === before || after === undefined
    ? fact
    : { ...fact, traits: { ...fact.traits, [name]: after } };
}

const keysOf = remember((path) => path.split('.'));

function editEvent(fact: EventFact, path: string, visit: Visit): EventFact {
  const properties = editPath(fact.properties, keysOf(path), 0, '', visit);
  return properties === fact.properties ? fact : { ...fact, properties: properties as Json };
}

/** Follows a dotted path; `*` is every element of a list. What does not change is shared with what was. */
function editPath(
  holder: unknown,
  keys: readonly string[],
  at: number,
  walked: string,
  visit: Visit,
): unknown {
  const key = keys[at]!;
  if (key === '*') {
    if (!Array.isArray(holder)) return holder;
    let changed: unknown[] | null = null;
    holder.forEach((_, i) => {
      const next = editKey(holder, String(i), keys, at, walked, visit);
      if (next === holder[i]) return;
      changed ??= [...holder];
      changed[i] = next;
    });
    return changed ?? holder;
  }
  if (Array.isArray(holder)) {
    if (!/^\d+$/.test(key) || Number(key) >= holder.length) return holder;
    const next = editKey(holder, key, keys, at, walked, visit);
    return next === holder[Number(key)] ? holder : holder.map((one, i) => (i === Number(key) ? next : one));
  }
  if (!isObject(holder)) return holder;
  const next = editKey(holder, key, keys, at, walked, visit);
  if (next === (Object.hasOwn(holder, key) ? holder[key] : undefined)) return holder;
  return { ...holder, [key]: next };
}

function editKey(
  holder: Json | unknown[],
  key: string,
  keys: readonly string[],
  at: number,
  walked: string,
  visit: Visit,
): unknown {
  const value = Object.hasOwn(holder, key) ? (holder as Json)[key] : undefined;
  const path = walked === '' ? key : `${walked}.${key}`;
  if (at < keys.length - 1) return editPath(value, keys, at + 1, path, visit);
  if (!isScalar(value) && value !== undefined && value !== null) return value;
  const after = visit(path, value ?? undefined);
  return after === (value ?? undefined) ? value : after;
}

/** A fact with a field as it was told before anything was cleaned; null takes it away. */
export function putBack<F extends Fact>(fact: F, field: string, value: Value | null): F {
  if (fact.kind === 'event') {
    if (value !== null) return editField(fact, field, () => value);
    return { ...fact, properties: without(fact.properties, field.split('.')) };
  }
  if (value !== null) {
    if (fact.kind === 'person') return { ...fact, traits: { ...fact.traits, [field]: value } };
    return editField(fact, field, () => value);
  }
  const { [field]: _, ...rest } = fact as unknown as Json;
  return rest as unknown as F;
}

function without(holder: Json, [key, ...rest]: string[]): Json {
  const inner = holder[key!];
  if (rest.length > 0 && isObject(inner)) {
    const left = without(inner, rest);
    if (Object.keys(left).length > 0) return { ...holder, [key!]: left };
  } else if (rest.length > 0) return holder;
  const { [key!]: _, ...others } = holder;
  return others;
}

/** What kind of thing a fact is to the steps; null where none acts on it. */
export function subjectOf(fact: Fact): CleanSubject | null {
  if (fact.kind === 'orderLine') return fact.claim ? null : 'line';
  if (fact.kind === 'product' || fact.kind === 'event') return fact.kind;
  return fact.kind === 'person' && (!fact.operation || fact.operation === 'set_once') ? 'trait' : null;
}

/** The key under which changes of a line are kept. */
export const lineKey = (line: { orderId: string; lineKind: string; lineId: string }) =>
  `${line.orderId}\n${line.lineKind}\n${line.lineId}`;
