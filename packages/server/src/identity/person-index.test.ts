import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identifier, IdentifierType } from '../collect/index.ts';
import { DAY } from '../platform/clock.ts';
import { HEARD } from './evidence-graph.ts';
import { normaliseIdentifier } from './normalise.ts';
import { type Changes, PersonIndex } from './person-index.ts';
import { compileRules, DEFAULT_RULES } from './rules.ts';

const id = (text: string): Identifier => {
  const [type, value] = text.split(':') as [IdentifierType, string];
  return { type, value };
};
const LIVE = { source: 'test', importId: '' };
const PAGE = { source: 'page', importId: '', isHeard: true };
const originOf = ({ heard }: Sighting) => (heard ? PAGE : LIVE);
const RULES = compileRules(DEFAULT_RULES, 'CN');
const T0 = Date.UTC(2026, 0, 1);

interface Sighting {
  ids: string[];
  /** Days since the first of January. */
  day: number;
  told?: boolean;
  /** By a key that stands in a page. */
  heard?: boolean;
}

function run<Out>(generator: Generator<unknown, Out>): Out {
  for (;;) {
    const step = generator.next();
    if (step.done) return step.value;
  }
}

/** What the warehouse would hold: rows as they were stored, and what says whose they are now. */
class Stored {
  rows: { person: number; anchor: number }[] = [];
  links = new Map<number, Changes['links'][number]>();
  evidence: Changes['evidence'] = [];
  survivors = new Map<number, number>();
  splits = new Map<number, Changes['splits'][number]>();
  numbers = new Map<number, number>();

  take(changes: Changes): void {
    for (const link of changes.links) this.links.set(link.node, link);
    this.evidence.push(...changes.evidence);
    for (const { person, survivor } of changes.merges) this.survivors.set(person, survivor);
    for (const split of changes.splits) this.splits.set(split.node, split);
    for (const link of changes.links) if (link.number > 0) this.numbers.set(link.node, link.number);
    for (const { node, number } of changes.numbers) this.numbers.set(node, number);
  }

  personOf(row: { person: number; anchor: number }): number {
    return this.splits.get(row.anchor)?.person ?? this.survivors.get(row.person) ?? row.person;
  }

  /** Writes into the rows what the corrections say, as the job does. */
  fold(index: PersonIndex): void {
    this.rows = this.rows.map((row) => ({ ...row, person: this.personOf(row) }));
    for (const link of this.links.values())
      link.person = this.personOf({ person: link.person, anchor: link.node });
    index.forgetSplits(this.splits.values());
    this.splits.clear();
    this.survivors.clear();
  }

  reopened(): { index: PersonIndex; changes: Changes } {
    const index = new PersonIndex(RULES);
    for (const link of this.links.values()) index.load({ ...link, low: link.hash[0], high: link.hash[1] });
    for (const [node, number] of this.numbers) index.loadNumber(node, number);
    const edges = new Map<string, Changes['evidence'][number]>();
    for (const e of this.evidence) {
      const key = `${e.a} ${e.b}`;
      const known = edges.get(key) ?? e;
      if ((known.kind === HEARD) !== (e.kind === HEARD)) edges.set(key, e.kind === HEARD ? known : e);
      else
        edges.set(key, {
          ...e,
          kind: Math.max(e.kind, known.kind),
          seconds: Math.min(e.seconds, known.seconds),
        });
    }
    for (const e of edges.values()) index.loadEdge({ ...e, noted: 3 });
    for (const { node, person, was } of this.splits.values())
      index.loadSplit(node, { person, was: [...was] });
    index.loadPeople(this.survivors);
    return { index, changes: run(index.useRules(RULES, () => false)) };
  }
}

/** Lets sightings arrive in batches; every sighting is also a stored row. */
function story(sightings: readonly Sighting[], batch = 1, rules = RULES, mostLooked?: number) {
  const index = new PersonIndex(rules, mostLooked);
  const stored = new Stored();
  for (let at = 0; at < sightings.length; at += batch) {
    const seen = sightings
      .slice(at, at + batch)
      .map((s) => index.see(s.ids.map(id), T0 + s.day * DAY, originOf(s), s.told));
    stored.take(index.settle());
    for (const [i, nodes] of seen.entries()) {
      const anchor = index.anchorOf(nodes, sightings[at + i]!.heard);
      stored.rows.push({ person: index.personOf(anchor), anchor });
    }
  }
  while (index.isBehind) stored.take(index.settle());
  const of = (text: string) => index.find(id(text));
  return { index, stored, of };
}

