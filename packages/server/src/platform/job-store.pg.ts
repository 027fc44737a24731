import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';

export type JobTables = {
  platform_job: {
    id: string;
    workspace: string;
    kind: string;
    subject: string;
    payload: unknown;
    unique_key: string | null;
    state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
    progress: number | null;
    note: string;
    attempts: number;
    max_attempts: number;
    error: string | null;
    cancel_asked: boolean;
    run_at: Date;
    created_at: Date;
    started_at: Date | null;
    finished_at: Date | null;
    worker: string | null;
    lease_until: Date | null;
    lease: number;
    owner_told: boolean;
    background: boolean;
  };
};
export type JobRow = JobTables['platform_job'];
export type JobDb = Kysely<JobTables>;
/** A job in the hands of one attempt: only who names the lease that is in force may write about it. */
export type Held = Pick<JobRow, 'id' | 'lease'>;

/** Any number that no other lock of ours has. */
const CLAIMING = 7_146_001;

/** Puts a job into the queue; null when an unfinished one has its key. */
export async function insertJob(
  db: JobDb,
  job: Pick<
    JobRow,
    | 'id'
    | 'workspace'
    | 'kind'
    | 'subject'
    | 'unique_key'
    | 'max_attempts'
    | 'run_at'
    | 'created_at'
    | 'background'
  > & { payload: object },
): Promise<string | null> {
  const made = await db
    .insertInto('platform_job')
    .values({
      ...job,
      payload: JSON.stringify(job.payload),
      state: 'queued',
      progress: null,
      note: '',
      attempts: 0,
      error: null,
      cancel_asked: false,
      started_at: null,
      finished_at: null,
      worker: null,
      lease_until: null,
      lease: 0,
      owner_told: true,
    })
    .onConflict((c) => c.column('unique_key').where('state', 'in', ['queued', 'running']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made?.id ?? null;
}

/** The unfinished job with a key; while a transaction that asks goes on, nobody begins it. */
export async function unfinishedJob(
  db: JobDb,
  key: string,
): Promise<Pick<JobRow, 'id' | 'state'> | undefined> {
  return db
    .selectFrom('platform_job')
    .select(['id', 'state'])
    .where('unique_key', '=', key)
    .where('state', 'in', ['queued', 'running'])
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Takes the next job that is due, or that a dead process left behind, under a new lease. It comes back as `running`; or
 * as `cancelled` when that was asked for meanwhile, or as `failed` when its attempts are used up: then each of them was
 * cut off, and another would take the process down again. A workspace has one job of a kind at a time.
 */
export async function claimJob(
  db: JobDb,
  by: { worker: string; now: Date; until: Date; kinds: readonly string[]; mine: readonly string[] },
): Promise<JobRow | null> {
  return db.transaction().execute(async (trx) => {
    // One claim at a time, whoever claims: a limit is looked up and used in one step.
    await sql`select pg_advisory_xact_lock(${CLAIMING}::bigint)`.execute(trx);
    const claimed = await sql<JobRow>`
      with next as materialized (
        select j.id, case when j.cancel_asked then 'cancelled' when j.attempts >= j.max_attempts then 'failed'
          else 'running' end as fate
        from platform_job j
        where j.kind = any(${by.kinds as string[]}) and j.id <> all(${by.mine as string[]})
          and ((j.state = 'queued' and (j.run_at <= ${by.now} or j.cancel_asked))
            or (j.state = 'running' and j.lease_until < ${by.now}))
          and not exists (select from platform_job r where r.state = 'running' and r.lease_until >= ${by.now}
            and r.kind = j.kind and r.workspace = j.workspace and r.id <> j.id)
        order by j.run_at, j.created_at limit 1 for update of j skip locked)
      update platform_job j set state = next.fate, lease = j.lease + 1, owner_told = next.fate = 'running',
        worker = ${by.worker}, lease_until = case when next.fate = 'running' then ${by.until}::timestamptz end,
        attempts = j.attempts + case when next.fate = 'running' then 1 else 0 end,
        started_at = coalesce(j.started_at, ${by.now}::timestamptz),
        finished_at = case when next.fate = 'running' then null else ${by.now}::timestamptz end,
        run_at = least(j.run_at, ${by.now}::timestamptz),
        error = case when next.fate <> 'failed' then j.error
          else concat_ws(' ', 'The process ended while it ran; all ' || j.attempts || ' attempts are used up.',
            'Before that: ' || j.error) end
      from next where j.id = next.id
      returning j.*`.execute(trx);
    return claimed.rows[0] ?? null;
  });
}

/** Puts the end of leases off; answers which of them are still in force, and whether a stop was asked for. */
export async function keepLeases(
  db: JobDb,
  held: readonly Held[],
  until: Date,
): Promise<{ id: string; cancel_asked: boolean }[]> {
  const kept = await sql<{ id: string; cancel_asked: boolean }>`
    update platform_job j set lease_until = ${until}
    from unnest(${held.map((h) => h.id)}::text[], ${held.map((h) => h.lease)}::integer[]) as h (id, lease)
    where j.id = h.id and j.lease = h.lease and j.state = 'running'
    returning j.id, j.cancel_asked`.execute(db);
  return kept.rows;
}

/** Writes about a running job what its holder has to say; null when it is not the holder's any more. */
export async function noteJob(
  db: JobDb,
  held: Held,
  set: Partial<JobRow>,
): Promise<{ cancel_asked: boolean } | null> {
  const row = await db
    .updateTable('platform_job')
    .set(set)
    .where('id', '=', held.id)
    .where('lease', '=', held.lease)
    .where('state', '=', 'running')
    .returning('cancel_asked')
    .executeTakeFirst();
  return row ?? null;
}

/** Puts back what processes that are dead were running. */
export async function takeBack(db: JobDb): Promise<void> {
  await db
    .updateTable('platform_job')
    .set({ state: 'queued', worker: null, lease_until: null })
    .where('state', '=', 'running')
    .execute();
}

/** Cancels a queued job at once, asks a running one to stop. */
export async function cancelJob(db: JobDb, workspace: string, id: string, now: Date): Promise<JobRow | null> {
  const cancelled = await sql<JobRow>`
    update platform_job set cancel_asked = true,
      owner_told = state <> 'queued', finished_at = case when state = 'queued' then ${now}::timestamptz end,
      run_at = case when state = 'queued' then ${now}::timestamptz else run_at end,
      state = case when state = 'queued' then 'cancelled' else state end
    where workspace = ${workspace} and id = ${id} and state in ('queued', 'running')
    returning *`.execute(db);
  return cancelled.rows[0] ?? null;
}

/** Puts an ended job whose owner knows of its end back into the queue; false when it is none. */
export async function requeueJob(db: JobDb, workspace: string, id: string, now: Date): Promise<boolean> {
  const changed = await db
    .updateTable('platform_job')
    .set({ state: 'queued', attempts: 0, error: null, cancel_asked: false, finished_at: null, run_at: now })
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .where('state', 'in', ['failed', 'cancelled'])
    .where('owner_told', '=', true)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** Ended jobs whose owners do not know yet. */
export async function untoldJobs(db: JobDb, kinds: readonly string[], now: Date): Promise<JobRow[]> {
  return db
    .selectFrom('platform_job')
    .selectAll()
    .where('owner_told', '=', false)
    .where('run_at', '<=', now)
    .where((e) => e('kind', '=', e.fn.any(e.val(kinds as string[]))))
    .orderBy('run_at')
    .limit(20)
    .execute();
}

/** Notes that a job's owner knows how it ended, or that it is to be told later. */
export async function noteTelling(
  db: JobDb,
  held: Held,
  set: Partial<Pick<JobRow, 'owner_told' | 'run_at'>>,
): Promise<void> {
  await db
    .updateTable('platform_job')
    .set(set)
    .where('id', '=', held.id)
    .where('lease', '=', held.lease)
    .where('owner_told', '=', false)
    .execute();
}

/** Whether anything is running, due, or to be told. */
export async function isBusy(db: JobDb, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('platform_job')
    .select('id')
    .where((e) =>
      e.or([
        e('state', '=', 'running'),
        e.and([e('state', '=', 'queued'), e('run_at', '<=', now)]),
        e.and([e('owner_told', '=', false), e('run_at', '<=', now)]),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Deletes jobs that ended before the moments given, as many as `bite` of each sort; answers how many went. What nobody
 * was told of yet stays.
 */
export async function deleteEnded(
  db: JobDb,
  before: { background: Date; others: Date },
  bite: number,
): Promise<number> {
  const gone = await sql`
    delete from platform_job where id in (
      (select id from platform_job where state in ('done', 'failed', 'cancelled') and owner_told
        and finished_at < ${before.others} order by finished_at limit ${bite})
      union
      (select id from platform_job where state = 'done' and background and finished_at < ${before.background} order by finished_at limit ${bite}))`.execute(
    db,
  );
  return Number(gone.numAffectedRows ?? 0);
}

/** A page of jobs as a query. */
export function jobsPage(
  db: JobDb,
  workspace: string,
  page: { limit: number; offset: number; state?: JobRow['state']; withoutBackground: boolean },
): SelectQueryBuilder<JobTables, 'platform_job', JobRow> {
  let q = db.selectFrom('platform_job').selectAll().where('workspace', '=', workspace);
  if (page.state) q = q.where('state', '=', page.state);
  // In the words of the index, so that a page costs its rows and not all that ran by itself.
  if (page.withoutBackground) q = q.where(sql<boolean>`(not background or state = 'failed')`);
  return q.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(page.limit).offset(page.offset);
}

export async function jobRow(db: JobDb, workspace: string, id: string): Promise<JobRow | null> {
  const row = await db
    .selectFrom('platform_job')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}
