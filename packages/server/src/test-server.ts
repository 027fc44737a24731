import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { storesFolder } from './platform/test-stores.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * A server in a process of its own, with these settings, on a folder that outlives it: to be killed without warning and
 * started again.
 */
export async function openTestServer(settings: Record<string, string>) {
  const dataDir = await storesFolder('qianmian-killed-');
  let child: ChildProcess | null = null;
  let url = '';
  let token = '';

  afterAll(async () => {
    child?.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  return {
    get url(): string {
      return url;
    },

    async start(): Promise<void> {
      const own = { QM_DATA_DIR: dataDir, QM_PORT: '0', QM_LOG_LEVEL: 'error', NODE_OPTIONS: '' };
      const env = { ...process.env, ...own, ...settings };
      child = spawn(process.execPath, ['--import', 'tsx', MAIN], { env, stdio: 'ignore' });
      for (let i = 0; i < 1200; i++) {
        const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => 'null');
        const known = JSON.parse(text) as { pid: number; url: string } | null;
        if (known && known.pid === child.pid) {
          url = known.url;
          token = await readFile(join(dataDir, 'local-token'), 'utf8');
          return;
        }
        await sleep(100);
      }
      throw new Error('The server did not start.');
    },

    async kill(): Promise<void> {
      const dead = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGKILL');
      await dead;
    },

    /** Calls the API as who runs the server; throws where it is refused. */
    async api<T>(method: string, path: string, body?: object): Promise<T> {
      const answer = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
  };
}
