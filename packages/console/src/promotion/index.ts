import { TagsOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { createCoupon } from './actions.ts';

export const promotion: ConsoleDomain = {
  pages: [
    {
      path: '/coupons',
      title: 'promotion:pages.coupons',
      permission: 'promotion.read',
      nav: { group: 'act', order: 3, icon: TagsOutlined },
      load: () => import('./coupons-page.tsx'),
    },
    {
      path: '/coupons/$couponId',
      title: 'promotion:pages.coupon',
      permission: 'promotion.read',
      load: () => import('./coupon-page.tsx'),
    },
  ],
  actions: [createCoupon],
};
