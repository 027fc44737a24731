import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type KyselyPlugin, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DAY, FakeClock, HOUR, MINUTE, SECOND } from './clock.ts';
import { AppError } from './errors.ts';
import { type JobRow, type JobTables, jobsPage } from './job-store.pg.ts';
import { type JobContext, type JobKind, Jobs, type JobsParts, stopReason } from './jobs.ts';
import { migrateLedger, type OpenedLedger, openLedger } from './ledger.ts';
import { openLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { testLedgerUrl } from './test-ledger.ts';

let folder: string;
let ledger: OpenedLedger;
let clock: FakeClock;
const opened: Worker[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qm-jobs-'));
  ledger = await openLedger({ url: await testLedgerUrl(), folder: join(folder, 'ledger') });
  await migrateLedger(ledger, join(import.meta.dirname, '..'), ['platform']);
});
afterAll(async () => {
  await ledger.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  clock = new FakeClock('2026-06-01T00:00:00Z');
});
afterEach(async () => {
  for (const worker of opened.splice(0)) await worker.end();
  await table().deleteFrom('platform_job').execute();
});

const table = () => ledger.db.withTables<JobTables>();

interface Worker {
  jobs: Jobs;
  /** What runs in it: the process's own view. */
  runs: { n: number; context: JobContext; finish: (error?: Error) => void }[];
  told: string[];
  /** The process is killed: it writes nothing any more, and what it ran is gone. */
  kill(): void;
  end(): Promise<void>;
}

