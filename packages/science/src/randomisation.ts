import type { Estimate } from './experiment.ts';
import { type Generator, generatorOf, nextBelow, nextShare } from './random.ts';

/**
 * The difference of two means when one side is small and outcomes are skewed: most people buy nothing, some much. The
 * studentised difference is then far from Student's distribution, because the small side's mean and variance rise and
 * fall together. What it is distributed like is found by assigning the same units to the two sides again and again, as
 * chance did: if the treatment changes nothing, that is exact for any number of units and any outcomes (Fisher). The
 * statistic is studentised, so that where both sides differ in more than their means it holds as the numbers grow
 * (A. Janssen, Statistics & Probability Letters 36, 1997; E. Chung & J. P. Romano, Annals of Statistics 41, 2013). The
 * interval takes the quantiles of that distribution in the place of Student's (M. Pauly, E. Brunner & F. Konietschke,
 * Journal of the Royal Statistical Society B 77, 2015).
 */

/** Outcomes of one side: `n` units in all, `values` of those whose outcome is not nothing, in any order and unit. */
export interface Outcomes {
  n: number;
  values: Float64Array;
}

/** What assignments are drawn from; drawing changes the order of what it holds. */
export interface Draws {
  /** The outcomes of both sides that are not nothing. */
  values: Float64Array;
  /** Sum and sum of squares of each block: so many neighbours as `blockSize`. */
  blockSums: Float64Array;
  blockSquares: Float64Array;
  blockSize: number;
  /** The blocks in the order of the last assignment. */
  order: Uint32Array;
  sum: number;
  sumSquares: number;
  small: number;
  large: number;
  /** -1 when the control is the larger side. */
  sign: 1 | -1;
  counts: CountTable;
  generator: Generator;
}

/** Cumulative weights of counts from `first` on. */
interface CountTable {
  first: number;
  cumulative: Float64Array;
}

const CONFIDENCE = 0.95;
/** Differences this small, in standard errors, are rounding: sums of the same numbers in another order. */
const ROUNDING = 1e-9;
/** Occurrences to be expected on the smaller side before quantiles of an interval hold: see the test of coverage. */
const EXPECTED_ON_SMALLER = 20;

/**
 * How many of both sides' units must have an outcome (must have bought) before an interval holds: so many that 20 are to
 * be expected on the smaller side. It looks at both sides together, so that looking does not favour one of them.
 */
export function occurrencesNeeded(nControl: number, nTreated: number): number {
  return Math.ceil((EXPECTED_ON_SMALLER * (nControl + nTreated)) / Math.min(nControl, nTreated));
}

/**
 * Makes ready to assign the units of both sides anew. Throws a RangeError for sides that cannot be.
 *
 * Where the smaller side would get more than `most` outcomes, an assignment moves random blocks of them together, parted
 * anew every 500 assignments. Each assignment is as random as before; those that share a partition are a little alike,
 * which changes the variance of what is drawn by about a hundredth.
 */
export function openDraws(
  control: Outcomes,
  treated: Outcomes,
  { seed, most = 2048 }: { seed: number; most?: number },
): Draws {
  for (const side of [control, treated])
    if (side.n < 2 || side.values.length > side.n)
      throw new RangeError(`A side has ${side.n} units, ${side.values.length} of them with an outcome.`);
  const values = new Float64Array(control.values.length + treated.values.length);
  values.set(control.values);
  values.set(treated.values, control.values.length);
  const small = Math.min(control.n, treated.n);
  const large = Math.max(control.n, treated.n);
  const blockSize = Math.max(1, Math.ceil((values.length * small) / (small + large) / most));
  const blocks = Math.floor(values.length / blockSize);
  const draws: Draws = {
    values,
    blockSums: new Float64Array(blocks),
    blockSquares: new Float64Array(blocks),
    blockSize,
    order: Uint32Array.from({ length: blocks }, (_, block) => block),
    ...sumsOf(values),
    small,
    large,
    sign: control.n <= treated.n ? 1 : -1,
    counts: countTable(small + large, values.length, small),
    generator: generatorOf(seed),
  };
  partition(draws);
  return draws;
}

