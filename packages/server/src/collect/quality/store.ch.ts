import type { HeldSelection } from '@qianmian/contract';
import type { Warehouse, WarehouseMigration } from '../../platform/warehouse.ts';
import { OF_PERSON, type Whose } from '../owners.ts';

export const qualityMigrations: WarehouseMigration[] = [
  {
    name: 'collect/0006_quality',
    tables: [
      {
        // What was decided about a held message; the message itself stays as it came.
        name: 'collect_quarantine_fate',
        columns: `
          workspace LowCardinality(String),
          id String,
          state LowCardinality(String),
          decision String,
          decided_by String,
          decided_at DateTime64(3, 'UTC'),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, id)',
        shardBy: 'cityHash64(workspace, id)',
      },
      {
        // Stored events that differ from the plan.
        name: 'collect_violation',
        columns: `
          workspace LowCardinality(String),
          received_at DateTime64(3, 'UTC'),
          source LowCardinality(String),
          message_id String,
          name LowCardinality(String),
          kinds Array(LowCardinality(String)),
          details Array(String)`,
        engine: 'ReplacingMergeTree(received_at)',
        orderBy: '(workspace, received_at, message_id)',
        shardBy: 'cityHash64(workspace, message_id)',
      },
    ],
    columns: [
      'protocol LowCardinality(String)',
      'event LowCardinality(String)',
      'sent_at Nullable(Int64)',
      'has_around UInt8',
    ].map((column) => ({ table: 'collect_quarantine', column })),
  },
];

export interface ViolationRow {
  workspace: string;
  received_at: number;
  source: string;
  message_id: string;
  name: string;
  kinds: string[];
  details: string[];
}

export interface FateRow {
  workspace: string;
  id: string;
  state: 'open' | 'replayed' | 'dismissed';
  decision: string;
  decided_by: string;
  decided_at: number;
  version: number;
}

/** A held message with what was decided about it. */
export interface HeldRow {
  id: string;
  received_at: string;
  source: string;
  reason: string;
  detail: string;
  payload: string;
  protocol: string;
  event: string;
  sent_at: number | null;
  has_around: number;
  state: 'open' | 'replayed' | 'dismissed';
  decision: string;
  decided_by: string;
  decided_at: string;
}

export interface ArrivalFilter {
  name?: string;
  whose?: Whose;
  source?: string;
  reason?: string;
  /** Received from and to, in milliseconds. */
  from: number;
  to: number;
  /** Behind one of those of the same moment: by its time and hash, or by its id. */
  after?: { at: number; time: number; id: string };
}

export interface ArrivedRow {
  message_id: string;
  message_hash: string;
  name: string;
  time: string;
  received_at: string;
  person_id: number;
  anchor: number;
  source: string;
  channel: string;
  properties: Record<string, unknown>;
  /** As JSON text. */
  context: string;
  envelope: string;
  protocol: string;
  original_name: string;
  mapping: number;
}

const HELD = `FROM (SELECT * FROM collect_quarantine FINAL WHERE workspace = {workspace:String}
    AND (empty({ids:Array(String)}) OR id IN {ids:Array(String)})
    AND (empty({reasons:Array(String)}) OR reason IN {reasons:Array(String)})
    AND (empty({sources:Array(String)}) OR source IN {sources:Array(String)})
    AND (empty({events:Array(String)}) OR event IN {events:Array(String)})) AS q
  LEFT JOIN (SELECT id, state AS said, decision, decided_by, decided_at FROM collect_quarantine_fate FINAL
    WHERE workspace = {workspace:String}) AS f ON q.id = f.id
  WHERE if(said = '', 'open', said) = {state:String}`;
const HELD_COLUMNS = `q.id AS id, received_at, source, reason, detail, payload, protocol, event, sent_at, has_around,
  if(said = '', 'open', said) AS state, decision, decided_by, decided_at`;

const one = (value: string | undefined) => (value === undefined ? [] : [value]);
const bound = (selection: HeldSelection) => ({
  ids: selection.ids ?? [],
  reasons: one(selection.reason),
  sources: one(selection.source),
  events: one(selection.event),
});

const RECEIVED = `received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;
/** Noted beside an event; earlier versions noted it some time after the event's own moment. */
const NOTED = `received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC') + INTERVAL 1 DAY`;
const AT = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')";
const NAMED = `(empty({names:Array(String)}) OR name IN {names:Array(String)})
  AND (empty({sources:Array(String)}) OR source IN {sources:Array(String)})`;

/** What quality reads and writes in the warehouse. */
export function qualityWarehouse(warehouse: Warehouse) {
  const window = (filter: ArrivalFilter) => ({
    from: filter.from,
    to: filter.to,
    names: one(filter.name),
    sources: one(filter.source),
    ...(filter.after && { at: filter.after.at, afterTime: filter.after.time, after: filter.after.id }),
  });
  return {
    insertViolations: (rows: ViolationRow[], token: string) =>
      warehouse.insert('collect_violation', rows, token),
    insertFates: (rows: FateRow[], token?: string) =>
      warehouse.insert('collect_quarantine_fate', rows, token),

    held: (
      workspace: string,
      selection: HeldSelection,
      page: { state: string; limit: number; offset: number },
    ) =>
      warehouse.query<HeldRow>(
        `SELECT ${HELD_COLUMNS} ${HELD} ORDER BY received_at DESC, id LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
        { workspace, ...bound(selection), ...page },
      ),

    /** Open messages in the order of their arrival, those behind a place and received until a moment. */
    heldAfter: (
      workspace: string,
      selection: HeldSelection,
      after: { at: number; id: string },
      until: number,
      limit: number,
    ) =>
      warehouse.query<HeldRow>(
        `SELECT ${HELD_COLUMNS} ${HELD} AND received_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
           AND (toUnixTimestamp64Milli(received_at), q.id) > ({at:Int64}, {after:String})
         ORDER BY received_at, q.id LIMIT {limit:UInt32}`,
        { workspace, ...bound(selection), state: 'open', at: after.at, after: after.id, until, limit },
      ),

    countHeld: async (workspace: string, selection: HeldSelection, state = 'open') =>
      (
        await warehouse.one<{ n: number }>(`SELECT count() AS n ${HELD}`, {
          workspace,
          ...bound(selection),
          state,
        })
      ).n,

    groups: (workspace: string, state: string) =>
      warehouse.query<{
        reason: string;
        event: string;
        source: string;
        messages: number;
        first: string;
        last: string;
        example: string;
      }>(
        `SELECT reason, event, source, count() AS messages, min(received_at) AS first, max(received_at) AS last,
           argMax(q.id, received_at) AS example ${HELD}
         GROUP BY reason, event, source ORDER BY messages DESC, reason, event, source LIMIT 500`,
        { workspace, ...bound({}), state },
      ),

    /** Decides about all open messages of a selection in one statement. */
    decideAll: (
      workspace: string,
      selection: HeldSelection,
      said: Pick<FateRow, 'state' | 'decision' | 'decided_by' | 'decided_at' | 'version'>,
    ) =>
      warehouse.command(
        `INSERT INTO collect_quarantine_fate (workspace, id, state, decision, decided_by, decided_at, version)
         SELECT {workspace:String}, q.id, {says:String}, {decision:String}, {by:String},
           fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {version:UInt64} ${HELD}`,
        {
          ...{ workspace, ...bound(selection), state: 'open', says: said.state, decision: said.decision },
          ...{ by: said.decided_by, at: said.decided_at, version: said.version },
        },
      ),

    countDecided: async (workspace: string, decision: string) =>
      (
        await warehouse.one<{ n: number }>(
          `SELECT count() AS n FROM collect_quarantine_fate FINAL
           WHERE workspace = {workspace:String} AND decision = {decision:String} AND state = 'dismissed'`,
          { workspace, decision },
        )
      ).n,

    /** Opens again what one decision dismissed. */
    reopen: (workspace: string, decision: string, by: string, at: number, version: number) =>
      warehouse.command(
        `INSERT INTO collect_quarantine_fate (workspace, id, state, decision, decided_by, decided_at, version)
         SELECT workspace, id, 'open', '', {by:String}, fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {version:UInt64}
         FROM collect_quarantine_fate FINAL
         WHERE workspace = {workspace:String} AND decision = {decision:String} AND state = 'dismissed'`,
        { workspace, decision, by, at, version },
      ),

    /** Products and stores of these ids that the catalogue knows by name. */
    knownThings: async (workspace: string, products: string[], stores: string[]) =>
      (
        await warehouse.query<{ key: string }>(
          `SELECT DISTINCT concat('p', product_id) AS key FROM catalog_product
           WHERE workspace = {workspace:String} AND product_id IN {products:Array(String)} AND name != ''
           UNION ALL SELECT DISTINCT concat('s', store_id) FROM catalog_store
           WHERE workspace = {workspace:String} AND store_id IN {stores:Array(String)} AND name != ''`,
          { workspace, products, stores },
        )
      ).map((row) => row.key),

    /** Stored events; those that differ from the plan, those that do not, or (where that is not said) both. */
    arrived: (workspace: string, filter: ArrivalFilter & { warned?: boolean }, limit: number) =>
      warehouse.query<ArrivedRow>(
        `SELECT message_id, toString(message_hash) AS message_hash, name, time, received_at, person_id, anchor, source,
           channel, properties, context, envelope, protocol, original_name, mapping FROM collect_event AS e
         WHERE workspace = {workspace:String} AND ${RECEIVED} AND ${NAMED}
           ${filter.whose ? `AND ${OF_PERSON}` : ''}
           ${filter.reason === 'late' ? 'AND received_at > time + INTERVAL 1 HOUR' : ''}
           ${
             filter.after
               ? `AND (received_at < ${AT} OR time < fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC')
                    OR time = fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC') AND e.message_hash > toUInt64({after:String}))`
               : ''
           }
           ${
             filter.warned === undefined
               ? ''
               : `AND message_id ${filter.warned ? '' : 'NOT'} IN (SELECT message_id FROM collect_violation
                    WHERE workspace = {workspace:String} AND ${NOTED} AND ${NAMED}
                      AND (empty({kinds:Array(String)}) OR hasAny(kinds, {kinds:Array(String)})))`
           }
         ORDER BY received_at DESC, time DESC, e.message_hash LIMIT {limit:UInt32}`,
        {
          ...{ workspace, ...window(filter), ...filter.whose, limit },
          ...(filter.warned === undefined ? {} : { kinds: filter.warned ? one(filter.reason) : [] }),
        },
      ),

    violationsOf: (workspace: string, messageIds: string[]) =>
      warehouse.query<{ message_id: string; kinds: string[]; details: string[] }>(
        `SELECT message_id, kinds, details FROM collect_violation FINAL
         WHERE workspace = {workspace:String} AND message_id IN {messageIds:Array(String)}`,
        { workspace, messageIds },
      ),

    heldBetween: (workspace: string, filter: ArrivalFilter, limit: number) =>
      warehouse.query<{
        id: string;
        event: string;
        received_at: string;
        source: string;
        reason: string;
        detail: string;
      }>(
        `SELECT id, event, received_at, source, reason, detail FROM collect_quarantine FINAL
         WHERE workspace = {workspace:String} AND ${RECEIVED}
           AND (empty({names:Array(String)}) OR event IN {names:Array(String)})
           AND (empty({sources:Array(String)}) OR source IN {sources:Array(String)})
           AND (empty({reasons:Array(String)}) OR reason IN {reasons:Array(String)})
           ${filter.after ? `AND (received_at < ${AT} OR id > {after:String})` : ''}
           AND id NOT IN (SELECT id FROM collect_quarantine_fate FINAL
             WHERE workspace = {workspace:String} AND state = 'replayed')
         ORDER BY received_at DESC, id LIMIT {limit:UInt32}`,
        { workspace, ...window(filter), reasons: one(filter.reason), limit },
      ),
  };
}
export type QualityWarehouse = ReturnType<typeof qualityWarehouse>;
