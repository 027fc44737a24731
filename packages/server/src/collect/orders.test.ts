import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { catalogEndpoints, collectEndpoints, type ImportRun, profileEndpoints } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../platform/clock.ts';
import { hash64 } from '../platform/hash64.ts';
import { testApp } from '../test-app.ts';
import type { Fact } from './facts.ts';
import { SeenMessages } from './seen-messages.ts';
import { collectWarehouse } from './store.ch.ts';
import { storeFacts } from './store-facts.ts';
import { untellImport } from './untell-import.ts';
import { factsOfMessage } from './wire/segment.ts';

const t = await testApp();
const { warehouse } = t.app;

interface Product {
  product_id: string;
  price: number;
  quantity?: number;
}

/** A shop of its own with the verbs of the stories below; time goes on between them. */
async function shop() {
  const workspace = await t.workspace();
  const say = async (...messages: object[]) => {
    t.clock.advance(SECOND);
    await t.send(workspace, messages);
  };
  const order = (event: string, properties: object, messageId: string = randomUUID()) => ({
    type: 'track',
    userId: 'u',
    event,
    messageId,
    timestamp: new Date(t.clock.now()).toISOString(),
    properties: { order_id: 'O1', ...properties },
  });
  const bring = async (
    files: Record<string, string>,
    settings: object = {},
    mapping?: Record<string, unknown>,
  ): Promise<ImportRun> => {
    t.clock.advance(SECOND);
    async function* uploads() {
      for (const [name, content] of Object.entries(files)) yield { name, content: Readable.from([content]) };
    }
    const { id } = await t.app.importRuns.create(workspace, 'tester', settings, uploads());
    const mappings = Object.fromEntries(Object.keys(files).map((name) => [name, mapping!]));
    if (mapping)
      await t.call(collectEndpoints.updateImport, { params: { workspace, id }, body: { mappings } });
    await t.call(collectEndpoints.startImport, { params: { workspace, id } });
    await t.app.jobs.idle();
    return t.call(collectEndpoints.getImport, { params: { workspace, id } });
  };
  const undo = async ({ id }: ImportRun): Promise<ImportRun> => {
    t.clock.advance(SECOND);
    await t.call(collectEndpoints.undoImport, { params: { workspace, id } });
    await t.app.jobs.idle();
    return t.call(collectEndpoints.getImport, { params: { workspace, id } });
  };
  /** Order lines that stand: `order line net`, returns with a minus. */
  const lines = async () =>
    (
      await warehouse.query<{ line: string }>(
        `SELECT concat(order_id, ' ', line_id, ' ', toString(net_cents)) AS line FROM collect_order_line FINAL
         WHERE workspace = {workspace:String} ORDER BY line`,
        { workspace },
      )
    ).map((r) => r.line);
  const net = async () =>
    (
      await warehouse.one<{ net: number }>(
        'SELECT sum(net_cents) AS net FROM collect_order_line FINAL WHERE workspace = {workspace:String}',
        { workspace },
      )
    ).net;
  const knows = async (type: 'user' | 'member_card', value: string) =>
    (await t.app.identity.personOf(workspace, { type, value })) !== null;
  return {
    workspace,
    say,
    bring,
    undo,
    lines,
    net,
    knows,
    order,
    completed: (products: Product[], id?: string) => order('Order Completed', { products }, id),
    updated: (products: Product[]) => order('Order Updated', { products }),
    refunded: (properties: object = {}) => order('Order Refunded', properties),
    cancelled: () => order('Order Cancelled', {}),
  };
}

const COLUMNS: Record<string, string> = { name: 'productName', brand: 'brand', price: 'price' };
const fieldsOf = (columns: string) =>
  Object.fromEntries(columns.split(',').map((column) => [COLUMNS[column], { columns: [column] }]));

/** What background merges do sooner or later. */
const merge = async () => {
  for (const table of [
    'collect_order_line',
    'collect_order_line_replaced',
    'collect_return',
    'identity_link',
  ])
    await warehouse.command(`OPTIMIZE TABLE ${table} FINAL`);
};

