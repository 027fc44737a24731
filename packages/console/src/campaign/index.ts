import { NotificationOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { newCampaign } from './actions.ts';

export const campaign: ConsoleDomain = {
  pages: [
    {
      path: '/campaigns',
      title: 'campaign:pages.campaigns',
      permission: 'campaign.read',
      nav: { group: 'act', order: 1, icon: NotificationOutlined },
      load: () => import('./campaigns-page.tsx'),
    },
    {
      path: '/campaigns/new',
      title: 'campaign:pages.newCampaign',
      permission: 'campaign.write',
      load: () => import('./new-campaign-page.tsx'),
    },
    {
      path: '/campaigns/$campaignId',
      title: 'campaign:pages.campaign',
      permission: 'campaign.read',
      load: () => import('./campaign-page.tsx'),
    },
  ],
  actions: [newCampaign],
  hits: { campaign: (id) => `/campaigns/${encodeURIComponent(id)}` },
};
