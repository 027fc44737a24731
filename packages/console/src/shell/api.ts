import { type AnswerOf, type CallOf, type Endpoint, type Problem, problem } from '@qianmian/contract';
import { noteServerTime } from './server-clock.ts';

/** True for a part that nothing has to be given for: absent, unknown, an object without required keys. */
type Needless<T> = [undefined] extends [T]
  ? true
  : [object] extends [T]
    ? true
    : string extends keyof T
      ? true
      : false;
type Optionally<Name extends string, T> = Needless<T> extends true ? { [N in Name]?: T } : { [N in Name]: T };

/** What a call to an endpoint is given; parts that need nothing may be left out. */
export type Call<E> = Optionally<'params', CallOf<E>['params']> &
  Optionally<'query', CallOf<E>['query']> &
  Optionally<'body', CallOf<E>['body']>;

/** The same inside a workspace, whose id is filled in. */
export type WorkspaceCall<E> = Optionally<'params', Omit<NonNullable<CallOf<E>['params']>, 'workspace'>> &
  Optionally<'query', CallOf<E>['query']> &
  Optionally<'body', CallOf<E>['body']>;

/** A refusal of the server (RFC 9457), or `network` and `answer` for what never arrived or was not understood. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;

  constructor(given: Pick<Problem, 'status' | 'code' | 'detail' | 'fields'>) {
    super(given.detail);
    this.name = 'ApiProblem';
    this.status = given.status;
    this.code = given.code;
    this.fields = given.fields ?? {};
  }

  /** True when every fault belongs to a field, so that the form says it and a toast need not. */
  get isAboutFields(): boolean {
    return Object.keys(this.fields).length > 0;
  }
}

interface Parts {
  params?: object;
  query?: object;
  body?: unknown;
}

/** Path and query of a call: parameters filled in and encoded, empty ones left out. */
export function addressOf(endpoint: Endpoint, call: Parts): string {
  const params = (call.params ?? {}) as Record<string, unknown>;
  const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === null || value === '')
      throw new Error(`${endpoint.method} ${endpoint.path} needs "${name}"`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const written = query.toString();
  return written ? `${path}?${written}` : path;
}

/** Address of a file that a link or form can fetch by itself, such as a CSV export. */
export function hrefOf<E extends Endpoint>(endpoint: E, call: Call<E>): string {
  return addressOf(endpoint, call as Parts);
}

// A page of another origin cannot set it, which is how the server tells our writes from forged ones.
const OURS = { 'X-Qianmian': '1' };

/** Every answer says what time the server goes by. */
const NOW = 'x-qianmian-now';

/** Calls an endpoint of the contract; answers what its schema says, or throws an `ApiProblem`. */
export async function call<E extends Endpoint>(
  endpoint: E,
  given: Call<E>,
  { signal, fetch = globalThis.fetch }: { signal?: AbortSignal; fetch?: typeof globalThis.fetch } = {},
): Promise<AnswerOf<E>> {
  const parts = given as Parts;
  const hasBody = parts.body !== undefined;
  const response = await fetch(addressOf(endpoint, parts), {
    method: endpoint.method,
    credentials: 'same-origin',
    headers: hasBody ? { ...OURS, 'Content-Type': 'application/json' } : OURS,
    body: hasBody ? JSON.stringify(parts.body) : undefined,
    signal,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem({ status: 0, code: 'network', detail: String(error) });
  });
  noteServerTime(response.headers.get(NOW));
  return readAnswer(endpoint, response.status, await response.text());
}

/** Turns status and text of an answer into what the contract promises. */
export function readAnswer<E extends Endpoint>(endpoint: E, status: number, text: string): AnswerOf<E> {
  if (status >= 400) throw problemOf(status, text);
  if (endpoint.media) return text as AnswerOf<E>;
  const answer = endpoint.response.safeParse(text ? parseJson(text) : undefined);
  if (!answer.success)
    throw new ApiProblem({
      status,
      code: 'answer',
      detail: `${endpoint.method} ${endpoint.path}: ${answer.error.message}`,
    });
  return answer.data as AnswerOf<E>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(status: number, text: string): ApiProblem {
  const told = problem.safeParse(parseJson(text));
  return new ApiProblem(told.success ? told.data : { status, code: 'http', detail: `HTTP ${status}` });
}

/** Sends files (multipart/form-data), telling how far it got, from 0 to 1. */
export function upload<E extends Endpoint>(
  endpoint: E,
  given: Call<E>,
  files: FormData,
  { onProgress, signal }: { onProgress?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<AnswerOf<E>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(endpoint.method, addressOf(endpoint, given as Parts));
    for (const [name, value] of Object.entries(OURS)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      noteServerTime(request.getResponseHeader(NOW));
      try {
        resolve(readAnswer(endpoint, request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => reject(new ApiProblem({ status: 0, code: 'network', detail: 'upload failed' }));
    request.onabort = () => reject(new DOMException('upload cancelled', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(files);
  });
}
