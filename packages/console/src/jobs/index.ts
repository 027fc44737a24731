import { ThunderboltOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';

export const jobs: ConsoleDomain = {
  pages: [
    {
      path: '/jobs',
      title: 'jobs:pages.jobs',
      permission: 'job.read',
      nav: { group: 'govern', order: 4, icon: ThunderboltOutlined },
      load: () => import('./jobs-page.tsx'),
    },
  ],
};
