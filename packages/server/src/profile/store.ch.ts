import { belongingTo, SURVIVORS } from '../identity/index.ts';
import type { TableDeclaration, WarehouseMigration } from '../platform/warehouse.ts';

const PERSON_COLUMNS = `
  workspace LowCardinality(String),
  person_id UInt32,
  name String,
  email String,
  phone String,
  gender LowCardinality(String),
  birthday String,
  city LowCardinality(String),
  country LowCardinality(String),
  first_seen_at Nullable(DateTime64(3, 'UTC')),
  last_seen_at Nullable(DateTime64(3, 'UTC')),
  orders UInt32,
  spend_cents Int64,
  average_order_cents Int64,
  returns_cents Int64,
  first_order_at Nullable(DateTime64(3, 'UTC')),
  last_order_at Nullable(DateTime64(3, 'UTC')),
  favourite_channel LowCardinality(String),
  favourite_store LowCardinality(String),
  favourite_category LowCardinality(String)`;

const SCORED_COLUMNS = `${PERSON_COLUMNS},
  recency_score UInt8,
  frequency_score UInt8,
  monetary_score UInt8,
  rfm_group LowCardinality(String),
  lifecycle LowCardinality(String),
  computed_at DateTime64(3, 'UTC')`;

/** One row a person; a workspace is one partition, so that a new computation replaces the old in one step. */
function peopleTable(name: string, columns: string): TableDeclaration {
  return {
    name,
    columns,
    engine: 'MergeTree',
    partitionBy: 'workspace',
    orderBy: '(workspace, person_id)',
    shardBy: 'cityHash64(workspace, person_id)',
  };
}

export const profileMigrations: WarehouseMigration[] = [
  {
    name: 'profile/0001_profile',
    tables: [
      {
        // The newest value a person was given by each import (or by live sources, '') survives, so that taking an
        // import back uncovers what was known before. `folded` is the text in lower case; `number` what it reads as;
        // `version` orders by time, then by arrival.
        name: 'profile_trait',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          name LowCardinality(String),
          type Enum8('text' = 1, 'number' = 2, 'boolean' = 3),
          text String,
          folded String,
          number Nullable(Float64),
          time DateTime64(3, 'UTC'),
          source LowCardinality(String),
          import_id LowCardinality(String),
          version UInt128`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, person_id, name, import_id)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
      {
        // Every statement is kept: who agreed or refused, when, and where it was said.
        name: 'profile_consent',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          channel LowCardinality(String),
          purpose LowCardinality(String),
          granted UInt8,
          time DateTime64(3, 'UTC'),
          source LowCardinality(String),
          import_id LowCardinality(String),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, person_id, channel, purpose, time, granted, import_id)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
      {
        name: 'profile_tag',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          tag LowCardinality(String),
          has UInt8,
          time DateTime64(3, 'UTC'),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, person_id, tag)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
      {
        // Which orders to look at for one person: the facts themselves lie in the order of orders.
        name: 'profile_order_key',
        columns: 'workspace LowCardinality(String), person_id UInt32, order_id String, version UInt64',
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, person_id, order_id)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
      peopleTable('profile_person', SCORED_COLUMNS),
      peopleTable('profile_person_next', SCORED_COLUMNS),
      peopleTable('profile_draft', `${PERSON_COLUMNS}, gap_days Array(UInt16)`),
      {
        name: 'profile_draft_order',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          ordered_at Int64,
          is_order UInt8,
          channel LowCardinality(String),
          store_id LowCardinality(String),
          net_cents Int64,
          returned_cents Int64`,
        engine: 'MergeTree',
        partitionBy: 'workspace',
        orderBy: '(workspace, person_id)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
    ],
  },
  {
    // Number of the identifier by which a row belongs to someone; tags are given to people, not to identifiers.
    name: 'profile/0003_anchor',
    // It ends the order: what two identifiers of one person said must not replace each other, as they may be parted.
    columns: [
      ['profile_trait', 'name, import_id'],
      ['profile_consent', 'channel, purpose, time, granted, import_id'],
      ['profile_order_key', 'order_id'],
    ].map(([table, order]) => ({
      table: table!,
      column: 'anchor UInt32',
      orderBy: `(workspace, person_id, ${order}, anchor)`,
    })),
  },
  {
    name: 'profile/0004_trait_step',
    tables: [
      {
        // What was done with traits that are not only set; each step once, by the message that told it.
        name: 'profile_trait_step',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          anchor UInt32,
          name LowCardinality(String),
          time DateTime64(3, 'UTC'),
          message_id String,
          operation LowCardinality(String),
          type LowCardinality(String),
          text String,
          import_id LowCardinality(String),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, person_id, name, time, message_id, operation, anchor)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
    ],
  },
  {
    // Who brings something back was seen: lines of every kind say when.
    name: 'profile/0005_seen',
    columns: ['first_line_at', 'last_line_at'].map((column) => ({
      table: 'profile_draft_order',
      column: `${column} Int64 DEFAULT 0`,
    })),
  },
  {
    // What a statement of consent was: 'event', 'trait:' and the source whose trait it was, '' for those of before.
    name: 'profile/0006_consent_voice',
    columns: [
      {
        table: 'profile_consent',
        column: 'voice LowCardinality(String)',
        orderBy: '(workspace, person_id, channel, purpose, time, granted, import_id, anchor, voice)',
      },
    ],
  },
  {
    name: 'profile/0007_client_trait',
    tables: [
      {
        // Names of traits that only keys of pages brought; `client` is 0 once something else said the name too.
        name: 'profile_client_trait',
        columns: 'workspace LowCardinality(String), name String, client UInt8, version UInt64',
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, name)',
        shardBy: 'cityHash64(workspace)',
      },
    ],
  },
  {
    // 1 where a key that stands in a page took the step: it counts where nothing else told of the trait.
    name: 'profile/0008_heard_step',
    columns: [{ table: 'profile_trait_step', column: 'heard UInt8 DEFAULT 0' }],
  },
];

