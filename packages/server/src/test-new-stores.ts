import { openStores } from './stores.ts';

// Makes new stores in the folder that is named, for tests to copy.
const [dataDir] = process.argv.slice(2);
const served = { ledgerUrl: null, warehouseUrl: null, warehouseCluster: null };
const { ledger, warehouse } = await openStores({ dataDir: dataDir!, ...served, threads: 4 });
await ledger.close();
await warehouse.close();
process.exit(0);
