import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heardAt } from './batch.ts';
import type { Header } from './delivery.ts';
import type { Fact } from './facts.ts';
import { putTogether } from './together.ts';

const keys = [
  null,
  { origins: [], orders: true, consent: true },
  { origins: [], orders: true, consent: false },
];
const arrival = fc.record({
  source: fc.constantFrom('shop', 'app'),
  afterMs: fc.nat(3000),
  key: fc.constantFrom(...keys),
  facts: fc.nat(3),
  isReplay: fc.boolean(),
});

function deliveriesOf(arrivals: readonly { source: string; afterMs: number; key: unknown; facts: number }[]) {
  let receivedAt = 1_000_000;
  return arrivals.map(({ source, afterMs, key, facts, ...more }, i) => {
    receivedAt += afterMs;
    const replay = 'isReplay' in more && more.isReplay ? ({} as Header['replay']) : undefined;
    return {
      header: { kind: 'segment', workspace: 'w', source, receivedAt, id: `${i}`, replay } as Header,
      client: key ? { ...key } : null,
      facts: Array.from({ length: facts }, (_, n) => ({ kind: 'event', messageId: `${i}.${n}` }) as Fact),
    } as Parameters<typeof putTogether>[0] extends Iterable<infer One> ? One : never;
  });
}

/** Steps are saved anew every second. */
const stepsAt = async (_: string, moment: number) => Math.floor(moment / 1000);

it('law: what is stored as one agrees in all that holds for it, and each fact keeps the moment it came', () =>
  fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 30 }), async (arrivals) => {
      const deliveries = deliveriesOf(arrivals);
      const groups = await putTogether(deliveries, stepsAt);
      const ofFact = new Map(deliveries.flatMap((one) => one.facts.map((fact) => [fact, one])));
      for (const { header, client, facts } of groups)
        for (const fact of facts) {
          const own = ofFact.get(fact)!;
          expect(heardAt(fact, header)).toBe(own.header.receivedAt);
          expect(own.client).toEqual(client);
          expect([own.header.source, own.header.replay]).toEqual([header.source, header.replay]);
          expect(await stepsAt('w', own.header.receivedAt)).toBe(await stepsAt('w', header.receivedAt));
        }
      const roads = (of: { header: Header; facts: readonly Fact[] }[]) =>
        ['shop', 'app'].map((source) =>
          [true, false].map((isReplay) =>
            of
              .filter(({ header }) => header.source === source && (header.replay !== undefined) === isReplay)
              .flatMap((one) => one.facts),
          ),
        );
      expect(roads(groups)).toEqual(roads(deliveries));
      // Once more, in parts or whole, after a crash: names and moments are what they were.
      const again = await putTogether(deliveriesOf(arrivals), stepsAt);
      expect(again.map(({ key, facts }) => [key, facts])).toEqual(
        groups.map(({ key, facts }) => [key, facts]),
      );
      expect(new Set(groups.map((one) => one.key)).size).toBe(groups.length);
    }),
  ));

it('is one, however many came and whenever, where nothing tells them apart', async () => {
  const deliveries = deliveriesOf(
    Array.from({ length: 500 }, () => ({ source: 'shop', afterMs: 7, key: keys[1], facts: 1 })),
  );
  const groups = await putTogether(deliveries, async () => 0);
  expect(groups.map((one) => [one.key, one.facts.length])).toEqual([['w\nshop', 500]]);
});
