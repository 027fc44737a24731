import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWarehouse } from '../packages/server/src/platform/warehouse.ts';
import type { Benchmark } from './benchmark.ts';
import { quiet, type RealServer, startServer } from './real-server.ts';

const SENDERS = 4;
const BATCH = 50;
const WORKSPACE = 'bench-kill';
const ROOT = `/v1/workspaces/${WORKSPACE}`;
/** Longest life of a server under load, in milliseconds; each dies at a moment drawn evenly below it. */
const LONGEST_LIFE = 4000;
const FILE_PATIENCE = 30_000;
/** Orders of a file, and lines of each. */
const [FILE_ORDERS, ORDER_LINES] = [200, 3];
/** One message in so many says no event: it is held until it is mended. */
const HELD_EACH = 25;

/**
 * The server killed without warning, again and again, while clients send as fast as they are answered and send again
 * what was not, webhooks call, files are imported and held messages are mended and put back: every acknowledged message
 * is in the warehouse exactly once, and every line of every file, or the benchmark fails.
 */
export const faultsKill: Benchmark = {
  domain: 'faults',
  name: 'kill',
  async run({ folder, say, isLarge }) {
    const kills = isLarge ? 50 : 5;
    const dataDir = join(folder, 'data');
    let server = await startServer(dataDir);
    const shop = await openShop(server);
    const acknowledged = new Set<string>();
    const imports = new Map<string, number>();
    const starts: number[] = [];
    try {
      for (let kill = 1; kill <= kills; kill++) {
        let isAlive = true;
        const alive = () => isAlive;
        const work = [
          ...Array.from({ length: SENDERS }, () => shop.send(server.url, acknowledged)),
          shop.call(server.url, acknowledged),
          shop.mend(server, alive),
          shop.bring(server, alive, imports),
        ];
        // Every second life lasts until a file is on its way, however slow the machine is.
        const before = imports.size;
        const patience = kill % 2 === 0 ? Date.now() + FILE_PATIENCE : 0;
        while (imports.size === before && Date.now() < patience) await sleep(20);
        await sleep(Math.random() * LONGEST_LIFE);
        await server.kill();
        isAlive = false;
        await Promise.all(work);
        server = await startServer(dataDir);
        starts.push(server.startedInMs);
        if (kill % 10 === 0)
          say(
            `killed ${kill} times, ${acknowledged.size.toLocaleString('en')} acknowledged, ${imports.size} files begun`,
          );
      }
      const mended = await settle(server, imports);
      const found = await inWarehouse(server, dataDir);
      return judged(found, acknowledged, imports, {
        kills,
        held_mended: mended,
        longest_restart_ms: Math.round(Math.max(...starts)),
      });
    } finally {
      await server.stop();
    }
  },
};

async function openShop(server: RealServer) {
  await server.call('POST', '/v1/workspaces', { id: WORKSPACE, name: 'Kill', currency: 'GBP' });
  const { writeKey } = await server.call<{ writeKey: string }>('POST', `${ROOT}/sources`, { name: 'Load' });
  const hook = await server.call<{ id: string; secret: string }>('POST', `${ROOT}/sources`, {
    name: 'Calls',
    kind: 'webhook',
    check: { kind: 'token' },
  });
  let made = 0;
  let files = 0;
  /** What a sender did not hear of is sent again by the next one, as clients and services do. */
  const unheard: Record<'batch' | 'calls', { messageId: string }[][]> = { batch: [], calls: [] };

  async function untilDeath(
    kind: 'batch' | 'calls',
    address: string,
    make: () => { messageId: string }[],
    body: (messages: object[]) => object,
    acknowledged: Set<string>,
  ): Promise<void> {
    for (;;) {
      const messages = unheard[kind].pop() ?? make();
      const answer = await fetch(address, { method: 'POST', body: JSON.stringify(body(messages)) }).catch(
        () => null,
      );
      if (answer?.ok) for (const one of messages) acknowledged.add(one.messageId);
      else unheard[kind].push(messages);
      if (!answer) return;
    }
  }

  return {
    send: (url: string, acknowledged: Set<string>) =>
      untilDeath(
        'batch',
        `${url}/v1/batch`,
        () => Array.from({ length: BATCH }, () => message(made++)),
        (batch) => ({ writeKey, batch }),
        acknowledged,
      ),

    /** A service that calls, one call after the other. */
    call: (url: string, acknowledged: Set<string>) =>
      untilDeath(
        'calls',
        `${url}/v1/hooks/${hook.id}/${hook.secret}`,
        () =>
          Array.from({ length: 3 }, () => ({
            messageId: `call-${made++}`,
            event: 'Workshop Attended',
            userId: `u-${made % 2000}`,
            properties: { seats: 2 },
          })),
        (messages) => ({ messages }),
        acknowledged,
      ),

    /** Somebody who mends what is held, again and again. */
    async mend(on: RealServer, alive: () => boolean): Promise<void> {
      for (; alive(); await sleep(200)) await mendAll(on).catch(() => 0);
    },

    /** Somebody who brings one file after the other. */
    async bring(on: RealServer, alive: () => boolean, begun: Map<string, number>): Promise<void> {
      for (; alive(); await sleep(300)) {
        const nr = files++;
        const form = new FormData();
        form.append('files', new Blob([fileOf(nr)]), `orders-${nr}.csv`);
        try {
          const draft = await on.call<{ id: string }>('POST', `${ROOT}/imports?preset=online-retail`, form);
          await on.call('POST', `${ROOT}/imports/${draft.id}/start`);
          begun.set(draft.id, nr);
        } catch {
          // Killed meanwhile: nobody was told that it would be imported.
        }
      }
    },
  };
}

