import type { CleanSubject } from '@qianmian/contract';
import { PRODUCTS } from '../../catalog/index.ts';
import type { Warehouse, WarehouseMigration } from '../../platform/warehouse.ts';
import type { EventRow } from '../store.ch.ts';

export const cleaningMigrations: WarehouseMigration[] = [
  {
    name: 'collect/0009_cleaning',
    tables: [
      {
        // What was told of a thing that stands otherwise now: of each field what was done, in order, with values as
        // JSON. The first `before` of a field is what was told. No fields: it stands as told. `told` says which telling
        // it is of: the version of a product's word, the time of a trait.
        name: 'collect_cleaning_change',
        columns: `
          workspace LowCardinality(String),
          subject LowCardinality(String),
          key String,
          import_id LowCardinality(String),
          fields Array(LowCardinality(String)),
          steps Array(LowCardinality(String)),
          methods Array(LowCardinality(String)),
          befores Array(String),
          afters Array(String),
          imputed Array(UInt8),
          told UInt64,
          at DateTime64(3, 'UTC'),
          version UInt128`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, subject, key, import_id)',
        shardBy: 'cityHash64(workspace, key)',
        settings: 'index_granularity = 1024',
      },
      {
        // Events on their way from what they said to what they say: put in again after a crash in between.
        name: 'collect_cleaning_event',
        columns: `
          workspace LowCardinality(String),
          message_hash UInt64,
          event String`,
        engine: 'MergeTree',
        partitionBy: 'workspace',
        orderBy: '(workspace, message_hash)',
        shardBy: 'cityHash64(workspace)',
      },
    ],
  },
];

export interface ChangeRow {
  workspace: string;
  subject: CleanSubject;
  key: string;
  import_id: string;
  fields: string[];
  steps: string[];
  methods: string[];
  befores: string[];
  afters: string[];
  imputed: number[];
  told: number;
  at: number;
  /** In digits: it is wider than a double. */
  version: string;
}

/** Of order lines, by key, the fields whose values were put in where none was told. */
export type ImputedLines = (workspace: string, keys: string[]) => Promise<Map<string, string[]>>;

export interface ChangeShown {
  subject: CleanSubject;
  key: string;
  field: string;
  step: string;
  method: string;
  before: string;
  after: string;
  is_imputed: number;
  at: string;
}

/** A product and currency, or category, with one of its values and how many lines have it. */
export interface GroupedValue {
  grp: string;
  currency: string;
  value: number;
  n: number;
}

export interface LineFound {
  order_id: string;
  line_kind: string;
  line_id: string;
  product_id: string;
  person_id: number;
  source: string;
  time: number;
  currency: string;
  value: number;
}

const MEASURES = { unitPriceCents: 'unit_price_cents', quantity: 'quantity', netCents: 'net_cents' } as const;
const IMPOSSIBLE_LINES = {
  price_not_positive: ['unit_price_cents', 'unit_price_cents <= 0'],
  quantity_not_positive: ['quantity', 'quantity <= 0'],
  discount_over_price: [
    'discount_cents',
    'unit_price_cents > 0 AND discount_cents > 0 AND discount_cents > round(quantity * unit_price_cents)',
  ],
  order_in_future: ['0', "time > fromUnixTimestamp64Milli({now:Int64} + 86400000, 'UTC')"],
} as const;
type Measure = keyof typeof MEASURES;
export type ImpossibleLine = keyof typeof IMPOSSIBLE_LINES;

const SALES = `collect_order_line FINAL WHERE workspace = {workspace:String} AND line_kind = 'sale'`;
const FOUND = `order_id, toString(line_kind) AS line_kind, line_id, product_id, person_id, source,
  toUnixTimestamp64Milli(time) AS time, currency`;
/** Keys named in one question: of many more the engine takes not more time, but minutes. */
const KEYS_AT_ONCE = 5000;
const CHANGES = `collect_cleaning_change FINAL WHERE workspace = {workspace:String}`;
/** Sale lines with what they are compared within as `grp`, as FROM sources. */
const GROUPED = {
  product: `(SELECT *, product_id AS grp FROM ${SALES})`,
  category: `(SELECT l.*, p.grp AS grp FROM (SELECT * FROM ${SALES}) AS l INNER JOIN (
    SELECT product_id, category[1] AS grp FROM ${PRODUCTS} WHERE notEmpty(category)) AS p ON l.product_id = p.product_id)`,
};
const EVENT_COLUMNS = `workspace, person_id, anchor, toUnixTimestamp64Milli(time) AS time,
  toUnixTimestamp64Milli(received_at) AS received_at, name, message_id, toString(message_hash) AS message_hash, source,
  import_id, channel, properties, context, envelope, protocol, original_name, mapping`;

