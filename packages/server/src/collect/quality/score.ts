import { QUALITY_PARTS, type QualityPart, type QualityScore } from '@qianmian/contract';

/** Points each part counts for; together 100. */
const WEIGHTS: Record<QualityPart, number> = {
  completeness: 20,
  validity: 35,
  uniqueness: 15,
  timeliness: 15,
  consistency: 15,
};
/** A fault in every fourth message takes all the points of its part. */
const STRICTNESS = 4;

/** Faults by reason, with the part they belong to and how much of a fault each is. */
const FAULTS: { match: RegExp; part: QualityPart; gravity: number }[] = [
  { match: /^warned:missing_property$/, part: 'completeness', gravity: 1 },
  { match: /^empty_value$/, part: 'completeness', gravity: 0.5 },
  { match: /^(held|rejected):/, part: 'validity', gravity: 1 },
  // What a key may not say is no fault of the data.
  { match: /^warned:(?!beyond_key$)/, part: 'validity', gravity: 0.5 },
  { match: /^repeated$/, part: 'uniqueness', gravity: 1 },
  { match: /^late$/, part: 'timeliness', gravity: 0.5 },
  { match: /^day_late$/, part: 'timeliness', gravity: 0.5 },
  { match: /^(unknown_product|unknown_store|no_customer)$/, part: 'consistency', gravity: 1 },
];

/** Counts of messages by reason; `messages` is how many there were in all. */
export type Counts = Readonly<Record<string, number>>;

/** Scores counts from 0 to 100: each part loses points by the share of its faults, never more than it has. */
export function scoreOf(counts: Counts): QualityScore {
  const messages = counts.messages ?? 0;
  const parts = QUALITY_PARTS.map((part) => {
    const weight = WEIGHTS[part];
    const reasons = Object.entries(counts)
      .flatMap(([reason, n]) => {
        const fault = FAULTS.find((one) => one.match.test(reason));
        if (fault?.part !== part || n <= 0 || messages <= 0) return [];
        const share = Math.min(1, n / messages);
        return [{ reason, messages: n, lost: weight * Math.min(1, STRICTNESS * fault.gravity * share) }];
      })
      .sort((a, b) => b.lost - a.lost || a.reason.localeCompare(b.reason));
    return {
      part,
      weight,
      lost: Math.min(
        weight,
        reasons.reduce((sum, one) => sum + one.lost, 0),
      ),
      reasons,
    };
  });
  const lost = parts.reduce((sum, one) => sum + one.lost, 0);
  return { score: messages > 0 ? Math.max(0, 100 - lost) : null, messages, parts };
}

/** Fewest days of history, and points below the usual, before a fall is called one. */
const [ENOUGH_DAYS, LEAST_FALL] = [7, 5];

/** Whether a score lies clearly below what is usual: below the median by three deviations (MAD) and five points. */
export function hasFallen(
  score: number,
  history: readonly number[],
): { usual: number; fallen: boolean } | null {
  if (history.length < ENOUGH_DAYS) return null;
  const usual = medianOf(history);
  const deviation = 1.4826 * medianOf(history.map((one) => Math.abs(one - usual)));
  return { usual, fallen: score < usual - Math.max(LEAST_FALL, 3 * deviation) };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

const HOUR = 3_600_000;
const DAY_HOURS = 24;

/**
 * Messages that the rhythm of the last 28 days lets expect between two moments: each hour counts what was usual (the
 * median) at that hour of the day, or of the week where that is less. Null with fewer than seven days of history.
 */
export function expectedMeanwhile(
  hours: ReadonlyMap<number, number>,
  first: number,
  from: number,
  to: number,
): number | null {
  const begin = Math.max(Math.ceil(first / HOUR), Math.floor(from / HOUR) - 28 * DAY_HOURS);
  const end = Math.floor(from / HOUR);
  if (end - begin < ENOUGH_DAYS * DAY_HOURS) return null;
  const usualAt = (hour: number, step: number) => {
    const seen: number[] = [];
    for (let back = hour - step; back >= begin; back -= step) if (back < end) seen.push(hours.get(back) ?? 0);
    return seen.length >= 3 ? medianOf(seen) : Number.POSITIVE_INFINITY;
  };
  let expected = 0;
  // A silence of a week says all that a longer one could.
  const until = Math.min(Math.floor(to / HOUR), end + 7 * DAY_HOURS);
  for (let hour = end + 1; hour < until; hour++) {
    const usual = Math.min(usualAt(hour, DAY_HOURS), usualAt(hour, 7 * DAY_HOURS));
    if (Number.isFinite(usual)) expected += usual;
  }
  return expected;
}
