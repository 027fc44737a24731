import type { Readable } from 'node:stream';
import { customerQuery } from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { timelineKind, timelineKindSql } from './event-kinds.ts';
import { lifecycleStage, lifecycleStageSql } from './lifecycle.ts';
import { personName, personNameSql } from './person-name.ts';
import { rfmGroupOf, rfmGroupSql } from './rfm.ts';
import { happened, purchase, type Shop, shop, told } from './test-shop.ts';

let s: Shop;
beforeAll(async () => {
  s = await shop();
  s.clock.set('2026-06-01T04:00:00Z');
});

const query = (over: object = {}) => customerQuery.parse(over);
async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const piece of stream) text += piece;
  return text;
}

describe('rules said twice', () => {
  it('name the same RFM group in SQL', async () => {
    const rows = await s.warehouse.query<{ r: number; f: number; m: number; g: string }>(
      `SELECT r, f, m, ${rfmGroupSql('r', 'f', 'm')} AS g FROM (
         SELECT 1 + number % 5 AS r, 1 + intDiv(number, 5) % 5 AS f, 1 + intDiv(number, 25) AS m FROM numbers(125))`,
    );
    expect(rows).toHaveLength(125);
    for (const { r, f, m, g } of rows) expect(g).toBe(rfmGroupOf(r, f, m));
  });

  it('find the same life-cycle stage in SQL', async () => {
    const days = { active: 30, cooling: 70, sleeping: 150 };
    const rows = await s.warehouse.query<{ n: number; d: number; stage: string }>(
      `SELECT n, d, ${lifecycleStageSql('n', 'd')} AS stage FROM (SELECT number % 3 AS n, intDiv(number, 3) AS d FROM numbers(600))`,
      days,
    );
    for (const { n, d, stage } of rows) expect(stage).toBe(lifecycleStage(n, d, days));
  });

  it('name people and events the same in SQL', async () => {
    for (const [name, firstName, lastName] of [
      ['', '小明', '王'],
      ['', 'Ann', 'Lee'],
      ['', '', 'Lee'],
      ['Ann Lee', 'x', 'y'],
      ['', '', ''],
    ] as const) {
      const { shown } = await s.warehouse.one<{ shown: string }>(
        `SELECT ${personNameSql('{name:String}', '{first:String}', '{last:String}')} AS shown`,
        { name, first: firstName, last: lastName },
      );
      expect(shown).toBe(personName({ name, firstName, lastName }));
    }
    for (const name of [
      'Email Sent',
      'Coupon Used',
      'Unsubscribed',
      'Products Searched',
      'Chat Started',
      'x',
    ]) {
      const { kind } = await s.warehouse.one<{ kind: string }>(
        `SELECT ${timelineKindSql('{name:String}')} AS kind`,
        {
          name,
        },
      );
      expect(kind).toBe(timelineKind(name));
    }
  });
});

