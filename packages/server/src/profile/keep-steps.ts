import type { FactBatch, Identifier, PersonFact, Resolved } from '../collect/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { isConsentTrait } from './consent.ts';
import { type StepRow, stepsWarehouse } from './steps.ch.ts';
import { foldSteps, stepsThatCount, type TraitStep } from './trait-steps.ts';
import { traitColumns, traitValue } from './trait-value.ts';

/** What became of a trait by the steps of a batch: its value, or null where it was taken away. */
export interface Folded {
  personId: number;
  anchor: number;
  name: string;
  time: number;
  value: ReturnType<typeof foldSteps>;
  /** Only keys of pages said anything of it. */
  isHeard: boolean;
}

type Told = Resolved<PersonFact>;

/**
 * Keeps what was done with traits that are not only set (added to, set once, taken away), and works out what they are.
 * Steps count by the time they were taken, once each, in whatever order they arrive, over all identifiers of a person.
 * When people are joined or parted, their values follow with the next step.
 */
export function openTraitSteps(parts: {
  warehouse: Warehouse;
  identity: Pick<Identity, 'whoIs'>;
  heardBy: (fact: PersonFact, batch: FactBatch) => number;
  isHeard: (batch: FactBatch) => boolean;
}) {
  const store = stepsWarehouse(parts.warehouse);
  /** Names of traits that had steps: from then on setting one is a step as well. */
  const stepped = new Map<string, Promise<Set<string>>>();

  function namesOf(workspace: string): Promise<Set<string>> {
    const known = stepped.get(workspace);
    if (known) return known;
    const loading = store.names(workspace);
    stepped.set(workspace, loading);
    loading.catch(() => stepped.delete(workspace));
    return loading;
  }

  /** All numbers under which rows of these people lie, and whose each identifier is. */
  async function whereabouts(workspace: string, people: ReadonlySet<number>) {
    const ofAnchor = new Map<number, number>();
    const ofNumber = new Map<number, number>();
    const numbers = new Set<number>();
    for (const person of people) {
      const found = await parts.identity.whoIs(workspace, person);
      for (const anchor of found.anchors) ofAnchor.set(anchor, person);
      for (const number of found.own) ofNumber.set(number, person);
      for (const number of found.numbers) numbers.add(number);
    }
    /** Whose a row is; nobody's of these where it only lies under one of their numbers. */
    const personOf = (row: { anchor: number; person_id: number }) =>
      row.anchor === 0 ? ofNumber.get(row.person_id) : ofAnchor.get(row.anchor);
    return { numbers: [...numbers], anchors: [...ofAnchor.keys()], personOf };
  }

  /** Steps that a batch tells, and the names they are of. */
  async function stepsIn(batch: FactBatch): Promise<{ rows: StepRow[]; names: Set<string> }> {
    const names = await namesOf(batch.workspace);
    const told = batch.people.filter((one) => one.personId > 0);
    const deleted = told.filter((one) => one.fact.operation === 'delete');
    for (const { fact } of told)
      if (fact.operation && fact.operation !== 'delete')
        for (const name of Object.keys(fact.traits)) if (!isConsentTrait(name)) names.add(name);
    const takenAway = await namesTakenAway(batch, deleted, told);
    for (const all of takenAway.values()) for (const name of all) names.add(name);
    const rows = told.flatMap((one) => {
      const { operation = 'set', traits } = one.fact;
      if (operation === 'delete')
        return [...(takenAway.get(one.personId) ?? [])].map((name) => rowOf(batch, one, name, 'unset', true));
      return Object.entries(traits).flatMap(([name, value]) =>
        names.has(name) && !isConsentTrait(name) && (operation !== 'set' || value !== '')
          ? [rowOf(batch, one, name, operation, value)]
          : [],
      );
    });
    return { rows, names };
  }

  /** Everything that is known of who is to be forgotten, and may be by this batch: what is stored, and what it says. */
  async function namesTakenAway(batch: FactBatch, deleted: readonly Told[], told: readonly Told[]) {
    const { workspace } = batch;
    const found = new Map<number, Set<string>>(deleted.map((one) => [one.personId, new Set<string>()]));
    if (found.size === 0) return found;
    const { numbers, personOf } = await whereabouts(workspace, new Set(found.keys()));
    for (const row of await store.traitNames(workspace, numbers, parts.isHeard(batch)))
      found.get(personOf(row) ?? 0)?.add(row.name);
    for (const { fact, personId } of told)
      for (const name of Object.keys(fact.traits)) found.get(personId)?.add(name);
    for (const names of found.values())
      for (const name of names) if (isConsentTrait(name)) names.delete(name);
    return found;
  }

  function rowOf(
    batch: FactBatch,
    { fact, personId, anchor }: Told,
    name: string,
    operation: TraitStep['operation'],
    value: TraitStep['value'],
  ): StepRow {
    const { type, text } = traitColumns(value);
    return {
      workspace: batch.workspace,
      person_id: personId,
      anchor,
      name,
      time: parts.heardBy(fact, batch),
      message_id: fact.messageId ?? `${fact.time}:${keyOf(fact.identifiers)}:${text}`,
      operation,
      type,
      text,
      import_id: batch.importId,
      heard: parts.isHeard(batch) ? 1 : 0,
      version: batch.version,
    };
  }

  return {
    /**
     * Takes up the steps of a batch, durably, and says what the traits they are of are now. `names` are those whose
     * values come from steps alone.
     */
    async take(batch: FactBatch): Promise<{ names: ReadonlySet<string>; folded: Folded[] }> {
      const { rows, names } = await stepsIn(batch);
      if (rows.length === 0) return { names, folded: [] };
      const { numbers, personOf } = await whereabouts(
        batch.workspace,
        new Set(rows.map((row) => row.person_id)),
      );
      const touched = [...new Set(rows.map((row) => row.name))];
      const [known, plain] = await Promise.all([
        store.steps(batch.workspace, numbers, touched),
        store.traits(batch.workspace, numbers, touched),
      ]);
      // By identifier, for numbers change when they are folded: what steps made of a trait is told by one that had some.
      const saidBy = (row: { anchor: number; person_id: number; name: string }) =>
        `${row.anchor || `number ${row.person_id}`}\n${row.name}`;
      const begun = new Set(known.map(saidBy));
      // What was set before there were steps is the first of them.
      const bases = plain
        .filter((row) => !begun.has(saidBy(row)))
        .map(
          (row): StepRow => ({
            ...row,
            workspace: batch.workspace,
            message_id: 'before',
            operation: 'set',
            version: batch.version,
          }),
        );
      await store.insertSteps([...bases, ...rows], `${batch.token}:trait-step`);
      const byTrait = new Map<string, StepRow[]>();
      for (const row of [...known, ...bases, ...rows]) {
        const person = personOf(row);
        if (person === undefined) continue;
        const key = `${person}\n${row.name}`;
        byTrait.set(key, [...(byTrait.get(key) ?? []), row as StepRow]);
      }
      const last = new Map(rows.map((row) => [`${row.person_id}\n${row.name}`, row]));
      const folded = [...last].map(([key, row]): Folded => {
        const all = stepsThatCount((byTrait.get(key) ?? [row]).map(stepOf));
        return {
          personId: row.person_id,
          anchor: row.anchor,
          name: row.name,
          time: Math.max(...all.map((one) => one.time)),
          value: foldSteps(all),
          isHeard: all.every((one) => one.isHeard),
        };
      });
      return { names, folded };
    },

    /** Takes away the rows of traits that are no more. */
    async remove(workspace: string, gone: readonly Folded[]): Promise<void> {
      if (gone.length === 0) return;
      const { numbers, anchors } = await whereabouts(workspace, new Set(gone.map((one) => one.personId)));
      const byName = new Map<string, Set<number>>();
      for (const { name, personId } of gone) byName.set(name, (byName.get(name) ?? new Set()).add(personId));
      if (new Set(gone.map((one) => one.personId)).size === 1)
        return store.removeTraits(workspace, numbers, anchors, [...byName.keys()]);
      for (const [name, people] of byName) {
        const theirs = await whereabouts(workspace, people);
        await store.removeTraits(workspace, theirs.numbers, theirs.anchors, [name]);
      }
    },
  };
}

function stepOf(row: StepRow): TraitStep {
  return {
    time: row.time,
    id: row.message_id,
    operation: row.operation,
    value: traitValue(row.type, row.text),
    isHeard: row.heard === 1,
  };
}

const keyOf = (identifiers: readonly Identifier[]) =>
  identifiers.map((i) => `${i.type}=${i.value}`).join(',');
