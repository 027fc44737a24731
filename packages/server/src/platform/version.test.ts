import fc from 'fast-check';
import { expect, it } from 'vitest';
import { versionByTime, versionHeard } from './version.ts';

it('goes by time, then by arrival, whatever both are', () => {
  const told = fc.record({
    time: fc.integer({ min: Date.parse('1970-01-14'), max: Date.parse('2109-01-01') }),
    arrival: fc.integer({ min: 1, max: Date.parse('2109-01-01') * 1000 }),
  });
  fc.assert(
    fc.property(told, told, fc.boolean(), (a, b, sameTime) => {
      const other = sameTime ? { ...b, time: a.time } : b;
      const order = Math.sign(a.time - other.time || a.arrival - other.arrival);
      for (const version of [versionByTime, versionHeard]) {
        const [x, y] = [a, other].map((t) => BigInt(version(t.time, t.arrival))) as [bigint, bigint];
        expect(x === y ? 0 : x > y ? 1 : -1).toBe(order);
        expect(x).toBeLessThan(2n ** 128n);
      }
      // Whenever it was: what was heard stands behind what was told.
      const [heard, said] = [versionHeard(a.time, a.arrival), versionByTime(b.time, b.arrival)];
      expect(BigInt(heard)).toBeLessThan(BigInt(said));
    }),
  );
});
