import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdkRoutes } from './sdk-routes.ts';

const app = Fastify();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qianmian-sdk-'));
  await sdkRoutes(app, folder);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (name: string, headers = {}) => app.inject({ method: 'GET', url: `/sdk/${name}`, headers });

it('says what to do while the tracker is not built', async () => {
  const answer = await get('qianmian.js');
  expect(answer.statusCode).toBe(404);
  expect(answer.body).toContain('npm run build');
});

it('gives the tracker to the pages of anyone, and again only when it has changed', async () => {
  await writeFile(join(folder, 'qianmian.js'), 'var one = 1;');
  const first = await get('qianmian.js', { origin: 'https://shop.example' });
  expect(first.body).toBe('var one = 1;');
  expect(first.headers['content-type']).toMatch(/^text\/javascript/);
  expect(first.headers['access-control-allow-origin']).toBe('*');
  expect(first.headers['cross-origin-resource-policy']).toBe('cross-origin');
  expect(first.headers['cache-control']).toContain('max-age=3600');
  const etag = String(first.headers.etag);
  const again = await get('qianmian.js', { 'if-none-match': `"other", W/${etag}` });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  await writeFile(join(folder, 'qianmian.js'), 'var two = 2;');
  expect((await get('qianmian.js', { 'if-none-match': etag })).body).toBe('var two = 2;');
});

it('gives nothing else', async () => {
  await writeFile(join(folder, 'secret.txt'), 'x');
  expect((await get('secret.txt')).statusCode).toBe(404);
  expect((await get('..%2fsecret.txt')).statusCode).toBe(404);
});
