import { z } from 'zod';
import { importFile, importNote } from './collect.ts';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, withId } from './endpoint.ts';

/** Where rows are fetched from: tables of databases, and files in object storage or in a folder of the server. */
export const PULL_KINDS = ['postgresql', 'mysql', 's3', 'folder'] as const;
export type PullKind = (typeof PULL_KINDS)[number];

const hostName = z
  .string()
  .trim()
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an address, without port or path');
const shortText = z.string().trim().min(1).max(200);

const database = {
  host: hostName,
  port: z.number().int().min(1).max(65_535),
  database: shortText,
  user: shortText,
};

/** How a place is reached; what is secret stands beside it and is never given back. */
export const pullConnection = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('postgresql'),
    ...database,
    /** `prefer`: encrypted where the server can; `require`: always; `verify`: and the server proves its name. */
    tls: z.enum(['prefer', 'require', 'verify']).default('prefer'),
  }),
  z.strictObject({ kind: z.literal('mysql'), ...database }),
  z.strictObject({
    kind: z.literal('s3'),
    /** Scheme, host and port: `https://s3.eu-central-1.amazonaws.com`. */
    endpoint: z.url({ protocol: /^https?$/ }).max(300),
    region: z.string().trim().min(1).max(60).default('us-east-1'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
    accessKey: shortText,
    /** Whether the bucket's name stands in the host (`host`: Aliyun OSS, AWS) or in the path (`path`: most others). */
    addressing: z.enum(['path', 'host']).default('path'),
  }),
  z.strictObject({ kind: z.literal('folder') }),
]);
export type PullConnection = z.infer<typeof pullConnection>;

/** What is read there: a table or view, or the files whose path has a form. */
export const pullTarget = z.discriminatedUnion('of', [
  z.strictObject({
    of: z.literal('table'),
    schema: z.string().max(128),
    table: z.string().min(1).max(128),
    /** Rises whenever a row is written: what is new is what stands behind the last value seen. */
    cursor: z.string().min(1).max(128),
    /** Tells rows of one cursor value apart; together they name a row for good. */
    key: z.array(z.string().min(1).max(128)).min(1).max(4),
    /** How far behind the last value each run begins, for rows that became visible late: seconds, or numbers. */
    overlap: z.number().int().min(0).max(10_000_000).default(300),
  }),
  z.strictObject({
    of: z.literal('files'),
    /** `*` stands for anything within a folder, `**` for any folders: `orders/2026-*.csv`, `lake/**.parquet`. */
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine(
        (p) => !p.startsWith('/') && !p.split('/').includes('..'),
        'must not begin with "/" or hold ".."',
      ),
  }),
]);
export type PullTarget = z.infer<typeof pullTarget>;
export type TableTarget = Extract<PullTarget, { of: 'table' }>;

const secret = z.string().min(1).max(1000).optional();
const mapping = z.record(z.string(), z.unknown());
/** Minutes between two runs; null: only when someone asks. */
const everyMinutes = z.number().int().min(1).max(10_080).nullable();

/** How far a source has been read. */
export const pullPosition = z.discriminatedUnion('of', [
  z.object({ of: z.literal('table'), cursor: z.string().nullable(), key: z.array(z.string()) }),
  z.object({ of: z.literal('files'), files: z.number(), newest: isoTime.nullable() }),
]);

export const PULL_STATES = ['active', 'paused', 'failing'] as const;
export const PULL_RUN_STATES = ['running', 'done', 'part', 'failed', 'stopped'] as const;
export const PULL_TRIGGERS = ['schedule', 'asked', 'replay'] as const;

/** One time that a source was read. */
export const pullRun = z.object({
  id: z.string(),
  state: z.enum(PULL_RUN_STATES),
  trigger: z.enum(PULL_TRIGGERS),
  startedAt: isoTime,
  endedAt: isoTime.nullable(),
  rows: z.number(),
  rejected: z.number(),
  corrected: z.number(),
  /** Files read to their end. */
  files: z.number(),
  errorCode: z.string().nullable(),
  error: z.string().nullable(),
});
export type PullRun = z.infer<typeof pullRun>;

/** A place that is read on a schedule. */
export const pull = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(PULL_STATES),
  connection: pullConnection,
  target: pullTarget,
  mapping,
  currency: z.string(),
  timeZone: z.string(),
  everyMinutes,
  position: pullPosition,
  isRunning: z.boolean(),
  nextRunAt: isoTime.nullable(),
  failures: z.number(),
  lastErrorCode: z.string().nullable(),
  lastError: z.string().nullable(),
  lastErrorAt: isoTime.nullable(),
  lastRun: pullRun.nullable(),
  /** Rows read in all. */
  rows: z.number(),
  createdAt: isoTime,
  createdBy: z.string(),
});
export type Pull = z.infer<typeof pull>;

/** A connection as it is tried: with its secret, or that of a source that has the same. */
const tried = { connection: pullConnection, secret, pullId: z.string().max(80).optional() };

export const pullTable = z.object({
  schema: z.string(),
  table: z.string(),
  isView: z.boolean(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), isKey: z.boolean() })),
});
export type PullTable = z.infer<typeof pullTable>;

