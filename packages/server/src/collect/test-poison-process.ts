import { join } from 'node:path';
import type { Workspaces } from '../governance/index.ts';
import { Bus } from '../platform/bus.ts';
import { systemClock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { hash64 } from '../platform/hash64.ts';
import { openJournal } from '../platform/journal.ts';
import { openLog } from '../platform/log.ts';
import { openMetrics } from '../platform/metrics.ts';
import { openCollector } from './collector.ts';
import { openPoisonGuard } from './poison.ts';
import type { CollectWarehouse } from './store.ch.ts';

/**
 * A process that reads the journal of a folder and dies, as by a lack of memory, over what is of the workspace `poison`.
 * It says what of others it set aside, and at its end how many records it keeps. `write`: it fills the journal first.
 */
const [, , folder, write] = process.argv as [string, string, string, string?];
const journalFolder = join(folder, 'journal');
const guard = openPoisonGuard(journalFolder, 2);
const journal = await openJournal(journalFolder);
const log = openLog('silent');
const nobody = { status: 404, code: 'workspace.not_found', detail: 'none' };
const collector = openCollector({
  ...{ journal, guard, log, clock: systemClock, bus: new Bus(log), metrics: openMetrics() },
  workspaces: {
    async recent(id: string) {
      if (id === 'poison') process.kill(process.pid, 'SIGKILL');
      throw new AppError(nobody);
    },
  } as unknown as Workspaces,
  warehouse: {
    async *recentMessages() {},
    async insertQuarantine(rows: { workspace: string }[]) {
      for (const row of rows) console.log(row.workspace);
    },
  } as unknown as CollectWarehouse,
  resolve: async () => {
    throw new Error('Nobody is named here.');
  },
  hashOf: hash64,
  sinks: [],
});
const message = [{ type: 'track', event: 'X', userId: 'u' }];
if (write) for (const one of write.split(',')) await collector.acceptMessages(one, 's', message);
await collector.start();
await collector.drained();
console.log(`kept ${guard.kept()}`);
await collector.close();
