import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openMailServer } from './smtp.ts';
import { openTestMail, type TestMail } from './test-mail.ts';

let post: TestMail;
beforeAll(async () => {
  post = await openTestMail();
});
afterAll(() => post.close());
beforeEach(() => {
  post.received.length = 0;
  post.state.connections = 0;
  post.state.manner = () => 'take';
  post.state.sender = () => null;
});

const open = (url = post.url, over = {}) =>
  openMailServer({ url, connections: 3, perSecond: null, timeoutMs: 2000, ...over });
const letter = (i: number) => ({ from: 'a@shop.example', to: `p${i}@people.example` });
const body = Buffer.from('Subject: x\r\n\r\nHello.\r\n.\r\n..\r\n');

it('many letters share a few connections, and dots stay dots', async () => {
  const server = open();
  const fates = await Promise.all(Array.from({ length: 50 }, (_, i) => server.send(letter(i), body)));
  expect(fates.every((f) => f.fate === 'sent')).toBe(true);
  expect(post.state.connections).toBeLessThanOrEqual(3);
  expect(new Set(post.received.map((r) => r.to)).size).toBe(50);
  expect(post.received[0]?.raw).toContain('\r\n.\r\n..\r\n');
  server.close();
});

it('tells a refusal from a delay, a dead line and a server that is not there', async () => {
  const server = open();
  post.state.manner = (to) =>
    to.startsWith('p1@')
      ? { code: 550, message: 'no' }
      : to.startsWith('p2@')
        ? { code: 450, message: 'wait' }
        : to.startsWith('p3@')
          ? 'drop'
          : 'take';
  expect(await server.send(letter(1), body)).toMatchObject({ fate: 'refused' });
  expect(await server.send(letter(2), body)).toMatchObject({ fate: 'later' });
  expect(await server.send(letter(3), body)).toMatchObject({ fate: 'unknown' });
  expect(await server.send(letter(4), body)).toMatchObject({ fate: 'sent' });
  expect(post.to('p3@people.example')).toHaveLength(1);
  server.close();
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  expect(await open(`smtp://127.0.0.1:${port}`).send(letter(1), body)).toMatchObject({ fate: 'unreachable' });
});

it('tells a refusal of the sender from one of the recipient', async () => {
  const server = open();
  for (const refusal of [
    { code: 550, message: '5.4.5 Daily user sending limit exceeded' },
    { code: 553, message: '5.7.1 Sender address rejected: not owned by user' },
    { code: 451, message: '4.7.1 Try tomorrow' },
  ]) {
    post.state.sender = () => refusal;
    expect(await server.send(letter(1), body)).toMatchObject({
      fate: 'unreachable',
      why: expect.stringContaining(refusal.message),
    });
  }
  post.state.sender = () => null;
  for (const [code, message, fate] of [
    [421, '4.7.0 Too many connections', 'unreachable'],
    [550, '5.4.5 Daily user sending limit exceeded', 'unreachable'],
    [451, '4.7.1 Greylisted', 'later'],
    [550, '5.1.1 No such user', 'refused'],
  ] as const) {
    post.state.manner = () => ({ code, message });
    expect(await server.send(letter(1), body), message).toMatchObject({ fate });
  }
  // A policy may be about one recipient; it is about us when it is about everyone.
  post.state.manner = () => ({ code: 554, message: '5.7.1 Relay access denied' });
  const fates: string[] = [];
  for (let i = 0; i < 6; i++) fates.push((await server.send(letter(i), body)).fate);
  expect(fates).toEqual([...Array(4).fill('refused'), 'unreachable', 'unreachable']);
  post.state.manner = () => 'take';
  expect((await server.send(letter(1), body)).fate).toBe('sent');
  post.state.manner = () => ({ code: 554, message: '5.7.1 This one takes no news' });
  expect((await server.send(letter(1), body)).fate).toBe('refused');
  server.close();
});

it('takes a new connection when the server hung up an idle one', async () => {
  const server = open();
  expect((await server.send(letter(1), body)).fate).toBe('sent');
  post.hangUp();
  expect((await server.send(letter(2), body)).fate).toBe('sent');
  await new Promise((resolve) => setTimeout(resolve, 50));
  post.hangUp();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await server.send(letter(3), body)).fate).toBe('sent');
  expect(post.received).toHaveLength(3);
  server.close();
});

it('goes no faster than it is told', async () => {
  const server = open(post.url, { perSecond: 20 });
  const began = performance.now();
  await Promise.all(Array.from({ length: 11 }, (_, i) => server.send(letter(i), body)));
  expect(performance.now() - began).toBeGreaterThan(450);
  server.close();
});

it('signs in with the name and password of its address', async () => {
  const guarded = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: (auth, _session, done) =>
      auth.username === 'shop' && auth.password === 'p@ss'
        ? done(null, { user: 'shop' })
        : done(new Error('no')),
    onData: (stream, _session, done) => stream.resume().on('end', () => done()),
  });
  await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
  const { port } = guarded.server.address() as AddressInfo;
  const good = open(`smtp://shop:p%40ss@127.0.0.1:${port}`);
  expect(await good.send(letter(1), body)).toMatchObject({ fate: 'sent' });
  expect(await open(`smtp://shop:wrong@127.0.0.1:${port}`).send(letter(1), body)).toMatchObject({
    fate: 'unreachable',
    why: expect.stringContaining('535'),
  });
  good.close();
  await new Promise<void>((resolve) => guarded.close(resolve));
});
