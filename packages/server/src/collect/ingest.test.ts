import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { collectEndpoints } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApp } from '../test-app.ts';

const t = await testApp();
const { app } = t.app.http;

async function shop() {
  const workspace = await t.workspace();
  const [source] = await t.call(collectEndpoints.listSources, { params: { workspace } });
  const basic = `Basic ${Buffer.from(`${source!.writeKey}:`).toString('base64')}`;
  const events = async () => {
    await t.app.collector.drained();
    return (await t.call(collectEndpoints.listEvents, { params: { workspace }, query: {} })).rows;
  };
  const quarantine = async () => {
    await t.app.collector.drained();
    return (await t.call(collectEndpoints.listQuarantine, { params: { workspace }, query: {} })).rows;
  };
  return { workspace, key: source!.writeKey, basic, events, quarantine };
}

describe('the Segment protocol', () => {
  it('takes single calls and batches, by Basic key or key in the body, gzipped under any label', async () => {
    const s = await shop();
    const one = await app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: { authorization: s.basic, 'content-type': 'text/plain' },
      payload: JSON.stringify({ userId: 'u', event: 'A', messageId: '1' }),
    });
    expect(one.json()).toEqual({ success: true });
    await app.inject({
      method: 'POST',
      url: '/v1/p',
      payload: { writeKey: s.key, userId: 'u', name: 'Home', messageId: '2' },
    });
    const zipped = gzipSync(
      JSON.stringify({
        batch: [{ type: 'track', userId: 'u', event: 'B', messageId: '3' }],
        sentAt: new Date(t.clock.now()).toISOString(),
      }),
    );
    const batch = await app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { authorization: s.basic, 'content-type': 'application/x-www-form-urlencoded' },
      payload: zipped,
    });
    expect(batch.statusCode).toBe(200);
    expect((await s.events()).map((e) => e.name).sort()).toEqual(['A', 'B', 'Page Viewed']);
  });

  it('reads gzip of several members, brotli and deflate, and keeps what it cannot unpack', async () => {
    const s = await shop();
    const send = async (payload: Buffer, headers = {}) => {
      const all = { authorization: s.basic, ...headers };
      expect((await app.inject({ method: 'POST', url: '/v1/batch', headers: all, payload })).statusCode).toBe(
        200,
      );
    };
    const body = (name: string) =>
      Buffer.from(JSON.stringify({ batch: [{ type: 'track', userId: 'u', event: name, messageId: name }] }));
    const members = body('Members');
    await send(Buffer.concat([gzipSync(members.subarray(0, 60)), gzipSync(members.subarray(60))]));
    await send(brotliCompressSync(body('Brotli')), { 'content-encoding': 'br' });
    await send(deflateSync(body('Deflate')), { 'content-encoding': 'deflate' });
    await send(body('Plain'), { 'content-encoding': 'br' });
    const cut = gzipSync(body('Cut')).subarray(0, 40);
    await send(cut);
    expect((await s.events()).map((event) => event.name).sort()).toEqual([
      ...['Brotli', 'Deflate', 'Members', 'Plain'],
    ]);
    expect(await s.quarantine()).toMatchObject([
      { reason: 'malformed_gzip', payload: `base64:${cut.toString('base64')}` },
    ]);
  });

  it('parses no millions of brackets, whoever sends them', async () => {
    const s = await shop();
    const bomb = gzipSync(`{"a":${'['.repeat(9_000_000)}${']'.repeat(9_000_000)}}`);
    expect(bomb.length).toBeLessThan(30_000);
    const sent = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/v1/track', headers, payload: bomb });
    expect((await sent({})).statusCode).toBe(413);
    const kept = await sent({ authorization: s.basic });
    expect(kept.json()).toEqual({ success: false, quarantined: 1, reason: 'malformed_json' });
  });

  it('reads a body behind a mark of byte order, and says what is missing in one that is JSON', async () => {
    const s = await shop();
    const send = async (url: string, payload: string | Buffer) =>
      (await app.inject({ method: 'POST', url, headers: { authorization: s.basic }, payload })).json();
    const message = { type: 'track', userId: 'u', event: 'Marked', messageId: '1' };
    const text = JSON.stringify({ batch: [message] });
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    for (const body of [marked, gzipSync(marked)])
      expect(await send('/v1/batch', body)).toEqual({ success: true });
    expect((await s.events()).map((e) => e.name)).toEqual(['Marked']);
    const missing = { success: false, quarantined: 1, reason: 'no_batch' };
    expect(await send('/v1/batch', '{}')).toEqual(missing);
    expect(await send('/v1/batch', '{"batch":{}}')).toEqual(missing);
    await app.inject({
      method: 'POST',
      url: `/mp/collect?api_secret=${s.key}`,
      payload: '{"client_id":"1"}',
    });
    const held = await s.quarantine();
    expect(held.map((q) => q.reason).sort()).toEqual(['no_batch', 'no_batch', 'no_events']);
    expect(held.find((q) => q.reason === 'no_batch')?.detail).toContain('"batch"');
    expect(held.find((q) => q.reason === 'no_events')?.detail).toContain('"events"');
  });

  it('refuses a wrong key, and only that', async () => {
    const s = await shop();
    const wrong = await app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: { authorization: 'Basic eDo=' },
      payload: { userId: 'u', event: 'A' },
    });
    expect(wrong).toMatchObject({ statusCode: 401 });
    expect(wrong.json()).toMatchObject({ code: 'collect.unknown_key' });
    const broken = await app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { authorization: s.basic },
      payload: '{"batch": [',
    });
    expect([broken.statusCode, broken.json()]).toEqual([
      200,
      { success: false, quarantined: 1, reason: 'malformed_json' },
    ]);
    await app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { authorization: s.basic },
      payload: {
        batch: [
          { type: 'track', userId: 'u', event: 'Good', messageId: 'g' },
          { type: 'track', userId: 'u' },
          7,
        ],
      },
    });
    expect((await s.events()).map((e) => e.name)).toEqual(['Good']);
    expect((await s.quarantine()).map((q) => q.reason).sort()).toEqual([
      'malformed_json',
      'no_event_name',
      'not_an_object',
    ]);
  });

  it('says 413 to a body of 10 MB, and to one that unzips to too much', async () => {
    const s = await shop();
    const headers = { authorization: s.basic };
    const large = await app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers,
      payload: Buffer.alloc(10_000_000, 32),
    });
    expect([large.statusCode, large.headers['content-type']]).toEqual([
      413,
      'application/problem+json; charset=utf-8',
    ]);
    expect(large.json().detail).toContain('larger than 5,242,880 bytes');
    const bomb = await app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers,
      payload: gzipSync(Buffer.alloc(30_000_000, 32)),
    });
    expect(bomb.json()).toMatchObject({ status: 413, code: 'request.too_large' });
  });

  it('answers a browser on any origin', async () => {
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: { origin: 'https://shop.example', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight).toMatchObject({
      statusCode: 204,
      headers: {
        'access-control-allow-origin': 'https://shop.example',
        'access-control-allow-headers': 'authorization',
      },
    });
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('a revoked key is refused at once', async () => {
    const s = await shop();
    const [source] = await t.call(collectEndpoints.listSources, { params: { workspace: s.workspace } });
    await t.call(collectEndpoints.deleteSource, { params: { workspace: s.workspace, id: source!.id } });
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: { authorization: s.basic },
      payload: { userId: 'u', event: 'A' },
    });
    expect(answer.statusCode).toBe(401);
  });

  it('keeps hostile text as text', async () => {
    const s = await shop();
    const name = `'; DROP TABLE collect_event; -- <script>alert(1)</script> \\u0000`;
    await t.send(s.workspace, [
      { type: 'track', userId: name, event: name, messageId: 'x', properties: { [name]: name, 'a.b': 1 } },
    ]);
    const [event] = await s.events();
    expect(event).toMatchObject({ name });
    expect(await t.app.identity.personOf(s.workspace, { type: 'user', value: name })).toBeGreaterThan(0);
  });
});

