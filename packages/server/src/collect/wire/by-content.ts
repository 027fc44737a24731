import type { FastifyError, FastifyInstance } from 'fastify';
import { AppError } from '../../platform/errors.ts';
import { BODY_LIMIT } from './unpack.ts';

/** Bodies of these routes are bytes, whatever type they claim to be of, and though it be none that there is. */
export function takeBytes(scope: FastifyInstance): void {
  scope.setErrorHandler((error: FastifyError) => {
    throw error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? tooLarge() : error;
  });
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

function tooLarge(): AppError {
  return new AppError({
    code: 'request.too_large',
    status: 413,
    detail: `The body is larger than ${BODY_LIMIT.toLocaleString('en')} bytes; send fewer events at once.`,
  });
}
