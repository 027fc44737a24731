import {
  campaignEndpoints,
  couponDraft,
  type Endpoint,
  PERMISSIONS,
  promotionEndpoints,
} from '@qianmian/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Fact, factsOfMessage, type Identifier } from '../collect/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../platform/clock.ts';
import type { JobTables } from '../platform/job-store.pg.ts';
import { type CampaignTables, insertRecipients, moveCampaign } from './store.pg.ts';
import { openTestCampaigns, type TestCampaigns } from './test-campaigns.ts';

// Stories of many steps, on machines that have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let t: TestCampaigns;
let workspace: string;
beforeAll(async () => {
  t = await openTestCampaigns();
});
afterAll(() => t.close());
beforeEach(async () => {
  workspace = await t.shop.workspace();
  t.post.state.manner = () => 'take';
  t.post.state.sender = () => null;
  t.line.send = t.mailServer.send;
});

const address = (i: number) => `u${i}@${workspace}.example`;
const eventsOf = (campaignId: string) =>
  t.recorded.filter((f) => f.kind === 'event' && f.properties.campaign_id === campaignId);
const namesOf = (campaignId: string) => eventsOf(campaignId).map((f) => (f.kind === 'event' ? f.name : ''));

describe('a campaign', () => {
  it('reaches who agreed, leaves a control group untouched, and can prove which is which', async () => {
    const people = await t.people(workspace, 40, (i) =>
      i === 1 ? { emailConsent: false } : i === 2 ? { email: `U3@${workspace}.example` } : {},
    );
    const coupon = await t.promotion.coupons.create(
      workspace,
      couponDraft.parse({
        name: 'Ten',
        discount: { kind: 'percent', percent: 10 },
        endsAt: '2026-07-01T00:00:00+08:00',
      }),
    );
    const draft = t.draft({
      couponId: coupon.id,
      controlShare: 0.3,
      email: {
        fromName: 'The Shop',
        subject: '{{ coupon.words }} until {{ coupon.endsOn }}',
        body: 'Hi {{ customer.firstName }}, your code is {{ coupon.code }}.\n\n[[Shop now]](https://shop.example/?code={{ coupon.code }})',
      },
    });
    const made = await t.campaigns.create(workspace, draft, 'tester');
    t.members.set('s', people);
    const preview = await t.campaigns.previewAudience(workspace, made.id);
    expect(preview.segment).toBe(40);
    expect(preview.reach + preview.excluded.reduce((s, e) => s + e.people, 0)).toBe(40);
    expect(preview.treated + preview.control).toBe(preview.reach);
    expect(preview.excluded).toContainEqual({ reason: 'noConsent', people: 1 });

    await t.campaigns.launch(workspace, made.id, { confirmReach: preview.reach, revision: 1 });
    await t.shop.jobs.idle();
    const sent = await t.campaigns.get(workspace, made.id);
    expect(sent).toMatchObject({
      state: 'sent',
      couponName: 'Ten',
      segmentName: 'Segment s',
      counts: {
        treated: preview.treated,
        control: preview.control,
        sent: preview.treated,
        queued: 0,
        failed: 0,
      },
    });
    const recipients = await t.campaigns.recipients(workspace, made.id, { limit: 100, offset: 0 }, true);
    for (const r of recipients) expect(t.post.to(r.to)).toHaveLength(r.state === 'sent' ? 1 : 0);
    const one = recipients.find((r) => r.state === 'sent')!;
    const mail = await t.post.letter(one.to);
    expect(mail.subject).toBe('10% off until 30 June 2026');
    expect(mail.text).toContain(`your code is ${one.couponCode}.`);
    expect(mail.from).toMatchObject({ name: 'The Shop', address: 'news@shop.example' });
    const header = (name: string) => mail.headers.find((h) => h.key === name)?.value;
    expect(header('list-unsubscribe')).toMatch(/^<https:\/\/m\.shop\.example\/u\/[\w.-]+>$/);
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const ids = t.post.received.map((r) => /^Message-ID: (.+)$/m.exec(r.raw)?.[1]);
    expect(new Set(ids).size).toBe(t.post.received.length);

    const arms = await t.shop.warehouse.query<{ arm: string; n: number }>(
      'SELECT arm, count() AS n FROM campaign_exposure FINAL WHERE campaign_id = {id:String} GROUP BY arm ORDER BY arm',
      { id: made.id },
    );
    expect(arms).toEqual([
      { arm: 'treated', n: preview.treated },
      { arm: 'control', n: preview.control },
    ]);
    expect(namesOf(made.id)).toEqual(Array(preview.treated).fill('Email Sent'));
    expect(await t.promotion.totalsOf(made.id)).toMatchObject({ issued: preview.treated });
    await expect(t.promotion.coupons.get(workspace, coupon.id)).resolves.toMatchObject({
      usedBy: [{ id: made.id, name: 'Autumn news' }],
    });
  });

  it('is refused, with the reason, while something would go wrong', async () => {
    const people = await t.people(workspace, 20);
    t.members.set('s', people);
    const { id } = await t.campaigns.create(workspace, t.draft(), 'tester');
    await expect(t.campaigns.launch(workspace, id, { confirmReach: 15, revision: 1 })).rejects.toMatchObject({
      code: 'campaign.reach_changed',
      status: 409,
      fields: { confirmReach: 'is 20 now' },
    });
    await expect(t.campaigns.launch('other', id, { confirmReach: 20, revision: 1 })).rejects.toMatchObject({
      status: 404,
    });
    const nobody = await t.campaigns.create(workspace, t.draft({ segmentId: 'none' }), 'tester');
    await expect(
      t.campaigns.launch(workspace, nobody.id, { confirmReach: 0, revision: 1 }),
    ).rejects.toMatchObject({
      code: 'campaign.incomplete',
    });
    const noSegment = await t.campaigns.create(workspace, t.draft({ segmentId: null }), 'tester');
    await expect(
      t.campaigns.launch(workspace, noSegment.id, { confirmReach: 0, revision: 1 }),
    ).rejects.toMatchObject({
      fields: { segmentId: expect.any(String) },
    });
    const endless = await t.promotion.coupons.create(
      workspace,
      couponDraft.parse({ name: 'Endless', discount: { kind: 'percent', percent: 10 } }),
    );
    const email = { fromName: 'S', subject: 'x', body: 'until {{ coupon.endsOn }}' };
    const forever = await t.campaigns.create(workspace, t.draft({ couponId: endless.id, email }), 'tester');
    await expect(
      t.campaigns.launch(workspace, forever.id, { confirmReach: 20, revision: 1 }),
    ).rejects.toMatchObject({
      detail: expect.stringContaining('"coupon.endsOn" has no value'),
    });
    await expect(t.campaigns.create(workspace, t.draft({ email }), 'tester')).rejects.toMatchObject({
      status: 400,
      fields: { couponId: expect.any(String) },
    });
    await expect(
      t.campaigns.create(
        workspace,
        t.draft({ email: { ...email, body: '{{ customer.shoeSize }}' } }),
        'tester',
      ),
    ).rejects.toMatchObject({ fields: { 'email.body': expect.stringContaining('customer.firstName') } });

    await t.campaigns.launch(workspace, id, { confirmReach: 19, revision: 1 });
    await t.shop.jobs.idle();
    for (const again of [
      () => t.campaigns.launch(workspace, id, { confirmReach: 20, revision: 1 }),
      () => t.campaigns.update(workspace, id, t.draft(), 'tester'),
      () => t.campaigns.remove(workspace, id),
      () => t.campaigns.stop(workspace, id),
    ])
      await expect(again()).rejects.toMatchObject({ code: 'campaign.wrong_state', status: 409 });
    await t.campaigns.remove(workspace, nobody.id);
    await expect(t.campaigns.get(workspace, nobody.id)).rejects.toMatchObject({ status: 404 });
  });

  it('is launched as the launcher saw it, or not at all', async () => {
    t.members.set('s', await t.people(workspace, 20));
    const letter = (subject: string) =>
      t.draft({ email: { fromName: 'Shop', subject, body: 'See you soon.' } });
    const { id, revision } = await t.campaigns.create(workspace, letter('10 % off'), 'owner@shop.example');
    t.shop.clock.advance(MINUTE);
    const theirs = { ...letter('90 % off everything'), revision };
    const changed = await t.campaigns.update(workspace, id, theirs, 'operator@shop.example');
    expect(changed).toMatchObject({ revision: revision + 1, updatedBy: 'operator@shop.example' });

    // The owner still looks at the letter before.
    const refused = {
      code: 'campaign.changed',
      status: 409,
      detail: `"operator@shop.example" changed the campaign at ${changed.updatedAt}; look at it again.`,
    };
    const mine = { ...letter('10 % off'), name: 'Mine', revision };
    await expect(t.campaigns.update(workspace, id, mine, 'owner@shop.example')).rejects.toMatchObject(
      refused,
    );
    await expect(t.campaigns.launch(workspace, id, { confirmReach: 20, revision })).rejects.toMatchObject(
      refused,
    );
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'draft',
      name: theirs.name,
      email: theirs.email,
      counts: { treated: 0 },
    });
    expect(t.post.to(address(1))).toEqual([]);

    // Who looked again may; a change under way at that moment comes before it or not at all.
    const seen = { confirmReach: 20, revision: changed.revision };
    const late = { ...letter('late'), revision: changed.revision };
    const ends = await Promise.allSettled([
      t.campaigns.update(workspace, id, late, 'operator@shop.example'),
      t.campaigns.launch(workspace, id, seen),
      t.campaigns.update(workspace, id, late, 'operator@shop.example'),
    ]);
    expect(ends.filter((e) => e.status === 'fulfilled')).toHaveLength(1);
    await t.shop.jobs.idle();
    const after = await t.campaigns.get(workspace, id);
    expect(t.post.to(address(1))).toHaveLength(after.state === 'draft' ? 0 : 1);
    if (after.state !== 'draft')
      expect((await t.post.letter(address(1))).subject).toBe('90 % off everything');
  });

  it('loses no letter and sends none twice when the process dies between the two', async () => {
    const people = await t.people(workspace, 12);
    let letters = 0;
    t.line.send = async (envelope, message) => {
      const delivery = await t.mailServer.send(envelope, message);
      letters += 1;
      // The server has it; we die before we can note it.
      if (letters === 4) throw new Error('killed');
      return delivery;
    };
    const id = await t.send(workspace, t.draft(), people);
    expect((await t.campaigns.get(workspace, id)).state).toBe('sending');
    t.line.send = t.mailServer.send;
    t.shop.clock.advance(MINUTE);
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sent',
      counts: { sent: 11, uncertain: 1, queued: 0 },
    });
    for (let i = 1; i <= 12; i++) expect(t.post.to(address(i))).toHaveLength(1);
    const [uncertain] = await t.campaigns.recipients(
      workspace,
      id,
      { limit: 9, offset: 0, state: 'uncertain' },
      true,
    );
    expect(uncertain?.error).toContain('went down');
    expect(namesOf(id)).toHaveLength(11);
  });

  it('does not guess when the line breaks at the end of a letter', async () => {
    const people = await t.people(workspace, 6);
    t.post.state.manner = (to) => (to === address(2) ? 'drop' : 'take');
    const id = await t.send(workspace, t.draft(), people);
    expect((await t.campaigns.get(workspace, id)).counts).toMatchObject({ sent: 5, uncertain: 1 });
    expect(t.post.to(address(2))).toHaveLength(1);
  });

  it('tries again what the mail server put off, and notes what it refused', async () => {
    const people = await t.people(workspace, 6);
    let busy = true;
    t.post.state.manner = (to) => {
      if (to === address(1)) return { code: 550, message: 'no such user' };
      return to === address(2) && busy ? { code: 451, message: 'greylisted' } : 'take';
    };
    const id = await t.send(workspace, t.draft(), people);
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sending',
      counts: { sent: 4, failed: 1, queued: 1 },
    });
    await t.shop.jobs.idle();
    expect((await t.campaigns.get(workspace, id)).counts.queued).toBe(1);
    t.shop.clock.advance(MINUTE);
    await t.shop.jobs.idle();
    expect((await t.campaigns.get(workspace, id)).counts.queued).toBe(1);
    busy = false;
    t.shop.clock.advance(5 * MINUTE);
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sent',
      counts: { sent: 5, failed: 1, queued: 0 },
    });
    expect(t.post.to(address(2))).toHaveLength(1);
    expect(namesOf(id).filter((n) => n === 'Email Bounced')).toHaveLength(1);
    const [failed] = await t.campaigns.recipients(
      workspace,
      id,
      { limit: 9, offset: 0, state: 'failed' },
      true,
    );
    expect(failed).toMatchObject({ to: address(1), error: expect.stringContaining('no such user') });
  });

  it('gives up on who is put off for ever', async () => {
    const people = await t.people(workspace, 2);
    t.post.state.manner = (to) => (to === address(1) ? { code: 450, message: 'later' } : 'take');
    const id = await t.send(workspace, t.draft(), people);
    for (let i = 0; i < 6; i++) {
      t.shop.clock.advance(7 * HOUR);
      await t.shop.jobs.idle();
    }
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sent',
      counts: { sent: 1, failed: 1 },
    });
  });

  it('waits while the mail server is away, and goes on when it is back', async () => {
    const people = await t.people(workspace, 8);
    t.line.send = async () => ({ fate: 'unreachable', why: 'connect ECONNREFUSED' });
    const id = await t.send(workspace, t.draft(), people);
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sending',
      error: expect.stringContaining('cannot be reached'),
      counts: { sent: 0, queued: 8 },
    });
    for (let i = 0; i < 20; i++) {
      t.shop.clock.advance(31 * MINUTE);
      await t.shop.jobs.idle();
    }
    t.line.send = t.mailServer.send;
    t.shop.clock.advance(31 * MINUTE);
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sent',
      error: null,
      counts: { sent: 8 },
    });
  });

  it('waits while the mail server takes nothing from its sender, and then everyone gets one letter', async () => {
    const people = await t.people(workspace, 12);
    let taken = 0;
    t.post.state.sender = () =>
      ++taken > 4 ? { code: 550, message: '5.4.5 Daily user sending limit exceeded' } : null;
    const id = await t.send(workspace, t.draft(), people);
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sending',
      error: expect.stringContaining('Daily user sending limit exceeded'),
      counts: { sent: 4, failed: 0, queued: 8 },
    });
    t.shop.clock.advance(MINUTE);
    await t.shop.jobs.idle();
    expect((await t.campaigns.get(workspace, id)).counts).toMatchObject({ sent: 4, queued: 8 });
    t.post.state.sender = () => null;
    t.shop.clock.advance(DAY);
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sent',
      error: null,
      counts: { sent: 12, failed: 0 },
    });
    for (let i = 1; i <= 12; i++) expect(t.post.to(address(i))).toHaveLength(1);
    expect(namesOf(id)).not.toContain('Email Bounced');
  });

  it('leaves those alone who left, though their yes was stamped ahead of our clock', async () => {
    const says = (name: string, granted: boolean, aheadMs: number) => [
      {
        kind: 'event' as const,
        messageId: `${workspace}-${name}`,
        name: 'Consent Updated',
        time: t.shop.clock.now() + aheadMs,
        identifiers: [{ type: 'user' as const, value: 'u1' }],
        properties: { channel: 'email', purpose: 'marketing', granted },
      },
    ];
    const people = await t.people(workspace, 2);
    await t.shop.collect(workspace, says('yes-from-a-clock-in-shanghai', true, 8 * 60 * MINUTE));
    t.shop.clock.advance(60 * MINUTE);
    await t.shop.collect(workspace, says('no', false, 0));
    const id = await t.send(workspace, t.draft(), people);
    expect((await t.campaigns.get(workspace, id)).counts.sent).toBe(1);
  });

  it('stops at once: what was handed over goes, nothing else', async () => {
    const people = await t.people(workspace, 60);
    let letters = 0;
    let id = '';
    let stopping: Promise<unknown> | undefined;
    t.line.send = async (envelope, message) => {
      letters += 1;
      if (letters === 10) stopping = t.campaigns.stop(workspace, id);
      await stopping;
      return t.mailServer.send(envelope, message);
    };
    id = (await t.campaigns.create(workspace, t.draft(), 'tester')).id;
    t.members.set('s', people);
    await t.campaigns.launch(workspace, id, { confirmReach: 60, revision: 1 });
    await t.shop.jobs.idle();
    const stopped = await t.campaigns.get(workspace, id);
    expect(stopped.state).toBe('stopped');
    expect(stopped.counts.sent).toBeLessThan(10 + 5 * 2);
    expect(stopped.counts).toMatchObject({ queued: 0, uncertain: 0, sent: letters });
    expect(
      await t.campaigns.recipients(workspace, id, { limit: 99, offset: 0, state: 'stopped' }, true),
    ).toHaveLength(60 - letters);
  });

  it('that is stopped leaves nobody waiting, also not who was put off at that moment', async () => {
    const people = await t.people(workspace, 4);
    const { id } = await t.campaigns.create(workspace, t.draft(), 'tester');
    t.line.send = async (envelope, message) => {
      if (envelope.to !== address(2)) return t.mailServer.send(envelope, message);
      await t.campaigns.stop(workspace, id);
      return { fate: 'later', why: 'greylisted' };
    };
    t.members.set('s', people);
    await t.campaigns.launch(workspace, id, { confirmReach: 4, revision: 1 });
    await t.shop.jobs.idle();
    const counts = async () => (await t.campaigns.list(workspace)).find((one) => one.id === id)!;
    const stopped = await counts();
    expect(stopped).toMatchObject({ state: 'stopped', counts: { treated: 4, queued: 0 } });

    // An hour after the end its counts stand in its row.
    t.shop.clock.advance(HOUR);
    expect((await counts()).counts).toEqual(stopped.counts);
    await t.shop.ledger
      .withTables<CampaignTables>()
      .deleteFrom('campaign_recipient')
      .where('campaign_id', '=', id)
      .execute();
    expect((await counts()).counts).toEqual(stopped.counts);
  });

  it('asks only of those it is about whether they left, by number or by address', async () => {
    const people = await t.people(workspace, 6);
    const refuse = (person: number, at: string) =>
      t.shop.ledger
        .withTables<CampaignTables>()
        .insertInto('campaign_refusal')
        .values({
          ...{ workspace, person_id: person, address: at, campaign_id: 'c' },
          ...{ at: new Date(t.shop.clock.now()), told_at: new Date(t.shop.clock.now()) },
        })
        .execute();
    t.line.send = async () => ({ fate: 'unreachable', why: 'connect ECONNREFUSED' });
    const id = await t.send(workspace, t.draft(), people);
    await refuse(people[0]!, 'old@x.example');
    await refuse(1_000_000, address(2));
    for (let i = 0; i < 50; i++) await refuse(2_000_000 + i, `other${i}@x.example`);
    const asked = vi.spyOn(t.shop.identity, 'whoAre');
    t.line.send = t.mailServer.send;
    t.shop.clock.advance(MINUTE);
    await t.shop.jobs.idle();
    const most = Math.max(...asked.mock.calls.map(([, numbers]) => numbers.length));
    asked.mockRestore();
    expect((await t.campaigns.get(workspace, id)).counts).toMatchObject({ sent: 4, failed: 2 });
    for (const i of [1, 2]) expect(t.post.to(address(i))).toEqual([]);
    expect(most).toBeLessThan(20);
  });

  it('goes on whatever names of traits arrive or go: one that is gone is missing for each who waits', async () => {
    const people = await t.people(workspace, 3, () => ({ vipLevel: 'gold' }));
    const email = { fromName: 'S', subject: 'x', body: 'you are {{ customer.vipLevel }}' };
    t.post.state.manner = (to) => (to === address(1) ? { code: 450, message: 'greylisted' } : 'take');
    const id = await t.send(workspace, t.draft({ email }), people);
    expect((await t.campaigns.get(workspace, id)).counts).toMatchObject({ sent: 2, queued: 1 });
    const junk = Object.fromEntries(
      Array.from({ length: 520 }, (_, i) => [`aaa_${String(i).padStart(4, '0')}`, 'x']),
    );
    await t.shop.collect(workspace, [
      {
        kind: 'person',
        time: t.shop.clock.now(),
        identifiers: [{ type: 'user', value: 'u9' }],
        traits: junk,
      },
    ]);
    t.shop.clock.advance(10 * MINUTE);
    await t.shop.jobs.idle();
    t.post.state.manner = () => 'take';
    const draft = { ...t.draft({ email }), segmentId: 's' };
    expect(
      (await t.campaigns.previewMessage(workspace, { email, couponId: null, personId: people[0]! }, true))
        .missing,
    ).toEqual([]);
    await expect(
      t.campaigns.create(
        workspace,
        { ...draft, email: { ...email, body: '{{ customer.vipLvl }}' } },
        'tester',
      ),
    ).rejects.toMatchObject({ detail: expect.stringContaining('customer.vipLevel') });
    t.shop.clock.advance(HOUR);
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({ state: 'sent', counts: { sent: 3 } });

    t.post.state.manner = (to) => (to === address(1) ? { code: 450, message: 'greylisted' } : 'take');
    const second = await t.send(workspace, t.draft({ email }), people);
    await t.shop.warehouse.deleteRows(
      'profile_trait',
      "workspace = {workspace:String} AND name = 'vipLevel'",
      {
        workspace,
      },
    );
    t.post.state.manner = () => 'take';
    t.shop.clock.advance(DAY);
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, second)).toMatchObject({
      state: 'sent',
      counts: { sent: 2, failed: 1 },
    });
    const [failed] = await t.campaigns.recipients(
      workspace,
      second,
      { limit: 9, offset: 0, state: 'failed' },
      true,
    );
    expect(failed?.error).toContain('"customer.vipLevel" has no value for this person');
  });

  it('one who lacks a value fails alone; who left meanwhile is left alone', async () => {
    const people = await t.people(workspace, 5, (i) => (i === 3 ? {} : { city: 'York' }));
    const email = { fromName: 'S', subject: 'x', body: 'to {{ customer.city }}' };
    t.line.send = async () => ({ fate: 'unreachable', why: 'connect ECONNREFUSED' });
    const id = await t.send(workspace, t.draft({ email }), people);
    await t.shop.collect(workspace, [
      {
        kind: 'event',
        messageId: `${workspace}-no`,
        name: 'Consent Updated',
        time: t.shop.clock.now(),
        identifiers: [{ type: 'user', value: 'u5' }],
        properties: { channel: 'email', purpose: 'marketing', granted: false },
      },
    ]);
    t.line.send = t.mailServer.send;
    t.shop.clock.advance(MINUTE);
    await t.shop.jobs.idle();
    const failed = await t.campaigns.recipients(
      workspace,
      id,
      { limit: 9, offset: 0, state: 'failed' },
      true,
    );
    const why = new Map(failed.map((r) => [r.to, r.error]));
    expect([...why.keys()].sort()).toEqual([address(3), address(5)]);
    expect(why.get(address(3))).toContain('"customer.city" has no value');
    expect(why.get(address(5))).toContain('consent');
    expect(await t.campaigns.get(workspace, id)).toMatchObject({ state: 'sent', counts: { sent: 3 } });
    expect(t.post.to(address(5))).toHaveLength(0);
  });
});

