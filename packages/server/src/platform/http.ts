import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import type { Endpoint, Permission, Problem } from '@qianmian/contract';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { givenUp, whileAsked } from './asker.ts';
import { type Clock, isoOf } from './clock.ts';
import { type Cursors, openCursors } from './cursor.ts';
import { AppError, TryLater } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { readOnBeforeTooLarge } from './read-on.ts';
import { cutOffSlowClients, PATIENCE, serverPatience } from './slow-clients.ts';
import { unstorableTextIn } from './text.ts';

/** Who calls: an account with a session, or a program with a key. */
export interface Principal {
  kind: 'account' | 'apiKey';
  id: string;
  /** For audit entries: the account's e-mail, or the key's name. */
  name: string;
  /** What it may do in a workspace; null when it has no business there. */
  permissionsIn(workspace: string): ReadonlySet<Permission> | null;
}

/** Finds out who calls; null for nobody. */
export type Authenticate = (request: FastifyRequest) => Promise<Principal | null>;

/** What a route's handler is given: parsed input and an allowed caller. */
export interface Call<E> {
  params: E extends Endpoint<infer P> ? z.output<P> : never;
  query: E extends Endpoint<z.ZodTypeAny, infer Q> ? z.output<Q> : never;
  body: E extends Endpoint<z.ZodTypeAny, z.ZodTypeAny, infer B> ? z.output<B> : never;
  /** Workspace of the address; '' for endpoints outside any. */
  workspace: string;
  /** Absent only on public endpoints. */
  who: Principal;
  may(permission: Permission): boolean;
  /** Whether people reach us by https, so that their cookies must travel by nothing else. */
  secure: boolean;
  /** Set when the caller hangs up before the answer. */
  gone: AbortSignal;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** A handler's answer: the JSON the contract names, or a text or stream where it names another media type. */
export type Answer<E> =
  E extends Endpoint<z.ZodTypeAny, z.ZodTypeAny, z.ZodTypeAny, infer R>
    ? z.input<R> | Readable | string | undefined
    : never;

// biome-ignore lint/suspicious/noExplicitAny: any endpoint, whatever its schemas
type AnyEndpoint = Endpoint<any, any, any, any>;

/** Binds endpoints of the contract to their handlers. */
export type Mount = <E extends AnyEndpoint>(
  endpoint: E,
  handler: (call: Call<E>) => Promise<Answer<E>>,
) => void;

export interface Http {
  app: FastifyInstance;
  mount: Mount;
  /** Every mounted endpoint, for the test that tries each signed out and from another workspace. */
  mounted: AnyEndpoint[];
}

/** Largest JSON body of whom nobody knows, as thousands may send one at once, and of who was admitted before it is read. */
const [PUBLIC_BODY, ADMITTED_BODY] = [64 * 1024, 2 * 1024 * 1024];
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const CONTENT_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-src 'self' blob: data: about:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The HTTP server: parsing, permission, problem details, metrics, OpenAPI. Knows no retail word. */
export async function buildHttp(parts: {
  log: Log;
  clock: Clock;
  metrics: Metrics;
  authenticate: Authenticate;
  /** Seals the cursors of lists. */
  secret: Buffer;
  version: string;
  /** Folder of the built console; absent in tests. */
  consoleDir: string | null;
  /** Where the outside reaches us, if that was said. */
  publicUrl?: string | null;
  patience?: typeof PATIENCE;
}): Promise<Http> {
  const isHttps = parts.publicUrl?.startsWith('https://') ?? false;
  const patience = parts.patience ?? PATIENCE;
  const app = Fastify({
    loggerInstance: parts.log as never,
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    http: serverPatience(patience),
    bodyLimit: PUBLIC_BODY,
    trustProxy: 'loopback',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  }) as unknown as FastifyInstance;
  cutOffSlowClients(app, patience);
  readOnBeforeTooLarge(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerProblem);
  // No body is no fault of JSON: whether one is needed is for the endpoint's schema to say.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parseJson(request, body, done),
  );
  app.setNotFoundHandler((request, reply) => notFoundAnswer(request, reply, parts.consoleDir !== null));
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.url === '/metrics') await admitWatcher(request, parts.authenticate);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    parts.metrics.requests.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (isHttps) reply.header('strict-transport-security', 'max-age=31536000');
    // What "now" is here; in a demo far from the time of whoever reads the answer.
    reply.header('x-qianmian-now', isoOf(parts.clock.now()));
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', CONTENT_POLICY);
  });
  await app.register(cookie);
  await app.register(multipart, { limits: { fileSize: 2 * 1024 ** 3, files: 50, fields: 20 } });
  await describeApi(app, { version: parts.version, contentPolicy: CONTENT_POLICY });
  const mounted: AnyEndpoint[] = [];
  if (parts.consoleDir && existsSync(parts.consoleDir)) await serveConsole(app, parts.consoleDir);
  const cursors = openCursors(parts.secret);
  return {
    app,
    mount: mounter(app, { authenticate: parts.authenticate, cursors, isHttps }, mounted),
    mounted,
  };
}

