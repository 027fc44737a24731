import { messageOf } from '../../platform/errors.ts';
import type { Fact } from '../facts.ts';
import type { Fault, WireContext } from './call.ts';
import { factsOfGa4, factsOfGtag } from './ga4.ts';
import { factsOfMessage } from './segment.ts';
import { factsOfSensors } from './sensors.ts';

/** Every protocol that is spoken, and how one message of it is read. */
const READERS = {
  segment: factsOfMessage,
  sensors: factsOfSensors,
  ga4: factsOfGa4,
  gtag: factsOfGtag,
} satisfies Record<string, (message: unknown, context: WireContext) => Fact[] | Fault>;
export type Protocol = keyof typeof READERS;

/** Values that one message may hold, lists and objects among them: an order of 2,000 lines with 24 fields each. */
const MOST_VALUES = 50_000;

/** What a message says; one of a shape nobody thought of is a fault of it, not of its neighbours. */
export function readMessage(protocol: Protocol, message: unknown, context: WireContext): Fact[] | Fault {
  if (valuesIn(message, MOST_VALUES) > MOST_VALUES) return tooMany();
  try {
    return READERS[protocol](message, context);
  } catch (error) {
    return { reason: 'unreadable', detail: messageOf(error) };
  }
}

function tooMany(): Fault {
  return {
    reason: 'too_many_properties',
    detail: `A message may hold ${MOST_VALUES.toLocaleString('en')} values; it holds more.`,
  };
}

/** How much the messages of one body may repeat together of what was said of all of them at once. */
const MOST_REPEATED = { values: 1_000_000, characters: 20_000_000 };

/** Why what a body says of all its messages is too much for so many; null where it is not. */
export function aroundFault(around: Record<string, unknown> | undefined, messages: number): Fault | null {
  if (around === undefined) return null;
  const values = valuesIn(around, MOST_VALUES);
  const characters = JSON.stringify(around).length;
  if (
    values <= MOST_VALUES &&
    values * messages <= MOST_REPEATED.values &&
    characters * messages <= MOST_REPEATED.characters
  )
    return null;
  return {
    reason: 'too_many_properties',
    detail: `What the body says of all its messages counts for each of its ${messages.toLocaleString('en')}: it is too much for so many; send fewer at once.`,
  };
}

/** A name counts for another value with every 64 characters. */
const NAME = 6;

/** How many values there are, at least up to `most`. */
function valuesIn(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let found = 1;
  if (Array.isArray(value)) {
    if (value.length > most) return value.length;
    for (const one of value) {
      found += valuesIn(one, most - found);
      if (found > most) break;
    }
    return found;
  }
  for (const key in value) {
    found += (key.length >> NAME) + valuesIn((value as Record<string, unknown>)[key], most - found);
    if (found > most) break;
  }
  return found;
}
