import { collectEndpoints as c, profileEndpoints as p } from '@qianmian/contract';
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
    await says('u1', 'm1', { plan: 'gold', ...many(50_000, 'order') });
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
        ['too_many_traits', expect.stringContaining('49001 more were not kept')],
        ['too_many_traits', expect.stringContaining(' 1 more were not kept')],
      ]),
    );
    expect(rows).toHaveLength(2);
    expect(rows.every((row) => row.payload.length < 5000)).toBe(true);
    const other = await t.workspace();
    await t.send(other, [{ type: 'identify', userId: 'u', messageId: 'm', traits: { late: 'x' } }]);
    expect((await t.call(c.listQuarantine, { params: { workspace: other }, query: {} })).rows).toEqual([]);
  });
});
