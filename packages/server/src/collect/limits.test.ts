import {
  catalogEndpoints,
  clientKey,
  collectEndpoints,
  isOriginWithin,
  qualityEndpoints,
  quotaEndpoints,
} from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, SECOND } from '../platform/clock.ts';
import { hash64 } from '../platform/hash64.ts';
import { testApp } from '../test-app.ts';
import { digitsOf } from './message-hash.ts';
import { clientsId } from './message-id.ts';
import { SeenMessages } from './seen-messages.ts';
import { collectWarehouse } from './store.ch.ts';
import { storeFacts } from './store-facts.ts';

const t = await testApp();
const { app } = t.app.http;

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

async function shop() {
  const workspace = await t.workspace();
  const [site] = await t.call(collectEndpoints.listSources, { params: { workspace } });
  const server = await t.call(collectEndpoints.createSource, {
    params: { workspace },
    body: { name: 'Back office' },
  });
  let made = 0;
  const send = (key: string, messages: object[], headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { authorization: basic(key), ...headers },
      payload: {
        batch: messages.map((one) => ({ messageId: `m${made++}`, userId: 'u', type: 'track', ...one })),
      },
    });
  return {
    workspace,
    site: site!,
    server,
    send,
    async say(key: string, ...messages: object[]) {
      t.clock.advance(SECOND);
      const answer = await send(key, messages);
      expect(answer.statusCode).toBe(200);
      await t.app.collector.drained();
      await t.app.jobs.idle();
    },
    allow: (client: Partial<typeof clientKey._output>) =>
      t.call(collectEndpoints.updateSource, {
        params: { workspace, id: site!.id },
        body: { client: clientKey.parse(client) },
      }),
    async lines() {
      const rows = await t.app.warehouse.query<{ line: string }>(
        `SELECT concat(order_id, ' ', line_kind, ' ', toString(net_cents)) AS line FROM collect_order_line FINAL
         WHERE workspace = {workspace:String} AND is_deleted = 0 AND net_cents != 0 ORDER BY line`,
        { workspace },
      );
      return rows.map((row) => row.line);
    },
    async consents() {
      const rows = await t.app.warehouse.query<{ said: string }>(
        `SELECT concat(channel, ' ', toString(granted)) AS said FROM profile_consent
         WHERE workspace = {workspace:String} ORDER BY version, said`,
        { workspace },
      );
      return rows.map((row) => row.said);
    },
    beyond: async () =>
      (
        await t.call(qualityEndpoints.listArrivals, {
          params: { workspace },
          query: { reason: 'beyond_key', limit: 50 } as never,
        })
      ).rows.map((row) => row.name),
  };
}

/** The hash of an id that anybody can compute. */
function plainly(id: string): string {
  const out = new Uint32Array(2);
  hash64(id, out);
  return digitsOf(out);
}

const order = (id: string, price: number, event = 'Order Completed') => ({
  event,
  properties: { order_id: id, products: [{ product_id: 'p', price, quantity: 1 }] },
});

