import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Another process holds the folder. */
export class FolderInUse extends Error {
  constructor(folder: string, holder: Holder) {
    super(
      `The data folder ${folder} is in use by process ${holder.pid}. ` +
        'Stop that process first, or talk to it: commands find a running server on their own.',
    );
    this.name = 'FolderInUse';
  }
}

interface Holder {
  pid: number;
  /** Start time of the process in clock ticks since boot (Linux), so that a reused pid is not mistaken for the holder. */
  started: string;
}

async function startedOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return holder.started === '' || (await startedOf(holder.pid)) === holder.started;
}

async function readHolder(file: string): Promise<Holder | null> {
  try {
    const h = JSON.parse(await readFile(file, 'utf8')) as Holder;
    return typeof h.pid === 'number' ? h : { pid: -1, started: '' };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : { pid: -1, started: '' };
  }
}

/**
 * Takes a folder for this process alone; answers the function that gives it back. Embedded stores lose rows silently
 * when two processes open one folder, so this comes before either store is opened. A lock left by a killed process is
 * recognised and taken over.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, started: await startedOf(process.pid) };
  const draft = join(folder, `lock.${process.pid}`);
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await link(draft, file);
        return async () => {
          const holder = await readHolder(file);
          if (holder?.pid === mine.pid && holder.started === mine.started) await unlink(file);
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(file);
      if (!holder) continue;
      if (holder.pid > 0 && (await isAlive(holder))) throw new FolderInUse(folder, holder);
      await takeAway(file, `${draft}.stale`, holder);
    }
    throw new Error(
      `The lock of ${folder} could not be taken: other processes are starting on it at the same time.`,
    );
  } finally {
    await unlink(draft).catch(() => {});
  }
}

/** Moves a dead lock aside; when a live one was put there in between, puts that back. */
async function takeAway(file: string, aside: string, dead: Holder): Promise<void> {
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved && (moved.pid !== dead.pid || moved.started !== dead.started))
    await link(aside, file).catch(() => {});
  await unlink(aside).catch(() => {});
}
