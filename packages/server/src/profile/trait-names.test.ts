import { randomUUID } from 'node:crypto';
import {
  CLIENT_DEFAULTS,
  type ClientKey,
  collectEndpoints as c,
  profileEndpoints as p,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../test-app.ts';
import { MOST_NAMES } from './trait-names.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});

const many = (count: number, called: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${called}_${i}`, i]));

describe('names of traits', () => {
  it('end at a number; the rest is told in quarantine, and what is known goes on', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    const says = (userId: string, messageId: string, traits: object) =>
      t.send(workspace, [{ type: 'identify', userId, messageId, traits }]);
    await says('u1', 'm1', { plan: 'gold', ...many(49_000, 'order') });
    await says('u2', 'm2', { plan: 'silver', order_3: 7, late: 'x', name: 'Ann Lee', emailConsent: true });
    await t.call(p.refreshProfiles, { params });
    const people = await Promise.all(
      (await t.call(p.listCustomers, { params, query: {} })).rows.map((row) =>
        t.call(p.getCustomer, { params: { workspace, personId: row.personId } }),
      ),
    );
    const of = (id: string) => people.find((one) => one.identifiers.some((i) => i.value === id))!;
    expect(of('u1').traits).toHaveLength(MOST_NAMES.live);
    expect(of('u1').traits.map((one) => one.name)).toContain('plan');
    expect(of('u2')).toMatchObject({ name: 'Ann Lee' });
    expect(
      of('u2')
        .traits.map((one) => one.name)
        .sort(),
    ).toEqual(['name', 'order_3', 'plan']);
    expect(of('u2').consent).toContainEqual(expect.objectContaining({ channel: 'email', granted: true }));

    const { rows } = await t.call(c.listQuarantine, { params, query: {} });
    expect(rows.map((row) => [row.reason, row.detail])).toEqual(
      expect.arrayContaining([
        ['too_many_traits', expect.stringContaining('48001 more were not kept')],
        ['too_many_traits', expect.stringContaining(' 1 more were not kept')],
      ]),
    );
    expect(rows).toHaveLength(2);
    expect(rows.every((row) => row.payload.length < 5000)).toBe(true);
    const other = await t.workspace();
    await t.send(other, [{ type: 'identify', userId: 'u', messageId: 'm', traits: { late: 'x' } }]);
    expect((await t.call(c.listQuarantine, { params: { workspace: other }, query: {} })).rows).toEqual([]);
  });

  it('of keys of pages have a number of their own: whatever they bring, servers and files add theirs', async () => {
    const shop = await t.workspace();
    const store = (facts: object, client: ClientKey | null) =>
      t.app.collector.store({
        workspace: shop,
        source: client ? 'page' : 'server',
        importId: '',
        receivedAt: t.clock.now(),
        token: randomUUID(),
        client,
        facts: [
          {
            kind: 'person',
            time: t.clock.now(),
            identifiers: [{ type: 'user', value: 'u1' }],
            traits: facts as Record<string, string>,
          },
        ],
      });
    const names = async () =>
      (
        await t.app.warehouse.query<{ name: string }>(
          'SELECT DISTINCT name FROM profile_trait WHERE workspace = {shop:String}',
          { shop },
        )
      ).map((row) => row.name);
    await store({ ...many(3000, 'junk'), name: 'Ann' }, CLIENT_DEFAULTS);
    expect(await names()).toHaveLength(MOST_NAMES.client + 1);
    await store({ loyaltyTier: 'gold', junk_0: 'taken over', ...many(997, 'own') }, null);
    expect(await names()).toEqual(expect.arrayContaining(['loyaltyTier', 'own_996', 'junk_199']));
    // A name that a server said too is no page's alone: one more has room, and what is known stays known.
    await store({ loyaltyTier: 'silver', later: 'x', toolate: 'x' }, CLIENT_DEFAULTS);
    const known = await names();
    expect(known).toHaveLength(MOST_NAMES.client + 1 + 998 + 1);
    expect(known).toContain('later');
    expect(known).not.toContain('toolate');
  });
});
