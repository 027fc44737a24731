import {
  type Condition,
  type Endpoint,
  segmentEndpoints as e,
  governanceEndpoints as g,
  profileEndpoints as p,
  type TraitTest,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../test-app.ts';
import { personalTestsWarehouse } from './personal-tests.ch.ts';
import { asks } from './personal-tests.ts';

const trait = (name: string, test: TraitTest): Condition => ({ kind: 'trait', trait: name, test });
const sent = (property: string, test: TraitTest): Condition => ({
  kind: 'events',
  event: 'Form Sent',
  test: { op: 'gte', value: 1 },
  window: { kind: 'ever' },
  where: [{ property, test }],
});

it('knows by names and values what a test would tell', () => {
  const is = (value: string | number | boolean): TraitTest => ({ op: 'is', value });
  expect(asks({ name: 'email', test: { op: 'startsWith', value: 'a' } })).toBe('personal');
  expect(asks({ name: 'address.street', test: is('x') })).toBe('personal');
  expect(asks({ name: '手机号', test: { op: 'gt', value: 1 } })).toBe('personal');
  expect(asks({ name: 'email', test: { op: 'exists' } })).toBe('nothing');
  expect(asks({ name: 'emailConsent', test: is(true) })).toBe('nothing');
  expect(asks({ name: 'address.city', test: is('York') })).toBe('nothing');
  expect(asks({ name: 'address.city', test: { op: 'contains', value: 'Yo' } })).toBe('ifStored');
  expect(asks({ name: 'reach', test: is('ann@x.example') })).toBe('personal');
  expect(asks({ name: 'reach', test: is(13812345678) })).toBe('ifStored');
  expect(asks({ name: 'points', test: { op: 'gte', value: 10_000_000 } })).toBe('ifStored');
  expect(asks({ name: '收货人', test: { op: 'startsWith', value: '王' } })).toBe('personal');
  expect(asks({ name: 'order_id', test: is('20260601001') })).toBe('nothing');
  expect(asks({ name: 'order_id', test: is('ann@x.example') })).toBe('personal');
});

describe('who sees personal data masked', () => {
  let t: TestApp;
  let workspace: string;
  let analyst: string;
  let person: number;
  beforeAll(async () => {
    t = await testApp();
    workspace = await t.workspace();
    const key = (role: 'analyst') =>
      t.call(g.createApiKey, { params: { workspace }, body: { name: role, role } });
    analyst = (await key('analyst')).secret;
    await t.send(workspace, [
      {
        type: 'identify',
        userId: 'ann',
        messageId: 'i1',
        traits: {
          name: 'Ann Lee',
          email: 'ann@lee.example',
          reach: 'ann@lee.example',
          plan: 'gold',
          points: 12_345_678,
          hotline: 13_812_345_678,
          收货人: '王小明',
          emailVerified: true,
        },
      },
      {
        type: 'track',
        userId: 'ann',
        messageId: 'e1',
        event: 'Form Sent',
        properties: {
          field1: 'ann@lee.example',
          size: 'large',
          email: 'ann@lee.example',
          till: 13_812_345_678,
          order_id: '20260601001',
        },
      },
    ]);
    await t.call(p.refreshProfiles, { params: { workspace } });
    person = (await t.call(p.listCustomers, { params: { workspace }, query: {} })).rows[0]!.personId;
  });

  const preview = (condition: Condition, token?: string) =>
    t.raw(e.previewSegment as Endpoint, {
      params: { workspace },
      body: { condition },
      ...(token ? { token } : {}),
    });
  const refused = { status: 403, body: { code: 'segment.personal_data' } };

  it('cannot spell a masked value out, however the test is put', async () => {
    const oracles: Condition[] = [
      trait('email', { op: 'startsWith', value: 'a' }),
      trait('name', { op: 'contains', value: 'lee' }),
      trait('email', { op: 'isNot', value: 'bob@lee.example' }),
      { kind: 'not', of: trait('email', { op: 'in', value: ['ann@lee.example'] }) },
      { kind: 'any', of: [{ kind: 'all', of: [] }, trait('email', { op: 'startsWith', value: 'b' })] },
      trait('reach', { op: 'startsWith', value: 'ann' }),
      trait('reach', { op: 'is', value: 'ann@lee.example' }),
      trait('reach', { op: 'lt', value: 5 }),
      sent('email', { op: 'startsWith', value: 'a' }),
      sent('field1', { op: 'startsWith', value: 'a' }),
      trait('收货人', { op: 'startsWith', value: '王' }),
      trait('hotline', { op: 'gt', value: 5 }),
      trait('hotline', { op: 'is', value: 13_812_345_678 }),
      sent('till', { op: 'lt', value: 14_000_000_000 }),
    ];
    for (const condition of oracles) {
      expect(await preview(condition, analyst)).toMatchObject(refused);
      expect((await preview(condition)).status).toBe(200);
    }
  });

  it('may ask for everything else, and is told numbers exactly', async () => {
    const size = async (condition: Condition) =>
      ((await preview(condition, analyst)).body as { size?: number }).size;
    expect(await size(trait('email', { op: 'exists' }))).toBe(1);
    expect(await size(trait('name', { op: 'missing' }))).toBe(0);
    expect(await size(trait('emailVerified', { op: 'is', value: true }))).toBe(1);
    expect(await size(trait('plan', { op: 'startsWith', value: 'go' }))).toBe(1);
    expect(await size(trait('points', { op: 'gt', value: 12_000_000 }))).toBe(1);
    expect(await size(trait('reach', { op: 'is', value: 'unknown' }))).toBe(0);
    expect(await size(sent('order_id', { op: 'is', value: '20260601001' }))).toBe(1);
    expect(await size(sent('order_id', { op: 'startsWith', value: '2026' }))).toBe(1);
    expect(await size(sent('size', { op: 'contains', value: 'arg' }))).toBe(1);
  });

  it('cannot save such a test, nor learn by a segment of others how it comes out', async () => {
    const condition = trait('email', { op: 'startsWith', value: 'a' });
    const body = { name: 'Oracle', condition };
    const params = { workspace };
    expect(await t.raw(e.createSegment as Endpoint, { params, body, token: analyst })).toMatchObject(refused);
    const own = await t.call(e.createSegment, {
      params,
      body: { name: 'Own', condition: trait('plan', { op: 'is', value: 'gold' }) },
    });
    const put = { params: { workspace, id: own.id }, body, token: analyst };
    expect(await t.raw(e.updateSegment as Endpoint, put)).toMatchObject(refused);

    const theirs = await t.call(e.createSegment, { params, body });
    const around = await t.call(e.createSegment, {
      params,
      body: { name: 'Around', condition: { kind: 'segment', segment: theirs.id } },
    });
    const why = (id: string, token?: string) =>
      t.raw(e.explainMember as Endpoint, {
        params: { workspace, id, personId: person },
        ...(token ? { token } : {}),
      });
    expect(await why(theirs.id, analyst)).toMatchObject(refused);
    expect(await why(around.id, analyst)).toMatchObject(refused);
    expect((await why(own.id, analyst)).status).toBe(200);
    expect((await why(around.id)).status).toBe(200);
    expect((await why('gone', analyst)).status).toBe(404);
  });

  it('makes the warehouse look once at each name, whatever the number of tests', async () => {
    let asked = 0;
    const store = personalTestsWarehouse({
      ...t.app.warehouse,
      query: (...statement) => {
        asked += 1;
        return t.app.warehouse.query(...statement);
      },
    });
    const look = { look: '@', long: 0 };
    const sentAs = (name: string) => ({ event: 'Form Sent', name, ...look });
    const harmless = Array.from({ length: 200 }, (_, i) =>
      sentAs(['size', 'colour', `nested.f${i % 40}`][i % 3]!),
    );
    expect(await store.looksPersonal(workspace, harmless)).toBe(null);
    expect(asked).toBe(1);
    expect(await store.looksPersonal(workspace, [...harmless, sentAs('field1')])).toBe('field1');
    expect(await store.looksPersonal(workspace, [{ event: 'Form Seen', name: 'field1', ...look }])).toBe(
      null,
    );
    const traits = ['plan', 'points', 'reach'].map((name) => ({ event: null, name, ...look }));
    expect(await store.looksPersonal(workspace, traits)).toBe('reach');
    expect(asked).toBe(4);
  });

  it('learns nothing of the warehouse by a condition too large to compute', async () => {
    const many: Condition = {
      kind: 'any',
      of: Array.from({ length: 20 }, () => ({
        ...(sent('size', { op: 'contains', value: 'x' }) as Extract<Condition, { kind: 'events' }>),
        where: Array.from({ length: 20 }, (_, j) => ({
          property: `field${j}`,
          test: { op: 'contains' as const, value: 'x' },
        })),
      })),
    };
    const answer = await t.raw(e.previewSegment, {
      params: { workspace },
      body: { condition: many },
      token: analyst,
    });
    expect(answer.body).toMatchObject({ code: 'segment.too_large' });
  });
});
