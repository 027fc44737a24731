import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, withId } from './endpoint.ts';
import { currencyCode } from './governance.ts';

/** What can be cleaned: lines of orders, products, traits of people, properties of events. */
export const CLEAN_SUBJECTS = ['line', 'product', 'trait', 'event'] as const;
export type CleanSubject = (typeof CLEAN_SUBJECTS)[number];

/** Fields of an order line that steps may act on. */
export const LINE_FIELDS = [
  'productId',
  'channel',
  'storeId',
  'couponCode',
  'currency',
  'quantity',
  'unitPriceCents',
  'discountCents',
  'netCents',
] as const;
/** Fields of a product; attributes beside them are named `attributes.weight`. */
export const PRODUCT_FIELDS = ['name', 'nameZh', 'brand', 'category', 'priceCents', 'costCents'] as const;

const NOT_A_KEY = /(^|\.)(__proto__|constructor|prototype)(\.|$)/;
const word = z.string().min(1).max(200);

/** The field a step acts on. A property of an event is a dotted path, `products.*.price` reaches every element. */
export const cleanTarget = z
  .object({
    subject: z.enum(CLEAN_SUBJECTS),
    field: word.refine((field) => !NOT_A_KEY.test(field), 'names no field'),
    /** Only events of this name. */
    event: word.optional(),
    /** Only what this source sent. */
    source: word.optional(),
  })
  .refine(
    ({ subject, field }) =>
      (subject !== 'line' || (LINE_FIELDS as readonly string[]).includes(field)) &&
      (subject !== 'product' ||
        (PRODUCT_FIELDS as readonly string[]).includes(field) ||
        field.startsWith('attributes.')),
    { message: 'is no field of this kind of thing', path: ['field'] },
  );
export type CleanTarget = z.infer<typeof cleanTarget>;

/** Ways in which dates are written, beside ISO 8601: day first, month first, year first, a number of seconds or days. */
export const DATE_FORMATS = ['ymd', 'dmy', 'mdy', 'compact', 'unix', 'excel'] as const;
export const UNITS = {
  mass: { mg: 1e-6, g: 1e-3, kg: 1, t: 1000, 两: 0.05, 斤: 0.5, oz: 0.028349523125, lb: 0.45359237 },
  volume: { ml: 1e-3, cl: 1e-2, l: 1, floz: 0.0295735295625 },
  length: { mm: 1e-3, cm: 1e-2, m: 1, in: 0.0254, ft: 0.3048 },
  money: { cents: 0.01, yuan: 1 },
} as const satisfies Record<string, Record<string, number>>;
export const UNIT_NAMES = Object.values(UNITS).flatMap((family) => Object.keys(family));
const unitName = z.enum(UNIT_NAMES as [string, ...string[]]);

/** Rules that a value of an order or a person cannot break. */
export const IMPOSSIBLE_RULES = [
  'price_not_positive',
  'quantity_not_positive',
  'discount_over_price',
  'order_in_future',
  'birthday',
  'bad_phone',
  'bad_email',
] as const;

const common = {
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1-40 lower-case letters, digits or "-"'),
  name: z.string().trim().max(100).default(''),
  isOn: z.boolean().default(true),
};
const acting = { ...common, on: cleanTarget };

const textStep = z.object({
  ...acting,
  kind: z.literal('text'),
  trim: z.boolean().default(true),
  /** Ｆｕｌｌ-width letters, digits and signs become half-width. */
  halfWidth: z.boolean().default(true),
  letters: z.enum(['keep', 'lower', 'upper', 'title']).default('keep'),
});
const dateStep = z.object({
  ...acting,
  kind: z.literal('date'),
  /** Tried in this order; ISO 8601 is always understood. */
  formats: z.array(z.enum(DATE_FORMATS)).min(1).max(DATE_FORMATS.length).default(['ymd']),
  /** Where clocks stood that say no zone; absent, the workspace's. */
  timeZone: z.string().max(60).optional(),
  /** A day alone, or a moment in UTC. */
  to: z.enum(['day', 'time']).default('day'),
});
const unitStep = z.object({
  ...acting,
  kind: z.literal('unit'),
  to: unitName,
  /** The unit of numbers that name none; absent, these are left alone. */
  from: unitName.optional(),
});
const scaleStep = z.object({
  ...acting,
  kind: z.literal('scale'),
  factor: z.number().refine((factor) => Number.isFinite(factor) && factor !== 0, 'must not be 0'),
});
const currencyStep = z.object({
  ...acting,
  kind: z.literal('currency'),
  /** Aliases beside the usual ones ("¥", "RMB", "人民币", "US$" ...). */
  aliases: z
    .array(z.object({ from: word, to: currencyCode }))
    .max(200)
    .default([]),
});
const categoryStep = z.object({
  ...acting,
  kind: z.literal('category'),
  /** Each spelling, met without regard to case, width and spaces at the ends, and what it becomes. */
  words: z.array(z.object({ from: word, to: word })).max(2000),
});
const missingStep = z.object({
  ...acting,
  kind: z.literal('missing'),
  method: z.enum(['constant', 'mode', 'median', 'last']),
  /** What is put in, where the method is a constant. */
  value: z.union([z.string().max(200), z.number(), z.boolean()]).optional(),
  /** Values are learned for each of these; of all together where a group has none. */
  by: z.enum(['all', 'product', 'store', 'brand', 'category']).default('all'),
  /** 0 stands for a value that is missing. */
  zeroIsMissing: z.boolean().default(false),
});

