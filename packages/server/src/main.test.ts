import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

// The process as a machine runs it: killed without warning, started again, asked to stop.

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folders: string[] = [];
const children: ChildProcess[] = [];

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Running {
  child: ChildProcess;
  url: string;
  token: string;
  stderr: () => string;
  ended: Promise<number | null>;
}

function launch(dataDir: string): {
  child: ChildProcess;
  stderr: () => string;
  ended: Promise<number | null>;
} {
  let said = '';
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { ...process.env, QM_DATA_DIR: dataDir, QM_PORT: '0', QM_LOG_LEVEL: 'error', NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  child.stderr?.on('data', (bytes) => {
    said += String(bytes);
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { child, stderr: () => said, ended };
}

async function start(dataDir: string): Promise<Running> {
  const launched = launch(dataDir);
  for (let i = 0; i < 600; i++) {
    const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => null);
    const known = text === null ? null : (JSON.parse(text) as { pid: number; url: string });
    if (known && known.pid === launched.child.pid) {
      const token = await readFile(join(dataDir, 'local-token'), 'utf8');
      return { ...launched, url: known.url, token };
    }
    if (launched.child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`The server did not start: ${launched.stderr()}`);
}

async function api(server: Running, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qianmian-main-'));
  await chmod(folder, 0o755);
  folders.push(folder);
  return folder;
}

it('killed at any moment it loses no acknowledged event and stores none twice', async () => {
  const dataDir = await newFolder();
  let server = await start(dataDir);
  await api(server, 'POST', '/v1/workspaces', { id: 'shop', name: 'Shop' });
  const [source] = (await api(server, 'GET', '/v1/workspaces/shop/sources')) as { writeKey: string }[];
  const basic = `Basic ${Buffer.from(`${source!.writeKey}:`).toString('base64')}`;
  const acknowledged = new Set<string>();
  let sent = 0;

  async function sendUntilDeath(): Promise<void> {
    for (;;) {
      const batch = Array.from({ length: 20 }, () => ({
        type: 'track',
        event: 'Pinged',
        userId: `u${sent % 7}`,
        messageId: `m${sent++}`,
      }));
      const answer = await fetch(`${server.url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: basic },
        body: JSON.stringify({ batch }),
      }).catch(() => null);
      if (!answer) return;
      if (answer.ok) for (const m of batch) acknowledged.add(`client:${m.messageId}`);
    }
  }

  for (const lifeMs of [150, 700, 330]) {
    const senders = [sendUntilDeath(), sendUntilDeath(), sendUntilDeath()];
    await sleep(lifeMs);
    server.child.kill('SIGKILL');
    await Promise.all([...senders, server.ended]);
    server = await start(dataDir);
  }
  expect(acknowledged.size).toBeGreaterThan(100);
  // What lies in the folder is customers' data: no other account of the machine may enter it.
  expect((await stat(dataDir)).mode & 0o077).toBe(0);

  const stored: string[] = [];
  for (let tries = 0; ; tries++) {
    const health = (await (await fetch(`${server.url}/healthz`)).json()) as { journalLagBytes: number };
    if (health.journalLagBytes === 0) break;
    expect(tries).toBeLessThan(300);
    await sleep(100);
  }
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await api(
      server,
      'GET',
      `/v1/workspaces/shop/events?limit=1000${cursor ? `&cursor=${cursor}` : ''}`,
    )) as {
      rows: { messageId: string }[];
      nextCursor: string | null;
    };
    stored.push(...page.rows.map((r) => r.messageId));
    cursor = page.nextCursor;
  }
  expect(new Set(stored).size).toBe(stored.length);
  expect([...acknowledged].filter((id) => !stored.includes(id))).toEqual([]);
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
}, 120_000);

it('leaves a folder that another process uses alone, and says so', async () => {
  const dataDir = await newFolder();
  const server = await start(dataDir);
  const second = launch(dataDir);
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toMatch(/is in use by process \d+/);
  server.child.kill('SIGINT');
  expect(await server.ended).toBe(0);
}, 60_000);

it('killed and started again it is not to be found until it can be spoken to', async () => {
  const dataDir = await newFolder();
  const first = await start(dataDir);
  first.child.kill('SIGKILL');
  await first.ended;
  const again = launch(dataDir);
  const found: number[] = [];
  while (found.at(-1) !== again.child.pid && again.child.exitCode === null) {
    const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => '{"pid":0}');
    const { pid } = JSON.parse(text) as { pid: number };
    if (pid !== found.at(-1)) found.push(pid);
    await sleep(10);
  }
  // What the dead one left is gone before the new one says where it is and by which key.
  expect(found).toEqual([first.child.pid, 0, again.child.pid]);
  again.child.kill('SIGKILL');
}, 120_000);
