import { api, type IdentityRules } from '@qianmian/contract';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { DAY } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { TRAITS } from '../profile/index.ts';
import { type TestApp, testApp } from '../test-app.ts';
import { openFolding } from './fold.ts';
import { DEFAULT_RULES } from './rules.ts';
import { EVENTS, IDENTIFIERS, ORDER_LINES } from './store.ch.ts';
import { at, id, seen } from './test-facts.ts';

const PERSON_TABLES = ['profile_trait', 'profile_consent', 'profile_order_key'].map((table) => ({ table }));

vi.setConfig({ testTimeout: 180_000 });

let t: TestApp;
let spoken = 0;
beforeAll(async () => {
  t = await testApp();
}, 120_000);

const told = (day: number, traits: Record<string, string | boolean>, ...ids: string[]): Fact => ({
  kind: 'person',
  time: at(day),
  identifiers: ids.map(id),
  traits,
});
const bought = (day: number, orderId: string, netCents: number, ...ids: string[]): Fact => ({
  kind: 'orderLine',
  orderId,
  lineId: '1',
  lineKind: 'sale',
  time: at(day),
  identifiers: ids.map(id),
  channel: 'web',
  productId: 'p',
  quantity: 1,
  unitPriceCents: netCents,
  discountCents: 0,
  netCents,
  currency: 'CNY',
});

/** Everything a page and a list say of the person behind an identifier. */
async function portrait(workspace: string, text: string) {
  const identifier = id(text);
  const { personId } = await t.call(api.findByIdentifier, {
    params: { workspace },
    query: { type: identifier.type, value: identifier.value },
  });
  if (personId === null) return null;
  const params = { workspace, personId };
  const [page, orders, timeline, list] = await Promise.all([
    t.call(api.getCustomer, { params }),
    t.call(api.getOrders, { params, query: {} }),
    t.call(api.getTimeline, { params, query: {} }),
    t.call(api.listCustomers, { params: { workspace }, query: {} }),
  ]);
  return {
    personId,
    identifiers: page.identifiers.map((i) => `${i.type}=${i.value}`).sort(),
    traits: page.traits.map((x) => `${x.name}=${x.value}`).sort(),
    consent: page.consent.filter((c) => c.granted).map((c) => c.channel),
    spend: page.spendCents,
    orders: orders.rows.map((o) => o.orderId).sort(),
    events: timeline.rows.map((x) => x.id).sort(),
    row: list.rows.find((r) => r.personId === personId),
  };
}

async function refresh(workspace: string): Promise<void> {
  await t.call(api.refreshProfiles, { params: { workspace } });
}

/** Two customers of whom a lot is known. */
async function ann_and_bob(): Promise<string> {
  const workspace = await t.workspace();
  await t.collect(workspace, [
    told(0, { name: 'Ann', city: 'York', emailConsent: true }, 'user=ann', 'email=ann@x.example'),
    bought(1, 'o1', 1000, 'user=ann'),
    seen(1, 'user=ann', 'anonymous=a-1'),
    told(2, { name: 'Bob', city: 'Leeds', emailConsent: false }, 'user=bob'),
    bought(3, 'o2', 500, 'user=bob'),
    seen(3, 'anonymous=b-1', 'user=bob'),
  ]);
  await refresh(workspace);
  return workspace;
}

describe('a merge by hand', () => {
  it('is of one person everywhere, and undone leaves both as they were, with what came meanwhile', async () => {
    const workspace = await ann_and_bob();
    const [ann, bob] = [(await portrait(workspace, 'user=ann'))!, (await portrait(workspace, 'user=bob'))!];
    const merged = await t.call(api.mergePeople, {
      params: { workspace, personId: ann.personId },
      body: { with: bob.personId },
    });
    await refresh(workspace);
    const both = (await portrait(workspace, 'user=bob'))!;
    expect(both).toMatchObject({ personId: ann.personId, spend: 1500, orders: ['o1', 'o2'] });
    expect(both.traits).toEqual(['city=Leeds', 'name=Bob']);
    expect(both.row).toMatchObject({ orders: 2, spendCents: 1500 });

    // Facts of either go on coming while they are one.
    await t.collect(workspace, [
      bought(5, 'o3', 70, 'user=bob'),
      told(5, { city: 'Hull' }, 'user=bob'),
      told(4, { city: 'Bath' }, 'user=ann'),
    ]);
    await refresh(workspace);
    expect((await portrait(workspace, 'user=ann'))!.spend).toBe(1570);

    const undone = await t.call(api.undoDecision, { params: { workspace, id: merged.decisionId } });
    expect(undone.people.sort()).toEqual([ann.personId, bob.personId].sort());
    await refresh(workspace);
    const [annNow, bobNow] = [await portrait(workspace, 'user=ann'), await portrait(workspace, 'user=bob')];
    expect(annNow).toMatchObject({
      personId: ann.personId,
      identifiers: ann.identifiers,
      traits: ['city=Bath', 'name=Ann'],
      consent: ['email'],
      orders: ['o1'],
      events: ann.events,
    });
    expect(bobNow).toMatchObject({
      personId: bob.personId,
      identifiers: bob.identifiers,
      traits: ['city=Hull', 'name=Bob'],
      consent: [],
      orders: ['o2', 'o3'],
    });
    expect(annNow!.row).toEqual(ann.row && { ...ann.row, city: 'Bath' });
    expect(bobNow!.row).toMatchObject({ orders: 2, spendCents: 570 });
    const audit = await t.call(api.listAudit, { params: { workspace }, query: {} });
    expect(audit.rows.map((r) => r.action)).toEqual(
      expect.arrayContaining(['identity.merge', 'identity.decision_undone']),
    );
  });
});

