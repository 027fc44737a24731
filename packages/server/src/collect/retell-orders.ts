import type { Resolved } from './batch.ts';
import { type Counted, countReturns, MOST_RETURNS, MOST_RETURNS_BY_CLIENTS } from './count-returns.ts';
import type { ClosedOrderFact, OrderLineFact } from './facts.ts';
import { grouped } from './grouped.ts';
import { idAtClient } from './message-id.ts';
import type { NewestTellings, Telling } from './newest-telling.ts';
import type { ClaimRow, OrderLineRow } from './store.ch.ts';
import { isOutdone, isOwn, NOBODY, type StoredOrders, type Teller, type Whose } from './teller.ts';

/** Rows to be written. */
export interface Retelling {
  lines: OrderLineRow[];
  /** What others said of lines of which the import now has the last word. */
  replaced: OrderLineRow[];
  /** Lines of other imports of which this one says the same. */
  agreed: OrderLineRow[];
  claims: ClaimRow[];
  /** Orders of which more returns are told than count, and how many more. */
  beyond: Map<string, number>;
}

/** An order with what is stored and what is told of it. */
interface Order {
  stored: OrderLineRow[];
  storedClaims: ClaimRow[];
  told: Map<string, OrderLineRow>;
  /** Claims told, by return and line, with the message that told the return last. */
  claims: Map<string, { messageId: string | undefined; rows: Map<string, ClaimRow> }>;
  /** The message that told the order with all its lines. */
  toldBy: string | undefined;
  isWhole: boolean;
  /** Lines that came to nothing. */
  closed: { lineIds: Set<string>; isAll: boolean } | undefined;
}

/**
 * What becomes of orders when more is told of them: lines are replaced, lines that an order told whole no longer names
 * are gone, and what counts of its returns is worked out anew. The same told again leaves what it left before.
 */
export function retellOrders(
  { told, tellings }: NewestTellings,
  stored: StoredOrders,
  teller: Teller,
  closed: readonly ClosedOrderFact[] = [],
): Retelling {
  const orders = ordersOf(stored);
  for (const line of told) hear(orderIn(orders, line.fact.orderId), line, teller);
  for (const fact of closed) hearClosed(orderIn(orders, fact.orderId), fact);
  const out: Retelling = { lines: [], replaced: [], agreed: [], claims: [], beyond: new Map() };
  for (const [id, order] of orders) {
    date(order, tellings.get(id), teller);
    retell(id, order, teller, out);
  }
  return out;
}

/**
 * What counts of the lines that a client's key tells: none that was sold in an order which somebody else told of, a
 * server, a file, a service. What it says came back is kept, and counts where its own sale does.
 */
export function withoutToldOrders(
  lines: readonly OrderLineFact[],
  stored: StoredOrders,
  source: string,
): OrderLineFact[] {
  const told = new Set(
    stored.lines.flatMap((row) => (row.line_kind === 'sale' && row.source !== source ? [row.order_id] : [])),
  );
  return lines.filter((line) => line.claim || !told.has(line.orderId));
}

/**
 * The rows that make orders what they were without an import: of lines of which it has the last word, the newest of what
 * others said before; and what then counts of their returns.
 */
export function untellOrders(
  stored: StoredOrders & { replaced: readonly OrderLineRow[] },
  teller: Teller,
): OrderLineRow[] {
  const before = new Map<string, OrderLineRow>();
  for (const row of stored.replaced)
    if (row.import_id !== teller.importId && row.version > (before.get(fullKey(row))?.version ?? -1))
      before.set(fullKey(row), row);
  const out: OrderLineRow[] = [];
  for (const order of ordersOf(stored).values()) {
    const back = order.stored.flatMap((row) => {
      const earlier = row.import_id === teller.importId ? before.get(fullKey(row)) : undefined;
      return earlier ? [{ ...earlier, version: above(row, teller) }] : [];
    });
    const others = order.stored.filter((row) => row.import_id !== teller.importId);
    out.push(...back, ...recount([...others, ...back], order.storedClaims, teller));
  }
  return out;
}

/** The rows that make lines of orders say what is given instead, and what then counts of the orders' returns. */
export function restateOrders(
  stored: StoredOrders,
  lines: readonly OrderLineRow[],
  teller: Teller,
): OrderLineRow[] {
  const said = new Map(lines.map((row) => [fullKey(row), row]));
  const out: OrderLineRow[] = [];
  for (const order of ordersOf(stored).values()) {
    const now = order.stored.map((old) => {
      const row = said.get(fullKey(old));
      if (!row) return old;
      const next = { ...row, version: above(old, teller) };
      out.push(next);
      return next;
    });
    out.push(...recount(now, order.storedClaims, teller));
  }
  return out;
}

