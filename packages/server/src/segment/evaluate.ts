import type { Condition, ConditionLeaf, OrderFilter, PropertyTest, WhyNode } from '@qianmian/contract';
import { computedFact } from './computed.ts';
import { type Life, type LifeLine, propertyAt } from './life.ts';
import type { Definitions } from './references.ts';
import { numberHolds, valueHolds } from './value-test.ts';
import { inWindow } from './window.ts';

/** What a condition is judged by beside the person's life. */
export interface EvaluateContext {
  now: number;
  timeZone: string;
  definitions: Definitions;
}

type Leaf<K> = Extract<ConditionLeaf, { kind: K }>;
interface Verdict {
  holds: boolean;
  fact: string;
}

/** Whether a condition holds for a person, in memory: the same as the SQL of compile.ts, where its meaning is said. */
export function evaluate(condition: Condition, life: Life, context: EvaluateContext): boolean {
  return why(condition, life, context).holds;
}

/** The same with the reasons: the verdict of every part and the person's own value behind each leaf. */
export function why(c: Condition, life: Life, context: EvaluateContext): WhyNode {
  if (c.kind === 'all' || c.kind === 'any') {
    const of = c.of.map((part) => why(part, life, context));
    const holds = c.kind === 'all' ? of.every((n) => n.holds) : of.some((n) => n.holds);
    return { kind: c.kind, holds, fact: null, of };
  }
  if (c.kind === 'not') {
    const inner = why(c.of, life, context);
    return { kind: c.kind, holds: !inner.holds, fact: null, of: [inner] };
  }
  if (c.kind === 'segment') {
    const definition = context.definitions.get(c.segment)!;
    const inner = why(definition.condition, life, context);
    return { kind: c.kind, holds: inner.holds, fact: definition.name, of: [inner] };
  }
  return { kind: c.kind, ...judge(c, life, context), of: [] };
}

function judge(
  c: Exclude<ConditionLeaf, { kind: 'segment' }>,
  life: Life,
  context: EvaluateContext,
): Verdict {
  switch (c.kind) {
    case 'trait': {
      const value = life.traits.get(c.trait);
      return { holds: valueHolds(c.test, value), fact: said(c.trait, value) };
    }
    case 'fact': {
      const value = computedFact(c.fact, life.facts, context.now);
      return { holds: value !== undefined && numberHolds(c.test, value), fact: said(c.fact, value) };
    }
    case 'rfmGroup': {
      const group = life.facts.rfmGroup;
      return { holds: c.groups.some((g) => g === group), fact: said(c.kind, group ?? undefined) };
    }
    case 'lifecycle': {
      const stage = life.facts.lifecycle;
      return { holds: c.stages.some((s) => s === stage), fact: said(c.kind, stage) };
    }
    case 'tag': {
      const holds = life.tags.has(c.tag);
      return { holds, fact: said(`tag ${c.tag}`, holds) };
    }
    case 'consent': {
      const granted = life.consent.has(c.channel);
      return { holds: granted === c.granted, fact: said(`consent ${c.channel}`, granted) };
    }
    case 'orders':
      return judgeOrders(c, life, context);
    case 'events': {
      const count = life.events.filter(
        (e) =>
          e.name === c.event &&
          inWindow(c.window, e.time, context.now, context.timeZone) &&
          (c.where ?? []).every((t) => propertyHolds(t, e.properties)),
      ).length;
      return { holds: numberHolds(c.test, count), fact: said(c.event, count) };
    }
  }
}

const said = (name: string, value: string | number | boolean | undefined) =>
  value === undefined ? `${name}: none` : `${name} = ${value}`;

function judgeOrders(c: Leaf<'orders'>, life: Life, context: EvaluateContext): Verdict {
  const lines = life.lines.filter(
    (l) => inWindow(c.window, l.time, context.now, context.timeZone) && lineMatches(c.where ?? {}, l),
  );
  const sales = lines.filter((l) => l.lineKind === 'sale');
  const count = new Set(sales.map((l) => l.orderId)).size;
  const sumCents = lines.reduce((sum, l) => sum + l.netCents, 0);
  const value = {
    count,
    sumCents,
    averageCents: count === 0 ? undefined : sumCents / count,
    quantity: sales.reduce((sum, l) => sum + l.quantity, 0),
  }[c.measure];
  return { holds: value !== undefined && numberHolds(c.test, value), fact: said(c.measure, value) };
}

function lineMatches(filter: OrderFilter, line: LifeLine): boolean {
  const allows = (list: string[] | undefined, ...values: readonly string[]) =>
    !list || list.length === 0 || values.some((v) => list.includes(v));
  return (
    allows(filter.categories, ...line.category) &&
    allows(filter.brands, line.brand) &&
    allows(filter.products, line.productId) &&
    allows(filter.stores, line.storeId) &&
    allows(filter.channels, line.channel)
  );
}

function propertyHolds({ property, test }: PropertyTest, properties: Record<string, unknown>): boolean {
  const value = propertyAt(properties, property);
  const isList = Array.isArray(value);
  if (isList) return test.op === 'exists';
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return valueHolds(test, isScalar ? value : undefined);
}
