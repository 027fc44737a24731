import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Quotas } from '../quota.ts';
import type { Hook, Sources } from '../sources.ts';
import { takeBytes } from '../wire/by-content.ts';
import { weighed } from '../wire/unpack.ts';
import type { AcceptCall, HookCall } from './hooks.ts';
import { HOOK_PRESETS } from './presets/index.ts';
import { type Refusal, refusalOf, type Signed } from './signature.ts';

/** Headers that are kept of a call, beside those that begin with `x-`; never one that opens anything. */
const KEPT = new Set(['content-type', 'user-agent']);
const SECRET = /signature|hmac|token|secret|auth|cookie|forwarded|real-ip|key/;
const MOST_HEADER_BYTES = 8000;

interface Parts {
  sources: Sources;
  accept: AcceptCall;
  /** How many events a call is charged for. */
  weight: (hook: Hook, call: HookCall) => Promise<number>;
  quotas: Quotas;
  clock: Clock;
  publicUrl: () => string;
}

/**
 * The door for services that call us. What is not signed as it should be gets a 401 and leaves nothing but a count; what
 * is, is in the journal as it came before the 200, and is read from there.
 */
export async function hookRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(async (scope) => {
    takeBytes(scope, async (request) => {
      const { sourceId } = request.params as { sourceId: string };
      const hook = await parts.sources.hook(sourceId);
      if (!hook || hook.isRevoked) throw unknownHook();
      return sourceId;
    });
    scope.addHook('onError', async (_request, _reply, error) => parts.quotas.turnedAway(error));
    const open = { schema: { hide: true }, config: { access: 'writeKey' } as object };
    for (const path of ['/v1/hooks/:sourceId', '/v1/hooks/:sourceId/:token'])
      scope.post(path, open, (request, reply) => take(request, reply, parts));
  });
}

async function take(request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  const { sourceId, token } = request.params as { sourceId: string; token?: string };
  const hook = await parts.sources.hook(sourceId);
  if (!hook || hook.isRevoked) throw unknownHook();
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return weighed(body, async () => {
    const call: Signed = {
      body,
      headers: textsOf(request.headers),
      query: textsOf(request.query as Record<string, unknown>),
      pathToken: token,
      url: `${parts.publicUrl()}${request.url}`,
    };
    if (isPing(hook, call)) return reply.send({ success: true });
    const refusal = refusalOf(hook.check, hook.secrets, call, parts.clock.now());
    if (refusal !== null) {
      parts.sources.health.refused(
        hook.workspace,
        hook.sourceId,
        `${refusal}_signature: ${REFUSED[refusal]}`,
      );
      throw badSignature(refusal);
    }
    const { token: _token, ...query } = call.query;
    const kept = { headers: keptHeaders(call.headers), query, body: body.toString('utf8') };
    // Without the ledger nobody knows the workspace, nor what it may send: the call is taken in as it is.
    const events = await parts.weight(hook, kept).catch(() => 1);
    await parts.quotas.within(hook.workspace, events, () => parts.accept(hook, kept));
    return reply.send(HOOK_PRESETS[hook.preset].answer ?? { success: true });
  });
}

/** WooCommerce says hello when a webhook is saved: a form with its id, unsigned, of which nothing is kept. */
function isPing({ check }: Hook, { headers, body }: Signed): boolean {
  return (
    check.kind === 'woocommerce' &&
    headers['x-wc-webhook-signature'] === undefined &&
    body.length < 40 &&
    /^webhook_id=\d+$/.test(body.toString('latin1'))
  );
}

const REFUSED: Record<Refusal, string> = {
  missing: 'A call came without its signature.',
  wrong: 'A call was signed by another secret, or changed on its way.',
  old: 'A call was signed too long ago; it may be a repeat of an older one, or a clock is wrong.',
};

const badSignature = (refusal: Refusal) =>
  new AppError({
    code: 'hook.bad_signature',
    status: 401,
    detail: `${REFUSED[refusal]} Nothing of it was kept.`,
  });

const unknownHook = () =>
  new AppError({
    code: 'hook.unknown',
    status: 401,
    detail: 'No source takes calls at this address; the console shows the right one under Data, Sources.',
  });

function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  let left = MOST_HEADER_BYTES;
  for (const [name, value] of Object.entries(headers)) {
    if (!(KEPT.has(name) || name.startsWith('x-')) || SECRET.test(name)) continue;
    left -= name.length + value.length;
    if (left >= 0) kept[name] = value;
  }
  return kept;
}

/** Texts by name, of several of one name the first. */
function textsOf(from: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof one === 'string') texts[name] = one;
  }
  return texts;
}
