import { z } from 'zod';
import { endpoint, inWorkspace, pageOf, pageQuery, withId } from './endpoint.ts';

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
  listStores: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/stores',
    summary: 'Stores, by id',
    domain: 'catalog',
    access: 'catalog.read',
    params: inWorkspace,
    response: z.array(store),
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
};
