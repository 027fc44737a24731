import { type Condition, type customerQuery, lifecycleStage, rfmGroup, SORTABLE } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import { z } from 'zod';
import type { Format } from '../ui/format.ts';

const text = z.string().trim().min(1).max(200).optional();
const score = z.coerce.number().int().min(1).max(5).optional();

/** Which customers, as the address says it. */
export const customerView = z.object({
  search: z.string().max(200).default(''),
  segment: text,
  lifecycle: lifecycleStage.optional(),
  rfmGroup: rfmGroup.optional(),
  recency: score,
  frequency: score,
  tag: text,
  city: text,
  sort: z.enum(SORTABLE).default('spendCents'),
  order: z.enum(['asc', 'desc']).default('desc'),
});
export type CustomerView = z.output<typeof customerView>;
type Query = z.input<typeof customerQuery>;

/** The filters alone: those that are set, without the order of the list. */
export function filtersOf(view: CustomerView): Omit<Query, 'sort' | 'order' | 'cursor' | 'limit'> {
  const { sort: _sort, order: _order, ...filters } = view;
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''),
  ) as Omit<Query, 'sort' | 'order' | 'cursor' | 'limit'>;
}

/** The order a list can be had in: that of names would tell them to who sees them masked. */
export function sortFor(sort: CustomerView['sort'], canReveal: boolean): CustomerView['sort'] {
  return sort === 'name' && !canReveal ? 'spendCents' : sort;
}

/** What the list asks the server for. */
export function queryOf(view: CustomerView): Query {
  return { ...filtersOf(view), sort: view.sort, order: view.order };
}

export function isFiltered(view: CustomerView): boolean {
  return Object.keys(filtersOf(view)).length > 0;
}

/** Every filter taken away; to be given to the address. */
export const NO_FILTERS: Partial<CustomerView> = {
  search: '',
  segment: undefined,
  lifecycle: undefined,
  rfmGroup: undefined,
  recency: undefined,
  frequency: undefined,
  tag: undefined,
  city: undefined,
};

/** The list shows the city of the address, else the bare city; a rule must ask for the same. */
export function livesIn(city: string): Condition {
  const is = (trait: string): Condition => ({ kind: 'trait', trait, test: { op: 'is', value: city } });
  return {
    kind: 'any',
    of: [
      is('address.city'),
      {
        kind: 'all',
        of: [{ kind: 'trait', trait: 'address.city', test: { op: 'missing' } }, is('city')],
      },
    ],
  };
}

/** The rule that finds the same people; null where a text search is part of it, because no rule says that. */
export function conditionOf(view: CustomerView): Condition | null {
  if (view.search) return null;
  const scored = (fact: 'recencyScore' | 'frequencyScore', value: number): Condition => ({
    kind: 'fact',
    fact,
    test: { op: 'eq', value },
  });
  const of: Condition[] = [];
  if (view.segment) of.push({ kind: 'segment', segment: view.segment });
  if (view.lifecycle) of.push({ kind: 'lifecycle', stages: [view.lifecycle] });
  if (view.rfmGroup) of.push({ kind: 'rfmGroup', groups: [view.rfmGroup] });
  if (view.recency) of.push(scored('recencyScore', view.recency));
  if (view.frequency) of.push(scored('frequencyScore', view.frequency));
  if (view.tag) of.push({ kind: 'tag', tag: view.tag });
  if (view.city) of.push(livesIn(view.city));
  return { kind: 'all', of };
}

/** How segments and tags are called, for sentences. */
export interface FilterNames {
  segment: (id: string) => string;
  tag: (name: string) => string;
}

/** The filters in words: "champions, in Shanghai"; in Chinese what qualifies stands before what it qualifies. */
export function filterWords(
  view: CustomerView,
  names: FilterNames,
  t: TFunction<'profile'>,
  format: Format,
): string {
  const kinds = [
    view.rfmGroup && t(view.rfmGroup === 'lost' ? 'what.lostGroup' : `what.${view.rfmGroup}`),
    view.lifecycle && t(`what.${view.lifecycle}`),
  ].filter(isWord);
  const qualities = [
    view.segment && t('what.segment', { value: names.segment(view.segment) }),
    view.tag && t('what.tag', { value: names.tag(view.tag) }),
    view.city && t('what.city', { value: view.city }),
    scoreWords(view, t),
    view.search && t('what.search', { value: view.search }),
  ].filter(isWord);
  if (format.language === 'en') return [...kinds, ...qualities].join(', ');
  return qualities.join('、') + (kinds.join('且为') || t('what.customer'));
}

/** Both scores are one quality: "with recency score 5 and frequency score 5". */
function scoreWords({ recency, frequency }: CustomerView, t: TFunction<'profile'>): string {
  if (recency && frequency) return t('what.bothScores', { recency, frequency });
  if (recency) return t('what.recency', { value: recency });
  return frequency ? t('what.frequency', { value: frequency }) : '';
}

const isWord = (word: string | number | undefined): word is string => Boolean(word);
