import { Readable } from 'node:stream';
import {
  collectEndpoints as c,
  type Endpoint,
  governanceEndpoints as g,
  qualityEndpoints as q,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../test-app.ts';

/** What no answer to an analyst may hold. */
const SECRETS = /ann\.secret|private\.example|13812345678|王小明|刘备|1990-02-03|192\.168\.7\.7|M-77889900/;

let t: TestApp;
let workspace: string;
let analyst: string;
let imports: { csv: string; json: string };
beforeAll(async () => {
  t = await testApp();
  workspace = await t.workspace();
  analyst = (
    await t.call(g.createApiKey, { params: { workspace }, body: { name: 'analyst', role: 'analyst' } })
  ).secret;
  await t.send(workspace, [
    {
      type: 'track',
      userId: 'u1',
      messageId: 'e1',
      event: 'Form Sent',
      properties: {
        email: 'ann.secret@private.example',
        note: 'write to ann.secret@private.example',
        colour: 'red',
        contact: { phone: '13812345678', fullName: '王小明', city: 'York' },
      },
    },
    {
      type: 'track',
      event: '',
      messageId: 'q1',
      context: { ip: '192.168.7.7', traits: { email: 'ann.secret@private.example', name: '王小明' } },
    },
    'ann.secret@private.example',
  ] as object[]);
  const csv = `会员编号,姓名,手机号,邮箱,生日,收货人,规格
u1,王小明,13812345678,ann.secret@private.example,1990-02-03,刘备,"red, large"
u2,王小明,not a phone,no.private.example,1990-02-03,刘备,call 13812345678
M-77889900,王小明,broken
`;
  const json = `[{"userId":"M-77889900","name":"王小明","phone":"ann.secret?","email":"Ann.secret@private.example","address":{"street":"刘备"},"size":"large"}]`;
  imports = { csv: await importOf('people.csv', csv), json: await importOf('people.json', json) };
});

async function importOf(name: string, content: string): Promise<string> {
  async function* uploads() {
    yield { name, content: Readable.from([content]) };
  }
  const draft = await t.app.importRuns.create(workspace, 'tester', {}, uploads());
  const file = draft.files[0]!;
  const mapping = structuredClone(file.mapping) as { kind: string; traits?: Record<string, object> };
  // A column whose name says nothing is personal by what it is read as.
  if (name.endsWith('.csv')) mapping.traits = { ...mapping.traits, receiverName: { column: '收货人' } };
  await t.call(c.updateImport, {
    params: { workspace, id: draft.id },
    body: { mappings: { [name]: mapping } },
  });
  await t.call(c.startImport, { params: { workspace, id: draft.id } });
  await t.app.jobs.idle();
  return draft.id;
}

async function seen(endpoint: Endpoint, params: object = {}): Promise<string> {
  const answer = await t.raw(endpoint, { params: { workspace, ...params }, token: analyst });
  expect(answer.status).toBe(200);
  return answer.text;
}
const known = (endpoint: Endpoint, params: object = {}) =>
  t.raw(endpoint, { params: { workspace, ...params } }).then((answer) => answer.text);

describe('to who may not reveal personal data', () => {
  it('events show what happened, not to whom', async () => {
    const text = await seen(c.listEvents);
    expect(text).not.toMatch(SECRETS);
    expect(text).toMatch(/"colour":"red"/);
    expect(text).toMatch(/"city":"York"/);
    expect(await known(c.listEvents)).toMatch(SECRETS);
  });

  it('ids of 神策’s and GA’s messages hold no person, whether or not they were stored before, and repeats stay repeats', async () => {
    const time = t.clock.now();
    const phone = '13812345678';
    const track = (id: number) => `:${time}:${id}`;
    const sensors = [1, 2].map((id) => ({
      ...{ type: 'track', event: 'Sensed', distinct_id: phone, time, _track_id: id, properties: {} },
    }));
    const hit = { v: '2', en: 'sensed_by_ga', cid: phone, sid: '5', _p: '6', _s: '7' };
    const source = 'test';
    await t.app.collector.record(workspace, source, [
      {
        kind: 'event',
        messageId: `sa:default:${phone}${track(1)}`,
        name: 'Sensed',
        time,
        identifiers: [{ type: 'user', value: phone }],
        properties: {},
      },
    ]);
    await t.app.collector.drained();
    for (let times = 0; times < 2; times++) {
      await t.app.collector.acceptDelivery(workspace, source, { protocol: 'sensors', messages: sensors });
      await t.app.collector.acceptDelivery(workspace, source, { protocol: 'gtag', messages: [hit] });
      await t.app.collector.drained();
    }
    const ids = async (token?: string) => {
      const answer = await t.raw(c.listEvents, { params: { workspace }, ...(token ? { token } : {}) });
      const { rows } = answer.body as { rows: { name: string; messageId: string }[] };
      return rows.flatMap((row) => (/sensed/i.test(row.name) ? [row.messageId] : [])).sort();
    };
    const hidden = '[\\w-]{22}';
    const all = await ids();
    expect(all).toHaveLength(3);
    expect(all).toContain(`sa:default:${phone}${track(1)}`);
    expect(all).toContainEqual(expect.stringMatching(new RegExp(`^ga:${hidden}:5:6:7:0$`)));
    expect(all).toContainEqual(expect.stringMatching(new RegExp(`^sa:default:${hidden}${track(2)}$`)));
    expect(JSON.stringify(await ids(analyst))).not.toMatch(SECRETS);
    expect(await ids(analyst)).toContain(`sa:default:****5678${track(1)}`);
    expect(await seen(c.listEvents)).not.toMatch(SECRETS);
    expect(await seen(q.listArrivals)).not.toMatch(SECRETS);
  });

  it('quarantine shows the reason and the shape of a message', async () => {
    const text = await seen(c.listQuarantine);
    expect(text).not.toMatch(SECRETS);
    expect(JSON.parse(text).rows).toHaveLength(2);
    expect(text).toContain('no_event_name');
    expect(await known(c.listQuarantine)).toMatch(SECRETS);
  });

  it('imports show columns, and of their rows what names nobody', async () => {
    for (const id of Object.values(imports)) {
      const text = await seen(c.getImport, { id });
      expect(text).not.toMatch(SECRETS);
      expect(text).toContain('large');
      expect(await known(c.getImport, { id })).toMatch(SECRETS);
    }
    expect(await seen(c.listImports)).not.toMatch(SECRETS);
  });

  it('notes show why a row was turned away or changed, as JSON and as CSV', async () => {
    for (const id of Object.values(imports))
      for (const endpoint of [c.listImportNotes, c.downloadImportNotes]) {
        const text = await seen(endpoint, { id });
        expect(text).not.toMatch(SECRETS);
        expect(await known(endpoint, { id })).toMatch(SECRETS);
      }
    const notes = JSON.parse(await seen(c.listImportNotes, { id: imports.csv })) as {
      rows: { code: string; row: number; message: string; raw: string }[];
    };
    const bad = notes.rows.find((n) => n.code === 'bad_phone')!;
    expect(bad).toMatchObject({ row: 2, message: '"****" is not a valid phone number; it was left out.' });
    expect(bad.raw.split(',')).toHaveLength(7);
    expect(notes.rows.find((n) => n.code === 'wrong_columns')?.raw).toBe('****');
  });

  it('sources show no key, for a key can write', async () => {
    expect(await known(c.listSources)).toMatch(/qmw_/);
    const text = await seen(c.listSources);
    expect(text).not.toMatch(/qmw_/);
    expect(JSON.parse(text)[0]).toMatchObject({ name: 'Web site', writeKey: '****' });
  });
});