describe('a customer becomes known', () => {
  it('bit by bit: visits, buys, returns, says who they are', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      {
        kind: 'product',
        productId: 'tea',
        name: 'Tea',
        nameZh: '茶',
        category: ['Food', 'Tea'],
        brand: 'Leaf',
      },
      { kind: 'product', productId: 'cup', name: 'Cup', category: ['Home', 'Kitchen'] },
      happened('ann', 'Product Viewed', '2026-05-01T10:00:00Z', { product: 'tea' }),
      purchase('ann', 'o1', '2026-05-02T10:00:00Z', 3000, { productId: 'tea', storeId: 'north' }),
      purchase('ann', 'o1', '2026-05-02T10:00:00Z', 1000, { lineId: '2', productId: 'cup' }),
      purchase('ann', 'o2', '2026-05-20T10:00:00Z', 2001, {
        productId: 'tea',
        channel: 'store',
        storeId: 'north',
      }),
      purchase('ann', 'o1', '2026-05-04T10:00:00Z', -1000, {
        lineId: 'r1',
        lineKind: 'return',
        productId: 'cup',
      }),
      told('ann', '2026-05-03T10:00:00Z', {
        firstName: 'Ann',
        lastName: 'Lee',
        email: 'ann@lee.example',
        'address.city': 'Leeds',
        age: 41,
        vip: true,
        emailConsent: true,
      }),
    ]);
    expect(await s.profile.refresh(ws)).toMatchObject({ people: 1 });
    const ann = await s.person(ws, 'ann');
    const expected = {
      personId: ann,
      name: 'Ann Lee',
      email: 'ann@lee.example',
      city: 'Leeds',
      orders: 2,
      spendCents: 5001,
      averageOrderCents: 2501,
      returnsCents: 1000,
      lifecycle: 'active',
      firstOrderAt: '2026-05-02T10:00:00.000Z',
      lastOrderAt: '2026-05-20T10:00:00.000Z',
      firstSeenAt: '2026-05-01T10:00:00.000Z',
      lastSeenAt: '2026-05-20T10:00:00.000Z',
      recencyScore: 1,
    };
    const list = await s.profile.listCustomers(ws, query(), true);
    expect(list).toMatchObject({ total: 1, nextCursor: null, rows: [expected] });
    const page = await s.profile.person.get(ws, ann, true);
    expect(page).toMatchObject({
      ...expected,
      masked: false,
      favouriteStore: 'north',
      favouriteCategories: [
        { category: 'Tea', spendCents: 5001, orders: 2 },
        { category: 'Kitchen', spendCents: 0, orders: 1 },
      ],
      rfmWhy: { daysSinceLastOrder: 11, recencyRank: 0, customers: 1 },
    });
    expect(page.traits.map((t) => [t.name, t.value])).toEqual([
      ['address.city', 'Leeds'],
      ['age', 41],
      ['email', 'ann@lee.example'],
      ['firstName', 'Ann'],
      ['lastName', 'Lee'],
      ['vip', true],
    ]);
    expect(page.consent.map((c) => [c.channel, c.granted])).toEqual([
      ['email', true],
      ['sms', false],
      ['push', false],
    ]);
    const orders = await s.profile.person.orders(ws, ann, { limit: 10 });
    expect(orders.rows.map((o) => [o.orderId, o.netCents, o.returnedCents])).toEqual([
      ['o2', 2001, 0],
      ['o1', 3000, 1000],
    ]);
    expect(orders.rows[1]!.lines).toHaveLength(3);
  });

  it('and masked for who may not see personal data', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      {
        ...told('u1', '2026-05-01T00:00:00Z', {
          name: '王小明',
          email: 'ming@wang.example',
          phone: '13812345678',
          age: 30,
        }),
        identifiers: [
          { type: 'user', value: 'u1' },
          { type: 'email', value: 'ming@wang.example' },
          { type: 'phone', value: '13812345678' },
        ],
      } as Fact,
    ]);
    await s.profile.refresh(ws);
    const person = await s.person(ws, 'u1');
    const page = await s.profile.person.get(ws, person, false);
    expect(page).toMatchObject({ masked: true, name: '王**', email: 'm***@***.example', phone: '****5678' });
    expect(JSON.stringify(page)).not.toMatch(/小明|ming|wang|1381234/);
    expect(page.traits).toContainEqual(expect.objectContaining({ name: 'age', value: 30 }));

    const found = (search: string, reveal: boolean) =>
      s.profile.listCustomers(ws, query({ search }), reveal).then((l) => l.total);
    expect(await found('ming@', true)).toBe(1);
    expect(await found('ming@', false)).toBe(0);
    expect(await found('MING@WANG.example', false)).toBe(1);
    expect(await found('138-1234-5678', true)).toBe(1);
    expect(await found('138-1234-5678', false)).toBe(1);
    expect(await found('1234', false)).toBe(0);
    expect(await found('王', true)).toBe(1);
    expect(await found('王', false)).toBe(0);
    expect(await found('u1', false)).toBe(1);
  });
});

