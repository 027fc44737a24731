import { randomUUID } from 'node:crypto';
import type { Workspaces } from '../governance/index.ts';
import type { Bus } from '../platform/bus.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Journal, JournalRecord } from '../platform/journal.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { clip, storableText } from '../platform/text.ts';
import { isRowFault } from '../platform/warehouse.ts';
import type { FactSink } from './batch.ts';
import type { EventFact, Fact } from './facts.ts';
import type { AcceptCall, Hooks } from './hooks/hooks.ts';
import type { DeliveryRow } from './hooks/store.ch.ts';
import type { Plans, Verdict } from './plan/index.ts';
import type {
  Fate,
  FateRow,
  Quality,
  QualityWarehouse,
  ReadDelivery,
  Replay,
  ReplayMark,
  Road,
  ViolationRow,
} from './quality/index.ts';
import { rememberedFrom, SeenMessages } from './seen-messages.ts';
import { storableJson } from './storable.ts';
import type { CollectWarehouse, QuarantineRow } from './store.ch.ts';
import { type IncomingBatch, type ResolvePeople, type Stored, storeFacts } from './store-facts.ts';
import { LATE_DAYS } from './wire/call.ts';
import { type Protocol, readMessage } from './wire/protocols.ts';

/** What lies in the journal: a header line and the payload as it came. */
interface Header {
  kind: Protocol | 'facts' | 'malformed' | 'hook';
  /** Why nothing could be read from a body. */
  reason?: string;
  workspace: string;
  source: string;
  receivedAt: number;
  id: string;
  /** Place of the body's first message in what was delivered, where a delivery was parted. */
  first?: number;
  /** Of a message that was held before: it goes the same road again. */
  replay?: ReplayMark;
}

/** A record of the journal: what was handed in at once, and where it lies. */
interface Delivery {
  header: Header;
  body: string;
  begin: number;
  end: number;
  /** What it says, once it was read. */
  read?: Read;
}

/** What a delivery says, and what of it is not stored. */
interface Read {
  timeZone: string;
  facts: Fact[];
  faults: QuarantineRow[];
  /** Stored events that differ from the plan. */
  warned: ViolationRow[];
  /** Messages that the plan turns away. */
  rejected: { event: EventFact; verdict: Verdict }[];
  /** A webhook's call, as it is kept. */
  call?: DeliveryRow;
}

/** What a body says: its messages, and what was said of all of them. */
interface WireBody {
  batch: readonly unknown[];
  sentAt?: unknown;
  around?: Record<string, unknown> | undefined;
}

