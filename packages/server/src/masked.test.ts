import { Readable } from 'node:stream';
import {
  collectEndpoints as c,
  type Endpoint,
  governanceEndpoints as g,
  profileEndpoints as p,
  promotionEndpoints,
  type Role,
  segmentEndpoints as s,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from './test-app.ts';

/** People whose every personal value is one that nothing else holds. */
const PEOPLE = Array.from({ length: 12 }, (_, i) => ({
  name: `${'赵钱孙李周吴郑王冯陈褚卫'[i]}甲${'子丑寅卯辰巳午未申酉戌亥'[i]}`,
  phone: 13_900_001_001 + i,
  email: `hidden${i}@secret.example`,
}));
const SECRET = new RegExp(
  [...'子丑寅卯辰巳午未申酉戌亥'].map((last) => `甲${last}`).join('|') +
    '|hidden\\d+@|secret\\.example|1390000100[1-9]|1390000101[0-2]|DE89370400440532013000|5 Hidden Lane',
);

let t: TestApp;
let workspace: string;
const keys = new Map<string, string>();
let person: number;
let segment: string;
let coupon: string;
let imported: string;

beforeAll(async () => {
  t = await testApp();
  workspace = await t.workspace();
  const params = { workspace };
  for (const role of ['viewer', 'analyst', 'operator'] as const) {
    const made = await t.call(g.createApiKey, { params, body: { name: role, role } });
    keys.set(role, made.secret);
  }
  await t.send(
    workspace,
    PEOPLE.flatMap(({ name, phone, email }, i) => [
      {
        type: 'identify',
        userId: `u${i}`,
        messageId: `i${i}`,
        traits: {
          name,
          email,
          phone: `+86${phone}`,
          收货人: name,
          联系方式: phone,
          hotline: phone,
          plan: i < 8 ? 'gold' : `own ${i}`,
          address: { city: '深圳', line: '5 Hidden Lane' },
          reference: i === 0 ? 'DE89370400440532013000' : 'none',
        },
      },
      {
        type: 'track',
        userId: `u${i}`,
        messageId: `o${i}`,
        event: 'Order Completed',
        properties: {
          order_id: `2026060100${i}`,
          products: [{ product_id: 'p', price: 10 + i, quantity: 1 }],
        },
      },
      ...[1, 2, 3].map((n) => ({
        type: 'track',
        userId: `u${i}`,
        messageId: `e${i}-${n}`,
        event: 'Ship',
        properties: {
          收货人: name,
          tel: phone,
          recipient: { line: '5 Hidden Lane', contact: [name, phone] },
          order_id: '20260601001',
        },
      })),
      { type: 'track', event: '', messageId: `q${i}`, context: { traits: { receiver: name, qq: phone } } },
    ]),
  );
  await t.call(p.refreshProfiles, { params });
  segment = (
    await t.call(s.createSegment, {
      params,
      body: { name: 'All', condition: { kind: 'trait', trait: 'email', test: { op: 'exists' } } },
    })
  ).id;
  coupon = (
    await t.call(promotionEndpoints.createCoupon, {
      params,
      body: { name: 'Tea', discount: { kind: 'percent', percent: 5 } },
    })
  ).id;
  const rows = (await t.call(p.listCustomers, { params, query: {} })).rows;
  person = rows[0]!.personId;
  await t.app.promotion.issue(workspace, {
    couponId: coupon,
    campaignId: 'c',
    personIds: rows.map((r) => r.personId),
  });
  const file = [
    '订单编号,收货人,联系方式,收货地址,QQ,备注,下单时间,商品编码,数量,单价',
    ...PEOPLE.map(
      ({ name, phone }, i) =>
        `A${i},${name},${phone},5 Hidden Lane,12345678,给${name},${i % 2 ? 'bad' : '2026-01-01'},s1,1,${i % 3 ? 10 : 'x'}`,
    ),
  ].join('\n');
  async function* upload() {
    yield { name: 'orders.csv', content: Readable.from([file]) };
  }
  imported = (await t.app.importRuns.create(workspace, 'tester', {}, upload())).id;
  await t.raw(c.startImport, { params: { workspace, id: imported } });
  await t.app.jobs.idle();
});

/** Of these parameters, those the endpoint takes. */
function taken(e: Endpoint, given: object): object {
  const shape = (e.query as { shape?: object }).shape ?? {};
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in shape));
}

