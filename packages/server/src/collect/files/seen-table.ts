/**
 * Counts of 64-bit text hashes in typed arrays: about 24 bytes a distinct text, where a Set of strings takes ten
 * times that and ends at 16.7 million entries. Two texts share a hash with odds of n²/2^65.
 */
export class SeenTable {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #value = new Uint32Array(1024);
  #used = 0;

  /** How often the text has been seen, this time included. */
  count(text: string): number {
    const slot = this.#slot(text);
    const times = this.#value[slot]! + 1;
    this.#value[slot] = times;
    if (times === 1) this.#grow();
    return times;
  }

  /** Whether the text stands for something else than when the key was last seen; remembers it. */
  changed(key: string, text: string): boolean {
    const slot = this.#slot(key);
    hash(text);
    const now = (hashLow || 1) >>> 0;
    const before = this.#value[slot]!;
    this.#value[slot] = now;
    if (before === 0) this.#grow();
    return before !== now;
  }

  #slot(text: string): number {
    hash(text);
    return this.#find(hashHigh, hashLow);
  }

  /** Open addressing; a slot whose value is 0 is free and is claimed for the key. */
  #find(high: number, low: number): number {
    const mask = this.#value.length - 1;
    let slot = low & mask;
    while (this.#value[slot] !== 0) {
      if (this.#low[slot] === low && this.#high[slot] === high) return slot;
      slot = (slot + 1) & mask;
    }
    this.#low[slot] = low;
    this.#high[slot] = high;
    return slot;
  }

  #grow(): void {
    this.#used++;
    const size = this.#value.length;
    if (this.#used * 2 < size) return;
    const [high, low, value] = [this.#high, this.#low, this.#value];
    this.#high = new Uint32Array(size * 2);
    this.#low = new Uint32Array(size * 2);
    this.#value = new Uint32Array(size * 2);
    for (let i = 0; i < size; i++) {
      if (value[i] !== 0) this.#value[this.#find(high[i]!, low[i]!)] = value[i]!;
    }
  }
}

let hashHigh = 0;
let hashLow = 0;

/** Two multiplicative lanes with a crossed finish (cyrb53 by bryc, public domain), kept at its full 64 bits. */
function hash(text: string): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  hashHigh = b >>> 0;
  hashLow = a >>> 0;
}