/** Journal bytes that become one batch at most: big enough for large inserts, small enough for memory. */
const BATCH_BYTES = 6 * 1024 * 1024;

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
  sinks: readonly FactSink[];
  /** Reads calls of webhooks; absent where none come. */
  hooks?: Hooks;
  /** The plan that events are held to, and who counts them; without it nothing is judged. */
  judging?: { plans: Plans; quality: Quality; warehouse: QualityWarehouse };
  clock: Clock;
  bus: Bus;
  log: Log;
  metrics: Metrics;
}) {
  const { journal, clock, bus, log, metrics } = parts;
  let seen = new SeenMessages();
  /** Storing is one at a time: people are resolved by one index in memory. */
  let lane: Promise<unknown> = Promise.resolve();
  let position = journal.checkpointed;
  let closed = false;
  let running: Promise<void> | null = null;
  let drainWaiters: (() => void)[] = [];
  let lastVersion = 0;
  let stuckSince: number | null = null;

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
  ): Promise<number> {
    const head: Header = { receivedAt: clock.now(), id: randomUUID(), ...header };
    return journal.append(recordOf(head, payload));
  }

  async function run(): Promise<void> {
    let pause = SECOND / 4;
    /** A batch that failed is tried again as it was: its token stands for exactly these records. */
    let deliveries: Delivery[] = [];
    while (!closed) {
      await journal.waitBeyond(position);
      if (closed) break;
      try {
        if (deliveries.length === 0) {
          const records = await journal.read(position, BATCH_BYTES);
          deliveries = records.map((record, i) => opened(record, records[i - 1]?.end ?? position));
        }
        if (deliveries.length > 0) {
          await count(deliveries);
          await storeOrPart(deliveries);
          position = deliveries.at(-1)!.end;
          await journal.checkpoint(position);
          deliveries = [];
        }
        stuckSince = null;
        metrics.journalLag.set(journal.end - position);
        pause = SECOND / 4;
        if (position >= journal.end) for (const done of drainWaiters.splice(0)) done();
      } catch (error) {
        stuckSince ??= clock.now();
        log.error({ err: error, position }, 'a batch could not be stored; it stays in the journal');
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, 10 * SECOND);
      }
    }
  }

  /** Counts deliveries for quality before they are stored; what cannot be read at all is found at fault later. */
  async function count(deliveries: readonly Delivery[]): Promise<void> {
    for (const one of deliveries)
      try {
        one.read ??= await read(one.header, one.body);
      } catch (error) {
        if (!isRowFault(error)) throw error;
      }
    const countable = deliveries.map((one) => ({ end: one.end, read: countableOf(one) }));
    await parts.judging?.quality.count(countable, journal.end, (workspace, id, at) =>
      seen.has(workspace, id, at),
    );
  }

  /**
   * Stores deliveries; where something in them cannot be stored at all, the halves alone, down to the message at fault,
   * which is set aside: what is good is stored whatever came beside it. Other failures are the caller's, to try again.
   */
  async function storeOrPart(deliveries: readonly Delivery[]): Promise<void> {
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
  async function storeMessages({ header, body, begin, end }: Delivery, fault: unknown): Promise<void> {
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
  async function storeDeliveries(deliveries: readonly Delivery[], token: string): Promise<void> {
    const groups = new Map<string, { header: Header; facts: Fact[] }>();
    const aside: QuarantineRow[] = [];
    const calls: DeliveryRow[] = [];
    const warned: ViolationRow[] = [];
    const fates: FateRow[] = [];
    for (const one of deliveries) {
      const { header } = one;
      one.read ??= await read(header, one.body);
      const { facts, faults, call } = one.read;
      if (call) calls.push(call);
      for (const fault of faults) aside.push(fault);
      for (const row of one.read.warned) warned.push(row);
      if (header.replay) fates.push(fateRow(header, header.replay, faults.length === 0, nextVersion()));
      const key = `${header.workspace}\n${header.source}${header.replay ? '\nreplay' : ''}`;
      const group = groups.get(key) ?? { header, facts: [] };
      for (const fact of facts) group.facts.push(fact);
      groups.set(key, group);
    }
    if (calls.length > 0) await parts.hooks?.takeBack(calls);
    await putAside(aside, token);
    await parts.judging?.warehouse.insertViolations(warned, `${token}:warned`);
    for (const [key, { header, facts }] of groups) {
      const { workspace, source, receivedAt } = header;
      const stored = await store({
        workspace,
        source,
        importId: '',
        receivedAt,
        token: `${token}:${key}`,
        facts,
        ...(header.replay ? { isOld: true } : {}),
      });
      metrics.eventsStored.inc(stored.events);
      await bus.announce('collect.stored', stored.said);
    }
    if (calls.length > 0) await parts.hooks?.keep(calls, token);
    await parts.judging?.warehouse.insertFates(fates, `${token}:fate`);
  }

  async function putAside(rows: QuarantineRow[], token: string): Promise<void> {
    await parts.warehouse.insertQuarantine(rows, `${token}:quarantine`);
    metrics.eventsQuarantined.inc(rows.length);
  }

  async function read(header: Header, body: string): Promise<Read> {
    const out: Read = { timeZone: 'UTC', facts: [], faults: [], warned: [], rejected: [] };
    const { workspace, replay } = header;
    if (header.kind === 'facts') return { ...out, facts: JSON.parse(body) as Fact[] };
    const { currency, timeZone } = await parts.workspaces.get(workspace);
    out.timeZone = timeZone;
    if (header.kind === 'hook') {
      if (!parts.hooks) throw new Error('A call of a webhook is in the journal, and nothing reads it.');
      const { facts, faults, row } = await parts.hooks.read(header, body);
      const aside = faults.map((f) => asideRow(header, f.place, f.reason, f.detail, f.payload));
      const judge = await parts.judging?.plans.judgeOf(workspace, header.source);
      for (const fact of facts) {
        // A service that calls us is not ours to mend: what it says is taken, and noted where it differs.
        const verdict = judge && fact.kind === 'event' ? judge(fact.name, fact.properties) : null;
        if (verdict && fact.kind === 'event') out.warned.push(violationRow(header, fact, verdict));
      }
      return { ...out, facts, faults: aside, call: row ?? undefined };
    }
    if (header.kind === 'malformed') {
      const reason = header.reason ?? 'malformed_json';
      out.faults.push(asideRow(header, 0, reason, MALFORMED[reason] ?? reason, body));
      return out;
    }
    const judge = await parts.judging?.plans.judgeOf(workspace, header.source);
    const { batch, sentAt: sent, around } = JSON.parse(body) as WireBody;
    const sentAt = typeof sent === 'string' ? Date.parse(sent) : Number.NaN;
    // A message that was held is heard as when it came.
    const receivedAt = replay?.heardAt ?? header.receivedAt;
    for (const [i, message] of batch.entries()) {
      const place = (header.first ?? 0) + i;
      const made = readMessage(header.kind, message, {
        receivedAt,
        sentAt: Number.isFinite(sentAt) ? sentAt : null,
        currency,
        messageId: () => `${header.id}:${place}`,
        place,
        lateDays: LATE_DAYS,
        ...(around ? { around } : {}),
      });
      const hold = (reason: string, detail: string) => {
        const said = around ? { ...around, message } : message;
        out.faults.push({
          ...asideRow(header, place, reason, detail, JSON.stringify(said) ?? 'null'),
          event: clip(eventOf(message), 200),
          sent_at: Number.isFinite(sentAt) ? sentAt : null,
          has_around: around ? 1 : 0,
        });
      };
      if (!Array.isArray(made)) {
        hold(made.reason, made.detail);
        continue;
      }
      const event = made.findLast((fact) => fact.kind === 'event');
      const verdict = event && judge ? judge(event.name, event.properties) : null;
      if (event && verdict) {
        // What was held is never lost by a replay, and is taken as it is where someone says so.
        const action = replay?.accept ? 'warn' : replay ? heldAgain(verdict.action) : verdict.action;
        if (action === 'quarantine') {
          hold(verdict.reason, verdict.differences.map((one) => one.detail).join(' '));
          continue;
        }
        if (action === 'reject') {
          out.rejected.push({ event, verdict });
          continue;
        }
        out.warned.push(violationRow(header, event, verdict));
      }
      for (const fact of made) out.facts.push(fact);
    }
    return out;
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
      await accept({ kind, workspace, source }, bodyText({ batch, sentAt, around }));
      metrics.eventsAccepted.inc(batch.length);
    },

    /** Makes a body durable that nothing can be read from, so that it can be looked at. */
    async acceptMalformed(
      workspace: string,
      source: string,
      body: Buffer,
      reason = 'malformed_json',
    ): Promise<void> {
      await accept({ kind: 'malformed', workspace, source, reason }, body.subarray(0, 100_000));
    },

    /** Makes a webhook's call durable as it came; again under its own id, where it is read anew. */
    acceptCall: (async ({ workspace, sourceId: source }, call, again) => {
      await accept({ kind: 'hook', workspace, source, ...again }, JSON.stringify(call));
      metrics.eventsAccepted.inc();
    }) satisfies AcceptCall as AcceptCall,

    /** Makes facts of our own (a message opened, a consent withdrawn) durable. */
    async record(workspace: string, source: string, facts: readonly Fact[]): Promise<void> {
      await accept({ kind: 'facts', workspace, source }, JSON.stringify(facts));
      metrics.eventsAccepted.inc(facts.length);
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

    /** Runs a change of stored facts when nothing else is being stored. */
    exclusively<T>(work: () => Promise<T>): Promise<T> {
      const done = lane.then(work);
      lane = done.catch(() => {});
      return done;
    },

    /** Reads back which messages are stored; after messages were taken out, or at start. */
    async recall(): Promise<void> {
      const fresh = new SeenMessages();
      for await (const r of parts.warehouse.recentMessages(rememberedFrom(clock.now())))
        fresh.load(r.workspace, r.messages);
      seen = fresh;
    },

    async start(): Promise<void> {
      await this.recall();
      running = run();
    },

    /** Resolves when everything accepted so far is stored. */
    async drained(): Promise<void> {
      if (position >= journal.end) return;
      await new Promise<void>((resolve) => drainWaiters.push(resolve));
    },

    lag: () => journal.end - position,

    /** Since when the batch at hand cannot be stored; null while all goes well. */
    stuckSince: () => stuckSince,

    async close(): Promise<void> {
      closed = true;
      await journal.close();
      await running?.catch((error) => log.error({ err: messageOf(error) }, 'the collector ended badly'));
      await lane;
      drainWaiters = [];
    },
  };
}
export type Collector = ReturnType<typeof openCollector>;

const heldAgain = (action: Verdict['action']) => (action === 'reject' ? 'quarantine' : action);

function recordOf(head: Header, payload: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(payload)]);
}

