/** State of a seeded generator of 32-bit words: four words, not all of them nothing. */
export type Generator = Int32Array;

/** A generator whose words depend on nothing but `seed`, any integer: its state is filled by splitmix32. */
export function generatorOf(seed: number): Generator {
  const state = new Int32Array(4);
  let a = seed | 0;
  for (let i = 0; i < 4; i++) {
    a = (a + 0x9e3779b9) | 0;
    let word = Math.imul(a ^ (a >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    state[i] = word ^ (word >>> 15);
  }
  return state;
}

/** The next word, 0 to 2^32 - 1: xoshiro128** 1.1 (D. Blackman & S. Vigna, ACM TOMS 47(4), 2021). */
export function nextWord(state: Generator): number {
  const a = state[0]!;
  const b = state[1]!;
  const c = state[2]! ^ a;
  const d = state[3]! ^ b;
  state[0] = a ^ d;
  state[1] = b ^ c;
  state[2] = c ^ (b << 9);
  state[3] = (d << 11) | (d >>> 21);
  const scrambled = Math.imul(b, 5);
  return Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
}

const WORDS = 4_294_967_296;

/** A number in [0, 1) on a grid of 2^-32. */
export function nextShare(state: Generator): number {
  return nextWord(state) / WORDS;
}

/** A whole number from 0 to n - 1, for n up to 2^32; none is likelier than another by more than n / 2^32. */
export function nextBelow(state: Generator, n: number): number {
  return Math.floor((nextWord(state) * n) / WORDS);
}

/** A number from the standard normal distribution (G. E. P. Box & M. E. Muller, Annals of Mathematical Statistics 29, 1958). */
export function nextNormal(state: Generator): number {
  const radius = Math.sqrt(-2 * Math.log1p(-nextShare(state)));
  return radius * Math.cos(2 * Math.PI * nextShare(state));
}

/** A number from the gamma distribution of scale 1 (G. Marsaglia & W. W. Tsang, ACM TOMS 26, 2000); `shape` above 0. */
export function nextGamma(state: Generator, shape: number): number {
  if (shape < 1) return nextGamma(state, shape + 1) * (1 - nextShare(state)) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = nextNormal(state);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - nextShare(state)) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** A number from the chi-squared distribution with `freedom` degrees of freedom. */
export function nextChiSquared(state: Generator, freedom: number): number {
  return 2 * nextGamma(state, freedom / 2);
}
