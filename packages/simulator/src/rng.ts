function stir(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = state ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function settle(state: number): number {
  let h = state ^ (state >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit hash of a seed and three integers (MurmurHash3's rounds): the same four always give the same. */
export function hash(seed: number, a: number, b: number, salt: number): number {
  return settle(stir(stir(stir(seed, a), b), salt));
}

/** The hash as a number in [0, 1). */
export function chance(seed: number, a: number, b: number, salt: number): number {
  return hash(seed, a, b, salt) / 4294967296;
}

/** A 32-bit hash of a text. */
export function hashText(seed: number, text: string): number {
  let state = seed;
  for (let i = 0; i < text.length; i++) state = stir(state, text.charCodeAt(i));
  return settle(state ^ text.length);
}

/** One salt per use, so that no two decisions about a person and a day share their luck; hundreds leave room. */
export const SALT = {
  come: 100,
  visit: 200,
  boost: 400,
  thin: 500,
  person: 600,
  taste: 700,
  favourite: 800,
  product: 900,
  promotion: 1000,
  carries: 1100,
  delivery: 1200,
  missedDelivery: 1300,
  identity: 1400,
  join: 1500,
  stimulus: 1600,
  companion: 1700,
  traits: 1800,
  device: 1900,
  withdraw: 2000,
  plan: 2100,
  storeChoice: 2200,
  aftermath: 2300,
  /** The last one: the campaign's day is added. */
  campaign: 10_000,
} as const;

/** A stream of random numbers (sfc32), set by four integers and so reproducible from any point of the world. */
export class Rng {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** Starts the stream that belongs to these four integers. */
  reseed(seed: number, a: number, b: number, salt: number): this {
    this.a = hash(seed, a, b, salt) | 0;
    this.b = Math.imul(this.a ^ 0x9e3779b9, 0x85ebca6b);
    this.c = settle(this.b + seed) | 0;
    this.counter = 1;
    for (let i = 0; i < 6; i++) this.word();
    return this;
  }

  private word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.word() / 4294967296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number from 0 to limit - 1. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One entry of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(1 - this.uniform());
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Gamma with this shape and scale 1 (Marsaglia and Tsang 2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** An index drawn in proportion to the rising sums in cumulative[from, to). */
  weighted(cumulative: Float64Array, from = 0, to = cumulative.length): number {
    const target = this.uniform() * cumulative[to - 1]!;
    let low = from;
    let high = to - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
