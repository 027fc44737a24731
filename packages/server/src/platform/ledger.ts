import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import pg from 'pg';
import { PgliteDriver, PgliteThread } from './pglite.ts';

/** The transactional store. A domain names its own tables: `ledger.withTables<CampaignTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: no table is known until a domain names its own
export type Ledger = Kysely<{}>;

export interface OpenedLedger {
  db: Ledger;
  /** Runs a script of several statements (migrations). */
  script(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the embedded ledger in `folder`, or the Postgres at `url` when one is given. */
export async function openLedger(where: { url: string | null; folder: string }): Promise<OpenedLedger> {
  if (where.url) return openServed(where.url);
  const thread = await PgliteThread.open(where.folder);
  const db = new Kysely<Record<string, never>>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PgliteDriver(thread),
      createIntrospector: (k) => new PostgresIntrospector(k),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return { db, script: (text) => thread.script(text), close: () => db.destroy() };
}

function openServed(url: string): OpenedLedger {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    script: async (text) => {
      await pool.query(text);
    },
    close: () => db.destroy(),
  };
}

/**
 * Brings the ledger to the newest form: the numbered `.sql` files of every domain, in the order of the domains. Each
 * file runs once, in a transaction with the note that it ran.
 */
export async function migrateLedger(
  ledger: OpenedLedger,
  sourceRoot: string,
  domains: readonly string[],
): Promise<void> {
  await ledger.script(
    'create table if not exists platform_migration (name text primary key, ran_at timestamptz not null default now())',
  );
  const ran = new Set(
    (await sql<{ name: string }>`select name from platform_migration`.execute(ledger.db)).rows.map(
      (r) => r.name,
    ),
  );
  for (const domain of domains) {
    const folder = join(sourceRoot, domain, 'migrations');
    const files = (await readdir(folder).catch(() => [])).filter((f) => f.endsWith('.sql')).sort();
    for (const file of files) {
      const name = `${domain}/${file}`;
      if (ran.has(name)) continue;
      const text = await readFile(join(folder, file), 'utf8');
      await ledger.script(
        `begin;\ninsert into platform_migration (name) values ('${name}');\n${text}\n;commit;`,
      );
    }
  }
}

/** Whether a failure is Postgres refusing a duplicate. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: string }).code === '23505';
}
