import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Outgoing } from '../../platform/outgoing.ts';
import type { Collector } from '../collector.ts';
import type { Fact } from '../facts.ts';
import {
  createRowMapper,
  type MapperOptions,
  type Mapping,
  mappingGaps,
  parseMapping,
  readRows,
  sniffFile,
} from '../files/index.ts';
import type { CollectWarehouse } from '../store.ch.ts';
import { type Database, openDatabase } from './database.ts';
import type { DatabaseConnection, PageStart } from './dialect.ts';
import { isChanging, isTooBig } from './errors.ts';
import { addKeyless, digestOf, endRows, type MappedRows, mapRow, noRows } from './map-rows.ts';
import type { Runs } from './runs.ts';
import type { RemoteFile, Storage } from './storage.ts';
import type { PullRow, RunRow, TablePosition } from './store.pg.ts';
import { looksForPutBack, planTable, rowsFrom, startOf, untilOf } from './table-rows.ts';

/** After so long a run ends, and another goes on: other sources have their turn in between. */
const RUN_MS = 4 * MINUTE;
/** Rows asked for at first, and at most. */
const FIRST_PAGE = 1000;
const MOST_ROWS = 10_000;
/** What a page should weigh at most: the next is smaller or larger accordingly. */
const PAGE_CHARS = 6_000_000;
/** Rows of a file between two steps of its place. */
const FILE_STEP = 10_000;
/** Facts of one record of the journal. */
const RECORD_FACTS = 2000;
/** Journal bytes that wait to be stored before more rows are read: what arrives by itself goes first. */
const LAG_BYTES = 16 * 1024 * 1024;
/** Rows remembered, to be passed over when they are met again within the overlap. */
const REMEMBERED = 2000;

/** What a run may use. */
export interface Running {
  pull: PullRow;
  run: RunRow;
  secret: string;
  /** The workspace's currency. */
  home: string;
  /** Where phone numbers without a country code are from. */
  country: string | null;
  signal: AbortSignal;
  now: number;
}

/** How rows are read: amounts in another currency than the workspace's are turned away. */
function optionsOf({ pull, home, country, now }: Running): MapperOptions {
  return { currency: home, country, fileCurrency: pull.currency, timeZone: pull.time_zone, now };
}

/** How a run ended: with all that is new, before that, but for files that are being written, or as someone stopped it. */
export type RunEnd = 'done' | 'part' | 'waiting' | 'stopped';

/** Says that the source was changed, paused or deleted while it was read. */
class Stopped extends Error {}

