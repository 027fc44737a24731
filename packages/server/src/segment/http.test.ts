import {
  segmentEndpoints as e,
  governanceEndpoints as g,
  insightEndpoints as i,
  profileEndpoints as p,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../test-app.ts';

let t: TestApp;
let workspace: string;
let person: number;
beforeAll(async () => {
  t = await testApp();
  workspace = await t.workspace();
  await t.send(workspace, [
    {
      type: 'identify',
      userId: 'ann',
      messageId: 'h1',
      timestamp: '2026-05-30T00:00:00Z',
      traits: { name: 'Ann Lee', email: 'ann@lee.example', address: { city: 'York' }, emailConsent: true },
    },
    {
      type: 'track',
      userId: 'ann',
      messageId: 'h2',
      timestamp: '2026-05-30T01:00:00Z',
      event: 'Order Completed',
      properties: { order_id: 'o1', products: [{ product_id: 'tea', price: 12.5, quantity: 2 }] },
    },
  ]);
  await t.call(p.refreshProfiles, { params: { workspace } });
  person = (await t.call(p.listCustomers, { params: { workspace }, query: {} })).rows[0]!.personId;
});

describe('the whole road, over HTTP', () => {
  it('from a message to a customer, a segment, the overview and the palette', async () => {
    const params = { workspace };
    expect(await t.call(p.getCustomer, { params: { workspace, personId: person } })).toMatchObject({
      name: 'Ann Lee',
      city: 'York',
      orders: 1,
      spendCents: 2500,
    });
    const timeline = await t.call(p.getTimeline, { params: { workspace, personId: person }, query: {} });
    expect(timeline.rows.map((r) => r.kind)).toEqual(['order', 'other']);
    const segment = await t.call(e.createSegment, {
      params,
      body: {
        name: 'Mailable',
        condition: { kind: 'consent', channel: 'email', granted: true },
      },
    });
    expect(segment.size).toBe(1);
    const listed = await t.call(p.listCustomers, { params, query: { segment: segment.id } });
    expect(listed.total).toBe(1);
    expect((await t.call(i.getOverview, { params, query: {} })).indicators[0]!.value).toBe(2500);
    expect((await t.call(i.search, { params, query: { q: 'ann' } })).map((h) => h.kind)).toEqual([
      'customer',
    ]);
    const csv = await t.call(p.exportCustomers, { params, query: {} });
    expect(String(csv)).toContain('ann@lee.example');
  });

  it('masked for a viewer’s key, in the file too', async () => {
    const key = await t.call(g.createApiKey, {
      params: { workspace },
      body: { name: 'viewer', role: 'viewer' },
    });
    const token = (key as { secret: string }).secret;
    for (const [endpoint, params] of [
      [p.getCustomer, { workspace, personId: person }],
      [p.listCustomers, { workspace }],
      [p.exportCustomers, { workspace }],
      [p.getTimeline, { workspace, personId: person }],
      [i.search, { workspace }],
    ] as const) {
      const query = endpoint === i.search ? { q: 'ann' } : {};
      const answer = await t.raw(endpoint as never, { params, query, token });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/ann@|Lee|lee\.example/);
    }
    expect((await t.raw(p.refreshProfiles as never, { params: { workspace }, token })).status).toBe(403);
  });

  it('refused with the field named when a condition has a fault', async () => {
    const fault = async (condition: unknown) => {
      const answer = await t.raw(e.previewSegment as never, { params: { workspace }, body: { condition } });
      const body = answer.body as { fields?: Record<string, string> };
      return [answer.status, Object.keys(body.fields ?? {})[0] ?? ''];
    };
    const orders = (window: object) => ({
      kind: 'all',
      of: [{ kind: 'orders', measure: 'count', test: { op: 'gte', value: 1 }, window }],
    });
    expect(await fault(orders({ kind: 'rolling', days: 0 }))).toEqual([400, 'condition.of.0.window.days']);
    expect(await fault(orders({ kind: 'rolling', days: 10_000 }))).toEqual([
      400,
      'condition.of.0.window.days',
    ]);
    expect(await fault({ kind: 'all', of: [{ kind: 'segment', segment: 'gone' }] })).toEqual([
      400,
      'condition.of.0.segment',
    ]);
    for (const levels of [13, 5000, 60_000]) {
      const deep = `${'{"kind":"not","of":'.repeat(levels)}{"kind":"tag","tag":"x"}${'}'.repeat(levels)}`;
      const answer = await t.app.http.app.inject({
        method: 'POST',
        url: `/v1/workspaces/${workspace}/segments/preview`,
        headers: { authorization: `Bearer ${t.token}`, 'content-type': 'application/json' },
        payload: `{"condition":${deep}}`,
      });
      expect([levels, answer.statusCode, Object.keys(answer.json().fields ?? {})]).toEqual([
        levels,
        400,
        ['condition'],
      ]);
    }
    expect(await fault({ kind: 'nonsense' })).toEqual([400, 'condition.kind']);
    const days = await t.raw(i.getOverview as never, { params: { workspace }, query: { days: 0 } });
    expect([days.status, Object.keys((days.body as { fields: object }).fields)]).toEqual([400, ['days']]);
  });
});
