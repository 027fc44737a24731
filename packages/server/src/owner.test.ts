import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { ensureOwner, signInWords } from './owner.ts';
import { type TestApp, testApp } from './test-app.ts';

let t: TestApp;
let folder: string;
beforeAll(async () => {
  t = await testApp();
  folder = await mkdtemp(join(tmpdir(), 'qianmian-owner-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const settings = (env: Record<string, string>) => readConfig({ QM_DATA_DIR: folder, ...env });

it('tells a password it made up at the first start only, and keeps it until it is changed', async () => {
  const config = settings({ QM_OWNER_EMAIL: 'made-up@owner.example' });
  const first = await ensureOwner(t.app, config);
  expect(signInWords(first)).toContain(first.password);
  const file = join(folder, 'owner-password');
  expect(await readFile(file, 'utf8')).toBe(first.password);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const second = await ensureOwner(t.app, config);
  expect(second).toEqual({ email: 'made-up@owner.example', password: null, kept: file });
  expect(signInWords(second)).not.toContain(first.password);
  expect(signInWords(second)).toContain(file);

  const { id, founder } = (await t.app.accounts.byEmail('made-up@owner.example'))!;
  expect(founder).toBe(true);
  const change = { current: first.password!, next: 'one of my own', keepToken: '', address: '127.0.0.1' };
  await t.app.accounts.changePassword(id, change);
  const third = await ensureOwner(t.app, config);
  expect(third.kept).toBeNull();
  expect(signInWords(third)).toContain('npx qianmian owner-password');
  await expect(stat(file)).rejects.toThrow();
});

it('takes the password of the environment, and tells it to nobody', async () => {
  const config = settings({ QM_OWNER_EMAIL: 'Given@owner.example', QM_OWNER_PASSWORD: 'given by the env' });
  for (let start = 0; start < 2; start++) {
    const told = await ensureOwner(t.app, config);
    expect(told).toEqual({ email: 'given@owner.example', password: null, kept: null });
    expect(signInWords(told)).not.toContain('given by the env');
  }
  expect(await t.app.accounts.hasPassword('given@owner.example', 'given by the env')).toBe(true);
});

it('makes an account that is there the first when the environment names it', async () => {
  await t.app.accounts.create({ email: 'named@owner.example', name: 'N', password: 'was here before' });
  await ensureOwner(t.app, settings({ QM_OWNER_EMAIL: 'named@owner.example' }));
  expect((await t.app.accounts.byEmail('named@owner.example'))!.founder).toBe(true);
});
