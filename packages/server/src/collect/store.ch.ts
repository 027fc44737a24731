import type { ImportAdded } from '@qianmian/contract';
import { DAY, HOUR } from '../platform/clock.ts';
import type { Warehouse, WarehouseMigration } from '../platform/warehouse.ts';
import { cleaningMigrations } from './cleaning/store.ch.ts';
import { MOST_RETURNS } from './count-returns.ts';
import { deliveryMigration } from './hooks/store.ch.ts';
import { OF_PERSON, type Whose } from './owners.ts';
import { qualityMigrations } from './quality/store.ch.ts';

/** When, where and for how much a line was sold or came back. */
const DEALT_COLUMNS = `
  time DateTime64(3, 'UTC'),
  channel LowCardinality(String),
  store_id LowCardinality(String),
  product_id String,
  quantity Float64,
  unit_price_cents Int64,
  discount_cents Int64,
  net_cents Int64,
  currency LowCardinality(String),
  coupon_code String,
  source LowCardinality(String)`;

/** An order line as it is kept, but for what says whether it stands. */
const LINE_COLUMNS = `
  workspace LowCardinality(String),
  order_id String,
  line_kind Enum8('sale' = 1, 'return' = 2),
  line_id String,
  person_id UInt32,
  ${DEALT_COLUMNS},
  import_id LowCardinality(String),
  version UInt64,
  is_deleted UInt8,
  is_counted UInt8`;