/** Everything a role can read: every list to its end, one row a page, and all else, with the ids that exist. */
async function everything(role: Role): Promise<{ endpoint: string; text: string }[]> {
  const found: { endpoint: string; text: string }[] = [];
  const reads = t.app.http.mounted.filter((e) => e.method === 'GET' && e.path.includes(':workspace'));
  for (const e of reads as Endpoint[]) {
    const id = /segments/.test(e.path) ? segment : /coupons/.test(e.path) ? coupon : imported;
    let cursor: string | undefined;
    for (let pages = 0; pages < 15; pages++) {
      const answer = await t.raw(e, {
        params: { workspace, id, personId: person, tag: 'none' },
        query: taken(e, { limit: 2, cursor, q: '深圳' }),
        token: keys.get(role)!,
      });
      // Days that a report must be asked for.
      if (answer.status === 400) break;
      expect([e.path, answer.status]).toEqual([e.path, expect.toSatisfy((code: number) => code < 500)]);
      found.push({ endpoint: `${e.method} ${e.path}`, text: answer.text });
      cursor = (answer.body as { nextCursor?: string } | undefined)?.nextCursor ?? undefined;
      if (cursor === undefined) break;
      found.push({
        endpoint: `cursor of ${e.path}`,
        text: Buffer.from(cursor.slice(2), 'base64url').toString(),
      });
    }
  }
  return found;
}

describe('who sees personal data masked', () => {
  it.each(['viewer', 'analyst'] as const)('finds none in any answer, nor in any cursor: %s', async (role) => {
    const answers = await everything(role);
    expect(answers.length).toBeGreaterThan(30);
    expect(answers.filter(({ text }) => SECRET.test(text))).toEqual([]);
    // The same answers show them to who may see them: the test looks where they are.
    const open = await everything('operator');
    const telling = new Set(open.filter(({ text }) => SECRET.test(text)).map(({ endpoint }) => endpoint));
    expect([...telling].filter((endpoint) => endpoint.startsWith('cursor'))).toEqual([]);
    expect(telling.size).toBeGreaterThan(5);
  });

  it('cannot have the list in the order of names, nor as a file', async () => {
    const token = keys.get('viewer')!;
    const refused = {
      status: 403,
      body: { code: 'customer.masked_sort', fields: { sort: expect.any(String) } },
    };
    for (const e of [p.listCustomers, p.exportCustomers] as Endpoint[]) {
      const call = { params: { workspace }, query: { sort: 'name', order: 'desc' } };
      expect(await t.raw(e, { ...call, token })).toMatchObject(refused);
      expect((await t.raw(e, call)).status).toBe(200);
    }
  });

  it('is offered values of traits only where several people share them and they look like nobody’s own', async () => {
    const values = async (role: Role, name: string) => {
      const { body } = await t.raw(s.getVocabulary, { params: { workspace }, token: keys.get(role)! });
      const { traits } = body as { traits: { name: string; values: string[] }[] };
      return traits.find((one) => one.name === name)!.values.sort();
    };
    expect(await values('viewer', 'plan')).toEqual(['gold']);
    expect(await values('viewer', 'reference')).toEqual(['none']);
    expect(await values('viewer', 'address.city')).toEqual(['深圳']);
    expect(await values('operator', 'plan')).toEqual(['gold', 'own 10', 'own 11', 'own 8', 'own 9']);
    expect(await values('operator', 'reference')).toEqual(['DE89370400440532013000', 'none']);
    expect(await values('operator', '收货人')).toEqual([]);
  });
});

describe('a cursor', () => {
  const made = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
  const list = (query: object) => t.raw(p.listCustomers, { params: { workspace }, query });
  const refused = { status: 400, body: { code: 'request.bad_cursor' } };

  it('made by hand, changed, or of another list is refused and never a fault of ours', async () => {
    for (const place of [
      [1.5, 2],
      [1, -1],
      [1e300, 1],
      [1, 1.5],
      [9.3e18, 1],
      ['朱涵倩', 0],
      [5],
      5,
      'x',
      null,
    ])
      for (const sort of ['spendCents', 'name'])
        expect(await list({ sort, cursor: made(place) })).toMatchObject(refused);
    const { nextCursor } = (await list({ limit: 2 })).body as { nextCursor: string };
    expect((await list({ limit: 2, cursor: nextCursor })).status).toBe(200);
    const changed = `${nextCursor.slice(0, 30)}${nextCursor[30] === 'A' ? 'B' : 'A'}${nextCursor.slice(31)}`;
    expect(await list({ limit: 2, cursor: changed })).toMatchObject(refused);
    expect(await list({ limit: 2, cursor: nextCursor, sort: 'name' })).toMatchObject(refused);
    expect(await list({ limit: 2, cursor: nextCursor, order: 'asc' })).toMatchObject(refused);
    expect((await list({ limit: 5, cursor: nextCursor })).status).toBe(200);
    const elsewhere = await t.raw(p.getTimeline, {
      params: { workspace, personId: person },
      query: { cursor: nextCursor },
    });
    expect(elsewhere).toMatchObject(refused);
  });

  it('leads through every name in order, for who may see them', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { rows, nextCursor } = await t.call(p.listCustomers, {
        params: { workspace },
        query: { sort: 'name', order: 'asc', limit: 5, ...(cursor ? { cursor } : {}) },
      });
      for (const { name } of rows) if (name !== '') names.push(name);
      cursor = nextCursor ?? undefined;
    } while (cursor);
    expect(names).toHaveLength(PEOPLE.length);
    expect(new Set(names)).toEqual(new Set(PEOPLE.map(({ name }) => name)));
  });
});
