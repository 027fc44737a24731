import { expect, it } from 'vitest';
import { migrateWarehouse } from '../platform/warehouse.ts';
import { shop } from '../profile/test-shop.ts';
import { catalogMigrations } from './index.ts';

const s = await shop();
const counted = (onHand: number, time: number, productId = 'p') => ({
  ...{ productId, storeId: 's1', onHand, reserved: 0, onOrder: 0, time },
});
const onHand = async (workspace: string, product = 'p') =>
  (await s.catalog.stockOf(workspace, product)).map((level) => level.onHand);

it('keeps the count that is newest by time, and of two of one time the one that arrived last, whenever that is', async () => {
  const ws = await s.workspace();
  const time = s.clock.now();
  // Arrivals are microseconds: these go over a power of two.
  const arrival = Math.ceil((time * 1000) / 2 ** 22) * 2 ** 22;
  await s.catalog.recordStock(ws, [counted(1, time)], { importId: '', token: '', version: arrival - 1 });
  await s.catalog.recordStock(ws, [counted(2, time)], { importId: '', token: '', version: arrival });
  expect(await onHand(ws)).toEqual([2]);
  await s.catalog.recordStock(ws, [counted(3, time - 1)], { importId: '', token: '', version: arrival + 1 });
  expect(await onHand(ws)).toEqual([2]);
});

it('takes over what was counted before', async () => {
  const ws = await s.workspace();
  const { warehouse } = s;
  const before = catalogMigrations.filter(({ name }) => name === 'catalog/0003_stock_level');
  for (const statement of before.flatMap((one) => one.tables!).flatMap(warehouse.declare))
    await warehouse.command(statement);
  const time = s.clock.now();
  const { productId: product_id, storeId: store_id, onHand: on_hand } = counted(7, time);
  const row = { workspace: ws, product_id, store_id, on_hand, reserved: 0, on_order: 0, time };
  await warehouse.insert('catalog_stock_level', [{ ...row, version: time * 2 ** 22 }]);
  await warehouse.deleteRows('platform_migration', "name >= 'catalog/0004' AND name < 'catalog/1'", {});
  await migrateWarehouse(warehouse, catalogMigrations);
  expect(await onHand(ws)).toEqual([7]);
  await s.catalog.recordStock(ws, [counted(8, time)], { importId: '', token: '', version: 1 });
  expect(await onHand(ws)).toEqual([8]);
  const left = await warehouse.query("SELECT name FROM system.tables WHERE name = 'catalog_stock_level'");
  expect(left).toEqual([]);
});
