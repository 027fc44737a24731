import { ORDER_LINES } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { PROFILES } from '../profile/index.ts';

/** Two stretches of calendar days, one right after the other, in a zone. */
export interface Stretches {
  workspace: string;
  timeZone: string;
  previousFrom: string;
  from: string;
  to: string;
}

/** What came in on one day, by when the lines are dated; `repeaters` had ordered before their order of that day. */
export interface DayRow {
  day: string;
  sales: number;
  orders: number;
  customers: number;
  repeaters: number;
}

/** Totals of a stretch: people and orders are counted once however many days they come back on. */
export type TotalRow = Omit<DayRow, 'day'> & { current: number };

const day = 'toDate(time, {timeZone:String})';
const isCurrent = `${day} >= toDate({from:String})`;
const inStretches = `time >= toDateTime64(concat({previousFrom:String}, ' 00:00:00'), 3, {timeZone:String})
  AND time < toDateTime64(concat(toString(toDate({to:String}) + 1), ' 00:00:00'), 3, {timeZone:String})`;

const COUNTS = `sum(net_cents) AS sales, uniqExactIf(order_id, line_kind = 'sale') AS orders,
  uniqExactIf(person, person > 0 AND line_kind = 'sale') AS customers,
  uniqExactIf(person, person > 0 AND line_kind = 'sale' AND order_id != first_order) AS repeaters`;

/** Lines of both stretches with each person's first order ever. */
const LINES = `(SELECT l.time AS time, l.line_kind AS line_kind, l.order_id AS order_id, l.net_cents AS net_cents,
    l.person AS person, f.first_order AS first_order
  FROM (SELECT * FROM ${ORDER_LINES} WHERE ${inStretches}) AS l
  LEFT ANY JOIN (SELECT person, argMin(order_id, (time, order_id)) AS first_order FROM ${ORDER_LINES}
    WHERE person > 0 AND line_kind = 'sale' GROUP BY person) AS f ON l.person = f.person)`;

const CATALOGUE = (table: string, columns: string) =>
  `(SELECT ${columns} FROM ${table} FINAL WHERE workspace = {workspace:String})`;

/** Where the lines of each part come from, and what the part is called. */
const PARTS = {
  channel: { key: 'l.channel', label: "''", joined: '' },
  category: {
    key: 'p.category[1]',
    label: "''",
    joined: `LEFT ANY JOIN ${CATALOGUE('catalog_product', 'product_id, category')} AS p ON l.product_id = p.product_id`,
  },
  store: {
    key: 'l.store_id',
    label: "if(s.name != '', s.name, s.name_zh)",
    joined: `LEFT ANY JOIN ${CATALOGUE('catalog_store', 'store_id, name, name_zh')} AS s ON l.store_id = s.store_id`,
  },
};

/** What the overview asks the warehouse. */
export function overviewWarehouse(warehouse: Warehouse) {
  return {
    /** First and last day with an order. */
    dataSpan: async (workspace: string, timeZone: string) => {
      const span = await warehouse.one<{ lines: number; first: string; last: string }>(
        `SELECT count() AS lines, toDate(min(time), {timeZone:String}) AS first, toDate(max(time), {timeZone:String}) AS last
         FROM collect_order_line FINAL WHERE workspace = {workspace:String} AND line_kind = 'sale'`,
        { workspace, timeZone },
      );
      return span.lines === 0 ? null : { first: span.first, last: span.last };
    },

    /** Each day's row and each stretch's totals from one reading of the lines; a total has an empty day. */
    counts: async (stretches: Stretches): Promise<{ days: DayRow[]; totals: TotalRow[] }> => {
      const rows = await warehouse.query<DayRow & { current: number; isTotal: number }>(
        `SELECT toString(${day}) AS day, ${isCurrent} AS current, grouping(day) AS isTotal, ${COUNTS}
         FROM ${LINES} GROUP BY GROUPING SETS ((day, current), (current)) ORDER BY day`,
        { ...stretches },
      );
      return { days: rows.filter((r) => !r.isTotal), totals: rows.filter((r) => r.isTotal) };
    },

    /** Net sales of both stretches by a part, the largest of either first. */
    parts: (stretches: Stretches, part: keyof typeof PARTS) =>
      warehouse.query<{ key: string; label: string; salesCents: number; previousCents: number }>(
        `SELECT ${PARTS[part].key} AS key, any(${PARTS[part].label}) AS label,
           sumIf(net_cents, ${isCurrent}) AS salesCents, sumIf(net_cents, NOT (${isCurrent})) AS previousCents
         FROM ${ORDER_LINES} AS l ${PARTS[part].joined}
         WHERE ${inStretches} GROUP BY key
         ORDER BY greatest(abs(salesCents), abs(previousCents)) DESC, key LIMIT 200`,
        { ...stretches },
      ),

    topProducts: (stretches: Stretches) =>
      warehouse.query<{
        productId: string;
        name: string;
        nameZh: string;
        salesCents: number;
        quantity: number;
      }>(
        `SELECT l.product_id AS productId, any(p.name) AS name, any(p.name_zh) AS nameZh, sum(net_cents) AS salesCents,
           sumIf(l.quantity, line_kind = 'sale') AS quantity
         FROM ${ORDER_LINES} AS l
         LEFT ANY JOIN ${CATALOGUE('catalog_product', 'product_id, name, name_zh')} AS p ON l.product_id = p.product_id
         WHERE ${inStretches} AND ${isCurrent} GROUP BY productId ORDER BY salesCents DESC, productId LIMIT 10`,
        { ...stretches },
      ),

    lifecycle: (workspace: string) =>
      warehouse.query<{ stage: string; people: number }>(
        `SELECT lifecycle AS stage, count() AS people FROM ${PROFILES} GROUP BY stage`,
        { workspace },
      ),
  };
}
