import { setTimeout as sleep } from 'node:timers/promises';
import { type Campaign, campaignEndpoints, type Endpoint, segmentEndpoints } from '@qianmian/contract';
import { afterAll, expect, it } from 'vitest';
import { openTestServer } from '../test-server.ts';
import { openTestMail } from './test-mail.ts';

// A server that is killed without warning while it sends, and started again on the same folder.

const PEOPLE = 400;
const post = await openTestMail();
afterAll(() => post.close());
const server = await openTestServer({ QM_SMTP_URL: post.url });
const { start, kill, api } = server;

const call = <T>(endpoint: Endpoint, id = '', body?: object) =>
  api<T>(endpoint.method, endpoint.path.replace(':workspace', 'shop').replace(':id', id), body);

it('nobody gets a letter twice, and who may have got one is named', { timeout: 300_000 }, async () => {
  await start();
  await api('POST', '/v1/workspaces', { id: 'shop', name: 'Shop' });
  const [source] = await api<{ writeKey: string }[]>('GET', '/v1/workspaces/shop/sources');
  const batch = Array.from({ length: PEOPLE }, (_, i) => ({
    type: 'identify',
    messageId: `i${i}`,
    userId: `u${i}`,
    traits: { email: `u${i}@people.example`, emailConsent: true },
  }));
  await fetch(`${server.url}/v1/batch`, {
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
    await start();
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
});
