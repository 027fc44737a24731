import { personId, type Segment, type segmentDraft } from '@qianmian/contract';
import { z } from 'zod';
import type { Workspaces } from '../governance/index.ts';
import type { Bus } from '../platform/bus.ts';
import { type Clock, isoOf } from '../platform/clock.ts';
import { cursorOf, placeOf } from '../platform/cursor.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Profile, SegmentMembers } from '../profile/index.ts';
import { openExplain } from './explain.ts';
import { segmentJobs } from './jobs.ts';
import { openMembership } from './membership.ts';
import { openPersonalTests } from './personal-tests.ts';
import { openPreview } from './preview.ts';
import { type CampaignsUsing, openSegments } from './segments.ts';
import { membersOf, segmentWarehouse } from './store.ch.ts';
import { openVocabulary } from './vocabulary.ts';

type Draft = z.output<typeof segmentDraft>;

/** The last member of a page. */
const memberPlace = z.tuple([personId]);

/** What of a condition compares amounts, in its JSON. */
const ASKS_FOR_MONEY = /"(spend|averageOrder|returns|sum|average)Cents"/;

/** Sets of people defined by a condition. */
export function openSegment(parts: {
  warehouse: Warehouse;
  ledger: Ledger;
  clock: Clock;
  jobs: Jobs;
  bus: Bus;
  workspaces: Pick<Workspaces, 'get'>;
  profile: Profile;
  campaignsUsing: CampaignsUsing;
}) {
  const store = segmentWarehouse(parts.warehouse);
  const segments = openSegments(parts);
  const personalTests = openPersonalTests({ ...parts, segments });
  const membership = openMembership({ ...parts, segments });
  segmentJobs({ ...parts, membership });

  async function refresh(workspace: string, id: string): Promise<Segment> {
    await membership.refresh(workspace, id);
    return segments.get(workspace, id);
  }

  /** For profile: who is in a segment, and which segments a person is in. */
  const members: SegmentMembers = {
    source: async (workspace, id) => {
      await segments.get(workspace, id);
      return membersOf(workspace, id);
    },
    segmentsOf: async (workspace, person) => {
      const [ids, all] = await Promise.all([
        store.segmentsOf(workspace, person),
        segments.definitions(workspace),
      ]);
      return ids.flatMap((id) => {
        const definition = all.get(id);
        return definition ? [{ id, name: definition.name }] : [];
      });
    },
  };

  return {
    list: segments.list,
    get: segments.get,
    refresh,
    members,
    /** Ids of the people in a segment, computed now, in rising order. */
    async audience(workspace: string, id: string): Promise<readonly number[]> {
      return store.peopleOf(await membership.audience(workspace, id));
    },
    /** Whether any segment asks for an amount. */
    holdsAmounts: async (workspace: string) =>
      ASKS_FOR_MONEY.test(JSON.stringify([...(await segments.definitions(workspace)).values()])),
    nameOf: async (workspace: string, id: string) => (await segments.get(workspace, id)).name,
    preview: openPreview({ ...parts, segments, personalTests }),
    explain: openExplain({ ...parts, segments }),
    vocabulary: openVocabulary(parts),
    personalTests,

    async create(workspace: string, draft: Draft, createdBy: string): Promise<Segment> {
      return refresh(workspace, await segments.create(workspace, draft, createdBy));
    },

    async update(
      workspace: string,
      id: string,
      change: Draft & { revision?: number | undefined },
      by: string,
    ): Promise<Segment> {
      await segments.update(workspace, id, change, by);
      await membership.refresh(workspace, id);
      await membership.refreshDependants(workspace, id);
      return segments.get(workspace, id);
    },

    async remove(workspace: string, id: string): Promise<void> {
      await segments.remove(workspace, id);
      await membership.drop(workspace, id);
    },

    /** Members in rising order of their numbers; the cursor is the last of the page before. */
    async listMembers(
      workspace: string,
      id: string,
      query: { cursor?: string | undefined; limit: number },
    ): Promise<{
      rows: { personId: number; since: string }[];
      nextCursor: string | null;
      total: number | null;
    }> {
      const { size } = await segments.get(workspace, id);
      const page = { after: placeOf(query.cursor, memberPlace)?.[0] ?? 0, limit: query.limit + 1 };
      const rows = await store.members(workspace, id, page);
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        rows: shown.map((r) => ({ personId: r.person, since: isoOf(Date.parse(r.since)) })),
        nextCursor: rows.length > query.limit && last ? cursorOf([last.person]) : null,
        total: size,
      };
    },
  };
}
export type SegmentService = ReturnType<typeof openSegment>;
