import { z } from 'zod';
import type { Workspaces } from '../../governance/index.ts';
import { AppError } from '../../platform/errors.ts';
import { type Jobs, stopReason } from '../../platform/jobs.ts';
import type { Log } from '../../platform/log.ts';
import { meaningOf } from './errors.ts';
import type { Pulls } from './pulls.ts';
import type { openRunner } from './run-pull.ts';
import type { Runs } from './runs.ts';

/** Work that waits for others: it must not hold up the short. */
export const SLOW_PULL_JOBS = ['collect.pull'];

/** Registers the work of reading sources. A fault of the other side is noted and tried later; only ours are the queue's. */
export function pullJobs(
  jobs: Jobs,
  parts: {
    pulls: Pulls;
    runs: Runs;
    runPull: ReturnType<typeof openRunner>;
    workspaces: Workspaces;
    now: () => number;
    log: Log;
  },
): void {
  const { pulls, runs } = parts;
  jobs.handle({
    kind: 'collect.pull',
    payload: z.object({ sourceId: z.string() }),
    maxAttempts: 3,
    background: true,
    async run({ sourceId }, { workspace, signal }) {
      const pull = await pulls.row(workspace, sourceId).catch((error) => {
        if (error instanceof AppError && error.status === 404) return null;
        throw error;
      });
      if (!pull || pull.paused_at) return;
      const run = await runs.begin(pull);
      try {
        const secret = pulls.secretOf(pull);
        const { currency: home, country } = await parts.workspaces.get(workspace);
        const end = await parts.runPull({ pull, run, secret, home, country, signal, now: parts.now() });
        await runs.end(run.id, end === 'waiting' ? 'done' : end);
        if (end !== 'stopped') await pulls.wentWell(pull, end);
        await runs.tidy(sourceId);
      } catch (error) {
        const stop = stopReason(signal);
        if (stop === 'cancelled') return runs.end(run.id, 'stopped');
        // Taken up again where it was, by the next start or by another process.
        if (stop) throw error;
        const fault = meaningOf(error);
        // What the other side said may hold what it was asked with: its code is enough for the log.
        parts.log.warn({ source: sourceId, code: fault.code }, 'a source could not be read');
        await runs.end(run.id, 'failed', fault);
        await pulls.wentWrong(pull, fault);
      }
    },
  });
}