const tea = (price: number, quantity = 1): Product => ({ product_id: 'tea', price, quantity });
const cup = (price: number, quantity = 1): Product => ({ product_id: 'cup', price, quantity });

describe('a message told again under the same id', () => {
  it('says nothing new: not its event, not its lines, not its traits', async () => {
    const s = await shop();
    const first = s.completed([tea(5)], 'm1');
    const changed = { ...s.completed([tea(7), cup(1)], 'm1'), context: { traits: { vip: true } } };
    await s.say(first);
    await s.say(changed);
    const second = s.completed([tea(5)], 'm2');
    await s.say(
      { ...second, properties: { ...second.properties, order_id: 'O2' } },
      {
        ...changed,
        messageId: 'm2',
        properties: { order_id: 'O2', products: [cup(9)] },
      },
    );
    expect(await s.lines()).toEqual(['O1 tea 500', 'O2 tea 500']);
    const traits = await warehouse.query(
      'SELECT name FROM profile_trait WHERE workspace = {workspace:String}',
      {
        workspace: s.workspace,
      },
    );
    expect(traits).toEqual([]);
    const products = await warehouse.query(
      'SELECT product_id FROM catalog_product WHERE workspace = {workspace:String}',
      {
        workspace: s.workspace,
      },
    );
    expect(products).toEqual([{ product_id: 'tea' }]);
  });
});

describe('an order', () => {
  it('told again has the lines it was told with last', async () => {
    const s = await shop();
    await s.say(s.completed([tea(10), cup(5)]));
    await s.say(s.completed([tea(10)]));
    expect(await s.lines()).toEqual(['O1 tea 1000']);
    await s.say(s.updated([cup(4, 2)]), s.updated([cup(4, 3)]));
    expect(await s.lines()).toEqual(['O1 cup 1200']);
    await merge();
    expect(await s.lines()).toEqual(['O1 cup 1200']);
  });

  it('refunded by half and then cancelled nets nothing, however often that is said', async () => {
    const s = await shop();
    await s.say(s.completed([tea(100, 2)]));
    await s.say(s.refunded({ refund_id: 'r', products: [tea(100)] }));
    await s.say(s.refunded({ refund_id: 'r', products: [tea(100)] }));
    expect(await s.net()).toBe(10_000);
    await s.say(s.cancelled());
    await s.say(s.cancelled(), s.refunded());
    expect(await s.net()).toBe(0);
    await s.say(s.completed([tea(50)]));
    expect(await s.lines()).toEqual([]);
  });

  it('that was cancelled is no order, live as in a file, whichever comes first; one that came back whole is', async () => {
    const s = await shop();
    const sold = (order_id: string) => s.order('Order Completed', { order_id, products: [tea(50)] });
    const off = (order_id: string) => s.order('Order Cancelled', { order_id });
    await s.say(sold('after'), off('after'), off('before'), s.order('Order Refunded', { order_id: 'back' }));
    await s.say(sold('before'), sold('back'), off('after'));
    await s.say(s.order('Order Updated', { order_id: 'after', products: [tea(60)] }));
    // An older export that knows of no cancellation brings no sale, and leaves none when it is undone.
    const file = await s.bring({ 'a.csv': ORDERS(row('tea', 50, 'after'), row('pot', 1, 'before')) });
    expect(file.totals).toMatchObject({ added: { orders: 0, salesCents: 0 } });
    const standing = ['back tea 5000', expect.stringMatching(/^back .*:tea -5000$/)];
    expect((await s.lines()).sort()).toEqual(expect.arrayContaining(standing));
    expect(await s.lines()).toHaveLength(2);
    await s.undo(file);
    await merge();
    expect(await s.lines()).toHaveLength(2);
    const params = { workspace: s.workspace };
    await t.app.jobs.idle();
    const { rows } = await t.call(profileEndpoints.listCustomers, { params, query: {} });
    expect(rows).toMatchObject([{ orders: 1, spendCents: 0 }]);
  });

  it('refunded without a word on what comes back whole; one that is not known leaves the event', async () => {
    const s = await shop();
    await s.say(s.refunded());
    expect(await s.lines()).toEqual([]);
    const { workspace } = s;
    const events = await t.call(collectEndpoints.listEvents, { params: { workspace }, query: {} });
    const quarantine = await t.call(collectEndpoints.listQuarantine, { params: { workspace }, query: {} });
    expect([events.rows.length, quarantine.rows.length]).toEqual([1, 0]);
    await s.say(s.completed([tea(10), cup(5)]));
    expect(await s.net()).toBe(0);
  });

  it('has so many returns as count; the rest are kept as events, and that is told', async () => {
    const s = await shop();
    const one = { refund_id: 'r', products: [{ product_id: 'tea', price: 0.01 }] };
    await s.say(
      s.completed([{ product_id: 'tea', price: 0.01, quantity: 2000 }]),
      ...Array.from({ length: 1010 }, (_, i) => s.refunded({ ...one, refund_id: `r${i}` })),
    );
    expect(await s.net()).toBe(2000 - 1000);
    const query = { limit: 10 };
    const params = { workspace: s.workspace };
    const { rows } = await t.call(collectEndpoints.listQuarantine, { params, query });
    expect(rows).toMatchObject([{ reason: 'too_many_returns', payload: '{"O1":10}' }]);
    const sql = `SELECT count() AS n FROM collect_event WHERE workspace = {workspace:String}`;
    expect((await warehouse.one<{ n: number }>(sql, params)).n).toBe(1011);
  });

  it('never gives back more than was paid', async () => {
    const s = await shop();
    await s.say(s.completed([tea(10), cup(5)]));
    await s.say(s.refunded({ products: [tea(10, 3)] }));
    expect(await s.net()).toBe(500);
    await s.say(s.refunded({ total: 99 }));
    expect(await s.net()).toBe(0);
  });
});

