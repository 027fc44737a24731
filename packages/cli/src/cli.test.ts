import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// Real commands against a real server, as a shell would run them: each is a process of its own, which takes its second.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const BIN = fileURLToPath(new URL('../bin/qianmian.mjs', import.meta.url));

const ORDERS = `Order,Date,Customer,SKU,Product,Quantity,Unit price
1001,2026-05-01T10:00:00Z,anna,TEA-1,Green tea,2,12.50
1001,2026-05-01T10:00:00Z,anna,CUP-1,Cup,1,8.00
1002,2026-05-03T16:30:00Z,bert,TEA-1,Green tea,1,12.50
1003,2026-05-09T09:15:00Z,anna,POT-1,Pot,1,39.90
1003,not a date,anna,POT-1,Pot,1,39.90
`;
const MAPPING = {
  kind: 'orderLines',
  fields: {
    orderId: { columns: ['Order'] },
    time: { columns: ['Date'] },
    user: { columns: ['Customer'] },
    productId: { columns: ['SKU'] },
    productName: { columns: ['Product'] },
    quantity: { columns: ['Quantity'] },
    unitPrice: { columns: ['Unit price'] },
  },
};

let folder: string;
let dataDir: string;
let server: ChildProcess;
let url: string;

/** Runs a command to its end. */
async function qianmian(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, QM_DATA_DIR: dataDir, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (piece) => {
    out += piece;
  });
  child.stderr.on('data', (piece) => {
    err += piece;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err, json: () => JSON.parse(out) };
}

async function announced(): Promise<{ url: string; pid: number }> {
  for (;;) {
    const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => '');
    if (text) return JSON.parse(text);
    await sleep(50);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qianmian-cli-'));
  dataDir = join(folder, 'data');
  await writeFile(join(folder, 'orders.csv'), ORDERS);
  await writeFile(join(folder, 'mapping.json'), JSON.stringify(MAPPING));
  server = spawn(process.execPath, [BIN, 'start'], {
    env: { ...process.env, QM_DATA_DIR: dataDir, QM_PORT: '0', QM_LOG_LEVEL: 'error', QM_URL: '' },
    stdio: 'ignore',
  });
  url = (await announced()).url;
});

afterAll(async () => {
  if (server.exitCode === null) {
    server.kill('SIGKILL');
    const { pid } = await announced().catch(() => ({ pid: 0 }));
    if (pid) process.kill(pid, 'SIGKILL');
  }
  await rm(folder, { recursive: true, force: true });
});