describe('what a page says', () => {
  it('works not against what servers told, is explained by its source, and can be undone as all else', async () => {
    const workspace = await t.workspace();
    const [site] = await t.call(api.listSources, { params: { workspace } });
    const page = async (...said: object[]) => {
      const messages = said.map((one) => {
        spoken += 1;
        return { messageId: `page${spoken}`, type: 'identify', timestamp: '2026-04-02', ...one };
      });
      await t.app.collector.acceptMessages(workspace, site!.id, messages);
      await t.app.collector.drained();
    };
    // What is of one day stands in no order.
    const sorted = <T>(rows: T[]) => rows.sort((x, y) => JSON.stringify(x).localeCompare(JSON.stringify(y)));
    const whyOf = async (personId: number) => {
      const why = await t.call(api.getPersonIdentity, { params: { workspace, personId } });
      return { ...why, joins: sorted(why.joins), refused: sorted(why.refused) };
    };
    const whose = async (...texts: string[]) =>
      Promise.all(texts.map(async (text) => (await portrait(workspace, text))?.personId ?? null));

    await t.collect(workspace, [
      told(3, { name: 'Vic' }, 'user=vic', 'email=vic@x.example', 'phone=13911110000', 'anonymous=vicphone'),
      bought(4, 'v1', 1000, 'user=vic'),
      bought(4, 'm1', 900, 'phone=13922220000'),
    ]);
    const vic = (await portrait(workspace, 'user=vic'))!;
    const claims = { email: 'vic@x.example', phone: '13911110000' };
    await page(
      ...[0, 1, 2].map((i) => ({ userId: `evil${i}`, traits: claims })),
      { userId: 'thief', traits: { phone: '13922220000' } },
      // What only pages know of is joined as ever.
      { userId: 'new', anonymousId: 'n-1', traits: { email: 'new@x.example' } },
      { userId: 'vic', anonymousId: 'vic-2' },
    );
    expect(await whose('email=vic@x.example', 'phone=13911110000', 'anonymous=vicphone')).toEqual(
      Array(3).fill(vic.personId),
    );
    expect(new Set(await whose('user=new', 'anonymous=n-1', 'email=new@x.example')).size).toBe(1);
    await t.collect(workspace, [seen(9, 'user=thief')]);
    expect((await portrait(workspace, 'user=thief'))!.orders).toEqual([]);

    // Where a sighting came from is told, of what joined and of what did not.
    const why = await whyOf(vic.personId);
    const said = (of: (typeof why.joins)[number]) => `${of.a.value} ${of.b.value} ${of.kind} ${of.source}`;
    expect(why.identifiers.filter((i) => i.isShared)).toEqual([]);
    expect(why.joins.map(said).sort()).toEqual([
      'vic +8613911110000 seen test',
      `vic vic-2 heard ${site!.id}`,
      'vic vic@x.example seen test',
      'vic vicphone seen test',
    ]);
    expect(new Set(why.refused.map((r) => `${r.kind} ${r.source}`))).toEqual(new Set([`heard ${site!.id}`]));

    // A restart reads the same, and writes nothing anew.
    const evidence = () =>
      t.app.warehouse.one<{ rows: string; numbers: string }>(
        `SELECT toString(groupArray((a, b, kind, seconds))) AS rows,
           (SELECT toString(count()) FROM identity_number WHERE workspace = {workspace:String}) AS numbers
         FROM (SELECT * FROM identity_evidence FINAL WHERE workspace = {workspace:String} ORDER BY a, b, kind)`,
        { workspace },
      );
    const [stored, everyone] = [await evidence(), await whyOf(vic.personId)];
    t.app.identity.forget(workspace);
    expect(await whyOf(vic.personId)).toEqual(everyone);
    expect(await evidence()).toEqual(stored);

    // Merged by hand and undone, and split by hand and undone.
    const [evil] = await whose('user=evil0');
    const merged = await t.call(api.mergePeople, {
      params: { workspace, personId: vic.personId },
      body: { with: evil! },
    });
    expect(await whose('user=evil0')).toEqual([vic.personId]);
    await t.call(api.undoDecision, { params: { workspace, id: merged.decisionId } });
    expect(await whose('user=evil0', 'user=vic')).toEqual([evil, vic.personId]);
    const heard = everyone.joins.find((join) => join.kind === 'heard')!;
    const split = await t.call(api.splitPerson, {
      params: { workspace, personId: vic.personId },
      body: { a: heard.a.number, b: heard.b.number },
    });
    expect(await whose('anonymous=vic-2')).not.toEqual([vic.personId]);
    await t.call(api.undoDecision, { params: { workspace, id: split.decisionId } });
    expect(await whyOf(vic.personId)).toEqual(everyone);

    // What an import told stands above, and when it is undone the page's word counts again.
    const version = t.app.collector.nextVersion();
    const sighting = { identifiers: [id('user=other'), id('email=new@x.example')], time: at(20) };
    await t.app.identity.resolve(workspace, [sighting], { importId: 'i1', version });
    const [other, fresh, email] = await whose('user=other', 'user=new', 'email=new@x.example');
    expect([email, fresh === other]).toEqual([other, false]);
    await t.app.identity.undoImport(
      workspace,
      'i1',
      version,
      PERSON_TABLES.map(({ table }) => table),
    );
    expect(await whose('email=new@x.example')).toEqual([fresh]);
  });

  it('counts for a workspace of before as everything did then', async () => {
    const workspace = await t.workspace();
    await t.collect(workspace, [seen(1, 'user=u', 'email=u@x.example')]);
    const { told, first } = await t.app.warehouse.one<{ told: number; first: number }>(
      `SELECT max(first_told) AS told, toUInt32(toUnixTimestamp(max(first_seen))) AS first
       FROM identity_link FINAL WHERE workspace = {workspace:String}`,
      { workspace },
    );
    expect(told).toBe(first);
    // A row of before has no such column: it is told as of when it was first seen.
    await t.app.warehouse.command(
      `INSERT INTO identity_link (workspace, type, value, person_id, first_seen, import_id, version)
       VALUES ({workspace:String}, 'phone', '+8613900000009', 0, '2026-01-02 00:00:00', '', 1)`,
      { workspace },
    );
    const before = await t.app.warehouse.one<{ told: number }>(
      `SELECT first_told AS told FROM identity_link FINAL WHERE workspace = {workspace:String} AND type = 'phone'`,
      { workspace },
    );
    expect(before.told).toBe(Date.UTC(2026, 0, 2) / 1000);
  });
});

