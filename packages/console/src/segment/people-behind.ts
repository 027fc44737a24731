import type { Condition, OrderFilter } from '@qianmian/contract';

/** Who bought what a bar or row stands for, in a period or ever: a condition that can become a segment. */
export function buyersOf(where: OrderFilter, period?: { from: string; to: string }): Condition {
  return {
    kind: 'orders',
    measure: 'count',
    test: { op: 'gte', value: 1 },
    window: period ? { kind: 'absolute', from: period.from, to: period.to } : { kind: 'ever' },
    where,
  };
}

/** The address of the segment editor with a condition filled in: `/segments/new?condition={…}`. */
export function segmentDraftAddress(
  to: (path: string, search: { condition: string }) => string,
  of: Condition,
): string {
  return to('/segments/new', { condition: JSON.stringify(of) });
}
