import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DateOrder, decideDateOrder, parseTime } from './date-text.ts';
import { timeZone } from './time-zone.ts';

const iso = (value: string | number, zone = 'UTC', order: DateOrder = 'MDY') => {
  const time = parseTime(value, timeZone(zone), order);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');
};

describe('dates as files write them', () => {
  it.each([
    ['2024-03-05', '2024-03-05T00:00:00Z'],
    ['2024-03-05 10:20:30', '2024-03-05T10:20:30Z'],
    ['2024-03-05T10:20:30.125Z', '2024-03-05T10:20:30.125Z'],
    ['2024-03-05T10:20:30+08:00', '2024-03-05T02:20:30Z'],
    ['2024-03-05 10:22:31 -0500', '2024-03-05T15:22:31Z'],
    ['12/1/10 8:26', '2010-12-01T08:26:00Z'],
    ['3/5/2024 1:02 PM', '2024-03-05T13:02:00Z'],
    ['2024/3/5', '2024-03-05T00:00:00Z'],
    ['2024年3月5日', '2024-03-05T00:00:00Z'],
    ['2024年3月5日 下午3点20分', '2024-03-05T15:20:00Z'],
    ['2024年3月5日10时20分30秒', '2024-03-05T10:20:30Z'],
    ['20240305', '2024-03-05T00:00:00Z'],
    ['20240305102030', '2024-03-05T10:20:30Z'],
    ['Mar 5, 2024 3:04 pm', '2024-03-05T15:04:00Z'],
    ['Tuesday, March 5, 2024', '2024-03-05T00:00:00Z'],
    ['05-Mar-2024', '2024-03-05T00:00:00Z'],
    ['1709634030', '2024-03-05T10:20:30Z'],
    ['1709634030000', '2024-03-05T10:20:30Z'],
    ['45356.430902777778', '2024-03-05T10:20:30Z'],
    ['45356', '2024-03-05T00:00:00Z'],
  ])('%s', (text, expected) => expect(iso(text)).toBe(expected));

  it.each([
    '',
    'NA',
    '2024-02-30',
    '2024-13-01',
    '13/1/24',
    '2024-03-05 25:00',
    '1',
    'soon',
    '2024-03-05 13:00 pm x',
    '138-1234-5678',
  ])('%j is no date', (text) => expect(iso(text)).toBeUndefined());

  it('gives up on a long run of spaces at once', () => {
    const started = performance.now();
    expect(iso(`2024-03-05${' '.repeat(50_000)}x`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('reads day first where the file does', () => {
    expect(iso('5/3/2024 10:00', 'UTC', 'DMY')).toBe('2024-03-05T10:00:00Z');
    expect(decideDateOrder(['1/2/24', '25/2/24'])).toMatchObject({ order: 'DMY', sure: true });
    expect(decideDateOrder(['1/2/24', '2/25/24'])).toMatchObject({ order: 'MDY', sure: true });
    expect(decideDateOrder(['1/2/24', '2/2/24', '3/2/24'])).toMatchObject({ order: 'DMY', sure: false });
    expect(decideDateOrder(['2024-01-02'])).toMatchObject({ sure: true });
  });
});

describe('wall-clock times in a zone', () => {
  it('knows daylight saving on both sides and at its edges', () => {
    expect(iso('2011-03-27 00:59', 'Europe/London')).toBe('2011-03-27T00:59:00Z');
    expect(iso('2011-03-27 01:30', 'Europe/London')).toBe('2011-03-27T01:30:00Z'); // skipped: moved on by the hour
    expect(iso('2011-03-27 02:00', 'Europe/London')).toBe('2011-03-27T01:00:00Z');
    expect(iso('2011-10-30 01:30', 'Europe/London')).toBe('2011-10-30T00:30:00Z'); // twice: the first
    expect(iso('2017-03-12 02:30', 'America/New_York')).toBe('2017-03-12T07:30:00Z');
    expect(iso('2024-03-05 10:00', 'Asia/Shanghai')).toBe('2024-03-05T02:00:00Z');
    expect(() => timeZone('Mars/Olympus')).toThrow('not a time zone');
  });

  it('reads back what a clock on the wall shows, in every zone', () => {
    const zones = fc.constantFrom(
      'Asia/Shanghai',
      'Europe/London',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'America/Sao_Paulo',
    );
    const instants = fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2035, 0) / 1000 });
    fc.assert(
      fc.property(zones, instants, (zone, seconds) => {
        const shown = clock(seconds * 1000, zone);
        const read = parseTime(shown, timeZone(zone), 'MDY');
        // An hour that the clock shows twice is read as its first pass: it still shows the same.
        expect(clock(read, zone)).toBe(shown);
        expect(read).toBeLessThanOrEqual(seconds * 1000);
        expect(seconds * 1000 - read).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 500 },
    );
  });
});

function clock(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    instant,
  );
}
