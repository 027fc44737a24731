import { type BreakdownRow, condition, type Overview } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { headline, mainPart } from './headline.ts';

const part = (key: string, salesCents: number, previousCents: number, nameZh = ''): BreakdownRow => ({
  kind: 'part',
  key,
  name: '',
  nameZh,
  salesCents,
  previousCents,
});
const none = (salesCents: number, previousCents: number): BreakdownRow => ({
  ...part('', salesCents, previousCents),
  kind: 'none',
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
    dataFrom: '2017-01-01',
    dataTo: '2026-11-23',
    people: 1,
    lifecycle: [],
    ...change,
  };
}

const WORDS = {
  en: createI18n('en').getFixedT(null, 'insight'),
  zh: createI18n('zh').getFixedT(null, 'insight'),
};

function say(language: Language, of: Overview, isUpToNow = true): string {
  const t = WORDS[language];
  const format = createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' });
  // Intl puts thin spaces around the dash of a range.
  return headline(of, t, format, isUpToNow).replace(/\u2009/g, ' ');
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
    const first = { dataFrom: '2026-11-01' };
    expect(say('zh', overview(100, 0, first))).toBe('近 30 天销售额 1 元，此前没有销售记录');
    expect(say('zh', overview(100, 0))).toBe('近 30 天销售额 1 元，上期没有销售');
    expect(say('en', overview(0, 0))).toBe('No sales in the 30 days to Nov 22, 2026.');
  });

  it('names no part when none makes up most of the change', () => {
    const spread = [part('a', 110, 100), part('b', 110, 100), part('c', 110, 100)];
    expect(mainPart({ byChannel: spread, byCategory: [], byStore: [] }, 30)).toBeNull();
    const only = [part('only', 200, 100)];
    expect(mainPart({ byChannel: only, byCategory: [], byStore: [] }, 100)).toBeNull();
  });

  it('never ranks online orders with the stores, and takes the part that explains most', () => {
    const byStore = [part('n', 110, 100), none(190, 100)];
    const byCategory = [part('Women', 180, 100, '女装'), part('Food', 120, 100)];
    const byChannel = [part('app', 160, 100), part('web', 140, 100)];
    const rows = { byStore, byCategory, byChannel };
    expect(mainPart(rows, 100)).toMatchObject({ kind: 'category', row: { key: 'Women' } });
    expect(mainPart({ ...rows, byCategory: [] }, 100)).toMatchObject({
      kind: 'channel',
      row: { key: 'app' },
    });
    expect(mainPart({ ...rows, byCategory: [], byChannel: [] }, 100)).toBeNull();
    expect(say('en', overview(300, 200, rows))).toMatch(/, mostly from the category “Women”\.$/);
    expect(say('zh', overview(300, 200, rows))).toMatch(/，增长主要来自“女装”品类$/);
    const fallen = overview(200, 300, {
      byStore: [part('S1', 100, 200, '静安店'), none(100, 100)],
    });
    expect(say('en', fallen)).toMatch(/, mostly at the store “静安店”\.$/);
    expect(say('zh', fallen)).toMatch(/，下滑主要在“静安店”门店$/);
  });

  it('names the dates where the data end before today', () => {
    const old = { from: '2017-12-02', to: '2017-12-31', dataTo: '2017-12-31' };
    expect(say('en', overview(100_000, 50_000, old), false)).toBe(
      'Sales ¥1,000 over Dec 2 – 31, 2017, the last 30 days of the data, up 100.0%.',
    );
    expect(say('zh', overview(100_000, 50_000, old), false)).toBe(
      '2017年12月2日至12月31日（数据的最后 30 天）销售额 1,000 元，环比 +100.0%',
    );
    expect(say('en', overview(100_000, 0, { ...old, from: old.to, days: [old.to] }), false)).toBe(
      'Sales ¥1,000 on Dec 31, 2017, the last day of the data, after none in the period before.',
    );
  });

  it('is a whole sentence whatever the parts are called and however they moved', () => {
    const text = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        'app',
        'pos',
        'constructor',
        '__proto__',
        'a.b',
        '.',
        'x:y',
        '{{by}}',
        '$t(up)',
      ),
      fc.string({ maxLength: 8 }),
    );
    const cents = fc.integer({ min: -5_000, max: 1_000_000 });
    const row: fc.Arbitrary<BreakdownRow> = fc
      .record({ key: text, name: text, nameZh: text, salesCents: cents, previousCents: cents })
      .map((r) => ({ ...r, kind: r.key === '' ? ('none' as const) : ('part' as const) }));
    const rows = fc.array(row, { maxLength: 5 });
    const parts = fc.record({ byChannel: rows, byCategory: rows, byStore: rows });
    const cases = fc.property(cents, cents, parts, fc.boolean(), (now, before, of, upToNow) => {
      const one = overview(now, before, of);
      const main = mainPart(one, now - before);
      if (main) {
        expect(main.row.key.trim()).not.toBe('');
        const { salesCents, previousCents } = main.row;
        expect(Math.sign(salesCents - previousCents)).toBe(Math.sign(now - before));
      }
      const en = say('en', one, upToNow);
      const zh = say('zh', one, upToNow);
      expect(en).toMatch(/^(Sales|No sales).*\S\.$/s);
      expect(en).not.toMatch(/(from|in|at|the|channel|category|store|“\s*”)\.$/);
      expect(zh).not.toMatch(/(来自|主要在|“\s*”\S{2})$/);
      expect(`${en}${zh}`).not.toMatch(/undefined|NaN|null|headline\.|returned an object/);
    });
    fc.assert(cases, { numRuns: 500 });
  });
});

it('leads from a bar to the people behind it by a condition the server accepts', () => {
  const behind = buyersOf({ channels: ['app'] }, { from: '2026-10-24', to: '2026-11-22' });
  expect(condition.parse(behind)).toEqual(behind);
  const address = segmentDraftAddress((path, search) => `${path}?${new URLSearchParams(search)}`, behind);
  expect(JSON.parse(new URLSearchParams(address.split('?')[1]).get('condition') ?? '')).toEqual(behind);
});
