import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectEndpoints, pullEndpoints as e, governanceEndpoints, type Pull } from '@qianmian/contract';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HOUR, MINUTE } from '../../platform/clock.ts';
import { openOutgoing } from '../../platform/outgoing.ts';
import { testApp } from '../../test-app.ts';
import { openDatabase } from './database.ts';
import { openFolder } from './folder.ts';
import { mysqlProgram, startMysql } from './test-mysql.ts';
import { openTestPostgres } from './test-postgres.ts';
import { startS3 } from './test-s3.ts';

// Each look at another database starts an engine of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SECRET = 'v3ry-s3cret-word';
const folder = await mkdtemp(join(tmpdir(), 'qianmian-lake-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const t = await testApp({ QM_PRIVATE_HOSTS: '127.0.0.1', QM_PULL_FOLDER: folder });

/** Everything that is due is read and stored. */
async function settle(): Promise<void> {
  await t.app.pulls.enqueueDue();
  await t.app.jobs.idle();
  await t.app.collector.drained();
  await t.app.jobs.idle();
}

const one = (workspace: string, id: string): Promise<Pull> =>
  t.call(e.getPull, { params: { workspace, id } });

async function lines(workspace: string) {
  return t.app.warehouse.one<{ lines: number; orders: number; net: number }>(
    `SELECT count() AS lines, uniqExact(order_id) AS orders, sum(net_cents) AS net
     FROM collect_order_line FINAL WHERE workspace = {workspace:String} AND NOT is_deleted`,
    { workspace },
  );
}

/** As if a file had been written a while ago. */
const settled = (...path: string[]) => {
  const then = new Date(Date.now() - 60_000);
  return utimes(join(...path), then, then);
};

async function events(workspace: string) {
  return t.app.warehouse.one<{ n: number; ids: number }>(
    `SELECT count() AS n, uniqExact(message_id) AS ids FROM collect_event WHERE workspace = {workspace:String}`,
    { workspace },
  );
}

const ORDERS = {
  kind: 'orderLines',
  fields: {
    orderId: { columns: ['order_no'] },
    time: { columns: ['paid_at'] },
    productId: { columns: ['sku'] },
    quantity: { columns: ['qty'] },
    net: { columns: ['paid'] },
    user: { columns: ['member'] },
  },
};

const startPostgres = await openTestPostgres();
describe.skipIf(!startPostgres && !process.env.CI)('a table of a PostgreSQL', () => {
  let server: Awaited<ReturnType<NonNullable<typeof startPostgres>>>;
  let db: pg.Client;
  let connection: Extract<Pull['connection'], { kind: 'postgresql' }>;

  beforeAll(async () => {
    server = await startPostgres!();
    db = new pg.Client({ connectionString: server.url });
    await db.connect();
    await db.query(`
      CREATE TABLE "Order lines" (
        id bigserial PRIMARY KEY, order_no text, sku text, qty int, paid text, member text, paid_at timestamptz,
        updated_at timestamptz NOT NULL, note bytea, "weird ""name'" text DEFAULT 'x');
      CREATE TABLE hidden (id int PRIMARY KEY);
      CREATE ROLE reader LOGIN PASSWORD '${SECRET}';
      GRANT SELECT ON "Order lines" TO reader;`);
    connection = {
      kind: 'postgresql',
      host: '127.0.0.1',
      port: Number(new URL(server.url).port),
      ...{ database: 'postgres', user: 'reader', tls: 'prefer' },
    };
  });
  afterAll(async () => {
    await db?.end();
    await server?.stop();
  });

  const fill = (from: number, to: number, updated = 'now()') =>
    db.query(
      `INSERT INTO "Order lines" (order_no, sku, qty, paid, member, paid_at, updated_at)
       SELECT 'A' || (i / 2), 'P' || (i % 7), 1, '10.50', 'm' || (i % 5), '2026-05-01T08:00:00Z', ${updated}
       FROM generate_series(${from}, ${to}) i`,
    );
  const target: Extract<Pull['target'], { of: 'table' }> = {
    ...{ of: 'table', schema: 'public', table: 'Order lines', cursor: 'updated_at', key: ['id'] },
    overlap: 300,
  };

  test('is tried, shown, mapped, read row by row, and read on from where it was', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    await fill(1, 2500, "now() - interval '1 hour'");
    await db.query(`UPDATE "Order lines" SET paid = 'free' WHERE id = 7`);
    const looked = await t.call(e.lookAtPull, { params, body: { connection, secret: SECRET } });
    expect(looked.tables.map((table) => table.table)).toEqual(['Order lines']);
    expect(looked.tables[0]!.columns[0]).toEqual({ name: 'id', type: 'bigint', isKey: true });
    const sample = await t.call(e.samplePull, {
      params,
      body: { connection, secret: SECRET, schema: 'public', table: 'Order lines' },
    });
    expect(sample.headers).toContain(`weird "name'`);
    expect(sample.headers).not.toContain('note');
    expect(sample.sample[0]).toMatchObject({ order_no: 'A0', sku: 'P1', paid_at: '2026-05-01 08:00:00+00' });

    // What is long stays there: only its beginning is fetched.
    await db.query(
      `CREATE VIEW huge AS SELECT 1 AS id, repeat('x', 60000000) AS story; GRANT SELECT ON huge TO reader`,
    );
    const database = await openDatabase(connection, SECRET, { outgoing: openOutgoing(['127.0.0.1']) });
    try {
      const table = await database.table('public', 'huge');
      const all = { table, columns: table.columns, order: [], start: null, until: null, limit: 100 };
      const [row] = await database.page({ ...all, cellChars: 4000 }, true);
      expect(row!.map((cell) => cell!.length)).toEqual([1, 4000]);
    } finally {
      database.close();
    }
    await db.query('DROP VIEW huge');

    const body = { name: 'Shop', connection, secret: SECRET, target, mapping: ORDERS, everyMinutes: 60 };
    const { id } = await t.call(e.createPull, { params, body });
    await settle();
    expect(await lines(workspace)).toEqual({ lines: 2499, orders: 1251, net: 2499 * 1050 });
    const read = await one(workspace, id);
    expect(read).toMatchObject({ state: 'active', rows: 2500, isRunning: false, lastError: null });
    expect(read.lastRun).toMatchObject({ state: 'done', trigger: 'schedule', rows: 2500, rejected: 1 });
    const notes = await t.call(e.listPullNotes, { params: { workspace, id, runId: read.lastRun!.id } });
    expect(notes.rows).toMatchObject([{ kind: 'rejected', code: 'bad_amount', row: 7, file: 'Order lines' }]);
    expect(notes.rows[0]!.raw).toContain('"free"');

    // An hour later: a row was written, one mended, and one committed late with an earlier moment.
    await fill(2501, 2501, "now() - interval '2 minutes'");
    await db.query(`UPDATE "Order lines" SET paid = '8.00', updated_at = now() WHERE id = 7`);
    t.clock.advance(HOUR);
    await settle();
    expect(await lines(workspace)).toEqual({ lines: 2501, orders: 1251, net: 2500 * 1050 + 800 });
    await fill(2502, 2502, "now() - interval '4 minutes'");
    t.clock.advance(HOUR);
    await settle();
    expect(await lines(workspace)).toMatchObject({ lines: 2502 });
    const after = await one(workspace, id);
    // What was met again within the overlap was passed over.
    expect(after.rows).toBe(2503);
    expect(after.lastRun).toMatchObject({ rows: 1, rejected: 0 });

    const list = await t.call(collectEndpoints.listSources, { params });
    expect(list.find((source) => source.id === id)).toMatchObject({
      kind: 'pull',
      name: 'Shop',
      writeKey: '',
    });
    const said = await Promise.all([
      t.raw(e.getPull, { params: { workspace, id } }),
      t.raw(e.listPulls, { params }),
      t.raw(collectEndpoints.listSources, { params }),
      t.raw(governanceEndpoints.listAudit, { params }),
    ]);
    for (const { text } of said) expect(text).not.toContain(SECRET);
  });

  test('read again from the start or from a value, each row stays single; paused it is left alone', async () => {
    const workspace = await t.workspace();
    const body = { name: 'Again', connection, secret: SECRET, target, mapping: ORDERS, everyMinutes: null };
    const { id } = await t.call(e.createPull, { params: { workspace }, body });
    await settle();
    const before = await lines(workspace);
    expect(before.lines).toBeGreaterThan(2000);
    const { rows } = await one(workspace, id);
    await t.call(e.replayPull, { params: { workspace, id }, body: {} });
    await settle();
    expect(await lines(workspace)).toEqual(before);
    expect(await one(workspace, id)).toMatchObject({ rows: rows * 2, lastRun: { trigger: 'replay', rows } });
    await t.call(e.replayPull, { params: { workspace, id }, body: { from: '2999-01-01' } });
    await settle();
    expect((await one(workspace, id)).lastRun).toMatchObject({ trigger: 'replay', rows: 0, state: 'done' });
    const refused = await t.raw(e.replayPull, { params: { workspace, id }, body: { from: "'; DROP TABLE" } });
    expect(refused.body).toMatchObject({ code: 'pull.bad_cursor' });

    await t.call(e.updatePull, { params: { workspace, id }, body: { isPaused: true } });
    expect((await t.raw(e.runPull, { params: { workspace, id } })).body).toMatchObject({
      code: 'pull.paused',
    });
    await settle();
    expect(await one(workspace, id)).toMatchObject({ state: 'paused', nextRunAt: null });
    await t.call(e.deletePull, { params: { workspace, id } });
    expect((await t.raw(e.getPull, { params: { workspace, id } })).status).toBe(404);
    expect(await lines(workspace)).toEqual(before);
    // Made anew, its rows are the same rows.
    await t.call(e.createPull, { params: { workspace }, body });
    await settle();
    expect(await lines(workspace)).toEqual(before);
  });

  test('rows that share a moment are all read, whatever the page, and a run that dies loses and doubles nothing', async () => {
    const workspace = await t.workspace();
    await db.query(`
      CREATE TABLE visits AS SELECT i AS id, 'm' || (i % 50) AS member, 'Store Visited' AS name,
        '2026-05-02 10:00:00'::timestamp AS at, i AS place FROM generate_series(1, 6000) i;
      GRANT SELECT ON visits TO reader`);
    const mapping = {
      kind: 'events',
      fields: {
        eventName: { columns: ['name'] },
        time: { columns: ['at'] },
        user: { columns: ['member'] },
      },
      properties: { place: { column: 'place', type: 'number' } },
    };
    const visits = { of: 'table' as const, schema: 'public', table: 'visits', cursor: 'at', key: ['id'] };
    const body = { name: 'Visits', connection, secret: SECRET, target: visits, mapping, everyMinutes: 5 };
    // The process ends after pages were made durable and before the place moved behind them.
    const crash = t.app.pullRuns.advance;
    let left = 2;
    t.app.pullRuns.advance = async (...args) => {
      left -= 1;
      if (left < 0) throw new Error('The power is gone.');
      return crash(...args);
    };
    const { id } = await t.call(e.createPull, { params: { workspace }, body });
    await settle();
    t.app.pullRuns.advance = crash;
    const between = await events(workspace);
    const half = await one(workspace, id);
    expect(between.n).toBeGreaterThan(half.rows);
    expect(half).toMatchObject({ state: 'failing', lastErrorCode: 'pull.failed', failures: 1 });
    t.clock.advance(2 * MINUTE);
    await settle();
    expect(await events(workspace)).toEqual({ n: 6000, ids: 6000 });
    expect(await one(workspace, id)).toMatchObject({ state: 'active', rows: 6000, failures: 0 });
  });

  test('rows of the hour that comes twice are read, where moments stand without a zone', async () => {
    const workspace = await t.workspace();
    await db.query(`
      CREATE TABLE wall (id serial PRIMARY KEY, at timestamp);
      INSERT INTO wall (at) SELECT now() AT TIME ZONE 'UTC' FROM generate_series(1, 5);
      GRANT SELECT ON wall TO reader`);
    const mapping = {
      ...{ kind: 'events', constants: { eventName: 'Seen', user: 'u' } },
      fields: { time: { columns: ['at'] } },
    };
    const of = { of: 'table' as const, schema: 'public', table: 'wall', cursor: 'at', key: ['id'] };
    const body = { name: 'W', connection, secret: SECRET, target: of, mapping, everyMinutes: 5 };
    const { id } = await t.call(e.createPull, { params: { workspace }, body });
    await settle();
    expect((await one(workspace, id)).rows).toBe(5);
    await db.query(`
      INSERT INTO wall (at) SELECT max(at) - interval '48 minutes' FROM wall;
      INSERT INTO wall (at) SELECT max(at) - interval '18 minutes' FROM wall`);
    t.clock.advance(5 * MINUTE);
    await settle();
    expect(await one(workspace, id)).toMatchObject({ rows: 7, lastRun: { rows: 2 } });
  });

  test('rows without a key are counted and told, once, and the others are read', async () => {
    const workspace = await t.workspace();
    await db.query(`
      CREATE TABLE nameless (id text, "no" int, at timestamptz, name text);
      INSERT INTO nameless SELECT CASE WHEN i % 2 = 0 THEN 'k' || i END, i % 3, '2026-05-01T10:00:00Z', 'Seen'
        FROM generate_series(1, 2500) i;
      GRANT SELECT ON nameless TO reader`);
    const mapping = {
      kind: 'events',
      fields: { eventName: { columns: ['name'] }, time: { columns: ['at'] }, user: { columns: ['id'] } },
    };
    const of = { of: 'table' as const, schema: 'public', table: 'nameless', cursor: 'at', key: ['id', 'no'] };
    const body = { name: 'N', connection, secret: SECRET, target: of, mapping, everyMinutes: 5 };
    const { id } = await t.call(e.createPull, { params: { workspace }, body });
    await settle();
    expect(await events(workspace)).toEqual({ n: 1250, ids: 1250 });
    const read = await one(workspace, id);
    expect(read.lastRun).toMatchObject({ state: 'done', rows: 2500, rejected: 1250 });
    const notes = await t.call(e.listPullNotes, { params: { workspace, id, runId: read.lastRun!.id } });
    expect(notes.rows).toMatchObject([
      { kind: 'rejected', code: 'no_key', message: expect.stringMatching(/^1250 rows/) },
    ]);
    await db.query(
      `INSERT INTO nameless VALUES (NULL, 1, '2026-05-02', 'Seen'), ('k1', NULL, '2026-05-02', 'Seen')`,
    );
    t.clock.advance(5 * MINUTE);
    await settle();
    expect((await one(workspace, id)).lastRun).toMatchObject({ rows: 2, rejected: 2 });
    await db.query(`INSERT INTO nameless VALUES ('k1', 1, '2026-05-03', 'Seen')`);
    t.clock.advance(5 * MINUTE);
    await settle();
    expect((await one(workspace, id)).lastRun).toMatchObject({ rows: 1, rejected: 0 });
    expect(await events(workspace)).toEqual({ n: 1251, ids: 1251 });
  });

  test('another database is read from its start and its rows are its own; the same one at another place is read on', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    const table = `
      CREATE TABLE clicks (id int PRIMARY KEY, at timestamptz);
      INSERT INTO clicks SELECT i, '2026-05-01T08:00:00Z'::timestamptz + i * interval '1 minute' FROM generate_series(1, 3) i;
      GRANT SELECT ON clicks TO reader`;
    await db.query(table);
    await db.query('CREATE DATABASE branch');
    const branch = new pg.Client({ connectionString: server.url.replace(/\/postgres(?=\?|$)/, '/branch') });
    await branch.connect();
    await branch.query(table);
    await branch.end();
    const body = {
      ...{ name: 'Clicks', connection, secret: SECRET, everyMinutes: 5 },
      target: { of: 'table' as const, schema: 'public', table: 'clicks', cursor: 'at', key: ['id'] },
      mapping: {
        ...{ kind: 'events', constants: { eventName: 'Clicked', user: 'u' } },
        fields: { time: { columns: ['at'] } },
      },
    };
    const { id } = await t.call(e.createPull, { params, body });
    await settle();
    expect(await events(workspace)).toEqual({ n: 3, ids: 3 });
    const moved = { connection: { ...connection, database: 'branch' } };
    await t.call(e.updatePull, { params: { workspace, id }, body: moved });
    t.clock.advance(5 * MINUTE);
    await settle();
    expect(await events(workspace)).toEqual({ n: 6, ids: 6 });
    await db.query(`INSERT INTO clicks VALUES (4, '2026-05-01T09:00:00Z')`);
    await t.call(e.updatePull, { params: { workspace, id }, body: { connection, isSameData: true } });
    t.clock.advance(5 * MINUTE);
    await settle();
    expect((await one(workspace, id)).lastRun).toMatchObject({ state: 'done', rows: 1 });
    expect(await events(workspace)).toEqual({ n: 7, ids: 7 });
  });

  test('that cannot be reached or read is told in words, tried later each time, and nobody else waits', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    const look = async (change: object, secret = SECRET) =>
      (await t.raw(e.lookAtPull, { params, body: { connection: { ...connection, ...change }, secret } }))
        .body as {
        code: string;
      };
    expect((await look({ user: 'nobody' })).code).toBe('pull.refused');
    expect((await look({ port: 1 })).code).toBe('pull.unreachable');
    expect((await look({ database: 'nowhere' })).code).toBe('pull.no_database');
    expect((await look({ tls: 'require' })).code).toBe('pull.tls');
    expect((await look({ host: '10.0.0.1' })).code).toBe('outgoing.private_host');
    const body = { name: 'X', connection, secret: SECRET, target, mapping: ORDERS };
    const attempt = async (change: object) =>
      (await t.raw(e.createPull, { params, body: { ...body, ...change } })).body as { code: string };
    expect((await attempt({ target: { ...target, table: 'hidden' } })).code).toBe('pull.no_table');
    expect((await attempt({ target: { ...target, table: `x"; DROP TABLE "Order lines` } })).code).toBe(
      'pull.no_table',
    );
    expect((await attempt({ target: { ...target, cursor: `1) OR (1` } })).code).toBe('pull.no_column');
    expect((await attempt({ secret: undefined })).code).toBe('pull.secret_missing');

    const { id } = await t.call(e.createPull, { params, body });
    await settle();
    const { rows } = await one(workspace, id);
    // A secret goes to the place it was given for only.
    const moved = { connection: { ...connection, host: '127.0.0.1', port: 5 } };
    expect((await t.raw(e.updatePull, { params: { workspace, id }, body: moved })).body).toMatchObject({
      code: 'pull.secret_missing',
    });
    const elsewhere = { connection: moved.connection, pullId: id };
    expect((await t.raw(e.lookAtPull, { params, body: elsewhere })).body).toMatchObject({
      code: 'pull.secret_missing',
    });
    await db.query('ALTER TABLE "Order lines" RENAME sku TO article');
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      t.clock.advance(6 * HOUR);
      const at = t.clock.now();
      await settle();
      const failing = await one(workspace, id);
      expect(failing).toMatchObject({ state: 'failing', lastErrorCode: 'pull.no_column', failures: i + 1 });
      waits.push(Date.parse(failing.nextRunAt!) - at);
    }
    expect(waits).toEqual([MINUTE, 5 * MINUTE, 15 * MINUTE]);
    await db.query('ALTER TABLE "Order lines" RENAME article TO sku');
    await t.call(e.runPull, { params: { workspace, id } });
    await settle();
    expect(await one(workspace, id)).toMatchObject({ state: 'active', failures: 0, rows });
  });
});

