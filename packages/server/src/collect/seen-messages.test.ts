import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY, SECOND } from '../platform/clock.ts';
import { hash64 } from '../platform/hash64.ts';
import { rememberedFrom, SeenMessages } from './seen-messages.ts';

const START = Date.parse('2026-06-01T00:00:00Z');

it('remembers 30 days to the second, the same in a process that goes on and in one that read it all back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(20).map(String), afterMs: fc.integer({ min: 0, max: 12 * DAY }) }), {
        maxLength: 40,
      }),
      (deliveries) => {
        const going = new SeenMessages();
        const stored: { id: string; at: number }[] = [];
        let now = START;
        for (const { id, afterMs } of deliveries) {
          now += afterMs;
          const fresh = readBack(stored, now);
          const isKnown = stored.some(
            (s) => s.id === id && Math.floor(s.at / SECOND) >= Math.floor((now - 30 * DAY) / SECOND),
          );
          expect([going.has('w', id, now), fresh.has('w', id, now)]).toEqual([isKnown, isKnown]);
          if (isKnown) continue;
          stored.push({ id, at: now });
          going.remember('w', [id], now);
        }
      },
    ),
  );
});

/** As the warehouse tells it at a start. */
function readBack(stored: readonly { id: string; at: number }[], now: number): SeenMessages {
  const fresh = new SeenMessages();
  const hash = new Uint32Array(2);
  const kept = stored.filter((s) => Math.floor(s.at / SECOND) >= rememberedFrom(now));
  const rows = Buffer.alloc(12 * kept.length);
  for (const [i, { id, at }] of kept.entries()) {
    hash64(id, hash);
    for (const [j, word] of [hash[0]!, hash[1]!, Math.floor(at / SECOND)].entries())
      rows.writeUInt32LE(word, 12 * i + 4 * j);
  }
  fresh.load('w', rows);
  return fresh;
}

it('holds memory for 35 days of messages at most, of workspaces that fell silent too', () => {
  const seen = new SeenMessages();
  seen.remember('silent', ['x'], START);
  for (let day = 0; day < 400; day++)
    seen.remember(
      'w',
      Array.from({ length: 10 }, (_, i) => `${day}-${i}`),
      START + day * DAY,
    );
  expect(seen.size).toBeGreaterThanOrEqual(300);
  expect(seen.size).toBeLessThanOrEqual(360);
});