describe('beside a running server', () => {
  it('imports a folder of files, tells the totals as one JSON object, and takes them back out', async () => {
    const imported = await qianmian([
      ...['import', join(folder, 'orders.csv'), '--mapping', join(folder, 'mapping.json')],
      ...['--workspace', 'tea', '--currency', 'EUR', '--time-zone', 'Europe/Berlin', '--json'],
    ]);
    expect(imported.err).toContain('Made the workspace "tea" (EUR, Europe/Berlin)');
    expect(imported.code).toBe(0);
    const result = imported.json();
    expect(result).toMatchObject({
      workspace: 'tea',
      state: 'done',
      rows: 5,
      orders: 3,
      people: 2,
      products: 3,
      salesCents: 2 * 1250 + 800 + 1250 + 3990,
      returnsCents: 0,
      rejected: 1,
      unused: [],
    });
    expect(result.reasons.filter((r: { kind: string }) => r.kind === 'rejected')).toHaveLength(1);

    const listed = await qianmian(['imports', '--workspace', 'tea']);
    expect(listed.out).toMatch(/done +5 +3 +2 .*orders\.csv/);

    const twice = await qianmian([
      ...[
        'import',
        join(folder, 'orders.csv'),
        '--mapping',
        join(folder, 'mapping.json'),
        '--workspace',
        'tea',
      ],
    ]);
    expect(twice.out).toMatch(/orders +3 \(0 new\)\n +people +2 \(0 new\)/);
    expect(twice.err).toContain('Nothing of it was new');
    const [second] = (await qianmian(['imports', '--workspace', 'tea', '--json'])).json();
    expect(second).toMatchObject({ orders: 3, added: { orders: 0, people: 0, salesCents: 0 } });
    expect((await qianmian(['import', 'undo', second.importId, '--workspace', 'tea'])).code).toBe(0);

    expect((await qianmian(['import', 'undo', result.importId, '--workspace', 'tea'])).code).toBe(0);
    const again = await qianmian(['import', 'undo', result.importId, '--workspace', 'tea']);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(/undone/);
  });

  it('knows an export by its columns, and a workspace made for it counts as it does', async () => {
    const path = join(folder, 'retail.csv');
    await writeFile(
      path,
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,Tea,2,12/1/2010 8:26,2.50,7,United Kingdom\n',
    );
    const imported = await qianmian(['import', path, '--workspace', 'retail', '--json']);
    expect(imported.err).toContain('Read as online-retail');
    expect(imported.err).toContain('The workspace counts in GBP, Europe/London');
    expect(imported.json()).toMatchObject({
      preset: 'online-retail',
      orders: 1,
      salesCents: 500,
      currency: 'GBP',
    });
    const guessed = await qianmian(['import', path, '--workspace', 'retail', '--preset', 'none', '--json']);
    expect(guessed.err).not.toContain('Read as');
    expect(guessed.json()).toMatchObject({ preset: null, orders: 1 });
  });

  it('prints a secret alone, and the secret opens what its role may', async () => {
    await qianmian(['workspace', 'create', 'keys', '--currency', 'USD']);
    const made = await qianmian([
      'api-key',
      'create',
      '--workspace',
      'keys',
      '--name',
      'till',
      '--role',
      'viewer',
    ]);
    expect(made.out).toMatch(/^qmk_\S+\n$/);
    const asViewer = { QM_URL: url, QM_API_KEY: made.out.trim() };
    const refused = await qianmian(['source', 'create', '--workspace', 'keys', '--name', 'x'], asViewer);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('data.write');

    const [key] = (await qianmian(['api-key', 'list', '--workspace', 'keys', '--json'])).json();
    expect((await qianmian(['api-key', 'delete', key.id, '--workspace', 'keys'])).code).toBe(0);
    const revoked = await qianmian(['workspace', 'list'], asViewer);
    expect(revoked.code).toBe(1);
    expect(revoked.err).toContain('--api-key');
  });

  it('lets who runs the server set the first account a new password, once', async () => {
    const made = await qianmian(['owner-password']);
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('owner@qianmian.example') });
    const [address, token] = made.out.trim().split('#link=');
    expect(address).toBe(`${url}/sign-in`);
    const redeem = () =>
      fetch(`${url}/v1/link/use`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, password: 'remembered again' }),
      });
    expect((await redeem()).status).toBe(200);
    expect((await redeem()).status).toBe(410);
    const nobody = await qianmian(['owner-password', '--email', 'nobody@x.example']);
    expect(nobody).toMatchObject({ code: 1, out: '' });
  });

  it('makes sources whose write key events are accepted with', async () => {
    const made = await qianmian(['source', 'create', '--workspace', 'tea', '--name', 'Shop']);
    const sent = await fetch(`${url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${made.out.trim()}:`)}` },
      body: JSON.stringify({ event: 'Cart Viewed', anonymousId: 'a' }),
    });
    expect(sent.status).toBe(200);
    expect((await qianmian(['source', 'list', '--workspace', 'tea'])).out).toContain('Shop');
  });

  it('names every field that is wrong', async () => {
    const wrong = await qianmian(['workspace', 'create', 'Not An Id']);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/\n {2}id: must be 2-40 lower-case letters/);
  });

  it('finds the installation healthy', async () => {
    const seen = await qianmian(['doctor', '--json']);
    expect(seen.json()).toMatchObject({ healthy: true });
  });
});

describe('exit codes', () => {
  it('are 2 for wrong usage and 3 for a server that does not answer', async () => {
    const ends = await Promise.all([
      qianmian(['no-such-command']),
      qianmian(['import', join(folder, 'absent.csv'), '--workspace', 'tea']),
      qianmian(['workspace', 'list', '--url', 'http://127.0.0.1:9']),
      qianmian(['import', '--help']),
    ]);
    expect(ends.map((e) => e.code)).toEqual([2, 2, 3, 0]);
  });
});

describe('without a running server', () => {
  it('starts one for the time of a command, and says why when it cannot', async () => {
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    const listed = await qianmian(['workspace', 'list', '--json']);
    expect(
      listed
        .json()
        .map((w: { id: string }) => w.id)
        .sort(),
    ).toEqual(['keys', 'retail', 'tea']);
    await expect(readFile(join(dataDir, 'server.json'))).rejects.toThrow();
    const wrong = await qianmian(['workspace', 'list'], { QM_MAIL_FROM: 'nobody' });
    expect(wrong).toMatchObject({ code: 3, out: '' });
    expect(wrong.err).toContain('QM_MAIL_FROM');
  });
});

describe('an import whose server dies', () => {
  it('is watched on when the server comes back, and said to go on by itself when it does not', async () => {
    const own = join(folder, 'dies');
    const said = async (after: number) => {
      for (;;) {
        const { pid = 0 } = JSON.parse(await readFile(join(own, 'server.json'), 'utf8').catch(() => '{}'));
        if (pid > 0 && pid !== after) return pid as number;
        await sleep(50);
      }
    };
    const start = () => {
      const env = { ...process.env, QM_DATA_DIR: own, QM_PORT: '0', QM_LOG_LEVEL: 'error', QM_URL: '' };
      return spawn(process.execPath, [BIN, 'start'], { env, stdio: 'ignore' });
    };
    const rows = Array.from(
      { length: 60_000 },
      (_, i) => `${10_000 + i},2026-05-01T10:00:00Z,c${i % 500},TEA-1,Tea,1,2.50`,
    );
    await writeFile(join(folder, 'many.csv'), `${ORDERS.split('\n')[0]}\n${rows.join('\n')}\n`);
    const order = [
      ...['import', join(folder, 'many.csv'), '--mapping', join(folder, 'mapping.json')],
      ...['--workspace', 'long', '--json', '--data-dir', own],
    ];
    start();
    const first = await said(0);
    const watched = qianmian(order);
    await uploaded(own, 'long');
    process.kill(first, 'SIGKILL');
    await sleep(500);
    start();
    const second = await said(first);
    const ended = await watched;
    process.kill(second, 'SIGKILL');
    expect(ended.err).toContain('Waiting for it to come back');
    expect(ended.code).toBe(0);
    expect(ended.json()).toMatchObject({ state: 'done', orders: 60_000, people: 500 });

    // Without a server of its own the command starts one; should that die, nothing brings it back.
    const alone = qianmian([...order, '--workspace', 'later']);
    const third = await said(second);
    await uploaded(own, 'later');
    process.kill(third, 'SIGKILL');
    const left = await alone;
    expect(left.code).toBe(3);
    expect(left.err).toContain('goes on by itself when the server starts again');
    expect(left.err).toContain('qianmian imports --workspace later');
  });
});

/** Resolves when an import runs in the workspace. */
async function uploaded(own: string, workspace: string): Promise<void> {
  const key = (await readFile(join(own, 'local-token'), 'utf8')).trim();
  const { url: at } = JSON.parse(await readFile(join(own, 'server.json'), 'utf8'));
  for (;;) {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${at}/v1/workspaces/${workspace}/imports`, { headers });
    const runs = (answer.ok ? await answer.json() : []) as { state: string }[];
    if (runs[0]?.state === 'running') return;
    await sleep(20);
  }
}
