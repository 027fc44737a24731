import type { FastifyInstance } from 'fastify';
import { BODY_LIMIT } from './unpack.ts';

/** Bodies of these routes are bytes, whatever type they claim to be of, and though it be none that there is. */
export function takeBytes(scope: FastifyInstance): void {
  const claimed = new WeakMap<object, string>();
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  scope.addHook('onRequest', async ({ raw }) => {
    const type = raw.headers['content-type'];
    if (type !== undefined) claimed.set(raw, type);
    raw.headers['content-type'] = 'application/octet-stream';
  });
  scope.addHook('preHandler', async ({ raw }) => {
    const type = claimed.get(raw);
    if (type === undefined) delete raw.headers['content-type'];
    else raw.headers['content-type'] = type;
  });
}
