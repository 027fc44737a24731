import type { Coupon, CouponDraft } from '@qianmian/contract';
import type { Format } from '../ui/index.ts';
import { dayIn, endOfDay, lastDayBefore, startOfDay } from './coupon-days.ts';

/** What the form holds: money as people type it, days as the calendar has them. */
export interface CouponForm {
  name: string;
  kind: 'percent' | 'amount';
  percent: number | null;
  amount: number | null;
  minimum: number | null;
  prefix: string;
  firstDay: string | null;
  lastDay: string | null;
}

export const NEW_COUPON: CouponForm = {
  name: '',
  kind: 'percent',
  percent: 15,
  amount: null,
  minimum: null,
  prefix: '',
  firstDay: null,
  lastDay: null,
};

/** A coupon as its form shows it. */
export function formOf(coupon: Coupon, format: Format): CouponForm {
  const { discount } = coupon;
  return {
    name: coupon.name,
    kind: discount.kind,
    percent: discount.kind === 'percent' ? discount.percent : null,
    amount: discount.kind === 'amount' ? format.major(discount.amountCents) : null,
    minimum: coupon.minimumCents > 0 ? format.major(coupon.minimumCents) : null,
    prefix: coupon.prefix,
    firstDay: coupon.startsAt && dayIn(coupon.startsAt, format.timeZone),
    lastDay: coupon.endsAt && lastDayBefore(coupon.endsAt, format.timeZone),
  };
}

/** The draft a form stands for; null while what comes off is missing. */
export function draftOf(form: CouponForm, format: Format): CouponDraft | null {
  const value = form.kind === 'percent' ? form.percent : form.amount;
  if (!value || value <= 0) return null;
  return {
    name: form.name.trim(),
    discount:
      form.kind === 'percent'
        ? { kind: 'percent', percent: value }
        : { kind: 'amount', amountCents: format.minor(value) },
    minimumCents: format.minor(form.minimum ?? 0),
    prefix: form.prefix.trim().toUpperCase(),
    startsAt: form.firstDay && startOfDay(form.firstDay, format.timeZone),
    endsAt: form.lastDay && endOfDay(form.lastDay, format.timeZone),
  };
}

/** Something about a draft that is allowed and probably not meant. */
export function oddity(draft: CouponDraft): 'beyondMinimum' | 'steep' | null {
  const { discount, minimumCents } = draft;
  if (discount.kind === 'amount' && minimumCents <= discount.amountCents) return 'beyondMinimum';
  return discount.kind === 'percent' && discount.percent > 50 ? 'steep' : null;
}

/** The form's field for a fault of the server. */
export function formField(path: string): keyof CouponForm {
  if (path.startsWith('discount')) return path.includes('amount') ? 'amount' : 'percent';
  const fields: Record<string, keyof CouponForm> = {
    minimumCents: 'minimum',
    startsAt: 'firstDay',
    endsAt: 'lastDay',
    prefix: 'prefix',
  };
  return fields[path] ?? 'name';
}
