import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fate, TAKEN, type Tab, TestWorld } from './test-world.ts';

const LATER = 60_000;

describe('delivery', () => {
  it('sends in batches, after the interval or when a batch is full', async () => {
    const world = new TestWorld();
    const { tracker } = world.open({ batchSize: 3 });
    tracker.track('A');
    tracker.track('B');
    await world.pass(900);
    expect(world.requests).toEqual([]);
    await world.pass(200);
    expect(world.requests.map((r) => r.messages.length)).toEqual([2]);
    for (const name of ['C', 'D', 'E', 'F']) tracker.track(name);
    await world.pass(50);
    expect(world.requests.map((r) => r.messages.length)).toEqual([2, 3, 1]);
    expect(world.events()).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
    expect(world.store.keys().filter((k) => k.includes('.m.') || k.includes('.c.'))).toEqual([]);
  });

  it('waits as long as the server asks, in every tab, and longer each time it fails', async () => {
    const world = new TestWorld();
    world.fates = [{ status: 503, retryAfterMs: 30_000 }];
    const one = world.open();
    one.tracker.track('A');
    await world.pass(5_000);
    const two = world.open();
    two.tracker.track('B');
    two.leave();
    await world.pass(24_000);
    expect(world.requests).toHaveLength(1);
    await world.pass(20_000);
    expect(world.events()).toEqual(['A', 'B']);

    world.fates = Array.from({ length: 6 }, () => ({ status: 500 }));
    two.tracker.track('C');
    await world.pass(10 * LATER);
    const times = world.requests.slice(-7).map((r) => r.at);
    const waits = times.slice(1).map((at, i) => at - times[i]!);
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** i + 200);
    }
    expect(world.events()).toEqual(['A', 'B', 'C']);
  });

  it('halves what is too large, and gives up only on the one message that is', async () => {
    const world = new TestWorld();
    const fits = (n: number): Fate => (n > 2 ? { status: 413 } : TAKEN);
    world.fateOf = (messages) =>
      messages.length === 1 && messages[0]!.event === 'huge' ? { status: 413 } : fits(messages.length);
    const { tracker } = world.open({ batchSize: 8 });
    for (let i = 0; i < 11; i++) tracker.track(`e${i}`);
    await world.pass(LATER);
    expect(world.events()).toHaveLength(11);
    world.fateOf = (messages) => (messages.some((m) => m.event === 'huge') ? { status: 413 } : TAKEN);
    for (const name of ['x', 'huge', 'y']) tracker.track(name);
    await world.pass(LATER);
    expect(world.events().slice(11)).toEqual(['x', 'y']);
    expect(world.problems).toEqual([{ code: 'too_large', lost: 1, status: 413 }]);
  });

  it('never asks again after 400, and says what is lost; a wrong key stops the page and loses nothing', async () => {
    const world = new TestWorld();
    world.fates = [{ status: 400 }];
    const { tracker } = world.open();
    tracker.track('bad');
    await world.pass(LATER);
    expect(world.requests).toHaveLength(1);
    expect(world.problems).toEqual([{ code: 'refused', lost: 1, status: 400 }]);
    world.fates = [{ status: 401 }];
    tracker.track('A');
    await world.pass(LATER);
    tracker.track('B');
    await world.pass(60 * LATER);
    expect(world.requests).toHaveLength(2);
    expect(world.problems.at(-1)).toEqual({ code: 'not_accepted', lost: 0, status: 401 });
    // The key is there by the next visit.
    world.open();
    await world.pass(LATER);
    expect(world.events()).toEqual(['A', 'B']);
  });

  it('sends nothing while offline and at once when the network is back', async () => {
    const world = new TestWorld();
    const { tracker, reconnected } = world.open();
    world.online = false;
    tracker.track('A');
    await world.pass(LATER);
    expect(world.requests).toEqual([]);
    world.online = true;
    reconnected();
    await world.pass(100);
    expect(world.events()).toEqual(['A']);
    // Also where nothing said so beforehand: a request that failed is not waited for.
    world.fates = [{ status: 0 }, { status: 0 }, { status: 0 }, { status: 0 }];
    tracker.track('B');
    await world.pass(9_000);
    world.fates = [];
    reconnected();
    await world.pass(100);
    expect(world.events()).toEqual(['A', 'B']);
  });

  it('keeps to its bounds: the oldest make room, and it is told', async () => {
    const world = new TestWorld();
    world.online = false;
    const { tracker, reconnected } = world.open({ queueMessages: 5 });
    for (let i = 0; i < 8; i++) tracker.track(`e${i}`);
    tracker.track('huge', { text: 'x'.repeat(300_000) });
    expect(world.problems.map((p) => [p.code, p.lost])).toEqual([
      ...Array.from({ length: 3 }, () => ['queue_full', 1]),
      ['too_large', 1],
    ]);
    world.online = true;
    reconnected();
    await world.pass(LATER);
    expect(world.events()).toEqual(['e3', 'e4', 'e5', 'e6', 'e7']);
  });

  it('keeps to its bounds also when messages are many, or heavy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 20_000, max: 60_000 }),
        async (sizes, queueMessages, queueBytes) => {
          const world = new TestWorld();
          world.online = false;
          const { tracker } = world.open({ queueMessages, queueBytes });
          for (const size of sizes) tracker.track('x', { text: 'x'.repeat(size) });
          const kept = world.store.keys().filter((key) => key.includes('.m.'));
          const bytes = kept.reduce((sum, key) => sum + world.store.get(key)!.length, 0);
          expect(kept.length).toBeLessThanOrEqual(queueMessages);
          expect(bytes).toBeLessThanOrEqual(queueBytes);
          const lost = world.problems.reduce((sum, p) => sum + p.lost, 0);
          expect(kept.length + lost).toBe(sizes.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps what the device has no room for in memory, and says so', async () => {
    const world = new TestWorld();
    const set = world.store.set;
    world.store.set = (key, value) => {
      if (key.includes('.m.')) throw new Error('QuotaExceededError');
      set(key, value);
    };
    const { tracker } = world.open();
    tracker.track('A');
    expect(world.problems.map((p) => p.code)).toEqual(['storage_full']);
    await world.pass(LATER);
    expect(world.events()).toEqual(['A']);
  });
});

