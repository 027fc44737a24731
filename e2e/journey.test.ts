import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, violations, type World } from './world.ts';

// The newcomer's path: from the first sign-in to what a campaign earned.

let world: World;
let page: Page;
const at = (path: string) => `${world.url}/w/demo${path}`;

beforeAll(async () => {
  world = await openWorld(1200);
  page = await world.owner();
});
afterAll(() => world?.close());

async function heading(): Promise<string> {
  return (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
}

it('the overview says in a sentence how sales went, against the period before', async () => {
  await page.getByText(/^Sales ¥.* in the last 30 days, (up|down|as much)/).waitFor();
  for (const name of ['Sales', 'Orders', 'Repeat rate', 'Average order'])
    await page.getByText(name, { exact: true }).first().waitFor();
  await page.locator('canvas').first().waitFor();
  expect(await violations(page)).toEqual([]);
  // Any number leads to the people behind it.
  const buyers = page.getByRole('link', { name: /^Customers who bought/ });
  const people = await buyers.locator('.qm-stat-value').textContent();
  await buyers.click();
  await page.waitForURL((url) => url.pathname.endsWith('/segments/new'));
  await page.getByText(new RegExp(`^${people} of .* customers`)).waitFor();
});

it('a customer is found by name and has a portrait', async () => {
  const { rows } = await world.api<{ rows: { personId: number; name: string }[] }>(
    'GET',
    '/v1/workspaces/demo/customers?limit=1&rfmGroup=champions',
  );
  const [champion] = rows;
  await page.goto(at('/customers'));
  await page.getByRole('searchbox').first().fill(champion!.name);
  await page.getByRole('link', { name: champion!.name }).first().click();
  await page.waitForURL(/\/customers\/\d+/);
  await page.getByText('RFM scores, and why').waitFor();
  expect(await heading()).toContain(champion!.name);
  expect(await violations(page)).toEqual([]);
});

it('the RFM grid leads to the people in a cell', async () => {
  await page.goto(at('/rfm'));
  await page.getByText('Champions', { exact: true }).first().waitFor();
  expect(await violations(page)).toEqual([]);
});

it('of two who write at one draft nobody overwrites or launches what they did not see', async () => {
  const here = '/v1/workspaces/demo';
  const { id: segmentId } = await world.api<{ id: string }>('POST', `${here}/segments`, {
    name: 'Everyone',
    condition: { kind: 'all', of: [] },
  });
  const draft = await world.api<{ id: string }>('POST', `${here}/campaigns`, {
    name: 'Shared',
    segmentId,
    email: { fromName: 'Shop', subject: 'At first', body: 'Hello!' },
  });
  const now = () =>
    world.api<{ state: string; email: { subject: string } }>('GET', `${here}/campaigns/${draft.id}`);
  const subject = (of: Page) => of.getByLabel('Subject', { exact: true });
  const seen = (of: Page, words: string) =>
    expect.poll(() => subject(of).inputValue(), { timeout: 60_000 }).toBe(words);
  const kept = (words: string) =>
    expect.poll(async () => (await now()).email.subject, { timeout: 60_000 }).toBe(words);
  await page.goto(at(`/campaigns/${draft.id}`));
  await seen(page, 'At first');
  const other = await world.owner();
  await other.goto(at(`/campaigns/${draft.id}`));
  await seen(other, 'At first');

  // A page that has not looked since: what it asks for is answered as it was.
  const before = await now();
  const address = `**${here}/campaigns/${draft.id}`;
  const blind = () =>
    page.route(address, (route) =>
      route.request().method() === 'GET' ? route.fulfill({ json: before }) : route.continue(),
    );
  await blind();
  await subject(other).fill('Theirs');
  await kept('Theirs');
  const launch = page.getByRole('button', { name: /^Launch/ }).first();
  await expect.poll(() => launch.isEnabled(), { timeout: 60_000 }).toBe(true);
  await launch.click();
  await page.getByRole('dialog').getByRole('button').last().click();
  await page.getByText(/^Nothing was sent/).waitFor();
  await page.unroute(address);
  await seen(page, 'Theirs');
  expect((await now()).state).toBe('draft');

  await blind();
  await subject(other).fill('Theirs again');
  await kept('Theirs again');
  await subject(page).fill('Mine');
  await page.getByText(/^Not saved/).waitFor();
  await page.unroute(address);
  const mine = page.getByRole('button', { name: /^Keep mine/ });
  await mine.waitFor({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  expect((await now()).email.subject).toBe('Theirs again');
  await mine.click();
  await kept('Mine');
  await seen(other, 'Mine');
  await other.context().close();
  // The browser notes the launch and the change that were refused; nothing else went wrong so far.
  expect(world.complaints()).toEqual(Array(2).fill(expect.stringContaining('409')));
});

it('a segment is built, a campaign on it launched with a control group, and a letter arrives', async () => {
  await page.goto(at('/segments/new'));
  await page.getByRole('button', { name: /^Valuable but sleeping/ }).click();
  await page.getByRole('button', { name: 'Save segment' }).click();
  await page.waitForURL(/\/segments\/[0-9a-f-]{36}/);
  expect(await violations(page)).toEqual([]);
  const segmentId = page.url().split('/').at(-1)!.split('?')[0]!;
  await world.api('POST', '/v1/workspaces/demo/coupons', {
    name: 'Welcome back',
    discount: { kind: 'percent', percent: 15 },
    prefix: 'BACK',
  });

  await page.getByRole('button', { name: 'Create a campaign for it' }).click();
  await page.waitForURL((url) => url.pathname.endsWith('/campaigns/new'));
  expect(page.url()).toContain(`segment=${segmentId}`);
  await page.getByText('Win back', { exact: true }).click();
  await page.waitForURL(/\/campaigns\/[0-9a-f-]{36}/);
  await page.getByLabel('Coupon', { exact: true }).click();
  await page
    .getByText(/^Welcome back/)
    .last()
    .click();
  const letter = page.getByLabel('Letter', { exact: true }).first();
  await letter.fill(
    'Dear {{ customer.firstName | default: "friend" }},\n\nyour code is {{ coupon.code }}.\n\n[[Shop now]](https://shop.example/)',
  );
  await page
    .getByText(/Draft saved/)
    .first()
    .waitFor();
  const launch = page.getByRole('button', { name: /^Launch/ }).first();
  await expect.poll(() => launch.isEnabled(), { timeout: 30_000 }).toBe(true);
  await launch.click();
  await page.getByRole('dialog').getByRole('button').last().click();
  await expect
    .poll(
      async () =>
        (
          await world.api<{ state: string }>(
            'GET',
            `/v1/workspaces/demo/campaigns/${page.url().split('/campaigns/')[1]!.slice(0, 36)}`,
          )
        ).state,
      { timeout: 60_000 },
    )
    .toBe('sent');

  await page.goto(at('/mailbox'));
  await page
    .getByText(/We miss you/)
    .first()
    .click();
  const text = await page.frameLocator('iframe').first().locator('body').textContent();
  expect(text).toMatch(/your code is BACK\w+/i);
});

it('after a week the report tells what the campaign earned, with an interval', async () => {
  await world.api('POST', '/v1/demo/advance', { hours: 24 * 7 });
  await expect
    .poll(async () => (await world.api<{ busy: unknown }>('GET', '/v1/demo')).busy, {
      timeout: 100_000,
      interval: 500,
    })
    .toBe(null);
  const campaigns = await world.api<
    { id: string; name: string; counts: { treated: number; control: number } }[]
  >('GET', '/v1/workspaces/demo/campaigns');
  const campaign = campaigns.find((one) => one.name === 'Win back');
  expect(campaign!.counts.treated, JSON.stringify(campaigns)).toBeGreaterThan(0);
  expect(campaign!.counts.control, JSON.stringify(campaigns)).toBeGreaterThan(0);
  const report = await world.api<{
    funnel: Record<string, number>;
    treated: { revenueCents: number };
    incrementalRevenueCents: { low: number | null; high: number | null };
  }>('GET', `/v1/workspaces/demo/campaigns/${campaign!.id}/report`);
  expect(report.funnel.sent).toBe(campaign!.counts.treated);
  expect(report.funnel.opened).toBeGreaterThan(0);
  expect(report.funnel.clicked).toBeLessThanOrEqual(report.funnel.sent!);
  // In a small shop too few may have bought in a week for an interval: then there is none.
  const { low, high } = report.incrementalRevenueCents;
  if (low !== null) expect(low).toBeLessThanOrEqual(high!);
  await page.goto(at(`/campaigns/${campaign!.id}`));
  await page.getByRole('heading', { name: 'Effect per person' }).waitFor();
  expect(await violations(page)).toEqual([]);
});

it('a file is imported through the wizard into a second workspace, and its bad row told', async () => {
  await world.api('POST', '/v1/workspaces', { id: 'second', name: 'Second' });
  await page.goto(`${world.url}/w/second/imports/new`);
  const csv =
    'order_id,date,customer_id,sku,quantity,price\nO1,2026-05-01,C1,S1,2,10.00\nO2,2026-05-02,C2,S1,1,10.00\nO3,no date,C3,S1,1,10.00\n';
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page
    .getByRole('button', { name: /Upload|Read|Continue|Next/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^(Start|Import)/ })
    .last()
    .click();
  await expect
    .poll(
      async () => (await world.api<{ state: string }[]>('GET', '/v1/workspaces/second/imports'))[0]?.state,
      { timeout: 40_000 },
    )
    .toBe('done');
  await page
    .getByText(/bad_date|date/i)
    .first()
    .waitFor();
});

it('speaks Chinese to a Chinese browser, and fits a phone', async () => {
  const chinese = await world.owner({ locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await chinese.getByText(/^近 30 天销售额/).waitFor();
  expect(await chinese.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  for (const path of ['/customers', '/rfm', '/segments', '/campaigns']) {
    await chinese.goto(at(path));
    await chinese.getByRole('heading', { level: 1 }).waitFor();
    expect(await chinese.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), path).toBe(
      true,
    );
  }
  await chinese.context().close();
});

it('no page complained on the way', () => {
  expect(world.complaints()).toEqual([]);
});
