import type { Warehouse, WarehouseMigration } from '../platform/warehouse.ts';
import { HEARD } from './evidence-graph.ts';

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
  {
    name: 'identity/0002_evidence',
    tables: [
      {
        // Two identifiers seen together, by the earliest time at which an origin said so. kind: 0 seen, 1 told, 3 heard.
        name: 'identity_evidence',
        columns: `
          workspace LowCardinality(String),
          a UInt32,
          b UInt32,
          kind UInt8,
          import_id LowCardinality(String),
          source LowCardinality(String),
          seconds UInt32,
          earliness UInt64`,
        engine: 'ReplacingMergeTree(earliness)',
        orderBy: '(workspace, a, b, kind, import_id)',
        shardBy: 'cityHash64(workspace)',
      },
      {
        // The facts of an identifier are those of person_id, under whichever of the numbers `was` they are stored.
        // person_id = 0 takes it back.
        name: 'identity_split',
        columns: `
          workspace LowCardinality(String),
          anchor UInt32,
          person_id UInt32,
          was Array(UInt32),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, anchor)',
        shardBy: 'cityHash64(workspace)',
      },
      {
        // An identifier that holds another number than its row says; 0 for none.
        name: 'identity_number',
        columns: 'workspace LowCardinality(String), anchor UInt32, number UInt32, version UInt64',
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, anchor)',
        shardBy: 'cityHash64(workspace)',
      },
    ],
    columns: [
      // The identifier's number and hash: 0 in rows of before.
      { table: 'identity_link', column: 'anchor UInt32 DEFAULT 0' },
      { table: 'identity_link', column: 'hash UInt64 DEFAULT 0' },
      // Stored facts follow the merge by themselves: it only says whom a number stands for.
      { table: 'identity_override', column: 'is_folded UInt8 DEFAULT 0' },
    ],
  },
  {
    // The number that an identifier held for its person when it was new: 0 for most.
    name: 'identity/0003_number',
    columns: [{ table: 'identity_link', column: 'number UInt32 DEFAULT 0' }],
  },
  {
    // The person an identifier was first known to be of: neither merges nor folding rewrite it.
    name: 'identity/0004_first_person',
    columns: [{ table: 'identity_link', column: 'first_person_id UInt32 DEFAULT person_id' }],
  },
  {
    // When others than pages told of an identifier first, in seconds; the highest number where only pages did. What was
    // known before counts as told. From here on a kind of evidence is 3, heard: by a key that stands in a page.
    name: 'identity/0005_heard',
    columns: [
      {
        table: 'identity_link',
        column:
          'first_told UInt32 DEFAULT toUInt32(greatest(0, intDiv(toUnixTimestamp64Milli(first_seen), 1000)))',
      },
    ],
  },
  {
    name: 'identity/0006_intent',
    tables: [
      {
        // What is about to be said of whose facts are whose, in several tables, as JSON: said again at the next start, as
        // what was said of it may be half of it. The last of a workspace counts; rows of before yield to newer ones.
        name: 'identity_intent',
        columns: 'workspace LowCardinality(String), rows String, version UInt64',
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace)',
        shardBy: 'cityHash64(workspace)',
      },
    ],
  },
];

/** Merges, as a FROM source with columns person_id and survivor: whom a number that was given out once stands for. */
export const SURVIVORS = `(SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0)`;

// Names of their own: a column of the table beside them keeps its name then.
const UNFOLDED = `(SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0)`;
const BY_NUMBER = 'if(o.survivor = 0, t.person_id, o.survivor)';
// Two arrays, one beside the other: there are few, mostly none, and then a query does not even read the anchors.
const SPLITS = `(SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0)`;

/**
 * Rows of a table with columns workspace, person_id and anchor, each with `person`: who it belongs to now (0 for nobody).
 * The identifier a row is anchored to has the last word, then merges of the number it is stored under. A FROM source;
 * `t` is the table, to name columns by; name only those you need.
 */
export const belongingTo = (
  table: string,
  columns = 't.*',
  { isFinal = false, where = '1' }: { isFinal?: boolean; where?: string } = {},
) =>
  `(WITH ${SPLITS} AS splits
  SELECT ${columns}, if(empty(splits.1), ${BY_NUMBER}, transform(t.anchor, splits.1, splits.2, ${BY_NUMBER})) AS person
  FROM ${table} AS t${isFinal ? ' FINAL' : ''} LEFT ANY JOIN ${UNFOLDED} AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND ${where})`;

/**
 * Events of the workspace bound as {workspace:String}, each with `person`: who it belongs to now (0 for nobody). A FROM
 * source; name only the columns you need.
 */
export const EVENTS = belongingTo('collect_event');

/** Order and return lines of the workspace bound as {workspace:String}, each with `person` as it is now. */
export const ORDER_LINES = belongingTo('collect_order_line', 't.*', { isFinal: true });

/**
 * Identifiers of the workspace bound as {workspace:String}: type, value, first_seen, whether others than pages told of it
 * (`is_told`), person as it is now; their number (`anchor`), which rises from one to the next, and the person they were
 * first known to be of (`first_person`).
 */
export const IDENTIFIERS = `(SELECT type, value, first_seen, is_told, anchor, first_person, person
  FROM ${belongingTo('identity_link', 't.type AS type, t.value AS value, t.first_seen AS first_seen, t.first_told != 4294967295 AS is_told, t.anchor AS anchor, t.first_person_id AS first_person, t.is_deleted AS is_deleted', { isFinal: true })}
  WHERE is_deleted = 0)`;

/** Everyone in the workspace bound as {workspace:String} whom any fact or identifier speaks of: column person. */
export const PEOPLE = `(SELECT DISTINCT person FROM ${IDENTIFIERS} WHERE person > 0)`;

/**
 * Identifiers that are all that somebody is known by and were only ever seen beside a stronger one: a family's phone that
 * joins nobody. There are few: most identifiers join.
 */
const LONE = `SELECT any(anchor) AS lone FROM ${IDENTIFIERS} WHERE person > 0 GROUP BY person
  HAVING count() = 1 AND lone IN (SELECT b FROM identity_evidence WHERE workspace = {workspace:String})
    AND lone NOT IN (SELECT a FROM identity_evidence WHERE workspace = {workspace:String})`;
const OWN_FACTS = ['collect_event', 'collect_order_line', 'collect_return'];

/** Identifiers asked about at once. */
const ANCHORS_AT_ONCE = 5000;

/** Rows of a workspace read at once: an answer must stay far below the longest text there can be. */
const ROWS_A_READ = 1_000_000;

/** Stands for the import of identifiers whose import was undone and of whose person others speak. */
const UNDONE = 'undone';

const REPLACING = new Set(['collect_order_line', 'collect_order_line_replaced']);

/** Everyone of whom a row speaks in events, order lines or the tables named. */
const spokenOf = (tables: readonly string[], where = '1') =>
  ['collect_event', 'collect_order_line', ...tables]
    .map(
      (table) =>
        `SELECT person FROM ${belongingTo(table, 't.person_id', { isFinal: REPLACING.has(table), where })}`,
    )
    .join(' UNION DISTINCT ');

/** Whom others than the import bound as {importId:String} speak of; what it replaced for now is theirs too. */
const spokenOfByOthers = (tables: readonly string[]) =>
  spokenOf(['collect_order_line_replaced', ...tables], 't.import_id != {importId:String}');

/** Identifiers that others than the import bound as {importId:String} saw beside another. */
const SEEN_BY_OTHERS = `(SELECT arrayJoin([a, b]) FROM identity_evidence
  WHERE workspace = {workspace:String} AND import_id != {importId:String})`;

export interface LinkRow {
  workspace: string;
  type: string;
  value: string;
  person_id: number;
  first_person_id: number;
  first_seen: number;
  /** In seconds; 4294967295 where only pages told of it. */
  first_told: number;
  import_id: string;
  version: number;
  anchor: number;
  number: number;
  /** In digits: it is wider than a double. */
  hash: string;
}

export interface EvidenceRow {
  workspace: string;
  a: number;
  b: number;
  kind: number;
  import_id: string;
  source: string;
  seconds: number;
  earliness: number;
}

/** Of rows that say the same, the earliest is kept. */
export const earliness = (seconds: number) => 0xffffffff - seconds;

export interface OverrideRow {
  workspace: string;
  person_id: number;
  survivor_id: number;
  reason: string;
  version: number;
}

export interface SplitRow {
  workspace: string;
  anchor: number;
  person_id: number;
  was: readonly number[];
  version: number;
}

export interface NumberRow {
  workspace: string;
  anchor: number;
  number: number;
  version: number;
}

/** What says whose facts are whose: halves of it would tell facts of somebody else. */
export interface Intent {
  numbers: NumberRow[];
  splits: SplitRow[];
  overrides: OverrideRow[];
}

/** What identity reads and writes in the warehouse. */
export function identityWarehouse(warehouse: Warehouse) {
  const bytes = (expressions: string[]) =>
    `arrayStringConcat(groupArray(${expressions.map((e) => `hex(reinterpretAsFixedString(${e}))`).join(' || ')}))`;

  /** Reads a table in parts that fit an answer. */
  async function* inParts(table: string, workspace: string, by: string, sql: string) {
    const { parts } = await warehouse.one<{ parts: number }>(
      `SELECT toUInt32(ceil(count() / ${ROWS_A_READ})) AS parts FROM ${table} WHERE workspace = {workspace:String}`,
      { workspace },
    );
    for (let part = 0; part < parts; part++)
      for (const row of await warehouse.query<{ key: string; hex: string }>(
        sql.replace('$PART', `${by} % {parts:UInt32} = {part:UInt32}`),
        { workspace, parts, part },
      ))
        yield { key: row.key, bytes: Buffer.from(row.hex, 'hex') };
  }

  return {
    insertLinks: (rows: LinkRow[]) => warehouse.insert('identity_link', rows),
    insertEvidence: (rows: EvidenceRow[]) => warehouse.insert('identity_evidence', rows),
    insertIntent: (workspace: string, version: number, intent: Intent) =>
      warehouse.insert('identity_intent', [{ workspace, version, rows: JSON.stringify(intent) }]),
    /** Says what was meant; said again it changes nothing. */
    carryOut: async ({ numbers, splits, overrides }: Intent) => {
      await warehouse.insert('identity_number', numbers);
      await warehouse.insert('identity_split', splits);
      await warehouse.insert('identity_override', overrides);
    },
    /** What was meant last; null where nothing was. */
    intent: async (workspace: string): Promise<Intent | null> => {
      const [last] = await warehouse.query<{ rows: string }>(
        'SELECT rows FROM identity_intent FINAL WHERE workspace = {workspace:String}',
        { workspace },
      );
      return last ? (JSON.parse(last.rows) as Intent) : null;
    },

    /** Every identifier by type: anchor, hash (low, high), person_id, number, first seen in seconds, first person, first told in seconds: 32 bytes each. */
    links: (workspace: string) =>
      inParts(
        'identity_link',
        workspace,
        'cityHash64(value)',
        `SELECT type AS key, ${bytes(['anchor', 'hash', 'person_id', 'number', 'toUInt32(greatest(0, intDiv(toUnixTimestamp64Milli(first_seen), 1000)))', 'first_person_id', 'first_told'])} AS hex
         FROM identity_link FINAL WHERE workspace = {workspace:String} AND is_deleted = 0 AND anchor != 0 AND $PART GROUP BY type`,
      ),

    /**
     * Every pair seen together: a, b, first seen in seconds and kind by the strongest word (what was heard has none beside
     * others), and what is written down: 1 a live source said so, 2 it was heard. 14 bytes each.
     */
    evidence: (workspace: string) =>
      inParts(
        'identity_evidence',
        workspace,
        'a',
        `SELECT '' AS key, ${bytes(['a', 'b', 'seconds', 'kind', 'noted'])} AS hex
         FROM (SELECT a, b, max(e.kind != ${HEARD}) AS is_told,
             if(is_told, minIf(e.seconds, e.kind != ${HEARD}), min(e.seconds)) AS seconds,
             if(is_told, maxIf(e.kind, e.kind != ${HEARD}), ${HEARD}) AS kind,
             toUInt8(max(e.import_id = '' AND e.kind != ${HEARD}) + 2 * max(e.kind = ${HEARD})) AS noted
           FROM identity_evidence AS e WHERE workspace = {workspace:String} AND $PART GROUP BY a, b) HAVING count() > 0`,
      ),

    /** Identifiers of before they had numbers. */
    unnumbered: (workspace: string) =>
      warehouse.query<{
        type: string;
        value: string;
        person_id: number;
        first_seen: number;
        import_id: string;
        version: number;
      }>(
        `SELECT type, value, person_id, toUnixTimestamp64Milli(l.first_seen) AS first_seen, import_id, version
         FROM identity_link AS l FINAL
         WHERE workspace = {workspace:String} AND is_deleted = 0 AND anchor = 0 ORDER BY person_id, type, value`,
        { workspace },
      ),

    survivors: async (workspace: string) =>
      new Map(
        (
          await warehouse.query<{ person_id: number; survivor: number }>(`SELECT * FROM ${SURVIVORS}`, {
            workspace,
          })
        ).map((r) => [r.person_id, r.survivor]),
      ),

    splits: (workspace: string) =>
      warehouse.query<{ anchor: number; person_id: number; was: number[] }>(
        `SELECT anchor, person_id, was FROM identity_split FINAL
         WHERE workspace = {workspace:String} AND person_id != 0`,
        { workspace },
      ),

    numbers: (workspace: string) =>
      warehouse.query<{ anchor: number; number: number }>(
        'SELECT anchor, number FROM identity_number FINAL WHERE workspace = {workspace:String}',
        { workspace },
      ),

    /**
     * The highest number that an identifier or a person was ever given, and the highest version. Identifiers that are gone
     * count too: corrections, decisions and what other domains keep may still name their numbers.
     */
    last: (workspace: string) =>
      warehouse.one<{ anchor: number; person: number; version: number }>(
        `SELECT max(a) AS anchor, max(p) AS person, max(v) AS version FROM (
           SELECT max(anchor) AS a, max(greatest(person_id, first_person_id, number)) AS p, max(version) AS v
           FROM identity_link WHERE workspace = {workspace:String}
           UNION ALL
           SELECT 0, max(greatest(person_id, survivor_id)), max(version) FROM identity_override WHERE workspace = {workspace:String}
           UNION ALL
           SELECT max(anchor), max(greatest(person_id, arrayMax(was))), max(version) FROM identity_split
           WHERE workspace = {workspace:String}
           UNION ALL
           SELECT max(anchor), max(number), max(version) FROM identity_number WHERE workspace = {workspace:String}
           UNION ALL
           SELECT 0, 0, max(version) FROM identity_intent WHERE workspace = {workspace:String})`,
        { workspace },
      ),

    /** Numbers of identifiers of a type whose value, in lower case, is one of these. */
    anchorsOfValues: async (workspace: string, type: string, values: readonly string[]) =>
      (
        await warehouse.query<{ anchor: number }>(
          `SELECT anchor FROM identity_link FINAL WHERE workspace = {workspace:String} AND type = {type:String}
             AND is_deleted = 0 AND lowerUTF8(value) IN {values:Array(String)}`,
          { workspace, type, values },
        )
      ).map((r) => r.anchor),

    /** Numbers of identifiers whose value, in lower case, is one of these or of a form that means nothing. */
    anchorsOfMeaningless: async (workspace: string, values: readonly string[], form: string) =>
      (
        await warehouse.query<{ anchor: number }>(
          `SELECT anchor FROM identity_link FINAL WHERE workspace = {workspace:String} AND is_deleted = 0
             AND (lowerUTF8(value) IN {values:Array(String)} OR match(lowerUTF8(value), {form:String}))`,
          { workspace, values, form },
        )
      ).map((r) => r.anchor),

    /** Identifiers by their numbers. */
    byAnchors: (workspace: string, anchors: readonly number[]) =>
      warehouse.query<{ anchor: number; type: string; value: string; first_seen: string }>(
        `SELECT anchor, type, value, first_seen FROM identity_link FINAL
         WHERE workspace = {workspace:String} AND anchor IN {anchors:Array(UInt32)} AND is_deleted = 0`,
        { workspace, anchors },
      ),

    /** What was said of pairs of these identifiers, the earliest of each origin. */
    evidenceOf: (workspace: string, anchors: readonly number[]) =>
      warehouse.query<{
        a: number;
        b: number;
        kind: number;
        import_id: string;
        source: string;
        seconds: number;
      }>(
        `SELECT a, b, kind, import_id, source, seconds FROM identity_evidence FINAL
         WHERE workspace = {workspace:String} AND (a IN {anchors:Array(UInt32)} OR b IN {anchors:Array(UInt32)})
         ORDER BY seconds, a, b LIMIT 2000`,
        { workspace, anchors },
      ),

    /** How many events are anchored to each of some identifiers, among those stored under some numbers. */
    countEvents: async (workspace: string, numbers: readonly number[], anchors: readonly number[]) =>
      new Map(
        (
          await warehouse.query<{ anchor: number; n: number }>(
            `SELECT anchor, count() AS n FROM collect_event WHERE workspace = {workspace:String}
               AND person_id IN {numbers:Array(UInt32)} AND anchor IN {anchors:Array(UInt32)} GROUP BY anchor`,
            { workspace, numbers, anchors },
          )
        ).map((r) => [r.anchor, r.n]),
      ),

    /** Orders anchored to each of some identifiers. */
    countOrders: async (workspace: string, anchors: readonly number[]) =>
      new Map(
        (
          await warehouse.query<{ anchor: number; n: number }>(
            `SELECT anchor, uniqExact(order_id) AS n FROM collect_order_line FINAL WHERE workspace = {workspace:String}
               AND anchor IN {anchors:Array(UInt32)} GROUP BY anchor`,
            { workspace, anchors },
          )
        ).map((r) => [r.anchor, r.n]),
      ),

    /**
     * Identifiers that are nobody: those that stand alone, were only ever seen beside a stronger one, and by which no fact
     * belongs to anybody. `tables`: of facts of domains to the right.
     */
    nobodies: async (workspace: string, tables: readonly string[]): Promise<number[]> => {
      const lone = (await warehouse.query<{ lone: number }>(LONE, { workspace })).map((row) => row.lone);
      const headed = new Set<number>();
      for (let at = 0; at < lone.length; at += ANCHORS_AT_ONCE) {
        const heading = [...OWN_FACTS, ...tables]
          .map(
            (table) => `SELECT DISTINCT anchor FROM ${table}
              WHERE workspace = {workspace:String} AND anchor IN {anchors:Array(UInt32)}`,
          )
          .join(' UNION DISTINCT ');
        const anchors = lone.slice(at, at + ANCHORS_AT_ONCE);
        for (const { anchor } of await warehouse.query<{ anchor: number }>(heading, { workspace, anchors }))
          headed.add(anchor);
      }
      return lone.filter((anchor) => !headed.has(anchor));
    },

    forgetEvidence: (workspace: string, importId: string) =>
      warehouse.deleteRows(
        'identity_evidence',
        'workspace = {workspace:String} AND import_id = {importId:String}',
        { workspace, importId },
      ),

    /**
     * Marks an import's identifiers as gone where nothing speaks of their person any more: no event, no order line, no
     * row of the tables named (of other domains, with columns workspace, person_id and anchor), and where nobody else saw
     * them beside another. Those that stay are
     * nobody's import from then on, and go with the import that spoke of their person last.
     */
    forgetImport: (workspace: string, importId: string, version: number, spokenIn: readonly string[]) =>
      warehouse.command(
        `INSERT INTO identity_link (workspace, type, value, person_id, first_seen, import_id, version, is_deleted, anchor, hash, number, first_person_id, first_told)
         SELECT workspace, type, value, person_id, first_seen, {undone:String}, greatest({version:UInt64}, version + 1),
           person NOT IN (${spokenOf(spokenIn)}) AND anchor NOT IN ${SEEN_BY_OTHERS}, anchor, hash, number, first_person_id, first_told
         FROM ${belongingTo('identity_link', 't.*', { isFinal: true })}
         WHERE import_id IN ({importId:String}, {undone:String}) AND is_deleted = 0`,
        { workspace, importId, version, undone: UNDONE },
      ),

    /** How many people an import made known of whom nothing else speaks; with the tables as for `forgetImport`. */
    countOnlyFrom: async (workspace: string, importId: string, spokenIn: readonly string[]) =>
      (
        await warehouse.one<{ people: number }>(
          `SELECT uniqExact(person) AS people FROM ${belongingTo('identity_link', 't.*', { isFinal: true })}
           WHERE import_id IN ({importId:String}, {undone:String}) AND is_deleted = 0
             AND person NOT IN (${spokenOfByOthers(spokenIn)}) AND anchor NOT IN ${SEEN_BY_OTHERS}`,
          { workspace, importId, undone: UNDONE },
        )
      ).people,

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
  };
}
export type IdentityWarehouse = ReturnType<typeof identityWarehouse>;
