import type { OrderRow } from '@qianmian/contract';
import { lineKey } from '../collect/index.ts';
import { isoOf } from '../platform/clock.ts';
import type { LineRow } from './person.ch.ts';

/** What one person's order lines add up to. */
export interface OrderFacts {
  orders: number;
  spendCents: number;
  averageOrderCents: number;
  returnsCents: number;
  firstOrderAt: number | null;
  lastOrderAt: number | null;
  favouriteStore: string | null;
  favouriteChannel: string | null;
  favouriteCategories: { category: string; spendCents: number; orders: number }[];
}

/** Lines by order, in the order of the lines given. */
export function byOrder<L extends { order_id: string }>(lines: readonly L[]): Map<string, L[]> {
  const orders = new Map<string, L[]>();
  for (const line of lines) {
    const known = orders.get(line.order_id);
    if (known) known.push(line);
    else orders.set(line.order_id, [line]);
  }
  return orders;
}

const sum = (lines: readonly LineRow[], of: (l: LineRow) => number) => lines.reduce((s, l) => s + of(l), 0);
const isSale = (l: LineRow) => l.line_kind === 'sale';

/** What came back, as a positive amount. */
const returned = (lines: readonly LineRow[]) => 0 - sum(lines, (l) => (isSale(l) ? 0 : l.net_cents));

/** The value most orders have; more money, then the name, decides between equals. */
function favourite(orders: readonly LineRow[][], of: (l: LineRow) => string): string | null {
  const tally = new Map<string, { value: string; orders: number; net: number }>();
  for (const lines of orders) {
    const value = of(lines[0]!);
    if (!value) continue;
    const t = tally.get(value) ?? { value, orders: 0, net: 0 };
    t.orders += 1;
    t.net += sum(lines, (l) => l.net_cents);
    tally.set(value, t);
  }
  const best = [...tally.values()].sort(
    (a, b) => b.orders - a.orders || b.net - a.net || (a.value < b.value ? 1 : -1),
  )[0];
  return best?.value ?? null;
}

function favouriteCategories(lines: readonly LineRow[]): OrderFacts['favouriteCategories'] {
  const tally = new Map<string, { category: string; spendCents: number; orders: Set<string> }>();
  for (const line of lines) {
    const category = line.category.at(-1);
    if (!category) continue;
    const t = tally.get(category) ?? { category, spendCents: 0, orders: new Set<string>() };
    t.spendCents += line.net_cents;
    if (isSale(line)) t.orders.add(line.order_id);
    tally.set(category, t);
  }
  return [...tally.values()]
    .sort((a, b) => b.spendCents - a.spendCents || (a.category < b.category ? -1 : 1))
    .slice(0, 8)
    .map((t) => ({ category: t.category, spendCents: t.spendCents, orders: t.orders.size }));
}

/** Adds up; an order is one with a sale line, made when its first sale line was; spend is net of returns. */
export function orderFacts(lines: readonly LineRow[]): OrderFacts {
  const orders = [...byOrder(lines).values()].filter((o) => o.some(isSale));
  const times = orders.map((o) => Math.min(...o.filter(isSale).map((l) => l.ms)));
  const spendCents = sum(lines, (l) => l.net_cents);
  return {
    orders: orders.length,
    spendCents,
    averageOrderCents: orders.length === 0 ? 0 : Math.floor(spendCents / orders.length + 0.5),
    returnsCents: returned(lines),
    firstOrderAt: times.length === 0 ? null : Math.min(...times),
    lastOrderAt: times.length === 0 ? null : Math.max(...times),
    favouriteStore: favourite(orders, (l) => l.store_id),
    favouriteChannel: favourite(orders, (l) => l.channel),
    favouriteCategories: favouriteCategories(lines),
  };
}

/** The key of a line in collect's words. */
export const lineKeyOf = (line: Pick<LineRow, 'order_id' | 'line_kind' | 'line_id'>) =>
  lineKey({ orderId: line.order_id, lineKind: line.line_kind, lineId: line.line_id });

/** One order with its lines; `netCents` is after returns. `imputed` holds the fields of lines whose values were put in. */
export function presentOrder(
  orderId: string,
  lines: readonly LineRow[],
  imputed: ReadonlyMap<string, string[]>,
): OrderRow {
  const sales = lines.filter(isSale);
  const first = [...(sales.length > 0 ? sales : lines)].sort((a, b) => a.ms - b.ms)[0]!;
  return {
    orderId,
    time: isoOf(first.ms),
    channel: first.channel,
    storeId: first.store_id,
    netCents: sum(lines, (l) => l.net_cents),
    discountCents: sum(sales, (l) => l.discount_cents),
    returnedCents: returned(lines),
    couponCode: lines.find((l) => l.coupon_code !== '')?.coupon_code ?? '',
    lines: lines.map((l) => ({
      productId: l.product_id,
      name: l.name,
      nameZh: l.name_zh,
      category: l.category,
      quantity: l.quantity,
      netCents: l.net_cents,
      lineKind: l.line_kind,
      imputed: imputed.get(lineKeyOf(l)) ?? [],
    })),
  };
}
