import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceInShares } from './shares.ts';

describe('difference in shares', () => {
  it.each([
    // R package ratesci, scoreci(x1, n1, x2, n2): the examples of its manual, the last two from its table of strata. It
    // gives five places.
    { treated: [5, 56], control: [0, 29], low: -0.01862, high: 0.1867, p: 0.08199729 },
    { treated: [19, 29], control: [22, 30], low: -0.31189939, high: 0.1600794, p: 0.5178555 },
    { treated: [12, 16], control: [1, 16], low: 0.38567597, high: 0.8778839, p: 9.741092e-5 },
    { treated: [17, 26], control: [6, 27], low: 0.16911775, high: 0.6487974, p: null },
    { treated: [44, 54], control: [17, 55], low: 0.33270276, high: 0.6528154, p: null },
  ])('is that of ratesci for $treated against $control', ({ treated, control, low, high, p }) => {
    const effect = differenceInShares(
      { yes: control[0]!, n: control[1]! },
      { yes: treated[0]!, n: treated[1]! },
    )!;
    expect(effect.value).toBeCloseTo(treated[0]! / treated[1]! - control[0]! / control[1]!, 12);
    expect(effect.low).toBeCloseTo(low, 4);
    expect(effect.high).toBeCloseTo(high, 4);
    if (p !== null) expect(effect.pValue / p).toBeCloseTo(1, 3);
  });

  it('is Miettinen’s and Nurminen’s without the correction', () => {
    const plain = (control: [number, number], treated: [number, number]) =>
      differenceInShares(
        { yes: control[0], n: control[1] },
        { yes: treated[0], n: treated[1] },
        { skewness: false },
      )!;
    expect(plain([0, 29], [5, 56]).low).toBeCloseTo(-0.0325966, 5);
    expect(plain([0, 29], [5, 56]).high).toBeCloseTo(0.193331, 5);
    expect(plain([0, 29], [5, 56]).pValue).toBeCloseTo(0.09917565, 6);
    expect(plain([1, 16], [12, 16]).low).toBeCloseTo(0.3749783, 5);
    expect(plain([22, 30], [19, 29]).high).toBeCloseTo(0.158172, 5);
  });

  it('holds its value, stays within -1 and 1, and turns around with its sides', () => {
    const share = fc
      .integer({ min: 1, max: 500 })
      .chain((n) => fc.record({ n: fc.constant(n), yes: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(share, share, (a, b) => {
        const there = differenceInShares(a, b)!;
        expect(there.low).toBeLessThanOrEqual(there.value + 1e-9);
        expect(there.high).toBeGreaterThanOrEqual(there.value - 1e-9);
        expect(there.low).toBeGreaterThanOrEqual(-1);
        expect(there.high).toBeLessThanOrEqual(1);
        expect(there.pValue).toBeGreaterThanOrEqual(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
        const back = differenceInShares(b, a)!;
        // The cubic's root near its double root is good to the square root of a double's precision.
        expect(back.low).toBeCloseTo(-there.high, 7);
        expect(back.pValue).toBeCloseTo(there.pValue, 7);
      }),
    );
    expect(differenceInShares({ yes: 0, n: 0 }, { yes: 1, n: 2 })).toBeNull();
  });

  it('covers the truth in each tail with a tenth held out, over all outcomes', () => {
    for (const { people, share, times } of [
      { people: 1000, share: 0.05, times: 1 },
      { people: 2000, share: 0.02, times: 1 },
      { people: 2000, share: 0.02, times: 1.5 },
      { people: 5000, share: 0.05, times: 1.3 },
    ]) {
      const missed = missedBy(people / 10, share, (people * 9) / 10, share * times);
      expect(missed.low).toBeLessThan(0.03);
      expect(missed.high).toBeLessThan(0.035);
      expect(missed.low + missed.high).toBeGreaterThan(0.03);
    }
  });
});

/** How likely an interval lies wholly above or below the true difference: the sum over every pair of counts. */
function missedBy(nControl: number, control: number, nTreated: number, treated: number) {
  const missed = { low: 0, high: 0 };
  const likely = { control: binomial(nControl, control), treated: binomial(nTreated, treated) };
  for (const [c, ofControl] of likely.control)
    for (const [t, ofTreated] of likely.treated) {
      const effect = differenceInShares({ yes: c, n: nControl }, { yes: t, n: nTreated })!;
      if (effect.low > treated - control) missed.low += ofControl * ofTreated;
      if (effect.high < treated - control) missed.high += ofControl * ofTreated;
    }
  return missed;
}

/** Counts of a binomial distribution with their probabilities, but for what is less likely than one in 10^5. */
function binomial(n: number, p: number): [count: number, probability: number][] {
  const counts: [number, number][] = [];
  let weight = (1 - p) ** n;
  for (let k = 0; k <= n; k++) {
    if (weight > 1e-5) counts.push([k, weight]);
    weight *= ((n - k) * p) / ((k + 1) * (1 - p));
  }
  return counts;
}
