import { traitTest } from '@qianmian/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { opsOf, testWith, type ValueType } from './trait-test.ts';

const type = fc.constantFrom<ValueType>('text', 'number', 'boolean', 'any');

it('keeps what was typed when the comparison changes, and gives a test the contract accepts once filled in', () => {
  fc.assert(
    fc.property(type, fc.nat(20), fc.nat(20), fc.integer(), (of, a, b, value) => {
      const ops = opsOf(of);
      const first = testWith(of, ops[a % ops.length] ?? 'is', {
        op: 'is',
        value: of === 'boolean' ? true : value,
      });
      expect(traitTest.safeParse(first).success).toBe(true);
      const second = testWith(of, ops[b % ops.length] ?? 'is', first);
      if (first.op === 'exists' || first.op === 'missing') return;
      expect(traitTest.safeParse(second).success).toBe(true);
      if ('value' in second && of !== 'boolean')
        expect([second.value].flat().map(String)).toEqual([String(value)]);
    }),
  );
});

it('leaves open what is not typed yet', () => {
  expect(testWith('text', 'is', null)).toEqual({ op: 'is', value: '' });
  expect(testWith('number', 'gte', null)).toEqual({ op: 'gte', value: Number.NaN });
  expect(testWith('boolean', 'is', null)).toEqual({ op: 'is', value: true });
  expect(testWith('text', 'in', { op: 'is', value: '' })).toEqual({ op: 'in', value: [] });
});
