import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, personId, withId } from './endpoint.ts';

/** Kinds of identifier a person may be known by; the order is their strength, strongest first. */
export const IDENTIFIER_TYPES = [
  'user',
  'member_card',
  'unionid',
  'phone',
  'email',
  'openid',
  'device',
  'anonymous',
  'receipt',
] as const;
export type IdentifierType = (typeof IDENTIFIER_TYPES)[number];

/** How identifiers of one type join people. The order of the types in the rules is who yields: the later one. */
export const identifierRule = z.object({
  type: z.string().min(1).max(40),
  /** Whether two facts that carry the same one are one person's. */
  joins: z.boolean(),
  /** How many of them one person may have. */
  perPerson: z.number().int().min(1).max(1000),
  /** How many of them may be new to one person within so many days; null for no such limit. */
  perPeriod: z
    .object({ count: z.number().int().min(1).max(1000), days: z.number().int().min(1).max(3650) })
    .nullable(),
  /** From how many people on that claim the same one it is shared, and joins nobody. */
  sharedFrom: z.number().int().min(2).max(20),
  /** Values that say nothing, besides those that everybody's rules leave out (0000, null, unknown ...). */
  blocked: z.array(z.string().trim().min(1).max(300)).max(500),
});
export type IdentifierRule = z.infer<typeof identifierRule>;

export const identityRules = z.object({ types: z.array(identifierRule).min(1).max(40) });
export type IdentityRules = z.infer<typeof identityRules>;

/** What other rules would change. */
export const rulesEffect = z.object({
  people: z.number(),
  peopleAfter: z.number(),
  /** Merges that would be undone, and new ones. */
  parted: z.number(),
  joined: z.number(),
  /** Some of the people who would be parted or joined, largest first. */
  examples: z.array(z.object({ personId: z.number(), becomes: z.number(), joins: z.number() })),
});
export type RulesEffect = z.infer<typeof rulesEffect>;

/** An identifier as it is shown; its number stands for it in calls, so that who may not see it can still act on it. */
export const shownIdentifier = z.object({ number: z.number(), type: z.string(), value: z.string() });
export type ShownIdentifier = z.infer<typeof shownIdentifier>;

export const EVIDENCE_KINDS = ['heard', 'seen', 'told', 'decided'] as const;

/**
 * Why two identifiers are one person's: they were heard together by a key that stands in a page, they were seen together by
 * a server, a file or a service, one of these said so, or somebody decided it.
 */
export const join = z.object({
  a: shownIdentifier,
  b: shownIdentifier,
  kind: z.enum(EVIDENCE_KINDS),
  firstSeenAt: isoTime,
  source: z.string(),
  importId: z.string(),
  decisionId: z.string().nullable(),
});
export type Join = z.infer<typeof join>;

export const decision = z.object({
  id: z.string(),
  verdict: z.enum(['same', 'different']),
  a: shownIdentifier,
  b: shownIdentifier,
  personA: z.number(),
  personB: z.number(),
  decidedAt: isoTime,
  decidedBy: z.string(),
});
export type Decision = z.infer<typeof decision>;

/** Who is behind a customer: their identifiers, why they are one, what was decided about them. */
export const personIdentity = z.object({
  personId: z.number(),
  masked: z.boolean(),
  identifiers: z.array(shownIdentifier.extend({ firstSeenAt: isoTime, isShared: z.boolean() })),
  joins: z.array(join),
  /** Evidence that did not join because a rule or a decision stood against it. */
  refused: z.array(join.extend({ otherPersonId: z.number() })),
  decisions: z.array(decision),
});
export type PersonIdentity = z.infer<typeof personIdentity>;

/** The two sides of a split, before it is made. */
export const splitSide = z.object({
  /** The number this side will have. */
  personId: z.number(),
  identifiers: z.array(shownIdentifier),
  orders: z.number(),
  events: z.number(),
});
export const splitEffect = z.object({ sides: z.array(splitSide) });

/** The state of identity in a workspace. */
export const identityState = z.object({
  people: z.number(),
  identifiers: z.number(),
  types: z.array(
    z.object({ type: z.string(), identifiers: z.number(), shared: z.number(), refused: z.number() }),
  ),
  /** Identifiers that many claim and that join nobody. */
  shared: z.number(),
  /** Pairs seen together that were not joined. */
  refused: z.number(),
  decisions: z.number(),
  toReview: z.number(),
  /** Merges that are not yet written into the stored facts. */
  unfolded: z.number(),
  foldedAt: isoTime.nullable(),
  isApplying: z.boolean(),
  searchedAt: isoTime.nullable(),
  skippedBlocks: z.number(),
});
export type IdentityState = z.infer<typeof identityState>;

/** An identifier that many people claim. */
export const sharedIdentifier = shownIdentifier.extend({
  personId: z.number(),
  claims: z.number(),
  firstSeenAt: isoTime,
});
export type SharedIdentifier = z.infer<typeof sharedIdentifier>;

export const DUPLICATE_REASONS = [
  'name',
  'nameAlike',
  'namePinyin',
  'birthday',
  'birthdayAlike',
  'phoneTypo',
  'phone',
  'emailLocal',
  'emailTypo',
  'email',
  'city',
  'address',
  'gender',
  'namesDiffer',
  'birthdaysDiffer',
  'citiesDiffer',
  'gendersDiffer',
  // No reason by itself: all of it rests on what only pages said.
  'heard',
] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

/** One of two people who may be the same. */
export const duplicateSide = z.object({
  personId: z.number(),
  name: z.string(),
  phone: z.string(),
  email: z.string(),
  birthday: z.string(),
  gender: z.string(),
  city: z.string(),
  address: z.string(),
  orders: z.number(),
  spendCents: z.number(),
  lastSeenAt: isoTime.nullable(),
});
export type DuplicateSide = z.infer<typeof duplicateSide>;

