import type { Product } from '@qianmian/contract';
import type { Language } from '../ui/format.ts';

/** The name in the reader's language, else the other one, else the number. */
export function nameIn(language: Language, of: { name: string; nameZh: string }, id: string): string {
  return (language === 'zh' ? of.nameZh || of.name : of.name || of.nameZh) || id;
}

/** Share of the price that is left after cost; null where either is unknown. */
export function marginOf(product: Pick<Product, 'priceCents' | 'costCents'>): number | null {
  if (!product.priceCents || product.costCents === null) return null;
  return (product.priceCents - product.costCents) / product.priceCents;
}