export const collectMigrations: WarehouseMigration[] = [
  {
    name: 'collect/0001_facts',
    tables: [
      {
        name: 'collect_event',
        columns: `
          workspace LowCardinality(String),
          person_id UInt32,
          time DateTime64(3, 'UTC'),
          received_at DateTime64(3, 'UTC'),
          name LowCardinality(String),
          message_id String,
          message_hash UInt64,
          source LowCardinality(String),
          import_id LowCardinality(String),
          channel LowCardinality(String),
          properties JSON(max_dynamic_paths = 256)`,
        engine: 'MergeTree',
        partitionBy: 'toYYYYMM(time)',
        orderBy: '(workspace, person_id, time)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
      {
        // A line that its order no longer names is a row that is deleted; is_counted marks what of a claim in
        // collect_return counts, which is worked out anew whenever more is told of the order. Orders are looked up by
        // their ids, which lie all over the table: small granules make that three times as fast.
        name: 'collect_order_line',
        columns: LINE_COLUMNS,
        engine: 'ReplacingMergeTree(version, is_deleted)',
        orderBy: '(workspace, order_id, line_kind, line_id)',
        shardBy: 'cityHash64(workspace, order_id)',
        settings: 'index_granularity = 1024',
      },
      {
        // What others said of a line before an import said otherwise, deleted rows too, the last word of each: undoing
        // the import puts the newest back.
        name: 'collect_order_line_replaced',
        columns: LINE_COLUMNS,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, order_id, line_kind, line_id, import_id)',
        shardBy: 'cityHash64(workspace, order_id)',
      },
      {
        // Returns as they were told; what of them counts stands in collect_order_line.
        name: 'collect_return',
        columns: `
          workspace LowCardinality(String),
          order_id String,
          return_id String,
          line_id String,
          is_rest UInt8,
          person_id UInt32,
          ${DEALT_COLUMNS},
          version UInt64,
          is_deleted UInt8`,
        engine: 'ReplacingMergeTree(version, is_deleted)',
        orderBy: '(workspace, order_id, return_id, line_id)',
        shardBy: 'cityHash64(workspace, order_id)',
      },
      {
        name: 'collect_quarantine',
        columns: `
          workspace LowCardinality(String),
          id String,
          received_at DateTime64(3, 'UTC'),
          source LowCardinality(String),
          reason LowCardinality(String),
          detail String,
          payload String`,
        engine: 'ReplacingMergeTree(received_at)',
        orderBy: '(workspace, received_at, id)',
        shardBy: 'cityHash64(workspace, id)',
      },
      {
        name: 'collect_import_note',
        columns: `
          workspace LowCardinality(String),
          import_id LowCardinality(String),
          kind Enum8('rejected' = 1, 'corrected' = 2),
          file LowCardinality(String),
          row UInt64,
          code LowCardinality(String),
          field LowCardinality(String),
          message String,
          raw String,
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, import_id, kind, file, row, code, field)',
        shardBy: 'cityHash64(workspace, import_id)',
      },
    ],
  },
  {
    // What conditions ask for stands in the properties. The rest is kept as JSON text: in a JSON column the context alone
    // would cost three times the CPU of all else in an insert.
    name: 'collect/0002_event_context',
    columns: [
      'context String CODEC(ZSTD(1))',
      'envelope String CODEC(ZSTD(1))',
      'protocol LowCardinality(String)',
      'original_name LowCardinality(String)',
      'mapping UInt16',
    ].map((column) => ({ table: 'collect_event', column })),
  },
  {
    // Number of the identifier by which a fact belongs to someone: when people are parted again, facts follow it.
    name: 'collect/0003_anchor',
    columns: ['collect_event', 'collect_order_line', 'collect_order_line_replaced', 'collect_return'].map(
      (table) => ({ table, column: 'anchor UInt32 DEFAULT 0' }),
    ),
  },
  {
    // What pages ask again and again while facts stream in: the newest events, how many each source sent, and which
    // order lines are new. What is stored already is worked through beside everything else.
    name: 'collect/0004_newest',
    layout: [
      ['collect_event', "MODIFY SETTING lightweight_mutation_projection_mode = 'rebuild'"],
      ['collect_event', 'ADD INDEX IF NOT EXISTS received received_at TYPE minmax GRANULARITY 1'],
      [
        'collect_event',
        `ADD PROJECTION IF NOT EXISTS by_source
           (SELECT workspace, source, count(), max(received_at) GROUP BY workspace, source)`,
      ],
      ['collect_order_line', 'ADD INDEX IF NOT EXISTS stored version TYPE minmax GRANULARITY 1'],
      ['collect_event', 'MATERIALIZE INDEX received SETTINGS mutations_sync = 0'],
      ['collect_event', 'MATERIALIZE PROJECTION by_source SETTINGS mutations_sync = 0'],
      ['collect_order_line', 'MATERIALIZE INDEX stored SETTINGS mutations_sync = 0'],
    ].map(([table, change]) => ({ table: table!, change: change! })),
  },
  deliveryMigration,
  ...qualityMigrations,
  ...cleaningMigrations,
  {
    // Up to this size a part of the table is one file. Apart, every property would be files of its own, hundreds in each
    // part: with property names that somebody makes up, 10,000 stand open at once, and with this a hundred.
    name: 'collect/0010_compact_parts',
    layout: [{ table: 'collect_event', change: 'MODIFY SETTING min_bytes_for_wide_part = 268435456' }],
  },
  {
    // Told by a client's key: it counts while nobody else told of the order, whoever of them comes first.
    name: 'collect/0011_by_client',
    columns: ['collect_order_line', 'collect_order_line_replaced', 'collect_return'].map((table) => ({
      table,
      column: 'by_client UInt8 DEFAULT 0',
    })),
  },
  {
    // When a line's order was told as it stands, and when it was last told when the order was made, in milliseconds: older
    // news that comes later changes nothing.
    name: 'collect/0012_told_at',
    columns: ['collect_order_line', 'collect_order_line_replaced'].flatMap((table) => [
      { table, column: 'told_at Int64 DEFAULT 0' },
      { table, column: 'dated_at Int64 DEFAULT 0' },
    ]),
  },
  {
    // Of a return that asks back the rest: the order was cancelled, and none of its lines stands.
    name: 'collect/0013_is_cancellation',
    columns: [{ table: 'collect_return', column: 'is_cancellation UInt8 DEFAULT 0' }],
  },
  {
    // By it a message that is sent again is known, also where it is held.
    name: 'collect/0014_hash_of_held',
    columns: [{ table: 'collect_quarantine', column: 'message_hash UInt64 DEFAULT 0' }],
  },
];

export interface EventRow {
  workspace: string;
  person_id: number;
  anchor: number;
  time: number;
  received_at: number;
  name: string;
  message_id: string;
  message_hash: string;
  source: string;
  import_id: string;
  channel: string;
  properties: Record<string, unknown>;
  /** Context of the message, and what it said beside, as JSON text. */
  context: string;
  envelope: string;
  /** Protocol, name and version of the mapping where the event was called otherwise by who sent it. */
  protocol: string;
  original_name: string;
  mapping: number;
}

export interface OrderLineRow {
  workspace: string;
  order_id: string;
  line_kind: 'sale' | 'return';
  line_id: string;
  person_id: number;
  anchor: number;
  time: number;
  channel: string;
  store_id: string;
  product_id: string;
  quantity: number;
  unit_price_cents: number;
  discount_cents: number;
  net_cents: number;
  currency: string;
  coupon_code: string;
  source: string;
  import_id: string;
  version: number;
  is_deleted: number;
  is_counted: number;
  /** It came by a client's key. */
  by_client: number;
  /** When the order was told as it stands, and when it was last told when it was made; 0 where that is not known. */
  told_at: number;
  dated_at: number;
}

export interface ClaimRow
  extends Omit<OrderLineRow, 'line_kind' | 'import_id' | 'is_counted' | 'told_at' | 'dated_at'> {
  return_id: string;
  is_rest: number;
  /** The order was cancelled by who may say so: none of its lines stands. */
  is_cancellation: number;
}

export interface QuarantineRow {
  workspace: string;
  id: string;
  received_at: number;
  source: string;
  reason: string;
  detail: string;
  payload: string;
  /** How it is read, what it calls its event, and what was said around it: for when it is put back on the road. */
  protocol?: string;
  event?: string;
  sent_at?: number | null;
  has_around?: number;
  /** Of the id it was given by who sent it; 0 where that is not known. */
  message_hash?: string;
}

export interface NoteRow {
  workspace: string;
  import_id: string;
  kind: 'rejected' | 'corrected';
  file: string;
  row: number;
  code: string;
  field: string;
  message: string;
  raw: string;
  version: number;
}

/** Orders, sums and events that are known only because of an import. */
export type OnlyFromImport = Pick<
  ImportAdded,
  'orders' | 'changedOrders' | 'events' | 'salesCents' | 'returnsCents'
>;

const NOTES = `FROM collect_import_note FINAL
  WHERE workspace = {workspace:String} AND import_id = {importId:String}
    AND (empty({kind:String}) OR toString(kind) = {kind:String}) AND (empty({code:String}) OR code = {code:String})`;

const LINE_NAMES = [
  ...LINE_COLUMNS.split('\n').flatMap((line) => line.trim().split(' ')[0] || []),
  ...['anchor', 'by_client', 'told_at', 'dated_at'],
];

/** The rows of some orders as they are kept last, deleted ones too, with times in milliseconds. */
const ofOrders = (table: string, key: string) =>
  `SELECT * REPLACE (toUnixTimestamp64Milli(time) AS time) FROM ${table}
   WHERE workspace = {workspace:String} AND order_id IN {orderIds:Array(String)}
   ORDER BY version DESC LIMIT 1 BY ${key}`;

const TABLES_OF_IMPORTS = [
  'collect_event',
  'collect_order_line',
  'collect_order_line_replaced',
  'collect_import_note',
  'collect_cleaning_change',
];

/** What a line says and whether it stands; lines that say the same have the same. */
const WORD = `toString(tuple(person_id, time, channel, store_id, product_id, quantity, unit_price_cents, discount_cents,
  net_cents, currency, coupon_code, is_deleted))`;

/** Orders that an import told something of. */
const ORDERS_OF_IMPORT = `SELECT order_id FROM collect_order_line
  WHERE workspace = {workspace:String} AND import_id = {importId:String}`;

/** Messages read at once: 32 MB of text. */
const MESSAGES_A_READ = 1_300_000;

/** How far back the newest events are looked for at first, in milliseconds; null for all. */
const LOOK_BACK = [HOUR, DAY, 30 * DAY, null];

/** An event as it is shown. */
type EventSeen = Omit<EventRow, 'time' | 'received_at'> & { time: string; received_at: string };

/** What collect reads and writes in the warehouse. */
export function collectWarehouse(warehouse: Warehouse) {
  const newestEvents = (
    workspace: string,
    filter: { name?: string; whose?: Whose; limit: number; offset: number },
    since: number | null,
  ) =>
    warehouse.query<EventSeen>(
      `SELECT message_id, name, time, received_at, person_id, anchor, source, channel, properties, context, envelope,
         protocol, original_name, mapping FROM collect_event
       WHERE workspace = {workspace:String}
         ${since === null ? '' : "AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')"}
         AND (empty({name:String}) OR name = {name:String})
         ${filter.whose ? `AND ${OF_PERSON}` : ''}
       ORDER BY received_at DESC, time DESC, message_id LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
      {
        workspace,
        name: filter.name ?? '',
        ...filter.whose,
        limit: filter.limit,
        offset: filter.offset,
        ...(since === null ? {} : { since }),
      },
    );

  return {
    insertEvents: (rows: EventRow[], token: string) => warehouse.insert('collect_event', rows, token),
    insertOrderLines: (rows: OrderLineRow[], token?: string) =>
      warehouse.insert('collect_order_line', rows, token),
    insertQuarantine: (rows: QuarantineRow[], token: string) =>
      warehouse.insert('collect_quarantine', rows, token),

    /** Rows under which messages of these hashes are held that came since a moment. */
    heldUnder: (workspace: string, hashes: string[], since: number) =>
      warehouse.query<{ hash: string; id: string; at: number }>(
        `SELECT toString(message_hash) AS hash, id, toUnixTimestamp64Milli(received_at) AS at FROM collect_quarantine
         WHERE workspace = {workspace:String} AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
           AND message_hash IN (SELECT toUInt64(arrayJoin({hashes:Array(String)})))`,
        { workspace, hashes, since },
      ),

    insertNotes: (rows: NoteRow[], token: string) => warehouse.insert('collect_import_note', rows, token),

    notes: (
      workspace: string,
      importId: string,
      filter: { kind: string; code: string; limit: number; offset: number },
    ) =>
      warehouse.query<Omit<NoteRow, 'workspace' | 'import_id' | 'version'>>(
        `SELECT kind, file, row, code, field, message, raw ${NOTES}
         ORDER BY kind, file, row, code, field LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
        { workspace, importId, ...filter },
      ),

    countNotes: async (workspace: string, importId: string, filter: { kind: string; code: string }) =>
      (
        await warehouse.one<{ n: number }>(`SELECT count() AS n ${NOTES}`, {
          workspace,
          importId,
          ...filter,
        })
      ).n,

    /** Rows of imports by reason, and (under no code) how many rows were touched in all. */
    noteCounts: (workspace: string, importIds: string[]) =>
      warehouse.query<{ import_id: string; kind: 'rejected' | 'corrected'; code: string; rows: number }>(
        `SELECT import_id, kind, code, uniqExact(file, row) AS rows FROM collect_import_note FINAL
         WHERE workspace = {workspace:String} AND import_id IN {importIds:Array(String)}
         GROUP BY GROUPING SETS ((import_id, kind, code), (import_id, kind)) ORDER BY kind, code`,
        { workspace, importIds },
      ),

    /**
     * Messages received since a second, 12 bytes each, little-endian: the hash and the second it was received. They come
     * in parts, as one answer is one text and a text has a longest length.
     */
    async *recentMessages(since: number): AsyncGenerator<{ workspace: string; messages: Buffer }> {
      const recent = 'toUInt32(toUnixTimestamp64Second(received_at)) >= {since:UInt32}';
      const { parts } = await warehouse.one<{ parts: number }>(
        `SELECT toUInt32(ceil(count() / ${MESSAGES_A_READ})) AS parts FROM collect_event WHERE ${recent}`,
        { since },
      );
      for (let part = 0; part < parts; part++) {
        const rows = await warehouse.query<{ workspace: string; hex: string }>(
          `SELECT workspace, arrayStringConcat(groupArray(concat(hex(reinterpretAsFixedString(message_hash)),
             hex(reinterpretAsFixedString(toUInt32(toUnixTimestamp64Second(received_at))))))) AS hex
           FROM collect_event WHERE ${recent} AND message_hash % {parts:UInt32} = {part:UInt32} GROUP BY workspace`,
          { since, parts, part },
        );
        for (const row of rows) yield { workspace: row.workspace, messages: Buffer.from(row.hex, 'hex') };
      }
    },

    /**
     * The newest events. Whoever watches them come in asks again and again: first those of the last hour are looked
     * at, then of the last day and month, and all only where those do not fill the page.
     */
    async events(
      workspace: string,
      filter: { name?: string; whose?: Whose; limit: number; offset: number; now: number },
    ): Promise<EventSeen[]> {
      for (const span of filter.whose ? [null] : LOOK_BACK) {
        const rows = await newestEvents(workspace, filter, span === null ? null : filter.now - span);
        if (span === null || rows.length === filter.limit) return rows;
      }
      return [];
    },

    countsBySource: (workspace: string) =>
      warehouse.query<{ source: string; events: number; last: string }>(
        `SELECT source, count() AS events, max(received_at) AS last FROM collect_event
         WHERE workspace = {workspace:String} GROUP BY source`,
        { workspace },
      ),

    insertReplaced: (rows: OrderLineRow[]) => warehouse.insert('collect_order_line_replaced', rows),

    /** Keeps of lines as they stand that an import says the same, without handing them over again. */
    insertAgreed: async (
      by: { workspace: string; importId: string; source: string; version: number },
      rows: OrderLineRow[],
    ) => {
      if (rows.length === 0) return;
      const says = '{importId:String} AS import_id, {source:String} AS source, {version:UInt64} AS version';
      await warehouse.command(
        `INSERT INTO collect_order_line_replaced (${LINE_NAMES.join(', ')})
         SELECT * REPLACE (${says}) FROM (SELECT * FROM collect_order_line
           WHERE workspace = {workspace:String} AND order_id IN {orderIds:Array(String)}
           ORDER BY version DESC LIMIT 1 BY order_id, line_kind, line_id)
         WHERE (order_id, toString(line_kind), line_id) IN (
           SELECT arrayJoin(arrayZip({orderIds:Array(String)}, {kinds:Array(String)}, {lineIds:Array(String)})))`,
        {
          ...{ workspace: by.workspace, importId: by.importId, source: by.source, version: by.version },
          orderIds: rows.map((row) => row.order_id),
          kinds: rows.map((row) => row.line_kind),
          lineIds: rows.map((row) => row.line_id),
        },
      );
    },

    /** Whether any order or return was ever told that is still kept. */
    holdsAmounts: async (workspace: string) =>
      (
        await warehouse.query(
          `SELECT 1 FROM collect_order_line WHERE workspace = {workspace:String} LIMIT 1
           UNION ALL SELECT 1 FROM collect_order_line_replaced WHERE workspace = {workspace:String} LIMIT 1
           UNION ALL SELECT 1 FROM collect_return WHERE workspace = {workspace:String} LIMIT 1`,
          { workspace },
        )
      ).length > 0,

    insertClaims: (rows: ClaimRow[]) => warehouse.insert('collect_return', rows),

    /** Lines of these orders as they are stored, those that are gone among them. */
    linesOf: (workspace: string, orderIds: string[]) =>
      warehouse.query<OrderLineRow>(ofOrders('collect_order_line', 'order_id, line_kind, line_id'), {
        workspace,
        orderIds,
      }),

    /** What was said of lines of these orders before imports said otherwise. */
    replacedOf: (workspace: string, orderIds: string[]) =>
      warehouse.query<OrderLineRow>(
        ofOrders('collect_order_line_replaced', 'order_id, line_kind, line_id, import_id'),
        { workspace, orderIds },
      ),

    /**
     * Returns of these orders as they were told, those told first where there are more than count: some were stored
     * before there was a bound.
     */
    claimsOf: (workspace: string, orderIds: string[]) =>
      warehouse.query<ClaimRow>(
        `SELECT * FROM (${ofOrders('collect_return', 'order_id, return_id, line_id')}) WHERE is_deleted = 0
         ORDER BY version, return_id, line_id LIMIT {most:UInt32} BY order_id, by_client`,
        { workspace, orderIds, most: MOST_RETURNS.lines },
      ),

    /** Orders that an import told something of and of which a return is told. */
    claimedOrdersOf: async (workspace: string, importId: string) =>
      (
        await warehouse.query<{ order_id: string }>(
          `SELECT DISTINCT order_id FROM collect_return
           WHERE workspace = {workspace:String} AND order_id IN (${ORDERS_OF_IMPORT}) ORDER BY order_id`,
          { workspace, importId },
        )
      ).map((r) => r.order_id),

    /** Puts back what was said before of the lines of which an import has the last word. */
    putBackReplaced: (workspace: string, importId: string, version: number) =>
      warehouse.command(
        `INSERT INTO collect_order_line (${LINE_NAMES.join(', ')})
         SELECT ${LINE_NAMES.map((name) => (name === 'version' ? 'greatest({version:UInt64}, l.last + 1)' : `r.${name}`)).join(', ')}
         FROM (SELECT * FROM collect_order_line_replaced
           WHERE workspace = {workspace:String} AND import_id != {importId:String} AND order_id IN (${ORDERS_OF_IMPORT})
           ORDER BY version DESC LIMIT 1 BY order_id, line_kind, line_id) AS r
         INNER JOIN (SELECT order_id, line_kind, line_id, max(version) AS last FROM collect_order_line
           WHERE workspace = {workspace:String} AND order_id IN (${ORDERS_OF_IMPORT})
           GROUP BY order_id, line_kind, line_id HAVING argMax(import_id, version) = {importId:String}) AS l
         ON r.order_id = l.order_id AND r.line_kind = l.line_kind AND r.line_id = l.line_id`,
        { workspace, importId, version },
      ),

    /** Which of these message hashes are stored already, whenever they came. */
    storedHashes: async (workspace: string, hashes: string[]) =>
      (
        await warehouse.query<{ hash: string }>(
          `SELECT DISTINCT toString(message_hash) AS hash FROM collect_event
           WHERE workspace = {workspace:String} AND message_hash IN (SELECT toUInt64(arrayJoin({hashes:Array(String)})))`,
          { workspace, hashes },
        )
      ).map((r) => r.hash),

    /** What is known only because of an import, and how many orders it has the last word on that others told of too. */
    onlyFromImport: (workspace: string, importId: string) =>
      warehouse.one<OnlyFromImport>(
        `WITH before AS (
           SELECT order_id, line_kind, line_id, argMax(${WORD}, version) AS word, min(is_deleted) AS gone
           FROM collect_order_line_replaced FINAL
           WHERE workspace = {workspace:String} AND import_id != {importId:String} AND order_id IN (${ORDERS_OF_IMPORT})
           GROUP BY order_id, line_kind, line_id),
         others AS (
           SELECT order_id FROM before WHERE gone = 0
           UNION DISTINCT
           SELECT order_id FROM collect_order_line FINAL
           WHERE workspace = {workspace:String} AND import_id != {importId:String} AND is_counted = 0
             AND order_id IN (${ORDERS_OF_IMPORT})),
         own AS (
           SELECT order_id, line_kind, line_id, argMax(${WORD}, version) AS word, argMax(net_cents, version) AS net,
             order_id IN (SELECT order_id FROM others) AS shared
           FROM collect_order_line WHERE workspace = {workspace:String} AND order_id IN (${ORDERS_OF_IMPORT})
           GROUP BY order_id, line_kind, line_id
           HAVING argMax(import_id, version) = {importId:String} AND argMax(is_deleted <= shared, version))
         SELECT uniqExactIf(own.order_id, own.line_kind = 'sale' AND NOT shared) AS orders,
           uniqExactIf(own.order_id, shared AND own.word != before.word) AS changedOrders,
           sumIf(net, own.line_kind = 'sale' AND NOT shared) AS salesCents,
           -sumIf(net, own.line_kind = 'return' AND NOT shared) AS returnsCents,
           (SELECT count() FROM collect_event
            WHERE workspace = {workspace:String} AND import_id = {importId:String}) AS events
         FROM own LEFT JOIN before
           ON own.order_id = before.order_id AND own.line_kind = before.line_kind AND own.line_id = before.line_id`,
        { workspace, importId },
      ),

    /** Takes out what an import said, what it said before others did, and what is noted of its rows. */
    deleteImport: async (workspace: string, importId: string) => {
      for (const table of TABLES_OF_IMPORTS)
        await warehouse.deleteRows(
          table,
          'workspace = {workspace:String} AND import_id = {importId:String}',
          { workspace, importId },
        );
    },
  };
}
export type CollectWarehouse = ReturnType<typeof collectWarehouse>;
