import type { IdentityRules } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { blockedValues, moved, sameRules, withRule } from './rules-draft.ts';

const rule = (type: string) => ({
  type,
  joins: true,
  perPerson: 1,
  perPeriod: null,
  sharedFrom: 3,
  blocked: [],
});
const rules: IdentityRules = { types: [rule('user'), rule('phone'), rule('anonymous')] };

it('a type moves up and down, and not beyond the ends', () => {
  expect(moved(rules, 'phone', -1).types.map((r) => r.type)).toEqual(['phone', 'user', 'anonymous']);
  expect(moved(rules, 'user', -1)).toBe(rules);
  expect(moved(rules, 'anonymous', 1)).toBe(rules);
  expect(sameRules(moved(moved(rules, 'phone', -1), 'phone', 1), rules)).toBe(true);
});

it('rules are the same when they say the same', () => {
  expect(sameRules(rules, { types: rules.types.map((r) => ({ ...r })) })).toBe(true);
  expect(sameRules(rules, withRule(rules, 'phone', { joins: false }))).toBe(false);
  expect(sameRules(rules, withRule(rules, 'phone', { perPeriod: { count: 3, days: 30 } }))).toBe(false);
  expect(sameRules(rules, moved(rules, 'phone', 1))).toBe(false);
});

it('blocked values are read as they are typed', () => {
  expect(blockedValues(' 0000, Staff\n\nstaff；unknown，')).toEqual(['0000', 'staff', 'unknown']);
});
