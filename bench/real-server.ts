import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url));

/** The server as it runs anywhere: a process of its own, spoken to over HTTP. */
export interface RealServer {
  url: string;
  /** From the start of the process to the first healthy answer. */
  startedInMs: number;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
  /** Ends the process without warning. */
  kill(): Promise<void>;
}

/** Starts a server on a data folder and a free port. */
export async function startServer(dataDir: string): Promise<RealServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('QM_')));
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN], {
    env: { ...env, QM_DATA_DIR: dataDir, QM_PORT: String(port), QM_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(child, async () => (await fetch(`${url}/healthz`)).ok);
  const startedInMs = performance.now() - began;
  // The file of an earlier process may still lie there, and its token is no longer good.
  await until(
    child,
    async () => JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')).pid === child.pid,
  );
  const token = await readFile(join(dataDir, 'local-token'), 'utf8');
  return {
    url,
    startedInMs,
    call: (method, path, body) => callJson(`${url}${path}`, method, token, body),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function until(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}.`);
    await sleep(5);
  }
}

async function callJson<T>(url: string, method: string, token: string, body: unknown): Promise<T> {
  const isForm = body instanceof FormData;
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    body: isForm ? body : body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

interface ImportRun {
  id: string;
  state: string;
  error: string | null;
  totals: { rows: number; orders: number };
}

/** Imports a file with a preset; answers how long it took from start to done, and what came in. */
export async function importFile(
  server: RealServer,
  workspace: string,
  preset: string,
  path: string,
): Promise<{ ms: number; rows: number }> {
  const form = new FormData();
  form.append('files', await openAsBlob(path), basename(path));
  const imports = `/v1/workspaces/${workspace}/imports`;
  const draft = await server.call<ImportRun>('POST', `${imports}?preset=${preset}`, form);
  const began = performance.now();
  await server.call('POST', `${imports}/${draft.id}/start`);
  for (;;) {
    const run = await server.call<ImportRun>('GET', `${imports}/${draft.id}`);
    if (run.state === 'done') return { ms: performance.now() - began, rows: run.totals.rows };
    if (run.state === 'failed') throw new Error(`The import failed: ${run.error}`);
    await sleep(50);
  }
}

/** Waits until no job of a workspace is running or due within seconds. */
export async function quiet(server: RealServer, workspace: string): Promise<void> {
  for (let calm = 0; calm < 3; await sleep(200)) {
    const { rows } = await server.call<{ rows: { state: string; runAt: string }[] }>(
      'GET',
      `/v1/workspaces/${workspace}/jobs`,
    );
    const soon = Date.now() + 10_000;
    const busy = rows.some(
      (j) => j.state === 'running' || (j.state === 'queued' && Date.parse(j.runAt) < soon),
    );
    calm = busy ? 0 : calm + 1;
  }
}
