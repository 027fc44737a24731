import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import { openLanes } from '../platform/lanes.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { countedTo, DEFAULT_DAYS, type LifecycleDays, lifecycleDays } from './lifecycle.ts';
import { refreshWarehouse } from './refresh.ch.ts';
import type { ProfileTables } from './store.pg.ts';

/** When profiles were last computed, and by which days the stages were parted. */
export interface LastRefresh {
  computedAt: number | null;
  /** The moment to which days are counted: now, or the last order of data that ended long ago. */
  asOf: number;
  days: LifecycleDays;
}

/** Computing every profile of a workspace: beside the old ones, then in their place at once. */
export function openRefresh(parts: { warehouse: Warehouse; ledger: Ledger; clock: Clock; bus: Bus }) {
  const store = refreshWarehouse(parts.warehouse);
  const db = parts.ledger.withTables<ProfileTables>();
  /** One computation of a workspace at a time: they share the scratch tables. */
  const inLane = openLanes();
  /** When the last computation that succeeded was begun. */
  const begun = new Map<string, number>();

  async function compute(workspace: string): Promise<{ people: number; milliseconds: number }> {
    const started = performance.now();
    const now = parts.clock.now();
    await store.clearScratch(workspace);
    await store.fillDraft(workspace);
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
    refresh: (workspace: string) => inLane(workspace, () => compute(workspace)),

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
      if (!row) return { computedAt: null, asOf: parts.clock.now(), days: DEFAULT_DAYS };
      return {
        computedAt: row.computed_at.getTime(),
        asOf: row.data_as_of?.getTime() ?? parts.clock.now(),
        days: { active: row.active_days, cooling: row.cooling_days, sleeping: row.sleeping_days },
      };
    },
  };
}
export type Refresh = ReturnType<typeof openRefresh>;
