import { z } from 'zod';
import { endpoint, inWorkspace, isoDay, isoTime, pageOf, pageQuery, personId, withId } from './endpoint.ts';

/** Kinds a value may be of; a whole number is a number as well. */
export const PLAN_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;
export type PlanType = (typeof PLAN_TYPES)[number];

const words = z.string().max(500).default('');
const path = z.string().min(1).max(200);
const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);

/** What is expected of one property; its path is dotted: `shipping.city`. */
export const planProperty = z.object({
  path,
  /** One of these; any when there are none. */
  types: z.array(z.enum(PLAN_TYPES)).max(PLAN_TYPES.length),
  required: z.boolean().default(false),
  /** The only values allowed. */
  allowed: z.array(scalar).max(200).optional(),
  /** A regular expression that the whole of a text must meet, without references back and looks around. */
  pattern: z.string().min(1).max(200).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  description: words,
});
export type PlanProperty = z.infer<typeof planProperty>;

export const planEvent = z.object({
  name: z.string().trim().min(1).max(200),
  description: words,
  properties: z.array(planProperty).max(300),
});
export type PlanEvent = z.infer<typeof planEvent>;

/** What a workspace expects to be told. */
export const trackingPlan = z.object({ events: z.array(planEvent).max(500) });
export type TrackingPlan = z.infer<typeof trackingPlan>;

/** Ways in which an event differs from the plan. */
export const VIOLATIONS = [
  'unknown_event',
  'unknown_property',
  'missing_property',
  'wrong_type',
  'value_not_allowed',
] as const;
export type Violation = (typeof VIOLATIONS)[number];

/** What is done about one; later ones are graver. */
export const PLAN_ACTIONS = ['off', 'warn', 'quarantine', 'reject'] as const;
export type PlanAction = (typeof PLAN_ACTIONS)[number];

const planAction = z.enum(PLAN_ACTIONS);
export const planRules = z.object({
  unknown_event: planAction,
  unknown_property: planAction,
  missing_property: planAction,
  wrong_type: planAction,
  value_not_allowed: planAction,
} satisfies Record<Violation, typeof planAction>);
export type PlanRules = z.infer<typeof planRules>;

/** What is done where nobody decided: it is noted, nothing is held back. */
export const GENTLE_RULES: PlanRules = {
  unknown_event: 'warn',
  unknown_property: 'off',
  missing_property: 'warn',
  wrong_type: 'warn',
  value_not_allowed: 'warn',
};

export const planVersion = z.object({
  version: z.number().int(),
  note: z.string(),
  createdBy: z.string(),
  createdAt: isoTime,
  events: z.number(),
  properties: z.number(),
  isActive: z.boolean(),
});

const planState = z.object({
  activeVersion: z.number().nullable(),
  latest: planVersion.nullable(),
  plan: trackingPlan.nullable(),
  /** Rules of sources that have some of their own; the others are gently treated. */
  rules: z.array(z.object({ source: z.string(), rules: planRules })),
});

/** What stored events of one name have. */
export const learnedEvent = z.object({
  name: z.string(),
  messages: z.number(),
  properties: z.array(
    z.object({
      path: z.string(),
      types: z.array(z.enum(PLAN_TYPES)),
      /** Share of the messages that have it, 0 to 1. */
      share: z.number(),
      examples: z.array(z.string()),
    }),
  ),
});
export type LearnedEvent = z.infer<typeof learnedEvent>;

/** A plan that expects what was seen: required is what every message had. */
export function planFromLearned(learned: readonly LearnedEvent[]): TrackingPlan {
  return {
    events: learned.slice(0, 500).map((event) => ({
      name: event.name,
      description: '',
      properties: event.properties.slice(0, 300).map((property) => ({
        path: property.path,
        types: property.types,
        required: property.share >= 1,
        description: '',
      })),
    })),
  };
}

export const HELD_STATES = ['open', 'replayed', 'dismissed'] as const;

/** One step of mending a message: paths are of the message, such as `properties.total`. */
export const fixStep = z.discriminatedUnion('op', [
  z.object({ op: z.literal('renameEvent'), to: z.string().trim().min(1).max(200) }),
  z.object({ op: z.literal('rename'), from: path, to: path }),
  z.object({ op: z.literal('set'), path, value: z.union([scalar, z.null()]) }),
  z.object({
    op: z.literal('convert'),
    path,
    to: z.enum(['string', 'number', 'integer', 'boolean', 'time']),
  }),
  z.object({ op: z.literal('remove'), path }),
]);
export type FixStep = z.infer<typeof fixStep>;

