import { createHash, randomUUID } from 'node:crypto';
import {
  PULL_KINDS,
  type Pull,
  type PullConnection,
  type PullKind,
  type PullRun,
  type PullTarget,
  type pullEndpoints,
} from '@qianmian/contract';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Workspaces } from '../../governance/index.ts';
import { type Clock, isoOrNull, MINUTE } from '../../platform/clock.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { Ledger } from '../../platform/ledger.ts';
import type { Outgoing } from '../../platform/outgoing.ts';
import { seal, unseal } from '../../platform/sealed.ts';
import { timeZoneNamed } from '../../platform/zone.ts';
import { describeFile, describeTable } from '../describe-file.ts';
import { isCurrency } from '../files/currency-sign.ts';
import { parseMapping } from '../files/index.ts';
import type { ImportFile } from '../store.pg.ts';
import { openDatabase } from './database.ts';
import type { DatabaseConnection } from './dialect.ts';
import { hasEngine } from './engine.ts';
import { noFiles, notOfKind, paused, secretMissing } from './errors.ts';
import { openFolder } from './folder.ts';
import { within } from './patience.ts';
import type { Runs } from './runs.ts';
import { openS3 } from './s3.ts';
import type { Storage } from './storage.ts';
import type { PullRow, PullTables, RunRow, TablePosition } from './store.pg.ts';
import { cursorGiven, momentOf, planTable } from './table-rows.ts';

/** What secrets of places are sealed for. */
const PURPOSE = 'collect.pull';
const SAMPLE_ROWS = 100;
/** Characters that a sample holds in all, and those of a cell that tell what it is. */
const SAMPLE_CHARS = 16_000_000;
const CELL_CHARS = 20_000;
const LOOKED_TABLES = 1000;
const LOOKED_FILES = 200;
/** How long a look, and a sample or a check, may take: somebody waits. */
const LOOK_MS = 90_000;
const CHECK_MS = 120_000;
/** How long after a failure the source is tried again; each time it fails, longer. */
const BACK_OFF = [1, 5, 15, 60, 180, 360].map((minutes) => minutes * MINUTE);

type Body<E extends keyof typeof pullEndpoints> = z.output<(typeof pullEndpoints)[E]['body']>;
type Tried = Pick<Body<'lookAtPull'>, 'connection' | 'secret' | 'pullId'>;
type Db = ReturnType<Ledger['withTables']>;