/** The header of a message that was held: its id and place are those it had, so that it is the same message. */
function replayHeader({ workspace, source, protocol, replay }: Replay, receivedAt: number): Header {
  const at = replay.id.lastIndexOf(':');
  return {
    ...{ kind: protocol as Protocol, workspace, source, receivedAt, replay },
    id: replay.id.slice(0, at),
    first: Number(replay.id.slice(at + 1)),
  };
}

function replayBody({ mended }: Replay): Buffer {
  const { messages: batch, around, sentAt } = mended;
  return Buffer.from(
    bodyText({ batch, sentAt: sentAt === null ? null : new Date(sentAt).toISOString(), around }),
  );
}

function fateRow(header: Header, replay: ReplayMark, isStored: boolean, version: number): FateRow {
  return {
    ...{ workspace: header.workspace, id: replay.id, state: isStored ? 'replayed' : 'open', version },
    ...{ decision: replay.decision, decided_by: replay.by, decided_at: replay.at },
  };
}

function violationRow(header: Header, event: EventFact, verdict: Verdict): ViolationRow {
  return {
    ...{ workspace: header.workspace, received_at: header.receivedAt, source: header.source },
    ...{ message_id: event.messageId, name: event.name },
    kinds: verdict.differences.map((one) => one.kind),
    details: verdict.differences.map((one) => storableText(one.detail)),
  };
}

