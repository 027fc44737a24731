import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../platform/errors.ts';

/** Names they are asked by, and as they were built. */
const SCRIPTS = {
  'qianmian.js': 'qianmian.js',
  'qianmian.mjs': 'qianmian.mjs',
  'qianmian.mini.js': 'qianmian.mini.cjs',
};

/** An hour, as the address has no version in it; for a day after that while the newer one is being fetched. */
const CACHED = 'public, max-age=3600, stale-while-revalidate=86400';

const BUILT = fileURLToPath(new URL('../../../sdk/dist', import.meta.url));

/** The tracker for web shops and mini-programs, open to the pages of anyone. */
export async function sdkRoutes(app: FastifyInstance, folder = BUILT): Promise<void> {
  for (const [name, built] of Object.entries(SCRIPTS))
    app.get(
      `/sdk/${name}`,
      { schema: { hide: true }, config: { access: 'public' } as object },
      async (request, reply) => sendScript(request, reply, await scriptIn(folder, built)),
    );
}

async function scriptIn(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch {
    throw new AppError({
      code: 'request.no_such_address',
      status: 404,
      detail: 'The tracker is not built yet: run "npm run build" on the server.',
    });
  }
}

function sendScript(request: FastifyRequest, reply: FastifyReply, script: Buffer): FastifyReply {
  const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`;
  reply
    .header('etag', etag)
    .header('cache-control', CACHED)
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin');
  const known = (request.headers['if-none-match'] ?? '')
    .split(/\s*,\s*/)
    .map((one) => one.replace(/^W\//, ''));
  if (known.includes(etag)) return reply.status(304).send();
  return reply.type('text/javascript; charset=utf-8').send(script);
}
