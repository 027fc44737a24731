import { z } from 'zod';

/**
 * The one language for "which people": a tree of data. The console edits it, the server compiles it to SQL, tests
 * evaluate it in memory, and all three must agree. Absent values make a comparison false, never an error; `not` turns
 * false into true.
 */

/** Numbers people test for; beyond this they are no amounts or counts, and not exact any more. */
const finite = z.number().min(-1e15, 'must be at least -1e15').max(1e15, 'must be at most 1e15');
const name = z.string().trim().min(1, 'must be chosen').max(200);
const scalar = z.union([z.string().max(1000), finite, z.boolean()]);

/** Calendar time a behaviour is looked at in. Rolling windows count back from now in whole days of 24 hours. */
export const window = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ever') }),
  z.object({
    kind: z.literal('rolling'),
    days: z
      .number()
      .int('must be a whole number of days')
      .min(1, 'must be at least 1 day')
      .max(3650, 'must be at most 3650 days'),
  }),
  z
    .object({ kind: z.literal('absolute'), from: z.iso.date(), to: z.iso.date() })
    .refine((w) => w.from <= w.to, { path: ['to'], message: 'must not be before "from"' }),
]);
export type Window = z.infer<typeof window>;

export const NUMBER_OPS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const;
export const numberTest = z.object({ op: z.enum(NUMBER_OPS), value: finite });
export type NumberTest = z.infer<typeof numberTest>;

/** A test on a trait: text, number, boolean, or its presence. Text compares without regard to case. */
export const traitTest = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['is', 'isNot']), value: scalar }),
  z.object({
    op: z.enum(['in', 'notIn']),
    value: z.array(scalar).min(1, 'needs at least one value').max(1000),
  }),
  z.object({
    op: z.enum(['contains', 'startsWith']),
    value: z.string().min(1, 'must not be empty').max(200),
  }),
  z.object({ op: z.enum(['gt', 'gte', 'lt', 'lte']), value: finite }),
  z.object({ op: z.enum(['exists', 'missing']) }),
]);
export type TraitTest = z.infer<typeof traitTest>;

/** Facts computed about each person that a condition may compare as numbers. */
export const COMPUTED_FACTS = [
  'orders',
  'spendCents',
  'averageOrderCents',
  'returnsCents',
  'daysSinceFirstOrder',
  'daysSinceLastOrder',
  'daysSinceLastSeen',
  'recencyScore',
  'frequencyScore',
  'monetaryScore',
] as const;

/** The eleven named RFM groups, most valuable first. */
export const RFM_GROUPS = [
  'champions',
  'loyal',
  'potentialLoyalists',
  'newCustomers',
  'promising',
  'needAttention',
  'aboutToSleep',
  'atRisk',
  'cannotLose',
  'hibernating',
  'lost',
] as const;
export const rfmGroup = z.enum(RFM_GROUPS);
export type RfmGroup = z.infer<typeof rfmGroup>;

/** Where a person stands in their life as a customer. */
export const LIFECYCLE_STAGES = ['prospect', 'new', 'active', 'cooling', 'sleeping', 'lost'] as const;
export const lifecycleStage = z.enum(LIFECYCLE_STAGES);
export type LifecycleStage = z.infer<typeof lifecycleStage>;

/** Which order lines count: each given list must hold the line's value. */
export const orderFilter = z.object({
  categories: z.array(name).max(200).optional(),
  brands: z.array(name).max(200).optional(),
  products: z.array(name).max(200).optional(),
  stores: z.array(name).max(200).optional(),
  channels: z.array(name).max(20).optional(),
});
export type OrderFilter = z.infer<typeof orderFilter>;

/** A test on one property of an event; `property` is a path with dots. */
export const propertyTest = z.object({
  property: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_$ -]+(\.[\p{L}\p{N}_$ -]+)*$/u, 'must be a property name, or names joined by dots')
    .max(200),
  test: traitTest,
});
export type PropertyTest = z.infer<typeof propertyTest>;

export const CHANNELS = ['email', 'sms', 'push'] as const;

const leaf = [
  z.object({ kind: z.literal('trait'), trait: name, test: traitTest }),
  z.object({ kind: z.literal('fact'), fact: z.enum(COMPUTED_FACTS), test: numberTest }),
  z.object({ kind: z.literal('rfmGroup'), groups: z.array(rfmGroup).min(1, 'choose at least one group') }),
  z.object({
    kind: z.literal('lifecycle'),
    stages: z.array(lifecycleStage).min(1, 'choose at least one stage'),
  }),
  z.object({ kind: z.literal('tag'), tag: name }),
  z.object({ kind: z.literal('consent'), channel: z.enum(CHANNELS), granted: z.boolean() }),
  z.object({ kind: z.literal('segment'), segment: name }),
  /** Orders within a window: how many, or how much was spent on the lines that match, in minor units. */
  z.object({
    kind: z.literal('orders'),
    measure: z.enum(['count', 'sumCents', 'averageCents', 'quantity']),
    test: numberTest,
    window,
    where: orderFilter.optional(),
  }),
  /** Events within a window: how many that match. */
  z.object({
    kind: z.literal('events'),
    event: name,
    test: numberTest,
    window,
    where: z.array(propertyTest).max(20).optional(),
  }),
] as const;

export type ConditionLeaf = z.infer<(typeof leaf)[number]>;
export type Condition =
  | { kind: 'all'; of: Condition[] }
  | { kind: 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | ConditionLeaf;

const tree: z.ZodType<Condition> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all'), of: z.array(tree).max(50) }),
    z.object({ kind: z.literal('any'), of: z.array(tree).max(50) }),
    z.object({ kind: z.literal('not'), of: tree }),
    ...leaf,
  ]),
) as z.ZodType<Condition>;

/** Deepest nesting that is accepted. */
export const MAX_CONDITION_DEPTH = 12;

/** How deep a tree is nested; a leaf is 1. */
export function conditionDepth(condition: Condition): number {
  if (condition.kind === 'not') return 1 + conditionDepth(condition.of);
  if (condition.kind === 'all' || condition.kind === 'any')
    return 1 + condition.of.reduce((deepest, c) => Math.max(deepest, conditionDepth(c)), 0);
  return 1;
}

/** Whether what was sent is nested deeper than is accepted; looked at before it is read, which recurs. */
function isTooDeep(raw: unknown): boolean {
  let level: unknown[] = [raw];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= MAX_CONDITION_DEPTH) return true;
    level = level.flatMap((c) => (typeof c === 'object' && c !== null && 'of' in c ? c.of : []));
  }
  return false;
}

/** A whole condition. An empty `all` is everyone, an empty `any` no one. */
export const condition: z.ZodType<Condition> = z
  .unknown()
  .refine((raw) => !isTooDeep(raw), {
    message: `must not be nested deeper than ${MAX_CONDITION_DEPTH} levels`,
    abort: true,
  })
  .pipe(tree);

/** Ids of the segments a condition refers to. */
export function segmentsIn(c: Condition): string[] {
  if (c.kind === 'not') return segmentsIn(c.of);
  if (c.kind === 'all' || c.kind === 'any') return c.of.flatMap(segmentsIn);
  return c.kind === 'segment' ? [c.segment] : [];
}