const impossibleStep = z.object({
  ...common,
  kind: z.literal('impossible'),
  rules: z.array(z.enum(IMPOSSIBLE_RULES)).min(1).max(IMPOSSIBLE_RULES.length),
});
const outlierStep = z.object({
  ...common,
  kind: z.literal('outlier'),
  measure: z.enum(['unitPriceCents', 'quantity', 'netCents']),
  by: z.enum(['product', 'category']).default('product'),
  method: z.enum(['mad', 'tukey']).default('mad'),
  /** Deviations (MAD) or interquartile ranges (Tukey) from what is usual, on the scale of logarithms. */
  threshold: z.number().min(1).max(100).default(3.5),
  /** And at least so many times as much, or so many times less, as is usual. */
  times: z.number().min(1).max(10_000).default(3),
  /** Groups with fewer lines have nothing that is usual. */
  fewest: z.number().int().min(4).max(10_000).default(8),
});
const seasonStep = z.object({
  ...common,
  kind: z.literal('season'),
  measure: z.enum(['orders', 'sales']).default('orders'),
  weeks: z.number().int().min(4).max(52).default(8),
  threshold: z.number().min(1).max(100).default(5),
});
const similarStep = z.object({
  ...common,
  kind: z.literal('similar'),
  /** Share of the letters that two names have in common, 1 for the same but for case, width and signs. */
  similarity: z.number().min(0.5).max(1).default(0.9),
});
const repeatedStep = z.object({
  ...common,
  kind: z.literal('repeated'),
  minutes: z.number().int().min(1).max(1440).default(10),
});

/** One step of cleaning. Those with `on` change values; the others only find what a person decides about. */
export const cleanStep = z.discriminatedUnion('kind', [
  textStep,
  dateStep,
  unitStep,
  scaleStep,
  currencyStep,
  categoryStep,
  missingStep,
  impossibleStep,
  outlierStep,
  seasonStep,
  similarStep,
  repeatedStep,
]);
export type CleanStep = z.infer<typeof cleanStep>;
export type CleanKind = CleanStep['kind'];
export const CLEAN_KINDS = cleanStep.options.map((one) => one.shape.kind.value) as CleanKind[];
export type ActingStep = Extract<CleanStep, { on: CleanTarget }>;
export type FindingStep = Exclude<CleanStep, { on: CleanTarget }>;

/** Whether a step changes values rather than only finds them. */
export function isActing(step: CleanStep): step is ActingStep {
  return 'on' in step;
}

export const cleanSteps = z
  .array(cleanStep)
  .max(100)
  .refine((steps) => new Set(steps.map((one) => one.id)).size === steps.length, 'name a step twice')
  .refine(
    (steps) =>
      steps.every((one) => one.kind !== 'missing' || one.method !== 'constant' || one.value !== undefined),
    'put in a constant that is not said',
  )
  .refine(
    (steps) => steps.every((one) => one.kind !== 'missing' || one.on.subject !== 'trait'),
    'make up what people never said of themselves',
  );

export const cleanVersion = z.object({
  version: z.number().int(),
  note: z.string(),
  savedBy: z.string(),
  savedAt: isoTime,
  steps: z.array(cleanStep),
});
export type CleanVersion = z.infer<typeof cleanVersion>;

