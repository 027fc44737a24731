import type { Estimate } from './experiment.ts';
import { type Generator, generatorOf, nextChiSquared, nextGamma, nextNormal } from './random.ts';
import type { Outcomes } from './randomisation.ts';

/**
 * The difference of two means while so few units have an outcome that no quantile of a test holds yet. Each side's mean
 * is a share times a size, both drawn from what is believed of them after the data: the share from a beta distribution
 * (H. Jeffreys' prior, whose intervals cover well for few occurrences: L. Brown, T. Cai & A. DasGupta, Statistical
 * Science 16, 2001), the size from a log-normal one around the side's own mean, drawn towards that of both sides as if
 * two more units had bought for it; the relative spread of sizes is common to both sides, with a weak prior of one.
 *
 * The interval is wide. Measured over 216 worlds with 40 to 300 units held out, 2 to 10 % buying for log-normal amounts
 * (sigma 0.6 and 1.1), and effects from -40 % to +150 %, it holds the truth in 96 of 100 cases, in the worst world in 93.
 */
export function roughEffect(
  control: Outcomes,
  treated: Outcomes,
  { seed, draws = 1999, confidence = 0.95 }: { seed: number; draws?: number; confidence?: number },
): Omit<Estimate, 'pValue'> | null {
  const [c, t] = [momentsOf(control), momentsOf(treated)];
  const bought = c.count + t.count;
  const size = (c.count * c.mean + t.count * t.mean) / bought;
  // Returns outweigh sales, or nobody bought: there is no size to speak of.
  if (!(size > 0) || control.n < 1 || treated.n < 1) return null;
  const spread = spreadOf([c, t]);
  const generator = generatorOf(seed);
  const differences = new Float64Array(draws);
  for (let i = 0; i < draws; i++)
    differences[i] =
      drawMean(treated.n, t, size, spread, generator) - drawMean(control.n, c, size, spread, generator);
  differences.sort();
  const tail = Math.max(1, Math.floor(((1 - confidence) / 2) * (draws + 1)));
  const value = (t.count * t.mean) / treated.n - (c.count * c.mean) / control.n;
  return {
    value,
    low: Math.min(value, differences[tail - 1]!),
    high: Math.max(value, differences[draws - tail]!),
  };
}

/** How many outcomes there are, their mean, and the sum of squares about it. */
interface Moments {
  count: number;
  mean: number;
  about: number;
}

/** Sizes of both sides vary by this much relative to their mean: a squared coefficient of variation, and how sure it is. */
interface Spread {
  squared: number;
  freedom: number;
}

/** Units that are believed to have bought for what both sides' buyers did, beside a side's own. */
const BELIEVED = 2;
/** Before the data sizes are believed to vary as much as their mean, as surely as four of them would tell. */
const PRIOR_SPREAD: Spread = { squared: 1, freedom: 4 };
const LEAST_SPREAD = 0.01;
const JEFFREYS = 0.5;

function momentsOf({ values }: Outcomes): Moments {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = values.length === 0 ? 0 : sum / values.length;
  let about = 0;
  for (const value of values) about += (value - mean) ** 2;
  return { count: values.length, mean, about };
}

function spreadOf(sides: readonly Moments[]): Spread {
  let squares = PRIOR_SPREAD.squared * PRIOR_SPREAD.freedom;
  let freedom = PRIOR_SPREAD.freedom;
  for (const { count, mean, about } of sides) {
    if (count === 0 || mean <= 0) continue;
    squares += about / mean ** 2;
    freedom += count - 1;
  }
  return { squared: Math.max(LEAST_SPREAD, squares / freedom), freedom };
}

/** A mean that a side may truly have. */
function drawMean(
  n: number,
  { count, mean }: Moments,
  size: number,
  spread: Spread,
  random: Generator,
): number {
  const yes = nextGamma(random, count + JEFFREYS);
  const share = yes / (yes + nextGamma(random, n - count + JEFFREYS));
  const among = count + BELIEVED;
  // A side whose returns outweigh its sales is believed to be like both together.
  const own = Math.max(count * mean + BELIEVED * size, size);
  const squared = (spread.squared * spread.freedom) / nextChiSquared(random, spread.freedom);
  return share * (own / among) * Math.exp(nextNormal(random) * Math.sqrt(Math.log1p(squared / among)));
}
