import { randomUUID } from 'node:crypto';
import type { Campaign, CampaignDraft } from '@qianmian/contract';
import type { Clock } from '../platform/clock.ts';
import { HOUR, isoOrNull } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Promotion } from '../promotion/index.ts';
import { changedMeanwhile, incomplete, wrongState } from './errors.ts';
import type { Messages } from './messages.ts';
import {
  type CampaignRow,
  type CampaignTables,
  ENDED,
  keepCounts,
  type RecipientState,
  type StateCounts,
  stateCounts,
} from './store.pg.ts';

/** What campaign needs of segments. */
export interface Segments {
  /** Ids of the people in a segment, computed now. */
  audience(workspace: string, segmentId: string): Promise<readonly number[]>;
  /** The segment's name; throws when there is no such segment. */
  nameOf(workspace: string, segmentId: string): Promise<string>;
}

/** Campaigns as they are planned, and as they are shown. */
export function openDrafts(parts: {
  ledger: Ledger;
  clock: Clock;
  messages: Messages;
  promotion: Pick<Promotion, 'coupons'>;
  segments: Segments;
}) {
  const db = parts.ledger.withTables<CampaignTables>();

  async function rowOf(workspace: string, id: string): Promise<CampaignRow> {
    const row = await db
      .selectFrom('campaign_campaign')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw notFound('campaign', id);
    return row as CampaignRow;
  }

  async function presentAll(workspace: string, rows: readonly CampaignRow[]): Promise<Campaign[]> {
    const counts = await countsOf(rows.filter((r) => r.state !== 'draft'));
    const coupons = rows.some((r) => r.coupon_id)
      ? await parts.promotion.coupons.names(workspace)
      : new Map();
    return rows.map((row) => present(row, counts.get(row.id) ?? {}, coupons));
  }

  /** Recipients by state: counted while a campaign is under way and just after, kept from then on. */
  async function countsOf(launched: readonly CampaignRow[]): Promise<Map<string, StateCounts>> {
    const counts = new Map(launched.map((row) => [row.id, row.counts ?? {}]));
    const open = launched.filter((row) => row.counts === null);
    if (open.length === 0) return counts;
    for (const { campaign_id, state, people } of await stateCounts(
      db,
      open.map((row) => row.id),
    ))
      counts.get(campaign_id)![state] = people;
    for (const row of open) {
      const own = counts.get(row.id)!;
      if (isSettled(row, own, parts.clock.now())) await keepCounts(db, row.id, own);
    }
    return counts;
  }

  async function get(workspace: string, id: string): Promise<Campaign> {
    const [campaign] = await presentAll(workspace, [await rowOf(workspace, id)]);
    return campaign!;
  }

  /** What a draft refers to must exist, and its e-mail must be one that can be sent. */
  async function check(workspace: string, draft: CampaignDraft) {
    if (draft.couponId) await parts.promotion.coupons.terms(workspace, draft.couponId);
    const segmentName = draft.segmentId ? await parts.segments.nameOf(workspace, draft.segmentId) : null;
    const { links } = await parts.messages.compile(workspace, draft.email, draft.couponId);
    return { segment_name: segmentName, links: JSON.stringify(links) };
  }

  return {
    rowOf,
    get,

    async list(workspace: string): Promise<Campaign[]> {
      const rows = await db
        .selectFrom('campaign_campaign')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return presentAll(workspace, rows as CampaignRow[]);
    },

    /** What campaigns are called, newest first. */
    names: async (workspace: string) =>
      db
        .selectFrom('campaign_campaign')
        .select(['id', 'name', 'state'])
        .where('workspace', '=', workspace)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute(),

    async create(workspace: string, draft: CampaignDraft, createdBy: string): Promise<Campaign> {
      const found = await check(workspace, draft);
      const id = randomUUID();
      const now = new Date(parts.clock.now());
      await db
        .insertInto('campaign_campaign')
        .values({
          id,
          workspace,
          ...columnsOf(draft),
          ...found,
          state: 'draft',
          error: null,
          created_by: createdBy,
          revision: 1,
          created_at: now,
          updated_at: now,
          updated_by: createdBy,
          launched_at: null,
          audience_at: null,
          finished_at: null,
          counts: null,
        })
        .execute();
      return get(workspace, id);
    },

    /** Changes a draft; one that was changed since the revision given, where one is given, stays as it is. */
    async update(
      workspace: string,
      id: string,
      { revision, ...draft }: CampaignDraft & { revision?: number | undefined },
      by: string,
    ): Promise<Campaign> {
      checkDraft(await rowOf(workspace, id), 'changed', revision);
      const found = await check(workspace, draft);
      const changed = await db
        .updateTable('campaign_campaign')
        .set((e) => ({
          ...columnsOf(draft),
          ...found,
          revision: e('revision', '+', 1),
          updated_at: new Date(parts.clock.now()),
          updated_by: by,
        }))
        .where('id', '=', id)
        .where('state', '=', 'draft')
        .$if(revision !== undefined, (q) => q.where('revision', '=', revision!))
        .executeTakeFirst();
      if (changed.numUpdatedRows === 0n) checkDraft(await rowOf(workspace, id), 'changed', revision);
      return get(workspace, id);
    },

    async remove(workspace: string, id: string): Promise<void> {
      const { state } = await rowOf(workspace, id);
      const removed = await db
        .deleteFrom('campaign_campaign')
        .where('id', '=', id)
        .where('state', '=', 'draft')
        .executeTakeFirst();
      if (removed.numDeletedRows === 0n) throw wrongState(state, 'a draft', 'deleted');
    },

    /** Sends a campaign's e-mail to an address of one's own. */
    async sendTest(workspace: string, id: string, to: string): Promise<{ messageId: string }> {
      const row = await rowOf(workspace, id);
      return parts.messages.sendTest(
        await parts.messages.prepare(workspace, id, row.email, row.coupon_id),
        to,
      );
    },

    /** Which campaigns use which coupon and which segment. */
    async uses(workspace: string) {
      return db
        .selectFrom('campaign_campaign')
        .select(['id', 'name', 'coupon_id as couponId', 'segment_id as segmentId'])
        .where('workspace', '=', workspace)
        .execute();
    },
  };
}
export type Drafts = ReturnType<typeof openDrafts>;

