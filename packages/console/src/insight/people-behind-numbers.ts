import type { Condition, Indicator, Overview } from '@qianmian/contract';
import { buyersOf, repeatersOf } from '../segment/people-behind.ts';

/** Who stands behind a number of the overview: who bought in the period, of the repeat rate who bought again. */
export function peopleBehind(
  key: Indicator['key'],
  { from, to, dataFrom, indicators }: Pick<Overview, 'from' | 'to' | 'dataFrom' | 'indicators'>,
): Condition | null {
  const buyers = indicators.find((one) => one.key === 'customers')?.value ?? 0;
  if (buyers === 0 || dataFrom === null) return null;
  return key === 'repeatRate' ? repeatersOf({ from, to }, dataFrom) : buyersOf({}, { from, to });
}

/** True while the last day of the period is not over, so that both periods end at the same time of day. */
export function isRunning(
  { asOf, to }: Pick<Overview, 'asOf' | 'to'>,
  dayOf: (iso: string) => string,
): boolean {
  return dayOf(asOf) === to;
}
