import type { RfmGroup } from '@qianmian/contract';

/**
 * Scores 1 to 5 by rank with ties together: 1 + floor(5 × share of customers strictly below). Equal values always share
 * a score; the best value of one that all share is 1. To score without ranking everyone, these are the four values a
 * customer must exceed to reach 2, 3, 4 and 5: of n values in rising order, those at places ceil(kn/5), k = 1..4.
 */
export function quintileBounds(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [1, 2, 3, 4].flatMap((k) => sorted[Math.ceil((k * sorted.length) / 5) - 1] ?? []);
}

/** The score of a value among the customers the bounds were taken from. */
export function quintileScore(value: number, bounds: readonly number[]): number {
  return 1 + bounds.filter((b) => value > b).length;
}

/**
 * The named groups by recency (rows, 5 first) and value (columns, 1 first), where value is the mean of frequency and
 * money rounded half up. The usual map of the trade: recent and valuable are champions, valuable but long gone cannot be
 * lost, one-time buyers divide by how fresh they are.
 */
const GRID: readonly (readonly RfmGroup[])[] = [
  ['newCustomers', 'potentialLoyalists', 'potentialLoyalists', 'champions', 'champions'],
  ['promising', 'potentialLoyalists', 'potentialLoyalists', 'loyal', 'loyal'],
  ['aboutToSleep', 'aboutToSleep', 'needAttention', 'loyal', 'loyal'],
  ['hibernating', 'hibernating', 'atRisk', 'atRisk', 'cannotLose'],
  ['lost', 'lost', 'atRisk', 'cannotLose', 'cannotLose'],
];

/** The group of a customer with these scores, each 1 to 5. */
export function rfmGroupOf(recency: number, frequency: number, monetary: number): RfmGroup {
  const group = GRID[5 - recency]?.[Math.floor((frequency + monetary + 1) / 2) - 1];
  if (!group) throw new Error(`Scores go from 1 to 5, not ${recency}, ${frequency}, ${monetary}.`);
  return group;
}

/** The same as a ClickHouse expression over three expressions of scores; '' where a score is 0 (never ordered). */
export function rfmGroupSql(recency: string, frequency: string, monetary: string): string {
  const rows = GRID.map((row) => `[${row.map((g) => `'${g}'`).join(', ')}]`).join(', ');
  return `if(${recency} = 0, '', [${rows}][6 - ${recency}][intDiv(${frequency} + ${monetary} + 1, 2)])`;
}
