import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockFolder } from './lock.ts';

it('gives a folder to one process, and takes over what a dead one left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qianmian-lock-'));
  const release = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(/in use by process/);
  await release();
  await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 - 3, started: '1' }));
  await (await lockFolder(folder))();
  await writeFile(join(folder, 'lock'), 'rubbish');
  await (await lockFolder(folder))();
  // The pid lives, but it is another process than the one that took the lock.
  await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: '1' }));
  await (await lockFolder(folder))();
  await rm(folder, { recursive: true });
});
