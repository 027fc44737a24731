import type { recipient } from '@qianmian/contract';
import type { z } from 'zod';
import { isoOrNull } from '../platform/clock.ts';
import { maskEmail, maskName } from '../profile/index.ts';
import type { Promotion } from '../promotion/index.ts';
import type { Db, RecipientState } from './store.pg.ts';

/** Who was treated or held out, and what became of each; hidden where the reader may not see who they are. */
export async function listRecipients(
  parts: { db: Db; promotion: Pick<Promotion, 'codesOf'> },
  campaignId: string,
  page: { limit: number; offset: number; state?: RecipientState },
  reveal: boolean,
): Promise<z.infer<typeof recipient>[]> {
  let query = parts.db.selectFrom('campaign_recipient').selectAll().where('campaign_id', '=', campaignId);
  if (page.state) query = query.where('state', '=', page.state);
  const rows = await query.orderBy('person_id').limit(page.limit).offset(page.offset).execute();
  const codes = await parts.promotion.codesOf(
    campaignId,
    rows.map((r) => r.person_id),
  );
  return rows.map((r) => ({
    personId: r.person_id,
    name: reveal ? r.name : maskName(r.name),
    state: r.state,
    to: reveal ? r.address : maskEmail(r.address),
    couponCode: codes.get(r.person_id)?.code ?? '',
    sentAt: isoOrNull(r.sent_at),
    openedAt: isoOrNull(r.opened_at),
    clickedAt: isoOrNull(r.clicked_at),
    redeemedAt: isoOrNull(codes.get(r.person_id)?.redeemedAt),
    error: r.error,
  }));
}

/** How many were treated or held out, or are in a state. */
export async function countRecipients(
  db: Db,
  campaignId: string,
  state: RecipientState | undefined,
): Promise<number> {
  let query = db
    .selectFrom('campaign_recipient')
    .select((e) => e.fn.countAll<number>().as('people'))
    .where('campaign_id', '=', campaignId);
  if (state) query = query.where('state', '=', state);
  return Number((await query.executeTakeFirstOrThrow()).people);
}
