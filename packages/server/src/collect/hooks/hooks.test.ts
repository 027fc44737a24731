import { createHmac } from 'node:crypto';
import { api, type HookMapping } from '@qianmian/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../platform/clock.ts';
import { testApp } from '../../test-app.ts';
import { HOOK_PRESETS, sampleText } from './presets/index.ts';

const t = await testApp({ QM_PUBLIC_URL: 'https://shop.example' });
const { app } = t.app.http;
const START = '2026-06-01T04:00:00Z';
afterEach(() => t.clock.set(START));

const base64 = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('base64');
const hex = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('hex');

type Headers = Record<string, string>;
async function post(url: string, payload: string, headers: Headers = {}) {
  const answer = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
  await t.app.collector.drained();
  await t.app.jobs.idle();
  return answer;
}

type Made = Awaited<ReturnType<typeof webhook>>;
async function webhook(body: object, workspace?: string) {
  const inside = workspace ?? (await t.workspace({ currency: 'USD' }));
  const made = await t.call(api.createSource, {
    params: { workspace: inside },
    body: { name: 'Shop', kind: 'webhook', ...body } as never,
  });
  return {
    ...made,
    workspace: inside,
    url: `/v1/hooks/${made.id}`,
    params: { workspace: inside, id: made.id },
  };
}
const shopifyHook = () => webhook({ preset: 'shopify', secret: 'shopify-secret' });
const signedOrder = (body: string, secret = 'shopify-secret', topic = 'orders/create') => ({
  'x-shopify-topic': topic,
  'x-shopify-hmac-sha256': base64(secret, body),
});
const order = sampleText(HOOK_PRESETS.shopify);

const sourceOf = ({ params }: Made) => t.call(api.getSource, { params });
const eventsOf = async ({ workspace }: Made) =>
  (await t.call(api.listEvents, { params: { workspace } })).rows;
const asideOf = async ({ workspace }: Made) =>
  (await t.call(api.listQuarantine, { params: { workspace } })).rows;
const callsOf = async ({ params }: Made) => (await t.call(api.listDeliveries, { params })).rows;

