import type { Readable } from 'node:stream';
import { type AnswerOf, type CallOf, type Endpoint, problem } from '@qianmian/contract';
import { EXIT, Failure } from './failure.ts';

// biome-ignore lint/suspicious/noExplicitAny: any endpoint, whatever its schemas
type AnyEndpoint = Endpoint<any, any, any, any>;

/** A body that is made while it is sent. */
export interface Upload {
  contentType: string;
  bytes: number;
  body: Readable;
}

/** A server, spoken to through the endpoints of the contract. */
export interface Api {
  readonly url: string;
  /** Calls an endpoint; anything but success is a `Failure` with the server's own sentence. */
  call<E extends AnyEndpoint>(
    endpoint: E,
    call?: Partial<CallOf<E>> & { upload?: Upload },
  ): Promise<AnswerOf<E>>;
}

/** Speaks to the server at `url`; with a key, as whoever the key belongs to. */
export function openApi(url: string, key: string | null): Api {
  const base = url.replace(/\/+$/, '');
  return {
    url: base,
    async call(endpoint, call = {}) {
      const response = await send(base, key, endpoint, call);
      if (!response.ok) throw await refusal(response, base);
      if (response.status === 204) return undefined as never;
      const parsed = endpoint.response.safeParse(await response.json().catch(() => undefined));
      if (!parsed.success)
        throw new Failure(
          `${base} answered ${endpoint.method} ${endpoint.path} with something this version does not understand; is it a Qianmian server of the same version?`,
        );
      return parsed.data as never;
    },
  };
}

async function send(
  base: string,
  key: string | null,
  endpoint: AnyEndpoint,
  call: { params?: unknown; query?: unknown; body?: unknown; upload?: Upload },
): Promise<Response> {
  const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String((call.params as Record<string, unknown>)[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((call.query ?? {}) as Record<string, unknown>))
    if (value !== undefined) query.set(name, String(value));
  const headers: Record<string, string> = { accept: 'application/json' };
  if (key) headers.authorization = `Bearer ${key}`;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (call.upload) {
    headers['content-type'] = call.upload.contentType;
    headers['content-length'] = String(call.upload.bytes);
  }
  try {
    return await fetch(`${base}${path}${query.size > 0 ? `?${query}` : ''}`, {
      method: endpoint.method,
      headers,
      body: call.upload ? call.upload.body : call.body === undefined ? undefined : JSON.stringify(call.body),
      duplex: 'half',
    } as RequestInit);
  } catch (error) {
    throw unreachable(base, error);
  }
}

/** The server's problem details as a failure. */
async function refusal(response: Response, base: string): Promise<Failure> {
  const told = problem.safeParse(await response.json().catch(() => undefined));
  if (!told.success) return new Failure(`${base} answered ${response.status} ${response.statusText}.`);
  const hint = response.status === 401 ? ' The command line takes it from --api-key or QM_API_KEY.' : '';
  return new Failure(`${told.data.detail}${hint}`, EXIT.failed, told.data.fields);
}

function unreachable(base: string, error: unknown): Failure {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Failure) return cause;
  const why =
    (cause as NodeJS.ErrnoException)?.code ?? (cause instanceof Error ? cause.message : String(cause));
  return new Failure(`No server answers at ${base} (${why}).`, EXIT.unreachable);
}
