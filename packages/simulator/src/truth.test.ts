import { beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type Fields, history, truthOf } from './index.ts';

const DAYS = 365;
const world = createWorld({ seed: 23, people: 4_000, days: DAYS, stores: 6, skus: 400 });
const truth = truthOf(world);
const orders = new Int32Array(world.options.people);
const lastOrder = new Int32Array(world.options.people).fill(-1);
const unitsByLeaf = new Float64Array(world.options.people * world.categories.length);
const untouched = new Uint8Array(world.options.people).fill(1);

beforeAll(() => {
  let day = 0;
  for (const batch of history(world)) {
    batch.messages.forEach(({ event, properties }, i) => {
      const person = batch.people[i]!;
      if (event === 'Email Delivered') untouched[person] = 0;
      if (event !== 'Order Completed') return;
      orders[person]!++;
      lastOrder[person] = day;
      for (const { product_id: id } of properties!.products as Fields[]) {
        const leaf = world.range.leafOf[Number(String(id).slice(1)) - 100_001]!;
        unitsByLeaf[person * world.categories.length + leaf]!++;
      }
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
    const tenth = Math.floor(there.length / 10);
    const repeats = Array.from({ length: 10 }, (_, decile) => {
      const members = there.slice(decile * tenth, (decile + 1) * tenth);
      return members.filter((person) => orders[person]! >= 2).length / members.length;
    });
    expect(repeats).toEqual([...repeats].sort((a, b) => a - b));
    expect(repeats[9]! - repeats[0]!).toBeGreaterThan(0.4);
  });

  it('has people buy what they love', () => {
    const leaves = world.categories.length;
    let loved = 0;
    let all = 0;
    for (const person of everyone()) {
      const taste = truth.taste(person);
      const best = [...taste.keys()].sort((a, b) => taste[b]! - taste[a]!).slice(0, 8);
      const units = unitsByLeaf.subarray(person * leaves, (person + 1) * leaves);
      loved += best.reduce((sum, leaf) => sum + units[leaf]!, 0);
      all += units.reduce((a, b) => a + b, 0);
    }
    expect(loved / all).toBeGreaterThan(0.5);
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
