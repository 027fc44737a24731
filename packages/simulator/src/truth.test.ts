import { beforeAll, describe, expect, it } from 'vitest';
import { createWorld, history, truthOf } from './index.ts';

const DAYS = 365;
const world = createWorld({ seed: 23, people: 4_000, days: DAYS, stores: 6, skus: 400 });
const truth = truthOf(world);
const orders = new Int32Array(world.options.people);
const lastOrder = new Int32Array(world.options.people).fill(-1);
const untouched = new Uint8Array(world.options.people).fill(1);

beforeAll(() => {
  let day = 0;
  for (const batch of history(world)) {
    batch.messages.forEach(({ event }, i) => {
      const person = batch.people[i]!;
      if (event === 'Email Delivered') untouched[person] = 0;
      if (event !== 'Order Completed') return;
      orders[person]!++;
      lastOrder[person] = day;
    });
    day++;
  }
});

function everyone(): number[] {
  return Array.from({ length: world.options.people }, (_, person) => person);
}

describe('the truth of a world', () => {
  it('foretells the orders of untouched people', () => {
    const people = everyone().filter((person) => untouched[person] === 1);
    const expected = people.reduce((sum, person) => sum + truth.expectedOrders(person, 0, DAYS), 0);
    const seen = people.reduce((sum, person) => sum + orders[person]!, 0);
    expect(Math.abs(seen - expected)).toBeLessThan(4 * Math.sqrt(expected) + 0.01 * expected);
  });

  it('has faster buyers buy again more often', () => {
    const there = everyone().filter(
      (person) => truth.people.joinDay[person]! < 0 && truth.people.dropDay[person]! > DAYS,
    );
    there.sort((a, b) => truth.people.rate[a]! - truth.people.rate[b]!);
    const fifth = Math.floor(there.length / 5);
    const repeats = [0, 1, 2, 3, 4].map((band) => {
      const members = there.slice(band * fifth, (band + 1) * fifth);
      return members.filter((person) => orders[person]! >= 2).length / members.length;
    });
    expect(repeats).toEqual([...repeats].sort((a, b) => a - b));
    expect(repeats[4]! - repeats[0]!).toBeGreaterThan(0.4);
  });

  it('lets nobody buy after dropping out, unless a message woke them', () => {
    for (const person of everyone()) {
      if (untouched[person] === 0) continue;
      expect(lastOrder[person]!).toBeLessThan(truth.people.dropDay[person]!);
    }
  });

  it('knows valuable customers who went to sleep', () => {
    const sleepers = everyone().filter((person) => truth.isSleeper(person));
    const bought = sleepers.reduce((sum, person) => sum + orders[person]!, 0) / sleepers.length;
    const all = orders.reduce((a, b) => a + b, 0) / orders.length;
    expect(sleepers.length / world.options.people).toBeGreaterThan(0.015);
    expect(bought).toBeGreaterThan(2 * all);
    expect(sleepers.every((person) => truth.people.dropDay[person]! < DAYS - 60)).toBe(true);
  });

  it('expects less of someone whose drop-out is open than of someone who stays', () => {
    for (const person of [1, 2, 3]) {
      const open = truth.expectedOrdersIfActive(person, 400, 490);
      expect(open).toBeGreaterThan(0);
      expect(open).toBeLessThanOrEqual(90);
    }
  });

  it('has some people whom mail puts off, and others whom it moves', () => {
    const uplifts = everyone().map((person) => truth.emailUplift(person, 180, 10));
    expect(uplifts.filter((uplift) => uplift < 0).length / uplifts.length).toBeGreaterThan(0.03);
    expect(uplifts.filter((uplift) => uplift > 0.05).length / uplifts.length).toBeGreaterThan(0.1);
  });
});
