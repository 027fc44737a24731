import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a client may take, and how many there may be. */
export interface Patience {
  /** From connecting, or from the answer before, to the end of the headers. */
  headersMs: number;
  /** From the headers to the end of a body that is read as a whole. */
  bodyMs: number;
  /** Without a byte of a body. All that limits an upload, which may be gigabytes over a thin line. */
  idleMs: number;
  connections: number;
}

export const PATIENCE: Patience = { headersMs: 20_000, bodyMs: 60_000, idleMs: 60_000, connections: 2_000 };

interface Coming {
  response: ServerResponse;
  since: number;
  /** A handler reads it: it was admitted, and takes its body as it comes. */
  streamed: boolean;
  bytes: number;
  movedAt: number;
}

/** What the HTTP server itself must be told when it is made. */
export function serverPatience({ headersMs }: Patience) {
  return { headersTimeout: headersMs, connectionsCheckingInterval: Math.min(5_000, headersMs / 2) };
}

/**
 * Ends connections whose client does not get on with what it sends, so that they cannot be used up by opening many and
 * saying little. An answer may take as long as it takes.
 */
export function cutOffSlowClients(app: FastifyInstance, patience: Patience): void {
  const coming = new Map<IncomingMessage, Coming>();
  app.server.maxConnections = patience.connections;

  app.addHook('onRequest', async ({ raw }, reply) => {
    // What was put in without a connection has none to be cut off.
    if (!hasBody(raw) || !(raw.socket instanceof Socket)) return;
    const since = performance.now();
    coming.set(raw, { response: reply.raw, since, streamed: false, bytes: 0, movedAt: since });
    raw.once('end', () => coming.delete(raw));
    raw.once('close', () => coming.delete(raw));
  });
  app.addHook('preHandler', async ({ raw }) => {
    const known = coming.get(raw);
    if (known) known.streamed = true;
  });

  const look = () => {
    const now = performance.now();
    for (const [raw, body] of coming) {
      const bytes = raw.socket.bytesRead;
      if (bytes !== body.bytes) Object.assign(body, { bytes, movedAt: now });
      const isLate = !body.streamed && now - body.since > patience.bodyMs;
      if (isLate || now - body.movedAt > patience.idleMs) cut(raw, body.response);
    }
  };
  const timer = setInterval(look, Math.min(5_000, patience.idleMs / 4, patience.bodyMs / 4)).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function cut(raw: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent && raw.socket.writable)
    raw.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  raw.socket.destroySoon();
  raw.destroy();
}