/** Sources that are read on a schedule: where, what, when, and how they fare. The reading is in `run-pull.ts`. */
export function openPulls(parts: {
  ledger: Ledger;
  runs: Runs;
  jobs: Jobs;
  workspaces: Workspaces;
  outgoing: Outgoing;
  clock: Clock;
  /** The installation's own, by which passwords are sealed. */
  secret: Buffer;
  /** The folder in which each workspace has one of its id, below which its files may be read; null: nowhere. */
  folder: string | null;
}) {
  const { runs, clock, outgoing, workspaces } = parts;
  const db = parts.ledger.withTables<PullTables>();
  const now = () => new Date(clock.now());

  const joined = () =>
    db
      .selectFrom('collect_pull')
      .innerJoin('collect_source', 'collect_source.id', 'collect_pull.source')
      .selectAll('collect_pull')
      .select(['name', 'secret', 'created_at', 'paused_at', 'failing_since', 'last_error', 'last_error_at'])
      .where('revoked_at', 'is', null);

  async function row(workspace: string, id: string): Promise<PullRow> {
    const found = await joined()
      .where('collect_pull.workspace', '=', workspace)
      .where('source', '=', id)
      .executeTakeFirst();
    if (!found) throw notFound('pull', id);
    return found as PullRow;
  }

  async function shown(workspace: string, rows: PullRow[]): Promise<Pull[]> {
    const [last, files] = await Promise.all([runs.last(workspace), runs.filesRead(workspace)]);
    return rows.map((r) => presented(r, last.get(r.source) ?? null, files.get(r.source)));
  }

  const one = async (workspace: string, id: string): Promise<Pull> =>
    (await shown(workspace, [await row(workspace, id)]))[0]!;

  const secretOf = (r: PullRow) => (r.secret === null ? '' : (unseal(parts.secret, PURPOSE, r.secret) ?? ''));

  /** The secret of a connection: what is given, or what was given for the very same place before. */
  async function secretFor(workspace: string, { connection, secret, pullId }: Tried): Promise<string> {
    if (connection.kind === 'folder') return '';
    if (secret !== undefined) return secret;
    if (pullId === undefined) throw secretMissing();
    const kept = await row(workspace, pullId);
    if (!isSamePlace(kept.connection, connection)) throw secretMissing();
    return secretOf(kept);
  }

  function openStorage(
    workspace: string,
    connection: PullConnection,
    secret: string,
    signal?: AbortSignal,
  ): Promise<Storage> {
    if (connection.kind === 'folder') return openFolder(parts.folder, workspace, signal);
    if (connection.kind === 's3') return Promise.resolve(openS3(connection, secret, { outgoing, signal }));
    throw notOfKind();
  }

  const isDatabase = (connection: PullConnection): connection is DatabaseConnection =>
    connection.kind === 'postgresql' || connection.kind === 'mysql';

  /** Looks whether what is to be read is there, and whether its mapping fits. */
  const check = (
    workspace: string,
    connection: PullConnection,
    secret: string,
    target: PullTarget,
    mapping: Record<string, unknown>,
  ) =>
    within(CHECK_MS, undefined, (signal) =>
      checkWithin(signal, workspace, connection, secret, target, mapping),
    );

  async function checkWithin(
    signal: AbortSignal,
    workspace: string,
    connection: PullConnection,
    secret: string,
    target: PullTarget,
    mapping: Record<string, unknown>,
  ): Promise<void> {
    if (isDatabase(connection) !== (target.of === 'table')) throw notOfKind();
    if (!isDatabase(connection) || target.of !== 'table') {
      parseMapping(mapping);
      const storage = await openStorage(workspace, connection, secret, signal);
      if (target.of === 'files' && (await storage.list(target.pattern)).length === 0)
        throw noFiles(target.pattern);
      return;
    }
    const database = await openDatabase(connection, secret, { outgoing, signal });
    try {
      planTable(await database.table(target.schema, target.table), target, mapping);
    } finally {
      database.close();
    }
  }

  function checkChoice(choice: { currency: string; timeZone: string }): void {
    if (!isCurrency(choice.currency))
      throw new AppError({
        ...{ code: 'collect.bad_currency', status: 400 },
        detail: `"${choice.currency}" is no ISO 4217 currency, such as CNY or EUR.`,
        fields: { currency: 'must be an ISO 4217 code' },
      });
    if (timeZoneNamed(choice.timeZone) === null)
      throw new AppError({
        ...{ code: 'collect.bad_time_zone', status: 400 },
        detail: `"${choice.timeZone}" is no IANA time zone, such as Asia/Shanghai.`,
        fields: { timeZone: 'must be an IANA zone' },
      });
  }

  const enqueue = (r: Pick<PullRow, 'workspace' | 'source' | 'name'>) =>
    parts.jobs.enqueue({
      ...{ workspace: r.workspace, kind: 'collect.pull', subject: r.name },
      ...{ payload: { sourceId: r.source }, key: `collect.pull:${r.source}` },
    });

  async function patch(source: string, set: object, within: Db = db as never): Promise<void> {
    await (within as unknown as typeof db)
      .updateTable('collect_pull')
      .set(set as never)
      .where('source', '=', source)
      .execute();
  }

  /** Makes the next run now. */
  async function runSoon(
    workspace: string,
    id: string,
    trigger: 'asked' | 'replay',
    set = {},
  ): Promise<Pull> {
    const r = await row(workspace, id);
    if (r.paused_at) throw paused();
    await patch(id, { ...set, next_run_at: now(), next_trigger: trigger });
    await enqueue(r);
    return one(workspace, id);
  }

  async function look(workspace: string, given: Body<'lookAtPull'>, signal: AbortSignal) {
    const secret = await secretFor(workspace, given);
    const { connection } = given;
    if (isDatabase(connection)) {
      const database = await openDatabase(connection, secret, { outgoing, signal });
      try {
        const tables = await database.tables();
        return { tables: tables.slice(0, LOOKED_TABLES), files: [], isCut: tables.length > LOOKED_TABLES };
      } finally {
        database.close();
      }
    }
    const storage = await openStorage(workspace, connection, secret, signal);
    const files = await storage.list(given.pattern || '**');
    files.sort((a, b) => b.changedAt - a.changedAt || (a.path < b.path ? -1 : 1));
    return {
      tables: [],
      files: files.slice(0, LOOKED_FILES).map(({ path, bytes, changedAt }) => ({
        ...{ path, bytes, changedAt: new Date(changedAt).toISOString() },
      })),
      isCut: files.length > LOOKED_FILES,
    };
  }

  async function sample(
    workspace: string,
    given: Body<'samplePull'>,
    signal: AbortSignal,
  ): Promise<ImportFile> {
    const secret = await secretFor(workspace, given);
    const { connection } = given;
    if (!isDatabase(connection)) {
      const storage = await openStorage(workspace, connection, secret, signal);
      const pattern = given.pattern ?? '**';
      const newest = (await storage.list(pattern)).reduce<
        null | Awaited<ReturnType<Storage['list']>>[number]
      >((best, file) => (best === null || file.changedAt > best.changedAt ? file : best), null);
      if (!newest) throw noFiles(pattern);
      return storage.withFile(newest, async (path) => {
        const at = path.lastIndexOf('/');
        const described = await describeFile(path.slice(0, at), path.slice(at + 1), null);
        return { ...described, name: newest.path };
      });
    }
    const database = await openDatabase(connection, secret, { outgoing, signal });
    try {
      const table = await database.table(given.schema ?? '', given.table ?? '');
      const columns = table.columns.filter((column) => column.class !== 'unreadable');
      const cellChars = sampleChars(columns.length);
      const query = { table, columns, order: [], start: null, until: null, limit: SAMPLE_ROWS, cellChars };
      const rows = await database.page(query, true);
      return describeTable(table.table, {
        headers: columns.map((column) => column.name),
        sampleRows: rows.map((cells) =>
          Object.fromEntries(columns.map((column, i) => [column.name, cells[i] ?? null])),
        ),
      });
    } finally {
      database.close();
    }
  }

  return {
    row,
    one,
    secretOf,
    openStorage: (r: PullRow, secret: string, signal: AbortSignal) =>
      openStorage(r.workspace, r.connection, secret, signal),
    kinds: readableKinds(parts.folder),

    async list(workspace: string): Promise<Pull[]> {
      const rows = await joined()
        .where('collect_pull.workspace', '=', workspace)
        .orderBy('created_at')
        .execute();
      return shown(workspace, rows as PullRow[]);
    },

    /** Makes a connection and lists what can be read there. */
    look: (workspace: string, given: Body<'lookAtPull'>, gone?: AbortSignal) =>
      within(LOOK_MS, gone, (signal) => look(workspace, given, signal)),

    /** Some rows, and what their columns may mean; nothing is stored. */
    sample: (workspace: string, given: Body<'samplePull'>, gone?: AbortSignal) =>
      within(CHECK_MS, gone, (signal) => sample(workspace, given, signal)),

    async create(workspace: string, by: string, given: Body<'createPull'>): Promise<string> {
      const { connection, target, mapping, everyMinutes } = given;
      const secret = await secretFor(workspace, given);
      const home = await workspaces.get(workspace);
      const choice = { currency: given.currency ?? home.currency, timeZone: given.timeZone ?? home.timeZone };
      checkChoice(choice);
      await check(workspace, connection, secret, target, mapping);
      const id = `src_${randomUUID().slice(0, 13).replaceAll('-', '')}`;
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('collect_source')
          .values({
            ...{ id, workspace, name: given.name, kind: 'pull', created_at: now() },
            // Not of the form of a key: nobody sends events by it.
            write_key: `pull:${id}`,
            secret: secret === '' ? null : seal(parts.secret, PURPOSE, secret),
          } as never)
          .execute();
        await trx
          .insertInto('collect_pull')
          .values({
            ...{ source: id, workspace, origin: originOf(connection, target) },
            ...{ connection: JSON.stringify(connection), target: JSON.stringify(target) },
            ...{ mapping: JSON.stringify(mapping), currency: choice.currency, time_zone: choice.timeZone },
            ...{ every_minutes: everyMinutes, next_run_at: now(), created_by: by },
          } as never)
          .execute();
      });
      await enqueue({ workspace, source: id, name: given.name });
      return id;
    },

    /**
     * Changes what is given. Another table, cursor or key is read from its start, as is another server or database unless
     * it holds the same data; files that were read stay read.
     */
    async update(workspace: string, id: string, given: Body<'updatePull'>): Promise<void> {
      const before = await row(workspace, id);
      const connection = given.connection ?? before.connection;
      const target = given.target ?? before.target;
      const mapping = given.mapping ?? before.mapping;
      const choice = {
        currency: given.currency ?? before.currency,
        timeZone: given.timeZone ?? before.time_zone,
      };
      checkChoice(choice);
      const isRead = given.connection ?? given.target ?? given.mapping ?? given.secret;
      const secret = await secretFor(workspace, { connection, secret: given.secret, pullId: id });
      if (isRead !== undefined) await check(workspace, connection, secret, target, mapping);
      const isElsewhere =
        originOf(before.connection, before.target) !== originOf(connection, target) && !given.isSameData;
      const isOther =
        isOtherTable(before.target, target) || before.connection.kind !== connection.kind || isElsewhere;
      const every = given.everyMinutes === undefined ? before.every_minutes : given.everyMinutes;
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('collect_source')
          .set({
            name: given.name ?? before.name,
            ...(given.secret === undefined ? {} : { secret: seal(parts.secret, PURPOSE, given.secret) }),
            ...(given.isPaused === undefined
              ? {}
              : { paused_at: given.isPaused ? (before.paused_at ?? now()) : null }),
          })
          .where('id', '=', id)
          .execute();
        const resumed = given.isPaused === false && before.paused_at !== null;
        const isSoon = resumed || (isRead !== undefined && before.failures > 0);
        await patch(
          id,
          {
            ...{ connection: JSON.stringify(connection), target: JSON.stringify(target) },
            ...{ mapping: JSON.stringify(mapping), currency: choice.currency, time_zone: choice.timeZone },
            every_minutes: every,
            ...(isOther
              ? { position: null, epoch: sql`epoch + 1`, origin: originOf(connection, target) }
              : {}),
            ...(isSoon
              ? { next_run_at: now() }
              : every === before.every_minutes
                ? {}
                : { next_run_at: every === null ? null : new Date(clock.now() + every * MINUTE) }),
          },
          trx as never,
        );
      });
      if (given.isPaused === false) await enqueue(await row(workspace, id));
    },

    async remove(workspace: string, id: string): Promise<void> {
      await row(workspace, id);
      await db.transaction().execute(async (trx) => {
        // What opens the place is gone with it.
        await trx
          .updateTable('collect_source')
          .set({ revoked_at: now(), secret: null })
          .where('id', '=', id)
          .execute();
        await patch(id, { next_run_at: null, position: null, epoch: sql`epoch + 1` }, trx as never);
      });
    },

    runNow: (workspace: string, id: string) => runSoon(workspace, id, 'asked'),

    /** Reads again: from a value of the cursor, from files changed since a moment, or from the start. */
    async replay(workspace: string, id: string, from: string | null): Promise<Pull> {
      const r = await row(workspace, id);
      if (r.paused_at) throw paused();
      if (r.target.of === 'files') {
        const since = from === null ? null : new Date(from);
        if (since && Number.isNaN(since.getTime()))
          throw new AppError({
            ...{ code: 'pull.bad_cursor', status: 422 },
            detail: `"${from}" is no moment; write it like 2026-11-22T08:00:00Z.`,
            fields: { from: 'must be a moment' },
          });
        await db.transaction().execute(async (trx) => {
          await patch(id, { epoch: sql`epoch + 1` }, trx as never);
          await runs.forgetFiles(id, since, trx);
        });
        return runSoon(workspace, id, 'replay');
      }
      const position = from === null ? null : await positionAt(r, from);
      const set = { position: position && JSON.stringify(position), epoch: sql`epoch + 1` };
      return runSoon(workspace, id, 'replay', set);
    },

    /** Puts every source that is due into the queue. */
    async enqueueDue(): Promise<void> {
      const due = await db
        .selectFrom('collect_pull')
        .innerJoin('collect_source', 'collect_source.id', 'collect_pull.source')
        .select(['source', 'name', 'collect_pull.workspace as workspace'])
        .where('next_run_at', '<=', now())
        .where('paused_at', 'is', null)
        .where('revoked_at', 'is', null)
        .orderBy('next_run_at')
        .limit(1000)
        .execute();
      for (const r of due) await enqueue(r);
    },

    /**
     * Says when a source is read next, after a run went well; one that was cut off goes on at once, and one that left
     * files that were being written in a minute.
     */
    async wentWell(r: PullRow, end: 'done' | 'part' | 'waiting'): Promise<void> {
      const every = end === 'part' ? 0 : end === 'waiting' ? 1 : r.every_minutes;
      await patch(r.source, {
        ...{ failures: 0, last_error_code: null, next_trigger: 'schedule' },
        next_run_at: every === null ? null : new Date(clock.now() + every * MINUTE),
      });
      await db
        .updateTable('collect_source')
        .set({ failing_since: null })
        .where('id', '=', r.source)
        .execute();
    },

    /** Says that a run failed: the next one is made later each time. */
    async wentWrong(r: PullRow, fault: { code: string; detail: string }): Promise<void> {
      const wait = BACK_OFF[Math.min(r.failures, BACK_OFF.length - 1)]!;
      await patch(r.source, {
        failures: sql`failures + 1`,
        last_error_code: fault.code,
        next_run_at: r.every_minutes === null ? null : new Date(clock.now() + wait),
      });
      await db
        .updateTable('collect_source')
        .set({
          failing_since: sql`coalesce(failing_since, ${now()})` as never,
          ...{ last_error: fault.detail, last_error_at: now() },
        })
        .where('id', '=', r.source)
        .execute();
    },
  };

  async function positionAt(r: PullRow, from: string): Promise<TablePosition> {
    if (r.target.of !== 'table') throw notOfKind();
    const { target } = r;
    const database = await openDatabase(r.connection as DatabaseConnection, secretOf(r), { outgoing });
    try {
      const table = await database.table(target.schema, target.table);
      const cursor = planTable(table, target, r.mapping).order[0]!;
      const value = cursorGiven(from, cursor);
      return { cursor: value, key: [], readTo: momentOf(value) || 0, isPart: false, seen: [] };
    } finally {
      database.close();
    }
  }
}
export type Pulls = ReturnType<typeof openPulls>;

