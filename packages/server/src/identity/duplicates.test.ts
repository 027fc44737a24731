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

  describe('of whom only pages know', () => {
    const nobody = { name: '', phone: '', email: '', birthday: '', gender: '', city: '', address: '' };
    const onlyHeard = { person: true, phone: true, email: true };
    const others = Array.from({ length: 300 }, (_, i) => ({
      ...{ ...nobody, name: `Name ${i % 97} L${i % 89}`, birthday: `19${50 + (i % 49)}-0${1 + (i % 9)}-11` },
      ...{ city: `City ${i % 40}`, email: `p${i}@x${i}.example` },
    }));
    const real = { ...nobody, name: 'Karoline Mustermann', birthday: '1971-03-04', city: 'Berlin' };
    const twins = [
      { ...real, email: 'karo@x.example' },
      { ...real, email: 'km71@y.example' },
    ];
    const madeUp = (i: number, made: object) => ({ ...nobody, ...made, heard: onlyHeard, person: 1000 + i });

    it('do not push out those told by others, whatever is made up and however it is shared', () => {
      const told = numbered([...twins, ...others]);
      const floods = [
        // Pairs of made-up people, thousands of them.
        Array.from({ length: 400 }, (_, i) =>
          madeUp(i, { email: `zz${i >> 1}victim@x.example`, phone: `+4915${i >> 1}77777` }),
        ),
        // The keys under which the two would meet, and their values made common.
        Array.from({ length: 400 }, (_, i) => madeUp(i, { ...real, email: `flood${i}@x.example` })),
      ];
      const alone = searched(told, 50).candidates[0]!;
      expect(alone).toMatchObject({ a: 1, b: 2, isHeard: false });
      for (const flood of floods) {
        const { candidates } = searched([...told, ...flood], 50);
        expect(candidates[0]).toEqual(alone);
        expect(candidates.filter((c) => c.isHeard).length).toBeLessThanOrEqual(10);
        for (const c of candidates)
          expect(c.reasons.some((r) => r.reason === 'heard')).toBe(c.a >= 1000 || c.b >= 1000);
      }
    });

    it('are no clique because they share one phone and one e-mail, and two of them are a pair as ever', () => {
      const shop = numbered(others);
      const shared = { email: 'victim@x.example', phone: '+4915112000000' };
      const clique = Array.from({ length: 59 }, (_, i) => madeUp(i, shared));
      expect(searched([...shop, ...clique]).candidates).toEqual([]);
      const [pair] = searched([...shop, ...clique.slice(0, 2)]).candidates;
      expect(pair).toMatchObject({ a: 1000, b: 1001, isHeard: true });
      expect(pair!.score).toBeGreaterThan(0.9);
    });

    it('nor does what pages say of those whom others know', () => {
      const shared = { ...nobody, email: 'victim@x.example', phone: '+4915112000000' };
      const claimed = numbered(
        [...twins, ...others, shared, shared].map((p, i) =>
          i < 302 ? p : { ...p, heard: { person: false, phone: true, email: true } },
        ),
      );
      const { candidates } = searched(claimed);
      expect(candidates.map((c) => [c.a, c.b, c.isHeard])).toEqual([
        [1, 2, false],
        [303, 304, true],
      ]);
    });
  });
});
