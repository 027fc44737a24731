import { createWorld } from '@qianmian/simulator';
import { beforeAll, expect, it } from 'vitest';
import { fillCatalogue } from '../demo/filling.ts';
import { type Shop, shop } from '../profile/test-shop.ts';

let s: Shop;
beforeAll(async () => {
  s = await shop();
});

it('keeps what was said last of a category, brand or city, and forgets it when told nothing', async () => {
  const ws = await s.workspace();
  expect(await s.catalog.names(ws)).toEqual([]);
  const tea = { kind: 'category' as const, key: 'GRN TEA', name: 'Green tea', nameZh: '绿茶' };
  const city = { kind: 'city' as const, key: '上海', name: 'Shanghai', nameZh: '' };
  await s.catalog.setNames(ws, [tea, city, { ...tea, kind: 'brand' }]);
  s.clock.advance(1);
  await s.catalog.setNames(ws, [
    { ...tea, nameZh: '绿 茶' },
    { ...tea, kind: 'brand', name: '', nameZh: '' },
  ]);
  expect(await s.catalog.names(ws)).toEqual([{ ...tea, nameZh: '绿 茶' }, city]);
  expect(await s.catalog.names(await s.workspace())).toEqual([]);
});

it('knows both names of everything the simulated retailer sells, and where', async () => {
  const ws = await s.workspace();
  await fillCatalogue(createWorld({ people: 10 }), ws, s.catalog);
  const names = await s.catalog.names(ws);
  const called = (kind: string) => new Map(names.filter((n) => n.kind === kind).map((n) => [n.key, n]));
  const [categories, brands, cities] = [called('category'), called('brand'), called('city')];
  expect(categories.get('Dairy')).toMatchObject({ name: 'Dairy', nameZh: '乳品' });
  expect(brands.get('山食记')).toMatchObject({ name: 'Shanshiji', nameZh: '山食记' });
  const { rows } = await s.catalog.products(ws, { search: '', category: '', limit: 2000, offset: 0 });
  for (const p of rows) {
    expect(brands.has(p.brand)).toBe(true);
    for (const name of p.category) expect(categories.has(name)).toBe(true);
  }
  for (const store of await s.catalog.stores(ws)) expect(cities.has(store.city)).toBe(true);
});
