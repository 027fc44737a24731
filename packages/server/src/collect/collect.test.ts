import { collectEndpoints, profileEndpoints } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
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
    expect(profileEndpoints.getCustomer.path).toContain('customers');
  });
});
