import { editDistance, pointsOf } from '@qianmian/science/edit-distance';
import { foldWord } from './standards.ts';

/** Names compared with one another at most, where many begin or end alike. */
const MOST_ALIKE = 400;
const HAN = /\p{Script=Han}/u;

/** A name as it is compared: without case, width and signs. */
export function foldName(name: string): string {
  return foldWord(name)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The numbers in a name, in order: what differs in them is another size or pack, however alike the words. */
const numbersIn = (name: string) => (name.match(/\d+/g) ?? []).join(' ');

/**
 * How alike two folded names are: 1 for the same words, 0 where they are different things. Words may have slips in them;
 * another word (red for green), another number or another ideograph is another variant, however long what is alike.
 */
export function similarity(a: string, b: string, atLeast: number): number {
  if (a === b) return 1;
  if (numbersIn(a) !== numbersIn(b)) return 0;
  const [x, y] = [pointsOf(a), pointsOf(b)];
  const longest = Math.max(x.length, y.length);
  const limit = Math.floor(longest * (1 - atLeast) + 1e-9);
  const distance = editDistance(x, y, limit);
  if (distance > limit) return 0;
  if (HAN.test(a) || HAN.test(b)) {
    if (distance !== Math.abs(x.length - y.length)) return 0;
  } else if (!haveSlipsOnly(a.split(' '), b.split(' '))) return 0;
  return 1 - distance / longest;
}

/** Whether the words of two names are the same but for slips, or but for where they are parted. */
function haveSlipsOnly(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return editDistance(pointsOf(a.join('')), pointsOf(b.join('')), 1) <= 1;
  return a.every((word, i) => {
    const other = b[i]!;
    const slips = Math.min(word.length, other.length) >= 4 ? Math.max(1, Math.floor(word.length / 4)) : 0;
    return word === other || editDistance(pointsOf(word), pointsOf(other), slips) <= slips;
  });
}

/** Pairs of names that are alike; each name with those before it that begin, or end, as it does. */
export function alikePairs(
  names: readonly string[],
  atLeast: number,
  limit: number,
  reach = 4,
): { a: number; b: number; similarity: number }[] {
  const folded = names.map(foldName);
  const buckets = new Map<string, number[]>();
  const found = new Map<string, { a: number; b: number; similarity: number }>();
  for (const [i, name] of folded.entries()) {
    if (name === '') continue;
    const sorted = name.split(' ').sort().join(' ');
    const signs = [...name];
    const ends = HAN.test(name) ? 1 : reach;
    for (const key of [
      `^${signs.slice(0, ends).join('')}`,
      `$${signs.slice(-ends).join('')}`,
      `=${sorted}`,
    ]) {
      const bucket = buckets.get(key) ?? [];
      buckets.set(key, bucket);
      for (const j of bucket.slice(-MOST_ALIKE)) {
        const pair = `${j} ${i}`;
        if (found.has(pair) || found.size >= limit) continue;
        const isSame = key.startsWith('=');
        const how = isSame ? 1 : similarity(folded[j]!, name, atLeast);
        if (how >= atLeast) found.set(pair, { a: j, b: i, similarity: how });
      }
      bucket.push(i);
    }
  }
  return [...found.values()];
}

/**
 * Spellings of one word: the ways it is written, most frequent first, where they differ by case, width, spaces, or in
 * one sign in three to eight (never in numbers). Only a person can say whether they mean the same.
 */
export function spellingsIn(
  words: readonly { value: string; n: number }[],
): { value: string; n: number }[][] {
  const sorted = [...words].filter(({ value }) => value.trim() !== '').sort((a, b) => b.n - a.n);
  const parent = sorted.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    parent[i] = root;
    return root;
  };
  for (const { a, b } of alikePairs(
    sorted.map(({ value }) => value),
    0.65,
    20_000,
    2,
  )) {
    const [x, y] = [foldName(sorted[a]!.value), foldName(sorted[b]!.value)];
    if (x === y || isSlip(x, y)) parent[rootOf(Math.max(a, b))] = rootOf(Math.min(a, b));
  }
  const groups = new Map<number, { value: string; n: number }[]>();
  for (const [i, one] of sorted.entries()) {
    const root = rootOf(i);
    groups.set(root, [...(groups.get(root) ?? []), one]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Whether two words may be one with a slip: one sign other, in words long enough that it hardly means something else. */
function isSlip(a: string, b: string): boolean {
  const [x, y] = [pointsOf(a), pointsOf(b)];
  const shortest = Math.min(x.length, y.length);
  const isHan = HAN.test(a) && HAN.test(b);
  // One sign put in or left out of a short Chinese word; two letters in a long one of an alphabet.
  if (isHan) return editDistance(x, y, 1) === 1 && shortest >= 2 && (shortest >= 4 || x.length !== y.length);
  return shortest >= 5 && editDistance(x, y, 2) <= (shortest >= 10 ? 2 : 1);
}