/** What stored data were brought in accord with, when, and what became of it. */
export const cleanRun = z.object({
  id: z.string(),
  version: z.number().int(),
  jobId: z.string().nullable(),
  startedBy: z.string(),
  startedAt: isoTime,
  finishedAt: isoTime.nullable(),
  looked: z.number(),
  /** Values that are other than before. */
  changed: z.number(),
  /** Values that are again as they were told. */
  restored: z.number(),
});
export type CleanRun = z.infer<typeof cleanRun>;

const cleanState = z.object({
  /** 0 before any was saved. */
  version: z.number().int(),
  steps: z.array(cleanStep),
  /** The version that all stored data agree with; null when none was applied yet. */
  appliedVersion: z.number().int().nullable(),
  /** The job that is bringing the past in accord. */
  running: z.object({ jobId: z.string(), progress: z.number(), note: z.string() }).nullable(),
  /** By step: values that are other because of it, and findings that wait for a person. */
  counts: z.array(
    z.object({ step: z.string(), changed: z.number(), open: z.number(), found: z.number().nullable() }),
  ),
  /** Values that are other than told, whatever made them so: steps, steps that were taken out since, decisions. */
  changed: z.number(),
  /** When the finding steps were last looked through. */
  lookedAt: isoTime.nullable(),
});
export type CleanState = z.infer<typeof cleanState>;

/** A value as it was and as it is. */
const changeExample = z.object({
  key: z.string(),
  field: z.string(),
  before: z.string(),
  after: z.string(),
  method: z.string(),
});

/** Why something was put in the queue, in numbers; `code` says what they mean. */
export const findingReason = z.object({
  code: z.string(),
  /** What was found, and what is usual or the limit, in units of the field. */
  value: z.number().nullable(),
  usual: z.number().nullable(),
  /** How many times the usual; below 1 for less. */
  times: z.number().nullable(),
  /** Deviations from the usual. */
  score: z.number().nullable(),
  /** Cases the usual was learned from. */
  cases: z.number().nullable(),
  /** What it resembles or repeats. */
  other: z.string(),
  currency: z.string(),
});
export type FindingReason = z.infer<typeof findingReason>;

export const FINDING_STATES = ['open', 'corrected', 'accepted', 'dropped', 'merged'] as const;
export type FindingState = (typeof FINDING_STATES)[number];
export const FINDING_SUBJECTS = ['line', 'order', 'product', 'trait', 'day'] as const;

export const finding = z.object({
  id: z.string(),
  step: z.string(),
  kind: z.string(),
  subject: z.enum(FINDING_SUBJECTS),
  /** The order, product or day. */
  key: z.string(),
  /** Of an order line: which one. */
  line: z.string(),
  field: z.string(),
  value: z.string(),
  reason: findingReason,
  /** What it is called, where that is known. */
  label: z.string(),
  personId: z.number().nullable(),
  source: z.string(),
  at: isoTime.nullable(),
  state: z.enum(FINDING_STATES),
  decision: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: isoTime.nullable(),
  corrected: z.string().nullable(),
});
export type Finding = z.infer<typeof finding>;

/** Which findings are meant: those named, or all open ones of a kind. */
export const findingSelection = z
  .object({
    ids: z.array(z.string().min(1).max(80)).min(1).max(1000).optional(),
    step: z.string().max(40).optional(),
    code: z.string().max(60).optional(),
    /** Everything open: it must be said. */
    all: z.literal(true).optional(),
  })
  .refine(({ ids, step, code, all }) => ids ?? step ?? code ?? all, {
    message: 'must name ids, a step, a code, or all: true for everything open',
  });
export type FindingSelection = z.infer<typeof findingSelection>;

/** What a person says of findings. A value is put in, or the usual one; a product is merged into the one it resembles. */
export const findingVerdict = z.discriminatedUnion('action', [
  z.object({ action: z.literal('correct'), value: z.string().min(1).max(200) }),
  z.object({ action: z.literal('usual') }),
  z.object({ action: z.literal('accept') }),
  z.object({ action: z.literal('drop') }),
  z.object({ action: z.literal('merge') }),
]);
export type FindingVerdict = z.infer<typeof findingVerdict>;

/** A step that the data suggest. */
export const cleanSuggestion = z.object({
  code: z.enum([
    'spellings',
    'spaces',
    'width',
    'currencies',
    'dates',
    'prices',
    'impossible',
    'outliers',
    'similar',
    'repeated',
    'missing',
    'season',
  ]),
  /** How many values or rows it is about. */
  count: z.number(),
  examples: z.array(z.string()),
  step: cleanStep,
});
export type CleanSuggestion = z.infer<typeof cleanSuggestion>;