describe('a campaign that is ended early', () => {
  /** While the audience of a segment is computed for the second time (by the launch itself), this happens first. */
  function whileLaunching(segment: string, happens: () => Promise<unknown>): void {
    let asked = 0;
    const people = t.members.get(segment);
    vi.spyOn(t.members, 'get').mockImplementation((id) => {
      if (id === segment) asked += 1;
      return id === segment && asked === 2 ? (happens().then(() => people) as never) : people;
    });
  }
  async function couponed(segmentId: string): Promise<string> {
    const coupon = await t.promotion.coupons.create(
      workspace,
      couponDraft.parse({ name: 'Ten', discount: { kind: 'percent', percent: 10 } }),
    );
    const draft = t.draft({ segmentId, couponId: coupon.id, controlShare: 0.5 });
    return (await t.campaigns.create(workspace, draft, 'tester')).id;
  }
  async function jobOf(kind: string, state: 'queued' | 'running') {
    const rows = await t.shop.jobs.list(workspace, { limit: 50, offset: 0, state });
    return rows.find((r) => r.kind === kind)!;
  }
  const exposures = async (id: string) =>
    (
      await t.shop.warehouse.one<{ n: number }>(
        'SELECT count() AS n FROM campaign_exposure FINAL WHERE campaign_id = {id:String}',
        { id },
      )
    ).n;
  async function expectNothingOf(id: string): Promise<void> {
    const campaign = await t.campaigns.get(workspace, id);
    expect(campaign).toMatchObject({ state: 'stopped', counts: { queued: 0, sent: 0 } });
    expect(campaign.finishedAt).not.toBeNull();
    expect(await exposures(id)).toBe(0);
    expect(await t.promotion.totalsOf(id)).toMatchObject({ issued: 0 });
    expect(t.post.received.filter((r) => r.to.endsWith(`@${workspace}.example`))).toEqual([]);
  }
  afterEach(() => vi.restoreAllMocks());

  it('while it is launched, leaves no letter, no code and nobody exposed', async () => {
    t.members.set('s', await t.people(workspace, 20));
    const id = await couponed('s');
    whileLaunching('s', () => t.campaigns.stop(workspace, id));
    await t.campaigns.launch(workspace, id, { confirmReach: 20, revision: 1 });
    await t.shop.jobs.idle();
    await expectNothingOf(id);
  });

  it('by cancelling its launch, before that began or while it ran, is stopped', async () => {
    const people = await t.people(workspace, 20);
    t.members.set('s', people);
    t.members.set('other', people);
    const [first, second] = [await couponed('s'), await couponed('other')];
    let goOn: () => void = () => {};
    whileLaunching('s', () => new Promise<void>((resolve) => (goOn = resolve)));
    await t.campaigns.launch(workspace, first, { confirmReach: 20, revision: 1 });
    await t.campaigns.launch(workspace, second, { confirmReach: 20, revision: 1 });
    await vi.waitUntil(() => jobOf('campaign.launch', 'running'));
    await t.shop.jobs.cancel(workspace, (await jobOf('campaign.launch', 'queued')).id);
    expect((await t.campaigns.get(workspace, second)).state).toBe('stopped');
    await t.shop.jobs.cancel(workspace, (await jobOf('campaign.launch', 'running')).id);
    goOn();
    await t.shop.jobs.idle();
    await expectNothingOf(first);
    await expectNothingOf(second);
  });

  it('a launch whose job another process has by now takes nothing away from that', async () => {
    const people = await t.people(workspace, 20);
    t.members.set('s', people);
    const id = await couponed('s');
    const db = t.shop.ledger.withTables<CampaignTables>();
    whileLaunching('s', async () => {
      const one = { person_id: people[0]!, address: address(1), name: '', state: 'control' } as const;
      await insertRecipients(db, id, [one]);
      await moveCampaign(db, id, ['launching'], { state: 'sending', audience_at: new Date() });
    });
    await t.campaigns.launch(workspace, id, { confirmReach: 20, revision: 1 });
    await t.shop.jobs.idle();
    const left = await t.campaigns.recipients(workspace, id, { limit: 99, offset: 0 }, true);
    expect(left.map((r) => r.personId)).toEqual([people[0]]);
  });

  it('by cancelling a sending that waits, is stopped', async () => {
    const people = await t.people(workspace, 5);
    t.line.send = async () => ({ fate: 'unreachable', why: 'connect ECONNREFUSED' });
    const id = await t.send(workspace, t.draft(), people);
    await t.shop.jobs.cancel(workspace, (await jobOf('campaign.send', 'queued')).id);
    expect(await t.campaigns.get(workspace, id)).toMatchObject({ state: 'stopped', counts: { queued: 0 } });
    const stopped = await t.campaigns.recipients(
      workspace,
      id,
      { limit: 9, offset: 0, state: 'stopped' },
      true,
    );
    expect(stopped).toHaveLength(5);
  });

  it('by cancelling a sending that runs, is stopped; who got no letter got no code', async () => {
    const people = await t.people(workspace, 1200);
    t.members.set('s', people);
    const id = await couponed('s');
    let letters = 0;
    t.line.send = async (envelope, message) => {
      letters += 1;
      if (letters === 10) await t.shop.jobs.cancel(workspace, (await jobOf('campaign.send', 'running')).id);
      return t.mailServer.send(envelope, message);
    };
    await t.campaigns.launch(workspace, id, { confirmReach: 1200, revision: 1 });
    await t.shop.jobs.idle();
    const { state, counts } = await t.campaigns.get(workspace, id);
    expect(state).toBe('stopped');
    expect(counts).toMatchObject({ queued: 0, uncertain: 0, sent: letters });
    expect((await t.promotion.totalsOf(id)).issued).toBeLessThanOrEqual(500);
    expect(await exposures(id)).toBe(1200);
  });
});