function ordersOf({ lines, claims }: StoredOrders): Map<string, Order> {
  const orders = new Map<string, Order>();
  for (const row of lines) orderIn(orders, row.order_id).stored.push(row);
  for (const row of claims) orderIn(orders, row.order_id).storedClaims.push(row);
  return orders;
}

function orderIn(orders: Map<string, Order>, id: string): Order {
  let order = orders.get(id);
  if (!order) {
    order = {
      stored: [],
      storedClaims: [],
      told: new Map(),
      claims: new Map(),
      toldBy: undefined,
      isWhole: false,
      closed: undefined,
    };
    orders.set(id, order);
  }
  return order;
}

function hear(order: Order, line: Resolved<OrderLineFact>, teller: Teller): void {
  const { fact } = line;
  if (fact.claim) {
    hearClaim(order, line, teller);
    return;
  }
  const row = lineRow(line, teller);
  if (fact.whole) {
    // A later message tells all of the order again. A file tells an order in one piece or in several.
    if (fact.messageId !== order.toldBy)
      for (const [key, { line_kind }] of order.told) if (line_kind === 'sale') order.told.delete(key);
    order.toldBy = fact.messageId;
    order.isWhole = true;
  }
  order.told.set(keyOf(row), row);
}

function hearClosed(order: Order, { lineIds, isAll }: ClosedOrderFact): void {
  order.closed ??= { lineIds: new Set(), isAll: false };
  for (const lineId of lineIds) order.closed.lineIds.add(lineId);
  order.closed.isAll ||= isAll;
}

/** Lets the lines of an order say when it was made, by all that its source told of it, whatever came last. */
function date(order: Order, telling: Telling | undefined, teller: Teller): void {
  if (!telling) return;
  const about = { time: telling.time, told_at: telling.toldAt, dated_at: telling.datedAt };
  const sayIt = (row: OrderLineRow) => ({ ...row, ...about, ...whoseOf(row, telling.whose) });
  if (order.isWhole) {
    for (const [key, row] of order.told) if (row.line_kind === 'sale') order.told.set(key, sayIt(row));
    return;
  }
  // Older news tells of no line.
  for (const row of order.stored) {
    if (row.line_kind !== 'sale' || row.is_deleted || !isOwn(row, teller)) continue;
    const now = sayIt(row);
    if (now.time !== row.time || now.dated_at !== row.dated_at || now.person_id !== row.person_id)
      order.told.set(keyOf(row), now);
  }
}

function hearClaim(order: Order, line: Resolved<OrderLineFact>, teller: Teller): void {
  const { fact } = line;
  const { returnId, of, isCancellation } = fact.claim!;
  const known = order.claims.get(returnId);
  const claim = known?.messageId === fact.messageId ? known! : { messageId: fact.messageId, rows: new Map() };
  const { line_kind, import_id, is_counted, told_at, dated_at, ...row } = lineRow(line, teller);
  claim.rows.set(row.line_id, {
    ...row,
    return_id: returnId,
    is_rest: of === 'rest' ? 1 : 0,
    is_cancellation: isCancellation ? 1 : 0,
  });
  order.claims.set(returnId, claim);
}

function retell(id: string, order: Order, teller: Teller, out: Retelling): void {
  const before = new Map(order.stored.map((row) => [keyOf(row), row]));
  const now = new Map(before);
  const put = (row: OrderLineRow) => {
    out.lines.push(row);
    now.set(keyOf(row), row);
  };
  for (const row of order.told.values()) {
    const old = before.get(keyOf(row));
    if (!old) put(row);
    else {
      const whose = isOutdone(old, teller) ? NOBODY : old;
      const next = { ...row, ...whoseOf(row, whose), version: above(old, teller) };
      if (teller.importId === '') put(next);
      else importLine(next, old, teller, put, out);
    }
  }
  const takeOut = (row: OrderLineRow) => {
    if (teller.importId !== '' && row.import_id !== teller.importId) out.replaced.push(row);
    const { source, importId: import_id } = teller;
    put({ ...row, source, import_id, version: above(row, teller), is_deleted: 1 });
  };
  const gone = new Set(goneLines(order, teller));
  for (const row of closedLines(order, teller))
    if (!row.is_deleted) gone.add(row);
    else if (teller.importId !== '' && row.import_id !== teller.importId) out.agreed.push(row);
  for (const row of gone) takeOut(row);
  const { claims, leftOut } = claimsNow(order, teller, out);
  if (leftOut > 0) out.beyond.set(id, leftOut);
  for (const row of recount([...now.values()], claims, teller)) out.lines.push(row);
}

