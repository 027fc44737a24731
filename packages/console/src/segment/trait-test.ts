import type { TraitTest } from '@qianmian/contract';

export type ValueType = 'text' | 'number' | 'boolean' | 'any';
type Op = TraitTest['op'];

const OPS: Record<ValueType, readonly Op[]> = {
  text: ['is', 'isNot', 'in', 'notIn', 'contains', 'startsWith', 'exists', 'missing'],
  number: ['is', 'isNot', 'gt', 'gte', 'lt', 'lte', 'in', 'notIn', 'exists', 'missing'],
  boolean: ['is', 'exists', 'missing'],
  any: [
    'is',
    'isNot',
    'in',
    'notIn',
    'contains',
    'startsWith',
    'gt',
    'gte',
    'lt',
    'lte',
    'exists',
    'missing',
  ],
};

/** How a value of a type can be compared. */
export const opsOf = (type: ValueType): readonly Op[] => OPS[type];

/** What a test compares with, as a list. */
function valuesOf(test: TraitTest | null): (string | number | boolean)[] {
  if (!test || !('value' in test)) return [];
  return Array.isArray(test.value) ? test.value : [test.value];
}

/** A test with another comparison that keeps what was typed where it still makes sense. */
export function testWith(type: ValueType, op: Op, before: TraitTest | null): TraitTest {
  const kept = valuesOf(before).filter((value) => value !== '' && !Number.isNaN(value));
  const first = kept[0];
  switch (op) {
    case 'exists':
    case 'missing':
      return { op };
    case 'in':
    case 'notIn':
      return { op, value: kept };
    case 'contains':
    case 'startsWith':
      return { op, value: first === undefined ? '' : String(first) };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { op, value: first === undefined || first === '' ? Number.NaN : Number(first) };
    default:
      return { op, value: scalarFor(type, first) };
  }
}

function scalarFor(type: ValueType, first: string | number | boolean | undefined): string | number | boolean {
  if (type === 'boolean') return first !== false && first !== 'false';
  if (type === 'number') return first === undefined ? Number.NaN : Number(first);
  return first === undefined ? '' : String(first);
}
