import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, openLine, openShop, type Shop } from './shop.ts';
import { openWorld, type World } from './world.ts';

// Our tracker in a real browser, and in a mini-program, against a real server over a line that fails.

interface Stored {
  messageId: string;
  name: string;
  time: string;
  channel: string;
  personId: number;
  properties: Record<string, unknown>;
}

let world: World;
let line: Line;
let shop: Shop;

beforeAll(async () => {
  world = await openWorld(50);
  line = await openLine(world.url);
  shop = await openShop();
});
afterAll(async () => {
  await shop?.close();
  await line?.close();
  await world?.close();
});

/** Everything in one body: the server corrects clocks by body, and order is asked by time. */
const TOGETHER = 'flushAfterMs: 60000';

let made = 0;
/** A workspace of its own, a key for it, and a browser that has never been there. */
async function visit(options = '', { locks = true, keepalive = true } = {}) {
  made += 1;
  const workspace = `sdk-${made}`;
  await world.api('POST', '/v1/workspaces', { id: workspace, name: workspace });
  const [source] = await world.api<{ writeKey: string }[]>('GET', `/v1/workspaces/${workspace}/sources`);
  const { writeKey } = source!;
  line.requests.length = 0;
  line.fates.length = 0;
  shop.pages.set(workspace, snippet(`{ writeKey: '${writeKey}', flushAfterMs: 200, ${options} }`));
  const blank = await world.visitor();
  const context = blank.context();
  if (!locks)
    await context.addInitScript("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })");
  if (!keepalive) await context.addInitScript('delete Request.prototype.keepalive');
  await blank.goto('about:blank');
  const address = `${shop.url}/${workspace}/`;
  return {
    workspace,
    writeKey,
    context,
    address,
    async open(path = ''): Promise<Page> {
      const page = await context.newPage();
      await page.goto(address + path);
      return page;
    },
    /** Events of the workspace once there are so many and for a while no more, oldest first. */
    async events(count: number): Promise<Stored[]> {
      const all = async () =>
        (await world.api<{ rows: Stored[] }>('GET', `/v1/workspaces/${workspace}/events?limit=500`)).rows;
      await expect.poll(async () => (await all()).length, { timeout: 30_000, interval: 200 }).toBe(count);
      await sleep(700);
      const rows = await all();
      expect(rows.map((r) => r.name).sort()).toHaveLength(count);
      expect(new Set(rows.map((r) => r.messageId)).size).toBe(count);
      return rows.sort((a, b) => a.time.localeCompare(b.time));
    },
  };
}

/** As the console gives it out. */
const snippet = (options: string) => `
!function(w,d,n,u){w[n]=w[n]||function(){(w[n].q=w[n].q||[]).push([arguments,Date.now()])};
var s=d.createElement('script');s.async=true;s.src=u;d.head.appendChild(s)}(window,document,'qianmian','${line.url}/sdk/qianmian.js');
qianmian('init', ${options});`;

// What runs in the page is given as text: these files know no page.
const call = (page: Page, ...args: unknown[]) => page.evaluate(`void qianmian(...${JSON.stringify(args)})`);
const track = (page: Page, ...events: string[]) =>
  page.evaluate(`for (const name of ${JSON.stringify(events)}) qianmian('track', name)`);
const keysIn = (page: Page) => page.evaluate<string[]>('Object.keys(localStorage)');
const keptIn = async (context: BrowserContext, page: Page) => [
  await keysIn(page),
  (await context.cookies()).map((c) => c.name),
];
const queuedIn = (keys: Iterable<string>) => [...keys].filter((key) => /\.(m|c)\./.test(key));
const names = (rows: Stored[]) => rows.map((r) => r.name);
const numbered = (word: string, count: number) => Array.from({ length: count }, (_, i) => `${word} ${i}`);
/** Messages the line carried to the server more than once. */
const twice = () => {
  const ids = line.requests.flatMap((r) => r.messageIds);
  return ids.length - new Set(ids).size;
};

