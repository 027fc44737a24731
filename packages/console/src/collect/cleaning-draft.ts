import type { ActingStep, CleanKind, CleanStep } from '@qianmian/contract';

/** A new step of a kind, as a beginning; its id is none of those taken. */
export function newStep(kind: CleanKind, taken: readonly string[]): CleanStep {
  let id = kind as string;
  for (let i = 2; taken.includes(id); i++) id = `${kind}-${i}`;
  const base = { id, name: '', isOn: true };
  const on = { subject: 'product' as const, field: 'category' };
  const cents = { subject: 'line' as const, field: 'unitPriceCents' };
  const made: Record<CleanKind, CleanStep> = {
    text: { ...base, kind: 'text', on, trim: true, halfWidth: true, letters: 'keep' },
    date: { ...base, kind: 'date', on: { subject: 'trait', field: 'birthday' }, formats: ['ymd'], to: 'day' },
    unit: { ...base, kind: 'unit', on: { subject: 'product', field: 'attributes.weight' }, to: 'kg' },
    scale: { ...base, kind: 'scale', on: cents, factor: 100 },
    currency: { ...base, kind: 'currency', on: { subject: 'line', field: 'currency' }, aliases: [] },
    category: { ...base, kind: 'category', on, words: [] },
    missing: { ...base, kind: 'missing', on: cents, method: 'median', by: 'product', zeroIsMissing: true },
    impossible: { ...base, kind: 'impossible', rules: ['price_not_positive', 'order_in_future'] },
    outlier: {
      ...{ ...base, kind: 'outlier', measure: 'unitPriceCents', by: 'product', method: 'mad' },
      ...{ threshold: 3.5, times: 3, fewest: 8 },
    },
    season: { ...base, kind: 'season', measure: 'orders', weeks: 8, threshold: 5 },
    similar: { ...base, kind: 'similar', similarity: 0.9 },
    repeated: { ...base, kind: 'repeated', minutes: 10 },
  };
  return made[kind];
}

/** Steps with one of them a place up (-1) or down (1); as they are at the ends. */
export function moved<T>(steps: readonly T[], at: number, by: -1 | 1): T[] {
  const to = at + by;
  if (to < 0 || to >= steps.length) return [...steps];
  const next = [...steps];
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}

/** A dictionary as lines of "spelling = word". */
export function wordsText(words: Extract<ActingStep, { kind: 'category' }>['words']): string {
  return words.map(({ from, to }) => `${from} = ${to}`).join('\n');
}

/** The dictionary that lines of "spelling = word" say; lines that say nothing whole are left out. */
export function wordsOf(text: string): { from: string; to: string }[] {
  return text.split('\n').flatMap((line) => {
    const at = line.lastIndexOf('=');
    const [from, to] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    return at < 0 || from === '' || to === '' ? [] : [{ from, to }];
  });
}
