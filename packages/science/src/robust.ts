/** What is usual of some values, and how far they spread, in spite of those that are far off. */
export interface Usual {
  centre: number;
  /** In units of a standard deviation; 0 where no value differs. */
  spread: number;
}

/** MAD of a normal distribution in its standard deviations, inverted: 1 / Φ⁻¹(3/4). */
export const MAD_TO_DEVIATION = 1.482602218505602;
/** The same of the mean absolute deviation: √(π/2). */
const MEAN_TO_DEVIATION = 1.2533141373155003;
/** Interquartile range of a normal distribution in its standard deviations. */
const IQR_TO_DEVIATION = 1.3489795003921634;

/** Indexes of values from the least to the greatest. */
function inOrder(values: Float64Array): Uint32Array {
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
}

/**
 * The quantile of values that stand for `weights` cases each: the mean of the two middle ones where it falls between
 * them, else the smallest value below which lies that share (R. J. Hyndman & Y. Fan, The American Statistician 50, 1996,
 * definition 2). NaN where there are no cases.
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array, share: number): number {
  if (values.length !== weights.length) throw new RangeError('As many weights as values are needed.');
  const order = inOrder(values);
  let total = 0;
  for (const weight of weights) total += weight;
  if (!(total > 0)) return Number.NaN;
  const goal = share * total;
  let sum = 0;
  for (let i = 0; i < order.length; i++) {
    sum += weights[order[i]!]!;
    if (sum > goal) return values[order[i]!]!;
    if (sum === goal) {
      let next = i + 1;
      while (next < order.length && weights[order[next]!] === 0) next += 1;
      return next < order.length ? (values[order[i]!]! + values[order[next]!]!) / 2 : values[order[i]!]!;
    }
  }
  return values[order.at(-1)!]!;
}

/**
 * Median and spread by the median absolute deviation. Where more than half of the values are equal it is 0 and the mean
 * absolute deviation stands in (B. Iglewicz & D. C. Hoaglin, How to Detect and Handle Outliers, ASQC 1993).
 */
export function usualByMad(values: Float64Array, weights: Float64Array): Usual {
  const centre = weightedQuantile(values, weights, 0.5);
  const away = values.map((value) => Math.abs(value - centre));
  const mad = weightedQuantile(away, weights, 0.5);
  if (mad > 0) return { centre, spread: mad * MAD_TO_DEVIATION };
  let [sum, total] = [0, 0];
  for (let i = 0; i < away.length; i++) {
    sum += away[i]! * weights[i]!;
    total += weights[i]!;
  }
  return { centre, spread: total > 0 ? (sum / total) * MEAN_TO_DEVIATION : 0 };
}

/** How many deviations a value lies from what is usual; 0 where nothing varies and it does not either. */
export function deviationsFrom(value: number, { centre, spread }: Usual): number {
  const away = value - centre;
  if (away === 0) return 0;
  return spread > 0 ? away / spread : Math.sign(away) * Number.POSITIVE_INFINITY;
}

/**
 * How many interquartile ranges a value lies beyond the nearer quartile, 0 within (J. W. Tukey, Exploratory Data Analysis,
 * 1977); a range of nothing is taken for the spread by the mean deviation.
 */
export function rangesBeyond(values: Float64Array, weights: Float64Array): (value: number) => number {
  const low = weightedQuantile(values, weights, 0.25);
  const high = weightedQuantile(values, weights, 0.75);
  const range = high > low ? high - low : usualByMad(values, weights).spread * IQR_TO_DEVIATION;
  return (value) => {
    const away = value > high ? value - high : value < low ? value - low : 0;
    if (away === 0) return 0;
    return range > 0 ? away / range : Math.sign(away) * Number.POSITIVE_INFINITY;
  };
}

/** Of each value of a daily series what is usual on that day of the week; NaN where too few weeks are known. */
export interface SeasonalUsual {
  centre: Float64Array;
  spread: Float64Array;
}

/** The least share of what is usual that is taken for its spread: a shop's days are never alike to the last order. */
const LEAST_SPREAD = 0.05;

/**
 * What is usual of each value by those `period` before and after it, `around` on each side at most, itself left out: the
 * median and the MAD as a deviation, no less than the spread of a count of its size (a Poisson's), a twentieth of it, and a
 * twentieth of what a day with anything at all usually has: what comes on a weekday of rest is weighed against that.
 */
export function seasonalUsual(
  values: Float64Array,
  { period, around, fewest = 4 }: { period: number; around: number; fewest?: number },
): SeasonalUsual {
  const out = {
    centre: new Float64Array(values.length).fill(Number.NaN),
    spread: new Float64Array(values.length).fill(Number.NaN),
  };
  const busy = values.filter((value) => value > 0);
  const level = busy.length === 0 ? 0 : weightedQuantile(busy, new Float64Array(busy.length).fill(1), 0.5);
  for (let i = 0; i < values.length; i++) {
    const near: number[] = [];
    for (let step = 1; step <= around; step++)
      for (const at of [i - step * period, i + step * period])
        if (at >= 0 && at < values.length) near.push(values[at]!);
    if (near.length < fewest) continue;
    const alike = Float64Array.from(near);
    const { centre, spread } = usualByMad(alike, new Float64Array(alike.length).fill(1));
    out.centre[i] = centre;
    const least = LEAST_SPREAD * Math.max(Math.abs(centre), level);
    out.spread[i] = Math.max(spread, Math.sqrt(Math.max(0, centre)), least);
  }
  return out;
}
