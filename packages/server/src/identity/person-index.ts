import { IDENTIFIER_TYPES, type Identifier, type IdentifierType } from '../collect/index.ts';
import { Hash64Map, hash64 } from '../platform/hash64.ts';

/**
 * How many identifiers of a type one person may have. A login is one person's: two people who share a tablet or a
 * family phone have two logins, so they never fuse. Beyond a limit the weaker evidence yields.
 */
export const LIMITS: Record<IdentifierType, number> = {
  user: 1,
  member_card: 3,
  unionid: 1,
  phone: 4,
  email: 5,
  openid: 10,
  device: 20,
  anonymous: 250,
};

const TYPES = IDENTIFIER_TYPES.length;
const RANK = new Map<string, number>(IDENTIFIER_TYPES.map((t, i) => [t, i]));

/** What a batch of resolutions changed; to be made durable before the batch's facts are. */
export interface Changes {
  links: { type: IdentifierType; value: string; personId: number }[];
  /** The person merged away and who it was merged into, at the root. */
  merges: { personId: number; survivorId: number; reason: string }[];
}

/**
 * Who is known by which identifier in one workspace, in memory. People are numbers from 1; a merged person's number
 * lives on as an alias of its survivor, always the lower number, so that the order of merges does not matter.
 */
export class PersonIndex {
  readonly #personOf = new Hash64Map(4096);
  /** Merged persons to the person they were merged into (one step; roots are found by following). */
  readonly #mergedInto = new Map<number, number>();
  readonly #members = new Map<number, number[]>();
  /** Number of identifiers by type, TYPES places a person. */
  #counts = new Uint8Array(TYPES * 1024);
  #last: number;
  readonly #hash = new Uint32Array(2);

  constructor(lastPerson: number) {
    this.#last = lastPerson;
  }

  get lastPerson(): number {
    return this.#last;
  }

  /** Takes up what is durable already. */
  load(link: { type: string; value: string; personId: number }): void {
    const rank = RANK.get(link.type);
    if (rank === undefined) return;
    this.#put(link.type, link.value, link.personId);
    this.#count(this.rootOf(link.personId), rank, 1);
  }

  /** Takes up a merge that is durable already; merges come before links. */
  loadMerge(personId: number, survivorId: number): void {
    this.#mergedInto.set(personId, survivorId);
    this.#members.set(survivorId, [...(this.#members.get(survivorId) ?? []), personId]);
  }

  /** The person a number stands for after merges. */
  rootOf(personId: number): number {
    let at = personId;
    for (let next = this.#mergedInto.get(at); next !== undefined; next = this.#mergedInto.get(at)) at = next;
    return at;
  }

  /** The person known by an identifier; 0 for nobody. */
  find(identifier: Identifier): number {
    hash64(`${identifier.type}\n${identifier.value}`, this.#hash);
    const person = this.#personOf.get(this.#hash[0]!, this.#hash[1]!);
    return person === 0 ? 0 : this.rootOf(person);
  }

  /**
   * The person that identifiers seen together stand for; 0 when there are none. The strongest identifier decides; the
   * others join when no limit forbids it, and stay with whom they were when one does. Where someone says that they are
   * one person's (an alias), no limit stands against it.
   */
  resolve(identifiers: readonly Identifier[], changes: Changes, areOnePerson = false): number {
    if (identifiers.length === 0) return 0;
    const sorted = [...identifiers].sort((a, b) => RANK.get(a.type)! - RANK.get(b.type)!);
    let person = this.#anchor(sorted);
    for (const identifier of sorted) {
      const other = this.find(identifier);
      if (other === 0) this.#link(identifier, person, changes, areOnePerson);
      else if (other !== person && (areOnePerson || this.#mayMerge(person, other)))
        person = this.#merge(person, other, identifier, changes);
    }
    return person;
  }

  /** The person the strongest identifiers point to, or a new one. */
  #anchor(sorted: readonly Identifier[]): number {
    for (const [i, identifier] of sorted.entries()) {
      const person = this.find(identifier);
      if (
        person !== 0 &&
        sorted.slice(0, i).every((stronger) => this.#hasRoom(person, RANK.get(stronger.type)!, 1))
      )
        return person;
      if (person !== 0 && i === 0) return person;
    }
    this.#last += 1;
    return this.#last;
  }

  #link(identifier: Identifier, person: number, changes: Changes, isBeyondLimits: boolean): void {
    const rank = RANK.get(identifier.type)!;
    if (!isBeyondLimits && !this.#hasRoom(person, rank, 1)) return;
    this.#put(identifier.type, identifier.value, person);
    this.#count(person, rank, 1);
    changes.links.push({ ...identifier, personId: person });
  }

  #mayMerge(a: number, b: number): boolean {
    for (let rank = 0; rank < TYPES; rank++)
      if (!this.#hasRoom(a, rank, this.#counts[b * TYPES + rank] ?? 0)) return false;
    return true;
  }

  #merge(a: number, b: number, by: Identifier, changes: Changes): number {
    const survivor = Math.min(a, b);
    const gone = Math.max(a, b);
    this.#mergedInto.set(gone, survivor);
    for (let rank = 0; rank < TYPES; rank++)
      this.#count(survivor, rank, this.#counts[gone * TYPES + rank] ?? 0);
    // Whoever was merged into the one that goes now is moved on to the root: overrides stay one step deep.
    const moved = [gone, ...(this.#members.get(gone) ?? [])];
    this.#members.delete(gone);
    this.#members.set(survivor, [...(this.#members.get(survivor) ?? []), ...moved]);
    for (const personId of moved) {
      this.#mergedInto.set(personId, survivor);
      changes.merges.push({ personId, survivorId: survivor, reason: by.type });
    }
    return survivor;
  }

  #hasRoom(person: number, rank: number, more: number): boolean {
    if (more === 0) return true;
    return (this.#counts[person * TYPES + rank] ?? 0) + more <= LIMITS[IDENTIFIER_TYPES[rank]!];
  }

  #count(person: number, rank: number, more: number): void {
    if (more === 0) return;
    const at = person * TYPES + rank;
    if (at >= this.#counts.length) {
      const bigger = new Uint8Array(Math.max(this.#counts.length * 2, at + TYPES));
      bigger.set(this.#counts);
      this.#counts = bigger;
    }
    this.#counts[at] = Math.min(255, this.#counts[at]! + more);
  }

  #put(type: string, value: string, person: number): void {
    hash64(`${type}\n${value}`, this.#hash);
    this.#personOf.set(this.#hash[0]!, this.#hash[1]!, person);
  }
}
