import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY, SECOND } from '../platform/clock.ts';
import { hash64 } from '../platform/hash64.ts';
import { openMessageHash } from './message-hash.ts';
import { clientsId } from './message-id.ts';
import { rememberedFrom, SeenMessages } from './seen-messages.ts';

const hashOf = openMessageHash(Buffer.alloc(32, 7));
const START = Date.parse('2026-06-01T00:00:00Z');

const id = fc.oneof(
  fc.nat(20).map(String),
  fc.nat(20).map((n) => clientsId(`${n}`)),
);

it('remembers 30 days to the second, the same in a process that goes on and in one that read it all back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id, afterMs: fc.integer({ min: 0, max: 12 * DAY }) }), {
        maxLength: 40,
      }),
      (deliveries) => {
        const going = new SeenMessages(hashOf);
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
  const fresh = new SeenMessages(hashOf);
  const hash = new Uint32Array(2);
  const kept = stored.filter((s) => Math.floor(s.at / SECOND) >= rememberedFrom(now));
  const rows = Buffer.alloc(12 * kept.length);
  for (const [i, { id, at }] of kept.entries()) {
    hashOf(id, hash);
    for (const [j, word] of [hash[0]!, hash[1]!, Math.floor(at / SECOND)].entries())
      rows.writeUInt32LE(word, 12 * i + 4 * j);
  }
  fresh.load('w', rows);
  return fresh;
}

it('holds memory for 35 days of messages at most, of workspaces that fell silent too', () => {
  const seen = new SeenMessages(hashOf);
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

it('hashes what a page says by a secret of the installation, and all else as ever', () => {
  const digest = (secret: number, messageId: string) => {
    const out = new Uint32Array(2);
    openMessageHash(Buffer.alloc(32, secret))(messageId, out);
    return [...out].join(' ');
  };
  const plain = (messageId: string) => {
    const out = new Uint32Array(2);
    hash64(messageId, out);
    return [...out].join(' ');
  };
  fc.assert(
    fc.property(fc.string(), (text) => {
      const page = clientsId(text);
      expect(digest(1, page)).toBe(digest(1, page));
      expect(new Set([digest(1, page), digest(2, page), plain(page)]).size).toBe(3);
      if (!text.startsWith('client:')) expect(digest(1, text)).toBe(plain(text));
    }),
  );
  // It must never change: what is stored is found by it for as long as the secret is kept.
  expect(digest(7, clientsId('order-1'))).toBe('1706932404 1318003639');
});

it('knows what pages said before there was a secret, and makes nothing of a server a repeat by that', () => {
  const [page, server] = [clientsId('m1'), 'order-1'];
  const out = new Uint32Array(2);
  hash64(page, out);
  const rows = Buffer.alloc(12);
  for (const [i, word] of [out[0]!, out[1]!, Math.floor(START / SECOND)].entries())
    rows.writeUInt32LE(word, 4 * i);
  const seen = new SeenMessages(hashOf);
  seen.load('w', rows);
  expect([seen.has('w', page, START), seen.has('w', clientsId('m2'), START)]).toEqual([true, false]);
  expect(seen.has('w', page, START + 31 * DAY)).toBe(false);

  // Found within a minute: a page's id with the hash of the order that a server tells next.
  const found = clientsId(
    '\u5d1b\u6fee\u7661\u7cc2\u8b91\u772a\u8c84\u72fb\u7724\u700f' +
      '\u7081\u75bd\u81ad\u8f83\u7970\u7351\u805c\u7d3f\u5770\u8868',
  );
  const before = new SeenMessages(hash64);
  before.remember('w', [found], START);
  expect(before.has('w', server, START)).toBe(true);
  const now = new SeenMessages(hashOf);
  now.remember('w', [found], START);
  expect([now.has('w', server, START), now.has('w', found, START)]).toEqual([false, true]);
});
