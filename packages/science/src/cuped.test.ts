import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustForBefore, type BeforeAndAfter } from './cuped.ts';
import { differenceInMeans } from './experiment.ts';
import { generatorOf, nextShare } from './random.ts';

const side = (after: readonly number[], before: readonly number[]): BeforeAndAfter => ({
  n: after.length,
  after: Float64Array.from(after),
  before: Float64Array.from(before),
});
const momentsOf = ({ n, values }: { n: number; values: Float64Array }) => ({
  n,
  sum: values.reduce((s, v) => s + v, 0),
  sumSquares: values.reduce((s, v) => s + v * v, 0),
});

describe('adjusting for before', () => {
  it('is that of GrowthBook', () => {
    // gbstats 0.8.0: compute_theta 1.206640857383579; difference of RegressionAdjustedStatistic means 135.51471602239099
    // with variances 109638.09275224246 and 87457.50659314077, so a standard error of 144.88922369679088.
    const control = side([900, 0, 0, 0, 150, 0, 5100, 0], [1200, 0, 0, 560, 80, 0, 4000, 300]);
    const treated = side(
      [0, 0, 2500, 130, 800, 0, 0, 0, 1900, 0, 1250, 60],
      [0, 250, 1800, 0, 640, 90, 0, 0, 2200, 40, 700, 0],
    );
    const adjusted = adjustForBefore(control, treated);
    expect(adjusted.slope).toBeCloseTo(1.206640857383579, 12);
    const effect = differenceInMeans(momentsOf(adjusted.control), momentsOf(adjusted.treated))!;
    expect(effect.value).toBeCloseTo(135.51471602239099, 9);
    expect(effect.standardError).toBeCloseTo(144.88922369679088, 9);
  });

  it('counts units without a place as nothing before and after', () => {
    const full = adjustForBefore(side([0, 5, 0, 0], [0, 2, 0, 3]), side([0, 4, 9, 0, 0], [0, 1, 4, 0, 0]));
    const short = adjustForBefore(
      { n: 4, after: Float64Array.of(5, 0), before: Float64Array.of(2, 3) },
      { n: 5, after: Float64Array.of(4, 9), before: Float64Array.of(1, 4) },
    );
    expect(short.slope).toBeCloseTo(full.slope, 12);
    expect(short.explained).toBeCloseTo(full.explained, 12);
    expect(short.control.n).toBe(4);
  });

  it('takes off nothing where before says nothing, and never more than there is', () => {
    expect(adjustForBefore(side([1, 2], [0, 0]), side([3, 4], [0, 0]))).toMatchObject({
      slope: 0,
      explained: 0,
    });
    expect(adjustForBefore(side([7, 7], [1, 2]), side([7, 7], [3, 4])).explained).toBe(0);
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 9999 })), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(pairs, pairs, (a, b) => {
        const of = (rows: [number, number][]) =>
          side(
            rows.map(([y]) => y),
            rows.map(([, x]) => x),
          );
        const { explained, slope } = adjustForBefore(of(a), of(b));
        expect(Number.isFinite(slope)).toBe(true);
        expect(explained).toBeGreaterThanOrEqual(0);
        expect(explained).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
    expect(() => adjustForBefore(side([1, 2], [1]), side([1], [1]))).toThrow(RangeError);
  });

  it('leaves the effect where it is, and makes it surer where the past foretells', () => {
    const random = generatorOf(3);
    const estimates = { plain: 0, adjusted: 0, plainSquares: 0, adjustedSquares: 0 };
    for (let i = 0; i < 300; i++) {
      const sides = [0, 1].map((treated) => {
        const before = Array.from({ length: 200 }, () => 100 * nextShare(random));
        return side(
          before.map((x) => x + 40 * nextShare(random) + 10 * treated),
          before,
        );
      }) as [BeforeAndAfter, BeforeAndAfter];
      const adjusted = adjustForBefore(...sides);
      const [plain, better] = [
        sides.map(({ n, after }) => ({ n, values: after })),
        [adjusted.control, adjusted.treated],
      ].map((pair) => differenceInMeans(momentsOf(pair[0]!), momentsOf(pair[1]!))!.value - 10);
      estimates.plain += plain! / 300;
      estimates.adjusted += better! / 300;
      estimates.plainSquares += plain! ** 2 / 300;
      estimates.adjustedSquares += better! ** 2 / 300;
    }
    expect(Math.abs(estimates.plain)).toBeLessThan(0.6);
    expect(Math.abs(estimates.adjusted)).toBeLessThan(0.25);
    expect(estimates.adjustedSquares).toBeLessThan(estimates.plainSquares / 4);
  });
});
