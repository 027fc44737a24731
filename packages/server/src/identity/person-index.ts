import { IDENTIFIER_TYPES, type Identifier, type IdentifierType } from '../collect/index.ts';
import { SECOND } from '../platform/clock.ts';
import { DECIDED, EvidenceGraph, grown, HEARD, NEW, SEEN, TOLD, UNCHANGED } from './evidence-graph.ts';
import { PERSON_AT_MOST } from './partition.ts';
import { type CompiledRules, RANK } from './rules.ts';
import { Zones } from './zones.ts';

/** Where identifiers were seen. */
export interface Origin {
  source: string;
  /** Empty for live sources. */
  importId: string;
  /** Anybody may say so, by a key that stands in a page: it counts as far as nothing that was told stands against it. */
  isHeard?: boolean;
}

/** What a batch of sightings changed; to be made durable before the batch's facts are. */
export interface Changes {
  /** Identifiers never seen before, or seen earlier than was known, with the person they are now. */
  links: {
    node: number;
    isNew: boolean;
    type: IdentifierType;
    value: string;
    hash: readonly [number, number];
    person: number;
    /** The person it was first known to be of. */
    first: number;
    /** The number that it holds for its person; 0 for most. */
    number: number;
    seconds: number;
    /** When others than pages told of it first; `NEVER` where they did not. */
    told: number;
  }[];
  evidence: { a: number; b: number; kind: number; seconds: number }[];
  /** A person's number that stands for another person now; the same number takes a merge back. */
  merges: { person: number; survivor: number }[];
  /** Identifiers whose facts, under whatever number they were stored (`was`), are those of a person. */
  splits: { node: number; person: number; was: readonly number[] }[];
  /** Identifiers that hold another number than before; 0 for none. */
  numbers: { node: number; number: number }[];
}

/** No changes yet. */
export const noChanges = (): Changes => ({ links: [], evidence: [], merges: [], splits: [], numbers: [] });

interface Split {
  person: number;
  was: number[];
}

const LIVE = 1;
const NONE: ReadonlySet<number> = new Set();
/** Identifiers worked out together: some of the largest people. */
const AT_ONCE = 5 * PERSON_AT_MOST;
/** Edges looked at in one settle for the sake of what follows for others; the rest is looked at with the next. */
const MOST_LOOKED = 50_000;

/**
 * Who is who in one workspace, in memory. A person is a set of identifiers, one of which holds the person's number; of
 * several numbers (after merges) the lowest counts. Which identifiers are one person follows from the evidence and the rules alone; what
 * changes is told as merges (the facts of a number are another's) and splits (the facts of an identifier are another's).
 */
export class PersonIndex {
  readonly graph = new EvidenceGraph();
  #zones: Zones;
  /** The person of each identifier; 0 before it has one. */
  #person = new Uint32Array(1024);
  /** The person each identifier was first known to be of. */
  #first = new Uint32Array(1024);
  /** Numbers under which facts may be stored. */
  #used = new Uint8Array(1024);
  /** The person's number that an identifier holds, 0 for most; and the other way round. */
  #numbers = new Uint32Array(1024);
  #holders = new Uint32Array(1024);
  #lastNumber = 0;
  readonly #splits = new Map<number, Split>();
  readonly #apart = new Map<number, Set<number>>();
  readonly #imports = new Map<string, number>([['', LIVE]]);
  #touched = new Set<number>();
  #newEdges: number[] = [];
  /** Edges between people of whom one changed: whether they still may not join is to be looked at. */
  #unsure = new Set<number>();
  #born: Changes['links'] = [];
  /** What was found half written when it was loaded. */
  #mended = noChanges();
  /** What was said of pairs since the last `settle`, by edge; what was heard by the edge's negative. */
  #said = new Map<number, Changes['evidence'][number]>();

  readonly #mostLooked: number;

  constructor(rules: CompiledRules, mostLooked = MOST_LOOKED) {
    this.#mostLooked = mostLooked;
    this.#zones = new Zones(this.graph, rules, this.#apart);
  }