describe('a split by hand', () => {
  it('says before what it does, parts what the evidence joined, and lasts until it is undone', async () => {
    const workspace = await ann_and_bob();
    const [ann, bob] = [(await portrait(workspace, 'user=ann'))!, (await portrait(workspace, 'user=bob'))!];
    // A card of Bob's is given with Ann's e-mail: by the rules the two would be one, were there no logins.
    await t.collect(workspace, [
      seen(6, 'member_card=7001', 'email=cara@x.example'),
      bought(6, 'o4', 40, 'member_card=7001'),
      bought(7, 'o5', 60, 'email=dan@x.example'),
    ]);
    await refresh(workspace);
    const cara = (await portrait(workspace, 'member_card=7001'))!;
    const dan = (await portrait(workspace, 'email=dan@x.example'))!;
    await t.collect(workspace, [seen(8, 'member_card=7001', 'email=dan@x.example')]);
    await refresh(workspace);
    expect((await portrait(workspace, 'email=dan@x.example'))!.orders).toEqual(['o4', 'o5']);

    const params = { workspace, personId: dan.personId };
    const who = await t.call(api.getPersonIdentity, { params });
    expect(who.personId).toBe(cara.personId);
    const join = who.joins.find((j) => j.b.value === 'dan@x.example')!;
    expect(join).toMatchObject({ kind: 'seen', source: 'test', a: { type: 'member_card', value: '7001' } });
    const query = { a: join.a.number, b: join.b.number };
    const { sides } = await t.call(api.previewSplit, { params, query });
    expect(sides.map((s) => [s.personId, s.identifiers.length, s.orders])).toEqual([
      [cara.personId, 2, 1],
      [dan.personId, 1, 1],
    ]);
    const { decisionId, people } = await t.call(api.splitPerson, { params, body: query });
    expect(people).toEqual([cara.personId, dan.personId]);
    await refresh(workspace);
    const now = await portrait(workspace, 'member_card=7001');
    expect(now).toMatchObject({ ...cara, events: expect.anything(), row: expect.anything() });
    expect(await portrait(workspace, 'email=dan@x.example')).toEqual(dan);
    // The same evidence again does not join them again.
    await t.collect(workspace, [seen(9, 'email=dan@x.example', 'member_card=7001')]);
    expect((await portrait(workspace, 'email=dan@x.example'))!.personId).toBe(dan.personId);
    expect((await t.call(api.getPersonIdentity, { params })).refused).toMatchObject([
      { otherPersonId: cara.personId },
    ]);
    // Nor after a restart.
    t.app.identity.forget(workspace);
    expect((await portrait(workspace, 'email=dan@x.example'))!.personId).toBe(dan.personId);
    await t.call(api.undoDecision, { params: { workspace, id: decisionId } });
    expect((await portrait(workspace, 'email=dan@x.example'))!.personId).toBe(cara.personId);
    // Others were not touched.
    expect((await portrait(workspace, 'user=ann'))!.personId).toBe(ann.personId);
    expect((await portrait(workspace, 'user=bob'))!.personId).toBe(bob.personId);
  });

  it('holds again when a merge that went over it is taken back, and a merge when a split is', async () => {
    const workspace = await t.workspace();
    await t.collect(workspace, [seen(1, 'member_card=1', 'email=e@x.example')]);
    const whose = async (key: string) => (await portrait(workspace, key))!.personId;
    const isOne = async () => (await whose('member_card=1')) === (await whose('email=e@x.example'));
    const personId = await whose('member_card=1');
    const joins = (await t.call(api.getPersonIdentity, { params: { workspace, personId } })).joins;
    const { a, b } = joins[0]!;
    const pair = { a: a.number, b: b.number };
    const split = await t.call(api.splitPerson, { params: { workspace, personId }, body: pair });
    expect(await isOne()).toBe(false);
    const merged = await t.call(api.mergePeople, {
      params: { workspace, personId: await whose('member_card=1') },
      body: { with: await whose('email=e@x.example') },
    });
    expect(await isOne()).toBe(true);
    await t.call(api.undoDecision, { params: { workspace, id: merged.decisionId } });
    expect(await isOne()).toBe(false);
    // The evidence again joins them no more than before, also in an index read anew.
    await t.collect(workspace, [seen(2, 'member_card=1', 'email=e@x.example')]);
    t.app.identity.forget(workspace);
    expect(await isOne()).toBe(false);
    const again = await t.call(api.mergePeople, {
      params: { workspace, personId: await whose('member_card=1') },
      body: { with: await whose('email=e@x.example') },
    });
    const parted = await t.call(api.splitPerson, {
      params: { workspace, personId: await whose('member_card=1') },
      body: pair,
    });
    expect(await isOne()).toBe(false);
    await t.call(api.undoDecision, { params: { workspace, id: parted.decisionId } });
    expect(await isOne()).toBe(true);
    await t.call(api.undoDecision, { params: { workspace, id: again.decisionId } });
    expect(await isOne()).toBe(false);
    await t.call(api.undoDecision, { params: { workspace, id: split.decisionId } });
    expect(await isOne()).toBe(true);
  });

  it('leaves each the events that were seen of them alone, in every list, folded or not', async () => {
    const workspace = await t.workspace();
    const [card, mail, both] = [
      seen(1, 'member_card=1'),
      seen(2, 'email=e@x.example'),
      seen(3, 'member_card=1', 'email=e@x.example'),
    ].map((fact) => ({ fact, id: (fact as { messageId: string }).messageId }));
    for (const { fact } of [card!, mail!, both!]) await t.collect(workspace, [fact]);
    /** Who each event is of by the two lists of events. */
    const listed = async (personId?: number) => {
      const call = { params: { workspace }, query: personId ? { personId } : {} };
      const [events, arrivals] = await Promise.all([
        t.call(api.listEvents, call),
        t.call(api.listArrivals, call),
      ]);
      const owners = (rows: readonly { messageId: string; personId: number | null }[]) =>
        Object.fromEntries(rows.map((row) => [row.messageId, row.personId]));
      expect(owners(arrivals.rows)).toEqual(owners(events.rows));
      return owners(events.rows);
    };
    const one = (await portrait(workspace, 'member_card=1'))!.personId;
    const all = { [card!.id]: one, [mail!.id]: one, [both!.id]: one };
    expect(await listed()).toEqual(all);
    expect(await listed(one)).toEqual(all);
    const params = { workspace, personId: one };
    const { joins } = await t.call(api.getPersonIdentity, { params });
    await t.call(api.splitPerson, { params, body: { a: joins[0]!.a.number, b: joins[0]!.b.number } });
    const [cardHolder, reader] = await Promise.all(
      ['member_card=1', 'email=e@x.example'].map(async (of) => (await portrait(workspace, of))!.personId),
    );
    expect(cardHolder).not.toBe(reader);
    for (const isFolded of [false, true]) {
      if (isFolded) await t.app.folding.fold(workspace);
      const ofCard = { [card!.id]: cardHolder, [both!.id]: cardHolder };
      expect(await listed(cardHolder)).toEqual(ofCard);
      expect(await listed(reader)).toEqual({ [mail!.id]: reader });
      expect(await listed()).toEqual({ ...ofCard, [mail!.id]: reader });
    }
  });

  it('is refused where the two are not of the customer', async () => {
    const workspace = await ann_and_bob();
    const ann = (await portrait(workspace, 'user=ann'))!;
    const answer = await t.raw(api.splitPerson, {
      params: { workspace, personId: ann.personId },
      body: { a: 1, b: 1 },
    });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([409, 'identity.not_of_one']);
    const twice = await t.raw(api.mergePeople, {
      params: { workspace, personId: ann.personId },
      body: { with: ann.personId },
    });
    expect(twice.status).toBe(409);
    const nobody = await t.raw(api.mergePeople, {
      params: { workspace, personId: ann.personId },
      body: { with: 4_000_000 },
    });
    expect(nobody.status).toBe(404);
  });
});

