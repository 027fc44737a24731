import type { ClientKey } from '@qianmian/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact, PersonFact, TraitValue } from '../collect/index.ts';
import { openDecisions, openFolding } from '../identity/index.ts';
import { HOUR } from '../platform/clock.ts';
import { openStoredTraits } from './restate-traits.ts';
import { undoProfileImport } from './sink.ts';
import { TRAITS } from './store.ch.ts';
import { happened, type Shop, shop } from './test-shop.ts';
import { foldSteps, type TraitStep } from './trait-steps.ts';

let s: Shop;
beforeAll(async () => {
  s = await shop();
});

const step = (time: number, operation: TraitStep['operation'], value: TraitValue = true): TraitStep => ({
  time,
  id: `m${time}`,
  operation,
  value,
});

describe('what was done with a trait', () => {
  it('makes it what it is, by the time it was done', () => {
    expect(foldSteps([])).toBeNull();
    expect(foldSteps([step(2, 'increment', 3), step(1, 'set', 10), step(3, 'increment', -1)])).toBe(12);
    expect(foldSteps([step(1, 'increment', 3), step(2, 'set', 10)])).toBe(10);
    expect(foldSteps([step(2, 'set_once', 'b'), step(1, 'set_once', 'a')])).toBe('a');
    expect(foldSteps([step(1, 'set_once', 'a'), step(2, 'set', 'c'), step(3, 'set_once', 'd')])).toBe('c');
    expect(foldSteps([step(1, 'set', 'a'), step(2, 'unset'), step(3, 'set_once', 'b')])).toBe('b');
    expect(foldSteps([step(1, 'set', 'a'), step(2, 'unset')])).toBeNull();
    expect(foldSteps([step(1, 'append', '["a","b"]'), step(2, 'append', '["b","c"]')])).toBe('["a","b","c"]');
    expect(foldSteps([step(1, 'set', 'tea'), step(2, 'append', '["rice"]')])).toBe('["tea","rice"]');
    expect(foldSteps([step(1, 'set', 'much'), step(2, 'increment', 2)])).toBe(2);
  });
});

const told = (
  messageId: string,
  time: number,
  traits: PersonFact['traits'],
  operation?: PersonFact['operation'],
  who: 'user' | 'anonymous' = 'user',
  user = 'u',
): Fact => ({
  kind: 'person',
  messageId,
  time,
  identifiers: [{ type: who, value: user }],
  traits,
  ...(operation ? { operation } : {}),
});

async function traitsOf(workspace: string, user = 'u'): Promise<Record<string, string>> {
  const person = await s.person(workspace, user);
  const rows = await s.warehouse.query<{ name: string; text: string }>(
    `SELECT name, text FROM ${TRAITS} WHERE person = {person:UInt32} ORDER BY name`,
    { workspace, person },
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.text]));
}

const START = Date.parse('2026-05-01T00:00:00Z');
const PAGE: ClientKey = { orders: true, consent: true, origins: [] };

