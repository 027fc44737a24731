import type { Condition } from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import type { Clock } from '../platform/clock.ts';
import { openLanes } from '../platform/lanes.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Profile, SqlSource } from '../profile/index.ts';
import { compileCondition } from './compile.ts';
import { noSegment } from './errors.ts';
import { type Definitions, dependants } from './references.ts';
import type { Segments } from './segments.ts';
import { segmentWarehouse } from './store.ch.ts';

/** Who is in which segment: computed at once for everyone, kept until computed anew. */
export function openMembership(parts: {
  warehouse: Warehouse;
  clock: Clock;
  workspaces: Pick<Workspaces, 'get'>;
  segments: Segments;
  profile: Pick<Profile, 'asOf'>;
}) {
  const { clock, segments, workspaces, profile } = parts;
  const store = segmentWarehouse(parts.warehouse);
  /** One computation of a workspace at a time. */
  const inLane = openLanes();
  const begun = new Map<string, number>();
  /** When all segments of a workspace were begun last, and the milliseconds that took. */
  const costs = new Map<string, { begun: number; cost: number }>();

  async function compiled(workspace: string, condition: Condition, definitions: Definitions, prefix = 'c') {
    const { timeZone } = await workspaces.get(workspace);
    const now = await profile.asOf(workspace);
    return compileCondition(condition, { now, timeZone, definitions, prefix });
  }

  async function compute(workspace: string, id: string, definitions: Definitions): Promise<void> {
    const definition = definitions.get(id);
    if (!definition) throw noSegment(id);
    const now = clock.now();
    const people = await compiled(workspace, definition.condition, definitions);
    const size = await store.replaceMembers(workspace, id, people, now);
    await segments.setSize(workspace, id, size, now);
  }

  return {
    /** Computes the members of a segment now. */
    refresh: (workspace: string, id: string) =>
      inLane(workspace, async () => compute(workspace, id, await segments.definitions(workspace))),

    /** The same for the segments that refer to it, because it was changed. */
    refreshDependants: (workspace: string, id: string) =>
      inLane(workspace, async () => {
        const definitions = await segments.definitions(workspace);
        for (const other of dependants(id, definitions)) await compute(workspace, other, definitions);
      }),

    /** Computes every segment, unless that was begun at `moment` or later. */
    refreshAllSince: (
      workspace: string,
      moment: number,
      run: { signal: AbortSignal; progress(done: number): Promise<void> },
    ): Promise<void> =>
      inLane(workspace, async () => {
        if ((begun.get(workspace) ?? Number.NEGATIVE_INFINITY) >= moment) return;
        const started = clock.now();
        const beganAt = performance.now();
        costs.set(workspace, { cost: costs.get(workspace)?.cost ?? 0, begun: started });
        const definitions = await segments.definitions(workspace);
        let done = 0;
        for (const id of definitions.keys()) {
          if (run.signal.aborted) return;
          await compute(workspace, id, definitions);
          done += 1;
          await run.progress(done / definitions.size);
        }
        begun.set(workspace, started);
        costs.set(workspace, { begun: started, cost: performance.now() - beganAt });
      }),

    /** When every segment was computed last, and what that cost; null when this process has not done it. */
    lastCost: (workspace: string) => costs.get(workspace) ?? null,

    drop: (workspace: string, id: string) => inLane(workspace, () => store.dropMembers(workspace, id)),

    /** Who is in a segment at this moment, as a query: for whoever sends to them. */
    async audience(workspace: string, id: string): Promise<SqlSource> {
      const definitions = await segments.definitions(workspace);
      const definition = definitions.get(id);
      if (!definition) throw noSegment(id);
      const people = await compiled(workspace, definition.condition, definitions, 'audience');
      return { sql: people.sql, params: { ...people.params, workspace } };
    },
  };
}
export type Membership = ReturnType<typeof openMembership>;