/** Refuses what is no draft any more, or not the one that was looked at. */
export function checkDraft(
  row: CampaignRow,
  what: 'changed' | 'launched',
  revision: number | undefined,
): void {
  if (row.state !== 'draft') throw wrongState(row.state, 'a draft', what);
  if (revision !== undefined && row.revision !== revision)
    throw changedMeanwhile(row.updated_by, row.updated_at.toISOString());
}

/** The segment of a campaign about to be counted or launched. */
export function segmentOf(row: CampaignRow): string {
  if (row.segment_id) return row.segment_id;
  throw incomplete('segmentId', 'Choose the segment that is written to.');
}

/** What was under way when it ended has come to its end as well. */
function isSettled(row: CampaignRow, counts: StateCounts, now: number): boolean {
  const isOver = ENDED.includes(row.state) && row.finished_at !== null;
  return isOver && now - row.finished_at!.getTime() >= HOUR && !counts.queued && !counts.sending;
}

function columnsOf(draft: CampaignDraft) {
  return {
    name: draft.name,
    goal: draft.goal,
    segment_id: draft.segmentId,
    coupon_id: draft.couponId,
    control_share: draft.controlShare,
    measure_days: draft.measureDays,
    email: JSON.stringify(draft.email),
  };
}

function present(row: CampaignRow, own: StateCounts, coupons: ReadonlyMap<string, string>): Campaign {
  const people = (...states: RecipientState[]) => states.reduce((sum, state) => sum + (own[state] ?? 0), 0);
  return {
    id: row.id,
    name: row.name,
    goal: row.goal,
    segmentId: row.segment_id,
    segmentName: row.segment_name,
    couponId: row.coupon_id,
    couponName: row.coupon_id ? (coupons.get(row.coupon_id) ?? null) : null,
    controlShare: row.control_share,
    measureDays: row.measure_days,
    email: row.email,
    state: row.state,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
    launchedAt: isoOrNull(row.launched_at),
    finishedAt: isoOrNull(row.finished_at),
    createdBy: row.created_by,
    counts: {
      treated: Object.values(own).reduce((sum, n) => sum + n, 0) - people('control'),
      control: people('control'),
      queued: people('queued', 'sending'),
      sent: people('sent'),
      failed: people('failed'),
      uncertain: people('uncertain'),
    },
    error: row.error,
  };
}
