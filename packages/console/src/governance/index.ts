import { AuditOutlined, KeyOutlined, SettingOutlined, TeamOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { addMember, createKey } from './actions.ts';

export const governance: ConsoleDomain = {
  pages: [
    {
      path: '/members',
      title: 'governance:pages.members',
      permission: 'settings.read',
      nav: { group: 'govern', order: 1, icon: TeamOutlined },
      load: () => import('./members-page.tsx'),
    },
    {
      path: '/api-keys',
      title: 'governance:pages.apiKeys',
      permission: 'settings.read',
      nav: { group: 'govern', order: 2, icon: KeyOutlined },
      load: () => import('./api-keys-page.tsx'),
    },
    {
      path: '/audit',
      title: 'governance:pages.audit',
      permission: 'audit.read',
      nav: { group: 'govern', order: 3, icon: AuditOutlined },
      load: () => import('./audit-page.tsx'),
    },
    {
      path: '/settings',
      title: 'governance:pages.settings',
      permission: 'settings.read',
      nav: { group: 'govern', order: 5, icon: SettingOutlined },
      load: () => import('./settings-page.tsx'),
    },
    {
      path: '/password',
      title: 'governance:pages.password',
      permission: null,
      load: () => import('./password-page.tsx'),
    },
  ],
  actions: [addMember, createKey],
};
