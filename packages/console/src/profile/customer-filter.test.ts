import { condition, customerQuery } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { readAddress, writeAddress } from '../ui/address-state.ts';
import { createFormat, type Language } from '../ui/format.ts';
import {
  type CustomerView,
  conditionOf,
  customerView,
  filtersOf,
  filterWords,
  isFiltered,
  NO_FILTERS,
  queryOf,
  sortFor,
} from './customer-filter.ts';

const word = fc.stringMatching(/^[\p{L}\d][\p{L}\d +&=%#-]{0,20}[\p{L}\d]$/u);
const view: fc.Arbitrary<CustomerView> = fc
  .record(
    {
      search: word,
      segment: word,
      lifecycle: fc.constantFrom('new', 'sleeping'),
      rfmGroup: fc.constantFrom('champions', 'lost'),
      recency: fc.integer({ min: 1, max: 5 }),
      frequency: fc.integer({ min: 1, max: 5 }),
      tag: word,
      city: word,
      sort: fc.constantFrom('orders', 'name', 'spendCents'),
      order: fc.constantFrom('asc', 'desc'),
    },
    { requiredKeys: [] },
  )
  .map((given) => customerView.parse(given));

describe('the filters of the list', () => {
  it('go into the address and come back', () => {
    fc.assert(
      fc.property(view, (given) => {
        expect(readAddress(customerView, writeAddress(customerView, '', given))).toEqual(
          readAddress(customerView, `?${new URLSearchParams(asText(queryOf(given)))}`),
        );
        expect(readAddress(customerView, writeAddress(customerView, '', given))).toMatchObject(
          filtersOf(given),
        );
      }),
    );
  });

  it('are in no order of names for who sees names masked', () => {
    expect(sortFor('name', false)).toBe('spendCents');
    expect(sortFor('name', true)).toBe('name');
    expect(sortFor('orders', false)).toBe('orders');
  });

  it('ask the server for what the contract accepts', () => {
    fc.assert(
      fc.property(view, (given) => {
        expect(customerQuery.safeParse(queryOf(given)).success).toBe(true);
        expect(isFiltered({ ...given, ...NO_FILTERS } as CustomerView)).toBe(false);
      }),
    );
  });

  it('become a rule that the contract accepts, one part for each filter', () => {
    fc.assert(
      fc.property(view, (given) => {
        const rule = conditionOf(given);
        expect(rule === null).toBe(given.search !== '');
        if (!rule) return;
        expect(condition.safeParse(rule).success).toBe(true);
        expect(rule).toMatchObject({ kind: 'all' });
        expect((rule as { of: unknown[] }).of).toHaveLength(Object.keys(filtersOf(given)).length);
      }),
    );
  });

  it('ignores what an address holds that is no filter', () => {
    const read = readAddress(customerView, '?rfmGroup=kings&recency=9&sort=shoes&city=%E4%B8%8A%E6%B5%B7');
    expect(queryOf(read)).toEqual({ city: '上海', sort: 'spendCents', order: 'desc' });
  });

  it('are said in both languages', () => {
    const given = customerView.parse({ rfmGroup: 'champions', city: '上海', tag: 'vip' });
    const say = (language: Language, view = given) =>
      filterWords(
        view,
        { segment: (id) => id, tag: () => 'VIP' },
        createI18n(language).getFixedT(null, 'profile'),
        createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' }),
      );
    expect(say('en')).toBe('champions, tagged “VIP”, in 上海');
    expect(say('zh')).toBe('带标签“VIP”的、上海的冠军客户');
    const cell = customerView.parse({ recency: '5', frequency: '4' });
    expect(say('en', cell)).toBe('with recency score 5 and frequency score 4');
    expect(say('zh', cell)).toBe('R 值为 5 分且 F 值为 4 分的顾客');
  });
});

function asText(query: object): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}
