import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Workspaces } from '../governance/index.ts';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { Hash64Map, hash64 } from '../platform/hash64.ts';
import { type JobContext, type Jobs, stopReason } from '../platform/jobs.ts';
import { clip } from '../platform/text.ts';
import type { Collector } from './collector.ts';
import type { Fact } from './facts.ts';
import {
  createRowMapper,
  type Mapping,
  noteText,
  parseMapping,
  presetFile,
  presetNamed,
  type RowMapper,
  type RowOutcome,
  readRows,
  type SniffedFile,
  sniffFile,
} from './files/index.ts';
import { type ImportRuns, NOTHING } from './import-runs.ts';
import type { CollectWarehouse, NoteRow } from './store.ch.ts';
import type { ImportFile, ImportTotals } from './store.pg.ts';
import { untellImport } from './untell-import.ts';

const payload = z.object({ importId: z.string() });

const MAY_RUN = ['queued', 'running', 'failed', 'cancelled'];
/** Facts stored at once. */
const CHUNK = 10_000;
/** Rows after which it is asked whether to say how far it is. */
const ROWS_A_LOOK = 500;
const TELL_EVERY_MS = 250;
/** How much smaller Excel and Parquet files are than the text of their rows, roughly. */
const PACKED_TIMES = 6;

/** Things are read before what happened to them. */
const ORDER: Record<string, number> = { products: 0, stores: 1, customers: 2, orderLines: 3, events: 4 };

interface PlannedFile {
  file: ImportFile;
  sniffed: SniffedFile;
  mapping: Mapping;
  mapper: RowMapper;
}

/** Takes back what other domains derived from an import. */
export type UndoImport = (workspace: string, importId: string, version: number) => Promise<void>;

/** Registers the work of imports: reading files into facts, and taking an import back out. */
export function importJobs(
  jobs: Jobs,
  parts: {
    runs: ImportRuns;
    collector: Collector;
    warehouse: CollectWarehouse;
    workspaces: Workspaces;
    undoers: readonly UndoImport[];
    bus: Bus;
    clock: Clock;
  },
): void {
  const { runs, collector, warehouse, bus, clock } = parts;

  jobs.handle({
    kind: 'collect.import',
    payload,
    maxAttempts: 3,
    run: ({ importId }, context) => importFiles(importId, context, parts),
    failed: async ({ importId }, { workspace, error }) => {
      await runs.patch(workspace, importId, { state: 'failed', error, finished_at: new Date(clock.now()) });
    },
    cancelled: async ({ importId }, { workspace }) => {
      await runs.move(workspace, importId, ['queued', 'running'], 'cancelled');
    },
  });

  jobs.handle({
    kind: 'collect.import_undo',
    payload,
    async run({ importId }, { workspace, progress }) {
      // A job that is run again by hand must not take out what was started again since.
      if (!(await runs.move(workspace, importId, ['undoing', 'failed'], 'undoing'))) return;
      await collector.exclusively(async () => {
        const version = clock.now() * 1000;
        await untellImport(warehouse, workspace, importId, version);
        await progress(0.3);
        await warehouse.deleteImport(workspace, importId);
        await progress(0.5);
        for (const undo of parts.undoers) await undo(workspace, importId, version);
        await collector.recall();
      });
      await runs.patch(workspace, importId, {
        state: 'undone',
        totals: JSON.stringify(NOTHING),
        finished_at: new Date(clock.now()),
      });
      await runs.removeFiles(workspace, importId);
      await bus.announce('collect.undone', { workspace });
    },
    failed: async ({ importId }, { workspace, error }) => {
      await runs.patch(workspace, importId, { state: 'failed', error: `Undo failed: ${error}` });
    },
  });
}

/**
 * Reads every file of an import and stores its facts. Stopped anywhere, it is run again from the start: each row carries
 * the same key, so nothing is stored twice. The tokens of a run are its own: what was taken out or said otherwise since
 * an earlier one has to be written again.
 */