describe('steps that arrive', () => {
  it('in any order, again and again, by either identifier, leave what they leave in order', {
    timeout: 120_000,
  }, async () => {
    const one = fc.record({
      operation: fc.constantFrom('set', 'set_once', 'increment', 'append', 'unset' as const),
      amount: fc.integer({ min: -5, max: 5 }),
      who: fc.constantFrom('user', 'anonymous' as const),
      isHeard: fc.boolean(),
      name: fc.constantFrom('points', 'likes'),
    });
    const plan = fc.array(one, { minLength: 1, maxLength: 8 }).chain((steps) =>
      fc.record({
        steps: fc.constant(steps),
        order: fc.shuffledSubarray(
          steps.flatMap((_, i) => [i, i]),
          { minLength: steps.length * 2, maxLength: steps.length * 2 },
        ),
        cut: fc.integer({ min: 1, max: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(plan, async ({ steps, order, cut }) => {
        const workspace = await s.workspace();
        await s.collect(workspace, [
          {
            ...happened('u', 'Seen', START),
            identifiers: [
              { type: 'user', value: 'u' },
              { type: 'anonymous', value: 'u' },
            ],
          } as Fact,
        ]);
        const value = ({ operation, amount }: (typeof steps)[number]): TraitValue =>
          operation === 'append' ? JSON.stringify([`v${amount}`]) : operation === 'unset' ? true : amount;
        const facts = steps.map((one, i) =>
          told(
            `m${i}`,
            START + i * 1000,
            { [one.name]: value(one) },
            one.operation === 'set' ? undefined : (one.operation as never),
            one.who as never,
          ),
        );
        for (let at = 0; at < order.length; at += cut) {
          s.clock.advance(10);
          for (const isHeard of [true, false])
            await s.collect(
              workspace,
              order
                .slice(at, at + cut)
                .filter((i) => steps[i]!.isHeard === isHeard)
                .map((i) => facts[i]!),
              '',
              isHeard ? 'page' : 'test',
              isHeard ? PAGE : null,
            );
        }
        const expected: Record<string, string> = {};
        for (const name of ['points', 'likes']) {
          // What pages said counts where nothing else told of the trait.
          const isTold = steps.some((one) => one.name === name && !one.isHeard);
          const folded = foldSteps(
            steps.flatMap((one, i) =>
              one.name === name && (!isTold || !one.isHeard)
                ? [
                    {
                      time: START + i * 1000,
                      id: `m${i}`,
                      operation: one.operation as never,
                      value: value(one),
                    },
                  ]
                : [],
            ),
          );
          if (folded !== null) expected[name] = String(folded);
        }
        expect(await traitsOf(workspace)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it('begin with what was set before, and are taken away together', async () => {
    const workspace = await s.workspace();
    await s.collect(workspace, [told('a', START, { points: 5, city: '上海' })]);
    await s.collect(workspace, [told('b', START + 1, { points: 3 }, 'increment')]);
    expect(await traitsOf(workspace)).toEqual({ points: '8', city: '上海' });
    await s.collect(workspace, [
      told('c', START + 2, { points: 1 }),
      told('d', START + 3, { points: 1 }, 'increment'),
    ]);
    expect(await traitsOf(workspace)).toEqual({ points: '2', city: '上海' });
    await s.collect(workspace, [told('e', START + 10, {}, 'delete')]);
    expect(await traitsOf(workspace)).toEqual({});
    await s.collect(workspace, [
      told('f', START + 5, { city: '北京' }),
      told('g', START + 11, { points: 1 }, 'increment'),
    ]);
    expect(await traitsOf(workspace)).toEqual({ points: '1' });
  });

  it('of two people who turn out to be one add up with the next step', async () => {
    const workspace = await s.workspace();
    await s.collect(workspace, [
      told('a', START, { points: 3 }, 'increment'),
      told('b', START + 1, { points: 5 }, 'increment', 'anonymous', 'visitor'),
    ]);
    await s.collect(workspace, [
      {
        ...happened('u', 'Signed In', START + 2),
        identifiers: [
          { type: 'user', value: 'u' },
          { type: 'anonymous', value: 'visitor' },
        ],
      } as Fact,
      told('c', START + 3, { points: 1 }, 'increment'),
    ]);
    expect(await traitsOf(workspace)).toEqual({ points: '9' });
  });

  it('never make a consent', async () => {
    const workspace = await s.workspace();
    await s.collect(workspace, [
      told('a', START, { emailConsent: true }, 'unset'),
      told('b', START, { smsConsent: true }, 'set_once'),
    ]);
    const rows = await s.warehouse.query(
      'SELECT 1 FROM profile_consent WHERE workspace = {workspace:String}',
      { workspace },
    );
    expect(rows).toEqual([]);
  });
});

describe('what a key that stands in a page says of somebody', () => {
  const HOUR_ON = START + HOUR;
  const hear = (workspace: string, facts: Fact[]) => s.collect(workspace, facts, '', 'page', PAGE);

  it('takes nothing away and changes nothing of what was told', async () => {
    const workspace = await s.workspace();
    await s.collect(workspace, [told('a', START, { vip: 'gold', email: 'ann@shop.example', points: 7 })]);
    await hear(workspace, [told('b', HOUR_ON, { vip: 'none', email: 'thief@evil.example', shoes: 41 })]);
    const before = { vip: 'gold', email: 'ann@shop.example', points: '7', shoes: '41' };
    expect(await traitsOf(workspace)).toEqual(before);
    await hear(workspace, [
      told('c', HOUR_ON + 1, { points: 1000 }, 'increment'),
      told('d', HOUR_ON + 2, { vip: true }, 'unset'),
    ]);
    expect(await traitsOf(workspace)).toEqual(before);
    await hear(workspace, [told('e', HOUR_ON + 3, {}, 'delete')]);
    const { shoes: _, ...kept } = before;
    expect(await traitsOf(workspace)).toEqual(kept);
    // The server itself goes on changing them.
    await s.collect(workspace, [
      told('f', START + 2, { points: 1 }, 'increment'),
      told('g', START + 3, { vip: 'silver' }),
    ]);
    expect(await traitsOf(workspace)).toEqual({ ...kept, points: '8', vip: 'silver' });
  });

  it('stands until something else tells of it, and again when that is taken back', async () => {
    const workspace = await s.workspace();
    await hear(workspace, [told('a', HOUR_ON, { city: 'Berlin', size: 'M' })]);
    await hear(workspace, [told('b', HOUR_ON + 5, { city: 'Bonn' })]);
    await hear(workspace, [told('late', HOUR_ON + 1, { city: 'Trier' })]);
    expect(await traitsOf(workspace)).toEqual({ city: 'Bonn', size: 'M' });
    await s.collect(workspace, [told('c', START, { city: 'Ulm' })], 'file');
    expect(await traitsOf(workspace)).toEqual({ city: 'Ulm', size: 'M' });
    await undoProfileImport(s.warehouse, workspace, 'file');
    expect(await traitsOf(workspace)).toEqual({ city: 'Bonn', size: 'M' });
  });

  it('gives nobody another address in their portrait', async () => {
    const workspace = await s.workspace();
    const known = (messageId: string, time: number, email: string): Fact => ({
      ...{ kind: 'person', messageId, time, traits: {} },
      identifiers: [
        { type: 'user', value: 'u' },
        { type: 'email', value: email },
      ],
    });
    await s.collect(workspace, [known('a', START, 'ann@shop.example')]);
    await hear(workspace, [known('b', HOUR_ON, 'thief@evil.example')]);
    await s.profile.refresh(workspace);
    const portraits = await s.warehouse.query(
      'SELECT email FROM profile_person WHERE workspace = {workspace:String} AND person_id = {person:UInt32}',
      { workspace, person: await s.person(workspace, 'u') },
    );
    expect(portraits).toEqual([{ email: 'ann@shop.example' }]);
  });

  it('stays behind what is told when steps clean it', async () => {
    const workspace = await s.workspace();
    const stored = openStoredTraits(s);
    await hear(workspace, [told('a', HOUR_ON, { city: 'bonn' })]);
    const { traits } = await stored.after(workspace, null, null, 10);
    await stored.restate(
      workspace,
      traits.map((one) => ({ ...one, value: 'Bonn' })),
      2 ** 52 - 1,
    );
    expect(await traitsOf(workspace)).toEqual({ city: 'Bonn' });
    await s.collect(workspace, [told('b', START, { city: 'Ulm' })]);
    expect(await traitsOf(workspace)).toEqual({ city: 'Ulm' });
  });
});

describe('people who are joined and parted again', () => {
  const TABLES = ['profile_trait', 'profile_trait_step'].map((table) => ({ table }));
  const exclusively = <T>(work: () => Promise<T>) => work();

  it('keep their own steps, each once, folded or not', { timeout: 120_000 }, async () => {
    for (const folds of [[], ['joined'], ['parted'], ['joined', 'parted']]) {
      const ws = await s.workspace();
      const folding = openFolding({ ...s, exclusively, factTables: TABLES });
      let said = 0;
      const add = async (user: string, points: number) => {
        s.clock.advance(HOUR);
        said += 1;
        await s.collect(ws, [told(`m${said}`, s.clock.now(), { points }, 'increment', 'user', user)]);
      };
      const points = async () => [(await traitsOf(ws, 'u1')).points, (await traitsOf(ws, 'u2')).points];
      // Set before anything was added to it: the first of its steps, whoever it is with by then.
      s.clock.advance(HOUR);
      await s.collect(ws, [told('set', s.clock.now(), { points: 100 }, undefined, 'user', 'u2')]);
      await add('u1', 5);
      await s.collect(ws, [
        {
          ...(happened('u1', 'Alias', s.clock.now()) as Fact & { kind: 'event' }),
          identifiers: ['u1', 'u2'].map((value) => ({ type: 'user', value })),
          samePerson: true,
        },
      ]);
      if (folds.includes('joined')) await folding.fold(ws);
      await add('u2', 7);
      expect(await points()).toEqual(['112', '112']);
      const decisions = openDecisions({ ...s, exclusively });
      const anchors = await s.warehouse.query<{ anchor: number }>(
        'SELECT anchor FROM identity_link FINAL WHERE workspace = {ws:String} ORDER BY value',
        { ws },
      );
      const [a, b] = anchors.map((row) => row.anchor) as [number, number];
      await decisions.split(ws, await s.person(ws, 'u1'), [a, b], 'tester');
      if (folds.includes('parted')) await folding.fold(ws);
      await add('u1', 1);
      await add('u2', 2);
      expect(await points()).toEqual(['6', '109']);
      await folding.fold(ws);
      await add('u2', 3);
      await add('u1', 4);
      expect(await points()).toEqual(['10', '112']);
    }
  });
});