describe('a sending that is cut off, but not by anyone', () => {
  const sentLetters = () => t.post.received.filter((r) => r.to.endsWith(`@${workspace}.example`)).length;

  async function cutOffAtTenth(cut: () => Promise<unknown>): Promise<string> {
    const people = await t.people(workspace, 60);
    t.members.set('s', people);
    let letters = 0;
    let done: Promise<unknown> = Promise.resolve();
    t.line.send = async (envelope, message) => {
      letters += 1;
      if (letters === 10) done = cut();
      return t.mailServer.send(envelope, message);
    };
    const { id } = await t.campaigns.create(workspace, t.draft(), 'tester');
    await t.campaigns.launch(workspace, id, { confirmReach: 60, revision: 1 });
    await vi.waitUntil(() => letters >= 10, 20_000);
    await done;
    expect((await t.campaigns.get(workspace, id)).state).toBe('sending');
    return id;
  }

  it('because the process closes, goes on at the next start', async () => {
    const id = await cutOffAtTenth(() => t.shop.jobs.close());
    expect(sentLetters()).toBeLessThan(60);
    await t.shop.jobs.start();
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({
      state: 'sent',
      counts: { sent: 60, uncertain: 0 },
    });
  });

  it('because another process has the job now, goes on there', async () => {
    const table = t.shop.ledger.withTables<JobTables>();
    const theirs = (set: object) =>
      table.updateTable('platform_job').set(set).where('state', '=', 'running').execute();
    const id = await cutOffAtTenth(async () => {
      await theirs({ lease: 99, lease_until: new Date(t.shop.clock.now() + HOUR) });
      t.shop.clock.advance(11 * SECOND);
      await t.shop.jobs.tick();
    });
    await vi.waitUntil(async () => (await t.campaigns.get(workspace, id)).counts.queued > 0);
    await theirs({ state: 'queued' });
    await t.shop.jobs.idle();
    expect(await t.campaigns.get(workspace, id)).toMatchObject({ state: 'sent', counts: { sent: 60 } });
    expect(sentLetters()).toBe(60);
  });
});

