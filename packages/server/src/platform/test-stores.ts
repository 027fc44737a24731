import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAKER = fileURLToPath(new URL('../test-new-stores.ts', import.meta.url));

/** A new data folder whose stores have their newest form already: bringing them there takes seconds, copying does not. */
export async function storesFolder(prefix: string): Promise<string> {
  const shared = process.env.TEST_STORES;
  if (!shared) throw new Error('TEST_STORES names no folder: test/stores-template.ts sets it for every run.');
  const template = join(shared, 'made');
  while (!existsSync(template)) {
    const isOurs = await mkdir(join(shared, 'making')).then(
      () => true,
      () => false,
    );
    if (isOurs) await makeStores(shared, template);
    else await sleep(20);
  }
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await cp(template, folder, { recursive: true });
  return folder;
}

/** In a process of its own: this one may have a warehouse open by and by. */
async function makeStores(shared: string, template: string): Promise<void> {
  const part = await mkdtemp(join(shared, 'part-'));
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, ['--import', 'tsx', MAKER, part], { env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    await rm(join(shared, 'making'), { recursive: true });
    throw new Error('New stores for the tests could not be made: see above.');
  }
  await rename(part, template);
}

let opened: Promise<{ close(): Promise<void> }> | null = null;

/** What the tests of a file share, opened when the first asks for it and closed after the last. */
export function openOnce<T extends { close(): Promise<void> }>(open: () => Promise<T>): Promise<T> {
  opened ??= open();
  return opened as Promise<T>;
}

/** Closes what the tests of a file shared. */
export async function closeOpened(): Promise<void> {
  const before = opened;
  opened = null;
  await (await before?.catch(() => null))?.close();
}
