import { z } from 'zod';
import { clientKey, clientKeyChange } from './client-key.ts';
import { CHANNELS } from './condition.ts';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, personId, withId } from './endpoint.ts';
import { hookMapping } from './hook-mapping.ts';
import { HELD_STATES } from './quality.ts';

/** Who sends webhooks that are understood as they come; `custom` is anyone, by a mapping of one's own. */
export const HOOK_PRESETS = [
  'shopify',
  'woocommerce',
  'sendgrid',
  'mailgun',
  'email-receipts',
  'aliyun-sms',
  'tencent-sms',
  'twilio-sms',
  'typeform',
  'survey-answers',
  'social-mentions',
  'ad-spend',
  'custom',
] as const;
export type HookPresetName = (typeof HOOK_PRESETS)[number];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,80}$/, 'must be the name of a header: letters, digits and "-"');

/** How it is made sure that a webhook's call is its sender's. */
export const hookCheck = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('shopify') }),
  z.strictObject({ kind: z.literal('woocommerce') }),
  z.strictObject({ kind: z.literal('sendgrid') }),
  z.strictObject({ kind: z.literal('mailgun') }),
  z.strictObject({ kind: z.literal('twilio') }),
  z.strictObject({
    kind: z.literal('hmac'),
    header: headerName,
    algorithm: z.enum(['sha1', 'sha256', 'sha512']),
    encoding: z.enum(['hex', 'base64']),
    /** What stands before the signature in its header, such as `sha256=`. */
    prefix: z.string().max(40).optional(),
    /** A header with the time of sending, signed as `<time><joinedBy><body>`: calls too far from now are refused. */
    timestamp: z
      .strictObject({
        header: headerName,
        toleranceSeconds: z.number().int().min(1).max(86_400),
        joinedBy: z.string().max(3),
      })
      .optional(),
  }),
  /** For who cannot sign: the secret in a header, or in the address. */
  z.strictObject({ kind: z.literal('token'), header: headerName.optional() }),
]);
export type HookCheck = z.infer<typeof hookCheck>;

export const SOURCE_STATES = ['active', 'paused', 'failing'] as const;

/** A place events come from: a tracker or server with a key, or a service that calls us. */
export const source = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['tracker', 'webhook', 'pull']),
  state: z.enum(SOURCE_STATES),
  /** Since when it is in this state, where that is known. */
  stateSince: isoTime.nullable(),
  lastError: z.string().nullable(),
  lastErrorAt: isoTime.nullable(),
  /** The key its clients send; empty for webhooks. */
  writeKey: z.string(),
  /** Where the key stands in pages and apps: what of it counts. Null for a server's key, and for webhooks. */
  client: clientKey.nullable(),
  /** Until when the key or secret before the last rotation is still taken. */
  formerUntil: isoTime.nullable(),
  createdAt: isoTime,
  lastEventAt: isoTime.nullable(),
  events: z.number(),
  /** Since midnight of the workspace. */
  today: z.object({ accepted: z.number(), quarantined: z.number(), refused: z.number() }),
  hook: z
    .object({
      /** Where the sender calls, below our address. */
      path: z.string(),
      preset: z.enum(HOOK_PRESETS),
      check: hookCheck,
      mapping: hookMapping,
      /** Whether the mapping is the preset's own. */
      isPresets: z.boolean(),
      mappingVersion: z.number(),
    })
    .nullable(),
});
export type Source = z.infer<typeof source>;

/** What is shown once: where it was made here, nobody has it but who reads this. */
const withSecret = source.extend({ secret: z.string().nullable() });

const secretGiven = z.string().trim().min(8, 'must be at least 8 characters long').max(2000).optional();

/** What became of a webhook's call. */
export const DELIVERY_OUTCOMES = ['mapped', 'ignored', 'faulted', 'held'] as const;
export const delivery = z.object({
  id: z.string(),
  receivedAt: isoTime,
  topic: z.string(),
  bytes: z.number(),
  outcome: z.enum(DELIVERY_OUTCOMES),
  /** Messages that were made of it. */
  messages: z.number(),
  reason: z.string(),
  detail: z.string(),
  mappingVersion: z.number(),
});
export type Delivery = z.infer<typeof delivery>;

/** A payload as it is tried. */
const sample = z.object({
  headers: z.record(z.string().max(100), z.string().max(4000)).default({}),
  body: z.string().max(1_000_000),
});

