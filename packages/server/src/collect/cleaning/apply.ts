import { randomUUID } from 'node:crypto';
import { CLEAN_SUBJECTS, type CleanRun, type CleanSubject } from '@qianmian/contract';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Bus } from '../../platform/bus.ts';
import { type Clock, isoOf, isoOrNull, MINUTE } from '../../platform/clock.ts';
import type { JobContext, Jobs } from '../../platform/jobs.ts';
import type { Ledger } from '../../platform/ledger.ts';
import type { Collector } from '../collector.ts';
import type { Compiled } from './compile.ts';
import {
  type Counted,
  cleanEvents,
  cleanOrders,
  cleanProducts,
  cleanTraits,
  finishEvents,
  type Page,
  type PastParts,
} from './past.ts';
import { DECIDED_KIND, type Queue } from './queue.ts';
import { namesIn } from './samples.ts';
import type { Steps } from './steps.ts';
import type { CleaningTables } from './store.pg.ts';

export const APPLY_KIND = 'collect.cleaning';
export const LOOK_KIND = 'collect.cleaning_look';
/** Jobs that may take minutes. */
export const SLOW_CLEANING_JOBS = [APPLY_KIND, LOOK_KIND];

/** Things brought in accord at once: whatever arrives waits meanwhile. */
const AT_ONCE = { orders: 1000, products: 2000, traits: 5000, events: 20_000 };
/** How long after facts came in the finding steps look through them. */
const LOOK_AFTER = 5 * MINUTE;
const LISTED = 50;

