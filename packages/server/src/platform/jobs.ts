import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { forNobody } from './asker.ts';
import { type Clock, DAY, HOUR, MINUTE, SECOND } from './clock.ts';
import { AppError, messageOf, notFound } from './errors.ts';
import {
  cancelJob,
  claimJob,
  deleteEnded,
  type Held,
  insertJob,
  isBusy,
  type JobDb,
  type JobRow,
  type JobTables,
  jobRow,
  jobsPage,
  keepLeases,
  noteJob,
  noteTelling,
  requeueJob,
  takeBack,
  unfinishedJob,
  untoldJobs,
} from './job-store.pg.ts';
import { isUniqueViolation, type Ledger, outsideTransaction } from './ledger.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What a running job may use of the queue. */
export interface JobContext {
  workspace: string;
  jobId: string;
  /** Set when the job is to stop at its next safe point; `stopReason` says why. */
  signal: AbortSignal;
  /** Says how far it got (0..1) and in words; also keeps the lease, and notices when the job is to stop. */
  progress(done: number, note?: string): Promise<void>;
}

export interface JobKind<P> {
  kind: string;
  payload: z.ZodType<P>;
  /** Runs the work. It may be run again after a crash: each step must be safe to repeat. */
  run(payload: P, context: JobContext): Promise<void>;
  /** Called when the last attempt failed; again, also after a crash, until it went through: must be safe to repeat. */
  failed?(payload: P, context: { workspace: string; error: string }): Promise<void>;
  /** Called when someone cancelled it, before it began or while it ran; repeated as `failed` is. */
  cancelled?(payload: P, context: { workspace: string }): Promise<void>;
  maxAttempts?: number;
  /** Runs by itself again and again; people look for it only when it failed. */
  background?: boolean;
}

export interface Enqueued {
  workspace: string;
  kind: string;
  /** What it is about, for people: a file's name, a campaign's name. */
  subject: string;
  payload: object;
  /** At most one unfinished job has this key: enqueueing again answers quietly. */
  key?: string;
  /** What a running job with the key has read may be stale by now: then one more waits behind it. */
  again?: boolean;
  runAt?: number;
}

export interface JobsParts {
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Where the process runs, for people; each start adds a name of its own. */
  worker?: string;
  /** Whether no other process can have the ledger open: then what is running at a start was left by the dead. */
  alone?: boolean;
  /** Kinds that may hold a hand for minutes; they leave hands to the others. */
  slow?: readonly string[];
  /** Jobs that run at the same time in this process. */
  hands?: number;
}

/** Why a running job is to stop: someone cancelled it, another process has it now, or this process ends. */
export type StopReason = 'cancelled' | 'lostLease' | 'closing';

class Stop extends Error {
  readonly reason: StopReason;
  constructor(reason: StopReason) {
    super(reason);
    this.reason = reason;
  }
}

/** Why a job's signal says stop; null while it does not. */
export function stopReason(signal: AbortSignal): StopReason | null {
  return signal.reason instanceof Stop ? signal.reason.reason : null;
}

const LEASE = 30 * SECOND;
const KEEP_EVERY = LEASE / 3;
const HANDS = 4;
/** Hands that slow kinds never take. */
const SHORT_HANDS = 1;
/** Slow jobs of one kind at the same time: other slow kinds have their turn too. */
const SLOW_OF_A_KIND = 2;
const TIDY_EVERY = HOUR;
/** Days after which an ended job is deleted: one that ran by itself and did well, and any other. */
const KEEP_BACKGROUND_DAYS = 1;
const KEEP_DAYS = 90;
/** Jobs deleted in one statement: the ledger may be one thread that others wait for. */
const BITE = 2000;
const BACK_OFF = [2 * SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE];

/**
 * The queue of long work. It lies in the ledger, so that a job is enqueued in the transaction that makes it needed and
 * survives a restart; a failed attempt is repeated with back-off. Times are the injected clock's.
 */
export class Jobs {
  readonly #db: JobDb;
  readonly #with: JobsParts;
  readonly #worker: string;
  readonly #slow: ReadonlySet<string>;
  readonly #kinds = new Map<string, JobKind<unknown>>();
  readonly #running = new Map<string, { row: JobRow; control: AbortController; done: Promise<void> }>();
  #timer: NodeJS.Timeout | null = null;
  #closed = true;
  #turn: Promise<void> | null = null;
  #turnAgain = false;
  #keptAt = Number.NEGATIVE_INFINITY;
  #telling: Promise<void> | null = null;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  #tidying: Promise<void> | null = null;
  readonly #beingTold = new Set<string>();

