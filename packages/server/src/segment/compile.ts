import type { Condition, ConditionLeaf, OrderFilter, PropertyTest } from '@qianmian/contract';
import { PRODUCTS } from '../catalog/index.ts';
import { EVENTS, ORDER_LINES } from '../identity/index.ts';
import type { Params } from '../platform/warehouse.ts';
import { CONSENT, PROFILES, type SqlSource, TAGS, TRAITS } from '../profile/index.ts';
import { COMPUTED } from './computed.ts';
import type { Definitions } from './references.ts';
import { isPresenceTest, numberHolds, numberSql, propertyExpressions, valueSql } from './value-test.ts';
import { windowSql } from './window.ts';

/**
 * What a condition means, said once for SQL here, for memory in evaluate.ts; a test holds the two together.
 *
 * - It is asked of everyone whose profile is computed; `not` is everyone else of them.
 * - `trait`: the newest value by time. `fact`, `rfmGroup`, `lifecycle`: as computed last, days counted to now; the
 *   average order, days and scores are absent for who never ordered (days since last seen for who was never seen).
 * - `orders`: lines in the window that match. count: different orders with such a sale line; quantity: of such sale
 *   lines; sumCents: of sale and return lines together; averageCents: sum by count, absent when the count is 0. Nothing
 *   bought counts as 0 of all but the average. An empty list in `where` restricts nothing.
 * - `events`: how many in the window match every property test; none is 0. A list or an object is no value to compare:
 *   a list exists, an object is its properties.
 * - `consent`: not granted holds for who refused and for who said nothing.
 * - `segment`: its condition, as if written here.
 */
export interface CompileContext {
  now: number;
  timeZone: string;
  /** Conditions of the segments referred to, checked for cycles. */
  definitions: Definitions;
  /** Begins the names of bound values, so that two compiled conditions can stand in one query. */
  prefix?: string;
}

type Leaf<K> = Extract<ConditionLeaf, { kind: K }>;
type Bind = (value: unknown, type: string) => string;

