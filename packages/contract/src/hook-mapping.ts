import { z } from 'zod';
import { IDENTIFIER_TYPES } from './identity.ts';

/**
 * How a webhook's body becomes messages: data, no code. A text is a path into what was delivered (`body.order.id`,
 * `header.x-shopify-topic`); everything else is an object with one word that says what is made.
 */

/** What a path begins with: the body, the element of an `each`, that of the `each` around it, headers, the address, the delivery. */
export const PATH_ROOTS = ['body', 'item', 'outer', 'header', 'query', 'delivery'] as const;
/** `body.lines[0].price`, `body.answers[type=email].email`. */
const PATH =
  /^(body|item|outer|header|query|delivery)(\.[^.[\]]{1,100}|\[\d{1,4}\]|\[[^\][=]{1,60}=[^\][]{1,100}\])*$/;

/** What may be done with a value that a path leads to. */
export const CONVERSIONS = [
  'text',
  'lower',
  'number',
  'boolean',
  'money',
  'hundredths',
  'date',
  'seconds',
  'milliseconds',
] as const;
export type Conversion = (typeof CONVERSIONS)[number];

type Scalar = string | number | boolean;
export type HookValue =
  | string
  | number
  | boolean
  | { const: Scalar }
  | {
      path: string;
      as?: Conversion;
      /** Zone of dates that name none; the workspace's unless said. */
      zone?: string;
      /** What each value is called here; one that is not listed says nothing. */
      table?: Record<string, Scalar>;
      default?: HookValue;
    }
  | { first: HookValue[] }
  | { join: HookValue[]; with?: string }
  | { plus: HookValue[] }
  | { minus: [HookValue, HookValue] }
  | { times: HookValue[] }
  | { each: string; of: HookValue }
  | { fields: Record<string, HookValue> };

export type HookValues = Record<string, HookValue> | string;

/** Levels of values within values. */
const DEEPEST = 8;

export const hookPath = z
  .string('must be a path')
  .max(400)
  .regex(
    PATH,
    `must be a path that begins with ${PATH_ROOTS.join(', ')}; a fixed text is written {"const": "…"}`,
  );

const scalar = z.union(
  [z.string().max(1000), z.number(), z.boolean()],
  'must be a text, a number, true or false',
);
const inner = z.unknown().refine((value) => value !== undefined, 'must be a value');
const several = z.array(inner, 'must be a list of values').min(1, 'must not be empty').max(50);
const named = z
  .record(z.string().min(1).max(200), inner, 'must be an object of names and values')
  .refine((all) => Object.keys(all).length <= 200, 'has more than 200 fields');

/** The words that make a value, with what stands beside them. */
const OPERATORS: Record<string, z.ZodType<Record<string, unknown>>> = {
  const: z.strictObject({ const: scalar }),
  path: z.strictObject({
    path: hookPath,
    as: z.enum(CONVERSIONS, `must be one of ${CONVERSIONS.join(', ')}`).optional(),
    zone: z.string().max(60).optional(),
    table: z
      .record(z.string().max(200), scalar)
      .refine((all) => Object.keys(all).length <= 500, 'has more than 500 rows')
      .optional(),
    default: inner.optional(),
  }),
  first: z.strictObject({ first: several }),
  join: z.strictObject({ join: several, with: z.string().max(20).optional() }),
  plus: z.strictObject({ plus: several }),
  minus: z.strictObject({ minus: several.length(2, 'must be two values') }),
  times: z.strictObject({ times: several }),
  each: z.strictObject({ each: hookPath, of: inner }),
  fields: z.strictObject({ fields: named }),
};
/** Values that stand inside an operator, by the place they have there. */
const WITHIN = ['default', 'first', 'join', 'plus', 'minus', 'times', 'of', 'fields'];

/** Notes a fault; answers nothing, so that it can end a check. */
type Refuse = (path: PropertyKey[], message: string) => undefined;

function checkValue(value: unknown, at: PropertyKey[], depth: number, refuse: Refuse): undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return;
  if (typeof value === 'string') {
    const read = hookPath.safeParse(value);
    if (!read.success) refuse(at, read.error.issues[0]!.message);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(at, 'must be a path, a number, or an object such as {"const": "…"}');
  if (depth >= DEEPEST) return refuse(at, `lies deeper than ${DEEPEST} values`);
  const word = Object.keys(OPERATORS).find((one) => Object.hasOwn(value, one));
  if (word === undefined) return refuse(at, `must have one of ${Object.keys(OPERATORS).join(', ')}`);
  const read = OPERATORS[word]!.safeParse(value);
  if (!read.success) for (const issue of read.error.issues) refuse([...at, ...issue.path], issue.message);
  else
    for (const place of WITHIN) {
      const within = read.data[place];
      if (within === undefined) continue;
      const isMany = Array.isArray(within) || place === 'fields';
      const parts = isMany ? Object.entries(within as object) : [];
      for (const [key, one] of parts) {
        const index = Array.isArray(within) ? Number(key) : key;
        checkValue(one, [...at, place, index], depth + 1, refuse);
      }
      if (!isMany) checkValue(within, [...at, place], depth + 1, refuse);
    }
}

function refusing(context: z.RefinementCtx): Refuse {
  return (path, message) => {
    context.addIssue({ code: 'custom', path, message });
  };
}

const value = z.unknown().superRefine((given, context) => {
  checkValue(given, [], 0, refusing(context));
}) as unknown as z.ZodType<HookValue>;
/** Names with a value each, or a path to an object that is taken as it is. */
const values = z.unknown().superRefine((given, context) => {
  const refuse = refusing(context);
  if (typeof given === 'string') return checkValue(given, [], 0, refuse);
  const read = named.safeParse(given);
  if (read.success) for (const [key, one] of Object.entries(read.data)) checkValue(one, [key], 1, refuse);
  else for (const issue of read.error.issues) refuse(issue.path, issue.message);
}) as unknown as z.ZodType<HookValues>;

const messageParts = {
  /** The sender's own id of what happened: told again, it counts once. */
  messageId: value,
  timestamp: value.optional(),
  /** Beside the ids of Segment's calls. */
  identifiers: z.partialRecord(z.enum(IDENTIFIER_TYPES), value).optional(),
  traits: values.optional(),
  properties: values.optional(),
  context: values.optional(),
  channel: value.optional(),
};
const hookMessage = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('track'), event: value, ...messageParts }),
    z.strictObject({ type: z.literal('identify'), ...messageParts }),
  ],
  { error: 'must be track or identify' },
);

const condition = z
  .strictObject({
    at: hookPath,
    is: z.array(scalar).min(1).max(100).optional(),
    isNot: z.array(scalar).min(1).max(100).optional(),
    /** Whether there is anything at all. */
    isThere: z.boolean().optional(),
  })
  .refine(
    (one) => one.is !== undefined || one.isNot !== undefined || one.isThere !== undefined,
    'must say is, isNot or isThere',
  );

const rule = z.strictObject({
  when: z.array(condition).max(10).default([]),
  /** A list of which each element is told of by itself, as `item`. */
  each: hookPath.optional(),
  messages: z.array(hookMessage).min(1, 'must not be empty').max(10),
});

/** A mapping: every rule whose conditions hold makes its messages. */
export const hookMapping = z.strictObject({
  /** What a delivery is about, as the list of deliveries shows it. */
  topic: value.optional(),
  rules: z.array(rule).min(1, 'must not be empty').max(40),
});
export type HookMapping = z.infer<typeof hookMapping>;
export type HookMessage = z.infer<typeof hookMessage>;
export type HookRule = z.infer<typeof rule>;