describe('rules', () => {
  const without = (type: string): IdentityRules => ({
    types: DEFAULT_RULES.types.map((r) => (r.type === type ? { ...r, joins: false } : r)),
  });

  it('say before what they change, change it in a job, and put back restore everything', async () => {
    const workspace = await t.workspace();
    await t.collect(workspace, [
      bought(0, 'r1', 100, 'member_card=c1'),
      bought(0, 'r2', 200, 'phone=13800138001'),
    ]);
    await t.collect(workspace, [
      bought(1, 'r3', 300, 'member_card=c1', 'phone=13800138001'),
      bought(1, 'r4', 400, 'phone=13800138001'),
      told(2, { city: 'Bath' }, 'phone=13800138001'),
    ]);
    await refresh(workspace);
    const before = await portrait(workspace, 'member_card=c1');
    expect(before).toMatchObject({ orders: ['r1', 'r2', 'r3', 'r4'] });
    const params = { workspace };
    const effect = await t.call(api.previewIdentityRules, { params, body: without('phone') });
    expect(effect).toMatchObject({ people: 1, peopleAfter: 2, parted: 1, joined: 0 });
    expect(await portrait(workspace, 'member_card=c1')).toEqual(before);

    await t.call(api.putIdentityRules, { params, body: without('phone') });
    await t.app.jobs.idle();
    await refresh(workspace);
    expect((await t.call(api.getIdentityRules, { params })).isApplying).toBe(false);
    const card = await portrait(workspace, 'member_card=c1');
    const phone = await portrait(workspace, 'phone=13800138001');
    expect(card).toMatchObject({ orders: ['r1', 'r3'], traits: [], spend: 400 });
    expect(phone).toMatchObject({ orders: ['r2', 'r4'], traits: ['city=Bath'], spend: 600 });
    t.app.identity.forget(workspace);
    expect(await portrait(workspace, 'phone=13800138001')).toEqual(phone);

    await t.call(api.putIdentityRules, { params, body: DEFAULT_RULES });
    await t.app.jobs.idle();
    await refresh(workspace);
    expect(await portrait(workspace, 'member_card=c1')).toEqual(before);
  });

  it('of a workspace can block values, also those that came before', async () => {
    const workspace = await t.workspace();
    await t.collect(workspace, [
      seen(0, 'user=u1', 'member_card=STAFF'),
      seen(0, 'anonymous=x', 'member_card=STAFF'),
    ]);
    const params = { workspace };
    const body = {
      types: DEFAULT_RULES.types.map((r) => (r.type === 'member_card' ? { ...r, blocked: ['staff'] } : r)),
    };
    await t.call(api.putIdentityRules, { params, body });
    await t.app.jobs.idle();
    const [u, x] = [(await portrait(workspace, 'user=u1'))!, (await portrait(workspace, 'anonymous=x'))!];
    expect(u.personId).not.toBe(x.personId);
    await t.collect(workspace, [seen(1, 'user=u2', 'member_card=Staff'), seen(1, 'member_card=STAFF')]);
    expect(await portrait(workspace, 'member_card=STAFF')).toBeNull();
  });

  it('of two who change them at once the second is told, and nothing is lost', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    const { version: basedOn, types } = await t.call(api.getIdentityRules, { params });
    const shared = (sharedFrom: number) => types.map((r) => (r.type === 'phone' ? { ...r, sharedFrom } : r));
    const tries = await Promise.allSettled(
      [4, 5].map((n) => t.call(api.putIdentityRules, { params, body: { types: shared(n), basedOn } })),
    );
    expect(tries.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = tries[0]!.status === 'fulfilled' ? 4 : 5;
    const refused = tries.find((one) => one.status === 'rejected')!;
    expect(String((refused as PromiseRejectedResult).reason)).toContain('identity.rules_changed');
    await t.app.jobs.idle();
    const now = await t.call(api.getIdentityRules, { params });
    expect(now.types.find((r) => r.type === 'phone')!.sharedFrom).toBe(won);
    // Based on what holds now, or on nothing, it is saved.
    await t.call(api.putIdentityRules, { params, body: { types, basedOn: now.version } });
    await t.call(api.putIdentityRules, { params, body: { types } });
    await t.app.jobs.idle();
    expect((await t.call(api.getIdentityRules, { params })).version).toBe(basedOn);
  });

  it('block a phone however it is written, also where it came before', async () => {
    const workspace = await t.workspace();
    await t.collect(workspace, [
      seen(0, 'user=u1', 'phone=139 2222 0000'),
      seen(0, 'anonymous=x', 'phone=+8613922220000'),
    ]);
    const params = { workspace };
    const body = {
      types: DEFAULT_RULES.types.map((r) => (r.type === 'phone' ? { ...r, blocked: ['139-22220000'] } : r)),
    };
    expect((await t.call(api.previewIdentityRules, { params, body })).parted).toBe(2);
    await t.call(api.putIdentityRules, { params, body });
    await t.app.jobs.idle();
    const [u, x] = [(await portrait(workspace, 'user=u1'))!, (await portrait(workspace, 'anonymous=x'))!];
    expect(u.personId).not.toBe(x.personId);
    await t.collect(workspace, [seen(1, 'user=u2', 'phone=+86 139 2222 0000')]);
    expect(await portrait(workspace, 'phone=13922220000')).toBeNull();
  });
});

