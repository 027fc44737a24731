import {
  campaignEndpoints,
  profileEndpoints,
  promotionEndpoints,
  segmentEndpoints,
} from '@qianmian/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY, HOUR } from '../platform/clock.ts';
import { type TestApp, testApp } from '../test-app.ts';
import { openTestMail, type TestMail } from './test-mail.ts';

let post: TestMail;
let t: TestApp;
beforeAll(async () => {
  post = await openTestMail();
  t = await testApp({ QM_SMTP_URL: post.url, QM_PUBLIC_URL: 'https://m.shop.example' });
});
afterAll(() => post.close());

it('the whole loop: events, a segment, a campaign, a letter, a click, an order with the code, what it earned', async () => {
  const workspace = await t.workspace({ currency: 'EUR', timeZone: 'Europe/Berlin' });
  const params = { workspace };
  const at = (ms: number) => new Date(ms).toISOString();
  const order = (user: string, orderId: string, total: number, time: number, coupon?: string) => ({
    type: 'track',
    event: 'Order Completed',
    messageId: `${workspace}-${orderId}`,
    userId: user,
    timestamp: at(time),
    properties: {
      order_id: orderId,
      currency: 'EUR',
      ...(coupon ? { coupon } : {}),
      products: [{ product_id: 'p1', name: 'Tea', price: total, quantity: 1 }],
    },
  });
  const users = Array.from({ length: 60 }, (_, i) => `u${i + 1}`);
  const now = t.clock.now();
  await t.send(
    workspace,
    users.flatMap((userId, i) => [
      {
        type: 'identify',
        messageId: `${workspace}-i${i}`,
        userId,
        timestamp: at(now - 40 * DAY),
        traits: { email: `${userId}@${workspace}.example`, firstName: `Name${i + 1}`, emailConsent: i !== 5 },
      },
      order(userId, `old${i}`, i < 40 ? 50 + i : 10, now - 30 * DAY + i * HOUR),
    ]),
  );
  await t.call(profileEndpoints.refreshProfiles, { params });

  const segment = await t.call(segmentEndpoints.createSegment, {
    params,
    body: {
      name: 'Good customers',
      condition: { kind: 'fact', fact: 'spendCents', test: { op: 'gte', value: 5000 } },
    },
  });
  expect(segment.size).toBe(40);
  const coupon = await t.call(promotionEndpoints.createCoupon, {
    params,
    body: { name: 'A fifth', discount: { kind: 'percent', percent: 20 }, prefix: 'TEA' },
  });
  const campaign = await t.call(campaignEndpoints.createCampaign, {
    params,
    body: {
      name: 'Tea time',
      segmentId: segment.id,
      couponId: coupon.id,
      controlShare: 0.3,
      email: {
        fromName: 'Tea shop',
        subject: '{{ customer.firstName }}, {{ coupon.words }}',
        body: 'Hello {{ customer.firstName }},\n\n[[Drink]](https://tea.example/?c={{ coupon.code }})',
      },
    },
  });
  const of = { params: { workspace, id: campaign.id } };
  const audience = await t.call(campaignEndpoints.previewAudience, of);
  expect(audience).toMatchObject({ segment: 40, reach: 39 });
  expect(audience.detectableCents).toBeGreaterThan(0);
  await t.call(campaignEndpoints.launchCampaign, {
    ...of,
    body: { confirmReach: audience.reach, revision: campaign.revision },
  });
  await t.app.jobs.idle();
  await t.app.collector.drained();
  expect(await t.call(campaignEndpoints.getCampaign, of)).toMatchObject({
    state: 'sent',
    segmentName: 'Good customers',
    counts: { sent: audience.treated, control: audience.control },
  });
  expect(
    (await t.call(segmentEndpoints.getSegment, { params: { workspace, id: segment.id } })).usedBy,
  ).toEqual([{ kind: 'campaign', id: campaign.id, name: 'Tea time' }]);

  const { rows } = await t.call(campaignEndpoints.listRecipients, {
    ...of,
    query: { state: 'sent', limit: 100 },
  });
  const reader = rows[0]!;
  const letter = await post.letter(reader.to);
  expect(letter.subject).toMatch(/^Name\d+, 20% off$/);
  const link = /https:\/\/m\.shop\.example(\/t\/c\/[\w.-]+)/.exec(letter.html ?? '')![1]!;
  const clicked = await t.app.http.app.inject({ method: 'GET', url: link });
  expect(clicked.headers.location).toBe(`https://tea.example/?c=${reader.couponCode}`);
  t.clock.advance(DAY);
  const user = reader.to.split('@')[0]!;
  await t.send(workspace, [order(user, 'new1', 80, t.clock.now(), reader.couponCode)]);
  await t.app.collector.drained();
  t.clock.advance(HOUR);

  const report = await t.call(campaignEndpoints.getReport, of);
  expect(report.funnel).toMatchObject({
    treated: audience.treated,
    sent: audience.treated,
    clicked: 1,
    redeemed: 1,
  });
  expect(report.treated).toMatchObject({ buyers: 1, orders: 1, revenueCents: 8000 });
  expect(report.control).toMatchObject({ people: audience.control, buyers: 0, revenueCents: 0 });
  expect(report.couponDiscountCents).toBeGreaterThan(0);
  expect(report.revenuePerPerson?.value).toBeCloseTo(8000 / audience.treated, 6);
  const timeline = await t.call(profileEndpoints.getTimeline, {
    params: { workspace, personId: reader.personId },
    query: {},
  });
  const names = timeline.rows.map((r) => r.name);
  for (const name of ['Email Sent', 'Email Link Clicked', 'Coupon Redeemed']) expect(names).toContain(name);
});
