import { randomUUID } from 'node:crypto';
import type { ClientKey } from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import type { Bus } from '../platform/bus.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Journal, JournalRecord } from '../platform/journal.ts';
import type { LastHour } from '../platform/last-hour.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { openTurn } from '../platform/turn.ts';
import { isRowFault } from '../platform/warehouse.ts';
import type { FactSink } from './batch.ts';
import {
  bodyText,
  type Delivery,
  type Header,
  messagesOf,
  opened,
  type PulledRows,
  recordOf,
  replayBody,
  replayHeader,
} from './delivery.ts';
import { type Fact, OUR_SOURCE } from './facts.ts';
import { openHeldBefore } from './held-before.ts';
import type { AcceptCall, Hooks } from './hooks/hooks.ts';
import type { DeliveryRow } from './hooks/store.ch.ts';
import { openLag } from './lag.ts';
import type { MessageHash } from './message-hash.ts';
import type { Plans } from './plan/index.ts';
import type { PoisonGuard } from './poison.ts';
import type {
  Fate,
  FateRow,
  Quality,
  QualityWarehouse,
  ReplayMark,
  Road,
  ViolationRow,
} from './quality/index.ts';
import { asideRow, countableOf, openReader, type Read } from './read-delivery.ts';
import { rememberedFrom, SeenMessages } from './seen-messages.ts';
import type { CollectWarehouse, QuarantineRow } from './store.ch.ts';
import {
  type CleaningOnArrival,
  type IncomingBatch,
  type ResolvePeople,
  type Stored,
  storeFacts,
} from './store-facts.ts';
import { putTogether, type Said } from './together.ts';
import type { Protocol } from './wire/protocols.ts';

/** A delivery, and what it says once it was read. */
type Opened = Delivery & { read?: Read };

/** Journal bytes that become one batch at most: big enough for large inserts, small enough for memory. */
const BATCH_BYTES = 6 * 1024 * 1024;

/** From the beginning of one batch to the next, unless much waits: a batch costs the same for one event as for hundreds. */
const GATHER_MS = 200;

/** How long deliveries are read before others have their turn. */
const TURN_MS = 5;

/** Journal bytes that are asked for where one record is wanted: what it has beyond its head comes whole. */
const FEW_BYTES = 64;

/**
 * The road from acceptance to the warehouse. `accept` puts a payload into the journal and resolves when it is on disk;
 * one loop takes records from the journal in order and stores them. The journal's checkpoint moves only after the
 * batch is stored, and storing is safe to repeat, so a crash anywhere neither loses nor doubles an event.
 */
