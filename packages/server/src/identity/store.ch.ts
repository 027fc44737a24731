import type { Warehouse, WarehouseMigration } from '../platform/warehouse.ts';

export const identityMigrations: WarehouseMigration[] = [
  {
    name: 'identity/0001_link_override',
    tables: [
      {
        // An identifier belongs to the person it was first seen with; merges never rewrite it.
        name: 'identity_link',
        columns: `
          workspace LowCardinality(String),
          type LowCardinality(String),
          value String,
          person_id UInt32,
          first_seen DateTime64(3, 'UTC'),
          import_id LowCardinality(String),
          version UInt64,
          is_deleted UInt8 DEFAULT 0`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, type, value)',
        shardBy: 'cityHash64(workspace)',
      },
      {
        // A merge: facts of person_id are those of survivor_id. survivor_id = 0 takes the merge back.
        name: 'identity_override',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          survivor_id UInt32,
          reason String,
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, person_id)',
        shardBy: 'cityHash64(workspace)',
      },
    ],
  },
];

/** Merges in force, as a FROM source with columns person_id and survivor. */
export const SURVIVORS = `(SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0)`;

/**
 * Events of the workspace bound as {workspace:String}, each with `person`: who it belongs to after all merges
 * (0 for nobody). A FROM source; name only the columns you need.
 */
export const EVENTS = `(SELECT e.*, if(o.survivor = 0, e.person_id, o.survivor) AS person
  FROM collect_event AS e LEFT ANY JOIN ${SURVIVORS} AS o ON e.person_id = o.person_id
  WHERE e.workspace = {workspace:String})`;

/** Order and return lines of the workspace bound as {workspace:String}, each with `person` after all merges. */
export const ORDER_LINES = `(SELECT l.*, if(o.survivor = 0, l.person_id, o.survivor) AS person
  FROM collect_order_line AS l FINAL LEFT ANY JOIN ${SURVIVORS} AS o ON l.person_id = o.person_id
  WHERE l.workspace = {workspace:String})`;

/** Identifiers of the workspace bound as {workspace:String}: type, value, first_seen, person after all merges. */
export const IDENTIFIERS = `(SELECT i.type AS type, i.value AS value, i.first_seen AS first_seen,
    if(o.survivor = 0, i.person_id, o.survivor) AS person
  FROM identity_link AS i FINAL LEFT ANY JOIN ${SURVIVORS} AS o ON i.person_id = o.person_id
  WHERE i.workspace = {workspace:String} AND i.is_deleted = 0)`;

/** Everyone in the workspace bound as {workspace:String} whom any fact or identifier speaks of: column person. */
export const PEOPLE = `(SELECT DISTINCT person FROM ${IDENTIFIERS} WHERE person > 0)`;

/** Identifiers read at once: about 50 MB of an answer that must stay far below the longest text there can be. */
const LINKS_A_READ = 500_000;

/** Stands for the import of identifiers whose import was undone and of whose person others speak. */
const UNDONE = 'undone';

/** Numbers of everyone of whom a row speaks in events, order lines or the tables named. */
const spokenOf = (tables: readonly string[]) =>
  ['collect_event', 'collect_order_line FINAL', ...tables]
    .map((table) => `SELECT person_id FROM ${table} WHERE workspace = {workspace:String}`)
    .join(' UNION DISTINCT ');

export interface LinkRow {
  workspace: string;
  type: string;
  value: string;
  person_id: number;
  first_seen: number;
  import_id: string;
  version: number;
}

export interface OverrideRow {
  workspace: string;
  person_id: number;
  survivor_id: number;
  reason: string;
  version: number;
}

