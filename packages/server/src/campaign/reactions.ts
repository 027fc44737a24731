import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Promotion } from '../promotion/index.ts';
import { addressWith } from './markup.ts';
import { type CampaignRow, campaignById, type Db } from './store.pg.ts';
import type { Telling } from './telling.ts';
import { readToken, type Token, type TokenKind } from './tracking.ts';

/** What recipients do with a message: open it, follow its links, leave. */
export function openReactions(parts: {
  db: Db;
  clock: Clock;
  log: Log;
  secret: Buffer;
  telling: Telling;
  promotion: Pick<Promotion, 'codesOf'>;
}) {
  const { db, telling } = parts;

  /** The message a token is of; null for garbage, and for people who got no message of it. */
  async function messageOfToken(kind: TokenKind, text: string) {
    const token = readToken(parts.secret, kind, text);
    if (!token) return null;
    const campaign = await campaignById(db, token.campaignId);
    const recipient = await db
      .selectFrom('campaign_recipient')
      .select(['address', 'opened_at', 'clicked_at'])
      .where('campaign_id', '=', token.campaignId)
      .where('person_id', '=', token.personId)
      .executeTakeFirst();
    return campaign && recipient ? { token, campaign, recipient } : null;
  }

  /** What is recorded must not keep the reader waiting for a page that fails. */
  async function quietly(work: Promise<void>): Promise<void> {
    await work.catch((error) =>
      parts.log.error({ err: messageOf(error) }, 'a reaction could not be recorded'),
    );
  }

  /** The event first, then the ledger: cut off in between, it is recorded again under the same id. */
  async function noteFirst(
    campaign: CampaignRow,
    of: Token,
    address: string,
    what: {
      column: 'opened_at' | 'clicked_at';
      name: string;
      key: string;
      properties?: Record<string, unknown>;
    },
  ): Promise<void> {
    const time = parts.clock.now();
    await telling.record(campaign, [{ personId: of.personId, address, time, ...what }]);
    await db
      .updateTable('campaign_recipient')
      .set({ [what.column]: new Date(time) })
      .where('campaign_id', '=', of.campaignId)
      .where('person_id', '=', of.personId)
      .where(what.column, 'is', null)
      .execute();
  }

  async function leaveNow(
    campaign: CampaignRow,
    of: Token,
    address: string,
    at = parts.clock.now(),
  ): Promise<void> {
    await db
      .insertInto('campaign_refusal')
      .values({
        workspace: campaign.workspace,
        person_id: of.personId,
        address,
        campaign_id: campaign.id,
        at: new Date(at),
        told_at: null,
      })
      .onConflict((c) =>
        c
          .columns(['workspace', 'person_id'])
          .doUpdateSet({ at: new Date(at), address, campaign_id: campaign.id }),
      )
      .execute();
    const properties = { channel: 'email', purpose: 'marketing', granted: false };
    await telling.record(campaign, [
      {
        personId: of.personId,
        address,
        time: at,
        name: 'Consent Updated',
        // Each leave is one of its own: they may have agreed in between.
        key: `left:${at}`,
        properties,
      },
    ]);
    await db
      .updateTable('campaign_refusal')
      .set({ told_at: new Date(at) })
      .where('workspace', '=', campaign.workspace)
      .where('person_id', '=', of.personId)
      .execute();
  }

  return {
    /** The picture in a message was fetched. Mail programs fetch it more than once: the first time counts. */
    async opened(text: string): Promise<void> {
      const found = await messageOfToken('open', text);
      if (!found || found.recipient.opened_at) return;
      const { campaign, token, recipient } = found;
      await quietly(
        noteFirst(campaign, token, recipient.address, {
          column: 'opened_at',
          name: 'Email Opened',
          key: 'open',
        }),
      );
    },

    /** A link was followed; answers where it leads, null for no link of ours. Each link counts once a person. */
    async clicked(text: string): Promise<string | null> {
      const found = await messageOfToken('click', text);
      const address = found?.campaign.links[found.token.link];
      if (!found || address === undefined) return null;
      const { campaign, token, recipient } = found;
      await quietly(
        noteFirst(campaign, token, recipient.address, {
          column: 'clicked_at',
          name: 'Email Link Clicked',
          key: `click:${token.link}`,
          properties: { link: address },
        }),
      );
      const codes = await parts.promotion.codesOf(campaign.id, [token.personId]);
      return addressWith(address, codes.get(token.personId)?.code ?? '');
    },

    /** Whether an address to leave by is one of ours. */
    async canLeave(text: string): Promise<boolean> {
      return (await messageOfToken('leave', text)) !== null;
    },

    /** Withdraws the consent to e-mail; false for no address of ours. What fails is said: they must know they left. */
    async left(text: string): Promise<boolean> {
      const found = await messageOfToken('leave', text);
      if (!found) return false;
      await leaveNow(found.campaign, found.token, found.recipient.address);
      return true;
    },

    /** Tells of leaves that a crash left untold; run once at start. */
    async tellUntold(): Promise<void> {
      const rows = await db.selectFrom('campaign_refusal').selectAll().where('told_at', 'is', null).execute();
      for (const row of rows) {
        const campaign = await campaignById(db, row.campaign_id);
        if (campaign)
          await leaveNow(
            campaign,
            { campaignId: row.campaign_id, personId: row.person_id, link: 0 },
            row.address,
            row.at.getTime(),
          );
      }
    },
  };
}
export type Reactions = ReturnType<typeof openReactions>;