const ORDERS = (...rows: string[]) => `order_id,date,customer_id,sku,quantity,price\n${rows.join('\n')}\n`;
const row = (sku: string, price: number, order = 'O1') => `${order},2026-05-01,C1,${sku},1,${price}`;

describe('an import undone', () => {
  it('brings back the live order that it restated, whether or not rows were merged meanwhile', async () => {
    for (const merges of [false, true]) {
      const s = await shop();
      await s.say(s.completed([tea(10), cup(5)]));
      const before = await s.lines();
      const file = await s.bring({ 'a.csv': ORDERS(row('tea', 12), row('pot', 30)) });
      expect(await s.lines()).toEqual(['O1 cup 500', 'O1 pot 3000', 'O1 tea 1200']);
      if (merges) await merge();
      await s.undo(file);
      expect(await s.lines()).toEqual(before);
      await merge();
      expect(await s.lines()).toEqual(before);
    }
  });

  it('leaves the live order that restated it', async () => {
    const s = await shop();
    const file = await s.bring({ 'a.csv': ORDERS(row('tea', 12), row('pot', 30)) });
    await s.say(s.completed([tea(10)]));
    await s.undo(file);
    await merge();
    expect(await s.lines()).toEqual(['O1 tea 1000']);
  });

  it('brings back what another import said, in whatever order they are undone', async () => {
    for (const first of ['one', 'two'] as const) {
      const s = await shop();
      await s.say(s.completed([tea(10)]));
      const files = {
        one: await s.bring({ '1.csv': ORDERS(row('tea', 11), row('pot', 30)) }),
        two: await s.bring({ '2.csv': ORDERS(row('tea', 12), row('pot', 30)) }),
        three: await s.bring({ '3.csv': ORDERS(row('tea', 13)) }),
      };
      const rest = (['one', 'two', 'three'] as const).filter((name) => name !== first);
      await s.undo(files[first]);
      await merge();
      expect(await s.lines()).toEqual(['O1 pot 3000', 'O1 tea 1300']);
      await s.undo(files[rest[0]!]);
      await s.undo(files[rest[1]!]);
      await merge();
      expect(await s.lines()).toEqual(['O1 tea 1000']);
    }
  }, 90_000);

  it('gives lines back that its file no longer named', async () => {
    const s = await shop();
    await s.say(s.completed([tea(10), cup(5)]));
    const file = await s.bring(
      {
        'a.csv':
          '订单号,下单时间,会员卡号,商品编码,商品名称,数量,单价\nO1,2026-05-01 10:00:00,M1,tea,茶,1,10\n',
      },
      { preset: 'chinese-shop' },
    );
    expect(await s.lines()).toEqual(['O1 tea 1000']);
    await s.undo(file);
    await merge();
    expect(await s.lines()).toEqual(['O1 cup 500', 'O1 tea 1000']);
  });

  it('counts returns anew', async () => {
    const s = await shop();
    await s.say(s.completed([tea(10)]));
    const file = await s.bring({ 'a.csv': ORDERS(row('tea', 30), row('tea', 40, 'O2')) });
    await s.say(s.cancelled());
    expect(await s.net()).toBe(4000);
    await s.undo(file);
    await merge();
    expect(await s.lines()).toEqual([]);
  });

  it('half stored and stored again, alone or with what came behind, leaves what storing it once leaves', async () => {
    const words = [];
    for (const crash of [null, 'same batch', 'longer batch']) {
      const s = await shop();
      await s.say(s.completed([tea(10), cup(5)]));
      const later = <T>(message: T) => {
        t.clock.advance(SECOND);
        return message;
      };
      const batch = [
        later(s.refunded({ products: [tea(7)] })),
        later(s.cancelled()),
        later(s.completed([tea(30)])),
      ];
      const behind = [s.completed([tea(40)])];
      const store = (messages: object[], token: string, stops = false) => {
        const collected = collectWarehouse(warehouse);
        const insertEvents = () => Promise.reject(new Error('the power went'));
        const context = { receivedAt: t.clock.now(), sentAt: null, currency: 'CNY', messageId: () => '' };
        const facts = messages.flatMap((message) => factsOfMessage(message, context) as Fact[]);
        return storeFacts(
          {
            ...{
              workspace: s.workspace,
              source: 'test',
              importId: '',
              receivedAt: t.clock.now(),
              token,
              facts,
            },
            version: t.clock.now() * 1000 + 500,
          },
          {
            warehouse: stops ? { ...collected, insertEvents } : collected,
            ...{ resolve: t.app.identity.resolve, sinks: [], seen: new SeenMessages(hash64) },
          },
        );
      };
      t.clock.advance(SECOND);
      const token = `${s.workspace}:a`;
      if (crash) await expect(store(batch, token, true)).rejects.toThrow('the power went');
      t.clock.advance(SECOND);
      if (crash === 'longer batch') await store([...batch, ...behind], `${s.workspace}:b`);
      else await store(batch, token);
      t.clock.advance(SECOND);
      if (crash !== 'longer batch') await store(behind, `${s.workspace}:c`);
      words.push([await s.net(), (await s.lines()).length]);
    }
    expect(words).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('stopped anywhere is undone by the next attempt', async () => {
    const s = await shop();
    await s.say(s.completed([tea(10), cup(5)]), s.refunded({ refund_id: 'r', products: [cup(5)] }));
    const before = await s.lines();
    const { workspace } = s;
    const file = await s.bring({ 'a.csv': ORDERS(row('tea', 12), row('cup', 2), row('pot', 30)) });
    const collected = collectWarehouse(warehouse);
    t.clock.advance(SECOND);
    await untellImport(collected, workspace, file.id, t.clock.now() * 1000);
    await merge();
    await collected.deleteImport(workspace, file.id);
    await s.undo(file);
    expect(await s.lines()).toEqual(before);
  });

  it('has no rows to list any more, and cannot be started and undone at once', async () => {
    const s = await shop();
    const { workspace } = s;
    const made = await s.bring({ 'a.csv': ORDERS(row('tea', 12), 'O9,not a date,C1,tea,1,1') });
    const call = { params: { workspace, id: made.id }, query: { kind: 'rejected' as const, limit: 1 } };
    expect(await t.call(collectEndpoints.listImportNotes, call)).toMatchObject({ total: 1 });
    const params = { workspace, id: made.id };
    const both = await Promise.all([
      t.raw(collectEndpoints.undoImport, { params }),
      t.raw(collectEndpoints.undoImport, { params }),
    ]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
    await t.app.jobs.idle();
    const undone = await t.call(collectEndpoints.getImport, { params });
    expect(undone).toMatchObject({ state: 'undone', reasons: [], totals: { rejected: 0, rows: 0 } });
    expect(await t.call(collectEndpoints.listImportNotes, call)).toMatchObject({ total: 0, rows: [] });
    const jobs = await t.app.jobs.list(workspace, { limit: 10, offset: 0 });
    expect(jobs.filter((job) => job.kind === 'collect.import_undo')).toHaveLength(1);
  });

  it('leaves of a product what others said of it', async () => {
    const s = await shop();
    const { workspace } = s;
    const product = async () => {
      const found = await t.call(catalogEndpoints.listProducts, { params: { workspace }, query: {} });
      return found.rows.map(({ name, brand, priceCents, attributes }) => ({
        name,
        brand,
        priceCents,
        attributes,
      }));
    };
    const told = (columns: string, values: string) =>
      s.bring(
        { 'p.csv': `sku,${columns}\ntea,${values}\n` },
        {},
        { kind: 'products', fields: { productId: { columns: ['sku'] }, ...fieldsOf(columns) } },
      );
    await s.say(s.completed([{ ...tea(10), name: 'Heard' } as Product]));
    const one = await told('name,brand', 'Green tea,Dragon');
    const two = await told('name,price', 'Green tea,12');
    expect(await product()).toMatchObject([{ name: 'Green tea', brand: 'Dragon', priceCents: 1200 }]);
    await s.undo(one);
    expect(await product()).toMatchObject([{ name: 'Green tea', brand: '', priceCents: 1200 }]);
    await s.undo(two);
    expect(await product()).toMatchObject([{ name: 'Heard', brand: '', priceCents: 1000 }]);
  });

  it('forgets a customer when no other file speaks of them', async () => {
    const s = await shop();
    const members = (city: string) => ({
      'members.csv': `会员卡号,城市\nM1,${city}\n`,
      'more.csv': `会员卡号,城市\nM1,${city}\n${city === '上海' ? 'M2,上海\n' : ''}`,
    });
    const one = await s.bring(members('上海'), { preset: 'chinese-shop' });
    const two = await s.bring(members('北京'), { preset: 'chinese-shop' });
    await s.undo(one);
    expect([await s.knows('member_card', 'M1'), await s.knows('member_card', 'M2')]).toEqual([true, false]);
    await s.undo(two);
    await merge();
    expect(await s.knows('member_card', 'M1')).toBe(false);
  });
});

describe('an export that says an order came to nothing', () => {
  const woo = (...rows: string[]) =>
    [
      'Order Number,Order Status,Order Date,Email (Billing),Item ID,SKU,Item Name,Quantity (- Refund),Item Cost,Order Line Total',
      ...rows,
    ].join('\n');
  const row = (order: string, status: string, item: string, cents: string) =>
    `${order},${status},2026-04-01 10:00,u${order}@x.example,${item},M${item},Mug,1,${cents},${cents}`;
  const taobao = (...rows: string[]) =>
    ['主订单编号,子订单编号,订单状态,付款时间,商品编码,数量,商品实付金额,手机号', ...rows].join('\n');
  const sub = (order: string, own: string, status: string, paid: string) =>
    `${order},${own},${status},2026-04-01 10:00,P${own},1,${paid},13800138000`;

  it('takes the order back, says so, and can be undone; what is not known stays a note', async () => {
    const a = await shop();
    const first = woo(row('501', 'on-hold', '1', '100.00'), row('502', 'completed', '2', '30.00'));
    await a.bring({ 'may.csv': first });
    const second = woo(
      row('501', 'Cancelled', '1', '100.00'),
      row('502', 'completed', '2', '30.00'),
      row('503', 'cancelled', '3', '7.00'),
      row('502', 'pending', '4', '7.00'),
    );
    const june = await a.bring({ 'june.csv': second });
    expect(await a.lines()).toEqual(['502 2 3000']);
    expect(june.totals).toMatchObject({ rejected: 3, added: { orders: 0, changedOrders: 1 } });
    // Another import that says the same holds it, in whatever order they are undone.
    const july = await a.bring({ 'july.csv': second });
    await a.undo(june);
    expect(await a.lines()).toEqual(['502 2 3000']);
    await merge();
    await a.undo(july);
    expect(await a.lines()).toEqual(['501 1 10000', '502 2 3000']);
    // An older file that does not know yet that it was paid takes nothing back.
    await a.bring({ 'april.csv': woo(row('502', 'pending', '2', '30.00')) });
    expect(await a.net()).toBe(13000);
    await a.bring({ 'a.csv': second });
    await a.bring({ 'b.csv': first });
    expect(await a.net()).toBe(13000);
  });

  it('takes back the lines that it names where others of the order stand, in the file or elsewhere', async () => {
    const a = await shop();
    const sold = '交易成功';
    const file = taobao(
      sub('A', 'A1', sold, '5.00'),
      sub('A', 'A2', sold, '7.00'),
      sub('B', 'B1', sold, '9.00'),
    );
    await a.bring({ 'one.csv': file }, { preset: 'chinese-shop' });
    expect(await a.net()).toBe(2100);
    const two = await a.bring(
      { 'two.csv': taobao(sub('A', 'A1', '交易关闭', '5.00'), sub('A', 'A2', sold, '7.00')) },
      { preset: 'chinese-shop' },
    );
    expect(await a.lines()).toEqual(['A A2 700', 'B B1 900']);
    await a.undo(two);
    expect(await a.net()).toBe(2100);
    // Only what was closed, exported by itself, twice.
    const closed = { 'three.csv': taobao(sub('A', 'A1', '交易关闭', '5.00')) };
    await a.bring(closed, { preset: 'chinese-shop' });
    await a.bring(closed, { preset: 'chinese-shop' });
    expect(await a.lines()).toEqual(['A A2 700', 'B B1 900']);
    // Read a row at a time it is the same.
    await a.bring({ 'four.csv': taobao(sub('B', 'B1', '交易关闭', '9.00')) }, { preset: '' });
    expect(await a.lines()).toEqual(['A A2 700']);
  });

  it('takes back what another source told under other names, and what that source says later holds', async () => {
    const a = await shop();
    await a.say(
      a.completed([
        { product_id: 'M', price: 100 },
        { product_id: 'N', price: 20 },
      ]),
    );
    const file = { 'o.csv': woo(row('O1', 'cancelled', '77', '120.00')) };
    const cancelled = await a.bring(file);
    expect(await a.lines()).toEqual([]);
    await a.undo(cancelled);
    expect(await a.net()).toBe(12000);
    await a.bring(file);
    expect(await a.net()).toBe(0);
    await a.say(a.updated([{ product_id: 'M', price: 100 }]));
    expect(await a.lines()).toEqual(['O1 M 10000']);
    // A cancellation on both roads takes back once.
    await a.say(a.cancelled());
    const again = await a.bring(file);
    expect(await a.net()).toBe(0);
    await a.undo(again);
    expect(await a.lines()).toEqual([]);
  });
});

describe('a packed import', () => {
  it('says how far it is', async () => {
    const s = await shop();
    const { workspace } = s;
    const rows = Array.from({ length: 40_000 }, (_, i) =>
      row(`sku-${(i * 7919) % 40_009}`, 1 + (i % 97), `O${i}`),
    );
    async function* uploads() {
      yield { name: 'a.csv.gz', content: Readable.from([gzipSync(ORDERS(...rows))]) };
    }
    const { id } = await t.app.importRuns.create(workspace, 'tester', {}, uploads());
    const params = { workspace, id };
    await t.call(collectEndpoints.startImport, { params });
    const seen = new Set<number>();
    for (let state = 'queued'; state !== 'done' && state !== 'failed'; ) {
      const run = await t.call(collectEndpoints.getImport, { params });
      if (run.state === 'running' && run.progress! > 0) seen.add(run.progress!);
      state = run.state;
      await setTimeout(20);
    }
    expect(Math.min(...seen)).toBeLessThan(0.6);
    expect(seen.size).toBeGreaterThan(1);
    expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
    await t.app.jobs.idle();
  });
});

describe('the currency of an import', () => {
  const RETAIL = {
    'retail.csv':
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,Tea,1,1/2/2011 10:00,2.5,7,UK\n',
  };

  it('is that of the files where what they are fixes it, and must be the workspace’s', async () => {
    const s = await shop();
    const { workspace } = s;
    await expect(s.bring(RETAIL, { preset: 'online-retail' })).rejects.toThrow(/422.*import\.other_currency/);
    const [made] = await t.app.importRuns.list(workspace, 1);
    expect(made).toMatchObject({ state: 'draft', currency: 'GBP', isCurrencyFixed: true });
    const other = await s.bring({ 'a.csv': ORDERS(row('tea', 12)) });
    expect(other).toMatchObject({ currency: 'CNY', isCurrencyFixed: false });
    const listed = await t.call(collectEndpoints.listImports, { params: { workspace }, query: { limit: 1 } });
    expect(listed.map((run) => run.id)).toEqual([other.id]);
  });

  it('can be put right in the workspace, whereupon the same files come in', async () => {
    const s = await shop();
    const { workspace } = s;
    await expect(s.bring(RETAIL, { preset: 'online-retail' })).rejects.toThrow('import.other_currency');
    await t.app.workspaces.update(workspace, { currency: 'GBP' });
    const [{ id }] = (await t.app.importRuns.list(workspace, 1)) as [ImportRun];
    await t.call(collectEndpoints.startImport, { params: { workspace, id } });
    await t.app.jobs.idle();
    expect(await s.net()).toBe(250);
  });

  it('is asked of each row and each event: what is in another is listed, and never added', async () => {
    const s = await shop();
    const { workspace } = s;
    const done = await s.bring({
      'orders.csv': `order_id,date,customer_id,sku,quantity,price,currency
A1,2026-05-01,c1,tea,1,10.00,CNY
A2,2026-05-01,c2,tea,1,10.00,USD
A3,2026-05-01,c3,tea,1,1000,JPY
A4,2026-05-01,c4,tea,1,$7.00,
`,
    });
    expect(done.totals).toMatchObject({ orders: 1, salesCents: 1000, rejected: 3 });
    expect(done.reasons).toMatchObject([{ kind: 'rejected', code: 'other_currency', rows: 3 }]);
    await s.say(
      s.order('Order Completed', { order_id: 'E1', total: 5, currency: 'CNY' }),
      s.order('Order Completed', { order_id: 'E2', total: 100, currency: 'USD' }, 'in-dollars'),
    );
    expect(await s.net()).toBe(1500);
    const aside = await t.call(collectEndpoints.listQuarantine, { params: { workspace } });
    expect(aside.rows.map(({ reason }) => reason)).toEqual(['other_currency']);
  });
});
