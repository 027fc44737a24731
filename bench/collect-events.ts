import { open } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Benchmark, timed } from './benchmark.ts';
import { type RealServer, startServer } from './real-server.ts';

const BATCH = 100;
const BATCHES = 2000;
const WARM_UP = 100;
const CONNECTIONS = 16;
const SINGLES = 20_000;
const WORKSPACE = 'bench-events';

/**
 * Events over HTTP, durable when the answer comes, beside what the same disk and the same parser do on their own: the
 * disk limit writes and syncs as many batches at once as there are connections, the parse limit is JSON.parse alone.
 */
export const collectEvents: Benchmark = {
  domain: 'collect',
  name: 'events',
  async run({ folder, say }) {
    const bodies = Array.from({ length: WARM_UP + BATCHES }, (_, i) => batchOf(i));
    const measured = bodies.slice(WARM_UP);
    const events = measured.length * BATCH;
    say(`${events.toLocaleString('en')} events of ${Math.round(measured[0]!.length / BATCH)} bytes`);
    const server = await startServer(join(folder, 'data'));
    try {
      const writeKey = await prepare(server);
      await sendAll(server, writeKey, bodies.slice(0, WARM_UP));
      await stored(server);
      const began = performance.now();
      const waits = await sendAll(server, writeKey, measured);
      const acceptedMs = performance.now() - began;
      await stored(server);
      const storedMs = performance.now() - began;
      const singles = Array.from({ length: SINGLES }, (_, i) => single(i));
      const beganSingles = performance.now();
      const singleWaits = await sendAll(server, writeKey, singles, '/v1/track');
      const singlesMs = performance.now() - beganSingles;
      await stored(server);
      await checkNothingLost(server, bodies.length * BATCH + SINGLES);
      const perSecond = (ms: number) => Math.round((events / ms) * 1000);
      const disk = perSecond(await diskLimit(join(folder, 'disk-limit'), measured));
      const parse = perSecond(await parseLimit(measured));
      return {
        events_per_s: perSecond(acceptedMs),
        events_stored_per_s: perSecond(storedMs),
        batch_p99_ms: p99(waits),
        singles_per_s: Math.round((SINGLES / singlesMs) * 1000),
        single_p99_ms: p99(singleWaits),
        disk_limit_events_per_s: disk,
        parse_limit_events_per_s: parse,
        events_to_disk_limit_ratio: perSecond(acceptedMs) / disk,
        events_to_parse_limit_ratio: perSecond(acceptedMs) / parse,
        events_stored_to_parse_limit_ratio: perSecond(storedMs) / parse,
      };
    } finally {
      await server.stop();
    }
  },
};

async function prepare(server: RealServer): Promise<string> {
  await server.call('POST', '/v1/workspaces', { id: WORKSPACE, name: 'Events' });
  const source = await server.call<{ writeKey: string }>('POST', `/v1/workspaces/${WORKSPACE}/sources`, {
    name: 'Load',
  });
  return source.writeKey;
}

/** A batch as a browser's tracker would send it: the pages and products one visitor looked at. */
function batchOf(n: number): Buffer {
  const batch = Array.from({ length: BATCH }, (_, i) => ({
    type: 'track',
    event: i % 4 === 0 ? 'Product Added' : 'Product Viewed',
    messageId: `ajs-next-${n}-${i}-5f1d0c2b9a8e7d6c`,
    anonymousId: `9c1b5a3e-visitor-${(n * BATCH + i) % 20_000}`,
    ...(i % 3 === 0 ? { userId: `u-${(n * BATCH + i) % 20_000}` } : {}),
    timestamp: new Date(Date.UTC(2026, 9, 1) + (n * BATCH + i) * 1000).toISOString(),
    properties: { product_id: `P${i * 7}`, name: `Product ${i}`, price: 19.9, quantity: 1, currency: 'CNY' },
    context: {
      library: { name: 'analytics.js', version: 'next-1.84.0' },
      page: { path: `/products/${i}`, url: `https://shop.example/products/${i}`, title: 'A product' },
      userAgent: 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36',
    },
  }));
  return Buffer.from(JSON.stringify({ batch }));
}

function single(n: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      event: 'Product Viewed',
      messageId: `single-${n}-5f1d0c2b9a8e7d6c`,
      anonymousId: `9c1b5a3e-visitor-${n % 20_000}`,
      timestamp: new Date(Date.UTC(2026, 9, 5) + n * 1000).toISOString(),
      properties: { product_id: `P${n % 700}`, price: 19.9, currency: 'CNY' },
    }),
  );
}

const p99 = (waits: number[]) => waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? Number.NaN;

/** Sends bodies over all connections; answers how long each waited for its answer, in milliseconds. */
async function sendAll(
  server: RealServer,
  writeKey: string,
  bodies: readonly Buffer[],
  path = '/v1/batch',
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const waits: number[] = [];
  let next = 0;
  const connection = async () => {
    for (let body = bodies[next++]; body; body = bodies[next++]) {
      const began = performance.now();
      await send(`${server.url}${path}`, writeKey, body, agent);
      waits.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  return waits;
}

function send(url: string, writeKey: string, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, auth: `${writeKey}:`, headers: { 'content-length': body.length } },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve()
            : reject(new Error(`A batch was answered ${answer.statusCode}.`)),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Resolves when everything in the journal is in the warehouse. */
async function stored(server: RealServer): Promise<void> {
  while ((await server.call<{ journalLagBytes: number }>('GET', '/healthz')).journalLagBytes > 0)
    await sleep(20);
}

async function checkNothingLost(server: RealServer, sent: number): Promise<void> {
  const sources = await server.call<{ events: number }[]>('GET', `/v1/workspaces/${WORKSPACE}/sources`);
  const found = sources.reduce((sum, s) => sum + s.events, 0);
  if (found !== sent) throw new Error(`${sent} events were sent, ${found} are stored.`);
}

async function diskLimit(path: string, bodies: readonly Buffer[]): Promise<number> {
  const file = await open(path, 'a');
  const ms = await timed(async () => {
    for (let i = 0; i < bodies.length; i += CONNECTIONS) {
      await file.write(Buffer.concat(bodies.slice(i, i + CONNECTIONS)));
      await file.datasync();
    }
  });
  await file.close();
  return ms;
}

function parseLimit(bodies: readonly Buffer[]): Promise<number> {
  return timed(async () => {
    for (const body of bodies) JSON.parse(body.toString());
  });
}
