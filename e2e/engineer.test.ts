import { createHmac } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, violations, type World } from './world.ts';

// The engineer's path: a service calls us, a plan is held to, what was set aside is mended, who is who.

let world: World;
let page: Page;
const at = (path: string) => `${world.url}/w/demo${path}`;
const of = (path: string) => `/v1/workspaces/demo${path}`;

beforeAll(async () => {
  world = await openWorld(50);
  page = await world.owner();
});
afterAll(() => world?.close());

it('a webhook is made, its check changed, and its calls are told: taken, or refused and why', async () => {
  await page.goto(at('/sources?create=true'));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Source', { exact: true }).fill('Order desk');
  await dialog.getByLabel('Sends by').click();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await dialog.getByTitle('Any webhook, own mapping').waitFor();
  await dialog.getByLabel('Secret').fill('a-secret-of-the-desk');
  await dialog.getByRole('button', { name: 'Create source' }).click();
  await page.waitForURL(/\/sources\/[^/?]+/);
  const id = page.url().split('/sources/')[1]!.split('?')[0]!;

  await page.getByRole('button', { name: 'How calls are checked' }).click();
  await dialog.getByLabel('Header', { exact: true }).fill('X-Desk');
  await dialog.getByLabel('Before the signature').fill('sha256=');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });

  const { hook } = await world.api<{ hook: { path: string; check: object } }>('GET', of(`/sources/${id}`));
  expect(hook.check).toMatchObject({ kind: 'hmac', header: 'X-Desk', prefix: 'sha256=' });
  const body = JSON.stringify({
    messages: [{ event: 'Desk Called', userId: 'desk-1', messageId: 'desk-m1' }],
  });
  const call = (secret: string) =>
    fetch(world.url + hook.path, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-desk': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
    });
  expect((await call('a-secret-of-the-desk')).status).toBe(200);
  expect((await call('another-secret')).status).toBe(401);
  await page.reload();
  await page.getByText('Read', { exact: true }).first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(at('/events?name=Desk+Called'));
  await page.getByRole('table').getByText('Desk Called').first().waitFor();
});

it('what a plan does not allow is set aside, seen, mended and put back on the road', async () => {
  const { id, writeKey } = await world.api<{ id: string; writeKey: string }>('POST', of('/sources'), {
    name: 'Till',
  });
  const plan = {
    events: [
      {
        name: 'Drawer Opened',
        description: '',
        properties: [{ path: 'cash', types: ['number'], required: true, description: '' }],
      },
    ],
  };
  await world.api('POST', of('/tracking-plan/versions'), { plan, note: '', basedOn: null });
  await world.api('PUT', of('/tracking-plan/active'), { version: 1 });
  await page.goto(at('/tracking-plan'));
  await page.getByText('Drawer Opened').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByText('Sources', { exact: true }).last().click();
  await page.getByLabel('Till: Another type').click();
  await page.getByTitle('Hold', { exact: true }).last().click();
  await expect
    .poll(async () => JSON.stringify((await world.api<{ rules: object }>('GET', of('/tracking-plan'))).rules))
    .toContain('quarantine');

  await fetch(`${world.url}/v1/batch`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    },
    body: JSON.stringify({
      batch: [
        {
          type: 'track',
          event: 'Drawer Opened',
          userId: 'till-1',
          messageId: 'till-m1',
          properties: { cash: '12.50' },
        },
      ],
    }),
  });
  await page.goto(at(`/quarantine?source=${id}`));
  await page.getByRole('table').last().getByText('Drawer Opened').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Mend this 1 message' }).click();
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByLabel('What to do with each').last().click();
  await page.getByTitle('Convert', { exact: true }).click();
  await page.getByLabel('Path, such as properties.total').fill('properties.cash');
  await page.getByRole('button', { name: 'What would become of them' }).click();
  await page.getByText('Looked at 1 of 1.').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Put back on the road' }).click();
  await expect
    .poll(
      async () =>
        (await world.api<{ rows: object[] }>('GET', of(`/quarantine?state=replayed&source=${id}`))).rows
          .length,
      { timeout: 30_000 },
    )
    .toBe(1);
  await page.goto(at('/quality'));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Till', { exact: true }).first().waitFor();
  expect(await violations(page)).toEqual([]);
});

it('who is who is looked at, and other rules are tried before they hold', async () => {
  for (const path of ['/identity', '/identity/review']) {
    await page.goto(at(path));
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await violations(page)).toEqual([]);
  }
  await page.goto(at('/identity/rules'));
  await page.getByRole('heading', { name: 'E-mail' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'E-mail' }).getByRole('switch').first().click();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page
    .getByText(/people|merge|Nothing/i)
    .first()
    .waitFor();
  expect(await violations(page)).toEqual([]);
});

it('no page complained on the way', () => {
  expect(world.complaints()).toEqual([]);
});
