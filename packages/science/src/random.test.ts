import { expect, it } from 'vitest';
import {
  type Generator,
  generatorOf,
  nextBelow,
  nextChiSquared,
  nextGamma,
  nextNormal,
  nextShare,
  nextWord,
} from './random.ts';

it('gives the words of the published generator', () => {
  // rand_xoshiro, test vector of Xoshiro128StarStar from the state 1, 2, 3, 4; made with the authors' C code.
  const state: Generator = Int32Array.of(1, 2, 3, 4);
  expect(Array.from({ length: 10 }, () => nextWord(state))).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

it('depends on the seed alone, and on every seed', () => {
  const words = (seed: number) => {
    const state = generatorOf(seed);
    return Array.from({ length: 4 }, () => nextWord(state));
  };
  expect(words(7)).toEqual(words(7));
  expect(new Set([0, 1, 2, -1, 4_294_967_295].map((seed) => words(seed).join())).size).toBe(4);
  expect(generatorOf(0).some((word) => word !== 0)).toBe(true);
});

it('spreads numbers evenly', () => {
  const state = generatorOf(1);
  const counts = new Float64Array(10);
  let sum = 0;
  for (let i = 0; i < 100_000; i++) {
    counts[nextBelow(state, 10)]! += 1;
    sum += nextShare(state);
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  expect(sum / 100_000).toBeCloseTo(0.5, 2);
});

it.each([
  ['normal', nextNormal, 0, 1],
  ['gamma of shape 0.5', (g: Generator) => nextGamma(g, 0.5), 0.5, 0.5],
  ['gamma of shape 7', (g: Generator) => nextGamma(g, 7), 7, 7],
  ['chi-squared of 5', (g: Generator) => nextChiSquared(g, 5), 5, 10],
] as const)('draws from the %s distribution: its mean and variance', (_name, draw, mean, variance) => {
  const generator = generatorOf(5);
  const drawn = Array.from({ length: 200_000 }, () => draw(generator));
  const found = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / drawn.length));
  const spread = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length;
  expect(spread / variance).toBeGreaterThan(0.95);
  expect(spread / variance).toBeLessThan(1.05);
});