/** What may happen on a device, and at the server. */
type Step =
  | { do: 'track'; tab: number }
  | { do: 'pass'; ms: number }
  | { do: 'close' | 'crash' | 'hide'; tab: number }
  | { do: 'open' }
  | { do: 'network'; online: boolean };

const tab = fc.nat(3);
const calm: fc.Arbitrary<Step>[] = [
  tab.map((t) => ({ do: 'track' as const, tab: t })),
  fc.integer({ min: 1, max: 9_000 }).map((ms) => ({ do: 'pass' as const, ms })),
  fc.constant({ do: 'open' as const }),
  fc.boolean().map((online) => ({ do: 'network' as const, online })),
  tab.map((t) => ({ do: 'hide' as const, tab: t })),
];
const rough = [
  ...calm,
  fc
    .record({ kind: fc.constantFrom('close' as const, 'crash' as const), tab })
    .map(({ kind, tab: t }) => ({ do: kind, tab: t })),
];
const answered: fc.Arbitrary<Fate> = fc.record({
  status: fc.constantFrom(200, 503, 429, 500, 413, 408),
  retryAfterMs: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
  afterMs: fc.integer({ min: 1, max: 8_000 }),
});
const honest = answered.map((f) => ({ ...f, taken: f.status === 200 }));
/** The answer may get lost on its way, or the request before it. */
const unreliable = fc.oneof(
  honest,
  fc.record({ status: fc.constant(0), taken: fc.boolean(), afterMs: fc.integer({ min: 1, max: 19_000 }) }),
);

/** Lives through the steps; afterwards the server is well and somebody comes back to the shop. */
async function live(world: TestWorld, steps: readonly Step[], fates: readonly Fate[]): Promise<string[]> {
  world.fates = [...fates];
  // What is too large is so for batches only.
  const next = world.fateOf;
  world.fateOf = (messages) => {
    const fate = next(messages);
    return fate.status === 413 && messages.length === 1 ? TAKEN : fate;
  };
  const tabs: Tab[] = [world.open({ batchSize: 4 })];
  const said: string[] = [];
  for (const step of steps) {
    const at = 'tab' in step ? tabs[step.tab % Math.max(1, tabs.length)] : undefined;
    if (step.do === 'pass') await world.pass(step.ms);
    else if (step.do === 'open') tabs.push(world.open({ batchSize: 4 }));
    else if (step.do === 'network') {
      world.online = step.online;
      if (step.online) for (const one of tabs) one.reconnected();
    } else if (at && step.do === 'track') {
      said.push(`event ${said.length}`);
      at.tracker.track(said.at(-1)!);
    } else if (at && step.do === 'hide') at.leave();
    else if (at) {
      await (step.do === 'close' ? at.close() : at.crash());
      tabs.splice(tabs.indexOf(at), 1);
    }
  }
  world.online = true;
  world.fates = [];
  const last = world.open();
  last.reconnected();
  await world.pass(30 * LATER);
  return said;
}

describe.each(['web', 'lease'] as const)('laws of the queue, with %s locks', (locks) => {
  const steps = (kinds: fc.Arbitrary<Step>[]) =>
    fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 30 });

  it('nothing is lost, whatever fails, is closed or crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps(rough),
        fc.array(unreliable, { maxLength: 20 }),
        fc.nat(),
        async (what, fates, seed) => {
          const world = new TestWorld({ seed, locks });
          const said = await live(world, what, fates);
          expect(world.events().sort()).toEqual([...said].sort());
          expect(world.store.keys().filter((key) => key.includes('.m.'))).toEqual([]);
          expect(world.problems).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('nothing is sent twice that was answered, however many tabs there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps(calm),
        fc.array(honest, { maxLength: 20 }),
        fc.nat(),
        async (what, fates, seed) => {
          const world = new TestWorld({ seed, locks });
          const said = await live(world, what, fates);
          expect(world.taken).toHaveLength(said.length);
          expect(world.twice()).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('no tab asks before the time the server named', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps(rough),
        fc.array(honest, { maxLength: 20 }),
        fc.nat(),
        async (what, fates, seed) => {
          const world = new TestWorld({ seed, locks });
          const rests: { from: number; until: number }[] = [];
          let asked = 0;
          const next = world.fateOf;
          world.fateOf = (messages) => {
            if (rests.some(({ from, until }) => world.now > from && world.now < until)) asked += 1;
            const fate = next(messages);
            // The device knows once the answer is there; two requests may be under way together, on leaving.
            if (fate.retryAfterMs && fate.status === 503)
              rests.push({ from: world.now + 1, until: world.now + 1 + fate.retryAfterMs });
            return fate;
          };
          await live(
            world,
            what.filter((s) => s.do !== 'network' && s.do !== 'close' && s.do !== 'crash'),
            fates.map((f) => ({ ...f, afterMs: 1 })),
          );
          expect(asked).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
