import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { transformWithOxc } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERSION } from './version.ts';

// What pages load: small, readable by every browser in use, needing nothing else.

const PAGE_BUDGET = 10_000;
let folder: string;
const output = (name: string) => readFile(join(folder, name), 'utf8');
const gzipped = async (name: string) => gzipSync(await output(name), { level: 9 }).length;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qianmian-sdk-build-'));
  const { buildSdk } = (await import(new URL('../build.mjs', import.meta.url).href)) as {
    buildSdk(folder: string): Promise<void>;
  };
  await buildSdk(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('is 10 kB at most on its way to a page', async () => {
  expect(await gzipped('qianmian.js')).toBeLessThanOrEqual(PAGE_BUDGET);
  expect(await gzipped('qianmian.mjs')).toBeLessThanOrEqual(PAGE_BUDGET);
  expect(await gzipped('qianmian.mini.cjs')).toBeLessThanOrEqual(PAGE_BUDGET);
});

/** Whether nothing in the code is newer than the target: then there is nothing to rewrite for it. */
async function isNoNewerThan(code: string, target: string): Promise<boolean> {
  const written = async (as: string) => (await transformWithOxc(code, 'output.js', { target: as })).code;
  return (await written(target)) === (await written('esnext'));
}

it('uses no syntax that a browser of the last years does not know', async () => {
  expect(await isNoNewerThan('let a = null; a ??= 1;', 'es2020')).toBe(false);
  for (const name of ['qianmian.js', 'qianmian.mjs'])
    expect(await isNoNewerThan(await output(name), 'es2020'), name).toBe(true);
  expect(await isNoNewerThan('let a = b?.c;', 'es2018')).toBe(false);
  expect(await isNoNewerThan(await output('qianmian.mini.cjs'), 'es2018')).toBe(true);
});

it('needs nothing else, and the mini-program no page', async () => {
  for (const name of ['qianmian.js', 'qianmian.mjs', 'qianmian.mini.cjs'])
    expect(await output(name)).not.toMatch(/\brequire\(|(^|[;\n])import[ {"'*]|\bimport\(/);
  expect(await output('qianmian.mini.cjs')).not.toMatch(
    /\b(window|document|navigator|location|localStorage|history|fetch\(|XMLHttpRequest|globalThis|URL\(|URLSearchParams|TextEncoder)\b/,
  );
});

it('leaves no name in the page but the one of the snippet', async () => {
  expect(await output('qianmian.js')).toMatch(/^\(function|^!function|^\(\(/);
});

it('names the version of its package', async () => {
  const { version } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;
  expect(VERSION).toBe(version);
  expect(await output('qianmian.js')).toContain(`"${version}"`.replaceAll('"', '`'));
});
