import type { Season } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { hash, Rng, SALT } from './rng.ts';
import { LEAVES } from './taxonomy.ts';

/** A hidden kind of customer: what they love, how they live, how messages move them. */
interface LatentType {
  nameZh: string;
  nameEn: string;
  /** Share of all people. */
  share: number;
  female: number;
  age: readonly [low: number, high: number];
  /** Buying rate against the average. */
  pace: number;
  /** Mean price sensitivity, 0 to 1. */
  thrift: number;
  /** Share who buy less when they are mailed. */
  doNotDisturb: number;
  storeLove: number;
  /** Leaves they want beyond everyone's small interest, by index. */
  loves: Readonly<Record<number, number>>;
}

type Person = readonly [
  share: number,
  female: number,
  ageLow: number,
  ageHigh: number,
  pace: number,
  thrift: number,
  doNotDisturb: number,
  storeLove: number,
];

function type(
  nameZh: string,
  nameEn: string,
  person: Person,
  loves: Readonly<Record<number, number>>,
): LatentType {
  const [share, female, low, high, pace, thrift, doNotDisturb, storeLove] = person;
  return { nameZh, nameEn, share, female, age: [low, high], pace, thrift, doNotDisturb, storeLove, loves };
}

/** The ten kinds of customers. */
export const LATENT_TYPES: readonly LatentType[] = [
  type('新手爸妈', 'New parents', [0.14, 0.72, 25, 38, 1.35, 0.55, 0.08, 0.25], {
    10: 9,
    11: 6,
    12: 4,
    13: 3,
    14: 6,
    0: 2,
    30: 2,
  }),
  type('美妆达人', 'Beauty fans', [0.12, 0.93, 20, 38, 1.15, 0.4, 0.06, 0.3], {
    5: 8,
    6: 7,
    9: 6,
    7: 3,
    8: 3,
    33: 2,
  }),
  type('居家主厨', 'Home cooks', [0.12, 0.62, 30, 60, 1.25, 0.6, 0.1, 0.5], {
    3: 8,
    0: 5,
    4: 6,
    26: 4,
    37: 1.5,
    31: 2,
  }),
  type('时尚女生', 'Fashion lovers', [0.12, 0.95, 18, 35, 1, 0.45, 0.08, 0.4], {
    15: 7,
    16: 7,
    17: 4,
    18: 6,
    19: 3,
    6: 3,
    24: 2,
  }),
  type('商务男士', 'Business men', [0.09, 0.08, 28, 52, 0.75, 0.2, 0.4, 0.35], {
    20: 7,
    21: 5,
    22: 6,
    24: 4,
    2: 4,
    36: 2,
  }),
  type('运动户外', 'Outdoor and sport', [0.09, 0.42, 20, 45, 0.9, 0.4, 0.15, 0.3], {
    23: 8,
    38: 7,
    39: 6,
    20: 2,
    1: 2,
    36: 2,
  }),
  type('养生长辈', 'Health-minded elders', [0.08, 0.6, 55, 76, 0.95, 0.7, 0.35, 0.8], {
    2: 6,
    3: 6,
    0: 5,
    1: 3,
    4: 4,
    32: 3,
    25: 2,
  }),
  type('学生党', 'Students', [0.1, 0.55, 18, 24, 0.8, 0.85, 0.05, 0.2], {
    1: 8,
    35: 5,
    32: 3,
    9: 3,
    36: 2,
    27: 3,
    20: 2,
    16: 2,
  }),
  type('居家生活家', 'Home makers', [0.08, 0.66, 28, 50, 0.85, 0.35, 0.12, 0.4], {
    25: 6,
    26: 4,
    27: 6,
    28: 5,
    29: 6,
    31: 4,
    37: 3,
  }),
  type('铲屎官', 'Pet people', [0.06, 0.6, 22, 42, 1.3, 0.45, 0.07, 0.2], {
    34: 22,
    31: 4,
    30: 3,
    27: 2,
    1: 2,
  }),
];

const EVERYDAY = 0.35;
const LEAF_COUNT = LEAVES.length;

/** Number of price tiers for which shelves are weighed. */
const THRIFT_TIERS = 3;
const STYLES = 4;

/** Base interest of each type in each leaf: types x leaves. */
const TYPE_TASTE = Float64Array.from(
  { length: LATENT_TYPES.length * LEAF_COUNT },
  (_, i) => EVERYDAY + (LATENT_TYPES[Math.floor(i / LEAF_COUNT)]!.loves[i % LEAF_COUNT] ?? 0),
);

const noise = new Rng();

/**
 * A person's taste over the leaves, written to `out` (sums to 1): the type's base times an exponential draw each.
 * Normalised Exp(1) draws alone would be a flat Dirichlet.
 */
