import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { z } from 'zod';
import { type Clock, MINUTE, SECOND } from './clock.ts';
import { AppError, messageOf, notFound } from './errors.ts';
import type { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

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
  };
};
type JobRow = JobTables['platform_job'];

/** What a running job may use of the queue. */
export interface JobContext {
  workspace: string;
  jobId: string;
  /** Set when someone asked the job to stop, or the process is closing; stop at the next safe point. */
  signal: AbortSignal;
  /** Says how far it got (0..1) and in words; also keeps the lease. */
  progress(done: number, note?: string): Promise<void>;
}

export interface JobKind<P> {
  kind: string;
  payload: z.ZodType<P>;
  /** Runs the work. It may be run again after a crash: each step must be safe to repeat. */
  run(payload: P, context: JobContext): Promise<void>;
  /** Called once when the last attempt failed. */
  failed?(payload: P, context: { workspace: string; error: string }): Promise<void>;
  maxAttempts?: number;
}

export interface Enqueued {
  workspace: string;
  kind: string;
  /** What it is about, for people: a file's name, a campaign's name. */
  subject: string;
  payload: object;
  /** At most one unfinished job has this key: enqueueing again answers quietly. */
  key?: string;
  runAt?: number;
}

const LEASE = 30 * SECOND;
const BACK_OFF = [2 * SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE];

/**
 * The queue of long work. It lies in the ledger, so that a job is enqueued in the transaction that makes it needed and
 * survives a restart; a failed attempt is repeated with back-off. Times are the injected clock's.
 */
export class Jobs {
  readonly #db: Kysely<JobTables>;
  readonly #kinds = new Map<string, JobKind<never>>();
  readonly #running = new Map<string, { control: AbortController; done: Promise<void> }>();
  readonly #with: { clock: Clock; log: Log; metrics: Metrics; worker: string; concurrency: number };
  #timer: NodeJS.Timeout | null = null;
  #closed = true;
  #looking: Promise<void> | null = null;
  #lookAgain = false;

  constructor(
    ledger: Ledger,
    parts: { clock: Clock; log: Log; metrics: Metrics; worker: string; concurrency?: number },
  ) {
    this.#db = ledger.withTables<JobTables>();
    this.#with = { concurrency: 2, ...parts };
  }

  /** Registers who does a kind of job. */
  handle<P>(kind: JobKind<P>): void {
    this.#kinds.set(kind.kind, kind as unknown as JobKind<never>);
  }

