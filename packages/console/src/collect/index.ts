import {
  ApiOutlined,
  ClearOutlined,
  CloudDownloadOutlined,
  FileProtectOutlined,
  ImportOutlined,
  SafetyCertificateOutlined,
  StopOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { createSource, newImport } from './actions.ts';
import { createPull } from './pull-actions.ts';

export const collect: ConsoleDomain = {
  pages: [
    {
      path: '/imports',
      title: 'collect:pages.imports',
      permission: 'data.read',
      nav: { group: 'data', order: 1, icon: ImportOutlined },
      load: () => import('./imports-page.tsx'),
    },
    {
      path: '/imports/new',
      title: 'collect:pages.newImport',
      permission: 'data.write',
      load: () => import('./new-import-page.tsx'),
    },
    {
      path: '/imports/$importId',
      title: 'collect:pages.import',
      permission: 'data.read',
      load: () => import('./import-page.tsx'),
    },
    {
      path: '/sources',
      title: 'collect:pages.sources',
      permission: 'data.read',
      nav: { group: 'data', order: 2, icon: ApiOutlined },
      load: () => import('./sources-page.tsx'),
    },
    {
      path: '/sources/$sourceId',
      title: 'collect:sources.name',
      permission: 'data.read',
      load: () => import('./source-page.tsx'),
    },
    {
      path: '/pulls',
      title: 'collect:pull.title',
      permission: 'data.read',
      nav: { group: 'data', order: 2.5, icon: CloudDownloadOutlined },
      load: () => import('./pulls-page.tsx'),
    },
    {
      path: '/pulls/new',
      title: 'collect:pull.newTitle',
      permission: 'data.write',
      load: () => import('./pull-new-page.tsx'),
    },
    {
      path: '/pulls/$pullId',
      title: 'collect:pull.title',
      permission: 'data.read',
      load: () => import('./pull-page.tsx'),
    },
    {
      path: '/events',
      title: 'collect:pages.events',
      permission: 'data.read',
      nav: { group: 'data', order: 3, icon: ThunderboltOutlined },
      load: () => import('./events-page.tsx'),
    },
    {
      path: '/quarantine',
      title: 'collect:pages.quarantine',
      permission: 'data.read',
      nav: { group: 'data', order: 4, icon: StopOutlined },
      load: () => import('./quarantine-page.tsx'),
    },
    {
      path: '/tracking-plan',
      title: 'collect:pages.plan',
      permission: 'data.read',
      nav: { group: 'data', order: 5, icon: FileProtectOutlined },
      load: () => import('./plan-page.tsx'),
    },
    {
      path: '/quality',
      title: 'collect:pages.quality',
      permission: 'data.read',
      nav: { group: 'data', order: 6, icon: SafetyCertificateOutlined },
      load: () => import('./quality-page.tsx'),
    },
    {
      path: '/cleaning',
      title: 'collect:pages.cleaning',
      permission: 'data.read',
      nav: { group: 'data', order: 7, icon: ClearOutlined },
      load: () => import('./cleaning-page.tsx'),
    },
    {
      path: '/cleaning/queue',
      title: 'collect:pages.findings',
      permission: 'data.read',
      load: () => import('./cleaning-queue.tsx'),
    },
  ],
  actions: [newImport, createSource, createPull],
};