async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        /\/assets\//.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}

function mounter(
  app: FastifyInstance,
  { authenticate, cursors, isHttps }: { authenticate: Authenticate; cursors: Cursors; isHttps: boolean },
  mounted: AnyEndpoint[],
): Mount {
  return (endpoint, handler) => {
    mounted.push(endpoint);
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      bodyLimit: endpoint.access === 'public' ? PUBLIC_BODY : ADMITTED_BODY,
      schema: {
        summary: endpoint.summary,
        tags: [endpoint.domain],
        ...(endpoint.access === 'public' ? { security: [{}] } : {}),
        ...(endpoint.path.includes('/:') ? { params: endpoint.params } : {}),
        ...(endpoint.query.type === 'object' ? { querystring: endpoint.query } : {}),
        ...(endpoint.body.type === 'optional' ? {} : { body: endpoint.body }),
        ...(endpoint.media || endpoint.response.type === 'optional'
          ? {}
          : { response: { 200: endpoint.response } }),
      },
      // The caller is checked before the body is read and parsed: who may not come in learns nothing from errors.
      onRequest: async (request) => {
        const workspace = (request.params as { workspace?: string }).workspace ?? '';
        (request as Admitted).caller = await admit(request, endpoint, workspace, authenticate);
      },
      preValidation: async (request) => {
        for (const part of [request.params, request.query, request.body]) {
          const path = unstorableTextIn(part);
          if (path !== null) throw unstorable(path);
        }
      },
      handler: async (request, reply) => {
        const who = (request as Admitted).caller as Principal;
        const workspace = (request.params as { workspace?: string }).workspace ?? '';
        const { cursor, ...query } = (request.query ?? {}) as { cursor?: string; limit?: number };
        const { limit: _, ...asked } = query;
        const list = `${endpoint.path} ${JSON.stringify([request.params, Object.entries(asked).sort()])}`;
        const gone = hangUpOf(reply);
        const call = {
          params: request.params,
          query: cursor ? { ...query, cursor: cursors.open(list, cursor) } : query,
          body: request.body,
          workspace,
          who,
          may: (p: Permission) => who.permissionsIn(workspace)?.has(p) ?? false,
          secure: isHttps || request.protocol === 'https',
          gone,
          request,
          reply,
        } as never;
        // What only reads is stopped when nobody waits for it; what changes something is finished.
        const answer = await (SAFE_METHODS.has(endpoint.method)
          ? whileAsked({ gone }, () => handler(call))
          : handler(call));
        if (endpoint.media) reply.type(`${endpoint.media}; charset=utf-8`);
        if (answer === undefined && !reply.sent) return reply.status(204).send();
        return answer?.nextCursor ? { ...answer, nextCursor: cursors.seal(list, answer.nextCursor) } : answer;
      },
    });
  };
}

/** A signal for the moment a caller hangs up before they have the whole answer. */
function hangUpOf(reply: FastifyReply): AbortSignal {
  const control = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) control.abort(givenUp());
  });
  return control.signal;
}

const unstorable = (path: string) =>
  new AppError({
    code: 'request.invalid',
    status: 400,
    detail: `${path || 'The body'} holds a character that is no text: NUL, or half of a surrogate pair.`,
    fields: { [path || 'body']: 'holds a character that is no text' },
  });

interface Admitted extends FastifyRequest {
  caller?: Principal | null;
}

const crossSite = () =>
  new AppError({
    code: 'auth.cross_site',
    status: 403,
    detail: 'Calls that change something from a browser need the header "X-Qianmian: 1".',
  });

async function admit(
  request: FastifyRequest,
  endpoint: AnyEndpoint,
  workspace: string,
  authenticate: Authenticate,
): Promise<Principal | null> {
  const changesFromPage = !SAFE_METHODS.has(request.method) && request.headers['x-qianmian'] === undefined;
  if (endpoint.access === 'public') {
    // Only a browser names the page that calls: signing in is not for other people's pages.
    if (changesFromPage && request.headers.origin !== undefined) throw crossSite();
    return null;
  }
  const who = await authenticate(request);
  if (!who) throw signedOut();
  if (who.kind === 'account' && changesFromPage) throw crossSite();
  if (endpoint.access === 'signedIn') return who;
  const permissions = who.permissionsIn(workspace);
  if (!permissions)
    throw new AppError({
      code: 'workspace.not_found',
      status: 404,
      detail: `There is no workspace "${workspace}" for you.`,
    });
  if (!permissions.has(endpoint.access))
    throw new AppError({
      code: 'auth.forbidden',
      status: 403,
      detail: `This needs the permission "${endpoint.access}"; ask an owner of the workspace for a role that has it.`,
    });
  return who;
}

