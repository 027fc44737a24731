import { join } from 'node:path';
import { writeOrderFile } from './order-file.ts';
import { importFile, quiet, type RealServer } from './real-server.ts';

export const PEOPLE = 100_000;
export const LINES = 500_000;
export const WORKSPACE = 'bench-people';

/** Fills a workspace with 100,000 people and their 500,000 order lines, portraits computed. */
export async function fill(server: RealServer, folder: string): Promise<void> {
  const path = join(folder, 'orders.csv');
  await writeOrderFile(path, LINES, PEOPLE);
  await server.call('POST', '/v1/workspaces', {
    id: WORKSPACE,
    name: 'People',
    currency: 'GBP',
    timeZone: 'Europe/London',
  });
  await importFile(server, WORKSPACE, 'online-retail', path);
  await quiet(server, WORKSPACE);
}
