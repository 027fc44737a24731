import { z } from 'zod';
import type { Bus } from '../platform/bus.ts';
import { type Clock, DAY } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import { APPLY_RULES, type Rules } from './change-rules.ts';
import type { Folding } from './fold.ts';
import { FIND_DUPLICATES, type Review } from './review.ts';

const FOLD = 'identity.fold';
const FIND_NIGHTLY = 'identity.find_duplicates_nightly';

/** Kinds of identity's jobs that may take minutes. */
export const SLOW_IDENTITY_JOBS = [APPLY_RULES, FIND_DUPLICATES, FIND_NIGHTLY, FOLD];

/** What identity does beside the stream: lets rules hold, folds old merges, looks for duplicates. */
export function identityJobs(parts: {
  jobs: Jobs;
  bus: Bus;
  clock: Clock;
  rules: Rules;
  folding: Folding;
  review: Review;
}): void {
  const { jobs, bus, clock, rules, folding, review } = parts;
  const nothing = z.object({});

  jobs.handle({
    kind: APPLY_RULES,
    payload: nothing,
    run: (_, { workspace, progress }) => rules.apply(workspace, progress),
  });
  for (const kind of [FIND_DUPLICATES, FIND_NIGHTLY])
    jobs.handle({
      kind,
      // Asked for by someone, or by the clock.
      background: kind === FIND_NIGHTLY,
      payload: nothing,
      run: (_, { workspace, progress }) => review.find(workspace, progress),
    });
  jobs.handle({
    kind: FOLD,
    background: true,
    payload: nothing,
    run: async (_, { workspace, progress }) => {
      if (await folding.isDue(workspace)) await folding.fold(workspace, progress);
    },
  });

  // Portraits are computed anew at least every night: once a day, after that.
  bus.on('profile.refreshed', async ({ workspace }) => {
    const day = Math.floor(clock.now() / DAY);
    for (const kind of [FOLD, FIND_NIGHTLY])
      await jobs.enqueue({
        workspace,
        kind,
        subject: '',
        payload: {},
        key: `${kind}:${workspace}:${day + 1}`,
        runAt: (day + 1) * DAY + DAY / 8,
      });
  });
}
