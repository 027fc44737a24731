import type { Announcements, ClientKey } from '@qianmian/contract';
import { type FactBatch, type FactSink, heardAt, type Resolved } from './batch.ts';
import type { Compiled } from './cleaning/compile.ts';
import { changesOf, cleanFacts, cleanPeople } from './cleaning/on-arrival.ts';
import type { ChangeRow } from './cleaning/store.ch.ts';
import { MOST_RETURNS, MOST_RETURNS_BY_CLIENTS } from './count-returns.ts';
import type {
  ClosedOrderFact,
  EventFact,
  Fact,
  Identifier,
  OrderLineFact,
  PersonFact,
  ProductFact,
  StockFact,
  StoreFact,
} from './facts.ts';
import { grouped } from './grouped.ts';
import { digitsOf, hashBefore } from './message-hash.ts';
import { newestTellings } from './newest-telling.ts';
import { retellOrders, withoutToldOrders } from './retell-orders.ts';
import type { SeenMessages } from './seen-messages.ts';
import type { CollectWarehouse, EventRow, QuarantineRow } from './store.ch.ts';
import type { StoredOrders } from './teller.ts';

/** Who is behind identifiers seen together; identity's verb, handed in by `app.ts`. */
export type ResolvePeople = (
  workspace: string,
  sightings: readonly { identifiers: readonly Identifier[]; time: number; samePerson?: boolean }[],
  origin: { importId: string; version: number; source: string; isHeard?: boolean },
) => Promise<ResolvedPeople>;

/** The steps that clean what arrives; cleaning's verbs, handed in. */
export interface CleaningOnArrival {
  /** The steps in force at a moment; null where none was ever saved. */
  stepsAt(workspace: string, moment: number): Promise<Compiled | null>;
  /** Keeps what was done, so that it can be undone. */
  keep(rows: ChangeRow[], token: string): Promise<void>;
}

/** The person of each sighting, and the number of the identifier that says so; 0 for nobody. */
export interface ResolvedPeople {
  people: Uint32Array;
  anchors: Uint32Array;
}

/** Facts of one workspace from one source, to be stored together. */
export interface IncomingBatch {
  workspace: string;
  source: string;
  importId: string;
  /** When the first of it was received, and all that says no other moment. */
  receivedAt: number;
  /** Rises with every batch: what came later wins over what came earlier. */
  version: number;
  /** Names the batch; the same facts again after a crash carry the same token. */
  token: string;
  facts: readonly Fact[];
  /** They first came a while ago: what is stored is asked beyond what is remembered. */
  isOld?: boolean;
  /** They came by a client's key. */
  client?: ClientKey | null;
  /** What they say of who is who counts as far as nothing stands against it that a server, a file or a service told. */
  isHeard?: boolean;
}

/** What was stored: events written, events left out because they were stored before. */
export interface Stored {
  events: number;
  repeats: number;
  said: Announcements['collect.stored'];
}

/**
 * Makes facts rows. People are resolved first and made durable; what other domains derive comes next, then order
 * lines, and the events last: an event in the warehouse says that everything of it is. Every step may be repeated.
 */
