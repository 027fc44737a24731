import { z } from 'zod';
import { problem } from './endpoint.ts';

/**
 * What is answered beside the endpoints of the contract: the tracking protocol of Segment
 * (https://segment.com/docs/connections/spec/), and two signs of life. Said here for OpenAPI: these bodies are read by
 * what they hold and not refused by their form, so nothing is parsed with the schemas of messages.
 */

const text = z.string();
/** An id as senders have it: a text, or a number that is written out. */
const id = z.union([text, z.number()]);
const fields = z.record(text, z.unknown());

const context = z.looseObject({
  channel: text.optional().describe('Where it happened: web, app, mini_program, store or a word of your own'),
  externalIds: z
    .array(
      z.looseObject({
        type: text.describe('user, member_card, unionid, phone, email, openid, device or anonymous'),
        id,
      }),
    )
    .optional()
    .describe('Further identifiers of the person'),
  traits: fields.optional().describe('What is known of the person, beside any call'),
  campaign: fields.optional(),
  device: z.looseObject({ id: text.optional() }).optional(),
  page: fields.optional(),
  library: fields.optional(),
});

const common = {
  messageId: id.optional().describe('The same id within 30 days is the same message'),
  userId: id.optional().describe('Who it was; this, an anonymousId or an external id must be given'),
  anonymousId: id.optional(),
  timestamp: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When it happened; when it arrived, if not given'),
  context: context.optional(),
};

/** What each call of the protocol says beside who and when. */
export const WIRE_CALLS = {
  identify: {
    summary: 'Say who somebody is and what is known of them',
    says: { traits: fields.optional() },
  },
  track: {
    summary:
      'Say what somebody did; Order Completed, Order Refunded and Order Cancelled are orders, returns and no orders',
    says: { event: text.min(1), properties: fields.optional() },
  },
  page: {
    summary: 'Say that somebody saw a page',
    says: { name: text.optional(), category: text.optional(), properties: fields.optional() },
  },
  screen: {
    summary: 'Say that somebody saw a screen of an app',
    says: { name: text.optional(), category: text.optional(), properties: fields.optional() },
  },
  group: {
    summary: 'Say that somebody belongs to a group',
    says: { groupId: id, traits: fields.optional() },
  },
  alias: {
    summary: 'Say that two identifiers are the same person',
    says: { previousId: id },
  },
} as const;
type WireCall = keyof typeof WIRE_CALLS;

const writeKey = text.optional().describe('The write key, where no header can be set');

/** The body of a single call, and a message of a batch, which names its call in `type`. */
const single = (call: WireCall) => z.looseObject({ ...common, ...WIRE_CALLS[call].says, writeKey });
const typed = (call: WireCall) =>
  z.looseObject({ type: z.literal(call), ...common, ...WIRE_CALLS[call].says });

const batch = z.looseObject({
  batch: z
    .array(z.union((Object.keys(WIRE_CALLS) as WireCall[]).map(typed)))
    .max(10_000)
    .describe('Messages of any call'),
  sentAt: z.iso.datetime({ offset: true }).optional().describe("When it was sent by the sender's clock"),
  writeKey,
});

const receipt = z.union([
  z.object({ success: z.literal(true) }),
  z.object({ success: z.literal(false), quarantined: z.number(), reason: text }),
]);

/** How the server is; `down` is answered with 503. */
export const health = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  reasons: z.array(text).describe('What is wrong, in words for whoever runs the server'),
  version: text.optional().describe('This and what follows: for this machine, and with an API key'),
  journalLagBytes: z.number().optional().describe('Bytes that are acknowledged and not yet stored'),
  lagEvents: z.number().nullable().optional().describe('Events among them; null where nobody counted'),
  lagSeconds: z.number().optional().describe('How long the first of them has waited'),
  disk: z
    .object({ freeBytes: z.number(), reserveBytes: z.number(), isRefusing: z.boolean() })
    .optional()
    .describe('The disk of the journal'),
  lastHour: z
    .object({
      quarantined: z.number(),
      rejected: z.number(),
      refused: z.object({
        quota: z.number(),
        overload: z.number(),
        disk: z.number(),
        origin: z.number(),
      }),
    })
    .optional()
    .describe('Events set aside or turned away'),
});

