import { DECIDED, type EvidenceGraph, HEARD, SEEN, TOLD } from './evidence-graph.ts';
import { type CompiledRules, IS_ANCHOR, IS_PERSONAL, IS_THING, TYPES } from './rules.ts';

/** From how many things on (browsers, receipts) seen with one identifier none of them tells who it is. */
export const FLOOD = 1000;
/** From how many pairs with one type on nothing more is noted: under any rules the identifier is shared by then. */
export const ENOUGH = 2500;

/** Most identifiers of one person, unless somebody decided otherwise: nobody has more, and what is unbounded can be abused. */
export const PERSON_AT_MOST = 1000;

/** Numbers that somebody said are of different people, both ways. */
export type Apart = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Neighbours of an identifier by type, of what was seen, and of that and what was heard together (decisions do not make
 * an identifier shared).
 */
export function neighboursByType(
  graph: EvidenceGraph,
  node: number,
  seen: Uint32Array,
  withHeard: Uint32Array,
): void {
  seen.fill(0);
  withHeard.fill(0);
  for (let e = graph.first(node); e !== 0; e = graph.next(e, node)) {
    const kind = graph.kind[e];
    if (kind !== SEEN && kind !== HEARD) continue;
    const other = graph.type[graph.other(e, node)]!;
    withHeard[other]! += 1;
    if (kind === SEEN) seen[other]! += 1;
  }
}

/** Whether an identifier is one that a server, a file, a webhook or a pull told, and that no page takes along. */
const isAnchor = (graph: EvidenceGraph, node: number) =>
  graph.isTold(node) && IS_ANCHOR[graph.type[node]!] === 1;

/**
 * How many people claim an identifier. On a thing every login, phone or card seen with it stands for one; a person's own
 * identifier may be seen with as many of a type as one person may have.
 */
export function claimsOn(rank: number, counts: Uint32Array, rules: CompiledRules): number {
  let claims = 0;
  for (let other = 0; other < TYPES; other++) {
    if (other === rank || !IS_PERSONAL[other] || counts[other] === 0) continue;
    const people = IS_THING[rank] ? counts[other]! : Math.ceil(counts[other]! / rules.perPerson[other]!);
    claims = Math.max(claims, other < rank ? people : people - 1);
  }
  return claims;
}

/** Whether so many things were seen with an identifier that none of them tells who it is. */
export function isFlooded(counts: Uint32Array): boolean {
  let things = 0;
  for (let other = 0; other < TYPES; other++) if (IS_THING[other]) things += counts[other]!;
  return things >= FLOOD;
}

/** A zone is what evidence connects: identifiers, and the edges among them that may join. */
export interface Zone {
  nodes: readonly number[];
  edges: readonly number[];
}

/**
 * Which identifiers of a zone are one person: a part per identifier, beside `zone.nodes`. It depends on the set of
 * evidence and the rules alone, never on the order of arrival. Edges have their turn by who said so (people, clients,
 * sightings, what pages say), then by strength of the identifiers, then by first sighting, then by hash; each joins unless
 * a rule or a decision stands against it. So the weakest identifier yields, and stays with whom it was seen first. What
 * pages say has its turn when all else is joined, and never joins two of whom others told: who these are does not depend
 * on it.
 */
