import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from './world.ts';

// The trackers that shops have on their pages, as npm has them, in a real browser against a real server elsewhere.

const require = createRequire(new URL('../packages/server/package.json', import.meta.url));
/** The file of a package that a page loads. */
const FILES: Record<string, string> = {
  segment: join(dirname(require.resolve('@segment/analytics-next/package.json')), 'dist/umd/index.js'),
  rudder: join(dirname(require.resolve('@rudderstack/analytics-js')), '../bundled/umd/index.js'),
  sensors: require.resolve('sa-sdk-javascript/dist/web/sensorsdata.js'),
};

interface Stored {
  messageId: string;
  name: string;
  time: string;
  channel: string;
  personId: number | null;
  properties: Record<string, unknown>;
  context: Record<string, unknown>;
  envelope: Record<string, unknown>;
  original: { protocol: string; name: string; mapping: number } | null;
}

let world: World;
let pages: Server;
let shopUrl = '';
let made = 0;

beforeAll(async () => {
  world = await openWorld(50);
  pages = createServer(async (request, response) => {
    const file = FILES[/^\/lib\/(\w+)\.js/.exec(request.url!)?.[1] ?? ''];
    response.writeHead(200, { 'content-type': file ? 'text/javascript' : 'text/html; charset=utf-8' });
    const name = /^\/(\w+)/.exec(request.url!)?.[1];
    response.end(
      file
        ? await readFile(file)
        : `<!doctype html><title>Tea shop</title><script src="/lib/${name}.js"></script><a id="next" href="/plain">Next</a>`,
    );
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
});
afterAll(async () => {
  pages?.closeAllConnections();
  await new Promise((resolve) => pages?.close(resolve) ?? resolve(null));
  await world?.close();
});

/** A workspace with a key, and a page of the shop that has loaded a client. */
async function visit(client: keyof typeof FILES) {
  made += 1;
  const workspace = `clients-${made}`;
  await world.api('POST', '/v1/workspaces', { id: workspace, name: workspace });
  const [source] = await world.api<{ writeKey: string }[]>('GET', `/v1/workspaces/${workspace}/sources`);
  const page = await world.visitor();
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'OPTIONS') sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await page.goto(`${shopUrl}/${client}?utm_source=mail&utm_campaign=spring`);
  return {
    page,
    /** What the page asked for, by method and path. */
    sent,
    key: source!.writeKey,
    workspace,
    async events(names: string[]): Promise<(name: string) => Stored> {
      let rows: Stored[] = [];
      for (let i = 0; i < 100; i++) {
        ({ rows } = await world.api<{ rows: Stored[] }>(
          'GET',
          `/v1/workspaces/${workspace}/events?limit=100`,
        ));
        const there = rows.map((row) => row.original?.name ?? row.name);
        if (names.every((name) => there.includes(name)))
          return (name) => rows.find((row) => (row.original?.name ?? row.name) === name)!;
        await sleep(100);
      }
      const aside = await world.api('GET', `/v1/workspaces/${workspace}/quarantine`);
      throw new Error(
        `came: ${rows.map((r) => r.original?.name ?? r.name)}; aside: ${JSON.stringify(aside)}`,
      );
    },
  };
}

/** Runs a script in the page, with what it needs to know. */
const run = (page: Page, script: string) => page.evaluate(`(async () => { ${script} })()`);

const ORDER = {
  order_id: 'o-1',
  currency: 'CNY',
  gift: true,
  notes: ['a', 'b'],
  nested: { deep: { er: 1.5 } },
  products: [{ product_id: 'p-1', name: '茶', price: 12.5, quantity: 2 }],
};
const NAMES = ['Identify', 'Order Completed', 'Page Viewed', 'Screen Viewed', 'Group', 'Alias'];
const SAYS = (client: string) => `
  await ${client}.identify('u-1', { email: 'ann@example.com', tags: ['x'], address: { city: '上海' } });
  await ${client}.track('Order Completed', ${JSON.stringify(ORDER)});
  await ${client}.page('Shop', 'Home', { colour: 'red' });
  await ${client}.group('g-1', { plan: 'gold', seats: 3 });
  await ${client}.alias('u-1', 'old-1');
`;

function expectAll(event: (name: string) => Stored) {
  expect(event('Order Completed')).toMatchObject({ channel: 'web', properties: ORDER, original: null });
  for (const name of NAMES.filter((n) => n !== 'Screen Viewed')) {
    const { context } = event(name);
    expect(context).toMatchObject({
      campaign: { source: 'mail', name: 'spring' },
      page: {
        title: 'Tea shop',
        path: expect.stringMatching(/^\//),
        search: expect.stringContaining('utm_source'),
      },
      userAgent: expect.stringContaining('Chrom'),
      locale: 'en-US',
    });
  }
  expect(event('Page Viewed').properties).toMatchObject({
    name: 'Home',
    category: 'Shop',
    colour: 'red',
    title: 'Tea shop',
  });
  expect(event('Group').properties).toMatchObject({ groupId: 'g-1', plan: 'gold', seats: 3 });
  expect(event('Alias').envelope).toMatchObject({ previousId: 'old-1', userId: 'u-1' });
  expect(JSON.stringify(event('Identify'))).toContain('ann@example.com');
  expect(new Set(NAMES.filter((n) => n !== 'Screen Viewed').map((n) => event(n).personId)).size).toBe(1);
}

describe('@segment/analytics-next', () => {
  const load = (key: string, delivery: string) => `
    const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(
      { writeKey: '${key}', cdnURL: '${world.url}' },
      { integrations: { 'Segment.io': { apiHost: '${world.url.replace('http://', '')}/v1', protocol: 'http', ${delivery} } } },
    );`;

  it('asks for its settings, then sends every call by itself, and every field arrives', async () => {
    const s = await visit('segment');
    await run(
      s.page,
      `${load(s.key, '')} ${SAYS('analytics')} await analytics.screen('App', 'Start', { variation: 'b' });`,
    );
    const event = await s.events(NAMES);
    expectAll(event);
    expect(event('Identify').envelope).toMatchObject({
      traits: { email: 'ann@example.com', tags: ['x'], address: { city: '上海' } },
      integrations: {},
    });
    expect(event('Identify').context).toMatchObject({
      library: { name: 'analytics.js', version: expect.stringMatching(/next-/) },
    });
    expect(event('Screen Viewed')).toMatchObject({
      channel: 'app',
      properties: { name: 'Start', category: 'App', variation: 'b' },
    });
  });

  it('sends batches, the last of them when the page goes', async () => {
    const s = await visit('segment');
    await run(
      s.page,
      `${load(s.key, "deliveryStrategy: { strategy: 'batching', config: { size: 10, timeout: 60000 } }")}
       for (let i = 0; i < 3; i++) analytics.track('Batched ' + i, { i });
       await new Promise((done) => setTimeout(done, 300));`,
    );
    await s.page.goto(`${shopUrl}/plain`);
    const event = await s.events(['Batched 0', 'Batched 1', 'Batched 2']);
    expect(event('Batched 2')).toMatchObject({
      properties: { i: 2 },
      context: { page: { title: 'Tea shop' } },
    });
  });
});

describe('@rudderstack/analytics-js', () => {
  const load = (key: string, options: string) => `
    const client = new rudderanalytics.RudderAnalytics();
    await new Promise((ready) => {
      client.load('${key}', '${world.url}', { configUrl: '${world.url}', logLevel: 'ERROR', ${options} });
      client.ready(ready);
      setTimeout(ready, 4000);
    });`;

  it('asks for its source, then sends every call, and every field arrives', async () => {
    const s = await visit('rudder');
    await run(s.page, `${load(s.key, '')} ${SAYS('client')}`);
    const event = await s.events(NAMES.filter((n) => n !== 'Screen Viewed'));
    expectAll(event);
    expect(event('Identify').context).toMatchObject({
      library: { name: expect.stringContaining('JavaScript SDK') },
      traits: { email: 'ann@example.com', tags: ['x'], address: { city: '上海' } },
      sessionId: expect.any(Number),
    });
    expect(event('Identify').envelope).toMatchObject({
      integrations: { All: true },
      anonymousId: expect.any(String),
    });
  });

  it.each([
    ['beacons', 'POST /beacon/v1/batch', 'useBeacon: true, beaconQueueOptions: { flushQueueInterval: 200 }'],
    ['batches', 'POST /v1/batch', 'queueOptions: { batch: { enabled: true, maxItems: 3 } }'],
  ])('sends %s', async (_what, way, options) => {
    const s = await visit('rudder');
    await run(
      s.page,
      `${load(s.key, options)} for (let i = 0; i < 3; i++) client.track('Beacon ' + i, { i });`,
    );
    const event = await s.events(['Beacon 0', 'Beacon 1', 'Beacon 2']);
    expect(event('Beacon 1')).toMatchObject({
      properties: { i: 1 },
      context: { page: { title: 'Tea shop' } },
    });
    expect(s.sent).toContain(way);
  });
});

describe('sa-sdk-javascript', () => {
  const init = (key: string, options: string) => `
    const sensors = window.sensorsDataAnalytic201505;
    sensors.init({ server_url: '${world.url}/sa?project=production&token=${key}', show_log: false, heatmap: { clickmap: 'not_collect', scroll_notice_map: 'not_collect' }, ${options} });`;
  const names = [
    '$pageview',
    'payOrder',
    '$SignUp',
    'profile_set',
    'profile_set_once',
    'profile_increment',
    'profile_append',
    'profile_unset',
    'item_set',
    'item_delete',
  ];
  const says = `
    sensors.quick('autoTrackSinglePage');
    sensors.track('payOrder', { order_id: 'o-1', order_actual_amount: 25, gift: true, ways: ['a', 'b'] });
    sensors.login('member-1');
    sensors.setProfile({ city: '上海', level: 3 });
    sensors.setOnceProfile({ first_shop: '春熙路' });
    sensors.incrementProfile({ points: 40 });
    sensors.appendProfile({ likes: ['茶', '米'] });
    sensors.unsetProfile(['nickname']);
    sensors.setItem('product', 'p-1', { name: '米' });
    sensors.deleteItem('product', 'p-2');
    await new Promise((done) => setTimeout(done, 500));`;

  it.each([
    ['by pictures', 'GET /sa.gif', "send_type: 'image'"],
    ['by POST', 'POST /sa.gif', "send_type: 'ajax'"],
    ['by beacon', 'POST /sa.gif', "send_type: 'beacon'"],
    [
      'in batches',
      'POST /sa.gif',
      'batch_send: { datasend_timeout: 6000, send_interval: 300, storage_length: 200 }',
    ],
  ])('sends everything it can say %s, and every field arrives', async (_how, way, options) => {
    const s = await visit('sensors');
    await run(s.page, init(s.key, options) + says);
    const event = await s.events(names);
    expect(s.sent).toContain(way);
    for (const name of names)
      expect(event(name), name).toMatchObject({
        channel: 'web',
        original: { protocol: 'sensors', mapping: 1 },
        envelope: { lib: { $lib: 'js', $lib_version: '1.27.11' } },
      });
    expect(event('payOrder')).toMatchObject({
      name: 'Order Completed',
      properties: {
        order_id: 'o-1',
        order_actual_amount: 25,
        total: 25,
        gift: true,
        ways: ['a', 'b'],
        $title: 'Tea shop',
        $screen_width: 1440,
      },
      envelope: {
        distinct_id: expect.any(String),
        _track_id: expect.any(Number),
        identities: { $identity_cookie_id: expect.any(String) },
      },
    });
    expect(event('$pageview')).toMatchObject({
      name: 'Page Viewed',
      properties: { title: 'Tea shop', $url: expect.stringContaining('/sensors') },
    });
    expect(event('$SignUp')).toMatchObject({ name: 'Signed Up', envelope: { distinct_id: 'member-1' } });
    expect(event('profile_set').properties).toMatchObject({ city: '上海', level: 3 });
    expect(event('profile_increment').properties).toMatchObject({ points: 40 });
    expect(event('profile_append').properties).toMatchObject({ likes: ['茶', '米'] });
    expect(event('profile_unset').properties).toMatchObject({ nickname: true });
    expect(event('item_set').properties).toMatchObject({ item_type: 'product', item_id: 'p-1', name: '米' });
    expect(event('payOrder').personId).toBe(event('profile_set').personId);
    const { rows } = await world.api<{ rows: { orderId: string; netCents?: number }[] }>(
      'GET',
      `/v1/workspaces/${s.workspace}/customers/${event('payOrder').personId}/orders`,
    );
    expect(rows).toMatchObject([{ orderId: 'o-1', netCents: 2500 }]);
  });
});
