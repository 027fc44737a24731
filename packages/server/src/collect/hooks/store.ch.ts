import type { DELIVERY_OUTCOMES } from '@qianmian/contract';
import type { Warehouse, WarehouseMigration } from '../../platform/warehouse.ts';

/** Calls of webhooks as they came: kept a while, to be looked at and read again. */
export const deliveryMigration: WarehouseMigration = {
  name: 'collect/0005_delivery',
  tables: [
    {
      name: 'collect_delivery',
      columns: `
        workspace LowCardinality(String),
        source LowCardinality(String),
        received_at DateTime64(3, 'UTC'),
        id String,
        version UInt64,
        topic String,
        bytes UInt32,
        outcome LowCardinality(String),
        messages UInt32,
        reason LowCardinality(String),
        detail String,
        mapping_version UInt32,
        headers String CODEC(ZSTD(3)),
        query String CODEC(ZSTD(3)),
        body String CODEC(ZSTD(3))`,
      engine: 'ReplacingMergeTree(version)',
      orderBy: '(workspace, source, received_at, id)',
      shardBy: 'cityHash64(workspace, source)',
    },
  ],
};

export type Outcome = (typeof DELIVERY_OUTCOMES)[number];

export interface DeliveryRow {
  workspace: string;
  source: string;
  received_at: number;
  id: string;
  /** Rises each time it is read. */
  version: number;
  topic: string;
  bytes: number;
  outcome: Outcome;
  messages: number;
  reason: string;
  detail: string;
  mapping_version: number;
  headers: string;
  query: string;
  body: string;
}

type Listed = Omit<
  DeliveryRow,
  'workspace' | 'source' | 'version' | 'received_at' | 'headers' | 'query' | 'body'
> & {
  received_at: string;
};

const OF_SOURCE = `workspace = {workspace:String} AND source = {source:String}
  AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`;
const LISTED = 'id, received_at, topic, bytes, outcome, messages, reason, detail, mapping_version';
const MOMENT = 'toUnixTimestamp64Milli(received_at)';

/** What hooks read and write in the warehouse. */
export function hookWarehouse(warehouse: Warehouse) {
  return {
    insertDeliveries: (rows: DeliveryRow[], token: string) =>
      warehouse.insert('collect_delivery', rows, token),

    deliveries: (
      workspace: string,
      source: string,
      filter: { since: number; outcome: string; limit: number; offset: number },
    ) =>
      warehouse.query<Listed>(
        `SELECT ${LISTED} FROM collect_delivery FINAL
         WHERE ${OF_SOURCE} AND (empty({outcome:String}) OR outcome = {outcome:String})
         ORDER BY received_at DESC, id LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
        { workspace, source, ...filter },
      ),

    delivery: async (workspace: string, source: string, id: string, since: number) =>
      (
        await warehouse.query<Listed & { at: number; headers: string; query: string; body: string }>(
          `SELECT ${LISTED}, ${MOMENT} AS at, headers, query, body FROM collect_delivery FINAL
           WHERE ${OF_SOURCE} AND id = {id:String}`,
          { workspace, source, id, since },
        )
      )[0] ?? null,

    /** Calls that have an outcome of some kinds, oldest first, from behind one that is known. */
    unread: (
      workspace: string,
      source: string,
      filter: { since: number; outcomes: Outcome[]; afterTime: number; afterId: string; limit: number },
    ) =>
      warehouse.query<{ id: string; at: number; headers: string; query: string; body: string }>(
        `SELECT id, ${MOMENT} AS at, headers, query, body FROM collect_delivery FINAL
         WHERE ${OF_SOURCE} AND outcome IN {outcomes:Array(String)}
           AND (${MOMENT}, id) > ({afterTime:Int64}, {afterId:String})
         ORDER BY received_at, id LIMIT {limit:UInt32}`,
        { workspace, source, ...filter },
      ),

    countUnread: async (workspace: string, source: string, since: number, outcomes: Outcome[]) =>
      (
        await warehouse.one<{ n: number }>(
          `SELECT count() AS n FROM collect_delivery FINAL WHERE ${OF_SOURCE} AND outcome IN {outcomes:Array(String)}`,
          { workspace, source, since, outcomes },
        )
      ).n,

    /** Takes back what was set aside of calls that are read again. */
    takeBackQuarantine: (workspace: string, deliveryIds: string[]) =>
      warehouse.deleteRows(
        'collect_quarantine',
        "workspace = {workspace:String} AND splitByChar(':', id)[1] IN {deliveryIds:Array(String)}",
        { workspace, deliveryIds },
      ),

    /** What each source brought since a moment, and what of it was set aside. */
    countsSince: async (workspace: string, since: number) => {
      const recent = `workspace = {workspace:String} AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`;
      const [accepted, quarantined] = await Promise.all(
        ['collect_event', 'collect_quarantine FINAL'].map((table) =>
          warehouse.query<{ source: string; n: number }>(
            `SELECT source, count() AS n FROM ${table} WHERE ${recent} GROUP BY source`,
            { workspace, since },
          ),
        ),
      );
      const byId = (rows: { source: string; n: number }[]) => new Map(rows.map((r) => [r.source, r.n]));
      return { accepted: byId(accepted!), quarantined: byId(quarantined!) };
    },

    /** Deletes calls that came before a moment, and of each source the oldest beyond so many bytes. */
    tidyDeliveries: async (before: number, mostBytes: number) => {
      const moment = "fromUnixTimestamp64Milli({until:Int64}, 'UTC')";
      await warehouse.deleteRows('collect_delivery', `received_at < ${moment}`, { until: before });
      const over = await warehouse.query<{ workspace: string; source: string; until: number }>(
        `SELECT workspace, source, max(at) AS until FROM (
           SELECT workspace, source, ${MOMENT} AS at, sum(bytes) OVER (
             PARTITION BY workspace, source ORDER BY received_at DESC, id ROWS UNBOUNDED PRECEDING) AS total
           FROM collect_delivery) WHERE total > {mostBytes:UInt64} GROUP BY workspace, source`,
        { mostBytes },
      );
      for (const { workspace, source, until } of over)
        await warehouse.deleteRows(
          'collect_delivery',
          `workspace = {workspace:String} AND source = {source:String} AND received_at <= ${moment}`,
          { workspace, source, until },
        );
    },
  };
}
export type HookWarehouse = ReturnType<typeof hookWarehouse>;