export function openCollector(parts: {
  journal: Journal;
  warehouse: CollectWarehouse;
  workspaces: Workspaces;
  resolve: ResolvePeople;
  /** How ids of messages are hashed in this installation. */
  hashOf: MessageHash;
  sinks: readonly FactSink[];
  /** Reads calls of webhooks; absent where none come. */
  hooks?: Hooks;
  /** The plan that events are held to, and who counts them; without it nothing is judged. */
  judging?: { plans: Plans; quality: Quality; warehouse: QualityWarehouse };
  /** What counts of a source whose key is a client's. */
  limitsOf?: (source: string) => Promise<ClientKey | null>;
  /** What stands in ids for words that must not be read there. */
  hidden?: (word: string) => string;
  /** What was turned away or set aside of late. */
  lastHour?: LastHour;
  /** The steps that clean what is stored; absent where nothing is cleaned. */
  cleaning?: CleaningOnArrival;
  /** Keeps records aside over which the process dies; absent where nobody starts it again. */
  guard?: PoisonGuard;
  clock: Clock;
  bus: Bus;
  log: Log;
  metrics: Metrics;
}) {
  const { journal, guard, clock, bus, log, metrics } = parts;
  const read = openReader({ ...parts, ...(parts.judging ? { plans: parts.judging.plans } : {}) });
  const settleHeld = openHeldBefore(parts);
  let seen = new SeenMessages(parts.hashOf);
  /** Storing is one at a time: people are resolved by one index in memory. */
  let lane: Promise<unknown> = Promise.resolve();
  let position = journal.checkpointed;
  let closed = false;
  let running: Promise<void> | null = null;
  let drainWaiters: { end: number; done: () => void }[] = [];
  /** Ends the wait for more of a batch. */
  let hurry = () => {};
  let lastVersion = 0;
  let stuckSince: number | null = null;
  const lag = openLag();

  /** Versions rise with time and never repeat within a process. */
  function nextVersion(): number {
    lastVersion = Math.max(lastVersion + 1, clock.now() * 1000);
    return lastVersion;
  }

  function store(batch: Omit<IncomingBatch, 'version'>): Promise<Stored> {
    const work = lane.then(() => storeFacts({ ...batch, version: nextVersion() }, { ...parts, seen }));
    lane = work.catch(() => {});
    return work;
  }

  async function accept(
    header: Omit<Header, 'receivedAt' | 'id'> & Partial<Header>,
    payload: Buffer | string,
    events: number,
  ): Promise<void> {
    const head: Header = { receivedAt: clock.now(), id: randomUUID(), ...header };
    lag.accepted(await journal.append(recordOf(head, payload)), events, clock.now());
    metrics.eventsAccepted.inc(events);
  }

  async function run(): Promise<void> {
    let pause = SECOND / 4;
    /** A batch that failed is tried again as it was: its token stands for exactly these records. */
    let deliveries: Opened[] = [];
    /** Those behind them, which are read while these are stored. */
    let behind: Opened[] = [];
    let began = Number.NEGATIVE_INFINITY;
    while (!closed) {
      await journal.waitBeyond(position);
      await gather(began);
      if (closed) break;
      began = performance.now();
      try {
        if (deliveries.length === 0) {
          deliveries = behind[0]?.begin === position ? behind : await atHand();
          behind = [];
        }
        if (deliveries.length > 0) {
          const { end } = deliveries.at(-1)!;
          const isBusy = end - position > BATCH_BYTES / 2 && !guard?.isSuspected(position);
          if (isBusy && behind.length === 0) behind = await deliveriesFrom(end);
          const all = [...deliveries, ...behind];
          await guard?.begin(position, all.at(-1)!.end, all.length);
          await count(deliveries);
          // What fails here fails again, and is heard, at its own turn.
          await Promise.all([storeOrPart(deliveries), readAll(behind).catch(() => {})]);
          position = deliveries.at(-1)!.end;
          lag.stored(position);
          await journal.checkpoint(position);
          deliveries = [];
        }
        stuckSince = null;
        metrics.journalLag.set(journal.end - position);
        pause = SECOND / 4;
        for (const { done } of drainWaiters.filter(({ end }) => position >= end)) done();
        drainWaiters = drainWaiters.filter(({ end }) => position < end);
      } catch (error) {
        stuckSince ??= clock.now();
        await guard?.rest().catch(() => {});
        log.error({ err: error, position }, 'a batch could not be stored; it stays in the journal');
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, 10 * SECOND);
      }
    }
  }

  /** Waits a moment after a batch, so that what comes one by one is stored together; not where enough or somebody waits. */
  async function gather(since: number): Promise<void> {
    const rest = GATHER_MS - (performance.now() - since);
    if (rest <= 0 || closed || drainWaiters.length > 0 || journal.end - position > BATCH_BYTES / 2) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, rest);
      hurry = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  const deliveriesFrom = async (from: number): Promise<Opened[]> =>
    (await journal.read(from, BATCH_BYTES)).map((record, i, all) => opened(record, all[i - 1]?.end ?? from));

  /** The deliveries that are next; one alone where the process died over it or those beside it. */
  async function atHand(): Promise<Opened[]> {
    if (!guard?.isSuspected(position)) return deliveriesFrom(position);
    const [record] = await journal.read(position, FEW_BYTES);
    if (!record) return [];
    if (!guard.isPoison(position)) return [opened(record, position)];
    await keepAside(record, guard);
    return [];
  }

  /** Passes over a record on which the process died again and again: it is kept, and whoever runs the server is told. */
  async function keepAside(record: JournalRecord, guard: PoisonGuard): Promise<void> {
    const { header } = opened(record, position);
    const file = await guard.keep(position, record.payload);
    const { workspace, source, kind } = header;
    log.error(
      { file, workspace, source, kind, bytes: record.payload.length },
      'the process died again and again over a record of the journal; it was set aside',
    );
    position = record.end;
    lag.stored(position);
    await journal.checkpoint(position);
    await guard.rest();
  }

  /** Reads deliveries; what cannot be read at all is found at fault when it is to be stored. */
  async function readAll(deliveries: readonly Opened[]): Promise<void> {
    const turn = openTurn(TURN_MS);
    for (const one of deliveries) {
      // What is being stored meanwhile goes on in between.
      if (turn.isOver()) await turn.next();
      try {
        one.read ??= await read(one.header, one.body);
      } catch (error) {
        if (!isRowFault(error)) throw error;
      }
    }
  }

  const isStored = (workspace: string, messageId: string, at: number) => seen.has(workspace, messageId, at);

  /** Counts deliveries for quality before they are stored. */
  async function count(deliveries: readonly Opened[]): Promise<void> {
    await readAll(deliveries);
    await settleHeld(deliveries, isStored);
    const countable = deliveries.map((one) => ({ end: one.end, read: countableOf(one) }));
    await parts.judging?.quality.count(countable, journal.end, isStored);
  }

  /**
   * Stores deliveries; where something in them cannot be stored at all, the halves alone, down to the message at fault,
   * which is set aside: what is good is stored whatever came beside it. Other failures are the caller's, to try again.
   */
  async function storeOrPart(deliveries: readonly Opened[]): Promise<void> {
    const [first, last] = [deliveries[0]!, deliveries.at(-1)!];
    try {
      await storeDeliveries(deliveries, `journal:${first.begin}-${last.end}`);
    } catch (error) {
      if (!isRowFault(error)) throw error;
      if (deliveries.length === 1) return storeMessages(first, error);
      const half = deliveries.length >> 1;
      await storeOrPart(deliveries.slice(0, half));
      await storeOrPart(deliveries.slice(half));
    }
  }

  /** Stores each message of a delivery by itself, and sets aside those that cannot be. */
  async function storeMessages({ header, body, begin, end }: Opened, fault: unknown): Promise<void> {
    const messages = messagesOf(header, body);
    for (const [i, message] of messages.entries()) {
      const token = `journal:${begin}-${end}#${i}`;
      const place = (header.first ?? 0) + i;
      const alone = { header: { ...header, first: place }, body: message, begin, end };
      try {
        if (messages.length === 1) throw fault;
        await storeDeliveries([alone], token);
      } catch (error) {
        if (!isRowFault(error)) throw error;
        log.error({ err: error, position: begin, message: i }, 'a message cannot be stored; it is set aside');
        await putAside([asideRow(header, place, 'not_storable', messageOf(error), message)], token);
      }
    }
  }

  /**
   * Stores deliveries under a token that names where they begin and end: after a crash more may have come behind them,
   * and then it is another batch, from which what is stored already is left out by message.
   */
  async function storeDeliveries(deliveries: readonly Opened[], token: string): Promise<void> {
    const said: Said[] = [];
    const aside: QuarantineRow[] = [];
    const calls: DeliveryRow[] = [];
    const warned: ViolationRow[] = [];
    const fates: FateRow[] = [];
    for (const one of deliveries) one.read ??= await read(one.header, one.body);
    await settleHeld(deliveries, isStored);
    for (const one of deliveries) {
      const { header } = one;
      const { facts, faults, call } = one.read!;
      if (call) calls.push(call);
      for (const fault of faults) aside.push(fault);
      for (const row of one.read!.warned) warned.push(row);
      parts.lastHour?.add('rejected', one.read!.rejected.length);
      if (header.replay) fates.push(fateRow(header, header.replay, faults.length === 0, nextVersion()));
      said.push({ header, facts, client: one.read!.client ?? null });
    }
    if (calls.length > 0) await parts.hooks?.takeBack(calls);
    await putAside(aside, token);
    await parts.judging?.warehouse.insertViolations(warned, `${token}:warned`);
    for (const { key, header, facts, client } of await putTogether(said, stepsAt)) {
      const { workspace, source, receivedAt } = header;
      const stored = await store({
        workspace,
        source,
        importId: '',
        receivedAt,
        token: `${token}:${key}`,
        facts,
        client,
        isHeard: client !== null || source === OUR_SOURCE,
        ...(header.replay || header.kind === 'pull' ? { isOld: true } : {}),
      });
      metrics.eventsStored.inc(stored.events);
      await bus.announce('collect.stored', stored.said);
    }
    if (calls.length > 0) await parts.hooks?.keep(calls, token);
    await parts.judging?.warehouse.insertFates(fates, `${token}:fate`);
  }

  const stepsAt = async (workspace: string, moment: number) =>
    (await parts.cleaning?.stepsAt(workspace, moment))?.version ?? 0;

  async function putAside(rows: QuarantineRow[], token: string): Promise<void> {
    await parts.warehouse.insertQuarantine(rows, `${token}:quarantine`);
    metrics.eventsQuarantined.inc(rows.length);
    parts.lastHour?.add('quarantined', rows.length);
  }

  return {
    /** Makes Segment messages durable; resolves when they are on disk. */
    async acceptMessages(
      workspace: string,
      source: string,
      messages: readonly unknown[],
      sentAt: string | null = null,
    ) {
      await this.acceptDelivery(workspace, source, { protocol: 'segment', messages, sentAt });
    },

    /** Makes messages of any protocol durable; resolves when they are on disk. */
    async acceptDelivery(
      workspace: string,
      source: string,
      delivery: {
        protocol: Protocol;
        messages: readonly unknown[];
        sentAt?: string | null;
        around?: Record<string, unknown>;
      },
    ) {
      const { protocol: kind, messages: batch, sentAt, around } = delivery;
      await accept({ kind, workspace, source }, bodyText({ batch, sentAt, around }), batch.length);
    },

    /** Makes a body durable that nothing can be read from, so that it can be looked at. */
    async acceptMalformed(
      workspace: string,
      source: string,
      body: Buffer,
      reason = 'malformed_json',
    ): Promise<void> {
      await accept({ kind: 'malformed', workspace, source, reason }, body.subarray(0, 100_000), 1);
    },

    /** Makes a webhook's call durable as it came; again under its own id, where it is read anew. */
    acceptCall: (async ({ workspace, sourceId: source }, call, again) => {
      await accept({ kind: 'hook', workspace, source, ...again }, JSON.stringify(call), 1);
    }) satisfies AcceptCall as AcceptCall,

    /** Makes facts of our own (a message opened, a consent withdrawn) durable. */
    async record(workspace: string, source: string, facts: readonly Fact[]): Promise<void> {
      await accept({ kind: 'facts', workspace, source }, JSON.stringify(facts), facts.length);
    },

    /** Makes rows durable that were read of a source; resolves when they are on disk. */
    async acceptPulled(workspace: string, source: string, rows: PulledRows): Promise<void> {
      await accept({ kind: 'pull', workspace, source }, JSON.stringify(rows), rows.facts.length);
    },

    /** The road for messages that were held: back through the journal under their own ids, or only looked at. */
    road: {
      async replay(one) {
        await journal.append(recordOf(replayHeader(one, clock.now()), replayBody(one)));
      },
      async foresee(one): Promise<Fate> {
        const body = replayBody(one).toString('utf8');
        const { facts, faults, warned } = await read(replayHeader(one, clock.now()), body);
        if (faults[0]) return { outcome: 'quarantined', reason: faults[0].reason, detail: faults[0].detail };
        const ids = facts.flatMap((fact) => (fact.kind === 'event' ? [fact.messageId] : []));
        if (ids.length > 0 && ids.every((id) => seen.has(one.workspace, id, clock.now())))
          return { outcome: 'repeated', reason: '', detail: '' };
        const [difference] = warned;
        if (!difference) return { outcome: 'stored', reason: '', detail: '' };
        return { outcome: 'warned', reason: difference.kinds[0] ?? '', detail: difference.details.join(' ') };
      },
    } satisfies Road,

    /** Stores facts that are durable elsewhere (an uploaded file); tells nobody. */
    store,

    /** A version above all that was stored before. */
    nextVersion,

    /** Runs a change of stored facts when nothing else is being stored. */
    exclusively<T>(work: () => Promise<T>): Promise<T> {
      const done = lane.then(work);
      lane = done.catch(() => {});
      return done;
    },

    /** Reads back which messages are stored; after messages were taken out, or at start. */
    async recall(): Promise<void> {
      const fresh = new SeenMessages(parts.hashOf);
      for await (const r of parts.warehouse.recentMessages(rememberedFrom(clock.now())))
        fresh.load(r.workspace, r.messages);
      seen = fresh;
    },

    async start(): Promise<void> {
      await this.recall();
      await guard?.open(position);
      const [first] = await journal.read(position, FEW_BYTES);
      if (first) lag.began(journal.end, opened(first, position).header.receivedAt);
      running = run();
    },

    /** Resolves when everything accepted so far is stored. */
    async drained(): Promise<void> {
      const { end } = journal;
      if (position >= end) return;
      await new Promise<void>((done) => {
        drainWaiters.push({ end, done });
        hurry();
      });
    },

    /** Bytes that wait to be stored, events, null where nobody counted them, and since when the first does. */
    lag: () => ({ bytes: journal.end - position, ...lag.waiting() }),

    /** Since when the batch at hand cannot be stored; null while all goes well. */
    stuckSince: () => stuckSince,

    async close(): Promise<void> {
      closed = true;
      hurry();
      await journal.close();
      await running?.catch((error) => log.error({ err: messageOf(error) }, 'the collector ended badly'));
      await lane;
      await guard?.rest();
      drainWaiters = [];
    },
  };
}
export type Collector = ReturnType<typeof openCollector>;

function fateRow(header: Header, replay: ReplayMark, isStored: boolean, version: number): FateRow {
  return {
    ...{ workspace: header.workspace, id: replay.id, state: isStored ? 'replayed' : 'open', version },
    ...{ decision: replay.decision, decided_by: replay.by, decided_at: replay.at },
  };
}
