import type { TimelineEntry } from '@qianmian/contract';
import { isoOf } from '../platform/clock.ts';
import type { TimelineKind } from './event-kinds.ts';
import { byOrder } from './orders.ts';
import type { LineRow, PersonEventRow } from './person.ch.ts';

const MAX_PRODUCTS = 20;

/** An entry with its place: newest first, then by id as bytes. */
interface Placed {
  ms: number;
  entry: TimelineEntry;
}

function entryOf(id: string, ms: number, rest: Omit<TimelineEntry, 'id' | 'time'>): Placed {
  return { ms, entry: { id, time: isoOf(ms), ...rest } };
}

/** Orders and returns as things that happened: one a purchase, one for each time something came back. */
export function orderEntries(lines: readonly LineRow[]): Placed[] {
  return [...byOrder(lines)].flatMap(([orderId, all]) => {
    const sales = all.filter((l) => l.line_kind === 'sale');
    const returns = new Map<number, LineRow[]>();
    for (const l of all.filter((l) => l.line_kind === 'return'))
      returns.set(l.ms, [...(returns.get(l.ms) ?? []), l]);
    const made = (id: string, ms: number, kind: TimelineKind, name: string, of: readonly LineRow[]) =>
      entryOf(id, ms, {
        kind,
        name,
        channel: of[0]!.channel,
        amountCents: of.reduce((s, l) => s + l.net_cents, 0),
        products: of
          .slice(0, MAX_PRODUCTS)
          .map((l) => ({ productId: l.product_id, name: l.name, nameZh: l.name_zh })),
        properties: {
          orderId,
          ...(of[0]!.store_id ? { storeId: of[0]!.store_id } : {}),
          quantity: of.reduce((s, l) => s + l.quantity, 0),
        },
      });
    return [
      ...(sales.length === 0
        ? []
        : [
            made(`~order:${orderId}`, Math.min(...sales.map((l) => l.ms)), 'order', 'Order Completed', sales),
          ]),
      ...[...returns].map(([ms, of]) => made(`~return:${orderId}:${ms}`, ms, 'return', 'Order Refunded', of)),
    ];
  });
}

export function eventEntry(row: PersonEventRow): Placed {
  return entryOf(row.message_id, row.ms, {
    kind: row.kind as TimelineKind,
    name: row.name,
    channel: row.channel,
    amountCents: null,
    products: productsOf(row.properties),
    properties: row.properties,
  });
}

/** Products an event names, in the words the event has for them. */
function productsOf(properties: Record<string, unknown>): TimelineEntry['products'] {
  const list = Array.isArray(properties.products) ? properties.products : [properties];
  return list
    .flatMap((one: unknown) => {
      if (typeof one !== 'object' || one === null) return [];
      const { product_id: id, sku, name } = one as Record<string, unknown>;
      const productId = [id, sku].find((v) => typeof v === 'string' || typeof v === 'number');
      return productId === undefined
        ? []
        : [{ productId: String(productId), name: typeof name === 'string' ? name : '', nameZh: '' }];
    })
    .slice(0, MAX_PRODUCTS);
}

/** The entries with the catalogue's words for their products. */
export function withNames(
  entries: readonly TimelineEntry[],
  names: ReadonlyMap<string, { name: string; name_zh: string }>,
): TimelineEntry[] {
  return entries.map((entry) => ({
    ...entry,
    products: entry.products.map((p) => {
      const known = names.get(p.productId);
      return known ? { ...p, name: known.name || p.name, nameZh: known.name_zh } : p;
    }),
  }));
}

const bytes = (text: string) => Buffer.from(text);

/** Newest first; at the same moment by id, as the warehouse compares text. */
export function inOrder(entries: readonly Placed[]): Placed[] {
  return [...entries].sort((a, b) => b.ms - a.ms || bytes(a.entry.id).compare(bytes(b.entry.id)));
}

/** Whether an entry comes after a place. */
export function isAfter(entry: Placed, place: { ms: number; id: string }): boolean {
  if (entry.ms !== place.ms) return entry.ms < place.ms;
  return bytes(entry.entry.id).compare(bytes(place.id)) > 0;
}