it('tells the first page, every page routed to once, and what was called before the script was there', async () => {
  const v = await visit(TOGETHER);
  shop.pages.set(
    v.workspace,
    `${shop.pages.get(v.workspace)}
qianmian('productViewed', { product_id: 'TEA-1', price: 12.5 });`,
  );
  const page = await v.open('?utm_source=wechat&utm_campaign=618&email=ann%40shop.example');
  await page.waitForFunction('window.qianmian.tracker');
  await page.evaluate(`(async () => {
    const moment = () => new Promise((resolve) => setTimeout(resolve, 120));
    const base = location.pathname;
    history.replaceState({ scroll: 1 }, '');
    await moment();
    history.pushState({}, '', base + 'tea');
    document.title = 'Green tea';
    await moment();
    history.replaceState({}, '', base + 'tea');
    location.hash = 'reviews';
    await moment();
    history.pushState({}, '', base + 'cart');
    // Left at once: it was seen all the same.
    history.pushState({}, '', base + 'checkout');
    await moment();
    location.hash = '#/pay';
    await moment();
    history.go(-1);
    await moment();
  })()`);
  await call(page, 'flush');
  const rows = await v.events(7);
  const pages = rows.filter((r) => r.name === 'Page Viewed');
  const base = `/${v.workspace}/`;
  expect(pages.map((p) => p.properties.path)).toEqual([
    base,
    `${base}tea`,
    `${base}cart`,
    `${base}checkout`,
    `${base}checkout#/pay`,
    `${base}checkout`,
  ]);
  expect(pages[1]!.properties.title).toBe('Green tea');
  expect(pages[1]!.properties.referrer).toBe(`${v.address}?utm_source=wechat&utm_campaign=618`);
  expect(pages[0]!.properties.url).toBe(`${v.address}?utm_source=wechat&utm_campaign=618`);
  expect(pages.map((p) => (p.properties.campaign as { name?: string }).name)).toEqual(Array(6).fill('618'));
  const product = rows.find((r) => r.name === 'Product Viewed')!;
  expect(product).toMatchObject({ channel: 'web', properties: { product_id: 'TEA-1', price: 12.5 } });
  // No preflight: every request is a plain one, without cookies.
  expect(new Set(line.requests.map((r) => r.method))).toEqual(new Set(['POST']));
  for (const { headers } of line.requests) {
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(headers.cookie).toBeUndefined();
  }
  await v.context.close();
});

