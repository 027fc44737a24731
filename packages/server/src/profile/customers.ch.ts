import type { customerQuery } from '@qianmian/contract';
import type { z } from 'zod';
import { IDENTIFIERS } from '../identity/index.ts';
import type { Params, Warehouse } from '../platform/warehouse.ts';
import type { SqlSource } from './sql-source.ts';
import { PROFILES, TAGS, TRAIT_ROWS } from './store.ch.ts';

type Query = z.output<typeof customerQuery>;

/** Which customers, in which order: the query of the list without its page. */
export type CustomerFilter = Omit<Query, 'cursor' | 'limit'>;

/** What a page's last row is sorted by, and its person. */
export type CustomerPlace = readonly [sortKey: string | number, person: number];

/** A person's computed row. */
export interface PersonRow {
  person: number;
  name: string;
  email: string;
  phone: string;
  city: string;
  lifecycle: string;
  rfm_group: string;
  recency_score: number;
  frequency_score: number;
  monetary_score: number;
  orders: number;
  spend_cents: number;
  average_order_cents: number;
  returns_cents: number;
  first_seen_at: string | null;
  last_seen_at: string | null;
  first_order_at: string | null;
  last_order_at: string | null;
}

export const PERSON_ROW = `person, name, email, phone, city, lifecycle, rfm_group, recency_score, frequency_score,
  monetary_score, orders, spend_cents, average_order_cents, returns_cents, first_seen_at, last_seen_at,
  first_order_at, last_order_at`;

/** What of a person is compared when duplicates are looked for. */
export interface PortraitRow {
  person: number;
  name: string;
  phone: string;
  email: string;
  birthday: string;
  gender: string;
  city: string;
  address: string;
  orders: number;
  spend_cents: number;
  last_seen_at: string | null;
}

const PORTRAIT = `SELECT p.person AS person, p.name AS name, p.phone AS phone, p.email AS email, p.birthday AS birthday,
    p.gender AS gender, p.city AS city, a.value AS address, p.orders AS orders, p.spend_cents AS spend_cents,
    p.last_seen_at AS last_seen_at
  FROM ${PROFILES} AS p LEFT ANY JOIN (SELECT person, argMax(t_text, version) AS value FROM ${TRAIT_ROWS}
    WHERE name IN ('address', 'address.street', 'address.line1') GROUP BY person) AS a ON p.person = a.person`;

const millis = (column: string) => `ifNull(toUnixTimestamp64Milli(${column}), 0)`;
const SORT_KEYS: Record<Query['sort'], { key: string; type: 'Int64' | 'String' }> = {
  spendCents: { key: 'spend_cents', type: 'Int64' },
  orders: { key: 'toInt64(orders)', type: 'Int64' },
  averageOrderCents: { key: 'average_order_cents', type: 'Int64' },
  lastOrderAt: { key: millis('last_order_at'), type: 'Int64' },
  firstSeenAt: { key: millis('first_seen_at'), type: 'Int64' },
  lastSeenAt: { key: millis('last_seen_at'), type: 'Int64' },
  // A cursor holds the key, so that it must not be long.
  name: { key: 'substringUTF8(name, 1, 100)', type: 'String' },
};

/** Phones are kept as +8613812345678; people type 138-1234 5678. */
function phoneDigits(text: string): string {
  const bare = text.replace(/[\s().-]/g, '');
  return /^\+?\d{4,}$/.test(bare) ? bare : '';
}

/**
 * What matches a text. Who may not reveal personal data finds only by whole values they know already: parts would let
 * them guess a hidden address letter by letter.
 */
function searchSql(text: string, reveal: boolean): SqlSource {
  const params = { search: text, searchFolded: text.toLowerCase(), digits: phoneDigits(text) };
  if (!reveal)
    return {
      sql: `(lowerUTF8(name) = {searchFolded:String} OR person IN (SELECT person FROM ${IDENTIFIERS}
        WHERE lowerUTF8(value) = {searchFolded:String}
          OR (type = 'phone' AND {digits:String} != '' AND value IN ({digits:String}, concat('+86', {digits:String})))))`,
      params,
    };
  const has = (column: string) => `positionCaseInsensitiveUTF8(${column}, {search:String}) > 0`;
  const phone = (column: string) => `({digits:String} != '' AND position(${column}, {digits:String}) > 0)`;
  return {
    sql: `(${has('name')} OR ${has('email')} OR ${has('phone')} OR ${phone('phone')}
      OR person IN (SELECT person FROM ${IDENTIFIERS} WHERE ${has('value')} OR (type = 'phone' AND ${phone('value')})))`,
    params,
  };
}

