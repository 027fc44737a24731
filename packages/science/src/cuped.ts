import type { Outcomes } from './randomisation.ts';

/**
 * Outcomes of one side and what the same units had before they were assigned: `n` units in all, one place in `after` and
 * `before` for each unit that has either.
 */
export interface BeforeAndAfter {
  n: number;
  after: Float64Array;
  before: Float64Array;
}

/** Outcomes less what was to be expected from before, and the share of their variance that went with it. */
export interface Adjusted {
  control: Outcomes;
  treated: Outcomes;
  slope: number;
  /** 0 to 1; an interval is narrower by about half of it. */
  explained: number;
}

/**
 * Takes off every outcome what the same unit's past foretells: after - slope * before (CUPED; A. Deng, Y. Xu, R. Kohavi &
 * T. Walker, WSDM 2013, section 3.2). The slope is that of the regression over both sides together, which no assignment
 * changes, so a randomisation test of what is left stays exact. Means of the sides shift alike: their difference is an
 * estimate of the same effect. Throws a RangeError when the places do not match.
 */
export function adjustForBefore(control: BeforeAndAfter, treated: BeforeAndAfter): Adjusted {
  for (const { n, after, before } of [control, treated])
    if (after.length !== before.length || after.length > n)
      throw new RangeError(`${after.length} outcomes and ${before.length} of before, for ${n} units.`);
  const n = control.n + treated.n;
  const sums = new Float64Array(5);
  addSums(sums, control);
  addSums(sums, treated);
  const [after, before, afterSquares, beforeSquares, products] = sums as unknown as Five;
  const covariance = products - (after * before) / n;
  const spreadBefore = beforeSquares - before ** 2 / n;
  const spreadAfter = afterSquares - after ** 2 / n;
  const slope = spreadBefore > 0 && spreadAfter > 0 ? covariance / spreadBefore : 0;
  return {
    control: lessExpected(control, slope),
    treated: lessExpected(treated, slope),
    slope,
    explained: slope === 0 ? 0 : (slope * covariance) / spreadAfter,
  };
}

type Five = [number, number, number, number, number];

function addSums(sums: Float64Array, { after, before }: BeforeAndAfter): void {
  for (let i = 0; i < after.length; i++) {
    const y = after[i]!;
    const x = before[i]!;
    sums[0]! += y;
    sums[1]! += x;
    sums[2]! += y * y;
    sums[3]! += x * x;
    sums[4]! += x * y;
  }
}

function lessExpected({ n, after, before }: BeforeAndAfter, slope: number): Outcomes {
  const values = new Float64Array(after.length);
  for (let i = 0; i < values.length; i++) values[i] = after[i]! - slope * before[i]!;
  return { n, values };
}
