import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImportAdded, ImportRun } from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import { type Clock, isoOrNull } from '../platform/clock.ts';
import { AppError, notFound } from '../platform/errors.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Ledger } from '../platform/ledger.ts';
import { timeZoneNamed } from '../platform/zone.ts';
import { describeFile, seen } from './describe-file.ts';
import { isCurrency } from './files/currency-sign.ts';
import {
  knownPreset,
  type Mapping,
  parseMapping,
  presetFile,
  presetNamed,
  requireFit,
  sniffFile,
  storedName,
} from './files/index.ts';
import type { CollectWarehouse } from './store.ch.ts';
import type { CollectTables, ImportFile, ImportTotals } from './store.pg.ts';
import { removeOldUploads, requireUpload, uploadFolder } from './uploads.ts';

type Row = Omit<CollectTables['collect_import'], 'files' | 'totals'> & {
  files: ImportFile[];
  totals: ImportTotals;
};

/** A file handed in for import. */
export interface UploadedFile {
  name: string;
  content: Readable;
}

export const NOTHING: ImportTotals = {
  rows: 0,
  orders: 0,
  people: 0,
  products: 0,
  stores: 0,
  salesCents: 0,
  returnsCents: 0,
  rejected: 0,
  corrected: 0,
};
const MAY_START = ['draft', 'failed', 'cancelled'];
const MAY_UNDO = ['done', 'failed', 'cancelled'];

/** How much of what other domains keep is known only because of an import. */
export type CountOnlyFrom = (
  workspace: string,
  importId: string,
) => Promise<Pick<ImportAdded, 'people' | 'products' | 'stores'>>;

