import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceInMeans, type Moments } from './experiment.ts';
import { type Generator, generatorOf, nextShare } from './random.ts';
import {
  drawInto,
  effectAmong,
  type Outcomes,
  occurrencesNeeded,
  openDraws,
  randomisationEffect,
} from './randomisation.ts';

const outcomes = (values: readonly number[]): Outcomes => ({
  n: values.length,
  values: Float64Array.from(values.filter((v) => v !== 0)),
});
const momentsOf = ({ n, values }: Outcomes): Moments => ({
  n,
  sum: values.reduce((s, v) => s + v, 0),
  sumSquares: values.reduce((s, v) => s + v * v, 0),
});
const normal = (random: Generator) =>
  Math.sqrt(-2 * Math.log(1 - nextShare(random))) * Math.cos(2 * Math.PI * nextShare(random));

/** R, data set sleep: extra hours of the second and of the first drug. */
const FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
const FEW = [0, 0, 0, 12, 0];
const MORE = [0, 7, 0, 0, 31, 0, 4, 0, 0, 19, 0, 0];

describe('the distribution over assignments', () => {
  it('is that of all assignments, listed by SciPy', () => {
    // SciPy 1.17, stats.permutation_test over all 184,756 and all 6,188 assignments of Welch's statistic: p = 0.081448
    // with quantiles +-2.1226; p = 0.807046 with -1.6525 and 2.1200.
    const sleep = randomisationEffect(outcomes(SECOND), outcomes(FIRST), { seed: 1, count: 39_999 })!;
    expect(sleep.value).toBeCloseTo(-1.58, 10);
    expect(sleep.pValue).toBeCloseTo(0.0814, 2);
    const standardError = 1.58 / 1.8608134674868526;
    expect((sleep.high - sleep.value) / standardError).toBeCloseTo(2.1226, 1);
    const skewed = randomisationEffect(outcomes(FEW), outcomes(MORE), { seed: 1, count: 39_999 })!;
    expect(skewed.pValue).toBeCloseTo(0.807, 2);
    const wide = skewed.value / 0.7192486230161139;
    expect((skewed.value - skewed.low) / wide).toBeCloseTo(2.12, 1);
    expect((skewed.high - skewed.value) / wide).toBeCloseTo(1.6525, 1);
  });

  it('is Student’s for large sides of equal size and normal outcomes: the interval is Welch’s', () => {
    const random = generatorOf(5);
    const side = (mean: number): Outcomes => ({
      n: 1000,
      values: Float64Array.from({ length: 1000 }, () => mean + 30 * normal(random)),
    });
    const [control, treated] = [side(100), side(104)];
    const welch = differenceInMeans(momentsOf(control), momentsOf(treated))!;
    const ours = randomisationEffect(control, treated, { seed: 3, count: 4999 })!;
    expect(ours.value).toBeCloseTo(welch.value, 8);
    expect(Math.abs(ours.low - welch.low) / welch.standardError).toBeLessThan(0.1);
    expect(Math.abs(ours.high - welch.high) / welch.standardError).toBeLessThan(0.1);
    expect(Math.abs(ours.pValue - welch.pValue)).toBeLessThan(0.01);
  });

  it('depends on the seed and the outcomes alone, drawn at once or in pieces', () => {
    const { control, treated } = campaign(generatorOf(8), { people: 3000, buyers: 0.3, spread: 1 });
    for (const most of [2048, 10]) {
      const whole = new Float64Array(1200);
      drawInto(openDraws(control, treated, { seed: 4, most }), whole, 0, 1200);
      const pieces = new Float64Array(1200);
      const draws = openDraws(control, treated, { seed: 4, most });
      for (let from = 0; from < 1200; from += 100) drawInto(draws, pieces, from, from + 100);
      expect(pieces).toEqual(whole);
    }
    expect(randomisationEffect(control, treated, { seed: 4 })).not.toEqual(
      randomisationEffect(control, treated, { seed: 5 }),
    );
  });

  it('is the same when blocks move together', () => {
    const { control, treated } = campaign(generatorOf(2), { people: 30_000, buyers: 0.5, spread: 1 });
    const one = randomisationEffect(control, treated, { seed: 1, count: 1999 })!;
    const drawn = new Float64Array(1999);
    const draws = openDraws(control, treated, { seed: 2, most: 300 });
    expect(draws.blockSize).toBeGreaterThan(3);
    drawInto(draws, drawn, 0, drawn.length);
    const blocks = effectAmong(drawn, control, treated)!;
    const width = one.high - one.low;
    expect(Math.abs(blocks.low - one.low) / width).toBeLessThan(0.04);
    expect(Math.abs(blocks.high - one.high) / width).toBeLessThan(0.04);
  });
});

