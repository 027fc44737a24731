import { addDays, dayIn as dayOf, startOfDay as startOf } from '@qianmian/contract';

/** The first moment of a calendar day in a zone, as the server has it. */
export function startOfDay(day: string, timeZone: string): string {
  return new Date(startOf(timeZone, day)).toISOString();
}

/** The moment after the last instant of a calendar day: what holds through a day ends here. */
export function endOfDay(day: string, timeZone: string): string {
  return startOfDay(addDays(day, 1), timeZone);
}

/** The calendar day of a moment in a zone, e.g. 2026-11-22. */
export function dayIn(at: string | number, timeZone: string): string {
  return dayOf(timeZone, typeof at === 'number' ? at : Date.parse(at));
}

/** The last day on which something that ends at a moment still holds. */
export function lastDayBefore(endsAt: string, timeZone: string): string {
  return dayIn(Date.parse(endsAt) - 1, timeZone);
}
