import { versionByTime } from '../../platform/version.ts';
import { type FactBatch, heardAt, type Resolved } from '../batch.ts';
import type { Fact, OrderLineFact, PersonFact } from '../facts.ts';
import type { OrderLineRow } from '../store.ch.ts';
import type { Compiled, Trail } from './compile.ts';
import { lineKey, subjectOf } from './fields.ts';
import type { Value } from './standards.ts';
import type { ChangeRow } from './store.ch.ts';

/** Facts as the steps want them, and what was done to each. */
export interface CleanedFacts {
  facts: Fact[];
  trails: ReadonlyMap<Fact, Trail>;
  /** Whether anything was ever cleaned in the workspace: then it is noted what is told anew and stands as told. */
  compiled: Compiled;
}

/** Cleans facts that arrive; they themselves are never changed, for a batch that failed is read again. */
export function cleanFacts(facts: readonly Fact[], source: string, compiled: Compiled): CleanedFacts {
  const trails = new Map<Fact, Trail>();
  const out: Fact[] = [];
  let trail: Trail = [];
  for (const fact of facts) {
    const subject = subjectOf(fact);
    if (subject === null || !compiled.acts(subject)) {
      out.push(fact);
      continue;
    }
    const clean = compiled.clean(fact, source, trail);
    out.push(clean);
    if (trail.length > 0) {
      trails.set(clean, trail);
      trail = [];
    }
  }
  return { facts: out, trails, compiled };
}

/** Applies what was decided of traits, now that it is known whose they are. */
export function cleanPeople(
  people: readonly Resolved<PersonFact>[],
  { compiled, trails }: CleanedFacts,
): { people: Resolved<PersonFact>[]; trails: Map<Fact, Trail> } {
  const more = new Map(trails);
  if (!compiled.hasCorrections('trait')) return { people: [...people], trails: more };
  const made = people.map((one) => {
    let { fact } = one;
    const trail = [...(trails.get(fact) ?? [])];
    const before = trail.length;
    for (const name of Object.keys(fact.traits))
      fact = compiled.correct(fact, traitKey(one.anchor, name), trail);
    if (trail.length === before) return one;
    more.set(fact, trail);
    return { ...one, fact };
  });
  return { people: made, trails: more };
}

/** The key under which changes of a trait are kept: whoever its identifier turns out to be, it follows. */
export const traitKey = (anchor: number, name: string) => `${anchor}\n${name}`;
/** The key under which changes of a field of a product are kept. */
export const productKey = (productId: string, field: string) => `${productId}\n${field}`;

/**
 * What is kept of a batch so that everything done can be undone: what its facts said before, and of lines told anew that
 * they stand as told. It is durable before the facts are: whatever breaks in between, what was told is known.
 */
export function changesOf(
  batch: FactBatch,
  cleaned: Pick<CleanedFacts, 'trails'>,
  storedLines: readonly OrderLineRow[],
): ChangeRow[] {
  const rows = new Map<string, ChangeRow>();
  const put = (row: ChangeRow) => rows.set(`${row.subject}\n${row.key}`, row);
  const row = changeRows(batch, batch.receivedAt, batch.version);
  const known = new Set(storedLines.map((old) => `${old.order_id}\n${old.line_kind}\n${old.line_id}`));
  const none: Trail = [];
  for (const { fact } of batch.orderLines) {
    const trail = cleaned.trails.get(fact) ?? none;
    const key = lineKey(fact as OrderLineFact);
    if (!fact.claim && (trail.length > 0 || known.has(key) || rows.has(`line\n${key}`)))
      put(row('line', key, trail, batch.version));
  }
  for (const { fact } of batch.events) {
    const trail = cleaned.trails.get(fact);
    if (trail) put(row('event', fact.messageId, trail, batch.version));
  }
  for (const fact of batch.products)
    for (const [field, trail] of byField(cleaned.trails.get(fact) ?? none))
      put(row('product', productKey(fact.productId, field), trail, batch.version));
  const newest = new Map<string, number>();
  for (const { fact, anchor } of batch.people)
    for (const [name, trail] of byField(cleaned.trails.get(fact) ?? none)) {
      const key = traitKey(anchor, name);
      const told = Math.min(fact.time, heardAt(fact, batch));
      if ((newest.get(key) ?? Number.NEGATIVE_INFINITY) > told) continue;
      newest.set(key, told);
      put({ ...row('trait', key, trail, told), version: versionByTime(told, batch.version) });
    }
  return [...rows.values()];
}

/** Makes rows of what was done to things of one origin. */
export function changeRows(of: { workspace: string; importId: string }, at: number, version: number) {
  return (subject: ChangeRow['subject'], key: string, trail: Trail, told: number): ChangeRow => ({
    ...{ workspace: of.workspace, subject, key, import_id: of.importId, told, at, version: String(version) },
    fields: trail.map((touch) => touch.field),
    steps: trail.map((touch) => touch.step),
    methods: trail.map((touch) => touch.method),
    befores: trail.map((touch) => JSON.stringify(touch.before)),
    afters: trail.map((touch) => JSON.stringify(touch.after)),
    imputed: trail.map((touch) => (touch.isImputed ? 1 : 0)),
  });
}

/** What was done to each field. */
export function byField(trail: Trail): Map<string, Trail> {
  const fields = new Map<string, Trail>();
  for (const touch of trail) fields.set(touch.field, [...(fields.get(touch.field) ?? []), touch]);
  return fields;
}

/** Of each field what was told, and what it became. */
export function toldIn(row: ChangeRow): Map<string, { told: Value | null; now: Value }> {
  const out = new Map<string, { told: Value | null; now: Value }>();
  row.fields.forEach((field, i) => {
    const told = out.has(field) ? out.get(field)!.told : (JSON.parse(row.befores[i]!) as Value | null);
    out.set(field, { told, now: JSON.parse(row.afters[i]!) as Value });
  });
  return out;
}