describe('folding', () => {
  /** A workspace in which people were joined, parted and renumbered, told by everything a reader sees. */
  async function tangled() {
    const workspace = await ann_and_bob();
    await t.collect(workspace, [
      bought(1, 'q1', 10, 'anonymous=tab'),
      bought(2, 'q2', 20, 'anonymous=tab', 'user=mum'),
      bought(40, 'q3', 30, 'anonymous=tab', 'user=dad'),
      bought(41, 'q4', 40, 'anonymous=late'),
    ]);
    await t.collect(workspace, [seen(42, 'anonymous=late', 'user=dad')]);
    await t.collect(workspace, [
      bought(43, 'q5', 50, 'anonymous=tab', 'user=kid'),
      told(43, { city: 'Ely' }, 'anonymous=late'),
    ]);
    const [ann, bob] = [(await portrait(workspace, 'user=ann'))!, (await portrait(workspace, 'user=bob'))!];
    const merged = await t.call(api.mergePeople, {
      params: { workspace, personId: ann.personId },
      body: { with: bob.personId },
    });
    await t.collect(workspace, [bought(44, 'q6', 60, 'user=bob'), told(44, { city: 'Rye' }, 'user=bob')]);
    const seenAs = async () => {
      await refresh(workspace);
      return Promise.all(
        ['ann', 'bob', 'mum', 'dad', 'kid']
          .map((u) => `user=${u}`)
          .concat('anonymous=tab', 'anonymous=late')
          .map((who) => portrait(workspace, who)),
      );
    };
    return { workspace, merged, seenAs };
  }

  const foldingWith = (warehouse: Warehouse) =>
    openFolding({
      identity: t.app.identity,
      warehouse,
      exclusively: t.app.collector.exclusively,
      clock: t.clock,
      factTables: PERSON_TABLES,
    });

  const rowsOutOfPlace = async (workspace: string) => {
    let n = 0;
    for (const table of ['collect_event', 'collect_order_line', 'profile_trait', 'profile_order_key'])
      n += (
        await t.app.warehouse.one<{ n: number }>(
          `SELECT count() AS n FROM ${table} AS f INNER JOIN (SELECT person_id FROM identity_override FINAL
             WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON f.person_id = o.person_id
           WHERE f.workspace = {workspace:String}`,
          { workspace },
        )
      ).n;
    return n;
  };

  /** Whose facts are whose, by the views that everything asks. */
  const whoseFacts = (workspace: string) =>
    Promise.all(
      [
        `SELECT person, groupArraySorted(100)(order_id || toString(net_cents)) AS x FROM ${ORDER_LINES} GROUP BY person ORDER BY person`,
        `SELECT person, groupArraySorted(100)(message_id) AS x FROM ${EVENTS} GROUP BY person ORDER BY person`,
        `SELECT person, groupArraySorted(100)(type || value) AS x FROM ${IDENTIFIERS} GROUP BY person ORDER BY person`,
        `SELECT person, groupArraySorted(100)(name || value) AS x FROM ${TRAITS} GROUP BY person ORDER BY person`,
      ].map((sql) => t.app.warehouse.query(sql, { workspace })),
    );

  it('writes who facts belong to into them, and merges can still be undone exactly', async () => {
    const { workspace, merged, seenAs } = await tangled();
    expect(await rowsOutOfPlace(workspace)).toBeGreaterThan(0);
    const folding = foldingWith(t.app.warehouse);
    expect(await folding.isDue(workspace)).toBe(false);
    t.clock.advance(8 * DAY);
    expect(await folding.isDue(workspace)).toBe(true);
    const before = await seenAs();
    await folding.fold(workspace);
    expect(await folding.waiting(workspace)).toBe(0);
    expect(await rowsOutOfPlace(workspace)).toBe(0);
    expect(await seenAs()).toEqual(before);
    t.app.identity.forget(workspace);
    expect(await seenAs()).toEqual(before);
    await t.call(api.undoDecision, { params: { workspace, id: merged.decisionId } });
    const [ann, bob] = await seenAs();
    expect([ann!.orders, bob!.orders]).toEqual([['o1'], ['o2', 'q6']]);
    expect([ann!.traits, bob!.traits]).toEqual([
      ['city=York', 'name=Ann'],
      ['city=Rye', 'name=Bob'],
    ]);
  }, 120_000);

  it('may stop after any statement: nothing is lost, doubled or told of another', async () => {
    const { workspace, seenAs } = await tangled();
    const before = await seenAs();
    const sums = await whoseFacts(workspace);
    const real = t.app.warehouse;
    let isDone = false;
    for (let stopAt = 1; !isDone && stopAt < 150; stopAt += 3) {
      let statements = 0;
      const dying = <A extends unknown[]>(work: (...args: A) => Promise<void>) => {
        return (...args: A) => {
          statements += 1;
          return statements > stopAt ? Promise.reject(new Error('the power went')) : work(...args);
        };
      };
      const warehouse = {
        ...real,
        command: dying(real.command),
        replacePartition: dying(real.replacePartition),
      };
      isDone = await foldingWith(warehouse)
        .fold(workspace)
        .then(
          () => true,
          (error: Error) => {
            expect(error.message).toBe('the power went');
            return false;
          },
        );
      // A new process knows only what is stored.
      t.app.identity.forget(workspace);
      expect(await whoseFacts(workspace)).toEqual(sums);
    }
    expect(isDone).toBe(true);
    expect(await seenAs()).toEqual(before);
    expect(await rowsOutOfPlace(workspace)).toBe(0);
  }, 300_000);
});

