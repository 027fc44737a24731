import { describe, expect, it } from 'vitest';
import { TestWorld } from './test-world.ts';

const MINUTE = 60_000;
const last = (world: TestWorld) => world.taken.at(-1)!;

describe('who it is', () => {
  it('stays the same over pages and tabs, and begins anew when somebody signs out', async () => {
    const world = new TestWorld();
    const one = world.open();
    one.tracker.track('A');
    one.tracker.identify('ann', { email: 'ann@shop.example' });
    await world.pass(10);
    const two = world.open();
    two.tracker.track('B');
    await world.pass(MINUTE);
    const [a, i, b] = world.taken;
    expect([a!.userId, i!.userId, b!.userId]).toEqual([undefined, 'ann', 'ann']);
    expect(new Set(world.taken.map((m) => m.anonymousId)).size).toBe(1);
    expect(two.tracker.traits()).toEqual({ email: 'ann@shop.example' });

    two.tracker.reset();
    // The other tab knows at once: it must not speak for Ann any more.
    one.tracker.track('C');
    await world.pass(MINUTE);
    expect(last(world).userId).toBeUndefined();
    expect(last(world).anonymousId).not.toBe(a!.anonymousId);
    expect(one.tracker.traits()).toEqual({});
  });

  it('never connects two logins on one device, also where nobody signed out', async () => {
    const world = new TestWorld();
    const { tracker } = world.open();
    tracker.identify('ann', { city: 'Berlin' });
    tracker.identify('ben', { age: 30 });
    tracker.identify(null, { age: 31 });
    await world.pass(MINUTE);
    const [ann, ben, more] = world.taken;
    expect(ben!.anonymousId).not.toBe(ann!.anonymousId);
    expect(more!.userId).toBe('ben');
    expect(tracker.traits()).toEqual({ age: 31 });
    // Only what was said now is said: an old address must not overwrite a newer one from elsewhere.
    expect(more!.traits).toEqual({ age: 31 });
  });

  it('shares the anonymous id with other sub-domains, and forgets the person when one of those began anew', async () => {
    const world = new TestWorld();
    world.cookie = 'from-www';
    const { tracker } = world.open();
    expect(tracker.anonymousId()).toBe('from-www');
    tracker.identify('ann');
    world.cookie = 'after-logout';
    expect([tracker.anonymousId(), tracker.userId()]).toEqual(['after-logout', null]);
    // A cookie that was cleared is written again from what is kept.
    world.cookie = null;
    expect(world.open().tracker.anonymousId()).toBe('after-logout');
    expect(world.cookie).toBe('after-logout');
  });

  it('knows groups and earlier ids, and takes further identifiers', async () => {
    const world = new TestWorld();
    const { tracker } = world.open();
    tracker.group('club', { tier: 'gold' });
    tracker.alias('ann', 'old-login');
    tracker.track(
      'A',
      {},
      { externalIds: [{ type: 'openid', id: 'o1' }], timestamp: '2026-05-01T00:00:00Z' },
    );
    await world.pass(MINUTE);
    expect(world.taken[0]).toMatchObject({ type: 'group', groupId: 'club', traits: { tier: 'gold' } });
    expect(world.taken[1]).toMatchObject({ type: 'alias', userId: 'ann', previousId: 'old-login' });
    expect(last(world)).toMatchObject({
      timestamp: '2026-05-01T00:00:00.000Z',
      context: { groupId: 'club', externalIds: [{ type: 'openid', id: 'o1' }] },
    });
  });
});

it('a visit ends after half an hour without anything, in any tab', async () => {
  const world = new TestWorld();
  const one = world.open();
  one.tracker.track('A');
  await world.pass(29 * MINUTE);
  const two = world.open();
  two.tracker.track('B');
  await world.pass(29 * MINUTE);
  one.tracker.track('C');
  await world.pass(31 * MINUTE);
  two.tracker.track('D');
  await world.pass(MINUTE);
  const ids = world.taken.map((m) => m.context.sessionId);
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  expect(ids[3]).not.toBe(ids[0]);
  expect(world.taken.map((m) => m.context.sessionStart ?? false)).toEqual([true, false, false, true]);
});

