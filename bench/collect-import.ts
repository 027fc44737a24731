import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Figures } from './benchmark.ts';
import { writeOrderFile } from './order-file.ts';
import { importFile, startServer } from './real-server.ts';

const LINES = 200_000;
const PEOPLE = 40_000;
const REAL = fileURLToPath(
  new URL('../../shared/data/online-retail/online_retail_subset.csv.gz', import.meta.url),
);

/** Files into facts, from the start of the import to its end: a generated one and, where it is there, a real one. */
export const collectImport: Benchmark = {
  domain: 'collect',
  name: 'import',
  async run({ folder, say }) {
    const path = join(folder, 'orders.csv');
    await writeOrderFile(path, LINES, PEOPLE);
    const server = await startServer(join(folder, 'data'));
    try {
      const figures: Figures = { import_rows_per_s: await rowsPerSecond('made-up', path) };
      if (existsSync(REAL))
        figures.import_online_retail_rows_per_s = await rowsPerSecond('online-retail', REAL);
      else say(`skipped the real file: no shared data at ${REAL}`);
      return figures;
    } finally {
      await server.stop();
    }

    async function rowsPerSecond(workspace: string, file: string): Promise<number> {
      await server.call('POST', '/v1/workspaces', {
        id: workspace,
        name: workspace,
        currency: 'GBP',
        timeZone: 'Europe/London',
      });
      const { ms, rows } = await importFile(server, workspace, 'online-retail', file);
      say(`${workspace}: ${rows.toLocaleString('en')} rows in ${(ms / 1000).toFixed(1)} s`);
      return Math.round((rows / ms) * 1000);
    }
  },
};
