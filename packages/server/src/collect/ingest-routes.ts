import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { mayUse } from './client-key.ts';
import type { Collector } from './collector.ts';
import type { Quotas } from './quota.ts';
import type { KeyOfSource, Sources } from './sources.ts';
import { PIXEL, rudderSource, segmentSettings } from './wire/answers.ts';
import { takeBytes } from './wire/by-content.ts';
import { validateGa4 } from './wire/ga4-validation.ts';
import { gtagHit } from './wire/gtag.ts';
import { type Json, textOf, without } from './wire/json.ts';
import { type Bounds, isFormWithin, isWithin, KEYED, KEYLESS, parseExactly } from './wire/parse.ts';
import type { Protocol } from './wire/protocols.ts';
import { sensorsMessages, type Unpacked } from './wire/sensors-body.ts';
import { encodingNamed, type Unpack, weighed, weighedKeyless } from './wire/unpack.ts';

/** Bytes that are kept of a body that is no text; in base64 they are a third more. */
const KEPT_BYTES = 74_000;

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
/** Keys of parameters that name a source, the first that is there. */
const KEY_PARAMETERS = ['writeKey', 'token', 'project', 'api_secret', 'tid'];

interface Parts {
  quotas: Quotas;
  collector: Collector;
  sources: Sources;
}

/** What was sent, as it goes into the journal. */
interface Delivery {
  protocol: Protocol;
  messages: readonly unknown[];
  sentAt?: string | null;
  around?: Json;
}
/** A body that is unpacked: the key within it, where there is one, and what it brings. */
interface Read {
  key: string | null;
  delivery: Delivery | { malformed: string };
}

/**
 * The doors for clients of Segment, RudderStack, 神策 and GA4. Bodies are read by content, whatever type they claim. What
 * a message says never earns a 4xx: it is kept in quarantine with its reason, and the answer tells; 401 is for a wrong
 * key, 413 for a body too large to read, 503 for overload.
 */
