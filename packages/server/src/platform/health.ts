import { sql } from 'kysely';
import type { Ledger } from './ledger.ts';
import type { Warehouse } from './warehouse.ts';

/** How a server is: `down` cannot work, `degraded` takes in what it cannot store just now. */
export interface Health {
  status: 'ok' | 'degraded' | 'down';
  /** What is wrong, in words for whoever runs the server. */
  reasons: string[];
}

const PATIENCE_MS = 5000;

/** Asks both stores for a sign of life, and the collector whether it gets on. */
export async function checkHealth(parts: {
  ledger: Ledger;
  warehouse: Warehouse;
  stuckSince: number | null;
}): Promise<Health> {
  const [ledger, warehouse] = await Promise.all([
    answers(sql`select 1`.execute(parts.ledger)),
    answers(parts.warehouse.query('SELECT 1')),
  ]);
  const down = [
    ...(ledger ? [] : ['The ledger does not answer.']),
    ...(warehouse ? [] : ['The warehouse does not answer.']),
  ];
  const degraded =
    parts.stuckSince === null
      ? []
      : [`Events have not been stored since ${new Date(parts.stuckSince).toISOString()}; see the log.`];
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
