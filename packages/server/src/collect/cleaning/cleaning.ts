import type {
  CleanState,
  CleanStep,
  CleanSubject,
  FindingSelection,
  FindingVerdict,
} from '@qianmian/contract';
import { isActing } from '@qianmian/contract';
import type { Workspaces } from '../../governance/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { notFound } from '../../platform/errors.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { Apply } from './apply.ts';
import type { PastParts } from './past.ts';
import { shownValue } from './past.ts';
import type { Queue } from './queue.ts';
import { learnMissing, namesIn, type Sampled, sampleOf } from './samples.ts';
import type { Steps } from './steps.ts';
import type { ChangeShown } from './store.ch.ts';
import { suggestSteps } from './suggest.ts';

const EXAMPLES = 20;

/** Cleaning as people use it: see what steps would do, save them, follow what they did, take it back. */
export function openCleaning(parts: {
  jobs: Jobs;
  clock: Clock;
  workspaces: Pick<Workspaces, 'get'>;
  steps: Steps;
  queue: Queue;
  apply: Apply;
  past: PastParts;
}) {
  const { steps, queue, apply, past } = parts;

  /** Samples of one request, each read once. */
  async function samplesFor(workspace: string, of: readonly CleanStep[]) {
    const none = await steps.tried(workspace, [], {});
    const read = new Map<CleanSubject, Promise<Sampled[]>>();
    return (subject: CleanSubject) => {
      const known = read.get(subject) ?? sampleOf(past, workspace, subject, none, namesIn(of));
      read.set(subject, known);
      return known;
    };
  }

  const learn = async (workspace: string, all: readonly CleanStep[]) =>
    learnMissing(all, await samplesFor(workspace, all), (some, learned) =>
      steps.tried(workspace, some, learned),
    );

  return {
    async state(workspace: string): Promise<CleanState> {
      const [version, runs, changed, open, looks] = await Promise.all([
        steps.current(workspace),
        apply.runs(workspace),
        past.warehouse.countsByStep(workspace),
        queue.openByStep(workspace),
        queue.looks(workspace),
      ]);
      const last = runs.find((run) => run.finishedAt !== null);
      const under = runs.find((run) => run.finishedAt === null && run.jobId !== null);
      const job = under?.jobId ? await parts.jobs.get(workspace, under.jobId).catch(() => null) : null;
      const isRunning = job && ['queued', 'running'].includes(job.state);
      return {
        ...{
          version: version?.version ?? 0,
          steps: version?.steps ?? [],
          appliedVersion: last?.version ?? null,
        },
        running: isRunning ? { jobId: job.id, progress: job.progress ?? 0, note: job.note ?? '' } : null,
        counts: (version?.steps ?? []).map((step) => ({
          step: step.id,
          changed: changed.find((one) => one.step === step.id)?.n ?? 0,
          open: open.get(step.id) ?? 0,
          found: Number(looks.find((one) => one.step === step.id)?.found ?? Number.NaN) || null,
        })),
        changed: changed.reduce((sum, one) => sum + one.n, 0),
        lookedAt:
          looks.length === 0
            ? null
            : new Date(Math.max(...looks.map((one) => one.looked_at.getTime()))).toISOString(),
      };
    },

    versions: steps.list,

    async save(
      workspace: string,
      by: string,
      given: { steps: CleanStep[]; note: string; basedOn: number; applyToPast: boolean },
    ) {
      const saved = await steps.save(workspace, by, {
        ...given,
        learned: await learn(workspace, given.steps),
      });
      if (given.applyToPast) await apply.apply(workspace, by);
      else await apply.lookSoon(workspace);
      return saved;
    },

    apply: apply.apply,
    runs: apply.runs,

    /** What one of some steps would do to a sample, after those before it. */
    async preview(workspace: string, all: CleanStep[], id: string) {
      const step = all.find((one) => one.id === id);
      if (!step) throw notFound('step', id);
      if (!isActing(step)) {
        const { findings, total } = await queue.tryStep(workspace, step, EXAMPLES);
        return { looked: total, changed: total, examples: [], findings };
      }
      const on = all.map((one) => (one.id === id ? { ...one, isOn: true } : one));
      const upTo = on.slice(0, on.findIndex((one) => one.id === id) + 1);
      const sample = await samplesFor(workspace, upTo);
      const learned = await learnMissing(upTo, sample, (some, known) => steps.tried(workspace, some, known));
      const tried = await steps.tried(workspace, upTo, learned);
      const out = { looked: 0, changed: 0, examples: [] as ReturnType<typeof shown>[], findings: [] };
      const seen = new Set<string>();
      for (const { key, fact, source } of await sample(step.on.subject)) {
        out.looked += 1;
        const touches = tried.clean(fact, source, []) === fact ? [] : touchesOf(tried, fact, source, id);
        if (touches.length > 0) out.changed += 1;
        for (const touch of touches) {
          // One example of each kind of change tells more than many of one.
          const what = JSON.stringify([touch.field, touch.before, touch.after]);
          if (seen.has(what) || out.examples.length >= EXAMPLES) continue;
          seen.add(what);
          out.examples.push(shown(key, touch));
        }
      }
      return out;
    },

    async suggestions(workspace: string) {
      const version = await steps.current(workspace);
      const none = await steps.tried(workspace, [], {});
      const { timeZone } = await parts.workspaces.get(workspace);
      return suggestSteps(past, workspace, version?.steps ?? [], {
        ...{ clock: parts.clock, timeZone },
        compiled: await steps.tried(workspace, version?.steps ?? [], {}),
        sample: (subject, of) => sampleOf(past, workspace, subject, none, of),
      });
    },

    changes: (
      workspace: string,
      filter: Parameters<PastParts['warehouse']['changes']>[1],
    ): Promise<ChangeShown[]> => past.warehouse.changes(workspace, filter),

    look: apply.lookSoon,
    findings: queue.list,
    findingGroups: queue.groups,
    decide: (workspace: string, selection: FindingSelection, verdict: FindingVerdict, by: string) =>
      queue.decide(workspace, selection, verdict, by),
    undoDecision: queue.undo,
  };
}
export type Cleaning = ReturnType<typeof openCleaning>;

function touchesOf(
  tried: Awaited<ReturnType<Steps['tried']>>,
  fact: Sampled['fact'],
  source: string,
  id: string,
) {
  const trail: Parameters<typeof tried.clean>[2] = [];
  tried.clean(fact, source, trail);
  return trail.filter((touch) => touch.step === id);
}

const shown = (key: string, touch: ReturnType<typeof touchesOf>[number]) => ({
  ...{ key, field: touch.field, method: touch.method },
  ...{ before: shownValue(touch.before), after: shownValue(touch.after) },
});