  get rules(): CompiledRules {
    return this.#zones.rules;
  }
  get bytes(): number {
    const own = [this.#person, this.#first, this.#numbers, this.#holders, this.#used];
    return own.reduce((sum, of) => sum + of.byteLength, this.graph.bytes + this.#zones.bytes);
  }

  /** Notes identifiers seen together; answers their numbers, strongest first. What follows is known after `settle`. */
  see(identifiers: readonly Identifier[], time: number, origin: Origin, isOnePerson = false): number[] {
    const kind = origin.isHeard ? HEARD : isOnePerson ? TOLD : SEEN;
    const seconds = Math.min(Math.max(Math.floor(time / SECOND), 0), 0xffffffff);
    const nodes: number[] = [];
    for (const identifier of identifiers) {
      const { node, change } = this.graph.intern(identifier.type, identifier.value, seconds, origin.isHeard);
      if (change !== UNCHANGED) this.#noteLink(node, identifier, seconds, change);
      if (!nodes.includes(node)) nodes.push(node);
    }
    if (nodes.length < 2) return nodes;
    nodes.sort((a, b) => this.#byStrength(a, b));
    // The strongest speaks for all: that others were seen beside it says nothing about one another.
    for (let i = 1; i < nodes.length; i++) this.#noteEdge(nodes[0]!, nodes[i]!, kind, seconds, origin);
    return nodes;
  }

  #noteLink(node: number, { type, value }: Identifier, seconds: number, change: number): void {
    if (change === NEW) {
      this.#room(node);
      this.#zones.add(node);
    }
    this.#touched.add(node);
    const hash = this.graph.lastHash;
    const isNew = change === NEW;
    this.#born.push({ node, isNew, type, value, hash, person: 0, first: 0, number: 0, seconds, told: 0 });
  }

  #noteEdge(a: number, b: number, kind: number, seconds: number, origin: Origin): void {
    const { graph } = this;
    const zones = this.#zones;
    const isHeard = kind === HEARD;
    if (
      kind !== TOLD &&
      (zones.isFull(a, graph.type[b]!, isHeard) || zones.isFull(b, graph.type[a]!, isHeard))
    )
      return;
    const { edge, change } = graph.see(a, b, kind, seconds);
    if (change !== UNCHANGED) {
      this.#touched.add(a).add(b);
      if (change === NEW) this.#newEdges.push(edge);
    }
    const from = this.#import(origin.importId);
    const isKnown = from === LIVE ? graph.isNoted(edge, kind) : graph.origin[edge] === from;
    if (change === UNCHANGED && isKnown) return;
    if (from === LIVE) graph.note(edge, kind);
    else graph.origin[edge] = from;
    const key = isHeard ? -edge : edge;
    const said = this.#said.get(key);
    this.#said.set(key, {
      a,
      b,
      kind: Math.max(kind, said?.kind ?? 0),
      seconds: Math.min(seconds, said?.seconds ?? seconds),
    });
  }

  #import(id: string): number {
    let known = this.#imports.get(id);
    if (known === undefined) {
      known = (this.#imports.size % 65_000) + 1;
      this.#imports.set(id, known);
    }
    return known;
  }

  #byStrength(a: number, b: number): number {
    const { type, high, low } = this.graph;
    return type[a]! - type[b]! || high[a]! - high[b]! || low[a]! - low[b]!;
  }

  /**
   * Works out who is who after what was seen since the last time; answers what changed. Should more follow from it for
   * others than is done at once, `isBehind` says so, and every further `settle` does another piece.
   */
  settle(): Changes {
    const changes = noChanges();
    this.#lookAtEnds();
    if (this.#touched.size > 0 || this.#unsure.size > 0)
      this.#become([...this.#workOut(this.#touched, this.#unsure)], changes);
    const bornOf = new Map<number, Changes['links'][number]>();
    // The first time is the one at which it was new.
    for (const link of this.#born) if (!bornOf.has(link.node)) bornOf.set(link.node, link);
    for (const link of bornOf.values()) {
      if (this.#first[link.node] === 0) this.#first[link.node] = this.#person[link.node]!;
      changes.links.push({
        ...link,
        number: this.#numbers[link.node]!,
        person: this.#person[link.node]!,
        first: this.#first[link.node]!,
        seconds: this.graph.seen[link.node]!,
        told: this.graph.told[link.node]!,
      });
    }
    for (const said of this.#said.values()) changes.evidence.push(said);
    this.#touched = new Set();
    this.#newEdges = [];
    this.#born = [];
    this.#said = new Map();
    return changes;
  }

  /** Whether there is left to do for a further `settle`. */
  get isBehind(): boolean {
    return this.#unsure.size > 0;
  }

  /** Edges looked at so far to work out who is who: what it costs, whatever the machine. */
  get looked(): number {
    return this.#zones.looked;
  }

  #lookAtEnds(): void {
    const { from, to } = this.graph;
    const looked = new Set<number>();
    for (const edge of this.#newEdges)
      for (const end of [from[edge]!, to[edge]!]) {
        if (looked.has(end)) continue;
        looked.add(end);
        if (this.#zones.evaluate(end)) this.#touched.add(end);
      }
  }

  /**
   * The people around identifiers of which something changed. First those whose they were are worked out anew, as if there
   * were nobody else. Then every edge from them to others is tried: where both people stay what they are, it could not join,
   * else what follows for others is looked at in turn. When no edge is left to try, the people are those that a computation
   * from nothing gives: at each turn of it the identifiers joined so far are on both sides of an edge those that are joined
   * within these people, so that it is refused here and there alike.
   */
  #workOut(touched: Iterable<number>, unsure: Set<number>): Set<readonly number[]> {
    const zones = this.#zones;
    const { graph } = this;
    const partOf = new Map<number, readonly number[]>();
    const partAt = (node: number) => {
      const known = partOf.get(node);
      if (known) return known;
      const part = this.#nodesWith(node, partOf);
      for (const one of part) partOf.set(one, part);
      return part;
    };
    const queue = new Set<number>();
    const work = (region: ReadonlySet<number>, isAnew: boolean) => {
      for (const part of zones.among(region)) {
        const before = partOf.get(part[0]!)!;
        const isSame = before.length === part.length && part.every((node) => partOf.get(node) === before);
        if (isSame && !isAnew) continue;
        if (!isSame) for (const node of part) partOf.set(node, part);
        for (const node of part)
          for (let e = graph.first(node); e !== 0; e = graph.next(e, node)) {
            zones.looked += 1;
            if (!region.has(graph.other(e, node)) && zones.mayJoin(e)) queue.add(e);
          }
      }
    };

    let region = new Set<number>();
    for (const node of touched) for (const one of partAt(node)) region.add(one);
    work(region, true);
    for (const edge of unsure) queue.add(edge);
    unsure.clear();
    const until = zones.looked + this.#mostLooked;
    while (queue.size > 0 && zones.looked < until) {
      region = new Set();
      for (const edge of queue) {
        if (region.size >= AT_ONCE) break;
        queue.delete(edge);
        if (!zones.mayJoin(edge)) continue;
        const [a, b] = [partAt(graph.from[edge]!), partAt(graph.to[edge]!)];
        if (a === b) continue;
        for (const node of a) region.add(node);
        for (const node of b) region.add(node);
      }
      work(region, false);
    }
    for (const edge of queue) unsure.add(edge);
    return new Set(partOf.values());
  }

  /** All identifiers that are one person with one, but for those that are dealt with. */
  #nodesWith(node: number, dealtWith: { has(node: number): boolean }): number[] {
    const person = this.#person[node]!;
    const { graph } = this;
    const found = new Set([node]);
    if (person === 0) return [node];
    for (const one of found)
      for (let e = graph.first(one); e !== 0; e = graph.next(e, one)) {
        this.#zones.looked += 1;
        const other = graph.other(e, one);
        if (this.#person[other] === person && !graph.isVoid(e) && !dealtWith.has(other)) found.add(other);
      }
    return [...found];
  }

  /**
   * Makes parts people. Every identifier of every person that changes must be in one of the parts. A number keeps standing
   * for the person that holds the identifier of that number; where a person fell apart, facts that the numbers would tell
   * wrongly follow their identifiers.
   */
  #become(parts: readonly (readonly number[])[], changes: Changes): void {
    const broken = this.#brokenBy(parts);
    const numberOfPart = parts.map((part) => this.#lowestNumber(part));
    if (broken.size > 0) this.#keepNumbers(parts, numberOfPart, broken, changes);
    for (const [i, part] of parts.entries())
      if (numberOfPart[i] === 0) numberOfPart[i] = this.#newNumber(part, changes);
    const isNow = new Map<number, number>();
    const now = (node: number) => isNow.get(node) ?? this.#person[node]!;
    for (const [i, part] of parts.entries())
      for (const node of part) if (this.#person[node] !== numberOfPart[i]) isNow.set(node, numberOfPart[i]!);
    for (const [node, person] of isNow) {
      const number = this.#numberOf(node);
      if (this.#person[node] !== 0 && this.#used[number])
        changes.merges.push({ person: number, survivor: person });
    }
    for (const [was, { nodes, numbers }] of broken)
      for (const node of nodes) {
        if (this.#splits.has(node)) continue;
        if (numbers.some((number) => now(this.#holderOf(number)) !== now(node)))
          this.#split(node, now(node), [...new Set([was, ...numbers])], changes);
      }
    if (this.#splits.size > 0)
      for (const [node, person] of isNow) {
        const split = this.#splits.get(node);
        if (split && split.person !== person)
          this.#split(node, person, [...new Set([...split.was, split.person, this.#person[node]!])], changes);
      }
    for (const [node, person] of isNow) {
      this.#person[node] = person;
      this.#used[person] = 1;
    }
  }

  #split(node: number, person: number, was: number[], changes: Changes): void {
    this.#splits.set(node, { person, was });
    changes.splits.push({ node, person, was });
  }

  /** People whose identifiers are in more than one part now: their identifiers and the numbers that stood for them. */
  #brokenBy(parts: readonly (readonly number[])[]) {
    const inPart = new Map<number, number>();
    const broken = new Map<number, { nodes: number[]; numbers: number[]; parts: Set<number> }>();
    for (const [i, part] of parts.entries())
      for (const node of part) {
        const was = this.#person[node]!;
        if (was === 0) continue;
        const first = inPart.get(was);
        if (first === undefined) inPart.set(was, i);
        else if (first !== i && !broken.has(was))
          broken.set(was, { nodes: [], numbers: [], parts: new Set() });
      }
    if (broken.size === 0) return broken;
    for (const [i, part] of parts.entries())
      for (const node of part) {
        const of = broken.get(this.#person[node]!);
        if (!of) continue;
        of.nodes.push(node);
        of.parts.add(i);
        const number = this.#numberOf(node);
        if (this.#used[number]) of.numbers.push(number);
      }
    return broken;
  }

  /**
   * Where someone falls apart, their number goes to the strongest identifiers among them, unless those have a number of
   * their own: a shared tablet that leaves does not take the customer's number along.
   */
  #keepNumbers(
    parts: readonly (readonly number[])[],
    numberOfPart: number[],
    broken: ReadonlyMap<number, { parts: ReadonlySet<number> }>,
    changes: Changes,
  ): void {
    for (const [was, of] of broken) {
      const holder = this.#holderOf(was);
      const here = [...of.parts].find((i) => parts[i]!.includes(holder));
      if (here === undefined) continue;
      let best = here;
      for (const i of of.parts) if (this.#strongest(parts[i]!) < this.#strongest(parts[best]!)) best = i;
      if (best === here || numberOfPart[best] !== 0) continue;
      this.#give(holder, 0, changes);
      this.#give(this.#strongestOf(parts[best]!), was, changes);
      numberOfPart[here] = this.#lowestNumber(parts[here]!);
      numberOfPart[best] = was;
    }
  }

  #newNumber(part: readonly number[], changes: Changes): number {
    this.#lastNumber += 1;
    this.#give(this.#strongestOf(part), this.#lastNumber, changes);
    return this.#lastNumber;
  }

  #give(node: number, number: number, changes: Changes): void {
    this.loadNumber(node, number);
    // An identifier that is new tells its number with its row.
    if (this.#person[node] !== 0) changes.numbers.push({ node, number });
  }

  #strongestOf(part: readonly number[]): number {
    return part.reduce((best, node) => (this.#byStrength(node, best) < 0 ? node : best));
  }

  #strongest(part: readonly number[]): number {
    let best = 255;
    for (const node of part) best = Math.min(best, this.rules.priority[this.graph.type[node]!]!);
    return best;
  }

  #lowestNumber(part: readonly number[]): number {
    let lowest = 0;
    for (const node of part) {
      const number = this.#numberOf(node);
      if (number > 0 && (lowest === 0 || number < lowest)) lowest = number;
    }
    return lowest;
  }

  #numberOf(node: number): number {
    return this.#numbers[node]!;
  }
  #holderOf(number: number): number {
    return this.#holders[number] ?? 0;
  }

  #room(node: number): void {
    if (node < this.#person.length) return;
    const length = Math.max(this.#person.length + (this.#person.length >> 1), node + 1);
    this.#person = grown(this.#person, length);
    this.#first = grown(this.#first, length);
    this.#numbers = grown(this.#numbers, length);
  }

  /** Takes up a number that was given to someone once. */
  #know(number: number): void {
    this.#lastNumber = Math.max(this.#lastNumber, number);
    if (number < this.#holders.length) return;
    const length = Math.max(this.#holders.length + (this.#holders.length >> 1), number + 1);
    this.#holders = grown(this.#holders, length);
    this.#used = grown(this.#used, length);
  }

  /** The person of an identifier by its number; 0 for nobody. */
  personOf(node: number): number {
    return this.graph.has(node) ? this.#person[node]! : 0;
  }

  /** The identifier's number; 0 when it was never seen. */
  nodeOf({ type, value }: Identifier): number {
    return this.graph.find(type, value);
  }

  /** The person known by an identifier; 0 for nobody. */
  find(identifier: Identifier): number {
    return this.personOf(this.nodeOf(identifier));
  }

  /** The person a number stands for after all that happened; 0 for nobody. */
  whoIs(number: number): number {
    return this.personOf(this.#holderOf(number));
  }

  /**
   * Of identifiers seen together (strongest first), the one by which a fact belongs to someone; 0 for none. `isHeard`: it is
   * a page's fact, for which what pages say of an identifier counts as well.
   */
  anchorOf(nodes: readonly number[], isHeard = false): number {
    let anchor = 0;
    for (const node of nodes) {
      if (this.#zones.isAlone(node, isHeard)) continue;
      if (anchor === 0 || this.#priority(node) < this.#priority(anchor)) anchor = node;
    }
    return anchor || (nodes[0] ?? 0);
  }

  #priority(node: number): number {
    return this.rules.priority[this.graph.type[node]!]!;
  }

  /** Identifiers of a person, the numbers under which facts of theirs may be stored, and which of these are their own. */
  partsOf(person: number): { nodes: number[]; numbers: number[]; own: number[] } {
    const holder = this.#holderOf(person);
    if (person === 0 || this.personOf(holder) !== person) return { nodes: [], numbers: [], own: [] };
    const nodes = this.#nodesWith(holder, NONE);
    const own = [...new Set([person, ...nodes.map((n) => this.#numberOf(n)).filter((n) => this.#used[n])])];
    const was = nodes.flatMap((node) => this.#splits.get(node)?.was ?? []);
    return { nodes, numbers: [...new Set([...own, ...was])], own };
  }

  isShared(node: number): boolean {
    return this.#zones.isShared(node);
  }
  claims(node: number): number {
    return this.#zones.claims(node);
  }

  /** Why a person is one: the edges that joined them, in the order in which they did, and those that were refused. */
  reasons(person: number): { joins: number[]; refused: number[] } {
    const { nodes } = this.partsOf(person);
    if (nodes.length === 0) return { joins: [], refused: [] };
    const zones = this.#zones;
    const within = new Set(nodes);
    const joins: number[] = [];
    const refused = new Set<number>();
    const { graph } = this;
    for (const node of nodes)
      for (let e = graph.first(node); e !== 0 && refused.size < 200; e = graph.next(e, node)) {
        if (graph.isVoid(e)) continue;
        if (!within.has(graph.other(e, node))) refused.add(e);
        else if (graph.from[e] === node && zones.mayJoin(e)) joins.push(e);
      }
    return { joins, refused: [...refused] };
  }

  /** What parting two identifiers would make of the people of their zone. */
  partsIfApart(a: number, b: number): number[][] {
    const before = new Set(this.#apart.get(a));
    this.setApart(a, b, true);
    const parts = [...this.#workOut([a, b], new Set())];
    if (!before.has(b)) this.setApart(a, b, false);
    const person = this.#person[a];
    return parts
      .filter((part) => part.some((node) => this.#person[node] === person))
      .map((part) => [...part]);
  }

  /** The number a part of a person would have; 0 for a new one. */
  numberOfPart(part: readonly number[]): number {
    return this.#lowestNumber(part);
  }

  /** Notes that two identifiers are of different people, or no longer; takes effect with `settle`. */
  setApart(a: number, b: number, isApart: boolean): void {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const of = this.#apart.get(x) ?? new Set();
      if (isApart) of.add(y);
      else of.delete(y);
      if (of.size > 0) this.#apart.set(x, of);
      else this.#apart.delete(x);
      this.#touched.add(x);
    }
  }

  /** Identifiers said to be of other people than this one is. */
  apartFrom(node: number): number[] {
    return [...(this.#apart.get(node) ?? [])];
  }

  /** Notes that somebody decided that two identifiers are one person's. */
  setSame(a: number, b: number, seconds: number): void {
    const { edge, change } = this.graph.see(a, b, DECIDED, seconds);
    if (change === NEW) this.#newEdges.push(edge);
    this.#touched.add(a).add(b);
  }

  /** Takes such a decision back; `evidence` is what there is beside it, null for none. */
  unsetSame(a: number, b: number, evidence: { kind: number; seconds: number } | null): void {
    const edge = this.graph.edgeOf(a, b);
    if (edge === 0) return;
    this.graph.weaken(edge, evidence);
    if (evidence !== null) this.#newEdges.push(edge);
    this.#touched.add(a).add(b);
  }

  /** All people under other rules, zone by zone; yields now and then so that other work has its turn. */
  *underRules(
    rules: CompiledRules,
    isBlocked: (node: number) => boolean,
    take: (parts: readonly (readonly number[])[]) => void,
  ): Generator<number, void> {
    const zones = new Zones(this.graph, rules, this.#apart);
    const { last } = this.graph;
    for (const _ of zones.build(isBlocked)) yield 0;
    for (const { done, parts } of zones.everyone(last)) {
      take(parts);
      yield done;
    }
  }

  /** Lets other rules hold from now on; answers what that changes. Nothing may be seen in between. */
  *useRules(rules: CompiledRules, isBlocked: (node: number) => boolean): Generator<number, Changes> {
    const zones = new Zones(this.graph, rules, this.#apart);
    for (const _ of zones.build(isBlocked)) yield 0;
    const sizes = new Uint32Array(this.#lastNumber + 1);
    for (let node = 1; node <= this.graph.last; node++)
      if (this.graph.has(node)) sizes[this.#person[node]!]! += 1;
    const changed: (readonly number[])[] = [];
    for (const { done, parts } of zones.everyone(this.graph.last)) {
      for (const part of parts) {
        const person = this.#person[part[0]!]!;
        const isSame =
          person !== 0 &&
          sizes[person] === part.length &&
          part.every((node) => this.#person[node] === person);
        if (!isSame || this.#lowestNumber(part) !== person) changed.push(part);
      }
      yield done;
    }
    this.#zones = zones;
    this.#unsure.clear();
    const changes = this.#mended;
    this.#mended = noChanges();
    this.#become(changed, changes);
    return changes;
  }

  /** Numbers of identifiers and of people up to these are not given out again, whoever had them. */
  reserve({ anchor, person }: { anchor: number; person: number }): void {
    this.graph.reserve(anchor);
    this.#know(person);
  }

  /** Takes up an identifier that is durable already, with the person its row names and the number it holds. */
  load(link: {
    node: number;
    type: string;
    low: number;
    high: number;
    seconds: number;
    told: number;
    person: number;
    first: number;
    number: number;
  }): void {
    const rank = RANK.get(link.type);
    this.#room(link.node);
    this.#know(Math.max(link.person, link.number));
    this.#used[link.person] = 1;
    this.graph.reserve(link.node);
    if (rank === undefined) return;
    this.graph.add(link.node, rank, link.low, link.high, link.seconds, link.told);
    this.#person[link.node] = link.person;
    this.#first[link.node] = link.first;
    if (link.number > 0) this.loadNumber(link.node, link.number);
  }

  loadNumber(node: number, number: number): void {
    this.#room(node);
    this.#know(number);
    const before = this.#numbers[node]!;
    if (this.#holders[before] === node) this.#holders[before] = 0;
    // One that was given away is held no longer, whatever a row says.
    const held = this.#holderOf(number);
    if (number > 0 && held !== 0) this.#numbers[held] = 0;
    this.#numbers[node] = number;
    if (number > 0) this.#holders[number] = node;
  }

  /** Takes up a pair that is durable already, by the strongest word; `noted` says who else is written down. */
  loadEdge(edge: { a: number; b: number; kind: number; seconds: number; noted: number }): void {
    if (!this.graph.has(edge.a) || !this.graph.has(edge.b)) return;
    const made = this.graph.addEdge(edge.a, edge.b, edge.kind, edge.seconds);
    this.graph.noted[made] = edge.noted;
  }

  loadSplit(node: number, split: Split): void {
    this.#know(Math.max(split.person, ...split.was));
    this.#used[split.person] = 1;
    for (const number of split.was) this.#used[number] = 1;
    if (this.graph.has(node)) this.#splits.set(node, split);
  }

  /** After everything is loaded: who each identifier is by the rows (`survivors` of numbers); then `useRules` follows. */
  loadPeople(survivors: ReadonlyMap<number, number>): void {
    for (const [number, survivor] of survivors) {
      this.#know(Math.max(number, survivor));
      this.#used[number] = 1;
      this.#used[survivor] = 1;
    }
    for (let node = 1; node <= this.graph.last; node++) {
      if (!this.graph.has(node)) continue;
      const split = this.#splits.get(node);
      const number = this.#person[node]!;
      const person = split ? split.person : (survivors.get(number) ?? number);
      if (!split && this.#holderOf(number) === 0) this.#adopt(node, number, person);
      this.#person[node] = person;
    }
  }

  /**
   * The number under which an identifier is stored has nobody to tell of it: who held it went with an import, or was not
   * written down any more. The identifier holds it from now on, or is told of by itself where it holds one of its own.
   */
  #adopt(node: number, number: number, person: number): void {
    if (this.#numberOf(node) === 0) this.#give(node, number, this.#mended);
    else this.#split(node, person, [number], this.#mended);
  }

  /** Splits that the stored facts follow by themselves now. */
  forgetSplits(folded: Iterable<{ node: number; person: number }>): void {
    for (const { node, person } of folded)
      if (this.#splits.get(node)?.person === person) this.#splits.delete(node);
  }

  get splits(): number {
    return this.#splits.size;
  }

  /** How many people, identifiers and refused pairs there are, by type where that is meant. */
  count() {
    const { graph } = this;
    const types = IDENTIFIER_TYPES.map((type) => ({ type, identifiers: 0, shared: 0, refused: 0 }));
    const people = new Uint8Array(this.#lastNumber + 1);
    let peopleCount = 0;
    for (let node = 1; node <= graph.last; node++) {
      if (!graph.has(node)) continue;
      const of = types[graph.type[node]!]!;
      of.identifiers += 1;
      if (this.#zones.isShared(node)) of.shared += 1;
      const person = this.#person[node]!;
      if (people[person] === 0) peopleCount += 1;
      people[person] = 1;
    }
    for (let edge = 1; edge <= graph.edges; edge++) {
      const [a, b] = [graph.from[edge]!, graph.to[edge]!];
      if (graph.isVoid(edge) || this.#person[a] === this.#person[b]) continue;
      types[Math.max(graph.type[a]!, graph.type[b]!)]!.refused += 1;
    }
    return { people: peopleCount, identifiers: graph.size, types };
  }

  /** Shared identifiers, most claimed first. */
  shared(): { node: number; claims: number }[] {
    const found: { node: number; claims: number }[] = [];
    for (let node = 1; node <= this.graph.last; node++)
      if (this.graph.has(node) && this.#zones.isShared(node)) found.push({ node, claims: this.claims(node) });
    return found.sort((a, b) => b.claims - a.claims || a.node - b.node);
  }

  /** Every identifier with its person, for tests and counts. */
  *everyone(): Generator<{ node: number; person: number }> {
    for (let node = 1; node <= this.graph.last; node++)
      if (this.graph.has(node)) yield { node, person: this.#person[node]! };
  }
}