const root = '/v1/workspaces/:workspace/cleaning';

export const cleaningEndpoints = {
  getCleaning: endpoint({
    method: 'GET',
    path: root,
    summary: 'The steps of cleaning, how many values each has changed, and whether the past is in accord',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: cleanState,
  }),
  listCleaningVersions: endpoint({
    method: 'GET',
    path: `${root}/versions`,
    summary: 'Versions of the steps of cleaning, newest first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(cleanVersion),
  }),
  saveCleaning: endpoint({
    method: 'POST',
    path: `${root}/versions`,
    summary:
      'Save the steps of cleaning; they act on what arrives from now on, and on what is stored if asked',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({
      steps: cleanSteps,
      note: z.string().trim().max(200).default(''),
      /** The version they were made from: when there is a newer one by now, nothing is saved. */
      basedOn: z.number().int().min(0),
      applyToPast: z.boolean().default(false),
    }),
    response: cleanVersion,
  }),
  applyCleaning: endpoint({
    method: 'POST',
    path: `${root}/apply`,
    summary:
      'Bring what is stored in accord with the steps: what they change is changed, what none changes is as told',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    response: z.object({ jobId: z.string() }),
  }),
  listCleaningRuns: endpoint({
    method: 'GET',
    path: `${root}/runs`,
    summary: 'When steps were applied to what is stored, and what became of it',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(cleanRun),
  }),
  previewCleaning: endpoint({
    method: 'POST',
    path: `${root}/preview`,
    summary:
      'What steps would change in samples of what is stored, and what they would find; nothing is changed. Steps on fields of people ask for customer.reveal as well',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ steps: cleanSteps, step: z.string().max(40) }),
    response: z.object({
      /** Rows looked at, and how many of them this step changes; for a finding step, how many it finds. */
      looked: z.number(),
      changed: z.number(),
      examples: z.array(changeExample),
      findings: z.array(finding),
    }),
  }),
  suggestCleaning: endpoint({
    method: 'GET',
    path: `${root}/suggestions`,
    summary: 'Steps that the stored data suggest; none acts before it is confirmed',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(cleanSuggestion),
  }),
  listCleaningChanges: endpoint({
    method: 'GET',
    path: `${root}/changes`,
    summary: 'Values that steps or people changed: as told, as they are, by which step and method, when',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery.extend({
      step: z.string().max(80).optional(),
      subject: z.enum(CLEAN_SUBJECTS).optional(),
      key: z.string().max(300).optional(),
      /** Only values that were put in where one was missing. */
      imputed: z.enum(['true', 'false']).optional(),
    }),
    response: pageOf(
      changeExample.extend({
        subject: z.enum(CLEAN_SUBJECTS),
        step: z.string(),
        isImputed: z.boolean(),
        at: isoTime,
      }),
    ),
  }),
  lookForFindings: endpoint({
    method: 'POST',
    path: `${root}/findings/look`,
    summary: 'Look through what is stored for duplicates, outliers and impossible values now',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    response: z.object({ jobId: z.string() }),
  }),
  listFindings: endpoint({
    method: 'GET',
    path: `${root}/findings`,
    summary: 'What finding steps put before a person, most striking first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery.extend({
      state: z.enum(FINDING_STATES).default('open'),
      step: z.string().max(40).optional(),
      code: z.string().max(60).optional(),
    }),
    response: pageOf(finding),
  }),
  listFindingGroups: endpoint({
    method: 'GET',
    path: `${root}/findings/groups`,
    summary: 'Findings by step and reason, most first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: z.object({ state: z.enum(FINDING_STATES).default('open') }),
    response: z.array(
      z.object({ step: z.string(), kind: z.string(), code: z.string(), findings: z.number() }),
    ),
  }),
  decideFindings: endpoint({
    method: 'POST',
    path: `${root}/findings/decide`,
    summary: 'Correct, accept, drop or merge what was found; it is remembered, told anew, and can be undone',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ selection: findingSelection, verdict: findingVerdict }),
    response: z.object({ decision: z.string(), findings: z.number() }),
  }),
  undoFindingDecision: endpoint({
    method: 'POST',
    path: `${root}/decisions/:id/undo`,
    summary: 'Take a decision about findings back: values are as before it, findings are open again',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    response: z.object({ findings: z.number() }),
  }),
};
