import { api, collectEndpoints } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { DAY } from '../platform/clock.ts';
import { testApp } from '../test-app.ts';

describe('events', async () => {
  const t = await testApp();

  it('are stored once, whatever is sent twice, and belong to one person', async () => {
    const workspace = await t.workspace();
    const viewed = {
      type: 'track',
      event: 'Product Viewed',
      messageId: 'm1',
      anonymousId: 'a1',
      timestamp: '2026-05-31T10:00:00Z',
      properties: { product_id: 'P1', price: 12.5 },
    };
    await t.send(workspace, [viewed, viewed]);
    await t.send(workspace, [viewed]);
    await t.send(workspace, [
      {
        type: 'identify',
        messageId: 'm2',
        anonymousId: 'a1',
        userId: 'u1',
        traits: { email: 'Ann@Example.com' },
      },
    ]);
    const events = await t.call(collectEndpoints.listEvents, { params: { workspace }, query: {} });
    expect(events.rows.map((e) => e.name).sort()).toEqual(['Identify', 'Product Viewed']);
    expect(new Set(events.rows.map((e) => e.personId)).size).toBe(1);
    expect(await t.app.identity.personOf(workspace, { type: 'email', value: 'ann@example.COM' })).toBe(1);
  });

  it('are known again for 30 days, by a process that goes on as by one that was started anew', async () => {
    const workspace = await t.workspace();
    const seen = { type: 'track', event: 'Seen', messageId: 'again', anonymousId: 'a1' };
    const stored = async () =>
      (await t.call(collectEndpoints.listEvents, { params: { workspace }, query: {} })).rows.length;
    await t.send(workspace, [seen]);
    for (const [days, expected] of [
      [29, 1],
      [2, 2],
      [29, 2],
    ] as const) {
      t.clock.advance(days * 86_400_000);
      await t.send(workspace, [seen]);
      expect(await stored()).toBe(expected);
      await t.app.collector.recall();
      await t.send(workspace, [seen]);
      expect(await stored()).toBe(expected);
    }
  });

  it('of a workspace that the ledger does not know hold nothing up, and can be replayed once it does', async () => {
    const workspace = await t.workspace();
    const params = { workspace: `${workspace}-gone` };
    const seen = { type: 'track', event: 'Seen', messageId: 'm1', userId: 'u1' };
    await t.app.collector.acceptMessages(params.workspace, 'test', [seen]);
    await t.app.collector.record(params.workspace, 'test', [
      {
        ...{ kind: 'event', messageId: 'm2', name: 'Opened', time: t.clock.now(), properties: {} },
        identifiers: [{ type: 'user', value: 'u1' }],
      },
    ]);
    await t.send(workspace, [seen]);
    expect(t.app.collector.stuckSince()).toBeNull();
    expect((await t.call(api.listEvents, { params: { workspace }, query: {} })).rows).toHaveLength(1);
    const settings = { name: 'Known again', currency: 'CNY', timeZone: 'Asia/Shanghai' };
    await t.app.workspaces.create({ id: params.workspace, ...settings }, null);
    const held = await t.call(api.listQuarantine, { params, query: {} });
    expect(held.rows.map((row) => row.reason)).toEqual(['no_workspace', 'no_workspace']);
    await t.call(api.replayQuarantine, { params, body: { selection: {}, fix: {} } });
    await t.app.jobs.idle();
    await t.app.collector.drained();
    const { rows } = await t.call(api.listEvents, { params, query: {} });
    expect(rows.map((row) => row.messageId)).toEqual(['m1']);
  });

  it('of a visitor and of a former login become those of the person an alias names', async () => {
    const workspace = await t.workspace();
    const track = (messageId: string, who: object) => ({ type: 'track', event: 'Seen', messageId, ...who });
    await t.send(workspace, [
      track('1', { anonymousId: 'visitor' }),
      track('2', { userId: 'old' }),
      track('3', { userId: 'new' }),
    ]);
    await t.send(workspace, [
      { type: 'alias', messageId: '4', previousId: 'visitor', userId: 'new' },
      { type: 'alias', messageId: '5', previousId: 'old', userId: 'new' },
    ]);
    const people = await Promise.all(
      (['anonymous', 'user', 'user'] as const).map((type, i) =>
        t.app.identity.personOf(workspace, { type, value: ['visitor', 'old', 'new'][i]! }),
      ),
    );
    expect(new Set(people).size).toBe(1);
  });

  it('of any shape are stored, and none stands in the way of another', async () => {
    const workspace = await t.workspace();
    const track = (event: string, properties: object, more: object = {}) => ({
      type: 'track',
      event,
      messageId: event,
      userId: 'u1',
      properties,
      ...more,
    });
    let deep: unknown = 1;
    for (let i = 0; i < 1200; i++) deep = i % 2 ? { a: deep } : [deep];
    const months = Array.from({ length: 13 }, (_, i) =>
      track(`Month ${i}`, {}, { timestamp: new Date(t.clock.now() - i * 30 * DAY).toISOString() }),
    );
    await t.send(workspace, [
      track('Good', { a: 1 }),
      track('Two on one path', { a: { b: 1 }, 'a.b': 2, 'a.c': 3 }),
      track('One inside the other', { a: 1, 'a.b': 2 }),
      track('Half a character', { text: 'x\ud83d', '\ud800': 'key' }),
      track(`${'x'.repeat(199)}😀`, { long: '😀'.repeat(10) }),
      track('Deep', { deep }),
      track('Nothing', { '': 1, '.': 2, '..': 3, '`': 4, "'": 5 }),
      ...months,
      track('Order Completed', {
        order_id: 'o1',
        products: [{ product_id: 'p', price: 1, quantity: 1e300 }],
      }),
      track('Good too', { a: 2 }),
    ]);
    const { rows } = await t.call(collectEndpoints.listEvents, {
      params: { workspace },
      query: { limit: 500 },
    });
    const properties = (name: string) => rows.find((row) => row.name === name)?.properties;
    expect(rows).toHaveLength(21);
    expect(properties('Two on one path')).toEqual({ a: { b: 1 }, a_b: 2, a_c: 3 });
    expect(properties('One inside the other')).toEqual({ a: 1, a_b: 2 });
    expect(properties('Half a character')).toEqual({ text: 'x\ufffd', '\ufffd': 'key' });
    expect(rows.filter((row) => row.name === 'x'.repeat(199))).toHaveLength(1);
    expect(JSON.stringify(properties('Deep')).length).toBeGreaterThan(1200);
    const quarantine = await t.call(collectEndpoints.listQuarantine, { params: { workspace }, query: {} });
    expect(quarantine.rows.map((row) => row.reason)).toEqual(['bad_line']);
  });

  it('that waited together keep the moment each came, in what they say of people and by which steps they are cleaned', async () => {
    const [workspace, other] = [await t.workspace(), await t.workspace()];
    const params = { workspace };
    const insert = t.app.warehouse.insert;
    let open = () => {};
    const gate = new Promise<void>((done) => {
      open = done;
    });
    let writes = 0;
    t.app.warehouse.insert = async (table, rows, token) => {
      const isOurs = (rows[0] as { workspace?: string } | undefined)?.workspace === workspace;
      if (table === 'collect_event' && isOurs) writes += 1;
      if (table === 'collect_event' && !isOurs) await gate;
      return insert(table, rows, token);
    };
    const came: Record<string, string> = {};
    const come = async (messageId: string, message: object) => {
      t.clock.advance(31_000);
      came[messageId] = new Date(t.clock.now()).toISOString();
      await t.app.collector.acceptMessages(workspace, 'test', [{ userId: 'u', messageId, ...message }]);
    };
    const consent = (granted: boolean) => ({
      ...{ type: 'track', event: 'Consent Updated', properties: { channel: 'email', granted } },
    });
    const seen = { type: 'track', event: 'Seen', properties: { word: ' x ' } };
    try {
      // What is stored now holds up all that comes behind it.
      await t.app.collector.acceptMessages(other, 'test', [{ ...seen, userId: 'o', messageId: 'first' }]);
      await come('a', seen);
      await come('no', consent(false));
      await come('yes', consent(true));
      await come('b', seen);
      t.clock.advance(1000);
      const trim = {
        kind: 'text',
        id: 's',
        name: '',
        isOn: true,
        letters: 'keep',
        trim: true,
        halfWidth: false,
      };
      const steps = [{ ...trim, on: { subject: 'event', field: 'word' } }];
      await t.call(api.saveCleaning, {
        params,
        body: { steps: steps as never, basedOn: 0, applyToPast: false },
      });
      await come('c', seen);
      await come('d', seen);
    } finally {
      open();
      await t.app.collector.drained();
      t.app.warehouse.insert = insert;
    }
    const { rows } = await t.call(api.listEvents, { params, query: {} });
    expect(Object.fromEntries(rows.map((row) => [row.messageId, row.receivedAt]))).toEqual(came);
    const word = (id: string) => rows.find((row) => row.messageId === id)?.properties.word;
    expect([word('a'), word('b'), word('c'), word('d')]).toEqual([' x ', ' x ', 'x', 'x']);
    expect(writes).toBe(2);
    const personId = rows[0]!.personId!;
    const person = await t.call(api.getCustomer, { params: { ...params, personId } });
    expect(person.consent.find((one) => one.channel === 'email')).toMatchObject({ granted: true });
  });

  it('that no store can take are set aside alone, with what they were', async () => {
    const workspace = await t.workspace();
    const fact = (messageId: string, time: number) => ({
      kind: 'event' as const,
      messageId,
      name: 'Tested',
      time,
      identifiers: [{ type: 'user' as const, value: 'u1' }],
      properties: { messageId },
    });
    const now = t.clock.now();
    await Promise.all([
      t.app.collector.record(workspace, 'test', [fact('a', now)]),
      t.app.collector.record(workspace, 'test', [
        fact('b', now),
        fact('bad', 'soon' as never),
        fact('c', now),
      ]),
      t.app.collector.record(workspace, 'test', [fact('d', now)]),
    ]);
    await t.app.collector.drained();
    const { rows } = await t.call(collectEndpoints.listEvents, { params: { workspace }, query: {} });
    expect(rows.map((row) => row.messageId).sort()).toEqual(['a', 'b', 'c', 'd']);
    const aside = await t.call(collectEndpoints.listQuarantine, { params: { workspace }, query: {} });
    expect(aside.rows).toMatchObject([{ reason: 'not_storable' }]);
    expect(aside.rows[0]?.payload).toContain('bad');
  });
});
