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
  /** What of it only pages said, which anybody can say; all of it where only they know of the person. */
  heard?: { person: boolean; phone: boolean; email: boolean };
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
  /** It rests on what only pages said. */
  isHeard: boolean;
}

/** People who share a key, at most; where more do, it tells nothing and is skipped. */
export const BLOCK_AT_MOST = 60;
const PROPOSE_FROM = 0.5;
/** Pairs that are kept, of those found the most probable. */
const KEPT_AT_MOST = 15_000;
/** Of them those that rest on what only pages said, at most: anybody can make up any number of them. */
const HEARD_SHARE = 0.2;
/** Someone of whom only pages know, and whose phone or e-mail only they told. */
const [HEARD_PERSON, HEARD_PHONE, HEARD_EMAIL] = [1, 2, 4];
/** From how many on who share a phone or e-mail that only pages told it says nothing: 1 for two of them, then less. */
const HEARD_SHARED_BY = 9;
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
/** Prepared, with what of it was only heard. */
type Placed = Prepared & { heard: number };
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
  #heard = new Uint8Array(1024);
  #people = 0;
  #told = 0;
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
      this.#heard = grown(this.#heard, i * 2) as Uint8Array<ArrayBuffer>;
      for (const part of PARTS)
        this.#columns[part] = grown(this.#columns[part], i * 2) as Uint32Array<ArrayBuffer>;
    }
    const p = prepared(portrait);
    this.#person[i] = p.person;
    const heard =
      (portrait.heard?.person ? HEARD_PERSON : 0) |
      (portrait.heard?.phone ? HEARD_PHONE : 0) |
      (portrait.heard?.email ? HEARD_EMAIL : 0);
    this.#heard[i] = heard;
    if ((heard & HEARD_PERSON) === 0) this.#told += 1;
    const isHeard = (part: Part) =>
      (heard & HEARD_PERSON) !== 0 ||
      (part === 'digits' && (heard & HEARD_PHONE) !== 0) ||
      ((part === 'local' || part === 'domain') && (heard & HEARD_EMAIL) !== 0);
    for (const part of PARTS) this.#columns[part][i] = this.#pools[part].add(p[part], !isHeard(part));
  }

  #at(i: number): Placed {
    const text = (part: Part) => this.#pools[part].text(this.#columns[part][i]!);
    return {
      person: this.#person[i]!,
      heard: this.#heard[i]!,
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
  #shares(part: Part, isTold: boolean): (i: number) => number {
    const [pool, column] = [this.#pools[part], this.#columns[part]];
    // The pair itself is left out, and few values known are no proof that there are few.
    return (i) => Math.max(pool.count(column[i]!, isTold) - 1, 1) / (pool.given(isTold) + 20);
  }

  /** Judges pairs by what was told (`isTold`), or by all. */
  #scorer(isTold: boolean) {
    return scorer(isTold ? this.#told : this.#people, {
      name: this.#shares('nameSorted', isTold),
      birthday: this.#shares('birthday', isTold),
      city: this.#shares('cityKey', isTold),
      local: this.#shares('local', isTold),
      address: this.#shares('addressKey', isTold),
    });
  }

  /**
   * Judges pairs: by what was told, in which nothing that pages say has a say, else by all. Of what many share as pages say
   * it is no proof: whoever makes up people gives them one phone.
   */
  #judge(): (one: Placed, other: Placed, i: number) => Omit<Candidate, 'a' | 'b'> {
    const [byTold, byAll] = [this.#scorer(true), this.#scorer(false)];
    return (one, other, i) => {
      const heard = one.heard | other.heard;
      const told = (heard & HEARD_PERSON) === 0 ? byTold(toldOf(one), toldOf(other), i) : null;
      if (heard === 0 || (told && told.score >= PROPOSE_FROM)) return { ...told!, isHeard: false };
      const sharing = (part: Part) => this.#pools[part].count(this.#columns[part][i]!);
      const worn = {
        phone: wornBy(sharing('digits')),
        // As often as both parts of it occur, at most.
        email: wornBy(Math.min(sharing('local'), sharing('domain'))),
      };
      const all = byAll(one, other, i, worn);
      return { ...all, reasons: [...all.reasons, { reason: 'heard', weight: 0 }], isHeard: true };
    };
  }

  /** Looks for pairs; yields how far it is every few hundred pairs or people. */
  *find(): Generator<number, { candidates: Candidate[]; skippedBlocks: number }> {
    const judge = this.#judge();
    let candidates: (Candidate & { pair: number })[] = [];
    const found = new Set<number>();
    let skippedBlocks = 0;
    const keep = () => {
      candidates.sort(
        (x, y) => Number(x.isHeard) - Number(y.isHeard) || y.score - x.score || x.a - y.a || x.b - y.b,
      );
      candidates = withinShares(candidates, this.#keptAtMost);
      found.clear();
      for (const { pair } of candidates) found.add(pair);
    };
    let turn = this.looked;
    for (const [kind, keysOf] of KEYS.entries())
      for (const step of this.#blocks(keysOf)) {
        const done = (kind + step.done) / KEYS.length;
        if (step.isCut) skippedBlocks += 1;
        if (step.block.length <= BLOCK_AT_MOST) {
          const block = step.block.map((i) => ({ i, p: this.#at(i) }));
          for (let x = 0; x < block.length; x++)
            for (let y = x + 1; y < block.length; y++) {
              const [one, other] = [block[x]!, block[y]!];
              if (one.i === other.i) continue;
              this.looked += 1;
              const judged = judge(one.p, other.p, one.i);
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

  /**
   * Those who share a key of a kind, key by key; an empty block now and then between. One more than too many is enough; where
   * those of whom only pages know make too many, the others are looked at without them (`isCut`).
   */
  *#blocks(
    keysOf: (p: Prepared) => readonly string[],
  ): Generator<{ done: number; block: number[]; isCut: boolean }> {
    const places = this.#people * KEYS_OF_A_KIND;
    const keys = new Float64Array(places);
    const shelves = 2 ** Math.ceil(Math.log2(Math.max(1, places / 256)));
    const starts = new Uint32Array(shelves + 1);
    const shelfOf = (key: number) => key % shelves;
    const hash = new Uint32Array(2);
    const none = (done: number) => ({ done, block: [], isCut: false });
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
    const blocks = new Map<number, { told: number[]; heard: number[] }>();
    for (let shelf = 0; shelf < shelves; shelf++) {
      for (let at = starts[shelf]!; at < starts[shelf + 1]!; at++) {
        const key = keys[onShelf[at]!]!;
        const i = Math.floor(onShelf[at]! / KEYS_OF_A_KIND);
        const block = blocks.get(key) ?? { told: [], heard: [] };
        blocks.set(key, block);
        const of = (this.#heard[i]! & HEARD_PERSON) === 0 ? block.told : block.heard;
        if (of.length <= BLOCK_AT_MOST) of.push(i);
        this.looked += 1;
        if (at % 100 === 0) yield none(0.3);
      }
      for (const { told, heard } of blocks.values()) {
        const isCut = told.length + heard.length > BLOCK_AT_MOST;
        const block = isCut ? told : [...told, ...heard].sort((x, y) => x - y);
        if (block.length > 1 || isCut) yield { done: 0.3 + (0.7 * shelf) / shelves, block, isCut };
      }
      blocks.clear();
    }
  }
}

/** Someone without what only pages told of them. */
function toldOf(p: Placed): Prepared {
  if (p.heard === 0) return p;
  const phone = (p.heard & HEARD_PHONE) === 0 ? {} : { digits: '' };
  const email = (p.heard & HEARD_EMAIL) === 0 ? {} : { local: '', domain: '' };
  return { ...p, ...phone, ...email };
}

/** How much of its weight a value keeps that so many share. */
const wornBy = (people: number) =>
  Math.max(0, 1 - Math.log2(Math.max(people - 1, 1)) / Math.log2(HEARD_SHARED_BY - 1));

/** Of candidates in their order the first, and of those that were only heard no more than their share of `most`. */
export function withinShares<C extends { isHeard: boolean }>(candidates: readonly C[], most: number): C[] {
  let heard = 0;
  const kept: C[] = [];
  for (const candidate of candidates) {
    if (kept.length === most) break;
    if (candidate.isHeard && ++heard > Math.ceil(most * HEARD_SHARE)) continue;
    kept.push(candidate);
  }
  return kept;
}

/** Judges pairs among so many people; `share` says how often what one of them has occurs. */
function scorer(
  people: number,
  share: Record<'name' | 'birthday' | 'city' | 'local' | 'address', (i: number) => number>,
) {
  const prior = Math.log2(TWINS / Math.max(people, 2));
  const agree = (often: number, by: number) => Math.log2(often / by);
  return (
    a: Prepared,
    b: Prepared,
    i: number,
    worn = { phone: 1, email: 1 },
  ): { score: number; reasons: Reason[] } => {
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
      if (a.digits === b.digits || a.digits.slice(-10) === b.digits.slice(-10)) add('phone', 12 * worn.phone);
      else if (a.digits.length >= 8 && isOneSlip(a.digits, b.digits)) add('phoneTypo', 9 * worn.phone);
    }
    if (a.local && b.local) {
      if (a.local === b.local && a.domain === b.domain) add('email', 14 * worn.email);
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
