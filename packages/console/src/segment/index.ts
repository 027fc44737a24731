import type { ConsoleDomain } from '../shell/domain.ts';

export const segment: ConsoleDomain = {
  pages: [],
  hits: { segment: (id) => `/segments/${encodeURIComponent(id)}` },
};
