import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import { armOf } from './assign.ts';
import { checkDraft, type Drafts, segmentOf } from './drafts.ts';
import { incomplete, noMailServer, reachChanged, wrongState } from './errors.ts';
import type { Messages } from './messages.ts';
import type { Reach } from './reach.ts';
import { enqueueSending } from './send.ts';
import {
  beginLaunch,
  type CampaignRow,
  campaignById,
  clearRecipients,
  type Db,
  endCampaign,
  insertRecipients,
  moveCampaign,
  releaseWaiting,
} from './store.pg.ts';

const LAUNCH = 'campaign.launch';
const CHUNK = 10_000;

/** From a draft to a campaign that sends: the audience is fixed and parted, by a job. */
export function openLaunch(parts: {
  db: Db;
  jobs: Jobs;
  clock: Clock;
  drafts: Drafts;
  reach: Reach;
  messages: Messages;
  hasMailServer: boolean;
}) {
  const { db, jobs, clock, reach, messages } = parts;
  const now = () => new Date(clock.now());

  /** Everything that would stop the campaign later is said now. */
  async function checkReady(row: CampaignRow, revision: number): Promise<void> {
    checkDraft(row, 'launched', revision);
    if (!parts.hasMailServer) throw noMailServer();
    segmentOf(row);
    const mailing = await messages.prepare(row.workspace, row.id, row.email, row.coupon_id);
    messages.checkForEveryone(mailing);
    const endsAt = mailing.coupon?.endsAt ?? null;
    if (endsAt !== null && endsAt <= clock.now())
      throw incomplete('couponId', `The coupon finished at ${new Date(endsAt).toISOString()}.`);
  }

  /** Writes down who is in it and on which side; stops between chunks when it is to stop. */
  async function fixAudience(row: CampaignRow, signal: AbortSignal): Promise<void> {
    if (row.audience_at) return;
    const { reached } = await reach.audienceOf(row);
    if (signal.aborted) return;
    await clearRecipients(db, row.id);
    for (let i = 0; i < reached.length; i += CHUNK) {
      if (signal.aborted) return;
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
    }
    await moveCampaign(db, row.id, ['launching'], { audience_at: now() });
  }

  async function handOver(row: CampaignRow): Promise<void> {
    await db.transaction().execute(async (trx) => {
      if (await moveCampaign(trx, row.id, ['launching'], { state: 'sending' }))
        await enqueueSending(jobs, row, { round: 0, troubles: 0 }, clock.now(), trx);
    });
  }

  jobs.handle<{ campaignId: string }>({
    kind: LAUNCH,
    payload: z.object({ campaignId: z.string() }),
    async run({ campaignId }, { progress, signal }) {
      const row = await campaignById(db, campaignId);
      if (row?.state === 'launching') {
        await fixAudience(row, signal);
        // Also asks whether the job is still ours.
        await progress(0.9);
        if (signal.aborted) return;
        await handOver(row);
      }
      // Recipients that were written down while someone stopped it.
      await releaseWaiting(db, campaignId);
    },
    async failed({ campaignId }, { error }) {
      await endCampaign(db, campaignId, ['launching'], { state: 'failed', error, finished_at: now() });
    },
    async cancelled({ campaignId }) {
      await endCampaign(db, campaignId, ['launching'], { state: 'stopped', finished_at: now() });
    },
  });

  return {
    /** Launches a draft that is still the one looked at, and whose reach is what was confirmed, give or take a tenth. */
    async launch(
      workspace: string,
      id: string,
      { confirmReach, revision }: { confirmReach: number; revision: number },
    ): Promise<void> {
      const row = await parts.drafts.rowOf(workspace, id);
      await checkReady(row, revision);
      const { reached } = await reach.audienceOf(row);
      if (Math.abs(reached.length - confirmReach) > confirmReach / 10)
        throw reachChanged(confirmReach, reached.length);
      if (reached.length === 0)
        throw incomplete('segmentId', 'Nobody in the segment can be written to: look at the audience.');
      const begun = await db.transaction().execute(async (trx) => {
        if (!(await beginLaunch(trx, id, revision, now()))) return false;
        await jobs.enqueue(
          { workspace, kind: LAUNCH, subject: row.name, payload: { campaignId: id }, key: `${LAUNCH}:${id}` },
          trx as never,
        );
        return true;
      });
      if (!begun) checkDraft(await parts.drafts.rowOf(workspace, id), 'launched', revision);
    },

    /** Stops a campaign: what is with the mail server goes, nothing else does. */
    async stop(workspace: string, id: string): Promise<void> {
      const row = await parts.drafts.rowOf(workspace, id);
      const end = { state: 'stopped', finished_at: now() } as const;
      if (!(await endCampaign(db, id, ['launching', 'sending'], end)))
        throw wrongState(row.state, 'being sent', 'stopped');
    },
  };
}
