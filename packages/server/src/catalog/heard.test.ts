import { beforeAll, expect, it } from 'vitest';
import { MINUTE } from '../platform/clock.ts';
import { type Shop, shop } from '../profile/test-shop.ts';
import { MOST_HEARD, openHeard } from './heard.ts';

let s: Shop;
beforeAll(async () => {
  s = await shop();
});

const all = { search: '', category: '', limit: 1, offset: 0 };
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => `p${from + i}`);
let version = 1;

/** A workspace to which pages and servers tell of products, minute after minute. */
async function catalogue() {
  const ws = await s.workspace();
  const tell = (ids: string[], minute: number, client: object | null) => {
    version += 1;
    const origin = { importId: '', version, token: `t${version}`, receivedAt: minute * MINUTE, client };
    const news = ids.map((productId) => ({ productId, name: `of ${productId}`, hearsay: true }));
    return s.catalog.upsertProducts(ws, news, origin);
  };
  return {
    ws,
    page: (ids: string[], minute: number) => tell(ids, minute, {}),
    server: (ids: string[], minute: number) => tell(ids, minute, null),
    total: async () => (await s.catalog.products(ws, all)).total,
    heard: async () => (await s.catalog.heard(ws)).products,
  };
}

it('hears so many new products of pages a minute, and so many in all; the others take no place', async () => {
  const c = await catalogue();
  const { newAMinute, all: most } = MOST_HEARD;
  expect(await c.page(range(0, newAMinute + 300), 1)).toBe(300);
  // Said again it is known, and what was left out is still not.
  expect(await c.page(range(0, newAMinute + 300), 1)).toBe(300);
  expect(await c.total()).toBe(newAMinute);
  for (let minute = 2; minute * newAMinute <= most; minute++)
    expect(await c.page(range(minute * 10_000, newAMinute), minute)).toBe(0);
  expect(await c.page(['one more'], 100)).toBe(1);
  expect(await c.heard()).toBe(most);
  expect(await c.server(['s1', 'p0'], 100)).toBe(0);
  expect(await c.total()).toBe(most + 1);
  // One of the pages' is the server's as well now, which leaves room for another.
  expect(await c.heard()).toBe(most - 1);
  expect(await c.page(['one more', 'and one'], 101)).toBe(1);
});

it('looks up so many a minute, however many are told', async () => {
  const c = await catalogue();
  expect(await c.page(range(0, 50_000), 1)).toBe(48_000);
  expect(await c.page(['later'], 1)).toBe(1);
  expect(await c.page(['later'], 2)).toBe(0);
});

it('forgets what only pages told of, and keeps what anybody else did', async () => {
  const c = await catalogue();
  await c.page(['junk', 'both'], 1);
  await c.server(['both', 'own'], 1);
  expect(await s.catalog.forgetHeard(c.ws)).toEqual({ products: 1, stores: 0, most: MOST_HEARD.all });
  expect(await c.total()).toBe(2);
  expect(await c.heard()).toBe(0);
  await c.page(['junk'], 2);
  expect(await c.total()).toBe(3);
});

it('hears stores within the same bounds', async () => {
  const ws = await s.workspace();
  const news = range(0, MOST_HEARD.newAMinute + 5).map((storeId) => ({ storeId, hearsay: true }));
  const origin = { importId: '', version: 1, token: `stores ${ws}`, receivedAt: MINUTE, client: {} };
  expect(await s.catalog.upsertStores(ws, news, origin)).toBe(5);
  expect(await s.catalog.stores(ws)).toHaveLength(MOST_HEARD.newAMinute);
});

it('keeps in mind that somebody else told of it when that could not be written at first', async () => {
  const written: object[] = [];
  let isDown = true;
  const heard = openHeard({
    heardIds: async () => ['p1'],
    async insertHeard(rows) {
      if (isDown && rows.some((row) => row.client === 0)) throw new Error('the disk is full');
      written.push(...rows);
    },
  });
  const origin = { version: 2, token: 't' };
  await expect(heard.told('w', 'product', ['p1'], origin)).rejects.toThrow('full');
  isDown = false;
  await heard.told('w', 'product', ['p1'], origin);
  expect(written).toEqual([{ workspace: 'w', kind: 'product', id: 'p1', client: 0, version: 2 }]);
  expect(await heard.ids('w', 'product')).toEqual([]);
});