describe('a Shopify shop', () => {
  it('sends an order, which stands with its lines on the page of its customer', async () => {
    const hook = await shopifyHook();
    const answer = await post(hook.url, order, signedOrder(order));
    expect(answer.statusCode).toBe(200);
    const params = { workspace: hook.workspace };
    await t.call(api.refreshProfiles, { params });
    const { rows } = await t.call(api.listCustomers, { params, query: { search: 'jon@example.com' } });
    expect(rows).toHaveLength(1);
    const { personId } = rows[0]!;
    const orders = await t.call(api.getOrders, { params: { ...params, personId } });
    expect(orders.rows).toMatchObject([{ orderId: '5940139491234', channel: 'web', couponCode: 'SPRING' }]);
    const lines = orders.rows[0]!.lines.map(({ productId, quantity, netCents }) => ({
      productId,
      quantity,
      netCents,
    }));
    expect(lines.sort((a, b) => a.productId.localeCompare(b.productId))).toEqual([
      { productId: 'IPOD2008PINK', quantity: 1, netCents: 19_650 },
      { productId: 'IPOD2008RED', quantity: 2, netCents: 19_650 },
    ]);
    expect(await callsOf(hook)).toMatchObject([{ outcome: 'mapped', messages: 1, topic: 'orders/create' }]);
    expect(await sourceOf(hook)).toMatchObject({
      state: 'active',
      today: { accepted: 1, quarantined: 0, refused: 0 },
    });
  });

  it('tells a change, a refund and the rest: what is left of the order is right', async () => {
    const hook = await shopifyHook();
    await post(hook.url, order, signedOrder(order));
    const refund = JSON.stringify({
      id: 509562969001,
      order_id: 5940139491234,
      created_at: '2026-05-31T10:00:00-05:00',
      note: 'it broke',
      refund_line_items: [
        {
          id: 1,
          quantity: 1,
          subtotal: 98.26,
          line_item: { sku: 'IPOD2008RED', variant_id: 4965, title: 'IPod Nano - 8GB', price: '99.50' },
        },
      ],
      transactions: [{ amount: '98.26', currency: 'USD', kind: 'refund' }],
    });
    await post(hook.url, refund, signedOrder(refund, 'shopify-secret', 'refunds/create'));
    const params = { workspace: hook.workspace };
    await t.call(api.refreshProfiles, { params });
    const { personId } = (await t.call(api.listCustomers, { params, query: { search: 'jon@example.com' } }))
      .rows[0]!;
    const [one] = (await t.call(api.getOrders, { params: { ...params, personId } })).rows;
    const back = one!.lines.filter((line) => line.netCents < 0);
    expect(back).toMatchObject([{ productId: 'IPOD2008RED', netCents: -9826 }]);
    const cancelled = JSON.stringify({ ...JSON.parse(order), cancelled_at: '2026-05-31T12:00:00-05:00' });
    await post(hook.url, cancelled, signedOrder(cancelled, 'shopify-secret', 'orders/cancelled'));
    expect((await t.call(api.getOrders, { params: { ...params, personId } })).rows).toEqual([]);
    const told = await t.call(api.getTimeline, { params: { ...params, personId }, query: {} });
    expect(told.rows.map((entry) => entry.name)).toContain('Order Cancelled');
  });

  it('sends calls in any sequence, and the order is as it was last and of the day it was made', async () => {
    const [first, second] = JSON.parse(order).line_items;
    const create = JSON.parse(order);
    const update = (hour: number, line_items: object[]) => ({
      ...create,
      updated_at: `2026-05-31T${hour}:00:00-05:00`,
      line_items,
    });
    const calls = [
      { body: create, topic: 'orders/create' },
      { body: update(11, [first, second]), topic: 'orders/updated' },
      { body: update(12, [{ ...first, quantity: 3 }]), topic: 'orders/updated' },
    ];
    const made: unknown[] = [];
    for (const turn of [
      [0, 1, 2],
      [2, 1, 0],
      [2, 0, 1],
    ]) {
      const hook = await shopifyHook();
      for (const at of turn) {
        const { body, topic } = calls[at]!;
        const text = JSON.stringify(body);
        await post(hook.url, text, signedOrder(text, 'shopify-secret', topic));
      }
      made.push(
        await t.app.warehouse.query(
          `SELECT line_id, quantity, net_cents, toString(time) AS time FROM collect_order_line FINAL
           WHERE workspace = {workspace:String}`,
          { workspace: hook.workspace },
        ),
      );
    }
    expect(made[0]).toMatchObject([
      { line_id: 'IPOD2008PINK', quantity: 3, time: '2026-05-30 15:30:00.000' },
    ]);
    expect(made).toEqual([made[0], made[0], made[0]]);
  });

  it('counts a repeat once, however it comes', async () => {
    const hook = await shopifyHook();
    for (let i = 0; i < 3; i++) await post(hook.url, order, signedOrder(order));
    expect(await eventsOf(hook)).toHaveLength(1);
  });

  it('names ids that are too long for JavaScript exactly', async () => {
    const hook = await shopifyHook();
    const long = order.replace('5940139491234', '820982911946154508');
    await post(hook.url, long, signedOrder(long));
    expect((await eventsOf(hook))[0]!.properties.order_id).toBe('820982911946154508');
  });
});

