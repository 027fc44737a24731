import type { Condition, OrderFilter } from '@qianmian/contract';

/** Who bought what a bar stands for, in the period on screen: a condition that can become a segment. */
export function buyersOf(where: OrderFilter, from: string, to: string): Condition {
  return {
    kind: 'orders',
    measure: 'count',
    test: { op: 'gte', value: 1 },
    window: { kind: 'absolute', from, to },
    where,
  };
}

/** The address of the segment editor with a condition filled in. */
export function segmentDraftAddress(
  to: (path: string, search: { condition: string }) => string,
  of: Condition,
): string {
  return to('/segments/new', { condition: JSON.stringify(of) });
}
