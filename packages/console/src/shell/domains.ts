import { campaign } from '../campaign/index.ts';
import { catalog } from '../catalog/index.ts';
import { collect } from '../collect/index.ts';
import { demo } from '../demo/index.ts';
import { governance } from '../governance/index.ts';
import { identity } from '../identity/index.ts';
import { insight } from '../insight/index.ts';
import { jobs } from '../jobs/index.ts';
import { profile } from '../profile/index.ts';
import { promotion } from '../promotion/index.ts';
import { segment } from '../segment/index.ts';
import type { ConsoleDomain, NavGroup, PageDef } from './domain.ts';
import { NAV_GROUPS } from './domain.ts';

/** Everything the console is made of. */
export const domains: readonly ConsoleDomain[] = [
  insight,
  profile,
  segment,
  campaign,
  promotion,
  catalog,
  collect,
  identity,
  governance,
  jobs,
  demo,
];

export type NavPage = PageDef & { nav: NonNullable<PageDef['nav']> };

/** What someone with these permissions finds in the navigation, by group and in order. */
export function navigation(
  pages: readonly PageDef[],
  permissions: readonly string[],
  isDemo: boolean,
): { group: NavGroup; pages: NavPage[] }[] {
  const seen = pages.filter(
    (page): page is NavPage =>
      page.nav !== undefined &&
      (page.permission === null || permissions.includes(page.permission)) &&
      (!page.demo || isDemo),
  );
  return NAV_GROUPS.map((group) => ({
    group,
    pages: seen.filter((page) => page.nav.group === group).sort((a, b) => a.nav.order - b.nav.order),
  })).filter(({ pages }) => pages.length > 0);
}
