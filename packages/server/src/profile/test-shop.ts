import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientKey } from '@qianmian/contract';
import { catalogMigrations, openCatalog } from '../catalog/index.ts';
import {
  cleaningWarehouse,
  collectMigrations,
  collectWarehouse,
  type Fact,
  openCollector,
} from '../collect/index.ts';
import { openWorkspaces } from '../governance/index.ts';
import { identityMigrations, openIdentity } from '../identity/index.ts';
import { Bus } from '../platform/bus.ts';
import { FakeClock } from '../platform/clock.ts';
import { hash64 } from '../platform/hash64.ts';
import { Jobs } from '../platform/jobs.ts';
import { openJournal } from '../platform/journal.ts';
import { migrateLedger, openLedger } from '../platform/ledger.ts';
import { openLog } from '../platform/log.ts';
import { openMetrics } from '../platform/metrics.ts';
import { testLedgerUrl } from '../platform/test-ledger.ts';
import { openOnce, storesFolder } from '../platform/test-stores.ts';
import { migrateWarehouse, openWarehouse, type WarehouseMigration } from '../platform/warehouse.ts';
import { openProfile, profileMigrations, type SegmentMembers } from './index.ts';

/**
 * A shop for tests: real stores, the road from facts to the warehouse, identity and profile; no HTTP. One a process,
 * since the embedded warehouse is one a process. What stands to the right of profile brings its own tables.
 */
export async function openShop(
  right: { migrations?: WarehouseMigration[]; domains?: string[]; logLevel?: string } = {},
) {
  const folder = await storesFolder('qianmian-shop-');
  const clock = new FakeClock('2026-06-01T04:00:00Z');
  const log = openLog(process.env.TEST_LOG ?? right.logLevel ?? 'error');
  const ledger = await openLedger({ url: await testLedgerUrl(), folder: join(folder, 'ledger') });
  await migrateLedger(ledger, join(import.meta.dirname, '..'), [
    'platform',
    'governance',
    'catalog',
    'collect',
    'identity',
    'profile',
    ...(right.domains ?? []),
  ]);
  const warehouse = await openWarehouse({ url: null, cluster: null, folder: join(folder, 'warehouse') });
  await migrateWarehouse(warehouse, [
    ...catalogMigrations,
    ...collectMigrations,
    ...identityMigrations,
    ...profileMigrations,
    ...(right.migrations ?? []),
  ]);
  const bus = new Bus(log);
  const metrics = openMetrics();
  const jobs = new Jobs(ledger.db, { clock, log, metrics, worker: 'test' });
  const base = { ledger: ledger.db, warehouse, clock, log, bus, jobs, metrics };
  const workspaces = openWorkspaces(base);
  const catalog = openCatalog(base);
  const identity = openIdentity({ ...base, workspaces });
  const members: SegmentMembers = {
    source: async () => ({ sql: 'SELECT toUInt32(0) AS person WHERE 0', params: {} }),
    segmentsOf: async () => [],
  };
  const profile = openProfile({
    ...base,
    workspaces,
    identity,
    members,
    setAside: collectWarehouse(warehouse).insertQuarantine,
    imputedLines: cleaningWarehouse(warehouse).imputedLines,
  });
  const journal = await openJournal(join(folder, 'journal'));
  const collector = openCollector({
    ...base,
    warehouse: collectWarehouse(warehouse),
    journal,
    workspaces,
    resolve: identity.resolve,
    hashOf: hash64,
    sinks: [
      profile.sink,
      async (batch) => {
        await catalog.upsertProducts(batch.workspace, batch.products, batch);
        await catalog.upsertStores(batch.workspace, batch.stores, batch);
        await catalog.recordStock(batch.workspace, batch.stocks, batch);
      },
    ],
  });
  let made = 0;

  return {
    ...base,
    workspaces,
    catalog,
    identity,
    profile,
    /** Handed to profile already; what stands to the right may replace its verbs. */
    members,

    /** A workspace of its own for a test. */
    async workspace(settings: { currency?: string; timeZone?: string } = {}): Promise<string> {
      made += 1;
      const id = `s${process.pid}-${made}`;
      await workspaces.create(
        { id, name: `Shop ${made}`, currency: 'CNY', timeZone: 'Asia/Shanghai', ...settings },
        null,
      );
      return id;
    },

    /** Facts arrive and can be queried when this resolves; profiles are not computed yet. */
    async collect(
      workspace: string,
      facts: readonly Fact[],
      importId = '',
      source = 'test',
      client: ClientKey | null = null,
    ): Promise<void> {
      const stored = await collector.store({
        workspace,
        source,
        importId,
        receivedAt: clock.now(),
        token: randomUUID(),
        facts,
        client,
        isHeard: client !== null,
      });
      await bus.announce('collect.stored', stored.said);
    },

    /** The person behind a user id. */
    async person(workspace: string, user: string): Promise<number> {
      return (await identity.personOf(workspace, { type: 'user', value: user })) ?? 0;
    },

    async close(): Promise<void> {
      await jobs.close();
      await journal.close();
      await ledger.close();
      await warehouse.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** The one shop of a file of tests. */
export const shop = (right?: Parameters<typeof openShop>[0]): Promise<Shop> =>
  openOnce(() => openShop(right));

/** A purchase of one line. */
export function purchase(
  user: string,
  orderId: string,
  time: string | number,
  netCents: number,
  more: object = {},
): Fact {
  return {
    kind: 'orderLine',
    orderId,
    lineId: '1',
    lineKind: 'sale',
    time: typeof time === 'number' ? time : Date.parse(time),
    identifiers: [{ type: 'user', value: user }],
    channel: 'web',
    productId: 'sku-1',
    quantity: 1,
    unitPriceCents: netCents,
    discountCents: 0,
    netCents,
    currency: 'CNY',
    ...more,
  };
}

/** What is said about a person. */
export function told(user: string, time: string, traits: Record<string, string | number | boolean>): Fact {
  return {
    kind: 'person',
    time: Date.parse(time),
    identifiers: [{ type: 'user', value: user }],
    traits,
  };
}

let messages = 0;
/** Something that happened. */
export function happened(
  user: string,
  name: string,
  time: string | number,
  properties: Record<string, unknown> = {},
): Fact {
  messages += 1;
  return {
    kind: 'event',
    messageId: `m${process.pid}-${messages}`,
    name,
    time: typeof time === 'number' ? time : Date.parse(time),
    identifiers: [{ type: 'user', value: user }],
    properties,
  };
}
