import { createWorld, history, ONE_OFF_ID, type Owner, truthOf } from '@qianmian/simulator';
import { expect, it } from 'vitest';
import { factsOfMessage, type Identifier } from '../collect/index.ts';
import { testApp } from '../test-app.ts';
import { normaliseIdentifier } from './normalise.ts';
import { IDENTIFIERS } from './store.ch.ts';

const PEOPLE = 3000;
const DAYS = 150;

const SIMULATOR_TYPE: Record<string, string> = {
  user: 'user_id',
  anonymous: 'anonymous_id',
  device: 'device_id',
};
const keyOf = ({ type, value }: { type: string; value: string }) =>
  `${SIMULATOR_TYPE[type] ?? type}:${value}`;

/** Sets of things that belong together. */
class Together {
  readonly #parent = new Map<string, string>();
  root(key: string): string {
    const up = this.#parent.get(key) ?? key;
    if (up === key) return key;
    const root = this.root(up);
    this.#parent.set(key, root);
    return root;
  }
  join(a: string, b: string): void {
    const [x, y] = [this.root(a), this.root(b)];
    if (x !== y) this.#parent.set(x, y);
  }
}

const pairs = (n: number) => (n * (n - 1)) / 2;
function sumPairs(counts: Iterable<number>): number {
  let sum = 0;
  for (const n of counts) sum += pairs(n);
  return sum;
}
function countBy<T>(items: Iterable<T>, of: (item: T) => string | number): Map<string | number, number> {
  const counts = new Map<string | number, number>();
  for (const item of items) counts.set(of(item), (counts.get(of(item)) ?? 0) + 1);
  return counts;
}

/**
 * The simulated retailer has shared tablets, slips of the pen, placeholder cards, lost cookies and people who never sign
 * in. A pair of identifiers is right when one person uses both. It could be known when true sightings lead from one to the
 * other: a card that was never shown together with anything leads nowhere, whoever looks.
 */
it('people are told apart and together as they really are', async () => {
  const t = await testApp();
  const workspace = await t.workspace();
  const world = createWorld({ seed: 11, people: PEOPLE, days: DAYS, start: '2026-01-01' });
  const owners = new Map<string, Owner>();
  for (const [key, owner] of truthOf(world).owners())
    owners.set(key.startsWith('email:') ? key.toLowerCase() : key, owner);
  const knowable = new Together();
  const seen = new Map<string, number>();
  let messageId = 0;
  for (const { messages, people } of history(world)) {
    if (messages.length > 0) await t.app.collector.acceptMessages(workspace, 'simulator', messages);
    for (const [i, message] of messages.entries()) {
      messageId += 1;
      const context = { receivedAt: 0, sentAt: null, currency: 'CNY', messageId: () => String(messageId) };
      const facts = factsOfMessage(message, context);
      if (!Array.isArray(facts)) throw new Error(`The simulator wrote what cannot be read: ${facts.detail}`);
      for (const fact of facts) {
        const identifiers: Identifier[] = 'identifiers' in fact ? fact.identifiers : [];
        const keys = identifiers.flatMap(({ type, value }) => {
          const one = normaliseIdentifier(type, value, 'CN');
          return one === null ? [] : [keyOf({ type, value: one })];
        });
        for (const key of keys) seen.set(key, people[i]!);
        const mine = keys.filter((k) => {
          const owner = owners.get(k);
          return (
            ONE_OFF_ID.test(k.split(':')[1]!) || (owner && !owner.wrong && owner.people.includes(people[i]!))
          );
        });
        for (const key of mine.slice(1)) knowable.join(`${people[i]} ${mine[0]}`, `${people[i]} ${key}`);
      }
    }
  }
  await t.app.collector.drained();

  const found = new Map<string, number>();
  for (const row of await t.app.warehouse.query<{ type: string; value: string; person: number }>(
    `SELECT type, value, person FROM ${IDENTIFIERS}`,
    { workspace },
  ))
    found.set(keyOf(row), row.person);
  expect(found.size).toBe(seen.size);

  // Precision: every pair that was made one; receipts and forms say nothing about who it was.
  const made = [...found].filter(([key]) => !ONE_OFF_ID.test(key.split(':')[1]!));
  const byPerson = new Map<number, string[]>();
  for (const [key, person] of made) byPerson.set(person, [...(byPerson.get(person) ?? []), key]);
  let joined = 0;
  let wrong = 0;
  for (const keys of byPerson.values())
    for (let i = 0; i < keys.length; i++)
      for (let j = i + 1; j < keys.length; j++) {
        joined += 1;
        const [a, b] = [owners.get(keys[i]!)?.people ?? [], owners.get(keys[j]!)?.people ?? []];
        if (!a.some((p) => b.includes(p))) wrong += 1;
      }
  // Recall: identifiers that are one person's alone, with no slip in them.
  const own = made
    .map(([key, person]) => ({ key, person, owner: owners.get(key) }))
    .filter(({ owner }) => owner && !owner.wrong && owner.people.length === 1)
    .map(({ key, person, owner }) => ({ key, person, is: owner!.people[0]! }));
  const rootOf = (o: { key: string; is: number }) => knowable.root(`${o.is} ${o.key}`);
  const all = sumPairs(countBy(own, (o) => o.is).values());
  const couldBeKnown = sumPairs(countBy(own, rootOf).values());
  const known = sumPairs(countBy(own, (o) => `${o.is} ${o.person}`).values());
  const knownOfKnowable = sumPairs(countBy(own, (o) => `${rootOf(o)} ${o.person}`).values());
  const precision = 1 - wrong / joined;
  const recall = knownOfKnowable / couldBeKnown;
  console.log(
    `${messageId} messages, ${found.size} identifiers, ${new Set(found.values()).size} people found of ${new Set(seen.values()).size}; ` +
      `precision ${precision.toFixed(5)} (${wrong} of ${joined} pairs wrong), recall ${recall.toFixed(4)} of what could be known, ` +
      `${(known / all).toFixed(4)} of all pairs (${couldBeKnown} of ${all} could be known)`,
  );
  expect(messageId).toBeGreaterThan(20_000);
  expect(precision).toBeGreaterThanOrEqual(0.999);
  expect(recall).toBeGreaterThanOrEqual(0.97);
}, 600_000);