describe('who has no name', () => {
  const id = (type: string, value: string) => ({ type, value });
  const known = (...identifiers: object[]) =>
    ({ ...told('', '2026-05-01T00:00:00Z', { city: 'York' }), identifiers }) as Fact;

  it('is called by the strongest identifier the shop knows, the same everywhere', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      known(id('anonymous', 'browser-1'), id('user', 'household-1234'), id('email', 'x@y.example')),
      known(id('anonymous', 'browser-2'), id('member_card', '88000123')),
      known(id('anonymous', 'browser-3')),
      told('named', '2026-05-01T00:00:00Z', { name: 'Ann Lee' }),
    ]);
    await s.profile.refresh(ws);
    const { rows } = await s.profile.listCustomers(ws, query({ sort: 'firstSeenAt', order: 'asc' }), true);
    const shown = rows.map(({ name, knownBy }) => name || `${knownBy?.type} ${knownBy?.value}`);
    expect(shown.sort()).toEqual([
      'Ann Lee',
      'anonymous browser-3',
      'member_card 88000123',
      'user household-1234',
    ]);
    const people = rows.map((row) => row.personId);
    const calls = rows.map(({ personId, name, knownBy }) => ({ personId, name, knownBy }));
    expect(await s.profile.namesOf(ws, [...people, 4_000_000], true)).toEqual([
      ...calls,
      { personId: 4_000_000, name: '', knownBy: null },
    ]);
    for (const { personId, knownBy } of calls)
      expect((await s.profile.person.get(ws, personId, true)).knownBy).toEqual(knownBy);
    const csv = await textOf(await s.profile.exportCustomers(ws, query(), true));
    expect(csv).toContain(',,household-1234,');
  });

  it('is masked as every identifier is, and found by it whole', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [known(id('user', 'household-1234'))]);
    await s.profile.refresh(ws);
    const { rows } = await s.profile.listCustomers(ws, query({ search: 'household-1234' }), false);
    expect(rows).toMatchObject([{ name: '', knownBy: { type: 'user', value: '****1234' } }]);
    const { personId } = rows[0]!;
    expect(await s.profile.namesOf(ws, [personId], false)).toMatchObject([
      { knownBy: { value: '****1234' } },
    ]);
    expect((await s.profile.person.get(ws, personId, false)).knownBy?.value).toBe('****1234');
    // The number the warehouse goes by is nobody's business.
    expect((await s.profile.listCustomers(ws, query({ search: String(personId) }), false)).total).toBe(0);
  });

  it('is called as who they turned out to be', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [known(id('anonymous', 'b-1')), known(id('user', 'u-9'))]);
    const [visitor, user] = [
      (await s.identity.personOf(ws, { type: 'anonymous', value: 'b-1' }))!,
      (await s.identity.personOf(ws, { type: 'user', value: 'u-9' }))!,
    ];
    await s.collect(ws, [known(id('anonymous', 'b-1'), id('user', 'u-9'))]);
    await s.profile.refresh(ws);
    const called = await s.profile.namesOf(ws, [visitor, user], true);
    expect(called.map((one) => one.knownBy?.value)).toEqual(['u-9', 'u-9']);
  });
});

describe('what was said last holds', () => {
  it('by time, not by arrival', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [told('u', '2026-05-02T00:00:00Z', { city: 'Leeds' })]);
    await s.collect(ws, [told('u', '2026-05-01T00:00:00Z', { city: 'York' })]);
    await s.profile.refresh(ws);
    expect((await s.profile.listCustomers(ws, query(), true)).rows[0]!.city).toBe('Leeds');
    const person = await s.person(ws, 'u');
    expect((await s.profile.person.get(ws, person, true)).city).toBe('Leeds');
  });

  it('and an import taken back uncovers what was known before', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [told('u', '2026-05-01T00:00:00Z', { city: 'York', emailConsent: true })]);
    await s.collect(ws, [told('u', '2026-05-02T00:00:00Z', { city: 'Leeds', emailConsent: false })], 'imp1');
    const person = await s.person(ws, 'u');
    const before = await s.profile.person.get(ws, person, true);
    expect([before.city, before.consent[0]!.granted]).toEqual(['Leeds', false]);
    await s.profile.undoImport(ws, 'imp1');
    const after = await s.profile.person.get(ws, person, true);
    expect([after.city, after.consent[0]!.granted]).toEqual(['York', true]);
  });

  it('for consent too, where at the same moment no beats yes and other purposes do not count', async () => {
    const ws = await s.workspace();
    const at = '2026-05-01T00:00:00Z';
    await s.collect(ws, [
      happened('a', 'Consent Updated', at, { channel: 'email', granted: true }),
      happened('a', 'Consent Updated', at, { channel: 'email', granted: false }),
      happened('b', 'Consent Updated', at, { channel: 'email', granted: true, purpose: 'service' }),
      happened('c', 'Consent Updated', at, { channel: 'EMAIL', granted: 'yes', purpose: 'Marketing' }),
      happened('c', 'Consent Updated', '2026-05-02T00:00:00Z', { channel: 'email' }),
    ]);
    const granted = async (user: string) =>
      (await s.profile.person.get(ws, await s.person(ws, user), true)).consent.find(
        (c) => c.channel === 'email',
      )!.granted;
    expect([await granted('a'), await granted('b'), await granted('c')]).toEqual([false, false, true]);
  });
});