/** What a payload becomes by a mapping; nothing of it is stored. */
export const trial = z.object({
  topic: z.string(),
  messages: z.array(z.record(z.string(), z.unknown())),
  /** Messages in all; only the first of many are listed. */
  messagesInAll: z.number(),
  /** What is stored of them, by kind. */
  facts: z.array(z.object({ kind: z.string(), count: z.number() })),
  faults: z.array(z.object({ message: z.number().nullable(), reason: z.string(), detail: z.string() })),
});
export type Trial = z.infer<typeof trial>;

/** An event as it lies in the warehouse. */
export const storedEvent = z.object({
  messageId: z.string(),
  name: z.string(),
  time: isoTime,
  receivedAt: isoTime,
  personId: z.number().nullable(),
  source: z.string(),
  channel: z.string(),
  properties: z.record(z.string(), z.unknown()),
  /** Where it happened: device, page, campaign, library. */
  context: z.record(z.string(), z.unknown()),
  /** What else its message said. */
  envelope: z.record(z.string(), z.unknown()),
  /** What it was called where it came from, and the version of the table that gave it its name here. */
  original: z.object({ protocol: z.string(), name: z.string(), mapping: z.number() }).nullable(),
});
export type StoredEvent = z.infer<typeof storedEvent>;

/** A message that could not become facts, kept whole with its reason. */
export const quarantined = z.object({
  id: z.string(),
  receivedAt: isoTime,
  source: z.string(),
  reason: z.string(),
  detail: z.string(),
  payload: z.string(),
  /** What it calls its event, as far as can be told. */
  event: z.string(),
  state: z.enum(HELD_STATES),
  /** The decision it was part of, by which a dismissal is taken back. */
  decision: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: isoTime.nullable(),
});

export const PRESET_NAMES = [
  'complete-journey',
  'online-retail',
  'shopify-orders',
  'woocommerce-orders',
  'chinese-shop',
] as const;

export const IMPORT_STATES = [
  'draft',
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'undoing',
  'undone',
] as const;

/** What a status says of an order: it was sold, may yet be paid, came to nothing, was paid back, or nobody knows. */
export const STATUS_MEANINGS = ['sale', 'pending', 'cancelled', 'refunded', 'unknown'] as const;

/** A file inside an import: what it was found to be and how its columns are read. */
export const importFile = z.object({
  name: z.string(),
  bytes: z.number(),
  format: z.string(),
  encoding: z.string(),
  headers: z.array(z.string()),
  sample: z.array(z.record(z.string(), z.unknown())),
  /** What the file is used for; null when nothing in it is used, with the reason in `unusedWhy`. */
  role: z.string().nullable(),
  unusedWhy: z.string().nullable(),
  /** Column mapping when no preset is used; plain JSON, checked by the server. */
  mapping: z.record(z.string(), z.unknown()).nullable(),
  rowsRead: z.number(),
  /** Statuses of orders among the rows that were looked at, and what each counts as; one not known counts as sold. */
  statuses: z
    .array(z.object({ status: z.string(), means: z.enum(STATUS_MEANINGS), rows: z.number() }))
    .optional(),
  /**
   * Columns that say who agreed to be written to, with what they say in the rows that were looked at; what says neither
   * yes nor no is none. Empty where rows of customers say nothing of it, left out where rows are of something else.
   */
  consents: z
    .array(
      z.object({
        channel: z.enum(CHANNELS),
        column: z.string(),
        yes: z.number(),
        no: z.number(),
        unclear: z.number(),
      }),
    )
    .optional(),
});

/** What is in a workspace only because of one import, and how many orders it changed that others told of as well. */
export const importAdded = z.object({
  orders: z.number(),
  changedOrders: z.number(),
  people: z.number(),
  products: z.number(),
  stores: z.number(),
  events: z.number(),
  salesCents: z.number(),
  returnsCents: z.number(),
});
export type ImportAdded = z.infer<typeof importAdded>;

/** What the files of an import hold. */
export const importTotals = z.object({
  rows: z.number(),
  orders: z.number(),
  people: z.number(),
  products: z.number(),
  stores: z.number(),
  salesCents: z.number(),
  returnsCents: z.number(),
  rejected: z.number(),
  corrected: z.number(),
  /** What of it was new when the import ended; imports of earlier versions do not say. */
  added: importAdded.optional(),
});

export const importRun = z.object({
  id: z.string(),
  state: z.enum(IMPORT_STATES),
  preset: z.string().nullable(),
  /** What amounts are in: the files' own currency where it is known, else the one chosen. Rows in another currency than the workspace's are turned away. */
  currency: z.string(),
  /** The export is always in this currency, or the mapping says so: choosing another changes nothing. */
  isCurrencyFixed: z.boolean(),
  timeZone: z.string(),
  files: z.array(importFile),
  progress: z.number().min(0).max(1).nullable(),
  totals: importTotals,
  /** How many rows were rejected or corrected, by reason code. */
  reasons: z.array(z.object({ kind: z.enum(['rejected', 'corrected']), code: z.string(), rows: z.number() })),
  error: z.string().nullable(),
  createdAt: isoTime,
  finishedAt: isoTime.nullable(),
  createdBy: z.string(),
});
export type ImportRun = z.infer<typeof importRun>;

