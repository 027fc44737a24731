import { heardAt, type Resolved } from './batch.ts';
import type { OrderLineFact } from './facts.ts';
import type { OrderLineRow } from './store.ch.ts';
import { isOutdone, isOwn, NOBODY, type StoredOrders, type Teller, type Whose } from './teller.ts';
import { FUTURE_TOLERANCE } from './wire/call.ts';

/** What a source said last of an order as a whole, by the time of what it said. */
export interface Telling {
  /** When it was told as it stands. */
  toldAt: number;
  /** When it was last told when the order was made; 0 where only changes were told. */
  datedAt: number;
  /** When the order was made, as far as it is known. */
  time: number;
  whose: Whose;
}

/** Lines that say something new of their orders, and what is known of the orders now. */
export interface NewestTellings {
  told: Resolved<OrderLineFact>[];
  tellings: ReadonlyMap<string, Telling>;
}

/**
 * Leaves out what is older than what the same source said before of an order as a whole: calls come late, in any
 * sequence, and again. Of older news counts only what is not known otherwise: when the order was made, and whose it is.
 * Files, and rows that are pulled, say nothing of when they were told: whoever comes last is right.
 */
export function newestTellings(
  lines: readonly Resolved<OrderLineFact>[],
  stored: StoredOrders,
  teller: Teller & { receivedAt: number },
): NewestTellings {
  const sales = salesByOrder(stored);
  const tellings = new Map<string, Telling>();
  const told = lines.filter(({ fact, personId, anchor }) => {
    const at = toldAtOf(fact, teller.importId, heardAt(fact, teller));
    if (at === undefined) return true;
    let telling = tellings.get(fact.orderId);
    if (!telling) {
      telling = tellingOf(sales.get(fact.orderId) ?? [], teller);
      tellings.set(fact.orderId, telling);
    }
    if (fact.isChange) {
      if (telling.datedAt === 0) telling.time = Math.min(telling.time, fact.time);
    } else if (at >= telling.datedAt) {
      telling.datedAt = at;
      telling.time = fact.time;
    }
    const isNews = at >= telling.toldAt;
    if (personId > 0 && (isNews || telling.whose.person_id === 0))
      telling.whose = { person_id: personId, anchor };
    if (isNews) telling.toldAt = at;
    return isNews;
  });
  return { told, tellings };
}

function toldAtOf(
  { toldAt, lineKind }: OrderLineFact,
  importId: string,
  receivedAt: number,
): number | undefined {
  if (toldAt === undefined || lineKind !== 'sale' || importId !== '') return undefined;
  return toldAt > receivedAt + FUTURE_TOLERANCE ? receivedAt : toldAt;
}

/** The sale lines that are stored of each order, deleted ones too. */
function salesByOrder({ lines }: StoredOrders): Map<string, OrderLineRow[]> {
  const orders = new Map<string, OrderLineRow[]>();
  for (const row of lines) {
    if (row.line_kind !== 'sale') continue;
    const sales = orders.get(row.order_id);
    if (sales) sales.push(row);
    else orders.set(row.order_id, [row]);
  }
  return orders;
}

/** What a source is known to have said of an order whose sale lines are given. */
function tellingOf(sales: readonly OrderLineRow[], teller: Teller): Telling {
  const known = { toldAt: 0, datedAt: 0, time: Number.POSITIVE_INFINITY, whose: NOBODY };
  for (const row of sales) {
    if (!isOwn(row, teller)) continue;
    known.toldAt = Math.max(known.toldAt, row.told_at);
    known.datedAt = Math.max(known.datedAt, row.dated_at);
    if (known.whose.person_id === 0) known.whose = { person_id: row.person_id, anchor: row.anchor };
  }
  for (const row of sales) {
    const isDated =
      known.datedAt > 0
        ? isOwn(row, teller) && row.dated_at === known.datedAt
        : !row.is_deleted && !isOutdone(row, teller);
    if (isDated) known.time = Math.min(known.time, row.time);
  }
  return known;
}
