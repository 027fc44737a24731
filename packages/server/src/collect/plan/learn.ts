import type { LearnedEvent, PlanType } from '@qianmian/contract';
import { clip } from '../../platform/text.ts';
import { grouped } from '../grouped.ts';
import { flatLeaves } from './leaves.ts';
import type { PlanWarehouse } from './store.ch.ts';

const EXAMPLES = 5;

/** What the stored events since a moment have; `show` says how their properties may be shown. */
export async function learnEvents(
  warehouse: PlanWarehouse,
  workspace: string,
  since: number,
  show: (properties: Record<string, unknown>) => Record<string, unknown>,
): Promise<LearnedEvent[]> {
  const [counts, paths, samples] = await Promise.all([
    warehouse.eventCounts(workspace, since),
    warehouse.pathTypes(workspace, since),
    warehouse.samples(workspace, since),
  ]);
  const examples = examplesIn(samples.map((one) => ({ name: one.name, properties: show(one.properties) })));
  const byName = grouped(paths, (one) => one.name);
  const holders = new Map([...byName].map(([name, of]) => [name, holdersOf(of.map((one) => one.path))]));
  return counts.map(({ name, messages }) => ({
    name,
    messages,
    properties: [...grouped(byName.get(name) ?? [], (one) => one.path)]
      .filter(([path]) => path !== '' && path.length <= 200)
      .map(([path, found]) => ({
        path,
        types: typesOf(
          found.map((one) => one.type),
          holders.get(name)?.has(path) ?? false,
        ),
        share: Math.min(1, found.reduce((sum, one) => sum + one.messages, 0) / messages),
        examples: [...(examples.get(`${name}\n${path}`) ?? [])],
      }))
      .sort((a, b) => b.share - a.share || a.path.localeCompare(b.path)),
  }));
}

/** Paths that others lie under. */
function holdersOf(paths: readonly string[]): Set<string> {
  const holders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf('.'); at > 0; at = path.lastIndexOf('.', at - 1))
      holders.add(path.slice(0, at));
  return holders;
}

function examplesIn(samples: { name: string; properties: Record<string, unknown> }[]) {
  const examples = new Map<string, Set<string>>();
  for (const { name, properties } of samples)
    for (const [path, value] of flatLeaves(properties)) {
      const key = `${name}\n${path}`;
      const known = examples.get(key) ?? new Set<string>();
      examples.set(key, known);
      if (known.size < EXAMPLES)
        known.add(clip(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 80));
    }
  return examples;
}

/** The warehouse's types in the plan's terms; whole numbers beside others are numbers. */
function typesOf(types: readonly string[], holdsOthers: boolean): PlanType[] {
  const found = new Set(types.map(typeOfColumn));
  if (holdsOthers) found.add('object');
  if (found.has('number')) found.delete('integer');
  return [...found].sort();
}

function typeOfColumn(type: string): PlanType {
  const plain = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1] ?? type;
  if (/^U?Int/.test(plain)) return 'integer';
  if (/^(Float|Decimal)/.test(plain)) return 'number';
  if (plain === 'Bool') return 'boolean';
  if (/^(Array|Tuple)/.test(plain)) return 'array';
  if (/^(JSON|Map|Object)/.test(plain)) return 'object';
  return 'string';
}