/** Characters of a cell of a sample: many columns share what there is room for. */
const sampleChars = (columns: number) =>
  Math.min(CELL_CHARS, Math.ceil(SAMPLE_CHARS / SAMPLE_ROWS / Math.max(1, columns)));

/** Kinds that can be read by this installation. */
function readableKinds(folder: string | null): PullKind[] {
  const hasDatabases = hasEngine();
  return PULL_KINDS.filter((kind) =>
    kind === 's3' ? true : kind === 'folder' ? folder !== null : hasDatabases,
  );
}

/** Where the secret would go: it must never go anywhere else. */
function isSamePlace(one: PullConnection, other: PullConnection): boolean {
  const place = (c: PullConnection) =>
    c.kind === 's3'
      ? [c.kind, c.endpoint, c.addressing === 'host' ? c.bucket : '', c.addressing, c.accessKey]
      : c.kind === 'folder'
        ? [c.kind]
        : [c.kind, c.host, c.port, c.user, c.kind === 'postgresql' ? c.tls : ''];
  return JSON.stringify(place(one)) === JSON.stringify(place(other));
}

function isOtherTable(one: PullTarget, other: PullTarget): boolean {
  if (one.of !== 'table' || other.of !== 'table') return one.of !== other.of;
  const read = ({ schema, table, cursor, key }: typeof one) => JSON.stringify([schema, table, cursor, key]);
  return read(one) !== read(other);
}