const mysql = mysqlProgram();
if (!mysql) console.warn('There is no MySQL or MariaDB on this machine: reading it is not tried.');
describe.skipIf(!mysql && !process.env.CI)('a table of a MySQL', () => {
  test('is read by moments, dates and numbers, whatever the zone of the server', async () => {
    const workspace = await t.workspace();
    const server = await startMysql(
      mysql!,
      `CREATE DATABASE shop CHARACTER SET utf8mb4;
       CREATE USER 'reader'@'127.0.0.1' IDENTIFIED BY '${SECRET}';
       GRANT SELECT ON shop.* TO 'reader'@'127.0.0.1';
       CREATE TABLE shop.\`order lines\` (id bigint PRIMARY KEY AUTO_INCREMENT, order_no varchar(40), sku varchar(40),
         qty int, paid decimal(12,2), member varchar(40), paid_at timestamp(6) NULL, day date, picture blob,
         updated_at timestamp(6) NOT NULL DEFAULT current_timestamp(6));
       USE shop;
       USE shop;
       INSERT INTO shop.\`order lines\` (order_no, sku, qty, paid, member, paid_at, day)
         SELECT concat('订单', seq DIV 2), '牛奶', 1, 10.50, concat('m', seq % 5), '2026-05-01 08:00:00', '2026-05-01'
         FROM seq_1_to_1800;
       CREATE TABLE shop.nameless AS SELECT if(seq % 3 = 0, seq, NULL) AS id, concat('N', seq) AS order_no, 'T' AS sku,
         1 AS qty, 10.50 AS paid, 'm' AS member, timestamp('2026-05-01 08:00:00') AS paid_at FROM seq_1_to_1200;`,
    );
    try {
      const { port } = server;
      const connection = {
        kind: 'mysql',
        host: '127.0.0.1',
        port,
        database: 'shop',
        user: 'reader',
      } as const;
      const params = { workspace };
      const wrong = await t.raw(e.lookAtPull, { params, body: { connection, secret: 'wrong' } });
      expect(wrong.body).toMatchObject({ code: 'pull.refused' });
      const { tables } = await t.call(e.lookAtPull, { params, body: { connection, secret: SECRET } });
      expect(tables.map(({ schema, table }) => `${schema}.${table}`)).toContain('shop.order lines');
      const of = { of: 'table', schema: 'shop', table: 'order lines' } as const;
      const sample = await t.call(e.samplePull, {
        params,
        body: { connection, secret: SECRET, schema: 'shop', table: 'order lines' },
      });
      expect(sample.sample[0]).toMatchObject({
        sku: '牛奶',
        paid: '10.50',
        paid_at: expect.stringMatching(/Z$/),
      });
      const nameless = await t.workspace();
      const { id: poor } = await t.call(e.createPull, {
        params: { workspace: nameless },
        body: {
          ...{ name: 'Poor', connection, secret: SECRET, mapping: ORDERS, everyMinutes: 60 },
          target: { ...of, table: 'nameless', cursor: 'paid_at', key: ['id'] },
        },
      });
      await settle();
      expect(await lines(nameless)).toMatchObject({ lines: 400 });
      expect((await one(nameless, poor)).lastRun).toMatchObject({ state: 'done', rows: 1200, rejected: 800 });
      for (const cursor of ['updated_at', 'id', 'day']) {
        const home = await t.workspace();
        const body = {
          ...{ name: 'My', connection, secret: SECRET, mapping: ORDERS, everyMinutes: 60 },
          target: { ...of, cursor, key: ['id'] },
        };
        const { id } = await t.call(e.createPull, { params: { workspace: home }, body });
        await settle();
        expect(await lines(home), cursor).toEqual({ lines: 1800, orders: 901, net: 1800 * 1050 });
        t.clock.advance(HOUR);
        if (cursor === 'updated_at') await settle();
        expect(await one(home, id), cursor).toMatchObject({ state: 'active', failures: 0, rows: 1800 });
        const [told] = await t.app.warehouse.query<{ order_id: string; time: string }>(
          `SELECT order_id, toString(time) AS time FROM collect_order_line FINAL
           WHERE workspace = {home:String} ORDER BY order_id LIMIT 1`,
          { home },
        );
        // Half past five east of Greenwich is where this server stands.
        expect(told, cursor).toMatchObject({ order_id: '订单0', time: '2026-05-01 02:30:00.000' });
      }
    } finally {
      await server.stop();
    }
  });
});