describe('a call that is not its sender’s', () => {
  it('is refused, counted and told, and leaves nothing', async () => {
    const hook = await shopifyHook();
    const attempts: Headers[] = [
      {},
      signedOrder(order, 'another secret'),
      signedOrder(`${order} `),
      { ...signedOrder(order), 'x-shopify-hmac-sha256': hex('shopify-secret', order) },
    ];
    for (const headers of attempts) {
      const answer = await post(hook.url, order, { 'x-shopify-topic': 'orders/create', ...headers });
      expect(answer.json()).toMatchObject({ status: 401, code: 'hook.bad_signature' });
    }
    expect(await eventsOf(hook)).toEqual([]);
    expect(await callsOf(hook)).toEqual([]);
    expect(await asideOf(hook)).toEqual([]);
    expect(await sourceOf(hook)).toMatchObject({
      state: 'failing',
      stateSince: '2026-06-01T04:00:00.000Z',
      lastError: expect.stringContaining('another secret'),
      today: { refused: 4 },
    });
    await post(hook.url, order, signedOrder(order));
    expect(await sourceOf(hook)).toMatchObject({ state: 'active', today: { accepted: 1, refused: 4 } });
  });

  it('reaches no source of another name, and none that is revoked', async () => {
    const hook = await shopifyHook();
    for (const id of ['src_000000000000', 'nothing', 'src_000000000000/qmh_x'])
      expect((await post(`/v1/hooks/${id}`, order, signedOrder(order))).json()).toMatchObject({
        code: 'hook.unknown',
      });
    await t.call(api.deleteSource, { params: hook.params });
    const late = await post(hook.url, order, signedOrder(order));
    expect(late.json()).toMatchObject({ status: 401, code: 'hook.unknown' });
  });

  it('of another workspace’s source does not exist there', async () => {
    const hook = await shopifyHook();
    await post(hook.url, order, signedOrder(order));
    const [call] = await callsOf(hook);
    const elsewhere = { workspace: await t.workspace(), id: hook.id };
    const answers = await Promise.all([
      t.raw(api.getSource, { params: elsewhere }),
      t.raw(api.listDeliveries, { params: elsewhere }),
      t.raw(api.getDelivery, { params: { ...elsewhere, deliveryId: call!.id } }),
      t.raw(api.replayDeliveries, { params: elsewhere, body: {} }),
      t.raw(api.trySource, { params: elsewhere, body: { deliveryId: call!.id } }),
      t.raw(api.rotateSource, { params: elsewhere, body: {} }),
      t.raw(api.updateSource, { params: elsewhere, body: { isPaused: true } }),
    ]);
    expect(answers.map((one) => one.status)).toEqual(Array(7).fill(404));
  });
});

