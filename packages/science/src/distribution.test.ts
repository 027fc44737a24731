import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chiSquaredTail,
  normalCdf,
  normalQuantile,
  normalTail,
  studentTwoSided,
  studentWidth,
} from './distribution.ts';
import { incompleteBeta, logGamma, upperGamma } from './special.ts';

const near = (actual: number, expected: number, relative = 1e-12) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.abs(expected) * relative);

describe('special functions', () => {
  it('logGamma gives factorials and the square root of pi', () => {
    // Abramowitz & Stegun 6.1.8 and 6.1.10; ln 9! and ln 99!.
    near(logGamma(0.5), 0.5 * Math.log(Math.PI));
    near(logGamma(10), Math.log(362_880));
    near(logGamma(100), 359.1342053695754);
    expect(Math.abs(logGamma(1))).toBeLessThan(1e-14);
  });

  it('the incomplete beta function has its closed forms', () => {
    // DLMF 8.17.2: I_x(1, b) = 1 - (1 - x)^b; I_x(a, 1) = x^a; I_1/2(a, a) = 1/2.
    near(incompleteBeta(0.3, 1, 5), 1 - 0.7 ** 5);
    near(incompleteBeta(0.3, 4, 1), 0.3 ** 4);
    near(incompleteBeta(0.5, 12.5, 12.5), 0.5);
  });

  it('the incomplete gamma function has its closed form', () => {
    // DLMF 8.4.5: Q(1, x) = exp(-x).
    for (const x of [0.1, 1, 5, 40]) near(upperGamma(1, x), Math.exp(-x));
  });
});

describe('distributions', () => {
  it('normal quantiles are those of AS 241', () => {
    // Wichura (1988), the paper's own test values of PPND16.
    near(normalQuantile(0.25), -0.6744897501960817);
    near(normalQuantile(0.001), -3.090232306167814);
    near(normalQuantile(1e-20), -9.262340089798409);
    near(normalQuantile(0.975), 1.959963984540054);
  });

  it('normal tails are exact far out', () => {
    // Abramowitz & Stegun, table 26.2: Q(5) = 2.866515719e-7; NIST: 2 Q(1.96) = .0499957903.
    near(normalTail(5), 2.866515718791939e-7, 1e-12);
    near(2 * normalTail(1.96), 0.0499957902964409, 1e-12);
  });

  it('normal quantile and cdf are inverses', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-12);
      }),
    );
  });

  it('student widths are those of the printed tables', () => {
    // NIST/SEMATECH e-Handbook, 1.3.6.7.2, upper critical values, alpha .025; and Cauchy's closed form.
    expect(studentWidth(0.95, 1)).toBeCloseTo(12.706, 3);
    near(studentWidth(0.95, 1), Math.tan(Math.PI * 0.475), 1e-10);
    expect(studentWidth(0.95, 2)).toBeCloseTo(4.303, 3);
    expect(studentWidth(0.95, 10)).toBeCloseTo(2.228, 3);
    expect(studentWidth(0.95, 30)).toBeCloseTo(2.042, 3);
    expect(studentWidth(0.99, 5)).toBeCloseTo(4.032, 3);
    expect(studentWidth(0.95, Number.POSITIVE_INFINITY)).toBeCloseTo(1.959964, 6);
  });

  it('student width and tail are inverses, for any degrees of freedom', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (inside, freedom) => {
          const width = studentWidth(inside, freedom);
          expect(Math.abs(studentTwoSided(width, freedom) - (1 - inside))).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it('chi-squared tails are those of the printed tables', () => {
    // NIST/SEMATECH e-Handbook, 1.3.6.7.4: critical values of 1, 5 and 100 degrees of freedom.
    expect(chiSquaredTail(3.841, 1)).toBeCloseTo(0.05, 4);
    expect(chiSquaredTail(10.828, 1)).toBeCloseTo(0.001, 5);
    expect(chiSquaredTail(11.07, 5)).toBeCloseTo(0.05, 4);
    expect(chiSquaredTail(124.342, 100)).toBeCloseTo(0.05, 4);
  });
});
