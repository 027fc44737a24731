import type { ConsoleDomain } from '../shell/domain.ts';

export const catalog: ConsoleDomain = {
  pages: [],
};
