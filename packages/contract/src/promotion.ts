import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, withId } from './endpoint.ts';

const validity = { startsAt: isoTime.nullable(), endsAt: isoTime.nullable() };

/** What a coupon takes off: a share of the basket, or an amount in minor units. */
export const discount = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('percent'),
    percent: z.number().min(1, 'must be at least 1').max(100, 'must be at most 100'),
  }),
  z.object({
    kind: z.literal('amount'),
    amountCents: z.number().int().min(1, 'must be at least one minor unit').max(100_000_000),
  }),
]);
export type Discount = z.infer<typeof discount>;

export const couponDraft = z
  .object({
    name: z.string().trim().min(1).max(80),
    discount,
    /** The basket must reach this before the coupon counts. */
    minimumCents: z.number().int().min(0).max(1_000_000_000).default(0),
    prefix: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z0-9]{0,8}$/, 'must be at most 8 letters or digits')
      .default(''),
    startsAt: isoTime.nullable().default(null),
    endsAt: isoTime.nullable().default(null),
  })
  .refine((c) => !c.startsAt || !c.endsAt || Date.parse(c.startsAt) < Date.parse(c.endsAt), {
    path: ['endsAt'],
    message: 'must be after the start',
  });
export type CouponDraft = z.infer<typeof couponDraft>;

/** A kind of coupon; each person gets a code of their own that counts once. */
export const coupon = z.object({
  id: z.string(),
  name: z.string(),
  discount,
  minimumCents: z.number(),
  prefix: z.string(),
  ...validity,
  createdAt: isoTime,
  issued: z.number(),
  redeemed: z.number(),
  discountCents: z.number(),
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type Coupon = z.infer<typeof coupon>;

export const couponCode = z.object({
  code: z.string(),
  couponId: z.string(),
  personId: z.number().nullable(),
  campaignId: z.string().nullable(),
  issuedAt: isoTime,
  redeemedAt: isoTime.nullable(),
  orderId: z.string().nullable(),
  discountCents: z.number().nullable(),
});

const code = z.string().trim().toUpperCase().min(4).max(40);
const basket = z.object({
  code,
  basketCents: z.number().int().min(0).max(100_000_000_000),
  /** What the basket's amounts are in; the workspace's currency where it is left out. Another one is refused. */
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as CNY')
    .optional(),
});
const quote = z.object({
  code: z.string(),
  valid: z.boolean(),
  reason: z.string().nullable(),
  discountCents: z.number(),
  couponName: z.string().nullable(),
});

export const promotionEndpoints = {
  listCoupons: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/coupons',
    summary: 'Coupons with what was issued and redeemed',
    domain: 'promotion',
    access: 'promotion.read',
    params: inWorkspace,
    response: z.array(coupon),
  }),
  createCoupon: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/coupons',
    summary: 'Create a coupon',
    domain: 'promotion',
    access: 'promotion.write',
    params: inWorkspace,
    body: couponDraft,
    response: coupon,
  }),
  getCoupon: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/coupons/:id',
    summary: 'A coupon',
    domain: 'promotion',
    access: 'promotion.read',
    params: withId,
    response: coupon,
  }),
  updateCoupon: endpoint({
    method: 'PUT',
    path: '/v1/workspaces/:workspace/coupons/:id',
    summary: 'Change a coupon; what it takes off is fixed once a code was issued',
    domain: 'promotion',
    access: 'promotion.write',
    params: withId,
    body: couponDraft,
    response: coupon,
  }),
  deleteCoupon: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/coupons/:id',
    summary: 'Delete a coupon that issued no code and that no campaign uses',
    domain: 'promotion',
    access: 'promotion.write',
    params: withId,
  }),
  listCodes: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/coupons/:id/codes',
    summary: 'Codes of a coupon, newest first',
    domain: 'promotion',
    access: 'promotion.read',
    params: withId,
    query: pageQuery,
    response: pageOf(couponCode),
  }),
  quoteCode: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/coupon-codes/quote',
    summary: 'Would this code count for this basket, and how much would it take off?',
    domain: 'promotion',
    access: 'promotion.redeem',
    params: inWorkspace,
    body: basket,
    response: quote,
  }),
  redeemCode: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/coupon-codes/redeem',
    summary: 'Redeem a code for an order, exactly once; the same order again answers the same',
    domain: 'promotion',
    access: 'promotion.redeem',
    params: inWorkspace,
    body: basket.extend({ orderId: z.string().trim().min(1).max(200) }),
    response: couponCode,
  }),
};