/** A process of its own on the one ledger, whose jobs run until they are told to finish. */
function process_(parts: Partial<JobsParts> = {}, kinds: Partial<JobKind<{ n: number }>>[] = [{}]): Worker {
  let isDead = false;
  const line: KyselyPlugin = {
    transformQuery({ node }) {
      if (isDead) throw new Error('The process is dead.');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const log = openLog('silent');
  const jobs = new Jobs(ledger.db.withPlugin(line), { clock, log, metrics: openMetrics(), ...parts });
  const worker: Worker = {
    jobs,
    runs: [],
    told: [],
    kill() {
      isDead = true;
      for (const run of worker.runs.splice(0)) run.finish();
    },
    async end() {
      for (const run of worker.runs.splice(0)) run.finish();
      await jobs.close();
    },
  };
  for (const kind of kinds)
    jobs.handle<{ n: number }>({
      kind: 'work',
      payload: z.object({ n: z.number() }),
      run: ({ n }, context) =>
        new Promise((resolve, reject) => {
          const run = {
            n,
            context,
            finish(error?: Error) {
              worker.runs = worker.runs.filter((r) => r !== run);
              if (error) reject(error);
              else resolve();
            },
          };
          worker.runs.push(run);
          context.signal.addEventListener('abort', () => run.finish());
        }),
      async failed({ n }, { error }) {
        worker.told.push(`${n} failed: ${error}`);
      },
      async cancelled({ n }) {
        worker.told.push(`${n} cancelled`);
      },
      ...kind,
    });
  opened.push(worker);
  return worker;
}

let workspaces = 0;
async function put(
  worker: Worker,
  n: number,
  over: { kind?: string; workspace?: string; key?: string; again?: boolean } = {},
) {
  const workspace = over.workspace ?? `w${++workspaces}`;
  const id = await worker.jobs.enqueue({ workspace, kind: 'work', subject: '', payload: { n }, ...over });
  const row = () =>
    table().selectFrom('platform_job').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return { workspace, id, row };
}

/** Waits until something holds, without moving the clock. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It never came to hold.');
}

/** The clock of a process that is starved or paused: it does not notice that time passes. */
const standing = () => new FakeClock(clock.now());

const stateOf = async (job: { row(): Promise<JobRow> }) => (await job.row()).state;

describe('a job', () => {
  it('runs, says how far it got, and is done', async () => {
    const a = process_();
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    await a.runs[0]!.context.progress(0.5, 'half');
    expect(await job.row()).toMatchObject({ state: 'running', progress: 0.5, note: 'half', attempts: 1 });
    a.runs[0]!.finish();
    await a.jobs.idle();
    expect(await job.row()).toMatchObject({ state: 'done', progress: 1, lease_until: null });
  });

  it('that runs by itself again and again is listed only where asked for, or when it failed', async () => {
    const a = process_({}, [{}, { kind: 'again', background: true, maxAttempts: 1 }]);
    await a.jobs.start();
    const workspace = 'listed';
    const page = { limit: 10, offset: 0 };
    const kinds = async (background: 'shown' | 'hidden') =>
      (await a.jobs.list(workspace, { ...page, background })).map((row) => `${row.kind} ${row.state}`).sort();
    await put(a, 1, { workspace });
    await until(() => a.runs.length === 1);
    a.runs[0]!.finish();
    for (const error of [undefined, new Error('no')]) {
      await put(a, 2, { workspace, kind: 'again' });
      await until(() => a.runs.length === 1);
      a.runs[0]!.finish(error);
      await a.jobs.idle();
    }
    expect(await kinds('shown')).toEqual(['again done', 'again failed', 'work done']);
    expect(await kinds('hidden')).toEqual(['again failed', 'work done']);
  });

  /** Rows as they were left by a job that ended days ago. */
  const ended = (count: number, daysAgo: number, set: Partial<JobRow> = {}) => {
    const at = new Date(clock.now() - daysAgo * DAY);
    return table()
      .insertInto('platform_job')
      .values(
        Array.from({ length: count }, () => ({
          ...{
            id: randomUUID(),
            workspace: 'old',
            kind: 'work',
            subject: '',
            payload: '{}',
            max_attempts: 1,
          },
          ...{
            state: 'done' as const,
            note: '',
            attempts: 1,
            cancel_asked: false,
            owner_told: true,
            lease: 0,
          },
          ...{ run_at: at, created_at: at, finished_at: at, background: false },
          ...set,
        })) as JobRow[],
      )
      .execute();
  };

  it('that ended is deleted: after a day where it ran by itself, after 90 days otherwise', async () => {
    const label = (note: string) => ({ note });
    await ended(300, 2, { background: true, ...label('background 2') });
    await ended(1, 0.5, { background: true, ...label('background 0.5') });
    await ended(1, 2, { background: true, state: 'failed', ...label('failed background 2') });
    await ended(1, 91, { background: true, state: 'failed', ...label('failed background 91') });
    await ended(1, 89, label('other 89'));
    await ended(300, 91, label('other 91'));
    await ended(1, 400, { state: 'failed', owner_told: false, kind: 'nobodys', ...label('untold') });
    await ended(1, 400, { state: 'queued', finished_at: null, kind: 'nobodys', ...label('queued') });
    const a = process_();
    await a.jobs.start();
    const left = async () =>
      (await table().selectFrom('platform_job').select('note').orderBy('note').execute()).map((r) => r.note);
    const kept = ['background 0.5', 'failed background 2', 'other 89', 'queued', 'untold'];
    await until(async () => (await left()).length === kept.length);
    expect(await left()).toEqual(kept);
    clock.advance(13 * HOUR);
    // A round that is still going on leaves the next to a later tick.
    await until(async () => {
      await a.jobs.tick();
      return (await left()).length === kept.length - 1;
    });
    expect(await left()).toEqual(kept.slice(1));
  });

  it('is found on its page without walking past all that ran by itself', async () => {
    for (let i = 0; i < 10; i++) await ended(500, i, { background: true });
    await ended(20, 5);
    await sql`analyze platform_job`.execute(ledger.db);
    const page = jobsPage(table(), 'old', { limit: 51, offset: 0, withoutBackground: true });
    const [{ 'QUERY PLAN': plan }] = (await page.explain('json', sql`analyze`)) as [{ 'QUERY PLAN': object }];
    const said = JSON.stringify(plan);
    expect(said).toContain('platform_job_seen');
    expect(said).not.toMatch(/"Rows Removed by Filter":\s*[1-9]/);
    expect(await page.execute()).toHaveLength(20);
  });

  it('is tried again with back-off, then fails and tells its owner', async () => {
    const a = process_({}, [{ maxAttempts: 2 }]);
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    a.runs[0]!.finish(new Error('no'));
    await a.jobs.idle();
    expect(await job.row()).toMatchObject({ state: 'queued', error: 'no' });
    clock.advance(2 * SECOND);
    await a.jobs.tick();
    a.runs[0]!.finish(new Error('no again'));
    await a.jobs.idle();
    expect(await job.row()).toMatchObject({ state: 'failed', attempts: 2, owner_told: true });
    expect(a.told).toEqual(['1 failed: no again']);
  });

  it('fails at once where trying again cannot help', async () => {
    const a = process_();
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    a.runs[0]!.finish(new AppError({ code: 'x.y', status: 409, detail: 'never' }));
    await a.jobs.idle();
    expect(await job.row()).toMatchObject({ state: 'failed', attempts: 1, error: 'never' });
  });

  it('cut off by a closing process is queued again, and that attempt does not count', async () => {
    const a = process_();
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    const { signal } = a.runs[0]!.context;
    await a.jobs.close();
    expect(stopReason(signal)).toBe('closing');
    expect(await job.row()).toMatchObject({ state: 'queued', attempts: 0 });
    const b = process_();
    await b.jobs.start();
    await until(() => b.runs.length === 1);
  });

  it('that takes the process down each time is not begun for ever', async () => {
    const first = process_({}, [{ maxAttempts: 3 }]);
    const job = await put(first, 1);
    for (let i = 1; i <= 3; i++) {
      const a = process_({ alone: true });
      await a.jobs.start();
      await until(() => a.runs.length === 1);
      expect(await job.row()).toMatchObject({ attempts: i });
      a.kill();
    }
    const last = process_({ alone: true });
    await last.jobs.start();
    await last.jobs.idle();
    expect(last.runs).toHaveLength(0);
    expect(await job.row()).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('process ended'),
    });
    expect(last.told).toEqual([expect.stringMatching(/^1 failed: The process ended/)]);
  });
});