describe('two identities turn out to be one person', () => {
  it('and everything known of both is of one', async () => {
    const ws = await s.workspace();
    const email = { type: 'email' as const, value: 'x@y.example' };
    const card = { type: 'member_card' as const, value: '880001' };
    await s.collect(ws, [
      { ...told('', '2026-05-01T00:00:00Z', { city: 'York' }), identifiers: [email] } as never,
      { ...purchase('', 'o1', '2026-05-03T00:00:00Z', 1000), identifiers: [email] } as never,
      { ...purchase('', 'o2', '2026-05-04T00:00:00Z', 500), identifiers: [card] } as never,
    ]);
    const [byMail, byCard] = [
      (await s.identity.personOf(ws, email))!,
      (await s.identity.personOf(ws, card))!,
    ];
    expect(byMail).not.toBe(byCard);
    await s.profile.tags.add(ws, byCard, 'vip');
    await s.profile.tags.add(ws, byMail, 'vip');
    await s.collect(ws, [
      { ...told('', '2026-05-05T00:00:00Z', { city: 'Leeds' }), identifiers: [email, card] } as never,
    ]);
    await s.profile.refresh(ws);
    const list = await s.profile.listCustomers(ws, query(), true);
    expect(list.rows).toMatchObject([{ orders: 2, spendCents: 1500, city: 'Leeds' }]);
    const gone = Math.max(byMail, byCard);
    const page = await s.profile.person.get(ws, gone, true);
    expect(page).toMatchObject({ personId: Math.min(byMail, byCard), orders: 2, identifiers: [{}, {}] });
    expect((await s.profile.tags.list(ws))[0]).toMatchObject({ name: 'vip', people: 1 });
    await s.profile.tags.remove(ws, page.personId, 'vip');
    expect((await s.profile.tags.list(ws))[0]).toMatchObject({ name: 'vip', people: 0 });
  });
});

describe('tags', () => {
  it('are given, counted, taken and deleted', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [told('a', '2026-05-01T00:00:00Z', {}), told('b', '2026-05-01T00:00:00Z', {})]);
    await s.profile.refresh(ws);
    const [a, b] = [await s.person(ws, 'a'), await s.person(ws, 'b')];
    await s.profile.tags.create(ws, { name: 'vip', label: 'Very important', description: '' });
    await s.profile.tags.add(ws, a, 'vip');
    await s.profile.tags.add(ws, b, "o'hara \\ 标签");
    expect((await s.profile.tags.list(ws)).map((t) => [t.name, t.people])).toEqual([
      ["o'hara \\ 标签", 1],
      ['vip', 1],
    ]);
    expect(
      (await s.profile.listCustomers(ws, query({ tag: "o'hara \\ 标签" }), true)).rows.map((r) => r.personId),
    ).toEqual([b]);
    expect((await s.profile.person.get(ws, a, true)).tags).toMatchObject([
      { name: 'vip', label: 'Very important' },
    ]);
    await s.profile.tags.delete(ws, 'vip');
    expect((await s.profile.person.get(ws, a, true)).tags).toEqual([]);
    await expect(s.profile.tags.delete(ws, 'vip')).rejects.toMatchObject({ code: 'tag.not_found' });
    await s.profile.tags.add(ws, a, 'vip');
    expect((await s.profile.person.get(ws, a, true)).tags).toHaveLength(1);
  });
});

