import { addDays, dayIn } from '@qianmian/contract';
import { z } from 'zod';
import type { Workspaces } from '../governance/index.ts';
import type { Bus } from '../platform/bus.ts';
import { type Clock, HOUR, MINUTE, SECOND } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import { nextSlot } from '../platform/pace.ts';
import type { Refresh } from './refresh.ts';

const KIND = 'profile.refresh';
/** Facts that come within this time are computed together. */
const GATHER = 3 * SECOND;
/** Visits alone move only when a person was last seen: that can wait. */
const GATHER_VISITS = MINUTE;

/** Computes profiles when facts came in, and every night because time passes. */
export function profileJobs(parts: {
  jobs: Jobs;
  bus: Bus;
  clock: Clock;
  workspaces: Pick<Workspaces, 'get'>;
  refresh: Refresh;
}): void {
  const { jobs, bus, clock, workspaces, refresh } = parts;

  /**
   * Time is cut into slots and each has at most one job, at its end: what comes while a job runs falls into a later
   * slot, so nothing waits for ever and nothing is overlooked. In a large shop slots are passed over, so that most of
   * the time nothing is computed.
   */
  async function soon(workspace: string, gather: number): Promise<void> {
    const runAt = nextSlot(clock.now(), gather, await refresh.lastCost(workspace));
    await jobs.enqueue({
      workspace,
      kind: KIND,
      subject: '',
      payload: { since: runAt },
      key: `${KIND}:${workspace}:${gather}:${runAt}`,
      runAt,
    });
  }

  /** A few minutes after the next local midnight. */
  async function nightly(workspace: string): Promise<void> {
    const { timeZone } = await workspaces.get(workspace);
    const tomorrow = addDays(dayIn(timeZone, clock.now()), 1);
    let runAt = Math.ceil(clock.now() / HOUR) * HOUR;
    while (dayIn(timeZone, runAt) < tomorrow) runAt += HOUR;
    await jobs.enqueue({
      workspace,
      kind: KIND,
      subject: '',
      payload: { since: runAt },
      key: `${KIND}:${workspace}:night:${tomorrow}`,
      runAt: runAt + 10 * MINUTE,
    });
  }

  jobs.handle({
    kind: KIND,
    background: true,
    payload: z.object({ since: z.number() }),
    run: ({ since }, { workspace }) => refresh.refreshSince(workspace, since),
  });
  bus.on('collect.stored', ({ workspace, hasOrders, hasTraits }) =>
    soon(workspace, hasOrders || hasTraits ? GATHER : GATHER_VISITS),
  );
  bus.on('identity.changed', ({ workspace }) => soon(workspace, GATHER));
  bus.on('collect.undone', ({ workspace }) => soon(workspace, GATHER));
  bus.on('profile.refreshed', ({ workspace }) => nightly(workspace));
}