/** Tables of what was told of people: who stands in them is somebody. */
export const PERSON_TABLES = ['profile_trait', 'profile_consent'];

/** Rows of a table of ours with `person` as it is now. */
const resolved = (table: string, columns: string) =>
  belongingTo(table, columns, { where: 't.person_id > 0' });

/** Everything ever said as a trait, with `person` after all merges: name, t_*, version (the highest holds). */
export const TRAIT_ROWS = resolved(
  'profile_trait',
  't.name AS name, t.type AS t_type, t.text AS t_text, t.folded AS t_folded, tuple(t.number) AS t_number, t.time AS t_time, t.version AS version',
);

/**
 * Traits in force in the workspace bound as {workspace:String}: person, name, type, text, folded, number, time, and
 * `value` as a JSON scalar. The newest by time wins per person after merges. A FROM source; name only the columns you
 * need, each costs.
 */
export const TRAITS = `(SELECT person, name, argMax(t_type, version) AS type, argMax(t_text, version) AS text,
    argMax(t_folded, version) AS folded, argMax(t_number, version).1 AS number, argMax(t_time, version) AS time,
    argMax(if(t_type = 'text', toJSONString(t_text), t_text), version) AS value
  FROM ${TRAIT_ROWS}
  GROUP BY person, name)`;

/** What `consentIn` reads, of rows of profile_consent as `t`. */
const STATEMENT = `t.channel AS channel, t.purpose AS purpose, t.voice AS c_voice, t.anchor AS c_anchor,
    tuple(toUnixTimestamp64Milli(t.time) * 2 + (t.granted = 0), t.granted, t.time, t.source) AS statement,
    multiIf(t.voice = 'event' AND t.import_id = '', 'did', t.voice NOT LIKE 'trait:%', 'told', t.import_id = '', 'state', 'list') AS c_kind`;

/**
 * Who may be contacted for marketing, out of statements of consent; the columns to group by are named in `by`. Of the
 * same moment no beats yes. Rules:
 * - A state on record (a trait) counts from when its source first said it of that identifier, not when it is repeated.
 * - Who left or refused by doing so (an event) is out until they agree by doing so: neither traits nor files bring them in.
 * - A file brings nobody in again either whom a live source says to have refused.
 * `agreed` is when they last agreed by doing so, if that is also the last thing they did; else 1970. What was stored
 * before statements were told apart counts as told by a file of events.
 */
const consentIn = (statements: string, by: string) => `(
  SELECT ${by}, said.2 AS granted, said.3 AS time, said.4 AS source, if(did.2 = 1, did.3, toDateTime64(0, 3, 'UTC')) AS agreed
  FROM (SELECT ${by}, maxIf(last, c_kind = 'did') AS did, maxIf(last, c_kind = 'told') AS told,
      maxIf(began, c_kind = 'state') AS state, maxIf(began, c_kind = 'list') AS list,
      multiIf(did.1 > 0 AND did.2 = 0, did, told.1 > did.1 AND told.2 = 0, told, state.1 > did.1 AND state.2 = 0, state,
        arraySort([did, told, state, list])[-1]) AS said
    FROM (SELECT ${by}, c_kind, arraySort(groupArray(statement)) AS run, run[-1] AS last,
        run[arrayLastIndex(s -> s.2 != last.2, run) + 1] AS began
      FROM ${statements} WHERE purpose = 'marketing' GROUP BY ${by}, c_kind, c_voice, c_anchor)
    GROUP BY ${by}))`;

/**
 * Whether each person agreed to be contacted for marketing: person, channel, granted, since when (time), by whose word
 * (source), and `agreed`: when they did something to agree. Who said nothing has no row, which means not granted. A
 * FROM source.
 */
export const CONSENT = consentIn(resolved('profile_consent', STATEMENT), 'person, channel');

/** The same of one person, whose rows the condition names: channel, granted, time, source. A FROM source. */
export const consentOfPerson = (condition: string) =>
  consentIn(
    `(SELECT ${STATEMENT} FROM profile_consent AS t WHERE workspace = {workspace:String} AND ${condition})`,
    'channel',
  );

/** Tags people carry: person, tag, time since. A FROM source. */
export const TAGS = `(SELECT person, tag, argMax(t_time, version) AS time
  FROM (SELECT t.tag AS tag, t.has AS has, t.time AS t_time, t.version AS version,
      if(o.survivor = 0, t.person_id, o.survivor) AS person
    FROM profile_tag AS t LEFT ANY JOIN ${SURVIVORS} AS o ON t.person_id = o.person_id
    WHERE t.workspace = {workspace:String} AND t.person_id > 0)
  GROUP BY person, tag HAVING argMax(has, version) = 1)`;

/** Everyone as computed last, one row each, with every column of `profile_person` and `person`. A FROM source. */
export const PROFILES = `(SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String})`;
