import type { ConsoleDomain } from '../shell/domain.ts';

export const jobs: ConsoleDomain = {
  pages: [],
};
