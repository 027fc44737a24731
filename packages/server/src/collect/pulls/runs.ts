import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Ledger } from '../../platform/ledger.ts';
import { clip, storableText } from '../../platform/text.ts';
import type { RemoteFile } from './storage.ts';
import type { PullRow, PullTables, RunRow, TablePosition } from './store.pg.ts';

/** How far a run came: in a table, where it has one place at least, or in a file. */
export type Place =
  | { position: TablePosition | null }
  | { file: RemoteFile; rowsDone: number; isDone: boolean; error: string | null };

/** Runs that are listed at most, and days that they are kept. */
const KEPT_RUNS = 500;

/** When sources were read, and how far. */
export function openRuns(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<PullTables>();
  const now = () => new Date(parts.clock.now());

  return {
    /** The run that is under way, after a crash too, or a new one. */
    async begin(pull: PullRow): Promise<RunRow> {
      const before = await db
        .selectFrom('collect_pull_run')
        .selectAll()
        .where('source', '=', pull.source)
        .where('state', '=', 'running')
        .executeTakeFirst();
      if (before) return before;
      return db
        .insertInto('collect_pull_run')
        .values({
          ...{ id: `run_${randomUUID().slice(0, 13).replaceAll('-', '')}`, source: pull.source },
          ...{ state: 'running', trigger: pull.next_trigger, started_at: now(), ended_at: null },
          ...{ rows: '0', rejected: '0', corrected: '0', files: 0, error_code: null, error: null },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** Moves the place of a source and counts, in one step; false where the source was changed, paused or deleted. */
    advance: (
      { source, epoch }: Pick<PullRow, 'source' | 'epoch'>,
      runId: string,
      place: Place,
      counts: { rows: number; rejected: number; corrected: number },
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const moved = await trx
          .updateTable('collect_pull')
          .set({
            rows: sql`rows + ${counts.rows}` as never,
            ...('position' in place && place.position
              ? { position: JSON.stringify(place.position) as never }
              : {}),
          })
          .where('source', '=', source)
          .where('epoch', '=', epoch)
          .executeTakeFirst();
        if (Number(moved.numUpdatedRows) === 0) return false;
        if ('file' in place) {
          const { file } = place;
          const state = {
            ...{ version: file.version, changed_at: new Date(file.changedAt) },
            ...{ rows_done: String(place.rowsDone), is_done: place.isDone },
            error: place.error === null ? null : clip(storableText(place.error), 500),
          };
          await trx
            .insertInto('collect_pull_file')
            .values({ source, path: file.path, ...state })
            .onConflict((c) => c.columns(['source', 'path']).doUpdateSet(state))
            .execute();
        }
        await trx
          .updateTable('collect_pull_run')
          .set({
            rows: sql`rows + ${counts.rows}` as never,
            rejected: sql`rejected + ${counts.rejected}` as never,
            corrected: sql`corrected + ${counts.corrected}` as never,
            ...('file' in place && place.isDone ? { files: sql`files + 1` as never } : {}),
          })
          .where('id', '=', runId)
          .execute();
        // What was kept counts even where someone paused meanwhile: only what would follow is left.
        const still = await trx
          .selectFrom('collect_source')
          .select('id')
          .where('id', '=', source)
          .where('paused_at', 'is', null)
          .where('revoked_at', 'is', null)
          .executeTakeFirst();
        return still !== undefined;
      }),

    async end(
      runId: string,
      state: 'done' | 'part' | 'failed' | 'stopped',
      fault: { code: string; detail: string } | null = null,
    ): Promise<void> {
      await db
        .updateTable('collect_pull_run')
        .set({ state, ended_at: now(), error_code: fault?.code ?? null, error: fault?.detail ?? null })
        .where('id', '=', runId)
        .execute();
    },

    /** Runs of a source, newest first; those long ago go. */
    async list(source: string, page: { limit: number; offset: number }): Promise<RunRow[]> {
      return db
        .selectFrom('collect_pull_run')
        .selectAll()
        .where('source', '=', source)
        .orderBy('number', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    /** The last run of each source of a workspace. */
    async last(workspace: string): Promise<Map<string, RunRow>> {
      const rows = await db
        .selectFrom('collect_pull_run')
        .innerJoin('collect_pull', 'collect_pull.source', 'collect_pull_run.source')
        .selectAll('collect_pull_run')
        .distinctOn('collect_pull_run.source')
        .where('collect_pull.workspace', '=', workspace)
        .orderBy('collect_pull_run.source')
        .orderBy('number', 'desc')
        .execute();
      return new Map(rows.map((row) => [row.source, row]));
    },

    async get(source: string, id: string): Promise<RunRow | null> {
      const row = await db
        .selectFrom('collect_pull_run')
        .selectAll()
        .where('source', '=', source)
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    },

    /** Forgets all but the newest runs of a source. */
    async tidy(source: string): Promise<void> {
      await db
        .deleteFrom('collect_pull_run')
        .where('source', '=', source)
        .where('id', 'in', (q) =>
          q
            .selectFrom('collect_pull_run')
            .select('id')
            .where('source', '=', source)
            .orderBy('number', 'desc')
            .limit(10_000)
            .offset(KEPT_RUNS),
        )
        .execute();
    },

    /** What is known of the files of a source. */
    async files(source: string) {
      const rows = await db
        .selectFrom('collect_pull_file')
        .select(['path', 'version', 'rows_done', 'is_done'])
        .where('source', '=', source)
        .execute();
      return new Map(rows.map((row) => [row.path, row]));
    },

    /** How many files of each source of a workspace were read, and when the newest of them was changed. */
    async filesRead(workspace: string): Promise<Map<string, { files: number; newest: Date | null }>> {
      const rows = await db
        .selectFrom('collect_pull_file')
        .innerJoin('collect_pull', 'collect_pull.source', 'collect_pull_file.source')
        .select((e) => [
          'collect_pull_file.source as source',
          e.fn.countAll<string>().as('files'),
          e.fn.max('changed_at').as('newest'),
        ])
        .where('collect_pull.workspace', '=', workspace)
        .where('is_done', '=', true)
        .groupBy('collect_pull_file.source')
        .execute();
      return new Map(rows.map((r) => [r.source, { files: Number(r.files), newest: r.newest }]));
    },

    /** Forgets files, so that they are read again: all, or those changed since a moment. */
    async forgetFiles(source: string, since: Date | null, within: typeof db): Promise<void> {
      await within
        .deleteFrom('collect_pull_file')
        .where('source', '=', source)
        .$if(since !== null, (q) => q.where('changed_at', '>=', since!))
        .execute();
    },
  };
}
export type Runs = ReturnType<typeof openRuns>;
