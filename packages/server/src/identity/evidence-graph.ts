import { hash64 } from '../platform/hash64.ts';
import { RANK } from './rules.ts';

/** How an edge came about: seen together by a server, a file, a webhook or a pull. */
export const SEEN = 0;
/** A client said that both are one person's. */
export const TOLD = 1;
/** Somebody decided it. */
export const DECIDED = 2;
/** Seen together by a key that anybody can read in a page, or repeated by ourselves: the weakest word of all. */
export const HEARD = 3;
/** A decision that was taken back: as if the edge were not there. */
const VOID = 255;

/** What changed of an edge when it was seen again. */
export const UNCHANGED = 0;
export const EARLIER = 1;
export const NEW = 2;

const NO_TYPE = 255;

/** The time of what nobody told. */
export const NEVER = 0xffffffff;

/** Bits of `noted`: what a live source said of a pair is written down, and what was heard of it. */
const NOTED_LIVE = 1;
const NOTED_HEARD = 2;

/** How much the word of an edge counts: what is heard yields to all else. */
const strengthOf = (kind: number) => (kind === HEARD ? 0 : kind + 1);

/**
 * Identifiers (by number, from 1) and the pairs of them that were seen together, in flat arrays: about 43 bytes an
 * identifier and 26 a pair. It only grows, and what it holds does not depend on the order in which it came: the time of
 * an identifier or pair is that of its first sighting by the event's own clock.
 */
export class EvidenceGraph {
  #slots = new Uint32Array(1 << 12);
  #size = 0;
  #last = 0;
  #lastEdge = 0;
  low = new Uint32Array(1024);
  high = new Uint32Array(1024);
  /** Rank of the type; 255 where there is no identifier of that number. */
  type = new Uint8Array(1024).fill(NO_TYPE);
  /** Seconds since 1970, by whoever said so. */
  seen = new Uint32Array(1024);
  /** The same by servers, files, webhooks and pulls alone; `NEVER` where it was only heard. */
  told = new Uint32Array(1024).fill(NEVER);
  #head = new Uint32Array(1024);
  from = new Uint32Array(1024);
  to = new Uint32Array(1024);
  #nextFrom = new Uint32Array(1024);
  #nextTo = new Uint32Array(1024);
  at = new Uint32Array(1024);
  kind = new Uint8Array(1024);
  /** Where it was heard last: 1 for live sources, higher for imports; what an import says is to go with it. */
  origin = new Uint16Array(1024);
  noted = new Uint8Array(1024);
  readonly #hash = new Uint32Array(2);

  /** The highest number given to an identifier. */
  get last(): number {
    return this.#last;
  }
  get size(): number {
    return this.#size;
  }
  get edges(): number {
    return this.#lastEdge;
  }

  has(node: number): boolean {
    return node <= this.#last && this.type[node] !== NO_TYPE && node > 0;
  }

  /** Bytes held. */
  get bytes(): number {
    return (
      this.#slots.byteLength +
      this.low.length * (4 + 4 + 1 + 4 + 4 + 4) +
      this.from.length * (4 + 4 + 4 + 4 + 4 + 1 + 2 + 1)
    );
  }