const PARTITION_LASTS = 500;

/**
 * Writes the studentised differences of new assignments into `out`, those numbered `from` to `to` of one row of draws: a
 * row drawn in pieces, in order, is the row drawn at once.
 */
export function drawInto(draws: Draws, out: Float64Array, from: number, to: number): void {
  const { sum, sumSquares, small, large, sign, counts, generator } = draws;
  const part = new Float64Array(2);
  for (let at = from; at < to; at++) {
    if (draws.blockSize > 1 && at > 0 && at % PARTITION_LASTS === 0) partition(draws);
    sampleInto(draws, drawCount(counts, nextShare(generator)), part);
    const [inside, squares] = part as unknown as [number, number];
    out[at] = sign * studentised(small, inside, squares, large, sum - inside, sumSquares - squares);
  }
}

/** Writes sum and sum of squares of `chosen` outcomes, drawn without replacement, into `part`. */
function sampleInto(draws: Draws, chosen: number, part: Float64Array): void {
  const { values, blockSums, blockSquares, blockSize, order, generator } = draws;
  const whole = Math.floor(chosen / blockSize);
  const rest = chosen - whole * blockSize;
  let sum = 0;
  let squares = 0;
  // The first places of a Fisher-Yates shuffle; it may start from any order, so from the last one's.
  for (let i = 0; i < whole; i++) {
    const block = takeOne(order, i, generator);
    sum += blockSums[block]!;
    squares += blockSquares[block]!;
  }
  if (rest > 0) {
    // What fills no block comes from one more, or from behind the last.
    const block = whole < order.length ? takeOne(order, whole, generator) : order.length;
    for (let i = block * blockSize; i < block * blockSize + rest; i++) {
      sum += values[i]!;
      squares += values[i]! * values[i]!;
    }
  }
  part[0] = sum;
  part[1] = squares;
}

/** Puts a random one of those from place `i` on there, and answers it. */
function takeOne(order: Uint32Array, i: number, generator: Generator): number {
  const j = i + nextBelow(generator, order.length - i);
  const block = order[j]!;
  order[j] = order[i]!;
  order[i] = block;
  return block;
}

/** Parts the outcomes into blocks; at random, unless each is a block of its own. */
function partition({ values, blockSums, blockSquares, blockSize, generator }: Draws): void {
  if (blockSize > 1) shuffle(values, generator);
  for (let block = 0; block < blockSums.length; block++) {
    let sum = 0;
    let squares = 0;
    for (let i = block * blockSize; i < (block + 1) * blockSize; i++) {
      sum += values[i]!;
      squares += values[i]! * values[i]!;
    }
    blockSums[block] = sum;
    blockSquares[block] = squares;
  }
}

function shuffle(values: Float64Array, generator: Generator): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = nextBelow(generator, i + 1);
    const value = values[j]!;
    values[j] = values[i]!;
    values[i] = value;
  }
}

/**
 * Difference of means, treated minus control, with an interval and p by `drawn`, studentised differences of assignments
 * drawn at random (any order, at least 39 for 95 %). p counts the assignment that happened as one of them, and is at most
 * 1 - confidence exactly when the interval leaves out no effect. Null when no outcome of a side differs from another.
 */
