import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailOf } from './identifiers.ts';
import {
  createPlayer,
  createWorld,
  history,
  type PlayState,
  type SimMessage,
  type Stimulus,
  truthOf,
  type World,
} from './index.ts';
import { HAS } from './people.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function reachable({ people }: World): number[] {
  return Array.from({ length: people.size }, (_, person) => person).filter(
    (p) => people.flags[p]! & HAS.email,
  );
}

function mailTo(world: World, person: number, atMs: number, discountPercent: number): Stimulus {
  const toEmail = emailOf(world.options.seed, person, world.people.flags[person]!);
  const openUrl = `https://t.example/o/${person}`;
  const linkUrls = [`https://t.example/l/${person}`];
  return {
    kind: 'email',
    toEmail,
    atMs,
    campaignId: 'spring',
    couponCode: 'SPRING',
    discountPercent,
    openUrl,
    linkUrls,
  };
}

function ordersIn(messages: readonly SimMessage[]): SimMessage[] {
  return messages.filter(({ event }) => event === 'Order Completed');
}

describe('live play', () => {
  const world = createWorld({ seed: 8, people: 600, days: 120, stores: 4, skus: 200 });
  const startMs = world.calendar.startMs(100);
  const stimuli = reachable(world).map((person, i) => mailTo(world, person, startMs + (i % 70) * HOUR, 20));

  it('comes to the same in one stretch or in two with the state put away between', () => {
    const endMs = startMs + 4 * DAY;
    const whole = createPlayer(world).advance(startMs, endMs, stimuli);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 * DAY - 1 }), (cut) => {
        const middleMs = startMs + cut;
        const first = createPlayer(world);
        const a = first.advance(
          startMs,
          middleMs,
          stimuli.filter(({ atMs }) => atMs < middleMs),
        );
        const state = JSON.parse(JSON.stringify(first.state())) as PlayState;
        const later = stimuli.filter(({ atMs }) => atMs >= middleMs);
        const b = createPlayer(world, state).advance(middleMs, endMs, later);
        expect([...a.messages, ...b.messages]).toEqual(whole.messages);
        expect([...a.reactions, ...b.reactions]).toEqual(whole.reactions);
        expect([...a.people, ...b.people]).toEqual([...whole.people]);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  it('goes on from the end of a history without repeating a message', () => {
    const told = history(world);
    const ids = new Set<string>();
    let step = told.next();
    for (; !step.done; step = told.next())
      for (const { messageId } of step.value.messages) ids.add(messageId);
    const nowMs = world.calendar.startMs(120);
    const live = createPlayer(world, step.value).advance(nowMs, nowMs + 10 * DAY);
    expect(ordersIn(live.messages).length).toBeGreaterThan(5);
    expect(live.messages.some(({ messageId }) => ids.has(messageId))).toBe(false);
    expect(live.messages.some(({ event }) => event === 'Order Refunded')).toBe(true);
  });

  it('opens, clicks, and buys with the coupon of the mail', () => {
    const live = createPlayer(world).advance(startMs, startMs + 17 * DAY, stimuli);
    const opens = live.reactions.filter(({ kind }) => kind === 'open');
    const clicks = live.reactions.filter(({ kind }) => kind === 'click');
    expect(opens.length / stimuli.length).toBeGreaterThan(0.3);
    expect(opens.length / stimuli.length).toBeLessThan(0.55);
    expect(clicks.length).toBeGreaterThan(5);
    expect(clicks.length).toBeLessThan(opens.length);
    expect(live.reactions.map(({ atMs }) => atMs)).toEqual(
      live.reactions.map(({ atMs }) => atMs).sort((a, b) => a - b),
    );
    expect(
      ordersIn(live.messages).filter(({ properties }) => properties!.coupon === 'SPRING').length,
    ).toBeGreaterThan(5);
  });

  it('leaves a stranger’s address unanswered', () => {
    const toStranger: Stimulus = { ...stimuli[0]!, toEmail: 'nobody1@qq.com' };
    expect(createPlayer(world).advance(startMs, startMs + DAY, [toStranger]).reactions).toEqual([]);
  });

  it('moves treated people by what the truth foretells', () => {
    const large = createWorld({ seed: 31, people: 20_000, days: 300, stores: 4, skus: 200 });
    const fromMs = large.calendar.startMs(200);
    const mailed = reachable(large);
    const sent = mailed.map((person) => mailTo(large, person, fromMs, 20));
    const count = (given: readonly Stimulus[]): number =>
      ordersIn(createPlayer(large).advance(fromMs, fromMs + 16 * DAY, given).messages).length;
    const truth = truthOf(large);
    const expected = mailed.reduce((sum, person) => sum + truth.emailUplift(person, 200, 20), 0);
    const spread = Math.sqrt(
      mailed.reduce((sum, person) => sum + Math.abs(truth.emailUplift(person, 200, 20)), 0),
    );
    const measured = count(sent) - count([]);
    expect(Math.abs(measured - expected)).toBeLessThan(4 * spread + 0.02 * expected);
    expect(expected).toBeGreaterThan(5 * spread);
  });

  it('puts off those who do not want to be disturbed', () => {
    const large = createWorld({ seed: 32, people: 20_000, days: 300, stores: 4, skus: 200 });
    const truth = truthOf(large);
    const annoyed = reachable(large).filter((person) => truth.isDoNotDisturb(person));
    const fromMs = large.calendar.startMs(200);
    const sent = annoyed.map((person) => mailTo(large, person, fromMs, 0));
    const without = ordersIn(createPlayer(large).advance(fromMs, fromMs + 16 * DAY).messages).length;
    const mailed = ordersIn(createPlayer(large).advance(fromMs, fromMs + 16 * DAY, sent).messages).length;
    expect(mailed).toBeLessThan(without);
  });
});
