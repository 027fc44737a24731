import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  type ClickHouseClient,
  type ClickHouseSettings,
  type ClickHouseClientConfigOptions as ClientConfig,
  createClient,
} from '@clickhouse/client';
import { type Asker, askerNow, LONGEST_WAIT_SECONDS, tooSlow } from './asker.ts';
import { openTurns } from './lanes.ts';
import { paramText } from './query-params.ts';

/** Values bound to `{name:Type}` places in a query. */
export type Params = Record<string, unknown>;

/** The analytical store: everything counted in millions. SQL is ClickHouse's; values are always bound, never pasted. */
export interface Warehouse {
  /** Rows of a query, as objects. 64-bit integers come as numbers: keep them below 2^53 or ask for strings. */
  query<T>(sql: string, params?: Params, settings?: ClickHouseSettings): Promise<T[]>;
  /** The one row of a query that has exactly one. */
  one<T>(sql: string, params?: Params): Promise<T>;
  /** Inserts rows; the same `token` again within the last 1,000 inserts of the table changes nothing. */
  insert(table: string, rows: readonly object[], token?: string): Promise<void>;
  /** Runs a statement that answers nothing: INSERT ... SELECT. */
  command(sql: string, params?: Params): Promise<void>;
  /** Deletes the rows of a table that meet a condition, on every shard. */
  deleteRows(table: string, where: string, params: Params): Promise<void>;
  /** Drops one partition of a table, named by an expression of bound values, on every shard. */
  dropPartition(table: string, partition: string, params: Params): Promise<void>;
  /** Puts a partition of `source` in the place of the same one of `table`, in one step on every shard. */
  replacePartition(table: string, source: string, partition: string, params: Params): Promise<void>;
  /** Whether the engine knows an IANA time zone: its tables may be older than the runtime's. */
  hasTimeZone(name: string): Promise<boolean>;
  /** Statements that declare a table on this installation, single or clustered. */
  declare(table: TableDeclaration): string[];
  /** Statements that give a table one more column, which may stand at the end of a longer order. */
  addColumn(table: string, column: string, orderBy?: string): string[];
  /** Statements that make an empty table of another name in the form of one. */
  twin(table: string, name: string): string[];
  /** Statements that take a table away. */
  drop(table: string): string[];
  /** The statement that changes how a table of ours lies on disk, an index or a projection, on every shard. */
  alter(table: string, change: string): string;
  close(): Promise<void>;
}

/**
 * Codes with which ClickHouse says that rows themselves are at fault, not the disk, memory or network: trying them again
 * cannot help. https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const ROW_FAULTS = new Set([
  6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 85, 117, 131, 190, 306, 321, 349, 407, 691,
]);

/** Whether a failure lies in the rows that were to be stored. */
export function isRowFault(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return true;
  return error instanceof Error && ROW_FAULTS.has(Number((error as Error & { code?: string }).code));
}

/** A table said once; on a cluster it becomes a replicated local table and a distributed one of the plain name. */
export interface TableDeclaration {
  name: string;
  columns: string;
  engine: 'MergeTree' | `ReplacingMergeTree(${string})`;
  orderBy: string;
  partitionBy?: string;
  /** Expression that spreads rows over shards. */
  shardBy: string;
  settings?: string;
}

const SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  date_time_output_format: 'iso',
  date_time_input_format: 'best_effort',
  join_use_nulls: 0,
  mutations_sync: '2',
  lightweight_deletes_sync: '2',
  // What a client sends as text stays text: a date in a property is not rewritten.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  // A batch may bring events of many months: what a phone kept, what an old file holds.
  max_partitions_per_insert_block: '0',
};
/** On a cluster an insert is done when every shard has it, and a subquery or join sees the whole of a table. */
const CLUSTER_SETTINGS: ClickHouseSettings = {
  distributed_foreground_insert: 1,
  distributed_product_mode: 'global',
  prefer_global_in_and_join: 1,
};
const LONGEST_STATEMENT_MS = 3_600_000;
/** Values are part of a statement's text where the engine is in the process. */
const LONGEST_STATEMENT_BYTES = 1 << 30;
const DATABASE = 'qianmian';
/**
 * Statements the embedded engine reads with at the same time, beside the one that writes. Each holds one of the process's
 * threads for files as long as it lasts, of which Node has four unless it is told otherwise: one must stay free.
 */