describe('the list of customers', () => {
  it('pages without gaps or repeats in every order, and its file holds the same rows', async () => {
    const ws = await s.workspace();
    const users = Array.from({ length: 23 }, (_, i) => `u${i}`);
    await s.collect(ws, [
      ...users.map((u, i) =>
        told(u, '2026-05-01T00:00:00Z', { name: i % 4 === 0 ? '=HYPERLINK("x")' : `N${i % 5}` }),
      ),
      ...users.slice(0, 15).map((u, i) => purchase(u, `o${i}`, '2026-05-02T00:00:00Z', 100 * (i % 4))),
    ]);
    await s.profile.refresh(ws);
    for (const sort of ['spendCents', 'name', 'lastOrderAt', 'orders'] as const)
      for (const order of ['asc', 'desc'] as const) {
        const seen: number[] = [];
        let cursor: string | undefined;
        do {
          const page = await s.profile.listCustomers(ws, query({ sort, order, limit: 7, cursor }), true);
          expect(page.total).toBe(23);
          seen.push(...page.rows.map((r) => r.personId));
          cursor = page.nextCursor ?? undefined;
        } while (cursor);
        expect(new Set(seen).size).toBe(23);
        expect(seen).toHaveLength(23);
      }
    await expect(s.profile.listCustomers(ws, query({ cursor: 'nonsense' }), true)).rejects.toMatchObject({
      code: 'request.bad_cursor',
    });
    const csv = await textOf(await s.profile.exportCustomers(ws, query(), true));
    const lines = csv.trim().split('\r\n');
    expect(lines).toHaveLength(24);
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).not.toMatch(/(^|,)=/m);
  });

  it('takes any text as text', async () => {
    const ws = await s.workspace();
    const nasty = `x'); DROP TABLE profile_person; -- \\ " \` {a:String} %_ \u{1F600}`;
    await s.collect(ws, [told('a', '2026-05-01T00:00:00Z', { name: nasty, city: nasty })]);
    await s.profile.refresh(ws);
    for (const over of [{ search: nasty }, { city: nasty }])
      expect((await s.profile.listCustomers(ws, query(over), true)).rows.map((r) => r.name)).toEqual([nasty]);
    for (const over of [{ tag: nasty.slice(0, 60) }, { search: `${nasty}'` }, { city: "' OR 1" }])
      expect((await s.profile.listCustomers(ws, query(over), true)).total).toBe(0);
  });
});

describe('the timeline', () => {
  it('tells orders, returns and events once each, newest first, page by page', async () => {
    const ws = await s.workspace();
    const at = (day: number) => `2026-05-${String(day).padStart(2, '0')}T10:00:00Z`;
    await s.collect(ws, [
      ...Array.from({ length: 12 }, (_, i) =>
        happened('a', 'Page Viewed', at(1 + (i % 4)), { path: `/p${i}` }),
      ),
      purchase('a', 'o1', at(2), 900),
      happened('a', 'Order Completed', at(2), { order_id: 'o1' }),
      purchase('a', 'o1', at(3), -900, { lineId: 'r', lineKind: 'return' }),
      happened('a', 'Email Opened', at(3), { subject: 'Hello', email: 'a@b.example' }),
    ]);
    const person = await s.person(ws, 'a');
    const seen: { id: string; time: string; kind: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await s.profile.person.timeline(ws, person, { limit: 4, cursor }, true);
      seen.push(...page.rows);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(new Set(seen.map((e) => e.id)).size).toBe(15);
    expect(seen).toHaveLength(15);
    expect(seen.map((e) => e.time)).toEqual(
      seen
        .map((e) => e.time)
        .sort()
        .reverse(),
    );
    const kinds = await s.profile.person.timeline(ws, person, { limit: 50, kind: 'return' }, true);
    expect(kinds.rows).toMatchObject([{ kind: 'return', amountCents: -900 }]);
    const masked = await s.profile.person.timeline(ws, person, { limit: 50, kind: 'message' }, false);
    expect(masked.rows[0]!.properties).toEqual({ subject: 'Hello', email: '***@***.example' });
  });
});

describe('profiles are kept fresh', () => {
  it('a few seconds after facts came, and again the night after', async () => {
    const ws = await s.workspace();
    await s.jobs.start();
    await s.collect(ws, [purchase('a', 'o1', '2026-05-30T00:00:00Z', 500)]);
    await s.jobs.idle();
    expect((await s.profile.lastRefresh(ws)).computedAt).toBeNull();
    s.clock.advance(3000);
    await s.jobs.idle();
    expect((await s.profile.listCustomers(ws, query(), true)).rows).toMatchObject([{ lifecycle: 'new' }]);
    s.clock.advance(20 * 3_600_000);
    await s.jobs.idle();
    const { computedAt } = await s.profile.lastRefresh(ws);
    expect(computedAt).toBe(s.clock.now());
    await s.jobs.close();
  });
});

describe('data that ended long ago', () => {
  it('are counted to their last order, until orders come in again', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      purchase('early', 'o1', '2017-03-01T00:00:00Z', 500),
      purchase('late', 'o2', '2017-12-31T00:00:00Z', 500),
    ]);
    await s.profile.refresh(ws);
    const stages = async () =>
      (await s.profile.listCustomers(ws, query({ sort: 'lastOrderAt', order: 'desc' }), true)).rows.map(
        (r) => r.lifecycle,
      );
    expect(await stages()).toEqual(['new', 'lost']);
    expect((await s.profile.rfmReport(ws)).asOf).toBe('2017-12-31T00:00:00.000Z');
    expect(await s.profile.asOf(ws)).toBe(Date.parse('2017-12-31T00:00:00Z'));
    const page = async (user: string) => s.profile.person.get(ws, await s.person(ws, user), true);
    const daysOf = async (user: string) => (await page(user)).rfmWhy?.daysSinceLastOrder;
    // A page says to when its days are counted.
    expect(await page('late')).toMatchObject({ lifecycle: 'new', dataEndedAt: '2017-12-31T00:00:00.000Z' });
    expect([await daysOf('late'), await daysOf('early')]).toEqual([0, 305]);

    await s.collect(ws, [purchase('today', 'o3', s.clock.now() - 1000, 500)]);
    // Before anything is computed anew, who bought since shows that the data did not end there.
    expect((await page('today')).dataEndedAt).toBeNull();
    await s.profile.refresh(ws);
    expect((await page('early')).dataEndedAt).toBeNull();
    expect(await stages()).toEqual(['new', 'lost', 'lost']);
    expect(await s.profile.asOf(ws)).toBe(s.clock.now());
  });
});