const CSV = 'order_no,sku,qty,paid,member,paid_at\n';
const rowsOf = (from: number, to: number) =>
  Array.from(
    { length: to - from + 1 },
    (_, i) => `B${Math.floor((from + i) / 2)},P${(from + i) % 7},1,10.50,m${i % 5},2026-05-01T08:00:00Z\n`,
  ).join('');

test('objects of a storage are read once each, changed ones anew, whatever is wrong with one', async () => {
  const account = { accessKey: 'AKIATEST', secret: SECRET, region: 'cn-test-1', bucket: 'shop-lake' };
  const s3 = await startS3(account);
  try {
    const workspace = await t.workspace();
    const params = { workspace };
    const at = (day: number) => Date.parse(`2026-05-0${day}T00:00:00Z`);
    const put = (path: string, text: string, day: number) =>
      s3.objects.set(path, { body: Buffer.from(text), changedAt: at(day) });
    put('orders/2026/第一 day+1.csv', CSV + rowsOf(1, 40), 1);
    put('orders/2026/b.csv', `${CSV}${rowsOf(41, 60)}B99,P1,1,free,m1,2026-05-01T08:00:00Z\n`, 2);
    put('orders/2026/empty.csv', '', 3);
    put('orders/2026/other.csv', 'a,b\n1,2\n', 4);
    put('orders/readme.txt', 'nothing', 4);
    put('elsewhere/x.csv', CSV + rowsOf(900, 950), 4);
    const { accessKey, region, bucket } = account;
    const connection = {
      kind: 's3',
      endpoint: s3.endpoint,
      region,
      bucket,
      accessKey,
      addressing: 'path',
    } as const;
    const wrong = await t.raw(e.lookAtPull, { params, body: { connection, secret: 'wrong' } });
    expect(wrong.body).toMatchObject({ code: 'pull.refused' });
    expect(wrong.text).not.toContain('secret things');
    const pattern = 'orders/**.csv';
    const looked = await t.call(e.lookAtPull, { params, body: { connection, secret: SECRET, pattern } });
    expect(looked.files.map((file) => file.path)).toEqual([
      'orders/2026/other.csv',
      'orders/2026/empty.csv',
      'orders/2026/b.csv',
      'orders/2026/第一 day+1.csv',
    ]);
    const body = {
      ...{ name: 'Lake', connection, secret: SECRET, mapping: ORDERS, everyMinutes: 60 },
      target: { of: 'files', pattern } as const,
    };
    const { id } = await t.call(e.createPull, { params, body });
    await settle();
    expect(await lines(workspace)).toMatchObject({ lines: 60, net: 60 * 1050 });
    const read = await one(workspace, id);
    expect(read).toMatchObject({ state: 'active', position: { of: 'files', files: 4 } });
    expect(read.lastRun).toMatchObject({ state: 'done', files: 4, rejected: 3 });
    const notes = await t.call(e.listPullNotes, { params: { workspace, id, runId: read.lastRun!.id } });
    expect(notes.rows.map(({ file, code, row }) => [file, code, row]).sort()).toEqual([
      ['orders/2026/b.csv', 'bad_amount', 21],
      ['orders/2026/empty.csv', 'unreadable_file', 0],
      ['orders/2026/other.csv', 'mapping_misfit', 0],
    ]);

    s3.asked.length = 0;
    t.clock.advance(HOUR);
    await settle();
    expect(s3.asked.every((path) => path.includes('list-type=2'))).toBe(true);
    put('orders/2026/b.csv', CSV + rowsOf(41, 80), 5);
    put('orders/2026/c.csv', CSV + rowsOf(81, 90), 5);
    t.clock.advance(HOUR);
    await settle();
    expect(await lines(workspace)).toMatchObject({ lines: 90, net: 90 * 1050 });
    expect((await one(workspace, id)).lastRun).toMatchObject({ files: 2, rows: 50 });
    await t.call(e.replayPull, { params: { workspace, id }, body: { from: '2026-05-05' } });
    await settle();
    expect((await one(workspace, id)).lastRun).toMatchObject({ trigger: 'replay', files: 2 });
    expect(await lines(workspace)).toMatchObject({ lines: 90 });
  } finally {
    await s3.stop();
  }
});