describe('ways to sign', () => {
  const body = sampleText(HOOK_PRESETS['email-receipts']);

  it('a time that is signed too keeps old calls out', async () => {
    const hook = await webhook({
      preset: 'email-receipts',
      check: {
        ...{ kind: 'hmac', header: 'X-Sign', algorithm: 'sha512', encoding: 'base64', prefix: 'v1=' },
        timestamp: { header: 'X-Time', toleranceSeconds: 300, joinedBy: '.' },
      },
    });
    const at = (seconds: number) => {
      const stamp = String(seconds);
      const mac = createHmac('sha512', hook.secret!).update(`${stamp}.${body}`).digest('base64');
      return { 'x-time': stamp, 'x-sign': `v1=${mac}` };
    };
    const now = Date.parse(START) / 1000;
    expect((await post(hook.url, body, at(now - 299))).statusCode).toBe(200);
    const old = await post(hook.url, body, at(now - 301));
    expect(old.json()).toMatchObject({ status: 401, detail: expect.stringContaining('too long ago') });
    expect((await post(hook.url, body, { ...at(now - 301), 'x-time': String(now) })).statusCode).toBe(401);
    expect((await eventsOf(hook)).map((e) => e.name)).toEqual(['Email Delivered']);
  });

  it('a token stands in the address or a header, for who cannot sign', async () => {
    const hook = await webhook({ preset: 'aliyun-sms' });
    const sms = sampleText(HOOK_PRESETS['aliyun-sms']);
    expect((await post(hook.url, sms)).statusCode).toBe(401);
    expect((await post(`${hook.url}/${hook.secret}x`, sms)).statusCode).toBe(401);
    const answer = await post(`${hook.url}/${hook.secret}`, sms);
    expect(answer.json()).toEqual({ code: 0, msg: '接收成功' });
    const [event] = await eventsOf(hook);
    // 10:00:04 in Beijing.
    expect(event).toMatchObject({ name: 'SMS Delivered', time: '2026-05-31T02:00:04.000Z' });
    expect(JSON.stringify(await callsOf(hook))).not.toContain(hook.secret);
  });

  it('WooCommerce says hello unsigned, and then signs', async () => {
    const hook = await webhook({ preset: 'woocommerce' });
    const ping = await post(hook.url, 'webhook_id=7', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(ping.statusCode).toBe(200);
    expect(await callsOf(hook)).toEqual([]);
    const sale = sampleText(HOOK_PRESETS.woocommerce);
    const headers = {
      'x-wc-webhook-topic': 'order.created',
      'x-wc-webhook-signature': base64(hook.secret!, sale),
    };
    expect((await post(hook.url, sale, headers)).statusCode).toBe(200);
    expect(await eventsOf(hook)).toMatchObject([
      {
        name: 'Order Completed',
        time: '2026-05-22T19:28:02.000Z',
        original: { protocol: 'woocommerce', name: 'order.created' },
      },
    ]);
  });

  it('Twilio signs the address and the sorted form', async () => {
    const hook = await webhook({ preset: 'twilio-sms', secret: 'twilio-auth-token' });
    const form = sampleText(HOOK_PRESETS['twilio-sms']);
    const fields = [...new URLSearchParams(form)].sort(([a], [b]) => (a < b ? -1 : 1));
    const mac = createHmac('sha1', 'twilio-auth-token');
    mac.update(`https://shop.example${hook.url}${fields.map((f) => f.join('')).join('')}`);
    const signature = mac.digest('base64');
    const sent = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
    const answer = await post(hook.url, form, sent);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(await eventsOf(hook)).toMatchObject([{ name: 'SMS Delivered' }]);
    expect((await post(hook.url, form.replace('delivered', 'failed'), sent)).statusCode).toBe(401);
  });
});

describe('a secret', () => {
  it('is shown once, kept sealed, and the one before a rotation works as long as was said', async () => {
    const hook = await webhook({ preset: 'woocommerce' });
    const { secret } = hook;
    expect(secret).toMatch(/^qmh_/);
    const shown = await t.raw(api.listSources, { params: { workspace: hook.workspace } });
    expect(shown.text).not.toContain(secret);
    const next = await t.call(api.rotateSource, { params: hook.params, body: { graceHours: 2 } });
    expect(next.secret).toMatch(/^qmh_/);
    const sale = sampleText(HOOK_PRESETS.woocommerce);
    const by = async (key: string) =>
      (
        await post(hook.url, sale, {
          'x-wc-webhook-topic': 'order.created',
          'x-wc-webhook-signature': base64(key, sale),
        })
      ).statusCode;
    expect([await by(secret!), await by(next.secret!)]).toEqual([200, 200]);
    t.clock.advance(2 * HOUR + 1);
    // What is remembered of the source is a few seconds old at most.
    await t.call(api.updateSource, { params: hook.params, body: { name: 'Still the same' } });
    expect([await by(secret!), await by(next.secret!)]).toEqual([401, 200]);
  });

  it('of a tracker is its key, which is rotated alike; paused, its client is asked to wait', async () => {
    const workspace = await t.workspace();
    const made = await t.call(api.createSource, { params: { workspace }, body: { name: 'Site' } });
    const params = { workspace, id: made.id };
    const next = await t.call(api.rotateSource, { params, body: { graceHours: 1 } });
    expect(next.writeKey).not.toBe(made.writeKey);
    const track = JSON.stringify({ event: 'Hello', userId: 'ann' });
    const by = (key: string) => post(`/v1/track?writeKey=${key}`, track);
    expect((await by(made.writeKey)).statusCode).toBe(200);
    expect((await by(next.writeKey)).statusCode).toBe(200);
    await t.call(api.updateSource, { params, body: { isPaused: true } });
    const waiting = await by(next.writeKey);
    expect(waiting.json()).toMatchObject({ status: 503, code: 'collect.paused' });
    expect(waiting.headers['retry-after']).toBe('300');
    await t.call(api.updateSource, { params, body: { isPaused: false } });
    expect((await by(next.writeKey)).statusCode).toBe(200);
    const now = await t.call(api.rotateSource, { params, body: { graceHours: 0 } });
    expect([(await by(next.writeKey)).statusCode, (await by(now.writeKey)).statusCode]).toEqual([401, 200]);
  });
});

const visits: HookMapping = {
  topic: 'body.kind',
  rules: [
    {
      when: [],
      messages: [
        {
          type: 'track',
          event: { const: 'Workshop Attended' },
          messageId: 'body.id',
          identifiers: { user: 'body.who' },
          properties: { seats: { path: 'body.seats', as: 'number' } },
        },
      ],
    },
  ],
};

describe('a quota', () => {
  it('is charged what a call becomes, not that it is one call', async () => {
    const hook = await webhook({ preset: 'custom' });
    const [{ messages }] = visits.rules as [HookMapping['rules'][number]];
    const [message] = messages as [(typeof messages)[number]];
    const each = { ...message, messageId: 'item.id', identifiers: { user: 'item.who' }, properties: {} };
    const mapping = { rules: [{ when: [], each: 'body.visits', messages: [each] }] };
    await t.call(api.updateSource, { params: hook.params, body: { mapping } as never });
    const params = { workspace: hook.workspace };
    const most = { eventsPerSecond: null, burst: null, eventsPerMonth: null, uploadBytesPerDay: null };
    await t.call(api.setQuota, { params, body: { ...most, eventsPerDay: 10 } });
    let told = 0;
    const send = (n: number) => {
      const list = Array.from({ length: n }, () => ({ id: `v${told++}`, who: 'ann' }));
      const body = JSON.stringify({ visits: list });
      return post(hook.url, body, { 'x-signature': hex(hook.secret!, body) });
    };
    expect((await send(8)).statusCode).toBe(200);
    const refused = await send(3);
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'collect.quota' });
    expect((await send(1)).statusCode).toBe(200);
    // What becomes nothing is a call all the same.
    expect((await send(0)).statusCode).toBe(200);
    expect((await send(0)).statusCode).toBe(429);
    expect(await eventsOf(hook)).toHaveLength(9);
  });
});

