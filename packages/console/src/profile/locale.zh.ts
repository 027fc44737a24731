import type { Words } from '../ui/words.ts';
import type { en } from './locale.en.ts';

export const zh: Words<typeof en> = {
  pages: { customers: '顾客', rfm: 'RFM 与生命周期', tags: '标签' },
};