function whereSql(filter: CustomerFilter, within: SqlSource | null, reveal: boolean): SqlSource {
  const parts: string[] = [];
  let params: Params = {};
  const add = (sql: string, values: Params) => {
    parts.push(sql);
    params = { ...params, ...values };
  };
  const text = filter.search?.trim();
  if (text) {
    const s = searchSql(text, reveal);
    add(s.sql, s.params);
  }
  if (within) add(`person IN (${within.sql})`, within.params);
  if (filter.lifecycle) add('lifecycle = {lifecycle:String}', { lifecycle: filter.lifecycle });
  if (filter.rfmGroup) add('rfm_group = {rfmGroup:String}', { rfmGroup: filter.rfmGroup });
  if (filter.recency) add('recency_score = {recency:UInt8}', { recency: filter.recency });
  if (filter.frequency) add('frequency_score = {frequency:UInt8}', { frequency: filter.frequency });
  if (filter.city) add('lowerUTF8(city) = {city:String}', { city: filter.city.trim().toLowerCase() });
  if (filter.tag) add(`person IN (SELECT person FROM ${TAGS} WHERE tag = {tag:String})`, { tag: filter.tag });
  return { sql: parts.length > 0 ? parts.join('\n AND ') : '1', params };
}

/** What the list of customers asks the warehouse. */
export function customersWarehouse(warehouse: Warehouse) {
  return {
    count: async (workspace: string, filter: CustomerFilter, within: SqlSource | null, reveal: boolean) => {
      const where = whereSql(filter, within, reveal);
      const sql = `SELECT count() AS n FROM ${PROFILES} WHERE ${where.sql}`;
      return (await warehouse.one<{ n: number }>(sql, { workspace, ...where.params })).n;
    },

    /** Rows after a place in the order asked for; equal values go by person. */
    page: async (
      workspace: string,
      filter: CustomerFilter,
      page: { after: CustomerPlace | null; limit: number; within: SqlSource | null; reveal: boolean },
    ): Promise<(PersonRow & { sort_key: string | number })[]> => {
      const where = whereSql(filter, page.within, page.reveal);
      const { key, type } = SORT_KEYS[filter.sort];
      const beyond = filter.order === 'asc' ? '>' : '<';
      const after = page.after
        ? `AND (sort_key ${beyond} {afterKey:${type}} OR (sort_key = {afterKey:${type}} AND person > {afterPerson:UInt32}))`
        : '';
      return warehouse.query(
        `SELECT ${PERSON_ROW}, ${key} AS sort_key FROM ${PROFILES} WHERE ${where.sql} ${after}
         ORDER BY sort_key ${filter.order === 'asc' ? 'ASC' : 'DESC'}, person LIMIT {limit:UInt32}`,
        {
          workspace,
          ...where.params,
          limit: page.limit,
          ...(page.after ? { afterKey: page.after[0], afterPerson: page.after[1] } : {}),
        },
      );
    },

    /** Identifiers by their numbers. */
    identifiers: (workspace: string, anchors: number[]) =>
      warehouse.query<{ anchor: number; type: string; value: string }>(
        `SELECT anchor, type, value FROM identity_link FINAL
         WHERE workspace = {workspace:String} AND anchor IN {anchors:Array(UInt32)} AND is_deleted = 0`,
        { workspace, anchors },
      ),

    /** What of everyone is compared when duplicates are looked for, by number from one on. */
    portraits: (workspace: string, after: number, limit: number) =>
      warehouse.query<PortraitRow>(
        `${PORTRAIT} WHERE p.person > {after:UInt32} ORDER BY p.person LIMIT {limit:UInt32}`,
        {
          workspace,
          after,
          limit,
        },
      ),

    /** The same of some people. */
    portraitsOf: (workspace: string, people: readonly number[]) =>
      warehouse.query<PortraitRow>(`${PORTRAIT} WHERE p.person IN {people:Array(UInt32)}`, {
        workspace,
        people,
      }),

    /** The rows of these people, in no order. */
    byIds: (workspace: string, people: number[]) =>
      warehouse.query<PersonRow>(
        `SELECT ${PERSON_ROW} FROM ${PROFILES} WHERE person_id IN {people:Array(UInt32)}`,
        { workspace, people },
      ),
  };
}
