import type { CouponDraft, Discount } from '@qianmian/contract';
import { type Refusal, refused } from './errors.ts';

/** What of a coupon decides whether it counts and how much it takes off. */
export interface Terms {
  discount: Discount;
  minimumCents: number;
  /** Milliseconds; the coupon counts from `startsAt` on and until just before `endsAt`. */
  startsAt: number | null;
  endsAt: number | null;
}

/** Either what comes off, or why nothing does. */
export type Verdict = { discountCents: number; refusal: null } | { discountCents: 0; refusal: Refusal };

/** What a coupon takes off a basket at a moment: never more than the basket, nothing outside its terms. */
export function quoteCoupon(terms: Terms, basketCents: number, at: number): Verdict {
  const refusal = refusalOf(terms, basketCents, at);
  return refusal
    ? { discountCents: 0, refusal }
    : { discountCents: discountOn(terms.discount, basketCents), refusal: null };
}

function refusalOf(terms: Terms, basketCents: number, at: number): Refusal | null {
  if (terms.startsAt !== null && at < terms.startsAt) return 'promotion.not_yet';
  if (terms.endsAt !== null && at >= terms.endsAt) return 'promotion.finished';
  return basketCents < terms.minimumCents ? 'promotion.minimum_not_reached' : null;
}

function discountOn(discount: Discount, basketCents: number): number {
  const wanted =
    discount.kind === 'amount' ? discount.amountCents : Math.round((basketCents * discount.percent) / 100);
  return Math.min(wanted, basketCents);
}

/** The error for a verdict that refuses, in a sentence with the value that was not good enough. */
export function refusalError(refusal: Refusal, code: string, terms: Terms, basketCents: number) {
  const when = (time: number | null) => (time === null ? '' : new Date(time).toISOString());
  const why: Record<Refusal, string> = {
    'promotion.code_unknown': `There is no code "${code}" in this workspace.`,
    'promotion.already_redeemed': `The code "${code}" was redeemed for another order; a code counts once.`,
    'promotion.not_yet': `The code "${code}" counts from ${when(terms.startsAt)} on.`,
    'promotion.finished': `The code "${code}" counted until ${when(terms.endsAt)}.`,
    'promotion.minimum_not_reached': `The basket of ${basketCents} minor units does not reach the ${terms.minimumCents} that the code "${code}" needs.`,
  };
  return refused(refusal, why[refusal]);
}

/** How a changed draft falls short of what holders of codes were promised, by field; better terms are no breach. */
export function breaches(promise: Terms, draft: CouponDraft): Record<string, string> {
  const faults: Record<string, string> = {};
  const startsAt = draft.startsAt === null ? Number.NEGATIVE_INFINITY : Date.parse(draft.startsAt);
  const endsAt = draft.endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(draft.endsAt);
  if (!isSameDiscount(promise.discount, draft.discount)) faults.discount = 'cannot change';
  if (draft.minimumCents > promise.minimumCents) faults.minimumCents = 'cannot rise';
  if (startsAt > (promise.startsAt ?? Number.NEGATIVE_INFINITY)) faults.startsAt = 'cannot be later';
  if (endsAt < (promise.endsAt ?? Number.POSITIVE_INFINITY)) faults.endsAt = 'cannot be earlier';
  return faults;
}

function isSameDiscount(a: Discount, b: Discount): boolean {
  if (a.kind === 'percent') return b.kind === 'percent' && a.percent === b.percent;
  return b.kind === 'amount' && a.amountCents === b.amountCents;
}
