import type { Identifier } from '../collect/index.ts';
import type { Workspaces } from '../governance/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { homeCountry, normaliseIdentifier } from './normalise.ts';
import { type Changes, PersonIndex } from './person-index.ts';
import { identityWarehouse } from './store.ch.ts';

/** Where identifiers were seen, for the rows that keep them. */
export interface Sighting {
  identifiers: readonly Identifier[];
  time: number;
  /** Someone says that all of them are one person's. */
  samePerson?: boolean;
}

/** One person across all channels. One process resolves for a workspace; queries read the warehouse. */
export function openIdentity(parts: { warehouse: Warehouse; workspaces: Workspaces }) {
  const store = identityWarehouse(parts.warehouse);
  const indexes = new Map<string, Promise<PersonIndex>>();

  async function loadIndex(workspace: string): Promise<PersonIndex> {
    const index = new PersonIndex(await store.lastPerson(workspace));
    for (const o of await store.overrides(workspace)) index.loadMerge(o.person_id, o.survivor_id);
    for await (const links of store.links(workspace))
      for (const l of links) index.load({ type: l.type, value: l.value, personId: l.person_id });
    return index;
  }

  function indexOf(workspace: string): Promise<PersonIndex> {
    const known = indexes.get(workspace);
    if (known) return known;
    const loading = loadIndex(workspace);
    indexes.set(workspace, loading);
    // What could not be read is read anew when it is asked for next.
    loading.catch(() => indexes.delete(workspace));
    return loading;
  }

  /**
   * The person behind each sighting (0 for nobody), in the order given. New identifiers and merges are durable when
   * this resolves. When it rejects, nothing of it counts: the index is read anew from what is durable.
   */
  async function resolve(
    workspace: string,
    sightings: readonly Sighting[],
    origin: { importId: string; version: number },
  ): Promise<{ people: Uint32Array; anchors: Uint32Array }> {
    const index = await indexOf(workspace);
    const country = homeCountry((await parts.workspaces.get(workspace)).currency);
    const firstNew = index.lastPerson + 1;
    const changes: Changes = { links: [], merges: [] };
    const seen: number[] = [];
    const people = sightings.map((s) => {
      const before = changes.links.length;
      const person = index.resolve(normalised(s.identifiers, country), changes, s.samePerson);
      for (let i = before; i < changes.links.length; i++) seen.push(s.time);
      return person;
    });
    try {
      await save(workspace, index, changes, seen, firstNew, origin);
    } catch (error) {
      indexes.delete(workspace);
      throw error;
    }
    return {
      people: Uint32Array.from(people, (p) => (p === 0 ? 0 : index.rootOf(p))),
      anchors: new Uint32Array(people.length),
    };
  }

  /**
   * People made and merged within one batch have no rows: their links go straight to the survivor. Both kinds of row
   * replace themselves, so a batch that is tried again writes whatever it finds then, under no token.
   */
  async function save(
    workspace: string,
    index: PersonIndex,
    changes: Changes,
    seen: readonly number[],
    firstNew: number,
    origin: { importId: string; version: number },
  ): Promise<void> {
    await store.insertLinks(
      changes.links.map((l, i) => ({
        workspace,
        type: l.type,
        value: l.value,
        person_id: l.personId >= firstNew ? index.rootOf(l.personId) : l.personId,
        first_seen: seen[i] ?? 0,
        import_id: origin.importId,
        version: origin.version,
      })),
    );
    const lasting = new Map(changes.merges.filter((m) => m.personId < firstNew).map((m) => [m.personId, m]));
    await store.insertOverrides(
      [...lasting.values()].map((m) => ({
        workspace,
        person_id: m.personId,
        survivor_id: index.rootOf(m.personId),
        reason: m.reason,
        version: origin.version,
      })),
    );
  }

  return {
    resolve,

    /** The person known by an identifier, as written by whoever asks; null for nobody. */
    async personOf(workspace: string, identifier: Identifier): Promise<number | null> {
      const country = homeCountry((await parts.workspaces.get(workspace)).currency);
      const value = normaliseIdentifier(identifier.type, identifier.value, country);
      return value === null ? null : store.personOf(workspace, identifier.type, value);
    },

    identifiersOf: store.identifiersOf,
    originsOf: store.originsOf,

    /**
     * Takes identifiers that an import introduced back, where nothing else speaks of their person any more: neither
     * facts nor rows of the tables named, from which their owners took back what the import said.
     */
    async undoImport(
      workspace: string,
      importId: string,
      version: number,
      spokenIn: readonly string[],
    ): Promise<void> {
      await store.forgetImport(workspace, importId, version, spokenIn);
      indexes.delete(workspace);
    },
  };
}
export type Identity = ReturnType<typeof openIdentity>;

function normalised(identifiers: readonly Identifier[], country: string): Identifier[] {
  const good: Identifier[] = [];
  for (const i of identifiers) {
    const value = normaliseIdentifier(i.type, i.value, country);
    if (value !== null) good.push({ type: i.type, value });
  }
  return good;
}
