import type { Warehouse } from '../platform/warehouse.ts';
import { PASSIVE_EVENTS, timelineKindSql } from './event-kinds.ts';

/** Events that are told as orders and returns already. */
const ORDER_EVENTS = ['Order Completed', 'Order Refunded', 'Order Cancelled'];

export interface LineRow {
  order_id: string;
  line_kind: 'sale' | 'return';
  line_id: string;
  ms: number;
  channel: string;
  store_id: string;
  product_id: string;
  quantity: number;
  discount_cents: number;
  net_cents: number;
  coupon_code: string;
  name: string;
  name_zh: string;
  brand: string;
  category: string[];
}

export interface PersonEventRow {
  message_id: string;
  name: string;
  kind: string;
  ms: number;
  channel: string;
  properties: Record<string, unknown>;
}

/**
 * What is known of one person, straight from the facts. `origins` are the numbers facts of the person may carry: their
 * own and those merged into it.
 */
export function personWarehouse(warehouse: Warehouse) {
  const newest = (table: string, by: string, columns: string) =>
    `SELECT ${by}, ${columns} FROM ${table}
     WHERE workspace = {workspace:String} AND person_id IN {origins:Array(UInt32)}`;

  return {
    /** Who the number stands for after merges. */
    survivorOf: async (workspace: string, person: number): Promise<number> =>
      (
        await warehouse.query<{ survivor: number }>(
          `SELECT survivor_id AS survivor FROM identity_override FINAL
           WHERE workspace = {workspace:String} AND person_id = {person:UInt32} AND survivor_id != 0`,
          { workspace, person },
        )
      )[0]?.survivor ?? person,

    identifiers: (workspace: string, origins: number[]) =>
      warehouse.query<{ type: string; value: string; first_seen: string }>(
        `SELECT type, value, argMax(l.first_seen, version) AS first_seen FROM identity_link AS l
         WHERE workspace = {workspace:String} AND (type, value) IN (
           SELECT type, value FROM identity_link
           WHERE workspace = {workspace:String} AND person_id IN {origins:Array(UInt32)})
         GROUP BY type, value
         HAVING argMax(is_deleted, version) = 0 AND argMax(person_id, version) IN {origins:Array(UInt32)}
         ORDER BY first_seen, type, value`,
        { workspace, origins },
      ),

    traits: (workspace: string, origins: number[]) =>
      warehouse.query<{ name: string; type: string; text: string; time: string }>(
        `${newest('profile_trait', 'name', 'argMax(type, version) AS type, argMax(text, version) AS text, argMax(profile_trait.time, version) AS time')}
         GROUP BY name ORDER BY name`,
        { workspace, origins },
      ),

    consent: (workspace: string, origins: number[]) =>
      warehouse.query<{ channel: string; granted: number; time: string; source: string }>(
        `SELECT channel, argMax(c.granted, turn) AS granted, argMax(c.time, turn) AS time, argMax(c.source, turn) AS source
         FROM (SELECT *, toUnixTimestamp64Milli(time) * 2 + (granted = 0) AS turn FROM profile_consent
           WHERE workspace = {workspace:String} AND person_id IN {origins:Array(UInt32)} AND purpose = 'marketing') AS c
         GROUP BY channel ORDER BY channel`,
        { workspace, origins },
      ),

    tags: (workspace: string, origins: number[]) =>
      warehouse.query<{ tag: string; time: string }>(
        `${newest('profile_tag', 'tag', 'argMax(profile_tag.time, version) AS time')}
         GROUP BY tag HAVING argMax(has, version) = 1 ORDER BY tag`,
        { workspace, origins },
      ),

    /** Every order and return line, with what the catalogue says of the product. */
    lines: (workspace: string, origins: number[]) =>
      warehouse.query<LineRow>(
        `SELECT l.order_id AS order_id, l.line_kind AS line_kind, l.line_id AS line_id,
           toUnixTimestamp64Milli(l.time) AS ms, l.channel AS channel, l.store_id AS store_id, l.product_id AS product_id,
           l.quantity AS quantity, l.discount_cents AS discount_cents, l.net_cents AS net_cents,
           l.coupon_code AS coupon_code, p.name AS name, p.name_zh AS name_zh, p.brand AS brand, p.category AS category
         FROM (SELECT * FROM collect_order_line FINAL WHERE workspace = {workspace:String} AND order_id IN (
             SELECT order_id FROM profile_order_key
             WHERE workspace = {workspace:String} AND person_id IN {origins:Array(UInt32)})) AS l
         LEFT ANY JOIN (SELECT product_id, name, name_zh, brand, category FROM catalog_product FINAL
           WHERE workspace = {workspace:String}) AS p ON l.product_id = p.product_id
         WHERE l.person_id IN {origins:Array(UInt32)}
         ORDER BY ms DESC, order_id, line_kind, line_id`,
        { workspace, origins },
      ),

    seen: (workspace: string, origins: number[]) =>
      warehouse.one<{ events: number; first: number; last: number }>(
        `SELECT count() AS events, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last
         FROM collect_event WHERE workspace = {workspace:String} AND person_id IN {origins:Array(UInt32)}
           AND name NOT IN {passive:Array(String)}`,
        { workspace, origins, passive: PASSIVE_EVENTS },
      ),

    /** Events newest first, from a place in the timeline on. */
    events: (
      workspace: string,
      origins: number[],
      page: { kind: string; before: { ms: number; id: string } | null; limit: number },
    ) =>
      warehouse.query<PersonEventRow>(
        `SELECT message_id, name, ${timelineKindSql('name')} AS kind, toUnixTimestamp64Milli(time) AS ms, channel, properties
         FROM collect_event WHERE workspace = {workspace:String} AND person_id IN {origins:Array(UInt32)}
           AND name NOT IN {told:Array(String)} AND ({kind:String} = '' OR kind = {kind:String})
           ${page.before ? "AND time <= fromUnixTimestamp64Milli({ms:Int64}, 'UTC') AND (time < fromUnixTimestamp64Milli({ms:Int64}, 'UTC') OR message_id > {id:String})" : ''}
         ORDER BY time DESC, message_id LIMIT {limit:UInt32}`,
        {
          workspace,
          origins,
          told: ORDER_EVENTS,
          kind: page.kind,
          limit: page.limit,
          ...(page.before ? page.before : {}),
        },
      ),

    /** The computed scores of a person and how many customers stand below in each. */
    standing: async (workspace: string, person: number) =>
      (
        await warehouse.query<{
          recency_score: number;
          frequency_score: number;
          monetary_score: number;
          rfm_group: string;
          customers: number;
          below_recency: number;
          below_frequency: number;
          below_monetary: number;
        }>(
          `WITH me AS (SELECT * FROM profile_person WHERE workspace = {workspace:String} AND person_id = {person:UInt32} AND orders > 0)
           SELECT any(me.recency_score) AS recency_score, any(me.frequency_score) AS frequency_score,
             any(me.monetary_score) AS monetary_score, any(me.rfm_group) AS rfm_group, count() AS customers,
             countIf(p.last_order_at < me.last_order_at) AS below_recency, countIf(p.orders < me.orders) AS below_frequency,
             countIf(p.spend_cents < me.spend_cents) AS below_monetary
           FROM (SELECT orders, spend_cents, last_order_at FROM profile_person
             WHERE workspace = {workspace:String} AND orders > 0) AS p CROSS JOIN me
           HAVING customers > 0`,
          { workspace, person },
        )
      )[0] ?? null,
  };
}
export type PersonWarehouse = ReturnType<typeof personWarehouse>;