describe('people who turn out to be one after the launch', () => {
  /** Someone browsed before; now they sign in, and their first number is the one that stays. */
  async function browsedBefore(): Promise<number> {
    const visit = { type: 'anonymous' as const, value: `visit-${workspace}` };
    const seen = (messageId: string, identifiers: Identifier[]): Fact => ({
      kind: 'event',
      messageId: `${workspace}-${messageId}`,
      name: 'Page Viewed',
      time: t.shop.clock.now(),
      identifiers,
      properties: {},
    });
    await t.shop.collect(workspace, [seen('browsed', [visit])]);
    signIn = async () => {
      await t.shop.collect(workspace, [seen('signed-in', [{ type: 'user', value: 'u1' }, visit])]);
      return t.shop.person(workspace, 'u1');
    };
    return (await t.shop.identity.personOf(workspace, visit))!;
  }
  let signIn: () => Promise<number>;

  it('get their letter, whether or not their portrait was computed since', async () => {
    const visitor = await browsedBefore();
    const people = await t.people(workspace, 2);
    t.line.send = async () => ({ fate: 'unreachable', why: 'connect ECONNREFUSED' });
    const id = await t.send(workspace, t.draft(), people);
    expect(await signIn()).toBe(visitor);
    expect(people).not.toContain(visitor);
    await t.shop.profile.refresh(workspace);
    t.line.send = t.mailServer.send;
    t.shop.clock.advance(HOUR);
    await t.shop.jobs.idle();
    expect((await t.campaigns.get(workspace, id)).counts).toMatchObject({ sent: 2, failed: 0 });
    expect((await t.post.letter(address(1))).subject).toBe('News for First1');
    const told = await t.shop.warehouse.query<{ person_id: number }>(
      `SELECT person_id FROM collect_event WHERE workspace = {workspace:String} AND name = 'Email Sent' ORDER BY person_id`,
      { workspace },
    );
    expect(told.map((r) => r.person_id)).toEqual([visitor, people[1]]);
    await t.campaigns.reactions.left((await leaveOf(1)).split('/u/')[1]!);
    const again = await t.campaigns.create(workspace, t.draft(), 'tester');
    t.members.set('s', [visitor, people[1]!]);
    expect((await t.campaigns.previewAudience(workspace, again.id)).reach).toBe(1);
  });

  it('are who redeemed their code', async () => {
    const visitor = await browsedBefore();
    const people = await t.people(workspace, 1);
    const coupon = await t.promotion.coupons.create(
      workspace,
      couponDraft.parse({ name: 'Five', discount: { kind: 'amount', amountCents: 500 } }),
    );
    const id = await t.send(workspace, t.draft({ couponId: coupon.id }), people);
    const { code } = (await t.promotion.codesOf(id, people)).get(people[0]!)!;
    expect(await signIn()).toBe(visitor);
    await t.promotion.redeem(workspace, { code, orderId: 'o-1', basketCents: 5000 });
    const page = await t.shop.warehouse.one<{ person_id: number }>(
      `SELECT person_id FROM collect_event WHERE workspace = {workspace:String} AND name = 'Coupon Redeemed'`,
      { workspace },
    );
    expect(page.person_id).toBe(visitor);
  });

  const leaveOf = async (i: number) =>
    (await t.post.letter(address(i))).headers.find((h) => h.key === 'list-unsubscribe')!.value.slice(1, -1);
});

