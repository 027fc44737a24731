import { openCoupons } from './coupons.ts';
import { openIssue } from './issue.ts';
import { openRedeem } from './redeem.ts';

/** What we offer: coupons, the codes people have of them, and their use. */
export function openPromotion(parts: Parameters<typeof openRedeem>[0]) {
  const { list: codes, ...redemption } = openRedeem(parts);
  return { coupons: openCoupons(parts), ...openIssue(parts), ...redemption, codes };
}
export type Promotion = ReturnType<typeof openPromotion>;