it('says what happens in a shop by the names of the e-commerce specification', async () => {
  const world = new TestWorld();
  const { tracker } = world.open();
  tracker.productViewed({ product_id: 'TEA-1', price: 12.5 });
  tracker.orderCompleted({ order_id: '1', products: [{ product_id: 'TEA-1', price: 12.5, quantity: 2 }] });
  tracker.productAddedToWishlist({ product_id: 'TEA-1' });
  await world.pass(MINUTE);
  expect(world.events()).toEqual(['Product Viewed', 'Order Completed', 'Product Added to Wishlist']);
  expect(world.taken[1]!.properties).toMatchObject({ order_id: '1' });
});

it('never fails the page, whatever it is called with', async () => {
  const world = new TestWorld();
  const { tracker } = world.open();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  tracker.track('A', circle);
  tracker.track('');
  tracker.track('B', {}, { timestamp: 'no time' });
  expect(world.problems.map((p) => p.code)).toEqual(['bad_call', 'bad_call', 'bad_call']);
  tracker.track('C', undefined, null as never);
  await world.pass(MINUTE);
  expect(world.events()).toEqual(['C']);
});

it('needs a key and an address', () => {
  const world = new TestWorld();
  expect(() => world.open({ writeKey: '' })).toThrow(/writeKey/);
  expect(() => world.open({ url: 'events.example' })).toThrow(/https/);
});