describe('what recipients do', () => {
  async function letterOf(i: number) {
    const mail = await t.post.letter(address(i));
    const path = (pattern: RegExp) => pattern.exec(mail.html ?? '')![0].replace('https://m.shop.example', '');
    return {
      click: path(/https:\/\/m\.shop\.example\/t\/c\/[\w.-]+/),
      pixel: path(/https:\/\/m\.shop\.example\/t\/o\/[\w.-]+/),
      leave: path(/https:\/\/m\.shop\.example\/u\/[\w.-]+/),
    };
  }
  const get = (url: string, headers = {}) => t.http.app.inject({ method: 'GET', url, headers });

  it('opens and clicks are counted once, links lead where the author said', async () => {
    const people = await t.people(workspace, 3);
    const id = await t.send(workspace, t.draft(), people);
    const { click, pixel } = await letterOf(1);
    for (let i = 0; i < 3; i++) {
      const picture = await get(pixel);
      expect(picture.statusCode).toBe(200);
      expect(picture.headers['content-type']).toBe('image/gif');
    }
    t.shop.clock.advance(MINUTE);
    for (let i = 0; i < 2; i++) {
      const answer = await get(click);
      expect(answer.statusCode).toBe(302);
      expect(answer.headers.location).toBe('https://shop.example/range?x=1');
    }
    await t.http.app.inject({ method: 'HEAD', url: (await letterOf(2)).click });
    expect(await t.campaigns.funnel(workspace, id)).toEqual({
      treated: 3,
      control: 0,
      sent: 3,
      opened: 1,
      clicked: 1,
    });
    const stored = await t.shop.warehouse.query<{ name: string; n: number }>(
      `SELECT name, count() AS n FROM collect_event WHERE workspace = {workspace:String}
         AND name IN ('Email Opened', 'Email Link Clicked') GROUP BY name ORDER BY name`,
      { workspace },
    );
    expect(stored).toEqual([
      { name: 'Email Link Clicked', n: 1 },
      { name: 'Email Opened', n: 1 },
    ]);
  });

  it('a click by a program on a code link carries the person’s own code', async () => {
    const people = await t.people(workspace, 1);
    const coupon = await t.promotion.coupons.create(
      workspace,
      couponDraft.parse({ name: 'C', discount: { kind: 'percent', percent: 10 } }),
    );
    const email = { fromName: 'S', subject: 'x', body: '[[Go]](https://shop.example/?c={{ coupon.code }})' };
    const id = await t.send(workspace, t.draft({ couponId: coupon.id, email }), people);
    const [r] = await t.campaigns.recipients(workspace, id, { limit: 1, offset: 0 }, true);
    const answer = await get((await letterOf(1)).click);
    expect(answer.headers.location).toBe(`https://shop.example/?c=${r!.couponCode}`);
  });

  it('leaving takes two clicks in a browser and one post by a mail program, and holds from then on', async () => {
    const people = await t.people(workspace, 3);
    await t.send(workspace, t.draft(), people);
    const { leave } = await letterOf(2);
    const asked = await get(leave, { 'accept-language': 'zh-CN,zh;q=0.9' });
    expect(asked.statusCode).toBe(200);
    expect(asked.body).toContain('退订');
    expect(asked.body).toContain('<form method="post">');
    const reach = async () => {
      const { id } = await t.campaigns.create(workspace, t.draft(), 'tester');
      return (await t.campaigns.previewAudience(workspace, id)).reach;
    };
    expect(await reach()).toBe(3);
    const left = await t.http.app.inject({
      method: 'POST',
      url: leave,
      payload: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(left.statusCode).toBe(200);
    expect(left.body).toContain('You are unsubscribed');
    expect(await reach()).toBe(2);
    const multipart = await t.http.app.inject({
      method: 'POST',
      url: (await letterOf(3)).leave,
      payload: '--b\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(multipart.statusCode).toBe(200);
    expect(await reach()).toBe(1);
    const consent = await t.shop.warehouse.query<{ granted: number }>(
      `SELECT granted FROM profile_consent WHERE workspace = {workspace:String} ORDER BY time DESC LIMIT 2`,
      { workspace },
    );
    expect(consent).toEqual([{ granted: 0 }, { granted: 0 }]);
  });

  it('who left is out whatever is repeated of them, until they agree again', async () => {
    const people = await t.people(workspace, 2);
    await t.send(workspace, t.draft(), people);
    await t.campaigns.reactions.left((await letterOf(2)).leave.split('/u/')[1]!);
    const reach = async () => {
      const { id } = await t.campaigns.create(workspace, t.draft(), 'tester');
      return (await t.campaigns.previewAudience(workspace, id)).reach;
    };
    const traits = { email: address(2), emailConsent: true };
    const says = (message: object) => {
      t.shop.clock.advance(HOUR);
      const now = t.shop.clock.now();
      const facts = factsOfMessage(
        { userId: 'u2', timestamp: new Date(now).toISOString(), ...message },
        { receivedAt: now, sentAt: null, currency: 'CNY', messageId: () => `${workspace}-${now}` },
      );
      if (!Array.isArray(facts)) throw new Error(facts.reason);
      return facts;
    };
    for (const repeated of [
      { type: 'identify', traits },
      { type: 'identify', context: { traits } },
      { type: 'page', context: { traits } },
      { type: 'track', event: 'Wish Made', context: { traits }, properties: { email: address(2) } },
    ]) {
      await t.shop.collect(workspace, says(repeated));
      expect(await reach()).toBe(1);
    }
    await t.shop.collect(workspace, says({ type: 'identify', traits }), 'the-list', 'import');
    expect(await reach()).toBe(1);
    const agreed = { event: 'Consent Updated', properties: { channel: 'email', granted: true } };
    await t.shop.collect(workspace, says({ type: 'track', ...agreed }), 'the-list-of-events', 'import');
    expect(await reach()).toBe(1);
    await t.shop.collect(workspace, says({ type: 'track', ...agreed }));
    expect(await reach()).toBe(2);
  });

  it('who leaves, agrees and leaves again within a moment has left', async () => {
    const [person] = await t.people(workspace, 1);
    await t.send(workspace, t.draft(), [person!]);
    const token = (await letterOf(1)).leave.split('/u/')[1]!;
    const granted = async () =>
      (await t.shop.profile.person.get(workspace, person!, true)).consent.find((c) => c.channel === 'email')!
        .granted;
    t.shop.clock.advance(10 * MINUTE - (t.shop.clock.now() % (10 * MINUTE)));
    await t.campaigns.reactions.left(token);
    expect(await granted()).toBe(false);
    t.shop.clock.advance(SECOND);
    await t.shop.collect(workspace, [
      {
        kind: 'event',
        messageId: `${workspace}-yes`,
        name: 'Consent Updated',
        time: t.shop.clock.now(),
        identifiers: [{ type: 'user', value: 'u1' }],
        properties: { channel: 'email', granted: true },
      },
    ]);
    expect(await granted()).toBe(true);
    t.shop.clock.advance(SECOND);
    await t.campaigns.reactions.left(token);
    expect(await granted()).toBe(false);
  });

  it('garbage is answered politely', async () => {
    const people = await t.people(workspace, 1);
    await t.send(workspace, t.draft(), people);
    const { click, leave } = await letterOf(1);
    const touched = (path: string) => path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
    for (const path of [
      '/t/c/x',
      '/u/x',
      '/t/c/%00%ff',
      '/u/..%2f..%2fetc',
      `/t/c/${'a'.repeat(290)}`,
      touched(click),
      touched(leave),
      leave.replace('/u/', '/t/c/'),
      click.replace('/t/c/', '/u/'),
    ]) {
      const answer = await get(path);
      expect([400, 404], path).toContain(answer.statusCode);
      expect(answer.headers.location).toBeUndefined();
    }
    expect((await get('/t/o/rubbish.gif')).statusCode).toBe(200);
    expect((await t.http.app.inject({ method: 'POST', url: '/u/rubbish', payload: 'x' })).statusCode).toBe(
      404,
    );
    expect((await get('/u/preview')).statusCode).toBe(200);
  });
});

describe('messages before they are sent', () => {
  it('a hostile customer, subject and body do no harm', async () => {
    const people = await t.people(workspace, 1, () => ({
      firstName:
        '<script>alert(1)</script>\r\nBcc: all@evil.example {{ coupon.code }} [x](https://evil.example)',
    }));
    const email = {
      fromName: 'Shop"\r\nBcc: a@evil.example',
      subject: 'Hi {{ customer.firstName }}\r\nX-Evil: 1',
      body: 'Hi {{ customer.firstName }} <img src=x onerror=alert(1)>',
    };
    await t.send(workspace, t.draft({ email }), people);
    const { raw } = t.post.to(address(1))[0]!;
    const mail = await t.post.letter(address(1));
    expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/^(bcc|x-evil):/im);
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).not.toContain('<img src=x');
    expect(mail.html).toContain('{{ coupon.code }}');
    expect(mail.html).not.toContain('href="https://evil.example');
    expect(mail.to).toEqual([{ name: '', address: address(1) }]);
  });

  it('are shown as someone would see them, hidden from who may not know them', async () => {
    const [first] = await t.people(workspace, 2, (i) => ({ city: i === 1 ? 'York' : '' }));
    const email = {
      fromName: 'S',
      subject: 'Hi {{ customer.firstName }}',
      body: '{{ customer.city }}: [range](https://shop.example/) {{ customer.lastName | default: "x" }}',
    };
    const ask = { email, couponId: null, personId: first! };
    const seen = await t.campaigns.previewMessage(workspace, ask, true);
    expect(seen).toMatchObject({
      personId: first,
      to: address(1),
      subject: 'Hi First1',
      missing: ['customer.lastName'],
    });
    expect(seen.html).toContain('href="https://shop.example/"');
    expect(seen.html).not.toContain('/t/o/');
    const hidden = await t.campaigns.previewMessage(workspace, ask, false);
    expect(hidden.subject).toBe('Hi F**');
    expect(hidden.to).not.toContain('u1@');
    const random = await t.campaigns.previewMessage(workspace, { ...ask, personId: null }, true);
    expect(random.personId).not.toBeNull();
    await expect(
      t.campaigns.previewMessage(workspace, { ...ask, personId: 999_999 }, true),
    ).rejects.toMatchObject({
      status: 404,
    });
    const lacking = { ...ask, email: { ...email, subject: 'Hi {{ customer.lastName }}' } };
    expect((await t.campaigns.previewMessage(workspace, lacking, true)).subject).toBe(
      'Hi ⟨customer.lastName⟩',
    );
    const empty = await t.shop.workspace();
    expect(await t.campaigns.previewMessage(empty, { ...ask, personId: null }, true)).toMatchObject({
      personId: null,
      subject: 'Hi Ann',
    });
  });

  it('can be sent to oneself, with nobody’s values, and count nowhere', async () => {
    await t.people(workspace, 1);
    const { id } = await t.campaigns.create(workspace, t.draft(), 'tester');
    const sent = await t.campaigns.sendTest(workspace, id, 'me@office.example');
    const letter = await t.post.letter('me@office.example');
    expect(letter.messageId).toBe(sent.messageId);
    expect(letter.subject).toBe('News for Ann');
    expect(letter.html).not.toContain('/t/c/');
    expect((await t.campaigns.get(workspace, id)).counts.treated).toBe(0);
  });
});

describe('over HTTP', () => {
  async function call(endpoint: Endpoint, params: Record<string, string>, body?: object) {
    const url = endpoint.path.replace(/:(\w+)/g, (_, n: string) => params[n]!);
    const answer = await t.http.app.inject({
      method: endpoint.method,
      url,
      headers: { authorization: 'x' },
      ...(body ? { payload: body } : {}),
    });
    return { status: answer.statusCode, body: answer.body ? answer.json() : null };
  }

  it('a campaign goes from draft to report-ready, and who may not see addresses does not', async () => {
    t.members.set('s', await t.people(workspace, 10));
    const coupon = await call(
      promotionEndpoints.createCoupon,
      { workspace },
      { name: 'Five', discount: { kind: 'percent', percent: 5 }, prefix: 'XX' },
    );
    const draft = t.draft({ controlShare: 0.2, couponId: coupon.body.id });
    const made = await call(campaignEndpoints.createCampaign, { workspace }, draft);
    expect(made.status).toBe(200);
    const at = { workspace, id: made.body.id };
    const audience = await call(campaignEndpoints.previewAudience, at);
    expect(audience).toMatchObject({ status: 200, body: { segment: 10, reach: 10 } });
    const blind = await call(campaignEndpoints.launchCampaign, at, { confirmReach: 10 });
    expect(blind).toMatchObject({ status: 400, body: { fields: { revision: expect.any(String) } } });
    const stale = { ...draft, name: 'Stale', revision: 7 };
    expect((await call(campaignEndpoints.updateCampaign, at, stale)).body.code).toBe('campaign.changed');
    expect(
      (await call(campaignEndpoints.launchCampaign, at, { confirmReach: 2, revision: 1 })).body.code,
    ).toBe('campaign.reach_changed');
    expect((await call(campaignEndpoints.launchCampaign, at, { confirmReach: 10, revision: 1 })).status).toBe(
      200,
    );
    await t.shop.jobs.idle();
    t.granted.permissions = ['campaign.read'];
    const listed = await call(campaignEndpoints.listRecipients, at);
    t.granted.permissions = PERMISSIONS;
    expect(listed.body.rows).toHaveLength(10);
    expect(listed.body.total).toBe(10);
    expect(JSON.stringify(listed.body)).not.toContain('u1@');
    const whole = await call(campaignEndpoints.listRecipients, at);
    const codes = (body: typeof whole.body): string[] =>
      body.rows.map((r: { couponCode: string }) => r.couponCode).filter((code: string) => code !== '');
    expect(codes(whole.body).length).toBeGreaterThan(0);
    expect(codes(listed.body)).toEqual(codes(whole.body).map((code) => `****${code.slice(-3)}`));
    expect((await call(campaignEndpoints.listCampaigns, { workspace })).body).toHaveLength(1);
    expect((await call(campaignEndpoints.createCampaign, { workspace }, { name: '' })).status).toBe(400);
    expect(
      (await t.http.app.inject({ method: 'GET', url: `/v1/workspaces/${workspace}/campaigns` })).statusCode,
    ).toBe(401);
  });
});

describe('many', () => {
  it('two thousand recipients get a letter each', { timeout: 120_000 }, async () => {
    const people = await t.people(workspace, 2_000);
    const began = performance.now();
    const id = await t.send(workspace, t.draft({ controlShare: 0.1 }), people);
    const seconds = (performance.now() - began) / 1000;
    const { counts, state } = await t.campaigns.get(workspace, id);
    expect(state).toBe('sent');
    expect(counts.sent + counts.control).toBe(2_000);
    const mine = t.post.received.filter((r) => r.to.endsWith(`@${workspace}.example`));
    expect(new Set(mine.map((r) => r.to)).size).toBe(counts.sent);
    expect(mine).toHaveLength(counts.sent);
    console.log(
      `${counts.sent} letters in ${seconds.toFixed(1)} s: ${Math.round(counts.sent / seconds)} a second`,
    );
  });
});
