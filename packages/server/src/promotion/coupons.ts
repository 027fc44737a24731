import { randomUUID } from 'node:crypto';
import type { Coupon, CouponDraft } from '@qianmian/contract';
import type { Clock } from '../platform/clock.ts';
import { isoOrNull } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import { inUse, promised } from './errors.ts';
import { breaches, type Terms } from './quote.ts';
import { type CouponRow, couponNames, couponsOf, type PromotionTables } from './store.pg.ts';

/** Something that uses a coupon. */
export interface CouponUse {
  couponId: string;
  id: string;
  name: string;
}

/** Finds what uses the coupons of a workspace; domains to the right register theirs. */
export type UsesOfCoupons = (workspace: string) => Promise<CouponUse[]>;

/** Kinds of coupon of every workspace. */
export function openCoupons(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<PromotionTables>();
  const finders: UsesOfCoupons[] = [];

  async function usesIn(workspace: string): Promise<CouponUse[]> {
    return (await Promise.all(finders.map((find) => find(workspace)))).flat();
  }

  async function list(workspace: string): Promise<Coupon[]> {
    const [rows, uses] = [await couponsOf(db, workspace, null), await usesIn(workspace)];
    return rows.map((row) => present(row, uses));
  }

  async function get(workspace: string, id: string): Promise<Coupon> {
    const [row] = await couponsOf(db, workspace, id);
    if (!row) throw notFound('coupon', id);
    return present(row, await usesIn(workspace));
  }

  return {
    list,
    get,

    /** Registers who can tell what uses a coupon. */
    onUse(find: UsesOfCoupons): void {
      finders.push(find);
    },

    /** Whether any coupon names an amount, or any code was redeemed for one. */
    async holdsAmounts(workspace: string): Promise<boolean> {
      const coupons = await couponsOf(db, workspace, null);
      return coupons.some(
        (one) =>
          one.discount.kind === 'amount' || Number(one.minimum_cents) > 0 || Number(one.discount_cents) > 0,
      );
    },

    async create(workspace: string, draft: CouponDraft): Promise<Coupon> {
      const id = randomUUID();
      await db
        .insertInto('promotion_coupon')
        .values({ id, workspace, created_at: new Date(parts.clock.now()), ...columnsOf(draft) })
        .execute();
      return get(workspace, id);
    },

    /** Changes a coupon; once codes are with customers only in their favour. */
    async update(workspace: string, id: string, draft: CouponDraft): Promise<Coupon> {
      await db.transaction().execute(async (trx) => {
        await trx.selectFrom('promotion_coupon').select('id').where('id', '=', id).forUpdate().execute();
        const [row] = await couponsOf(trx, workspace, id);
        if (!row) throw notFound('coupon', id);
        const faults = row.issued > 0 ? breaches(termsOf(row), draft) : {};
        if (Object.keys(faults).length > 0) throw promised(faults);
        await trx.updateTable('promotion_coupon').set(columnsOf(draft)).where('id', '=', id).execute();
      });
      return get(workspace, id);
    },

    async remove(workspace: string, id: string): Promise<void> {
      const coupon = await get(workspace, id);
      if (coupon.issued > 0) throw promised({ id: 'cannot be deleted' });
      if (coupon.usedBy.length > 0) throw inUse(coupon.usedBy);
      // Codes may have been given out since.
      const removed = await db
        .deleteFrom('promotion_coupon')
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .where((e) =>
          e.not(e.exists(e.selectFrom('promotion_code').select('id').where('coupon_id', '=', id).limit(1))),
        )
        .executeTakeFirst();
      if (removed.numDeletedRows === 0n) throw promised({ id: 'cannot be deleted' });
    },

    /** Names of the coupons by id. */
    names: (workspace: string) => couponNames(db, workspace),

    /** The terms of a coupon, for a quote or for words about it. */
    async terms(workspace: string, id: string): Promise<Terms & { name: string }> {
      const [row] = await couponsOf(db, workspace, id);
      if (!row) throw notFound('coupon', id);
      return { ...termsOf(row), name: row.name };
    },
  };
}
export type Coupons = ReturnType<typeof openCoupons>;

export function termsOf(row: CouponRow): Terms {
  return {
    discount: row.discount,
    minimumCents: row.minimum_cents,
    startsAt: row.starts_at?.getTime() ?? null,
    endsAt: row.ends_at?.getTime() ?? null,
  };
}

function columnsOf(draft: CouponDraft) {
  return {
    name: draft.name,
    discount: JSON.stringify(draft.discount),
    minimum_cents: draft.minimumCents,
    prefix: draft.prefix,
    starts_at: draft.startsAt === null ? null : new Date(draft.startsAt),
    ends_at: draft.endsAt === null ? null : new Date(draft.endsAt),
  };
}

function present(
  row: CouponRow & { issued: number; redeemed: number; discount_cents: number },
  uses: readonly CouponUse[],
): Coupon {
  return {
    id: row.id,
    name: row.name,
    discount: row.discount,
    minimumCents: row.minimum_cents,
    prefix: row.prefix,
    startsAt: isoOrNull(row.starts_at),
    endsAt: isoOrNull(row.ends_at),
    createdAt: row.created_at.toISOString(),
    issued: row.issued,
    redeemed: row.redeemed,
    discountCents: row.discount_cents,
    usedBy: uses.filter((u) => u.couponId === row.id).map(({ id, name }) => ({ id, name })),
  };
}