  /** Puts a job into the queue; give the transaction that makes it needed. Answers its id, or the id of its twin. */
  async enqueue(job: Enqueued, within?: Kysely<never>): Promise<string> {
    const db = (within as unknown as Kysely<JobTables> | undefined) ?? this.#db;
    const id = randomUUID();
    const now = new Date(this.#with.clock.now());
    const made = await db
      .insertInto('platform_job')
      .values({
        id,
        workspace: job.workspace,
        kind: job.kind,
        subject: job.subject,
        payload: JSON.stringify(job.payload),
        unique_key: job.key ?? null,
        state: 'queued',
        progress: null,
        note: '',
        attempts: 0,
        max_attempts: this.#kinds.get(job.kind)?.maxAttempts ?? 5,
        error: null,
        cancel_asked: false,
        run_at: job.runAt === undefined ? now : new Date(job.runAt),
        created_at: now,
        started_at: null,
        finished_at: null,
        worker: null,
        lease_until: null,
      })
      .onConflict((c) => c.column('unique_key').where('state', 'in', ['queued', 'running']).doNothing())
      .returning('id')
      .executeTakeFirst();
    // The transaction commits a moment after this call: look again when it surely has.
    if (within) setTimeout(() => this.#look(), 50);
    else this.#look();
    if (made) return made.id;
    const twin = await db
      .selectFrom('platform_job')
      .select('id')
      .where('unique_key', '=', job.key ?? '')
      .where('state', 'in', ['queued', 'running'])
      .executeTakeFirst();
    return twin?.id ?? id;
  }

  /** Begins to work; jobs this worker left running when it was killed are taken up again at once. */
  async start(): Promise<void> {
    this.#closed = false;
    await this.#db
      .updateTable('platform_job')
      .set({ state: 'queued', worker: null, lease_until: null })
      .where('state', '=', 'running')
      .where('worker', '=', this.#with.worker)
      .execute();
    this.#look();
  }

  /** Asks running jobs to stop and waits for them; they are taken up again by the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    for (const { control } of this.#running.values()) control.abort(new Error('closing'));
    await Promise.all([...this.#running.values()].map((r) => r.done));
  }

  /** Waits until no job is due or running: for tests and for commands that do one thing. */
  async idle(): Promise<void> {
    for (;;) {
      await this.#look();
      await Promise.all([...this.#running.values()].map((r) => r.done));
      const now = new Date(this.#with.clock.now());
      const open = await this.#db
        .selectFrom('platform_job')
        .select('id')
        .where((e) =>
          e.or([e('state', '=', 'running'), e.and([e('state', '=', 'queued'), e('run_at', '<=', now)])]),
        )
        .executeTakeFirst();
      if (!open) return;
    }
  }

  async list(
    workspace: string,
    page: { limit: number; offset: number; state?: JobRow['state'] },
  ): Promise<JobRow[]> {
    let q = this.#db.selectFrom('platform_job').selectAll().where('workspace', '=', workspace);
    if (page.state) q = q.where('state', '=', page.state);
    return q
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(page.limit)
      .offset(page.offset)
      .execute();
  }

  async get(workspace: string, id: string): Promise<JobRow> {
    const row = await this.#db
      .selectFrom('platform_job')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw notFound('job', id);
    return row;
  }

  /** Cancels a queued job at once, asks a running one to stop. */
  async cancel(workspace: string, id: string): Promise<JobRow> {
    const now = new Date(this.#with.clock.now());
    await this.#db
      .updateTable('platform_job')
      .set({ state: 'cancelled', finished_at: now, cancel_asked: true })
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .execute();
    await this.#db
      .updateTable('platform_job')
      .set({ cancel_asked: true })
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('state', '=', 'running')
      .execute();
    this.#running.get(id)?.control.abort(new Error('cancelled'));
    return this.get(workspace, id);
  }

  /** Runs a failed or cancelled job again. */
  async retry(workspace: string, id: string): Promise<JobRow> {
    const changed = await this.#db
      .updateTable('platform_job')
      .set({
        state: 'queued',
        attempts: 0,
        error: null,
        cancel_asked: false,
        finished_at: null,
        run_at: new Date(this.#with.clock.now()),
      })
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('state', 'in', ['failed', 'cancelled'])
      .executeTakeFirst();
    const row = await this.get(workspace, id);
    if (Number(changed.numUpdatedRows) === 0)
      throw new AppError({
        code: 'job.not_ended',
        status: 409,
        detail: `The job is ${row.state}; only failed or cancelled jobs can be run again.`,
      });
    this.#look();
    return row;
  }

  /** Takes what is due, as far as hands are free; then sleeps until the next is due. */
  #look(): Promise<void> {
    this.#lookAgain = true;
    this.#looking ??= this.#lookAround().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookAround(): Promise<void> {
    while (this.#lookAgain && !this.#closed) {
      this.#lookAgain = false;
      try {
        while (!this.#closed && this.#running.size < this.#with.concurrency) {
          const row = await this.#claim();
          if (!row) break;
          const control = new AbortController();
          this.#running.set(row.id, { control, done: this.#run(row, control) });
        }
      } catch (error) {
        this.#with.log.error({ err: error }, 'the job queue could not be read');
      }
    }
    if (this.#timer) clearTimeout(this.#timer);
    if (!this.#closed) {
      this.#timer = setTimeout(() => this.#look(), SECOND);
      this.#timer.unref();
    }
  }

  async #claim(): Promise<JobRow | undefined> {
    const now = new Date(this.#with.clock.now());
    const until = new Date(now.getTime() + LEASE);
    const kinds = [...this.#kinds.keys()];
    if (kinds.length === 0) return undefined;
    const claimed = await sql<JobRow>`
      update platform_job set state = 'running', worker = ${this.#with.worker}, lease_until = ${until},
        started_at = coalesce(started_at, ${now}), attempts = attempts + 1
      where id = (
        select id from platform_job
        where kind = any(${kinds}) and id <> all(${[...this.#running.keys()]})
          and ((state = 'queued' and run_at <= ${now}) or (state = 'running' and lease_until < ${now}))
        order by run_at, created_at limit 1 for update skip locked)
      returning *`.execute(this.#db);
    return claimed.rows[0];
  }

  async #run(row: JobRow, control: AbortController): Promise<void> {
    const { clock, log, metrics } = this.#with;
    const kind = this.#kinds.get(row.kind) as unknown as JobKind<unknown>;
    const lease = setInterval(() => void this.#extend(row.id, control), LEASE / 3);
    lease.unref();
    const patch = (set: Partial<JobRow>) =>
      this.#db
        .updateTable('platform_job')
        .set(set)
        .where('id', '=', row.id)
        .where('worker', '=', this.#with.worker)
        .execute();
    const end = async (set: Partial<JobRow>) => {
      await patch({
        ...set,
        lease_until: null,
        ...(set.state === 'queued' ? {} : { finished_at: new Date(clock.now()) }),
      });
      metrics.jobs.inc({ kind: row.kind, state: set.state ?? 'done' });
    };
    try {
      await kind.run(kind.payload.parse(row.payload), {
        workspace: row.workspace,
        jobId: row.id,
        signal: control.signal,
        progress: async (done, note) => {
          await patch({ progress: Math.min(1, Math.max(0, done)), ...(note === undefined ? {} : { note }) });
        },
      });
      if (control.signal.aborted && this.#closed) await end({ state: 'queued' });
      else if (control.signal.aborted) await end({ state: 'cancelled' });
      else await end({ state: 'done', progress: 1, error: null });
    } catch (error) {
      await this.#failed(row, kind, control, error, end).catch((e) =>
        log.error({ err: e }, 'a job could not be ended'),
      );
    } finally {
      clearInterval(lease);
      this.#running.delete(row.id);
      this.#look();
    }
  }

  async #failed(
    row: JobRow,
    kind: JobKind<unknown>,
    control: AbortController,
    error: unknown,
    end: (set: Partial<JobRow>) => Promise<void>,
  ): Promise<void> {
    const { clock, log } = this.#with;
    if (control.signal.aborted) return end({ state: this.#closed ? 'queued' : 'cancelled' });
    const hopeless = error instanceof AppError && error.status < 500;
    const text = messageOf(error).slice(0, 2000);
    log.warn({ err: error, job: row.id, kind: row.kind, attempt: row.attempts }, 'a job failed');
    if (hopeless || row.attempts >= row.max_attempts) {
      await end({ state: 'failed', error: text });
      await kind.failed?.(kind.payload.parse(row.payload), { workspace: row.workspace, error: text });
      return;
    }
    const wait = BACK_OFF[Math.min(row.attempts, BACK_OFF.length) - 1] ?? 2 * SECOND;
    await end({ state: 'queued', error: text, run_at: new Date(clock.now() + wait) });
  }

  /** Keeps the lease; a stop asked through another process is noticed here. */
  async #extend(id: string, control: AbortController): Promise<void> {
    try {
      const row = await this.#db
        .updateTable('platform_job')
        .set({ lease_until: new Date(this.#with.clock.now() + LEASE) })
        .where('id', '=', id)
        .where('worker', '=', this.#with.worker)
        .returning('cancel_asked')
        .executeTakeFirst();
      if (!row || row.cancel_asked) control.abort(new Error('cancelled'));
    } catch (error) {
      this.#with.log.error({ err: error, job: id }, 'a lease could not be kept');
    }
  }
}