/** What of a delivery is counted: not facts of our own, nor what was counted when it first came. */
function countableOf({ header, read }: Delivery): ReadDelivery | null {
  if (!read || header.kind === 'facts' || header.replay) return null;
  // A call that is read again was counted when it came.
  if (read.call && read.call.version !== header.receivedAt) return null;
  const { workspace, source, receivedAt } = header;
  return {
    ...{ workspace, source, receivedAt, timeZone: read.timeZone, facts: read.facts },
    held: read.faults.map((fault) => fault.reason),
    warned: read.warned.map((row) => row.kinds),
    rejected: read.rejected.map(({ event, verdict }) => ({
      key: `rejected:${event.messageId}:${receivedAt}`,
      reasons: [verdict.reason],
      detail: verdict.differences.map((one) => one.detail).join(' '),
      ...{ name: event.name, time: event.time, receivedAt, source, channel: event.channel ?? '' },
      messageId: event.messageId,
    })),
  };
}

/** What a message calls its event, as far as can be told. */
function eventOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return '';
  const { event, name, en } = message as Record<string, unknown>;
  const said = [event, name, en].find((one) => typeof one === 'string' && one !== '');
  return storableText(String(said ?? ''));
}

/** Why nothing could be read from a body, in words. */
const MALFORMED: Record<string, string> = {
  malformed_json: 'The body is not JSON, or no message can be found in it.',
  malformed_form: 'The body is no form with "data" or "data_list".',
  malformed_base64: '"data" or "data_list" is not base64.',
  malformed_gzip: 'The body begins like gzip and cannot be unzipped.',
};

function opened({ payload, end }: JournalRecord, begin: number): Delivery {
  const line = payload.indexOf(10);
  const header = JSON.parse(payload.toString('utf8', 0, line)) as Header;
  return { header, body: payload.toString('utf8', line + 1), begin, end };
}

/** The bodies of a delivery's messages, one each; the whole where it is nested too deep to be written again. */
function messagesOf(header: Header, body: string): string[] {
  try {
    return partsOf(header, body);
  } catch (error) {
    if (error instanceof RangeError) return [body];
    throw error;
  }
}

/** Messages as text; those nested too deep to be written as they are, with their depth cut. */
function bodyText({ batch, sentAt, around }: WireBody): string {
  const body = { batch, ...(sentAt ? { sentAt } : {}), ...(around ? { around } : {}) };
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify({ ...body, batch: batch.map(storableJson), around: storableJson(around) });
  }
}

function partsOf(header: Header, body: string): string[] {
  if (header.kind === 'malformed' || header.kind === 'hook') return [body];
  if (header.kind === 'facts') return (JSON.parse(body) as Fact[]).map((fact) => JSON.stringify([fact]));
  const { batch, ...rest } = JSON.parse(body) as WireBody;
  return batch.map((message) => JSON.stringify({ ...rest, batch: [message] }));
}

function asideRow(
  header: Header,
  place: number,
  reason: string,
  detail: string,
  payload: string,
): QuarantineRow {
  return {
    workspace: header.workspace,
    id: `${header.id}:${place}`,
    received_at: header.replay?.heardAt ?? header.receivedAt,
    protocol: header.kind,
    event: '',
    sent_at: null,
    has_around: 0,
    source: header.source,
    reason,
    detail: storableText(clip(detail, 2000)),
    payload: storableText(clip(payload, 100_000)),
  };
}
