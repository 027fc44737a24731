import type { AudiencePreview, Coupon } from '@qianmian/contract';

export const KNOWN_WARNINGS = [
  'nobody',
  'noControl',
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

/** Exclusions that anyone falls under, most people first. */
export function exclusionsOf(preview: AudiencePreview): AudiencePreview['excluded'] {
  return preview.excluded.filter((one) => one.people > 0).sort((a, b) => b.people - a.people);
}