describe('the effect', () => {
  const values = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -500, max: 9000 })), {
    minLength: 2,
    maxLength: 30,
  });

  it('leaves out nothing exactly when p is above 5 %, whichever side is smaller and whatever the unit', () => {
    fc.assert(
      fc.property(values, values, fc.integer(), fc.integer({ min: 2, max: 1000 }), (a, b, seed, unit) => {
        const there = randomisationEffect(outcomes(a), outcomes(b), { seed, count: 199 });
        const larger = randomisationEffect(
          outcomes(a.map((v) => v * unit)),
          outcomes(b.map((v) => v * unit)),
          { seed, count: 199 },
        );
        if (!there || !larger) {
          expect(there).toEqual(larger);
          return;
        }
        expect(there.low > 0 || there.high < 0).toBe(there.pValue <= 0.05);
        expect(there.pValue).toBeGreaterThanOrEqual(0.01);
        expect(there.pValue).toBeLessThanOrEqual(1);
        expect(larger.low).toBeCloseTo(there.low * unit, 3);
        expect(larger.pValue).toBe(there.pValue);
      }),
    );
  });

  it('is nothing where outcomes do not differ, and an error where there is no side', () => {
    const same = outcomes([5, 5, 5]);
    expect(randomisationEffect(same, same, { seed: 1 })).toBeNull();
    expect(randomisationEffect(outcomes([0, 0]), outcomes([0, 0]), { seed: 1 })).toBeNull();
    expect(() => randomisationEffect(outcomes([1]), same, { seed: 1 })).toThrow(RangeError);
    const tooMany = { n: 2, values: Float64Array.of(1, 2, 3) };
    expect(() => randomisationEffect(tooMany, same, { seed: 1 })).toThrow(RangeError);
    expect(() => effectAmong(new Float64Array(38), same, same)).toThrow(RangeError);
  });

  it('asks for so many buyers that twenty are to be expected on the smaller side', () => {
    expect(occurrencesNeeded(1000, 9000)).toBe(200);
    expect(occurrencesNeeded(9000, 1000)).toBe(200);
    expect(occurrencesNeeded(500, 500)).toBe(40);
  });
});

describe('on simulated campaigns with a tenth held out, where the truth is known', () => {
  const CAMPAIGNS = 1500;
  const shapes: { name: string; shape: Shape }[] = [
    { name: '4,000 people, nothing happens', shape: { people: 4000, buyers: 0.05, spread: 1 } },
    {
      name: '10,000 people, long tail, nothing happens',
      shape: { people: 10_000, buyers: 0.02, spread: 1.5 },
    },
    {
      name: '1,000 people, larger baskets',
      shape: { people: 1000, buyers: 0.25, spread: 1, largerBaskets: 1.3 },
    },
    {
      name: '5,000 people, a coupon: more buyers, smaller baskets',
      shape: { people: 5000, buyers: 0.1, spread: 1, moreBuyers: 1.2, largerBaskets: 0.9 },
    },
    {
      name: '20,000 people, long tail, more buyers',
      shape: { people: 20_000, buyers: 0.05, spread: 1.5, moreBuyers: 1.3 },
    },
  ];

  it.each(shapes)(
    'covers the truth in 95 % and claims too much in 2.5 %: $name',
    {
      timeout: 120_000,
    },
    ({ shape }) => {
      const random = generatorOf(20_251_122);
      const truth = trueEffect(shape);
      const missed = { low: 0, high: 0, welchLow: 0 };
      let intervals = 0;
      for (let i = 0; i < CAMPAIGNS; i++) {
        const { control, treated } = campaign(random, shape);
        const buyers = control.values.length + treated.values.length;
        if (buyers < occurrencesNeeded(control.n, treated.n)) continue;
        intervals += 1;
        const effect = randomisationEffect(control, treated, { seed: i, count: 199 })!;
        if (effect.low > truth) missed.low += 1;
        if (effect.high < truth) missed.high += 1;
        if (differenceInMeans(momentsOf(control), momentsOf(treated))!.low > truth) missed.welchLow += 1;
      }
      expect(intervals).toBeGreaterThan(CAMPAIGNS / 3);
      const coverage = 1 - (missed.low + missed.high) / intervals;
      expect(coverage).toBeGreaterThan(0.93);
      expect(coverage).toBeLessThan(0.97);
      expect(missed.low / intervals).toBeLessThan(0.035);
      expect(missed.high / intervals).toBeLessThan(0.035);
      // What it is for: Welch's interval lies wholly above the truth two to six times as often as it says.
      expect(missed.welchLow / intervals).toBeGreaterThan(0.05);
    },
  );
});

/** A campaign: most buy nothing, the baskets of the others are log-normal with this spread around 20. */
interface Shape {
  people: number;
  buyers: number;
  spread: number;
  moreBuyers?: number;
  largerBaskets?: number;
}

function trueEffect({ buyers, spread, moreBuyers = 1, largerBaskets = 1 }: Shape): number {
  return 2000 * buyers * Math.exp(spread ** 2 / 2) * (moreBuyers * largerBaskets - 1);
}

/** Every tenth is held out; of who buys nothing only the number is drawn, as gaps between buyers. */
function campaign(random: Generator, shape: Shape): { control: Outcomes; treated: Outcomes } {
  const { people, buyers, spread, moreBuyers = 1, largerBaskets = 1 } = shape;
  const side = (n: number, share: number, scale: number): Outcomes => {
    const values: number[] = [];
    const gap = () => Math.floor(Math.log(1 - nextShare(random)) / Math.log(1 - share));
    for (let person = gap(); person < n; person += 1 + gap())
      values.push(2000 * scale * Math.exp(spread * normal(random)));
    return { n, values: Float64Array.from(values) };
  };
  const heldOut = people / 10;
  return {
    control: side(heldOut, buyers, 1),
    treated: side(people - heldOut, buyers * moreBuyers, largerBaskets),
  };
}