describe('an identifier that joins nobody', () => {
  it('is a customer of its own only where something is known of it alone', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    const family = (user: string, ...ids: string[]) =>
      told(0, { name: user }, `user=${user}`, `email=${user}@x.example`, 'phone=13911112222', ...ids);
    const counted = async () => {
      await refresh(workspace);
      const { rows, total } = await t.call(api.listCustomers, { params, query: {} });
      expect(total).toBe(rows.length);
      const { people } = await t.call(api.getIdentityState, { params });
      expect(people).toBe(rows.length);
      return rows.length;
    };
    await t.collect(
      workspace,
      ['f1', 'f2', 'f3', 'f4'].map((user) => family(user)),
    );
    expect(await counted()).toBe(4);
    const phone = (await portrait(workspace, 'phone=13911112222'))!;
    expect([phone.row, phone.orders]).toEqual([undefined, []]);

    // Rules by which no e-mail joins make no customers of e-mails.
    const rules = (joins: boolean) =>
      DEFAULT_RULES.types.map((r) => (r.type === 'email' ? { ...r, joins } : r));
    for (const joins of [false, true]) {
      await t.call(api.putIdentityRules, { params, body: { types: rules(joins) } });
      await t.app.jobs.idle();
      expect(await counted()).toBe(4);
    }

    // Somebody who is known by nothing else than the shared phone is one, and so is a login of which nothing is told.
    await t.collect(workspace, [
      told(2, {}, 'user=bare', 'anonymous=bare-1'),
      bought(3, 'q1', 500, 'phone=13911112222'),
    ]);
    expect(await counted()).toBe(6);
    expect((await portrait(workspace, 'phone=13911112222'))!.row).toMatchObject({ orders: 1 });
  });
});

