import { MailOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';
import { passDay, passWeek } from './actions.ts';

export const demo: ConsoleDomain = {
  pages: [
    {
      path: '/mailbox',
      title: 'demo:pages.mailbox',
      permission: 'customer.reveal',
      demo: true,
      nav: { group: 'demo', order: 1, icon: MailOutlined },
      load: () => import('./mailbox-page.tsx'),
    },
  ],
  actions: [passDay, passWeek],
};