/** What is done with held messages before they are put back on the road. */
export const fix = z.object({
  steps: z.array(fixStep).max(20).default([]),
  /** The whole message as it should have been, as JSON; for one message alone. */
  payload: z.string().max(1_000_000).optional(),
  /** Takes them as they are: the tracking plan only warns. */
  accept: z.boolean().default(false),
});
export type Fix = z.infer<typeof fix>;

/** Which held messages are meant: those named, or all of a group. */
export const heldSelection = z.object({
  ids: z.array(z.string().min(1).max(100)).min(1).max(1000).optional(),
  reason: z.string().max(100).optional(),
  event: z.string().max(200).optional(),
  source: z.string().max(100).optional(),
});
export type HeldSelection = z.infer<typeof heldSelection>;

export const heldGroup = z.object({
  reason: z.string(),
  event: z.string(),
  source: z.string(),
  messages: z.number(),
  first: isoTime,
  last: isoTime,
  example: z.string(),
});

export const OUTCOMES = ['stored', 'warned', 'repeated', 'quarantined', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What would become of held messages. */
export const fixPreview = z.object({
  looked: z.number(),
  total: z.number(),
  outcomes: z.array(
    z.object({ outcome: z.enum([...OUTCOMES, 'unreadable']), reason: z.string(), messages: z.number() }),
  ),
  examples: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum([...OUTCOMES, 'unreadable']),
      reason: z.string(),
      detail: z.string(),
      before: z.string(),
      after: z.string(),
    }),
  ),
});
export type FixPreview = z.infer<typeof fixPreview>;

/** One message that arrived, with what became of it. */
export const arrival = z.object({
  key: z.string(),
  outcome: z.enum(OUTCOMES),
  /** Why: reasons of quarantine, or violations of the plan. */
  reasons: z.array(z.string()),
  detail: z.string(),
  name: z.string(),
  time: isoTime.nullable(),
  receivedAt: isoTime,
  personId: z.number().nullable(),
  source: z.string(),
  channel: z.string(),
  messageId: z.string(),
  properties: z.record(z.string(), z.unknown()),
  /** Where it happened, and what else its message said; empty where nothing of it is stored. */
  context: z.record(z.string(), z.unknown()),
  envelope: z.record(z.string(), z.unknown()),
  /** What it was called where it came from, and the version of the table that gave it its name here. */
  original: z.object({ protocol: z.string(), name: z.string(), mapping: z.number() }).nullable(),
});
export type Arrival = z.infer<typeof arrival>;

/** What quality is made of. */
export const QUALITY_PARTS = ['completeness', 'validity', 'uniqueness', 'timeliness', 'consistency'] as const;
export type QualityPart = (typeof QUALITY_PARTS)[number];

export const qualityScore = z.object({
  /** 0 to 100; null when nothing came. */
  score: z.number().min(0).max(100).nullable(),
  messages: z.number(),
  parts: z.array(
    z.object({
      part: z.enum(QUALITY_PARTS),
      /** Points it counts for at most. */
      weight: z.number(),
      /** Points lost. */
      lost: z.number(),
      reasons: z.array(z.object({ reason: z.string(), messages: z.number(), lost: z.number() })),
    }),
  ),
});
export type QualityScore = z.infer<typeof qualityScore>;

export const qualityAlert = z.object({
  id: z.string(),
  kind: z.enum(['score_fell', 'silent']),
  source: z.string(),
  sourceName: z.string(),
  day: isoDay,
  score: z.number().nullable(),
  /** What was usual: the median score, or messages expected meanwhile. */
  usual: z.number(),
  since: isoTime.nullable(),
  openedAt: isoTime,
  endedAt: isoTime.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: isoTime.nullable(),
});
export type QualityAlert = z.infer<typeof qualityAlert>;

const qualityReport = z.object({
  from: isoDay,
  to: isoDay,
  days: z.array(isoDay),
  total: qualityScore,
  sources: z.array(
    z.object({
      source: z.string(),
      name: z.string(),
      total: qualityScore,
      daily: z.array(z.object({ score: z.number().nullable(), messages: z.number() })),
    }),
  ),
  alerts: z.array(qualityAlert),
});
export type QualityReport = z.infer<typeof qualityReport>;

const root = '/v1/workspaces/:workspace';
const withVersion = inWorkspace.extend({ version: z.coerce.number().int().min(1).max(1_000_000) });

