export type Verdict = 'same' | 'different' | 'later';

/** Keys that decide a pair. */
export const KEYS: Readonly<Record<string, Verdict>> = { s: 'same', d: 'different', l: 'later' };

/** How much a reason weighs, in words: bits of evidence for or against. */
export function strengthOf(weight: number): 'strong' | 'some' | 'little' | 'against' | 'stronglyAgainst' {
  if (weight <= -4) return 'stronglyAgainst';
  if (weight < 0) return 'against';
  if (weight >= 8) return 'strong';
  return weight >= 3 ? 'some' : 'little';
}
