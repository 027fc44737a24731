import type { Words } from '../ui/words.ts';
import type { en } from './locale.en.ts';

export const zh: Words<typeof en> = {
  pages: { coupons: '优惠券' },
};
