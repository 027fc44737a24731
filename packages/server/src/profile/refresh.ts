import type { Identity } from '../identity/index.ts';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import { openLanes } from '../platform/lanes.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { countedTo, DEFAULT_DAYS, type LifecycleDays, lifecycleDays } from './lifecycle.ts';
import { refreshWarehouse } from './refresh.ch.ts';
import { PERSON_TABLES } from './store.ch.ts';
import type { ProfileTables } from './store.pg.ts';

/** When profiles were last computed, and by which days the stages were parted. */
export interface LastRefresh {
  computedAt: number | null;
  /** The moment to which days are counted: now, or the last order of data that ended long ago. */
  asOf: number;
  /** That last order; null where days are counted to now. */
  endedAt: number | null;
  days: LifecycleDays;
}

interface Refreshed {
  people: number;
  milliseconds: number;
}

/** Computing every profile of a workspace: beside the old ones, then in their place at once. */
export function openRefresh(parts: {
  warehouse: Warehouse;
  ledger: Ledger;
  clock: Clock;
  bus: Bus;
  identity: Pick<Identity, 'nobodies'>;
}) {
  const store = refreshWarehouse(parts.warehouse);
  const db = parts.ledger.withTables<ProfileTables>();
  /** One computation of a workspace at a time: they share the scratch tables. */
  const inLane = openLanes();
  /** When the last computation that succeeded was begun. */
  const begun = new Map<string, number>();
  /** When the one under way or the last was begun, whatever became of it. */
  const tried = new Map<string, number>();
  /** A computation that waits for its turn: whoever asks before it begins shares it. */
  const waiting = new Map<string, Promise<Refreshed>>();

  async function compute(workspace: string): Promise<Refreshed> {
    const started = performance.now();
    const now = parts.clock.now();
    tried.set(workspace, now);
    await store.clearScratch(workspace);
    await store.fillDraft(workspace, await parts.identity.nobodies(workspace, PERSON_TABLES));
    const days = lifecycleDays(await store.gaps(workspace));
    const asOf = countedTo(now, await store.lastOrder(workspace));
    await store.fillNext(workspace, now, asOf, await store.bounds(workspace), days);
    const people = await store.swap(workspace);
    await store.clearScratch(workspace);
    const milliseconds = Math.round(performance.now() - started);
    const row = {
      computed_at: new Date(now),
      people,
      milliseconds,
      active_days: days.active,
      cooling_days: days.cooling,
      sleeping_days: days.sleeping,
      data_as_of: asOf === now ? null : new Date(asOf),
    };
    await db
      .insertInto('profile_refresh')
      .values({ workspace, ...row })
      .onConflict((c) => c.column('workspace').doUpdateSet(row))
      .execute();
    begun.set(workspace, now);
    await parts.bus.announce('profile.refreshed', { workspace, people });
    return { people, milliseconds };
  }

  return {
    /** Computes now; who asks while another waits for its turn gets what that finds. */
    refresh(workspace: string): Promise<Refreshed> {
      const shared =
        waiting.get(workspace) ??
        inLane(workspace, () => {
          waiting.delete(workspace);
          return compute(workspace);
        });
      waiting.set(workspace, shared);
      return shared;
    },

    /** When profiles were computed last and what that cost; null when never. */
    async lastCost(workspace: string): Promise<{ begun: number; cost: number } | null> {
      const row = await db
        .selectFrom('profile_refresh')
        .select(['computed_at', 'milliseconds'])
        .where('workspace', '=', workspace)
        .executeTakeFirst();
      if (!row) return null;
      return { begun: tried.get(workspace) ?? row.computed_at.getTime(), cost: row.milliseconds };
    },

    /** Computes, unless a computation begun at `moment` or later has seen everything already. */
    refreshSince: (workspace: string, moment: number): Promise<void> =>
      inLane(workspace, async () => {
        if ((begun.get(workspace) ?? Number.NEGATIVE_INFINITY) < moment) await compute(workspace);
      }),

    async last(workspace: string): Promise<LastRefresh> {
      const row = await db
        .selectFrom('profile_refresh')
        .selectAll()
        .where('workspace', '=', workspace)
        .executeTakeFirst();
      if (!row) return { computedAt: null, asOf: parts.clock.now(), endedAt: null, days: DEFAULT_DAYS };
      const endedAt = row.data_as_of?.getTime() ?? null;
      return {
        computedAt: row.computed_at.getTime(),
        asOf: endedAt ?? parts.clock.now(),
        endedAt,
        days: { active: row.active_days, cooling: row.cooling_days, sleeping: row.sleeping_days },
      };
    },
  };
}
export type Refresh = ReturnType<typeof openRefresh>;