export function tasteInto(seed: number, person: number, latentType: number, out: Float64Array): Float64Array {
  noise.reseed(seed, person, 0, SALT.taste);
  let total = 0;
  for (let l = 0; l < LEAF_COUNT; l++) {
    out[l] = TYPE_TASTE[latentType * LEAF_COUNT + l]! * (0.15 + noise.exponential());
    total += out[l]!;
  }
  for (let l = 0; l < LEAF_COUNT; l++) out[l] = out[l]! / total;
  return out;
}

/** Share of all demand that falls on each leaf, over all types. */
export function leafShares(): Float64Array {
  const shares = new Float64Array(LEAF_COUNT);
  for (let t = 0; t < LATENT_TYPES.length; t++) {
    const { share, pace } = LATENT_TYPES[t]!;
    let total = 0;
    for (let l = 0; l < LEAF_COUNT; l++) total += TYPE_TASTE[t * LEAF_COUNT + l]!;
    for (let l = 0; l < LEAF_COUNT; l++)
      shares[l]! += (share * pace * TYPE_TASTE[t * LEAF_COUNT + l]!) / total;
  }
  const sum = shares.reduce((a, b) => a + b);
  return shares.map((share) => share / sum);
}

function leafSeason(leaf: number, season: Season): number {
  const swing = Math.cos(2 * Math.PI * (season.yearPart - 0.03));
  switch (LEAVES[leaf]!.season) {
    case 'winter':
      return 1 + 0.75 * swing;
    case 'summer':
      return 1 - 0.6 * swing;
    case 'gift':
      return season.springDay >= -24 && season.springDay <= 0 ? 2.4 : 0.95;
    default:
      return 1;
  }
}

/** What is on the shelves on one day, at which price, and how likely each kind of person takes what. */
export interface Shelf {
  leafSeason: Float64Array;
  /** Price cut of each product today, as a share of its regular price. */
  priceCut: Float32Array;
  /** Rising sums of choice weights: (tier x style) x products, restarting at each leaf. */
  choice: Float64Array[];
}

/** The price cut of a product in a week (weeks run from the world's first day): none, 10, 20 or 30 per cent. */
export function priceCut(seed: number, product: number, day: number): number {
  const draw = hash(seed, product, Math.floor(day / 7), SALT.promotion) % 100;
  if (draw >= 12) return 0;
  return draw < 2 ? 0.3 : draw < 6 ? 0.2 : 0.1;
}

/** The unchanging part of how each tier and style values each product: (tier x style) arrays. */
export function weighProducts(range: Catalogue): Float64Array[] {
  const meanLog = LEAVES.map(({ priceYuan: [low, high] }) => Math.log(100 * Math.sqrt(low * high)));
  return Array.from({ length: THRIFT_TIERS * STYLES }, (_, row) => {
    const thrift = Math.floor(row / STYLES) / (THRIFT_TIERS - 1);
    return range.popularity.map((popularity, p) => {
      const dear = Math.log(range.products[p]!.priceCents) - meanLog[range.leafOf[p]!]!;
      const fits = range.style[p] === row % STYLES ? 2.6 : 1;
      return popularity * fits * Math.exp((0.5 - 1.7 * thrift) * dear + 0.4 * range.quality[p]!);
    });
  });
}

/** Sets out the shelves of one day: products not yet launched weigh nothing, price cuts pull by their elasticity. */
export function setOutShelf(
  seed: number,
  range: Catalogue,
  weights: Float64Array[],
  season: Season,
  day: number,
): Shelf {
  const size = range.products.length;
  const cuts = new Float32Array(size);
  const pull = new Float64Array(size);
  for (let p = 0; p < size; p++) {
    const cut = priceCut(seed, p, day);
    cuts[p] = cut;
    const { elasticity } = LEAVES[range.leafOf[p]!]!;
    pull[p] = range.products[p]!.launchDay > day ? 0 : cut > 0 ? (1 - cut) ** -elasticity : 1;
  }
  return {
    leafSeason: Float64Array.from({ length: LEAF_COUNT }, (_, l) => leafSeason(l, season)),
    priceCut: cuts,
    choice: weights.map((row) => risingSums(row, pull, range)),
  };
}

function risingSums(row: Float64Array, pull: Float64Array, range: Catalogue): Float64Array {
  const sums = new Float64Array(row.length);
  for (let l = 0; l < LEAF_COUNT; l++) {
    let sum = 0;
    for (let p = range.leafStart[l]!; p < range.leafStart[l + 1]!; p++) {
      sum += row[p]! * pull[p]!;
      sums[p] = sum;
    }
  }
  return sums;
}

/** Which row of shelf weights a person reads: their price tier and favourite style. */
export function shelfRow(seed: number, person: number, thrift: number): number {
  const tier = Math.min(THRIFT_TIERS - 1, Math.floor(thrift * THRIFT_TIERS));
  return tier * STYLES + (hash(seed, person, 1, SALT.taste) % STYLES);
}
