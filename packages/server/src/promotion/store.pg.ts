import type { Discount } from '@qianmian/contract';
import { type Generated, type Kysely, sql } from 'kysely';

export type PromotionTables = {
  promotion_coupon: {
    id: string;
    workspace: string;
    name: string;
    discount: unknown;
    minimum_cents: number;
    prefix: string;
    starts_at: Date | null;
    ends_at: Date | null;
    created_at: Date;
  };
  promotion_code: {
    id: Generated<number>;
    workspace: string;
    code: string;
    coupon_id: string;
    person_id: number | null;
    campaign_id: string | null;
    issued_at: Date;
    redeemed_at: Date | null;
    order_id: string | null;
    discount_cents: number | null;
    told_at: Date | null;
    redeemed_by: 'order' | 'call' | null;
    released: Generated<number>;
  };
  promotion_reading: { workspace: string; version: number };
};
export type CouponRow = Omit<PromotionTables['promotion_coupon'], 'discount'> & { discount: Discount };
export type CodeRow = Omit<PromotionTables['promotion_code'], 'id' | 'released'> & {
  id: number;
  released: number;
};
type Db = Kysely<PromotionTables>;

/** Coupons of a workspace with what was issued and redeemed, newest first. */
export async function couponsOf(db: Db, workspace: string, id: string | null) {
  return (
    await sql<CouponRow & { issued: number; redeemed: number; discount_cents: number }>`
      select c.*, coalesce(k.issued, 0) as issued, coalesce(k.redeemed, 0) as redeemed,
        coalesce(k.discount_cents, 0) as discount_cents
      from promotion_coupon c left join (
        select coupon_id, count(*) as issued, count(redeemed_at) as redeemed,
          sum(discount_cents)::bigint as discount_cents
        from promotion_code where workspace = ${workspace} group by coupon_id) k on k.coupon_id = c.id
      where c.workspace = ${workspace} and (${id}::text is null or c.id = ${id})
      order by c.created_at desc, c.id`.execute(db)
  ).rows;
}

/** Gives codes to people; who has one of this campaign, and a code that is taken, is passed over. Answers who got one. */
export async function insertCodes(
  db: Db,
  issue: { workspace: string; couponId: string; campaignId: string; at: Date },
  codes: readonly { person_id: number; code: string }[],
): Promise<number[]> {
  const given = await sql<{ person_id: number }>`
    insert into promotion_code (workspace, code, coupon_id, person_id, campaign_id, issued_at)
    select ${issue.workspace}, g.code, ${issue.couponId}, g.person_id, ${issue.campaignId}, ${issue.at}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(codes)}::jsonb) as g (person_id bigint, code text)
    on conflict do nothing returning person_id`.execute(db);
  return given.rows.map((r) => r.person_id);
}

/** A code with its coupon; within a transaction it can be locked until the end. */
export async function findCode(
  db: Db,
  workspace: string,
  code: string,
  lock: boolean,
): Promise<{ code: CodeRow; coupon: CouponRow } | null> {
  const query = db
    .selectFrom('promotion_code')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('code', '=', code);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row ? { code: row, coupon: await couponRow(db, row.coupon_id) } : null;
}

export async function couponRow(db: Db, id: string): Promise<CouponRow> {
  return (await db
    .selectFrom('promotion_coupon')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()) as CouponRow;
}

/** Redemptions of a campaign's codes. */
export async function campaignTotals(db: Db, campaignId: string, until: Date | null) {
  const counts = until === null ? sql`true` : sql`redeemed_at < ${until}`;
  const row = await db
    .selectFrom('promotion_code')
    .select((e) => [
      e.fn.count<number>('id').as('issued'),
      sql<number>`count(redeemed_at) filter (where ${counts})`.as('redeemed'),
      sql<number>`coalesce(sum(discount_cents) filter (where ${counts}), 0)::bigint`.as('discountCents'),
    ])
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow();
  return row;
}

/** Names of a workspace's coupons by id. */
export async function couponNames(db: Db, workspace: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('promotion_coupon')
    .select(['id', 'name'])
    .where('workspace', '=', workspace)
    .execute();
  return new Map(rows.map((r) => [r.id, r.name]));
}

/** How far a workspace's order lines were read; `version` moves it on, never back. */
export async function readTo(db: Db, workspace: string, version = 0): Promise<number> {
  const row = await db
    .insertInto('promotion_reading')
    .values({ workspace, version })
    .onConflict((c) =>
      c.column('workspace').doUpdateSet({
        version: sql<number>`greatest(promotion_reading.version, excluded.version)`,
      }),
    )
    .returning('version')
    .executeTakeFirstOrThrow();
  return row.version;
}

/** Which of these codes are of this workspace and not redeemed. */
export async function openCodesAmong(
  db: Db,
  workspace: string,
  codes: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('promotion_code')
    .select('code')
    .where('workspace', '=', workspace)
    .where('redeemed_at', 'is', null)
    .where((e) => e('code', '=', e.fn.any(e.val(codes as string[]))))
    .execute();
  return new Set(rows.map((r) => r.code));
}

/** Codes that these orders redeemed by being read. */
export function codesRedeemedBy(db: Db, workspace: string, orderIds: readonly string[]): Promise<CodeRow[]> {
  return db
    .selectFrom('promotion_code')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('redeemed_by', '=', 'order')
    .where((e) => e('order_id', '=', e.fn.any(e.val(orderIds as string[]))))
    .execute();
}

/** A page of all codes that orders redeemed by being read, behind an id. */
export function codesRedeemedByOrders(
  db: Db,
  workspace: string,
  after: number,
  limit: number,
): Promise<CodeRow[]> {
  return db
    .selectFrom('promotion_code')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('redeemed_by', '=', 'order')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Workspaces with codes that may still be used, or be opened again. */
export async function workspacesWithOpenCodes(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('promotion_code')
    .select('workspace')
    .distinct()
    .where((e) => e.or([e('redeemed_at', 'is', null), e('redeemed_by', '=', 'order')]))
    .execute();
  return rows.map((r) => r.workspace);
}
