import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Hash64Map, hash64 } from './hash64.ts';

it('a Hash64Map answers what a Map would', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.integer({ min: 1, max: 2 ** 32 - 1 })), { maxLength: 300 }),
      (entries) => {
        const ours = new Hash64Map(4);
        const oracle = new Map<string, number>();
        const hash = new Uint32Array(2);
        for (const [key, value] of entries) {
          hash64(key, hash);
          ours.set(hash[0]!, hash[1]!, value);
          oracle.set(key, value);
        }
        expect(ours.size).toBe(oracle.size);
        for (const [key, value] of oracle) {
          hash64(key, hash);
          expect(ours.get(hash[0]!, hash[1]!)).toBe(value);
        }
        hash64('never stored \u0000', hash);
        expect(ours.get(hash[0]!, hash[1]!)).toBe(0);
      },
    ),
  );
});

it('hashes of a million near alike texts do not collide', () => {
  const seen = new Set<bigint>();
  const hash = new Uint32Array(2);
  for (let i = 0; i < 1_000_000; i++) {
    hash64(`user\n${i}`, hash);
    seen.add((BigInt(hash[1]!) << 32n) | BigInt(hash[0]!));
  }
  expect(seen.size).toBe(1_000_000);
});
