import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApp } from '../../test-app.ts';
import { openBodyRoom } from './body-room.ts';

const MEGABYTE = 1024 * 1024;

describe('Room for bodies', () => {
  const sizes = { all: 1000, oneKey: 500, withoutKey: 250, free: 10 };
  const piece = fc.record({
    body: fc.nat(9),
    bytes: fc.integer({ min: 1, max: 300 }),
    leaves: fc.boolean(),
  });

  it('is never given twice and never lost; what is held stays within it', () => {
    fc.assert(
      fc.property(fc.array(piece), (steps) => {
        const room = openBodyRoom(sizes);
        const bodies = Array.from({ length: 10 }, (_, i) =>
          room.enter({ address: `a${i % 3}`, key: i % 2 === 0 ? null : `k${i % 3}` }),
        );
        for (const { body, bytes, leaves } of steps) {
          if (leaves) bodies[body]!.leave();
          else
            try {
              bodies[body]!.take(bytes);
            } catch {
              bodies[body]!.leave();
            }
          expect(room.held()).toBeLessThanOrEqual(sizes.all + 3 * sizes.free);
        }
        for (const body of bodies) body.leave();
        expect(room.held()).toBe(0);
      }),
    );
  });

  it('is kept from those without a key, and a little is everybody’s', () => {
    const room = openBodyRoom(sizes);
    room.enter({ address: 'a', key: null }).take(250);
    expect(() => room.enter({ address: 'a', key: null }).take(1)).toThrow('More arrives');
    room.enter({ address: 'b', key: null }).take(10);
    room.enter({ address: 'a', key: 'k' }).take(500);
    expect(() => room.enter({ address: 'a', key: 'k' }).take(1)).toThrow('More arrives');
    room.enter({ address: 'a', key: 'l' }).take(200);
  });
});

describe('A door', async () => {
  const t = await testApp();
  const { app } = t.app.http;
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const opened: ReturnType<typeof connect>[] = [];
  /** Begins a body and does not end it; resolves with the first of what is answered. */
  const begin = (path: string, bytes: number) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      opened.push(socket);
      socket.on('error', () => {});
      socket.on('data', (data) => resolve(data.toString('latin1').split('\r\n')[0]!));
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${5 * MEGABYTE}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes, ' '));
    });
  const close = () => {
    for (const socket of opened.splice(0)) socket.destroy();
  };

  it('asks for the key before it reads what is sent', async () => {
    for (const path of [
      '/v1/batch?writeKey=nobodys',
      '/sa?project=shop',
      '/mp/collect?api_secret=nobodys',
      '/g/collect',
      '/v1/hooks/src_nobodys',
    ])
      expect(await begin(path, 1000)).toBe('HTTP/1.1 401 Unauthorized');
    close();
  });

  it('refuses unfinished bodies of nobody before memory grows, and serves who has a key meanwhile', async () => {
    const workspace = await t.workspace();
    const [site] = await t.app.sources.list(workspace);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        Promise.race([begin('/v1/batch', 4 * MEGABYTE), new Promise((r) => setTimeout(r, 3000, 'waits'))]),
      ),
    );
    expect(answers.filter((one) => one === 'HTTP/1.1 503 Service Unavailable').length).toBeGreaterThan(2);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${site!.writeKey}:`)}` },
      body: JSON.stringify({
        batch: [{ type: 'track', event: 'X', userId: 'u' }],
        filling: 'x'.repeat(MEGABYTE),
      }),
    });
    expect(answer.status).toBe(200);
    close();
  });
});
