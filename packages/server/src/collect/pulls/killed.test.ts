import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pull } from '@qianmian/contract';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { openTestServer } from '../../test-server.ts';
import { openTestPostgres } from './test-postgres.ts';

// A server that is killed without warning while it reads a table and a file, and started again on the same folder.

const ROWS = 12_000;
const lake = await mkdtemp(join(tmpdir(), 'qianmian-lake-'));
afterAll(() => rm(lake, { recursive: true, force: true }));
const { start, kill, api } = await openTestServer({
  ...{ QM_PRIVATE_HOSTS: '127.0.0.1', QM_PULL_FOLDER: lake },
});

const pulls = () => api<Pull[]>('GET', '/v1/workspaces/shop/pulls');

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 240_000;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`${what} did not come: ${JSON.stringify(await pulls())}`);
    await sleep(20);
  }
}

const startPostgres = await openTestPostgres();
it.skipIf(!startPostgres && !process.env.CI)(
  'killed again and again while it reads, each row of a table and of a file is stored once',
  { timeout: 900_000 },
  async () => {
    const server = await startPostgres!();
    const db = new pg.Client({ connectionString: server.url });
    try {
      await db.connect();
      await db.query(
        `CREATE TABLE taps AS SELECT i AS id, 'm' || (i % 50) AS member, now() - (i / 100) * interval '1 minute' AS at
         FROM generate_series(1, ${ROWS}) i`,
      );
      await mkdir(join(lake, 'shop', 'day'), { recursive: true });
      const begin = Date.now() - 3_600_000;
      const lines = Array.from(
        { length: ROWS },
        (_, i) => `f${i},m${i % 50},${new Date(begin + i).toISOString()}`,
      );
      await writeFile(join(lake, 'shop', 'day', 'taps.csv'), `id,member,at\n${lines.join('\n')}\n`);
      await utimes(join(lake, 'shop', 'day', 'taps.csv'), new Date(begin), new Date(begin));

      await start();
      await api('POST', '/v1/workspaces', { id: 'shop', name: 'Shop' });
      const fields = { time: { columns: ['at'] }, user: { columns: ['member'] } };
      const mapping = (name: string, more = {}) => ({
        ...{ kind: 'events', constants: { eventName: name }, fields: { ...fields, ...more } },
      });
      const { port, username, password } = new URL(server.url);
      await api('POST', '/v1/workspaces/shop/pulls', {
        ...{ name: 'Table', mapping: mapping('Table Tapped'), secret: password || 'none' },
        connection: {
          ...{ kind: 'postgresql', host: '127.0.0.1', port: Number(port), database: 'postgres' },
          ...{ user: username, tls: 'prefer' },
        },
        target: { of: 'table', schema: 'public', table: 'taps', cursor: 'at', key: ['id'] },
      });
      await api('POST', '/v1/workspaces/shop/pulls', {
        ...{ name: 'File', mapping: mapping('File Tapped', { messageId: { columns: ['id'] } }) },
        ...{ connection: { kind: 'folder' }, target: { of: 'files', pattern: 'day/*.csv' } },
      });
      let killedAtWork = 0;
      // Killed once with the first page durable, once in the middle of both, and once near the end of one.
      for (const rows of [1, ROWS / 2, ROWS]) {
        const read = async () => (await pulls()).reduce((sum, one) => sum + one.rows, 0) >= rows;
        await until(`${rows} rows`, read);
        if ((await pulls()).some((one) => one.isRunning)) killedAtWork += 1;
        await kill();
        await start();
      }
      expect(killedAtWork).toBeGreaterThan(0);
      await until('the end', async () => {
        const known = await pulls();
        return known.every(({ isRunning, lastRun }) => !isRunning && lastRun?.state === 'done');
      });
      await until('an empty journal', async () => {
        const health = await api<{ journalLagBytes: number }>('GET', '/healthz');
        return health.journalLagBytes === 0;
      });
      for (const { rows, lastRun } of await pulls()) {
        expect(rows).toBe(ROWS);
        expect(lastRun).toMatchObject({ rejected: 0 });
      }
      for (const name of ['Table Tapped', 'File Tapped']) {
        const stored = new Set<string>();
        let n = 0;
        for (let cursor: string | null = ''; cursor !== null; ) {
          const query = new URLSearchParams({ name, limit: '1000', ...(cursor ? { cursor } : {}) });
          const page: { rows: { messageId: string }[]; nextCursor: string | null } = await api(
            'GET',
            `/v1/workspaces/shop/events?${query}`,
          );
          for (const { messageId } of page.rows) stored.add(messageId);
          n += page.rows.length;
          cursor = page.nextCursor;
        }
        expect({ name, stored: stored.size, n }).toEqual({ name, stored: ROWS, n: ROWS });
      }
    } finally {
      await db.end();
      await server.stop();
    }
  },
);
