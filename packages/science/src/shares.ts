import { normalQuantile, normalTail } from './distribution.ts';
import type { Estimate } from './experiment.ts';

/** One side of a yes/no outcome: so many of n said yes. */
export interface Share {
  yes: number;
  n: number;
}

const CONFIDENCE = 0.95;

/**
 * Difference of two shares, treated minus control, with the skewness-corrected score interval: it holds, in each tail,
 * for few yeses and sides of very different size (P. J. Laud, Pharmaceutical Statistics 16, 2017, method SCAS; J. J. Gart
 * & J. Nam, Biometrics 46, 1990; O. Miettinen & M. Nurminen, Statistics in Medicine 4, 1985). Null when a side is empty.
 */
export function differenceInShares(
  control: Share,
  treated: Share,
  { confidence = CONFIDENCE, skewness = true }: { confidence?: number; skewness?: boolean } = {},
): Estimate | null {
  if (control.n < 1 || treated.n < 1) return null;
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const score = (difference: number) => scoreOf(control, treated, difference, skewness);
  return {
    value: treated.yes / treated.n - control.yes / control.n,
    low: where(score, z),
    high: where(score, -z),
    pValue: 2 * normalTail(Math.abs(score(0))),
  };
}

/** The difference at which a falling score is `level`, between -1 and 1. */
function where(score: (difference: number) => number, level: number): number {
  let low = -1;
  let high = 1;
  for (let i = 0; i < 60 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2;
    if (score(middle) > level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How far, in standard errors, the shares seen lie above a true difference. */
function scoreOf(control: Share, treated: Share, difference: number, skewness: boolean): number {
  const gap = treated.yes / treated.n - control.yes / control.n - difference;
  const p = controlShareGiven(control, treated, difference);
  const q = Math.min(1, Math.max(0, p + difference));
  const units = control.n + treated.n;
  const variance = ((q * (1 - q)) / treated.n + (p * (1 - p)) / control.n) * (units / (units - 1));
  if (variance <= 0) return gap === 0 ? 0 : Math.sign(gap) * Number.POSITIVE_INFINITY;
  const score = gap / Math.sqrt(variance);
  return skewness ? unskewed(score, thirdMoment(q, treated.n) - thirdMoment(p, control.n), variance) : score;
}

function thirdMoment(p: number, n: number): number {
  return (p * (1 - p) * (1 - 2 * p)) / n ** 2;
}

/** The normal deviate z with z + k (z^2 - 1) = score, k a sixth of the skewness: a Cornish-Fisher expansion undone. */
function unskewed(score: number, third: number, variance: number): number {
  const k = third / (6 * variance ** 1.5);
  const constant = score + k;
  // Without the square root's cancellation for small k; beyond the parabola's end its vertex is the best there is.
  return (2 * constant) / (1 + Math.sqrt(Math.max(0, 1 + 4 * k * constant)));
}

/** Likeliest share of the control when the true difference is given: a root of a cubic (Miettinen & Nurminen 1985). */
function controlShareGiven(control: Share, treated: Share, difference: number): number {
  const units = control.n + treated.n;
  const yes = control.yes + treated.yes;
  if (difference === 0) return yes / units;
  const b = ((treated.n + 2 * control.n) * difference - units - yes) / units;
  const c = ((control.n * difference - units - 2 * control.yes) * difference + yes) / units;
  const d = (control.yes * difference * (1 - difference)) / units;
  const third = b / 3;
  const v = third ** 3 - (b * c) / 6 + d / 2;
  const u = Math.sign(v) * Math.sqrt(Math.max(0, third ** 2 - c / 3));
  const angle = u === 0 ? 0 : (Math.PI + Math.acos(Math.min(1, Math.max(-1, v / u ** 3)))) / 3;
  const p = 2 * u * Math.cos(angle) - third;
  return Math.min(Math.min(1, 1 - difference), Math.max(Math.max(0, -difference), p));
}
