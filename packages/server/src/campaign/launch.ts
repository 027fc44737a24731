import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Promotion } from '../promotion/index.ts';
import { armOf } from './assign.ts';
import { type Drafts, segmentOf } from './drafts.ts';
import { incomplete, noMailServer, reachChanged, wrongState } from './errors.ts';
import type { Messages } from './messages.ts';
import type { Reach } from './reach.ts';
import { enqueueSending } from './send.ts';
import type { CampaignWarehouse } from './store.ch.ts';
import {
  type CampaignRow,
  campaignById,
  type Db,
  insertRecipients,
  moveCampaign,
  moveRecipients,
  recipientsAfter,
} from './store.pg.ts';

const LAUNCH = 'campaign.launch';
const CHUNK = 10_000;

/** From a draft to a campaign that sends: the audience is fixed, parted and given codes, by a job. */
export function openLaunch(parts: {
  db: Db;
  jobs: Jobs;
  clock: Clock;
  warehouse: CampaignWarehouse;
  drafts: Drafts;
  reach: Reach;
  messages: Messages;
  promotion: Pick<Promotion, 'coupons' | 'issue'>;
  hasMailServer: boolean;
}) {
  const { db, jobs, clock, reach, messages, promotion } = parts;

  /** Everything that would stop the campaign later is said now. */
  async function checkReady(row: CampaignRow): Promise<void> {
    if (row.state !== 'draft') throw wrongState(row.state, 'a draft', 'launched');
    if (!parts.hasMailServer) throw noMailServer();
    segmentOf(row);
    const mailing = await messages.prepare(row.workspace, row.id, row.email, row.coupon_id);
    messages.checkForEveryone(mailing);
    const endsAt = mailing.coupon?.endsAt ?? null;
    if (endsAt !== null && endsAt <= clock.now())
      throw incomplete('couponId', `The coupon finished at ${new Date(endsAt).toISOString()}.`);
  }

  async function fixAudience(row: CampaignRow): Promise<void> {
    if (row.audience_at) return;
    const { reached } = await reach.audienceOf(row);
    // What an attempt that broke off left behind; nothing of it was sent.
    await db.deleteFrom('campaign_recipient').where('campaign_id', '=', row.id).execute();
    for (let i = 0; i < reached.length; i += CHUNK)
      await insertRecipients(
        db,
        row.id,
        reached.slice(i, i + CHUNK).map((c) => ({
          person_id: c.personId,
          address: c.email,
          name: c.name,
          state: armOf(row.id, c.personId, row.control_share) === 'control' ? 'control' : 'queued',
        })),
      );
    await moveCampaign(db, row.id, ['launching'], { audience_at: new Date(clock.now()) });
  }

  /** Gives codes to the treated and tells the warehouse who is on which side, as the ledger has it. */
  async function equip(row: CampaignRow): Promise<void> {
    for (let after = 0; ; ) {
      const people = await recipientsAfter(db, row.id, after, CHUNK);
      if (people.length === 0) return;
      const treated = people.filter((p) => p.state !== 'control').map((p) => p.person_id);
      if (row.coupon_id)
        await promotion.issue(row.workspace, {
          couponId: row.coupon_id,
          campaignId: row.id,
          personIds: treated,
        });
      await parts.warehouse.insertExposures(
        people.map((p) => ({
          workspace: row.workspace,
          campaign_id: row.id,
          person_id: p.person_id,
          arm: p.state === 'control' ? 'control' : 'treated',
          assigned_at: (row.launched_at as Date).getTime(),
        })),
        `campaign:${row.id}:${after}`,
      );
      after = people.at(-1)!.person_id;
    }
  }

  jobs.handle<{ campaignId: string }>({
    kind: LAUNCH,
    payload: z.object({ campaignId: z.string() }),
    async run({ campaignId }, { progress }) {
      const row = await campaignById(db, campaignId);
      if (row?.state !== 'launching') return;
      await fixAudience(row);
      await progress(0.3);
      await equip(row);
      await db.transaction().execute(async (trx) => {
        if (await moveCampaign(trx, row.id, ['launching'], { state: 'sending' }))
          await enqueueSending(jobs, row, { round: 0, troubles: 0 }, clock.now(), trx);
      });
    },
    async failed({ campaignId }, { error }) {
      await moveCampaign(db, campaignId, ['launching'], {
        state: 'failed',
        error,
        finished_at: new Date(clock.now()),
      });
      await moveRecipients(db, campaignId, 'queued', { state: 'stopped' });
    },
  });

  return {
    /** Launches a draft whose reach is still what was confirmed, give or take a tenth. */
    async launch(workspace: string, id: string, confirmReach: number): Promise<void> {
      const row = await parts.drafts.rowOf(workspace, id);
      await checkReady(row);
      const { reached } = await reach.audienceOf(row);
      if (Math.abs(reached.length - confirmReach) > confirmReach / 10)
        throw reachChanged(confirmReach, reached.length);
      if (reached.length === 0)
        throw incomplete('segmentId', 'Nobody in the segment can be written to: look at the audience.');
      await db.transaction().execute(async (trx) => {
        const now = new Date(clock.now());
        const moved = await moveCampaign(trx, id, ['draft'], { state: 'launching', launched_at: now });
        if (!moved) throw wrongState('being launched', 'a draft', 'launched');
        await jobs.enqueue(
          { workspace, kind: LAUNCH, subject: row.name, payload: { campaignId: id }, key: `${LAUNCH}:${id}` },
          trx as never,
        );
      });
    },

    /** Stops a campaign: what is with the mail server goes, nothing else does. */
    async stop(workspace: string, id: string): Promise<void> {
      const row = await parts.drafts.rowOf(workspace, id);
      const finished_at = new Date(clock.now());
      if (!(await moveCampaign(db, id, ['launching', 'sending'], { state: 'stopped', finished_at })))
        throw wrongState(row.state, 'being sent', 'stopped');
      await moveRecipients(db, id, 'queued', { state: 'stopped' });
    },
  };
}
