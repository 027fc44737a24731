import { isObject } from '../storable.ts';
import type { Json } from './json.ts';
import { isWithin, KEYLESS, parseExactly } from './parse.ts';

/**
 * How another protocol's words become ours: data, with a version that is stored with every event it renamed, so that a
 * later table can be told from an earlier one. A table that is changed gets the next version.
 */
export interface Vocabulary {
  protocol: string;
  version: number;
  /** Names of events; those that stand in no table keep theirs. */
  events: Readonly<Record<string, string>>;
  /** Our names of properties, with those others have for them; the first that says something holds. */
  properties: Readonly<Record<string, readonly string[]>>;
  /** The same for what is within a list of products. */
  product: Readonly<Record<string, readonly string[]>>;
  /** Names of lists of products. */
  lists: readonly string[];
}

/** The canonical name of an event. */
export function eventNamed(vocabulary: Vocabulary, name: string): string {
  return Object.hasOwn(vocabulary.events, name) ? vocabulary.events[name]! : name;
}

/**
 * Properties under canonical names as well. What was sent stays as it was: a name that is ours already keeps its value.
 */
export function propertiesNamed(vocabulary: Vocabulary, sent: Json): Json {
  const named = renamed(sent, vocabulary.properties);
  const list = vocabulary.lists.map((name) => listIn(sent[name])).find((one) => one !== undefined);
  if (list) named.products = list.map((one) => productNamed(vocabulary, one));
  return named;
}

/** A product of a list under canonical names. */
export function productNamed(vocabulary: Vocabulary, sent: Json): Json {
  return renamed(sent, vocabulary.product);
}

/** Objects of a list; some senders write the list as JSON text, as theirs may only hold text. */
function listIn(value: unknown): Json[] | undefined {
  if (Array.isArray(value)) {
    const read = value.map((one) => (typeof one === 'string' && one.startsWith('{') ? parsed(one) : one));
    return read.some(isObject) ? read.filter(isObject) : undefined;
  }
  return typeof value === 'string' && value.startsWith('[') ? listIn(parsed(value)) : undefined;
}

function parsed(text: string): unknown {
  if (!isWithin(Buffer.from(text), KEYLESS)) return undefined;
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function renamed(sent: Json, names: Readonly<Record<string, readonly string[]>>): Json {
  const named: Json = { ...sent };
  for (const [ours, theirs] of Object.entries(names)) {
    if (sent[ours] !== undefined && sent[ours] !== null) continue;
    const said = theirs.find((name) => sent[name] !== undefined && sent[name] !== null && sent[name] !== '');
    if (said !== undefined) named[ours] = sent[said];
  }
  return named;
}
