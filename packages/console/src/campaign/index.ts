import type { ConsoleDomain } from '../shell/domain.ts';

export const campaign: ConsoleDomain = {
  pages: [],
  hits: { campaign: (id) => `/campaigns/${encodeURIComponent(id)}` },
};
