import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { collectEndpoints } from '@qianmian/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, buildApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { FakeClock, MINUTE, SECOND } from '../platform/clock.ts';
import { openLog } from '../platform/log.ts';
import { type SmallDisk, smallDisk } from '../platform/test-disk.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { openStores } from '../stores.ts';

const MEGABYTE = 1024 * 1024;
const TOKEN = 'local-token-of-tests';
const clock = new FakeClock('2026-06-01T04:00:00Z');
const dataDir = await mkdtemp(join(tmpdir(), 'qianmian-faults-'));
const journalDisk = smallDisk(join(dataDir, 'journal'), 16);
const warehouseDisk = smallDisk(join(dataDir, 'warehouse'), 256);
if (!journalDisk || !warehouseDisk)
  console.warn('Full disks are not tried: mounting a small one is for root.');

/** A server that nobody runs: what asks it fails as it does in life. */
const nobody = createClient({
  url: 'http://127.0.0.1:9',
  request_timeout: 2000,
  log: { level: ClickHouseLogLevel.OFF },
});
let isDown = false;
let app: App;

/** The real warehouse, out of reach while `isDown`. */
function reachable(warehouse: Warehouse): Warehouse {
  return new Proxy(warehouse, {
    get(real, name: keyof Warehouse) {
      const value = real[name];
      if (typeof value !== 'function' || name === 'close') return value;
      return (...given: unknown[]) =>
        isDown
          ? nobody.query({ query: 'SELECT 1' })
          : (value as (...given: unknown[]) => unknown).apply(real, given);
    },
  });
}

beforeAll(async () => {
  const config = readConfig({ QM_DATA_DIR: dataDir, QM_LOG_LEVEL: 'silent', QM_MIN_FREE_MB: '1' });
  const stores = await openStores(config);
  app = await buildApp({
    config,
    ledger: stores.ledger,
    warehouse: reachable(stores.warehouse),
    clock,
    log: openLog(config.logLevel),
    localToken: TOKEN,
    consoleDir: null,
  });
  await app.start();
});
afterAll(async () => {
  isDown = false;
  for (const disk of [journalDisk, warehouseDisk]) disk?.empty();
  await app?.close();
  await nobody.close();
  for (const disk of [journalDisk, warehouseDisk]) disk?.unmount();
  await rm(dataDir, { recursive: true, force: true });
});

let shops = 0;
async function shop() {
  const workspace = `faults-${++shops}`;
  await app.workspaces.create(
    { id: workspace, name: workspace, currency: 'CNY', timeZone: 'Asia/Shanghai' },
    null,
  );
  const [source] = await app.sources.list(workspace);
  let sent = 0;
  const acknowledged: string[] = [];
  return {
    acknowledged,
    async send(events: number, filling = 100) {
      const batch = Array.from({ length: events }, () => ({
        type: 'track',
        event: 'X',
        messageId: `${workspace}-${sent++}`,
        userId: `u-${sent % 50}`,
        properties: { note: 'x'.repeat(filling) },
      }));
      const answer = await app.http.app.inject({
        method: 'POST',
        url: '/v1/batch',
        payload: { writeKey: source!.writeKey, batch },
      });
      if (answer.statusCode === 200) for (const one of batch) acknowledged.push(`client:${one.messageId}`);
      return answer;
    },
    /** Ids in the warehouse, in the order they were accepted; what is held as well. */
    async stored() {
      await app.collector.drained();
      const rows = await app.warehouse.query<{ id: string }>(
        `SELECT message_id AS id FROM collect_event WHERE workspace = {workspace:String}
         ORDER BY received_at, toUInt32(splitByChar('-', message_id)[3])`,
        { workspace },
      );
      const { rows: held } = (
        await app.http.app.inject({
          url: collectEndpoints.listQuarantine.path.replace(':workspace', workspace),
          headers: { authorization: `Bearer ${TOKEN}` },
        })
      ).json();
      return { ids: rows.map((row) => row.id), held: held.length as number };
    },
  };
}

const health = async () =>
  (await app.http.app.inject({ url: '/healthz', remoteAddress: '127.0.0.1' })).json();

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error(`not within a minute: ${what}`);
}

describe('A warehouse that cannot be reached for ten minutes', () => {
  it('keeps nobody from sending, and stores all in order, once, when it is back', {
    timeout: 180_000,
  }, async () => {
    const s = await shop();
    await s.send(10);
    await app.collector.drained();
    isDown = true;
    for (let second = 0; second < 600; second++) {
      clock.advance(SECOND);
      expect((await s.send(10, 500)).statusCode).toBe(200);
    }
    await until(() => app.collector.stuckSince() !== null, 'stuck');
    const ill = await health();
    expect(ill.status).toBe('degraded');
    expect(ill.reasons.join(' ')).toMatch(/warehouse does not answer.*wait \d+ seconds/s);
    expect(ill).toMatchObject({ lagEvents: 6000 });
    expect(ill.lagSeconds).toBeGreaterThanOrEqual((10 * MINUTE) / SECOND - 2);
    isDown = false;
    const { ids, held } = await s.stored();
    expect(held).toBe(0);
    expect(ids).toEqual(s.acknowledged);
    expect(ids).toHaveLength(6010);
    expect(await health()).toMatchObject({ status: 'ok', lagEvents: 0, lagSeconds: 0, journalLagBytes: 0 });
  });
});

describe.skipIf(!journalDisk || !warehouseDisk)('A full disk', () => {
  const [journal, warehouse] = [journalDisk as SmallDisk, warehouseDisk as SmallDisk];

  it('of the journal turns events away before it is full, and takes them when there is room', {
    timeout: 120_000,
  }, async () => {
    const s = await shop();
    expect((await s.send(20)).statusCode).toBe(200);
    journal.fill(MEGABYTE / 2);
    await until(async () => (await s.send(20)).statusCode === 503, 'refusing');
    const refused = await s.send(20);
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'collect.disk_low' });
    expect(refused.headers['retry-after']).toBe('10');
    expect(await health()).toMatchObject({ status: 'degraded', disk: { isRefusing: true } });
    journal.empty();
    await until(async () => (await s.send(20)).statusCode === 200, 'taken in again');
    const { ids, held } = await s.stored();
    expect(held).toBe(0);
    expect(ids.sort()).toEqual(s.acknowledged.sort());
    expect(await health()).toMatchObject({ status: 'ok', disk: { isRefusing: false } });
  });

  it('of the warehouse lets events wait in the journal; none is lost, doubled or set aside', {
    timeout: 180_000,
  }, async () => {
    const s = await shop();
    await s.send(10);
    await app.collector.drained();
    warehouse.fill(0);
    for (let i = 0; i < 20; i++) expect((await s.send(20, 2000)).statusCode).toBe(200);
    await until(() => app.collector.stuckSince() !== null, 'stuck');
    expect(await health()).toMatchObject({ status: 'degraded' });
    expect((await s.send(20)).statusCode).toBe(200);
    warehouse.empty();
    const { ids, held } = await s.stored();
    expect(held).toBe(0);
    expect(ids.sort()).toEqual(s.acknowledged.sort());
  });
});
