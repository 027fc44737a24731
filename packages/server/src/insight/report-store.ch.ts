import { EXPOSED } from '../campaign/index.ts';
import { ORDER_LINES, SURVIVORS } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';

/**
 * The persons whose order lines are a unit's: itself, and whoever it was merged into since, under whom its later orders
 * are stored, unless that is a unit too. What was ordered under a person that the unit took in after the launch is not
 * its. Where two units were merged into the same third person, the lower of them has the lines, so that none counts
 * twice. What the third person ordered after the launch and before the merge counts with it: when a merge was is not kept.
 */
const PERSONS = `(SELECT unit AS person_id, unit FROM ${EXPOSED}
  UNION ALL
  SELECT o.survivor AS person_id, min(u.unit) AS unit
  FROM ${EXPOSED} AS u INNER JOIN ${SURVIVORS} AS o ON u.unit = o.person_id
  WHERE o.survivor NOT IN (SELECT unit FROM ${EXPOSED}) GROUP BY o.survivor)`;

/** Order lines of the units: those of the days before assignment, and those measured since, as far as time has come. */
const LINES = `(SELECT x.unit AS unit, x.arm AS arm, x.assigned_at AS assigned_at, l.time AS time,
    l.net_cents AS net_cents, l.order_id AS order_id, l.line_kind AS line_kind, l.time >= x.assigned_at AS is_after
  FROM ${ORDER_LINES} AS l INNER JOIN (
    SELECT p.person_id AS person_id, u.unit AS unit, u.arm AS arm, u.assigned_at AS assigned_at
    FROM ${PERSONS} AS p INNER JOIN ${EXPOSED} AS u ON p.unit = u.unit) AS x ON l.person_id = x.person_id
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
