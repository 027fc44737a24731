import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedMeanwhile, hasFallen, medianOf, scoreOf } from './score.ts';

const REASONS = [
  'held:no_identity',
  'rejected:unknown_event',
  'warned:wrong_type',
  'warned:missing_property',
  'empty_value',
  'repeated',
  'late',
  'day_late',
  'unknown_product',
  'no_customer',
];
const counts = fc.record(
  Object.fromEntries([...REASONS, 'messages', 'stored'].map((reason) => [reason, fc.nat(1000)])),
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, number>>;

describe('the score', () => {
  it('lies in 0 to 100 and falls with no fault fewer, whatever the counts', () => {
    fc.assert(
      fc.property(
        counts,
        fc.constantFrom(...REASONS),
        fc.integer({ min: 1, max: 50 }),
        (of, reason, more) => {
          const before = scoreOf(of);
          const after = scoreOf({ ...of, [reason]: (of[reason] ?? 0) + more });
          if (!of.messages) return before.score === null;
          for (const { score, parts } of [before, after]) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(100);
            for (const part of parts) expect(part.lost).toBeLessThanOrEqual(part.weight);
          }
          return after.score! <= before.score! + 1e-9;
        },
      ),
    );
  });

  it('is whole where nothing is at fault, and nothing where all is', () => {
    expect(scoreOf({ messages: 10, stored: 10 }).score).toBe(100);
    const all = Object.fromEntries(REASONS.map((reason) => [reason, 10]));
    expect(scoreOf({ messages: 10, ...all }).score).toBe(0);
    // One in ten held: 4 × 10 % of the 35 points of validity.
    expect(scoreOf({ messages: 10, 'held:bad_line': 1 }).score).toBeCloseTo(86);
  });
});

describe('what is usual', () => {
  it('a fall is one below the median by three deviations and five points', () => {
    const history = [95, 96, 94, 95, 97, 95, 93];
    expect(hasFallen(94, history)?.fallen).toBe(false);
    expect(hasFallen(89, history)).toEqual({ usual: 95, fallen: true });
    // Where days differ much anyway, more is needed; where there is little history, nothing is said.
    expect(hasFallen(70, [95, 60, 80, 99, 75, 85, 70])?.fallen).toBe(false);
    expect(hasFallen(0, [95, 95])).toBeNull();
  });

  it('the median lies between the least and the most', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const m = medianOf(values);
        return m >= Math.min(...values) && m <= Math.max(...values);
      }),
    );
  });

  it('silence is expected at night and not by day', () => {
    const HOUR = 3_600_000;
    const begin = Math.floor(Date.UTC(2026, 4, 1) / HOUR);
    const hours = new Map<number, number>();
    for (let day = 0; day < 20; day++) for (let h = 8; h < 20; h++) hours.set(begin + day * 24 + h, 30);
    const last = (begin + 19 * 24 + 19) * HOUR;
    const at = (hour: number) => expectedMeanwhile(hours, begin * HOUR, last, (begin + hour) * HOUR);
    expect(at(20 * 24 + 7)).toBe(0);
    expect(at(20 * 24 + 12)).toBe(4 * 30);
  });
});
