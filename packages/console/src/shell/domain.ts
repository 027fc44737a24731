import type { Permission, searchHit } from '@qianmian/contract';
import type { ComponentType } from 'react';
import type { z } from 'zod';
import type { Action } from './actions.ts';
import type { TextKey } from './locales.ts';

export const NAV_GROUPS = ['overview', 'customers', 'act', 'goods', 'data', 'govern', 'demo'] as const;
export type NavGroup = (typeof NAV_GROUPS)[number];

/** A page: where it is, what it is called, who may see it. Declared in the `index.ts` of its domain. */
export interface PageDef {
  /** Below `/w/:workspace`, with `$name` parameters: `/customers/$personId`. */
  path: string;
  title: TextKey;
  /** Null: everyone in the workspace. */
  permission: Permission | null;
  /** Only where the server runs a demo. */
  demo?: boolean;
  /** Its place in the navigation and the command palette; pages reached only from others have none. */
  nav?: { group: NavGroup; order: number; icon: ComponentType };
  load: () => Promise<{ default: ComponentType }>;
}

type HitKind = z.infer<typeof searchHit>['kind'];

/** What a domain brings to the console. */
export interface ConsoleDomain {
  pages: readonly PageDef[];
  /** Actions that need no subject: they are commands everywhere. */
  actions?: readonly Action[];
  /** Where a search hit of a kind leads, below `/w/:workspace`. */
  hits?: Partial<Record<HitKind, (id: string) => string>>;
}
