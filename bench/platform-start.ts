import { join } from 'node:path';
import { type Benchmark, median } from './benchmark.ts';
import { startServer } from './real-server.ts';

const ROUNDS = 3;

/** From the start of the process to the first healthy answer, on an empty data folder and on one that was used. */
export const platformStart: Benchmark = {
  domain: 'platform',
  name: 'start',
  async run({ folder }) {
    // The first start after an installation prepares the empty ledger once; it is no part of the figures.
    await startAndStop(join(folder, 'first'));
    const cold: number[] = [];
    const warm: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const dataDir = join(folder, `data-${round}`);
      cold.push(await startAndStop(dataDir));
      warm.push(await startAndStop(dataDir));
    }
    return { cold_start_ms: Math.round(median(cold)), warm_start_ms: Math.round(median(warm)) };
  },
};

async function startAndStop(dataDir: string): Promise<number> {
  const server = await startServer(dataDir);
  await server.stop();
  return server.startedInMs;
}