const pulls = '/v1/workspaces/:workspace/pulls';
const DOMAIN = 'collect';

export const pullEndpoints = {
  listPulls: endpoint({
    method: 'GET',
    path: pulls,
    summary: 'Places that are read on a schedule: state, last run, next run',
    domain: DOMAIN,
    access: 'data.read',
    params: inWorkspace,
    response: z.array(pull),
  }),
  pullAbilities: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/pull-abilities',
    summary: 'What this installation can read from: databases need the embedded engine, folders a setting',
    domain: DOMAIN,
    access: 'data.read',
    params: inWorkspace,
    response: z.object({ kinds: z.array(z.enum(PULL_KINDS)) }),
  }),
  getPull: endpoint({
    method: 'GET',
    path: `${pulls}/:id`,
    summary: 'One of them',
    domain: DOMAIN,
    access: 'data.read',
    params: withId,
    response: pull,
  }),
  /** Also the test of a connection: it is made, and what can be read there is listed. */
  lookAtPull: endpoint({
    method: 'POST',
    path: `${pulls}/look`,
    summary: 'Try a connection and list what can be read there: tables with their columns, or files',
    domain: DOMAIN,
    access: 'data.write',
    params: inWorkspace,
    body: z.object({ ...tried, pattern: z.string().max(500).optional() }),
    response: z.object({
      tables: z.array(pullTable),
      files: z.array(z.object({ path: z.string(), bytes: z.number(), changedAt: isoTime })),
      /** Whether there is more than is listed. */
      isCut: z.boolean(),
    }),
  }),
  samplePull: endpoint({
    method: 'POST',
    path: `${pulls}/sample`,
    summary:
      'Some rows of a table or of the newest file, with a mapping guessed from them; nothing is stored',
    domain: DOMAIN,
    access: 'data.write',
    params: inWorkspace,
    body: z.object({
      ...tried,
      schema: z.string().max(128).optional(),
      table: z.string().max(128).optional(),
      pattern: z.string().max(500).optional(),
    }),
    response: importFile,
  }),
  createPull: endpoint({
    method: 'POST',
    path: pulls,
    summary: 'Read a table or files from now on: on a schedule, each row once',
    domain: DOMAIN,
    access: 'data.write',
    params: inWorkspace,
    body: z.object({
      name: z.string().trim().min(1).max(80),
      connection: pullConnection,
      secret,
      target: pullTarget,
      mapping,
      currency: z.string().max(3).optional(),
      timeZone: z.string().max(60).optional(),
      everyMinutes: everyMinutes.default(60),
    }),
    response: pull,
  }),
  updatePull: endpoint({
    method: 'PATCH',
    path: `${pulls}/:id`,
    summary:
      'Rename, pause, resume; change connection, mapping or schedule; another database, table, cursor or key begins anew',
    domain: DOMAIN,
    access: 'data.write',
    params: withId,
    body: z.object({
      name: z.string().trim().min(1).max(80).optional(),
      isPaused: z.boolean().optional(),
      connection: pullConnection.optional(),
      /** The same data at another address, as after a move: it is read on from where it was. */
      isSameData: z.boolean().optional(),
      secret,
      target: pullTarget.optional(),
      mapping: mapping.optional(),
      currency: z.string().max(3).optional(),
      timeZone: z.string().max(60).optional(),
      everyMinutes: everyMinutes.optional(),
    }),
    response: pull,
  }),
  deletePull: endpoint({
    method: 'DELETE',
    path: `${pulls}/:id`,
    summary: 'Read it no more and forget its secret; what was read stays',
    domain: DOMAIN,
    access: 'data.write',
    params: withId,
  }),
  runPull: endpoint({
    method: 'POST',
    path: `${pulls}/:id/run`,
    summary: 'Read what is new now',
    domain: DOMAIN,
    access: 'data.write',
    params: withId,
    response: pull,
  }),
  replayPull: endpoint({
    method: 'POST',
    path: `${pulls}/:id/replay`,
    summary: 'Read again from a cursor value, or from the start: rows that are stored stay single',
    domain: DOMAIN,
    access: 'data.write',
    params: withId,
    body: z.object({
      /** A value of the cursor column, or for files a moment: those changed since are read. Null: from the start. */
      from: z.string().trim().min(1).max(200).nullable().default(null),
    }),
    response: pull,
  }),
  listPullRuns: endpoint({
    method: 'GET',
    path: `${pulls}/:id/runs`,
    summary: 'When it was read and what came of it, newest first',
    domain: DOMAIN,
    access: 'data.read',
    params: withId,
    query: pageQuery,
    response: pageOf(pullRun),
  }),
  listPullNotes: endpoint({
    method: 'GET',
    path: `${pulls}/:id/runs/:runId/notes`,
    summary: 'Rows of a run that were turned away or corrected, with the reason',
    domain: DOMAIN,
    access: 'data.read',
    params: withId.extend({ runId: z.string().min(1).max(80) }),
    query: pageQuery.extend({ kind: z.enum(['rejected', 'corrected']).optional() }),
    response: pageOf(importNote),
  }),
};
