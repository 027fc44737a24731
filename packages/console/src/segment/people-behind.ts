import type { Condition, OrderFilter } from '@qianmian/contract';

/** Calendar days, both included. */
export interface Period {
  from: string;
  to: string;
}

/** Who bought what a bar or row stands for, in a period or ever: a condition that can become a segment. */
export function buyersOf(where: OrderFilter, period?: Period): Condition {
  return {
    kind: 'orders',
    measure: 'count',
    test: { op: 'gte', value: 1 },
    window: period ? { kind: 'absolute', from: period.from, to: period.to } : { kind: 'ever' },
    ...(Object.keys(where).length > 0 ? { where } : {}),
  };
}

/**
 * Who bought in a period and not for the first time: at least one order in it, and at least two from the first day with
 * data to its end.
 */
export function repeatersOf(period: Period, dataFrom: string): Condition {
  const from = dataFrom < period.from ? dataFrom : period.from;
  return {
    kind: 'all',
    of: [
      buyersOf({}, period),
      {
        kind: 'orders',
        measure: 'count',
        test: { op: 'gte', value: 2 },
        window: { kind: 'absolute', from, to: period.to },
      },
    ],
  };
}

/** The address of the segment editor with a condition, and perhaps a name, filled in: `/segments/new?condition={…}`. */
export function segmentDraftAddress(
  to: (path: string, search: { condition: string; name?: string }) => string,
  of: Condition,
  name?: string,
): string {
  return to('/segments/new', {
    condition: JSON.stringify(of),
    ...(name ? { name: name.slice(0, 80) } : {}),
  });
}
