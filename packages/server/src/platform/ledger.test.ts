import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateLedger, type OpenedLedger, openLedger, outsideTransaction } from './ledger.ts';
import { PgliteThread } from './pglite.ts';
import { testLedgerUrl } from './test-ledger.ts';

let folder: string;
let ledger: OpenedLedger;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qm-ledger-'));
  ledger = await openLedger({ url: await testLedgerUrl(), folder: join(folder, 'ledger') });
});
afterAll(async () => {
  await ledger.close();
  await rm(folder, { recursive: true });
});

const one = async (db = ledger.db) =>
  (await sql<{ one: number }>`select 1 as one`.execute(db)).rows[0]?.one ?? null;

describe('migrations', () => {
  async function scripts(domain: string, files: Record<string, string>): Promise<void> {
    await mkdir(join(folder, domain, 'migrations'), { recursive: true });
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, domain, 'migrations', name), text);
  }

  it('run once and in order, however many start at the same time', async () => {
    await scripts('first', {
      '0001_a.sql': 'create table m (n integer); insert into m values (1);',
      '0002_b.sql': 'insert into m select max(n) + 1 from m;',
    });
    await Promise.all(Array.from({ length: 5 }, () => migrateLedger(ledger, folder, ['first'])));
    const { rows } = await sql<{ n: number }>`select n from m order by n`.execute(ledger.db);
    expect(rows.map((r) => r.n)).toEqual([1, 2]);
  });

  it('one that breaks off leaves nothing behind, not even a transaction', async () => {
    await scripts('second', { '0001_a.sql': 'create table half (n integer); select nonsense;' });
    await expect(migrateLedger(ledger, folder, ['second'])).rejects.toThrow('nonsense');
    expect(await Promise.all(Array.from({ length: 12 }, () => one()))).toEqual(Array(12).fill(1));
    await scripts('second', { '0001_a.sql': 'create table half (n integer);' });
    await migrateLedger(ledger, folder, ['second']);
    expect((await sql`select * from half`.execute(ledger.db)).rows).toEqual([]);
  });
});

describe('inside a transaction', () => {
  // A served ledger has other connections, and does not mind.
  it.skipIf(process.env.TEST_LEDGER_URL)(
    'the ledger itself cannot be used, instead of waiting for ever',
    async () => {
      const body = ledger.db.transaction().execute(async (trx) => {
        expect(await one(trx as never)).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return one();
      });
      await expect(body).rejects.toThrow('pass the transaction on');
      expect(await one()).toBe(1);
      await expect(
        ledger.db.transaction().execute(() => ledger.db.transaction().execute(async () => 1)),
      ).rejects.toThrow('pass the transaction on');
    },
  );

  it('others wait their turn, and what it starts apart from itself does too', async () => {
    let apart: Promise<number | null> = Promise.resolve(null);
    const first = ledger.db.transaction().execute(async (trx) => {
      apart = outsideTransaction(() => one());
      await new Promise((resolve) => setTimeout(resolve, 20));
      return one(trx as never);
    });
    expect(await Promise.all([first, one(), one()])).toEqual([1, 1, 1]);
    expect(await apart).toBe(1);
    expect(await one()).toBe(1);
  });
});

describe('the thread of the embedded ledger', () => {
  const thread = (onQuery: string) =>
    new Worker(
      `const { parentPort } = require('node:worker_threads');
       parentPort.postMessage({ id: 0 });
       parentPort.on('message', ({ id, op }) => {
         if (op === 'close') { parentPort.postMessage({ id }); parentPort.close(); } else { ${onQuery} }
       });`,
      { eval: true },
    );

  it('that dies is reported, and fails what waited for it', async () => {
    const deaths: string[] = [];
    const dying = await PgliteThread.over(thread(`throw new Error('out of memory')`), (e) =>
      deaths.push(e.message),
    );
    await expect(dying.query('select 1')).rejects.toThrow('out of memory');
    await expect(dying.query('select 1')).rejects.toThrow('out of memory');
    expect(deaths).toEqual(['out of memory']);
  });

  it('that is closed is not', async () => {
    const deaths: string[] = [];
    const worker = thread('');
    const closing = await PgliteThread.over(worker, (e) => deaths.push(e.message));
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    await closing.close();
    await gone;
    expect(deaths).toEqual([]);
  });
});
