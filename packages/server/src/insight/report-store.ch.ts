import { EXPOSED, UNIT_KEYS, unitKey } from '../campaign/index.ts';
import { ORDER_LINES } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';

/** Order lines of the units: those of the days before assignment, and those measured since, as far as time has come. */
const LINES = `(SELECT x.unit AS unit, x.arm AS arm, x.assigned_at AS assigned_at, l.time AS time,
    l.net_cents AS net_cents, l.order_id AS order_id, l.line_kind AS line_kind, l.time >= x.assigned_at AS is_after
  FROM ${ORDER_LINES} AS l INNER JOIN (
    SELECT k.key AS key, u.unit AS unit, u.arm AS arm, u.assigned_at AS assigned_at
    FROM ${UNIT_KEYS} AS k INNER JOIN ${EXPOSED} AS u ON k.unit = u.unit) AS x
  ON ${unitKey('l.anchor', 'l.person_id')} = x.key
  WHERE l.time >= x.assigned_at - toIntervalDay({daysBefore:UInt32})
    AND l.time < x.assigned_at + toIntervalDay({days:UInt32})
    AND l.time <= fromUnixTimestamp64Milli({now:Int64}, 'UTC'))`;

/** Which campaign is measured, for how many days from assignment on and before it, as of which moment. */
export type Measured = { workspace: string; campaign: string; days: number; daysBefore: number; now: number };

/** One side of a campaign's test; money in minor units. */
export interface ArmSums {
  arm: 'treated' | 'control';
  people: number;
  buyers: number;
  orders: number;
  cents: number;
  /** Revenue since and before assignment of everyone who had either, in an order that depends on the amounts alone. */
  spending: [afterCents: number, beforeCents: number][];
}

/** What the campaign report reads in the warehouse. */
export function reportWarehouse(warehouse: Warehouse) {
  return {
    /** Each side; who bought nothing counts with nothing. */
    arms: (of: Measured) =>
      warehouse.query<ArmSums>(
        `SELECT u.arm AS arm, count() AS people, countIf(s.orders > 0) AS buyers, sum(s.orders) AS orders,
           sum(s.after_cents) AS cents,
           arraySort(groupArrayIf([s.after_cents, s.before_cents], s.after_cents != 0 OR s.before_cents != 0)) AS spending
         FROM ${EXPOSED} AS u LEFT ANY JOIN (
           SELECT unit, sumIf(net_cents, is_after) AS after_cents, sumIf(net_cents, NOT is_after) AS before_cents,
             uniqExactIf(order_id, is_after AND line_kind = 'sale') AS orders
           FROM ${LINES} GROUP BY unit) AS s ON u.unit = s.unit
         GROUP BY arm`,
        of,
      ),

    /** Revenue of each side by whole days since assignment. */
    dailyCents: (of: Measured) =>
      warehouse.query<{ arm: ArmSums['arm']; day: number; cents: number }>(
        `SELECT arm, intDiv(toUnixTimestamp64Milli(time) - toUnixTimestamp64Milli(assigned_at), 86400000) AS day,
           sum(net_cents) AS cents
         FROM ${LINES} GROUP BY arm, day`,
        { ...of, daysBefore: 0 },
      ),
  };
}