const FEWEST_READERS = 2;
const MOST_READERS = 4;
const KILL_AGAIN_MS = 200;
/** Statements that a connection may need to give up the rows of one that failed: one, in all that were seen. */
const MOST_RINSES = 5;

/** Opens the embedded warehouse in `folder`, or the ClickHouse at `url` when one is given. */
export async function openWarehouse(where: {
  url: string | null;
  cluster: string | null;
  folder: string;
  /** Threads the process has for files and for the embedded engine's statements. */
  threads?: number;
}): Promise<Warehouse> {
  const { url } = where;
  if (url) {
    await createDatabase(url, where.cluster);
    return warehouseOver(overNetwork(served(url, where.cluster)), where.cluster);
  }
  const connect = embedded(where.folder);
  const readers = Math.max(FEWEST_READERS, Math.min(MOST_READERS, (where.threads ?? 4) - 3));
  const lines = {
    writer: connect(),
    killer: connect(),
    readers: Array.from({ length: readers }, connect),
  };
  await lines.writer.client.command({ query: `CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic` });
  // The embedded engine heeds no database named at connection.
  for (const { client } of [lines.writer, lines.killer, ...lines.readers]) {
    await client.command({ query: `USE ${DATABASE}` });
    await client.command({ query: `SET max_query_size = ${LONGEST_STATEMENT_BYTES}` });
  }
  return warehouseOver(inProcess(lines), where.cluster);
}

async function createDatabase(url: string, cluster: string | null): Promise<void> {
  const client = createClient({ url });
  await client.command({
    query: `CREATE DATABASE IF NOT EXISTS ${DATABASE}${cluster ? ` ON CLUSTER ${cluster}` : ''}`,
  });
  await client.close();
}

function served(url: string, cluster: string | null): ClickHouseClient {
  const settings = cluster ? { ...SETTINGS, ...CLUSTER_SETTINGS } : SETTINGS;
  return createClient({
    url,
    database: DATABASE,
    max_open_connections: 10,
    // Long lists of values do not fit into an address.
    use_multipart_params_auto: true,
    // Computing all portraits of a large shop takes minutes; headers sent on the way keep the connection alive.
    request_timeout: LONGEST_STATEMENT_MS,
    clickhouse_settings: {
      ...settings,
      send_progress_in_http_headers: 1,
      http_headers_progress_interval_ms: '20000',
    },
  });
}

/** A connection to the engine in this process. */
interface Line {
  client: ClickHouseClient;
  /** Stores rows as they were written, in the settings that the connection has. */
  put(table: string, rows: Buffer): Promise<unknown>;
}

function embedded(folder: string): () => Line {
  // The native library is loaded only where it is used: a served installation need not have it.
  const { createChdbConnection } = createRequire(import.meta.url)(
    'chdb/connection',
  ) as typeof import('chdb/connection');
  return () => {
    const connection = createChdbConnection({ path: folder });
    return {
      client: createClient({
        // chdb compiles against the separately published common package; the two declare the same interface.
        connection: connection as unknown as NonNullable<ClientConfig['connection']>,
        database: DATABASE,
      }),
      put: (table, values) => connection.chdb.rawInsert({ table, values, format: 'JSONEachRow' }),
    };
  };
}

/** How statements reach an engine. */
interface Road {
  query<T>(sql: string, params: Params, settings: ClickHouseSettings, asker: Asker | null): Promise<T[]>;
  command(sql: string, params: Params, settings: ClickHouseSettings): Promise<void>;
  insert(table: string, rows: readonly object[], settings: ClickHouseSettings): Promise<void>;
  close(): Promise<void>;
}