/** Imports as people see them: drafts, runs, what became of each row. The work itself is in `import-job.ts`. */
export function openImportRuns(parts: {
  countOnlyFrom: CountOnlyFrom;
  ledger: Ledger;
  warehouse: CollectWarehouse;
  workspaces: Workspaces;
  jobs: Jobs;
  clock: Clock;
  dataDir: string;
}) {
  const db = parts.ledger.withTables<CollectTables>();

  async function row(workspace: string, id: string): Promise<Row> {
    const found = await db
      .selectFrom('collect_import')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!found) throw notFound('import', id);
    return found;
  }

  const present = async (r: Row): Promise<ImportRun> => (await presentAll(r.workspace, [r]))[0]!;

  async function presentAll(workspace: string, rows: readonly Row[]): Promise<ImportRun[]> {
    const counts = await parts.warehouse.noteCounts(
      workspace,
      rows.map((r) => r.id),
    );
    return Promise.all(
      rows.map(async (r) => ({
        id: r.id,
        state: r.state as ImportRun['state'],
        preset: r.preset,
        ...currencyOf(r),
        timeZone: r.time_zone,
        files: r.files,
        progress: await progressOf(r),
        totals: r.totals,
        reasons: counts
          .filter((c) => c.import_id === r.id && c.code !== '')
          .map(({ import_id: _, ...reason }) => reason),
        error: r.error,
        createdAt: r.created_at.toISOString(),
        finishedAt: isoOrNull(r.finished_at),
        createdBy: r.created_by,
      })),
    );
  }

  async function progressOf(r: Row): Promise<number | null> {
    if (r.state !== 'running' && r.state !== 'undoing') return null;
    const job = r.job_id ? await parts.jobs.get(r.workspace, r.job_id).catch(() => null) : null;
    return job?.progress ?? 0;
  }

  const folderOf = (workspace: string, id: string) => uploadFolder(parts.dataDir, workspace, id);

  async function patch(
    workspace: string,
    id: string,
    set: Partial<Record<keyof Row, unknown>>,
  ): Promise<void> {
    await db
      .updateTable('collect_import')
      .set(set as never)
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .execute();
  }

  /** Moves to another state only from the states named; answers whether it did. */
  async function move(workspace: string, id: string, from: readonly string[], to: string): Promise<boolean> {
    const moved = await db
      .updateTable('collect_import')
      .set({ state: to })
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('state', 'in', from)
      .executeTakeFirst();
    return Number(moved.numUpdatedRows) > 0;
  }

  /** Puts the work of a state into the queue; the state and the job change together, from the states named only. */
  async function begin(
    workspace: string,
    id: string,
    from: string[],
    to: string,
    kind: string,
    verb: string,
  ): Promise<ImportRun> {
    const r = await row(workspace, id);
    const moved = await db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('collect_import')
        .set({ state: to, error: null, finished_at: null })
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .where('state', 'in', from)
        .executeTakeFirst();
      if (Number(numUpdatedRows) === 0) return false;
      const job = await parts.jobs.enqueue(
        {
          workspace,
          kind,
          subject: r.files
            .map((f) => f.name)
            .join(', ')
            .slice(0, 200),
          payload: { importId: id },
          key: `${kind}:${id}`,
        },
        trx as never,
      );
      await trx
        .updateTable('collect_import')
        .set({ job_id: job })
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .execute();
      return true;
    });
    const now = await row(workspace, id);
    if (!moved) throw wrongState(now, `it cannot be ${verb} now`);
    return present(now);
  }

  async function onlyFrom(workspace: string, id: string): Promise<ImportAdded> {
    const [facts, things] = await Promise.all([
      parts.warehouse.onlyFromImport(workspace, id),
      parts.countOnlyFrom(workspace, id),
    ]);
    return { ...facts, ...things };
  }

  return {
    row,
    /** What is in the workspace only because of an import: what was new in it, and what undoing it takes out. */
    onlyFrom,
    patch,
    move,
    pathOf: (workspace: string, id: string, file: string) => join(folderOf(workspace, id), file),
    removeFiles: (workspace: string, id: string) =>
      rm(folderOf(workspace, id), { recursive: true, force: true }),
    removeOldUploads: (now: number) => removeOldUploads(parts, now),

    async get(workspace: string, id: string): Promise<ImportRun> {
      return present(await row(workspace, id));
    },

    async list(workspace: string, limit: number): Promise<ImportRun[]> {
      const rows = await db
        .selectFrom('collect_import')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute();
      return presentAll(workspace, rows);
    },

    /**
     * Takes files in and says what each was found to be. Nothing is imported yet. Where no preset is named, the one whose
     * files they are by their columns is taken; a preset of '' says that they are to be guessed. Settings may still be
     * told while the files come.
     */
    async create(
      workspace: string,
      by: string,
      settings: { preset?: string; currency?: string; timeZone?: string },
      uploads: AsyncIterable<UploadedFile>,
    ): Promise<ImportRun> {
      const home = await parts.workspaces.get(workspace);
      const chosen = () => ({
        preset: settings.preset || null,
        currency: settings.currency || home.currency,
        timeZone: settings.timeZone || home.timeZone,
      });
      checkSettings(chosen());
      const id = randomUUID();
      const folder = folderOf(workspace, id);
      await mkdir(folder, { recursive: true });
      try {
        const names: string[] = [];
        for await (const upload of uploads) {
          const name = storedName(upload.name, names);
          await pipeline(upload.content, createWriteStream(join(folder, name)));
          names.push(name);
        }
        if (names.length === 0)
          throw new AppError({
            code: 'import.no_file',
            status: 400,
            detail: 'The upload holds no file; send at least one as multipart/form-data.',
          });
        const choice = chosen();
        checkSettings(choice);
        const describeAll = async () => {
          const found: ImportFile[] = [];
          for (const name of names) found.push(await describeFile(folder, name, choice.preset));
          return found;
        };
        let files = await describeAll();
        const known = settings.preset === undefined ? knownPreset(files, choice.currency) : null;
        if (known) {
          choice.preset = known;
          files = await describeAll();
        }
        await db
          .insertInto('collect_import')
          .values({
            id,
            workspace,
            state: 'draft',
            preset: choice.preset,
            currency: choice.currency,
            time_zone: choice.timeZone,
            files: JSON.stringify(files),
            totals: JSON.stringify(NOTHING),
            error: null,
            job_id: null,
            created_by: by,
            created_at: new Date(parts.clock.now()),
            finished_at: null,
          })
          .execute();
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      return present(await row(workspace, id));
    },

    async update(
      workspace: string,
      id: string,
      change: {
        preset?: string | null;
        currency?: string;
        timeZone?: string;
        mappings?: Record<string, Record<string, unknown>>;
      },
    ): Promise<ImportRun> {
      const r = await row(workspace, id);
      if (r.state !== 'draft') throw wrongState(r, 'only a draft can be changed');
      await requireUpload(folderOf(workspace, id));
      const choice = {
        preset: change.preset === undefined ? r.preset : change.preset || null,
        currency: change.currency ?? r.currency,
        timeZone: change.timeZone ?? r.time_zone,
      };
      checkSettings(choice);
      const unknown = Object.keys(change.mappings ?? {}).filter(
        (name) => !r.files.some((f) => f.name === name),
      );
      if (unknown.length > 0)
        throw new AppError({
          code: 'import.no_such_file',
          status: 400,
          detail: `The import has no file "${unknown[0]}".`,
          fields: { mappings: `has no file "${unknown[0]}"` },
        });
      const files: ImportFile[] = [];
      for (const file of r.files) {
        const fresh =
          choice.preset === r.preset
            ? file
            : await describeFile(folderOf(workspace, id), file.name, choice.preset);
        const given = change.mappings?.[file.name];
        if (given === undefined) files.push(fresh);
        else {
          const mapping = parseMapping(given);
          requireFit(mapping, file.headers);
          const { sampleRows } = await sniffFile(join(folderOf(workspace, id), file.name));
          const { consents: _, ...rest } = fresh;
          files.push({
            ...rest,
            ...{ mapping, role: mapping.kind, unusedWhy: null },
            ...seen(mapping, sampleRows),
          });
        }
      }
      const changed = await db
        .updateTable('collect_import')
        .set({
          preset: choice.preset,
          currency: choice.currency,
          time_zone: choice.timeZone,
          files: JSON.stringify(files),
        })
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .where('state', '=', 'draft')
        .executeTakeFirst();
      const now = await row(workspace, id);
      if (Number(changed.numUpdatedRows) === 0) throw wrongState(now, 'only a draft can be changed');
      return present(now);
    },

    async start(workspace: string, id: string): Promise<ImportRun> {
      const r = await row(workspace, id);
      if (!r.files.some((f) => f.role !== null))
        throw new AppError({
          code: 'collect.no_known_file',
          status: 422,
          detail: `None of the files can be imported. ${r.files
            .map((f) => `${f.name}: ${f.unusedWhy}`)
            .join(' ')
            .slice(0, 1000)}`,
        });
      if (MAY_START.includes(r.state))
        requireHomeCurrency(r, (await parts.workspaces.get(workspace)).currency);
      if (MAY_START.includes(r.state)) await requireUpload(folderOf(workspace, id));
      return begin(workspace, id, MAY_START, 'queued', 'collect.import', 'started');
    },

    async previewUndo(workspace: string, id: string): Promise<ImportAdded> {
      await row(workspace, id);
      return onlyFrom(workspace, id);
    },

    undo: (workspace: string, id: string) =>
      begin(workspace, id, MAY_UNDO, 'undoing', 'collect.import_undo', 'undone'),

    async cancel(workspace: string, id: string): Promise<ImportRun> {
      const r = await row(workspace, id);
      if (r.job_id && ['queued', 'running'].includes(r.state)) {
        const job = await parts.jobs.cancel(workspace, r.job_id);
        if (job.state === 'cancelled') await move(workspace, id, ['queued'], 'cancelled');
      } else if (r.state === 'draft') await move(workspace, id, ['draft'], 'cancelled');
      return present(await row(workspace, id));
    },

    notes: (
      workspace: string,
      id: string,
      filter: { kind?: string; code?: string; limit: number; offset: number },
    ) =>
      parts.warehouse.notes(workspace, id, { ...filter, kind: filter.kind ?? '', code: filter.code ?? '' }),

    countNotes: (workspace: string, id: string, filter: { kind?: string; code?: string }) =>
      parts.warehouse.countNotes(workspace, id, { kind: filter.kind ?? '', code: filter.code ?? '' }),
  };
}
export type ImportRuns = ReturnType<typeof openImportRuns>;

