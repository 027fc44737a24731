/**
 * A 64-bit hash of text as two unsigned halves, written into `out[0]` (low) and `out[1]` (high). Two multiply-xor
 * lanes over UTF-16 units with a mixing end, after cyrb53 (bryc, public domain), both lanes kept whole.
 */
export function hash64(text: string, out: Uint32Array): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  out[0] = a >>> 0;
  out[1] = b >>> 0;
}

/** A set of 64-bit hashes, or a map of them to numbers above 0, in flat arrays: 12 bytes an entry at load 1. */
export class Hash64Map {
  #low: Uint32Array;
  #high: Uint32Array;
  /** 0 marks a free place: values are stored as they are and must be above 0. */
  #value: Uint32Array;
  #size = 0;

  constructor(capacity = 1024) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 1.5)));
    this.#low = new Uint32Array(places);
    this.#high = new Uint32Array(places);
    this.#value = new Uint32Array(places);
  }

  get size(): number {
    return this.#size;
  }

  /** The value stored for a hash; 0 when there is none. */
  get(low: number, high: number): number {
    return this.#value[this.#place(low, high)]!;
  }

  /** Stores a value above 0 for a hash. */
  set(low: number, high: number, value: number): void {
    if (value < 1) throw new RangeError('A value in a Hash64Map must be above 0.');
    let at = this.#place(low, high);
    if (this.#value[at] === 0) {
      if ((this.#size + 1) * 3 > this.#value.length * 2) {
        this.#grow();
        at = this.#place(low, high);
      }
      this.#size += 1;
      this.#low[at] = low;
      this.#high[at] = high;
    }
    this.#value[at] = value;
  }

  #place(low: number, high: number): number {
    const mask = this.#value.length - 1;
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    while (this.#value[at] !== 0 && (this.#low[at] !== low || this.#high[at] !== high)) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const low = this.#low;
    const high = this.#high;
    const value = this.#value;
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#value = new Uint32Array(low.length * 2);
    for (let i = 0; i < value.length; i++) {
      if (value[i] === 0) continue;
      const at = this.#place(low[i]!, high[i]!);
      this.#low[at] = low[i]!;
      this.#high[at] = high[i]!;
      this.#value[at] = value[i]!;
    }
  }
}