  constructor(ledger: Ledger, parts: JobsParts) {
    this.#db = ledger.withTables<JobTables>();
    this.#with = parts;
    this.#worker = `${parts.worker ?? 'worker'}:${randomUUID().slice(0, 8)}`;
    this.#slow = new Set(parts.slow ?? []);
  }

  /** Registers who does a kind of job. */
  handle<P>(kind: JobKind<P>): void {
    this.#kinds.set(kind.kind, kind as unknown as JobKind<unknown>);
  }

  /** Puts a job into the queue; give the transaction that makes it needed. Answers its id, or the id of its twin. */
  async enqueue(job: Enqueued, within?: Kysely<never>): Promise<string> {
    const db = (within as unknown as JobDb | undefined) ?? this.#db;
    const id = randomUUID();
    const now = this.#now();
    const row = {
      id,
      workspace: job.workspace,
      kind: job.kind,
      subject: job.subject,
      payload: job.payload,
      unique_key: job.key ?? null,
      max_attempts: this.#kinds.get(job.kind)?.maxAttempts ?? 5,
      background: this.#kinds.get(job.kind)?.background ?? false,
      run_at: job.runAt === undefined ? now : new Date(job.runAt),
      created_at: now,
    };
    const made = await insertJob(db, row);
    let twin = made === null ? await unfinishedJob(db, job.key ?? '') : undefined;
    let behind: string | null = null;
    if (job.again && twin?.state === 'running') {
      const waiting = { ...row, unique_key: `${job.key}:again` };
      behind = await insertJob(db, waiting);
      if (behind === null) twin = await unfinishedJob(db, waiting.unique_key);
    }
    // The transaction commits a moment after this call: look again when it surely has.
    if (within) outsideTransaction(() => setTimeout(() => this.tick(), 50));
    else this.tick();
    return made ?? behind ?? twin?.id ?? id;
  }