/** A server elsewhere: it queues statements itself. */
function overNetwork(client: ClickHouseClient): Road {
  return {
    async query<T>(sql: string, params: Params, settings: ClickHouseSettings, asker: Asker | null) {
      const query_id = randomUUID();
      const kill = () =>
        void client
          .command({ query: 'KILL QUERY WHERE query_id = {id:String} ASYNC', query_params: { id: query_id } })
          .catch(() => {});
      asker?.gone.addEventListener('abort', kill, { once: true });
      try {
        const answer = await client.query({
          query: sql,
          query_id,
          format: 'JSONEachRow',
          query_params: params,
          clickhouse_settings: settings,
          ...(asker ? { abort_signal: asker.gone } : {}),
        });
        return (await answer.json<T>()) as T[];
      } finally {
        asker?.gone.removeEventListener('abort', kill);
      }
    },
    async command(sql, params, settings) {
      await client.command({ query: sql, query_params: params, clickhouse_settings: settings });
    },
    async insert(table, values, settings) {
      await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: settings });
    },
    close: () => client.close(),
  };
}

/**
 * The engine in this process. Values are handed over as settings of the connection: chdb's own way of binding lets one
 * bound statement run at a time in the whole process, so that one long question would hold everybody up.
 */
function inProcess(lines: { writer: Line; killer: Line; readers: Line[] }): Road {
  const inTurn = openTurns(lines.readers.length);
  const writing = openTurns(1);
  /**
   * Connections whose last statement failed. What rows it had written by then lie in the connection, and would come
   * before the rows of whatever is asked next.
   */
  const unclean = new Set<ClickHouseClient>();

  /**
   * Ends a statement that is under way, by the mark it carries; again until it has: it may not have begun. What it gives
   * back stops that, and is done when no kill is on its way that could meet the next statement of the connection.
   */
  function kill(mark: string): () => Promise<void> {
    const statement = `${having({ mark })}KILL QUERY WHERE Settings['log_comment'] = {mark:String} ASYNC`;
    const sent = new Set<Promise<unknown>>();
    const once = () => {
      const told = lines.killer.client
        .command({ query: statement })
        .catch(() => {})
        .finally(() => sent.delete(told));
      sent.add(told);
    };
    once();
    const again = setInterval(once, KILL_AGAIN_MS);
    return async () => {
      clearInterval(again);
      await Promise.all(sent);
    };
  }

  /** Takes out of a connection what a failed statement left, until an answer holds nothing but its own rows. */
  async function empty(client: ClickHouseClient): Promise<void> {
    for (let attempt = 0; attempt < MOST_RINSES; attempt++) {
      const mark = randomUUID();
      const query = `SET log_comment = ''; SELECT '${mark}' AS mark`;
      const answer = await client.query({ query, format: 'JSONEachRow' }).catch(() => null);
      if ((await answer?.text())?.trim() === `{"mark":"${mark}"}`) return;
    }
    throw new Error('A connection to the embedded warehouse still holds rows of a statement that failed.');
  }

  async function read<T>(
    client: ClickHouseClient,
    sql: string,
    params: Params,
    settings: ClickHouseSettings,
    asker: Asker | null,
  ): Promise<T[]> {
    const mark = asker ? randomUUID() : '';
    const query = having(params, { ...settings, log_comment: mark }, sql) + sql;
    if (unclean.has(client)) {
      await empty(client);
      unclean.delete(client);
    }
    let stopKilling = async () => {};
    const end = () => {
      stopKilling = kill(mark);
    };
    asker?.gone.addEventListener('abort', end, { once: true });
    try {
      const answer = await client.query({ query, format: 'JSONEachRow' });
      return (await answer.json<T>()) as T[];
    } catch (error) {
      unclean.add(client);
      throw error;
    } finally {
      asker?.gone.removeEventListener('abort', end);
      await stopKilling();
    }
  }

  return {
    query<T>(sql: string, params: Params, settings: ClickHouseSettings, asker: Asker | null): Promise<T[]> {
      return inTurn(
        (place) => read<T>(lines.readers[place]!.client, sql, params, settings, asker),
        asker ?? {},
      );
    },
    command: (sql, params, settings) =>
      writing(async () => {
        await lines.writer.client.command({ query: having(params, settings, sql) + sql });
      }),
    insert(table, rows, settings) {
      const text = Buffer.from(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
      return writing(async () => {
        // Within a statement rows would be searched for the statement's end: three times the work.
        await lines.writer.client.command({ query: having({}, settings) });
        await lines.writer.put(table, text).catch((error) => {
          throw refusal(error);
        });
      });
    },
    async close() {
      const all = [lines.writer, lines.killer, ...lines.readers];
      await Promise.all(all.map(({ client }) => client.close()));
    },
  };
}

/** What the engine said against rows, in the form of what it says against statements. */
function refusal(error: Error & { clickhouseCode?: number | string }): Error {
  if (error.clickhouseCode === undefined) return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: String(error.clickhouseCode) });
}

