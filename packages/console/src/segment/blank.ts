import type { Condition, ConditionLeaf } from '@qianmian/contract';
import type { LeafKind } from './tree.ts';

/** Kinds of conditions in the order in which they are offered. */
export const LEAF_KINDS: readonly LeafKind[] = [
  'orders',
  'fact',
  'rfmGroup',
  'lifecycle',
  'events',
  'trait',
  'tag',
  'consent',
  'segment',
];

/** A new condition of a kind: filled in where there is a usual answer, open where one must choose. */
export function blankLeaf(kind: LeafKind): ConditionLeaf {
  switch (kind) {
    case 'orders':
      return {
        kind,
        measure: 'count',
        test: { op: 'gte', value: 1 },
        window: { kind: 'rolling', days: 90 },
      };
    case 'fact':
      return { kind, fact: 'spendCents', test: { op: 'gte', value: Number.NaN } };
    case 'rfmGroup':
      return { kind, groups: [] };
    case 'lifecycle':
      return { kind, stages: [] };
    case 'events':
      return { kind, event: '', test: { op: 'gte', value: 1 }, window: { kind: 'rolling', days: 30 } };
    case 'trait':
      return { kind, trait: '', test: { op: 'is', value: '' } };
    case 'tag':
      return { kind, tag: '' };
    case 'consent':
      return { kind, channel: 'email', granted: true };
    case 'segment':
      return { kind, segment: '' };
  }
}

/** A new group asks for any of its parts: another "all" would change nothing. */
export const blankGroup = (inside: Condition): Condition => ({
  kind: inside.kind === 'any' ? 'all' : 'any',
  of: [],
});
