import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../platform/errors.ts';
import type { Collector } from './collector.ts';
import type { Sources } from './sources.ts';

/** Largest body that is read; clients of the Segment protocol send at most half a megabyte. */
const BODY_LIMIT = 5 * 1024 * 1024;
const UNZIPPED_LIMIT = 20 * 1024 * 1024;
/** Bytes that may be in the course of being unpacked and parsed at once, of all senders. */
const AT_ONCE = 96 * 1024 * 1024;
/** Messages in one body. */
const MESSAGES_LIMIT = 10_000;

const CALLS: Record<string, string> = {
  identify: 'identify',
  track: 'track',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
};

/**
 * The Segment wire protocol. Bodies are read by content, whatever type they claim. What a message says never earns a
 * 4xx: it is kept in quarantine with its reason, and the answer tells; 401 is for a wrong key, 413 for a body too
 * large to read, 503 for overload.
 */
export async function ingestRoutes(
  app: FastifyInstance,
  parts: { collector: Collector; sources: Sources },
): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    );
    scope.addHook('onRequest', async (request, reply) => allowAnyOrigin(request, reply));
    const open = { schema: { hide: true }, config: { access: 'writeKey' } };
    for (const [path, type] of Object.entries(CALLS)) {
      scope.post(`/v1/${path}`, open, (request, reply) => take(request, reply, type, parts));
      scope.options(`/v1/${path}`, open, (_request, reply) => reply.status(204).send());
    }
    for (const path of ['batch', 'b', 'import']) {
      scope.post(`/v1/${path}`, open, (request, reply) => take(request, reply, null, parts));
      scope.options(`/v1/${path}`, open, (_request, reply) => reply.status(204).send());
    }
  });
}

/** Trackers run on the retailer's own pages: any origin may send, none may read anything but the receipt. */
function allowAnyOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const origin = request.headers.origin;
  if (!origin) return;
  reply
    .header('access-control-allow-origin', origin)
    .header('vary', 'origin')
    // A page may know how long it is asked to wait.
    .header('access-control-expose-headers', 'retry-after');
  if (request.method !== 'OPTIONS') return;
  reply
    .header('access-control-allow-methods', 'POST, OPTIONS')
    .header(
      'access-control-allow-headers',
      request.headers['access-control-request-headers'] ?? 'authorization, content-type',
    )
    .header('access-control-max-age', '86400');
}

async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string | null,
  { collector, sources }: { collector: Collector; sources: Sources },
): Promise<FastifyReply> {
  const given = keyBeside(request);
  // A wrong key beside the body is refused before any work is put into the body.
  if (given !== null && !(await sources.byKey(given))) throw unknownKey();
  const packed = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return weighed(isGzip(packed) ? UNZIPPED_LIMIT : packed.length, async () => {
    const bytes = await unzipped(packed);
    const body = parseObject(bytes);
    const key = given ?? keyInside(body);
    const source = key === null ? null : await sources.byKey(key);
    if (!source) throw unknownKey();
    const messages = body && messagesIn(body, type);
    if (!messages) {
      await collector.acceptMalformed(source.workspace, source.sourceId, bytes);
      return reply.send({ success: false, quarantined: 1, reason: 'malformed_json' });
    }
    if (messages.length > MESSAGES_LIMIT)
      throw new AppError({
        code: 'request.too_large',
        status: 413,
        detail: `The body holds ${messages.length} messages; send at most ${MESSAGES_LIMIT} at once.`,
      });
    await collector.acceptMessages(
      source.workspace,
      source.sourceId,
      messages,
      typeof body.sentAt === 'string' ? body.sentAt : null,
    );
    return reply.send({ success: true });
  });
}

const unknownKey = () =>
  new AppError({
    code: 'collect.unknown_key',
    status: 401,
    detail:
      'The write key is missing or unknown. Send it as the Basic user name, or as "writeKey"; the console shows it under Data, Sources.',
  });

let underWay = 0;
/** Does the work while what all senders have under way stays within bounds; beyond them it answers 503. */
async function weighed<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  if (underWay > 0 && underWay + bytes > AT_ONCE)
    throw new AppError({
      code: 'collect.overloaded',
      status: 503,
      detail: 'More arrives than can be read at once; try again in a second.',
    });
  underWay += bytes;
  try {
    return await work();
  } finally {
    underWay -= bytes;
  }
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Gzip is known by its first bytes, not by a header that may be wrong. */
async function unzipped(bytes: Buffer): Promise<Buffer> {
  if (!isGzip(bytes)) return bytes;
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: UNZIPPED_LIMIT }, (error, out) => {
      if (!error) resolve(out);
      else if (error.message.includes('larger than'))
        reject(
          new AppError({
            code: 'request.too_large',
            status: 413,
            detail: `The body unzips to more than ${UNZIPPED_LIMIT} bytes; send fewer events at once.`,
          }),
        );
      else resolve(bytes);
    });
  });
}

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(value)) return { batch: value };
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The key in the header or the address; null when there is none. */
function keyBeside(request: FastifyRequest): string | null {
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic) return Buffer.from(basic, 'base64').toString('utf8').split(':')[0] || null;
  const { writeKey } = request.query as Record<string, unknown>;
  return typeof writeKey === 'string' && writeKey !== '' ? writeKey : null;
}

function keyInside(body: Record<string, unknown> | null): string | null {
  return typeof body?.writeKey === 'string' && body.writeKey !== '' ? body.writeKey : null;
}

/** The messages of a body; a batch holds a list, a single call is its own message. */
function messagesIn(body: Record<string, unknown>, type: string | null): unknown[] | null {
  if (type === null) return Array.isArray(body.batch) ? body.batch : null;
  const { writeKey: _key, ...message } = body;
  return [{ ...message, type }];
}
