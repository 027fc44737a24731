import { IdcardOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { searchDuplicates } from './actions.ts';

export const identity: ConsoleDomain = {
  pages: [
    {
      path: '/identity',
      title: 'identity:pages.identity',
      permission: 'data.read',
      nav: { group: 'data', order: 6, icon: IdcardOutlined },
      load: () => import('./identity-page.tsx'),
    },
    {
      path: '/identity/rules',
      title: 'identity:pages.rules',
      permission: 'data.read',
      load: () => import('./rules-page.tsx'),
    },
    {
      path: '/identity/review',
      title: 'identity:pages.review',
      permission: 'customer.read',
      load: () => import('./review-page.tsx'),
    },
  ],
  actions: [searchDuplicates],
};