/** Puts back what is held, with a name; answers how many there were. */
async function mendAll(server: RealServer): Promise<number> {
  const { messages } = await server.call<{ messages: number }>('POST', `${ROOT}/quarantine/replay`, {
    selection: { reason: 'no_event_name' },
    fix: { steps: [{ op: 'renameEvent', to: 'Mended' }] },
  });
  return messages;
}

/** Waits until all that was begun is done; what a kill stopped for good is started again, as a person would. */
async function settle(server: RealServer, imports: ReadonlyMap<string, number>): Promise<number> {
  let mended = 0;
  for (let calm = 0; calm < 3; ) {
    await stored(server);
    await quiet(server, WORKSPACE);
    const held = await mendAll(server).catch(() => 0);
    mended += held;
    let open = 0;
    for (const id of imports.keys()) {
      const run = await server.call<{ state: string }>('GET', `${ROOT}/imports/${id}`);
      if (run.state === 'failed' || run.state === 'cancelled')
        await server.call('POST', `${ROOT}/imports/${id}/start`);
      if (run.state !== 'done') open += 1;
    }
    calm = held === 0 && open === 0 ? calm + 1 : 0;
  }
  return mended;
}

async function stored(server: RealServer): Promise<void> {
  while ((await server.call<{ journalLagBytes: number }>('GET', '/healthz')).journalLagBytes > 0)
    await sleep(50);
}

function message(n: number): { messageId: string } & object {
  const isHeld = n % HELD_EACH === 0;
  return {
    type: isHeld || n % 10 !== 1 ? 'track' : 'identify',
    ...(isHeld ? {} : { event: 'Product Viewed' }),
    messageId: `kill-${n}`,
    anonymousId: `visitor-${n % 5000}`,
    ...(n % 3 === 0 ? { userId: `u-${n % 2000}` } : {}),
    properties: { product_id: `P${n % 300}`, price: 19.9 },
    traits: { city: `City ${n % 50}` },
  } as never;
}

const invoiceOf = (file: number, order: number) => 1_000_000 + file * 1000 + order;

function fileOf(file: number): string {
  const lines = ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'];
  for (let order = 0; order < FILE_ORDERS; order++)
    for (let line = 0; line < ORDER_LINES; line++)
      lines.push(
        `${invoiceOf(file, order)},P${line}${order},Product,2,10/${1 + (order % 28)}/2026 9:15,1.50,C${10_000 + ((file * 7 + order) % 900)},United Kingdom`,
      );
  return `${lines.join('\n')}\n`;
}

interface Found {
  ids: string[];
  /** Lines by order, as they count. */
  orders: Map<string, number>;
}

/** Everything in the warehouse, read from its folder once nothing is on its way any more. */
async function inWarehouse(server: RealServer, dataDir: string): Promise<Found> {
  await stored(server);
  await server.stop();
  const warehouse = await openWarehouse({ url: null, cluster: null, folder: join(dataDir, 'warehouse') });
  const rows = await warehouse.query<{ message_id: string }>(
    // A webhook's ids stand behind that of its source, a client key's behind what marks them.
    `SELECT replaceRegexpOne(message_id, '^(src_[0-9a-f]+|client):', '') AS message_id FROM collect_event
     WHERE match(message_id, '^((src_[0-9a-f]+|client):)?(kill|call)-')`,
  );
  const lines = await warehouse.query<{ order_id: string; lines: number }>(
    `SELECT order_id, toUInt32(count()) AS lines FROM collect_order_line FINAL WHERE is_deleted = 0 GROUP BY order_id`,
  );
  await warehouse.close();
  return {
    ids: rows.map((row) => row.message_id),
    orders: new Map(lines.map((row) => [row.order_id, row.lines])),
  };
}

function judged(
  { ids: all, orders }: Found,
  acknowledged: ReadonlySet<string>,
  imports: ReadonlyMap<string, number>,
  more: Record<string, number>,
) {
  const ids = new Set(all);
  const lost = [...acknowledged].filter((id) => !ids.has(id));
  const doubled = all.length - ids.size;
  let wrongOrders = 0;
  for (const file of imports.values())
    for (let order = 0; order < FILE_ORDERS; order++)
      if (orders.get(String(invoiceOf(file, order))) !== ORDER_LINES) wrongOrders += 1;
  if (lost.length > 0 || doubled > 0 || wrongOrders > 0)
    throw new Error(
      `Of ${acknowledged.size} acknowledged events ${lost.length} are lost (${lost.slice(0, 3).join(', ')}), ${doubled} are doubled; of ${imports.size} files ${wrongOrders} orders are not as they stand there.`,
    );
  const count = (what: RegExp) => [...acknowledged].filter((id) => what.test(id)).length;
  return {
    ...more,
    events_acknowledged: acknowledged.size,
    events_by_webhook: count(/^call-/),
    events_held_and_mended: [...acknowledged].filter(isHeldId).length,
    events_lost: 0,
    events_doubled: 0,
    files_imported: imports.size,
    file_orders_wrong: 0,
  };
}

function isHeldId(id: string): boolean {
  const [, n] = /^kill-(\d+)$/.exec(id) ?? [];
  return n !== undefined && Number(n) % HELD_EACH === 0;
}
