import type { Announcements } from '@qianmian/contract';
import type { FactBatch, FactSink, Resolved } from './batch.ts';
import type {
  EventFact,
  Fact,
  Identifier,
  OrderLineFact,
  PersonFact,
  ProductFact,
  StoreFact,
} from './facts.ts';
import type { SeenMessages } from './seen-messages.ts';
import type { CollectWarehouse, EventRow, OrderLineRow } from './store.ch.ts';

/** Who is behind identifiers seen together; identity's verb, handed in by `app.ts`. */
export type ResolvePeople = (
  workspace: string,
  sightings: readonly { identifiers: readonly Identifier[]; time: number; samePerson?: boolean }[],
  origin: { importId: string; version: number },
) => Promise<Uint32Array>;

/** Facts of one workspace from one source, to be stored together. */
export interface IncomingBatch {
  workspace: string;
  source: string;
  importId: string;
  receivedAt: number;
  /** Rises with every batch: what came later wins over what came earlier. */
  version: number;
  /** Names the batch; the same facts again after a crash carry the same token. */
  token: string;
  facts: readonly Fact[];
}

/** What was stored: events and lines written, events left out because they were stored before. */
export interface Stored {
  events: number;
  orderLines: number;
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
  },
): Promise<Stored> {
  const kinds = partedByKind(batch, parts.seen);
  // A file may be older than the memory of messages, and may repeat what another file brought.
  if (batch.importId !== '') await leaveOutStored(batch.workspace, kinds, parts.warehouse);
  const personFacts = [...kinds.people, ...kinds.orderLines, ...kinds.events];
  const ids = await parts.resolve(batch.workspace, personFacts, batch);
  const resolvedPart = <F>(facts: F[], from: number): Resolved<F>[] =>
    facts.map((fact, i) => ({ fact, personId: ids[from + i]! }));
  const resolved: FactBatch = {
    ...batch,
    products: kinds.products,
    stores: kinds.stores,
    people: resolvedPart(kinds.people, 0),
    orderLines: resolvedPart(kinds.orderLines, kinds.people.length),
    events: resolvedPart(kinds.events, kinds.people.length + kinds.orderLines.length),
  };
  for (const sink of parts.sinks) await sink(resolved);
  await parts.warehouse.insertOrderLines(
    resolved.orderLines.map((r) => lineRow(batch, r)),
    `${batch.token}:line`,
  );
  await parts.warehouse.insertEvents(
    resolved.events.map((r, i) => eventRow(batch, r, kinds.hashes[i]!)),
    `${batch.token}:event`,
  );
  parts.seen.remember(
    batch.workspace,
    kinds.events.map((e) => e.messageId),
  );
  return {
    events: resolved.events.length,
    orderLines: resolved.orderLines.length,
    repeats: kinds.repeats,
    said: announcement(batch.workspace, resolved, ids),
  };
}

interface Kinds {
  products: ProductFact[];
  stores: StoreFact[];
  people: PersonFact[];
  orderLines: OrderLineFact[];
  events: EventFact[];
  /** Message hashes, beside `events`. */
  hashes: string[];
  repeats: number;
}

function partedByKind(batch: IncomingBatch, seen: SeenMessages): Kinds {
  const kinds: Kinds = {
    products: [],
    stores: [],
    people: [],
    orderLines: [],
    events: [],
    hashes: [],
    repeats: 0,
  };
  const inBatch = new Set<string>();
  for (const fact of batch.facts) {
    if (fact.kind === 'product') kinds.products.push(fact);
    else if (fact.kind === 'store') kinds.stores.push(fact);
    else if (fact.kind === 'person') kinds.people.push(fact);
    else if (fact.kind === 'orderLine') kinds.orderLines.push(fact);
    else {
      const hash = inBatch.has(fact.messageId) ? null : seen.hashIfNew(batch.workspace, fact.messageId);
      if (hash === null) kinds.repeats += 1;
      else {
        inBatch.add(fact.messageId);
        kinds.events.push(fact);
        kinds.hashes.push(hash);
      }
    }
  }
  return kinds;
}

