export { codeShown } from './codes.ts';
export type { CouponUse, UsesOfCoupons } from './coupons.ts';
export { openPromotion, type Promotion } from './promotion.ts';
export type { Terms } from './quote.ts';
export { promotionRoutes } from './routes.ts';
export { couponWords, type Language, money } from './words.ts';
