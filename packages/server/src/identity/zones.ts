import { type EvidenceGraph, grown, HEARD, SEEN } from './evidence-graph.ts';
import {
  type Apart,
  claimsOn,
  ENOUGH,
  isFlooded,
  isPlain,
  neighboursByType,
  partitionZone,
  type Zone,
} from './partition.ts';
import { type CompiledRules, IS_THING, TYPES } from './rules.ts';

/** Many claim it: it joins nobody. */
const SHARED = 1;
/** Too many things were seen with it: none of them joins it. */
const FLOODED = 2;
/** Its value was said to mean nothing. */
const BLOCKED = 4;
/** The same where what pages say is counted too: holds for what they say, and for nothing else. */
const HEARD_SHARED = 8;
const HEARD_FLOODED = 16;
/** Where the bits of types lie that are full of what is heard, beside those of what is seen. */
const HEARD_BITS = 16;

/**
 * The zones of an evidence graph under some rules: identifiers between which there is a way along edges that may join.
 * A rule can only stand between people of one zone, so each is worked out by itself, and few are larger than a family.
 * What may join is known at once; zones themselves are looked for when they are needed.
 */
export class Zones {
  readonly #graph: EvidenceGraph;
  readonly rules: CompiledRules;
  readonly #apart: Apart;
  #flags = new Uint8Array(1024);
  /** Types of which nothing more is noted of an identifier, as bits. */
  readonly #full = new Map<number, number>();
  readonly #counts = new Uint32Array(TYPES);
  readonly #withHeard = new Uint32Array(TYPES);
  /** Edges looked at so far: what work costs, whatever the machine. */
  looked = 0;

  constructor(graph: EvidenceGraph, rules: CompiledRules, apart: Apart) {
    this.#graph = graph;
    this.rules = rules;
    this.#apart = apart;
  }

  get bytes(): number {
    return this.#flags.byteLength;
  }

