import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Campaign, campaignEndpoints, type Endpoint, segmentEndpoints } from '@qianmian/contract';
import { afterAll, expect, it } from 'vitest';
import { openTestMail } from './test-mail.ts';

// A server that is killed without warning while it sends, and started again on the same folder.

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const PEOPLE = 400;
let child: ChildProcess | null = null;
let dataDir = '';
let url = '';
let token = '';

afterAll(async () => {
  child?.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

async function start(smtpUrl: string): Promise<void> {
  const env = {
    ...process.env,
    QM_DATA_DIR: dataDir,
    QM_PORT: '0',
    QM_LOG_LEVEL: 'error',
    QM_SMTP_URL: smtpUrl,
  };
  child = spawn(process.execPath, ['--import', 'tsx', MAIN], { env, stdio: 'ignore' });
  for (let i = 0; i < 900; i++) {
    const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => 'null');
    const known = JSON.parse(text) as { pid: number; url: string } | null;
    if (known && known.pid === child.pid) {
      url = known.url;
      token = await readFile(join(dataDir, 'local-token'), 'utf8');
      return;
    }
    await sleep(100);
  }
  throw new Error('The server did not start.');
}

async function kill(): Promise<void> {
  const dead = new Promise((resolve) => child?.once('exit', resolve));
  child?.kill('SIGKILL');
  await dead;
}

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

const call = <T>(endpoint: Endpoint, id = '', body?: object) =>
  api<T>(endpoint.method, endpoint.path.replace(':workspace', 'shop').replace(':id', id), body);

it('nobody gets a letter twice, and who may have got one is named', { timeout: 300_000 }, async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'qianmian-killed-'));
  const post = await openTestMail();
  await start(post.url);
  await api('POST', '/v1/workspaces', { id: 'shop', name: 'Shop' });
  const [source] = await api<{ writeKey: string }[]>('GET', '/v1/workspaces/shop/sources');
  const batch = Array.from({ length: PEOPLE }, (_, i) => ({
    type: 'identify',
    messageId: `i${i}`,
    userId: `u${i}`,
    traits: { email: `u${i}@people.example`, emailConsent: true },
  }));
  await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${source!.writeKey}:`).toString('base64')}` },
    body: JSON.stringify({ batch }),
  });
  while ((await api<{ journalLagBytes: number }>('GET', '/healthz')).journalLagBytes > 0) await sleep(50);
  await api('POST', '/v1/workspaces/shop/profiles/refresh');
  const everyone = { name: 'Everyone', condition: { kind: 'all', of: [] } };
  const segment = await call<{ id: string }>(segmentEndpoints.createSegment, '', everyone);
  const { id } = await call<Campaign>(campaignEndpoints.createCampaign, '', {
    name: 'Hello',
    segmentId: segment.id,
    controlShare: 0,
    email: { fromName: 'Shop', subject: 'Hello', body: 'Hello!' },
  });
  await call(campaignEndpoints.launchCampaign, id, { confirmReach: PEOPLE, revision: 1 });

  for (const letters of [40, 150, 260]) {
    while (post.received.length < letters) await sleep(5);
    await kill();
    await start(post.url);
  }
  let campaign = await call<Campaign>(campaignEndpoints.getCampaign, id);
  while (campaign.state !== 'sent') {
    await sleep(100);
    campaign = await call<Campaign>(campaignEndpoints.getCampaign, id);
  }
  const { rows } = await api<{ rows: { to: string; state: string }[] }>(
    'GET',
    `/v1/workspaces/shop/campaigns/${id}/recipients?limit=1000`,
  );
  expect(rows).toHaveLength(PEOPLE);
  for (const { to, state } of rows) {
    expect(['sent', 'uncertain']).toContain(state);
    expect(post.to(to).length, to).toBeLessThanOrEqual(1);
    if (state === 'sent') expect(post.to(to), to).toHaveLength(1);
  }
  expect(campaign.counts.sent + campaign.counts.uncertain).toBe(PEOPLE);
  expect(campaign.counts.uncertain).toBeLessThanOrEqual(3 * 10);
  const gotIt = rows.filter((r) => r.state === 'uncertain' && post.to(r.to).length === 1).length;
  console.log(
    `killed 3 times: ${campaign.counts.uncertain} uncertain, of whom ${gotIt} had got their letter`,
  );
  await kill();
  await post.close();
});
