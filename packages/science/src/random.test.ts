import { expect, it } from 'vitest';
import { type Generator, generatorOf, nextBelow, nextShare, nextWord } from './random.ts';

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
