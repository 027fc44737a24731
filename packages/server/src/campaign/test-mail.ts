import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A letter as it arrived. */
export interface Received {
  to: string;
  raw: string;
}

/** What the server does with an address: takes it, answers an SMTP error, or drops the line at the end of the body. */
export type Manner = (to: string) => 'take' | 'drop' | Refusal;
type Refusal = { code: number; message: string };

/** A real SMTP server on loopback, with manners that can be changed. */
export async function openTestMail() {
  const received: Received[] = [];
  const state: {
    manner: Manner;
    /** Answers whoever sends, before any recipient is named; null to go on. */
    sender: () => Refusal | null;
    connections: number;
  } = { manner: () => 'take', sender: () => null, connections: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onConnect(_session, done) {
      state.connections += 1;
      done();
    },
    onMailFrom(_address, _session, done) {
      const refusal = state.sender();
      if (!refusal) return done();
      done(Object.assign(new Error(refusal.message), { responseCode: refusal.code }));
    },
    onRcptTo(address, _session, done) {
      const manner = state.manner(address.address);
      if (typeof manner === 'string') return done();
      done(Object.assign(new Error(manner.message), { responseCode: manner.code }));
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const raw = Buffer.concat(pieces).toString('utf8');
        const to = session.envelope.rcptTo[0]!.address;
        received.push({ to, raw });
        if (state.manner(to) !== 'drop') return done();
        for (const c of linesOf(server)) if (c.id === session.id) c._socket.destroy();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    received,
    state,
    to: (address: string) => received.filter((r) => r.to === address),
    /** The one letter an address got, as a mail program reads it. */
    async letter(address: string): Promise<Email> {
      const [only, ...more] = received.filter((r) => r.to === address);
      if (!only || more.length > 0)
        throw new Error(`${address} got ${more.length + (only ? 1 : 0)} letters.`);
      return PostalMime.parse(only.raw);
    },
    /** Breaks every line there is. */
    hangUp(): void {
      for (const c of linesOf(server)) c._socket.destroy();
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
export type TestMail = Awaited<ReturnType<typeof openTestMail>>;

function linesOf(server: SMTPServer) {
  return (server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> })
    .connections;
}
