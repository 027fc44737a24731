import {
  type CleanStep,
  type CleanSubject,
  type CleanSuggestion,
  type CleanTarget,
  IMPOSSIBLE_RULES,
} from '@qianmian/contract';
import type { Clock } from '../../platform/clock.ts';
import type { EventFact } from '../facts.ts';
import { flatLeaves } from '../plan/leaves.ts';
import { type Compiled, isMissing } from './compile.ts';
import { findBy } from './find.ts';
import type { PastParts } from './past.ts';
import type { Sampled } from './samples.ts';
import { spellingsIn } from './similar.ts';
import { currencyMeant, ruleOf, toHalfWidth, toPlainSpaces, toUsualWidth } from './standards.ts';

/** Values of a field, of a sample: each with how often it stands there. */
interface FieldValues {
  on: CleanTarget;
  values: Map<string, number>;
  missing: number;
  looked: number;
}

/** Different values past which a text is no word of a list but someone's own. */
const MOST_WORDS = 3000;
/** Names of traits and events that are looked at. */
const [TRAITS, EVENT_FIELDS] = [40, 200];
const EXAMPLES = 4;
const WORD_FIELDS: Record<'line' | 'product', readonly CleanTarget['field'][]> = {
  line: ['channel', 'storeId', 'currency', 'couponCode'],
  product: ['name', 'brand', 'category'],
};
const DATE_LIKE = /^(\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?)/;
const ISO = /^\d{4}-\d{2}-\d{2}/;

/** Steps that the stored data suggest, beside those that there are; each with how much it is about and examples. */
export async function suggestSteps(
  parts: PastParts,
  workspace: string,
  known: readonly CleanStep[],
  given: {
    sample: (subject: CleanSubject, of: { events: null; traits: string[] }) => Promise<readonly Sampled[]>;
    /** The steps there are: what they clean already needs no other. */
    compiled: Compiled;
    clock: Clock;
    timeZone: string;
  },
): Promise<CleanSuggestion[]> {
  const out: CleanSuggestion[] = [];
  const ids = new Set(known.map((step) => step.id));
  const id = (base: string) => {
    const name =
      base
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 30) || 'step';
    let made = name;
    for (let i = 2; ids.has(made); i++) made = `${name}-${i}`;
    ids.add(made);
    return made;
  };
  for (const field of await fieldsOf(parts, workspace, given)) out.push(...ofField(field, id));
  out.push(...(await ofFinders(parts, workspace, known, given, id)));
  return out.sort((a, b) => b.count - a.count);
}

async function fieldsOf(
  parts: PastParts,
  workspace: string,
  { sample, compiled }: Parameters<typeof suggestSteps>[3],
): Promise<FieldValues[]> {
  const fields = new Map<string, FieldValues>();
  const note = (on: CleanTarget, value: unknown) => {
    const key = `${on.subject}\n${on.event ?? ''}\n${on.field}`;
    const field = fields.get(key) ?? { on, values: new Map<string, number>(), missing: 0, looked: 0 };
    fields.set(key, field);
    field.looked += 1;
    if (isMissing(value, false)) field.missing += 1;
    else if (typeof value === 'string') field.values.set(value, (field.values.get(value) ?? 0) + 1);
  };
  const traits = (await parts.traits.names(workspace)).slice(0, TRAITS).map((one) => one.name);
  const clean = <S extends Sampled>({ fact, source }: S) => compiled.clean(fact, source, []);
  for (const subject of ['line', 'product'] as const)
    for (const one of await sample(subject, { events: null, traits })) {
      const fact = clean(one) as unknown as Record<string, unknown>;
      for (const field of WORD_FIELDS[subject]) {
        const value = fact[field];
        for (const each of Array.isArray(value) ? value : [value]) note({ subject, field }, each);
      }
    }
  for (const one of await sample('trait', { events: null, traits }))
    for (const [field, value] of Object.entries((clean(one) as { traits: object }).traits))
      note({ subject: 'trait', field }, value);
  for (const one of await sample('event', { events: null, traits })) {
    const fact = clean(one) as EventFact;
    for (const [field, value] of flatLeaves(fact.properties))
      if (typeof value === 'string' && fields.size < EVENT_FIELDS && !field.includes('_imputed'))
        note({ subject: 'event', field, event: fact.name }, value);
  }
  return [...fields.values()];
}

