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
 * key that meets another key on its way gets `_` for its dots.
 */
export function withDistinctPaths(properties: Json): Json {
  if (!hasDottedKey(properties)) return properties;
  const keys = Object.keys(properties);
  const taken = new Set(keys);
  return Object.fromEntries(
    keys.map((key) => {
      let name = key;
      if (key.includes('.') && keys.some((other) => other !== key && meet(key, other))) {
        name = key.replaceAll('.', '_');
        while (taken.has(name)) name += '_';
        taken.add(name);
      }
      return [name, distinctWithin(properties[key])];
    }),
  );
}

/** The same of what lies deeper: elements of lists have paths of their own. */
function distinctWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.some(mayHaveDots) ? value.map(distinctWithin) : value;
  return isObject(value) ? withDistinctPaths(value) : value;
}

/** Whether two keys of one object would share a path or lie one inside the other. */
function meet(dotted: string, other: string): boolean {
  return dotted.startsWith(`${other}.`) || other.startsWith(`${dotted}.`);
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
