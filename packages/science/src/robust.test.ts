import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, pointsOf } from './edit-distance.ts';
import { deviationsFrom, rangesBeyond, seasonalUsual, usualByMad, weightedQuantile } from './robust.ts';

const ones = (n: number) => new Float64Array(n).fill(1);
const of = (...values: number[]) => Float64Array.from(values);
const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const cases = fc.array(fc.tuple(finite, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 30 });

describe('what is usual in spite of outliers', () => {
  it('is what P. J. Rousseeuw & M. Hubert print (WIREs Data Mining 8, 2018, e1236, section 2)', () => {
    const values = of(6.25, 6.27, 6.28, 6.34, 63.1);
    const usual = usualByMad(values, ones(5));
    expect(usual.centre).toBe(6.28);
    expect(usual.spread).toBeCloseTo(0.044, 3);
    expect(Math.abs(deviationsFrom(63.1, usual))).toBeGreaterThan(1000);
    expect(Math.abs(deviationsFrom(6.34, usual))).toBeLessThan(2);
  });

  it('is the same of a value told three times and of one that stands for three', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0.25, 0.5, 0.75), (some, share) => {
        const each = Float64Array.from(some.flatMap(([value, n]) => new Array<number>(n).fill(value)));
        const values = Float64Array.from(some, ([value]) => value);
        const weights = Float64Array.from(some, ([, n]) => n);
        expect(weightedQuantile(values, weights, share)).toBe(
          weightedQuantile(each, ones(each.length), share),
        );
        const [a, b] = [usualByMad(values, weights), usualByMad(each, ones(each.length))];
        expect(a.centre).toBe(b.centre);
        expect(a.spread).toBeCloseTo(b.spread, 6);
      }),
    );
  });

  it('moves with the values, and no minority however far off moves it out of the others', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 3, maxLength: 25 }), (good) => {
        const { centre } = usualByMad(Float64Array.from(good), ones(good.length));
        const moved = usualByMad(
          Float64Array.from(good, (v) => v + 7),
          ones(good.length),
        );
        expect(moved.centre).toBeCloseTo(centre + 7, 6);
        const few = Float64Array.from([...good, ...good, ...good.map(() => 1e12)]);
        expect(usualByMad(few, ones(few.length)).centre).toBeLessThanOrEqual(Math.max(...good));
      }),
    );
  });

  it('has a spread where more than half of the values are equal, and none where all are', () => {
    expect(usualByMad(of(5, 5, 5, 5, 6), ones(5)).spread).toBeCloseTo(0.2 * 1.2533, 3);
    expect(deviationsFrom(5, usualByMad(of(5, 5), ones(2)))).toBe(0);
    expect(deviationsFrom(6, usualByMad(of(5, 5), ones(2)))).toBe(Number.POSITIVE_INFINITY);
    expect(usualByMad(of(), of()).centre).toBeNaN();
  });

  it('lies within Tukey’s fences, which know the quartiles', () => {
    // Quartiles of 1..8 are 2.5 and 6.5 (Hyndman & Fan, definition 2).
    const beyond = rangesBeyond(of(1, 2, 3, 4, 5, 6, 7, 8), ones(8));
    expect([beyond(4), beyond(6.5), beyond(12.5), beyond(-3.5)]).toEqual([0, 0, 1.5, -1.5]);
  });
});

describe('what is usual on a day of the week', () => {
  it('knows a steady week whatever it looks like, and finds the one day that falls out of it', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 69 }), (week, at) => {
        const days = Float64Array.from({ length: 70 }, (_, i) => week[i % 7]!);
        days[at]! += 1000;
        const { centre, spread } = seasonalUsual(days, { period: 7, around: 8 });
        for (let i = 0; i < 70; i++) {
          const score = Math.abs(days[i]! - centre[i]!) / Math.max(1, spread[i]!);
          expect(score > 5).toBe(i === at);
        }
      }),
    );
  });

  it('is never without a spread: a day of rest on which something came stands out by a number', () => {
    const days = Float64Array.from({ length: 70 }, (_, i) => (i % 7 === 0 ? 0 : 100));
    days[35] = 40;
    const { centre, spread } = seasonalUsual(days, { period: 7, around: 8 });
    expect(centre[35]).toBe(0);
    expect((days[35]! - centre[35]!) / spread[35]!).toBeCloseTo(8, 9);
    expect([...spread].every((one) => one > 0)).toBe(true);
  });

  it('says nothing where too few weeks are known', () => {
    expect([...seasonalUsual(ones(20), { period: 7, around: 8 }).centre].every(Number.isNaN)).toBe(true);
  });
});

describe('the distance between two texts', () => {
  const between = (a: string, b: string, limit = 20) => editDistance(pointsOf(a), pointsOf(b), limit);

  it('is what textbooks say', () => {
    expect(between('kitten', 'sitting')).toBe(3);
    expect(between('Saturday', 'Sunday')).toBe(3);
    expect(between('乳制品', '乳品')).toBe(1);
    expect(between('diary', 'dairy')).toBe(1);
  });

  it('is 0 of the same alone, the same both ways, at most the longer text, and told apart up to its limit', () => {
    const text = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', '奶', '😀') });
    fc.assert(
      fc.property(text, text, fc.nat(8), (a, b, limit) => {
        const d = between(a, b, 50);
        expect(d === 0).toBe(a === b);
        expect(d).toBe(between(b, a, 50));
        expect(d).toBeLessThanOrEqual(Math.max([...a].length, [...b].length));
        expect(between(a, b, limit)).toBe(Math.min(d, limit + 1));
      }),
    );
  });
});