const seen = (...ids: string[]): Sighting => ({ ids, day: 0 });

/** People as sets of what they are known by. */
function people(index: PersonIndex, sightings: readonly Sighting[]): string[] {
  const groups = new Map<number, string[]>();
  for (const text of new Set(sightings.flatMap((s) => s.ids))) {
    const person = index.find(id(text));
    groups.set(person, [...(groups.get(person) ?? []), text]);
  }
  return [...groups.values()].map((g) => g.sort().join(' ')).sort();
}

describe('who is who', () => {
  it('joins a visitor with the login that follows, and keeps their number', () => {
    const { of } = story([seen('anonymous:a'), seen('anonymous:a', 'user:u')]);
    expect([of('anonymous:a'), of('user:u')]).toEqual([1, 1]);
  });

  it('joins two devices of one login, and says which number lives on', () => {
    const { of, stored } = story([
      seen('anonymous:a'),
      seen('anonymous:b'),
      seen('user:u', 'anonymous:a'),
      seen('user:u', 'anonymous:b'),
    ]);
    expect([of('anonymous:a'), of('anonymous:b'), of('user:u')]).toEqual([1, 1, 1]);
    expect([...stored.survivors]).toEqual([[2, 1]]);
  });

  it('does not fuse two logins on a family tablet, which stays with whom it was seen first', () => {
    for (const order of [0, 1]) {
      const both: Sighting[] = [
        { ids: ['user:mum', 'anonymous:tablet'], day: 1 },
        { ids: ['user:dad', 'anonymous:tablet'], day: 2 },
      ];
      const { of } = story(order ? both.reverse() : both);
      expect(of('user:mum')).not.toBe(of('user:dad'));
      expect(of('anonymous:tablet')).toBe(of('user:mum'));
    }
  });

  it('lets a tablet in a store join nobody, and leaves the customer their number', () => {
    const { of, index, stored } = story([
      seen('anonymous:tablet'),
      seen('anonymous:tablet', 'user:a'),
      { ids: ['user:b', 'anonymous:tablet'], day: 1 },
      { ids: ['user:c', 'anonymous:tablet'], day: 2 },
    ]);
    expect(new Set([of('user:a'), of('user:b'), of('user:c'), of('anonymous:tablet')]).size).toBe(4);
    expect(of('user:a')).toBe(1);
    expect(index.shared()).toMatchObject([{ claims: 3 }]);
    // What was seen on it before anyone signed in is nobody's in particular.
    expect(stored.personOf(stored.rows[0]!)).toBe(of('anonymous:tablet'));
    expect(stored.personOf(stored.rows[1]!)).toBe(of('user:a'));
  });

  it('does not let a thing fuse two people who are known', () => {
    const { of } = story([seen('email:a@x.y', 'anonymous:kiosk'), seen('email:b@x.y', 'anonymous:kiosk')]);
    expect(of('email:a@x.y')).not.toBe(of('email:b@x.y'));
  });

  it('does not fuse two logins by a family phone', () => {
    const { of } = story([seen('user:a', 'phone:+8613800000001'), seen('user:b', 'phone:+8613800000001')]);
    expect(of('user:a')).not.toBe(of('user:b'));
  });

  it('lets the weakest identifier yield: facts belong to the login, not to the e-mail beside it', () => {
    const { of, stored } = story([
      seen('user:a', 'email:x@y.z'),
      { ids: ['user:b', 'email:x@y.z'], day: 1 },
      seen('email:x@y.z'),
    ]);
    expect(stored.rows.map((row) => stored.personOf(row))).toEqual([
      of('user:a'),
      of('user:b'),
      of('user:a'),
    ]);
    expect(of('user:a')).not.toBe(of('user:b'));
  });

  it('joins two logins when someone says that they are one person', () => {
    const { of } = story([
      seen('user:ann'),
      seen('user:ann-old'),
      { ids: ['user:ann', 'user:ann-old'], day: 1, told: true },
    ]);
    expect(of('user:ann-old')).toBe(of('user:ann'));
  });

  it('takes no more new phones than a month allows, whichever came first', () => {
    const phones = [0, 1, 2, 3].map(
      (i): Sighting => ({ ids: ['user:u', `phone:+861380000000${i}`], day: i }),
    );
    for (const order of [phones, [...phones].reverse()]) {
      const { of } = story(order);
      expect([0, 1, 2, 3].map((i) => of(`phone:+861380000000${i}`) === of('user:u'))).toEqual([
        true,
        true,
        true,
        false,
      ]);
    }
    const slow = story(phones.map((p, i) => ({ ...p, day: i * 40 })));
    expect(slow.of('phone:+8613800000003')).toBe(slow.of('user:u'));
  });

  it('follows other rules, and the old ones again', () => {
    const sightings = [seen('user:u', 'phone:1'), seen('member_card:7', 'phone:1'), seen('phone:1')];
    const { index, stored, of } = story(sightings);
    expect(new Set([of('user:u'), of('member_card:7'), of('phone:1')]).size).toBe(1);
    const none = compileRules(
      {
        types: DEFAULT_RULES.types.map((t) => (t.type === 'phone' ? { ...t, joins: false } : t)),
      },
      'CN',
    );
    stored.take(run(index.useRules(none, () => false)));
    expect(new Set([of('user:u'), of('member_card:7'), of('phone:1')]).size).toBe(3);
    expect(stored.rows.map((r) => stored.personOf(r))).toEqual([
      of('user:u'),
      of('member_card:7'),
      of('phone:1'),
    ]);
    stored.take(run(index.useRules(RULES, () => false)));
    expect(stored.rows.map((r) => stored.personOf(r))).toEqual([1, 1, 1]);
  });
});

