import type { ConsoleDomain } from '../shell/domain.ts';

export const governance: ConsoleDomain = {
  pages: [],
};
