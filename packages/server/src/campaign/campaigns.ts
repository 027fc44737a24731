import type { AudiencePreview, Campaign } from '@qianmian/contract';
import type { Collector } from '../collect/index.ts';
import type { Workspaces } from '../governance/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Promotion } from '../promotion/index.ts';
import { openDrafts, type Segments } from './drafts.ts';
import { openLaunch } from './launch.ts';
import { openMessages } from './messages.ts';
import { openReach } from './reach.ts';
import { openReactions } from './reactions.ts';
import { countRecipients, listRecipients } from './recipients.ts';
import { openSending } from './send.ts';
import { type MailServer, openMailServer } from './smtp.ts';
import { campaignWarehouse } from './store.ch.ts';
import { type CampaignTables, funnelOf, type RecipientState } from './store.pg.ts';
import { openTelling } from './telling.ts';

const CONNECTIONS = 5;

export interface CampaignParts {
  ledger: Ledger;
  warehouse: Warehouse;
  clock: Clock;
  /** The time that reactions to messages are recorded at, where it is not that of the clock. */
  readersClock?: Clock;
  log: Log;
  jobs: Jobs;
  metrics: Metrics;
  workspaces: Workspaces;
  identity: Pick<Identity, 'whoAre' | 'whoIs'>;
  segments: Segments;
  promotion: Promotion;
  record: Collector['record'];
  secret: Buffer;
  /** Where the outside reaches us; asked each time, for the port may be known late. */
  publicUrl: () => string;
  mail: {
    /** smtp:// or smtps://; null while mail cannot be sent. */
    smtpUrl: string | null;
    from: string;
    /** Most messages a second; null for as fast as the server takes them. */
    perSecond?: number | null;
    /** Speaks instead of a real server, in tests that break it. */
    server?: MailServer;
  };
}

/** What we send: campaigns from draft to the last message, and what recipients do with it. */
export function openCampaigns(parts: CampaignParts) {
  const { ledger, clock, identity, promotion, segments } = parts;
  const db = ledger.withTables<CampaignTables>();
  const warehouse = campaignWarehouse(parts.warehouse);
  const server =
    parts.mail.server ??
    (parts.mail.smtpUrl
      ? openMailServer({
          url: parts.mail.smtpUrl,
          connections: CONNECTIONS,
          perSecond: parts.mail.perSecond ?? null,
        })
      : null);
  const mail = { server, from: parts.mail.from };
  const hasMailServer = server !== null;
  const messages = openMessages({ ...parts, warehouse, mail });
  const drafts = openDrafts({ ledger, clock, messages, promotion, segments });
  const reach = openReach({ db, warehouse, identity, segments, promotion, clock, hasMailServer });
  const telling = openTelling({ db, clock, identity, warehouse, record: parts.record });
  const launch = openLaunch({
    ...{ db, jobs: parts.jobs, clock, warehouse, drafts, reach, messages, promotion, hasMailServer },
  });
  openSending({ ...parts, db, mail, hands: CONNECTIONS, messages, reach, telling });
  const reactions = openReactions({ ...parts, clock: parts.readersClock ?? clock, db, telling });
  promotion.coupons.onUse(async (workspace) =>
    (await drafts.uses(workspace)).flatMap((u) => (u.couponId ? [{ ...u, couponId: u.couponId }] : [])),
  );

  return {
    list: drafts.list,
    names: drafts.names,
    get: drafts.get,
    create: drafts.create,
    update: drafts.update,
    remove: drafts.remove,
    sendTest: drafts.sendTest,
    previewMessage: messages.preview,
    reactions,

    /** Who would get it, who not and why. */
    async previewAudience(workspace: string, id: string): Promise<AudiencePreview> {
      return reach.preview(await drafts.rowOf(workspace, id));
    },

    async launch(
      workspace: string,
      id: string,
      seen: { confirmReach: number; revision: number },
    ): Promise<Campaign> {
      await launch.launch(workspace, id, seen);
      return drafts.get(workspace, id);
    },

    async stop(workspace: string, id: string): Promise<Campaign> {
      await launch.stop(workspace, id);
      return drafts.get(workspace, id);
    },

    async recipients(
      workspace: string,
      id: string,
      page: { limit: number; offset: number; state?: RecipientState },
      reveal: boolean,
    ) {
      const { id: campaignId } = await drafts.rowOf(workspace, id);
      return listRecipients({ db, promotion }, campaignId, page, reveal);
    },

    countRecipients: (campaignId: string, state?: RecipientState) => countRecipients(db, campaignId, state),

    /** How many were treated and held out, got it, opened it, clicked. */
    async funnel(workspace: string, id: string) {
      const { id: campaignId } = await drafts.rowOf(workspace, id);
      return funnelOf(db, campaignId);
    },

    /** Campaigns that use a segment of the workspace. */
    async usesOfSegments(workspace: string) {
      return (await drafts.uses(workspace)).flatMap((u) =>
        u.segmentId ? [{ segmentId: u.segmentId, id: u.id, name: u.name }] : [],
      );
    },

    /** Tells what a crash left untold. Sending itself goes on by its jobs. */
    start: () => reactions.tellUntold(),

    close(): void {
      server?.close();
    },
  };
}
export type Campaigns = ReturnType<typeof openCampaigns>;
