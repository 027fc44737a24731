import { insightEndpoints as e } from '@qianmian/contract';
import type { Mount } from '../platform/http.ts';
import type { OverviewOf } from './overview.ts';
import type { Search } from './search.ts';

/** HTTP edge of the overview and the search. */
export function insightRoutes(mount: Mount, parts: { overview: OverviewOf; search: Search }): void {
  mount(e.getOverview, ({ workspace, query }) => parts.overview(workspace, query));
  mount(e.search, ({ workspace, query, may, who }) => parts.search(workspace, query.q, { may, who }));
}
