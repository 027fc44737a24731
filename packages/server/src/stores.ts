import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { campaignMigrations } from './campaign/index.ts';
import { catalogMigrations } from './catalog/index.ts';
import { collectMigrations } from './collect/index.ts';
import type { Config } from './config.ts';
import { DOMAINS } from './domains.ts';
import { identityMigrations } from './identity/index.ts';
import { migrateLedger, type OpenedLedger, openLedger } from './platform/ledger.ts';
import { migrateWarehouse, openWarehouse, type Warehouse } from './platform/warehouse.ts';
import { profileMigrations } from './profile/index.ts';
import { segmentMigrations } from './segment/index.ts';

const SOURCE_ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Opens both stores and brings them to the newest form. */
export async function openStores(
  config: Pick<Config, 'dataDir' | 'ledgerUrl' | 'warehouseUrl' | 'warehouseCluster' | 'threads'>,
): Promise<{ ledger: OpenedLedger; warehouse: Warehouse }> {
  const [ledger, warehouse] = await Promise.all([
    openLedger({ url: config.ledgerUrl, folder: join(config.dataDir, 'ledger') }),
    openWarehouse({
      url: config.warehouseUrl,
      cluster: config.warehouseCluster,
      folder: join(config.dataDir, 'warehouse'),
      threads: config.threads,
    }),
  ]);
  await Promise.all([
    migrateLedger(ledger, SOURCE_ROOT, DOMAINS),
    migrateWarehouse(warehouse, [
      ...catalogMigrations,
      ...collectMigrations,
      ...identityMigrations,
      ...profileMigrations,
      ...segmentMigrations,
      ...campaignMigrations,
    ]),
  ]);
  return { ledger, warehouse };
}