/** Brings what is stored in accord with the steps: the work behind "apply to the past", undo, and decisions. */
export function openApply(parts: {
  ledger: Ledger;
  jobs: Jobs;
  clock: Clock;
  bus: Bus;
  steps: Steps;
  queue: Queue;
  past: PastParts;
  collector: Pick<Collector, 'exclusively' | 'drained' | 'nextVersion'>;
}) {
  const { jobs, clock, bus, steps, queue, past, collector } = parts;
  const db = parts.ledger.withTables<CleaningTables>();

  /** Brings a page of things in accord while nothing else is stored; null where the steps are others by now. */
  function onPage(
    workspace: string,
    version: number | null,
    work: (page: Page) => Promise<Counted>,
  ): Promise<Counted | null> {
    return collector.exclusively(async () => {
      const now = await steps.stepsOfPast(workspace);
      if (!now || (version !== null && now.version !== version)) return null;
      return work({
        ...{ workspace, steps: now, at: clock.now() },
        ...{ version: collector.nextVersion(), lastVersion: collector.nextVersion() },
      });
    });
  }

  const announce = (workspace: string) =>
    bus.announce('collect.stored', {
      ...{ workspace, personIds: [], couponUses: [], hasOrders: true, hasTraits: true },
    });

  /** Goes through everything that steps act on or did; answers whether it came to the end with the same steps. */
  async function pass(run: string, now: Compiled, context: JobContext): Promise<boolean> {
    const { workspace, signal } = context;
    const changed = new Set((await past.warehouse.changedSubjects(workspace)).map((one) => one.subject));
    const subjects = CLEAN_SUBJECTS.filter((subject) => now.acts(subject) || changed.has(subject));
    let looked = 0;
    for (const [i, subject] of subjects.entries()) {
      for await (const { work, share } of pagesOf(subject, workspace)) {
        if (signal.aborted) return true;
        const counted = await onPage(workspace, now.version, work);
        if (!counted) return false;
        looked += counted.looked;
        await db
          .updateTable('collect_cleaning_run')
          .set({
            looked,
            changed: sql`changed + ${counted.changed}`,
            restored: sql`restored + ${counted.restored}`,
          })
          .where('id', '=', run)
          .execute();
        await context.progress(
          Math.min(0.99, (i + share) / subjects.length),
          `${subject}: ${looked.toLocaleString('en')}`,
        );
      }
    }
    return true;
  }

  async function* pagesOf(subject: CleanSubject, workspace: string) {
    if (subject === 'line') {
      const total = Math.max(1, await past.warehouse.countOrders(workspace));
      let done = 0;
      for (let after = ''; ; ) {
        const ids = await past.warehouse.ordersAfter(workspace, after, AT_ONCE.orders);
        if (ids.length === 0) return;
        done += ids.length;
        yield { work: (page: Page) => cleanOrders(past, page, ids), share: done / total };
        after = ids.at(-1)!;
      }
    }
    if (subject === 'product') {
      for (let after = ''; ; ) {
        const ids: string[] = [];
        const next = async (page: Page) => {
          const products = await past.catalog.toldAfter(workspace, after, AT_ONCE.products);
          for (const one of products) ids.push(one.productId);
          return products.length === 0
            ? { looked: 0, changed: 0, restored: 0 }
            : cleanProducts(past, page, products);
        };
        yield { work: next, share: 0.5 };
        if (ids.length === 0) return;
        after = ids.at(-1)!;
      }
    }
    if (subject === 'trait') {
      for (let place: readonly (string | number)[] | null = null; ; ) {
        const at: readonly (string | number)[] | null = place;
        let next: readonly (string | number)[] | null = null;
        const work = async (page: Page) => {
          const found = await past.traits.after(workspace, null, at, AT_ONCE.traits);
          next = found.next;
          return cleanTraits(past, page, found.traits);
        };
        yield { work, share: 0.5 };
        if (!next) return;
        place = next;
      }
    }
    if (subject === 'event') {
      const { events } = namesIn((await steps.current(workspace))?.steps ?? []);
      const count = Math.max(1, Math.ceil((await past.warehouse.countEvents(workspace)) / AT_ONCE.events));
      for (let part = 0; part < count; part++) {
        const work = async (page: Page) =>
          cleanEvents(past, page, await past.warehouse.eventsOfPart(workspace, events, count, part));
        yield { work, share: (part + 1) / count };
      }
    }
  }

  jobs.handle({
    kind: APPLY_KIND,
    payload: z.object({ run: z.string() }),
    maxAttempts: 5,
    /** Stopped anywhere it begins anew: what is in accord already is left as it is. */
    async run({ run }, context) {
      const { workspace, signal } = context;
      // What came before the steps were saved is stored before they go through what is stored.
      await collector.drained();
      await collector.exclusively(() => finishEvents(past, workspace));
      for (;;) {
        steps.forget(workspace);
        const now = await steps.stepsOfPast(workspace);
        if (!now) break;
        await db
          .updateTable('collect_cleaning_run')
          .set({ version: now.version })
          .where('id', '=', run)
          .execute();
        if (await pass(run, now, context)) break;
      }
      await announce(workspace);
      if (signal.aborted) return;
      await db
        .updateTable('collect_cleaning_run')
        .set({ finished_at: new Date(clock.now()) })
        .where('id', '=', run)
        .execute();
      await queue.look(workspace);
      await context.progress(1);
    },
  });

  jobs.handle({
    kind: DECIDED_KIND,
    payload: z.object({ decision: z.string() }),
    maxAttempts: 5,
    /** Tells anew what a decision is about, or was before it was taken back. */
    async run({ decision }, { workspace, progress }) {
      steps.forget(workspace);
      const about = await queue.decidedAbout(workspace, decision);
      const [lines, traits] = await Promise.all([
        past.warehouse.touchedBy(workspace, 'line', decision),
        past.warehouse.touchedBy(workspace, 'trait', decision),
      ]);
      const merged = about.flatMap((one) => (one.subject === 'product' ? [one.key] : []));
      const orders = new Set([
        ...lines.map((key) => key.slice(0, key.indexOf('\n'))),
        ...about.flatMap((one) => (one.subject === 'line' || one.subject === 'order' ? [one.key] : [])),
        ...(merged.length > 0 ? await past.warehouse.ordersOfProducts(workspace, merged) : []),
      ]);
      const ids = [...orders].sort();
      for (let at = 0; at < ids.length; at += AT_ONCE.orders) {
        const some = ids.slice(at, at + AT_ONCE.orders);
        await onPage(workspace, null, (page) => cleanOrders(past, page, some));
        await progress(Math.min(0.9, (at + some.length) / ids.length));
      }
      const keys = [
        ...traits,
        ...about.flatMap((one) => (one.subject === 'trait' ? [`${one.key}\n${one.line}`] : [])),
      ].map((key) => {
        const end = key.indexOf('\n');
        return { anchor: Number(key.slice(0, end)), name: key.slice(end + 1) };
      });
      if (keys.length > 0)
        await onPage(workspace, null, async (page) =>
          cleanTraits(past, page, await past.traits.ofAnchors(workspace, keys)),
        );
      await announce(workspace);
    },
  });

  jobs.handle({
    kind: LOOK_KIND,
    payload: z.object({}),
    maxAttempts: 3,
    background: true,
    async run(_, { workspace, progress }) {
      await queue.look(workspace, (done) => progress(Math.min(0.99, done)));
    },
  });

  const enqueueLook = (workspace: string, runAt?: number) =>
    jobs.enqueue({
      ...{ workspace, kind: LOOK_KIND, subject: '', payload: {} },
      // Who asks now does not wait for the look that is due later.
      key: `${LOOK_KIND}:${workspace}:${runAt === undefined ? 'now' : 'later'}`,
      ...(runAt === undefined ? {} : { runAt }),
    });

  // Whatever comes in is looked through a while later: one look for all that came meanwhile.
  bus.on('collect.stored', async ({ workspace, hasOrders, hasTraits }) => {
    if (!hasOrders && !hasTraits) return;
    const version = await steps.current(workspace);
    if (version?.steps.some((one) => one.isOn && !('on' in one)))
      await enqueueLook(workspace, clock.now() + LOOK_AFTER);
  });

  return {
    /** Has a job bring the past in accord with the newest steps; one that does so already is answered. */
    async apply(workspace: string, by: string): Promise<string> {
      const version = (await steps.current(workspace))?.version ?? 0;
      const run = randomUUID();
      return db.transaction().execute(async (trx) => {
        const jobId = await jobs.enqueue(
          {
            ...{ workspace, kind: APPLY_KIND, subject: `${version}`, payload: { run } },
            key: `${APPLY_KIND}:${workspace}:${version}`,
          },
          trx as never,
        );
        const known = await trx
          .selectFrom('collect_cleaning_run')
          .select('id')
          .where('job_id', '=', jobId)
          .executeTakeFirst();
        if (!known)
          await trx
            .insertInto('collect_cleaning_run')
            .values({
              ...{
                id: run,
                workspace,
                version,
                job_id: jobId,
                started_by: by,
                started_at: new Date(clock.now()),
              },
              ...{ finished_at: null, looked: 0, changed: 0, restored: 0 },
            })
            .execute();
        return jobId;
      });
    },

    lookSoon: (workspace: string) => enqueueLook(workspace),

    async runs(workspace: string): Promise<CleanRun[]> {
      const rows = await db
        .selectFrom('collect_cleaning_run')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('started_at', 'desc')
        .orderBy('version', 'desc')
        .limit(LISTED)
        .execute();
      return rows.map((row) => ({
        ...{ id: row.id, version: row.version, jobId: row.job_id, startedBy: row.started_by },
        ...{ startedAt: isoOf(row.started_at.getTime()), finishedAt: isoOrNull(row.finished_at) },
        ...{ looked: Number(row.looked), changed: Number(row.changed), restored: Number(row.restored) },
      }));
    },
  };
}
export type Apply = ReturnType<typeof openApply>;
