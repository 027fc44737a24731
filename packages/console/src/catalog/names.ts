import type { Product } from '@qianmian/contract';

/** Share of the price that is left after cost; null where either is unknown. */
export function marginOf(product: Pick<Product, 'priceCents' | 'costCents'>): number | null {
  if (!product.priceCents || product.costCents === null) return null;
  return (product.priceCents - product.costCents) / product.priceCents;
}
