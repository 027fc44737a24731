import type { PlanType, TrackingPlan } from '@qianmian/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differencesOf, withEvent, withLearned, withoutEvent } from './plan-draft.ts';

const name = fc.constantFrom('A', 'B', 'C', 'D');
const property = fc.record({
  path: fc.constantFrom('x', 'y', 'z.w'),
  types: fc.constantFrom<PlanType[]>([], ['string'], ['number']),
  required: fc.boolean(),
  description: fc.constantFrom('', 'd'),
});
const plan: fc.Arbitrary<TrackingPlan> = fc.record({
  events: fc.uniqueArray(
    fc.record({
      name,
      description: fc.constantFrom('', 'e'),
      properties: fc.uniqueArray(property, { selector: (one) => one.path }),
    }),
    { selector: (one) => one.name },
  ),
});

it('nothing differs from itself, and every difference has two sides', () => {
  fc.assert(
    fc.property(plan, plan, (a, b) => {
      expect(differencesOf(a, a)).toEqual([]);
      const there = differencesOf(a, b);
      const back = differencesOf(b, a);
      const of = (list: typeof there, kind: string) =>
        list
          .filter((one) => one.kind === kind)
          .map((one) => one.what)
          .sort();
      expect(of(there, 'added')).toEqual(of(back, 'removed'));
      expect(of(there, 'changed')).toEqual(of(back, 'changed'));
    }),
  );
});

it('what was learned joins the draft and changes nothing that was written', () => {
  const draft = withEvent({ events: [{ name: 'A', description: 'mine', properties: [] }] }, 'A', {
    properties: [{ path: 'x', types: ['integer'], required: true, description: 'own' }],
  });
  const learned = ['A', 'B'].map((one) => ({
    name: one,
    messages: 3,
    properties: ['x', 'y'].map((path) => ({ path, types: ['string' as const], share: 1, examples: [] })),
  }));
  const merged = withLearned(draft, learned);
  expect(
    merged.events.map((event) => event.properties.map((one) => [one.path, one.types[0], one.required])),
  ).toEqual([
    [
      ['x', 'integer', true],
      ['y', 'string', false],
    ],
    [
      ['x', 'string', true],
      ['y', 'string', true],
    ],
  ]);
  expect(withoutEvent(merged, 'B').events).toHaveLength(1);
});
