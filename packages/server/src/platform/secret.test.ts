import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSecret } from './secret.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qianmian-secret-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('is made once, and never replaced when it cannot be read', async () => {
  const made = await loadSecret(folder);
  expect(made).toHaveLength(32);
  expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
  expect(await loadSecret(folder)).toEqual(made);
  for (const damaged of ['', made.toString('hex').slice(1), 'x'.repeat(64)]) {
    await writeFile(join(folder, 'secret'), damaged);
    await expect(loadSecret(folder)).rejects.toThrow(/Put it back from a backup/);
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe(damaged);
  }
});