describe('RFM of 400 customers', () => {
  it('equals a brute-force computation, and the report adds up', async () => {
    const ws = await s.workspace();
    const start = Date.parse('2026-01-01T00:00:00Z');
    let seed = 7;
    const random = (n: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    const lives = Array.from({ length: 400 }, (_, i) => ({
      user: `u${i}`,
      orders: Array.from({ length: random(6) }, () => ({
        time: start + random(140) * 86_400_000,
        cents: 100 * (1 + random(30)),
      })),
    }));
    await s.collect(
      ws,
      lives.flatMap((l) => [
        told(l.user, '2026-01-01T00:00:00Z', {}),
        ...l.orders.map((o, i) => purchase(l.user, `${l.user}-${i}`, o.time, o.cents)),
      ]),
    );
    await s.profile.refresh(ws);
    const buyers = lives.filter((l) => l.orders.length > 0);
    const score = (value: (l: (typeof lives)[0]) => number, l: (typeof lives)[0]) =>
      1 + Math.floor((5 * buyers.filter((b) => value(b) < value(l)).length) / buyers.length);
    const recency = (l: (typeof lives)[0]) => Math.max(...l.orders.map((o) => o.time));
    const money = (l: (typeof lives)[0]) => l.orders.reduce((sum, o) => sum + o.cents, 0);
    const rows = new Map(
      (await s.profile.listCustomers(ws, query({ limit: 1000 }), true)).rows.map((r) => [r.personId, r]),
    );
    for (const l of lives) {
      const row = rows.get(await s.person(ws, l.user))!;
      if (l.orders.length === 0) expect(row).toMatchObject({ recencyScore: null, rfmGroup: null });
      else
        expect([row.recencyScore, row.frequencyScore, row.monetaryScore]).toEqual([
          score(recency, l),
          score((x) => x.orders.length, l),
          score(money, l),
        ]);
    }
    const report = await s.profile.rfmReport(ws);
    expect(report.customers).toBe(buyers.length);
    expect(report.groups.reduce((n, g) => n + g.people, 0)).toBe(buyers.length);
    expect(report.lifecycle.reduce((n, g) => n + g.people, 0)).toBe(400);
    const all = buyers.reduce((sum, b) => sum + money(b), 0);
    expect(report.cells.reduce((n, c) => n + c.spendCents, 0)).toBe(all);
    expect(report.groups.reduce((n, g) => n + g.spendCents, 0)).toBe(all);
  });
});

describe('a workspace', () => {
  it('sees nothing of another, and people nobody knows are refused', async () => {
    const [here, there] = [await s.workspace(), await s.workspace()];
    await s.collect(here, [purchase('a', 'o1', '2026-05-30T00:00:00Z', 500)]);
    await s.profile.refresh(here);
    await s.profile.refresh(there);
    expect((await s.profile.listCustomers(there, query(), true)).total).toBe(0);
    await expect(s.profile.person.get(there, 1, true)).rejects.toMatchObject({
      code: 'customer.not_found',
      status: 404,
    });
    expect((await s.profile.rfmReport(there)).customers).toBe(0);
  });
});
