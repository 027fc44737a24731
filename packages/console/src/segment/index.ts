import { ApartmentOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { newSegment } from './actions.ts';

export const segment: ConsoleDomain = {
  pages: [
    {
      path: '/segments',
      title: 'segment:pages.segments',
      permission: 'segment.read',
      nav: { group: 'customers', order: 2, icon: ApartmentOutlined },
      load: () => import('./segments-page.tsx'),
    },
    {
      path: '/segments/new',
      title: 'segment:pages.new',
      // Bars of other pages lead here to the people behind them, also those who may not save.
      permission: 'segment.read',
      load: () => import('./builder-page.tsx'),
    },
    {
      path: '/segments/$segmentId',
      title: 'segment:pages.segment',
      permission: 'segment.read',
      load: () => import('./segment-page.tsx'),
    },
    {
      path: '/segments/$segmentId/edit',
      title: 'segment:pages.edit',
      permission: 'segment.write',
      load: () => import('./builder-page.tsx'),
    },
  ],
  actions: [newSegment],
  hits: { segment: (id) => `/segments/${encodeURIComponent(id)}` },
};
