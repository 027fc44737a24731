import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** How much of a body that is too large is read and thrown away, and for how long, before its sender is answered. */
const READ_ON_BYTES = 32 * 1024 * 1024;
const READ_ON_MS = 10_000;

/**
 * Reads on before a 413 is answered. The connection is closed with that answer, and who is still writing then hears of a
 * broken pipe instead of it, and tries again for ever.
 */
export function readOnBeforeTooLarge(app: FastifyInstance): void {
  app.addHook('onSend', async ({ raw }, reply) => {
    if (reply.statusCode === 413) await readOn(raw);
  });
}

async function readOn(raw: IncomingMessage): Promise<void> {
  if (raw.complete || raw.readableEnded || raw.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const onData = (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > READ_ON_BYTES) done();
    };
    const timer = setTimeout(done, READ_ON_MS);
    function done() {
      clearTimeout(timer);
      raw.off('data', onData);
      for (const event of ['end', 'close', 'error']) raw.off(event, done);
      resolve();
    }
    raw.on('data', onData);
    for (const event of ['end', 'close', 'error']) raw.once(event, done);
    raw.resume();
  });
}
