import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MINUTE, SECOND } from './clock.ts';
import { gapAfter, nextSlot } from './pace.ts';

const LEAST = 3 * SECOND;
const times = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 });

it('gives work that costs little its turn at once, and work that costs much a tenth of the time', () => {
  expect(gapAfter(20, LEAST)).toBe(LEAST);
  expect(gapAfter(5 * SECOND, LEAST)).toBe(50 * SECOND);
  expect(gapAfter(10 * MINUTE, LEAST)).toBe(5 * MINUTE);
});

it('never begins work again before its gap has passed, nor later than a slot after it may', () => {
  fc.assert(
    fc.property(times, fc.nat(MINUTE), fc.nat(10 * MINUTE), (now, ago, cost) => {
      const last = { begun: now - ago, cost };
      const at = nextSlot(now, LEAST, last);
      expect(at % LEAST).toBe(0);
      expect(at).toBeGreaterThan(now);
      expect(at).toBeGreaterThanOrEqual(last.begun + gapAfter(cost, LEAST));
      expect(at).toBeLessThanOrEqual(Math.max(now, last.begun + gapAfter(cost, LEAST)) + LEAST);
    }),
  );
});

it('is not held up by a clock that was set back', () => {
  expect(nextSlot(0, LEAST, { begun: 1e12, cost: MINUTE })).toBe(LEAST);
});