describe('decisions', () => {
  it('part two for good, whatever is seen after, and taking it back restores what was', () => {
    const { index, stored, of } = story([
      seen('user:a', 'anonymous:x'),
      seen('member_card:9', 'phone:2'),
      { ids: ['user:a', 'phone:2'], day: 1 },
    ]);
    const [a, card] = [index.nodeOf(id('user:a')), index.nodeOf(id('member_card:9'))];
    expect(index.personOf(a)).toBe(index.personOf(card));
    const parts = index.partsIfApart(a, card);
    expect(parts.length).toBe(2);
    expect(index.personOf(a)).toBe(index.personOf(card));
    index.setApart(a, card, true);
    stored.take(index.settle());
    expect(of('user:a')).not.toBe(of('member_card:9'));
    index.see([id('user:a'), id('member_card:9')], T0 + 3 * DAY, LIVE);
    stored.take(index.settle());
    expect(of('user:a')).not.toBe(of('member_card:9'));
    index.setApart(a, card, false);
    stored.take(index.settle());
    expect(of('user:a')).toBe(of('member_card:9'));
  });

  it('join two whatever the limits, and taking it back restores both under their own numbers', () => {
    const { index, stored, of } = story([seen('user:a'), seen('user:b', 'anonymous:b')]);
    const before = [of('user:a'), of('user:b')];
    const [a, b] = [index.nodeOf(id('user:a')), index.nodeOf(id('user:b'))];
    index.setSame(a, b, 5);
    stored.take(index.settle());
    expect(of('user:a')).toBe(of('user:b'));
    const nodes = index.see([id('user:b')], T0, LIVE);
    stored.take(index.settle());
    const anchor = index.anchorOf(nodes);
    stored.rows.push({ person: index.personOf(anchor), anchor });
    index.unsetSame(a, b, null);
    stored.take(index.settle());
    expect([of('user:a'), of('user:b')]).toEqual(before);
    expect(stored.rows.map((r) => stored.personOf(r))).toEqual([before[0], before[1], before[1]]);
  });
});

