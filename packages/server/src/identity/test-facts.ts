import type { Fact, Identifier, IdentifierType } from '../collect/index.ts';
import { DAY } from '../platform/clock.ts';

/** An identifier written as `type=value`. */
export function id(text: string): Identifier {
  const [type, value] = text.split('=') as [IdentifierType, string];
  return { type, value };
}

/** A moment so many days after the one that tests of identity begin with. */
export const at = (day: number): number => Date.UTC(2026, 3, 1) + day * DAY;

let messages = 0;

/** Identifiers seen together, in a message of its own. */
export function seen(day: number, ...ids: string[]): Fact {
  messages += 1;
  return {
    kind: 'event',
    messageId: `seen${messages}`,
    name: 'Product Viewed',
    time: at(day),
    identifiers: ids.map(id),
    properties: {},
  };
}
