import { describe, expect, it } from 'vitest';
import { hookAddress, readHeaders, readMapping, writeHeaders } from './source-words.ts';

const rule = (event: unknown) => ({
  rules: [{ messages: [{ type: 'track', event, messageId: 'body.id' }] }],
});

describe('a mapping as it is typed', () => {
  it('is read, or says what is wrong and where', () => {
    expect(readMapping(JSON.stringify(rule({ const: 'Hello' })))).toMatchObject({
      mapping: { rules: [{ when: [] }] },
    });
    expect(readMapping('{')).toMatchObject({ faults: [{ path: '' }] });
    expect(readMapping(JSON.stringify(rule('Hello')))).toMatchObject({
      faults: [{ path: 'rules.0.messages.0.event', text: expect.stringContaining('must be a path') }],
    });
  });
});

describe('headers', () => {
  it('are written as they are read', () => {
    const headers = { 'X-Topic': 'orders/create', 'X-Source': 'https://a.example:8080/' };
    expect(readHeaders(writeHeaders(headers))).toEqual(headers);
    expect(readHeaders('nothing\n: also nothing')).toEqual({});
  });
});

it('the address holds the secret only of who cannot sign', () => {
  const hook = { path: '/v1/hooks/src_1', check: { kind: 'token' } } as never;
  expect(hookAddress('https://a.example', hook, 's')).toBe('https://a.example/v1/hooks/src_1/s');
  const signed = { path: '/v1/hooks/src_1', check: { kind: 'shopify' } } as never;
  expect(hookAddress('https://a.example', signed, 's')).toBe('https://a.example/v1/hooks/src_1');
});