export async function ingestRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(async (scope) => {
    // First, so that a page reads why it is refused.
    scope.addHook('onRequest', async (request, reply) => allowAnyOrigin(request, reply));
    takeBytes(scope, async (request) => {
      const given = keyBeside(request);
      if (given !== null && !(await parts.sources.byKey(given))) throw unknownKey();
      if (given === null && isKeyBeside(request)) throw unknownKey();
      return given;
    });
    scope.addHook('onError', async (_request, _reply, error) => parts.quotas.turnedAway(error));
    const open = { schema: { hide: true }, config: { access: 'writeKey' } as object };
    const preflights = new Set<string>();
    type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
    const on = (method: 'GET' | 'POST', path: string, handler: Handler) => {
      scope.route({ method, url: path, ...open, handler });
      if (preflights.has(path)) return;
      preflights.add(path);
      scope.options(path, open, (_request, reply) => reply.status(204).send());
    };

    for (const [path, type] of Object.entries(CALLS))
      on('POST', `/v1/${path}`, (request, reply) => takeSegment(request, reply, type, parts));
    for (const path of ['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch'])
      on('POST', path, (request, reply) => takeSegment(request, reply, null, parts));
    // Segment's client counts its own errors there; nobody asks for them.
    on('POST', '/v1/m', async (_request, reply) => reply.send({ success: true }));
    on('GET', '/v1/projects/:key/settings', async (request, reply) => {
      const { key } = request.params as { key: string };
      if (!(await parts.sources.byKey(key))) throw unknownKey();
      return reply.send(segmentSettings(key, request.host, request.protocol === 'https'));
    });
    on('GET', '/sourceConfig', async (request, reply) => {
      const key = keyBeside(request);
      const source = key === null ? null : await parts.sources.byKey(key);
      if (!key || !source) throw unknownKey();
      return reply.send(rudderSource(key, source, new Date(0).toISOString()));
    });

    for (const path of ['/sa', '/sa.gif', '/debug']) {
      on('GET', path, (request, reply) => takeSensors(request, reply, parts));
      on('POST', path, (request, reply) => takeSensors(request, reply, parts));
    }
    on('POST', '/mp/collect', (request, reply) => takeGa4(request, reply, parts));
    on('POST', '/debug/mp/collect', (request, reply) => checkGa4(request, reply, parts));
    for (const path of ['/g/collect', '/key/:writeKey/g/collect']) {
      on('GET', path, (request, reply) => takeGtag(request, reply, parts));
      on('POST', path, (request, reply) => takeGtag(request, reply, parts));
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
    .header('access-control-allow-methods', 'GET, POST, OPTIONS')
    .header(
      'access-control-allow-headers',
      request.headers['access-control-request-headers'] ?? 'authorization, content-type',
    )
    .header('access-control-max-age', '86400');
}

async function takeSegment(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string | null,
  parts: Parts,
): Promise<FastifyReply> {
  const aside = await take(request, parts, async (bytes, bounds) => {
    const body = parseObject(bytes, bounds);
    const messages = body && messagesIn(body, type);
    const anonymousId = headerText(request, 'anonymousid');
    return {
      key: textOf(body?.writeKey) ?? null,
      delivery: messages
        ? {
            protocol: 'segment',
            messages,
            sentAt: textOf(body.sentAt) ?? headerText(request, 'sentat') ?? null,
            ...(anonymousId === undefined ? {} : { around: { anonymousId: unpackedHeader(anonymousId) } }),
          }
        : { malformed: body ? 'no_batch' : 'malformed_json' },
    };
  });
  return reply.send(aside === null ? { success: true } : { success: false, quarantined: 1, reason: aside });
}

async function takeSensors(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Parts,
): Promise<FastifyReply> {
  const path = request.routeOptions.url ?? '';
  const isDry = path === '/debug' && headerText(request, 'dry-run') === 'true';
  const query = queryOf(request);
  const aside = await take(
    request,
    parts,
    async (bytes, bounds, unpack) => {
      const found: Unpacked = await sensorsMessages(query, bytes.toString('utf8'), bounds, unpack);
      const project = textOf(parametersOf(request).project);
      return {
        key: null,
        delivery:
          'malformed' in found
            ? found
            : { protocol: 'sensors', ...found, ...(project === undefined ? {} : { around: { project } }) },
      };
    },
    { isDry },
  );
  if (path === '/sa.gif' && request.method === 'GET') return reply.type('image/gif').send(PIXEL);
  return reply.send(aside === null ? { status: 'ok' } : { status: 'quarantined', reason: aside });
}

async function takeGa4(request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  await take(request, parts, async (bytes, bounds) => {
    const body = parseObject(bytes, bounds);
    const events = Array.isArray(body?.events) ? body.events : null;
    return {
      key: null,
      delivery: events
        ? { protocol: 'ga4', messages: events, around: without(body!, ['events']) }
        : { malformed: body ? 'no_events' : 'malformed_json' },
    };
  });
  return reply.status(204).send();
}

/** Says what is wrong with a body of the Measurement Protocol; keeps nothing. */
async function checkGa4(request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  let body: Json | null = null;
  await take(
    request,
    parts,
    async (bytes, bounds) => {
      body = parseObject(bytes, bounds);
      return { key: null, delivery: { protocol: 'ga4', messages: [] } };
    },
    { isDry: true },
  );
  return reply.send({ validationMessages: validateGa4(body) });
}

async function takeGtag(request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  const { writeKey } = request.params as { writeKey?: string };
  await take(request, parts, async (bytes) => {
    const text = bytes.toString('utf8');
    if (!isFormWithin(text)) return { key: null, delivery: { malformed: 'malformed_form' } };
    const { shared, events } = gtagHit(queryOf(request), text);
    const isKey = (name: string) => name === 'writeKey' || (name === 'tid' && writeKey === undefined);
    const keyless = (params: Record<string, string>) => without(params, Object.keys(params).filter(isKey));
    return {
      key: null,
      delivery: { protocol: 'gtag', messages: events.map(keyless), around: keyless(shared) },
    };
  });
  return reply.status(204).send();
}

/**
 * Finds whose a body is and makes it durable. Answers why it was set aside whole, or null. A wrong key beside the body
 * is refused before any work is put into the body.
 */
async function take(
  request: FastifyRequest,
  { collector, sources, quotas }: Parts,
  read: (bytes: Buffer, bounds: Bounds, unpack: Unpack) => Promise<Read>,
  { isDry = false } = {},
): Promise<string | null> {
  const given = keyBeside(request);
  let source: KeyOfSource | null = given === null ? null : await sources.byKey(given);
  if (given !== null && !source) throw unknownKey();
  if (source) requirePage(request, source);
  const packed = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const scales = source ? weighed : weighedKeyless;
  const work = async (unpack: Unpack) => {
    const bytes = await unpack(packed);
    const { key, delivery } =
      bytes === null
        ? { key: null, delivery: { malformed: 'malformed_gzip' } }
        : await read(bytes, source ? KEYED : KEYLESS, unpack);
    source ??= key === null ? null : await sources.byKey(key);
    if (!source) throw unknownKey();
    requirePage(request, source);
    const { workspace, sourceId } = source;
    if ('malformed' in delivery) {
      const whole = bytes ?? packed;
      const kept = whole.length === 0 ? Buffer.from(queryOf(request)) : readable(whole);
      const { malformed } = delivery;
      if (!isDry)
        await quotas.within(workspace, 1, () =>
          collector.acceptMalformed(workspace, sourceId, kept, malformed),
        );
      return delivery.malformed;
    }
    if (delivery.messages.length > MESSAGES_LIMIT)
      throw new AppError({
        code: 'request.too_large',
        status: 413,
        detail: `The body holds ${delivery.messages.length} messages; send at most ${MESSAGES_LIMIT} at once.`,
      });
    if (!isDry)
      await quotas.within(workspace, delivery.messages.length, () =>
        collector.acceptDelivery(workspace, sourceId, delivery),
      );
    return null;
  };
  return scales(packed, work, encodingNamed(request.headers['content-encoding'], packed));
}

/** Bytes that are no text, as text from which they can be had again. */
const readable = (bytes: Buffer) =>
  isUtf8(bytes) ? bytes : Buffer.from(`base64:${bytes.subarray(0, KEPT_BYTES).toString('base64')}`);

/** A page that the key's owner did not name is turned away. */
function requirePage({ headers }: FastifyRequest, { client }: KeyOfSource): void {
  if (!client || mayUse(client, headers)) return;
  throw new AppError({
    code: 'collect.origin_refused',
    status: 403,
    detail: `The key is for other pages than those of "${headers.origin ?? headers.referer}"; the console lists them under Data, Sources.`,
  });
}

const unknownKey = () =>
  new AppError({
    code: 'collect.unknown_key',
    status: 401,
    detail:
      'The write key is missing or unknown. Send it as the Basic user name, or as "writeKey", "token", "api_secret" or "tid"; the console shows it under Data, Sources.',
  });

function parseObject(bytes: Buffer, bounds: Bounds): Json | null {
  if (!isWithin(bytes, bounds)) return null;
  try {
    const value: unknown = parseExactly(bytes.toString('utf8'));
    if (Array.isArray(value)) return { batch: value };
    return typeof value === 'object' && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** Whether a door knows only keys that stand beside the body. */
function isKeyBeside({ routeOptions }: FastifyRequest): boolean {
  return /^\/(sa|debug|mp\/collect|g\/collect)/.test(routeOptions.url ?? '');
}

/** The key in the header or the address; null when there is none. */
function keyBeside(request: FastifyRequest): string | null {
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic) return Buffer.from(basic, 'base64').toString('utf8').split(':')[0] || null;
  const given = { ...parametersOf(request), ...(request.params as Json) };
  for (const name of KEY_PARAMETERS) {
    const key = given[name];
    if (typeof key === 'string' && key !== '') return key;
  }
  return null;
}

function parametersOf(request: FastifyRequest): Json {
  return request.query as Json;
}

function queryOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** RudderStack's clients send the header in base64. */
function unpackedHeader(text: string): string {
  const plain = Buffer.from(text, 'base64').toString('utf8');
  return Buffer.from(plain, 'utf8').toString('base64') === text && /^[\x20-\x7e]+$/.test(plain)
    ? plain
    : text;
}

/** The messages of a body; a batch holds a list, a single call is its own message. */
function messagesIn(body: Json, type: string | null): unknown[] | null {
  if (type === null) return Array.isArray(body.batch) ? body.batch : null;
  return [{ ...without(body, ['writeKey']), type }];
}
