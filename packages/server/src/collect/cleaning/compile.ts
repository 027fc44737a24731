import type { ActingStep, CleanStep, CleanSubject } from '@qianmian/contract';
import { isActing } from '@qianmian/contract';
import type { Fact, OrderLineFact } from '../facts.ts';
import { editField, lineKey, subjectOf } from './fields.ts';
import { methodOf, ruleOf, type Value } from './standards.ts';

/** One thing that was done to one value. */
export interface Touch {
  field: string;
  step: string;
  method: string;
  /** Null where there was none. */
  before: Value | null;
  after: Value;
  isImputed: boolean;
}

/** What was done to a fact, in order. */
export type Trail = Touch[];

/** Values put in for missing ones, learned once a version: by group, and of all together ('' ). */
export type Learned = Record<string, Record<string, Value>>;

/** What a person decided of a value: where it is still `from`, it is `to`. */
export interface Correction {
  decision: string;
  field: string;
  from: Value | null;
  to: Value;
}

/** What people decided, looked up by what it is about. */
export interface Decided {
  /** By `subject\nkey`. */
  corrections: ReadonlyMap<string, readonly Correction[]>;
  /** Orders and lines that do not count, by order id or line key, with the decision. */
  dropped: ReadonlyMap<string, string>;
  /** Products that are another one, by product id. */
  merged: ReadonlyMap<string, { into: string; decision: string }>;
}
export const NOTHING_DECIDED: Decided = { corrections: new Map(), dropped: new Map(), merged: new Map() };

type Act = <F extends Fact>(fact: F, trail: Trail) => F;
interface Op {
  source: string | undefined;
  event: string | undefined;
  act: Act;
}

/** The field under which it is kept that a person dropped an order. */
export const DROPPED = '$dropped';
/** Where an event says which of its properties were put in. */
export const IMPUTED = '_imputed';

/** Steps ready to act: closures by kind of thing, made once a version. */
export interface Compiled {
  version: number;
  /** Whether any step acts on such things or any decision was made of them. */
  acts(subject: CleanSubject): boolean;
  /** A fact as the steps want it, and what was done to it; the fact itself where nothing was. */
  clean<F extends Fact>(fact: F, source: string, trail: Trail): F;
  hasCorrections(subject: CleanSubject): boolean;
  /** A fact with what was decided of it under this key. */
  correct<F extends Fact>(fact: F, key: string, trail: Trail): F;
}

/** Makes closures of steps; those that are off or only find are left out. */
export function compileSteps(
  version: number,
  steps: readonly CleanStep[],
  context: { timeZone: string; learned: Learned; decided: Decided; isPast?: boolean },
): Compiled {
  const ops: Record<CleanSubject, Op[]> = { line: [], product: [], trait: [], event: [] };
  for (const step of steps) {
    if (!step.isOn || !isActing(step)) continue;
    // A product is told in pieces: what a piece does not say is not missing.
    if (step.kind === 'missing' && step.on.subject === 'product' && !context.isPast) continue;
    const act =
      step.kind === 'missing'
        ? imputer(step, context.learned[step.id] ?? {})
        : changer(step, context.timeZone);
    ops[step.on.subject].push({ source: step.on.source, event: step.on.event, act });
  }
  const { decided } = context;
  const decidedSubjects = new Set(
    [...decided.corrections.keys()].map((key) => key.slice(0, key.indexOf('\n'))),
  );
  return {
    version,
    acts: (subject) =>
      ops[subject].length > 0 ||
      decidedSubjects.has(subject) ||
      (subject === 'line' && (decided.dropped.size > 0 || decided.merged.size > 0)),
    hasCorrections: (subject) => decidedSubjects.has(subject),
    correct: (fact, key, trail) => correct(fact, subjectOf(fact)!, key, decided, trail),
    clean(fact, source, trail) {
      const subject = subjectOf(fact);
      if (subject === null) return fact;
      let now = fact;
      for (const op of ops[subject]) {
        if (op.source !== undefined && op.source !== source) continue;
        if (op.event !== undefined && (now as { name?: string }).name !== op.event) continue;
        now = op.act(now, trail);
      }
      return decide(now, subject, decided, trail);
    },
  };
}

/** Whether what was paid is what quantity, price and discount come to. */
const adds = (line: OrderLineFact) => line.netCents === sumOf(line);
const sumOf = (line: OrderLineFact) => Math.round(line.quantity * line.unitPriceCents) - line.discountCents;
const FACTORS = new Set(['quantity', 'unitPriceCents', 'discountCents']);

/** What was paid follows from quantity, price and discount where it did before. */
function netFollows<F extends Fact>(
  before: F,
  after: F,
  field: string,
  by: Omit<Touch, 'field' | 'before' | 'after'>,
  trail: Trail,
): F {
  if (after.kind !== 'orderLine' || before.kind !== 'orderLine' || !FACTORS.has(field) || !adds(before))
    return after;
  const netCents = sumOf(after) || 0;
  if (netCents === after.netCents) return after;
  trail.push({ ...by, field: 'netCents', before: after.netCents, after: netCents });
  return { ...after, netCents };
}