export function partitionZone(
  graph: EvidenceGraph,
  zone: Zone,
  rules: CompiledRules,
  apart: Apart,
): Int32Array {
  const { nodes } = zone;
  const place = new Map<number, number>();
  for (let i = 0; i < nodes.length; i++) place.set(nodes[i]!, i);
  const partOf = Int32Array.from(nodes, (_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (partOf[at] !== at) {
      partOf[at] = partOf[partOf[at]!]!;
      at = partOf[at]!;
    }
    return at;
  };
  const counts = new Uint16Array(nodes.length * TYPES);
  const members: number[][] = nodes.map((node) => [node]);
  for (let i = 0; i < nodes.length; i++) counts[i * TYPES + graph.type[nodes[i]!]!] = 1;
  const anchored = Uint8Array.from(nodes, (node) => (isAnchor(graph, node) ? 1 : 0));

  const mayJoin = (a: number, b: number, edge: number): boolean => {
    if (apart.size > 0 && areApart(members[a]!, members[b]!, apart)) return false;
    if (graph.kind[edge] !== DECIDED && members[a]!.length + members[b]!.length > PERSON_AT_MOST)
      return false;
    if (graph.kind[edge] === HEARD) {
      if (anchored[a] && anchored[b]) return false;
    } else if (graph.kind[edge] !== SEEN) return true;
    const byThing = IS_THING[graph.type[graph.from[edge]!]!] || IS_THING[graph.type[graph.to[edge]!]!];
    for (let rank = 0; rank < TYPES; rank++) {
      const [ofA, ofB] = [counts[a * TYPES + rank]!, counts[b * TYPES + rank]!];
      if (ofA === 0 || ofB === 0) continue;
      // A thing may tell who an unknown is; it does not make one of two who are known.
      if (byThing && IS_PERSONAL[rank]) return false;
      if (ofA + ofB > rules.perPerson[rank]!) return false;
      if (rules.periodCount[rank]! > 0 && ofA + ofB > rules.periodCount[rank]!)
        if (isTooFast(graph, members[a]!, members[b]!, rank, rules)) return false;
    }
    return true;
  };

  for (const edge of [...zone.edges].sort((x, y) => inTurn(graph, rules, x, y))) {
    let a = rootOf(place.get(graph.from[edge]!)!);
    let b = rootOf(place.get(graph.to[edge]!)!);
    if (a === b || !mayJoin(a, b, edge)) continue;
    if (members[a]!.length < members[b]!.length) [a, b] = [b, a];
    partOf[b] = a;
    for (const node of members[b]!) members[a]!.push(node);
    anchored[a]! |= anchored[b]!;
    for (let rank = 0; rank < TYPES; rank++) counts[a * TYPES + rank]! += counts[b * TYPES + rank]!;
  }
  for (let i = 0; i < nodes.length; i++) partOf[i] = rootOf(i);
  return partOf;
}

/** Whether no rule can stand against a zone: then it is one person whatever the order of its edges. */
export function isPlain(
  graph: EvidenceGraph,
  { nodes, edges }: Zone,
  rules: CompiledRules,
  apart: Apart,
  counts: Uint32Array,
): boolean {
  if (nodes.length > PERSON_AT_MOST) return false;
  if (hasTwoAnchors(graph, nodes) && edges.some((edge) => graph.kind[edge] === HEARD)) return false;
  counts.fill(0);
  for (const node of nodes) counts[graph.type[node]!]! += 1;
  let hasThings = false;
  for (let rank = 0; rank < TYPES; rank++) {
    if (counts[rank]! > rules.perPerson[rank]!) return false;
    if (rules.periodCount[rank]! > 0 && counts[rank]! > rules.periodCount[rank]!) return false;
    hasThings ||= IS_THING[rank] === 1 && counts[rank]! > 0;
  }
  if (hasThings)
    for (let rank = 0; rank < TYPES; rank++) if (IS_PERSONAL[rank] && counts[rank]! > 1) return false;
  if (apart.size > 0) for (const node of nodes) if (apart.has(node)) return false;
  return true;
}

function hasTwoAnchors(graph: EvidenceGraph, nodes: readonly number[]): boolean {
  let anchors = 0;
  for (const node of nodes) if (isAnchor(graph, node) && ++anchors > 1) return true;
  return false;
}

function areApart(a: readonly number[], b: readonly number[], apart: Apart): boolean {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  for (const node of few) {
    const others = apart.get(node);
    if (others) for (const other of many) if (others.has(other)) return true;
  }
  return false;
}

/** Whether more identifiers of a type would be new within the period than one person may have. */
function isTooFast(
  graph: EvidenceGraph,
  a: readonly number[],
  b: readonly number[],
  rank: number,
  rules: CompiledRules,
): boolean {
  const times: number[] = [];
  for (const node of a) if (graph.type[node] === rank) times.push(graph.since(node));
  for (const node of b) if (graph.type[node] === rank) times.push(graph.since(node));
  times.sort((x, y) => x - y);
  const count = rules.periodCount[rank]!;
  for (let i = count; i < times.length; i++)
    if (times[i]! - times[i - count]! < rules.periodSeconds[rank]!) return true;
  return false;
}

/** Which of two edges has its turn first. */
function inTurn(graph: EvidenceGraph, rules: CompiledRules, x: number, y: number): number {
  const byKind = classOf(graph, x) - classOf(graph, y);
  if (byKind !== 0) return byKind;
  const [xStrong, xWeak] = endsOf(graph, rules, x);
  const [yStrong, yWeak] = endsOf(graph, rules, y);
  const rank = (node: number) => rules.priority[graph.type[node]!]!;
  return (
    rank(xWeak) - rank(yWeak) ||
    rank(xStrong) - rank(yStrong) ||
    graph.at[x]! - graph.at[y]! ||
    byHash(graph, xStrong, yStrong) ||
    byHash(graph, xWeak, yWeak)
  );
}

const CLASS: Record<number, number> = { [DECIDED]: 0, [TOLD]: 1, [SEEN]: 2, [HEARD]: 3 };
const classOf = (graph: EvidenceGraph, edge: number) => CLASS[graph.kind[edge]!]!;

function endsOf(graph: EvidenceGraph, rules: CompiledRules, edge: number): [number, number] {
  const [a, b] = [graph.from[edge]!, graph.to[edge]!];
  const by = rules.priority[graph.type[a]!]! - rules.priority[graph.type[b]!]! || byHash(graph, a, b);
  return by <= 0 ? [a, b] : [b, a];
}

function byHash(graph: EvidenceGraph, a: number, b: number): number {
  return graph.high[a]! - graph.high[b]! || graph.low[a]! - graph.low[b]!;
}
