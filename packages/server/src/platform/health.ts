import { sql } from 'kysely';
import { MINUTE, SECOND } from './clock.ts';
import type { Disk } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { Warehouse } from './warehouse.ts';

/** How a server is: `down` cannot work, `degraded` takes in what it cannot store just now, or turns events away. */
export interface Health {
  status: 'ok' | 'degraded' | 'down';
  /** What is wrong, in words for whoever runs the server. */
  reasons: string[];
}

/** How storing stands to what was accepted. */
export interface Storing {
  /** Since when the batch at hand cannot be stored; null while all goes well. */
  stuckSince: number | null;
  /** Records over which the process died, and which were set aside. */
  poisonKept: number;
  /** Since when the first of what waits does. */
  waitsSince: number | null;
  now: number;
}

const PATIENCE_MS = 5000;
/** Waiting longer than this to be stored is worth a word. */
const LATE = MINUTE;

/** Asks both stores for a sign of life, the collector whether it gets on, and the disk whether there is room. */
export async function checkHealth(parts: {
  ledger: Ledger;
  warehouse: Warehouse;
  disk: Disk;
  storing: Storing;
}): Promise<Health> {
  const [ledger, warehouse] = await Promise.all([
    answers(sql`select 1`.execute(parts.ledger)),
    answers(parts.warehouse.query('SELECT 1')),
  ]);
  const down = ledger ? [] : ['The ledger does not answer.'];
  const { stuckSince, poisonKept, waitsSince, now } = parts.storing;
  const late = waitsSince === null ? 0 : now - waitsSince;
  const degraded = [
    // Events are taken into the journal all the same: whoever sends them must not be sent away.
    ...(warehouse ? [] : ['The warehouse does not answer; events are kept in the journal until it does.']),
    ...(stuckSince === null
      ? []
      : [`Events have not been stored since ${new Date(stuckSince).toISOString()}; see the log.`]),
    ...(poisonKept === 0
      ? []
      : [
          `The server died again and again over ${poisonKept} of its records; they were set aside in the journal's folder (poison-*.record), see the log.`,
        ]),
    ...(late > LATE ? [`Events wait ${Math.round(late / SECOND)} seconds to be stored.`] : []),
    ...(parts.disk.isRefusing ? ['The disk is nearly full: no events are taken in.'] : []),
  ];
  const status = down.length > 0 ? 'down' : degraded.length > 0 ? 'degraded' : 'ok';
  return { status, reasons: [...down, ...degraded] };
}

async function answers(asked: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const came = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([came, late]).finally(() => clearTimeout(timer));
}