  /** Begins to work; what dead processes left running is taken up again as soon as they are known to be dead. */
  async start(): Promise<void> {
    for (const kind of this.#slow)
      if (!this.#kinds.has(kind)) throw new Error(`Nobody does jobs of the kind "${kind}", said to be slow.`);
    this.#closed = false;
    if (this.#with.alone) await takeBack(this.#db);
    this.tick();
  }

  /** Asks running jobs to stop and waits for them; they are taken up again by the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#turn;
    for (const { control } of this.#running.values()) control.abort(new Stop('closing'));
    const keeper = setInterval(() => void this.#keepLeases(), KEEP_EVERY);
    await Promise.all([...this.#running.values()].map((r) => r.done));
    clearInterval(keeper);
    await this.#telling;
    await this.#tidying;
  }

  /** Waits until no job is due or running: for tests and for commands that do one thing. */
  async idle(): Promise<void> {
    for (;;) {
      await this.tick();
      const mine = [...this.#running.values()].map((r) => r.done);
      await Promise.all([...mine, this.#telling, this.#tidying]);
      if (!(await isBusy(this.#db, this.#now()))) return;
      if (mine.length === 0) await sleep(10);
    }
  }

  /** Newest first; without what runs by itself, unless it failed, where `background` says so. */
  list(
    workspace: string,
    page: { limit: number; offset: number; state?: JobRow['state']; background?: 'hidden' | 'shown' },
  ) {
    return jobsPage(this.#db, workspace, {
      ...page,
      withoutBackground: page.background === 'hidden',
    }).execute();
  }

  async get(workspace: string, id: string): Promise<JobRow> {
    const row = await jobRow(this.#db, workspace, id);
    if (!row) throw notFound('job', id);
    return row;
  }

  /** Cancels a queued job at once, asks a running one to stop. */
  async cancel(workspace: string, id: string): Promise<JobRow> {
    const row = await cancelJob(this.#db, workspace, id, this.#now());
    if (row?.state === 'cancelled') await this.#tellOwner(row);
    if (row?.state === 'running') this.#running.get(id)?.control.abort(new Stop('cancelled'));
    return this.get(workspace, id);
  }

  /** Runs a failed or cancelled job again. */
  async retry(workspace: string, id: string): Promise<JobRow> {
    const requeued = await requeueJob(this.#db, workspace, id, this.#now()).catch((error) => {
      throw isUniqueViolation(error) ? twinQueued() : error;
    });
    const row = await this.get(workspace, id);
    if (!requeued) throw notEnded(row);
    this.tick();
    return row;
  }

  /** One turn: keeps the leases of what runs, takes what is due as far as hands are free. Comes every second by itself. */
  tick(): Promise<void> {
    this.#turnAgain = true;
    this.#turn ??= this.#turns().finally(() => {
      this.#turn = null;
    });
    return this.#turn;
  }

  async #turns(): Promise<void> {
    while (this.#turnAgain && !this.#closed) {
      this.#turnAgain = false;
      try {
        if (this.#with.clock.now() - this.#keptAt >= KEEP_EVERY) {
          await this.#keepLeases();
          this.#telling ??= this.#tellOwners().finally(() => {
            this.#telling = null;
          });
        }
        if (!this.#tidying && this.#with.clock.now() - this.#tidiedAt >= TIDY_EVERY) {
          this.#tidiedAt = this.#with.clock.now();
          this.#tidying = this.#tidy().finally(() => {
            this.#tidying = null;
          });
        }
        await this.#takeDue();
      } catch (error) {
        this.#with.log.error({ err: error }, 'the job queue could not be read');
      }
    }
    if (this.#timer) clearTimeout(this.#timer);
    if (!this.#closed) {
      this.#timer = setTimeout(() => this.tick(), SECOND);
      this.#timer.unref();
    }
  }

  /** Deletes what ended long ago, in bites between which others have the ledger. */
  async #tidy(): Promise<void> {
    const now = this.#with.clock.now();
    const before = {
      background: new Date(now - KEEP_BACKGROUND_DAYS * DAY),
      others: new Date(now - KEEP_DAYS * DAY),
    };
    try {
      while (!this.#closed && (await deleteEnded(this.#db, before, BITE)) > 0) await sleep(10);
    } catch (error) {
      this.#with.log.error({ err: error }, 'ended jobs could not be deleted');
    }
  }

  async #takeDue(): Promise<void> {
    while (!this.#closed) {
      const kinds = this.#kindsWithHands();
      if (kinds.length === 0) return;
      const now = this.#now();
      const until = new Date(now.getTime() + LEASE);
      const mine = [...this.#running.keys()];
      const row = await claimJob(this.#db, { worker: this.#worker, now, until, kinds, mine });
      if (!row) return;
      if (row.state === 'running') this.#begin(row);
      else await this.#ended(row);
    }
  }

  /** Kinds that a hand is free for. */
  #kindsWithHands(): string[] {
    const hands = this.#with.hands ?? HANDS;
    const running = [...this.#running.values()].map((r) => r.row.kind);
    if (running.length >= hands) return [];
    const slowRunning = running.filter((kind) => this.#slow.has(kind));
    const mayTake = (kind: string) =>
      !this.#slow.has(kind) ||
      (slowRunning.length < hands - SHORT_HANDS &&
        slowRunning.filter((other) => other === kind).length < SLOW_OF_A_KIND);
    return [...this.#kinds.keys()].filter(mayTake);
  }

  #begin(row: JobRow): void {
    const control = new AbortController();
    // Whoever asked for the turn, the job is nobody's in particular.
    const done = forNobody(() => this.#run(row, control)).finally(() => {
      this.#running.delete(row.id);
      this.tick();
    });
    this.#running.set(row.id, { row, control, done });
  }

  async #run(row: JobRow, control: AbortController): Promise<void> {
    const kind = this.#kinds.get(row.kind)!;
    let fault: { error: unknown } | null = null;
    try {
      const { workspace, id: jobId } = row;
      const progress = (done: number, note?: string) => this.#progress(row, control, done, note);
      await kind.run(kind.payload.parse(row.payload), {
        workspace,
        jobId,
        signal: control.signal,
        progress,
      });
    } catch (error) {
      fault = { error };
    }
    try {
      await this.#settle(row, stopReason(control.signal), fault);
    } catch (error) {
      this.#with.log.error({ err: error, job: row.id }, 'a job could not be ended');
    }
  }

  async #progress(row: JobRow, control: AbortController, done: number, note?: string): Promise<void> {
    const kept = await noteJob(this.#db, row, {
      progress: Math.min(1, Math.max(0, done)),
      lease_until: new Date(this.#with.clock.now() + LEASE),
      ...(note === undefined ? {} : { note }),
    });
    if (!kept) control.abort(new Stop('lostLease'));
    else if (kept.cancel_asked) control.abort(new Stop('cancelled'));
  }

  /** Writes down how an attempt ended, unless the job is another's by now. */
  async #settle(row: JobRow, stop: StopReason | null, fault: { error: unknown } | null): Promise<void> {
    const { clock, log } = this.#with;
    if (fault && stop === null)
      log.warn({ err: fault.error, job: row.id, kind: row.kind, attempt: row.attempts }, 'a job failed');
    const fate = fateOf(row, stop, fault, clock.now());
    const held = fate && (await noteJob(this.#db, row, fate));
    if (held) await this.#ended({ ...row, ...fate });
    else log.warn({ job: row.id, kind: row.kind }, 'a job was taken over by another process');
  }

  async #ended(row: JobRow): Promise<void> {
    this.#with.metrics.jobs.inc({ kind: row.kind, state: row.state });
    if (row.state === 'failed' || row.state === 'cancelled') await this.#tellOwner(row);
  }

  async #tellOwners(): Promise<void> {
    try {
      const rows = await untoldJobs(this.#db, [...this.#kinds.keys()], this.#now());
      for (const row of rows) await this.#tellOwner(row);
    } catch (error) {
      this.#with.log.error({ err: error }, 'the job queue could not be read');
    }
  }

  /** Calls the owner's hook for a job that failed or was cancelled; when that fails it is called again later. */
  async #tellOwner(row: JobRow): Promise<void> {
    const kind = this.#kinds.get(row.kind);
    if (!kind || this.#beingTold.has(row.id)) return;
    this.#beingTold.add(row.id);
    try {
      const payload = kind.payload.safeParse(row.payload);
      const told = { workspace: row.workspace, error: row.error ?? '' };
      if (!payload.success) this.#with.log.error({ job: row.id, kind: row.kind }, 'a job cannot be read');
      else if (row.state === 'failed') await kind.failed?.(payload.data, told);
      else await kind.cancelled?.(payload.data, told);
      await noteTelling(this.#db, row, { owner_told: true });
    } catch (error) {
      this.#with.log.error({ err: error, job: row.id, kind: row.kind }, 'the end of a job is told later');
      const later = new Date(this.#with.clock.now() + MINUTE);
      await noteTelling(this.#db, row, { run_at: later }).catch(() => {});
    } finally {
      this.#beingTold.delete(row.id);
    }
  }

  /** Keeps the leases of what runs; a stop asked through another process is noticed here. */
  async #keepLeases(): Promise<void> {
    const now = this.#with.clock.now();
    const held = [...this.#running.values()];
    try {
      if (held.length > 0) {
        const kept = await keepLeases(
          this.#db,
          held.map((h): Held => h.row),
          new Date(now + LEASE),
        );
        const asked = new Map(kept.map((k) => [k.id, k.cancel_asked]));
        for (const { row, control } of held) {
          if (!asked.has(row.id)) control.abort(new Stop('lostLease'));
          else if (asked.get(row.id)) control.abort(new Stop('cancelled'));
        }
      }
      this.#keptAt = now;
    } catch (error) {
      this.#with.log.error({ err: error }, 'the leases of jobs could not be kept');
      // By now another process may have taken them.
      if (now - this.#keptAt >= LEASE) for (const { control } of held) control.abort(new Stop('lostLease'));
    }
  }

  #now(): Date {
    return new Date(this.#with.clock.now());
  }
}

type Fate = Partial<JobRow> & Pick<JobRow, 'state'>;

/** What becomes of a job after an attempt; null when that is no longer for this process to say. */
function fateOf(
  row: JobRow,
  stop: StopReason | null,
  fault: { error: unknown } | null,
  now: number,
): Fate | null {
  const ended = { lease_until: null, finished_at: new Date(now) };
  if (stop === 'lostLease') return null;
  // Cut off by us: the attempt does not count.
  if (stop === 'closing') return { state: 'queued', lease_until: null, attempts: row.attempts - 1 };
  if (stop === 'cancelled') return { ...ended, state: 'cancelled', owner_told: false };
  if (!fault) return { ...ended, state: 'done', progress: 1, error: null };
  const hopeless = fault.error instanceof AppError && fault.error.status < 500;
  const error = messageOf(fault.error).slice(0, 2000);
  if (hopeless || row.attempts >= row.max_attempts)
    return { ...ended, state: 'failed', error, owner_told: false };
  const wait = BACK_OFF[Math.min(row.attempts, BACK_OFF.length) - 1] ?? 2 * SECOND;
  return { state: 'queued', lease_until: null, error, run_at: new Date(now + wait) };
}

function notEnded(row: JobRow): AppError {
  const ended = row.state === 'failed' || row.state === 'cancelled';
  return new AppError({
    code: 'job.not_ended',
    status: 409,
    detail: ended
      ? 'The job is still being ended; try again in a moment.'
      : `The job is ${row.state}; only failed or cancelled jobs can be run again.`,
  });
}

function twinQueued(): AppError {
  return new AppError({
    code: 'job.already_queued',
    status: 409,
    detail: 'The same work is queued or running already: wait for it, or cancel it first.',
  });
}
