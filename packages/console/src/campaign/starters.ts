/** Beginnings of a campaign, each with a letter that works as it is. */
export const STARTERS = ['winBack', 'second', 'thanks', 'news'] as const;
export type Starter = (typeof STARTERS)[number];

/** Which beginnings speak of a coupon: without one chosen their letter says less. */
const WITH_COUPON: readonly Starter[] = ['winBack', 'second'];

/** The letter of a beginning: with a coupon only where one is chosen. */
export function letterKey(starter: Starter, hasCoupon: boolean) {
  return WITH_COUPON.includes(starter) && hasCoupon
    ? (`starter.${starter as 'winBack' | 'second'}.bodyCoupon` as const)
    : (`starter.${starter}.body` as const);
}
