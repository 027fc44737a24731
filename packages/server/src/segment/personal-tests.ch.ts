import type { Params, Warehouse } from '../platform/warehouse.ts';
import { propertyExpressions } from './value-test.ts';

/** A trait, or a property of an event, and what of it looks personal. */
export interface Doubted {
  /** Null for a trait. */
  event: string | null;
  name: string;
  /** A pattern of texts. */
  look: string;
  /** Whole numbers from here on; 0 where numbers never do. */
  long: number;
}

/** Numbers with as many digits as a phone number, where the name does not say that they are none. */
const isLong = (number: string) =>
  `({long:UInt32} > 0 AND abs(${number}) >= {long:UInt32} AND floor(${number}) = ${number})`;

/** How tests of values look at what is stored: each name once, however often it is tested. */
export function personalTestsWarehouse(warehouse: Warehouse) {
  async function trait(workspace: string, asked: readonly Doubted[]): Promise<string | null> {
    const [first] = asked;
    if (!first) return null;
    const [found] = await warehouse.query<{ name: string }>(
      `SELECT name FROM profile_trait WHERE workspace = {workspace:String} AND name IN {names:Array(String)}
         AND (toString(type) = 'text' AND match(text, {look:String}) OR toString(type) = 'number' AND ${isLong('number')})
       LIMIT 1`,
      { workspace, names: asked.map((one) => one.name), look: first.look, long: first.long },
    );
    return found?.name ?? null;
  }

  async function property(workspace: string, asked: readonly Doubted[]): Promise<string | null> {
    const [first] = asked;
    if (!first) return null;
    const { isScalar } = propertyExpressions('value');
    const params: Params = {
      ...{ workspace, look: first.look, long: first.long },
      events: [...new Set(asked.map((a) => a.event))],
    };
    const tests = asked.map(({ event, name }, i) => {
      params[`event${i}`] = event;
      params[`name${i}`] = name;
      const value = `value${i}`;
      return `(event = {event${i}:String} AND (getSubcolumn(properties, {name${i}:String}) AS ${value}) IS NOT NULL
        AND ${isScalar.replaceAll('value', value)}
        AND (dynamicType(${value}) = 'String' AND match(toString(${value}), {look:String})
          OR dynamicType(${value}) NOT IN ('String', 'Bool') AND ${isLong(`toFloat64OrNull(toString(${value}))`)}))`;
    });
    const [found] = await warehouse.query<{ place: number }>(
      `SELECT arrayFirstIndex(x -> ifNull(x, 0), [${tests.join(', ')}]) AS place
       FROM (SELECT name AS event, properties FROM collect_event
         WHERE workspace = {workspace:String} AND name IN {events:Array(String)})
       WHERE place > 0 LIMIT 1`,
      params,
    );
    return found ? asked[found.place - 1]!.name : null;
  }

  return {
    /** One of these under which something is stored that looks personal; null when there is none. */
    async looksPersonal(workspace: string, asked: readonly Doubted[]): Promise<string | null> {
      const distinct = new Map(asked.map((one) => [`${one.event}\n${one.name}`, one]));
      // What is looked for alike is looked for at once.
      const alike = new Map<string, Doubted[]>();
      for (const one of distinct.values()) alike.set(keyOf(one), [...(alike.get(keyOf(one)) ?? []), one]);
      for (const same of alike.values()) {
        const found =
          same[0]!.event === null ? await trait(workspace, same) : await property(workspace, same);
        if (found !== null) return found;
      }
      return null;
    },
  };
}

const keyOf = ({ event, look, long }: Doubted) => `${event === null}\n${long}\n${look}`;
