import { type CampaignDraft, campaignDraft, PERMISSIONS, type Permission } from '@qianmian/contract';
import type { Fact } from '../collect/index.ts';
import { openAudit } from '../governance/index.ts';
import { buildHttp, type Principal } from '../platform/http.ts';
import { openShop } from '../profile/test-shop.ts';
import { openPromotion, promotionRoutes } from '../promotion/index.ts';
import { armOf } from './assign.ts';
import { campaignMigrations, campaignPublicRoutes, campaignRoutes, openCampaigns } from './index.ts';
import type { MailServer } from './smtp.ts';
import { openMailServer } from './smtp.ts';
import { openTestMail } from './test-mail.ts';

/** A shop that sends: real stores, a real mail server on loopback, segments set by hand, and HTTP. */
export async function openTestCampaigns() {
  const shop = await openShop({ migrations: campaignMigrations, domains: ['promotion', 'campaign'] });
  const post = await openTestMail();
  const members = new Map<string, number[]>();
  const recorded: Fact[] = [];
  const record = async (workspace: string, _source: string, facts: readonly Fact[]) => {
    recorded.push(...facts);
    await shop.collect(workspace, facts);
  };
  const secret = Buffer.alloc(32, 9);
  const audit = openAudit(shop);
  const promotion = openPromotion({ ...shop, record, identifiersOf: shop.identity.identifiersOf });
  const mailServer = openMailServer({ url: post.url, connections: 5, perSecond: null, timeoutMs: 5000 });
  /** What stands between the sender and the mail server; a test may put something else there. */
  const line: { send: MailServer['send'] } = { send: mailServer.send };
  const campaigns = openCampaigns({
    ...shop,
    promotion,
    record,
    secret,
    segments: {
      audience: async (_workspace, id) => members.get(id) ?? [],
      nameOf: async (_workspace, id) => `Segment ${id}`,
    },
    publicUrl: () => 'https://m.shop.example',
    mail: {
      smtpUrl: post.url,
      from: 'news@shop.example',
      server: { send: (envelope, message) => line.send(envelope, message), close: mailServer.close },
    },
  });
  const granted: { permissions: readonly Permission[] } = { permissions: PERMISSIONS };
  const who: Principal = {
    kind: 'apiKey',
    id: 'k',
    name: 'tester',
    permissionsIn: () => new Set(granted.permissions),
  };
  const http = await buildHttp({
    ...shop,
    secret,
    authenticate: async (request) => (request.headers.authorization ? who : null),
    version: '0',
    consoleDir: null,
  });
  campaignRoutes(http.mount, { campaigns, audit });
  promotionRoutes(http.mount, { promotion, audit });
  await campaignPublicRoutes(http.app, campaigns.reactions);
  await shop.jobs.start();

  return {
    shop,
    post,
    members,
    recorded,
    promotion,
    campaigns,
    http,
    line,
    mailServer,
    granted,

    /** People who agreed to e-mail, known by user ids u1, u2, …; answers their numbers. */
    async people(
      workspace: string,
      count: number,
      traits: (i: number) => object = () => ({}),
    ): Promise<number[]> {
      const facts = Array.from(
        { length: count },
        (_, i): Fact => ({
          kind: 'person',
          time: shop.clock.now() - 86_400_000,
          identifiers: [
            { type: 'user', value: `u${i + 1}` },
            { type: 'email', value: `u${i + 1}@${workspace}.example` },
          ],
          traits: {
            firstName: `First${i + 1}`,
            email: `u${i + 1}@${workspace}.example`,
            emailConsent: true,
            ...traits(i + 1),
          },
        }),
      );
      for (let at = 0; at < facts.length; at += 5000)
        await shop.collect(workspace, facts.slice(at, at + 5000));
      await shop.profile.refresh(workspace);
      const rows = await shop.warehouse.query<{ value: string; person_id: number }>(
        `SELECT value, person_id FROM identity_link FINAL WHERE workspace = {workspace:String} AND type = 'user'`,
        { workspace },
      );
      const byUser = new Map(rows.map((r) => [r.value, r.person_id]));
      return Array.from({ length: count }, (_, i) => byUser.get(`u${i + 1}`)!);
    },

    draft(over: Partial<CampaignDraft> = {}): CampaignDraft {
      return campaignDraft.parse({
        name: 'Autumn news',
        segmentId: 's',
        controlShare: 0,
        email: {
          fromName: 'The Shop',
          subject: 'News for {{ customer.firstName | default: "you" }}',
          body: 'Dear {{ customer.firstName | default: "friend" }},\n\nsee [our range](https://shop.example/range?x=1).',
        },
        ...over,
      });
    },

    /** Creates and launches; answers when nothing more is due. */
    async send(workspace: string, draft: CampaignDraft, people: readonly number[]): Promise<string> {
      const id = await this.evenDraft(workspace, draft, people);
      members.set(draft.segmentId ?? '', [...people]);
      const { reach } = await campaigns.previewAudience(workspace, id);
      await campaigns.launch(workspace, id, { confirmReach: reach, revision: 1 });
      await shop.jobs.idle();
      return id;
    },

    /** A draft whose split is near what was planned: one by chance far off would fail a test now and then. */
    async evenDraft(workspace: string, draft: CampaignDraft, people: readonly number[]): Promise<string> {
      for (;;) {
        const { id } = await campaigns.create(workspace, draft, 'tester');
        const control = people.filter((p) => armOf(id, p, draft.controlShare) === 'control').length;
        if (
          Math.abs(control - draft.controlShare * people.length) <= Math.max(1, Math.sqrt(people.length) / 4)
        )
          return id;
        await campaigns.remove(workspace, id);
      }
    },

    async close(): Promise<void> {
      await shop.jobs.close();
      campaigns.close();
      mailServer.close();
      await http.app.close();
      await post.close();
      await shop.close();
    },
  };
}
export type TestCampaigns = Awaited<ReturnType<typeof openTestCampaigns>>;
