import { NAMES, PRODUCTS, STORES } from '../catalog/index.ts';
import { ORDER_LINES } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { PROFILES } from '../profile/index.ts';

/**
 * Two stretches of calendar days, one right after the other, in a zone, and the moments that bound them. While the last
 * day is running, the first stretch ends after as much of its last day, so that like is compared with like.
 */
export interface Stretches {
  workspace: string;
  timeZone: string;
  /** The first day of the second stretch. */
  from: string;
  previousSince: number;
  previousUntil: number;
  since: number;
  until: number;
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
const moment = (name: keyof Stretches) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
const isCurrent = `time >= ${moment('since')}`;
const inStretches = `time >= ${moment('previousSince')} AND time < ${moment('until')}
  AND (time < ${moment('previousUntil')} OR ${isCurrent})`;

const COUNTS = `sum(net_cents) AS sales, uniqExactIf(order_id, line_kind = 'sale') AS orders,
  uniqExactIf(person, person > 0 AND line_kind = 'sale') AS customers,
  uniqExactIf(person, person > 0 AND line_kind = 'sale' AND cityHash64(order_id) != first_order) AS repeaters`;

/**
 * Lines of both stretches with each person's first order ever, as a hash. Of several first orders of the same moment
 * any is taken: with two of them the person repeats either way.
 */
const LINES = `(SELECT l.time AS time, l.line_kind AS line_kind, l.order_id AS order_id, l.net_cents AS net_cents,
    l.person AS person, f.first_order AS first_order
  FROM (SELECT * FROM ${ORDER_LINES} WHERE ${inStretches}) AS l
  LEFT ANY JOIN (SELECT person, argMin(cityHash64(order_id), time) AS first_order FROM ${ORDER_LINES}
    WHERE person > 0 AND line_kind = 'sale' GROUP BY person) AS f ON l.person = f.person)`;

const BOTH = `sumIf(net_cents, ${isCurrent}) AS salesCents, sumIf(net_cents, NOT (${isCurrent})) AS previousCents`;
/** Parts of a breakdown that are listed; what is beyond them is summed up. */
export const PARTS = 200;
/** What names no part comes first, so that it is never cut off; one row more than listed tells that there is more. */
const LARGEST_FIRST = `ORDER BY key != '', greatest(abs(salesCents), abs(previousCents)) DESC, key LIMIT ${PARTS + 2}`;
const TOP_PRODUCTS = 10;

/** Sales of one part; an empty key is what names none. */
export interface PartRow {
  key: string;
  name: string;
  nameZh: string;
  salesCents: number;
  previousCents: number;
}

export interface ProductRow {
  productId: string;
  name: string;
  nameZh: string;
  salesCents: number;
  quantity: number;
}

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

    /** Net sales of both stretches by channel and by store, the largest of either first. */
    byChannelAndStore: async (stretches: Stretches): Promise<{ channels: PartRow[]; stores: PartRow[] }> => {
      const rows = await warehouse.query<PartRow & { isStore: number }>(
        `SELECT isStore, part AS key, s.name AS name, s.name_zh AS nameZh, salesCents, previousCents
         FROM (SELECT grouping(channel) = 1 AS isStore, if(isStore, store_id, channel) AS part, ${BOTH}
           FROM ${ORDER_LINES} WHERE ${inStretches} GROUP BY GROUPING SETS ((channel), (store_id))) AS l
         LEFT ANY JOIN (SELECT 1 AS named, store_id, name, name_zh FROM ${STORES}) AS s
           ON l.part = s.store_id AND l.isStore = s.named
         ${LARGEST_FIRST} BY isStore`,
        { ...stretches },
      );
      const of = (isStore: number) =>
        rows.filter((r) => r.isStore === isStore).map(({ isStore: _, ...row }) => row);
      return { channels: of(0), stores: of(1) };
    },

    /** The same by top category, and the products that sold for most. */
    byCategoryAndProduct: async (
      stretches: Stretches,
    ): Promise<{ categories: PartRow[]; topProducts: ProductRow[] }> => {
      const rows = await warehouse.query<PartRow & { top: [number, string, string, string, number][] }>(
        `SELECT c.key AS key, n.name AS name, n.name_zh AS nameZh, c.current AS salesCents, c.previous AS previousCents, c.top AS top
         FROM (SELECT p.category[1] AS key, sum(l.current) AS current, sum(l.previous) AS previous,
             groupArraySortedIf(${TOP_PRODUCTS})((-l.current, l.product_id, p.name, p.name_zh, l.quantity), l.lines > 0) AS top
           FROM (SELECT product_id, sumIf(net_cents, ${isCurrent}) AS current, sumIf(net_cents, NOT (${isCurrent})) AS previous,
               sumIf(quantity, line_kind = 'sale' AND ${isCurrent}) AS quantity, countIf(${isCurrent}) AS lines
             FROM ${ORDER_LINES} WHERE ${inStretches} GROUP BY product_id) AS l
           LEFT ANY JOIN (SELECT product_id, name, name_zh, category FROM ${PRODUCTS}) AS p ON l.product_id = p.product_id
           GROUP BY key) AS c
         LEFT ANY JOIN (SELECT key, name, name_zh FROM ${NAMES} WHERE kind = 'category') AS n ON c.key = n.key
         ${LARGEST_FIRST}`,
        { ...stretches },
      );
      const products = rows
        .flatMap((r) => r.top)
        .sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
        .slice(0, TOP_PRODUCTS);
      return {
        categories: rows.map(({ top: _, ...row }) => row),
        topProducts: products.map(([sales, productId, name, nameZh, quantity]) => ({
          productId,
          name,
          nameZh,
          salesCents: -sales,
          quantity,
        })),
      };
    },

    lifecycle: (workspace: string) =>
      warehouse.query<{ stage: string; people: number }>(
        `SELECT lifecycle AS stage, count() AS people FROM ${PROFILES} GROUP BY stage`,
        { workspace },
      ),
  };
}