describe('what cannot be read', () => {
  const send = (hook: Made, body: string) => post(hook.url, body, { 'x-signature': hex(hook.secret!, body) });

  it('is set aside with its reason, and read again after the mapping was mended: once', async () => {
    const hook = await webhook({ preset: 'custom' });
    await t.call(api.updateSource, { params: hook.params, body: { mapping: visits } });
    await send(hook, JSON.stringify({ id: 'v-1', who: 'ann', seats: '2' }));
    await send(hook, JSON.stringify({ number: 'v-2', who: 'bob', seats: '3' }));
    await send(hook, 'no JSON at all');
    expect((await callsOf(hook)).map((c) => c.outcome).sort()).toEqual(['faulted', 'faulted', 'mapped']);
    expect((await asideOf(hook)).map((q) => q.reason).sort()).toEqual(['bad_mapping', 'malformed_json']);
    expect(await sourceOf(hook)).toMatchObject({ state: 'failing', today: { accepted: 1, quarantined: 2 } });

    const mended = structuredClone(visits);
    mended.rules[0]!.messages[0]!.messageId = { first: ['body.id', 'body.number'] };
    await t.call(api.updateSource, { params: hook.params, body: { mapping: mended } });
    for (let again = 0; again < 2; again++) {
      const { replayed } = await t.call(api.replayDeliveries, { params: hook.params, body: {} });
      expect(replayed).toBe(again === 0 ? 2 : 1);
      await t.app.collector.drained();
    }
    for (const call of await callsOf(hook)) {
      await t.call(api.replayDeliveries, { params: hook.params, body: { deliveryId: call.id } });
      await t.app.collector.drained();
    }
    const events = await eventsOf(hook);
    expect(events.map((e) => e.properties.seats).sort()).toEqual([2, 3]);
    expect((await asideOf(hook)).map((q) => q.reason)).toEqual(['malformed_json']);
    const calls = await callsOf(hook);
    expect(calls).toHaveLength(3);
    expect(calls.filter((c) => c.outcome === 'mapped').map((c) => c.mappingVersion)).toEqual([3, 3]);
  });

  it('is not lost while the source is paused: it is read when the source goes on', async () => {
    const hook = await webhook({ preset: 'custom' });
    await t.call(api.updateSource, { params: hook.params, body: { mapping: visits, isPaused: true } });
    expect((await send(hook, JSON.stringify({ id: 'v-9', who: 'ann' }))).statusCode).toBe(200);
    expect(await callsOf(hook)).toMatchObject([{ outcome: 'held' }]);
    expect(await eventsOf(hook)).toEqual([]);
    expect(await sourceOf(hook)).toMatchObject({ state: 'paused', stateSince: '2026-06-01T04:00:00.000Z' });
    await t.call(api.updateSource, { params: hook.params, body: { isPaused: false } });
    await t.app.collector.drained();
    expect(await callsOf(hook)).toMatchObject([{ outcome: 'mapped' }]);
    expect(await eventsOf(hook)).toHaveLength(1);
  });

  it('can be tried before it is saved, with nothing stored', async () => {
    const hook = await webhook({ preset: 'shopify', secret: 'shopify-secret' });
    const sample = { headers: { 'X-Shopify-Topic': 'orders/create' }, body: order };
    const tried = await t.call(api.trySource, { params: hook.params, body: { sample } });
    expect(tried).toMatchObject({
      topic: 'orders/create',
      messagesInAll: 1,
      messages: [{ event: 'Order Completed', properties: { order_id: 5940139491234 } }],
      faults: [],
    });
    expect(tried.facts).toContainEqual({ kind: 'orderLine', count: 2 });
    const wrong = await t.call(api.trySource, { params: hook.params, body: { sample, mapping: visits } });
    expect(wrong.faults).toEqual([]);
    const bad = await t.call(api.trySource, {
      params: hook.params,
      body: { sample: { body: '{"who":"x"}' }, mapping: visits },
    });
    expect(bad.faults).toEqual([
      {
        message: null,
        reason: 'bad_mapping',
        detail: expect.stringContaining('rules[0].messages[0].messageId'),
      },
    ]);
    expect(await eventsOf(hook)).toEqual([]);
  });

  it('is a mapping itself: its fault is named by path', async () => {
    const hook = await webhook({ preset: 'custom' });
    const mapping = {
      rules: [
        {
          messages: [
            {
              type: 'track',
              event: 'Order Completed',
              messageId: 'body.id',
              properties: {
                total: { path: 'body.total', as: 'money?' },
                lines: { each: 'body.lines', of: { join: [] } },
              },
            },
          ],
        },
      ],
    };
    const answer = await t.raw(api.updateSource, { params: hook.params, body: { mapping } });
    const { fields } = answer.body as { fields: Record<string, string> };
    expect(
      Object.keys(fields)
        .map((path) => path.replaceAll('/', '.'))
        .sort(),
    ).toEqual([
      'mapping.rules.0.messages.0.event',
      'mapping.rules.0.messages.0.properties.lines.of.join',
      'mapping.rules.0.messages.0.properties.total.as',
    ]);
  });
});

