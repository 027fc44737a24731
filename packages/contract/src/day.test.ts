import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayIn, startOfDay } from './day.ts';

/** Zones of which some put the clock forward at midnight, one skipped a whole day, one keeps quarters of an hour. */
const ZONES = [
  ...['Africa/Cairo', 'America/Santiago', 'America/Havana', 'America/Asuncion', 'Asia/Beirut', 'Asia/Tehran'],
  ...['America/Sao_Paulo', 'Atlantic/Azores', 'Pacific/Apia', 'Asia/Kathmandu', 'Pacific/Kiritimati'],
  ...['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Midway', 'UTC'],
];

describe('the start of a day', () => {
  it('is the first moment of that day, whatever the clock does then', () => {
    const days = fc.integer({ min: 0, max: 60 * 365 }).map((n) => addDays('1990-01-01', n));
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), days, (zone, day) => {
        const start = startOfDay(zone, day);
        expect(dayIn(zone, start - 1) < day).toBe(true);
        // Where the day never was (Apia, 2011-12-30), the next one begins.
        expect(dayIn(zone, start) >= day).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('follows the skipped hour in Cairo', () => {
    expect(new Date(startOfDay('Africa/Cairo', '2024-04-26')).toISOString()).toBe('2024-04-25T22:00:00.000Z');
    expect(dayIn('Africa/Cairo', Date.parse('2024-04-25T21:30:00Z'))).toBe('2024-04-25');
  });
});
