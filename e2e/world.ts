import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Without these, Chromium calls home at every start. */
const QUIET = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const OWNER = { email: 'owner@qianmian.example', password: 'correct-horse-battery' };

/** A demo server of its own and a browser to visit it with. */
export interface World {
  url: string;
  token: string;
  dataDir: string;
  /** A new visitor: a browser context of its own, not signed in. */
  visitor(options?: BrowserContextOptions): Promise<Page>;
  /** A visitor who signed in as the owner. */
  owner(options?: BrowserContextOptions): Promise<Page>;
  /** Calls the API beside the browser. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  /** What the pages complained about since the last call. */
  complaints(): string[];
  close(): Promise<void>;
}

/** Starts the demo with so many people, and with these settings besides, and opens the browser. */
export async function openWorld(people: number, settings: Record<string, string> = {}): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'qianmian-e2e-'));
  const server = startServer(dataDir, people, settings);
  const { url, token } = await answering(server, dataDir);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: QUIET });
  const complaints: string[] = [];
  const visitor: World['visitor'] = async (options = {}) => {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1440, height: 900 },
      timezoneId: 'Asia/Shanghai',
      ...options,
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    listen(page, complaints);
    await page.goto(url);
    return page;
  };
  return {
    url,
    token,
    dataDir,
    visitor,
    async owner(options) {
      const page = await visitor(options);
      await signIn(page);
      return page;
    },
    async api(method, path, body) {
      const answer = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        body: body ? JSON.stringify(body) : undefined,
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (answer.status === 204 ? undefined : await answer.json()) as never;
    },
    complaints: () => complaints.splice(0),
    close: () => closeAll(browser, server, dataDir),
  };
}

/** Signs in on the page that is open. */
export async function signIn(page: Page): Promise<void> {
  await page.locator('input[type=email], input[autocomplete=username]').first().fill(OWNER.email);
  await page.locator('input[type=password]').fill(OWNER.password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/w\//);
}

/** Violations of WCAG 2.2 AA on the page as it stands, in words. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's own content policy forbids that, as it should.
  await page.evaluate(await readFile(AXE, 'utf8'));
  await page.locator('.ant-btn-loading').first().waitFor({ state: 'detached' });
  const found = await page.evaluate(async () => {
    // What is still fading in or out has the contrast of neither.
    const { document } = globalThis as unknown as {
      document: {
        getAnimations(): {
          effect: { getComputedTiming(): { endTime: number } } | null;
          finished: Promise<unknown>;
        }[];
      };
    };
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((one) => one.finished.catch(() => {})));
    const { axe } = globalThis as unknown as {
      axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (
      await axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        // Experimental: it takes drawn digits for words.
        rules: { 'label-content-name-mismatch': { enabled: false } },
      })
    ).violations;
  });
  return found.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 160)}`);
}

function chromiumPath(): string {
  return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const expected = /status of 40[014]/.test(message.text());
    if (message.type() === 'error' && !expected) complaints.push(`console: ${message.text().slice(0, 300)}`);
  });
}

function startServer(dataDir: string, people: number, settings: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'packages/server/src/main.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      QM_DATA_DIR: dataDir,
      QM_PORT: '0',
      QM_DEMO: '1',
      QM_DEMO_PEOPLE: String(people),
      QM_LOG_LEVEL: 'error',
      QM_OWNER_PASSWORD: OWNER.password,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function answering(server: ChildProcess, dataDir: string): Promise<{ url: string; token: string }> {
  for (let i = 0; i < 2400; i++) {
    const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => null);
    if (text !== null)
      return {
        url: (JSON.parse(text) as { url: string }).url,
        token: await readFile(join(dataDir, 'local-token'), 'utf8'),
      };
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}.`);
    await sleep(100);
  }
  throw new Error('The server did not answer in four minutes.');
}

async function closeAll(browser: Browser, server: ChildProcess, dataDir: string): Promise<void> {
  await browser.close();
  const ended = new Promise((resolve) => server.on('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
