import { expect, it } from 'vitest';
import { FakeClock, HeldClock } from './clock.ts';

it('a held clock stands at its own time for the length of a work, and runs with the other after it', async () => {
  const clock = new FakeClock(5000);
  const held = new HeldClock(clock);
  expect(held.now()).toBe(5000);
  expect(await held.at(1200, async () => held.now())).toBe(1200);
  await expect(held.at(1300, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  clock.advance(10);
  expect(held.now()).toBe(5010);
});