/** Compiles to a condition over the columns of PROFILES, and the values bound in it. */
export function compileWhere(
  condition: Condition,
  context: CompileContext,
): { where: string; params: Params } {
  const params: Params = {};
  const prefix = context.prefix ?? 'c';
  const bind: Bind = (value, type) => {
    const name = `${prefix}${Object.keys(params).length + 1}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  return { where: compile(condition, context, bind), params };
}

/** Compiles to a query for the people a condition holds for; the workspace stays to be bound as {workspace:String}. */
export function compileCondition(condition: Condition, context: CompileContext): SqlSource {
  const { where, params } = compileWhere(condition, context);
  return { sql: `SELECT person FROM ${PROFILES} WHERE ${where}`, params };
}

function compile(c: Condition, context: CompileContext, bind: Bind): string {
  switch (c.kind) {
    case 'all':
    case 'any': {
      if (c.of.length === 0) return c.kind === 'all' ? '1' : '0';
      const parts = c.of.map((part) => compile(part, context, bind));
      return parts.length === 1 ? parts[0]! : `(${parts.join(c.kind === 'all' ? '\n AND ' : '\n OR ')})`;
    }
    case 'not':
      return `NOT ${compile(c.of, context, bind)}`;
    case 'segment':
      return compile(context.definitions.get(c.segment)!.condition, context, bind);
    case 'trait':
      return traitSql(c, bind);
    case 'fact':
      return factSql(c, context, bind);
    case 'rfmGroup':
      return `has(${bind(c.groups, 'Array(String)')}, rfm_group)`;
    case 'lifecycle':
      return `has(${bind(c.stages, 'Array(String)')}, lifecycle)`;
    case 'tag':
      return isIn(`SELECT person FROM ${TAGS} WHERE tag = ${bind(c.tag, 'String')}`);
    case 'consent': {
      const granted = `SELECT person FROM ${CONSENT} WHERE channel = ${bind(c.channel, 'String')} AND granted = 1`;
      return isIn(granted, c.granted);
    }
    case 'orders':
      return ordersSql(c, context, bind);
    case 'events':
      return eventsSql(c, context, bind);
  }
}

const isIn = (people: string, holds = true) => `(person ${holds ? 'IN' : 'NOT IN'} (${people}))`;

function traitSql({ trait, test }: Leaf<'trait'>, bind: Bind): string {
  const named = `SELECT person FROM ${TRAITS} WHERE name = ${bind(trait, 'String')}`;
  if (isPresenceTest(test)) return isIn(named, test.op === 'exists');
  return isIn(`${named} AND ${valueSql(test, { folded: 'folded', number: 'number' }, bind)}`);
}

function factSql({ fact, test }: Leaf<'fact'>, context: CompileContext, bind: Bind): string {
  const { present, value } = COMPUTED[fact];
  const compared = numberSql(
    test,
    value.replaceAll('{now}', () => bind(context.now, 'Int64')),
    bind,
  );
  return present ? `(${present} AND ${compared})` : `(${compared})`;
}

/**
 * People by a number that is 0 for who is not counted at all: when the test holds for 0, everyone but those counted for
 * whom it fails.
 */
function countedSql(counted: string, value: string, test: Leaf<'events'>['test'], bind: Bind): string {
  const compared = numberSql(test, value, bind);
  return numberHolds(test, 0)
    ? isIn(`${counted} HAVING NOT (${compared})`, false)
    : isIn(`${counted} HAVING ${compared}`);
}

const MEASURES = {
  count: "uniqExactIf(order_id, line_kind = 'sale')",
  sumCents: 'sum(net_cents)',
  quantity: "sumIf(quantity, line_kind = 'sale')",
};

function ordersSql(c: Leaf<'orders'>, context: CompileContext, bind: Bind): string {
  const counted = `SELECT person FROM ${ORDER_LINES}
  WHERE ${windowSql(c.window, context.now, context.timeZone, bind)}${orderFilterSql(c.where ?? {}, bind)}
  GROUP BY person`;
  if (c.measure !== 'averageCents') return countedSql(counted, MEASURES[c.measure], c.test, bind);
  return isIn(
    `${counted} HAVING ${MEASURES.count} > 0 AND ${numberSql(c.test, `${MEASURES.sumCents} / ${MEASURES.count}`, bind)}`,
  );
}

function orderFilterSql(filter: OrderFilter, bind: Bind): string {
  const given = (list: string[] | undefined): list is string[] => (list?.length ?? 0) > 0;
  const products = [
    ...(given(filter.categories) ? [`hasAny(category, ${bind(filter.categories, 'Array(String)')})`] : []),
    ...(given(filter.brands) ? [`has(${bind(filter.brands, 'Array(String)')}, brand)`] : []),
  ];
  const tests = [
    ...(given(filter.products) ? [`has(${bind(filter.products, 'Array(String)')}, product_id)`] : []),
    ...(given(filter.stores) ? [`has(${bind(filter.stores, 'Array(String)')}, store_id)`] : []),
    ...(given(filter.channels) ? [`has(${bind(filter.channels, 'Array(String)')}, channel)`] : []),
    ...(products.length > 0
      ? [
          `product_id IN (SELECT product_id FROM ${PRODUCTS}
    WHERE ${products.join(' AND ')})`,
        ]
      : []),
  ];
  return tests.map((t) => `\n  AND ${t}`).join('');
}

function eventsSql(c: Leaf<'events'>, context: CompileContext, bind: Bind): string {
  const tests = (c.where ?? []).map((t) => `\n  AND ${propertySql(t, bind)}`).join('');
  const counted = `SELECT person FROM ${EVENTS}
  WHERE name = ${bind(c.event, 'String')} AND ${windowSql(c.window, context.now, context.timeZone, bind)}${tests}
  GROUP BY person`;
  return countedSql(counted, 'count()', c.test, bind);
}

function propertySql({ property, test }: PropertyTest, bind: Bind): string {
  const is = propertyExpressions(`getSubcolumn(properties, ${bind(property, 'String')})`);
  if (isPresenceTest(test)) return test.op === 'exists' ? is.isPresent : `NOT ${is.isPresent}`;
  return `(${is.isScalar} AND ${valueSql(test, is, bind)})`;
}
