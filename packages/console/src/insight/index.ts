import { DashboardOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';

export const insight: ConsoleDomain = {
  pages: [
    {
      path: '/overview',
      title: 'insight:pages.overview',
      permission: 'overview.read',
      nav: { group: 'overview', order: 1, icon: DashboardOutlined },
      load: () => import('./overview-page.tsx'),
    },
  ],
};
