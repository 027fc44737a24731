import { access, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY, systemClock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { CollectTables } from './store.pg.ts';

/** How long the files of an import that was never run, or did not end well, wait for another try. */
const KEPT_DAYS = 7;
const MAY_RUN_AGAIN = ['draft', 'failed', 'cancelled'];

type Run = Pick<CollectTables['collect_import'], 'state' | 'created_at' | 'finished_at'>;

/** Where the files of an import lie. */
export function uploadFolder(dataDir: string, workspace: string, id: string): string {
  return join(dataDir, 'imports', workspace, id);
}

/** Throws when the files of an import are no longer there. */
export async function requireUpload(folder: string): Promise<void> {
  const gone = await access(folder).then(
    () => false,
    () => true,
  );
  if (!gone) return;
  const detail = `The files of this import are no longer kept: those that were not imported are removed after ${KEPT_DAYS} days. Upload them again.`;
  throw new AppError({ code: 'import.files_removed', status: 409, detail });
}

/** Removes uploaded files that nobody needs any more, as they hold personal data; answers of how many imports. */
export async function removeOldUploads(
  { ledger, dataDir }: { ledger: Ledger; dataDir: string },
  now: number,
): Promise<number> {
  const db = ledger.withTables<CollectTables>();
  let removed = 0;
  for (const { workspace, id, folder } of await uploadsIn(dataDir)) {
    const run = await db
      .selectFrom('collect_import')
      .select(['state', 'created_at', 'finished_at'])
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!(run ? mayGo(run, now) : await isForsaken(folder))) continue;
    await rm(folder, { recursive: true, force: true });
    removed++;
  }
  return removed;
}

async function uploadsIn(dataDir: string): Promise<{ workspace: string; id: string; folder: string }[]> {
  const found = [];
  for (const workspace of await foldersIn(join(dataDir, 'imports'))) {
    for (const id of await foldersIn(join(dataDir, 'imports', workspace)))
      found.push({ workspace, id, folder: uploadFolder(dataDir, workspace, id) });
  }
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function mayGo({ state, created_at, finished_at }: Run, now: number): boolean {
  if (state === 'undone') return true;
  return MAY_RUN_AGAIN.includes(state) && (finished_at ?? created_at).getTime() < now - KEPT_DAYS * DAY;
}

/** An upload that broke off with its process. Files carry the machine's time, so its clock is asked. */
async function isForsaken(folder: string): Promise<boolean> {
  const { mtimeMs } = await stat(folder);
  return mtimeMs < systemClock.now() - DAY;
}
