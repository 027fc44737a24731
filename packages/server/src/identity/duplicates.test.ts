import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_AT_MOST, DuplicateSearch, KEYS, type Portrait, prepared } from './duplicates.ts';

function searched(people: readonly Portrait[], keptAtMost?: number) {
  const search = new DuplicateSearch(keptAtMost);
  for (const p of people) search.add(p);
  let longest = 0;
  let looked = search.looked;
  const steps = search.find();
  for (;;) {
    const step = steps.next();
    longest = Math.max(longest, search.looked - looked);
    looked = search.looked;
    if (step.done) return { ...step.value, longest, looked };
  }
}

/** Pairs that share a key which not too many share, the plain way. */
function meeting(people: readonly Portrait[]): Set<string> {
  const pairs = new Set<string>();
  for (const keysOf of KEYS) {
    const blocks = new Map<string, number[]>();
    for (const p of people)
      for (const key of keysOf(prepared(p))) blocks.set(key, [...(blocks.get(key) ?? []), p.person]);
    for (const block of blocks.values())
      if (block.length <= BLOCK_AT_MOST)
        for (const a of block) for (const b of block) if (a < b) pairs.add(`${a} ${b}`);
  }
  return pairs;
}

const portrait = fc.record({
  name: fc.constantFrom('', '王小明', '王 小明', 'John Miller', 'Ｊｏｈｎ Miller', 'Jane Doe'),
  phone: fc.constantFrom('', '+8613800138123', '+8613800138132', '+8613911112222'),
  email: fc.constantFrom('', 'john.miller@x.cn', 'jon.miller@x.cn', 'jane@x.cn', 'john.miller@y.cn'),
  birthday: fc.constantFrom('', '1990-04-05', '1990-05-04', '1985-01-02'),
  gender: fc.constantFrom('', 'female', 'male'),
  city: fc.constantFrom('', '上海', '北京'),
  address: fc.constantFrom('', 'Long Road 1', 'long road, 1', 'Short Lane 2'),
});
const numbered = (people: readonly Omit<Portrait, 'person'>[]): Portrait[] =>
  people.map((p, i) => ({ ...p, person: i + 1 }));

describe('probable duplicates', () => {
  it('are of those who share a key, each pair once, most probable first', () => {
    fc.assert(
      fc.property(fc.array(portrait, { maxLength: 90 }).map(numbered), (people) => {
        const { candidates } = searched(people);
        const met = meeting(people);
        const pairs = candidates.map((c) => `${c.a} ${c.b}`);
        expect(new Set(pairs).size).toBe(pairs.length);
        for (const pair of pairs) expect(met.has(pair)).toBe(true);
        const scores = candidates.map((c) => c.score);
        expect(scores).toEqual([...scores].sort((x, y) => y - x));
        // Whoever agrees in phone and birthday and differs in nothing is proposed.
        const known = people.filter((p) => p.phone && p.birthday);
        for (const a of known)
          for (const b of known) {
            const isSame = (['name', 'phone', 'email', 'birthday', 'gender', 'city'] as const).every(
              (part) => a[part] === b[part],
            );
            if (a.person < b.person && isSame && met.has(`${a.person} ${b.person}`))
              expect(pairs).toContain(`${a.person} ${b.person}`);
          }
      }),
      { numRuns: 150 },
    );
  });

  it('let others have their turn every few hundred pairs, however many share a key', () => {
    // Blocks as large as are looked at: sixty of one family name and town, and of one house.
    const people = numbered(
      Array.from({ length: 2400 }, (_, i) => ({
        name: `Name ${String.fromCharCode(97 + (Math.floor(i / 60) % 26))}${Math.floor(i / 60)}`,
        phone: `+86138${String(i * 7919).padStart(8, '0')}`,
        email: '',
        birthday: `19${10 + (i % 90)}-01-01`,
        gender: '',
        city: '上海',
        address: `House ${Math.floor(i / 60)}`,
      })),
    );
    const { longest, looked } = searched(people);
    expect(looked).toBeGreaterThan(40 * 1770);
    expect(longest).toBeLessThan(800);
  });

  it('are kept, the most probable of very many', () => {
    fc.assert(
      fc.property(fc.array(portrait, { minLength: 40, maxLength: 60 }).map(numbered), (people) => {
        const all = searched(people).candidates;
        expect(searched(people, 5).candidates).toEqual(all.slice(0, 5));
      }),
      { numRuns: 50 },
    );
  });
});