/** Reads what is new in a source. Each page is durable in the journal before the place moves behind it. */
export function openRunner(parts: {
  collector: Pick<Collector, 'acceptPulled' | 'lag'>;
  warehouse: Pick<CollectWarehouse, 'insertNotes'>;
  runs: Runs;
  outgoing: Outgoing;
  openStorage(pull: PullRow, secret: string, signal: AbortSignal): Promise<Storage>;
}) {
  const { collector, warehouse, runs } = parts;

  /** Makes what rows became durable: the facts in the journal, the reasons in the warehouse. */
  async function keep({ pull, run, signal, now }: Running, mapped: MappedRows): Promise<void> {
    const { workspace, source } = pull;
    while (collector.lag().bytes > LAG_BYTES) await sleep(50, undefined, { signal });
    const events = mapped.facts.filter((fact) => fact.kind === 'event').length;
    let others = Math.max(0, mapped.rows - mapped.rejected.length - events);
    let rejected: readonly string[] = mapped.rejected;
    for (let at = 0; at < mapped.facts.length || at === 0; at += RECORD_FACTS) {
      const facts: Fact[] = mapped.facts.slice(at, at + RECORD_FACTS);
      if (facts.length + rejected.length + others === 0) break;
      await collector.acceptPulled(workspace, source, { facts, others, rejected });
      [others, rejected] = [0, []];
    }
    await warehouse.insertNotes(
      mapped.notes.map((note) => ({ ...note, workspace, import_id: run.id, version: now })),
      `pull:${run.id}:${run.rows}:${mapped.rows}`,
    );
  }

  /** Moves the place behind what was kept; where that is no longer ours to do, the run ends. */
  async function moveOn(
    running: Running,
    mapped: MappedRows,
    place: Parameters<Runs['advance']>[2],
  ): Promise<void> {
    const { run } = running;
    const isOurs = await runs.advance(running.pull, run.id, place, {
      rows: mapped.rows,
      rejected: mapped.rejected.length,
      corrected: mapped.corrected,
    });
    if (!isOurs) throw new Stopped();
    run.rows = String(Number(run.rows) + mapped.rows);
  }

  async function readTable(running: Running, endsAt: number): Promise<RunEnd> {
    const { pull, run, signal } = running;
    if (pull.target.of !== 'table') return 'done';
    const connection = pull.connection as DatabaseConnection;
    const { outgoing } = parts;
    const database = await openDatabase(connection, running.secret, { outgoing, signal });
    try {
      const table = await database.table(pull.target.schema, pull.target.table);
      const plan = planTable(table, pull.target, pull.mapping);
      const cursor = plan.order[0]!;
      const readTo = await database.now();
      const until = untilOf(readTo, cursor);
      let place: TablePosition | null = pull.position;
      let start: PageStart = startOf(place, cursor, pull.target.overlap, readTo);
      const goesBack = looksForPutBack(place, cursor, readTo);
      let met = 0;
      let keyless = await database.keyless({ table, ...plan, behind: place?.keyless ?? null, until });
      /** Says once in a run which rows have no key; it is remembered with the place. */
      const tellKeyless = (mapped: MappedRows, at: TablePosition | null): TablePosition | null => {
        if (!keyless) return at;
        const [, ...key] = plan.order.map((column) => column.name);
        addKeyless(mapped, keyless.rows, key, table.table);
        const { last } = keyless;
        keyless = null;
        return at && { ...at, keyless: last };
      };
      let limit = FIRST_PAGE;
      for (;;) {
        signal.throwIfAborted();
        const page = await pageOf(database, { table, ...plan, start, until, limit });
        limit = page.limit;
        const rows = rowsFrom(page.rows, plan, { origin: pull.origin, firstRow: 1 });
        const last = rows.at(-1);
        if (!last) {
          const mapped = noRows();
          const isUntold = keyless !== null;
          const ended = tellKeyless(mapped, place?.isPart ? { ...place, isPart: false, readTo } : place);
          if (isUntold) await keep(running, mapped);
          if (isUntold || place?.isPart) await moveOn(running, mapped, { position: ended });
          return 'done';
        }
        const seen = new Set(place?.seen ?? []);
        const digests = rows.map(({ row }) => digestOf(row.raw));
        const fresh = rows.filter((_, i) => !seen.has(digests[i]!));
        met += rows.length;
        const mapped = mapTable(plan.mapping, running, fresh, Number(run.rows));
        const isLast = page.rows.length < limit;
        place = {
          cursor: last.place[0]!,
          key: last.place.slice(1),
          ...{ readTo, isPart: !isLast },
          seen: [...new Set([...seen, ...digests])].slice(-REMEMBERED),
          ...(place?.keyless === undefined ? {} : { keyless: place.keyless }),
          ...wentBack(place?.wentBack, goesBack && met > REMEMBERED, readTo),
        };
        place = tellKeyless(mapped, place);
        if (mapped.rows > 0) await keep(running, mapped);
        await moveOn(running, mapped, { position: place });
        if (isLast) return 'done';
        if (Date.now() >= endsAt) return 'part';
        start = { after: last.place };
        limit = nextLimit(page.rows, limit);
      }
    } finally {
      database.close();
    }
  }

  function mapTable(mapping: Mapping, running: Running, rows: ReturnType<typeof rowsFrom>, before: number) {
    const { pull } = running;
    const mapper = createRowMapper(mapping, optionsOf(running));
    const mapped = noRows();
    const file = pull.target.of === 'table' ? pull.target.table : '';
    for (const [i, { row }] of rows.entries()) mapRow(mapped, mapper, { ...row, row: before + i + 1 }, file);
    endRows(mapped, mapper, file, before + rows.length);
    return mapped;
  }

  async function readFiles(running: Running, endsAt: number): Promise<RunEnd> {
    const { pull, signal } = running;
    if (pull.target.of !== 'files') return 'done';
    const storage = await parts.openStorage(pull, running.secret, signal);
    const found = await storage.list(pull.target.pattern);
    found.sort((a, b) => a.changedAt - b.changedAt || (a.path < b.path ? -1 : 1));
    const known = await runs.files(pull.source);
    let isLeft = false;
    for (const file of found) {
      signal.throwIfAborted();
      const before = known.get(file.path);
      const isSame = before?.version === file.version;
      if (isSame && before.is_done) continue;
      if (file.mayGrow) {
        isLeft = true;
        continue;
      }
      try {
        await storage.withFile(file, (path) =>
          readFile(running, file, path, isSame ? Number(before.rows_done) : 0),
        );
      } catch (error) {
        if (!isChanging(error)) throw error;
        isLeft = true;
      }
      if (Date.now() >= endsAt) return 'part';
    }
    return isLeft ? 'waiting' : 'done';
  }

  /**
   * Reads a file from its beginning: line ids and duplicates depend on the rows before. What was kept already is mapped
   * again and left out.
   */
  async function readFile(running: Running, file: RemoteFile, path: string, done: number): Promise<void> {
    const { pull, signal } = running;
    const unreadable = async (code: string, message: string) => {
      const mapped = { ...noRows(), rows: 1, rejected: [code] };
      mapped.notes.push({ kind: 'rejected', file: file.path, row: 0, code, field: '', message, raw: '' });
      await keep(running, mapped);
      await moveOn(running, mapped, { file, rowsDone: 0, isDone: true, error: message });
    };
    let mapped = noRows();
    let row = 0;
    const step = async (isDone: boolean) => {
      const isNew = row > done || isDone;
      if (isNew) await keep(running, mapped);
      if (isNew) await moveOn(running, mapped, { file, rowsDone: row, isDone, error: null });
      mapped = noRows();
    };
    try {
      const sniffed = await sniffFile(path);
      const mapping = parseMapping(pull.mapping);
      const gaps = Object.values(mappingGaps(mapping, sniffed.headers));
      if (gaps.length > 0) return await unreadable('mapping_misfit', gaps.join('; '));
      const mapper = createRowMapper(mapping, optionsOf(running));
      for await (const one of readRows(path, sniffed)) {
        signal.throwIfAborted();
        row += 1;
        mapRow(mapped, mapper, one, file.path);
        if (row === done) mapped = noRows();
        else if (row > done && row % FILE_STEP === 0) await step(false);
      }
      endRows(mapped, mapper, file.path, row);
      await step(true);
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('collect.')) throw error;
      await unreadable('unreadable_file', error.detail);
    }
  }

  return async function runPull(running: Running): Promise<RunEnd> {
    const endsAt = Date.now() + RUN_MS;
    try {
      return await (running.pull.target.of === 'table' ? readTable : readFiles)(running, endsAt);
    } catch (error) {
      if (error instanceof Stopped) return 'stopped';
      throw error;
    }
  };
}

/** A page; where its rows are too big for one, of fewer rows. */
async function pageOf(
  database: Database,
  query: Parameters<Database['page']>[0],
): Promise<{ rows: Awaited<ReturnType<Database['page']>>; limit: number }> {
  let { limit } = query;
  for (;;) {
    try {
      return { rows: await database.page({ ...query, limit }), limit };
    } catch (error) {
      if (!isTooBig(error) || limit <= 1) throw error;
      limit = Math.max(1, limit >> 3);
    }
  }
}

/** Few rows are remembered one by one and cost nothing when they are met again; more are not met by each run. */
function wentBack(before: number | undefined, isNow: boolean, now: number): { wentBack?: number } {
  if (isNow) return { wentBack: now };
  return before === undefined ? {} : { wentBack: before };
}

/** How many rows the next page should have, by what this one weighed. */
function nextLimit(rows: readonly (string | null)[][], limit: number): number {
  let chars = 1;
  for (const row of rows) for (const cell of row) chars += (cell?.length ?? 0) + 3;
  return Math.max(1, Math.min(MOST_ROWS, limit * 4, Math.floor((limit * PAGE_CHARS) / chars)));
}