it('tells clicks in the words of the page, and nothing that was typed or is to be left out', async () => {
  const v = await visit(`${TOGETHER}, pages: false, clicks: { outbound: true, downloads: true }`);
  const page = await v.open();
  await page.waitForFunction('window.qianmian.tracker');
  await page.evaluate(
    "for (const id of ['away', 'file']) document.getElementById(id).addEventListener('click', (e) => e.preventDefault())",
  );
  for (const id of ['add', 'inside', 'away', 'file', 'plain', 'password', 'go', 'ignored', 'account'])
    await page.click(`#${id}`);
  await call(page, 'flush');
  const rows = await v.events(9);
  const of = (name: string) => rows.filter((r) => r.name === name).map((r) => r.properties);
  expect(of('Product Added')).toMatchObject([{ product_id: 'TEA-1', price: '12.5' }]);
  expect(of('Outbound Link Clicked')).toMatchObject([
    { href: 'https://elsewhere.example/tea', host: 'elsewhere.example' },
  ]);
  expect(of('File Downloaded')).toMatchObject([{ extension: 'pdf' }]);
  expect(of('Element Clicked').map((p) => p.id)).toEqual([
    'inside',
    'away',
    'file',
    'plain',
    'go',
    'account',
  ]);
  expect(of('Element Clicked').map((p) => p.text)).toEqual([
    'Reviews by ***',
    'Elsewhere',
    'Manual',
    'Call *** now',
    undefined,
    'Signed in as',
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/hunter2|typed secret|t0ps3cret|Private|Ann Lee|ann@shop/);
  await v.context.close();
});

it('keeps what happens offline and sends it once when the network is back', async () => {
  const v = await visit('pages: false');
  const page = await v.open();
  await track(page, 'before');
  await v.events(1);
  await v.context.setOffline(true);
  await track(page, ...numbered('offline', 5));
  await sleep(600);
  expect(line.requests).toHaveLength(1);
  await v.context.setOffline(false);
  const rows = await v.events(6);
  expect(names(rows).slice(1).sort()).toEqual(numbered('offline', 5));
  expect(twice()).toBe(0);
  await v.context.close();
});

it('waits as long as a server that is full asks, though it is of another origin', async () => {
  const v = await visit('pages: false');
  const page = await v.open();
  await page.waitForFunction('window.qianmian.tracker');
  line.fates.push({ status: 503, retryAfter: '3' });
  await track(page, 'A');
  await expect.poll(() => line.requests.length).toBe(1);
  // Another tab does not ask in its stead.
  const other = await v.open();
  await track(other, 'B');
  await v.events(2);
  const [first, second] = line.requests;
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(3000);
  expect(second!.at - first!.at).toBeLessThan(9000);
  // That a page may read how long is for the server to say.
  const answer = await fetch(`${world.url}/v1/batch`, { method: 'POST', headers: { origin: shop.url } });
  expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after');
  await v.context.close();
});

it('loses nothing when the server answers and the answer is lost, when it fails, or is slow', async () => {
  const v = await visit('pages: false');
  const page = await v.open();
  line.fates.push('lose the answer', { status: 500 }, { afterMs: 600 });
  await track(page, 'A', 'B');
  await sleep(400);
  await track(page, 'C');
  const rows = await v.events(3);
  expect(names(rows).sort()).toEqual(['A', 'B', 'C']);
  await v.context.close();
});

it('sends what a tab still has when it is closed or left, and the next visit what could not be sent', async () => {
  const v = await visit('pages: false, flushAfterMs: 60000');
  const closed = await v.open();
  await closed.waitForFunction('window.qianmian.tracker');
  await track(closed, 'closed');
  await closed.close({ runBeforeUnload: true });
  expect(names(await v.events(1))).toEqual(['closed']);

  const left = await v.open();
  await left.waitForFunction('window.qianmian.tracker');
  await track(left, 'left');
  await left.goto(`${v.address}next`);
  expect(names(await v.events(2)).sort()).toEqual(['closed', 'left']);

  // The server is down as the tab closes, and a tab dies without a word.
  line.fates.push({ status: 503 }, { status: 503 });
  await track(left, 'server down');
  await left.close({ runBeforeUnload: true });
  const crashed = await v.open();
  await crashed.waitForFunction('window.qianmian.tracker');
  await track(crashed, 'crashed');
  await crashed.goto('chrome://crash').catch(() => {});
  line.fates.length = 0;
  shop.pages.set(
    v.workspace,
    shop.pages.get(v.workspace)!.replace('flushAfterMs: 60000', 'flushAfterMs: 200'),
  );
  await v.open();
  expect(names(await v.events(4)).sort()).toEqual(['closed', 'crashed', 'left', 'server down']);
  await v.context.close();
});

it('sends by beacon where requests cannot outlive a page, and keeps what no answer is heard for', async () => {
  const v = await visit('pages: false, flushAfterMs: 60000', { keepalive: false });
  const page = await v.open();
  await page.waitForFunction('window.qianmian.tracker');
  await track(page, 'A');
  await page.close({ runBeforeUnload: true });
  await v.events(1);
  const next = await v.open();
  expect(queuedIn(await keysIn(next)).filter((key) => key.includes('.m.'))).toHaveLength(1);
  // Once it is sure that nobody is sending it, it is sent again, and counts once.
  await expect.poll(() => keysIn(next).then(queuedIn), { timeout: 20_000 }).toEqual([]);
  await v.events(1);
  expect(twice()).toBe(1);
  await v.context.close();
});

describe.each([true, false])('several tabs (browser locks: %s)', (locks) => {
  it('send every message once', async () => {
    const v = await visit('pages: false, batchSize: 7', { locks });
    const tabs = await Promise.all([v.open(), v.open(), v.open()]);
    for (const tab of tabs) await tab.waitForFunction('window.qianmian.tracker');
    expect(await tabs[0]!.evaluate('navigator.locks !== undefined')).toBe(locks);
    line.fates.push({ afterMs: 300 }, { status: 503, retryAfter: '1' }, { afterMs: 100 });
    const said = numbered('event', 60);
    for (let i = 0; i < said.length; i += 2) {
      await track(tabs[i % 3]!, said[i]!, said[i + 1]!);
      if (i % 10 === 0) await sleep(120);
    }
    const rows = await v.events(60);
    expect(names(rows).sort()).toEqual([...said].sort());
    const refused = line.requests[1]!.messageIds;
    // What was refused goes again; nothing else does.
    expect(twice()).toBe(refused.length);
    expect(queuedIn(await keysIn(tabs[0]!))).toEqual([]);
    await v.context.close();
  });
});

it('keeps and sends nothing until the visitor agrees, then tells all with its own time; a no clears the device', async () => {
  const v = await visit(`consent: 'pending'`);
  const page = await v.open();
  await page.waitForFunction('window.qianmian.tracker');
  const began = Date.now();
  await track(page, 'A');
  await call(page, 'identify', 'ann', { city: 'Berlin' });
  await sleep(3000);
  expect(await keptIn(v.context, page)).toEqual([[], []]);
  expect(line.requests).toEqual([]);

  await call(page, 'consent', { analytics: true });
  await call(page, 'consent', { marketing: true }, 'email');
  const rows = await v.events(5);
  expect(names(rows).sort()).toEqual(['A', 'Consent Updated', 'Consent Updated', 'Identify', 'Page Viewed']);
  expect(Math.abs(Date.parse(rows.find((r) => r.name === 'A')!.time) - began)).toBeLessThan(2500);
  const [keys, cookies] = await keptIn(v.context, page);
  expect(keys!.length).toBeGreaterThan(0);
  expect(cookies).toEqual(['qm_id']);
  const { consent } = await world.api<{ consent: { channel: string; granted: boolean }[] }>(
    'GET',
    `/v1/workspaces/${v.workspace}/customers/${rows.at(-1)!.personId}`,
  );
  expect(consent).toContainEqual(expect.objectContaining({ channel: 'email', granted: true }));

  await call(page, 'consent', { analytics: false });
  await track(page, 'never');
  const after = await v.events(6);
  expect(after.at(-1)!.properties).toMatchObject({ purpose: 'analytics', granted: false });
  expect(await keptIn(v.context, page)).toEqual([[], []]);
  await v.context.close();
});

it('runs as a module of the page, without a trace on the device where that is wanted', async () => {
  const v = await visit();
  shop.pages.set(
    v.workspace,
    `import { createTracker } from '${line.url}/sdk/qianmian.mjs';
window.tracker = createTracker({ writeKey: '${v.writeKey}', url: '${line.url}', persistence: 'memory' });
window.tracker.checkoutStarted({ products: [{ product_id: 'TEA-1', price: 12.5 }] });
window.done = window.tracker.flush();`,
  );
  const page = await v.open();
  await page.waitForFunction('window.done');
  expect(names(await v.events(2)).sort()).toEqual(['Checkout Started', 'Page Viewed']);
  expect(await keptIn(v.context, page)).toEqual([[], []]);
  await v.context.close();
});

describe('a mini-program', () => {
  const BUILT = fileURLToPath(new URL('../packages/sdk/dist/qianmian.mini.cjs', import.meta.url));

  /** A phone: its storage stays when the mini-program is started again. */
  async function phone(v: Awaited<ReturnType<typeof visit>>) {
    const code = await readFile(BUILT, 'utf8');
    const storage = new Map<string, string>();
    let connected = true;
    const start = (launch: object = { path: 'pages/home', scene: 1001, query: {} }) => {
      const heard: Record<string, (value?: unknown) => void> = {};
      const wx = {
        request: ({ url, data, header, success, fail }: never) => {
          if (!connected) return setTimeout(fail as never, 5, { errMsg: 'request:fail' });
          void fetch(url, { method: 'POST', body: data, headers: header }).then(
            async (answer) =>
              (success as (a: object) => void)({
                statusCode: answer.status,
                data: await answer.text(),
                header: Object.fromEntries(answer.headers),
              }),
            fail as never,
          );
        },
        getStorageSync: (key: string) => storage.get(key) ?? '',
        setStorageSync: (key: string, value: string) => void storage.set(key, value),
        removeStorageSync: (key: string) => void storage.delete(key),
        getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
        getLaunchOptionsSync: () => launch,
        getSystemInfoSync: () => ({ brand: 'HUAWEI', model: 'P60', platform: 'android', language: 'zh_CN' }),
        onAppShow: (f: () => void) => Object.assign(heard, { show: f }),
        onAppHide: (f: () => void) => Object.assign(heard, { hide: f }),
        onNetworkStatusChange: (f: () => void) => Object.assign(heard, { network: f }),
      };
      const screens: Record<string, { onShow: () => void; onLoad?: () => void }> = {};
      const module = {
        exports: {} as { createTracker(options: object): Record<string, (...a: unknown[]) => void> },
      };
      // Nothing of a page, nor of Node.js: only what a mini-program has.
      const place = {
        ...{ module, exports: module.exports, wx, setTimeout, clearTimeout },
        Page: (definition: never) => Object.assign(screens, { page: definition }),
        Component: (definition: never) =>
          Object.assign(screens, { component: (definition as { methods: never }).methods }),
      };
      runInNewContext(code, place);
      const tracker = module.exports.createTracker({
        writeKey: v.writeKey,
        url: line.url,
        flushAfterMs: 200,
      });
      return { tracker, heard, screens, place };
    };
    return {
      start,
      storage,
      connect(is: boolean, running: ReturnType<typeof start>) {
        connected = is;
        running.heard.network?.({ isConnected: is });
      },
    };
  }

  it('tells its screens and events through wx, keeps them while there is no network, and over a restart', async () => {
    const v = await visit();
    const p = await phone(v);
    const first = p.start({ path: 'pages/home', scene: 1011, query: { utm_source: 'poster' } });
    first.heard.show!({ path: 'pages/home', scene: 1011, query: { utm_source: 'poster' } });
    let own = 0;
    const { Page, Component } = first.place as unknown as Record<'Page' | 'Component', (d: object) => void>;
    Page({
      onShow: () => {
        own += 1;
      },
    });
    Component({ methods: { onLoad() {} } });
    first.screens.page!.onShow.call({
      route: 'pages/tea',
      options: { id: 'TEA-1', phone: '13800138000' },
    } as never);
    first.screens.component!.onShow.call({ is: 'pages/cart' } as never);
    expect(own).toBe(1);
    first.tracker.productAdded!({ product_id: 'TEA-1', price: 12.5 });
    const rows = await v.events(4);
    expect(names(rows).sort()).toEqual([
      'Application Opened',
      'Product Added',
      'Screen Viewed',
      'Screen Viewed',
    ]);
    expect(new Set(rows.map((r) => r.channel))).toEqual(new Set(['mini_program']));
    const screens = rows.filter((r) => r.name === 'Screen Viewed').map((r) => r.properties);
    expect(screens.find((s) => s.name === 'pages/tea')).toMatchObject({ query: { id: 'TEA-1' } });
    expect(screens.map((s) => s.name).sort()).toEqual(['pages/cart', 'pages/tea']);
    expect(JSON.stringify(rows)).not.toContain('13800138000');
    expect(rows[0]!.properties.campaign).toMatchObject({ source: 'poster' });

    p.connect(false, first);
    first.tracker.track!('in the tunnel');
    first.heard.hide!();
    await sleep(500);
    // Killed in the background; somebody opens it again with a network.
    const second = p.start();
    p.connect(true, second);
    second.heard.show!();
    expect(names(await v.events(7)).sort()).toEqual([
      'Application Backgrounded',
      'Application Opened',
      'Application Opened',
      'Product Added',
      'Screen Viewed',
      'Screen Viewed',
      'in the tunnel',
    ]);
    expect(new Set((await v.events(7)).map((r) => r.personId)).size).toBe(1);
    expect(queuedIn(p.storage.keys())).toEqual([]);
    expect(twice()).toBe(0);
  });
});

it('no page complained on the way but of what failed on purpose', () => {
  expect(
    world
      .complaints()
      .filter((c) => !/status of 50[03]|ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE/.test(c)),
  ).toEqual([]);
});
