import type { ConsoleDomain } from '../shell/domain.ts';

export const collect: ConsoleDomain = {
  pages: [],
};
