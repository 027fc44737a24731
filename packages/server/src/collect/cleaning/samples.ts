import type { CleanStep, CleanSubject } from '@qianmian/contract';
import { weightedQuantile } from '@qianmian/science/robust';
import type { Fact } from '../facts.ts';
import { type Compiled, groupOf, isMissing, type Learned } from './compile.ts';
import { editField } from './fields.ts';
import { lookAtEvents, lookAtLines, lookAtProducts, lookAtTraits, type PastParts } from './past.ts';
import type { Value } from './standards.ts';

/** A thing as it was told, of a sample. */
export interface Sampled {
  key: string;
  fact: Fact;
  source: string;
  time: number;
}

/** Things looked at to show what steps would do, and to learn what is put in for missing values. */
export const SAMPLE = { orders: 4000, products: 20_000, traits: 20_000, events: 10_000 };
/** Groups for which a value is learned. */
const MOST_GROUPS = 20_000;

/** A sample of what is stored, as it was told: always the same while nothing new is. */
export async function sampleOf(
  parts: PastParts,
  workspace: string,
  subject: CleanSubject,
  steps: Compiled,
  of: { events: string[] | null; traits: string[] },
): Promise<Sampled[]> {
  const page = { workspace, steps };
  if (subject === 'line') {
    const ids = await parts.warehouse.someOrders(workspace, SAMPLE.orders);
    const { looked } = await lookAtLines(parts, page, ids);
    return looked.map(({ key, told, source }) => ({ key, fact: told, source, time: told.time }));
  }
  if (subject === 'product') {
    const products = await parts.catalog.toldAfter(workspace, '', SAMPLE.products);
    const looked = await lookAtProducts(parts, page, products);
    return looked.map(({ productId, told }) => ({ key: productId, fact: told, source: '', time: 0 }));
  }
  if (subject === 'trait') {
    const { traits } = await parts.traits.after(workspace, of.traits, null, SAMPLE.traits);
    const looked = await lookAtTraits(parts, page, traits);
    return looked.map(({ trait, told, source }) => ({
      ...{ key: String(trait.personId), fact: told, source, time: trait.time },
    }));
  }
  const share = Math.max(1, Math.ceil((await parts.warehouse.countEvents(workspace)) / SAMPLE.events));
  const rows = await parts.warehouse.eventsOfPart(workspace, of.events, share, 0, SAMPLE.events);
  const looked = await lookAtEvents(parts, page, rows);
  return looked.map(({ key, told, source, row }) => ({ key, fact: told, source, time: row.time }));
}

/** The names of events and traits that steps act on; null where some act on all events. */
export function namesIn(steps: readonly CleanStep[]): { events: string[] | null; traits: string[] } {
  const acting = steps.flatMap((step) => ('on' in step && step.isOn ? [step.on] : []));
  const events = acting.filter((on) => on.subject === 'event');
  return {
    events: events.every((on) => on.event !== undefined) ? events.map((on) => on.event!) : null,
    traits: acting.filter((on) => on.subject === 'trait').map((on) => on.field),
  };
}

/** Learns what steps put in for missing values: of each, by group and of all (''), from a sample cleaned by those before. */
export async function learnMissing(
  steps: readonly CleanStep[],
  sample: (subject: CleanSubject) => Promise<readonly Sampled[]>,
  tried: (steps: readonly CleanStep[], learned: Learned) => Promise<Compiled>,
): Promise<Learned> {
  const learned: Learned = {};
  for (const [at, step] of steps.entries()) {
    if (step.kind !== 'missing' || step.method === 'constant') continue;
    const before = await tried(steps.slice(0, at), learned);
    const groups = new Map<string, { value: Value; time: number }[]>([['', []]]);
    for (const { fact, source, time } of await sample(step.on.subject)) {
      if (step.on.source !== undefined && step.on.source !== source) continue;
      const clean = before.clean(fact, source, []);
      if (step.on.event !== undefined && (clean.kind !== 'event' || clean.name !== step.on.event)) continue;
      editField(clean, step.on.field, (_, value) => {
        if (value === undefined || isMissing(value, step.zeroIsMissing)) return value;
        const group = groupOf(clean, step.by);
        for (const name of group === '' ? [''] : ['', group]) {
          if (!groups.has(name) && groups.size > MOST_GROUPS) continue;
          const known = groups.get(name) ?? [];
          groups.set(name, known);
          known.push({ value, time });
        }
        return value;
      });
    }
    const made: Record<string, Value> = Object.create(null);
    for (const [group, values] of groups) {
      const one = valueFor(step.method, values);
      if (one !== null) made[group] = one;
    }
    learned[step.id] = { ...made };
  }
  return learned;
}

/** The value that stands for a missing one. */
export function valueFor(
  method: 'mode' | 'median' | 'last',
  values: readonly { value: Value; time: number }[],
): Value | null {
  if (values.length === 0) return null;
  if (method === 'last') return values.reduce((last, one) => (one.time >= last.time ? one : last)).value;
  if (method === 'median') {
    const numbers = Float64Array.from(values, ({ value }) => Number(value)).filter(Number.isFinite);
    if (numbers.length === 0) return null;
    return weightedQuantile(numbers, new Float64Array(numbers.length).fill(1), 0.5);
  }
  const counts = new Map<Value, number>();
  for (const { value } of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  // Of several equally frequent ones the first by its text: always the same.
  return [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1))[0]![0];
}
