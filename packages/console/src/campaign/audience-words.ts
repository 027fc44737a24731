import type { AudiencePreview, Coupon } from '@qianmian/contract';

export const KNOWN_WARNINGS = [
  'nobody',
  'noControl',
  'tinyGroup',
  'smallControl',
  'noMailServer',
  'couponFinished',
] as const;
export type Warning = (typeof KNOWN_WARNINGS)[number];

/** Warnings we have words for, with how grave each is. */
export function warningsOf(codes: readonly string[]): { code: Warning; grave: boolean }[] {
  return KNOWN_WARNINGS.filter((code) => codes.includes(code)).map((code) => ({
    code,
    grave: code === 'nobody' || code === 'noMailServer' || code === 'couponFinished',
  }));
}

/** What coupons can cost: all of it for amounts, at the usual basket for percentages. */
export function couponCost(
  coupon: Pick<Coupon, 'discount' | 'minimumCents'>,
  treated: number,
  averageOrderCents: number | null,
): { kind: 'amount' | 'percent'; eachCents: number | null; mostCents: number | null } {
  const { discount, minimumCents } = coupon;
  if (discount.kind === 'amount')
    return { kind: 'amount', eachCents: discount.amountCents, mostCents: discount.amountCents * treated };
  if (!averageOrderCents) return { kind: 'percent', eachCents: null, mostCents: null };
  const basket = Math.max(averageOrderCents, minimumCents);
  const eachCents = Math.round((basket * discount.percent) / 100);
  return { kind: 'percent', eachCents, mostCents: eachCents * treated };
}

/** Buyers that are worth waiting for on the side of those held out: with fewer, chance alone looks like an effect. */
export const BUYERS_WANTED = 30;

/** How many in a hundred come back by themselves where nobody has bought lately; a guess to plan with. */
export const COME_BACK_SHARE = 0.02;

/** Shares of an audience that can be held out. */
export const CONTROL_SHARES = [0, 0.05, 0.1, 0.2, 0.3, 0.5];

/**
 * What can be said of the smallest effect a test would find: the number, or why there is none and how much to hold out
 * instead. Nothing while nobody can be reached or nobody is held out: the check says so already.
 */
export function detectable(
  audience: Pick<AudiencePreview, 'detectableCents' | 'treated' | 'control' | 'reach'> | undefined,
):
  | { kind: 'waiting' }
  | { kind: 'nothing' }
  | { kind: 'found'; cents: number }
  | { kind: 'noSales'; people: number; share: number } {
  if (!audience) return { kind: 'waiting' };
  if (audience.detectableCents) return { kind: 'found', cents: audience.detectableCents };
  if (audience.treated === 0 || audience.control === 0) return { kind: 'nothing' };
  const wanted = BUYERS_WANTED / COME_BACK_SHARE;
  const share = CONTROL_SHARES.find((one) => one * audience.reach >= wanted) ?? 0.5;
  return { kind: 'noSales', people: wanted, share };
}

/** Exclusions that anyone falls under, most people first. */
export function exclusionsOf(preview: AudiencePreview): AudiencePreview['excluded'] {
  return preview.excluded.filter((one) => one.people > 0).sort((a, b) => b.people - a.people);
}
