import type { Words } from '../ui/words.ts';
import type { en } from './locale.en.ts';

export const zh: Words<typeof en> = {
  pages: { imports: '导入', sources: '来源', events: '实时事件', quarantine: '隔离区' },
};
