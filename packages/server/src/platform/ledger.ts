import { writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import pg from 'pg';
import { PgliteDriver, PgliteThread } from './pglite.ts';

export { outsideTransaction } from './pglite.ts';

/** The transactional store. A domain names its own tables: `ledger.withTables<CampaignTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: no table is known until a domain names its own
export type Ledger = Kysely<{}>;

/** One connection that nobody else uses meanwhile. */
export interface LedgerSession {
  rows<T>(query: string): Promise<T[]>;
  /** Runs a script of several statements. */
  script(text: string): Promise<void>;
}

export interface OpenedLedger {
  db: Ledger;
  /** Whether no other process can have it open: the folder's lock sees to that. */
  alone: boolean;
  /** Lends a connection of its own, for migrations. */
  session<T>(work: (session: LedgerSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the embedded ledger in `folder`, or the Postgres at `url` when one is given. */
export async function openLedger(where: { url: string | null; folder: string }): Promise<OpenedLedger> {
  return where.url ? openServed(where.url) : openEmbedded(where.folder);
}

async function openEmbedded(folder: string): Promise<OpenedLedger> {
  const thread = await PgliteThread.open(folder, endProcess);
  const db = new Kysely<Record<string, never>>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PgliteDriver(thread),
      createIntrospector: (k) => new PostgresIntrospector(k),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const session: LedgerSession = {
    rows: async <T>(query: string) => ((await thread.query(query)).rows ?? []) as T[],
    script: (text) => thread.script(text),
  };
  return {
    db,
    alone: true,
    session: (work) => db.connection().execute(() => work(session)),
    close: () => db.destroy(),
  };
}

function openServed(url: string): OpenedLedger {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // An idle connection that breaks is no event: the pool drops it, and whoever asks next hears of it if it lasts.
  pool.on('error', () => {});
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    alone: false,
    async session(work) {
      const client = await pool.connect();
      try {
        return await work({
          rows: async <T>(query: string) => (await client.query(query)).rows as T[],
          script: async (text) => {
            await client.query(text);
          },
        });
      } finally {
        // Closed, not given back: what it still holds (a lock) ends with it.
        client.release(true);
      }
    },
    close: () => db.destroy(),
  };
}

/** Without its ledger the process could only refuse: it ends, and whoever watches over it starts it anew. */
function endProcess(error: Error): void {
  const why = JSON.stringify({
    level: 60,
    time: Date.now(),
    msg: `the embedded ledger has died: ${error.message}`,
  });
  writeSync(2, `${why}\n`);
  process.exit(1);
}

/** Any number that no other lock of ours has. */
const MIGRATING = 7_146_002;

/**
 * Brings the ledger to the newest form: the numbered `.sql` files of every domain, in the order of the domains. Each
 * file runs once, in a transaction with the note that it ran; of processes that start together one does it, the others
 * wait.
 */
export async function migrateLedger(
  ledger: OpenedLedger,
  sourceRoot: string,
  domains: readonly string[],
): Promise<void> {
  const files = await migrationFiles(sourceRoot, domains);
  await ledger.session(async (session) => {
    // Ends with the session.
    await session.script(`select pg_advisory_lock(${MIGRATING})`);
    await session.script(
      'create table if not exists platform_migration (name text primary key, ran_at timestamptz not null default now())',
    );
    const ran = new Set(
      (await session.rows<{ name: string }>('select name from platform_migration')).map((r) => r.name),
    );
    for (const { name, path } of files.filter((f) => !ran.has(f.name)))
      await runMigration(session, name, await readFile(path, 'utf8'));
  });
}

async function migrationFiles(root: string, domains: readonly string[]) {
  const found: { name: string; path: string }[] = [];
  for (const domain of domains) {
    const folder = join(root, domain, 'migrations');
    const files = (await readdir(folder).catch(() => [])).filter((f) => f.endsWith('.sql')).sort();
    for (const file of files) found.push({ name: `${domain}/${file}`, path: join(folder, file) });
  }
  return found;
}

async function runMigration(session: LedgerSession, name: string, text: string): Promise<void> {
  await session.script('begin');
  try {
    await session.script(`insert into platform_migration (name) values ('${name}')`);
    await session.script(text);
    await session.script('commit');
  } catch (error) {
    await session.script('rollback');
    throw error;
  }
}

/** Whether a failure is Postgres refusing a duplicate. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: string }).code === '23505';
}