function changer(step: Exclude<ActingStep, { kind: 'missing' }>, timeZone: string): Act {
  const rule = ruleOf(step, timeZone);
  const { field } = step.on;
  // Levels of a category are words of their own.
  const apply =
    step.on.subject === 'product' && field === 'category'
      ? (value: Value) =>
          String(value)
            .split(' > ')
            .map((level) => String(rule(level)))
            .join(' > ')
      : rule;
  const by = { step: step.id, method: methodOf(step), isImputed: false };
  const { method } = by;
  return (fact, trail) => {
    const after = editField(fact, field, (path, value) => {
      if (value === undefined) return value;
      const next = apply(value);
      if (next !== value)
        trail.push({ field: path, step: step.id, method, before: value, after: next, isImputed: false });
      return next;
    });
    return after === fact ? fact : netFollows(fact, after, field, by, trail);
  };
}

/** The group a fact's value is learned for. */
export function groupOf(fact: Fact, by: string): string {
  if (fact.kind === 'orderLine')
    return by === 'product' ? fact.productId : by === 'store' ? (fact.storeId ?? '') : '';
  if (fact.kind === 'product')
    return by === 'brand' ? (fact.brand ?? '') : by === 'category' ? (fact.category?.[0] ?? '') : '';
  return '';
}

/** Whether a value stands for none. */
export const isMissing = (value: unknown, zeroIsMissing: boolean) =>
  value === undefined || value === null || value === '' || (zeroIsMissing && value === 0);

function imputer(step: Extract<ActingStep, { kind: 'missing' }>, learned: Record<string, Value>): Act {
  const { field } = step.on;
  const by = { step: step.id, method: methodOf(step), isImputed: true };
  const byAll = methodOf({ ...step, by: 'all' });
  return (fact, trail) => {
    const put: Record<string, string> = {};
    let { method } = by;
    const after = editField(fact, field, (path, value) => {
      if (!isMissing(value, step.zeroIsMissing)) return value;
      const ofGroup = learned[groupOf(fact, step.by)];
      const made = step.method === 'constant' ? step.value : (ofGroup ?? learned['']);
      if (made === undefined || made === value) return value;
      // A group in which nothing is known has what all have: the history says which it was.
      method = ofGroup === undefined ? byAll : by.method;
      trail.push({ ...by, method, field: path, before: value ?? null, after: made });
      put[path] = `${method} (${step.id})`;
      return made;
    });
    if (after === fact) return fact;
    if (after.kind !== 'event') return netFollows(fact, after, field, { ...by, method }, trail);
    // An event says itself what of it was put in.
    const said = after.properties[IMPUTED];
    const flags = { ...(typeof said === 'object' ? said : {}), ...put };
    return { ...after, properties: { ...after.properties, [IMPUTED]: flags } };
  };
}

function correct<F extends Fact>(
  fact: F,
  subject: CleanSubject,
  key: string,
  decided: Decided,
  trail: Trail,
): F {
  let now = fact;
  for (const { decision, field, from, to } of decided.corrections.get(`${subject}\n${key}`) ?? []) {
    const before = now;
    const by = { step: decision, method: 'corrected', isImputed: false };
    now = editField(now, field, (path, value) => {
      if ((value ?? null) !== from || to === value) return value;
      trail.push({ ...by, field: path, before: value ?? null, after: to });
      return to;
    });
    if (now !== before) now = netFollows(before, now, field, by, trail);
  }
  return now;
}

function decide<F extends Fact>(fact: F, subject: CleanSubject, decided: Decided, trail: Trail): F {
  const key = keyOf(fact);
  const now = key === null ? fact : correct(fact, subject, key, decided, trail);
  return now.kind === 'orderLine' ? (decideLine(now, decided, trail) as F) : now;
}

function decideLine(line: OrderLineFact, decided: Decided, trail: Trail): OrderLineFact {
  let now = line;
  const merge = decided.merged.get(line.productId);
  if (merge) {
    const by = { step: merge.decision, method: 'merged', isImputed: false };
    trail.push({ ...by, field: 'productId', before: line.productId, after: merge.into });
    now = { ...now, productId: merge.into };
  }
  const dropped = decided.dropped.get(line.orderId) ?? decided.dropped.get(lineKey(line));
  if (dropped === undefined) return now;
  const by = { step: dropped, method: 'dropped', isImputed: false };
  trail.push({ ...by, field: DROPPED, before: false, after: true });
  return { ...now, isDropped: true };
}

/** The key of a fact as far as the fact itself tells it: that of a trait is known when its person is. */
function keyOf(fact: Fact): string | null {
  if (fact.kind === 'orderLine') return lineKey(fact);
  if (fact.kind === 'product') return fact.productId;
  return fact.kind === 'event' ? fact.messageId : null;
}
