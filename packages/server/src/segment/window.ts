import type { Window } from '@qianmian/contract';
import { DAY } from '../platform/clock.ts';
import { dayIn } from '../platform/zone.ts';

/** Times the warehouse can hold as calendar days; a window reaching beyond is cut there. */
const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2299-12-30';

const clampDay = (day: string) => (day < FIRST_DAY ? FIRST_DAY : day > LAST_DAY ? LAST_DAY : day);

/** Whether a moment lies in a window: see `window` in the contract for what each kind means. */
export function inWindow(w: Window, time: number, now: number, timeZone: string): boolean {
  if (w.kind === 'ever') return true;
  if (w.kind === 'rolling') return time > now - w.days * DAY && time <= now;
  const day = dayIn(timeZone, time);
  return day >= clampDay(w.from) && day <= clampDay(w.to);
}

/** The same as a ClickHouse condition on `time`; `bind` binds a value of a type and answers its place. */
export function windowSql(
  w: Window,
  now: number,
  timeZone: string,
  bind: (value: unknown, type: string) => string,
): string {
  if (w.kind === 'ever') return '1';
  if (w.kind === 'rolling') {
    const moment = (ms: number) => `fromUnixTimestamp64Milli(${bind(ms, 'Int64')}, 'UTC')`;
    return `time > ${moment(now - w.days * DAY)} AND time <= ${moment(now)}`;
  }
  const zone = bind(timeZone, 'String');
  const midnight = (day: string) => `toDateTime64(concat(${bind(day, 'String')}, ' 00:00:00'), 3, ${zone})`;
  const after = new Date(Date.parse(`${clampDay(w.to)}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
  return `time >= ${midnight(clampDay(w.from))} AND time < ${midnight(after)}`;
}
