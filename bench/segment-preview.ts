import { join } from 'node:path';
import { type Benchmark, median, timed } from './benchmark.ts';
import { fill, WORKSPACE } from './hundred-thousand-people.ts';
import { startServer } from './real-server.ts';

const ROUNDS = 7;

/** Conditions as operators build them: on value, on standing, on what was bought and when. */
const CONDITIONS: Record<string, object> = {
  value: { kind: 'fact', fact: 'spendCents', test: { op: 'gte', value: 5000 } },
  standing: {
    kind: 'all',
    of: [
      { kind: 'rfmGroup', groups: ['champions', 'loyal', 'atRisk'] },
      { kind: 'not', of: { kind: 'lifecycle', stages: ['lost'] } },
    ],
  },
  behaviour: {
    kind: 'all',
    of: [
      {
        kind: 'orders',
        measure: 'count',
        test: { op: 'gte', value: 1 },
        window: { kind: 'rolling', days: 180 },
        where: { products: ['P1', 'P2', 'P3'] },
      },
      { kind: 'fact', fact: 'orders', test: { op: 'gte', value: 2 } },
    ],
  },
};

/** How long an operator waits for the size of a segment that is being built, among 100,000 people. */
export const segmentPreview: Benchmark = {
  domain: 'segment',
  name: 'preview',
  async run({ folder, say }) {
    const server = await startServer(join(folder, 'data'));
    try {
      await fill(server, folder);
      const medians: number[] = [];
      for (const [name, condition] of Object.entries(CONDITIONS)) {
        const path = `/v1/workspaces/${WORKSPACE}/segments/preview`;
        const { size } = await server.call<{ size: number }>('POST', path, { condition });
        const times: number[] = [];
        for (let round = 0; round < ROUNDS; round++)
          times.push(await timed(() => server.call('POST', path, { condition })));
        medians.push(median(times));
        say(`${name}: ${size.toLocaleString('en')} people in ${median(times).toFixed(0)} ms`);
      }
      return {
        preview_ms: Math.round(median(medians)),
        preview_slowest_ms: Math.round(Math.max(...medians)),
      };
    } finally {
      await server.stop();
    }
  },
};
