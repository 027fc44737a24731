import { governanceEndpoints as g, identityEndpoints as i, profileEndpoints as p } from '@qianmian/contract';
import { beforeAll, expect, it } from 'vitest';
import { MINUTE } from '../platform/clock.ts';
import { type TestApp, testApp } from '../test-app.ts';
import { MOST_GUESSES } from './guesses.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});

it('who sees phones masked cannot find them out by trying, and that they tried is on record', async () => {
  const workspace = await t.workspace();
  const params = { workspace };
  const phone = '+8615824191985';
  await t.send(workspace, [
    { type: 'identify', userId: 'u1', messageId: 'm1', traits: { name: 'Zhu Hanqian', phone } },
  ]);
  await t.call(p.refreshProfiles, { params });
  const keyOf = async (role: 'viewer' | 'admin') =>
    (await t.call(g.createApiKey, { params, body: { name: `${role} key`, role } })).secret;
  const [viewer, other, admin] = [await keyOf('viewer'), await keyOf('viewer'), await keyOf('admin')];
  const tries = (value: string, token: string) =>
    t.raw(i.findByIdentifier, { params, query: { type: 'phone', value }, token });
  const finds = (search: string, token: string) =>
    t.raw(p.listCustomers, { params, query: { search }, token });

  // Whole values that are known cost nothing.
  for (let n = 0; n < MOST_GUESSES; n++) await tries(phone, viewer);
  const statuses = new Set<number>();
  for (let n = 0; n < MOST_GUESSES; n++) {
    const value = `+86158${String(24190000 + n)}`;
    statuses.add((n % 2 === 0 ? await tries(value, viewer) : await finds(value, viewer)).status);
  }
  expect([...statuses]).toEqual([200]);
  for (const refused of [
    await tries(phone, viewer),
    await finds(phone, viewer),
    await t.raw(p.exportCustomers, { params, query: { search: phone }, token: viewer }),
  ])
    expect(refused).toMatchObject({ status: 429, body: { code: 'customer.too_many_guesses' } });
  const asked = await t.app.http.app.inject({
    url: `/v1/workspaces/${workspace}/people/by-identifier?type=phone&value=1`,
    headers: { authorization: `Bearer ${viewer}` },
  });
  expect(Number(asked.headers['retry-after'])).toBeGreaterThan(0);
  // A list without a search, other callers, and who may know it all, go on.
  expect((await t.raw(p.listCustomers, { params, query: {}, token: viewer })).status).toBe(200);
  expect((await tries('+8610000000000', other)).status).toBe(200);
  for (let n = 0; n <= MOST_GUESSES; n++) expect((await tries(`+861000000${n}`, admin)).status).toBe(200);

  const audited = (await t.call(g.listAudit, { params, query: {} })).rows.filter(
    (entry) => entry.action === 'customer.guess',
  );
  expect(audited).toMatchObject([{ actor: 'key viewer key', detail: { misses: MOST_GUESSES } }]);
  t.clock.advance(MINUTE);
  expect(await tries(phone, viewer)).toMatchObject({ status: 200, body: { personId: expect.any(Number) } });
});
