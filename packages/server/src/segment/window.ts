import { addDays, dayIn, startOfDay, type Window } from '@qianmian/contract';
import { DAY } from '../platform/clock.ts';

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
  const moment = (ms: number) => `fromUnixTimestamp64Milli(${bind(ms, 'Int64')}, 'UTC')`;
  if (w.kind === 'rolling') return `time > ${moment(now - w.days * DAY)} AND time <= ${moment(now)}`;
  const from = startOfDay(timeZone, clampDay(w.from));
  const until = startOfDay(timeZone, addDays(clampDay(w.to), 1));
  return `time >= ${moment(from)} AND time < ${moment(until)}`;
}
