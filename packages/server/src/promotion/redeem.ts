import { type Collector, type Fact, type Identifier, OUR_SOURCE } from '../collect/index.ts';
import type { Workspaces } from '../governance/index.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError, messageOf } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Log } from '../platform/log.ts';
import { tidyCode } from './codes.ts';
import { termsOf } from './coupons.ts';
import { refused } from './errors.ts';
import { quoteCoupon, refusalError } from './quote.ts';
import type { CodeUse } from './store.ch.ts';
import { type CodeRow, couponRow, findCode, type PromotionTables } from './store.pg.ts';

/** A basket at the till or in the shop, with the code that was shown. */
export interface Basket {
  code: string;
  basketCents: number;
  /** The workspace's where absent. */
  currency?: string;
}

const TOLD_AT_ONCE = 500;

/** Codes being used: once each, however many tills try at the same moment. */
export function openRedeem(parts: {
  ledger: Ledger;
  workspaces: Pick<Workspaces, 'get'>;
  clock: Clock;
  log: Log;
  /** Makes facts durable; they reach the profile by the way all facts go. */
  record: Collector['record'];
  identifiersOf: (workspace: string, person: number) => Promise<{ type: string; value: string }[]>;
}) {
  const db = parts.ledger.withTables<PromotionTables>();

  /** The workspace's currency where a basket is in another: what a coupon asks for and takes off is in the workspace's. */
  async function homeOfOther(workspace: string, { currency }: Basket): Promise<string | null> {
    if (currency === undefined) return null;
    const home = (await parts.workspaces.get(workspace)).currency;
    return home === currency ? null : home;
  }

  /**
   * Redeems a code for an order at a moment; the same order again answers what it answered first. What was asked for
   * stands, whatever becomes of the order.
   */
  async function redeem(
    workspace: string,
    basket: Basket & { orderId: string },
    at = parts.clock.now(),
    by: 'order' | 'call' = 'call',
  ) {
    const code = tidyCode(basket.code);
    const home = await homeOfOther(workspace, basket);
    if (home)
      throw refused(
        'promotion.other_currency',
        `The basket is in ${basket.currency} and coupons of this workspace are in ${home}; send the basket's amount in ${home}.`,
      );
    const redeemed = await db.transaction().execute(async (trx) => {
      const found = await findCode(trx, workspace, code, true);
      if (!found) throw refused('promotion.code_unknown', `There is no code "${code}" in this workspace.`);
      const terms = termsOf(found.coupon);
      if (found.code.redeemed_at) {
        if (found.code.order_id === basket.orderId) {
          if (by === 'call' && found.code.redeemed_by === 'order')
            await trx
              .updateTable('promotion_code')
              .set({ redeemed_by: by })
              .where('id', '=', found.code.id)
              .execute();
          return found.code;
        }
        throw refusalError('promotion.already_redeemed', code, terms, basket.basketCents);
      }
      const verdict = quoteCoupon(terms, basket.basketCents, at);
      if (verdict.refusal) throw refusalError(verdict.refusal, code, terms, basket.basketCents);
      return await trx
        .updateTable('promotion_code')
        .set({
          redeemed_at: new Date(at),
          order_id: basket.orderId,
          discount_cents: verdict.discountCents,
          redeemed_by: by,
        })
        .where('id', '=', found.code.id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    if (!redeemed.told_at) await tell([redeemed]).catch((err) => parts.log.warn({ err }, 'told later'));
    return presentCode(redeemed);
  }

  /** Records redemptions as events. The events' ids are fixed, so that telling twice tells once. */
  async function tell(rows: readonly CodeRow[]): Promise<void> {
    for (const row of rows) await parts.record(row.workspace, OUR_SOURCE, [await factOf(row)]);
    await db
      .updateTable('promotion_code')
      .set({ told_at: new Date(parts.clock.now()) })
      .where((e) => e('id', '=', e.fn.any(e.val(rows.map((r) => r.id)))))
      .execute();
  }

  async function factOf(row: CodeRow, releasedAt: number | null = null): Promise<Fact> {
    const coupon = await couponRow(db, row.coupon_id);
    const about = `${row.coupon_id}:${row.code}${row.released === 0 ? '' : `:${row.released}`}`;
    return {
      kind: 'event',
      messageId: `coupon-${releasedAt === null ? 'redeemed' : 'released'}:${about}`,
      name: releasedAt === null ? 'Coupon Redeemed' : 'Coupon Released',
      time: releasedAt ?? (row.redeemed_at as Date).getTime(),
      identifiers: row.person_id === null ? [] : await identifiersOf(row.workspace, row.person_id),
      properties: {
        coupon_id: row.coupon_id,
        coupon_name: coupon.name,
        code: row.code,
        order_id: row.order_id,
        discount_cents: row.discount_cents,
        ...(row.campaign_id ? { campaign_id: row.campaign_id } : {}),
      },
    };
  }

  async function identifiersOf(workspace: string, person: number): Promise<Identifier[]> {
    return (await parts.identifiersOf(workspace, person)).map(({ type, value }) => ({
      type: type as Identifier['type'],
      value,
    }));
  }

  /** Redeems the codes that orders came with. Codes of other systems are none of ours and are passed over. */
  async function redeemUses(workspace: string, uses: readonly CodeUse[]): Promise<void> {
    const known = await knownAmong(
      workspace,
      uses.map((u) => tidyCode(u.code)),
    );
    for (const use of uses) {
      if (!known.has(tidyCode(use.code))) continue;
      try {
        await redeem(workspace, use, use.time, 'order');
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        parts.log.info({ workspace, order: use.orderId, code: error.code }, messageOf(error));
      }
    }
  }

  /** Opens codes again whose orders are no more, as far as nobody redeemed them otherwise since. */
  async function release(rows: readonly CodeRow[]): Promise<void> {
    for (const row of rows) {
      const at = parts.clock.now();
      const { numUpdatedRows } = await db
        .updateTable('promotion_code')
        .set((e) => ({
          ...{ redeemed_at: null, order_id: null, discount_cents: null, told_at: null, redeemed_by: null },
          released: e('released', '+', 1),
        }))
        .where('id', '=', row.id)
        .where('redeemed_by', '=', 'order')
        .where('order_id', '=', row.order_id)
        .executeTakeFirst();
      if (Number(numUpdatedRows) > 0)
        await parts
          .record(row.workspace, OUR_SOURCE, [await factOf(row, at)])
          .catch((err) => parts.log.warn({ err }, 'that a coupon was released is not told'));
    }
  }

  async function knownAmong(workspace: string, codes: string[]): Promise<Set<string>> {
    const rows = await db
      .selectFrom('promotion_code')
      .select('code')
      .where('workspace', '=', workspace)
      .where((e) => e('code', '=', e.fn.any(e.val(codes))))
      .execute();
    return new Set(rows.map((r) => r.code));
  }

  return {
    redeem,
    redeemUses,
    release,

    /** Whether a code would count for a basket now, and how much it would take off; changes nothing. */
    async quote(workspace: string, basket: Basket) {
      const code = tidyCode(basket.code);
      const found = await findCode(db, workspace, code, false);
      const answer = (reason: string | null, discountCents: number) => ({
        code,
        valid: reason === null,
        reason,
        discountCents,
        couponName: found?.coupon.name ?? null,
      });
      if (!found) return answer('promotion.code_unknown', 0);
      if (await homeOfOther(workspace, basket)) return answer('promotion.other_currency', 0);
      if (found.code.redeemed_at) return answer('promotion.already_redeemed', 0);
      const verdict = quoteCoupon(termsOf(found.coupon), basket.basketCents, parts.clock.now());
      return answer(verdict.refusal, verdict.discountCents);
    },

    /** Codes of a coupon, newest first. */
    async list(workspace: string, couponId: string, page: { limit: number; offset: number }) {
      const rows = await db
        .selectFrom('promotion_code')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('coupon_id', '=', couponId)
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
      return rows.map(presentCode);
    },

    /** Tells of redemptions that a crash left untold. */
    async tellUntold(): Promise<void> {
      for (;;) {
        const rows = await db
          .selectFrom('promotion_code')
          .selectAll()
          .where('redeemed_at', 'is not', null)
          .where('told_at', 'is', null)
          .orderBy('id')
          .limit(TOLD_AT_ONCE)
          .execute();
        if (rows.length === 0) return;
        await tell(rows);
      }
    },
  };
}

export type RedeemUses = ReturnType<typeof openRedeem>['redeemUses'];
export type ReleaseCodes = ReturnType<typeof openRedeem>['release'];

function presentCode(row: CodeRow) {
  return {
    code: row.code,
    couponId: row.coupon_id,
    personId: row.person_id,
    campaignId: row.campaign_id,
    issuedAt: row.issued_at.toISOString(),
    redeemedAt: row.redeemed_at?.toISOString() ?? null,
    orderId: row.order_id,
    discountCents: row.discount_cents,
  };
}