/** An import leaves what says the same as it is, and keeps what it replaces: it may be undone. */
function importLine(
  row: OrderLineRow,
  old: OrderLineRow,
  teller: Teller,
  put: (row: OrderLineRow) => void,
  out: Retelling,
): void {
  const isOwn = old.import_id === teller.importId;
  if (!old.is_deleted && !isOutdone(old, teller) && wordOf(old) === wordOf(row)) {
    // Were the other import undone, this one still said it.
    if (!isOwn && old.import_id !== '') out.agreed.push(old);
    return;
  }
  if (!isOwn) out.replaced.push(old);
  put(row);
}

/**
 * Sale lines that an order told whole no longer names, and what its file said was returned of them; and those of a
 * client's key, as soon as somebody else tells of the order. What an import said itself stays: its file may tell an
 * order in several pieces.
 */
function goneLines({ stored, told, isWhole }: Order, teller: Teller): OrderLineRow[] {
  const isSold = [...told.values()].some((row) => row.line_kind === 'sale');
  const may = (row: OrderLineRow) =>
    !row.is_deleted &&
    !row.is_counted &&
    !told.has(keyOf(row)) &&
    (teller.importId === '' || row.import_id !== teller.importId);
  const sales = stored.filter(
    (row) => row.line_kind === 'sale' && may(row) && (isWhole || (isSold && isOutdone(row, teller))),
  );
  const returns = new Set(isWhole ? sales.map((row) => `return:${row.line_id}`) : []);
  return [
    ...sales,
    ...stored.filter((row) => row.line_kind === 'return' && returns.has(row.line_id) && may(row)),
  ];
}

/**
 * Lines that came to nothing, and what their file said was returned of them; also those that another import took out
 * before: were it undone, this one still said it.
 */
function closedLines({ stored, told, closed }: Order, teller: Teller): OrderLineRow[] {
  if (!closed) return [];
  const byImport = (row: OrderLineRow) => row.import_id !== '';
  const sales = stored.filter((row) => row.line_kind === 'sale' && !told.has(keyOf(row)));
  // A line that another source no longer names is known under another name.
  const named = sales.filter(
    (row) =>
      closed.lineIds.has(row.line_id) && (!row.is_deleted || byImport(row) || row.source === teller.source),
  );
  const lines = named.length > 0 ? named : closed.isAll ? sales : [];
  const returns = new Set(lines.map((row) => `return:${row.line_id}`));
  const backs = stored.filter(
    (row) =>
      row.line_kind === 'return' && !row.is_counted && returns.has(row.line_id) && !told.has(keyOf(row)),
  );
  return [...lines, ...backs].filter((row) => !row.is_deleted || byImport(row));
}

/** The claims in force, and how many returns there was no room for: a return told again is told whole. */
function claimsNow(
  { storedClaims, claims }: Order,
  teller: Teller,
  out: Retelling,
): { claims: readonly ClaimRow[]; leftOut: number } {
  if (claims.size === 0) return { claims: storedClaims, leftOut: 0 };
  const now = grouped(storedClaims, (row) => row.return_id);
  const isAlike = (row: ClaimRow) => (row.by_client === 1) === Boolean(teller.client);
  const most = teller.client ? MOST_RETURNS_BY_CLIENTS : MOST_RETURNS;
  let returns = [...now.values()].filter(([row]) => isAlike(row!)).length;
  let lines = storedClaims.filter(isAlike).length;
  let leftOut = 0;
  for (const [returnId, { rows }] of claims) {
    const before = now.get(returnId) ?? [];
    const more = rows.size - before.length;
    if ((before.length === 0 && returns >= most.returns) || (more > 0 && lines + more > most.lines)) {
      leftOut += 1;
      continue;
    }
    if (before.length === 0) returns += 1;
    lines += more;
    for (const row of before)
      if (!rows.has(row.line_id)) out.claims.push({ ...row, version: above(row, teller), is_deleted: 1 });
    for (const row of rows.values()) out.claims.push(row);
    now.set(returnId, [...rows.values()]);
  }
  return { claims: [...now.values()].flat(), leftOut };
}

/**
 * The rows that change so that the lines of an order say what counts of its returns, and do not stand where it was
 * cancelled: nothing told of it before or behind brings it back.
 */
