import { api } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { ApiProblem, addressOf, call, hrefOf, readAnswer } from './api.ts';
import { faultKey } from './fault-words.ts';

const answering = (status: number, body: unknown, seen: { url?: string; init?: RequestInit } = {}) =>
  ((url: string, init: RequestInit) => {
    Object.assign(seen, { url, init });
    return Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status }));
  }) as typeof fetch;

describe('the address of a call', () => {
  it('fills in and encodes path parameters', () => {
    expect(addressOf(api.addTag, { params: { workspace: 'demo', personId: 7, tag: 'a/b 王' } })).toBe(
      '/v1/workspaces/demo/customers/7/tags/a%2Fb%20%E7%8E%8B',
    );
    expect(() => addressOf(api.getSegment, { params: { workspace: 'demo' } })).toThrow('needs "id"');
  });

  it('leaves empty query values out', () => {
    expect(
      hrefOf(api.exportCustomers, {
        params: { workspace: 'demo' },
        query: { search: '', lifecycle: 'active', city: undefined },
      }),
    ).toBe('/v1/workspaces/demo/customers.csv?lifecycle=active');
  });
});

describe('a call', () => {
  it('sends our header and JSON, and answers what the contract says', async () => {
    const seen: { url?: string; init?: RequestInit } = {};
    const state = { workspace: 'demo', now: '2026-11-22T06:00:00Z', letters: 0, people: 1, busy: null };
    const answer = await call(
      api.advanceDemo,
      { body: { hours: 24 } },
      { fetch: answering(200, state, seen) },
    );
    expect(answer).toEqual(state);
    expect(seen.url).toBe('/v1/demo/advance');
    expect(seen.init?.method).toBe('POST');
    expect(seen.init?.headers).toEqual({ 'X-Qianmian': '1', 'Content-Type': 'application/json' });
    expect(seen.init?.body).toBe('{"hours":24}');
  });

  it('throws the problem the server tells, with its fields', async () => {
    const told = {
      type: 'x',
      title: 'x',
      status: 422,
      detail: 'No',
      code: 'a.b',
      fields: { id: 'is taken' },
    };
    const failure = await call(api.getSession, {}, { fetch: answering(422, told) }).catch((error) => error);
    expect(failure).toBeInstanceOf(ApiProblem);
    expect(failure).toMatchObject({ status: 422, code: 'a.b', message: 'No', isAboutFields: true });
  });

  it('throws one of its own when the server cannot be reached or understood', async () => {
    const unreachable = (() => Promise.reject(new TypeError('refused'))) as typeof fetch;
    await expect(call(api.getSession, {}, { fetch: unreachable })).rejects.toMatchObject({ code: 'network' });
    expect(() => readAnswer(api.getSession, 502, '<html>')).toThrow('HTTP 502');
    expect(() => readAnswer(api.getSession, 200, '{"demo":1}')).toThrow('GET /v1/session');
  });

  it('answers nothing where nothing is promised, and text where the endpoint is a file', () => {
    expect(readAnswer(api.signOut, 204, '')).toBeUndefined();
    expect(readAnswer(api.exportCustomers, 200, 'a,b')).toBe('a,b');
  });
});

it('has words for the faults the contract finds', () => {
  const short = api.changePassword.body.safeParse({ current: 'x', next: 'short' });
  expect(faultKey(short.error?.issues[0]?.message ?? '')).toEqual({ key: 'tooShort', n: '10' });
  expect(faultKey('is taken')?.key).toBe('taken');
  expect(faultKey('must be at most 731')).toEqual({ key: 'tooLarge', n: '731' });
  expect(faultKey('is of the wrong colour')).toBeNull();
});