export const duplicate = z.object({
  id: z.string(),
  /** Chance that they are one, 0 to 1. */
  score: z.number(),
  reasons: z.array(z.object({ reason: z.enum(DUPLICATE_REASONS), weight: z.number() })),
  a: duplicateSide,
  b: duplicateSide,
});
export type Duplicate = z.infer<typeof duplicate>;

const ofPerson = inWorkspace.extend({ personId });
const base = '/v1/workspaces/:workspace/identity';
const customers = '/v1/workspaces/:workspace/customers/:personId';
const pair = z.object({ a: z.coerce.number().int().min(1), b: z.coerce.number().int().min(1) });

export const identityEndpoints = {
  getIdentityState: endpoint({
    method: 'GET',
    path: base,
    summary: 'How many people and identifiers there are, what is shared, what waits for a decision',
    domain: 'identity',
    access: 'data.read',
    params: inWorkspace,
    response: identityState,
  }),
  findByIdentifier: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/people/by-identifier',
    summary: 'The person known by an identifier, written in any usual form; null for nobody',
    domain: 'identity',
    access: 'customer.read',
    params: inWorkspace,
    query: z.object({ type: z.string().min(1).max(40), value: z.string().min(1).max(300) }),
    response: z.object({ personId: z.number().nullable() }),
  }),
  listShared: endpoint({
    method: 'GET',
    path: `${base}/shared`,
    summary: 'Identifiers that many people claim and that therefore join nobody, most claimed first',
    domain: 'identity',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery,
    response: pageOf(sharedIdentifier),
  }),
  getIdentityRules: endpoint({
    method: 'GET',
    path: `${base}/rules`,
    summary: 'How identifiers join people',
    domain: 'identity',
    access: 'data.read',
    params: inWorkspace,
    response: identityRules.extend({
      isDefault: z.boolean(),
      isApplying: z.boolean(),
      /** Stands for these rules; to be said when they are changed. */
      version: z.string(),
    }),
  }),
  previewIdentityRules: endpoint({
    method: 'POST',
    path: `${base}/rules/preview`,
    summary: 'What other rules would change, without changing anything',
    domain: 'identity',
    access: 'settings.read',
    params: inWorkspace,
    body: identityRules,
    response: rulesEffect,
  }),
  putIdentityRules: endpoint({
    method: 'PUT',
    path: `${base}/rules`,
    summary: 'Change the rules; a job applies them to everyone. Put the old ones back to undo it',
    domain: 'identity',
    access: 'settings.write',
    params: inWorkspace,
    body: identityRules.extend({
      /** The version that was changed: when there is another by now, nothing is saved. */
      basedOn: z.string().max(100).optional(),
    }),
    response: z.object({ jobId: z.string() }),
  }),
  getPersonIdentity: endpoint({
    method: 'GET',
    path: `${customers}/identity`,
    summary: 'Why the identifiers of a customer are one person',
    domain: 'identity',
    access: 'customer.read',
    params: ofPerson,
    response: personIdentity,
  }),
  previewSplit: endpoint({
    method: 'GET',
    path: `${customers}/split`,
    summary: 'What parting two identifiers of a customer would leave on each side',
    domain: 'identity',
    access: 'customer.read',
    params: ofPerson,
    query: pair,
    response: splitEffect,
  }),
  splitPerson: endpoint({
    method: 'POST',
    path: `${customers}/split`,
    summary: 'Part two identifiers of a customer: they are two people from now on, with their own history',
    domain: 'identity',
    access: 'customer.write',
    params: ofPerson,
    body: pair,
    response: z.object({ decisionId: z.string(), people: z.array(z.number()) }),
  }),
  mergePeople: endpoint({
    method: 'POST',
    path: `${customers}/merge`,
    summary: 'Make two customers one person',
    domain: 'identity',
    access: 'customer.write',
    params: ofPerson,
    body: z.object({ with: personId }),
    response: z.object({ decisionId: z.string(), personId: z.number() }),
  }),
  listDecisions: endpoint({
    method: 'GET',
    path: `${base}/decisions`,
    summary: 'What people decided about who is who, newest first',
    domain: 'identity',
    access: 'customer.read',
    params: inWorkspace,
    query: pageQuery,
    response: pageOf(decision),
  }),
  undoDecision: endpoint({
    method: 'DELETE',
    path: `${base}/decisions/:id`,
    summary: 'Take a decision back: who they are follows from the evidence again',
    domain: 'identity',
    access: 'customer.write',
    params: withId,
    response: z.object({ people: z.array(z.number()) }),
  }),
  listDuplicates: endpoint({
    method: 'GET',
    path: `${base}/duplicates`,
    summary: 'Pairs of customers who are probably one, most probable first',
    domain: 'identity',
    access: 'customer.read',
    params: inWorkspace,
    query: pageQuery,
    response: pageOf(duplicate),
  }),
  decideDuplicate: endpoint({
    method: 'POST',
    path: `${base}/duplicates/:id`,
    summary: 'Say of a pair that they are one, that they are two, or decide later',
    domain: 'identity',
    access: 'customer.write',
    params: withId,
    body: z.object({ verdict: z.enum(['same', 'different', 'later']) }),
    response: z.object({ decisionId: z.string().nullable() }),
  }),
  searchDuplicates: endpoint({
    method: 'POST',
    path: `${base}/duplicates/search`,
    summary: 'Look for probable duplicates now',
    domain: 'identity',
    access: 'customer.write',
    params: inWorkspace,
    response: z.object({ jobId: z.string() }),
  }),
};