  /** The identifier's number; 0 when it was never seen. */
  find(type: string, value: string): number {
    hash64(`${type}\n${value}`, this.#hash);
    return this.#slots[this.#slot(this.#hash[0]!, this.#hash[1]!)]!;
  }

  /** The hash of what `find` or `intern` was asked for last. */
  get lastHash(): readonly [number, number] {
    return [this.#hash[0]!, this.#hash[1]!];
  }

  /** The identifier's number, a new one where it was never seen; `NEW`, `EARLIER` or `UNCHANGED` says which. */
  intern(type: string, value: string, seconds: number, isHeard = false): { node: number; change: number } {
    const node = this.find(type, value);
    const told = isHeard ? NEVER : seconds;
    if (node === 0) {
      const made = this.#last + 1;
      this.add(made, RANK.get(type)!, this.#hash[0]!, this.#hash[1]!, seconds, told);
      return { node: made, change: NEW };
    }
    if (this.seen[node]! <= seconds && this.told[node]! <= told) return { node, change: UNCHANGED };
    this.seen[node] = Math.min(this.seen[node]!, seconds);
    this.told[node] = Math.min(this.told[node]!, told);
    return { node, change: EARLIER };
  }

  /** Whether others than pages know of an identifier. */
  isTold(node: number): boolean {
    return this.told[node] !== NEVER;
  }

  /** When an identifier was new, as far as rules ask: by those who told of it, where anybody did. */
  since(node: number): number {
    return this.isTold(node) ? this.told[node]! : this.seen[node]!;
  }

  /** Takes up an identifier under a number of its own. */
  add(node: number, rank: number, low: number, high: number, seconds: number, told = seconds): void {
    if ((this.#size + 1) * 3 > this.#slots.length * 2) this.#growSlots();
    this.#roomForNode(node);
    this.#last = Math.max(this.#last, node);
    this.low[node] = low;
    this.high[node] = high;
    this.type[node] = rank;
    this.seen[node] = seconds;
    this.told[node] = told;
    this.#slots[this.#slot(low, high)] = node;
    this.#size += 1;
  }

  /** Numbers up to this one are not given out again. */
  reserve(node: number): void {
    this.#roomForNode(node);
    this.#last = Math.max(this.#last, node);
  }

  /** The pair of two identifiers; 0 when they were never seen together. */
  edgeOf(a: number, b: number): number {
    // Along both lists in step: the shorter one ends the search.
    let ofA = this.#head[a]!;
    let ofB = this.#head[b]!;
    while (ofA !== 0 && ofB !== 0) {
      if (this.other(ofA, a) === b) return ofA;
      if (this.other(ofB, b) === a) return ofB;
      ofA = this.next(ofA, a);
      ofB = this.next(ofB, b);
    }
    return 0;
  }

  /** Notes that two identifiers were seen together; answers the edge and whether it is new, earlier or neither. */
  see(a: number, b: number, kind: number, seconds: number): { edge: number; change: number } {
    const known = this.edgeOf(a, b);
    if (known === 0) return { edge: this.addEdge(a, b, kind, seconds), change: NEW };
    const was = this.kind[known]!;
    const isVoid = was === VOID;
    if (!isVoid && (was === HEARD) !== (kind === HEARD)) {
      // What was only heard has no say beside what was told, not even about when.
      if (kind === HEARD) return { edge: known, change: UNCHANGED };
      this.at[known] = seconds;
      this.kind[known] = kind;
      return { edge: known, change: NEW };
    }
    // When somebody decided says nothing about when the two were seen.
    const isEarlier = isVoid || (kind !== DECIDED && seconds < this.at[known]!);
    const isStronger = isVoid || strengthOf(kind) > strengthOf(was);
    if (isEarlier) this.at[known] = seconds;
    if (isStronger) this.kind[known] = kind;
    return { edge: known, change: isStronger ? NEW : isEarlier ? EARLIER : UNCHANGED };
  }

  addEdge(a: number, b: number, kind: number, seconds: number): number {
    const edge = this.#lastEdge + 1;
    this.#roomForEdge(edge);
    this.#lastEdge = edge;
    this.from[edge] = a;
    this.to[edge] = b;
    this.at[edge] = seconds;
    this.kind[edge] = kind;
    this.#nextFrom[edge] = this.#head[a]!;
    this.#nextTo[edge] = this.#head[b]!;
    this.#head[a] = edge;
    this.#head[b] = edge;
    return edge;
  }

  /** Takes a decision on an edge back; what was seen of it stays, if anything was. */
  weaken(edge: number, evidence: { kind: number; seconds: number } | null): void {
    this.kind[edge] = evidence?.kind ?? VOID;
    if (evidence) this.at[edge] = evidence.seconds;
  }

  /** Whether it is written down that live sources said so of a pair, or that it was heard. */
  isNoted(edge: number, kind: number): boolean {
    return (this.noted[edge]! & (kind === HEARD ? NOTED_HEARD : NOTED_LIVE)) !== 0;
  }

  note(edge: number, kind: number): void {
    this.noted[edge]! |= kind === HEARD ? NOTED_HEARD : NOTED_LIVE;
  }

  isVoid(edge: number): boolean {
    return this.kind[edge] === VOID;
  }

  first(node: number): number {
    return this.#head[node] ?? 0;
  }
  next(edge: number, node: number): number {
    return this.from[edge] === node ? this.#nextFrom[edge]! : this.#nextTo[edge]!;
  }
  other(edge: number, node: number): number {
    return this.from[edge] === node ? this.to[edge]! : this.from[edge]!;
  }

  #slot(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    for (let node = this.#slots[at]!; node !== 0; node = this.#slots[at]!) {
      if (this.low[node] === low && this.high[node] === high) return at;
      at = (at + 1) & mask;
    }
    return at;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const node of old) if (node !== 0) this.#slots[this.#slot(this.low[node]!, this.high[node]!)] = node;
  }

  #roomForNode(node: number): void {
    if (node < this.low.length) return;
    const length = Math.max(this.low.length + (this.low.length >> 1), node + 1);
    this.low = grown(this.low, length);
    this.high = grown(this.high, length);
    const had = this.type.length;
    this.type = grown(this.type, length);
    this.type.fill(NO_TYPE, had);
    this.seen = grown(this.seen, length);
    this.told = grown(this.told, length);
    this.told.fill(NEVER, had);
    this.#head = grown(this.#head, length);
  }

  #roomForEdge(edge: number): void {
    if (edge < this.from.length) return;
    const length = this.from.length + (this.from.length >> 1);
    this.from = grown(this.from, length);
    this.to = grown(this.to, length);
    this.#nextFrom = grown(this.#nextFrom, length);
    this.#nextTo = grown(this.#nextTo, length);
    this.at = grown(this.at, length);
    this.kind = grown(this.kind, length);
    this.origin = grown(this.origin, length);
    this.noted = grown(this.noted, length);
  }
}

/** The same numbers in a longer array. */
export function grown<A extends Uint8Array | Uint16Array | Uint32Array>(array: A, length: number): A {
  const longer = new (array.constructor as new (length: number) => A)(length);
  longer.set(array);
  return longer;
}