describe('what is kept of calls', () => {
  it('goes after 30 days, and holds nothing that opens anything', async () => {
    const hook = await shopifyHook();
    await post(hook.url, order, {
      ...signedOrder(order),
      authorization: 'Bearer abc',
      cookie: 'a=b',
      'x-api-key': 'k',
    });
    const [call] = await callsOf(hook);
    const one = await t.call(api.getDelivery, { params: { ...hook.params, deliveryId: call!.id } });
    expect(one.body).toBe(order);
    expect(Object.keys(one.headers).sort()).toEqual(['content-type', 'user-agent', 'x-shopify-topic']);
    t.clock.advance(31 * 24 * HOUR);
    expect(await callsOf(hook)).toEqual([]);
  });

  it('hides personal data from who may not see them', async () => {
    const hook = await shopifyHook();
    await post(hook.url, order, signedOrder(order));
    const [call] = await callsOf(hook);
    const { secret } = await t.call(api.createApiKey, {
      params: { workspace: hook.workspace },
      body: { name: 'a', role: 'analyst' },
    });
    const seen = await t.raw(api.getDelivery, {
      params: { ...hook.params, deliveryId: call!.id },
      token: secret,
    });
    expect(seen.status).toBe(200);
    expect(seen.text).not.toContain('jon@example.com');
    const tried = await t.raw(api.trySource, {
      params: hook.params,
      body: { deliveryId: call!.id },
      token: secret,
    });
    expect(tried.status).toBe(403);
  });
});
