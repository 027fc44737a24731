import type { ProductFact } from '../facts.ts';

const MAX_NAMES = 50;

interface SeenProduct {
  names: Map<string, number>;
  brand: string;
  category: string[];
  service: string | undefined;
}

/** What order lines say about the products they name, told once at the end: the name most lines agree on. */
export interface SeenProducts {
  /** Returns what kind of service the code is, if it is no merchandise. */
  see(productId: string, said: { name: string; brand: string; category: string[] }): string | undefined;
  facts(): ProductFact[];
}

export function seenProducts(services: Record<string, string>): SeenProducts {
  const products = new Map<string, SeenProduct>();
  const serviceOf = serviceFinder(services);
  return {
    see(productId, { name, brand, category }) {
      let seen = products.get(productId);
      if (!seen) {
        seen = { names: new Map(), brand: '', category: [], service: serviceOf(productId) };
        products.set(owned(productId), seen);
      }
      if (name !== '') countName(seen.names, name);
      if (brand !== '' && brand !== seen.brand) seen.brand = owned(brand);
      if (category.length > 0) seen.category = category.map(owned);
      return seen.service;
    },
    facts: () => [...products].map(([productId, seen]) => productFact(productId, seen)),
  };
}

function countName(names: Map<string, number>, name: string): void {
  const times = names.get(name);
  if (times !== undefined) names.set(name, times + 1);
  else if (names.size < MAX_NAMES) names.set(owned(name), 1);
}

/** Codes that are no merchandise; one that ends in `*` stands for all that start so. */
function serviceFinder(services: Record<string, string>): (productId: string) => string | undefined {
  const exact = new Map(Object.entries(services));
  const prefixes = Object.entries(services).flatMap(([code, what]) =>
    code.endsWith('*') ? [[code.slice(0, -1), what] as const] : [],
  );
  return (productId) =>
    exact.get(productId) ?? prefixes.find(([prefix]) => productId.startsWith(prefix))?.[1];
}

function productFact(productId: string, seen: SeenProduct): ProductFact {
  const fact: ProductFact = { kind: 'product', productId };
  const name = commonest(seen.names);
  if (name !== undefined) fact.name = name;
  if (seen.brand !== '') fact.brand = seen.brand;
  if (seen.category.length > 0) fact.category = seen.category;
  if (seen.service !== undefined) fact.attributes = { merchandise: false, service: seen.service };
  return fact;
}

/** The most frequent name; of equally frequent ones the first in code order, so that row order does not matter. */
function commonest(names: Map<string, number>): string | undefined {
  let best: [string, number] | undefined;
  for (const entry of names) {
    if (!best || entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0])) best = entry;
  }
  return best?.[0];
}

/** A copy that does not keep the chunk of file text alive that a slice of it would. */
function owned(text: string): string {
  return Buffer.from(text).toString();
}