/** Where files of a workspace are put. */
async function folderOf(workspace: string): Promise<string> {
  await mkdir(join(folder, workspace), { recursive: true });
  return join(folder, workspace);
}

test('a workspace reads its own folder: where it has none it is told where, and nothing of another is seen', async () => {
  const [workspace, other] = [await t.workspace(), await t.workspace()];
  const params = { workspace };
  const connection = { kind: 'folder' } as const;
  const its = await folderOf(other);
  await writeFile(join(its, 'theirs.csv'), CSV + rowsOf(1, 10));
  await writeFile(join(folder, 'of-nobody.csv'), CSV + rowsOf(1, 10));
  const look = (pattern: string) => t.raw(e.lookAtPull, { params, body: { connection, pattern } });
  const told = await look('**');
  expect(told).toMatchObject({ status: 422, body: { code: 'pull.no_folder_here' } });
  expect(told.text).toContain(`\\"${workspace}\\"`);
  expect(told.text).not.toContain(folder);
  // A link in its place would lead to whatever somebody likes.
  await symlink(its, join(folder, workspace));
  expect((await look('**')).status).toBe(422);
  await rm(join(folder, workspace));

  await writeFile(join(await folderOf(workspace), 'ours.csv'), CSV + rowsOf(1, 10));
  for (const pattern of ['**', `${other}/*`, '*.csv', 'theirs.csv', 'of-nobody.csv']) {
    const { files } = (await look(pattern)).body as { files: { path: string }[] };
    expect(files.map((file) => file.path)).toEqual(pattern.startsWith('*') ? ['ours.csv'] : []);
    if (pattern.startsWith('*')) continue;
    const sampled = await t.raw(e.samplePull, { params, body: { connection, pattern } });
    expect(sampled).toMatchObject({ status: 422, body: { code: 'pull.no_files' } });
  }
});

