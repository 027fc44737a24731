import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectEndpoints, type StoredEvent } from '@qianmian/contract';
import { Analytics } from '@segment/analytics-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../../test-app.ts';

// The packages that shops have in their servers, as npm has them, against the real server over HTTP.

const require = createRequire(import.meta.url);
const t = await testApp();
let url = '';

beforeAll(async () => {
  url = await t.app.http.app.listen({ host: '127.0.0.1', port: 0 });
  t.clock.advance(Date.now() - t.clock.now());
});

async function shop() {
  const workspace = await t.workspace();
  const [source] = await t.call(collectEndpoints.listSources, { params: { workspace } });
  return {
    workspace,
    key: source!.writeKey,
    /** Waits until so many events are stored, and answers them by name. */
    async events(count: number): Promise<Map<string, StoredEvent>> {
      for (let i = 0; i < 100; i++) {
        await t.app.collector.drained();
        const { rows } = await t.call(collectEndpoints.listEvents, {
          params: { workspace },
          query: { limit: 200 },
        });
        if (rows.length >= count) {
          expect(rows).toHaveLength(count);
          return new Map(rows.map((row) => [row.name, row]));
        }
        await sleep(50);
      }
      const aside = await t.call(collectEndpoints.listQuarantine, { params: { workspace }, query: {} });
      throw new Error(`fewer than ${count} events; quarantine: ${JSON.stringify(aside.rows)}`);
    },
  };
}

const CONTEXT = {
  ip: '203.0.113.7',
  locale: 'zh-CN',
  campaign: { source: 'mail', medium: 'letter', name: 'spring' },
  device: { id: 'dev-1', model: 'Till 7' },
  network: { wifi: true },
};
const PROPERTIES = {
  order_id: 'o-1',
  currency: 'CNY',
  coupon: 'SPRING',
  gift: true,
  notes: ['a', 'b'],
  nested: { deep: { er: 1.5 } },
  products: [{ product_id: 'p-1', name: '茶', price: 12.5, quantity: 2, brand: '山', category: '茶/绿茶' }],
};

describe('@segment/analytics-node', () => {
  it('says all it can say, and every field of it arrives', async () => {
    const s = await shop();
    const client = new Analytics({ writeKey: s.key, host: url, flushInterval: 20 });
    const integrations = { All: false, Mixpanel: true };
    const at = new Date(Date.now() - 86_400_000);
    const common = { context: CONTEXT, integrations, timestamp: at };
    client.identify({
      userId: 'u-1',
      anonymousId: 'a-1',
      traits: { email: 'ann@example.com', tags: ['x', 'y'], address: { city: '上海' } },
      ...common,
    });
    client.track({
      userId: 'u-1',
      event: 'Order Completed',
      properties: PROPERTIES,
      messageId: 'mine-1',
      ...common,
    });
    client.page({
      userId: 'u-1',
      name: 'Home',
      category: 'Shop',
      properties: { url: 'https://shop.example/', title: 'Shop' },
      ...common,
    });
    client.screen({
      anonymousId: 'a-1',
      name: 'Start',
      category: 'App',
      properties: { variation: 'b' },
      ...common,
    });
    client.group({ userId: 'u-1', groupId: 'g-1', traits: { plan: 'gold', seats: 3 }, ...common });
    client.alias({ userId: 'u-1', previousId: 'old-1', ...common });
    await client.closeAndFlush();
    const events = await s.events(6);
    for (const event of events.values()) {
      expect(event.context).toMatchObject({ ...CONTEXT, library: { name: '@segment/analytics-node' } });
      expect(event.envelope).toMatchObject({ integrations });
      expect(event.original).toBeNull();
      expect(Math.abs(Date.parse(event.time) - at.getTime())).toBeLessThan(60_000);
    }
    const order = events.get('Order Completed')!;
    expect(order).toMatchObject({
      messageId: 'client:mine-1',
      properties: PROPERTIES,
      envelope: { type: 'track', userId: 'u-1' },
    });
    expect(events.get('Identify')!.envelope).toMatchObject({
      anonymousId: 'a-1',
      traits: { email: 'ann@example.com', tags: ['x', 'y'], address: { city: '上海' } },
    });
    expect(events.get('Page Viewed')!.properties).toMatchObject({
      name: 'Home',
      category: 'Shop',
      title: 'Shop',
      url: 'https://shop.example/',
    });
    expect(events.get('Screen Viewed')).toMatchObject({
      channel: 'app',
      properties: { name: 'Start', category: 'App', variation: 'b' },
    });
    expect(events.get('Group')!.properties).toMatchObject({ groupId: 'g-1', plan: 'gold', seats: 3 });
    expect(events.get('Alias')!.envelope).toMatchObject({ previousId: 'old-1' });
    expect(new Set([...events.values()].map((e) => e.personId)).size).toBe(1);
    const [line] = await t.app.warehouse.query<object>(
      'SELECT order_id, product_id, quantity, net_cents, coupon_code FROM collect_order_line FINAL WHERE workspace = {workspace:String}',
      { workspace: s.workspace },
    );
    expect(line).toEqual({
      order_id: 'o-1',
      product_id: 'p-1',
      quantity: 2,
      net_cents: 2500,
      coupon_code: 'SPRING',
    });
  });

  it('hears that its key is wrong', async () => {
    const client = new Analytics({
      writeKey: 'qmw_nobody-has-this-key',
      host: url,
      flushInterval: 20,
      maxRetries: 0,
    });
    const failures: unknown[] = [];
    client.on('error', (error) => failures.push(error));
    client.track({ userId: 'u', event: 'Lost' });
    await client.closeAndFlush();
    expect(failures.length).toBeGreaterThan(0);
  });
});

