import type { Coupon } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/index.ts';
import { dayIn, lastDayBefore } from './coupon-days.ts';

/** What of a coupon its sentence needs; a draft has it too. */
export type Terms = Pick<Coupon, 'discount' | 'minimumCents' | 'startsAt' | 'endsAt'>;

/** Chinese shops name what is left to pay: 20 % off is 8 折, 15 % off 85 折, 95 % off 0.5 折. */
export function zhe(percent: number): string {
  const left = Math.round((100 - percent) * 100) / 100;
  if (left >= 10 && Number.isInteger(left)) return left % 10 === 0 ? String(left / 10) : String(left);
  return String(Math.round(left * 100) / 1000);
}

/** Money without empty decimals, as signs in shops write it: ¥100, ¥9.90. */
export function shopMoney(cents: number, format: Format): string {
  return format.money(cents).replace(/([.,])0+(?=\D*$)/, '');
}

/** What comes off and from which basket on: "15% off from ¥100", 「满 ¥100 打 85 折」. */
export function discountWords(
  { discount, minimumCents }: Pick<Terms, 'discount' | 'minimumCents'>,
  t: TFunction<'promotion'>,
  format: Format,
): string {
  const from = minimumCents > 0 ? t('terms.from', { amount: shopMoney(minimumCents, format) }) : '';
  if (discount.kind === 'amount')
    return t('terms.amount', { from, amount: shopMoney(discount.amountCents, format) });
  if (discount.percent >= 100) return t('terms.free', { from });
  const percent = format.number(discount.percent, 2);
  return format.language === 'zh'
    ? t('terms.percent', { from, percent: zhe(discount.percent) })
    : t('terms.percent', { from, percent });
}

/** The whole promise: "15% off from ¥100, until Dec 31", 「满 ¥100 打 85 折，有效期至 12月31日」. */
export function couponSentence(terms: Terms, t: TFunction<'promotion'>, format: Format, now: number): string {
  return discountWords(terms, t, format) + validityWords(terms, t, format, now);
}

function validityWords(terms: Terms, t: TFunction<'promotion'>, format: Format, now: number): string {
  const zone = format.timeZone;
  const year = dayIn(now, zone).slice(0, 4);
  const write = (day: string) => (day.startsWith(year) ? format.dayShort(day) : format.day(day));
  const start =
    terms.startsAt && Date.parse(terms.startsAt) > now ? write(dayIn(terms.startsAt, zone)) : null;
  const end = terms.endsAt ? write(lastDayBefore(terms.endsAt, zone)) : null;
  if (start && end) return t('terms.between', { start, end });
  if (start) return t('terms.starting', { start });
  return end ? t('terms.until', { end }) : '';
}

export type CouponState = 'scheduled' | 'live' | 'ended';

/** Whether its codes count at a moment. */
export function couponState(
  { startsAt, endsAt }: Pick<Terms, 'startsAt' | 'endsAt'>,
  now: number,
): CouponState {
  if (endsAt && Date.parse(endsAt) <= now) return 'ended';
  return startsAt && Date.parse(startsAt) > now ? 'scheduled' : 'live';
}

export const STATE_TONES = { scheduled: 'busy', live: 'good', ended: 'quiet' } as const;

/** The sentence of the list: how many live, what is out, what came back. */
export function couponsHeadline(
  coupons: readonly Coupon[],
  t: TFunction<'promotion'>,
  format: Format,
  now: number,
): string {
  const live = coupons.filter((coupon) => couponState(coupon, now) === 'live').length;
  const sum = (of: (coupon: Coupon) => number) => coupons.reduce((total, coupon) => total + of(coupon), 0);
  const issued = sum((coupon) => coupon.issued);
  const redeemed = sum((coupon) => coupon.redeemed);
  const begin = t('headline.live', { count: live, coupons: format.number(live) });
  if (issued === 0) return begin + t('headline.noneIssued');
  if (redeemed === 0)
    return begin + t('headline.noneRedeemed', { count: issued, issued: format.number(issued) });
  return (
    begin +
    t('headline.redeemed', {
      issued: format.number(issued),
      redeemed: format.number(redeemed),
      share: format.percent(redeemed / issued),
      discount: format.moneyWords(sum((coupon) => coupon.discountCents)),
    })
  );
}

/** Why a code does not count, by the server's code; null for one we have no words for. */
export function refusalKey(reason: string | null) {
  const known = {
    'promotion.code_unknown': 'unknown',
    'promotion.already_redeemed': 'redeemed',
    'promotion.other_currency': 'otherCurrency',
    'promotion.not_yet': 'notYet',
    'promotion.finished': 'finished',
    'promotion.minimum_not_reached': 'minimum',
  } as const;
  return (reason && known[reason as keyof typeof known]) || null;
}
