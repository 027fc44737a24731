import { PRODUCTS } from '../catalog/index.ts';
import { EVENTS, IDENTIFIERS, ORDER_LINES } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { PASSIVE_EVENTS } from './event-kinds.ts';
import { type LifecycleDays, lifecycleStageSql } from './lifecycle.ts';
import { personNameSql } from './person-name.ts';
import { rfmGroupSql } from './rfm.ts';
import { NEVER_A_REPEAT } from './sql-source.ts';
import { TRAIT_ROWS } from './store.ch.ts';

const DAY_MS = 86_400_000;

/** One row an order: when it was made (its first sale line), what was paid and what came back, its first and last line. */
const FILL_ORDERS = `INSERT INTO profile_draft_order ${NEVER_A_REPEAT}
SELECT {workspace:String}, person, minIf(toUnixTimestamp64Milli(time), line_kind = 'sale'), countIf(line_kind = 'sale') > 0,
  any(channel), any(store_id), sum(net_cents), -sumIf(net_cents, line_kind = 'return'),
  min(toUnixTimestamp64Milli(time)), max(toUnixTimestamp64Milli(time))
FROM ${ORDER_LINES} WHERE person > 0 GROUP BY person, order_id`;

const trait = (name: string) => `argMaxIf(t_text, version, name = '${name}')`;
const WELL_KNOWN =
  "'name', 'firstName', 'lastName', 'email', 'phone', 'gender', 'birthday', 'city', 'country', 'address.city', 'address.country'";

/** One number to compare by: the greater count, then more money, then (for the same answer every time) a hash. */
const rank = (count: string, cents: string, value: string) =>
  `bitShiftLeft(toUInt64(least(${count}, 65535)), 47) + bitShiftLeft(toUInt64(least(greatest(${cents}, 0), 34359738367)), 12)
    + cityHash64(${value}) % 4096`;

/** The channel or store most of a person's orders have. */
const favourite = (column: string) => `(SELECT person_id, argMax(value, ${rank('n', 'net', 'value')}) AS value
  FROM (SELECT person_id, ${column} AS value, count() AS n, sum(net_cents) AS net FROM profile_draft_order
    WHERE workspace = {workspace:String} AND is_order AND ${column} != '' GROUP BY person_id, value) GROUP BY person_id)`;

/** The category, at its leaf, a person spent most on. */
const FAVOURITE_CATEGORY = `(SELECT person, argMax(category, ${rank('0', 'net', 'category')}) AS value
  FROM (SELECT person, p.leaf AS category, sum(net_cents) AS net FROM ${ORDER_LINES} AS l
    LEFT ANY JOIN (SELECT product_id, category[-1] AS leaf FROM ${PRODUCTS}
      WHERE notEmpty(category)) AS p ON l.product_id = p.product_id
    WHERE person > 0 GROUP BY person, category)
  WHERE category != '' GROUP BY person)`;

const ORDERED = `(SELECT person_id, countIf(is_order) AS orders, sum(net_cents) AS spend, sum(returned_cents) AS returned,
    minIf(ordered_at, is_order) AS first_order, maxIf(ordered_at, is_order) AS last_order,
    min(first_line_at) AS first_line, max(last_line_at) AS last_line,
    arrayDifference(arraySort(groupArrayIf(ordered_at, is_order))) AS gaps
  FROM profile_draft_order WHERE workspace = {workspace:String} GROUP BY person_id)`;

const toTime = (ms: string) => `if(${ms} = 0, NULL, fromUnixTimestamp64Milli(${ms}, 'UTC'))`;

/** Of what others than pages told, else of all, the identifier seen first most lately; a hash decides within a moment. */
const NEWEST = `bitShiftLeft(toUInt64(is_told), 63)
  + bitShiftLeft(toUInt64(greatest(toUnixTimestamp64Milli(first_seen), 0)), 12) + cityHash64(value) % 4096`;

const FILL_DRAFT = `INSERT INTO profile_draft ${NEVER_A_REPEAT}
SELECT {workspace:String}, i.person,
  ${personNameSql('t.whole_name', 't.first_name', 't.last_name')},
  if(t.email != '', t.email, i.email), if(t.phone != '', t.phone, i.phone), t.gender, t.birthday,
  if(t.address_city != '', t.address_city, t.city), if(t.address_country != '', t.address_country, t.country),
  ${toTime('arrayMin(arrayFilter(x -> x != 0, [i.first_linked, e.first_seen, o.first_line]))')},
  ${toTime('greatest(e.last_seen, o.last_line)')},
  o.orders, o.spend, if(o.orders = 0, 0, toInt64(floor(o.spend / o.orders + 0.5))), o.returned,
  ${toTime('o.first_order')}, ${toTime('o.last_order')},
  fc.value, fs.value, fg.value,
  arrayMap(g -> toUInt16(least(intDiv(g, ${DAY_MS}), 65535)), arrayFilter(g -> g >= ${DAY_MS}, o.gaps))
FROM (SELECT person, min(toUnixTimestamp64Milli(first_seen)) AS first_linked,
    argMaxIf(value, ${NEWEST}, type = 'email') AS email, argMaxIf(value, ${NEWEST}, type = 'phone') AS phone
  FROM ${IDENTIFIERS} WHERE person > 0 GROUP BY person
  HAVING count() > 1 OR any(anchor) NOT IN {nobodies:Array(UInt32)}) AS i
LEFT ANY JOIN (SELECT person, ${trait('name')} AS whole_name, ${trait('firstName')} AS first_name, ${trait('lastName')} AS last_name,
    ${trait('email')} AS email, ${trait('phone')} AS phone, ${trait('gender')} AS gender, ${trait('birthday')} AS birthday,
    ${trait('city')} AS city, ${trait('country')} AS country,
    ${trait('address.city')} AS address_city, ${trait('address.country')} AS address_country
  FROM ${TRAIT_ROWS} WHERE name IN (${WELL_KNOWN}) GROUP BY person) AS t ON i.person = t.person
LEFT ANY JOIN ${ORDERED} AS o ON i.person = o.person_id
LEFT ANY JOIN (SELECT person, min(toUnixTimestamp64Milli(time)) AS first_seen, max(toUnixTimestamp64Milli(time)) AS last_seen
  FROM ${EVENTS} WHERE person > 0 AND name NOT IN {passive:Array(String)} GROUP BY person) AS e ON i.person = e.person
LEFT ANY JOIN ${favourite('channel')} AS fc ON i.person = fc.person_id
LEFT ANY JOIN ${favourite('store_id')} AS fs ON i.person = fs.person_id
LEFT ANY JOIN ${FAVOURITE_CATEGORY} AS fg ON i.person = fg.person`;

