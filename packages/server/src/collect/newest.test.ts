import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../platform/clock.ts';
import { migrateWarehouse, openWarehouse, type Params, type Warehouse } from '../platform/warehouse.ts';
import { collectMigrations, collectWarehouse } from './store.ch.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
let folder: string;
let warehouse: Warehouse;
const asked: { sql: string; params: Params }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qm-newest-'));
  warehouse = await openWarehouse({ url: null, cluster: null, folder });
  await migrateWarehouse(warehouse, collectMigrations);
  await fill('shop', 400, (i) => 40 * DAY + i * HOUR);
  await fill('shop', 40, (i) => 2 * HOUR + i * MINUTE);
  await fill('shop', 20, (i) => i * MINUTE);
});
afterAll(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a plain event of the Segment protocol leaves empty. */
const UNSAID = { context: '', envelope: '', protocol: 'segment', original_name: '', mapping: 0 };

async function fill(workspace: string, count: number, ago: (i: number) => number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => ({
    ...{ workspace, person_id: 1 + (i % 7), anchor: 0, name: i % 2 ? 'Odd' : 'Even', source: `s${i % 3}` },
    ...{ message_id: `${ago(i)}`, message_hash: `${ago(i)}`, import_id: '', channel: '', properties: {} },
    ...{ time: NOW - ago(i), received_at: NOW - ago(i) },
    ...UNSAID,
  }));
  await collectWarehouse(warehouse).insertEvents(rows, `fill ${ago(0)}`);
}

/** The store, with what it asks written down. */
const watched = () =>
  collectWarehouse({
    ...warehouse,
    query: (sql, params = {}, settings) => {
      asked.push({ sql, params });
      return warehouse.query(sql, params, settings);
    },
  });
const plan = async ({ sql, params }: { sql: string; params: Params }) =>
  (await warehouse.query<{ explain: string }>(`EXPLAIN indexes = 1, projections = 1 ${sql}`, params))
    .map((r) => r.explain)
    .join('\n');

it('shows the newest events, however far back they lie', async () => {
  const store = watched();
  const ids = async (page: { limit: number; offset: number; name?: string }) =>
    (await store.events('shop', { ...page, now: NOW })).map((e) => Number(e.message_id));
  const all = await ids({ limit: 1000, offset: 0 });
  expect(all).toEqual([...all].sort((a, b) => a - b));
  expect(all).toHaveLength(460);
  for (const [limit, offset] of [
    [10, 0],
    [10, 15],
    [30, 0],
    [60, 0],
    [60, 30],
    [100, 400],
    [10, 460],
  ] as const)
    expect(await ids({ limit, offset })).toEqual(all.slice(offset, offset + limit));
  expect(await ids({ limit: 2, offset: 0, name: 'Odd' })).toEqual([MINUTE, 3 * MINUTE]);
});

it('looks at what came in the last hour alone where that fills the page', async () => {
  asked.length = 0;
  await watched().events('shop', { limit: 20, offset: 0, now: NOW });
  expect(asked).toHaveLength(1);
  expect(await plan(asked[0]!)).toMatch(/Name: received[\s\S]*?Parts: 2\/4/);
});

it('counts the events of a source without reading them', async () => {
  asked.length = 0;
  const counts = await watched().countsBySource('shop');
  expect(counts.map((c) => c.events).reduce((a, b) => a + b)).toBe(460);
  expect(await plan(asked[0]!)).toContain('ReadFromMergeTree (by_source)');
});

it('still takes an import out, and counts what is left', async () => {
  const store = collectWarehouse(warehouse);
  const row = {
    workspace: 'undo',
    person_id: 1,
    anchor: 0,
    name: 'A',
    source: 'file',
    channel: '',
    properties: {},
    ...UNSAID,
  };
  const at = { time: NOW, received_at: NOW };
  await store.insertEvents(
    [
      { ...row, ...at, message_id: '1', message_hash: '1', import_id: 'i' },
      { ...row, ...at, message_id: '2', message_hash: '2', import_id: '' },
    ],
    'undo',
  );
  await store.deleteImport('undo', 'i');
  expect((await store.countsBySource('undo')).map((c) => c.events)).toEqual([1]);
});