describe('A client’s key', () => {
  it('is what a new workspace has for its pages; a source made for a server is none', async () => {
    const s = await shop();
    expect(s.site.client).toEqual({ origins: [], orders: true, consent: true });
    expect(s.server.client).toBeNull();
  });

  it('keeps what a change of its settings does not name', async () => {
    const s = await shop();
    const change = async (client: object | null) =>
      (
        await t.call(collectEndpoints.updateSource, {
          params: { workspace: s.workspace, id: s.site.id },
          body: { client },
        })
      ).client;
    const origins = ['https://shop.example'];
    expect(await change({ origins, consent: false })).toEqual({ origins, orders: true, consent: false });
    expect(await change({ orders: false })).toEqual({ origins, orders: false, consent: false });
    expect(await change(null)).toBeNull();
    expect(await change({})).toEqual({ origins: [], orders: true, consent: true });
  });

  it('tells orders that count, and changes none that a server told', async () => {
    const s = await shop();
    await s.say(s.site.writeKey, order('web', 10));
    await s.say(s.server.writeKey, order('till', 20));
    await s.say(
      s.site.writeKey,
      order('till', 1),
      order('till', 20, 'Order Refunded'),
      { event: 'Order Cancelled', properties: { order_id: 'till' } },
      order('web', 12, 'Order Updated'),
    );
    expect(await s.lines()).toEqual(['till sale 2000', 'web sale 1200']);
    // Who is trusted has the last word of both.
    await s.say(s.server.writeKey, order('web', 15), order('till', 21, 'Order Updated'));
    expect(await s.lines()).toEqual(['till sale 2100', 'web sale 1500']);
    await s.say(s.site.writeKey, order('web', 1));
    expect(await s.lines()).toEqual(['till sale 2100', 'web sale 1500']);
  });

  it('takes back nothing of an order that a server tells later', async () => {
    const s = await shop();
    await s.say(
      s.site.writeKey,
      { event: 'Order Cancelled', properties: { order_id: 'late' } },
      order('late', 20, 'Order Refunded'),
      order('other', 3),
    );
    await s.say(s.server.writeKey, order('late', 20), { ...order('other', 4), event: 'Order Updated' });
    expect(await s.lines()).toEqual(['late sale 2000', 'other sale 400']);
    await s.say(s.site.writeKey, order('own', 5), {
      event: 'Order Cancelled',
      properties: { order_id: 'own' },
    });
    expect(await s.lines()).toEqual(['late sale 2000', 'other sale 400', 'own return -500', 'own sale 500']);
    // That it was no order the shop alone can say, and the page does not bring it back.
    await s.say(s.server.writeKey, { event: 'Order Cancelled', properties: { order_id: 'own' } });
    await s.say(s.site.writeKey, order('own', 5, 'Order Updated'));
    expect(await s.lines()).toEqual(['late sale 2000', 'other sale 400']);
  });

  it('says nothing under an id of anybody else’s, and keeps none of theirs from being heard', async () => {
    const s = await shop();
    const bought = { ...order('o1', 20), messageId: 'order-1' };
    await s.say(s.site.writeKey, { event: 'Nothing', messageId: 'order-1' }, { event: 'N', messageId: 'x' });
    await s.say(s.site.writeKey, { event: 'Nothing', messageId: 'order-1' });
    await s.say(s.server.writeKey, bought, { event: 'Taken', messageId: 'client:x' });
    await s.say(s.server.writeKey, bought);
    expect(await s.lines()).toEqual(['o1 sale 2000']);
    const { rows } = await t.call(collectEndpoints.listEvents, {
      params: { workspace: s.workspace },
      query: {},
    });
    expect(rows.map((row) => `${row.name} ${row.messageId}`).sort()).toEqual([
      'N client:x',
      'Nothing client:order-1',
      'Order Completed order-1',
      'Taken outside:client:x',
    ]);
  });

  it('knows what it said before ids were hashed with a secret, also where that is read back or long ago', async () => {
    const s = await shop();
    const { workspace } = s;
    const event = {
      kind: 'event',
      messageId: clientsId('before'),
      name: 'Seen',
      time: t.clock.now(),
    } as const;
    const batch = {
      ...{ workspace, source: s.site.id, importId: '', receivedAt: t.clock.now() },
      facts: [{ ...event, identifiers: [], properties: {} }],
    };
    const warehouse = collectWarehouse(t.app.warehouse);
    await storeFacts(
      { ...batch, version: t.app.collector.nextVersion(), token: `${workspace} before` },
      { warehouse, resolve: t.app.identity.resolve, sinks: [], seen: new SeenMessages(hash64) },
    );
    await t.app.collector.recall();
    await s.say(
      s.site.writeKey,
      { event: 'Seen', messageId: 'before' },
      { event: 'New', messageId: 'after' },
    );
    await t.app.collector.recall();
    await s.say(s.site.writeKey, { event: 'New', messageId: 'after' });
    const stored = async () =>
      (
        await t.app.warehouse.query<{ id: string; hash: string }>(
          `SELECT message_id AS id, toString(message_hash) AS hash FROM collect_event
           WHERE workspace = {workspace:String} ORDER BY id`,
          { workspace },
        )
      ).map(({ id, hash }) => [id, hash === plainly(id)]);
    const both = [
      ['client:after', false],
      ['client:before', true],
    ];
    expect(await stored()).toEqual(both);
    const later = {
      ...batch,
      receivedAt: t.clock.now() + 40 * DAY,
      isOld: true,
      token: `${workspace} later`,
    };
    expect(await t.app.collector.store(later)).toMatchObject({ events: 0, repeats: 1 });
    expect(await stored()).toEqual(both);
  });

  it('tells orders that are kept as events only, where the workspace says so', async () => {
    const s = await shop();
    await s.allow({ orders: false });
    await s.say(s.site.writeKey, order('web', 10), {
      event: 'Product Viewed',
      properties: { product_id: 'p' },
    });
    expect(await s.lines()).toEqual([]);
    const { rows } = await t.call(collectEndpoints.listEvents, {
      params: { workspace: s.workspace },
      query: {},
    });
    expect(rows.map((row) => row.name).sort()).toEqual(['Order Completed', 'Product Viewed']);
    expect(await s.beyond()).toEqual(['Order Completed']);
  });

  it('brings so many products a minute that nobody else told of, which are seen and can be taken out', async () => {
    const s = await shop();
    const { workspace } = s;
    const views = (events: number) =>
      Array.from({ length: events }, (_, i) => ({
        event: 'Product List Viewed',
        properties: { products: Array.from({ length: 200 }, (_, j) => ({ sku: `${i}.${j}` })) },
      }));
    await s.say(s.site.writeKey, ...views(27));
    await s.say(s.server.writeKey, {
      event: 'Product Viewed',
      properties: { product_id: '0.0', name: 'Tea' },
    });
    const params = { workspace };
    const heard = () => t.call(catalogEndpoints.getHeardGoods, { params });
    expect(await heard()).toEqual({ products: 1999, stores: 0, most: 20_000 });
    const held = await t.call(collectEndpoints.listQuarantine, { params, query: {} });
    expect(held.rows).toMatchObject([{ reason: 'too_many_goods', payload: '{"products":3000,"stores":0}' }]);
    expect(await s.beyond()).toEqual(['Product List Viewed', 'Product List Viewed']);
    expect(await t.call(catalogEndpoints.forgetHeardGoods, { params })).toMatchObject({ products: 1999 });
    const { rows } = await t.call(catalogEndpoints.listProducts, { params, query: {} });
    expect(rows.map((row) => row.productId)).toEqual(['0.0']);
    expect(await heard()).toMatchObject({ products: 0 });
  });

  it('withdraws consent always, and gives it where the workspace takes it', async () => {
    const s = await shop();
    const consent = (granted: boolean) => ({
      event: 'Consent Updated',
      properties: { channel: 'email', granted },
    });
    await s.say(s.site.writeKey, consent(true));
    await s.allow({ consent: false });
    await s.say(s.site.writeKey, consent(true));
    await s.say(s.site.writeKey, { type: 'identify', traits: { smsConsent: true, pushConsent: false } });
    await s.say(s.site.writeKey, consent(false));
    await s.say(s.server.writeKey, consent(true));
    expect(await s.consents()).toEqual(['email 1', 'push 0', 'email 0', 'email 1']);
  });

  it('makes one person of no two that are named', async () => {
    const people = async (key: 'site' | 'server') => {
      const s = await shop();
      await s.say(s[key].writeKey, { event: 'A', userId: 'ann' }, { event: 'B', userId: 'bob' });
      await s.say(s[key].writeKey, { type: 'alias', userId: 'ann', previousId: 'bob' });
      await s.say(s[key].writeKey, { event: 'C', userId: 'ann' }, { event: 'D', userId: 'bob' });
      const { rows } = await t.call(collectEndpoints.listEvents, {
        params: { workspace: s.workspace },
        query: {},
      });
      const of = (name: string) => rows.find((row) => row.name === name)!.personId;
      return new Set([of('C'), of('D')]).size;
    };
    expect(await people('site')).toBe(2);
    expect(await people('server')).toBe(1);
  });

  it('tells of no stock, and of goods only what the shop has not told', async () => {
    const s = await shop();
    const level = {
      event: 'Stock Level Reported',
      properties: { store_id: 's', product_id: 'p', on_hand: 7 },
    };
    await s.say(s.site.writeKey, level);
    const count = async () =>
      (await t.call(catalogEndpoints.listStock, { params: { workspace: s.workspace, id: 'p' } })).length;
    expect(await count()).toBe(0);
    await s.say(s.server.writeKey, level);
    expect(await count()).toBe(1);
  });

  it('is for the pages that are named, and for programs, which name none', async () => {
    const s = await shop();
    const status = async (headers: Record<string, string>) =>
      (await s.send(s.site.writeKey, [{ event: 'X' }], headers)).statusCode;
    expect(await status({ origin: 'https://anywhere.example' })).toBe(200);
    await s.allow({ origins: ['https://shop.example', 'https://*.shop.example'] });
    expect(await status({ origin: 'https://shop.example' })).toBe(200);
    expect(await status({ origin: 'https://m.shop.example' })).toBe(200);
    expect(await status({ referer: 'https://shop.example/cart?x=1' })).toBe(200);
    expect(await status({})).toBe(200);
    expect(await status({ origin: 'https://shop.example.evil.example' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
    expect(await status({ referer: 'https://other.example/' })).toBe(403);
    expect(
      (await s.send(s.server.writeKey, [{ event: 'X' }], { origin: 'https://other.example' })).statusCode,
    ).toBe(200);
  });

  it('has origins that hold for no name that only looks alike', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(label, label, label, (a, b, tail) => {
        const allowed = `https://*.${a}.${b}`;
        expect(isOriginWithin(`https://x.${a}.${b}`, allowed)).toBe(true);
        expect(isOriginWithin(`https://x.y.${a}.${b}`, allowed)).toBe(true);
        expect(isOriginWithin(`https://${a}.${b}`, allowed)).toBe(false);
        expect(isOriginWithin(`https://x${a}.${b}`, allowed)).toBe(false);
        expect(isOriginWithin(`http://x.${a}.${b}`, allowed)).toBe(false);
        expect(isOriginWithin(`https://x.${a}.${b}.${tail}`, allowed)).toBe(
          `${a}.${b}.${tail}`.endsWith(`.${a}.${b}`),
        );
        expect(isOriginWithin(`https://x.${a}.${b}:8443`, allowed)).toBe(false);
        expect(isOriginWithin(`https://evil/.${a}.${b}`, allowed)).toBe(false);
      }),
    );
  });
});

describe('A quota', () => {
  const none = {
    ...{ eventsPerSecond: null, burst: null, eventsPerDay: null, eventsPerMonth: null },
    uploadBytesPerDay: null,
  };
  const set = (workspace: string, quota: object) =>
    t.call(quotaEndpoints.setQuota, { params: { workspace }, body: { ...none, ...quota } });
  const events = (n: number) => Array.from({ length: n }, () => ({ event: 'X' }));

  it('of a second lets a burst through, then the rate, and takes a request whole or not at all', async () => {
    const s = await shop();
    const other = await shop();
    await set(s.workspace, { eventsPerSecond: 10, burst: 20 });
    const send = (n: number) => s.send(s.site.writeKey, events(n));
    expect((await send(15)).statusCode).toBe(200);
    const refused = await send(10);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ code: 'collect.quota' });
    expect((await send(5)).statusCode).toBe(200);
    t.clock.advance(SECOND);
    expect((await send(10)).statusCode).toBe(200);
    expect((await send(1)).statusCode).toBe(429);
    // A request larger than the burst passes when there is a whole one, and is paid for afterwards.
    t.clock.advance(2 * SECOND);
    expect((await send(50)).statusCode).toBe(200);
    t.clock.advance(2 * SECOND);
    expect((await send(1)).statusCode).toBe(429);
    t.clock.advance(2 * SECOND);
    expect((await send(1)).statusCode).toBe(200);
    expect((await other.send(other.site.writeKey, events(500))).statusCode).toBe(200);
    await t.app.collector.drained();
    const { rows } = await t.call(collectEndpoints.listEvents, {
      params: { workspace: s.workspace },
      query: { limit: 500 },
    });
    expect(rows).toHaveLength(15 + 5 + 10 + 50 + 1);
    const state = await t.call(quotaEndpoints.getQuota, { params: { workspace: s.workspace } });
    expect(state).toMatchObject({ eventsThisMonth: 81, mayChange: true });
    expect(state.days[0]).toMatchObject({ events: 81, refusedRequests: 3, refusedEvents: 12 });
    expect(await t.app.http.app.inject('/metrics').then((a) => a.body)).toMatch(
      /qianmian_events_refused_total\{reason="quota"\} \d+/,
    );
  });

  it('of a day ends with the day, and is remembered beyond the process', async () => {
    const s = await shop();
    await set(s.workspace, { eventsPerDay: 10 });
    expect((await s.send(s.site.writeKey, events(8))).statusCode).toBe(200);
    const refused = await s.send(s.site.writeKey, events(3));
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBe(3600);
    expect((await s.send(s.site.writeKey, events(2))).statusCode).toBe(200);
    await t.app.quotas.flush();
    const [row] = await t
      .call(quotaEndpoints.getQuota, { params: { workspace: s.workspace } })
      .then((q) => q.days);
    expect(row).toMatchObject({ events: 10, refusedEvents: 3 });
    t.clock.advance(DAY);
    expect((await s.send(s.site.writeKey, events(8))).statusCode).toBe(200);
  });

  it('of uploads turns files away before they are read', async () => {
    const s = await shop();
    await set(s.workspace, { uploadBytesPerDay: 1000 });
    const upload = (bytes: number) => {
      const body = `--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n${'x'.repeat(bytes)}\r\n--b--\r\n`;
      return app.inject({
        method: 'POST',
        url: `/v1/workspaces/${s.workspace}/imports`,
        headers: { authorization: `Bearer ${t.token}`, 'content-type': 'multipart/form-data; boundary=b' },
        payload: body,
      });
    };
    expect((await upload(2000)).statusCode).toBe(429);
    expect((await upload(500)).statusCode).toBe(200);
    expect((await upload(500)).statusCode).toBe(429);
  });

  it('is set by who runs the server, not by who owns the workspace', async () => {
    const s = await shop();
    const { secret } = await t.app.apiKeys.create(s.workspace, { name: 'own', role: 'owner' });
    const answer = await t.raw(quotaEndpoints.setQuota, {
      params: { workspace: s.workspace },
      body: none,
      token: secret,
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'quota.not_yours' } });
    const seen = await t.raw(quotaEndpoints.getQuota, { params: { workspace: s.workspace }, token: secret });
    expect(seen).toMatchObject({ status: 200, body: { mayChange: false } });
  });
});

describe('What the server says of itself', () => {
  it('is numbers to who may watch it, and one word to others', async () => {
    const s = await shop();
    await s.allow({ origins: ['https://shop.example'] });
    await s.send(s.site.writeKey, [{ event: 'X' }], { origin: 'https://other.example' });
    // What the tests before sent may still wait.
    await t.app.collector.drained();
    const near = (await app.inject({ url: '/healthz', remoteAddress: '127.0.0.1' })).json();
    expect(near).toMatchObject({
      reasons: [],
      status: 'ok',
      lagSeconds: 0,
      lagEvents: 0,
      disk: { isRefusing: false },
    });
    expect(near.lastHour.refused.origin).toBe(1);
    expect(near.disk.freeBytes).toBeGreaterThan(0);
    const far = (await app.inject({ url: '/healthz', remoteAddress: '10.0.0.5' })).json();
    expect(far).toEqual({ status: 'ok', reasons: [] });
  });
});
