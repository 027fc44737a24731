import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWarehouse } from '../packages/server/src/platform/warehouse.ts';
import type { Benchmark } from './benchmark.ts';
import { type RealServer, startServer } from './real-server.ts';

const SENDERS = 4;
const BATCH = 50;
const WORKSPACE = 'bench-kill';
/** Longest life of a server under load, in milliseconds; each dies at a moment drawn evenly below it. */
const LONGEST_LIFE = 4000;

/**
 * The server killed without warning, again and again, while clients send as fast as they are answered and send again
 * what was not: every acknowledged message is in the warehouse exactly once, or the benchmark fails.
 */
export const faultsKill: Benchmark = {
  domain: 'faults',
  name: 'kill',
  async run({ folder, say, isLarge }) {
    const kills = isLarge ? 50 : 5;
    const dataDir = join(folder, 'data');
    let server = await startServer(dataDir);
    await server.call('POST', '/v1/workspaces', { id: WORKSPACE, name: 'Kill' });
    const source = await server.call<{ writeKey: string }>('POST', `/v1/workspaces/${WORKSPACE}/sources`, {
      name: 'Load',
    });
    const acknowledged = new Set<string>();
    let made = 0;
    const starts: number[] = [];
    /** What a sender did not hear of is sent again by the next one, as clients do. */
    const unheard: object[][] = [];

    async function sendUntilDeath(url: string): Promise<void> {
      for (;;) {
        const batch = unheard.pop() ?? Array.from({ length: BATCH }, () => message(made++));
        const answer = await fetch(`${url}/v1/batch`, {
          method: 'POST',
          body: JSON.stringify({ writeKey: source.writeKey, batch }),
        }).catch(() => null);
        if (answer?.ok) for (const m of batch) acknowledged.add((m as { messageId: string }).messageId);
        else unheard.push(batch);
        if (!answer) return;
      }
    }

    try {
      for (let kill = 1; kill <= kills; kill++) {
        const senders = Array.from({ length: SENDERS }, () => sendUntilDeath(server.url));
        await sleep(Math.random() * LONGEST_LIFE);
        await server.kill();
        await Promise.all(senders);
        server = await startServer(dataDir);
        starts.push(server.startedInMs);
        if (kill % 10 === 0)
          say(`killed ${kill} times, ${acknowledged.size.toLocaleString('en')} acknowledged`);
      }
      const stored = await storedIds(server, dataDir);
      const ids = new Set(stored);
      const lost = [...acknowledged].filter((id) => !ids.has(id)).length;
      const doubled = stored.length - ids.size;
      if (lost > 0 || doubled > 0)
        throw new Error(
          `Of ${acknowledged.size} acknowledged events ${lost} are lost, ${doubled} are doubled.`,
        );
      return {
        kills,
        events_acknowledged: acknowledged.size,
        events_lost: lost,
        events_doubled: doubled,
        longest_restart_ms: Math.round(Math.max(...starts)),
      };
    } finally {
      await server.stop();
    }
  },
};

function message(n: number): { messageId: string } & object {
  return {
    type: n % 10 === 0 ? 'identify' : 'track',
    event: 'Product Viewed',
    messageId: `kill-${n}`,
    anonymousId: `visitor-${n % 5000}`,
    ...(n % 3 === 0 ? { userId: `u-${n % 2000}` } : {}),
    properties: { product_id: `P${n % 300}`, price: 19.9 },
    traits: { city: `City ${n % 50}` },
  } as never;
}

/** Ids of everything in the warehouse, read from its folder once nothing is on its way any more. */
async function storedIds(server: RealServer, dataDir: string): Promise<string[]> {
  while ((await server.call<{ journalLagBytes: number }>('GET', '/healthz')).journalLagBytes > 0)
    await sleep(50);
  await server.stop();
  const warehouse = await openWarehouse({ url: null, cluster: null, folder: join(dataDir, 'warehouse') });
  const rows = await warehouse.query<{ message_id: string }>('SELECT message_id FROM collect_event');
  await warehouse.close();
  return rows.map((row) => row.message_id);
}
