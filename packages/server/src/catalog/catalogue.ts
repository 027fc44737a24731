import type { KnownName, Product, Store } from '@qianmian/contract';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { catalogWarehouse, type ProductRow, type StoreRow } from './store.ch.ts';

/** A product as a source tells it; absent fields keep what was known. */
export interface ProductNews {
  productId: string;
  /** Heard in passing (on an order line): counts only while the catalogue does not know the product. */
  hearsay?: boolean;
  name?: string;
  nameZh?: string;
  brand?: string;
  category?: string[];
  priceCents?: number;
  costCents?: number;
  imageUrl?: string;
  attributes?: Record<string, string | number | boolean>;
}

/** A store as a source tells it; absent fields keep what was known. */
export interface StoreNews {
  storeId: string;
  name?: string;
  nameZh?: string;
  city?: string;
  country?: string;
  latitude?: number;
  longitude?: number;
  timeZone?: string;
}

/** Where news come from; the same token again changes nothing. */
export interface Origin {
  importId: string;
  version: number;
  token: string;
}

/** Products and stores of every workspace, and what their categories, brands and cities are called. */
export function openCatalog(parts: { warehouse: Warehouse; clock: Clock }) {
  const store = catalogWarehouse(parts.warehouse);
  /** Products that hearsay need not tell again. */
  const heard = new Map<string, Set<string>>();

  async function upsertProducts(
    workspace: string,
    news: readonly ProductNews[],
    origin: Origin,
  ): Promise<void> {
    const known = heard.get(workspace) ?? new Set();
    heard.set(workspace, known);
    const told = new Map<string, ProductNews[]>();
    for (const n of news) {
      if (n.hearsay && known.has(n.productId)) continue;
      told.set(n.productId, [...(told.get(n.productId) ?? []), n]);
    }
    if (told.size === 0) return;
    const before = new Map(
      (await inChunks([...told.keys()], (ids) => store.productsById(workspace, ids))).map((p) => [
        p.product_id,
        p,
      ]),
    );
    const rows: ProductRow[] = [];
    for (const [productId, all] of told) {
      const old = before.get(productId);
      const worth = old ? all.filter((n) => !n.hearsay) : all;
      if (worth.length === 0) continue;
      const row = worth.reduce((sum, n) => mergeProduct(sum, n), old ?? emptyProduct(workspace, productId));
      if (!old || !sameWord(row, old))
        rows.push({ ...row, import_id: origin.importId, version: origin.version });
    }
    await store.insertProducts(rows, origin.token && `${origin.token}:product`);
    for (const id of told.keys()) known.add(id);
  }

  async function upsertStores(workspace: string, news: readonly StoreNews[], origin: Origin): Promise<void> {
    if (news.length === 0) return;
    const ids = [...new Set(news.map((n) => n.storeId))];
    const before = new Map((await store.storesById(workspace, ids)).map((s) => [s.store_id, s]));
    const now = new Map(before);
    for (const n of news)
      now.set(n.storeId, mergeStore(now.get(n.storeId) ?? emptyStore(workspace, n.storeId), n));
    const changed = [...now.values()].filter((s) => !sameWord(s, before.get(s.store_id)));
    await store.insertStores(
      changed.map((r) => ({ ...r, import_id: origin.importId, version: origin.version })),
      origin.token && `${origin.token}:store`,
    );
  }

  return {
    upsertProducts,
    upsertStores,

    async products(
      workspace: string,
      filter: { search: string; category: string; limit: number; offset: number },
    ) {
      const [rows, total] = await Promise.all([
        store.products(workspace, { ...filter, limit: filter.limit + 1 }),
        store.countProducts(workspace, filter),
      ]);
      return { rows: rows.map(presentProduct), total };
    },

    async product(workspace: string, id: string): Promise<Product> {
      const [row] = await store.productsById(workspace, [id]);
      if (!row) throw notFound('product', id);
      return presentProduct(row);
    },

    stores: async (workspace: string): Promise<Store[]> => (await store.stores(workspace)).map(presentStore),
    categories: (workspace: string) => store.categories(workspace),

    names: async (workspace: string): Promise<KnownName[]> =>
      (await store.names(workspace)).map(({ name_zh: nameZh, ...row }) => ({ ...row, nameZh })),

    /** Says what keys are called; `version` settles who said it last. */
    setNames: (workspace: string, names: readonly KnownName[], version = parts.clock.now()): Promise<void> =>
      store.insertNames(
        names.map(({ kind, key, name, nameZh }) => ({
          workspace,
          kind,
          key,
          name,
          name_zh: nameZh,
          version,
        })),
      ),

    async undoImport(workspace: string, importId: string): Promise<void> {
      await store.deleteImport(workspace, importId);
      heard.delete(workspace);
    },
  };
}
export type Catalog = ReturnType<typeof openCatalog>;

async function inChunks<T>(ids: string[], load: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < ids.length; i += 5000) all.push(...(await load(ids.slice(i, i + 5000))));
  return all;
}

/** Whether two rows say the same, whoever said it and when. */
function sameWord<R extends { import_id: string; version: number }>(a: R, b: R | undefined): boolean {
  const word = ({ import_id: _, version: __, ...rest }: R) => JSON.stringify(rest, Object.keys(rest).sort());
  return b !== undefined && word(a) === word(b);
}

function emptyProduct(workspace: string, productId: string): ProductRow {
  return {
    workspace,
    product_id: productId,
    name: '',
    name_zh: '',
    brand: '',
    category: [],
    price_cents: null,
    cost_cents: null,
    image_url: '',
    attributes: '{}',
    import_id: '',
    version: 0,
  };
}

function mergeProduct(row: ProductRow, n: ProductNews): ProductRow {
  return {
    ...row,
    name: n.name ?? row.name,
    name_zh: n.nameZh ?? row.name_zh,
    brand: n.brand ?? row.brand,
    category: n.category ?? row.category,
    price_cents: n.priceCents ?? row.price_cents,
    cost_cents: n.costCents ?? row.cost_cents,
    image_url: n.imageUrl ?? row.image_url,
    attributes: n.attributes
      ? JSON.stringify({ ...(JSON.parse(row.attributes) as object), ...n.attributes })
      : row.attributes,
  };
}

function emptyStore(workspace: string, storeId: string): StoreRow {
  return {
    workspace,
    store_id: storeId,
    name: '',
    name_zh: '',
    city: '',
    country: '',
    latitude: null,
    longitude: null,
    time_zone: '',
    import_id: '',
    version: 0,
  };
}

function mergeStore(row: StoreRow, n: StoreNews): StoreRow {
  return {
    ...row,
    name: n.name ?? row.name,
    name_zh: n.nameZh ?? row.name_zh,
    city: n.city ?? row.city,
    country: n.country ?? row.country,
    latitude: n.latitude ?? row.latitude,
    longitude: n.longitude ?? row.longitude,
    time_zone: n.timeZone ?? row.time_zone,
  };
}

function presentProduct(row: ProductRow): Product {
  return {
    productId: row.product_id,
    name: row.name,
    nameZh: row.name_zh,
    brand: row.brand,
    category: row.category,
    priceCents: row.price_cents,
    costCents: row.cost_cents,
    imageUrl: row.image_url,
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
  };
}

function presentStore(row: StoreRow): Store {
  return {
    storeId: row.store_id,
    name: row.name,
    nameZh: row.name_zh,
    city: row.city,
    country: row.country,
    latitude: row.latitude,
    longitude: row.longitude,
  };
}
