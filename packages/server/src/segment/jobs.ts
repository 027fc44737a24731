import { z } from 'zod';
import type { Bus } from '../platform/bus.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import { nextSlot } from '../platform/pace.ts';
import type { Membership } from './membership.ts';

const KIND = 'segment.refresh';
const GATHER = 2 * SECOND;

/** Computes the members of every segment anew after profiles were. */
export function segmentJobs(parts: { jobs: Jobs; bus: Bus; clock: Clock; membership: Membership }): void {
  const { jobs, bus, clock, membership } = parts;
  jobs.handle({
    kind: KIND,
    background: true,
    payload: z.object({ since: z.number() }),
    run: ({ since }, { workspace, signal, progress }) =>
      membership.refreshAllSince(workspace, since, { signal, progress }),
  });
  // One job a slot of time, at its end: see the same in profile.
  bus.on('profile.refreshed', async ({ workspace }) => {
    const runAt = nextSlot(clock.now(), GATHER, membership.lastCost(workspace));
    await jobs.enqueue({
      workspace,
      kind: KIND,
      subject: '',
      payload: { since: runAt },
      key: `${KIND}:${workspace}:${runAt}`,
      runAt,
    });
  });
}
