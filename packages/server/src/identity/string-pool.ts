import { hash64 } from '../platform/hash64.ts';
import { grown } from './evidence-graph.ts';

/** Tables in which numbers are found: each grows by itself, so that none takes long. */
const TABLES = 64;

/** Texts by number (from 1; 0 is the empty text), each kept once however many have it, with how often it was given. */
export class StringPool {
  readonly #texts: string[] = [''];
  #hashes = new Uint32Array(1024);
  #counts = new Uint32Array(1024);
  #told = new Uint32Array(1024);
  readonly #tables = Array.from({ length: TABLES }, () => ({ slots: new Uint32Array(16), size: 0 }));
  readonly #hash = new Uint32Array(2);
  #given = 0;
  #givenTold = 0;

  /** How many texts were given that are not empty; `isTold`: without those that were only heard. */
  given(isTold = false): number {
    return isTold ? this.#givenTold : this.#given;
  }

  text(id: number): string {
    return this.#texts[id]!;
  }

  /** How often a text was given; `isTold`: without the times that were only heard. */
  count(id: number, isTold = false): number {
    return isTold ? this.#told[id]! : this.#counts[id]!;
  }

  /** Takes a text up; answers its number. */
  add(text: string, isTold = true): number {
    if (text === '') return 0;
    const id = this.#take(text);
    this.#given += 1;
    this.#counts[id]! += 1;
    if (isTold) {
      this.#givenTold += 1;
      this.#told[id]! += 1;
    }
    return id;
  }

  #take(text: string): number {
    hash64(text, this.#hash);
    const hash = this.#hash[0]!;
    const table = this.#tables[hash % TABLES]!;
    const at = this.#place(table.slots, hash, text);
    const known = table.slots[at]!;
    if (known !== 0) return known;
    const id = this.#texts.length;
    this.#texts.push(text);
    if (id >= this.#hashes.length) {
      this.#hashes = grown(this.#hashes, id * 2);
      this.#counts = grown(this.#counts, id * 2);
      this.#told = grown(this.#told, id * 2);
    }
    this.#hashes[id] = hash;
    table.slots[at] = id;
    table.size += 1;
    if (table.size * 2 > table.slots.length) table.slots = this.#longer(table.slots);
    return id;
  }

  /** Where the number of a text is, or would be. */
  #place(slots: Uint32Array, hash: number, text: string | null): number {
    const mask = slots.length - 1;
    let at = Math.floor(hash / TABLES) & mask;
    for (let id = slots[at]!; id !== 0; id = slots[at]!) {
      if (this.#hashes[id] === hash && this.#texts[id] === text) break;
      at = (at + 1) & mask;
    }
    return at;
  }

  #longer(slots: Uint32Array): Uint32Array<ArrayBuffer> {
    const longer = new Uint32Array(slots.length * 2);
    for (const id of slots) if (id !== 0) longer[this.#place(longer, this.#hashes[id]!, null)] = id;
    return longer;
  }
}