/** One row that was rejected or corrected, with why. */
export const importNote = z.object({
  kind: z.enum(['rejected', 'corrected']),
  file: z.string(),
  row: z.number(),
  code: z.string(),
  field: z.string(),
  message: z.string(),
  raw: z.string(),
});

export const savedMapping = z.object({
  id: z.string(),
  name: z.string(),
  mapping: z.record(z.string(), z.unknown()),
  createdAt: isoTime,
});

/** Imports that a list has unless asked for more: one as long as this may be cut. */
export const IMPORTS_LISTED = 200;

const imports = '/v1/workspaces/:workspace/imports';
const sources = '/v1/workspaces/:workspace/sources';

export const collectEndpoints = {
  listSources: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/sources',
    summary: 'Sources with their write keys and what they sent',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(source),
  }),
  getSource: endpoint({
    method: 'GET',
    path: `${sources}/:id`,
    summary: 'A source: its state, what it sent today, and how its calls are checked and read',
    domain: 'collect',
    access: 'data.read',
    params: withId,
    response: source,
  }),
  createSource: endpoint({
    method: 'POST',
    path: sources,
    summary: 'Create a source; a secret that is made for it is in this answer and nowhere else',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({
      name: z.string().trim().min(1).max(80),
      kind: z.enum(['tracker', 'webhook']).default('tracker'),
      preset: z.enum(HOOK_PRESETS).default('custom'),
      check: hookCheck.optional(),
      /** For a tracker: `{}` makes a client's key; left out or null, a server's. */
      client: clientKey.nullable().default(null),
      /** The sender's own, where it gives one. */
      secret: secretGiven,
    }),
    response: withSecret,
  }),
  updateSource: endpoint({
    method: 'PATCH',
    path: `${sources}/:id`,
    summary: 'Rename, pause or resume a source; change how its calls are checked or what they become',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    body: z.object({
      name: z.string().trim().min(1).max(80).optional(),
      isPaused: z.boolean().optional(),
      /** Makes the key a client's, or a server's by null; settings that are not named stay. */
      client: clientKeyChange.nullable().optional(),
      check: hookCheck.optional(),
      /** Null: the preset's own again. */
      mapping: hookMapping.nullable().optional(),
    }),
    response: source,
  }),
  rotateSource: endpoint({
    method: 'POST',
    path: `${sources}/:id/rotate`,
    summary: 'Give a source a new key or secret; the old one is taken for as long as is said',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    body: z.object({
      secret: secretGiven,
      graceHours: z.number().min(0).max(720).default(24),
    }),
    response: withSecret,
  }),
  deleteSource: endpoint({
    method: 'DELETE',
    path: `${sources}/:id`,
    summary: 'Revoke a source; its key is refused from now on, its events stay',
    domain: 'collect',
    access: 'data.write',
    params: withId,
  }),
  trySource: endpoint({
    method: 'POST',
    path: `${sources}/:id/try`,
    summary: 'What a payload would become: messages, facts and faults; nothing is stored',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    body: z.object({
      /** The source's own, if not given. */
      mapping: hookMapping.optional(),
      sample: sample.optional(),
      /** A delivery that came, instead of a sample. */
      deliveryId: z.string().max(80).optional(),
    }),
    response: trial,
  }),
  listHookPresets: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/hook-presets',
    summary: 'Senders whose webhooks are understood: check, mapping and a sample of each',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(
      z.object({
        name: z.enum(HOOK_PRESETS),
        version: z.number(),
        check: hookCheck,
        mapping: hookMapping,
        sample,
      }),
    ),
  }),
  listDeliveries: endpoint({
    method: 'GET',
    path: `${sources}/:id/deliveries`,
    summary: 'Calls of a webhook in the last 30 days with what became of them, newest first',
    domain: 'collect',
    access: 'data.read',
    params: withId,
    query: pageQuery.extend({ outcome: z.enum(DELIVERY_OUTCOMES).optional() }),
    response: pageOf(delivery),
  }),
  getDelivery: endpoint({
    method: 'GET',
    path: `${sources}/:id/deliveries/:deliveryId`,
    summary: 'One call as it came',
    domain: 'collect',
    access: 'data.read',
    params: withId.extend({ deliveryId: z.string().min(1).max(80) }),
    response: delivery.extend({ headers: z.record(z.string(), z.string()), body: z.string() }),
  }),
  replayDeliveries: endpoint({
    method: 'POST',
    path: `${sources}/:id/replay`,
    summary: 'Read calls again by the mapping of now: one, or all that failed; what is stored stays single',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    body: z.object({
      /** All that could not be read or were held, if not given. */
      deliveryId: z.string().max(80).optional(),
    }),
    response: z.object({ replayed: z.number(), left: z.number() }),
  }),
  listEvents: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/events',
    summary: 'Events as they arrived, newest first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery.extend({ name: z.string().max(200).optional(), personId: personId.optional() }),
    response: pageOf(storedEvent),
  }),
  listQuarantine: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/quarantine',
    summary: 'Messages that could not be stored as they came, with the reason, newest first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery.extend({
      state: z.enum(HELD_STATES).default('open'),
      reason: z.string().max(100).optional(),
      event: z.string().max(200).optional(),
      source: z.string().max(100).optional(),
      id: z.string().max(100).optional(),
    }),
    response: pageOf(quarantined),
  }),
  listImports: endpoint({
    method: 'GET',
    path: imports,
    summary: 'The newest imports, newest first: as many as asked for, 200 unless told otherwise',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(IMPORTS_LISTED) }),
    response: z.array(importRun),
  }),
  /**
   * multipart/form-data: any number of files; `preset`, `currency` and `timeZone` in the address or as fields. Without a
   * preset the one whose files they are by their columns is taken; an empty one says to guess.
   */
  createImport: endpoint({
    method: 'POST',
    path: imports,
    summary: 'Upload files (multipart/form-data) as a draft; the answer says what each file was found to be',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    query: z.object({
      preset: z.string().max(60).optional(),
      currency: z.string().max(3).optional(),
      timeZone: z.string().max(60).optional(),
    }),
    response: importRun,
  }),
  getImport: endpoint({
    method: 'GET',
    path: `${imports}/:id`,
    summary: 'An import with progress and totals',
    domain: 'collect',
    access: 'data.read',
    params: withId,
    response: importRun,
  }),
  updateImport: endpoint({
    method: 'PATCH',
    path: `${imports}/:id`,
    summary: 'Change preset, currency, zone or column mappings of a draft',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    body: z.object({
      preset: z.string().max(60).nullable().optional(),
      currency: z.string().max(3).optional(),
      timeZone: z.string().max(60).optional(),
      mappings: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    }),
    response: importRun,
  }),
  startImport: endpoint({
    method: 'POST',
    path: `${imports}/:id/start`,
    summary: 'Start (or resume) an import',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    response: importRun,
  }),
  cancelImport: endpoint({
    method: 'POST',
    path: `${imports}/:id/cancel`,
    summary: 'Stop an import at its next safe point; it can be resumed or undone',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    response: importRun,
  }),
  previewUndo: endpoint({
    method: 'GET',
    path: `${imports}/:id/undo`,
    summary: 'What undoing an import would take out of the workspace now',
    domain: 'collect',
    access: 'data.read',
    params: withId,
    response: importAdded,
  }),
  undoImport: endpoint({
    method: 'POST',
    path: `${imports}/:id/undo`,
    summary: 'Take out what is here only because of an import',
    domain: 'collect',
    access: 'data.write',
    params: withId,
    response: importRun,
  }),
  listImportNotes: endpoint({
    method: 'GET',
    path: `${imports}/:id/notes`,
    summary: 'Rejected and corrected rows with their reasons',
    domain: 'collect',
    access: 'data.read',
    params: withId,
    query: pageQuery.extend({
      kind: z.enum(['rejected', 'corrected']).optional(),
      code: z.string().max(60).optional(),
    }),
    response: pageOf(importNote),
  }),
  downloadImportNotes: endpoint({
    method: 'GET',
    path: `${imports}/:id/notes.csv`,
    summary: 'The same as a CSV file',
    domain: 'collect',
    access: 'data.read',
    params: withId,
    query: z.object({ kind: z.enum(['rejected', 'corrected']).optional() }),
    media: 'text/csv',
  }),
  listMappings: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/mappings',
    summary: 'Saved column mappings',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: z.array(savedMapping),
  }),
  saveMapping: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/mappings',
    summary: 'Save a column mapping under a name (the same name again replaces it)',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ name: z.string().trim().min(1).max(80), mapping: z.record(z.string(), z.unknown()) }),
    response: savedMapping,
  }),
  deleteMapping: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/mappings/:id',
    summary: 'Forget a saved mapping',
    domain: 'collect',
    access: 'data.write',
    params: withId,
  }),
};
