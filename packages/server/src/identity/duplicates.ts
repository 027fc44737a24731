import type { DuplicateReason } from '@qianmian/contract';

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
/** Of all people one in ten is thought to have a twin. */
const TWINS = 0.1;

interface Prepared extends Portrait {
  nameKey: string;
  nameSorted: string;
  digits: string;
  local: string;
  domain: string;
  cityKey: string;
  addressKey: string;
}

/** One form of a text whatever its width, case and spaces. */
const folded = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.,'’·・-]+/g, ' ')
    .trim();

function prepared(p: Portrait): Prepared {
  const nameKey = folded(p.name);
  const [local = '', domain = ''] = folded(p.email.replaceAll('.', '\u0001'))
    .replaceAll('\u0001', '.')
    .split('@');
  return {
    ...p,
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

/** Keys under which two who are one would meet, whatever single slip parts them. */
function keysOf(p: Prepared): string[] {
  const keys: string[] = [];
  if (p.digits.length >= 8) {
    keys.push(`8${p.digits.slice(-8)}`, `<${p.digits.slice(0, -2)}`, `#${[...p.digits].sort().join('')}`);
  }
  if (p.local.length >= 5) keys.push(`@${p.local}`, `@${p.local.slice(1)}`, `%${p.local.slice(0, -1)}`);
  if (p.nameSorted && p.birthday) keys.push(`b${p.birthday} ${p.nameSorted.replaceAll(' ', '')}`);
  if (p.nameSorted && p.addressKey) keys.push(`a${p.addressKey} ${p.nameSorted}`);
  if (p.nameSorted && p.cityKey) keys.push(`c${p.cityKey} ${p.nameSorted}`);
  if (p.birthday && p.addressKey) keys.push(`d${p.birthday} ${p.addressKey}`);
  return keys;
}

/** How often values occur: what is rare says more when it is the same. */
function shares(people: readonly Prepared[], of: (p: Prepared) => string): (value: string) => number {
  const counts = new Map<string, number>();
  let known = 0;
  for (const p of people) {
    const value = of(p);
    if (value === '') continue;
    known += 1;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  // The pair itself is left out, and few values known are no proof that there are few.
  return (value) => Math.max((counts.get(value) ?? 1) - 1, 1) / (known + 20);
}

/**
 * Pairs of people who are probably one, most probable first, with reasons. Every attribute gives bits of evidence: the
 * logarithm of how much more often it agrees (or differs) between records of one person than between two people drawn at
 * random. I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969), eq. 14; agreement on a rare value
 * weighs more, as in their section 3.3.2. Pairs are looked for among people who share a key; keys that too many share are
 * skipped and counted. Yields now and then.
 */
export function* findDuplicates(
  portraits: readonly Portrait[],
): Generator<number, { candidates: Candidate[]; skippedBlocks: number }> {
  const people = portraits.map(prepared);
  const score = scorer(people);
  const blocks = new Map<string, number[]>();
  for (const [i, p] of people.entries()) {
    for (const key of keysOf(p)) {
      const block = blocks.get(key);
      if (!block) blocks.set(key, [i]);
      else if (block.length <= BLOCK_AT_MOST) block.push(i);
    }
    if (i % 2000 === 0) yield (i / people.length) * 0.3;
  }
  let skippedBlocks = 0;
  let done = 0;
  const seen = new Set<number>();
  const candidates: Candidate[] = [];
  for (const block of blocks.values()) {
    done += 1;
    if (done % 5000 === 0) yield 0.3 + 0.7 * (done / blocks.size);
    if (block.length < 2) continue;
    if (block.length > BLOCK_AT_MOST) {
      skippedBlocks += 1;
      continue;
    }
    for (let i = 0; i < block.length; i++)
      for (let j = i + 1; j < block.length; j++) {
        const [x, y] = [block[i]!, block[j]!];
        if (x === y) continue;
        const pair = Math.min(x, y) * people.length + Math.max(x, y);
        if (seen.has(pair)) continue;
        seen.add(pair);
        const found = score(people[x]!, people[y]!);
        if (found.score >= PROPOSE_FROM)
          candidates.push({ a: people[x]!.person, b: people[y]!.person, ...found });
      }
  }
  candidates.sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
  return { candidates, skippedBlocks };
}

/** Judges pairs among some people. */
function scorer(people: readonly Prepared[]) {
  const share = {
    name: shares(people, (p) => p.nameSorted),
    birthday: shares(people, (p) => p.birthday),
    city: shares(people, (p) => p.cityKey),
    local: shares(people, (p) => p.local),
    address: shares(people, (p) => p.addressKey),
  };
  const prior = Math.log2(TWINS / Math.max(people.length, 2));
  const agree = (often: number, by: number) => Math.log2(often / by);
  return (a: Prepared, b: Prepared): { score: number; reasons: Reason[] } => {
    const reasons: Reason[] = [];
    const add = (reason: DuplicateReason, weight: number) =>
      reasons.push({ reason, weight: Math.round(weight * 10) / 10 });
    if (a.nameKey && b.nameKey) {
      if (a.nameSorted === b.nameSorted || a.nameKey === b.nameKey)
        add('name', agree(0.9, share.name(a.nameSorted)));
      else if (isNearName(a.nameKey, b.nameKey)) add('nameAlike', agree(0.9, share.name(a.nameSorted)) / 2);
      else add('namesDiffer', -4);
    }
    if (a.birthday && b.birthday) {
      if (a.birthday === b.birthday) add('birthday', agree(0.95, share.birthday(a.birthday)));
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
        add(isOneSlip(a.domain, b.domain) ? 'emailTypo' : 'emailLocal', agree(0.6, share.local(a.local)));
      else if (a.local.length >= 6 && a.domain === b.domain && isOneSlip(a.local, b.local))
        add('emailTypo', 8);
    }
    if (a.cityKey && b.cityKey) {
      if (a.cityKey === b.cityKey) add('city', agree(0.8, share.city(a.cityKey)));
      else add('citiesDiffer', -1.5);
    }
    if (a.addressKey && a.addressKey === b.addressKey)
      add('address', agree(0.7, share.address(a.addressKey)));
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
