import type { NumberTest, TraitTest } from '@qianmian/contract';
import { foldText, NUMBER_PATTERN, numberIn } from '../profile/index.ts';

/**
 * How a value is compared. Text compares folded, without regard to case; a number in a test compares with what the
 * value reads as; a boolean is the text true or false. Absent values fail every test but `missing`.
 */

/** Tests that only ask whether there is a value, and those that look at it. */
type PresenceTest = Extract<TraitTest, { op: 'exists' | 'missing' }>;
type ValueTest = Exclude<TraitTest, PresenceTest>;

export function isPresenceTest(test: TraitTest): test is PresenceTest {
  return test.op === 'exists' || test.op === 'missing';
}

type Scalar = string | number | boolean;
type Bind = (value: unknown, type: string) => string;

const fold = (value: Scalar) => foldText(String(value));

export function numberHolds(test: NumberTest, value: number): boolean {
  switch (test.op) {
    case 'eq':
      return value === test.value;
    case 'ne':
      return value !== test.value;
    case 'gt':
      return value > test.value;
    case 'gte':
      return value >= test.value;
    case 'lt':
      return value < test.value;
    case 'lte':
      return value <= test.value;
  }
}

const OPERATORS: Record<NumberTest['op'], string> = {
  eq: '=',
  ne: '!=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

/** The same as a ClickHouse condition over an expression of a number. */
export function numberSql(test: NumberTest, expression: string, bind: Bind): string {
  return `${expression} ${OPERATORS[test.op]} ${bind(test.value, 'Float64')}`;
}

/** Whether a value is one of those listed. */
function isOneOf(value: Scalar, listed: readonly Scalar[]): boolean {
  const folded = fold(value);
  const number = numberIn(String(value));
  return listed.some((l) => (typeof l === 'number' ? number === l : foldText(String(l)) === folded));
}

/** Whether a test holds for a value; undefined for one that is absent. */
export function valueHolds(test: TraitTest, value: Scalar | undefined): boolean {
  if (isPresenceTest(test)) return (value !== undefined) === (test.op === 'exists');
  if (value === undefined) return false;
  switch (test.op) {
    case 'is':
      return isOneOf(value, [test.value]);
    case 'isNot':
      return !isOneOf(value, [test.value]);
    case 'in':
      return isOneOf(value, test.value);
    case 'notIn':
      return !isOneOf(value, test.value);
    case 'contains':
      return fold(value).includes(foldText(test.value));
    case 'startsWith':
      return fold(value).startsWith(foldText(test.value));
    default: {
      const number = numberIn(String(value));
      return number !== null && numberHolds(test, number);
    }
  }
}

function oneOfSql(listed: readonly Scalar[], of: { folded: string; number: string }, bind: Bind): string {
  const numbers = listed.filter((l) => typeof l === 'number');
  const texts = listed.filter((l) => typeof l !== 'number').map((l) => fold(l));
  const parts = [
    ...(texts.length === 0 ? [] : [`has(${bind(texts, 'Array(String)')}, ${of.folded})`]),
    ...(numbers.length === 0
      ? []
      : [
          `ifNull(has(${bind(numbers, 'Array(Float64)')}, assumeNotNull(${of.number})) AND isNotNull(${of.number}), 0)`,
        ]),
  ];
  return `(${parts.join(' OR ')})`;
}

/** The same as a ClickHouse condition over expressions of a value that is present; not for exists and missing. */
export function valueSql(test: ValueTest, of: { folded: string; number: string }, bind: Bind): string {
  switch (test.op) {
    case 'is':
      return oneOfSql([test.value], of, bind);
    case 'isNot':
      return `NOT ${oneOfSql([test.value], of, bind)}`;
    case 'in':
      return oneOfSql(test.value, of, bind);
    case 'notIn':
      return `NOT ${oneOfSql(test.value, of, bind)}`;
    case 'contains':
      return `position(${of.folded}, ${bind(foldText(test.value), 'String')}) > 0`;
    case 'startsWith':
      return `startsWith(${of.folded}, ${bind(foldText(test.value), 'String')})`;
    default:
      return `ifNull(${numberSql(test, of.number, bind)}, 0)`;
  }
}

/** Expressions of a property's scalar text (folded; '' where it is none) and number, over its Dynamic value. */
export function propertyExpressions(value: string) {
  return {
    folded: `lowerUTF8(toString(${value}))`,
    number: `if(match(toString(${value}), '${NUMBER_PATTERN}'), toFloat64OrNull(toString(${value})), NULL)`,
    isScalar: `(dynamicType(${value}) != 'None' AND NOT startsWith(dynamicType(${value}), 'Array'))`,
    isPresent: `dynamicType(${value}) != 'None'`,
  };
}