export const qualityEndpoints = {
  getTrackingPlan: endpoint({
    method: 'GET',
    path: `${root}/tracking-plan`,
    summary:
      'The tracking plan: its newest version, which one is active, and what each source has done about it',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: planState,
  }),
  learnTrackingPlan: endpoint({
    method: 'GET',
    path: `${root}/tracking-plan/learned`,
    summary: 'What the stored events of the last days have: properties, their share, types and examples',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: z.object({ days: z.coerce.number().int().min(1).max(400).default(30) }),
    response: z.array(learnedEvent),
  }),
  listPlanVersions: endpoint({
    method: 'GET',
    path: `${root}/tracking-plan/versions`,
    summary: 'Versions of the tracking plan, newest first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(planVersion),
  }),
  getPlanVersion: endpoint({
    method: 'GET',
    path: `${root}/tracking-plan/versions/:version`,
    summary: 'A version of the tracking plan',
    domain: 'collect',
    access: 'data.read',
    params: withVersion,
    response: planVersion.extend({ plan: trackingPlan }),
  }),
  saveTrackingPlan: endpoint({
    method: 'POST',
    path: `${root}/tracking-plan/versions`,
    summary: 'Save the tracking plan as a new version; it is not active before it is activated',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({
      plan: trackingPlan,
      note: z.string().trim().max(200).default(''),
      /** The version it was made from: when there is a newer one by now, nothing is saved. */
      basedOn: z.number().int().nullable(),
    }),
    response: planVersion,
  }),
  activateTrackingPlan: endpoint({
    method: 'PUT',
    path: `${root}/tracking-plan/active`,
    summary: 'Choose the version that events are checked against; null for none',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ version: z.number().int().min(1).nullable() }),
    response: planState,
  }),
  setPlanRules: endpoint({
    method: 'PUT',
    path: `${root}/tracking-plan/rules/:id`,
    summary: 'Say what is done about events of a source that differ from the plan',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    body: planRules,
    response: planState,
  }),
  listHeldGroups: endpoint({
    method: 'GET',
    path: `${root}/quarantine/groups`,
    summary: 'Held messages by reason, event and source, most first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: z.object({ state: z.enum(HELD_STATES).default('open') }),
    response: z.array(heldGroup),
  }),
  previewFix: endpoint({
    method: 'POST',
    path: `${root}/quarantine/preview`,
    summary: 'What would become of held messages, mended so; nothing is changed',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ selection: heldSelection, fix }),
    response: fixPreview,
  }),
  replayQuarantine: endpoint({
    method: 'POST',
    path: `${root}/quarantine/replay`,
    summary: 'Put held messages back on the road, mended so, under their own message ids; a job does it',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ selection: heldSelection, fix }),
    response: z.object({ jobId: z.string(), messages: z.number() }),
  }),
  dismissQuarantine: endpoint({
    method: 'POST',
    path: `${root}/quarantine/dismiss`,
    summary: 'Lay held messages aside for good; it can be undone',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ selection: heldSelection }),
    response: z.object({ decision: z.string(), messages: z.number() }),
  }),
  undoDismiss: endpoint({
    method: 'POST',
    path: `${root}/quarantine/decisions/:id/undo`,
    summary: 'Take back a dismissal: its messages are held again',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    response: z.object({ messages: z.number() }),
  }),
  listArrivals: endpoint({
    method: 'GET',
    path: `${root}/arrivals`,
    summary: 'Messages as they arrived and what became of each, newest first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery.extend({
      name: z.string().max(200).optional(),
      personId: personId.optional(),
      source: z.string().max(100).optional(),
      outcome: z.enum(OUTCOMES).optional(),
      /** Those with this reason, violation or fault of quality. */
      reason: z.string().max(100).optional(),
      day: isoDay.optional(),
    }),
    response: pageOf(arrival),
  }),
  getQuality: endpoint({
    method: 'GET',
    path: `${root}/quality`,
    summary: 'Quality of what each source sent, by day, with reasons and alerts',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: z.object({
      days: z.coerce.number().int().min(1).max(366).default(28),
      source: z.string().max(100).optional(),
    }),
    response: qualityReport,
  }),
  listQualityAlerts: endpoint({
    method: 'GET',
    path: `${root}/quality/alerts`,
    summary: 'Alerts of quality that are open or were lately',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(qualityAlert),
  }),
  acknowledgeQualityAlert: endpoint({
    method: 'POST',
    path: `${root}/quality/alerts/:id/acknowledge`,
    summary: 'Say that an alert was seen to',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    response: qualityAlert,
  }),
};
