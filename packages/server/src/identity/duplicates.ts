import type { DuplicateReason } from '@qianmian/contract';
import { hash64 } from '../platform/hash64.ts';
import { grown } from './evidence-graph.ts';
import { StringPool } from './string-pool.ts';

/** What of a person is compared. Empty where it is not known. */
export interface Portrait {
  person: number;
  name: string;
  phone: string;
  email: string;
  birthday: string;
  gender: string;
  city: string;
  address: string;
}

export interface Reason {
  reason: DuplicateReason;
  /** Bits of evidence for (above 0) or against that they are one. */
  weight: number;
}

export interface Candidate {
  a: number;
  b: number;
  /** Chance that they are one. */
  score: number;
  reasons: Reason[];
}

/** People who share a key, at most; where more do, it tells nothing and is skipped. */
export const BLOCK_AT_MOST = 60;
const PROPOSE_FROM = 0.5;
/** Pairs that are kept, of those found the most probable. */
const KEPT_AT_MOST = 15_000;
/** Pairs or people looked at between two turns of others. */
const A_TURN = 500;
/** Of all people one in ten is thought to have a twin. */
const TWINS = 0.1;

interface Prepared {
  person: number;
  nameKey: string;
  nameSorted: string;
  birthday: string;
  gender: string;
  digits: string;
  local: string;
  domain: string;
  cityKey: string;
  addressKey: string;
}
type Part = Exclude<keyof Prepared, 'person'>;
const PARTS: readonly Part[] = [
  ...(['nameKey', 'nameSorted', 'birthday', 'gender', 'digits'] as const),
  ...(['local', 'domain', 'cityKey', 'addressKey'] as const),
];

/** One form of a text whatever its width, case and spaces. */
const folded = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.,'’·・-]+/g, ' ')
    .trim();

/** Someone in the forms that are compared. */
export function prepared(p: Portrait): Prepared {
  const nameKey = folded(p.name);
  const [local = '', domain = ''] = folded(p.email.replaceAll('.', '\u0001'))
    .replaceAll('\u0001', '.')
    .split('@');
  return {
    person: p.person,
    birthday: p.birthday,
    gender: p.gender,
    // Chinese names are written with and without a space.
    nameKey: /\p{Script=Han}/u.test(nameKey) ? nameKey.replaceAll(' ', '') : nameKey,
    nameSorted: nameKey.split(' ').sort().join(' '),
    digits: p.phone.replace(/\D/g, ''),
    local: local.split('+')[0]!,
    domain,
    cityKey: folded(p.city),
    addressKey: folded(p.address).replaceAll(' ', ''),
  };
}

/** Keys under which two who are one would meet, whatever single slip parts them: kind by kind, at most two of a kind. */
export const KEYS: ((p: Prepared) => readonly string[])[] = [
  (p) => (p.digits.length >= 8 ? [p.digits.slice(-8)] : []),
  (p) => (p.digits.length >= 8 ? [p.digits.slice(0, -2)] : []),
  (p) => (p.digits.length >= 8 ? [[...p.digits].sort().join('')] : []),
  (p) => (p.local.length >= 5 ? [p.local, p.local.slice(1)] : []),
  (p) => (p.local.length >= 5 ? [p.local.slice(0, -1)] : []),
  (p) => (p.nameSorted && p.birthday ? [`${p.birthday} ${p.nameSorted.replaceAll(' ', '')}`] : []),
  (p) => (p.nameSorted && p.addressKey ? [`${p.addressKey} ${p.nameSorted}`] : []),
  (p) => (p.nameSorted && p.cityKey ? [`${p.cityKey} ${p.nameSorted}`] : []),
  (p) => (p.birthday && p.addressKey ? [`${p.birthday} ${p.addressKey}`] : []),
];
const KEYS_OF_A_KIND = 2;

/**
 * Pairs of people who are probably one, most probable first, with reasons. Every attribute gives bits of evidence: the
 * logarithm of how much more often it agrees (or differs) between records of one person than between two people drawn at
 * random. I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969), eq. 14; agreement on a rare value
 * weighs more, as in their section 3.3.2. Pairs are looked for among people who share a key; keys that too many share are
 * skipped and counted. What is the same for many is held once, and one kind of key at a time.
 */
export class DuplicateSearch {
  readonly #pools = Object.fromEntries(PARTS.map((part) => [part, new StringPool()])) as Record<
    Part,
    StringPool
  >;
  readonly #columns = Object.fromEntries(PARTS.map((part) => [part, new Uint32Array(1024)])) as Record<
    Part,
    Uint32Array<ArrayBuffer>
  >;
  #person = new Uint32Array(1024);
  #people = 0;
  readonly #keptAtMost: number;
  /** Pairs and people looked at so far. */
  looked = 0;

