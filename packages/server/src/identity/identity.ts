import type { Identifier, Whose } from '../collect/index.ts';
import { IDENTIFIER_TYPES } from '../collect/index.ts';
import type { Workspaces } from '../governance/index.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { numberEarlier } from './earlier-rows.ts';
import { DECIDED } from './evidence-graph.ts';
import { BLOCKED, formerPhone, MEANINGLESS_IN_GROUPS, normaliseIdentifier } from './normalise.ts';
import { type Changes, type Origin, PersonIndex } from './person-index.ts';
import { type CompiledRules, compileRules, DEFAULT_RULES, RANK } from './rules.ts';
import { earliness, identityWarehouse } from './store.ch.ts';
import type { IdentityTables } from './store.pg.ts';

/** Where identifiers were seen, for the rows that keep them. */
export interface Sighting {
  identifiers: readonly Identifier[];
  time: number;
  /** Someone says that all of them are one person's. */
  samePerson?: boolean;
}

/** A person and what tells which facts are theirs. */
export type WhoIs = Whose & { person: number };

/** Work that must not be done while facts are stored. */
export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

/** One person across all channels. One process resolves for a workspace; queries read the warehouse. */
export function openIdentity(parts: {
  warehouse: Warehouse;
  ledger: Ledger;
  workspaces: Pick<Workspaces, 'get'>;
  clock: Clock;
}) {
  const store = identityWarehouse(parts.warehouse);
  const db = parts.ledger.withTables<IdentityTables>();
  const indexes = new Map<string, Promise<PersonIndex>>();
  const countries = new Map<string, { country: string | null; until: number }>();
  let lastVersion = 0;
  let resolvingMs = 0;

  /** Rises with every change, and above what is stored. */
  function nextVersion(atLeast = 0): number {
    lastVersion = Math.max(lastVersion + 1, parts.clock.now() * 1000, atLeast);
    return lastVersion;
  }

  async function rulesOf(workspace: string): Promise<CompiledRules> {
    const row = await db
      .selectFrom('identity_rules')
      .select('rules')
      .where('workspace', '=', workspace)
      .executeTakeFirst();
    return compileRules(row?.rules ?? DEFAULT_RULES, await countryOf(workspace));
  }

  /** Identifiers whose values mean nothing, by themselves (those of before that was known) or as a workspace's rules say. */
  async function blockedBy(workspace: string, rules: CompiledRules): Promise<(node: number) => boolean> {
    const blocked = new Set(await store.anchorsOfMeaningless(workspace, [...BLOCKED], MEANINGLESS_IN_GROUPS));
    for (const [rank, values] of rules.blocked.entries())
      if (values.size > 0)
        for (const node of await store.anchorsOfValues(workspace, IDENTIFIER_TYPES[rank]!, [...values]))
          blocked.add(node);
    return (node) => blocked.has(node);
  }

  async function loadIndex(workspace: string): Promise<PersonIndex> {
    const rules = await rulesOf(workspace);
    const index = new PersonIndex(rules);
    const intent = await store.intent(workspace);
    if (intent) await store.carryOut(intent);
    const last = await store.last(workspace);
    nextVersion(last.version + 1);
    await numberEarlier(workspace, store, Math.max(last.anchor, last.person));
    index.reserve(last);
    for await (const { key: type, bytes } of store.links(workspace))
      for (let at = 0; at < bytes.length; at += 32)
        index.load({
          type,
          node: bytes.readUInt32LE(at),
          low: bytes.readUInt32LE(at + 4),
          high: bytes.readUInt32LE(at + 8),
          person: bytes.readUInt32LE(at + 12),
          number: bytes.readUInt32LE(at + 16),
          seconds: bytes.readUInt32LE(at + 20),
          first: bytes.readUInt32LE(at + 24),
          told: bytes.readUInt32LE(at + 28),
        });
    for await (const { bytes } of store.evidence(workspace))
      for (let at = 0; at < bytes.length; at += 14)
        index.loadEdge({
          a: bytes.readUInt32LE(at),
          b: bytes.readUInt32LE(at + 4),
          seconds: bytes.readUInt32LE(at + 8),
          kind: bytes[at + 12]!,
          noted: bytes[at + 13]!,
        });
    for (const { anchor, number } of await store.numbers(workspace))
      if (index.graph.has(anchor)) index.loadNumber(anchor, number);
    for (const { anchor, person_id, was } of await store.splits(workspace))
      index.loadSplit(anchor, { person: person_id, was });
    for (const { verdict, a, b, decided_at } of await decisionsOf(workspace))
      if (!index.graph.has(a) || !index.graph.has(b)) continue;
      else if (verdict === 'different') index.setApart(a, b, true);
      else index.graph.see(a, b, DECIDED, Math.floor(decided_at.getTime() / SECOND));
    index.loadPeople(await store.survivors(workspace));
    // The evidence is what counts: what a crash kept from being written down is written down now.
    const changes = await inSteps(index.useRules(rules, await blockedBy(workspace, rules)));
    await save(workspace, changes, { source: '', importId: '' }, 'restart');
    return index;
  }

  const decisionsOf = (workspace: string) =>
    db.selectFrom('identity_decision').selectAll().where('workspace', '=', workspace).execute();

  function indexOf(workspace: string): Promise<PersonIndex> {
    const known = indexes.get(workspace);
    if (known) return known;
    const loading = loadIndex(workspace);
    indexes.set(workspace, loading);
    // What could not be read is read anew when it is asked for next.
    loading.catch(() => indexes.delete(workspace));
    return loading;
  }

  /** Asked for with every batch and look-up, changed next to never: remembered for a while. */
  async function countryOf(workspace: string): Promise<string | null> {
    const known = countries.get(workspace);
    if (known && known.until > parts.clock.now()) return known.country;
    const { country } = await parts.workspaces.get(workspace);
    countries.set(workspace, { country, until: parts.clock.now() + 10 * SECOND });
    return country;
  }

  /**
   * The person behind each sighting (0 for nobody) and the identifier that says so, in the order given. New identifiers,
   * evidence, merges and splits are durable when this resolves. When it rejects, nothing of it counts: the index is read
   * anew from what is durable. `isHeard`: anybody may have said so, by a key that stands in a page.
   */
  async function resolve(
    workspace: string,
    sightings: readonly Sighting[],
    origin: { importId: string; version: number; source?: string; isHeard?: boolean },
  ): Promise<{ people: Uint32Array; anchors: Uint32Array }> {
    const began = performance.now();
    const index = await indexOf(workspace);
    const country = await countryOf(workspace);
    const isHeard = origin.isHeard ?? false;
    const from: Origin = { source: origin.source ?? '', importId: origin.importId, isHeard };
    nextVersion(origin.version);
    const seen: (readonly number[])[] = [];
    const look = () => {
      for (const s of sightings)
        seen.push(index.see(normalised(s.identifiers, country, index), s.time, from, s.samePerson));
      return index.settle();
    };
    await keep(workspace, look, from, 'seen');
    const anchors = Uint32Array.from(seen, (nodes) => index.anchorOf(nodes, isHeard));
    resolvingMs += performance.now() - began;
    return { anchors, people: anchors.map((anchor) => (anchor === 0 ? 0 : index.personOf(anchor))) };
  }

  /** Makes changes of an index and saves them; when either fails the index is read anew. */
  async function keep(
    workspace: string,
    change: () => Changes,
    origin: Origin,
    reason: string,
  ): Promise<void> {
    try {
      await save(workspace, change(), origin, reason);
    } catch (error) {
      indexes.delete(workspace);
      throw error;
    }
  }

  /**
   * Evidence comes first: what follows from it can be worked out anew. What says whose facts are whose is said whole or not
   * at all, and before identifiers that were known name another person. All rows replace themselves, so a batch that is
   * tried again writes whatever it finds then, under no token.
   */
  async function save(workspace: string, changes: Changes, origin: Origin, reason: string): Promise<void> {
    const version = nextVersion();
    const import_id = origin.importId;
    const insertLinks = (links: Changes['links']) =>
      store.insertLinks(
        links.map((l) => ({
          ...{ workspace, type: l.type, value: l.value, person_id: l.person, import_id, version },
          first_seen: l.seconds * SECOND,
          first_person_id: l.first,
          first_told: l.told,
          anchor: l.node,
          number: l.number,
          hash: String((BigInt(l.hash[1]) << 32n) | BigInt(l.hash[0])),
        })),
      );
    await insertLinks(changes.links.filter((l) => l.isNew));
    await store.insertEvidence(
      changes.evidence.map((e) => ({
        ...{ workspace, ...e, import_id, source: origin.source },
        earliness: earliness(e.seconds),
      })),
    );
    const intent = {
      numbers: lastOf(changes.numbers, (n) => n.node).map((n) => ({
        ...{ workspace, anchor: n.node, number: n.number, version },
      })),
      splits: lastOf(changes.splits, (s) => s.node).map((s) => ({
        ...{ workspace, anchor: s.node, person_id: s.person, was: s.was, version },
      })),
      overrides: lastOf(changes.merges, (m) => m.person).map((m) => ({
        ...{ workspace, person_id: m.person, reason, version },
        survivor_id: m.survivor === m.person ? 0 : m.survivor,
      })),
    };
    const isInParts = Object.values(intent).filter((rows) => rows.length > 0).length > 1;
    if (isInParts) await store.insertIntent(workspace, version, intent);
    await store.carryOut(intent);
    if (isInParts)
      await store.insertIntent(workspace, nextVersion(), { numbers: [], splits: [], overrides: [] });
    await insertLinks(changes.links.filter((l) => !l.isNew));
  }

  return {
    resolve,
    /** For the parts of identity itself. */
    inner: { store, db, indexOf, keep, nextVersion, blockedBy, decisionsOf, countryOf },

    /** The person known by an identifier, as written by whoever asks; null for nobody. */
    async personOf(workspace: string, identifier: Identifier): Promise<number | null> {
      const index = await indexOf(workspace);
      const value = normaliseIdentifier(
        identifier.type,
        identifier.value,
        await countryOf(workspace),
        index.rules.blocked[RANK.get(identifier.type)!],
      );
      const found = value === null ? 0 : index.find({ type: identifier.type, value });
      if (found !== 0 || identifier.type !== 'phone') return found || null;
      const former = formerPhone(identifier.value);
      return (former !== null && index.find({ type: 'phone', value: former })) || null;
    },

    /** What the person is known by whom a number stands for now. */
    identifiersOf: async (workspace: string, number: number) =>
      store.identifiersOf(workspace, (await indexOf(workspace)).whoIs(number) || number),

    countOnlyFrom: store.countOnlyFrom,
    nobodies: store.nobodies,

    /**
     * The person a number stands for after all that was decided, and whose facts are theirs: those anchored to one of
     * `anchors`, and those anchored to nothing under one of their own numbers (`own`); all are stored under `numbers`.
     */
    whoIs: async (workspace: string, number: number): Promise<WhoIs> => {
      const index = await indexOf(workspace);
      const person = index.whoIs(number) || number;
      const { nodes, numbers, own } = index.partsOf(person);
      return nodes.length > 0
        ? { person, numbers, own, anchors: nodes }
        : { person, numbers: [person], own: [person], anchors: [] };
    },

    /** Whose facts are now, in the order asked for: of their identifier, else of whom their number stands for. */
    whoseAre: async (
      workspace: string,
      facts: readonly { anchor: number; person_id: number }[],
    ): Promise<number[]> => {
      const index = await indexOf(workspace);
      return facts.map(
        ({ anchor, person_id: number }) => index.personOf(anchor) || index.whoIs(number) || number,
      );
    },

    /**
     * Takes what an import said of people back, and identifiers that it introduced where nothing else speaks of their
     * person any more: neither facts nor rows of the tables named, from which their owners took back what it said.
     */
    async undoImport(
      workspace: string,
      importId: string,
      version: number,
      spokenIn: readonly string[],
    ): Promise<void> {
      await store.forgetEvidence(workspace, importId);
      await store.forgetImport(workspace, importId, nextVersion(version), spokenIn);
      indexes.delete(workspace);
      await indexOf(workspace);
    },

    /** The people that numbers stand for now, in the order asked for. */
    whoAre: async (workspace: string, numbers: readonly number[]): Promise<number[]> => {
      const index = await indexOf(workspace);
      return numbers.map((number) => index.whoIs(number) || number);
    },

    /** Milliseconds that resolving took so far, waiting for the warehouse included. */
    resolvingMs: () => resolvingMs,

    /** Bytes of memory the index of a workspace takes. */
    memory: async (workspace: string) => (await indexOf(workspace)).bytes,

    /** Reads an index anew when it is asked for next. */
    forget: (workspace: string) => indexes.delete(workspace),
  };
}
export type Identity = ReturnType<typeof openIdentity>;

/** The last of those that have the same key. */
const lastOf = <T>(rows: readonly T[], key: (row: T) => number): T[] => [
  ...new Map(rows.map((row) => [key(row), row])).values(),
];

/** Runs a long computation step by step, so that others have their turn in between. */
export async function inSteps<Step, Out>(
  steps: Generator<Step, Out>,
  onStep: (step: Step) => Promise<void> | void = () => {},
): Promise<Out> {
  let rested = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - rested < 20) continue;
    await onStep(step.value);
    await new Promise((resolve) => setImmediate(resolve));
    rested = performance.now();
  }
}

function normalised(
  identifiers: readonly Identifier[],
  country: string | null,
  index: PersonIndex,
): Identifier[] {
  const good: Identifier[] = [];
  for (const { type, value: raw, from } of identifiers) {
    const value = normaliseIdentifier(type, raw, country, index.rules.blocked[RANK.get(type)!], from);
    if (value === null) continue;
    good.push({ type, value });
    if (type !== 'phone' || value === raw) continue;
    // Whoever is known by the same number as it used to be kept is known by both from now on.
    const former = formerPhone(raw);
    if (former !== null && former !== value && index.find({ type, value: former }) !== 0)
      good.push({ type, value: former });
  }
  return good;
}
