import { mkdtemp, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Outgoing, Reached } from '../../platform/outgoing.ts';
import {
  type DatabaseConnection,
  DIALECTS,
  type KeylessQuery,
  keysThatMayBeEmpty,
  type PageQuery,
  type RemoteTable,
} from './dialect.ts';
import { startEngine, type TextRow } from './engine.ts';
import { meaningOf, noTable } from './errors.ts';

/** Longest that one statement may take there, and until we no longer wait for it. */
const STATEMENT_MS = 60_000;
const PATIENCE_MS = STATEMENT_MS + 15_000;
/** A look and a test have somebody waiting. */
const LOOK_MS = 20_000;
const ENGINE_BYTES = 768 * 1024 * 1024;

const SETTINGS = [
  'max_threads = 1',
  `max_memory_usage = ${ENGINE_BYTES}`,
  'postgresql_connection_attempt_timeout = 8',
  'postgresql_connection_pool_retries = 1',
  'external_storage_connect_timeout_sec = 8',
  `external_storage_rw_timeout_sec = ${STATEMENT_MS / 1000}`,
].join(', ');

/** What PostgreSQL is asked for before the first statement: to read only, in UTC, and not for ever. */
const PG_OPTIONS = {
  statement_timeout: STATEMENT_MS,
  lock_timeout: 10_000,
  default_transaction_read_only: 'on',
  standard_conforming_strings: 'on',
  timezone: 'UTC',
  datestyle: 'ISO',
  intervalstyle: 'iso_8601',
  extra_float_digits: 1,
};

/**
 * A database elsewhere, read through the warehouse's own table functions in a process of its own. The host is looked up
 * once and the address is what is called. Only statements made by the dialect are run.
 */
export async function openDatabase(
  connection: DatabaseConnection,
  secret: string,
  { outgoing, signal }: { outgoing: Outgoing; signal?: AbortSignal | undefined },
) {
  const dialect = DIALECTS[connection.kind];
  const reached = await outgoing.reach(connection.host);
  const engine = await startEngine(await environment(connection, reached));
  const bound = {
    address: addressOf(connection, reached),
    ...{ database: connection.database, user: connection.user, secret },
  };

  async function rows(statement: string, limitMs: number): Promise<TextRow[]> {
    try {
      return await engine.rows(
        `SELECT * FROM ${dialect.call} SETTINGS ${SETTINGS}`,
        { ...bound, statement },
        { limitMs, signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw meaningOf(error);
    }
  }

  return {
    dialect,
    close: engine.stop,

    /** The tables and views that may be read, with their columns. */
    tables: async () => tablesFrom(await rows(dialect.catalogue(null), LOOK_MS), dialect.classOf),

    async table(schema: string, table: string): Promise<RemoteTable> {
      const found = tablesFrom(await rows(dialect.catalogue({ schema, table }), LOOK_MS), dialect.classOf)[0];
      if (!found) throw noTable(table);
      return found;
    },

    /** The moment there, in milliseconds. */
    async now(): Promise<number> {
      const [row] = await rows(dialect.now, LOOK_MS);
      return Date.parse((row?.[0] ?? '').replace(' ', 'T'));
    },

    /** Rows that have no key, and the cursor of the last of them. */
    async keyless(query: KeylessQuery): Promise<{ rows: number; last: string } | null> {
      if (keysThatMayBeEmpty(query.order).length === 0) return null;
      const [row] = await rows(dialect.keyless(query), PATIENCE_MS);
      return row ? { rows: Number(row[0]), last: row[1] ?? '' } : null;
    },

    page: (query: PageQuery, isLook = false) => rows(dialect.page(query), isLook ? LOOK_MS : PATIENCE_MS),
  };
}
export type Database = Awaited<ReturnType<typeof openDatabase>>;

function tablesFrom(rows: TextRow[], classOf: (type: string) => RemoteTable['columns'][number]['class']) {
  const tables = new Map<string, RemoteTable>();
  for (const [schema, table, isView, name, type, isKey, mayBeEmpty] of rows) {
    const key = `${schema}\0${table}`;
    const one = tables.get(key) ?? {
      ...{ schema: schema ?? '', table: table ?? '', isView: isView === 'true', columns: [] },
    };
    tables.set(key, one);
    one.columns.push({
      ...{ name: name ?? '', type: type ?? '', class: classOf(type ?? ''), isKey: isKey === 'true' },
      mayBeEmpty: mayBeEmpty === 'true',
    });
  }
  return [...tables.values()];
}

/** PostgreSQL's library takes the name, by which a server proves itself, and the address apart from it. */
function addressOf({ kind, port }: DatabaseConnection, { host, address, family }: Reached): string {
  if (kind === 'postgresql') return `${isIP(host) ? 'server' : host}:${port}`;
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

async function environment(
  connection: DatabaseConnection,
  { address }: Reached,
): Promise<Record<string, string>> {
  if (connection.kind !== 'postgresql') return {};
  return {
    PGHOSTADDR: address,
    PGOPTIONS: Object.entries(PG_OPTIONS)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    PGAPPNAME: 'qianmian',
    PGCLIENTENCODING: 'UTF8',
    PGPASSFILE: '/dev/null',
    PGSSLMODE: connection.tls === 'verify' ? 'verify-full' : connection.tls,
    ...(connection.tls === 'verify' ? { PGSSLROOTCERT: await rootsFile() } : {}),
  };
}

let roots: Promise<string> | null = null;

/** The certificates that this runtime trusts, as a file. */
function rootsFile(): Promise<string> {
  roots ??= (async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'qianmian-roots-')), 'roots.pem');
    await writeFile(file, rootCertificates.join('\n'), { mode: 0o600 });
    return file;
  })();
  return roots;
}