  constructor(keptAtMost = KEPT_AT_MOST) {
    this.#keptAtMost = keptAtMost;
  }

  /** Takes someone up. */
  add(portrait: Portrait): void {
    const i = this.#people++;
    if (i >= this.#person.length) {
      this.#person = grown(this.#person, i * 2) as Uint32Array<ArrayBuffer>;
      for (const part of PARTS)
        this.#columns[part] = grown(this.#columns[part], i * 2) as Uint32Array<ArrayBuffer>;
    }
    const p = prepared(portrait);
    this.#person[i] = p.person;
    for (const part of PARTS) this.#columns[part][i] = this.#pools[part].add(p[part]);
  }

  #at(i: number): Prepared {
    const text = (part: Part) => this.#pools[part].text(this.#columns[part][i]!);
    return {
      person: this.#person[i]!,
      nameKey: text('nameKey'),
      nameSorted: text('nameSorted'),
      birthday: text('birthday'),
      gender: text('gender'),
      digits: text('digits'),
      local: text('local'),
      domain: text('domain'),
      cityKey: text('cityKey'),
      addressKey: text('addressKey'),
    };
  }

  /** How often values occur: what is rare says more when it is the same. */
  #shares(part: Part): (i: number) => number {
    const [pool, column] = [this.#pools[part], this.#columns[part]];
    // The pair itself is left out, and few values known are no proof that there are few.
    return (i) => Math.max(pool.count(column[i]!) - 1, 1) / (pool.given + 20);
  }

  /** Looks for pairs; yields how far it is every few hundred pairs or people. */
  *find(): Generator<number, { candidates: Candidate[]; skippedBlocks: number }> {
    const score = scorer(this.#people, {
      name: this.#shares('nameSorted'),
      birthday: this.#shares('birthday'),
      city: this.#shares('cityKey'),
      local: this.#shares('local'),
      address: this.#shares('addressKey'),
    });
    let candidates: (Candidate & { pair: number })[] = [];
    const found = new Set<number>();
    let skippedBlocks = 0;
    const keep = () => {
      candidates.sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
      candidates = candidates.slice(0, this.#keptAtMost);
      found.clear();
      for (const { pair } of candidates) found.add(pair);
    };
    let turn = this.looked;
    for (const [kind, keysOf] of KEYS.entries())
      for (const step of this.#blocks(keysOf)) {
        const done = (kind + step.done) / KEYS.length;
        if (step.block.length > BLOCK_AT_MOST) skippedBlocks += 1;
        else {
          const block = step.block.map((i) => ({ i, p: this.#at(i) }));
          for (let x = 0; x < block.length; x++)
            for (let y = x + 1; y < block.length; y++) {
              const [one, other] = [block[x]!, block[y]!];
              if (one.i === other.i) continue;
              this.looked += 1;
              const judged = score(one.p, other.p, one.i);
              const pair = one.i * this.#people + other.i;
              if (judged.score >= PROPOSE_FROM && !found.has(pair)) {
                found.add(pair);
                candidates.push({ a: one.p.person, b: other.p.person, ...judged, pair });
                if (candidates.length >= 2 * this.#keptAtMost) keep();
              }
              if (this.looked - turn >= A_TURN) {
                turn = this.looked;
                yield done;
              }
            }
        }
        if (this.looked - turn >= A_TURN) {
          turn = this.looked;
          yield done;
        }
      }
    keep();
    return { candidates: candidates.map(({ pair, ...candidate }) => candidate), skippedBlocks };
  }

  /** Those who share a key of a kind, key by key; an empty block now and then between. One more than too many is enough. */
  *#blocks(keysOf: (p: Prepared) => readonly string[]): Generator<{ done: number; block: number[] }> {
    const places = this.#people * KEYS_OF_A_KIND;
    const keys = new Float64Array(places);
    const shelves = 2 ** Math.ceil(Math.log2(Math.max(1, places / 256)));
    const starts = new Uint32Array(shelves + 1);
    const shelfOf = (key: number) => key % shelves;
    const hash = new Uint32Array(2);
    const none = (done: number) => ({ done, block: [] });
    for (let i = 0; i < this.#people; i++) {
      let place = i * KEYS_OF_A_KIND;
      for (const key of keysOf(this.#at(i))) {
        hash64(key, hash);
        // 53 bits of it; 0 stands for no key.
        keys[place] = hash[0]! * 2 ** 21 + (hash[1]! >>> 11) + 1;
        starts[shelfOf(keys[place]!) + 1]! += 1;
        place += 1;
      }
      this.looked += 1;
      if (i % 100 === 0) yield none((0.3 * i) / this.#people);
    }
    for (let shelf = 0; shelf < shelves; shelf++) starts[shelf + 1]! += starts[shelf]!;
    const next = starts.slice(0, shelves);
    const onShelf = new Uint32Array(starts[shelves]!);
    for (let place = 0; place < places; place++) {
      const key = keys[place]!;
      if (key !== 0) onShelf[next[shelfOf(key)]!++] = place;
      if (place % 1000 === 0) {
        this.looked += 100;
        yield none(0.3);
      }
    }
    const blocks = new Map<number, number[]>();
    for (let shelf = 0; shelf < shelves; shelf++) {
      for (let at = starts[shelf]!; at < starts[shelf + 1]!; at++) {
        const key = keys[onShelf[at]!]!;
        const i = Math.floor(onShelf[at]! / KEYS_OF_A_KIND);
        const block = blocks.get(key);
        if (!block) blocks.set(key, [i]);
        else if (block.length <= BLOCK_AT_MOST) block.push(i);
        this.looked += 1;
        if (at % 100 === 0) yield none(0.3);
      }
      for (const block of blocks.values())
        if (block.length > 1) yield { done: 0.3 + (0.7 * shelf) / shelves, block };
      blocks.clear();
    }
  }
}

/** Judges pairs among so many people; `share` says how often what one of them has occurs. */
function scorer(
  people: number,
  share: Record<'name' | 'birthday' | 'city' | 'local' | 'address', (i: number) => number>,
) {
  const prior = Math.log2(TWINS / Math.max(people, 2));
  const agree = (often: number, by: number) => Math.log2(often / by);
  return (a: Prepared, b: Prepared, i: number): { score: number; reasons: Reason[] } => {
    const reasons: Reason[] = [];
    const add = (reason: DuplicateReason, weight: number) =>
      reasons.push({ reason, weight: Math.round(weight * 10) / 10 });
    if (a.nameKey && b.nameKey) {
      if (a.nameSorted === b.nameSorted || a.nameKey === b.nameKey) add('name', agree(0.9, share.name(i)));
      else if (isNearName(a.nameKey, b.nameKey)) add('nameAlike', agree(0.9, share.name(i)) / 2);
      else add('namesDiffer', -4);
    }
    if (a.birthday && b.birthday) {
      if (a.birthday === b.birthday) add('birthday', agree(0.95, share.birthday(i)));
      else if (isNearDate(a.birthday, b.birthday)) add('birthdayAlike', 5);
      else add('birthdaysDiffer', -5);
    }
    if (a.digits && b.digits) {
      if (a.digits === b.digits || a.digits.slice(-10) === b.digits.slice(-10)) add('phone', 12);
      else if (a.digits.length >= 8 && isOneSlip(a.digits, b.digits)) add('phoneTypo', 9);
    }
    if (a.local && b.local) {
      if (a.local === b.local && a.domain === b.domain) add('email', 14);
      else if (a.local === b.local)
        add(isOneSlip(a.domain, b.domain) ? 'emailTypo' : 'emailLocal', agree(0.6, share.local(i)));
      else if (a.local.length >= 6 && a.domain === b.domain && isOneSlip(a.local, b.local))
        add('emailTypo', 8);
    }
    if (a.cityKey && b.cityKey) {
      if (a.cityKey === b.cityKey) add('city', agree(0.8, share.city(i)));
      else add('citiesDiffer', -1.5);
    }
    if (a.addressKey && a.addressKey === b.addressKey) add('address', agree(0.7, share.address(i)));
    if (a.gender && b.gender) {
      if (a.gender === b.gender) add('gender', 0.9);
      else add('gendersDiffer', -5);
    }
    const bits = prior + reasons.reduce((sum, r) => sum + r.weight, 0);
    reasons.sort((x, y) => y.weight - x.weight);
    return { score: 1 / (1 + 2 ** -bits), reasons };
  };
}

/** Whether two texts differ by one sign left out, put in, changed, or two neighbours swapped. */
export function isOneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const [leftA, leftB] = [a.slice(from, endA), b.slice(from, endB)];
  if (leftA.length <= 1 && leftB.length <= 1) return true;
  return leftA.length === 2 && leftB.length === 2 && leftA[0] === leftB[1] && leftA[1] === leftB[0];
}

/** One slip in a name long enough that a slip is likelier than another name. */
function isNearName(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 5 && isOneSlip(a, b);
}

/** Day and month swapped, or one sign mistyped. */
function isNearDate(a: string, b: string): boolean {
  const [yearA, monthA, dayA] = a.split('-');
  const [yearB, monthB, dayB] = b.split('-');
  return (yearA === yearB && monthA === dayB && dayA === monthB) || isOneSlip(a, b);
}