/**
 * The statement that gives settings and bound values to those that follow on the same connection: one, since each costs
 * as much as a small question. A place in `sql` without a value is refused.
 */
function having(params: Params, settings: ClickHouseSettings = {}, sql = ''): string {
  // A connection keeps values: what one statement bound must never be what another means.
  for (const [, name] of sql.matchAll(/\{(\w+):\w/g))
    if (params[name!] === undefined)
      throw new TypeError(`A statement names {${name}} and is given no value for it.`);
  const given = [
    ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [`param_${name}`, paramText(value)] as const),
  ];
  if (given.length === 0) return '';
  return `SET ${given.map(([name, value]) => `${name} = ${quoted(value)}`).join(', ')}; `;
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** ClickHouse's codes for what took longer than allowed, or would. */
const TOO_SLOW = new Set(['159', '160']);

function warehouseOver(road: Road, cluster: string | null): Warehouse {
  async function query<T>(sql: string, params: Params = {}, settings: ClickHouseSettings = {}): Promise<T[]> {
    const asker = askerNow();
    asker?.gone.throwIfAborted();
    try {
      // Connections keep settings: what has no limit says so.
      const limit = { max_execution_time: asker ? LONGEST_WAIT_SECONDS : 0 };
      return await road.query<T>(sql, params, { ...SETTINGS, ...limit, ...settings }, asker);
    } catch (error) {
      asker?.gone.throwIfAborted();
      throw asker && TOO_SLOW.has((error as { code?: string }).code ?? '') ? tooSlow() : error;
    }
  }
  const command = (sql: string, params: Params = {}) =>
    road.command(sql, params, { ...SETTINGS, insert_deduplication_token: randomUUID() });
  // Rows are changed where they lie: a distributed table only reads and inserts.
  const here = (table: string) => (cluster ? `${table}_local` : table);
  const onCluster = cluster ? ` ON CLUSTER ${cluster}` : '';
  const everywhere = (table: string) => here(table) + (cluster ? ` ON CLUSTER ${cluster}` : '');
  return {
    query,
    command,
    deleteRows: (table, where, params) => command(`DELETE FROM ${everywhere(table)} WHERE ${where}`, params),
    dropPartition: (table, partition, params) =>
      command(`ALTER TABLE ${everywhere(table)} DROP PARTITION ${partition}`, params),
    replacePartition: (table, source, partition, params) =>
      command(`ALTER TABLE ${everywhere(table)} REPLACE PARTITION ${partition} FROM ${here(source)}`, params),
    async one<T>(sql: string, params: Params = {}): Promise<T> {
      const rows = await query<T>(sql, params);
      if (rows.length !== 1)
        throw new Error(`A query meant to answer one row answered ${rows.length}: ${sql.slice(0, 200)}`);
      return rows[0] as T;
    },
    async insert(table, rows, token) {
      if (rows.length === 0) return;
      // Always a token: the embedded engine keeps settings, and would take rows without one for a repeat.
      const settings = { ...SETTINGS, insert_deduplication_token: token || randomUUID() };
      await road.insert(`${DATABASE}.${table}`, rows, settings);
    },
    hasTimeZone: async (name) =>
      (await query('SELECT 1 FROM system.time_zones WHERE time_zone = {name:String}', { name })).length > 0,
    declare: (table) => declaration(table, cluster),
    addColumn: (table, column, orderBy) =>
      [...new Set([here(table), table])].map(
        (name) =>
          `ALTER TABLE ${DATABASE}.${name}${onCluster} ADD COLUMN IF NOT EXISTS ${column}${orderBy && name === here(table) ? `, MODIFY ORDER BY ${orderBy}` : ''}`,
      ),
    twin: (table, name) => [
      `CREATE TABLE IF NOT EXISTS ${DATABASE}.${here(name)}${onCluster} AS ${DATABASE}.${here(table)}`,
      ...(cluster
        ? [
            `CREATE TABLE IF NOT EXISTS ${DATABASE}.${name}${onCluster} AS ${DATABASE}.${here(name)} ENGINE = Distributed(${cluster}, ${DATABASE}, ${here(name)}, rand())`,
          ]
        : []),
    ],
    drop: (table) =>
      [...new Set([table, here(table)])].map(
        (name) => `DROP TABLE IF EXISTS ${DATABASE}.${name}${onCluster} SYNC`,
      ),
    alter: (table, change) => `ALTER TABLE ${DATABASE}.${everywhere(table)} ${change}`,
    close: road.close,
  };
}

function declaration(table: TableDeclaration, cluster: string | null): string[] {
  const settings = [
    'fsync_after_insert = 1',
    'non_replicated_deduplication_window = 1000',
    table.settings,
  ].filter(Boolean);
  const tail = (engine: string) =>
    `(${table.columns}) ENGINE = ${engine} ${table.partitionBy ? `PARTITION BY ${table.partitionBy} ` : ''}ORDER BY ${table.orderBy} SETTINGS ${settings.join(', ')}`;
  const name = `${DATABASE}.${table.name}`;
  if (!cluster) return [`CREATE TABLE IF NOT EXISTS ${name} ${tail(table.engine)}`];
  const replicated = `Replicated${table.engine}`;
  return [
    `CREATE TABLE IF NOT EXISTS ${name}_local ON CLUSTER ${cluster} ${tail(replicated)}`,
    `CREATE TABLE IF NOT EXISTS ${name} ON CLUSTER ${cluster} AS ${name}_local ENGINE = Distributed(${cluster}, ${DATABASE}, ${table.name}_local, ${table.shardBy})`,
  ];
}

/** A numbered step of the warehouse's form: statements, or a table to declare. */
export interface WarehouseMigration {
  /** `<domain>/<number>_<what>`, e.g. `collect/0001_event`. */
  name: string;
  tables?: TableDeclaration[];
  /** Columns that tables declared before get, once the tables of this step are there. */
  columns?: { table: string; column: string; orderBy?: string }[];
  /** Indexes and projections that tables declared before get. */
  layout?: { table: string; change: string }[];
  statements?: string[];
  /** Tables that are no more: what they held was taken over by an earlier step. */
  drops?: string[];
}

/** Runs the steps that have not run yet, in the order given. */
export async function migrateWarehouse(
  warehouse: Warehouse,
  migrations: readonly WarehouseMigration[],
): Promise<void> {
  const log: TableDeclaration = {
    name: 'platform_migration',
    columns: 'name String, ran_at DateTime DEFAULT now()',
    engine: 'MergeTree',
    orderBy: 'name',
    shardBy: 'cityHash64(name)',
  };
  for (const statement of warehouse.declare(log)) await warehouse.command(statement);
  const ran = new Set(
    (await warehouse.query<{ name: string }>('SELECT name FROM qianmian.platform_migration')).map(
      (r) => r.name,
    ),
  );
  for (const migration of migrations) {
    if (ran.has(migration.name)) continue;
    const statements = [
      ...(migration.tables ?? []).flatMap(warehouse.declare),
      ...(migration.columns ?? []).flatMap(({ table, column, orderBy }) =>
        warehouse.addColumn(table, column, orderBy),
      ),
      ...(migration.layout ?? []).map(({ table, change }) => warehouse.alter(table, change)),
      ...(migration.statements ?? []),
      ...(migration.drops ?? []).flatMap(warehouse.drop),
    ];
    for (const statement of statements) await warehouse.command(statement);
    await warehouse.insert('platform_migration', [{ name: migration.name }]);
  }
}
