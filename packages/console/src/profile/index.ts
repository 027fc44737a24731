import type { ConsoleDomain } from '../shell/domain.ts';

export const profile: ConsoleDomain = {
  pages: [],
  hits: { customer: (id) => `/customers/${encodeURIComponent(id)}` },
};
