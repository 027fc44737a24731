import { promotionEndpoints as e } from '@qianmian/contract';
import type { Audit } from '../governance/index.ts';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import type { Mount } from '../platform/http.ts';
import { codeShown } from './codes.ts';
import type { Promotion } from './promotion.ts';

/** HTTP edge of promotion. */
export function promotionRoutes(mount: Mount, parts: { promotion: Promotion; audit: Audit }): void {
  const { promotion, audit } = parts;
  const { coupons } = promotion;

  mount(e.listCoupons, ({ workspace }) => coupons.list(workspace));
  mount(e.getCoupon, ({ workspace, params }) => coupons.get(workspace, params.id));
  mount(e.createCoupon, async ({ workspace, body, who }) => {
    const made = await coupons.create(workspace, body);
    await audit.note(workspace, who, 'coupon.create', made.id, { name: made.name });
    return made;
  });
  mount(e.updateCoupon, async ({ workspace, params, body, who }) => {
    const changed = await coupons.update(workspace, params.id, body);
    await audit.note(workspace, who, 'coupon.update', params.id, { name: changed.name });
    return changed;
  });
  mount(e.deleteCoupon, async ({ workspace, params, who }) => {
    await coupons.remove(workspace, params.id);
    await audit.note(workspace, who, 'coupon.delete', params.id);
    return undefined;
  });
  mount(e.listCodes, async ({ workspace, params, query, may }) => {
    const coupon = await coupons.get(workspace, params.id);
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const rows = await promotion.codes(workspace, params.id, { ...page, limit: page.limit + 1 });
    const shown = codeShown(may);
    return pageFrom(
      rows.map((row) => ({ ...row, code: shown(row.code) })),
      page,
      coupon.issued,
    );
  });
  mount(e.quoteCode, ({ workspace, body }) => promotion.quote(workspace, body));
  mount(e.redeemCode, async ({ workspace, body, who }) => {
    const redeemed = await promotion.redeem(workspace, body);
    await audit.note(workspace, who, 'coupon_code.redeem', redeemed.couponId, { orderId: body.orderId });
    return redeemed;
  });
}