describe('laws', () => {
  const types: IdentifierType[] = ['user', 'member_card', 'phone', 'email', 'anonymous'];
  const identifier = fc
    .tuple(fc.constantFrom(...types), fc.integer({ min: 1, max: 5 }))
    .map(([type, value]) => `${type}:${value}`);
  const sighting = fc.record({
    ids: fc.array(identifier, { minLength: 1, maxLength: 3 }),
    day: fc.integer({ min: 0, max: 90 }),
    told: fc.constantFrom(false, false, false, false, true),
    heard: fc.boolean(),
  });
  const sightings = fc.array(sighting, { minLength: 1, maxLength: 40 });
  const shuffled = sightings.chain((all) =>
    fc.record({
      all: fc.constant(all),
      other: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      batches: fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 40 })),
    }),
  );
  const strict = compileRules(
    {
      types: DEFAULT_RULES.types.map((t) => ({ ...t, perPerson: Math.min(t.perPerson, 2), sharedFrom: 2 })),
    },
    'CN',
  );

  it('the order of arrival does not matter, nor how it is cut into batches', () => {
    for (const rules of [RULES, strict])
      fc.assert(
        fc.property(shuffled, ({ all, other, batches }) => {
          const one = people(story(all, batches[0], rules).index, all);
          expect(people(story(other, batches[1], rules).index, all)).toEqual(one);
        }),
        { numRuns: 400 },
      );
  });

  it('nor does it where little is done at once, and many are connected', () => {
    const wide = fc
      .tuple(
        fc.constantFrom<IdentifierType>('user', 'phone', 'email', 'anonymous'),
        fc.integer({ min: 1, max: 14 }),
      )
      .map(([type, value]) => `${type}:${value}`);
    const many = fc.array(
      fc.record({
        ids: fc.array(wide, { minLength: 2, maxLength: 2 }),
        day: fc.integer({ min: 0, max: 200 }),
        told: fc.constantFrom(false, false, false, false, false, false, false, true),
        heard: fc.boolean(),
      }),
      { minLength: 20, maxLength: 120 },
    );
    const twice = many.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.integer({ min: 1, max: 60 }),
      ),
    );
    for (const rules of [RULES, strict])
      fc.assert(
        fc.property(twice, ([all, other, batch]) => {
          const one = story(all, batch, rules, 1);
          expect(people(story(other, 7, rules).index, all)).toEqual(people(one.index, all));
          const { stored, index } = one;
          for (const row of stored.rows) expect(stored.personOf(row)).toBe(index.personOf(row.anchor));
          const anew = run(index.useRules(rules, () => false));
          expect([anew.merges, anew.splits, anew.numbers]).toEqual([[], [], []]);
        }),
        { numRuns: 100 },
      );
  });

  it('what grew step by step is what a computation from nothing gives', () => {
    fc.assert(
      fc.property(sightings, fc.integer({ min: 1, max: 8 }), (all, batch) => {
        const { index } = story(all, batch, strict);
        const changes = run(index.useRules(strict, () => false));
        expect(changes.merges).toEqual([]);
        expect(changes.splits).toEqual([]);
        expect(changes.numbers).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('stored facts are always those of the person their identifier is now, folded or not, also after a restart', () => {
    fc.assert(
      fc.property(sightings, fc.integer({ min: 1, max: 8 }), fc.nat({ max: 40 }), (all, batch, foldAt) => {
        const index = new PersonIndex(RULES);
        const stored = new Stored();
        for (let at = 0; at < all.length; at += batch) {
          const nodes = all
            .slice(at, at + batch)
            .map((s) => index.see(s.ids.map(id), T0 + s.day * DAY, originOf(s), s.told));
          stored.take(index.settle());
          for (const [i, n] of nodes.entries()) {
            const anchor = index.anchorOf(n, all[at + i]!.heard);
            stored.rows.push({ person: index.personOf(anchor), anchor });
          }
          for (const row of stored.rows) expect(stored.personOf(row)).toBe(index.personOf(row.anchor));
          if (at <= foldAt && foldAt < at + batch) {
            stored.fold(index);
            for (const row of stored.rows) expect(row.person).toBe(index.personOf(row.anchor));
          }
        }
        for (const rules of [strict, RULES]) {
          stored.take(run(index.useRules(rules, () => false)));
          for (const row of stored.rows) expect(stored.personOf(row)).toBe(index.personOf(row.anchor));
        }
        const again = stored.reopened();
        expect([again.changes.merges, again.changes.splits]).toEqual([[], []]);
        for (const { node, person } of index.everyone()) expect(again.index.personOf(node)).toBe(person);
      }),
      { numRuns: 400 },
    );
  });

  it('a person never has two logins, unless someone said so', () => {
    fc.assert(
      fc.property(sightings, (all) => {
        const { of } = story(all.map((s) => ({ ...s, told: false })));
        const logins = [...new Set(all.flatMap((s) => s.ids))].filter((t) => t.startsWith('user:')).map(of);
        expect(new Set(logins).size).toBe(logins.length);
      }),
    );
  });

  it('a decision taken back leaves everything as it was', () => {
    fc.assert(
      fc.property(sightings, fc.nat(), fc.nat(), fc.boolean(), (all, x, y, isApart) => {
        const { index, stored } = story(all, 3);
        const nodes = [...index.everyone()].map((e) => e.node);
        const [a, b] = [nodes[x % nodes.length]!, nodes[y % nodes.length]!];
        if (a === b) return;
        const edge = index.graph.edgeOf(a, b);
        const evidence =
          edge === 0 ? null : { kind: index.graph.kind[edge]!, seconds: index.graph.at[edge]! };
        const before = [...index.everyone()];
        if (isApart) index.setApart(a, b, true);
        else index.setSame(a, b, 0);
        stored.take(index.settle());
        if (!isApart) expect(index.personOf(a)).toBe(index.personOf(b));
        for (const row of stored.rows) expect(stored.personOf(row)).toBe(index.personOf(row.anchor));
        if (isApart) index.setApart(a, b, false);
        else index.unsetSame(a, b, evidence);
        stored.take(index.settle());
        expect([...index.everyone()]).toEqual(before);
        for (const row of stored.rows) expect(stored.personOf(row)).toBe(index.personOf(row.anchor));
      }),
      { numRuns: 400 },
    );
  });
});

describe('what pages say', () => {
  const types: IdentifierType[] = ['user', 'member_card', 'phone', 'email', 'openid', 'anonymous', 'receipt'];
  const sighting = fc.record({
    ids: fc.array(
      fc
        .tuple(fc.constantFrom(...types), fc.integer({ min: 1, max: 4 }))
        .map(([type, value]) => `${type}:${value}`),
      { minLength: 1, maxLength: 3 },
    ),
    day: fc.integer({ min: 0, max: 90 }),
    told: fc.constantFrom(false, false, false, false, true),
    heard: fc.boolean(),
  });
  const sightings = fc.array(sighting, { minLength: 1, maxLength: 50 });
  const strict = compileRules(
    {
      types: DEFAULT_RULES.types.map((t) => ({ ...t, perPerson: Math.min(t.perPerson, 2), sharedFrom: 2 })),
    },
    'CN',
  );
  const textOf = (all: readonly Sighting[], index: PersonIndex) =>
    new Map([...new Set(all.flatMap((s) => s.ids))].map((text) => [index.nodeOf(id(text)), text]));

  it('leaves the people whom others told as they are, whatever it says and whenever', () => {
    for (const rules of [RULES, strict])
      fc.assert(
        fc.property(
          sightings,
          fc.integer({ min: 1, max: 12 }),
          fc.constantFrom(1, undefined),
          (all, batch, mostLooked) => {
            const told = all.filter((s) => !s.heard);
            const without = story(told, batch, rules, mostLooked);
            const withPages = story(all, batch, rules, mostLooked);
            const known = [...new Set(told.flatMap((s) => s.ids))];
            const hasAnchor = new Set(
              known.filter((text) => !text.startsWith('anonymous:')).map((text) => without.of(text)),
            );
            for (const a of known)
              for (const b of known) {
                const before = without.of(a) === without.of(b);
                const after = withPages.of(a) === withPages.of(b);
                if (before) expect(after).toBe(true);
                else if (hasAnchor.has(without.of(a)) && hasAnchor.has(without.of(b)))
                  expect(after).toBe(false);
              }
          },
        ),
        { numRuns: 400 },
      );
  });

  it('takes no fact away from the identifier it belongs to', () => {
    fc.assert(
      fc.property(sightings, (all) => {
        const told = all.filter((s) => !s.heard);
        const [one, other] = [story(told), story(all)];
        const named = textOf(all, other.index);
        const anchors = other.stored.rows.filter((_, i) => !all[i]!.heard).map((r) => named.get(r.anchor));
        const before = textOf(told, one.index);
        expect(anchors).toEqual(one.stored.rows.map((r) => before.get(r.anchor)));
      }),
      { numRuns: 300 },
    );
  });

  it('where nobody else tells anything, it joins people as servers do', () => {
    for (const rules of [RULES, strict])
      fc.assert(
        fc.property(sightings, fc.integer({ min: 1, max: 12 }), (all, batch) => {
          const servers = story(
            all.map((s) => ({ ...s, heard: false, told: false })),
            batch,
            rules,
          );
          const pages = story(
            all.map((s) => ({ ...s, heard: true })),
            batch,
            rules,
          );
          expect(people(pages.index, all)).toEqual(people(servers.index, all));
          expect(pages.index.count()).toEqual(servers.index.count());
        }),
        { numRuns: 200 },
      );
  });

  const heard = (...ids: string[]): Sighting => ({ ids, day: 0, heard: true });
  const victim: Sighting = {
    ids: ['user:vic', 'email:vic@x.cn', 'phone:+8613911110000', 'anonymous:v'],
    day: 5,
  };

  it('takes nobody apart by claiming their e-mail and phone', () => {
    const { of, index } = story([
      victim,
      ...[0, 1, 2].map((i) => heard(`user:evil${i}`, 'email:vic@x.cn', 'phone:+8613911110000')),
    ]);
    for (const text of victim.ids) expect(of(text)).toBe(of('user:vic'));
    expect(new Set(['user:evil0', 'user:evil1', 'user:evil2', 'user:vic'].map(of)).size).toBe(4);
    expect(index.shared()).toEqual([]);
  });

  it('takes no orders of a member once anybody else knows who says so', () => {
    const member = seen('phone:+8613922220000', 'receipt:till-1');
    const claim = heard('user:thief', 'phone:+8613922220000');
    const { of } = story([member, claim]);
    expect(of('user:thief')).toBe(of('phone:+8613922220000'));
    for (const order of [
      [member, seen('user:thief'), claim],
      [claim, member, seen('user:thief', 'email:t@x.cn')],
    ]) {
      const known = story(order);
      expect(known.of('user:thief')).not.toBe(known.of('phone:+8613922220000'));
      expect(known.of('receipt:till-1')).toBe(known.of('phone:+8613922220000'));
    }
  });

  it('cuts off no browser that a server told, and keeps room for what servers tell later', () => {
    const flood = Array.from({ length: 2600 }, (_, i) => heard('user:vic', `anonymous:f${i}`));
    const { of, index } = story([victim, ...flood, seen('user:vic', 'anonymous:new')], 300);
    expect([of('anonymous:v'), of('anonymous:new')]).toEqual([of('user:vic'), of('user:vic')]);
    expect(index.partsOf(of('user:vic')).nodes.length).toBe(5);
  });

  it('says whose a browser is, and yields to a server that says otherwise', () => {
    const all = [seen('anonymous:a'), victim, heard('anonymous:a', 'user:vic')];
    expect(story(all).of('anonymous:a')).toBe(story(all).of('user:vic'));
    const { of } = story([...all, { ids: ['anonymous:a', 'user:b'], day: 60 }]);
    expect(of('anonymous:a')).toBe(of('user:b'));
  });

  it('moves nothing by an early date', () => {
    const mum: Sighting = { ids: ['user:mum', 'anonymous:tablet'], day: 1 };
    const dad: Sighting = { ids: ['user:dad', 'anonymous:tablet'], day: 2 };
    const claim = heard('user:dad', 'anonymous:tablet');
    for (const all of [
      [mum, dad, claim],
      [claim, dad, mum],
    ])
      expect(story(all).of('anonymous:tablet')).toBe(story(all).of('user:mum'));
    const phones = [0, 1, 2, 3].map(
      (i): Sighting => ({ ids: ['user:u', `phone:+861380000000${i}`], day: 40 * i }),
    );
    const back = phones.map((s): Sighting => ({ ...s, day: 0, heard: true }));
    for (const all of [
      [...phones, ...back],
      [...back, ...phones],
    ])
      expect(people(story(all).index, all)).toHaveLength(1);
  });
});

describe('what it costs', () => {
  /** Each with the e-mail of the one before: all are connected, none is another. */
  const chain = (length: number): Sighting[] =>
    Array.from({ length }, (_, i) => [
      { ids: [`user:${i}`, `email:${i}@x.cn`], day: i },
      { ids: [`user:${i}`, `email:${i + 1}@x.cn`], day: i },
    ]).flat();

  /** How many edges the dearest of some sightings looks at, each a batch of its own. */
  function dearest(index: PersonIndex, sightings: readonly Sighting[]): number {
    let most = 0;
    for (const s of sightings) {
      const before = index.looked;
      index.see(s.ids.map(id), T0 + s.day * DAY, LIVE, s.told);
      index.settle();
      most = Math.max(most, index.looked - before);
    }
    return most;
  }

  it('a chain of thousands who are connected costs what a chain of two does', () => {
    const index = new PersonIndex(RULES);
    expect(dearest(index, chain(1500))).toBeLessThan(100);
    const middle: Sighting = { ids: ['anonymous:new', 'user:750'], day: 0 };
    expect(dearest(index, [middle, { ids: ['user:750', 'email:99@x.cn'], day: 0 }])).toBeLessThan(200);
    expect(run(index.useRules(RULES, () => false))).toMatchObject({ merges: [], splits: [] });
  });

  it('one that topples many at once is worked off in pieces, to what it would be anyway', () => {
    const tight = compileRules(
      {
        types: DEFAULT_RULES.types.map((t) => ({
          ...t,
          ...(t.type === 'email' && { perPerson: 2, perPeriod: null }),
        })),
      },
      'CN',
    );
    // Whoever gets the e-mail before has no room for the one after, which then goes to the next.
    const dominoes = Array.from({ length: 800 }, (_, i): Sighting[] => [
      { ids: [`user:${i}`, `email:own${i}@x.cn`], day: 0 },
      { ids: [`user:${i}`, `email:${i}@x.cn`], day: 2 + 2 * i },
      { ids: [`user:${i}`, `email:${i + 1}@x.cn`], day: 3 + 2 * i },
    ])
      .flat()
      .filter((s) => !s.ids.includes('email:0@x.cn'));
    const first: Sighting = { ids: ['user:0', 'email:first@x.cn'], day: 1 };
    const one = story(dominoes, 100, tight, 500);
    const before = one.of('email:600@x.cn');
    expect(dearest(one.index, [first])).toBeLessThan(1000);
    expect(one.index.isBehind).toBe(true);
    let most = 0;
    while (one.index.isBehind) {
      const looked = one.index.looked;
      one.stored.take(one.index.settle());
      most = Math.max(most, one.index.looked - looked);
    }
    expect(most).toBeLessThan(1000);
    expect(one.of('email:600@x.cn')).not.toBe(before);
    const all = [first, ...dominoes];
    expect(people(one.index, all)).toEqual(people(story(all, 1000, tight).index, all));
  });

  it('nobody is made of thousands of identifiers, whoever says so', () => {
    const one = story(
      Array.from(
        { length: 2500 },
        (_, i): Sighting => ({ ids: ['user:u', `user:${i}`], day: i, told: true }),
      ),
      500,
    );
    expect(one.index.partsOf(one.of('user:u')).nodes.length).toBe(1000);
    expect(run(one.index.useRules(RULES, () => false))).toMatchObject({ merges: [], splits: [] });
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
    ['device', '00000000-0000-0000-0000-000000000000', null],
    ['device', '{00000000-0000-0000-0000-000000000000}', null],
    ['device', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', null],
    ['device', '11111111-1111-1111-1111-111111111111', null],
    ['device', '00:00:00:00:00:00', null],
    ['device', '02:00:00:00:00:00', null],
    ['device', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001'],
    ...[
      '(null)',
      '[object Object]',
      '[]',
      '{}',
      '-1',
      'Default',
      'NaN',
      '(not set)',
      '匿名',
      '未登录',
      '{{user.id}}',
    ].map((raw) => ['user', raw, null] as const),
    ...[
      '222',
      'guest42',
      'test.user',
      'default-7',
      '0-1',
      '100-000',
      '1-1-1-1-1',
      '匿名的猫',
      'f-f',
      '-15',
    ].map((raw) => ['user', raw, raw] as const),
  ] as const)('%s %s is %s', (type, raw, expected) => {
    expect(normaliseIdentifier(type, raw, 'CN')).toBe(expected);
  });

  it('can be said to mean nothing in a workspace', () => {
    expect(normaliseIdentifier('member_card', 'STAFF', 'CN', new Set(['staff']))).toBeNull();
    expect(normaliseIdentifier('email', 'Shop@Example.com', 'CN', new Set(['shop@example.com']))).toBeNull();
  });
});
