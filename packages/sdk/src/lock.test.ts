import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Clock } from './clock.ts';
import { leaseLock } from './lock.ts';
import { memoryStore, type Store } from './store.ts';

interface Write {
  by: number;
  /** When every tab but its own may have seen it, at the latest. */
  seenAt: number;
  apply: (view: Store) => void;
}

/**
 * Storage as browsers share it between processes: one of them orders all writes, each tab sees them a moment later, and
 * its own at once.
 */
function seenLate(now: () => number, tabs: number, delayMs: () => number): Store[] {
  const log: Write[] = [];
  return Array.from({ length: tabs }, (_, by): Store => {
    const own = (): Store => {
      const seen = memoryStore();
      let late = false;
      for (const write of log) {
        // Writes are shown in their order: what comes after one that is not here yet is not here either.
        late ||= write.by !== by && write.seenAt > now();
        if (!late) write.apply(seen);
      }
      // What it wrote itself and is not back yet stands before all else.
      if (late) for (const write of log.filter((w) => w.by === by && w.seenAt > now())) write.apply(seen);
      return seen;
    };
    const write = (apply: Write['apply']) => void log.push({ by, seenAt: now() + delayMs(), apply });
    return {
      get: (key) => own().get(key),
      set: (key, value) => write((seen) => seen.set(key, value)),
      remove: (key) => write((seen) => seen.remove(key)),
      keys: () => own().keys(),
    };
  });
}

it('a lease lets one tab work at a time, though each sees late what others wrote', async () => {
  const one = fc.record({ startMs: fc.nat(400), workMs: fc.integer({ min: 1, max: 15_000 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { minLength: 2, maxLength: 4 }),
      fc.array(fc.nat(20), { minLength: 8, maxLength: 8 }),
      async (tabs, chances) => {
        let now = 1_000_000;
        let draw = 0;
        const chance = () => chances[draw++ % chances.length]!;
        const timers: { at: number; what: () => void }[] = [];
        const clock: Clock = {
          now: () => now,
          random: () => chance() / 21,
          after(ms, what) {
            const timer = { at: now + ms, what };
            timers.push(timer);
            return () => {
              timer.what = () => {};
            };
          },
        };
        const stores = seenLate(clock.now, tabs.length, chance);
        let working = 0;
        let most = 0;
        let done = 0;
        for (const [i, { startMs, workMs }] of tabs.entries())
          clock.after(startMs, () => {
            void leaseLock(
              stores[i]!,
              `tab${i}`,
              clock,
            )(async () => {
              working += 1;
              most = Math.max(most, working);
              await new Promise<void>((resolve) => clock.after(workMs, resolve));
              working -= 1;
              done += 1;
            });
          });
        while (timers.length > 0 && done < tabs.length) {
          timers.sort((a, b) => a.at - b.at);
          const timer = timers.shift()!;
          now = timer.at;
          timer.what();
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        expect([most, done]).toEqual([1, tabs.length]);
      },
    ),
    { numRuns: 100 },
  );
});
