import type { ConsoleDomain } from '../shell/domain.ts';

export const promotion: ConsoleDomain = {
  pages: [],
};
