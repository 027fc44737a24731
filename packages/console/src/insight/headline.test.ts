import { condition, type Overview } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { headline, mainPart } from './headline.ts';

const part = (key: string, salesCents: number, previousCents: number) => ({
  key,
  label: key,
  salesCents,
  previousCents,
});

function overview(value: number, previous: number, change: Partial<Overview> = {}): Overview {
  return {
    asOf: '2026-11-22T06:00:00Z',
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    from: '2026-10-24',
    to: '2026-11-22',
    previousFrom: '2026-09-24',
    previousTo: '2026-10-23',
    days: Array.from({ length: 30 }, () => '2026-11-22'),
    indicators: [
      {
        key: 'salesCents',
        value,
        previous,
        change: previous ? value / previous - 1 : null,
        daily: [],
        previousDaily: [],
      },
    ],
    byChannel: [],
    byCategory: [],
    byStore: [],
    topProducts: [],
    dataFrom: '2026-01-01',
    dataTo: '2026-11-22',
    people: 1,
    lifecycle: [],
    ...change,
  };
}

function say(language: Language, of: Overview, isUpToNow = true): string {
  const t = createI18n(language).getFixedT(null, 'insight');
  return headline(of, t, createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' }), isUpToNow);
}

describe('the sentence of the overview', () => {
  const grown = overview(124_000_000, 116_760_829, {
    byChannel: [part('app', 70_000_000, 64_000_000), part('store', 54_000_000, 52_760_829)],
  });

  it('says how much, against before, and from where', () => {
    expect(say('en', grown)).toBe('Sales ¥1.24M in the last 30 days, up 6.2%, mostly from the app.');
    expect(say('zh', grown)).toBe('近 30 天销售额 124 万元，环比 +6.2%，增长主要来自 App');
  });

  it('says where a decline is', () => {
    const fallen = overview(90_000_000, 100_000_000, {
      byChannel: [part('app', 50_000_000, 51_000_000), part('store', 40_000_000, 49_000_000)],
    });
    expect(say('en', fallen)).toBe('Sales ¥900K in the last 30 days, down 10.0%, mostly in stores.');
    expect(say('zh', fallen)).toBe('近 30 天销售额 90 万元，环比 -10.0%，下滑主要在门店');
  });

  it('names an end that is not today, and stays silent on what did not change', () => {
    expect(say('en', overview(100_000_000, 100_100_000), false)).toBe(
      'Sales ¥1M in the 30 days to Nov 22, 2026, as much as before.',
    );
    expect(say('zh', overview(100, 0))).toBe('近 30 天销售额 1 元，此前没有销售记录');
    expect(say('en', overview(0, 0))).toBe('No sales in the 30 days to Nov 22, 2026.');
  });

  it('names no part when none makes up most of the change', () => {
    const spread = [part('a', 110, 100), part('b', 110, 100), part('c', 110, 100)];
    expect(mainPart([spread], 30)).toBeNull();
    expect(mainPart([[part('only', 200, 100)]], 100)).toBeNull();
  });
});

it('leads from a bar to the people behind it by a condition the server accepts', () => {
  const behind = buyersOf({ channels: ['app'] }, { from: '2026-10-24', to: '2026-11-22' });
  expect(condition.parse(behind)).toEqual(behind);
  const address = segmentDraftAddress((path, search) => `${path}?${new URLSearchParams(search)}`, behind);
  expect(JSON.parse(new URLSearchParams(address.split('?')[1]).get('condition') ?? '')).toEqual(behind);
});
