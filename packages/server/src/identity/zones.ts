import { type EvidenceGraph, grown, SEEN } from './evidence-graph.ts';
import {
  type Apart,
  claimsOn,
  ENOUGH,
  isFlooded,
  isPlain,
  neighboursByType,
  partitionZone,
} from './partition.ts';
import { type CompiledRules, IS_THING, TYPES } from './rules.ts';

/** Many claim it: it joins nobody. */
const SHARED = 1;
/** Too many things were seen with it: none of them joins it. */
const FLOODED = 2;
/** Its value was said to mean nothing. */
const BLOCKED = 4;

/**
 * The zones of an evidence graph under some rules: identifiers between which there is a way along edges that may join.
 * A rule can only stand between people of one zone, so each is worked out by itself, and few are larger than a family.
 */
export class Zones {
  readonly #graph: EvidenceGraph;
  readonly rules: CompiledRules;
  readonly #apart: Apart;
  #parent = new Uint32Array(1024);
  /** The next identifier of the same zone, round and round. */
  #next = new Uint32Array(1024);
  #flags = new Uint8Array(1024);
  /** Types of which nothing more is noted of an identifier, as bits. */
  readonly #full = new Map<number, number>();
  readonly #counts = new Uint32Array(TYPES);

  constructor(graph: EvidenceGraph, rules: CompiledRules, apart: Apart) {
    this.#graph = graph;
    this.rules = rules;
    this.#apart = apart;
  }

  get bytes(): number {
    return this.#parent.byteLength + this.#next.byteLength + this.#flags.byteLength;
  }

  /** Takes an identifier up, in a zone of its own. */
  add(node: number, isBlocked = false): void {
    if (node >= this.#parent.length) {
      const length = Math.max(this.#parent.length + (this.#parent.length >> 1), node + 1);
      this.#parent = grown(this.#parent, length);
      this.#next = grown(this.#next, length);
      this.#flags = grown(this.#flags, length);
    }
    this.#parent[node] = node;
    this.#next[node] = node;
    this.#flags[node] = isBlocked ? BLOCKED : 0;
  }

  /** Takes up all of the graph: a step at a time, so that other work has its turn in between. */
  *build(isBlocked: (node: number) => boolean): Generator<void> {
    const graph = this.#graph;
    const last = graph.last;
    const lastEdge = graph.edges;
    for (let node = 1; node <= last; node++) {
      if (!graph.has(node)) continue;
      this.add(node, isBlocked(node));
      this.evaluate(node);
      if (node % 20_000 === 0) yield;
    }
    for (let edge = 1; edge <= lastEdge; edge++) {
      const [a, b] = [graph.from[edge]!, graph.to[edge]!];
      if (a <= last && b <= last && this.mayJoin(edge)) this.union(a, b);
      if (edge % 50_000 === 0) yield;
    }
  }

  isShared(node: number): boolean {
    return (this.#flags[node]! & SHARED) !== 0;
  }

  /** Whether an identifier joins nobody, whatever it is seen with. */
  isAlone(node: number): boolean {
    return (this.#flags[node]! & (SHARED | BLOCKED)) !== 0 || !this.rules.joins[this.#graph.type[node]!];
  }

  /** Whether nothing more is noted of an identifier seen with another of a type. */
  isFull(node: number, ofType: number): boolean {
    return this.#full.size > 0 && ((this.#full.get(node) ?? 0) & (1 << ofType)) !== 0;
  }

  /** How many people claim an identifier. */
  claims(node: number): number {
    neighboursByType(this.#graph, node, this.#counts);
    return claimsOn(this.#graph.type[node]!, this.#counts, this.rules);
  }

  /** Looks anew whether an identifier is shared or flooded; answers whether that changed. */
  evaluate(node: number): boolean {
    const rank = this.#graph.type[node]!;
    neighboursByType(this.#graph, node, this.#counts);
    const isShared = claimsOn(rank, this.#counts, this.rules) >= this.rules.sharedFrom[rank]!;
    const flooded = !IS_THING[rank] && isFlooded(this.#counts);
    this.#noteFull(node, flooded);
    const before = this.#flags[node]!;
    this.#flags[node] = (before & BLOCKED) | (isShared ? SHARED : 0) | (flooded ? FLOODED : 0);
    return before !== this.#flags[node];
  }

  #noteFull(node: number, flooded: boolean): void {
    let full = 0;
    for (let rank = 0; rank < TYPES; rank++)
      if (this.#counts[rank]! >= ENOUGH || (flooded && IS_THING[rank])) full |= 1 << rank;
    if (full !== 0) this.#full.set(node, full);
  }

  /** Whether an edge may join at all, before limits are looked at. */
  mayJoin(edge: number): boolean {
    const graph = this.#graph;
    if (graph.isVoid(edge)) return false;
    if (graph.kind[edge] !== SEEN) return true;
    const [a, b] = [graph.from[edge]!, graph.to[edge]!];
    if (this.isAlone(a) || this.isAlone(b)) return false;
    if (this.#flags[a]! & FLOODED && IS_THING[graph.type[b]!]) return false;
    return !(this.#flags[b]! & FLOODED && IS_THING[graph.type[a]!]);
  }

  root(node: number): number {
    let at = node;
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]!]!;
      at = this.#parent[at]!;
    }
    return at;
  }

  union(a: number, b: number): void {
    const [ofA, ofB] = [this.root(a), this.root(b)];
    if (ofA === ofB) return;
    // The lower is the root: the oldest zones are the largest.
    if (ofA < ofB) this.#parent[ofB] = ofA;
    else this.#parent[ofA] = ofB;
    const next = this.#next[ofA]!;
    this.#next[ofA] = this.#next[ofB]!;
    this.#next[ofB] = next;
  }

  /** All identifiers of the zone of one. */
  members(node: number): number[] {
    const members: number[] = [];
    let at = node;
    do {
      members.push(at);
      at = this.#next[at]!;
    } while (at !== node);
    return members;
  }

  /** Works zones out anew that may have fallen apart. */
  rebuild(members: readonly number[]): void {
    for (const node of members) {
      this.#parent[node] = node;
      this.#next[node] = node;
    }
    const graph = this.#graph;
    for (const node of members)
      for (let e = graph.first(node); e !== 0; e = graph.next(e, node))
        if (this.mayJoin(e)) this.union(node, graph.other(e, node));
  }

  /** The people of a zone: their identifiers, and the edges that rules or decisions did not let join. */
  people(members: readonly number[]): { parts: (readonly number[])[]; refused: number[] } {
    if (members.length === 1 || isPlain(this.#graph, members, this.rules, this.#apart, this.#counts))
      return { parts: [members], refused: [] };
    const zone = { nodes: members, edges: this.#edgesOf(members) };
    const { partOf, refused } = partitionZone(this.#graph, zone, this.rules, this.#apart);
    const parts = new Map<number, number[]>();
    for (let i = 0; i < members.length; i++) {
      const part = parts.get(partOf[i]!);
      if (part) part.push(members[i]!);
      else parts.set(partOf[i]!, [members[i]!]);
    }
    return { parts: [...parts.values()], refused };
  }

  #edgesOf(members: readonly number[]): number[] {
    const graph = this.#graph;
    const edges: number[] = [];
    for (const node of members)
      for (let e = graph.first(node); e !== 0; e = graph.next(e, node))
        if (graph.from[e] === node && this.mayJoin(e)) edges.push(e);
    return edges;
  }
}
