import { randomUUID } from 'node:crypto';
import {
  condition as conditionSchema,
  type Segment,
  type segmentDraft,
  segmentsIn,
} from '@qianmian/contract';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { isUniqueViolation, type Ledger } from '../platform/ledger.ts';
import { changedMeanwhile, inUse, nameTaken, noSegment } from './errors.ts';
import { checkReferences, type Definitions, dependants } from './references.ts';
import type { SegmentTables } from './store.pg.ts';

type Draft = z.output<typeof segmentDraft>;
type Row = SegmentTables['segment_segment'];

/** Campaigns that use a segment; campaigns stand to the right and hand this in. */
export type CampaignsUsing = (
  workspace: string,
) => Promise<readonly { segmentId: string; id: string; name: string }[]>;

/** Segments as they are kept: a name, a condition, and how many people it caught last. */
export function openSegments(parts: { ledger: Ledger; clock: Clock; campaignsUsing: CampaignsUsing }) {
  const db = parts.ledger.withTables<SegmentTables>();
  const now = () => new Date(parts.clock.now());

  const rowsOf = (workspace: string) =>
    db
      .selectFrom('segment_segment')
      .selectAll()
      .where('workspace', '=', workspace)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();

  async function definitions(workspace: string): Promise<Definitions> {
    const rows = await rowsOf(workspace);
    return new Map(rows.map((r) => [r.id, { name: r.name, condition: conditionSchema.parse(r.condition) }]));
  }

  async function list(workspace: string): Promise<Segment[]> {
    const [rows, campaigns] = await Promise.all([rowsOf(workspace), parts.campaignsUsing(workspace)]);
    const users = new Map<string, Segment['usedBy']>(rows.map((r) => [r.id, []]));
    for (const r of rows)
      for (const id of referencesIn(r))
        if (id !== r.id) users.get(id)?.push({ kind: 'segment', id: r.id, name: r.name });
    for (const c of campaigns) users.get(c.segmentId)?.push({ kind: 'campaign', id: c.id, name: c.name });
    return rows.map((r) => present(r, users.get(r.id) ?? []));
  }

  async function get(workspace: string, id: string): Promise<Segment> {
    const found = (await list(workspace)).find((s) => s.id === id);
    if (!found) throw noSegment(id);
    return found;
  }

  /** Refuses a segment that was changed since the revision that was looked at, where one is given. */
  async function checkRevision(workspace: string, id: string, revision: number | undefined): Promise<void> {
    const row = await db
      .selectFrom('segment_segment')
      .select(['name', 'revision', 'updated_by', 'updated_at'])
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw noSegment(id);
    if (revision !== undefined && row.revision !== revision)
      throw changedMeanwhile(row.name, row.updated_by, row.updated_at.toISOString());
  }

  async function uniquely<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error)) throw nameTaken(name);
      throw error;
    }
  }

  return {
    list,
    get,
    definitions,

    async create(workspace: string, draft: Draft, createdBy: string): Promise<string> {
      checkReferences(draft.condition, await definitions(workspace));
      const id = randomUUID();
      const at = now();
      const row = { ...columns(draft), workspace, id, size: null, computed_at: null, created_by: createdBy };
      await uniquely(draft.name, () =>
        db
          .insertInto('segment_segment')
          .values({ ...row, revision: 1, created_at: at, updated_at: at, updated_by: createdBy })
          .execute(),
      );
      return id;
    },

    /** Changes a segment; what refers to it must stay free of cycles and of a size that can be computed. */
    async update(
      workspace: string,
      id: string,
      { revision, ...draft }: Draft & { revision?: number | undefined },
      by: string,
    ): Promise<void> {
      await checkRevision(workspace, id, revision);
      const all = new Map(await definitions(workspace));
      if (!all.has(id)) throw noSegment(id);
      all.set(id, { name: draft.name, condition: draft.condition });
      checkReferences(draft.condition, all, { id, name: draft.name });
      for (const user of dependants(id, all)) checkReferences(all.get(user)!.condition, all);
      const { numUpdatedRows } = await uniquely(draft.name, () =>
        db
          .updateTable('segment_segment')
          .set((e) => ({
            ...columns(draft),
            revision: e('revision', '+', 1),
            updated_at: now(),
            updated_by: by,
          }))
          .where('workspace', '=', workspace)
          .where('id', '=', id)
          .$if(revision !== undefined, (q) => q.where('revision', '=', revision!))
          .executeTakeFirst(),
      );
      if (numUpdatedRows === 0n) await checkRevision(workspace, id, revision);
    },

    async remove(workspace: string, id: string): Promise<void> {
      const { name, usedBy } = await get(workspace, id);
      if (usedBy.length > 0) throw inUse(name, usedBy);
      await db
        .deleteFrom('segment_segment')
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .execute();
    },

    async setSize(workspace: string, id: string, size: number, computedAt: number): Promise<void> {
      await db
        .updateTable('segment_segment')
        .set({ size, computed_at: new Date(computedAt) })
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .execute();
    },
  };
}
export type Segments = ReturnType<typeof openSegments>;

function columns(draft: Draft) {
  return { name: draft.name, description: draft.description, condition: JSON.stringify(draft.condition) };
}

function referencesIn(row: Row): Set<string> {
  return new Set(segmentsIn(conditionSchema.parse(row.condition)));
}

function present(row: Row, usedBy: Segment['usedBy']): Segment {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    condition: conditionSchema.parse(row.condition),
    size: row.size,
    computedAt: row.computed_at?.toISOString() ?? null,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
    createdBy: row.created_by,
    usedBy,
  };
}