describe('of two processes on one ledger', () => {
  it('each job runs in one of them, once', async () => {
    const ran: number[] = [];
    const quick: Partial<JobKind<{ n: number }>> = {
      run: async ({ n }) => {
        ran.push(n);
        await new Promise((resolve) => setTimeout(resolve, n % 3));
      },
    };
    const [a, b] = [process_({ hands: 8 }, [quick]), process_({ hands: 8 }, [quick])];
    await Promise.all([a.jobs.start(), b.jobs.start()]);
    await Promise.all(Array.from({ length: 100 }, (_, n) => put(n % 2 ? a : b, n)));
    await Promise.all([a.jobs.idle(), b.jobs.idle()]);
    expect(ran.sort((x, y) => x - y)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    const workers = await table().selectFrom('platform_job').select('worker').distinct().execute();
    expect(workers).toHaveLength(2);
  });

  it('a start takes nothing from the other while that is alive', async () => {
    const a = process_();
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    const b = process_();
    await b.jobs.start();
    for (let i = 0; i < 10; i++) {
      clock.advance(9 * SECOND);
      await a.jobs.tick();
      await b.jobs.tick();
    }
    expect(b.runs).toHaveLength(0);
    a.runs[0]!.finish();
    await until(async () => (await stateOf(job)) === 'done');
  });

  it('the other takes over when the lease of a killed one has run out', async () => {
    const a = process_();
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    a.kill();
    const b = process_();
    await b.jobs.start();
    clock.advance(29 * SECOND);
    await b.jobs.tick();
    expect(b.runs).toHaveLength(0);
    clock.advance(2 * SECOND);
    await b.jobs.tick();
    expect(b.runs).toHaveLength(1);
    b.runs[0]!.finish();
    await b.jobs.idle();
    expect(await job.row()).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('one that was away too long learns that the job is not its own, and writes nothing about it', async () => {
    const a = process_({ clock: standing() });
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    const late = a.runs[0]!;
    clock.advance(31 * SECOND);
    const b = process_();
    await b.jobs.start();
    await until(() => b.runs.length === 1);
    await late.context.progress(0.9, 'still here');
    expect(stopReason(late.context.signal)).toBe('lostLease');
    expect(await job.row()).toMatchObject({ state: 'running', progress: null, note: '' });
    expect(a.told).toEqual([]);
    b.runs[0]!.finish();
    await b.jobs.idle();
    expect(await stateOf(job)).toBe('done');
  });

  it('one that ends a job after losing it ends nothing', async () => {
    const a = process_({ clock: standing() });
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    clock.advance(31 * SECOND);
    const b = process_();
    await b.jobs.start();
    await until(() => b.runs.length === 1);
    a.runs[0]!.finish(new AppError({ code: 'x.y', status: 409, detail: 'too late' }));
    await a.jobs.close();
    expect(await job.row()).toMatchObject({ state: 'running', error: null });
    expect(a.told).toEqual([]);
  });
});

describe('cancelling', () => {
  it('ends a queued job at once and tells its owner', async () => {
    const a = process_();
    const job = await put(a, 1);
    expect(await a.jobs.cancel(job.workspace, job.id)).toMatchObject({ state: 'cancelled' });
    expect(a.told).toEqual(['1 cancelled']);
    await a.jobs.start();
    await a.jobs.idle();
    expect(a.runs).toHaveLength(0);
  });

  it('stops a running job, also through another process, with the reason', async () => {
    const [a, b] = [process_(), process_()];
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    const { signal } = a.runs[0]!.context;
    expect(await b.jobs.cancel(job.workspace, job.id)).toMatchObject({ state: 'running' });
    expect(signal.aborted).toBe(false);
    clock.advance(10 * SECOND);
    await a.jobs.idle();
    expect(stopReason(signal)).toBe('cancelled');
    expect(await stateOf(job)).toBe('cancelled');
    expect(a.told).toEqual(['1 cancelled']);
  });

  it('is not forgotten when the process dies before it could stop', async () => {
    const a = process_();
    await a.jobs.start();
    const job = await put(a, 1);
    await until(() => a.runs.length === 1);
    a.kill();
    const b = process_();
    await b.jobs.cancel(job.workspace, job.id);
    clock.advance(31 * SECOND);
    await b.jobs.start();
    await b.jobs.idle();
    expect(b.runs).toHaveLength(0);
    expect(await stateOf(job)).toBe('cancelled');
    expect(b.told).toEqual(['1 cancelled']);
  });

  it('is told again until the owner has taken note, whichever process does it', async () => {
    const a = process_({}, [
      {
        cancelled: async () => {
          throw new Error('the ledger hiccups');
        },
      },
    ]);
    const job = await put(a, 1);
    await a.jobs.cancel(job.workspace, job.id);
    expect(await job.row()).toMatchObject({ state: 'cancelled', owner_told: false });
    await expect(a.jobs.retry(job.workspace, job.id)).rejects.toMatchObject({ code: 'job.not_ended' });
    a.kill();
    const b = process_();
    await b.jobs.start();
    await b.jobs.idle();
    expect(b.told).toEqual([]);
    clock.advance(MINUTE);
    await b.jobs.idle();
    expect(b.told).toEqual(['1 cancelled']);
    clock.advance(MINUTE);
    await b.jobs.idle();
    expect(b.told).toHaveLength(1);
  });
});

describe('running again', () => {
  it('is refused while the same work is queued', async () => {
    const a = process_();
    const job = await put(a, 1, { key: 'k' });
    await a.jobs.cancel(job.workspace, job.id);
    const twin = await put(a, 2, { key: 'k', workspace: job.workspace });
    expect(twin.id).not.toBe(job.id);
    await expect(a.jobs.retry(job.workspace, job.id)).rejects.toMatchObject({
      code: 'job.already_queued',
      status: 409,
    });
    await expect(a.jobs.retry(twin.workspace, twin.id)).rejects.toMatchObject({ code: 'job.not_ended' });
    await a.jobs.cancel(twin.workspace, twin.id);
    expect(await a.jobs.retry(job.workspace, job.id)).toMatchObject({ state: 'queued', cancel_asked: false });
  });
});

describe('asked for again', () => {
  it('runs once more where what it read may be stale, once for all who asked meanwhile', async () => {
    const a = process_();
    await a.jobs.start();
    const first = await put(a, 1, { key: 'again', again: true });
    const same = { workspace: first.workspace, key: 'again', again: true };
    await until(() => a.runs.length === 1);
    const second = await put(a, 2, same);
    expect((await put(a, 3, same)).id).toBe(second.id);
    expect(second.id).not.toBe(first.id);
    // Who does not say so is answered by what runs.
    expect((await put(a, 4, { ...same, again: false })).id).toBe(first.id);
    a.runs[0]!.finish();
    await until(() => a.runs.length === 1 && a.runs[0]!.n === 2);
    const third = await put(a, 5, same);
    expect(third.id).not.toBe(second.id);
    a.runs[0]!.finish();
    await until(() => a.runs.length === 1 && a.runs[0]!.n === 5);
    a.runs[0]!.finish();
    await until(async () => (await stateOf(third)) === 'done');
    expect([await stateOf(first), await stateOf(second)]).toEqual(['done', 'done']);
  });
});

describe('hands', () => {
  const kinds = ['import', 'send', 'launch', 'short'].map((kind) => ({ kind }));
  const slow = ['import', 'send', 'launch'];

  it('a workspace has one job of a kind at a time, over all processes', async () => {
    const [a, b] = [process_({}, kinds), process_({}, kinds)];
    for (let n = 0; n < 4; n++) await put(a, n, { kind: 'short', workspace: 'one' });
    await put(a, 4, { kind: 'short', workspace: 'two' });
    await Promise.all([a.jobs.start(), b.jobs.start()]);
    await Promise.all([a.jobs.tick(), b.jobs.tick()]);
    const running = () => [...a.runs, ...b.runs];
    await until(() => running().length === 2);
    expect(
      running()
        .map((r) => r.context.workspace)
        .sort(),
    ).toEqual(['one', 'two']);
    for (let left = 5; left > 0; left--) {
      await until(() => running().length > 0);
      expect(running().filter((r) => r.context.workspace === 'one').length).toBeLessThanOrEqual(1);
      running()[0]!.finish();
      await Promise.all([a.jobs.tick(), b.jobs.tick()]);
    }
    await Promise.all([a.jobs.idle(), b.jobs.idle()]);
  });

  it('slow kinds leave one to the others, and no slow kind takes the place of another', async () => {
    const a = process_({ slow, hands: 4 }, kinds);
    for (let n = 0; n < 5; n++) await put(a, n, { kind: 'import' });
    for (let n = 5; n < 10; n++) await put(a, n, { kind: 'send' });
    for (let n = 10; n < 13; n++) await put(a, n, { kind: 'short' });
    await a.jobs.start();
    await until(() => a.runs.length === 4);
    await a.jobs.tick();
    expect(a.runs.map((r) => r.n)).toEqual([0, 1, 5, 10]);
    for (const n of [11, 12]) {
      a.runs.at(-1)!.finish();
      await until(() => a.runs.at(-1)?.n === n);
    }
    a.runs.at(-1)!.finish();
    await a.jobs.tick();
    await until(() => a.runs.length === 3);
  });

  it('a kind said to be slow must be one that someone does', async () => {
    await expect(process_({ slow: ['sned'] }).jobs.start()).rejects.toThrow('sned');
  });
});

describe('whatever happens', () => {
  /** What may happen to three processes and their jobs, between two ticks of the clock. */
  const happening = fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant('put' as const), by: fc.nat(2) }) },
    { weight: 6, arbitrary: fc.record({ what: fc.constant('finish' as const), by: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('fail' as const), by: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('cancel' as const), by: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('kill' as const), by: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('close' as const), by: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('sleep' as const), by: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('retry' as const), by: fc.nat(20) }) },
  );

  it('no job runs twice at once, and every job ends', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async (happenings) => {
        const made: Awaited<ReturnType<typeof put>>[] = [];
        /** How many turns each process sleeps through, as one that is starved or paused does. */
        const asleep = [0, 0, 0];
        const fresh = () => process_({ hands: 3 }, [{ maxAttempts: 4 }]);
        const all = [fresh(), fresh(), fresh()];
        for (const p of all) await p.jobs.start();

        /** A process that sleeps runs on without knowing that it lost its job: only who is awake counts. */
        const check = () => {
          const running = all.flatMap((p, i) => (asleep[i] ? [] : p.runs.map((r) => r.n)));
          expect(new Set(running).size).toBe(running.length);
        };
        const turn = async () => {
          // Who was asleep for long learns of what it lost before anyone looks.
          for (const [i, p] of all.entries()) {
            if (asleep[i]) asleep[i]! -= 1;
            if (!asleep[i]) await p.jobs.tick();
          }
          check();
        };
        for (const { what, by } of happenings) {
          const p = all[by % 3]!;
          const job = made[by % Math.max(1, made.length)];
          if (what === 'put') made.push(await put(p, made.length));
          if (what === 'finish' || what === 'fail') {
            p.runs[0]?.finish(what === 'fail' ? new Error('no') : undefined);
          }
          if (what === 'cancel' && job) await p.jobs.cancel(job.workspace, job.id);
          if (what === 'retry' && job) await p.jobs.retry(job.workspace, job.id).catch(() => {});
          if (what === 'sleep') asleep[by % 3] = 5;
          if (what === 'kill' || what === 'close') {
            if (what === 'kill') p.kill();
            else await p.jobs.close();
            all[by % 3] = fresh();
            asleep[by % 3] = 0;
            await all[by % 3]!.jobs.start();
          }
          clock.advance(9 * SECOND);
          await turn();
        }
        asleep.fill(0);
        const states = async () =>
          (await table().selectFrom('platform_job').select(['state', 'owner_told']).execute()).filter(
            (r) => r.state === 'queued' || r.state === 'running' || !r.owner_told,
          );
        for (let i = 0; i < 400 && (await states()).length > 0; i++) {
          for (const p of all) for (const run of [...p.runs]) run.finish();
          clock.advance(9 * SECOND);
          await turn();
        }
        expect(await states()).toEqual([]);
        for (const p of opened.splice(0)) await p.end();
        await table().deleteFrom('platform_job').execute();
      }),
      { numRuns: 12 },
    );
  });
});
