import { MINUTE } from './clock.ts';

/** Work that comes again and again takes at most one part in so many of the time. */
const SHARE = 10;
const LONGEST_GAP = 5 * MINUTE;

/** Milliseconds from the beginning of work to the next, by what it cost last: at least `least`, at most five minutes. */
export function gapAfter(cost: number, least: number): number {
  return Math.max(least, Math.min(LONGEST_GAP, SHARE * cost));
}

/**
 * The end of the next slot of `least` milliseconds at which work may begin again; `last` is when it began last and what
 * that cost. Everybody who asks meanwhile is told the same slot.
 */
export function nextSlot(now: number, least: number, last: { begun: number; cost: number } | null): number {
  const mayBegin = last && last.begun <= now ? last.begun + gapAfter(last.cost, least) : now;
  return Math.max(Math.floor(now / least) + 1, Math.ceil(mayBegin / least)) * least;
}
