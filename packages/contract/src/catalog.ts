import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, withId } from './endpoint.ts';

export const product = z.object({
  productId: z.string(),
  name: z.string(),
  nameZh: z.string(),
  brand: z.string(),
  category: z.array(z.string()),
  priceCents: z.number().nullable(),
  costCents: z.number().nullable(),
  imageUrl: z.string(),
  attributes: z.record(z.string(), z.unknown()),
});
export type Product = z.infer<typeof product>;

export const store = z.object({
  storeId: z.string(),
  name: z.string(),
  nameZh: z.string(),
  city: z.string(),
  country: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
export type Store = z.infer<typeof store>;

/** How much of a product a store has, as counted last. */
export const stockLevel = z.object({
  storeId: z.string(),
  onHand: z.number(),
  /** Of these, promised to orders. */
  reserved: z.number(),
  /** Ordered and not yet here. */
  onOrder: z.number(),
  countedAt: isoTime,
});
export type StockLevel = z.infer<typeof stockLevel>;

/** What words of the catalogue can be: keys as the retailer's data have them, which conditions and filters go by. */
export const NAME_KINDS = ['category', 'brand', 'city'] as const;
export type NameKind = (typeof NAME_KINDS)[number];

/** What a category, brand or city is called in either language; the key stays what the data say. */
export const knownName = z.object({
  kind: z.enum(NAME_KINDS),
  key: z.string().min(1, 'must not be empty').max(200),
  name: z.string().max(200).default(''),
  nameZh: z.string().max(200).default(''),
});
export type KnownName = z.output<typeof knownName>;

/** Products and stores that only keys of pages told of, which anybody can read, and how many of each there may be. */
export const heardGoods = z.object({ products: z.number(), stores: z.number(), most: z.number() });
export type HeardGoods = z.infer<typeof heardGoods>;

export const catalogEndpoints = {
  listProducts: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/products',
    summary: 'Products, by id; `search` looks in id, names and brand',
    domain: 'catalog',
    access: 'catalog.read',
    params: inWorkspace,
    query: pageQuery.extend({
      search: z.string().max(200).optional(),
      category: z.string().max(200).optional(),
    }),
    response: pageOf(product),
  }),
  getProduct: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/products/:id',
    summary: 'One product',
    domain: 'catalog',
    access: 'catalog.read',
    params: withId.extend({ id: z.string().min(1).max(200) }),
    response: product,
  }),
  listStock: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/products/:id/stock',
    summary: 'What stores have of a product, as their last `Stock Level Reported` says',
    domain: 'catalog',
    access: 'catalog.read',
    params: withId.extend({ id: z.string().min(1).max(200) }),
    response: z.array(stockLevel),
  }),
  listStores: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/stores',
    summary: 'Stores, by id',
    domain: 'catalog',
    access: 'catalog.read',
    params: inWorkspace,
    response: z.array(store),
  }),
  getHeardGoods: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/heard-goods',
    summary: 'How many products and stores only keys of pages told of, and how many there may be',
    domain: 'catalog',
    access: 'catalog.read',
    params: inWorkspace,
    response: heardGoods,
  }),
  forgetHeardGoods: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/heard-goods',
    summary: 'Take products and stores out that only keys of pages told of; pages may tell of them again',
    domain: 'catalog',
    access: 'data.write',
    params: inWorkspace,
    response: heardGoods,
  }),
  listCategories: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/categories',
    summary: 'Category paths with their number of products',
    domain: 'catalog',
    access: 'catalog.read',
    params: inWorkspace,
    response: z.array(z.object({ path: z.array(z.string()), products: z.number() })),
  }),
  listNames: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/names',
    summary: 'What categories, brands and cities are called in English and Chinese, where that is known',
    domain: 'catalog',
    access: 'catalog.read',
    params: inWorkspace,
    response: z.array(knownName),
  }),
  setNames: endpoint({
    method: 'PUT',
    path: '/v1/workspaces/:workspace/names',
    summary:
      'Say what categories, brands and cities are called; those not given stay, empty names are forgotten',
    domain: 'catalog',
    access: 'data.write',
    params: inWorkspace,
    body: z.array(knownName).min(1, 'must not be empty').max(5000),
    response: z.array(knownName),
  }),
};
