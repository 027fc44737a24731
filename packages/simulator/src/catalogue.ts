import { chance, hash, Rng, SALT } from './rng.ts';
import { type Bilingual, BRANDS, DEPARTMENTS, LEAVES, type Leaf } from './taxonomy.ts';

/** A single item for sale. */
export interface Product {
  productId: string;
  nameZh: string;
  nameEn: string;
  brand: string;
  brandEn: string;
  /** From department to leaf, each in Chinese and English. */
  categoryPath: Bilingual[];
  /** The path as the retailer files it and messages name it: 'Food/Dairy'. */
  category: string;
  priceCents: number;
  costCents: number;
  /** First day on sale, counted from the world's first day; 0 or less if it was there before. */
  launchDay: number;
}

/** A leaf category as the retailer sees it. */
export interface Category {
  categoryId: string;
  nameZh: string;
  nameEn: string;
  departmentZh: string;
  departmentEn: string;
}

/** The range: public products and categories, and the hidden side of each product in typed arrays. */
export interface Catalogue {
  products: Product[];
  categories: Category[];
  leafOf: Uint8Array;
  /** Products of leaf l are leafStart[l] to leafStart[l + 1] - 1. */
  leafStart: Int32Array;
  popularity: Float64Array;
  /** Which of the four styles a product has; people like one of them. */
  style: Uint8Array;
  /** How good it really is, about -1 to 1. */
  quality: Float32Array;
  /** The product that people like to put beside this one. */
  companion: Int32Array;
}

const STYLES = 4;

function nameParts(leaf: Leaf, brands: readonly Bilingual[], n: number): Bilingual[] {
  const at = <T>(list: readonly T[], stride: number): T => list[Math.floor(n / stride) % list.length]!;
  const { items, styles, sizes } = leaf;
  const turn = items.length * styles.length;
  return [
    brands[(n + Math.floor(n / brands.length)) % brands.length]!,
    styles[(n + Math.floor(n / items.length)) % styles.length]!,
    at(items, 1),
    sizes[(n + Math.floor(n / turn)) % sizes.length]!,
  ];
}

/** Chinese and Latin letters stand apart in print. */
function airy(text: string): string {
  return text.replace(/(?<=\p{sc=Han})(?=[A-Za-z0-9])|(?<=[A-Za-z])(?=\p{sc=Han})/gu, ' ');
}

function productName(
  leaf: Leaf,
  department: number,
  n: number,
): { zh: string; en: string; brand: Bilingual } {
  const [brand, style, item, size] = nameParts(leaf, BRANDS[department]!, n) as [
    Bilingual,
    Bilingual,
    Bilingual,
    Bilingual,
  ];
  const zh = airy(`${brand[0]}${style[0]}${item[0]} ${size[0]}`);
  return { zh, en: `${brand[1]} ${style[1]} ${item[1]}, ${size[1]}`, brand };
}

function retailPrice(leaf: Leaf, rng: Rng): number {
  const [low, high] = leaf.priceYuan;
  const yuan = low * (high / low) ** (0.05 + 0.9 * rng.uniform() ** 3.3);
  return yuan < 20 ? Math.round(yuan * 2) * 50 - 10 : Math.round(yuan) * 100 - (rng.happens(0.6) ? 10 : 0);
}

function leafSizes(skus: number): Int32Array {
  const start = new Int32Array(LEAVES.length + 1);
  for (let l = 0; l <= LEAVES.length; l++) start[l] = Math.floor((skus * l) / LEAVES.length);
  return start;
}

/** The range of `skus` products (40 or more), the same for the same seed; a sixth is launched during `days`. */
export function createCatalogue(seed: number, skus: number, days: number): Catalogue {
  if (skus < LEAVES.length) throw new RangeError(`skus must be at least ${LEAVES.length}, not ${skus}`);
  const leafStart = leafSizes(skus);
  const range: Catalogue = {
    products: [],
    categories: LEAVES.map((_, l) => categoryOf(l)),
    leafOf: new Uint8Array(skus),
    leafStart,
    popularity: new Float64Array(skus),
    style: new Uint8Array(skus),
    quality: new Float32Array(skus),
    companion: new Int32Array(skus),
  };
  const names = new Map<string, number>();
  for (let l = 0; l < LEAVES.length; l++) {
    for (let p = leafStart[l]!; p < leafStart[l + 1]!; p++) stockProduct(range, seed, l, p, days, names);
  }
  return range;
}

function categoryOf(l: number): Category {
  const leaf = LEAVES[l]!;
  const department = DEPARTMENTS[leaf.department]!;
  return {
    categoryId: `C${String(l + 1).padStart(2, '0')}`,
    nameZh: leaf.name[0],
    nameEn: leaf.name[1],
    departmentZh: department[0],
    departmentEn: department[1],
  };
}

function stockProduct(
  range: Catalogue,
  seed: number,
  l: number,
  p: number,
  days: number,
  names: Map<string, number>,
): void {
  const leaf = LEAVES[l]!;
  const rng = new Rng().reseed(seed, p, 0, SALT.product);
  const first = range.leafStart[l]!;
  const rank = p - first;
  const name = productName(leaf, leaf.department, rank * 7 + (hash(seed, l, 0, SALT.product) % 97));
  const seen = names.get(name.en) ?? 0;
  names.set(name.en, seen + 1);
  const suffix = seen > 0 ? ` No.${seen + 1}` : '';
  const priceCents = retailPrice(leaf, rng);
  const categoryPath = [DEPARTMENTS[leaf.department]!, leaf.name];
  range.leafOf[p] = l;
  range.popularity[p] = Math.exp(0.7 * rng.normal()) / (1 + (hash(seed, p, 1, SALT.product) % 50)) ** 0.6;
  range.style[p] = hash(seed, p, 2, SALT.product) % STYLES;
  range.quality[p] = Math.tanh(0.55 * rng.normal() + 0.25);
  const sibling = range.leafStart[leaf.companion]!;
  const siblings = range.leafStart[leaf.companion + 1]! - sibling;
  range.companion[p] = sibling + (hash(seed, p, 0, SALT.companion) % siblings);
  range.products.push({
    productId: `P${String(100001 + p)}`,
    nameZh: name.zh + suffix,
    nameEn: name.en + suffix,
    brand: name.brand[0],
    brandEn: name.brand[1],
    categoryPath,
    category: categoryPath.map(([, en]) => en).join('/'),
    priceCents,
    costCents: Math.round(priceCents * rng.between(0.45, 0.72)),
    launchDay: chance(seed, p, 3, SALT.product) < 1 / 6 ? Math.ceil(rng.uniform() * days) : 0,
  });
}
