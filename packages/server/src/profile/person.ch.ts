import { PRODUCTS } from '../catalog/index.ts';
import { OF_PERSON, type WhoIs } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { PASSIVE_EVENTS, timelineKindSql } from './event-kinds.ts';
import { consentOfPerson } from './store.ch.ts';

/** Events that are told as orders and returns already; of a cancelled order nothing else is told than that it was. */
const ORDER_EVENTS = ['Order Completed', 'Order Refunded'];

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

interface ProductWords {
  product_id: string;
  name: string;
  name_zh: string;
  brand: string;
  category: string[];
}

interface Scores {
  recency_score: number;
  frequency_score: number;
  monetary_score: number;
  rfm_group: string;
  orders: number;
  spend_cents: number;
}

interface Below {
  customers: number;
  below_recency: number;
  below_frequency: number;
  below_monetary: number;
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
 * What is known of one person, straight from the facts. `whose` tells which rows are theirs.
 */
export function personWarehouse(warehouse: Warehouse) {
  const newest = (table: string, by: string, columns: string) =>
    `SELECT ${by}, ${columns} FROM ${table}
     WHERE workspace = {workspace:String} AND ${OF_PERSON}`;

  const productWords = async (workspace: string, named: readonly string[]) => {
    const ids = [...new Set(named)];
    const products = new Map<string, ProductWords>();
    for (let i = 0; i < ids.length; i += 1000)
      for (const p of await warehouse.query<ProductWords>(
        `SELECT product_id, name, name_zh, brand, category FROM ${PRODUCTS} WHERE product_id IN {ids:Array(String)}`,
        { workspace, ids: ids.slice(i, i + 1000) },
      ))
        products.set(p.product_id, p);
    return products;
  };

  return {
    /** How products are called, by their ids; those the catalogue lacks are left out. */
    productNames: productWords,

    identifiers: (workspace: string, { anchors }: WhoIs) =>
      warehouse.query<{ type: string; value: string; first_seen: string }>(
        `SELECT type, value, first_seen FROM identity_link FINAL
         WHERE workspace = {workspace:String} AND anchor IN {anchors:Array(UInt32)} AND is_deleted = 0
         ORDER BY first_seen, type, value`,
        { workspace, anchors },
      ),

    traits: (workspace: string, whose: WhoIs) =>
      warehouse.query<{ name: string; type: string; text: string; time: string }>(
        `${newest('profile_trait', 'name', 'argMax(type, version) AS type, argMax(text, version) AS text, argMax(profile_trait.time, version) AS time')}
         GROUP BY name ORDER BY name`,
        { workspace, ...whose },
      ),

    consent: (workspace: string, whose: WhoIs) =>
      warehouse.query<{ channel: string; granted: number; time: string; source: string }>(
        `SELECT channel, granted, time, source FROM ${consentOfPerson(OF_PERSON)} ORDER BY channel`,
        { workspace, ...whose },
      ),

    /** Tags are given to people: they stay with the number they were given to. */
    tags: (workspace: string, { own }: WhoIs) =>
      warehouse.query<{ tag: string; time: string }>(
        `SELECT tag, argMax(profile_tag.time, version) AS time FROM profile_tag
         WHERE workspace = {workspace:String} AND person_id IN {own:Array(UInt32)}
         GROUP BY tag HAVING argMax(has, version) = 1 ORDER BY tag`,
        { workspace, own },
      ),

    /** Every order and return line, with what the catalogue says of the product. */
    lines: async (workspace: string, whose: WhoIs): Promise<LineRow[]> => {
      const lines = await warehouse.query<Omit<LineRow, 'name' | 'name_zh' | 'brand' | 'category'>>(
        `SELECT order_id, line_kind, line_id, toUnixTimestamp64Milli(time) AS ms, channel, store_id, product_id, quantity,
           discount_cents, net_cents, coupon_code
         FROM (SELECT * FROM collect_order_line FINAL WHERE workspace = {workspace:String} AND order_id IN (
           SELECT order_id FROM profile_order_key
           WHERE workspace = {workspace:String} AND ${OF_PERSON}))
         WHERE ${OF_PERSON}
         ORDER BY ms DESC, order_id, line_kind, line_id`,
        { workspace, ...whose },
      );
      const products = await productWords(
        workspace,
        lines.map((l) => l.product_id),
      );
      const unknown = { name: '', name_zh: '', brand: '', category: [] };
      return lines.map((l) => ({ ...unknown, ...products.get(l.product_id), ...l }));
    },

    seen: (workspace: string, whose: WhoIs) =>
      warehouse.one<{ events: number; first: number; last: number }>(
        `SELECT count() AS events, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last
         FROM collect_event WHERE workspace = {workspace:String} AND ${OF_PERSON}
           AND name NOT IN {passive:Array(String)}`,
        { workspace, ...whose, passive: PASSIVE_EVENTS },
      ),

    /** Events newest first, from a place in the timeline on. */
    events: (
      workspace: string,
      whose: WhoIs,
      page: { kind: string; before: { ms: number; id: string } | null; limit: number },
    ) =>
      warehouse.query<PersonEventRow>(
        `SELECT message_id, name, ${timelineKindSql('name')} AS kind, toUnixTimestamp64Milli(time) AS ms, channel, properties
         FROM collect_event WHERE workspace = {workspace:String} AND ${OF_PERSON}
           AND name NOT IN {told:Array(String)} AND ({kind:String} = '' OR kind = {kind:String})
           ${page.before ? "AND time <= fromUnixTimestamp64Milli({ms:Int64}, 'UTC') AND (time < fromUnixTimestamp64Milli({ms:Int64}, 'UTC') OR message_id > {id:String})" : ''}
         ORDER BY time DESC, message_id LIMIT {limit:UInt32}`,
        {
          workspace,
          ...whose,
          told: ORDER_EVENTS,
          kind: page.kind,
          limit: page.limit,
          ...(page.before ? page.before : {}),
        },
      ),

    /** The computed scores of a customer and how many stand below in each; null for who has none. */
    standing: async (workspace: string, person: number) => {
      const [me] = await warehouse.query<Scores & { last_order: number }>(
        `SELECT recency_score, frequency_score, monetary_score, rfm_group, orders, spend_cents,
           toUnixTimestamp64Milli(last_order_at) AS last_order
         FROM profile_person WHERE workspace = {workspace:String} AND person_id = {person:UInt32} AND orders > 0`,
        { workspace, person },
      );
      if (!me) return null;
      const below = await warehouse.one<Below>(
        `SELECT count() AS customers, countIf(orders < {orders:UInt32}) AS below_frequency,
           countIf(spend_cents < {spend:Int64}) AS below_monetary,
           countIf(last_order_at < fromUnixTimestamp64Milli({lastOrder:Int64}, 'UTC')) AS below_recency
         FROM profile_person WHERE workspace = {workspace:String} AND orders > 0`,
        { workspace, orders: me.orders, spend: me.spend_cents, lastOrder: me.last_order },
      );
      return { ...me, ...below };
    },
  };
}
export type PersonWarehouse = ReturnType<typeof personWarehouse>;