const signedOut = () =>
  new AppError({
    code: 'auth.signed_out',
    status: 401,
    detail: 'Sign in, or send an API key as "Authorization: Bearer …".',
  });

/** Who watches the server does it from its own machine, or with an API key. */
async function admitWatcher(request: FastifyRequest, authenticate: Authenticate): Promise<void> {
  if (!(await mayWatch(request, authenticate))) throw signedOut();
}

/** Whether a caller may see how the server is in numbers. */
export async function mayWatch(request: FastifyRequest, authenticate: Authenticate): Promise<boolean> {
  if (/^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(request.ip)) return true;
  return (await authenticate(request))?.kind === 'apiKey';
}

function answerProblem(
  error: FastifyError | AppError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500 && !(error instanceof AppError))
    request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed');
  if (problem.status === 503 || problem.status === 429)
    reply.header('retry-after', String(error instanceof TryLater ? error.seconds : 1));
  // A CSV route may have failed after its content type was chosen; a problem is always a problem.
  return reply
    .status(problem.status)
    .removeHeader('content-disposition')
    .type('application/problem+json; charset=utf-8')
    .serializer((p: unknown) => JSON.stringify(p))
    .send(problem);
}

function problemOf(error: FastifyError | AppError): Problem {
  const problem = (
    status: number,
    code: string,
    detail: string,
    fields?: Record<string, string>,
  ): Problem => ({
    type: `https://qianmian.example/problems/${code}`,
    title: TITLES[status] ?? 'The request failed',
    status,
    detail,
    code,
    ...(fields ? { fields } : {}),
  });
  if (error instanceof AppError) return problem(error.status, error.code, error.detail, error.fields);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = fieldFaults(error.validation, error.validationContext);
    const words = Object.entries(fields).map(([f, m]) => `${f}: ${m}`);
    return problem(400, 'request.invalid', `The request has faults. ${words.slice(0, 5).join('; ')}`, fields);
  }
  if (isOutOfSpace(error))
    return problem(
      503,
      'server.storage',
      'The disk of the server is full: nothing can be changed until there is space.',
    );
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return problem(status, REQUEST_FAULTS[status] ?? 'request.invalid', error.message);
  return problem(500, 'server.bug', 'Something went wrong on our side; the log has the details.');
}

/** Whether a failure comes of a full disk, in the words of the ledger, the warehouse or the file system. */
function isOutOfSpace(error: Error & { code?: string }): boolean {
  const cause = error.cause instanceof Error && isOutOfSpace(error.cause);
  return (
    ['53100', 'ENOSPC', 'EDQUOT'].includes(error.code ?? '') ||
    /No space left on device|NOT_ENOUGH_SPACE/.test(error.message) ||
    cause
  );
}

/** Codes of what the framework refuses before any endpoint sees it. */
const REQUEST_FAULTS: Record<number, string> = {
  400: 'request.malformed',
  413: 'request.too_large',
  414: 'request.address_too_long',
  415: 'request.media_type',
};

const TITLES: Record<number, string> = {
  400: 'The request has faults',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not possible now',
  410: 'Over',
  413: 'Too large',
  415: 'Unknown content type',
  422: 'Not possible',
  429: 'Too many requests',
  503: 'Overloaded',
};

interface ValidationFault {
  keyword?: string;
  instancePath: string;
  message?: string;
  params?: { keys?: string[] };
}

/** Faults by field path, `window.days`; query and path fields carry no prefix, as people think of them by name. */
function fieldFaults(
  faults: readonly ValidationFault[],
  _context: string | undefined,
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const fault of faults) {
    const path = fault.instancePath.replace(/^\//, '').replaceAll('/', '.') || 'body';
    for (const name of unknownFields(fault)) fields[path === 'body' ? name : `${path}.${name}`] ??= UNKNOWN;
    if (fault.keyword !== 'unrecognized_keys') fields[path] ??= fault.message ?? 'is not right';
  }
  return fields;
}

const UNKNOWN = 'is not a field here';

/** Names of fields that an object has and should not; each is told where it stands. */
function unknownFields(fault: ValidationFault): string[] {
  return fault.keyword === 'unrecognized_keys' ? (fault.params?.keys ?? []) : [];
}

function notFoundAnswer(request: FastifyRequest, reply: FastifyReply, hasConsole: boolean): FastifyReply {
  const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (hasConsole && isPage && !/^\/(v1|t|u|docs)\//.test(request.url))
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  throw new AppError({
    code: 'request.no_such_address',
    status: 404,
    detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
  });
}
