import { setTimeout as sleep } from 'node:timers/promises';
import { collectEndpoints, governanceEndpoints, type ImportRun, jobEndpoints } from '@qianmian/contract';
import type { Api } from './api.ts';
import { EXIT, Failure } from './failure.ts';
import { filesUnder, readMappings } from './input-files.ts';
import { filesAsMultipart } from './multipart.ts';
import type { Session } from './session.ts';
import { progressOn, remark } from './terminal.ts';

/** Money and business day of the retailers whose exports are known by name. */
const HOME_OF_PRESET: Record<string, { currency: string; timeZone: string }> = {
  'complete-journey': { currency: 'USD', timeZone: 'America/New_York' },
  'online-retail': { currency: 'GBP', timeZone: 'Europe/London' },
};

/** How long a server that stopped answering is waited for. */
const PATIENCE_MS = 60_000;

/** What to import, and how. */
export interface ImportOrder {
  paths: string[];
  workspace: string;
  preset?: string;
  currency?: string;
  timeZone?: string;
  mapping?: string;
}

/** Uploads files, imports them and waits for the end, with progress on standard error. */
export async function runImport(session: Session, order: ImportOrder): Promise<ImportRun> {
  const { api } = session;
  const files = await filesUnder(order.paths);
  const isNew = await ensureWorkspace(api, order);
  const draft = await upload(api, order, files);
  if (!order.preset && draft.preset) {
    remark(
      `Read as ${draft.preset}: the columns are those of that export. To have them guessed instead: --preset none`,
    );
    if (isNew) await moveHome(api, order, draft);
  }
  if (order.mapping) await applyMapping(api, order, draft);
  const params = { workspace: order.workspace, id: draft.id };
  await api.call(collectEndpoints.startImport, { params });
  return finished(session, params, 'Importing');
}

/** Takes everything an import brought back out, and waits until it is out. */
export async function undoImport(session: Session, workspace: string, id: string): Promise<ImportRun> {
  const { api } = session;
  const params = { workspace, id };
  await api.call(collectEndpoints.undoImport, { params });
  return finished(session, params, 'Taking it back out');
}

/** Makes the workspace when it is missing, with the money and zone of the export unless told otherwise. */
async function ensureWorkspace(api: Api, order: ImportOrder): Promise<boolean> {
  const { workspaces } = await api.call(governanceEndpoints.getSession);
  if (workspaces.some((w) => w.id === order.workspace)) return false;
  const home = HOME_OF_PRESET[order.preset ?? ''];
  const made = await api.call(governanceEndpoints.createWorkspace, {
    body: {
      id: order.workspace,
      name: order.workspace,
      currency: order.currency ?? home?.currency,
      timeZone: order.timeZone ?? home?.timeZone,
    },
  });
  remark(`Made the workspace "${made.id}" (${made.currency}, ${made.timeZone}).`);
  return true;
}

/** A workspace just made has the money and zone of the export that its first files turned out to be. */
async function moveHome(api: Api, order: ImportOrder, draft: ImportRun): Promise<void> {
  const home = HOME_OF_PRESET[draft.preset ?? ''];
  if (!home) return;
  const body = { currency: order.currency ?? home.currency, timeZone: order.timeZone ?? home.timeZone };
  const params = { workspace: order.workspace };
  await api.call(governanceEndpoints.updateWorkspace, { params, body });
  await api.call(collectEndpoints.updateImport, { params: { ...params, id: draft.id }, body });
  remark(`The workspace counts in ${body.currency}, ${body.timeZone}, as the export does.`);
}

async function upload(api: Api, order: ImportOrder, files: string[]): Promise<ImportRun> {
  const progress = progressOn(`Uploading ${files.length} file${files.length === 1 ? '' : 's'}`);
  const { workspace, currency, timeZone } = order;
  // '' says that nothing is to be known by its columns.
  const preset = order.preset === 'none' || (order.mapping && !order.preset) ? '' : order.preset;
  const draft = await api.call(collectEndpoints.createImport, {
    params: { workspace },
    query: { preset, currency, timeZone },
    upload: await filesAsMultipart(files, (bytes, of) => progress.at(bytes / of)),
  });
  progress.end();
  return draft;
}

async function applyMapping(api: Api, order: ImportOrder, draft: ImportRun): Promise<void> {
  const names = draft.files.map((f) => f.name);
  await api.call(collectEndpoints.updateImport, {
    params: { workspace: order.workspace, id: draft.id },
    body: { mappings: await readMappings(order.mapping!, names) },
  });
}

/** Follows an import until it rests; a bad end is a failure with its reason. */
async function finished(
  session: Session,
  params: { workspace: string; id: string },
  what: string,
): Promise<ImportRun> {
  const progress = progressOn(what);
  let { api } = session;
  const look = async (): Promise<ImportRun> => {
    try {
      return await api.call(collectEndpoints.getImport, { params });
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.unreachable) throw error;
      api = await backAgain(session, params.workspace, error);
      return look();
    }
  };
  try {
    for (let pause = 100; ; pause = Math.min(1000, pause * 1.5)) {
      const run = await look();
      if (run.state === 'done' || run.state === 'undone') {
        progress.at(1);
        return run;
      }
      if (run.state === 'failed')
        throw new Failure(`The import failed: ${run.error ?? 'the log has the reason.'}`);
      if (run.state === 'cancelled') throw new Failure('The import was cancelled.');
      progress.at(run.progress ?? 0);
      await sleep(pause);
    }
  } finally {
    progress.end();
  }
}

/** Waits for a server that stopped answering; its import goes on with it, which is said when it does not come back. */
async function backAgain(session: Session, workspace: string, lost: Failure): Promise<Api> {
  const later = `The import is kept, and goes on by itself when the server starts again. To see how far it is: qianmian imports --workspace ${workspace}`;
  if (!session.own) {
    remark(`${lost.message} Waiting for it to come back; the import goes on by itself then.`);
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(500)) {
      const api = await session.again();
      if (api) return api;
    }
  }
  throw new Failure(`${lost.message} ${later}`, EXIT.unreachable);
}

/** Waits for the work an import sets off (portraits, segments), so that a server about to stop leaves none half done. */
export async function followUpDone(api: Api, workspace: string): Promise<void> {
  const progress = progressOn('Computing what follows from it');
  try {
    for (let quiet = 0; quiet < 2; await sleep(250)) {
      const { rows } = await api.call(jobEndpoints.listJobs, { params: { workspace } });
      const soon = Date.now() + 5000;
      const open = rows.filter(
        (j) => j.state === 'running' || (j.state === 'queued' && Date.parse(j.runAt) < soon),
      );
      quiet = open.length === 0 ? quiet + 1 : 0;
      if (open.length > 0) progress.at(Math.max(...open.map((j) => j.progress ?? 0)));
    }
  } finally {
    progress.end();
  }
}
