import { EXPOSURES } from '../campaign/index.ts';
import { ORDER_LINES } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';

/** Lines of exposed people within their measuring window, as far as it is over: from assignment on, until now. */
const MEASURED_LINES = `SELECT x.person AS exposed, x.arm AS arm, x.assigned_at AS assigned_at, l.time AS time,
    l.net_cents AS net_cents, l.order_id AS order_id, l.line_kind AS line_kind
  FROM ${ORDER_LINES} AS l INNER JOIN ${EXPOSURES} AS x ON l.person = x.person
  WHERE l.time >= x.assigned_at AND l.time < x.assigned_at + toIntervalDay({days:UInt32})
    AND l.time <= fromUnixTimestamp64Milli({now:Int64}, 'UTC')`;

/** Which campaign is measured, for how many days from assignment on, as of which moment. */
export type Measured = { workspace: string; campaign: string; days: number; now: number };

/** One side of a campaign's test, as sums that its statistics can be computed from; money in minor units. */
export interface ArmSums {
  arm: 'treated' | 'control';
  people: number;
  buyers: number;
  orders: number;
  cents: number;
  /** Sum of the squares of each person's revenue. */
  squares: number;
}

/** What the campaign report reads in the warehouse. */
export function reportWarehouse(warehouse: Warehouse) {
  return {
    /** Sums over the people of each side; who bought nothing counts with nothing. */
    armSums: (of: Measured) =>
      warehouse.query<ArmSums>(
        `SELECT x.arm AS arm, count() AS people, countIf(r.orders > 0) AS buyers, sum(r.orders) AS orders,
           sum(r.cents) AS cents, sum(toFloat64(r.cents) * toFloat64(r.cents)) AS squares
         FROM ${EXPOSURES} AS x LEFT ANY JOIN (
           SELECT exposed, sum(net_cents) AS cents, uniqExactIf(order_id, line_kind = 'sale') AS orders
           FROM (${MEASURED_LINES}) GROUP BY exposed) AS r ON x.person = r.exposed
         GROUP BY arm`,
        of,
      ),

    /** Revenue of each side by whole days since assignment. */
    dailyCents: (of: Measured) =>
      warehouse.query<{ arm: ArmSums['arm']; day: number; cents: number }>(
        `SELECT arm, intDiv(toUnixTimestamp64Milli(time) - toUnixTimestamp64Milli(assigned_at), 86400000) AS day,
           sum(net_cents) AS cents
         FROM (${MEASURED_LINES}) GROUP BY arm, day`,
        of,
      ),
  };
}
