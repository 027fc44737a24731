import fc from 'fast-check';
import { expect, it } from 'vitest';
import { versionByTime } from './version.ts';

it('goes by time, then by arrival, whatever both are', () => {
  const told = fc.record({
    time: fc.integer({ min: 0, max: Date.parse('2200-01-01') }),
    arrival: fc.integer({ min: 1, max: Date.parse('2200-01-01') * 1000 }),
  });
  fc.assert(
    fc.property(told, told, fc.boolean(), (a, b, sameTime) => {
      const other = sameTime ? { ...b, time: a.time } : b;
      const order = Math.sign(a.time - other.time || a.arrival - other.arrival);
      const [x, y] = [a, other].map((t) => BigInt(versionByTime(t.time, t.arrival))) as [bigint, bigint];
      expect(x === y ? 0 : x > y ? 1 : -1).toBe(order);
      expect(x).toBeLessThan(2n ** 128n);
    }),
  );
});