describe('consent', () => {
  const kept = (world: TestWorld) => [world.store.keys(), world.cookie];
  const NOTHING = [[], null];

  it('pending: nothing is kept nor sent; then what happened is told with its own time, by who it was', async () => {
    const world = new TestWorld();
    // Somebody whom the device knew from before they were asked.
    const before = world.open();
    const id = before.tracker.anonymousId();
    const keys = world.store.keys().length;
    const { tracker } = world.open({ consent: 'pending' });
    const began = world.now;
    tracker.page();
    const properties = { n: 1 };
    tracker.track('A', properties);
    properties.n = 2;
    tracker.identify('ann');
    await world.pass(10 * MINUTE);
    expect(world.requests).toEqual([]);
    expect(world.store.keys()).toHaveLength(keys);
    expect(tracker.userId()).toBeNull();

    tracker.consent({ analytics: true, marketing: false });
    await world.pass(MINUTE);
    expect(world.events()).toEqual(['page', 'A', 'identify', 'Consent Updated', 'Consent Updated']);
    expect(world.taken.slice(0, 3).map((m) => Date.parse(m.timestamp))).toEqual([began, began, began]);
    expect(world.taken[1]!.properties).toEqual({ n: 1 });
    expect(new Set(world.taken.map((m) => m.anonymousId))).toEqual(new Set([id]));
    expect(world.taken.slice(3).map((m) => m.properties)).toEqual([
      { channel: 'web', purpose: 'analytics', granted: true },
      { channel: 'web', purpose: 'marketing', granted: false },
    ]);
  });

  it('leaves no trace of somebody who has not decided or said no', async () => {
    for (const mode of ['pending', 'denied'] as const) {
      const world = new TestWorld();
      const tab = world.open({ consent: mode });
      tab.tracker.page();
      tab.tracker.identify('ann', { email: 'a@b.example' });
      tab.tracker.productViewed({ product_id: 'X' });
      tab.tracker.anonymousId();
      await world.pass(MINUTE);
      await tab.close();
      expect(kept(world)).toEqual(NOTHING);
      expect(world.requests).toEqual([]);
    }
  });

  it('holds a bounded number of calls, the newest', async () => {
    const world = new TestWorld();
    const { tracker } = world.open({ consent: 'pending' });
    for (let i = 0; i < 210; i++) tracker.track(`e${i}`);
    tracker.consent({ analytics: true });
    await world.pass(MINUTE);
    expect(world.events()).toHaveLength(201);
    expect(world.events()[0]).toBe('e10');
    expect(world.problems).toHaveLength(10);
  });

  it('a yes is remembered and said once; a no is the last thing said, and leaves nothing behind', async () => {
    const world = new TestWorld();
    const one = world.open({ consent: 'pending' });
    one.tracker.consent({ analytics: true });
    await world.pass(MINUTE);
    const two = world.open({ consent: 'pending' });
    expect(two.tracker.consentMode()).toBe('granted');
    two.tracker.consent({ analytics: true });
    two.tracker.track('A');
    await world.pass(MINUTE);
    expect(world.events()).toEqual(['Consent Updated', 'A']);
    const { anonymousId } = last(world);

    two.tracker.track('never sent');
    world.fates = [{ status: 503 }];
    two.tracker.consent({ analytics: false });
    two.tracker.track('B');
    await world.pass(MINUTE);
    expect(world.events()).toEqual(['Consent Updated', 'A', 'Consent Updated']);
    expect(last(world)).toMatchObject({
      anonymousId,
      properties: { channel: 'web', purpose: 'analytics', granted: false },
    });
    expect(kept(world)).toEqual(NOTHING);
    // Whoever says yes after all is somebody new.
    two.tracker.consent({ analytics: true });
    await world.pass(MINUTE);
    expect(last(world).anonymousId).not.toBe(anonymousId);
  });

  it('remembers a no as one word where the shop asks for it', async () => {
    const world = new TestWorld();
    const options = { consent: 'pending', rememberRefusal: true } as const;
    world.open(options).tracker.consent({ analytics: false });
    expect(world.store.keys().map((key) => world.store.get(key))).toEqual(['denied']);
    const { tracker } = world.open(options);
    expect(tracker.consentMode()).toBe('denied');
    tracker.consent({ analytics: true });
    expect(world.open(options).tracker.consentMode()).toBe('granted');
  });

  it('heeds the signal of the browser, until the visitor says otherwise', async () => {
    const world = new TestWorld();
    const { tracker } = world.open({ signal: true });
    tracker.track('A');
    await world.pass(MINUTE);
    expect(world.requests).toEqual([]);
    tracker.consent({ analytics: true });
    tracker.track('B');
    await world.pass(MINUTE);
    expect(world.events()).toEqual(['Consent Updated', 'B']);
    expect(world.open({ signal: true }).tracker.consentMode()).toBe('granted');
    // A yes from before the signal was set is none against it.
    const other = new TestWorld();
    other.open({ consent: 'pending' }).tracker.consent({ analytics: true });
    expect(other.open({ signal: true }).tracker.consentMode()).toBe('denied');
  });

  it('a no in one tab ends it in all; a yes in one begins it in those that wait', async () => {
    for (const mode of ['granted', 'pending'] as const) {
      const world = new TestWorld();
      const one = world.open({ consent: mode });
      const two = world.open({ consent: mode });
      two.tracker.track('A');
      one.tracker.consent({ analytics: true });
      two.tracker.track('B');
      await world.pass(MINUTE);
      expect(world.events().sort()).toEqual(['A', 'B', 'Consent Updated']);
      one.tracker.consent({ analytics: false });
      two.tracker.track('C');
      two.tracker.identify('ann');
      await world.pass(MINUTE);
      expect(world.events().sort()).toEqual(['A', 'B', 'Consent Updated', 'Consent Updated']);
      expect(kept(world)).toEqual(NOTHING);
    }
  });

  it('does not take for a yes that a shop once tracked without asking', async () => {
    const world = new TestWorld();
    world.open().tracker.track('A');
    expect(world.open({ consent: 'pending' }).tracker.consentMode()).toBe('pending');
  });

  it('tells consent to other channels without changing whether we track', async () => {
    const world = new TestWorld();
    const { tracker } = world.open();
    tracker.consent({ marketing: true }, 'email');
    tracker.consent({ analytics: false }, 'email');
    await world.pass(MINUTE);
    expect(world.taken.map((m) => m.properties)).toEqual([
      { channel: 'email', purpose: 'marketing', granted: true },
      { channel: 'email', purpose: 'analytics', granted: false },
    ]);
    expect(tracker.consentMode()).toBe('granted');
  });
});
