const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let f = formatters.get(timeZone);
  if (!f) {
    f = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(timeZone, f);
  }
  return f;
}

/** Calendar day (YYYY-MM-DD) of a moment in a zone. */
export function dayIn(timeZone: string, milliseconds: number): string {
  return formatterOf(timeZone).format(milliseconds);
}

/** Zones lie between 14 hours ahead of UTC and 12 behind, history's oddities included. */
const FURTHEST = 16 * 3_600_000;
const starts = new Map<string, number>();
const STARTS_KEPT = 10_000;

/**
 * The first moment of a calendar day in a zone: midnight, or when the clock is put forward at midnight, the moment that
 * follows it.
 */
export function startOfDay(timeZone: string, day: string): number {
  const key = `${timeZone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let before = midnight - FURTHEST;
  let from = midnight + FURTHEST;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (dayIn(timeZone, middle) < day) before = middle;
    else from = middle;
  }
  if (starts.size >= STARTS_KEPT) starts.clear();
  starts.set(key, from);
  return from;
}

/** A day so many days after (or, negative, before) another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