function ofField(
  { on, values, missing, looked }: FieldValues,
  id: (base: string) => string,
): CleanSuggestion[] {
  const out: CleanSuggestion[] = [];
  const all = [...values].map(([value, n]) => ({ value, n }));
  const sum = (some: readonly { n: number }[]) => some.reduce((total, one) => total + one.n, 0);
  const show = (some: readonly { value: string }[]) => some.slice(0, EXAMPLES).map((one) => `"${one.value}"`);
  const isOwn = on.subject === 'trait' && values.size > looked / 2;

  const spaced = all.filter(({ value }) => value !== toPlainSpaces(value));
  const wide = all.filter(({ value }) => value !== toUsualWidth(value));
  if (spaced.length + wide.length > 0) {
    const both = [...new Set([...spaced, ...wide])];
    out.push({
      ...{ code: spaced.length > 0 ? 'spaces' : 'width', count: sum(both), examples: show(both) },
      step: {
        ...{ kind: 'text', id: id(`text-${on.field}`), name: '', isOn: true, on, letters: 'keep' },
        ...{ trim: true, halfWidth: wide.length > 0 },
      },
    });
  }
  if (on.field === 'currency') {
    const meant = all.filter(({ value }) => currencyMeant(value) !== null);
    if (meant.length > 0)
      out.push({
        ...{ code: 'currencies', count: sum(meant), examples: show(meant) },
        step: { kind: 'currency', id: id(`currency-${on.subject}`), name: '', isOn: true, on, aliases: [] },
      });
    return out;
  }
  const dates = all.filter(({ value }) => DATE_LIKE.test(value) && !ISO.test(value));
  if (dates.length > 0 && sum(dates) > (looked - missing) / 2) {
    const formats = formatsOf(dates.map(({ value }) => value));
    out.push({
      ...{ code: 'dates', count: sum(dates), examples: show(dates) },
      step: { kind: 'date', id: id(`date-${on.field}`), name: '', isOn: true, on, formats, to: 'day' },
    });
    return out;
  }
  // Names of goods differ by nature: there, near-duplicates are looked for one by one.
  if (values.size <= MOST_WORDS && !isOwn && !(on.subject === 'product' && on.field === 'name')) {
    const groups = spellingsIn(
      all.map((one) => ({ ...one, value: toPlainSpaces(toHalfWidth(one.value)) })).filter(unseen()),
    );
    const words = groups.flatMap(([first, ...others]) =>
      others.map((one) => ({ from: one.value, to: first!.value, n: one.n })),
    );
    if (words.length > 0)
      out.push({
        ...{ code: 'spellings', count: words.length },
        examples: words.slice(0, EXAMPLES).map((one) => `"${one.from}" → "${one.to}"`),
        step: {
          ...{ kind: 'category', id: id(`words-${on.field}`), name: '', isOn: true, on },
          words: words.slice(0, 500).map(({ from, to }) => ({ from, to })),
        },
      });
  }
  // An order without a store is one of the web: only a channel is had by all.
  if (on.subject === 'line' && on.field === 'channel' && missing > 0 && missing < looked)
    out.push({
      ...{ code: 'missing', count: missing, examples: [] },
      step: {
        ...{
          kind: 'missing',
          id: id(`missing-${on.field}`),
          name: '',
          isOn: true,
          on,
          method: 'mode',
          by: 'all',
        },
        zeroIsMissing: false,
      },
    });
  return out;
}

/** Keeps the first of equal spellings: what differs by spaces and width alone is another step's. */
function unseen() {
  const seen = new Set<string>();
  return ({ value }: { value: string }) => !seen.has(value) && seen.add(value) !== null;
}

/** Formats by which all of some dates can be read, day first where nothing tells it from month first. */
function formatsOf(dates: readonly string[]): ('ymd' | 'dmy' | 'mdy')[] {
  const read = (format: 'ymd' | 'dmy' | 'mdy') => {
    const rule = ruleOf(
      {
        kind: 'date',
        formats: [format],
        to: 'day',
        id: 'x',
        name: '',
        isOn: true,
        on: { subject: 'trait', field: 'x' },
      },
      'UTC',
    );
    return dates.filter((date) => rule(date) !== date).length;
  };
  const [ymd, dmy, mdy] = [read('ymd'), read('dmy'), read('mdy')];
  const out: ('ymd' | 'dmy' | 'mdy')[] = [];
  if (ymd > 0) out.push('ymd');
  if (Math.max(dmy, mdy) > 0) out.push(mdy > dmy ? 'mdy' : 'dmy');
  return out.length > 0 ? out : ['ymd'];
}

async function ofFinders(
  parts: PastParts,
  workspace: string,
  known: readonly CleanStep[],
  { clock, timeZone }: Parameters<typeof suggestSteps>[3],
  id: (base: string) => string,
): Promise<CleanSuggestion[]> {
  const has = (kind: string, measure?: string) =>
    known.some(
      (step) =>
        step.kind === kind && (measure === undefined || (step as { measure?: string }).measure === measure),
    );
  const named = (base: string) => ({ id: id(base), name: '', isOn: true });
  const candidates: [
    CleanSuggestion['code'],
    Extract<CleanStep, { kind: 'impossible' | 'outlier' | 'season' | 'similar' | 'repeated' }>,
  ][] = [];
  if (!has('impossible'))
    candidates.push([
      'impossible',
      {
        ...{ ...named('impossible'), kind: 'impossible' },
        rules: [...IMPOSSIBLE_RULES],
      },
    ]);
  const outlier = (measure: 'unitPriceCents' | 'quantity', threshold: number, times: number) =>
    !has('outlier', measure) &&
    candidates.push([
      measure === 'quantity' ? 'outliers' : 'prices',
      {
        ...named(`outlier-${measure}`),
        kind: 'outlier',
        measure,
        by: 'product',
        method: 'mad',
        threshold,
        times,
        fewest: 8,
      },
    ]);
  outlier('unitPriceCents', 3.5, 3);
  outlier('quantity', 5, 20);
  if (!has('similar'))
    candidates.push(['similar', { ...named('similar'), kind: 'similar', similarity: 0.9 }]);
  if (!has('repeated'))
    candidates.push(['repeated', { ...named('repeated'), kind: 'repeated', minutes: 10 }]);
  if (!has('season'))
    candidates.push([
      'season',
      { ...named('season'), kind: 'season', measure: 'orders', weeks: 8, threshold: 5 },
    ]);
  const out: CleanSuggestion[] = [];
  for (const [code, step] of candidates) {
    const { found, total } = await findBy(parts, workspace, step, { now: clock.now(), timeZone });
    if (total === 0) continue;
    // Of impossible values, only rules that something broke.
    if (step.kind === 'impossible') {
      const broken = new Set(found.map((one) => one.code));
      step.rules = step.rules.filter((rule) => broken.has(rule));
    }
    out.push({ code, count: total, examples: [], step });
  }
  return out;
}
