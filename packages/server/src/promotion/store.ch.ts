import { ORDER_LINES } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';

/** A coupon code on an order, and what of the order it counts for. */
export interface CodeUse {
  code: string;
  orderId: string;
  basketCents: number;
  /** When the order was placed, in milliseconds. */
  time: number;
}

/** A place in the order lines, in the order in which they were stored. */
export interface Place {
  version: number;
  orderId: string;
  code: string;
}

/** What promotion reads in the warehouse. */
export function promotionWarehouse(warehouse: Warehouse) {
  return {
    /**
     * Orders that were stored with a code of whatever system, behind a place. Lines that others have replaced since are
     * among them, those that are gone, and what came back: what holds of an order is looked up with `codesOfOrders`, and only where it matters.
     */
    ordersWithCodes: (workspace: string, after: Place, limit: number) =>
      warehouse.query<Place>(
        `SELECT DISTINCT version, order_id AS orderId, coupon_code AS code FROM collect_order_line
         WHERE workspace = {workspace:String} AND coupon_code != '' AND version >= {version:UInt64}
           AND (version, order_id, coupon_code) > ({version:UInt64}, {orderId:String}, {code:String})
         ORDER BY version, order_id, coupon_code LIMIT {limit:UInt32}`,
        { workspace, ...after, limit },
      ),

    /** Which of these orders are no more: nothing is told of them any longer, or they were cancelled and all came back. */
    async goneOrders(workspace: string, orderIds: readonly string[]): Promise<Set<string>> {
      const rows = await warehouse.query<{ orderId: string; isBack: number }>(
        `SELECT order_id AS orderId,
           countIf(line_kind = 'return') > 0 AND sum(net_cents) <= 0 AND sum(quantity) <= 0 AS isBack
         FROM ${ORDER_LINES} WHERE order_id IN {orderIds:Array(String)}
         GROUP BY orderId HAVING countIf(line_kind = 'sale') > 0`,
        { workspace, orderIds },
      );
      const there = new Set(rows.map((row) => row.orderId));
      const gone = new Set(orderIds.filter((id) => !there.has(id)));
      const back = rows.flatMap((row) => (row.isBack ? [row.orderId] : []));
      if (back.length === 0) return gone;
      // What was refunded was bought; what was cancelled was not.
      const cancelled = await warehouse.query<{ orderId: string }>(
        `SELECT DISTINCT if(notEmpty(a), a, b) AS orderId FROM (
           SELECT ifNull(toString(properties.order_id), '') AS a, ifNull(toString(properties.orderId), '') AS b
           FROM collect_event WHERE workspace = {workspace:String} AND name = 'Order Cancelled')
         WHERE orderId IN {back:Array(String)}`,
        { workspace, back },
      );
      for (const { orderId } of cancelled) gone.add(orderId);
      return gone;
    },

    /** The codes of some orders, with the lines that came with each. */
    codesOfOrders: (workspace: string, orderIds: readonly string[]) =>
      warehouse.query<CodeUse>(
        `SELECT coupon_code AS code, order_id AS orderId, sum(net_cents + discount_cents) AS basketCents,
           toUnixTimestamp64Milli(min(time)) AS time
         FROM ${ORDER_LINES}
         WHERE order_id IN {orderIds:Array(String)} AND line_kind = 'sale' AND coupon_code != ''
         GROUP BY code, orderId ORDER BY time, orderId, code`,
        { workspace, orderIds },
      ),
  };
}