function recount(
  lines: readonly OrderLineRow[],
  claims: readonly ClaimRow[],
  teller: Teller,
): OrderLineRow[] {
  const before = new Map(lines.filter((row) => row.is_counted).map((row) => [keyOf(row), row]));
  if (claims.length === 0 && before.size === 0) return [];
  if (claims.some((claim) => claim.is_cancellation))
    return lines.flatMap((row) =>
      row.is_deleted ? [] : [{ ...row, version: above(row, teller), is_deleted: 1 }],
    );
  const standing = lines.filter((row) => !row.is_counted && !row.is_deleted);
  const rows: OrderLineRow[] = [];
  // A return that names nobody is of who bought.
  const buyer = standing.find((row) => row.line_kind === 'sale' && row.person_id > 0) ?? NOBODY;
  for (const counted of countReturns(standing, claimsThatCount(standing, claims))) {
    const row = countedRow(counted, teller, buyer);
    const old = before.get(keyOf(row));
    before.delete(keyOf(row));
    if (!old) rows.push(row);
    else if (old.is_deleted || wordOf(old) !== wordOf(row))
      rows.push({ ...row, version: above(old, teller) });
  }
  for (const old of before.values())
    if (!old.is_deleted) rows.push({ ...old, version: above(old, teller), is_deleted: 1 });
  return rows;
}

/**
 * Claims by a client's key count of orders that only the same source told, whichever came first, and not beside what
 * others claim of the same return.
 */
function claimsThatCount(
  standing: readonly OrderLineRow[],
  claims: readonly ClaimRow[],
): readonly ClaimRow[] {
  if (!claims.some((claim) => claim.by_client)) return claims;
  const others = new Set(claims.flatMap((claim) => (claim.by_client ? [] : [claim.return_id])));
  const sellers = new Set(standing.flatMap((row) => (row.line_kind === 'sale' ? [row.source] : [])));
  return claims.filter(
    ({ by_client, return_id, source }) =>
      !by_client || (!others.has(idAtClient(return_id)) && [...sellers].every((one) => one === source)),
  );
}

function countedRow({ claim, sold, quantity, cents }: Counted, teller: Teller, buyer: Whose): OrderLineRow {
  const { return_id, is_rest: _, is_cancellation: __, ...said } = claim;
  const of = sold ?? said;
  return {
    ...of,
    line_kind: 'return',
    line_id: sold ? `${return_id}:${sold.line_id}` : claim.line_id,
    ...whoseOf(whoseOf(of, claim), buyer),
    time: claim.time,
    quantity: -quantity || 0,
    discount_cents: -shareOf(Math.abs(of.discount_cents), cents, Math.abs(of.net_cents)) || 0,
    net_cents: -cents || 0,
    source: claim.source,
    import_id: '',
    version: teller.version,
    is_deleted: 0,
    is_counted: 1,
    by_client: claim.by_client,
    told_at: 0,
    dated_at: 0,
  };
}

/** As much of a whole as a part is of another; all of it where that is nothing. */
function shareOf(whole: number, part: number, of: number): number {
  return of === 0 ? whole : Math.round((whole * part) / of);
}

function lineRow({ fact, personId, anchor }: Resolved<OrderLineFact>, teller: Teller): OrderLineRow {
  return {
    workspace: teller.workspace,
    order_id: fact.orderId,
    line_kind: fact.lineKind,
    line_id: fact.lineId,
    person_id: personId,
    anchor,
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
    source: teller.source,
    import_id: teller.importId,
    version: teller.version,
    is_deleted: fact.isDropped ? 1 : 0,
    is_counted: 0,
    by_client: teller.client ? 1 : 0,
    told_at: 0,
    dated_at: 0,
  };
}

/** Whose the first is; whose the second is, where that is not known. */
function whoseOf(first: Whose, second: Whose): Whose {
  const { person_id, anchor } = first.person_id ? first : second;
  return { person_id, anchor };
}

/** A version above that of the row in whose place it comes. */
const above = (row: { version: number }, teller: Teller) => Math.max(teller.version, row.version + 1);

const keyOf = (row: { line_kind: string; line_id: string }) => `${row.line_kind}\n${row.line_id}`;
const fullKey = (row: OrderLineRow) => `${row.order_id}\n${keyOf(row)}`;

/** What a line says, in one text: two lines that say the same are one. */
function wordOf(row: OrderLineRow): string {
  return JSON.stringify([
    ...[row.person_id, row.time, row.channel, row.store_id, row.product_id, row.quantity],
    ...[row.unit_price_cents, row.discount_cents, row.net_cents, row.currency, row.coupon_code],
  ]);
}
