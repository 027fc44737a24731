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

/** What a message says; one of a shape nobody thought of is a fault of it, not of its neighbours. */
export function readMessage(protocol: Protocol, message: unknown, context: WireContext): Fact[] | Fault {
  try {
    return READERS[protocol](message, context);
  } catch (error) {
    return { reason: 'unreadable', detail: messageOf(error) };
  }
}