interface Reply {
  description: string;
  schema: z.ZodType;
  media?: string;
}

/** An address outside the contract, as OpenAPI shall show it. */
export interface PlainOperation {
  method: 'get' | 'post';
  path: string;
  tag: string;
  summary: string;
  description: string;
  /** Names of the security schemes, any of which will do; 'none' where nothing is asked. */
  security: ('writeKey' | 'apiKey' | 'none')[];
  body?: z.ZodType;
  responses: Record<number, Reply>;
}

const PROBLEM = 'application/problem+json';
const refusal = (description: string): Reply => ({ description, schema: problem, media: PROBLEM });

const WIRE_WORDS =
  'The Segment protocol. 200 means that it is on disk. Bodies are JSON whatever type they claim, gzip too, up to 5 MB ' +
  '(20 MB unpacked). A message that cannot be understood is kept in quarantine with its reason.';

function wireOperation(path: string, summary: string, body: z.ZodType): PlainOperation {
  return {
    method: 'post',
    path: `/v1/${path}`,
    tag: 'tracking',
    summary,
    description: WIRE_WORDS,
    security: ['writeKey'],
    body,
    responses: {
      200: { description: 'Taken in; what is no JSON is kept in quarantine', schema: receipt },
      401: refusal('The write key is missing or unknown'),
      413: refusal('The body is too large, or holds more than 10,000 messages'),
      403: refusal('The key is for other pages than the one that sends'),
      429: refusal(
        'The workspace has sent what it may: again after `Retry-After` seconds, nothing was taken',
      ),
      503: refusal('Too much arrives at once, or the disk is full: try again after `Retry-After` seconds'),
    },
  };
}

/** A door of another protocol: its form is its own, and told where it comes from. */
function foreignOperation(path: string, summary: string, form: string, status: number): PlainOperation {
  return {
    method: 'post',
    path,
    tag: 'tracking',
    summary,
    description: `${form}. What cannot be understood is kept in quarantine with its reason.`,
    security: ['writeKey'],
    responses: {
      [status]: { description: 'Taken in', schema: z.unknown() },
      401: refusal('The write key is missing or unknown'),
      413: refusal('The body is too large, or holds more than 10,000 messages'),
      503: refusal('Too much arrives at once, or the disk is full: try again after `Retry-After` seconds'),
    },
  };
}

/** Every address outside the contract that programs may rely on. */
export const plainOperations: PlainOperation[] = [
  wireOperation('batch', 'Say many things at once', batch),
  ...(Object.keys(WIRE_CALLS) as WireCall[]).map((call) =>
    wireOperation(call, WIRE_CALLS[call].summary, single(call)),
  ),
  foreignOperation(
    '/sa',
    'Take in events of 神策 (Sensors Data)',
    'Form `data` or `data_list`: base64 of JSON, gzip too',
    200,
  ),
  foreignOperation(
    '/mp/collect',
    "Take in events of GA4's Measurement Protocol",
    'JSON with `client_id` and `events`',
    204,
  ),
  foreignOperation(
    '/g/collect',
    'Take in hits of gtag.js',
    'Parameters in the address, further events one a line in the body',
    204,
  ),
  {
    method: 'get',
    path: '/healthz',
    tag: 'platform',
    summary: 'Whether the server works, and what is wrong if not',
    description: '`degraded` takes in what it cannot store just now.',
    security: ['none'],
    responses: {
      200: { description: 'ok or degraded', schema: health },
      503: { description: 'down', schema: health },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'platform',
    summary: 'Counters and gauges of the process, in the text format of Prometheus',
    description: 'Open to its own machine; from elsewhere with an API key.',
    security: ['none', 'apiKey'],
    responses: {
      200: { description: 'Prometheus exposition', schema: text, media: 'text/plain' },
      401: refusal('Not from this machine, and without an API key'),
    },
  },
];
