const DAY_MS = 86_400_000;

/** How far a zone is ahead of UTC at a moment. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(at / 1000) * 1000;
}

/** The moment a calendar day begins in a zone. */
export function startOfDay(day: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  // Twice, because the offset at the guess may be that of the other side of a clock change.
  const guess = wanted - offsetMs(wanted, timeZone);
  return new Date(wanted - offsetMs(guess, timeZone)).toISOString();
}

/** The moment after the last instant of a calendar day: what holds through a day ends here. */
export function endOfDay(day: string, timeZone: string): string {
  return startOfDay(dayAfter(day, 1), timeZone);
}

/** The calendar day of a moment in a zone, e.g. 2026-11-22. */
export function dayIn(at: string | number, timeZone: string): string {
  const moment = typeof at === 'number' ? at : Date.parse(at);
  return new Date(moment + offsetMs(moment, timeZone)).toISOString().slice(0, 10);
}

/** The last day on which something that ends at a moment still holds. */
export function lastDayBefore(endsAt: string, timeZone: string): string {
  return dayIn(Date.parse(endsAt) - 1, timeZone);
}

/** So many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
