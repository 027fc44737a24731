import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endpoint } from '@qianmian/contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { askerNow } from './asker.ts';
import { FakeClock } from './clock.ts';
import { buildHttp, type Http, type Principal } from './http.ts';
import { openLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { LedgerError } from './pglite.ts';
import type { Patience } from './slow-clients.ts';

const KEY: Principal = { kind: 'apiKey', id: 'k', name: 'key', permissionsIn: () => null };
const PERSON: Principal = { ...KEY, kind: 'account' };

const echo = endpoint({
  method: 'POST',
  path: '/v1/echo',
  summary: 'Says it again',
  domain: 'test',
  access: 'signedIn',
  body: z.object({ word: z.string() }),
  response: z.object({ word: z.string() }),
});
const upload = endpoint({
  method: 'POST',
  path: '/v1/upload',
  summary: 'Counts bytes',
  domain: 'test',
  access: 'signedIn',
  response: z.object({ bytes: z.number() }),
});
const fails = endpoint({
  method: 'POST',
  path: '/v1/fails',
  summary: 'Fails',
  domain: 'test',
  access: 'public',
  body: z.object({ code: z.string(), message: z.string() }),
});

const waits = (method: 'GET' | 'POST') =>
  endpoint({
    method,
    path: '/v1/waits',
    summary: 'Waits for the caller to go',
    domain: 'test',
    access: 'public',
  });

const open: Http[] = [];
afterEach(async () => {
  for (const http of open.splice(0)) await http.app.close();
});

async function start(
  more: { publicUrl?: string; patience?: Patience } | ((http: Http) => void) = {},
): Promise<{ http: Http; port: number }> {
  const settings = typeof more === 'function' ? {} : more;
  const metrics = openMetrics();
  const http = await buildHttp({
    log: openLog('silent'),
    clock: new FakeClock(0),
    metrics,
    secret: Buffer.alloc(32),
    version: '0',
    consoleDir: null,
    patience: { headersMs: 500, bodyMs: 900, idleMs: 800, connections: 20 },
    authenticate: async ({ headers }) =>
      headers.authorization === 'Bearer key' ? KEY : headers.cookie === 'person' ? PERSON : null,
    ...settings,
  });
  http.mount(echo, async ({ body, reply, secure }) => {
    reply.setCookie('c', 'x', { secure });
    return body;
  });
  http.mount(upload, async ({ request }) => {
    let bytes = 0;
    for await (const part of request.files()) for await (const piece of part.file) bytes += piece.length;
    return { bytes };
  });
  http.mount(fails, async ({ body }) => {
    throw new LedgerError(body);
  });
  if (typeof more === 'function') more(http);
  http.app.get('/metrics', async () => metrics.registry.metrics());
  http.app.get('/healthz', async () => ({ status: 'ok' }));
  await http.app.listen({ host: '127.0.0.1', port: 0 });
  open.push(http);
  return { http, port: (http.app.server.address() as { port: number }).port };
}

/** A connection on which the test says each byte itself. */
function connection(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  let said = '';
  let ended = false;
  socket.on('data', (bytes) => {
    said += String(bytes);
  });
  socket.on('close', () => {
    ended = true;
  });
  socket.on('error', () => {});
  return {
    write: (text: string) => socket.writable && socket.write(text),
    /** Writes a piece every so often until cut off or all is said; answers how long that took. */
    async drip(pieces: readonly string[], everyMs: number) {
      const began = performance.now();
      for (const piece of pieces) {
        if (ended) break;
        if (socket.writable) socket.write(piece);
        await sleep(everyMs);
      }
      return performance.now() - began;
    },
    said: () => said,
    isOver: () => ended,
    end: () => socket.destroy(),
  };
}

const post = (path: string, headers: string[]) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n`;
const KEYED = 'Authorization: Bearer key';

describe('a slow client', () => {
  it('is cut off in its headers, and when it says nothing', async () => {
    const { port } = await start();
    const [slow, mute] = [connection(port), connection(port)];
    await slow.drip([...'GET /healthz HTTP/1.1\r\nX-Long: '.split(''), ...Array(100).fill('a')], 30);
    await vi.waitFor(() => expect([slow.isOver(), mute.isOver()]).toEqual([true, true]), { timeout: 20_000 });
  });

  it('is cut off in a body that is read as a whole, however steadily it drips', async () => {
    const { port } = await start();
    const client = connection(port);
    client.write(post('/v1/echo', [KEYED, 'Content-Type: application/json', 'Content-Length: 1000']));
    const took = await client.drip(Array(100).fill(' '), 50);
    expect(client.said()).toMatch(/^HTTP\/1\.1 408 /);
    expect(took).toBeGreaterThan(800);
    expect(took).toBeLessThan(4500);
  });

  it('is cut off when it falls silent', async () => {
    const { port } = await start();
    const client = connection(port);
    client.write(
      post('/v1/upload', [KEYED, 'Content-Type: multipart/form-data; boundary=b', 'Content-Length: 1000']),
    );
    client.write('--b\r\n');
    await vi.waitFor(() => expect(client.isOver()).toBe(true), { timeout: 4000 });
  });

  it('may take its time over an upload it was admitted to', async () => {
    const patience = { headersMs: 500, bodyMs: 900, idleMs: 20_000, connections: 20 };
    const { port } = await start({ patience });
    const client = connection(port);
    const body = `--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n${'x'.repeat(200)}\r\n--b--\r\n`;
    const pieces = body.match(/[\s\S]{1,20}/g)!;
    client.write(
      post('/v1/upload', [
        KEYED,
        'Content-Type: multipart/form-data; boundary=b',
        `Content-Length: ${body.length}`,
      ]),
    );
    expect(await client.drip(pieces, 100)).toBeGreaterThan(1200);
    expect(client.said()).toContain('{"bytes":200}');
    client.end();
  });

  it('may not drip on into an upload it was refused', async () => {
    const { port } = await start();
    const client = connection(port);
    client.write(
      post('/v1/upload', ['Content-Type: multipart/form-data; boundary=b', 'Content-Length: 9000']),
    );
    await client.drip(Array(100).fill('-'), 50);
    expect(client.said()).toMatch(/^HTTP\/1\.1 401 /);
    expect(client.isOver()).toBe(true);
  });

  it('leaves room: beyond a number of connections none is taken', async () => {
    const { port } = await start();
    const clients = Array.from({ length: 25 }, () => connection(port));
    await vi.waitFor(() => expect(clients.filter((c) => c.isOver())).toHaveLength(5), {
      timeout: 10_000,
      interval: 20,
    });
    for (const client of clients) client.end();
  });
});

describe('a body that is too large', () => {
  it('is read on to its end before it is answered, so that its sender hears of it', async () => {
    const { port } = await start();
    const client = connection(port);
    const megabyte = ' '.repeat(1024 * 1024);
    client.write(
      post('/v1/echo', [KEYED, 'Content-Type: application/json', `Content-Length: ${4 * megabyte.length}`]),
    );
    await client.drip([megabyte, megabyte, megabyte], 50);
    await sleep(100);
    expect([client.said(), client.isOver()]).toEqual(['', false]);
    client.write(megabyte);
    await vi.waitFor(() => expect(client.isOver()).toBe(true), { timeout: 10_000, interval: 20 });
    expect(client.said()).toMatch(/^HTTP\/1\.1 413 /);
    expect(client.said()).toContain('request.too_large');
  });
});

describe('answers', () => {
  it('of a full disk are 503 with a code, of a bug 500', async () => {
    const { http } = await start();
    const problem = async (code: string, message: string) => {
      const answer = await http.app.inject({
        method: 'POST',
        url: '/v1/fails',
        payload: { code, message },
      });
      return [answer.statusCode, answer.json().code, answer.headers['retry-after']];
    };
    const full = [503, 'server.storage', '1'];
    expect(await problem('53100', 'could not extend file')).toEqual(full);
    expect(await problem('58030', 'could not write to file: No space left on device')).toEqual(full);
    expect(await problem('22P02', 'invalid input syntax')).toEqual([500, 'server.bug', undefined]);
  });

  it('to metrics are for the own machine and for keys', async () => {
    const { http } = await start();
    const from = async (remoteAddress: string, headers = {}) =>
      (await http.app.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
    expect(await from('127.0.0.1')).toBe(200);
    expect(await from('::1')).toBe(200);
    expect(await from('::ffff:127.0.0.1')).toBe(200);
    expect(await from('10.0.0.5')).toBe(401);
    expect(await from('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).toBe(401);
    expect(await from('10.0.0.5', { cookie: 'person' })).toBe(401);
    expect(await from('10.0.0.5', { authorization: 'Bearer key' })).toBe(200);
    const health = await http.app.inject({ url: '/healthz', remoteAddress: '10.0.0.5' });
    expect(health.statusCode).toBe(200);
  });

  it('insist on https where the outside uses it', async () => {
    const cookieOf = async (publicUrl: string) => {
      const { http } = await start({ publicUrl });
      const answer = await http.app.inject({
        method: 'POST',
        url: '/v1/echo',
        headers: { authorization: 'Bearer key' },
        payload: { word: 'x' },
      });
      return [
        /; Secure/.test(String(answer.headers['set-cookie'])),
        answer.headers['strict-transport-security'],
      ];
    };
    expect(await cookieOf('https://crm.example')).toEqual([true, 'max-age=31536000']);
    expect(await cookieOf('http://crm.example')).toEqual([false, undefined]);
  });
});

it('says when a caller hangs up: what reads for them ends, what changes something is finished', async () => {
  const told: (string | null)[] = [];
  const begun = new EventEmitter();
  const { port } = await start((http) => {
    for (const method of ['GET', 'POST'] as const)
      http.mount(waits(method), async ({ gone }) => {
        begun.emit(method);
        await new Promise((resolve) => gone.addEventListener('abort', resolve));
        told.push(`${method} ${askerNow()?.gone.aborted ?? 'nobody'} ${gone.reason.code}`);
        return undefined;
      });
  });
  for (const method of ['GET', 'POST']) {
    const control = new AbortController();
    begun.once(method, () => control.abort());
    await expect(
      fetch(`http://127.0.0.1:${port}/v1/waits`, { method, signal: control.signal }),
    ).rejects.toThrow();
    await vi.waitFor(() => expect(told).toHaveLength(method === 'GET' ? 1 : 2), 10_000);
  }
  expect(told).toEqual(['GET true request.given_up', 'POST nobody request.given_up']);
});