describe('@rudderstack/rudder-sdk-node', () => {
  const Rudder = require('@rudderstack/rudder-sdk-node') as unknown as {
    default?: RudderClass;
  } & RudderClass;
  type Client = Record<
    'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias',
    (message: object) => void
  > & {
    flush(done?: (error?: Error) => void): void;
  };
  type RudderClass = new (key: string, options: object) => Client;

  it('says all it can say, gzipped, and every field of it arrives', async () => {
    const s = await shop();
    const RudderAnalytics = Rudder.default ?? Rudder;
    const client = new RudderAnalytics(s.key, {
      dataPlaneUrl: url,
      flushAt: 20,
      flushInterval: 100,
      gzip: true,
    });
    const at = new Date(Date.now() - 3_600_000);
    const common = { context: CONTEXT, integrations: { All: true, Braze: false }, timestamp: at };
    client.identify({ userId: 'u-2', traits: { email: 'bo@example.com', tags: ['x'] }, ...common });
    client.track({ userId: 'u-2', event: 'Order Completed', properties: PROPERTIES, ...common });
    client.page({ userId: 'u-2', name: 'Home', category: 'Shop', properties: { title: 'Shop' }, ...common });
    client.screen({
      userId: 'u-2',
      name: 'Start',
      category: 'App',
      properties: { variation: 'b' },
      ...common,
    });
    client.group({ userId: 'u-2', groupId: 'g-2', traits: { plan: 'gold' }, ...common });
    client.alias({ userId: 'u-2', previousId: 'old-2', ...common });
    await new Promise<void>((done) => client.flush(() => done()));
    const events = await s.events(6);
    for (const event of events.values()) {
      expect(event.context).toMatchObject({ ...CONTEXT, library: { name: 'analytics-node' } });
      expect(event.envelope).toMatchObject({ integrations: { All: true, Braze: false }, _metadata: {} });
      expect(Math.abs(Date.parse(event.time) - at.getTime())).toBeLessThan(60_000);
    }
    expect(events.get('Order Completed')!.properties).toMatchObject(PROPERTIES);
    expect(events.get('Identify')!.envelope).toMatchObject({ userId: 'u-2', channel: 'server' });
    expect(JSON.stringify(events.get('Identify'))).toContain('bo@example.com');
    expect(events.get('Page Viewed')!.properties).toMatchObject({
      name: 'Home',
      category: 'Shop',
      title: 'Shop',
    });
    expect(events.get('Screen Viewed')!.properties).toMatchObject({ name: 'Start', variation: 'b' });
    expect(events.get('Group')!.properties).toMatchObject({ groupId: 'g-2', plan: 'gold' });
    expect(events.get('Alias')!.envelope).toMatchObject({ previousId: 'old-2' });
  });
});

