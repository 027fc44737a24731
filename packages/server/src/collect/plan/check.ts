import type {
  PlanEvent,
  PlanProperty,
  PlanRules,
  PlanType,
  TrackingPlan,
  Violation,
} from '@qianmian/contract';
import { remember } from '../../platform/remember.ts';
import { isObject } from '../storable.ts';
import { compilePattern } from './pattern.ts';

type Json = Record<string, unknown>;

/** One way in which an event differs from the plan. It names places and kinds, never values: those can be personal. */
export interface Difference {
  kind: Violation;
  path: string;
  detail: string;
}

/** What is done with an event that differs, and why. */
export interface Verdict {
  action: 'warn' | 'quarantine' | 'reject';
  /** The gravest difference. */
  reason: Violation;
  differences: Difference[];
}

export type CheckEvent = (name: string, properties: Json) => Difference[];
export type JudgeEvent = (name: string, properties: Json) => Verdict | null;

/** Differences told of one event; leaves of one event that are looked at; characters a pattern is tried on. */
const [MOST_TOLD, MOST_LEAVES, LONGEST_TRIED] = [20, 500, 256];
const GRAVITY = { off: 0, warn: 1, quarantine: 2, reject: 3 } as const;

interface Expected {
  path: string;
  steps: string[];
  required: boolean;
  types: ReadonlySet<PlanType> | null;
  allowed: ReadonlySet<unknown> | null;
  hasForm: ((text: string) => boolean) | null;
  min: number;
  max: number;
}

/** Compiles a plan once; the check it answers looks at each event in bounded time. `unknown` asks for unknown properties. */
export function compilePlan(plan: TrackingPlan, { unknown }: { unknown: boolean }): CheckEvent {
  const events = new Map(plan.events.map((event) => [event.name, expectationOf(event)]));
  return (name, properties) => {
    const event = events.get(name);
    if (!event) return [{ kind: 'unknown_event', path: '', detail: 'The plan does not expect this event.' }];
    const found: Difference[] = [];
    for (const property of event.properties) {
      const value = valueAt(properties, property.steps, 0);
      if (isBlank(value)) {
        if (property.required)
          tell(found, {
            kind: 'missing_property',
            path: property.path,
            detail: `"${property.path}" is missing.`,
          });
        continue;
      }
      const difference = differenceOf(property, value);
      if (difference) tell(found, difference);
    }
    if (unknown) addUnknown(properties, '', event.known, found, { left: MOST_LEAVES });
    return found;
  };
}

/** Notes a difference: so many, and one of each kind in any case, for the gravest decides. */
function tell(found: Difference[], one: Difference): void {
  if (!hasTold(found, one.kind)) found.push(one);
}

const hasTold = (found: readonly Difference[], kind: Violation) =>
  found.length >= MOST_TOLD && found.some((one) => one.kind === kind);

/** The check of a plan with what is done about each kind of difference; null when nothing is ever done. */
export function compileJudge(plan: TrackingPlan, rules: PlanRules): JudgeEvent | null {
  if (Object.values(rules).every((action) => action === 'off')) return null;
  const check = compilePlan(plan, { unknown: rules.unknown_property !== 'off' });
  return (name, properties) => {
    let gravest: Difference | null = null;
    const differences = check(name, properties).filter((one) => {
      if (rules[one.kind] === 'off') return false;
      if (gravest === null || GRAVITY[rules[one.kind]] > GRAVITY[rules[gravest.kind]]) gravest = one;
      return true;
    });
    if (gravest === null) return null;
    const reason = (gravest as Difference).kind;
    return { action: rules[reason] as Verdict['action'], reason, differences };
  };
}

function expectationOf(event: PlanEvent) {
  return {
    properties: event.properties.map(expectedOf),
    known: new Set(event.properties.map((one) => one.path)),
  };
}

function expectedOf(property: PlanProperty): Expected {
  return {
    path: property.path,
    steps: property.path.split('.'),
    required: property.required,
    types: property.types.length > 0 ? new Set(property.types) : null,
    allowed: property.allowed && property.allowed.length > 0 ? new Set<unknown>(property.allowed) : null,
    hasForm: formOf(property.pattern),
    min: property.min ?? Number.NEGATIVE_INFINITY,
    max: property.max ?? Number.POSITIVE_INFINITY,
  };
}

function formOf(pattern: string | undefined): Expected['hasForm'] {
  const compiled = pattern === undefined ? null : compilePattern(pattern);
  return compiled && remember((text) => compiled.testExact(text));
}

function differenceOf(property: Expected, value: unknown): Difference | null {
  const { path, types, allowed, hasForm, min, max } = property;
  const type = typeOf(value);
  if (types && !types.has(type) && !(type === 'integer' && types.has('number')))
    return {
      kind: 'wrong_type',
      path,
      detail: `"${path}" is ${type}; expected is ${[...types].join(' or ')}.`,
    };
  if (allowed && !allowed.has(value)) return notAllowed(path, 'is none of the values allowed');
  if (hasForm && (typeof value !== 'string' || value.length > LONGEST_TRIED || !hasForm(value)))
    return notAllowed(path, 'does not have the form expected');
  if (typeof value === 'number' && (value < min || value > max))
    return notAllowed(path, `lies outside ${min} to ${max}`);
  return null;
}

const notAllowed = (path: string, why: string): Difference => ({
  kind: 'value_not_allowed',
  path,
  detail: `"${path}" ${why}.`,
});

/** Whether a value says nothing: none, or an object without any; so it lies in the warehouse. */
function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (!isObject(value)) return false;
  for (const key in value) if (!isBlank(value[key])) return false;
  return true;
}

/** What a value of JSON is, in the plan's terms. */
export function typeOf(value: unknown): PlanType {
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as PlanType;
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return Array.isArray(value) ? 'array' : 'object';
}

/** The value at a dotted path; keys may hold dots themselves, as the warehouse reads both alike. */
function valueAt(from: Json, steps: readonly string[], at: number): unknown {
  // Nearly every key is one step; an own property is told from an inherited one only where there is something.
  if (steps.length - at === 1) {
    const value = from[steps[at]!];
    return value !== undefined && Object.hasOwn(from, steps[at]!) ? value : undefined;
  }
  let key = '';
  for (let end = at; end < steps.length; end++) {
    key = end === at ? steps[end]! : `${key}.${steps[end]}`;
    if (!Object.hasOwn(from, key)) continue;
    const value = from[key];
    if (end === steps.length - 1) return value;
    const inner = isObject(value) ? valueAt(value, steps, end + 1) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function addUnknown(
  from: Json,
  prefix: string,
  known: ReadonlySet<string>,
  found: Difference[],
  budget: { left: number },
): void {
  for (const key in from) {
    if (budget.left === 0) {
      tell(found, {
        ...{ kind: 'unknown_property', path: '' },
        detail: `There are more properties than the ${MOST_LEAVES} that are looked at.`,
      });
      budget.left = -1;
    }
    if (budget.left < 0 || hasTold(found, 'unknown_property')) return;
    budget.left -= 1;
    const value = from[key];
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (value === null || value === undefined || known.has(path)) continue;
    if (isObject(value)) addUnknown(value, path, known, found, budget);
    else {
      const told = path.slice(0, 200);
      tell(found, { kind: 'unknown_property', path: told, detail: `The plan does not name "${told}".` });
    }
  }
}
