import { chiSquaredTail, normalQuantile, studentTwoSided, studentWidth } from './distribution.ts';

/** What the warehouse sums of one side of a test: how many units, and the sum and sum of squares of their outcomes. */
export interface Moments {
  n: number;
  sum: number;
  sumSquares: number;
}

/** An estimated effect with its interval and two-sided p against no effect. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
  pValue: number;
}

/** An estimate whose interval is that of Student's distribution. */
export interface Effect extends Estimate {
  standardError: number;
  /** Degrees of freedom (Welch-Satterthwaite). */
  freedom: number;
}

const CONFIDENCE = 0.95;

/** Mean of one side. */
export function meanOf(side: Moments): number {
  return side.n === 0 ? 0 : side.sum / side.n;
}

/** Unbiased variance of one side's units; 0 for fewer than two. */
export function varianceOf(side: Moments): number {
  if (side.n < 2) return 0;
  // Sums of cents are whole numbers far below 2^53, so the difference loses little; rounding never makes it negative.
  return Math.max(0, (side.sumSquares - (side.sum * side.sum) / side.n) / (side.n - 1));
}

/** Moments of a yes/no outcome: so many of n said yes. */
export function momentsOfShare(yes: number, n: number): Moments {
  return { n, sum: yes, sumSquares: yes };
}

/**
 * Difference of means, treated minus control, with Welch's interval (B. L. Welch, Biometrika 34, 1947; degrees of
 * freedom by Satterthwaite). Null when a side has fewer than two units: nothing can be said then. For skewed outcomes
 * and sides of very different size it claims too much: a tenth held out and baskets with a long tail leave 82 to 92 % of
 * "95 %"; `randomisation.ts` holds there.
 */
export function differenceInMeans(
  control: Moments,
  treated: Moments,
  confidence: number = CONFIDENCE,
): Effect | null {
  if (control.n < 2 || treated.n < 2) return null;
  const a = varianceOf(control) / control.n;
  const b = varianceOf(treated) / treated.n;
  return effectOf(
    meanOf(treated) - meanOf(control),
    a + b,
    welchFreedom(a, b, control.n, treated.n),
    confidence,
  );
}

/**
 * Relative change of the mean, (treated - control) / control, by the delta method, as GrowthBook's frequentist engine
 * has it. Null when a side has fewer than two units or the control's mean is nothing.
 */
export function relativeEffect(
  control: Moments,
  treated: Moments,
  confidence: number = CONFIDENCE,
): Effect | null {
  const base = meanOf(control);
  if (control.n < 2 || treated.n < 2 || base === 0) return null;
  const mean = meanOf(treated);
  const a = varianceOf(control) / control.n;
  const b = varianceOf(treated) / treated.n;
  const variance = b / base ** 2 + (a * mean ** 2) / base ** 4;
  return effectOf((mean - base) / base, variance, welchFreedom(a, b, control.n, treated.n), confidence);
}

/** An effect per unit, times so many units. */
export function scaled({ value, low, high, pValue }: Estimate, units: number): Estimate {
  return { value: value * units, low: low * units, high: high * units, pValue };
}

/**
 * p of so many units on each side when the shares were to be `expected` (in any scale): Pearson's chi-squared test.
 * Below 0.001 the split is not what was planned, and nothing computed from it can be trusted. 1 when there is no unit.
 */
export function sampleRatioP(observed: readonly number[], expected: readonly number[]): number {
  const units = observed.reduce((s, n) => s + n, 0);
  const parts = expected.reduce((s, n) => s + n, 0);
  if (units === 0 || observed.length < 2) return 1;
  let statistic = 0;
  for (let i = 0; i < observed.length; i++) {
    const planned = (units * expected[i]!) / parts;
    if (planned === 0 && observed[i] === 0) continue;
    statistic += (observed[i]! - planned) ** 2 / planned;
  }
  return chiSquaredTail(statistic, observed.length - 1);
}

/**
 * The smallest true difference of means that a two-sided test finds with probability `power`, for units whose outcome
 * has this variance on both sides. Infinity when a side is empty.
 */
export function detectableDifference(
  variance: number,
  nControl: number,
  nTreated: number,
  options: { power?: number; confidence?: number } = {},
): number {
  if (nControl <= 0 || nTreated <= 0) return Number.POSITIVE_INFINITY;
  const { power = 0.8, confidence = CONFIDENCE } = options;
  const widths = normalQuantile(1 - (1 - confidence) / 2) + normalQuantile(power);
  return widths * Math.sqrt(variance * (1 / nControl + 1 / nTreated));
}

function welchFreedom(a: number, b: number, nA: number, nB: number): number {
  const below = a ** 2 / (nA - 1) + b ** 2 / (nB - 1);
  return below === 0 ? Number.POSITIVE_INFINITY : (a + b) ** 2 / below;
}

function effectOf(value: number, variance: number, freedom: number, confidence: number): Effect {
  const standardError = Math.sqrt(variance);
  const half = standardError === 0 ? 0 : standardError * studentWidth(confidence, freedom);
  const pValue =
    standardError === 0 ? (value === 0 ? 1 : 0) : studentTwoSided(value / standardError, freedom);
  return { value, low: value - half, high: value + half, pValue, standardError, freedom };
}
