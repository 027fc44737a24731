import type { Condition, WhyNode } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import type { Writing } from './sentence.ts';
import { whyLines } from './why-lines.ts';

const same = (name: string) => name;
const writing = (language: Language): Writing => ({
  t: createI18n(language).getFixedT(null, ['segment', 'profile']),
  format: createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' }),
  names: {
    trait: same,
    event: same,
    segment: () => 'VIP',
    tag: same,
    store: same,
    channel: same,
    product: same,
    category: same,
    brand: same,
  },
});

const rule: Condition = {
  kind: 'all',
  of: [
    { kind: 'fact', fact: 'spendCents', test: { op: 'gte', value: 50_000 } },
    { kind: 'not', of: { kind: 'lifecycle', stages: ['lost'] } },
    { kind: 'segment', segment: 's' },
  ],
};
const leaf = (kind: string, holds: boolean, fact: string): WhyNode => ({ kind, holds, fact, of: [] });
const why: WhyNode = {
  kind: 'all',
  holds: true,
  fact: null,
  of: [
    leaf('fact', true, 'spendCents = 123450'),
    { kind: 'not', holds: true, fact: null, of: [leaf('lifecycle', false, 'lifecycle = active')] },
    { kind: 'segment', holds: true, fact: 'VIP', of: [leaf('trait', true, 'city = 上海')] },
  ],
};
const inner: Condition = { kind: 'trait', trait: 'city', test: { op: 'exists' } };

it('lays the rule and the verdict side by side, with the own value in words', () => {
  const told = whyLines(rule, why, writing('en'), () => inner);
  expect(told.says).toBe('All of these');
  expect(told.of.map((line) => [line.says, line.holds, line.own])).toEqual([
    ['Spent at least ¥500 in all', true, '¥1,234.50'],
    ['Not this', true, ''],
    ['Is in “VIP”', true, ''],
  ]);
  expect(told.of[1]?.of[0]?.own).toBe('Active');
  expect(told.of[2]?.of[0]?.own).toBe('上海');
  expect(whyLines(rule, why, writing('zh'), () => inner).of[1]?.of[0]?.own).toBe('活跃');
});

it('reads "not any" as one line', () => {
  const none: Condition = { kind: 'not', of: { kind: 'any', of: [{ kind: 'tag', tag: 'a' }] } };
  const told = whyLines(
    none,
    {
      kind: 'not',
      holds: true,
      fact: null,
      of: [{ kind: 'any', holds: false, fact: null, of: [leaf('tag', false, 'tag a = false')] }],
    },
    writing('zh'),
    () => undefined,
  );
  expect(told).toMatchObject({ says: '以下都不满足', holds: true });
  expect(told.of).toEqual([{ says: '带有标签“a”', holds: false, own: '没有', of: [] }]);
});

it('stays whole when the rule was changed meanwhile', () => {
  const shorter: Condition = { kind: 'all', of: [] };
  expect(whyLines(shorter, why, writing('en'), () => undefined).of).toEqual([]);
  expect(whyLines(rule, { ...why, of: [] }, writing('en'), () => undefined).of).toEqual([]);
});
