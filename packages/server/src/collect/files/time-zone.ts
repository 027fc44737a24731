import { AppError } from '../../platform/errors.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Turns wall-clock times of one IANA zone into instants. */
export interface TimeZone {
  name: string;
  /** `local` is the wall clock written as if it were UTC milliseconds. */
  toInstant(local: number): number;
}

const zones = new Map<string, TimeZone>();

/** The zone of an IANA name. Clock changes follow the usual reading: a time that happens twice is the first of the
 *  two, a time skipped in spring is moved on by the hour that was skipped. */
export function timeZone(name: string): TimeZone {
  let zone = zones.get(name);
  if (!zone) {
    zone = { name, toInstant: instantReader(offsetReader(name)) };
    zones.set(name, zone);
  }
  return zone;
}

type OffsetAt = (instant: number) => number;

/** Most days have one offset from end to end; it is looked up once a day, and clock-change days take the slow path. */
function instantReader(offsetAt: OffsetAt): (local: number) => number {
  const steadyOffset = new Map<number, number>();
  return (local) => {
    const day = Math.floor(local / DAY);
    let offset = steadyOffset.get(day);
    if (offset === undefined) {
      const before = offsetAt(day * DAY - 15 * HOUR);
      offset = before === offsetAt((day + 1) * DAY + 15 * HOUR) ? before : Number.NaN;
      steadyOffset.set(day, offset);
    }
    return Number.isNaN(offset) ? nearClockChange(local, offsetAt) : local - offset;
  };
}

function nearClockChange(local: number, offsetAt: OffsetAt): number {
  const before = offsetAt(local - DAY - 15 * HOUR);
  const after = offsetAt(local + DAY + 15 * HOUR);
  const first = local - before;
  if (offsetAt(first) === before) return first;
  const second = local - after;
  return offsetAt(second) === after ? second : first;
}

function offsetReader(name: string): OffsetAt {
  const format = zoneFormat(name);
  return (instant) => {
    const parts: Record<string, number> = {};
    for (const part of format.formatToParts(instant)) parts[part.type] = Number(part.value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new AppError({
      code: 'collect.bad_time_zone',
      status: 400,
      detail: `"${timeZone}" is not a time zone; use an IANA name such as Asia/Shanghai or Europe/London.`,
    });
  }
}