export async function storeFacts(
  batch: IncomingBatch,
  parts: {
    warehouse: CollectWarehouse;
    resolve: ResolvePeople;
    sinks: readonly FactSink[];
    seen: SeenMessages;
    cleaning?: CleaningOnArrival;
  },
): Promise<Stored> {
  const { warehouse } = parts;
  // A batch that is stored again after a crash is cleaned as before: by the steps of when it came.
  const moment = batch.importId === '' ? batch.receivedAt : Number.POSITIVE_INFINITY;
  const steps = await parts.cleaning?.stepsAt(batch.workspace, moment);
  const cleaned = steps ? cleanFacts(batch.facts, batch.source, steps) : null;
  const kinds = partedByKind(cleaned ? { ...batch, facts: cleaned.facts } : batch, parts.seen);
  // A file may be older than the memory of messages, and may repeat what another file brought.
  if (batch.importId !== '' || batch.isOld) await leaveOutStored(batch.workspace, kinds, warehouse);
  const stored = await storedOrders(batch.workspace, [...kinds.orderLines, ...kinds.closed], warehouse);
  if (batch.client) kinds.orderLines = withoutToldOrders(kinds.orderLines, stored, batch.source);
  const personFacts = [...kinds.people, ...kinds.orderLines, ...kinds.events];
  const { people: ids, anchors } = await parts.resolve(batch.workspace, personFacts, batch);
  const resolvedPart = <F>(facts: F[], from: number): Resolved<F>[] =>
    facts.map((fact, i) => ({ fact, personId: ids[from + i]!, anchor: anchors[from + i]! }));
  const resolved: FactBatch = {
    ...batch,
    products: kinds.products,
    stores: kinds.stores,
    stocks: kinds.stocks,
    people: resolvedPart(kinds.people, 0),
    orderLines: resolvedPart(kinds.orderLines, kinds.people.length),
    events: resolvedPart(kinds.events, kinds.people.length + kinds.orderLines.length),
  };
  const newest = newestTellings(resolved.orderLines, stored, batch);
  if (cleaned) {
    const { people, trails } = cleanPeople(resolved.people, cleaned);
    resolved.people = people;
    await parts.cleaning?.keep(
      changesOf({ ...resolved, orderLines: newest.told }, { trails }, stored.lines),
      `${batch.token}:cleaned`,
    );
  }
  for (const sink of parts.sinks) await sink(resolved);
  const retelling = retellOrders(newest, stored, batch, kinds.closed);
  // All replace themselves, and stand before the lines do that rest on them.
  await warehouse.insertClaims(retelling.claims);
  if (retelling.beyond.size > 0)
    await warehouse.insertQuarantine([beyondRow(batch, retelling.beyond)], `${batch.token}:returns`);
  await warehouse.insertReplaced(retelling.replaced);
  await warehouse.insertAgreed(batch, retelling.agreed);
  await warehouse.insertOrderLines(retelling.lines, `${batch.token}:line`);
  await warehouse.insertEvents(
    resolved.events.map((r, i) => eventRow(batch, r, kinds.hashes[i]!)),
    `${batch.token}:event`,
  );
  for (const [arrived, events] of grouped(kinds.events, (event) => heardAt(event, batch)))
    parts.seen.remember(
      batch.workspace,
      events.map((e) => e.messageId),
      arrived,
    );
  return {
    events: resolved.events.length,
    repeats: kinds.repeats,
    said: announcement(batch.workspace, kinds, [...ids, ...retelling.lines.map((row) => row.person_id)]),
  };
}

/** Orders that are named where more returns were told of them than count. */
const NAMED = 100;

/** Tells where returns are looked for that do not count: their events are kept. */
function beyondRow(batch: IncomingBatch, beyond: ReadonlyMap<string, number>): QuarantineRow {
  const left = [...beyond.values()].reduce((sum, returns) => sum + returns, 0);
  const { returns, lines } = batch.client ? MOST_RETURNS_BY_CLIENTS : MOST_RETURNS;
  const most = `${returns.toLocaleString('en')} returns of one order count, of ${lines.toLocaleString('en')} lines`;
  return {
    ...{ workspace: batch.workspace, id: `${batch.token}:returns`, received_at: batch.receivedAt },
    ...{ source: batch.source, reason: 'too_many_returns' },
    detail: `${batch.client ? `By keys of pages ${most}` : most}: ${left.toLocaleString('en')} more are kept as events alone.`,
    payload: JSON.stringify(Object.fromEntries([...beyond].slice(0, NAMED))),
  };
}

/** What is stored of the orders that lines are of. */
async function storedOrders(
  workspace: string,
  lines: readonly { orderId: string }[],
  warehouse: CollectWarehouse,
): Promise<StoredOrders> {
  if (lines.length === 0) return { lines: [], claims: [] };
  const orderIds = [...new Set(lines.map((l) => l.orderId))];
  const [stored, claims] = await Promise.all([
    warehouse.linesOf(workspace, orderIds),
    warehouse.claimsOf(workspace, orderIds),
  ]);
  return { lines: stored, claims };
}

interface Kinds {
  products: ProductFact[];
  stores: StoreFact[];
  stocks: StockFact[];
  people: PersonFact[];
  orderLines: OrderLineFact[];
  closed: ClosedOrderFact[];
  events: EventFact[];
  /** Message hashes, beside `events`. */
  hashes: string[];
  repeats: number;
  /** Order lines of messages that were left out as repeats. */
  repeatedLines: OrderLineFact[];
}