/** What identity reads and writes in the warehouse. */
export function identityWarehouse(warehouse: Warehouse) {
  return {
    insertLinks: (rows: LinkRow[]) => warehouse.insert('identity_link', rows),
    insertOverrides: (rows: OverrideRow[]) => warehouse.insert('identity_override', rows),

    /** Every identifier with the person it was first seen with, for the index in memory; in parts that fit an answer. */
    async *links(workspace: string) {
      const { parts } = await warehouse.one<{ parts: number }>(
        `SELECT toUInt32(ceil(count() / ${LINKS_A_READ})) AS parts FROM identity_link WHERE workspace = {workspace:String}`,
        { workspace },
      );
      for (let part = 0; part < parts; part++)
        yield await warehouse.query<{ type: string; value: string; person_id: number }>(
          `SELECT type, value, person_id FROM identity_link FINAL
           WHERE workspace = {workspace:String} AND is_deleted = 0 AND cityHash64(value) % {parts:UInt32} = {part:UInt32}`,
          { workspace, parts, part },
        );
    },

    overrides: (workspace: string) =>
      warehouse.query<{ person_id: number; survivor_id: number }>(
        'SELECT person_id, survivor_id FROM identity_override FINAL WHERE workspace = {workspace:String} AND survivor_id != 0',
        { workspace },
      ),

    /** The highest number that any row here gives to a person. */
    lastPerson: async (workspace: string) =>
      (
        await warehouse.one<{ last: number }>(
          `SELECT max(last) AS last FROM (
             SELECT max(person_id) AS last FROM identity_link WHERE workspace = {workspace:String}
             UNION ALL
             SELECT max(greatest(person_id, survivor_id)) FROM identity_override WHERE workspace = {workspace:String})`,
          { workspace },
        )
      ).last,

    /**
     * Marks an import's identifiers as gone where nothing speaks of their person any more: no event, no order line, no
     * row of the tables named (of other domains, with columns workspace and person_id). Those that stay are nobody's
     * import from then on, and go with the import that spoke of their person last.
     */
    forgetImport: (workspace: string, importId: string, version: number, spokenIn: readonly string[]) =>
      warehouse.command(
        `INSERT INTO identity_link (workspace, type, value, person_id, first_seen, import_id, version, is_deleted)
         SELECT workspace, type, value, person_id, first_seen, {undone:String}, greatest({version:UInt64}, version + 1),
           if(o.survivor = 0, i.person_id, o.survivor) NOT IN (
             SELECT if(o.survivor = 0, s.person_id, o.survivor) FROM (${spokenOf(spokenIn)}) AS s
             LEFT ANY JOIN ${SURVIVORS} AS o ON s.person_id = o.person_id)
         FROM identity_link AS i FINAL LEFT ANY JOIN ${SURVIVORS} AS o ON i.person_id = o.person_id
         WHERE i.workspace = {workspace:String} AND i.import_id IN ({importId:String}, {undone:String})
           AND i.is_deleted = 0`,
        { workspace, importId, version, undone: UNDONE },
      ),

    personOf: async (workspace: string, type: string, value: string) =>
      (
        await warehouse.query<{ person: number }>(
          `SELECT person FROM ${IDENTIFIERS} WHERE type = {type:String} AND value = {value:String}`,
          { workspace, type, value },
        )
      )[0]?.person ?? null,

    identifiersOf: (workspace: string, person: number) =>
      warehouse.query<{ type: string; value: string; first_seen: string }>(
        `SELECT type, value, first_seen FROM ${IDENTIFIERS} WHERE person = {person:UInt32} ORDER BY first_seen, type, value`,
        { workspace, person },
      ),

    /** The person and everyone merged into them: the person_ids their facts may carry. */
    originsOf: async (workspace: string, person: number) => [
      person,
      ...(
        await warehouse.query<{ person_id: number }>(
          `SELECT person_id FROM identity_override FINAL
           WHERE workspace = {workspace:String} AND survivor_id = {person:UInt32}`,
          { workspace, person },
        )
      ).map((r) => r.person_id),
    ],
  };
}
export type IdentityWarehouse = ReturnType<typeof identityWarehouse>;
