import {
  api,
  type CleanStep,
  catalogEndpoints,
  cleaningEndpoints as e,
  governanceEndpoints as g,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';
import type { Fact, OrderLineFact } from '../facts.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});

const NOW = Date.parse('2026-06-01T04:00:00Z');
const HOUR = 3_600_000;
const line = (orderId: string, more: Partial<OrderLineFact> = {}): OrderLineFact => {
  const fact = {
    ...{ kind: 'orderLine' as const, orderId, lineId: '1', lineKind: 'sale' as const, time: NOW - 48 * HOUR },
    ...{
      identifiers: [{ type: 'user' as const, value: `u-${orderId}` }],
      channel: 'web',
      productId: 'sku-1',
    },
    ...{ quantity: 1, unitPriceCents: 1000, discountCents: 0, currency: 'CNY', ...more },
  };
  return { netCents: Math.round(fact.quantity * fact.unitPriceCents) - fact.discountCents, ...fact };
};
const text = (id: string, on: object, more: object = {}) =>
  ({
    kind: 'text',
    id,
    name: '',
    isOn: true,
    on,
    trim: true,
    halfWidth: true,
    letters: 'keep',
    ...more,
  }) as CleanStep;
const scale = (id: string, factor: number, on: object = { subject: 'line', field: 'unitPriceCents' }) =>
  ({ kind: 'scale', id, name: '', isOn: true, on, factor }) as CleanStep;
const words = (id: string, on: object, ...pairs: [string, string][]) =>
  ({
    kind: 'category',
    id,
    name: '',
    isOn: true,
    on,
    words: pairs.map(([from, to]) => ({ from, to })),
  }) as CleanStep;

const failedJobs = async (workspace: string) =>
  (await t.app.jobs.list(workspace, { limit: 50, offset: 0 })).flatMap((job) => job.error ?? []);
const now = (workspace: string) => t.call(e.getCleaning, { params: { workspace } });
async function save(workspace: string, steps: CleanStep[], applyToPast = false) {
  const { version } = await now(workspace);
  await t.call(e.saveCleaning, { params: { workspace }, body: { steps, basedOn: version, applyToPast } });
  await t.app.jobs.idle();
  expect(await failedJobs(workspace)).toEqual([]);
}
/** Lines as they stand, in the order of their ids. */
const stored = (workspace: string, columns = 'order_id, channel, unit_price_cents, net_cents') =>
  t.app.warehouse.query<Record<string, unknown>>(
    `SELECT ${columns} FROM collect_order_line FINAL WHERE workspace = {workspace:String} ORDER BY order_id, line_kind, line_id`,
    { workspace },
  );
const changes = async (workspace: string, query: object = {}) =>
  (await t.call(e.listCleaningChanges, { params: { workspace }, query })).rows;
const shop = async (facts: Fact[]) => {
  const workspace = await t.workspace();
  if (facts.length > 0) await t.collect(workspace, facts);
  return workspace;
};

describe('steps of cleaning', () => {
  it('change what arrives, in their order, and keep what was told', async () => {
    const workspace = await shop([]);
    await save(workspace, [
      text('tidy', { subject: 'line', field: 'channel' }, { letters: 'lower' }),
      words('names', { subject: 'line', field: 'channel' }, ['app', 'App']),
      scale('cents', 100),
    ]);
    await t.collect(workspace, [
      line('a', { channel: ' ＡＰＰ ', unitPriceCents: 12, quantity: 2 }),
      line('b'),
    ]);
    expect(await stored(workspace)).toEqual([
      { order_id: 'a', channel: 'App', unit_price_cents: 1200, net_cents: 2400 },
      { order_id: 'b', channel: 'web', unit_price_cents: 100_000, net_cents: 100_000 },
    ]);
    expect(
      (await changes(workspace, { key: 'a' })).map((one) => [one.field, one.step, one.before, one.after]),
    ).toEqual(
      expect.arrayContaining([
        ['channel', 'tidy', ' ＡＰＰ ', 'app'],
        ['channel', 'names', 'app', 'App'],
        ['unitPriceCents', 'cents', '12', '1200'],
        ['netCents', 'cents', '24', '2400'],
      ]),
    );
  });

  it('are taken back to what was told last, where older news came after it', async () => {
    const workspace = await shop([]);
    await save(workspace, [scale('cents', 100)]);
    const say = (event: string, ago: number, price: number) =>
      t.send(workspace, [
        {
          ...{ type: 'track', userId: 'u', event, messageId: event },
          timestamp: new Date(t.clock.now() - ago).toISOString(),
          properties: { order_id: 'a', products: [{ product_id: 'p', price, quantity: 1 }] },
        },
      ]);
    const cents = async () => (await stored(workspace)).map((row) => row.net_cents);
    await say('Order Updated', HOUR, 5);
    await say('Order Completed', 2 * HOUR, 3);
    expect(await cents()).toEqual([50_000]);
    await save(workspace, [], true);
    expect(await cents()).toEqual([500]);
  });

  it('are applied to the past, taken back, and put in another order, from what was told each time', async () => {
    const told = [
      line('a', { channel: 'x', unitPriceCents: 7, quantity: 3 }),
      line('b', { channel: 'y' }),
      line('b', {
        lineId: 'r',
        lineKind: 'return',
        quantity: 0,
        netCents: 0,
        messageId: 'ret',
        claim: { returnId: 'ret', of: 'rest' },
      }),
    ];
    const workspace = await shop(told);
    const before = await stored(workspace, '* EXCEPT version');
    const [xy, yz, cents] = [
      words('xy', { subject: 'line', field: 'channel' }, ['x', 'y']),
      words('yz', { subject: 'line', field: 'channel' }, ['y', 'z']),
      scale('cents', 100),
    ];
    await save(workspace, [xy, yz, cents]);
    // Saved alone, steps leave what is stored alone.
    expect(await stored(workspace, '* EXCEPT version')).toEqual(before);
    expect((await now(workspace)).appliedVersion).toBeNull();
    await t.call(e.applyCleaning, { params: { workspace } });
    await t.app.jobs.idle();
    expect((await now(workspace)).appliedVersion).toBe(1);
    const channels = async () =>
      (await stored(workspace, 'channel, net_cents')).map((row) => Object.values(row));
    // What counts of the return follows the line.
    expect(await channels()).toEqual([
      ['z', 2100],
      ['z', 100_000],
      ['z', -100_000],
    ]);
    await save(workspace, [yz, xy, cents], true);
    expect(await channels()).toEqual([
      ['y', 2100],
      ['z', 100_000],
      ['z', -100_000],
    ]);
    await save(workspace, [yz, { ...xy, isOn: false }, cents], true);
    expect(await channels()).toEqual([
      ['x', 2100],
      ['z', 100_000],
      ['z', -100_000],
    ]);
    await save(workspace, [], true);
    expect(await stored(workspace, '* EXCEPT version')).toEqual(before);
    expect(await changes(workspace)).toEqual([]);
    const runs = await t.call(e.listCleaningRuns, { params: { workspace } });
    expect(runs.every((run) => run.finishedAt !== null)).toBe(true);
    expect(runs[0]).toMatchObject({ version: 4, changed: 0 });
  });

  it('forget what was told before when something else is told since', async () => {
    const workspace = await shop([]);
    await save(workspace, [words('w', { subject: 'line', field: 'channel' }, ['a', 'b'])]);
    await t.collect(workspace, [line('o', { channel: 'a' })]);
    // Told again, and clean.
    await t.collect(workspace, [line('o', { channel: 'b', unitPriceCents: 500 })]);
    await save(workspace, [], true);
    expect(await stored(workspace)).toEqual([
      { order_id: 'o', channel: 'b', unit_price_cents: 500, net_cents: 500 },
    ]);
  });

  it('clean products, traits and events alike, and give each back as told', async () => {
    const workspace = await shop([
      ...['Dairy ', 'dairy', 'Dairy'].map(
        (category, i): Fact => ({
          ...{ kind: 'product', productId: `p${i}`, name: `Milk ${i}`, category: [category, 'Ｍilk'] },
          attributes: { weight: i === 0 ? '500g' : '0.5 kg' },
        }),
      ),
      {
        ...{ kind: 'person', time: NOW - HOUR, identifiers: [{ type: 'user', value: 'ann' }] },
        traits: { city: ' 上海 ', birthday: '31/12/1990' },
      },
      {
        ...{ kind: 'event', messageId: 'm1', name: 'Product Viewed', time: NOW - HOUR },
        identifiers: [{ type: 'user', value: 'ann' }],
        properties: { products: [{ price: '¥', unit: '500 g' }, { unit: '2kg' }], list: 'Home ', empty: '' },
      },
      {
        kind: 'event',
        messageId: 'm2',
        name: 'Other',
        time: NOW,
        identifiers: [],
        properties: { list: 'Home ' },
      },
    ]);
    const events = () =>
      t.app.warehouse.query<{ properties: object }>(
        'SELECT properties FROM collect_event WHERE workspace = {workspace:String} ORDER BY message_id',
        { workspace },
      );
    const products = async () =>
      (await t.call(catalogEndpoints.listProducts, { params: { workspace } })).rows.map((row) => [
        row.category,
        row.attributes,
      ]);
    const traits = () =>
      t.app.warehouse.query<{ name: string; text: string }>(
        'SELECT name, text FROM profile_trait FINAL WHERE workspace = {workspace:String} ORDER BY name',
        { workspace },
      );
    const told = [await events(), await products(), await traits()];
    const steps: CleanStep[] = [
      text('t', { subject: 'product', field: 'category' }),
      words('c', { subject: 'product', field: 'category' }, ['dairy', 'Dairy']),
      {
        kind: 'unit',
        id: 'u',
        name: '',
        isOn: true,
        on: { subject: 'product', field: 'attributes.weight' },
        to: 'g',
      },
      text('city', { subject: 'trait', field: 'city' }),
      {
        ...{ kind: 'date', id: 'd', name: '', isOn: true, on: { subject: 'trait', field: 'birthday' } },
        ...{ formats: ['dmy'], to: 'day' },
      },
      {
        ...{ kind: 'unit', id: 'e', name: '', isOn: true, to: 'kg' },
        on: { subject: 'event', field: 'products.*.unit', event: 'Product Viewed' },
      },
      text('l', { subject: 'event', field: 'list', event: 'Product Viewed' }),
      {
        ...{ kind: 'missing', id: 'm', name: '', isOn: true, method: 'constant', value: 'none', by: 'all' },
        ...{ on: { subject: 'event', field: 'empty', event: 'Product Viewed' }, zeroIsMissing: false },
      },
    ];
    await save(workspace, steps, true);
    expect(await products()).toEqual([0, 1, 2].map(() => [['Dairy', 'Milk'], { weight: expect.anything() }]));
    expect(
      (await products()).map(([, attributes]) => String((attributes as { weight: unknown }).weight)),
    ).toEqual(['500', '500', '500']);
    expect(await traits()).toEqual([
      { name: 'birthday', text: '1990-12-31' },
      { name: 'city', text: '上海' },
    ]);
    expect((await events()).map((row) => row.properties)).toEqual([
      {
        products: [{ price: '¥', unit: 0.5 }, { unit: 2 }],
        ...{ list: 'Home', empty: 'none', _imputed: { empty: 'imputed:constant (m)' } },
      },
      { list: 'Home ' },
    ]);
    expect(await changes(workspace, { imputed: 'true' })).toMatchObject([
      { key: 'm1', field: 'empty', before: '', after: 'none', method: 'imputed:constant', step: 'm' },
    ]);
    await save(workspace, [], true);
    expect([await events(), await products(), await traits()]).toEqual(told);
  });

  it('show who may not reveal personal data nothing of it, wherever it lies', async () => {
    const workspace = await shop([
      {
        ...{ kind: 'event', messageId: 'p1', name: 'Parcel Sent', time: NOW - HOUR, identifiers: [] },
        properties: { shipping_address: { line1: ' 12  Privet Drive' } },
      },
      {
        ...{ kind: 'person', time: NOW - HOUR, identifiers: [{ type: 'user', value: 'dudley' }] },
        traits: { nickname: 'Big D' },
      },
    ]);
    const address = text('a', { subject: 'event', field: 'shipping_address.line1', event: 'Parcel Sent' });
    const names = words('n', { subject: 'trait', field: 'nickname' }, ['big d', 'Popkin']);
    await save(workspace, [address, names], true);
    expect((await changes(workspace)).map((one) => one.after).sort()).toEqual(['12 Privet Drive', 'Popkin']);
    const { secret } = await t.call(g.createApiKey, {
      ...{ params: { workspace }, body: { name: 'a', role: 'analyst' } },
    });
    for (const endpoint of [e.listCleaningChanges, e.getCleaning, e.listCleaningVersions]) {
      const seen = await t.raw(endpoint, { params: { workspace }, query: {}, token: secret });
      expect(seen.status).toBe(200);
      expect(seen.text).not.toMatch(/Privet|Popkin|big d/i);
    }
    const tried = await t.raw(e.previewCleaning, {
      ...{ params: { workspace }, body: { steps: [names], step: 'n' }, token: secret },
    });
    expect(tried.status).toBe(403);
  });

  it('put in what is missing by group, never silently, and never twice over', async () => {
    const workspace = await shop([
      ...[10, 20, 30].map((price, i) => line(`a${i}`, { productId: 'a', unitPriceCents: price })),
      ...[500, 700].map((price, i) => line(`b${i}`, { productId: 'b', unitPriceCents: price })),
      line('x', { productId: 'a', unitPriceCents: 0, quantity: 2 }),
      line('y', { productId: 'new', unitPriceCents: 0 }),
    ]);
    const median: CleanStep = {
      ...{ kind: 'missing', id: 'm', name: '', isOn: true, on: { subject: 'line', field: 'unitPriceCents' } },
      ...{ method: 'median', by: 'product', zeroIsMissing: true },
    };
    const preview = await t.call(e.previewCleaning, {
      ...{ params: { workspace }, body: { steps: [median], step: 'm' } },
    });
    expect(preview).toMatchObject({ looked: 7, changed: 2 });
    expect(preview.examples).toContainEqual(
      expect.objectContaining({
        field: 'unitPriceCents',
        before: '0',
        after: '20',
        method: 'imputed:median:product',
      }),
    );
    expect(await changes(workspace)).toEqual([]);
    await save(workspace, [median], true);
    const prices = async () =>
      (await stored(workspace, 'order_id, unit_price_cents, net_cents')).filter((row) =>
        ['x', 'y'].includes(String(row.order_id)),
      );
    const filled = [
      { order_id: 'x', unit_price_cents: 20, net_cents: 40 },
      { order_id: 'y', unit_price_cents: 30, net_cents: 30 },
    ];
    expect(await prices()).toEqual(filled);
    const put = await changes(workspace, { imputed: 'true', step: 'm' });
    expect(put.map((one) => [one.key.slice(0, 1), one.method]).sort()).toEqual([
      ...[1, 2].map(() => ['x', 'imputed:median:product']),
      // Nothing is known of the new product: it has the median of all, and says so.
      ...[1, 2].map(() => ['y', 'imputed:median']),
    ]);
    await t.call(e.applyCleaning, { params: { workspace } });
    await t.app.jobs.idle();
    expect(await prices()).toEqual(filled);
    // Who looks at the customer is told.
    const { personId } = await t.call(api.findByIdentifier, {
      ...{ params: { workspace }, query: { type: 'user', value: 'u-x' } },
    });
    const linesOf = async () => {
      const call = { params: { workspace, personId: personId! }, query: {} };
      return (await t.call(api.getOrders, call)).rows.flatMap((order) => order.lines);
    };
    expect(await linesOf()).toMatchObject([{ netCents: 40, imputed: ['unitPriceCents', 'netCents'] }]);
    await save(workspace, [{ ...median, isOn: false }], true);
    expect((await prices()).map((row) => row.net_cents)).toEqual([0, 0]);
    expect(await linesOf()).toMatchObject([{ netCents: 0, imputed: [] }]);
  });

  it('are not saved over those of somebody else, nor in a form that means nothing', async () => {
    const workspace = await shop([]);
    const body = { steps: [scale('s', 2)], basedOn: 0 };
    expect((await t.raw(e.saveCleaning, { params: { workspace }, body })).status).toBe(200);
    expect(await t.raw(e.saveCleaning, { params: { workspace }, body })).toMatchObject({
      ...{ status: 409, body: { code: 'cleaning.changed' } },
    });
    const bad = (steps: unknown[]) =>
      t.raw(e.saveCleaning, { params: { workspace }, body: { steps, basedOn: 1 } });
    expect((await bad([scale('s', 2), scale('s', 3)])).status).toBe(400);
    expect((await bad([scale('s', 2, { subject: 'line', field: 'nonsense' })])).status).toBe(400);
    expect((await bad([scale('s', 2, { subject: 'event', field: 'a.__proto__.b' })])).status).toBe(400);
    const missing = { kind: 'missing', id: 'm', on: { subject: 'trait', field: 'gender' }, method: 'mode' };
    expect((await bad([missing])).status).toBe(400);
  });
});

describe('what finding steps find', () => {
  const finders: CleanStep[] = [
    {
      kind: 'impossible',
      id: 'i',
      name: '',
      isOn: true,
      rules: ['price_not_positive', 'order_in_future', 'birthday', 'bad_phone', 'bad_email'],
    },
    {
      kind: 'outlier',
      id: 'o',
      name: '',
      isOn: true,
      measure: 'unitPriceCents',
      by: 'product',
      method: 'mad',
      threshold: 3.5,
      times: 3,
      fewest: 8,
    },
    { kind: 'repeated', id: 'r', name: '', isOn: true, minutes: 10 },
    { kind: 'similar', id: 's', name: '', isOn: true, similarity: 0.9 },
  ];
  const at = (minutes: number) => NOW - 48 * HOUR + minutes * 60_000;
  const twice = {
    identifiers: [{ type: 'user' as const, value: 'twice' }],
    storeId: 's1',
    unitPriceCents: 4321,
    productId: 'c',
  };
  let workspace: string;
  const list = async (query: object = {}) =>
    (await t.call(e.listFindings, { params: { workspace }, query: { limit: 200, ...query } })).rows;
  const revenue = async () =>
    (
      await t.app.warehouse.one<{ n: number }>(
        "SELECT sum(net_cents) AS n FROM collect_order_line FINAL WHERE workspace = {workspace:String} AND line_kind = 'sale'",
        { workspace },
      )
    ).n;
  const decide = async (ids: string[], verdict: object) => {
    const made = await t.call(e.decideFindings, {
      params: { workspace },
      body: { selection: { ids }, verdict: verdict as { action: 'accept' } },
    });
    await t.app.jobs.idle();
    return made.decision;
  };
  const undo = async (id: string) => {
    await t.call(e.undoFindingDecision, { params: { workspace, id } });
    await t.app.jobs.idle();
  };
  const look = async () => {
    await t.call(e.lookForFindings, { params: { workspace } });
    await t.app.jobs.idle();
  };

  beforeAll(async () => {
    workspace = await shop([
      ...Array.from({ length: 20 }, (_, i) => line(`n${i}`, { unitPriceCents: 1250 + (i % 5) })),
      line('odd', { unitPriceCents: 12_250 }),
      line('free', { unitPriceCents: 0 }),
      line('later', { time: NOW + 72 * HOUR, productId: 'b' }),
      line('first', { ...twice, time: at(0) }),
      line('again', { ...twice, time: at(3) }),
      line('other', { ...twice, time: at(30) }),
      { kind: 'product', productId: 'sku-1', name: 'White Hanging Heart T-Light Holder' },
      { kind: 'product', productId: 'sku-2', name: 'WHITE HANGING HEART T-LIGHT HOLDR' },
      { kind: 'product', productId: 'sku-3', name: 'Set of 3 tins' },
      { kind: 'product', productId: 'sku-6', name: 'Set of 6 tins' },
      line('z', { productId: 'sku-2' }),
      {
        ...{ kind: 'person', time: NOW - HOUR, identifiers: [{ type: 'user', value: 'ann' }] },
        traits: { phone: '12ab', email: 'ann(at)shop', birthday: '1812-03-04', name: 'Ann' },
      },
      {
        ...{ kind: 'person', time: NOW - HOUR, identifiers: [{ type: 'user', value: 'bob' }] },
        traits: { phone: '+86 138 1234 5678', email: 'bob@shop.example', birthday: '1990-03-04' },
      },
    ]);
    await save(workspace, finders);
  });

  it('stands in the queue with its reason in numbers', async () => {
    const found = await list();
    expect(found.map((one) => [one.reason.code, one.subject, one.key]).sort()).toEqual(
      [
        ['bad_email', 'trait', expect.any(String)],
        ['bad_phone', 'trait', expect.any(String)],
        ['birthday', 'trait', expect.any(String)],
        ['order_in_future', 'order', 'later'],
        ['outlier_unitPriceCents', 'line', 'odd'],
        ['price_not_positive', 'line', 'free'],
        ['repeated', 'order', 'again'],
        ['similar', 'product', 'sku-2'],
      ].sort(),
    );
    const odd = found.find((one) => one.key === 'odd')!;
    expect(odd).toMatchObject({ value: '12250', reason: { value: 12_250, cases: 21 } });
    expect(odd.reason.usual).toBeCloseTo(1252, 0);
    expect(odd.reason.times).toBeCloseTo(9.8, 1);
    expect(found.find((one) => one.key === 'again')!.reason).toMatchObject({
      other: 'first',
      value: 180,
      usual: 4321,
    });
    const { counts, lookedAt } = await now(workspace);
    expect(counts.find((one) => one.step === 'i')).toMatchObject({ open: 5, found: 5 });
    expect(lookedAt).not.toBeNull();
  });

  it('is corrected, and everything follows; undone, everything is as before', async () => {
    const [before, odd] = [await revenue(), (await list()).find((one) => one.key === 'odd')!];
    const decision = await decide([odd.id], { action: 'usual' });
    expect(await revenue()).toBe(before - 12_250 + Math.round(odd.reason.usual!));
    expect(await changes(workspace, { step: decision })).toContainEqual(
      expect.objectContaining({ field: 'unitPriceCents', before: '12250', method: 'corrected' }),
    );
    // Told again as before, it is still corrected; told otherwise, the correction is of the past.
    await t.collect(workspace, [line('odd', { unitPriceCents: 12_250 })]);
    expect(await revenue()).toBe(before - 12_250 + Math.round(odd.reason.usual!));
    await t.collect(workspace, [line('odd', { unitPriceCents: 1300 })]);
    expect(await revenue()).toBe(before - 12_250 + 1300);
    await t.collect(workspace, [line('odd', { unitPriceCents: 12_250 })]);
    await undo(decision);
    expect(await revenue()).toBe(before);
    expect((await list()).some((one) => one.id === odd.id)).toBe(true);
  });

  it('is another where the same is found in another workspace', async () => {
    const free = (await list()).find((one) => one.key === 'free')!;
    const other = await shop([line('free', { unitPriceCents: 0 })]);
    await save(other, [finders[0]!]);
    const { rows } = await t.call(e.listFindings, { params: { workspace: other }, query: { limit: 10 } });
    expect(rows.map((one) => one.key)).toEqual(['free']);
    await t.call(e.decideFindings, {
      params: { workspace: other },
      body: { selection: { ids: [rows[0]!.id] }, verdict: { action: 'accept' } },
    });
    await t.app.jobs.idle();
    expect((await list()).find((one) => one.id === free.id)).toMatchObject({ state: 'open', decision: null });
  });

  it('is accepted as right, and not asked about again', async () => {
    const free = (await list()).find((one) => one.key === 'free')!;
    const decision = await decide([free.id], { action: 'accept' });
    await look();
    expect((await list()).some((one) => one.key === 'free')).toBe(false);
    expect(await list({ state: 'accepted' })).toMatchObject([{ key: 'free', decidedBy: expect.any(String) }]);
    await undo(decision);
    expect((await list()).some((one) => one.key === 'free')).toBe(true);
  });

  it('is dropped or merged, and comes back when that is undone', async () => {
    const before = await revenue();
    const again = (await list()).find((one) => one.key === 'again')!;
    const dropped = await decide([again.id], { action: 'drop' });
    expect(await revenue()).toBe(before - 4321);
    await t.collect(workspace, [line('again', { ...twice, time: at(3) })]);
    expect(await revenue()).toBe(before - 4321);
    const similar = (await list()).find((one) => one.subject === 'product')!;
    const merged = await decide([similar.id], { action: 'merge' });
    const products = async () =>
      (await stored(workspace, 'DISTINCT product_id')).map((row) => row.product_id);
    expect(await products()).not.toContain('sku-2');
    await undo(merged);
    await undo(dropped);
    expect(await products()).toContain('sku-2');
    expect(await revenue()).toBe(before);
  });

  it('of a person is corrected by who may, and shown to no one who may not', async () => {
    const phone = (await list()).find((one) => one.reason.code === 'bad_phone')!;
    const viewer = await t.call(g.createApiKey, {
      params: { workspace },
      body: { name: 'a', role: 'analyst' },
    });
    const masked = await t.raw(e.listFindings, { params: { workspace }, query: {}, token: viewer.secret });
    expect(masked.status).toBe(200);
    expect(masked.text).not.toMatch(/12ab|ann\(at\)shop|1812/);
    expect(
      (
        await t.raw(e.decideFindings, {
          params: { workspace },
          body: { selection: { ids: [phone.id] }, verdict: { action: 'accept' } },
          token: viewer.secret,
        })
      ).status,
    ).toBe(403);
    const decision = await decide([phone.id], { action: 'correct', value: '+8613812345679' });
    const trait = async () =>
      (
        await t.app.warehouse.query<{ text: string }>(
          `SELECT text FROM profile_trait FINAL WHERE workspace = {workspace:String} AND name = 'phone' ORDER BY person_id`,
          { workspace },
        )
      ).map((row) => row.text);
    expect(await trait()).toContain('+8613812345679');
    const history = await t.raw(e.listCleaningChanges, {
      params: { workspace },
      query: {},
      token: viewer.secret,
    });
    expect(history.text).not.toMatch(/12ab|13812345679/);
    await undo(decision);
    expect(await trait()).toContain('12ab');
    const { rows } = (await t.call(g.listAudit, { params: { workspace } })) as { rows: { action: string }[] };
    expect(rows.map((row) => row.action)).toEqual(
      expect.arrayContaining(['cleaning.save', 'cleaning.correct', 'cleaning.undo']),
    );
  });

  it('is counted among what is other than told; everything open is decided about only where that is said', async () => {
    const told = (await now(workspace)).changed;
    const odd = (await list()).find((one) => one.key === 'odd')!;
    const decision = await decide([odd.id], { action: 'usual' });
    expect((await now(workspace)).changed).toBeGreaterThan(told);
    await undo(decision);
    expect((await now(workspace)).changed).toBe(told);
    const none = await t.raw(e.decideFindings, {
      ...{ params: { workspace }, body: { selection: {}, verdict: { action: 'accept' } } },
    });
    expect(none.status).toBe(400);
    const open = (await list()).length;
    const all = await t.call(e.decideFindings, {
      ...{ params: { workspace }, body: { selection: { all: true }, verdict: { action: 'accept' } } },
    });
    expect(all.findings).toBe(open);
    expect(await list()).toEqual([]);
    // Taken back before anything came of it.
    expect((await t.call(e.undoFindingDecision, { params: { workspace, id: all.decision } })).findings).toBe(
      open,
    );
    expect((await list()).length).toBe(open);
    // Again is nothing more; what was never decided, here, cannot be taken back.
    const again = { params: { workspace, id: all.decision } };
    expect(await t.call(e.undoFindingDecision, again)).toEqual({ findings: 0 });
    const elsewhere = await t.workspace();
    for (const params of [
      { workspace, id: 'zzz' },
      { workspace: elsewhere, id: all.decision },
    ])
      expect(await t.raw(e.undoFindingDecision, { params })).toMatchObject({
        status: 404,
        body: { code: 'decision.not_found' },
      });
  });

  it('takes no verdict that means nothing to it', async () => {
    const again = (await list()).find((one) => one.key === 'again')!;
    const say = (verdict: object) =>
      t.raw(e.decideFindings, { params: { workspace }, body: { selection: { ids: [again.id] }, verdict } });
    const refused = { status: 422, body: { code: 'cleaning.not_applicable' } };
    expect(await say({ action: 'merge' })).toMatchObject(refused);
    expect(await say({ action: 'correct', value: '7' })).toMatchObject(refused);
  });
});
