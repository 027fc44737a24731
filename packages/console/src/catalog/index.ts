import { ShopOutlined, ShoppingOutlined } from '@ant-design/icons';
import type { ConsoleDomain } from '../shell/domain.ts';

export const catalog: ConsoleDomain = {
  pages: [
    {
      path: '/products',
      title: 'catalog:pages.products',
      permission: 'catalog.read',
      nav: { group: 'goods', order: 1, icon: ShoppingOutlined },
      load: () => import('./products-page.tsx'),
    },
    {
      path: '/stores',
      title: 'catalog:pages.stores',
      permission: 'catalog.read',
      nav: { group: 'goods', order: 2, icon: ShopOutlined },
      load: () => import('./stores-page.tsx'),
    },
  ],
  hits: { product: (id) => `/products?product=${encodeURIComponent(id)}` },
};