test('a folder is read below the one that is configured, and nothing beside it', async () => {
  const workspace = await t.workspace();
  const params = { workspace };
  const lake = await folderOf(workspace);
  const outside = await mkdtemp(join(tmpdir(), 'qianmian-outside-'));
  try {
    await writeFile(join(outside, 'secret.csv'), CSV + rowsOf(500, 510));
    await mkdir(join(lake, 'day'), { recursive: true });
    await writeFile(join(lake, 'day', 'a.csv'), CSV + rowsOf(1, 10));
    await settled(lake, 'day', 'a.csv');
    await symlink(outside, join(lake, 'way-out'));
    await symlink(join(outside, 'secret.csv'), join(lake, 'day', 'link.csv'));
    const connection = { kind: 'folder' } as const;
    const { files } = await t.call(e.lookAtPull, { params, body: { connection } });
    expect(files.map((file) => file.path)).toEqual(['day/a.csv']);
    for (const pattern of ['../*', '/etc/*', 'day/../../*'])
      expect(
        (
          await t.raw(e.createPull, {
            params,
            body: { name: 'x', connection, target: { of: 'files', pattern }, mapping: ORDERS },
          })
        ).status,
        pattern,
      ).toBe(400);
    const body = {
      ...{ name: 'Folder', connection, mapping: ORDERS, everyMinutes: 1 },
      target: { of: 'files', pattern: '**/*.csv' } as const,
    };
    const { id } = await t.call(e.createPull, { params, body });
    await settle();
    expect(await lines(workspace)).toMatchObject({ lines: 10 });
    // What is being written is left for a minute, whatever the schedule says: it ends where nobody meant it to.
    await t.call(e.updatePull, { params: { workspace, id }, body: { everyMinutes: 1440 } });
    await appendFile(join(lake, 'day', 'a.csv'), `${rowsOf(11, 11)}B6,P5,1,1`);
    await t.call(e.runPull, { params: { workspace, id } });
    await settle();
    expect(await lines(workspace)).toMatchObject({ lines: 10 });
    expect((await one(workspace, id)).lastRun).toMatchObject({ state: 'done', files: 0, rows: 0 });
    await appendFile(join(lake, 'day', 'a.csv'), `0.50,m4,2026-05-01T08:00:00Z\n`);
    await settled(lake, 'day', 'a.csv');
    t.clock.advance(MINUTE);
    await settle();
    expect(await lines(workspace)).toMatchObject({ lines: 12 });
    expect(await one(workspace, id)).toMatchObject({ state: 'active', position: { files: 1 } });
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});

test('a file that changes between being listed and being read is left', async () => {
  const lake = await folderOf('lake');
  await writeFile(join(lake, 'growing.csv'), 'a\n1\n');
  await settled(lake, 'growing.csv');
  const storage = await openFolder(folder, 'lake');
  const [file] = await storage.list('growing.csv');
  await appendFile(join(lake, 'growing.csv'), '2\n');
  let reads = 0;
  const read = async () => {
    reads += 1;
    await appendFile(join(lake, 'growing.csv'), '3\n');
  };
  await expect(storage.withFile(file!, read)).rejects.toMatchObject({ code: 'pull.file_changing' });
  expect(reads).toBe(0);
  const [now] = await storage.list('growing.csv');
  await expect(storage.withFile(now!, read)).rejects.toMatchObject({ code: 'pull.file_changing' });
  expect(reads).toBe(1);
});

test('who may not see personal data sees the sample and the notes masked', async () => {
  const workspace = await t.workspace();
  await writeFile(
    join(await folderOf(workspace), 'people.csv'),
    'member,email,birthday\nm1,ann@example.com,1990-02-03\n,not an address,1990-02-03\n',
  );
  const body = { connection: { kind: 'folder' as const }, pattern: 'people.csv' };
  const sample = await t.call(e.samplePull, { params: { workspace }, body });
  expect(JSON.stringify(sample.sample)).toContain('ann@example.com');
  expect(sample).toMatchObject({ role: 'customers', mapping: { kind: 'customers' } });
});