describe('the review queue', () => {
  it('finds probable duplicates with reasons, and remembers what was decided', async () => {
    const workspace = await t.workspace();
    const person = (n: number, traits: Record<string, string>) => told(0, traits, `user=p${n}`);
    await t.collect(workspace, [
      person(1, { name: '王小明', birthday: '1990-04-05', city: '上海', phone: '13800138123' }),
      person(2, { name: '王 小明', birthday: '1990-04-05', city: '上海', phone: '13800138132' }),
      person(3, { name: 'Ｊｏｈｎ Miller', email: 'john.miller77@gmail.com', birthday: '1985-01-02' }),
      person(4, { name: 'John Miller', email: 'john.miller77@gmial.com', birthday: '1985-01-02' }),
      ...Array.from({ length: 40 }, (_, i) =>
        person(10 + i, {
          name: `Person ${String.fromCharCode(97 + (i % 26))}${i}`,
          birthday: `19${60 + i}-0${1 + (i % 9)}-11`,
          city: '上海',
          gender: 'female',
        }),
      ),
    ]);
    await refresh(workspace);
    const params = { workspace };
    const search = async () => {
      await t.call(api.searchDuplicates, { params });
      await t.app.jobs.idle();
      return (await t.call(api.listDuplicates, { params, query: {} })).rows;
    };
    const found = await search();
    t.clock.advance(1000);
    expect(found.map((d) => [d.a.name, d.b.name].sort().join(' / ')).sort()).toEqual([
      'John Miller / Ｊｏｈｎ Miller',
      '王 小明 / 王小明',
    ]);
    // Page by page they are the same.
    const page = await t.call(api.listDuplicates, { params, query: { limit: 1 } });
    const next = await t.call(api.listDuplicates, { params, query: { limit: 1, cursor: page.nextCursor! } });
    expect([...page.rows, ...next.rows].map((d) => d.id)).toEqual(found.map((d) => d.id));
    expect(next.nextCursor).toBeNull();
    const wang = found.find((d) => d.a.name.startsWith('王'))!;
    expect(wang.reasons.map((r) => r.reason)).toEqual(
      expect.arrayContaining(['birthday', 'phoneTypo', 'city']),
    );
    expect(wang.score).toBeGreaterThan(0.9);
    const john = found.find((d) => d !== wang)!;

    // The same is one person; different is never proposed again; later waits at the end.
    await t.call(api.decideDuplicate, { params: { ...params, id: wang.id }, body: { verdict: 'later' } });
    expect((await search()).at(-1)!.a.name).toBe(wang.a.name);
    const same = await t.call(api.decideDuplicate, {
      params: { ...params, id: wang.id },
      body: { verdict: 'same' },
    });
    expect((await portrait(workspace, 'user=p1'))!.personId).toBe(
      (await portrait(workspace, 'user=p2'))!.personId,
    );
    await t.call(api.decideDuplicate, { params: { ...params, id: john.id }, body: { verdict: 'different' } });
    await refresh(workspace);
    expect(await search()).toEqual([]);
    const decided = await t.call(api.listDecisions, { params, query: {} });
    expect(decided.rows.map((d) => d.verdict).sort()).toEqual(['different', 'same']);
    await t.call(api.undoDecision, { params: { ...params, id: same.decisionId! } });
    expect((await portrait(workspace, 'user=p1'))!.personId).not.toBe(
      (await portrait(workspace, 'user=p2'))!.personId,
    );
  });

  it('puts what only pages said behind what others told, and says so', async () => {
    const workspace = await t.workspace();
    const karo = { name: 'Karoline Mustermann', birthday: '1971-03-04', city: 'Berlin' };
    await t.collect(workspace, [
      told(0, { ...karo, email: 'karo@x.example' }, 'user=k1', 'email=karo@x.example'),
      told(0, { ...karo, email: 'km71@y.example' }, 'user=k2', 'email=km71@y.example'),
      ...Array.from({ length: 40 }, (_, i) =>
        told(0, { name: `Person ${i}`, city: `City ${i % 9}`, birthday: `19${50 + i}-02-11` }, `user=o${i}`),
      ),
    ]);
    const [site] = await t.call(api.listSources, { params: { workspace } });
    await t.app.collector.acceptMessages(
      workspace,
      site!.id,
      Array.from({ length: 8 }, (_, i) => ({
        ...{ type: 'identify', messageId: `fake${i}`, timestamp: '2026-04-02', userId: `fake${i}` },
        traits: { email: `victim${i >> 1}@x.example`, phone: `138${String((i >> 1) + 2).repeat(8)}` },
      })),
    );
    await t.app.collector.drained();
    await refresh(workspace);
    const params = { workspace };
    await t.call(api.searchDuplicates, { params });
    await t.app.jobs.idle();
    const { rows } = await t.call(api.listDuplicates, { params, query: {} });
    expect(rows[0]!.a.name).toBe(karo.name);
    expect(rows.map((d) => d.reasons.some((r) => r.reason === 'heard'))).toEqual([
      false,
      ...Array(rows.length - 1).fill(true),
    ]);
    expect(rows.length).toBe(5);
  });

  it('masks what may not be revealed, and the state counts what there is', async () => {
    const workspace = await ann_and_bob();
    await t.collect(workspace, [
      seen(1, 'user=a', 'anonymous=kiosk'),
      seen(2, 'user=b', 'anonymous=kiosk'),
      seen(3, 'user=c', 'anonymous=kiosk'),
    ]);
    const params = { workspace };
    const state = await t.call(api.getIdentityState, { params });
    expect(state).toMatchObject({ people: 5, shared: 1, decisions: 0, toReview: 0, isApplying: false });
    expect(state.types.find((x) => x.type === 'user')).toMatchObject({ identifiers: 5 });
    const shared = await t.call(api.listShared, { params, query: {} });
    expect(shared.rows).toMatchObject([{ type: 'anonymous', value: 'kiosk', claims: 3 }]);
    const wrong = await t.raw(api.findByIdentifier, { params, query: { type: 'soul', value: 'x' } });
    expect(wrong.status).toBe(400);
  });
});