/** Facts by kind, without those of messages that came before: in this batch, or in any that is stored. */
function partedByKind(batch: IncomingBatch, seen: SeenMessages): Kinds {
  const kinds: Kinds = {
    products: [],
    stores: [],
    stocks: [],
    people: [],
    orderLines: [],
    closed: [],
    events: [],
    hashes: [],
    repeats: 0,
    repeatedLines: [],
  };
  const inBatch = new Set<string>();
  const storedBefore = new Set<string>();
  for (const fact of batch.facts)
    if (fact.kind === 'event' && fact.formerId !== undefined)
      if (seen.has(batch.workspace, fact.formerId, heardAt(fact, batch))) storedBefore.add(fact.messageId);
  // A message's facts stand together: it is asked about once.
  let asked: { messageId: string; cameBefore: boolean } | null = null;
  const cameBefore = (messageId: string, at: number): boolean => {
    if (asked?.messageId !== messageId)
      asked = {
        messageId,
        cameBefore:
          inBatch.has(messageId) || storedBefore.has(messageId) || seen.has(batch.workspace, messageId, at),
      };
    return asked.cameBefore;
  };
  for (const fact of batch.facts) {
    if (fact.kind === 'event') {
      asked = null;
      const hash =
        inBatch.has(fact.messageId) || storedBefore.has(fact.messageId)
          ? null
          : seen.hashIfNew(batch.workspace, fact.messageId, heardAt(fact, batch));
      if (hash === null) kinds.repeats += 1;
      else {
        inBatch.add(fact.messageId);
        kinds.events.push(fact);
        kinds.hashes.push(hash);
      }
    } else if (fact.messageId !== undefined && cameBefore(fact.messageId, heardAt(fact, batch))) {
      if (fact.kind === 'orderLine') kinds.repeatedLines.push(fact);
    } else if (fact.kind === 'product') kinds.products.push(fact);
    else if (fact.kind === 'store') kinds.stores.push(fact);
    else if (fact.kind === 'stock') kinds.stocks.push(fact);
    else if (fact.kind === 'person') kinds.people.push(fact);
    else if (fact.kind === 'closedOrder') kinds.closed.push(fact);
    else kinds.orderLines.push(fact);
  }
  return kinds;
}

async function leaveOutStored(workspace: string, kinds: Kinds, warehouse: CollectWarehouse): Promise<void> {
  if (kinds.events.length === 0) return;
  const out = new Uint32Array(2);
  const before = kinds.events.map((e) => (hashBefore(e.messageId, out) ? digitsOf(out) : null));
  const asked = [...kinds.hashes, ...before.filter((hash) => hash !== null)];
  const stored = new Set(await warehouse.storedHashes(workspace, asked));
  const isNew = kinds.hashes.map((hash, i) => !stored.has(hash) && !stored.has(before[i] ?? hash));
  kinds.repeats += isNew.filter((x) => !x).length;
  kinds.events = kinds.events.filter((_, i) => isNew[i]);
  kinds.hashes = kinds.hashes.filter((_, i) => isNew[i]);
}

function eventRow(
  batch: IncomingBatch,
  { fact, personId, anchor }: Resolved<EventFact>,
  hash: string,
): EventRow {
  return {
    workspace: batch.workspace,
    person_id: personId,
    anchor,
    time: fact.time,
    received_at: heardAt(fact, batch),
    name: fact.name,
    message_id: fact.messageId,
    message_hash: hash,
    source: batch.source,
    import_id: batch.importId,
    channel: fact.channel ?? '',
    properties: fact.properties,
    context: JSON.stringify(fact.context ?? {}),
    envelope: JSON.stringify(fact.envelope ?? {}),
    protocol: fact.original?.protocol ?? '',
    original_name: fact.original?.name ?? '',
    mapping: fact.original?.mapping ?? 0,
  };
}

/** What is said of a batch. Repeats are spoken of as well: a crash may have come before the first word of them. */
function announcement(
  workspace: string,
  kinds: Kinds,
  personIds: Iterable<number>,
): Announcements['collect.stored'] {
  const people = new Set(personIds);
  people.delete(0);
  return {
    workspace,
    personIds: [...people],
    couponUses: couponUses([...kinds.repeatedLines, ...kinds.orderLines]),
    hasOrders: kinds.orderLines.length + kinds.repeatedLines.length + kinds.closed.length > 0,
    hasReturns: kinds.closed.length > 0 || kinds.orderLines.some((line) => line.claim !== undefined),
    hasTraits: kinds.people.length > 0,
  };
}

function couponUses(lines: readonly OrderLineFact[]): Announcements['collect.stored']['couponUses'] {
  // An order told twice is one basket.
  const last = new Map<string, OrderLineFact>();
  for (const line of lines)
    if (line.couponCode && line.lineKind === 'sale') last.set(`${line.orderId}\n${line.lineId}`, line);
  const uses = new Map<string, Announcements['collect.stored']['couponUses'][number]>();
  for (const { couponCode: code, orderId, time, netCents, discountCents } of last.values()) {
    const key = `${code}\n${orderId}`;
    const use = uses.get(key) ?? { code: code!, orderId, basketCents: 0, time };
    use.basketCents += netCents + discountCents;
    uses.set(key, use);
  }
  return [...uses.values()];
}