async function leaveOutStored(workspace: string, kinds: Kinds, warehouse: CollectWarehouse): Promise<void> {
  if (kinds.events.length > 0) {
    const stored = new Set(await warehouse.storedHashes(workspace, kinds.hashes));
    const isNew = kinds.hashes.map((hash) => !stored.has(hash));
    kinds.repeats += isNew.filter((x) => !x).length;
    kinds.events = kinds.events.filter((_, i) => isNew[i]);
    kinds.hashes = kinds.hashes.filter((_, i) => isNew[i]);
  }
  if (kinds.orderLines.length > 0) {
    const orderIds = [...new Set(kinds.orderLines.map((l) => l.orderId))];
    const known = new Map(
      (await warehouse.linesOf(workspace, orderIds)).map((row) => [keyOfRow(row), wordOfRow(row)]),
    );
    const before = kinds.orderLines.length;
    kinds.orderLines = kinds.orderLines.filter((l) => known.get(keyOfLine(l)) !== wordOfLine(l));
    kinds.repeats += before - kinds.orderLines.length;
  }
}

const keyOfLine = (l: OrderLineFact) => `${l.orderId}\n${l.lineKind}\n${l.lineId}`;
const keyOfRow = (r: { order_id: string; line_kind: string; line_id: string }) =>
  `${r.order_id}\n${r.line_kind}\n${r.line_id}`;

/** What a line says, in one text: two lines that say the same are one. */
function wordOfLine(l: OrderLineFact): string {
  return JSON.stringify([
    ...[l.time, l.channel, l.storeId ?? '', l.productId, l.quantity, l.unitPriceCents],
    ...[l.discountCents, l.netCents, l.currency, l.couponCode ?? ''],
  ]);
}

function wordOfRow(r: Omit<OrderLineRow, 'time'> & { time: string }): string {
  return JSON.stringify([
    ...[Date.parse(r.time), r.channel, r.store_id, r.product_id, r.quantity, r.unit_price_cents],
    ...[r.discount_cents, r.net_cents, r.currency, r.coupon_code],
  ]);
}

function lineRow(batch: IncomingBatch, { fact, personId }: Resolved<OrderLineFact>): OrderLineRow {
  return {
    workspace: batch.workspace,
    order_id: fact.orderId,
    line_kind: fact.lineKind,
    line_id: fact.lineId,
    person_id: personId,
    time: fact.time,
    channel: fact.channel,
    store_id: fact.storeId ?? '',
    product_id: fact.productId,
    quantity: fact.quantity,
    unit_price_cents: fact.unitPriceCents,
    discount_cents: fact.discountCents,
    net_cents: fact.netCents,
    currency: fact.currency,
    coupon_code: fact.couponCode ?? '',
    source: batch.source,
    import_id: batch.importId,
    version: batch.version,
  };
}

function eventRow(batch: IncomingBatch, { fact, personId }: Resolved<EventFact>, hash: string): EventRow {
  return {
    workspace: batch.workspace,
    person_id: personId,
    time: fact.time,
    received_at: batch.receivedAt,
    name: fact.name,
    message_id: fact.messageId,
    message_hash: hash,
    source: batch.source,
    import_id: batch.importId,
    channel: fact.channel ?? '',
    properties: fact.properties,
  };
}

function announcement(
  workspace: string,
  batch: FactBatch,
  ids: Uint32Array,
): Announcements['collect.stored'] {
  const uses = new Map<string, Announcements['collect.stored']['couponUses'][number]>();
  for (const { fact } of batch.orderLines) {
    if (!fact.couponCode || fact.lineKind !== 'sale') continue;
    const key = `${fact.couponCode}\n${fact.orderId}`;
    const use = uses.get(key) ?? {
      code: fact.couponCode,
      orderId: fact.orderId,
      basketCents: 0,
      time: fact.time,
    };
    use.basketCents += fact.netCents + fact.discountCents;
    uses.set(key, use);
  }
  return {
    workspace,
    personIds: [...new Set(ids)].filter((id) => id > 0),
    couponUses: [...uses.values()],
    hasOrders: batch.orderLines.length > 0,
    hasTraits: batch.people.length > 0,
  };
}