const GAPS = `SELECT sum(length(gap_days)) AS count, quantilesExactArray(0.75, 0.9, 0.975)(gap_days) AS q
FROM profile_draft WHERE workspace = {workspace:String}`;

/** Four bounds of the quintiles of a column over customers; see quintileBounds. */
const bounds = (expression: string) =>
  `arrayMap(k -> sorted_${expression}[intDiv(k * n + 4, 5)], if(n = 0, [], [1, 2, 3, 4]))`;
const BOUNDS = `SELECT ${bounds('recency')} AS recency, ${bounds('frequency')} AS frequency, ${bounds('monetary')} AS monetary
FROM (SELECT count() AS n, arraySort(groupArray(assumeNotNull(toUnixTimestamp64Milli(last_order_at)))) AS sorted_recency,
    arraySort(groupArray(toInt64(orders))) AS sorted_frequency, arraySort(groupArray(spend_cents)) AS sorted_monetary
  FROM profile_draft WHERE workspace = {workspace:String} AND orders > 0)`;

const score = (value: string, bound: string) =>
  `if(orders = 0, 0, 1 + arrayCount(b -> ${value} > b, {${bound}:Array(Int64)}))`;

const FILL_NEXT = `INSERT INTO profile_person_next ${NEVER_A_REPEAT}
SELECT d.* EXCEPT (gap_days),
  ${score('ifNull(toUnixTimestamp64Milli(last_order_at), 0)', 'recency')} AS r,
  ${score('orders', 'frequency')} AS f, ${score('spend_cents', 'monetary')} AS m,
  ${rfmGroupSql('r', 'f', 'm')},
  ${lifecycleStageSql('orders', `greatest(0, intDiv({asOf:Int64} - ifNull(toUnixTimestamp64Milli(last_order_at), 0), ${DAY_MS}))`)},
  fromUnixTimestamp64Milli({now:Int64}, 'UTC')
FROM profile_draft AS d WHERE d.workspace = {workspace:String}`;

const SCRATCH = ['profile_draft_order', 'profile_draft', 'profile_person_next'];

/** The steps of computing every profile of a workspace; nothing leaves the warehouse but a few bounds. */
export function refreshWarehouse(warehouse: Warehouse) {
  return {
    clearScratch: async (workspace: string) => {
      for (const table of SCRATCH) await warehouse.dropPartition(table, '{workspace:String}', { workspace });
    },

    /** `nobodies`: identifiers that alone are no person. */
    fillDraft: async (workspace: string, nobodies: readonly number[]) => {
      await warehouse.command(FILL_ORDERS, { workspace });
      await warehouse.command(FILL_DRAFT, { workspace, nobodies, passive: PASSIVE_EVENTS });
    },

    gaps: async (workspace: string) => {
      const { count, q } = await warehouse.one<{ count: number; q: number[] }>(GAPS, { workspace });
      return { count, q75: q[0] ?? 0, q90: q[1] ?? 0, q975: q[2] ?? 0 };
    },

    /** When the last order was made; 0 when there is none. */
    lastOrder: async (workspace: string) =>
      (
        await warehouse.one<{ last: number }>(
          `SELECT toUnixTimestamp64Milli(max(ifNull(last_order_at, toDateTime64(0, 3, 'UTC')))) AS last
           FROM profile_draft WHERE workspace = {workspace:String}`,
          { workspace },
        )
      ).last,

    bounds: (workspace: string) =>
      warehouse.one<{ recency: number[]; frequency: number[]; monetary: number[] }>(BOUNDS, { workspace }),

    fillNext: (
      workspace: string,
      now: number,
      asOf: number,
      bounds: { recency: number[]; frequency: number[]; monetary: number[] },
      limits: LifecycleDays,
    ) => warehouse.command(FILL_NEXT, { workspace, now, asOf, ...bounds, ...limits }),

    /** Puts the new computation in the place of the old in one step; answers how many people it holds. */
    swap: async (workspace: string): Promise<number> => {
      const { people } = await warehouse.one<{ people: number }>(
        'SELECT count() AS people FROM profile_person_next WHERE workspace = {workspace:String}',
        { workspace },
      );
      const partition = '{workspace:String}';
      if (people > 0)
        await warehouse.replacePartition('profile_person', 'profile_person_next', partition, { workspace });
      else await warehouse.dropPartition('profile_person', partition, { workspace });
      return people;
    },
  };
}
export type RefreshWarehouse = ReturnType<typeof refreshWarehouse>;