describe('phone numbers', () => {
  const knownBy = async (workspace: string) => {
    const rows = await t.app.warehouse.query<{ person: number; ids: string[] }>(
      `SELECT person, arraySort(groupArray(value)) AS ids FROM ${IDENTIFIERS}
       GROUP BY person ORDER BY ids`,
      { workspace },
    );
    return rows.map((row) => row.ids);
  };
  const says = (anonymousId: string, traits: object) => ({ type: 'identify', anonymousId, traits });

  it('that are none join nobody, and those without a country code are of where they were written', async () => {
    const workspace = await t.workspace({ currency: 'EUR', timeZone: 'Europe/Berlin' });
    await t.send(workspace, [
      says('fill1', { phone: '123456789' }),
      says('fill2', { phone: '123456789' }),
      says('zero1', { phone: '+49 (0)151 23456789' }),
      says('zero2', { phone: '0151 23456789' }),
      says('paris', { phone: '06 12 34 56 78', address: { country: 'France' } }),
      says('mainz', { phone: '06123 45678' }),
      {
        type: 'track',
        event: 'Product Viewed',
        anonymousId: 'lyon',
        context: { locale: 'fr-FR', traits: { phone: '0612345678' } },
      },
    ]);
    expect(await knownBy(workspace)).toEqual([
      ['+33612345678', 'lyon', 'paris'],
      ['+4915123456789', 'zero1', 'zero2'],
      ['+49612345678', 'mainz'],
      ['fill1'],
      ['fill2'],
    ]);
    const params = { workspace };
    const { country } = await t.call(api.getWorkspace, { params });
    expect(country).toBe('DE');
    expect(await t.call(api.updateWorkspace, { params, body: { country: 'IT' } })).toMatchObject({
      country: 'IT',
    });
    t.clock.advance(11_000);
    await t.send(workspace, [says('roma', { phone: '312 345 6789' })]);
    expect(await knownBy(workspace)).toContainEqual(['+393123456789', 'roma']);
    const wrong = await t.raw(api.updateWorkspace, { params, body: { country: 'XX' } });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'workspace.bad_setting' } });
    expect(await t.call(api.updateWorkspace, { params, body: { country: null } })).toMatchObject({
      country: 'DE',
    });
  });

  it('that were kept as they were written before still find their people', async () => {
    const workspace = await t.workspace({ currency: 'EUR', timeZone: 'Europe/Berlin' });
    await t.app.warehouse.command(
      `INSERT INTO identity_link (workspace, type, value, person_id, first_seen, import_id, version)
       VALUES ({workspace:String}, 'phone', '+49015123456789', 1, '2026-01-02 00:00:00', '', 1)`,
      { workspace },
    );
    const person = await t.app.identity.personOf(workspace, { type: 'phone', value: '+49 (0)151 23456789' });
    expect(person).toBe(1);
    await t.send(workspace, [says('new', { phone: '+49 (0)151 23456789' })]);
    expect((await knownBy(workspace)).filter((ids) => ids.includes('new'))).toEqual([
      expect.arrayContaining(['+49015123456789', '+4915123456789', 'new']),
    ]);
  });
});
