import { catalogEndpoints } from '@qianmian/contract';
import type { Audit } from '../governance/index.ts';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import type { Mount } from '../platform/http.ts';
import type { Catalog } from './catalogue.ts';

/** HTTP edge of the catalogue. */
export function catalogRoutes(
  mount: Mount,
  parts: {
    catalog: Catalog;
    audit: Audit;
    /** Runs a change when nothing is being stored. */
    exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  },
): void {
  const { catalog, audit } = parts;
  mount(catalogEndpoints.listProducts, async ({ workspace, query }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const found = await catalog.products(workspace, {
      search: query.search ?? '',
      category: query.category ?? '',
      ...page,
    });
    return pageFrom(found.rows, page, found.total);
  });
  mount(catalogEndpoints.getProduct, ({ workspace, params }) => catalog.product(workspace, params.id));
  mount(catalogEndpoints.listStock, ({ workspace, params }) => catalog.stockOf(workspace, params.id));
  mount(catalogEndpoints.listStores, ({ workspace }) => catalog.stores(workspace));
  mount(catalogEndpoints.getHeardGoods, ({ workspace }) => catalog.heard(workspace));
  mount(catalogEndpoints.forgetHeardGoods, async ({ workspace, who }) => {
    const forgotten = await parts.exclusively(() => catalog.forgetHeard(workspace));
    await audit.note(workspace, who, 'catalog.forget-heard', '', forgotten);
    return forgotten;
  });
  mount(catalogEndpoints.listCategories, ({ workspace }) => catalog.categories(workspace));
  mount(catalogEndpoints.listNames, ({ workspace }) => catalog.names(workspace));
  mount(catalogEndpoints.setNames, async ({ workspace, body }) => {
    await catalog.setNames(workspace, body);
    return catalog.names(workspace);
  });
}