describe('sa-sdk-node', () => {
  const SensorsAnalytics = require('sa-sdk-node') as new () => {
    submitTo(options: object, batch?: object): unknown;
    registerSuperProperties(values: object): void;
    track(id: string, event: string, properties?: object): void;
    trackSignup(id: string, originalId: string, properties?: object): void;
    profileSet(id: string, properties: object): void;
    profileSetOnce(id: string, properties: object): void;
    profileIncrement(id: string, properties: object): void;
    profileAppend(id: string, properties: object): void;
    profileUnset(id: string, keys: string[]): void;
    itemSet(type: string, id: string, properties: object): void;
    itemDelete(type: string, id: string): void;
  };

  it('says all it can say, in gzipped lists, and every field of it arrives', async () => {
    const s = await shop();
    const sa = new SensorsAnalytics();
    sa.submitTo(
      { url: `${url}/sa?project=production&token=${s.key}`, gzip: true, timeout: 5000 },
      { count: 1 },
    );
    sa.registerSuperProperties({ platform: 'wechat' });
    const at = new Date(Date.now() - 7_200_000);
    sa.trackSignup('member-3', 'visitor-3', { $is_login_id: true, way: '短信' });
    sa.track('member-3', 'payOrder', {
      $time: at,
      $is_login_id: true,
      order_id: 'o-3',
      order_actual_amount: 99.5,
      pay_way: ['a', 'b'],
      when: at,
    });
    sa.profileSet('member-3', { $is_login_id: true, city: '成都', level: 3 });
    sa.profileSetOnce('member-3', { $is_login_id: true, first_shop: '春熙路' });
    sa.profileIncrement('member-3', { points: 40 });
    sa.profileAppend('member-3', { likes: ['茶', '米'] });
    sa.profileUnset('member-3', ['nickname']);
    sa.itemSet('product', 'p-3', { name: '米', price: 5 });
    sa.itemDelete('product', 'p-4');
    const all = await (async () => {
      for (let i = 0; i < 100; i++) {
        await t.app.collector.drained();
        const { rows } = await t.call(collectEndpoints.listEvents, {
          params: { workspace: s.workspace },
          query: { limit: 50 },
        });
        if (rows.length >= 9) return rows;
        await sleep(50);
      }
      const aside = await t.call(collectEndpoints.listQuarantine, {
        params: { workspace: s.workspace },
        query: {},
      });
      throw new Error(JSON.stringify(aside.rows));
    })();
    const by = (name: string) => all.find((e) => e.original?.name === name)!;
    expect(all.map((e) => e.original!.name).sort()).toEqual(
      [
        '$SignUp',
        'item_delete',
        'item_set',
        'payOrder',
        'profile_append',
        'profile_increment',
        'profile_set',
        'profile_set_once',
        'profile_unset',
      ].sort(),
    );
    for (const event of all) {
      expect(event.original).toMatchObject({ protocol: 'sensors', mapping: 1 });
      expect(event.envelope).toHaveProperty('_track_id');
      expect(event.envelope).toMatchObject({ lib: { $lib: 'Node' } });
    }
    expect(by('payOrder')).toMatchObject({
      name: 'Order Completed',
      channel: 'server',
      time: at.toISOString(),
      properties: {
        order_id: 'o-3',
        order_actual_amount: 99.5,
        total: 99.5,
        pay_way: ['a', 'b'],
        platform: 'wechat',
      },
      envelope: { distinct_id: 'member-3', type: 'track' },
    });
    expect(by('$SignUp')).toMatchObject({
      name: 'Signed Up',
      properties: { way: '短信' },
      envelope: { original_id: 'visitor-3' },
    });
    expect(by('profile_set').properties).toMatchObject({ city: '成都', level: 3 });
    expect(by('profile_append').properties).toEqual({ likes: ['茶', '米'] });
    expect(by('profile_unset').properties).toMatchObject({ nickname: true });
    expect(by('item_set')).toMatchObject({
      personId: null,
      properties: { item_id: 'p-3', item_type: 'product', name: '米', price: 5 },
    });
    const member = { type: 'user', value: 'member-3' } as const;
    const visitor = { type: 'anonymous', value: 'visitor-3' } as const;
    expect(await t.app.identity.personOf(s.workspace, visitor)).toBe(
      await t.app.identity.personOf(s.workspace, member),
    );
    expect(await t.app.catalog.product(s.workspace, 'p-3')).toMatchObject({ name: '米', priceCents: 500 });
    const [line] = await t.app.warehouse.query<object>(
      'SELECT order_id, net_cents FROM collect_order_line FINAL WHERE workspace = {workspace:String}',
      { workspace: s.workspace },
    );
    expect(line).toEqual({ order_id: 'o-3', net_cents: 9950 });
  });
});
