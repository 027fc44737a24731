import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  detectableDifference,
  differenceInMeans,
  type Moments,
  meanOf,
  momentsOfShare,
  relativeEffect,
  sampleRatioP,
  scaled,
  varianceOf,
} from './experiment.ts';
import { generatorOf, nextShare } from './random.ts';

const momentsOf = (values: readonly number[]): Moments => ({
  n: values.length,
  sum: values.reduce((s, v) => s + v, 0),
  sumSquares: values.reduce((s, v) => s + v * v, 0),
});

/** Moments with this mean and standard deviation. */
const summary = (n: number, mean: number, sd: number): Moments => ({
  n,
  sum: mean * n,
  sumSquares: sd ** 2 * (n - 1) + mean ** 2 * n,
});

describe('relative effect', () => {
  it('is that of GrowthBook', () => {
    // GrowthBook, gbstats, tests of the two-sided t-test with a relative difference; see shared/science.md.
    const effect = relativeEffect(summary(3407, 0.41, 3.9), summary(3461, 0.7, 6.2));
    expect(effect?.value).toBeCloseTo(0.70732, 5);
    expect(effect?.standardError).toBeCloseTo(0.37879, 5);
    expect(effect?.low).toBeCloseTo(-0.03526, 5);
    expect(effect?.high).toBeCloseTo(1.44989, 5);
    expect(effect?.pValue).toBeCloseTo(0.06191, 5);
  });

  it('is nothing without a base to compare with', () => {
    expect(relativeEffect(summary(10, 0, 1), summary(10, 1, 1))).toBeNull();
  });
});

describe('difference in means', () => {
  it('is that of R on the sleep data', () => {
    // R 4, t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = .07939, [-3.3654832, .2054832].
    const one = momentsOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]);
    const two = momentsOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    const effect = differenceInMeans(two, one);
    expect(effect?.value).toBeCloseTo(-1.58, 10);
    expect(effect?.freedom).toBeCloseTo(17.776, 3);
    expect(effect?.pValue).toBeCloseTo(0.07939, 5);
    expect(effect?.low).toBeCloseTo(-3.3654832, 6);
    expect(effect?.high).toBeCloseTo(0.2054832, 6);
  });

  it('says nothing of fewer than two on a side, and no more than it knows of equal outcomes', () => {
    expect(differenceInMeans(momentsOf([1]), momentsOf([1, 2, 3]))).toBeNull();
    const equal = differenceInMeans(momentsOf([0, 0]), momentsOf([0, 0, 0]));
    expect(equal).toMatchObject({ value: 0, low: 0, high: 0, pValue: 1 });
    expect(differenceInMeans(momentsOf([1, 1]), momentsOf([3, 3]))).toMatchObject({ value: 2, pValue: 0 });
  });

  it('does not care which side is which, nor about the unit', () => {
    const values = fc.array(fc.integer({ min: -100_000, max: 100_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(values, values, fc.integer({ min: 1, max: 1000 }), (a, b, unit) => {
        const there = differenceInMeans(momentsOf(a), momentsOf(b))!;
        const back = differenceInMeans(momentsOf(b), momentsOf(a))!;
        expect(back.value).toBeCloseTo(-there.value, 6);
        expect(back.pValue).toBeCloseTo(there.pValue, 10);
        expect(there.low).toBeLessThanOrEqual(there.value);
        expect(there.high).toBeGreaterThanOrEqual(there.value);
        const larger = differenceInMeans(
          momentsOf(a.map((v) => v * unit)),
          momentsOf(b.map((v) => v * unit)),
        )!;
        expect(larger.high).toBeCloseTo(there.high * unit, 3);
        expect(scaled(there, unit).low).toBeCloseTo(there.low * unit, 6);
      }),
    );
  });

  it('shares are means of yes and no', () => {
    const share = momentsOfShare(30, 120);
    expect(meanOf(share)).toBe(0.25);
    expect(varianceOf(share)).toBeCloseTo((0.25 * 0.75 * 120) / 119, 12);
  });
});

describe('sample ratio', () => {
  it('is the chi-squared test of the counts', () => {
    // R 4, chisq.test(c(821588, 815482)): X-squared = 22.774, p = 1.8e-6 (Fabijan et al., KDD 2019, the paper's example).
    expect(sampleRatioP([821_588, 815_482], [0.5, 0.5])).toBeCloseTo(1.8e-6, 7);
    expect(sampleRatioP([900, 100], [0.9, 0.1])).toBe(1);
    expect(sampleRatioP([0, 0], [0.9, 0.1])).toBe(1);
  });
});

describe('detectable difference', () => {
  it('is that of the textbook formula', () => {
    // Two-sided 5 %, power 80 %: (1.959964 + .841621) * sd * sqrt(2 / n); Cohen (1988) has n = 63 per side for d = .5.
    expect(detectableDifference(1, 63, 63)).toBeCloseTo(0.4992, 3);
    expect(detectableDifference(4, 100, 900)).toBeCloseTo(2.801585 * 2 * Math.sqrt(1 / 100 + 1 / 900), 5);
    expect(detectableDifference(4, 0, 900)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('on a simulated shop, where the truth is known', () => {
  /** Revenue of a person: most buy nothing, some buy something, with a long tail. */
  const revenue = (random: () => number, share: number) =>
    random() < share ? Math.round(2000 * (1 - Math.log(1 - random()))) : 0;
  const side = (random: () => number, n: number, share: number): Moments => {
    const s = { n, sum: 0, sumSquares: 0 };
    for (let i = 0; i < n; i++) {
      const v = revenue(random, share);
      s.sum += v;
      s.sumSquares += v * v;
    }
    return s;
  };

  it('raises a false alarm in about 5 % of 1,000 A/A tests', () => {
    const state = generatorOf(20_251_122);
    const random = () => nextShare(state);
    let alarms = 0;
    for (let i = 0; i < 1000; i++)
      if (differenceInMeans(side(random, 600, 0.2), side(random, 600, 0.2))!.pValue < 0.05) alarms++;
    expect(alarms).toBeGreaterThanOrEqual(40);
    expect(alarms).toBeLessThanOrEqual(60);
  });

  it('covers the true effect in about 95 % of 600 A/B tests with a small control group', () => {
    const state = generatorOf(7);
    const random = () => nextShare(state);
    const truth = (0.26 - 0.2) * 4000;
    let covered = 0;
    for (let i = 0; i < 600; i++) {
      const effect = differenceInMeans(side(random, 250, 0.2), side(random, 2250, 0.26))!;
      if (effect.low <= truth && truth <= effect.high) covered++;
    }
    expect(covered / 600).toBeGreaterThan(0.93);
    expect(covered / 600).toBeLessThan(0.97);
  });

  it('finds the detectable difference four times in five', () => {
    const state = generatorOf(99);
    const random = () => nextShare(state);
    // Variance of a revenue: share * E[v^2] - mean^2, with v = 2000 (1 + Exp(1)): E[v] = 4000, E[v^2] = 5 * 2000^2.
    const variance = 0.2 * 5 * 2000 ** 2 - (0.2 * 4000) ** 2;
    const step = detectableDifference(variance, 500, 500);
    const share = 0.2 + step / 4000;
    let found = 0;
    for (let i = 0; i < 500; i++)
      if (differenceInMeans(side(random, 500, 0.2), side(random, 500, share))!.pValue < 0.05) found++;
    expect(found / 500).toBeGreaterThan(0.72);
    expect(found / 500).toBeLessThan(0.86);
  });
});
