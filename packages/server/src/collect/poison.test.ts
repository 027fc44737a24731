import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openPoisonGuard } from './poison.ts';

const folder = await mkdtemp(join(tmpdir(), 'qianmian-poison-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL('./test-poison-process.ts', import.meta.url));
const start = (...given: string[]) =>
  new Promise<{ died: boolean; said: string[] }>((resolve) =>
    execFile(process.execPath, ['--import', 'tsx', script, folder, ...given], (error, out) =>
      resolve({ died: error?.signal === 'SIGKILL', said: out.split('\n').filter((line) => line !== '') }),
    ),
  );

it('A record over which the process dies is set aside, and what lies before and behind it is stored', {
  timeout: 240_000,
}, async () => {
  // Once in a batch with others, then twice alone.
  expect((await start('a,b,poison,c')).died).toBe(true);
  expect(await start()).toEqual({ died: true, said: ['a', 'b'] });
  expect((await start()).died).toBe(true);
  expect(await start()).toEqual({ died: false, said: ['c', 'kept 1'] });
  const kept = (await readdir(join(folder, 'journal'))).filter((name) => name.startsWith('poison-'));
  expect(kept).toHaveLength(1);
  expect(await readFile(join(folder, 'journal', kept[0]!), 'utf8')).toContain('"workspace":"poison"');
  // It stays told of, and is not read again.
  expect(await start('d')).toEqual({ died: false, said: ['d', 'kept 1'] });
});

it('Who is ended while a batch waits or after it was stored puts no blame on it', async () => {
  const at = join(folder, 'notes');
  const opened = async (position: number) => {
    const guard = openPoisonGuard(at);
    await guard.open(position);
    return guard;
  };
  const first = await opened(0);
  await first.begin(0, 10, 1);
  expect((await opened(10)).isSuspected(10)).toBe(false);
  const second = await opened(0);
  expect([second.isSuspected(0), second.isPoison(0)]).toEqual([true, false]);
  await second.begin(0, 10, 1);
  await second.rest();
  expect((await opened(0)).isSuspected(0)).toBe(false);
});