  /** Takes an identifier up. */
  add(node: number, isBlocked = false): void {
    if (node >= this.#flags.length)
      this.#flags = grown(this.#flags, Math.max(this.#flags.length + (this.#flags.length >> 1), node + 1));
    this.#flags[node] = isBlocked ? BLOCKED : 0;
  }

  /** Takes up all of the graph: a step at a time, so that other work has its turn in between. */
  *build(isBlocked: (node: number) => boolean): Generator<void> {
    const graph = this.#graph;
    const last = graph.last;
    for (let node = 1; node <= last; node++) {
      if (!graph.has(node)) continue;
      this.add(node, isBlocked(node));
      this.evaluate(node);
      if (node % 5000 === 0) yield;
    }
  }

  /** Whether many claim an identifier: by what was told of it, and by what pages say only where nobody else told of it. */
  isShared(node: number): boolean {
    const which = this.#graph.isTold(node) ? SHARED : SHARED | HEARD_SHARED;
    return (this.#flags[node]! & which) !== 0;
  }

  /** Whether an identifier joins nobody, whatever it is seen with; `isHeard`: where a page says so. */
  isAlone(node: number, isHeard = false): boolean {
    const which = isHeard ? SHARED | BLOCKED | HEARD_SHARED : SHARED | BLOCKED;
    return (this.#flags[node]! & which) !== 0 || !this.rules.joins[this.#graph.type[node]!];
  }

  /** Whether nothing more is noted of an identifier seen with another of a type; `isHeard`: of what pages say. */
  isFull(node: number, ofType: number, isHeard = false): boolean {
    const bit = 1 << (isHeard ? ofType + HEARD_BITS : ofType);
    return this.#full.size > 0 && ((this.#full.get(node) ?? 0) & bit) !== 0;
  }

  /** How many people claim an identifier; who only pages say they are counts where nobody else told of it. */
  claims(node: number): number {
    neighboursByType(this.#graph, node, this.#counts, this.#withHeard);
    const counts = this.#graph.isTold(node) ? this.#counts : this.#withHeard;
    return claimsOn(this.#graph.type[node]!, counts, this.rules);
  }

  /** Looks anew whether an identifier is shared or flooded; answers whether that changed. */
  evaluate(node: number): boolean {
    const rank = this.#graph.type[node]!;
    neighboursByType(this.#graph, node, this.#counts, this.#withHeard);
    const isShared = (counts: Uint32Array) =>
      claimsOn(rank, counts, this.rules) >= this.rules.sharedFrom[rank]!;
    const flooded = (counts: Uint32Array) => !IS_THING[rank] && isFlooded(counts);
    const [seen, withHeard] = [this.#counts, this.#withHeard];
    const [bySeen, byAll] = [flooded(seen), flooded(withHeard)];
    const full = fullTypes(seen, bySeen) | (fullTypes(withHeard, byAll) << HEARD_BITS);
    if (full !== 0) this.#full.set(node, full);
    const before = this.#flags[node]!;
    this.#flags[node] =
      (before & BLOCKED) |
      (isShared(seen) ? SHARED : 0) |
      (isShared(withHeard) ? HEARD_SHARED : 0) |
      (bySeen ? FLOODED : 0) |
      (byAll ? HEARD_FLOODED : 0);
    return before !== this.#flags[node];
  }

  /** Whether an edge may join at all, before limits are looked at. */
  mayJoin(edge: number): boolean {
    const graph = this.#graph;
    if (graph.isVoid(edge)) return false;
    const isHeard = graph.kind[edge] === HEARD;
    if (graph.kind[edge] !== SEEN && !isHeard) return true;
    const [a, b] = [graph.from[edge]!, graph.to[edge]!];
    if (this.isAlone(a, isHeard) || this.isAlone(b, isHeard)) return false;
    const flooded = isHeard ? FLOODED | HEARD_FLOODED : FLOODED;
    if (this.#flags[a]! & flooded && IS_THING[graph.type[b]!]) return false;
    return !(this.#flags[b]! & flooded && IS_THING[graph.type[a]!]);
  }

  /** The people among all identifiers up to one, zone by zone. */
  *everyone(last: number): Generator<{ done: number; parts: (readonly number[])[] }> {
    const taken = new Uint8Array(last + 1);
    const take = (node: number) => {
      if (node > last || taken[node] === 1) return false;
      taken[node] = 1;
      return true;
    };
    for (let node = 1; node <= last; node++)
      if (this.#graph.has(node) && take(node))
        yield { done: node / last, parts: this.#people(this.#zone(node, take, (other) => other <= last)) };
  }

  /** The people among some identifiers, as if there were no others. */
  among(nodes: ReadonlySet<number>): (readonly number[])[] {
    const left = new Set(nodes);
    const parts: (readonly number[])[] = [];
    for (const node of nodes)
      if (left.delete(node)) {
        const zone = this.#zone(
          node,
          (other) => left.delete(other),
          (other) => nodes.has(other),
        );
        for (const part of this.#people(zone)) parts.push(part);
      }
    return parts;
  }

  #zone(first: number, take: (node: number) => boolean, isInside: (node: number) => boolean): Zone {
    const graph = this.#graph;
    const nodes = [first];
    const edges: number[] = [];
    for (const node of nodes)
      for (let e = graph.first(node); e !== 0; e = graph.next(e, node)) {
        this.looked += 1;
        const other = graph.other(e, node);
        if (!isInside(other) || !this.mayJoin(e)) continue;
        if (graph.from[e] === node) edges.push(e);
        if (take(other)) nodes.push(other);
      }
    return { nodes, edges };
  }

  /** The people of a zone: their identifiers. */
  #people(zone: Zone): (readonly number[])[] {
    const { nodes } = zone;
    if (nodes.length === 1 || isPlain(this.#graph, zone, this.rules, this.#apart, this.#counts))
      return [nodes];
    const partOf = partitionZone(this.#graph, zone, this.rules, this.#apart);
    const parts = new Map<number, number[]>();
    for (let i = 0; i < nodes.length; i++) {
      const part = parts.get(partOf[i]!);
      if (part) part.push(nodes[i]!);
      else parts.set(partOf[i]!, [nodes[i]!]);
    }
    return [...parts.values()];
  }
}

/** Types of which nothing more is noted, as bits. */
function fullTypes(counts: Uint32Array, flooded: boolean): number {
  let full = 0;
  for (let rank = 0; rank < TYPES; rank++)
    if (counts[rank]! >= ENOUGH || (flooded && IS_THING[rank])) full |= 1 << rank;
  return full;
}
