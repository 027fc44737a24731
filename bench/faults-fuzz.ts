import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Malformed, malformed } from '../packages/server/src/collect/wire/test-malformed.ts';
import type { Benchmark } from './benchmark.ts';
import { type RealServer, startServer } from './real-server.ts';

const WORKSPACE = 'bench-fuzz';
const ROOT = `/v1/workspaces/${WORKSPACE}`;
const CONNECTIONS = 8;
const SECRET = 'secret-of-the-hook';
/** Reasons that note something beside messages which are stored. */
const BESIDE = ['too_many_traits', 'too_many_returns', 'too_many_goods'];

/**
 * Malformed payloads of every protocol, a million when large: the server answers each, none with a bug, its memory stays
 * what it is, and as many messages are stored, repeated or held as were accepted.
 */
export const faultsFuzz: Benchmark = {
  domain: 'fuzz',
  name: 'malformed',
  async run({ folder, say, isLarge }) {
    const payloads = isLarge ? 1_000_000 : 20_000;
    const server = await startServer(folder);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    try {
      const { doors, site } = await open(server);
      const requests = malformed(1, doors);
      const answers = new Map<number, number>();
      const heapAt: number[] = [];
      let sent = 0;
      let asked = 0;
      let calls = 0;
      // Ctrl-C ends the sending; what was sent is judged.
      let isEnough = false;
      process.once('SIGINT', () => {
        isEnough = true;
      });
      const began = performance.now();
      const worker = async () => {
        while (sent < payloads && !isEnough) {
          const one = requests.next().value;
          sent += one.payloads;
          asked += 1;
          if (asked % 2000 === 0) await caughtUp(server);
          if (Math.floor((10 * sent) / payloads) > heapAt.length) {
            const at = heapAt.push(0) - 1;
            heapAt[at] = await memoryOf(server);
            say(`${sent.toLocaleString('en')} sent, ${Math.round(heapAt[at]! / 1e6)} MB`);
          }
          let status = await answerOf(agent, server.url, one);
          // Overload is an answer; it is asked again, as clients do.
          for (; status === 503; status = await answerOf(agent, server.url, one)) await sleep(100);
          answers.set(status, (answers.get(status) ?? 0) + 1);
          if (status >= 500)
            throw new Error(`request ${asked} (${one.method} ${one.url}) answered ${status}`);
          if (status === 200 && one.url.startsWith('/v1/hooks/')) calls += 1;
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      const seconds = (performance.now() - began) / 1000;
      await stored(server);
      const judged = await balance(server, site, calls);
      say(`answers: ${[...answers].map(([status, n]) => `${status} ${n.toLocaleString('en')}`).join(', ')}`);
      return {
        payloads: sent,
        requests: asked,
        requests_per_s: Math.round(asked / seconds),
        answers_of_bugs: 0,
        ...judged,
        memory_at_half_mb: Math.round((heapAt[Math.floor(heapAt.length / 2)] ?? 0) / 1e6),
        memory_at_end_mb: Math.round((await memoryOf(server)) / 1e6),
      };
    } finally {
      agent.destroy();
      await server.stop();
    }
  },
};

async function open(server: RealServer) {
  await server.call('POST', '/v1/workspaces', { id: WORKSPACE, name: 'Fuzz' });
  const site = await server.call<{ id: string; writeKey: string }>('POST', `${ROOT}/sources`, {
    name: 'Any',
  });
  const hook = await server.call<{ id: string }>('POST', `${ROOT}/sources`, {
    ...{ name: 'Calls', kind: 'webhook', secret: SECRET },
    check: { kind: 'hmac', header: 'X-Signature', algorithm: 'sha256', encoding: 'hex' },
  });
  return { site: site.id, doors: { key: site.writeKey, hookId: hook.id, hookSecret: SECRET } };
}

/** The status of an answer; 0 where the server would not even read the request. */
function answerOf(agent: Agent, base: string, { method, url, headers, body }: Malformed): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${base}${url}`, { agent, method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      // A body that is refused early ends its connection; a server that is gone takes none.
      error.code === 'ECONNREFUSED' ? reject(error) : resolve(0),
    );
    sent.end(body);
  });
}

interface Told {
  journalLagBytes: number;
}
const lag = async (server: RealServer) => (await server.call<Told>('GET', '/healthz')).journalLagBytes;

async function caughtUp(server: RealServer): Promise<void> {
  while ((await lag(server)) > 64 * 1024 * 1024) await sleep(200);
}

async function stored(server: RealServer): Promise<void> {
  while ((await lag(server)) > 0) await sleep(200);
}

/** Memory of the process's own, the warehouse in it included. */
async function memoryOf(server: RealServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
}

interface Report {
  sources: {
    source: string;
    total: { messages: number; parts: { reasons: { reason: string; messages: number }[] }[] };
  }[];
}

/** What was accepted at the door, and what became of it; throws where they differ. */
async function balance(server: RealServer, site: string, calls: number) {
  const quota = await server.call<{ eventsThisMonth: number }>('GET', `${ROOT}/quota`);
  const report = await server.call<Report>('GET', `${ROOT}/quality?days=2`);
  const total = report.sources.find((one) => one.source === site)!.total;
  const reasons = total.parts.flatMap((part) => part.reasons);
  const repeated = reasons.find((one) => one.reason === 'repeated')?.messages ?? 0;
  const sources = await server.call<{ id: string; events: number }[]>('GET', `${ROOT}/sources`);
  const events = sources.find((one) => one.id === site)!.events;
  const groups = await server.call<{ source: string; reason: string; messages: number }[]>(
    'GET',
    `${ROOT}/quarantine/groups`,
  );
  const held = groups
    .filter((one) => one.source === site && !BESIDE.includes(one.reason))
    .reduce((sum, one) => sum + one.messages, 0);
  const accepted = quota.eventsThisMonth - calls;
  if (total.messages !== accepted || events + held + repeated !== accepted)
    throw new Error(
      `Of ${accepted} accepted messages ${total.messages} were read; ${events} are stored, ${repeated} repeated, ${held} held.`,
    );
  return {
    messages_accepted: accepted,
    messages_stored: events,
    messages_held: held,
    messages_repeated: repeated,
    webhook_calls_accepted: calls,
    accepted_and_missing: 0,
  };
}
