import { expect, it } from 'vitest';
import { freeName, sameCondition } from './same.ts';

it('knows a condition again however its fields are ordered', () => {
  const a = { kind: 'fact', fact: 'orders', test: { op: 'eq', value: 1 } } as const;
  const b = { test: { value: 1, op: 'eq' }, fact: 'orders', kind: 'fact' } as const;
  expect(sameCondition(a, b)).toBe(true);
  expect(sameCondition(a, { ...b, test: { op: 'eq', value: 2 } })).toBe(false);
  expect(sameCondition({ kind: 'all', of: [a, b] }, { kind: 'any', of: [a, b] })).toBe(false);
});

it('finds a name that is free', () => {
  expect(freeName('Champions', new Set())).toBe('Champions');
  expect(freeName('Champions', new Set(['Champions', 'Champions 2']))).toBe('Champions 3');
});