export function effectAmong(
  drawn: Float64Array,
  control: Outcomes,
  treated: Outcomes,
  confidence: number = CONFIDENCE,
): Estimate | null {
  const tail = Math.floor(((1 - confidence) / 2) * (drawn.length + 1) + ROUNDING);
  if (tail < 1) throw new RangeError(`${drawn.length} assignments are too few for ${confidence}.`);
  const c = sumsOf(control.values);
  const t = sumsOf(treated.values);
  const value = t.sum / treated.n - c.sum / control.n;
  const statistic = studentised(control.n, c.sum, c.sumSquares, treated.n, t.sum, t.sumSquares);
  if (!Number.isFinite(statistic)) return null;
  const standardError = Math.sqrt(
    varianceOfMean(control.n, c.sum, c.sumSquares) + varianceOfMean(treated.n, t.sum, t.sumSquares),
  );
  const sorted = drawn.slice().sort();
  return {
    value,
    low: value - (sorted[sorted.length - tail]! + ROUNDING) * standardError,
    high: value - (sorted[tail - 1]! - ROUNDING) * standardError,
    pValue: twoSided(sorted, statistic),
  };
}

/** `effectAmong` as many assignments as `count`, drawn here and now as `seed` gives them. */
export function randomisationEffect(
  control: Outcomes,
  treated: Outcomes,
  { seed, count = 1999, confidence = CONFIDENCE }: { seed: number; count?: number; confidence?: number },
): Estimate | null {
  const drawn = new Float64Array(count);
  drawInto(openDraws(control, treated, { seed }), drawn, 0, count);
  return effectAmong(drawn, control, treated, confidence);
}

function sumsOf(values: Float64Array): { sum: number; sumSquares: number } {
  let sum = 0;
  let sumSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    sum += value;
    sumSquares += value * value;
  }
  return { sum, sumSquares };
}

/** Welch's statistic of side b minus side a, each given as units, sum and sum of squares. */
function studentised(nA: number, sumA: number, squaresA: number, nB: number, sumB: number, squaresB: number) {
  const variance = varianceOfMean(nA, sumA, squaresA) + varianceOfMean(nB, sumB, squaresB);
  return (sumB / nB - sumA / nA) / Math.sqrt(variance);
}

function varianceOfMean(n: number, sum: number, sumSquares: number): number {
  const spread = sumSquares - (sum * sum) / n;
  return spread <= ROUNDING ** 2 * sumSquares ? 0 : spread / (n - 1) / n;
}

/** Twice the smaller share of assignments, the one that happened included, at least as far out as `statistic`. */
function twoSided(sorted: Float64Array, statistic: number): number {
  const below = firstAbove(sorted, statistic + ROUNDING);
  const above = sorted.length - firstAbove(sorted, statistic - ROUNDING);
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (sorted.length + 1));
}

/** The first place of an ascending array whose value is above `limit`. */
function firstAbove(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Weights that matter beside the likeliest count's. */
const NEGLIGIBLE = 1e-18;

/**
 * How many of `marked` among `units` fall into a sample of `sampled` without replacement: the hypergeometric
 * distribution, by the ratios of neighbouring weights from its mode outwards.
 */
function countTable(units: number, marked: number, sampled: number): CountTable {
  const least = Math.max(0, sampled - (units - marked));
  const most = Math.min(marked, sampled);
  const ratio = (k: number) =>
    ((marked - k) * (sampled - k)) / ((k + 1) * (units - marked - sampled + k + 1));
  const mode = Math.min(most, Math.max(least, Math.floor(((marked + 1) * (sampled + 1)) / (units + 2))));
  const down: number[] = [];
  for (let k = mode - 1, weight = 1; k >= least && weight > NEGLIGIBLE; k--) {
    weight /= ratio(k);
    down.push(weight);
  }
  const weights = [...down.reverse(), 1];
  for (let k = mode, weight = 1; k < most && weight > NEGLIGIBLE; k++) {
    weight *= ratio(k);
    weights.push(weight);
  }
  const cumulative = Float64Array.from(weights);
  for (let i = 1; i < cumulative.length; i++) cumulative[i]! += cumulative[i - 1]!;
  return { first: mode - down.length, cumulative };
}

/** The count that the share `u` of the distribution lies at. */
function drawCount({ first, cumulative }: CountTable, u: number): number {
  return first + firstAbove(cumulative, u * cumulative[cumulative.length - 1]!);
}
