import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, personId, withId } from './endpoint.ts';

/** A place events come from, with the key its clients send. */
export const source = z.object({
  id: z.string(),
  name: z.string(),
  writeKey: z.string(),
  createdAt: isoTime,
  lastEventAt: isoTime.nullable(),
  events: z.number(),
});

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
  /** What amounts are in: the files' own currency where it is known, else the one chosen. Nothing is converted. */
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
  createSource: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/sources',
    summary: 'Create a source; its write key goes into the tracker',
    domain: 'collect',
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ name: z.string().trim().min(1).max(80) }),
    response: source,
  }),
  deleteSource: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/sources/:id',
    summary: 'Revoke a source; its key is refused from now on, its events stay',
    domain: 'collect',
    access: 'data.write',
    params: withId,
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
    summary: 'Messages that could not be understood, with the reason, newest first',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    query: pageQuery,
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
  /** multipart/form-data: any number of files; fields `preset`, `currency`, `timeZone` before the files. */
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