function wrongState(r: Row, why: string): AppError {
  return new AppError({
    code: 'import.wrong_state',
    status: 409,
    detail: `This import is ${r.state}; ${why}.`,
  });
}

/** The mappings of the files that are used: their own, or the preset's. */
function mappingsOf(r: Row): Mapping[] {
  const preset = r.preset ? presetNamed(r.preset) : null;
  return r.files.flatMap((file) => {
    const known = preset ? presetFile(preset, file.headers)?.mapping : undefined;
    const mapping = file.role === null ? undefined : ((file.mapping as Mapping | null) ?? known);
    return mapping ? [mapping] : [];
  });
}

/** The currency that the sums of an import are in: the files' own, where what they are says it, else the one chosen. */
function currencyOf(r: Row): Pick<ImportRun, 'currency' | 'isCurrencyFixed'> {
  const preset = r.preset ? presetNamed(r.preset) : null;
  const mappings = mappingsOf(r);
  // Sums are of orders; where there are none, of what the preset's orders would be in.
  const orders =
    mappings.find((mapping) => mapping.kind === 'orderLines') ??
    preset?.files.find((file) => file.mapping.kind === 'orderLines')?.mapping ??
    mappings[0];
  const own = orders?.currency;
  return typeof own === 'string'
    ? { currency: own, isCurrencyFixed: true }
    : { currency: r.currency, isCurrencyFixed: false };
}

/** Files whose every order would be turned away for its currency are not begun with. */
function requireHomeCurrency(r: Row, home: string): void {
  for (const { kind, currency, fields, constants } of mappingsOf(r)) {
    const other = currency ?? r.currency;
    if (kind !== 'orderLines' || other === home || fields.currency || constants?.currency) continue;
    throw new AppError({
      code: 'import.other_currency',
      status: 422,
      detail: `The amounts in the files are in ${other}, and this workspace counts in ${home}: sums are of one currency. Set the workspace's currency to ${other}, or convert the amounts to ${home} and import that.`,
      fields: { currency: `is ${other}; the workspace counts in ${home}` },
    });
  }
}

function checkSettings(choice: { preset: string | null; currency: string; timeZone: string }): void {
  if (choice.preset) presetNamed(choice.preset);
  if (!isCurrency(choice.currency))
    throw new AppError({
      code: 'collect.bad_currency',
      status: 400,
      detail: `"${choice.currency}" is no ISO 4217 currency, such as CNY or EUR.`,
      fields: { currency: 'must be an ISO 4217 code' },
    });
  if (timeZoneNamed(choice.timeZone) === null)
    throw new AppError({
      code: 'collect.bad_time_zone',
      status: 400,
      detail: `"${choice.timeZone}" is no IANA time zone, such as Asia/Shanghai.`,
      fields: { timeZone: 'must be an IANA zone' },
    });
}