async function importFiles(
  importId: string,
  context: JobContext,
  { runs, collector, warehouse, workspaces, bus, clock }: Parameters<typeof importJobs>[1],
): Promise<void> {
  const { workspace, signal } = context;
  const run = await runs.row(workspace, importId);
  // A job that is run again by hand must not bring back what was undone since.
  if (!(await runs.move(workspace, importId, MAY_RUN, 'running'))) return;
  const { currency, country } = await workspaces.get(workspace);
  const now = clock.now();
  const options = { currency, country, fileCurrency: run.currency, timeZone: run.time_zone, now };
  const plan: PlannedFile[] = [];
  for (const file of run.files) {
    if (file.role === null) continue;
    const sniffed = await sniffFile(runs.pathOf(workspace, importId, file.name));
    const mapping = mappingOf(file, run.preset, sniffed);
    plan.push({ file, sniffed, mapping, mapper: createRowMapper(mapping, options) });
  }
  plan.sort((a, b) => (ORDER[a.mapping.kind] ?? 9) - (ORDER[b.mapping.kind] ?? 9));
  const tally = new Tally();
  const runToken = `import:${importId}:${randomUUID()}`;
  const bytes = plan.reduce((sum, p) => sum + p.file.bytes, 0);
  let bytesDone = 0;
  let chunk = 0;
  let facts: Fact[] = [];
  let notes: NoteRow[] = [];

  const store = async () => {
    if (signal.aborted) return;
    const token = `${runToken}:${chunk}`;
    chunk += 1;
    const { said } = await collector.store({
      workspace,
      source: 'import',
      importId,
      receivedAt: run.created_at.getTime(),
      token,
      facts,
    });
    for (const id of said.personIds) tally.people.add(id);
    await warehouse.insertNotes(notes, `${token}:note`);
    facts = [];
    notes = [];
  };

  for (const { file, sniffed, mapper } of plan) {
    const path = runs.pathOf(workspace, importId, file.name);
    const note = (outcome: RowOutcome, at: number, raw: string) => {
      tally.count(outcome);
      for (const fact of outcome.facts) facts.push(fact);
      const add = (kind: NoteRow['kind'], n: RowOutcome['corrections'][number]) =>
        notes.push({
          workspace,
          import_id: importId,
          kind,
          file: file.name,
          row: n.row ?? at,
          code: n.code,
          field: n.field ?? '',
          message: noteText(n),
          raw: clip(raw, 2000),
          version: run.created_at.getTime(),
        });
      for (const n of outcome.corrections) add('corrected', n);
      if (outcome.rejection) add('rejected', outcome.rejection);
    };
    let rows = 0;
    let bytesRead = 0;
    const tell = telling(() => {
      const share = isRead(sniffed) ? bytesRead / file.bytes : rows / (rows + rowsLeft(sniffed, file, rows));
      return context.progress(
        (bytesDone + Math.min(0.95, share) * file.bytes) / bytes,
        `${file.name}: ${rows.toLocaleString('en')} rows`,
      );
    });
    const onBytes = (more: number) => {
      bytesRead += more;
    };
    for await (const row of readRows(path, sniffed, { onBytes })) {
      if (signal.aborted) break;
      rows += 1;
      note(mapper.map(row), row.row, row.raw);
      if (facts.length >= CHUNK || notes.length >= CHUNK) await store();
      if (rows % ROWS_A_LOOK === 0) await tell();
    }
    const end = mapper.finish();
    const closed = end.facts.filter((fact) => fact.kind === 'closedOrder');
    note({ ...end, facts: end.facts.filter((fact) => fact.kind !== 'closedOrder') }, rows, '');
    tally.rows += rows;
    file.rowsRead = rows;
    bytesDone += file.bytes;
    await store();
    for (let at = 0; at < closed.length; at += CHUNK) {
      facts = closed.slice(at, at + CHUNK);
      await store();
    }
    if (signal.aborted) {
      await runs.move(
        workspace,
        importId,
        ['running'],
        stopReason(signal) === 'cancelled' ? 'cancelled' : 'queued',
      );
      return;
    }
  }
  const counts = await warehouse.noteCounts(workspace, [importId]);
  const totals: ImportTotals = {
    ...tally.totals(),
    rejected: counts.find((c) => c.kind === 'rejected' && c.code === '')?.rows ?? 0,
    corrected: counts.find((c) => c.kind === 'corrected' && c.code === '')?.rows ?? 0,
    added: await runs.onlyFrom(workspace, importId),
  };
  await runs.patch(workspace, importId, {
    state: 'done',
    totals: JSON.stringify(totals),
    files: JSON.stringify(run.files),
    finished_at: new Date(clock.now()),
  });
  await bus.announce('collect.stored', {
    workspace,
    personIds: [],
    couponUses: [],
    hasOrders: true,
    hasTraits: true,
  });
}

function mappingOf(file: ImportFile, preset: string | null, sniffed: SniffedFile): Mapping {
  if (file.mapping) return parseMapping(file.mapping);
  const known = preset ? presetFile(presetNamed(preset), sniffed.headers) : undefined;
  if (!known) throw new Error(messageOf(`${file.name} has no mapping`));
  return known.mapping;
}

/** Whether the file's bytes are read as its rows are: of a table that is opened whole, rows are counted instead. */
function isRead({ format }: SniffedFile): boolean {
  return format === 'csv' || format === 'json' || format === 'jsonl';
}

/** A rough number of rows to come, for the progress bar only. */
function rowsLeft(sniffed: SniffedFile, { bytes }: ImportFile, rows: number): number {
  const sample = sniffed.sampleRows.map((r) => JSON.stringify(Object.values(r)).length);
  const average = sample.length === 0 ? 100 : sample.reduce((a, b) => a + b, 0) / sample.length;
  return Math.max(1, (bytes * PACKED_TIMES) / Math.max(10, average) - rows);
}

/** Says how far it is, but not more often than anyone looks. */
function telling(tell: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TELL_EVERY_MS) return;
    await tell();
    last = performance.now();
  };
}

/** What the files hold, counted while they are read. */
class Tally {
  rows = 0;
  readonly people = new Set<number>();
  readonly #orders = new Hash64Map();
  readonly #products = new Hash64Map();
  readonly #stores = new Hash64Map();
  #sales = 0;
  #returns = 0;
  readonly #hash = new Uint32Array(2);

  count(outcome: RowOutcome): void {
    for (const fact of outcome.facts) {
      if (fact.kind === 'product') this.#add(this.#products, fact.productId);
      else if (fact.kind === 'store') this.#add(this.#stores, fact.storeId);
      else if (fact.kind === 'orderLine') {
        if (fact.lineKind === 'sale') {
          this.#add(this.#orders, fact.orderId);
          this.#sales += fact.netCents;
        } else this.#returns -= fact.netCents;
      }
    }
  }

  #add(to: Hash64Map, id: string): void {
    hash64(id, this.#hash);
    to.set(this.#hash[0]!, this.#hash[1]!, 1);
  }

  totals(): Omit<ImportTotals, 'rejected' | 'corrected' | 'added'> {
    return {
      rows: this.rows,
      orders: this.#orders.size,
      people: this.people.size,
      products: this.#products.size,
      stores: this.#stores.size,
      salesCents: this.#sales,
      returnsCents: this.#returns,
    };
  }
}
