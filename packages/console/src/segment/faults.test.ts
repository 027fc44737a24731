import { type Condition, condition } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { blankLeaf, LEAF_KINDS } from './blank.ts';
import { faultsByPlace, faultsOf, faultWords, isFinished, placeKey, placeOf, unfinished } from './faults.ts';
import { TEMPLATES, templateCondition } from './templates.ts';
import { at, leavesOf } from './tree.ts';

const rule: Condition = {
  kind: 'all',
  of: [
    { kind: 'tag', tag: 'a' },
    {
      kind: 'not',
      of: {
        kind: 'any',
        of: [
          { kind: 'tag', tag: '' },
          { kind: 'segment', segment: 'x' },
        ],
      },
    },
  ],
};

describe('faults of a condition', () => {
  it('come to the part they belong to, as the contract and the server name it', () => {
    expect(Object.keys(faultsOf(rule))).toEqual(['condition.of.1.of.of.0.tag']);
    const found = faultsByPlace(rule, {
      ...faultsOf(rule),
      'condition.of.1.of.of.1.segment': 'does not exist in this workspace',
      name: 'is taken',
    });
    expect([...found.keys()]).toEqual(['1.0.0', '1.0.1']);
    expect(at(rule, [1, 0, 1])).toEqual({ kind: 'segment', segment: 'x' });
    expect(found.get('1.0.1')?.[0]?.field).toBe('segment');
  });

  it('leads from the place of any leaf to it and back', () => {
    const leaf = fc.constantFrom<Condition>({ kind: 'tag', tag: '' });
    const tree = fc.letrec<{ any: Condition }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('any'), { maxLength: 3 }).map((of): Condition => ({ kind: 'all', of })),
        tie('any').map((of): Condition => ({ kind: 'not', of })),
      ),
    })).any;
    fc.assert(
      fc.property(tree, (c) => {
        const places = Object.keys(faultsOf(c)).map((field) => placeKey(placeOf(c, field)?.path ?? [-1]));
        expect(places.sort()).toEqual(
          leavesOf(c)
            .map(({ path }) => placeKey(path))
            .sort(),
        );
      }),
    );
  });

  it('are said in both languages, none as the code words them', () => {
    for (const language of ['en', 'zh'] as const) {
      const t = createI18n(language).getFixedT(null, 'segment');
      for (const leaf of LEAF_KINDS.map(blankLeaf))
        for (const fault of Object.values(faultsOf(leaf))) {
          expect(faultWords(fault, t), fault).not.toBe(fault);
          expect(faultWords(fault, t)).not.toMatch(/^fault\./);
        }
    }
  });
});

it('knows what is not finished', () => {
  expect(unfinished(rule).map(placeKey)).toEqual(['1.0.0']);
  expect(isFinished(blankLeaf('orders'))).toBe(true);
  expect(isFinished(blankLeaf('fact'))).toBe(false);
  expect(isFinished(blankLeaf('trait'))).toBe(false);
});

it('offers templates that the contract accepts as they are', () => {
  for (const template of TEMPLATES)
    expect(condition.safeParse(templateCondition(template, (major) => major * 100)).success, template).toBe(
      true,
    );
});
