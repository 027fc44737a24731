import { join } from 'node:path';
import { openWarehouse } from '@qianmian/server/platform/warehouse';
import { type Benchmark, median, timed } from './benchmark.ts';
import { fill, PEOPLE, WORKSPACE } from './hundred-thousand-people.ts';
import { startServer } from './real-server.ts';

const ROUNDS = 3;

/** RFM and nothing else, as one would write it by hand, into a table of its own. */
const BY_HAND = `INSERT INTO bench_rfm
SELECT person_id, orders, spend, last_order,
  ntile(5) OVER (ORDER BY last_order), ntile(5) OVER (ORDER BY orders), ntile(5) OVER (ORDER BY spend)
FROM (SELECT person_id, uniqExactIf(order_id, line_kind = 'sale') AS orders, sum(net_cents) AS spend,
    maxIf(time, line_kind = 'sale') AS last_order
  FROM collect_order_line FINAL WHERE workspace = {workspace:String} AND person_id > 0 GROUP BY person_id)`;

/** Every portrait of 100,000 people computed anew, beside hand-written ClickHouse SQL for its RFM part alone. */
export const profileRfm: Benchmark = {
  domain: 'profile',
  name: 'rfm',
  async run({ folder, say }) {
    const dataDir = join(folder, 'data');
    const server = await startServer(dataDir);
    const ours: number[] = [];
    try {
      await fill(server, folder);
      for (let round = 0; round < ROUNDS; round++)
        ours.push(
          await timed(async () => {
            const { people } = await server.call<{ people: number }>(
              'POST',
              `/v1/workspaces/${WORKSPACE}/profiles/refresh`,
            );
            if (people !== PEOPLE) throw new Error(`${people} portraits instead of ${PEOPLE}.`);
          }),
        );
    } finally {
      await server.stop();
    }
    say(
      `portraits of ${PEOPLE.toLocaleString('en')} people in ${ours.map((ms) => ms.toFixed(0)).join(', ')} ms`,
    );
    const byHand = await handWritten(join(dataDir, 'warehouse'));
    return {
      rfm_ms: Math.round(median(ours)),
      rfm_by_hand_ms: Math.round(byHand),
      rfm_to_by_hand_ratio: median(ours) / byHand,
    };
  },
};

async function handWritten(folder: string): Promise<number> {
  const warehouse = await openWarehouse({ url: null, cluster: null, folder });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await warehouse.command('DROP TABLE IF EXISTS bench_rfm');
    await warehouse.command(
      `CREATE TABLE bench_rfm (person_id UInt32, orders UInt64, spend Int64, last_order DateTime64(3, 'UTC'),
        recency UInt64, frequency UInt64, monetary UInt64) ENGINE = MergeTree ORDER BY person_id`,
    );
    times.push(await timed(() => warehouse.command(BY_HAND, { workspace: WORKSPACE })));
  }
  await warehouse.close();
  return median(times);
}