/** What cleaning reads and writes in the warehouse. */
export function cleaningWarehouse(warehouse: Warehouse) {
  return {
    insertChanges: (rows: ChangeRow[], token?: string) =>
      warehouse.insert('collect_cleaning_change', rows, token),

    /** What was done to things, by their keys; those that stand as told are left out. */
    changesOf: async (workspace: string, subject: CleanSubject, keys: readonly string[]) => {
      const rows: ChangeRow[] = [];
      for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
        const some = await warehouse.query<ChangeRow>(
          `SELECT * REPLACE (toUnixTimestamp64Milli(at) AS at, toString(version) AS version)
           FROM collect_cleaning_change FINAL PREWHERE workspace = {workspace:String} AND subject = {subject:String}
             AND key IN {keys:Array(String)} WHERE notEmpty(fields)`,
          { workspace, subject, keys: keys.slice(at, at + KEYS_AT_ONCE) },
        );
        for (const row of some) rows.push(row);
      }
      return rows;
    },

    /** Of order lines the fields whose values were put in, by the line's key. */
    imputedLines: (async (workspace, keys) => {
      const rows = await warehouse.query<{ key: string; put: string[] }>(
        `SELECT key, arrayDistinct(arrayFlatten(groupArray(arrayFilter((f, i) -> i = 1, fields, imputed)))) AS put
         FROM collect_cleaning_change FINAL PREWHERE workspace = {workspace:String} AND subject = 'line'
           AND key IN {keys:Array(String)} WHERE has(imputed, 1) GROUP BY key`,
        { workspace, keys },
      );
      return new Map(rows.map((row) => [row.key, row.put]));
    }) satisfies ImputedLines,

    /** Things of which something is other than told, by kind. */
    changedSubjects: (workspace: string) =>
      warehouse.query<{ subject: CleanSubject; n: number }>(
        `SELECT subject, count() AS n FROM ${CHANGES} AND notEmpty(fields) GROUP BY subject`,
        { workspace },
      ),

    /** Keys of things that one step or decision touched. */
    touchedBy: async (workspace: string, subject: CleanSubject, step: string) =>
      (
        await warehouse.query<{ key: string }>(
          `SELECT DISTINCT key FROM ${CHANGES} AND subject = {subject:String} AND has(steps, {step:String})`,
          { workspace, subject, step },
        )
      ).map((row) => row.key),

    countsByStep: (workspace: string) =>
      warehouse.query<{ step: string; n: number }>(
        `SELECT arrayJoin(steps) AS step, count() AS n FROM ${CHANGES} GROUP BY step`,
        { workspace },
      ),

    changes: (
      workspace: string,
      filter: { step: string; subject: string; key: string; imputed: string; limit: number; offset: number },
    ) =>
      warehouse.query<ChangeShown>(
        `SELECT subject, key, c.1 AS field, c.2 AS step, c.3 AS method, c.4 AS before, c.5 AS after, c.6 AS is_imputed, at
         FROM (SELECT subject, key, at, arrayJoin(arrayZip(fields, steps, methods, befores, afters, imputed)) AS c
           FROM ${CHANGES} AND (empty({subject:String}) OR subject = {subject:String})
             AND (empty({key:String}) OR key = {key:String} OR startsWith(key, concat({key:String}, '\\n'))))
         WHERE (empty({step:String}) OR c.2 = {step:String}) AND (empty({imputed:String}) OR c.6 = ({imputed:String} = 'true'))
         ORDER BY at DESC, subject, key, field LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
        { workspace, ...filter },
      ),

    deleteImport: (workspace: string, importId: string) =>
      warehouse.deleteRows(
        'collect_cleaning_change',
        'workspace = {workspace:String} AND import_id = {importId:String}',
        { workspace, importId },
      ),

    /** Orders after one in the order of their ids. */
    ordersAfter: async (workspace: string, after: string, limit: number) =>
      (
        await warehouse.query<{ order_id: string }>(
          `SELECT DISTINCT order_id FROM collect_order_line
           WHERE workspace = {workspace:String} AND order_id > {after:String} ORDER BY order_id LIMIT {limit:UInt32}`,
          { workspace, after, limit },
        )
      ).map((row) => row.order_id),

    countOrders: async (workspace: string) =>
      (
        await warehouse.one<{ n: number }>(
          'SELECT uniq(order_id) AS n FROM collect_order_line WHERE workspace = {workspace:String}',
          { workspace },
        )
      ).n,

    /** Some orders from all over the table: always the same ones while nothing new is told. */
    someOrders: async (workspace: string, limit: number) =>
      (
        await warehouse.query<{ order_id: string }>(
          `SELECT order_id FROM collect_order_line WHERE workspace = {workspace:String}
           GROUP BY order_id ORDER BY cityHash64(order_id) LIMIT {limit:UInt32}`,
          { workspace, limit },
        )
      ).map((row) => row.order_id),

    ordersOfProducts: async (workspace: string, products: string[]) =>
      (
        await warehouse.query<{ order_id: string }>(
          `SELECT DISTINCT order_id FROM collect_order_line
           WHERE workspace = {workspace:String} AND product_id IN {products:Array(String)}`,
          { workspace, products },
        )
      ).map((row) => row.order_id),

    countEvents: async (workspace: string) =>
      (
        await warehouse.one<{ n: number }>(
          'SELECT count() AS n FROM collect_event WHERE workspace = {workspace:String}',
          { workspace },
        )
      ).n,

    /** One part of so many of the events that steps may act on: of these names (of all where none is said), or touched. */
    eventsOfPart: (
      workspace: string,
      names: string[] | null,
      parts: number,
      part: number,
      limit = 1_000_000,
    ) =>
      warehouse.query<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM (SELECT * FROM collect_event WHERE workspace = {workspace:String}
           AND message_hash % {parts:UInt32} = {part:UInt32}
           AND ({all:UInt8} OR name IN {names:Array(String)} OR message_id IN (
             SELECT key FROM ${CHANGES} AND subject = 'event' AND notEmpty(fields)))
         LIMIT {limit:UInt32})`,
        { workspace, names: names ?? [], all: names ? 0 : 1, parts, part, limit },
      ),

    stageEvents: (workspace: string, rows: EventRow[]) =>
      warehouse.insert(
        'collect_cleaning_event',
        rows.map((row) => ({ workspace, message_hash: row.message_hash, event: JSON.stringify(row) })),
      ),

    stagedEvents: async (workspace: string) =>
      (
        await warehouse.query<{ event: string }>(
          'SELECT any(event) AS event FROM collect_cleaning_event WHERE workspace = {workspace:String} GROUP BY message_hash',
          { workspace },
        )
      ).map((row) => JSON.parse(row.event) as EventRow),

    clearStage: (workspace: string) =>
      warehouse.dropPartition('collect_cleaning_event', '{workspace:String}', { workspace }),

    /** Puts events in the place of what is stored under their ids. */
    async replaceEvents(workspace: string, rows: EventRow[]): Promise<void> {
      await warehouse.deleteRows(
        'collect_event',
        `workspace = {workspace:String} AND message_hash IN (SELECT toUInt64(arrayJoin({hashes:Array(String)})))`,
        { workspace, hashes: rows.map((row) => row.message_hash) },
      );
      await warehouse.insert('collect_event', rows);
    },

    /** Values of sale lines by what they are compared within. */
    groupedValues: (workspace: string, measure: Measure, by: 'product' | 'category') =>
      warehouse.query<GroupedValue>(
        `SELECT grp, currency, toFloat64(${MEASURES[measure]}) AS value, count() AS n FROM ${GROUPED[by]}
         WHERE value > 0 GROUP BY grp, currency, value`,
        { workspace },
      ),

    /** Sale lines that have one of the values given, within what they are compared. */
    linesWithValues: (
      workspace: string,
      measure: Measure,
      by: 'product' | 'category',
      found: { grps: string[]; currencies: string[]; values: number[] },
      limit: number,
    ) =>
      warehouse.query<LineFound & { grp: string }>(
        `SELECT ${FOUND}, toFloat64(${MEASURES[measure]}) AS value, grp FROM (
           SELECT * FROM ${GROUPED[by]} WHERE (grp, currency, toFloat64(${MEASURES[measure]})) IN (
             SELECT arrayJoin(arrayZip({grps:Array(String)}, {currencies:Array(String)}, {values:Array(Float64)})))
           LIMIT {limit:UInt32})`,
        { workspace, ...found, limit },
      ),

    impossibleLines: async (workspace: string, rule: ImpossibleLine, now: number, limit: number) => {
      const [value, where] = IMPOSSIBLE_LINES[rule];
      const params = { workspace, now };
      const [rows, { n }] = await Promise.all([
        warehouse.query<LineFound>(
          `SELECT ${FOUND}, toFloat64(${value}) AS value FROM (SELECT * FROM ${SALES} AND ${where}
             ORDER BY abs(net_cents) DESC, abs(quantity) DESC, order_id, line_id LIMIT {limit:UInt32})`,
          { ...params, limit },
        ),
        warehouse.one<{ n: number }>(`SELECT count() AS n FROM ${SALES} AND ${where}`, params),
      ]);
      return { rows, total: n };
    },

    /** Orders told again under another id: the same person, store and total within so many minutes. */
    repeatedOrders: (workspace: string, minutes: number, limit: number) =>
      warehouse.query<{
        order_id: string;
        other: string;
        person_id: number;
        source: string;
        time: number;
        gap: number;
        total: number;
        currency: string;
      }>(
        `SELECT order_id, other, person_id, source, time, (time - earlier) / 1000 AS gap, total, currency FROM (
           SELECT *, lagInFrame(order_id) OVER w AS other, lagInFrame(time) OVER w AS earlier FROM (
             SELECT order_id, any(person_id) AS person_id, any(store_id) AS store_id, any(source) AS source,
               toUnixTimestamp64Milli(min(l.time)) AS time, sum(net_cents) AS total, any(currency) AS currency
             FROM (SELECT * FROM ${SALES} AND person_id > 0) AS l GROUP BY order_id HAVING total > 0)
           WINDOW w AS (PARTITION BY person_id, store_id, total, currency ORDER BY time, order_id
             ROWS BETWEEN 1 PRECEDING AND CURRENT ROW))
         WHERE other != '' AND time - earlier <= {minutes:UInt32} * 60000
         ORDER BY total DESC, order_id LIMIT {limit:UInt32}`,
        { workspace, minutes, limit },
      ),

    /** What each source sold a day, of so many days up to its last; what lies in the future is no day yet. */
    dailySales: (workspace: string, timeZone: string, days: number, now: number) =>
      warehouse.query<{ source: string; day: string; orders: number; sales: number }>(
        `WITH sold AS (SELECT source, toDate(time, {timeZone:String}) AS on, order_id, net_cents
           FROM ${SALES} AND time <= fromUnixTimestamp64Milli({now:Int64}, 'UTC'))
         SELECT source, toString(on) AS day, uniqExact(order_id) AS orders, sum(net_cents) AS sales
         FROM sold INNER JOIN (SELECT source, max(on) AS last FROM sold GROUP BY source) AS ends USING (source)
         WHERE on > last - {days:UInt32} GROUP BY source, day ORDER BY source, day`,
        { workspace, timeZone, days, now },
      ),

    /** Values of a text column of sale lines, most frequent first. */
    lineValues: (
      workspace: string,
      column: 'channel' | 'store_id' | 'currency' | 'coupon_code',
      limit: number,
    ) =>
      warehouse.query<{ value: string; n: number }>(
        `SELECT ${column} AS value, count() AS n FROM ${SALES} GROUP BY value ORDER BY n DESC, value LIMIT {limit:UInt32}`,
        { workspace, limit },
      ),

    /** How many lines each product was sold in. */
    soldLines: (workspace: string) =>
      warehouse.query<{ product_id: string; n: number }>(
        `SELECT product_id, count() AS n FROM ${SALES} GROUP BY product_id`,
        { workspace },
      ),

    /** What the catalogue calls products: their newest names and categories. */
    productNames: (workspace: string) =>
      warehouse.query<{ product_id: string; name: string; category: string[]; brand: string }>(
        `SELECT product_id, name, category, brand FROM ${PRODUCTS} ORDER BY product_id LIMIT 200000`,
        { workspace },
      ),
  };
}
export type CleaningWarehouse = ReturnType<typeof cleaningWarehouse>;
