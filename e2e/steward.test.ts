import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, violations, type World } from './world.ts';

// The steward's path: a folder is read on a schedule, what it holds is cleaned, and what stands out is decided.

let world: World;
let page: Page;
let folder: string;
const at = (path: string) => `${world.url}/w/demo${path}`;
const of = (path: string) => `/v1/workspaces/demo${path}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qianmian-e2e-folder-'));
  await mkdir(join(folder, 'demo'));
  world = await openWorld(50, { QM_PULL_FOLDER: folder });
  page = await world.owner();
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

it('files of a folder are read: seen first, given a meaning, each row once', async () => {
  const lines = Array.from(
    { length: 40 },
    (_, i) => `T-${i},2026-05-0${1 + (i % 9)},steward-${i},TEA,1,12.50,ＷＥＢ`,
  );
  await writeFile(
    join(folder, 'demo', 'orders.csv'),
    `${['order_id,date,customer_id,sku,quantity,price,channel', ...lines, 'T-90,2026-05-03,steward-1,TEA,1,990.00,web'].join('\n')}\n`,
  );
  // Written a while ago: what is being written is left for a minute.
  const then = new Date(Date.now() - 60_000);
  await utimes(join(folder, 'demo', 'orders.csv'), then, then);
  await page.goto(at('/pulls'));
  await page.getByText('Nothing is read yet').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(at('/pulls/new'));
  await page.getByRole('radio', { name: /Folder of the server/ }).check();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('Connected: 1 file.').waitFor();
  await page.getByRole('button', { name: 'orders.csv' }).click();
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  await page.getByRole('table').getByText('steward-3').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Name', { exact: true }).fill('Export of the till');
  await page.getByRole('button', { name: 'Read from now on' }).click();
  await page.waitForURL(/\/pulls\/[^/]+$/);
  await page.getByText('Done', { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'What is read' }).click();
  await page.getByLabel('Path of the files').fill('*.csv');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('*.csv', { exact: true }).first().waitFor();
});

it('a step is tried, saved and brought to the past; taken out, everything is as told', async () => {
  await page.goto(at('/cleaning'));
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByRole('menuitem', { name: 'Spaces, width and case' }).click();
  const step = page.getByRole('listitem').filter({ hasText: '1. Spaces, width and case' });
  await step.getByText('1. Spaces, width and case').click();
  await step.getByLabel('Of', { exact: true }).click();
  await page.getByTitle('Order line', { exact: true }).click();
  await step.getByLabel('Letters').click();
  await page.getByTitle('lower case', { exact: true }).click();
  await step.getByRole('button', { name: 'Try it' }).click();
  await step.getByText('ＷＥＢ').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save and apply to the past' }).click();
  const channels = async () =>
    (await world.api<{ rows: { key: string; after: string }[] }>('GET', of('/cleaning/changes'))).rows.filter(
      (one) => one.key.startsWith('T-'),
    );
  await expect.poll(async () => (await channels()).length, { timeout: 60_000 }).toBeGreaterThan(0);
  await page.getByText('History', { exact: true }).click();
  await page.getByText('ＷＥＢ').first().waitFor();
  expect(await violations(page)).toEqual([]);

  await page.getByText('Steps', { exact: true }).click();
  await step.getByText('1. Spaces, width and case').click();
  await step.getByRole('button', { name: 'Take out' }).click();
  await page.getByRole('button', { name: 'Save and apply to the past' }).click();
  await expect.poll(async () => (await channels()).length, { timeout: 60_000 }).toBe(0);
});

it('what cannot be waits in a queue, is decided by a key, and taken back', async () => {
  await page.goto(at('/cleaning'));
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByRole('menuitem', { name: 'Outliers' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved: it acts on what arrives from now on.').waitFor();
  await page.goto(at('/cleaning/queue'));
  await page.getByRole('button', { name: 'Look now' }).click();
  await page.getByRole('table').getByText('T-90').waitFor({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('d');
  await page.getByText('1 finding decided.').waitFor();
  await page.getByText('Dropped', { exact: true }).click();
  const dropped = page.getByRole('row').filter({ hasText: 'T-90' });
  await dropped.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Taken back.').waitFor();
  await page.getByText('Open', { exact: true }).click();
  await page.getByRole('table').getByText('T-90').waitFor();
});

it('the pages speak Chinese and fit a phone', async () => {
  const visitor = await world.owner({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  for (const path of ['/pulls', '/cleaning', '/cleaning?part=history', '/cleaning/queue']) {
    await visitor.goto(at(path));
    await visitor.getByRole('heading', { level: 1 }).waitFor();
    expect(await violations(visitor)).toEqual([]);
    expect(await visitor.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), path).toBe(
      true,
    );
  }
});

it('no page complained on the way', () => {
  expect(world.complaints()).toEqual([]);
});