describe('whatever is sent', () => {
  it('is stored or set aside, and the next message is stored', { timeout: 120_000 }, async () => {
    const s = await shop();
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '.', 'a.b', '\0', '\ud800', '😀'.repeat(120), '__proto__', 'constructor'),
    );
    const leaf = fc.oneof(
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(1e300, -1, 9e15),
    );
    const { tree: json } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const message = fc.oneof(
      json,
      fc.record(
        {
          type: fc.constantFrom('track', 'identify', 'page', 'alias', 'group'),
          userId: fc.oneof(text, json),
          anonymousId: json,
          previousId: json,
          messageId: json,
          event: fc.oneof(fc.constantFrom('Order Completed', 'Order Refunded', 'Consent Updated'), json),
          timestamp: json,
          traits: json,
          context: fc.record(
            { traits: json, library: json, externalIds: json, device: json },
            { requiredKeys: [] },
          ),
          properties: fc.oneof(
            json,
            fc.record(
              {
                order_id: json,
                products: fc.array(json, { maxLength: 2 }),
                revenue: json,
                coupon: json,
                currency: json,
              },
              { requiredKeys: [] },
            ),
          ),
        },
        { requiredKeys: ['type'] },
      ),
    );
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 40 }), async (batch) => {
        sent += 1;
        const canary = { type: 'track', event: 'Canary', messageId: `canary-${sent}`, userId: 'canary' };
        const answer = await app.inject({
          method: 'POST',
          url: '/v1/batch',
          headers: { authorization: s.basic },
          payload: JSON.stringify({ batch: [...batch, canary] }),
        });
        expect(answer.statusCode).toBe(200);
        await t.app.collector.drained();
      }),
      { numRuns: 40 },
    );
    const { rows } = await t.call(collectEndpoints.listEvents, {
      params: { workspace: s.workspace },
      query: { name: 'Canary', limit: 200 },
    });
    expect(rows).toHaveLength(sent);
  });

  it('nested a hundred thousand levels deep earns no fault and no delay', async () => {
    const s = await shop();
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: { authorization: s.basic },
      payload: `{"userId":"u","event":"Deep","properties":${deep}}`,
    });
    expect(answer.statusCode).toBe(200);
    const [found, aside] = [await s.events(), await s.quarantine()];
    expect(found.length + aside.length).toBe(1);
  });

  it('under an id like ours does not take the place of ours', async () => {
    const s = await shop();
    await t.send(s.workspace, [
      { type: 'track', event: 'Noise', messageId: 'campaign:c1:7:open', userId: 'u' },
    ]);
    await t.app.collector.record(s.workspace, 'campaign', [
      {
        kind: 'event',
        messageId: 'campaign:c1:7:open',
        name: 'Email Opened',
        time: t.clock.now(),
        identifiers: [{ type: 'user', value: 'u' }],
        properties: {},
      },
    ]);
    expect((await s.events()).map((e) => e.name).sort()).toEqual(['Email Opened', 'Noise']);
  });
});

describe('one person, one order', () => {
  it('an order told by a tracker and by a file is one order', async () => {
    const s = await shop();
    const message = {
      type: 'track',
      userId: 'u',
      event: 'Order Completed',
      messageId: 'm',
      properties: { order_id: 'o', products: [{ product_id: 'A', price: 10 }] },
    };
    await t.send(s.workspace, [message]);
    await t.send(s.workspace, [{ ...message, messageId: 'm2' }]);
    const [row] = await t.app.warehouse.query<{ n: number; net: number }>(
      'SELECT count() AS n, sum(net_cents) AS net FROM collect_order_line FINAL WHERE workspace = {workspace:String}',
      { workspace: s.workspace },
    );
    expect(row).toEqual({ n: 1, net: 1000 });
  });
});
