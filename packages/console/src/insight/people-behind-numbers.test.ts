import { condition, type Indicator } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { createFormat } from '../ui/format.ts';
import { isRunning, peopleBehind } from './people-behind-numbers.ts';

const indicator = (key: Indicator['key'], value: number): Indicator => ({
  key,
  value,
  previous: 0,
  change: null,
  daily: [],
  previousDaily: [],
});
const overview = (buyers: number, dataFrom: string | null = '2026-01-01') => ({
  from: '2026-10-24',
  to: '2026-11-22',
  dataFrom,
  indicators: [indicator('salesCents', 100), indicator('customers', buyers), indicator('repeatRate', 0.5)],
});
const period = { kind: 'absolute', from: '2026-10-24', to: '2026-11-22' };

describe('the people behind a number of the overview', () => {
  it('are those who bought in the period, by a condition the server accepts', () => {
    for (const key of ['salesCents', 'orders', 'customers', 'averageOrderCents'] as const) {
      const behind = peopleBehind(key, overview(3));
      expect(condition.parse(behind)).toEqual(behind);
      expect(behind).toMatchObject({ kind: 'orders', test: { op: 'gte', value: 1 }, window: period });
    }
  });

  it('are for the repeat rate those of them with two orders since the data begin', () => {
    const behind = peopleBehind('repeatRate', overview(3));
    expect(condition.parse(behind)).toEqual(behind);
    expect(behind).toMatchObject({
      kind: 'all',
      of: [
        { test: { op: 'gte', value: 1 }, window: period },
        { test: { op: 'gte', value: 2 }, window: { ...period, from: '2026-01-01' } },
      ],
    });
  });

  it('are none where nobody who is known bought', () => {
    expect(peopleBehind('salesCents', overview(0))).toBeNull();
    expect(peopleBehind('repeatRate', overview(3, null))).toBeNull();
  });
});

it('knows by the zone of the shop whether the last day is still running', () => {
  const { dayOf } = createFormat({ language: 'zh', currency: 'CNY', timeZone: 'Asia/Shanghai' });
  expect(isRunning({ asOf: '2026-11-22T15:59:00Z', to: '2026-11-22' }, dayOf)).toBe(true);
  expect(isRunning({ asOf: '2026-11-22T16:00:00Z', to: '2026-11-22' }, dayOf)).toBe(false);
});
