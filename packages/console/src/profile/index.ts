import { HeatMapOutlined, TagsOutlined, TeamOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { createTag, refreshProfiles } from './actions.ts';

export const profile: ConsoleDomain = {
  pages: [
    {
      path: '/customers',
      title: 'profile:pages.customers',
      permission: 'customer.read',
      nav: { group: 'customers', order: 1, icon: TeamOutlined },
      load: () => import('./customers-page.tsx'),
    },
    {
      path: '/customers/$personId',
      title: 'profile:pages.customer',
      permission: 'customer.read',
      load: () => import('./customer-page.tsx'),
    },
    {
      path: '/rfm',
      title: 'profile:pages.rfm',
      permission: 'customer.read',
      nav: { group: 'customers', order: 3, icon: HeatMapOutlined },
      load: () => import('./rfm-page.tsx'),
    },
    {
      path: '/tags',
      title: 'profile:pages.tags',
      permission: 'customer.read',
      nav: { group: 'customers', order: 4, icon: TagsOutlined },
      load: () => import('./tags-page.tsx'),
    },
  ],
  actions: [createTag, refreshProfiles],
  hits: { customer: (id) => `/customers/${encodeURIComponent(id)}` },
};
