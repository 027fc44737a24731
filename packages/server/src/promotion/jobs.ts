import { z } from 'zod';
import type { Bus } from '../platform/bus.ts';
import { type Clock, HOUR, SECOND } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Reading } from './reading.ts';
import type { RedeemUses } from './redeem.ts';

const READ = 'promotion.read';
const RELEASE = 'promotion.release';
const ROUND = 'promotion.round';
/** What asks for a reading within this time is read together. */
const GATHER = 3 * SECOND;
const ROUND_EVERY = HOUR;
/** The round is nobody's: it stands in no workspace's list of jobs. */
const EVERYWHERE = '';

/**
 * When codes of orders are redeemed: at once when collect tells of them; by reading what was stored when it tells of an
 * import, when redeeming at once failed, at every start, and every hour. What orders redeemed that are cancelled or were
 * taken out is opened again by the same reading, and when an import was undone.
 */
export function promotionJobs(parts: {
  jobs: Jobs;
  bus: Bus;
  clock: Clock;
  reading: Reading;
  redeemUses: RedeemUses;
  tellUntold(): Promise<void>;
}) {
  const { jobs, bus, clock, reading } = parts;

  // One job a slot of time, at its end: see the same in profile.
  async function soon(kind: typeof READ | typeof RELEASE, workspace: string): Promise<void> {
    const slot = Math.floor(clock.now() / GATHER) + 1;
    await jobs.enqueue({
      workspace,
      kind,
      subject: '',
      payload: {},
      key: `${kind}:${workspace}:${slot}`,
      runAt: slot * GATHER,
    });
  }

  async function round(key: string, runAt: number): Promise<void> {
    const payload = {};
    await jobs.enqueue({
      workspace: EVERYWHERE,
      kind: ROUND,
      subject: '',
      payload,
      key: `${ROUND}:${key}`,
      runAt,
    });
  }

  jobs.handle({
    kind: READ,
    background: true,
    payload: z.object({}),
    run: (_, { workspace, signal }) => reading.readOn(workspace, signal),
  });
  jobs.handle({
    kind: RELEASE,
    background: true,
    payload: z.object({}),
    async run(_, { workspace, signal }) {
      await reading.releaseAll(workspace, signal);
      // The import may have been the one that took orders back.
      await reading.readOn(workspace, signal);
    },
  });
  jobs.handle({
    kind: ROUND,
    payload: z.object({}),
    async run(_, { signal }) {
      // First the next: whatever becomes of this one.
      const next = Math.floor(clock.now() / ROUND_EVERY) + 1;
      await round(String(next), next * ROUND_EVERY);
      for (const workspace of await reading.workspaces()) await reading.readOn(workspace, signal);
      await parts.tellUntold();
    },
  });
  bus.on('collect.stored', async ({ workspace, couponUses, hasOrders, hasReturns, personIds }) => {
    try {
      if (couponUses.length > 0) await parts.redeemUses(workspace, couponUses);
      // An import names neither people nor codes.
      const isImport = hasOrders && personIds.length === 0 && couponUses.length === 0;
      if (hasReturns || isImport) await soon(READ, workspace);
    } catch (error) {
      await soon(READ, workspace);
      throw error;
    }
  });

  bus.on('collect.undone', ({ workspace }) => soon(RELEASE, workspace));

  return {
    /** Begins the rounds: the first at once, for what was stored or redeemed before a crash. */
    start: () => round('start', clock.now()),
  };
}
