import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectMigrations, collectWarehouse } from '../collect/index.ts';
import { identityMigrations } from '../identity/index.ts';
import { migrateWarehouse, openWarehouse, type Params, type Warehouse } from '../platform/warehouse.ts';
import { promotionWarehouse } from './store.ch.ts';

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qm-reading-'));
  warehouse = await openWarehouse({ url: null, cluster: null, folder });
  await migrateWarehouse(warehouse, [...collectMigrations, ...identityMigrations]);
});
afterAll(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true, force: true });
});

const line = (orderId: string, version: number, code: string) => ({
  ...{
    workspace: 'shop',
    order_id: orderId,
    line_kind: 'sale' as const,
    line_id: '1',
    person_id: 1,
    anchor: 0,
  },
  ...{
    time: 1,
    channel: '',
    store_id: '',
    product_id: 'p',
    quantity: 1,
    unit_price_cents: 100,
    discount_cents: 0,
  },
  ...{ net_cents: 100, currency: 'CNY', coupon_code: code, source: '', import_id: '', version },
  ...{ is_deleted: 0, is_counted: 1, by_client: 0, told_at: 0, dated_at: 0 },
});

it('reads nothing where nothing new was stored, and what holds of an order that was told again', async () => {
  const asked: { sql: string; params: Params }[] = [];
  const store = promotionWarehouse({
    ...warehouse,
    query: (sql, params = {}) => {
      asked.push({ sql, params });
      return warehouse.query(sql, params);
    },
  });
  const insert = (rows: ReturnType<typeof line>[]) => collectWarehouse(warehouse).insertOrderLines(rows);
  await insert(Array.from({ length: 3000 }, (_, i) => line(`o${i}`, 1000 + i, 'OLD')));
  await insert([line('new', 9000, 'A')]);
  await insert([line('new', 9001, 'B')]);
  const after = (version: number) => store.ordersWithCodes('shop', { version, orderId: '', code: '' }, 100);
  expect((await after(9000)).map((p) => p.orderId)).toContain('new');
  expect(await store.codesOfOrders('shop', ['new'])).toMatchObject([{ code: 'B', orderId: 'new' }]);
  asked.length = 0;
  expect(await after(9002)).toEqual([]);
  const plan = await warehouse.query<{ explain: string }>(
    `EXPLAIN indexes = 1 ${asked[0]!.sql}`,
    asked[0]!.params,
  );
  expect(plan.map((r) => r.explain).join('\n')).toMatch(/Name: stored[\s\S]*?Parts: 0\/3/);
});
