import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identifier, IdentifierType } from '../collect/index.ts';
import { normaliseIdentifier } from './normalise.ts';
import { type Changes, PersonIndex } from './person-index.ts';

const id = (text: string): Identifier => {
  const [type, value] = text.split(':') as [IdentifierType, string];
  return { type, value };
};

function story(...sightings: string[][]) {
  const index = new PersonIndex(0);
  const changes: Changes = { links: [], merges: [] };
  const people = sightings.map((s) => index.resolve(s.map(id), changes));
  return {
    index,
    changes,
    people: people.map((p) => index.rootOf(p)),
    of: (text: string) => index.find(id(text)),
  };
}

describe('who is who', () => {
  it('joins a visitor with the login that follows', () => {
    const { people } = story(['anonymous:a'], ['anonymous:a', 'user:u']);
    expect(people).toEqual([1, 1]);
  });

  it('joins two devices of one login, and says which number lives on', () => {
    const { people, changes } = story(
      ['anonymous:a'],
      ['anonymous:b'],
      ['user:u', 'anonymous:a'],
      ['user:u', 'anonymous:b'],
    );
    expect(people).toEqual([1, 1, 1, 1]);
    expect(changes.merges).toEqual([{ personId: 2, survivorId: 1, reason: 'anonymous' }]);
  });

  it('does not fuse two logins on a shared tablet', () => {
    const { of } = story(
      ['user:mum', 'anonymous:tablet'],
      ['user:dad', 'anonymous:tablet'],
      ['anonymous:tablet'],
    );
    expect(of('user:mum')).not.toBe(of('user:dad'));
    expect(of('anonymous:tablet')).toBe(of('user:mum'));
  });

  it('does not fuse two logins by a family phone', () => {
    const { of } = story(['user:a', 'phone:+8613800000001'], ['user:b', 'phone:+8613800000001']);
    expect(of('user:a')).not.toBe(of('user:b'));
  });

  it('gives a stronger identifier its own person when the weaker one belongs to someone with another login', () => {
    const { of, people } = story(['user:a', 'email:x@y.z'], ['user:b', 'email:x@y.z'], ['email:x@y.z']);
    expect(people[2]).toBe(of('user:a'));
    expect(people[1]).not.toBe(people[0]);
  });

  it('joins two logins when someone says that they are one person', () => {
    const index = new PersonIndex(0);
    const ann = index.resolve([{ type: 'user', value: 'ann' }], { links: [], merges: [] });
    index.resolve([{ type: 'user', value: 'ann-old' }], { links: [], merges: [] });
    const both = [
      { type: 'user' as const, value: 'ann' },
      { type: 'user' as const, value: 'ann-old' },
    ];
    expect(index.resolve(both, { links: [], merges: [] }, true)).toBe(ann);
    expect(index.find({ type: 'user', value: 'ann-old' })).toBe(ann);
  });

  it('reads back what it wrote', () => {
    const { index, changes } = story(
      ['anonymous:a'],
      ['anonymous:b'],
      ['user:u', 'anonymous:a'],
      ['user:u', 'anonymous:b'],
    );
    const again = new PersonIndex(index.lastPerson);
    for (const m of changes.merges) again.loadMerge(m.personId, m.survivorId);
    for (const l of changes.links) again.load(l);
    for (const text of ['anonymous:a', 'anonymous:b', 'user:u'])
      expect(again.find(id(text))).toBe(index.find(id(text)));
  });
});

describe('laws', () => {
  const types: IdentifierType[] = ['user', 'phone', 'email', 'anonymous'];
  const identifier = fc.record({
    type: fc.constantFrom(...types),
    value: fc.constantFrom('1', '2', '3', '4'),
  });
  const sightings = fc.array(fc.array(identifier, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 25,
  });

  it('a person never has two logins', () => {
    fc.assert(
      fc.property(sightings, (all) => {
        const index = new PersonIndex(0);
        const changes: Changes = { links: [], merges: [] };
        for (const s of all) index.resolve(s, changes);
        const logins = changes.links.filter((l) => l.type === 'user').map((l) => index.rootOf(l.personId));
        expect(new Set(logins).size).toBe(logins.length);
      }),
    );
  });

  it('seeing the same again changes nothing', () => {
    fc.assert(
      fc.property(sightings, (all) => {
        const index = new PersonIndex(0);
        const first: Changes = { links: [], merges: [] };
        for (const s of all) index.resolve(s, first);
        const linkCount = first.links.length;
        const settled: Changes = { links: [], merges: [] };
        for (const s of all) index.resolve(s, settled);
        const again: Changes = { links: [], merges: [] };
        for (const s of all) index.resolve(s, again);
        expect(again).toEqual({ links: [], merges: [] });
        expect(first.links).toHaveLength(linkCount);
      }),
    );
  });

  it('without conflicts the order of arrival does not matter', () => {
    // Every sighting is of one true person, who has one login: no limit is ever reached.
    const truth = fc.array(
      fc.record({ person: fc.integer({ min: 1, max: 4 }), kinds: fc.subarray(types, { minLength: 1 }) }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(truth, fc.infiniteStream(fc.nat()), (all, random) => {
        const made = all.map(({ person, kinds }) => kinds.map((type) => ({ type, value: String(person) })));
        const shuffled = made
          .map((s) => ({ s, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map((x) => x.s);
        const parts = (list: Identifier[][]) => {
          const index = new PersonIndex(0);
          for (const s of list) index.resolve(s, { links: [], merges: [] });
          const groups = new Map<number, string[]>();
          for (const i of new Set(made.flat().map((x) => `${x.type}:${x.value}`))) {
            const person = index.find(id(i));
            groups.set(person, [...(groups.get(person) ?? []), i].sort());
          }
          return [...groups.values()].map((g) => g.join(' ')).sort();
        };
        expect(parts(shuffled)).toEqual(parts(made));
      }),
    );
  });
});

describe('identifiers', () => {
  it.each([
    ['email', ' Ann@Example.COM ', 'ann@example.com'],
    ['email', 'not an address', null],
    ['email', 'test@test.com', null],
    ['phone', '138 0013 8000', '+8613800138000'],
    ['phone', '+44 20 7946 0958', '+442079460958'],
    ['phone', '0000', null],
    ['phone', '12', null],
    ['member_card', '0000', null],
    ['member_card', 'M1', 'M1'],
    ['user', 'null', null],
    ['user', '未知', null],
    ['user', '7', '7'],
    ['user', '222', '222'],
    ['phone', '11111111111', null],
    ['user', '99999999', null],
    ['anonymous', '--', null],
  ] as const)('%s %s is %s', (type, raw, expected) => {
    expect(normaliseIdentifier(type, raw, 'CN')).toBe(expected);
  });
});
