import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar, isoInstant } from './calendar.ts';

describe('the calendar', () => {
  it('finds the day of any instant, also where clocks change', () => {
    for (const zone of ['Asia/Shanghai', 'America/New_York', 'Europe/London']) {
      const calendar = createCalendar('2024-01-01', zone);
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 800 }),
          fc.double({ min: 0, max: 0.9999, noNaN: true }),
          (day, part) => {
            const [from, to] = [calendar.startMs(day), calendar.startMs(day + 1)];
            expect(calendar.dayAt(from)).toBe(day);
            expect(calendar.dayAt(Math.floor(from + part * (to - from)))).toBe(day);
          },
        ),
        { numRuns: 60, seed: 1 },
      );
    }
  });

  it('writes instants as Date does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_500_000_000_000, max: 2_000_000_000_000 }), (ms) => {
        expect(isoInstant(ms)).toBe(new Date(ms).toISOString());
      }),
      { seed: 1 },
    );
  });

  it('knows the festivals', () => {
    const calendar = createCalendar('2025-01-01', 'Asia/Shanghai');
    expect(calendar.season(28)).toMatchObject({ iso: '2025-01-29', springDay: 0 });
    expect(calendar.season(314)).toMatchObject({ iso: '2025-11-11', festival: 'D11' });
  });
});
