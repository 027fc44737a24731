import { z } from 'zod';
import { condition } from './condition.ts';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, personId, revision, withId } from './endpoint.ts';
import { customerRow } from './profile.ts';

export const segment = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  condition,
  size: z.number().nullable(),
  computedAt: isoTime.nullable(),
  /** Goes up by one with every change. */
  revision,
  createdAt: isoTime,
  updatedAt: isoTime,
  updatedBy: z.string(),
  createdBy: z.string(),
  /** Campaigns and segments that use it. */
  usedBy: z.array(z.object({ kind: z.enum(['segment', 'campaign']), id: z.string(), name: z.string() })),
});
export type Segment = z.infer<typeof segment>;

export const segmentDraft = z.object({
  name: z.string().trim().min(1, 'must not be empty').max(80),
  description: z.string().trim().max(400).default(''),
  condition,
});

/** What a condition can be built from in this workspace. */
export const vocabulary = z.object({
  traits: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['text', 'number', 'boolean']),
      people: z.number(),
      values: z.array(z.string()),
    }),
  ),
  events: z.array(z.object({ name: z.string(), count: z.number(), properties: z.array(z.string()) })),
  categories: z.array(z.string()),
  brands: z.array(z.string()),
  stores: z.array(z.object({ id: z.string(), name: z.string(), nameZh: z.string() })),
  channels: z.array(z.string()),
  tags: z.array(z.string()),
});
export type Vocabulary = z.infer<typeof vocabulary>;

/** Why a person is (not) in a segment: the tree with each condition's verdict and the facts behind it. */
export interface WhyNode {
  kind: string;
  holds: boolean;
  /** The person's own value compared by a leaf, in words, e.g. "orders = 7". */
  fact: string | null;
  of: WhyNode[];
}
const whyNode: z.ZodType<WhyNode> = z.lazy(() =>
  z.object({ kind: z.string(), holds: z.boolean(), fact: z.string().nullable(), of: z.array(whyNode) }),
);

export const segmentPreview = z.object({
  size: z.number(),
  of: z.number(),
  spendCents: z.number(),
  withEmail: z.number(),
  sample: z.array(customerRow),
  milliseconds: z.number(),
});
export type SegmentPreview = z.infer<typeof segmentPreview>;

const segments = '/v1/workspaces/:workspace/segments';

export const segmentEndpoints = {
  listSegments: endpoint({
    method: 'GET',
    path: segments,
    summary: 'Segments, newest first',
    domain: 'segment',
    access: 'segment.read',
    params: inWorkspace,
    response: z.array(segment),
  }),
  createSegment: endpoint({
    method: 'POST',
    path: segments,
    summary: 'Create a segment and compute its members',
    domain: 'segment',
    access: 'segment.write',
    params: inWorkspace,
    body: segmentDraft,
    response: segment,
  }),
  getSegment: endpoint({
    method: 'GET',
    path: `${segments}/:id`,
    summary: 'A segment',
    domain: 'segment',
    access: 'segment.read',
    params: withId,
    response: segment,
  }),
  updateSegment: endpoint({
    method: 'PUT',
    path: `${segments}/:id`,
    summary:
      'Change a segment and compute its members anew; refused when `revision` is given and it was changed since',
    domain: 'segment',
    access: 'segment.write',
    params: withId,
    body: segmentDraft.extend({ revision: revision.optional() }),
    response: segment,
  }),
  deleteSegment: endpoint({
    method: 'DELETE',
    path: `${segments}/:id`,
    summary: 'Delete a segment that nothing uses',
    domain: 'segment',
    access: 'segment.write',
    params: withId,
  }),
  previewSegment: endpoint({
    method: 'POST',
    path: `${segments}/preview`,
    summary: 'How many people a condition holds for now, with a sample',
    domain: 'segment',
    access: 'segment.read',
    params: inWorkspace,
    body: z.object({ condition }),
    response: segmentPreview,
  }),
  refreshSegment: endpoint({
    method: 'POST',
    path: `${segments}/:id/refresh`,
    summary: 'Compute the members now',
    domain: 'segment',
    access: 'segment.read',
    params: withId,
    response: segment,
  }),
  listSegmentMembers: endpoint({
    method: 'GET',
    path: `${segments}/:id/members`,
    summary: 'Ids of the members in rising order',
    domain: 'segment',
    access: 'segment.read',
    params: withId,
    query: pageQuery,
    response: pageOf(z.object({ personId: z.number(), since: isoTime })),
  }),
  explainMember: endpoint({
    method: 'GET',
    path: `${segments}/:id/why/:personId`,
    summary: 'Why a person is or is not in the segment',
    domain: 'segment',
    access: 'customer.read',
    params: withId.extend({ personId }),
    response: z.object({ member: z.boolean(), why: whyNode }),
  }),
  getVocabulary: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/vocabulary',
    summary: 'Traits, events, categories and the like that conditions can use here',
    domain: 'segment',
    access: 'segment.read',
    params: inWorkspace,
    response: vocabulary,
  }),
};