/** The same table of the same server has the same, whoever reads it: its rows are the same rows. */
function originOf(connection: PullConnection, target: PullTarget): string {
  const place =
    target.of === 'table' && 'host' in connection
      ? [connection.kind, connection.host, connection.port, connection.database, target.schema, target.table]
      : [connection.kind];
  return createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 10);
}

/** A run as it is told. */
export function presentedRun(run: RunRow): PullRun {
  return {
    ...{ id: run.id, state: run.state as PullRun['state'], trigger: run.trigger as PullRun['trigger'] },
    ...{ startedAt: run.started_at.toISOString(), endedAt: isoOrNull(run.ended_at) },
    ...{ rows: Number(run.rows), rejected: Number(run.rejected), corrected: Number(run.corrected) },
    ...{ files: run.files, errorCode: run.error_code, error: run.error },
  };
}

function presented(r: PullRow, last: RunRow | null, files?: { files: number; newest: Date | null }): Pull {
  return {
    ...{ id: r.source, name: r.name, connection: r.connection, target: r.target, mapping: r.mapping },
    state: r.paused_at ? 'paused' : r.failing_since ? 'failing' : 'active',
    ...{ currency: r.currency, timeZone: r.time_zone, everyMinutes: r.every_minutes },
    position:
      r.target.of === 'table'
        ? { of: 'table', cursor: r.position?.cursor ?? null, key: r.position?.key ?? [] }
        : { of: 'files', files: files?.files ?? 0, newest: isoOrNull(files?.newest ?? null) },
    isRunning: last?.state === 'running',
    nextRunAt: r.paused_at ? null : isoOrNull(r.next_run_at),
    ...{ failures: r.failures, lastErrorCode: r.last_error_code, lastError: r.last_error },
    lastErrorAt: isoOrNull(r.last_error_at),
    lastRun: last && presentedRun(last),
    ...{ rows: Number(r.rows), createdAt: r.created_at.toISOString(), createdBy: r.created_by },
  };
}
