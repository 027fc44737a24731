import { rm } from 'node:fs/promises';
import type { AnswerOf, CallOf, Endpoint } from '@qianmian/contract';
import { type App, buildApp } from './app.ts';
import type { Fact } from './collect/index.ts';
import { readConfig } from './config.ts';
import { FakeClock } from './platform/clock.ts';
import { openLog } from './platform/log.ts';
import { testLedgerUrl } from './platform/test-ledger.ts';
import { openOnce, storesFolder } from './platform/test-stores.ts';
import { openStores } from './stores.ts';

/** What a test does to the app: real stores, a clock set by hand, HTTP without a socket. */
export interface TestApp {
  app: App;
  clock: FakeClock;
  /** The time that sign-ins, links and keys live by. */
  accountsClock: FakeClock;
  /** A key that may do everything. */
  token: string;
  /** Makes a workspace of its own for a test. */
  workspace(settings?: { currency?: string; timeZone?: string }): Promise<string>;
  /** Stores facts, as if they came through the journal; answers when they can be queried and jobs are done. */
  collect(workspace: string, facts: readonly Fact[]): Promise<void>;
  /** Sends Segment messages and waits until they are stored. */
  send(workspace: string, messages: readonly object[]): Promise<void>;
  /** Calls an endpoint as the owner; throws with the problem when it is refused. */
  call<E extends Endpoint>(endpoint: E, call?: Partial<CallOf<E>>): Promise<AnswerOf<E>>;
  /** Calls an endpoint as anyone; answers status and body. */
  raw(
    endpoint: Endpoint,
    call?: { params?: object; query?: object; body?: unknown; token?: string | null },
  ): Promise<{ status: number; body: never; text: string }>;
  close(): Promise<void>;
}

let made = 0;

/** The one app of a file of tests; its stores live in a temporary folder. */
export const testApp = (env: Record<string, string> = {}): Promise<TestApp> => openOnce(() => open(env));

async function open(env: Record<string, string>): Promise<TestApp> {
  const dataDir = await storesFolder('qianmian-test-');
  const ledgerUrl = await testLedgerUrl();
  const config = readConfig({
    ...(ledgerUrl ? { QM_LEDGER_URL: ledgerUrl } : {}),
    QM_DATA_DIR: dataDir,
    QM_LOG_LEVEL: process.env.TEST_LOG ?? 'error',
    ...env,
  });
  const clock = new FakeClock('2026-06-01T04:00:00Z');
  const accountsClock = new FakeClock(clock.now());
  const token = 'local-token-of-tests';
  const stores = await openStores(config);
  const app = await buildApp({
    config,
    ...stores,
    clock,
    accountsClock,
    log: openLog(config.logLevel),
    localToken: token,
    consoleDir: null,
  });
  await app.start();

  const raw: TestApp['raw'] = async (endpoint, call = {}) => {
    const url = pathOf(endpoint.path, (call.params ?? {}) as Record<string, unknown>);
    const auth = call.token === undefined ? token : call.token;
    const response = await app.http.app.inject({
      method: endpoint.method,
      url,
      query: queryOf((call.query ?? {}) as Record<string, unknown>),
      headers: auth ? { authorization: `Bearer ${auth}` } : {},
      ...(call.body === undefined ? {} : { payload: call.body as object }),
    });
    const json = /json/.test(String(response.headers['content-type'] ?? ''));
    return {
      status: response.statusCode,
      body: (json ? response.json() : undefined) as never,
      text: response.body,
    };
  };

  return {
    app,
    clock,
    accountsClock,
    token,
    raw,
    async workspace(settings = {}) {
      made += 1;
      const id = `t${process.pid}-${made}`;
      await app.workspaces.create(
        { id, name: `Test ${made}`, currency: 'CNY', timeZone: 'Asia/Shanghai', ...settings },
        null,
      );
      return id;
    },
    async collect(workspace, facts) {
      await app.collector.record(workspace, 'test', facts);
      await app.collector.drained();
      await app.jobs.idle();
    },
    async send(workspace, messages) {
      await app.collector.acceptMessages(workspace, 'test', messages);
      await app.collector.drained();
      await app.jobs.idle();
    },
    async call(endpoint, call = {}) {
      const answer = await raw(endpoint, call as never);
      if (answer.status >= 400)
        throw new Error(`${endpoint.method} ${endpoint.path} answered ${answer.status}: ${answer.text}`);
      return (endpoint.media ? answer.text : answer.body) as never;
    },
    async close() {
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function pathOf(pattern: string, params: Record<string, unknown>): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(params[name] ?? `missing-${name}`)),
  );
}

function queryOf(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => [k, String(v)]),
  );
}
