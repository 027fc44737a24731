import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { api, type Endpoint, governanceEndpoints, PERMISSIONS_OF_ROLE } from '@qianmian/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { testApp } from './test-app.ts';

const folder = await mkdtemp(join(tmpdir(), 'qianmian-lake-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const t = await testApp({ QM_PULL_FOLDER: folder });
const workspace = await t.workspace();
const other = await t.workspace();

async function keyFor(of: string, role: 'viewer' | 'admin'): Promise<string> {
  const made = await t.call(governanceEndpoints.createApiKey, {
    params: { workspace: of },
    body: { name: role, role },
  });
  return made.secret;
}
const stranger = await keyFor(other, 'admin');
const viewer = await keyFor(workspace, 'viewer');

/** Values for every path parameter; none of them exists. */
const params = { workspace, id: 'nothing', personId: 1, tag: 'nothing' };
const guarded = t.app.http.mounted.filter((e) => e.access !== 'public') as Endpoint[];
const name = (e: Endpoint) => `${e.method} ${e.path}`;

describe('every endpoint', () => {
  it('of the contract is mounted (those of the demo only in a demo)', () => {
    const missing = Object.values(api).filter((e) => e.domain !== 'demo' && !t.app.http.mounted.includes(e));
    expect(missing.map((e) => name(e as Endpoint))).toEqual([]);
  });

  it.each(guarded.map((e) => [name(e), e] as const))('%s is closed to who is signed out', async (_, e) => {
    const answer = await t.raw(e, { params, token: null });
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.signed_out' } });
  });

  it.each(guarded.filter((e) => e.access !== 'signedIn').map((e) => [name(e), e] as const))(
    '%s does not exist for another workspace',
    async (_, e) => {
      const answer = await t.raw(e, { params, token: stranger });
      expect(answer).toMatchObject({ status: 404, body: { code: 'workspace.not_found' } });
    },
  );

  it.each(
    guarded
      .filter(
        (e) =>
          e.access !== 'signedIn' && !(PERMISSIONS_OF_ROLE.viewer as readonly string[]).includes(e.access),
      )
      .map((e) => [name(e), e] as const),
  )('%s is refused to who lacks the permission', async (_, e) => {
    const answer = await t.raw(e, { params, token: viewer });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });
});

/** For every endpoint that changes a thing: one with no setting at its default, and how it is read. */
const changed: { [path: string]: () => Promise<{ params: object; read: () => Promise<unknown> }> } = {
  [api.updateWorkspace.path]: async () => {
    const params = { workspace: await t.workspace({ currency: 'EUR', timeZone: 'Europe/Berlin' }) };
    return { params, read: () => t.call(api.getWorkspace, { params }) };
  },
  [api.changeMember.path]: async () => {
    const eve = { email: 'eve@shop.example', name: 'Eve', password: 'correct horse' };
    const id = await t.app.accounts.create(eve);
    const shop = { id: 'eves', name: 'Eve', currency: 'EUR', timeZone: 'Europe/Berlin' };
    await t.app.workspaces.create(shop, id);
    const within = { workspace: shop.id };
    return { params: { ...within, id }, read: () => t.call(api.listMembers, { params: within }) };
  },
  [api.updateSource.path]: async () => {
    const client = { origins: ['https://shop.example'], orders: false, consent: false };
    const made = await t.call(api.createSource, { params: { workspace }, body: { name: 'Page', client } });
    const params = { workspace, id: made.id };
    await t.call(api.updateSource, { params, body: { isPaused: true } });
    return { params, read: () => t.call(api.getSource, { params }) };
  },
  [api.updateImport.path]: async () => {
    async function* uploads() {
      yield { name: 'orders.csv', content: Readable.from(['order_id,date,amount\n1,2026-05-01,9\n']) };
    }
    const settings = { currency: 'EUR', timeZone: 'Europe/Berlin' };
    const { id } = await t.app.importRuns.create(workspace, 'tester', settings, uploads());
    const params = { workspace, id };
    return { params, read: () => t.call(api.getImport, { params }) };
  },
  [api.updatePull.path]: async () => {
    await mkdir(join(folder, workspace), { recursive: true });
    await writeFile(join(folder, workspace, 'orders.csv'), 'order_no,paid_at,sku,paid\n1,2026-05-01,P,9\n');
    const fields = {
      orderId: { columns: ['order_no'] },
      time: { columns: ['paid_at'] },
      productId: { columns: ['sku'] },
      net: { columns: ['paid'] },
    };
    const body = {
      ...{ name: 'Lake', connection: { kind: 'folder' as const }, everyMinutes: 120 },
      ...{ target: { of: 'files' as const, pattern: '*.csv' }, mapping: { kind: 'orderLines', fields } },
      ...{ currency: 'EUR', timeZone: 'Europe/Berlin' },
    };
    const { id } = await t.call(api.createPull, { params: { workspace }, body });
    const params = { workspace, id };
    await t.call(api.updatePull, { params, body: { isPaused: true } });
    await t.app.jobs.idle();
    return { params, read: () => t.call(api.getPull, { params }) };
  },
};

describe('a change that names nothing', () => {
  it('is tried of everything that can be changed', () => {
    expect(Object.keys(changed).sort()).toEqual(changes.map((e) => e.path).sort());
  });

  const changes = guarded.filter((e) => e.method === 'PATCH');

  it.each(changes.map((e) => [e.path, e] as const))('changes nothing by PATCH %s', async (path, e) => {
    const { params, read } = await changed[path]!();
    const before = await read();
    const answer = await t.raw(e, { params, body: {} });
    expect([200, 400]).toContain(answer.status);
    expect(await read()).toEqual(before);
  });

  it('of a workspace leaves what is not named, whatever is', async () => {
    const { params } = await changed[api.updateWorkspace.path]!();
    const given = { name: 'Renamed', timeZone: 'Europe/Paris', currency: 'USD' };
    const after: object = { currency: 'EUR', timeZone: 'Europe/Berlin' };
    for (const [field, value] of Object.entries(given)) {
      const body = { [field]: value };
      expect(await t.raw(api.updateWorkspace, { params, body })).toMatchObject({
        status: 200,
        body: Object.assign(after, body),
      });
    }
  });
});

it('whose facts are is folded into every table that says so by a number and an identifier', async () => {
  const tables = await t.app.warehouse.query<{ table: string }>(
    `SELECT table FROM system.columns WHERE database = 'qianmian' AND name IN ('person_id', 'anchor')
     GROUP BY table HAVING count() = 2 ORDER BY table`,
  );
  // What is said of identifiers is no fact about people: it says whose facts are.
  const facts = tables.map(({ table }) => table).filter((table) => table !== 'identity_split');
  expect(facts).toContain('collect_event');
  expect([...t.app.folding.tables].sort()).toEqual(facts);
});

describe('signing in', () => {
  it('answers a session that ends when it is ended; cross-site writes are refused', async () => {
    await t.app.accounts.create({
      email: 'ann@shop.example',
      name: 'Ann',
      password: 'correct horse',
      founder: true,
    });
    const { app } = t.app.http;
    const signIn = (password: string) =>
      app.inject({ method: 'POST', url: '/v1/session', payload: { email: 'Ann@Shop.example', password } });
    expect((await signIn('wrong')).json()).toMatchObject({ code: 'auth.wrong_password' });
    const elsewhere = await app.inject({
      method: 'POST',
      url: '/v1/session',
      headers: { origin: 'https://elsewhere.example' },
      payload: { email: 'Ann@Shop.example', password: 'correct horse' },
    });
    expect(elsewhere.json()).toMatchObject({ status: 403, code: 'auth.cross_site' });
    const good = await signIn('correct horse');
    expect(good.statusCode).toBe(200);
    const cookie = String(good.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly/);
    const session = { cookie: cookie.split(';')[0]! };
    expect((await app.inject({ url: '/v1/session', headers: session })).json()).toMatchObject({
      account: { name: 'Ann' },
    });
    const forged = await app.inject({ method: 'DELETE', url: '/v1/session', headers: session });
    expect(forged.json()).toMatchObject({ code: 'auth.cross_site' });
    await app.inject({ method: 'DELETE', url: '/v1/session', headers: { ...session, 'x-qianmian': '1' } });
    expect((await app.inject({ url: '/v1/session', headers: session })).statusCode).toBe(401);
  });

  it('makes guessing wait', async () => {
    const { app } = t.app.http;
    const codes: number[] = [];
    for (let i = 0; i < 10; i++) {
      const payload = { email: 'bob@shop.example', password: `guess ${i}` };
      codes.push((await app.inject({ method: 'POST', url: '/v1/session', payload })).statusCode);
    }
    expect(codes.slice(0, 8)).toEqual(Array(8).fill(401));
    expect(codes.slice(8)).toEqual([429, 429]);
  });
});

describe('answers', () => {
  it('to faults are problem details that name the field', async () => {
    const bad = await t.raw(governanceEndpoints.createWorkspace, { body: { id: 'Not A Slug', name: '' } });
    expect(bad).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', fields: { id: expect.any(String), name: expect.any(String) } },
    });
    const zone = await t.raw(governanceEndpoints.createWorkspace, {
      body: { id: 'good', name: 'x', timeZone: 'Moon/Base' },
    });
    expect(zone).toMatchObject({
      status: 400,
      body: { fields: { timeZone: expect.stringContaining('Moon/Base') } },
    });
  });

  it('to fields that are not known name each where it stands, and change nothing', async () => {
    const discount = { kind: 'percent', percent: 10, maximumCent: 500 };
    const body = { name: 'Ten', discount, minimumCent: 5000, endAt: '2026-12-08' };
    const params = { workspace };
    expect(await t.raw(api.createCoupon, { params, body })).toMatchObject({
      status: 400,
      body: {
        code: 'request.invalid',
        fields: {
          'discount.maximumCent': 'is not a field here',
          endAt: 'is not a field here',
          minimumCent: 'is not a field here',
        },
      },
    });
    expect(await t.call(api.listCoupons, { params })).toEqual([]);
  });

  it('say faults in words of ours', async () => {
    const faults = async (endpoint: Endpoint, body: unknown) => {
      const answer = await t.raw(endpoint, { params: { workspace }, body });
      return (answer.body as { fields: Record<string, string> }).fields;
    };
    const leaf = { kind: 'kings' };
    expect(await faults(api.createSegment, { name: '', condition: leaf })).toEqual({
      name: 'must not be empty',
      'condition.kind': expect.stringMatching(/^must be one of all, any, not, /),
    });
    const discount = { kind: 'percent', percent: 'ten' };
    const coupon = { name: 'x'.repeat(81), discount, minimumCents: 0.5, startsAt: 'soon' };
    expect(await faults(api.createCoupon, coupon)).toEqual({
      name: 'must have at most 80 characters',
      'discount.percent': 'must be a number',
      minimumCents: 'must be a whole number',
      startsAt: 'must be a time such as 2026-11-22T08:00:00Z',
    });
    const email = { fromName: 'S', subject: 'Hi', body: '{% for %}' };
    expect(await faults(api.createCampaign, { name: 'x', segmentId: null, email })).toEqual({
      'email.body': '"{% for %}" is not complete (line 1, column 1).',
    });
    expect(await faults(api.createCampaign, {})).toEqual({
      name: 'is missing',
      segmentId: 'is missing',
      email: 'is missing',
    });
  });

  it('describe themselves in OpenAPI 3.1', async () => {
    const spec = (await t.app.http.app.inject({ url: '/openapi.json' })).json() as {
      openapi: string;
      paths: object;
    };
    expect(spec.openapi).toBe('3.1.0');
    expect(Object.keys(spec.paths)).toContain('/v1/workspaces/{workspace}/sources');
  });

  it('text that no store takes is refused by name', async () => {
    for (const name of ['a\0b', 'half \ud83d']) {
      const answer = await t.raw(governanceEndpoints.createWorkspace, { body: { id: 'nul', name } });
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', fields: { name: expect.any(String) } },
      });
    }
    const { app } = t.app.http;
    const headers = { authorization: `Bearer ${t.token}` };
    const answer = await app.inject({ url: '/v1/workspaces/w/campaigns/%00', headers });
    expect([400, 404]).toContain(answer.statusCode);
  });

  it('no body at all is for the endpoint to judge', async () => {
    const { app } = t.app.http;
    const headers = { authorization: `Bearer ${t.token}`, 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/v1/workspaces', headers, payload: '' });
    expect(answer.json()).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  it('malformed JSON, a wrong type and a body too large get a clear 4xx', async () => {
    const { app } = t.app.http;
    const headers = { authorization: `Bearer ${t.token}`, 'content-type': 'application/json' };
    const malformed = await app.inject({
      method: 'POST',
      url: '/v1/workspaces',
      headers,
      payload: '{"id": ',
    });
    expect([malformed.statusCode, malformed.headers['content-type']]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ]);
    const large = await app.inject({
      method: 'POST',
      url: '/v1/workspaces',
      headers,
      payload: `{"id":"${'x'.repeat(10_000_000)}"}`,
    });
    expect(large.statusCode).toBe(413);
  });
});
