import { isStorableText, storableText } from '../platform/text.ts';

type Json = Record<string, unknown>;

/** Levels of nesting that are kept as structure; what lies deeper becomes its JSON text. */
const MAX_DEPTH = 60;

/**
 * JSON from outside in a form the stores take: every text well-formed Unicode without NUL, nesting bounded. Answers the value itself when nothing has to change, as nearly always.
 */
export function storableJson<T>(value: T): T {
  return isStorable(value, 0) ? value : (mended(value, 0) as T);
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((one) => isStorable(one, depth + 1));
  for (const key in value)
    if (!isStorableText(key) || !isStorable((value as Json)[key], depth + 1)) return false;
  return true;
}

function mended(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return asText(value);
  if (Array.isArray(value)) return value.map((one) => mended(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [storableText(key), mended(one, depth + 1)]),
  );
}

function asText(value: object): string {
  try {
    return storableText(JSON.stringify(value));
  } catch {
    return '[nested too deep]';
  }
}

/**
 * Properties in which no two values lie on one path: the warehouse reads `{"a.b": 1}` as `{"a": {"b": 1}}`, so a dotted
 * key that meets another key on its way gets `_` for its dots. The work grows with the properties, not with their square.
 */
export function withDistinctPaths(properties: Json): Json {
  return hasDottedKey(properties) ? distinctObject(properties) : properties;
}

/** The same of what lies deeper: elements of lists have paths of their own. */
function distinctWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(distinctWithin);
  return isObject(value) ? distinctObject(value) : value;
}

function distinctObject(object: Json): Json {
  const keys = Object.keys(object);
  const names = distinctNames(keys);
  return Object.fromEntries(keys.map((key) => [names?.get(key) ?? key, distinctWithin(object[key])]));
}

/** New names of the dotted keys of one object that meet another; null where none does. */
function distinctNames(keys: readonly string[]): Map<string, string> | null {
  if (!keys.some((key) => key.includes('.'))) return null;
  const names = new Map<string, string>();
  const taken = new Set(keys.flatMap((key) => [key, key.split('.', 1)[0]!]));
  const tried = new Map<string, number>();
  for (const key of meeting(keys)) {
    if (!key.includes('.')) continue;
    const plain = key.replaceAll('.', '_');
    let name = plain;
    while (taken.has(name)) {
      // Never from the first again: thousands of keys may want the same name.
      const times = (tried.get(plain) ?? 1) + 1;
      tried.set(plain, times);
      name = `${plain}_${times}`;
    }
    taken.add(name);
    names.set(key, name);
  }
  return names;
}

/** Keys of one object that would share a path with another or lie within it. */
function meeting(keys: readonly string[]): Set<string> {
  // Sorted with a dot before every other character, what lies within a key stands right behind it.
  const sorted = keys.map((key) => key.split('.').join('\0')).sort();
  const met = new Set<string>();
  let above = '';
  let inside = '';
  for (const path of sorted) {
    if (inside !== '' && path.startsWith(inside)) {
      met.add(above.split('\0').join('.'));
      met.add(path.split('\0').join('.'));
    } else {
      above = path;
      inside = `${path}\0`;
    }
  }
  return met;
}

function hasDottedKey(value: Json): boolean {
  for (const key in value) if (key.includes('.') || mayHaveDots(value[key])) return true;
  return false;
}

function mayHaveDots(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.some(mayHaveDots) : hasDottedKey(value as Json);
}

/** Whether a JSON value is an object: no list, not null. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
