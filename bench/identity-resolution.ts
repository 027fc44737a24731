import { type App, buildApp } from '../packages/server/src/app.ts';
import { readConfig } from '../packages/server/src/config.ts';
import { EVENTS } from '../packages/server/src/identity/index.ts';
import { systemClock } from '../packages/server/src/platform/clock.ts';
import { openLog } from '../packages/server/src/platform/log.ts';
import { openStores } from '../packages/server/src/stores.ts';
import { type Benchmark, timed } from './benchmark.ts';

const WORKSPACE = 'bench-identity';
const SMALL = { events: 1_000_000, people: 100_000 };
const LARGE = { events: 10_000_000, people: 1_000_000 };
const DELIVERY = 1000;
const AHEAD_BYTES = 24 * 1024 * 1024;
const LOOK_UPS = 100_000;
const ROUNDS = 15;
/** Yesterday at the latest, whatever day it is. */
const END = Date.now() - 86_400_000;

/**
 * Who is who while events stream in: the share of ingestion (reading messages, resolving people, storing) that resolving
 * takes, how long one person is looked up by any identifier, what the index costs in memory and at start, and what queries
 * pay for asking whose facts are whose.
 */
export const identityResolution: Benchmark = {
  domain: 'identity',
  name: 'resolution',
  async run({ folder, say, isLarge }) {
    const size = isLarge ? LARGE : SMALL;
    const config = readConfig({ QM_DATA_DIR: folder, QM_LOG_LEVEL: 'error' });
    const stores = await openStores(config);
    const app = await buildApp({
      config,
      ...stores,
      clock: systemClock,
      log: openLog('error'),
      localToken: 'bench',
      consoleDir: null,
    });
    const { warehouse, identity, collector } = app;
    try {
      await app.workspaces.create(
        { id: WORKSPACE, name: 'People', currency: 'CNY', timeZone: 'Asia/Shanghai' },
        null,
      );
      await collector.start();
      const began = performance.now();
      for (let at = 0; at < size.events; at += DELIVERY) {
        const messages = Array.from({ length: DELIVERY }, (_, i) => messageOf(at + i, size.people));
        await collector.acceptMessages(WORKSPACE, 'bench', messages);
        // The journal may grow, but not beyond what a slow minute would leave in it.
        if (collector.lag().bytes > AHEAD_BYTES) await collector.drained();
        if ((at / DELIVERY) % 500 === 499) say(`${(at + DELIVERY).toLocaleString('en')} events`);
      }
      await collector.drained();
      const ingestMs = performance.now() - began;
      const resolvingMs = identity.resolvingMs();
      const lookUps = await lookUpMs(identity, size.people);
      const { people } = await warehouse.one<{ people: number }>(
        `SELECT uniqExact(person) AS people FROM ${EVENTS}`,
        { workspace: WORKSPACE },
      );
      const bytes = await identity.memory(WORKSPACE);
      identity.forget(WORKSPACE);
      const startMs = await timed(() => identity.memory(WORKSPACE));
      const ask = async (sql: string) => {
        const times: number[] = [];
        for (let round = 0; round < ROUNDS; round++)
          times.push(await timed(() => warehouse.query(sql, { workspace: WORKSPACE })));
        // The least: what else runs on the machine only adds.
        return Math.min(...times);
      };
      const whose = await ask(
        `SELECT max(n) FROM (SELECT person, count() AS n FROM ${EVENTS} GROUP BY person)`,
      );
      const plain = await ask(
        `SELECT max(n) FROM (SELECT person_id, count() AS n FROM collect_event
         WHERE workspace = {workspace:String} GROUP BY person_id)`,
      );
      const mergesOnly = await ask(
        `SELECT max(n) FROM (SELECT if(o.survivor = 0, e.person_id, o.survivor) AS person, count() AS n
         FROM collect_event AS e LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor
           FROM identity_override FINAL WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON e.person_id = o.merged
         WHERE e.workspace = {workspace:String} GROUP BY person)`,
      );
      say(
        `${people.toLocaleString('en')} people; ${(resolvingMs / 1000).toFixed(1)} s of ${(ingestMs / 1000).toFixed(1)} s went into who is who`,
      );
      return {
        resolution_share_ratio: resolvingMs / ingestMs,
        resolution_us_per_event: (resolvingMs * 1000) / size.events,
        lookup_p99_ms: lookUps,
        index_bytes_per_person: Math.round(bytes / people),
        index_start_ms: Math.round(startMs),
        whose_facts_ms: whose,
        whose_facts_to_plain_ratio: whose / plain,
        whose_facts_to_merges_only_ratio: whose / mergesOnly,
      };
    } finally {
      await app.close();
    }
  },
};

/** A visit of someone who comes back on two browsers, signs in now and then, and leaves a phone number once in a while. */
function messageOf(i: number, people: number): object {
  const person = (Math.imul(i, 2654435761) >>> 0) % people;
  const browser = `9c1b5a3e-visitor-${person}-${i & 1}`;
  const isKnown = i % 3 === 0;
  const says = i % 40 === 0;
  return {
    type: says ? 'identify' : 'track',
    event: 'Product Viewed',
    messageId: `m-${i}`,
    anonymousId: i % 5000 === 7 ? `tablet-${person % 50}` : browser,
    ...(isKnown || says ? { userId: `u-${person}` } : {}),
    timestamp: new Date(END - 30 * 86_400_000 + i * 100).toISOString(),
    ...(says ? { traits: { phone: `1380${String(person).padStart(7, '0')}` } } : {}),
    properties: { product_id: `P${i % 700}`, price: 19.9, quantity: 1, currency: 'CNY' },
  };
}

async function lookUpMs(identity: App['identity'], people: number): Promise<number> {
  const times = new Float64Array(LOOK_UPS);
  for (let i = 0; i < LOOK_UPS; i++) {
    const person = (Math.imul(i, 40503) >>> 0) % people;
    const identifier =
      i % 2 === 0
        ? ({ type: 'user', value: `u-${person}` } as const)
        : ({ type: 'anonymous', value: `9c1b5a3e-visitor-${person}-1` } as const);
    const began = performance.now();
    await identity.personOf(WORKSPACE, identifier);
    times[i] = performance.now() - began;
  }
  times.sort();
  return times[Math.floor(LOOK_UPS * 0.99)]!;
}
