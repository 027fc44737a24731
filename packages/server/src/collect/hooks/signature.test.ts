import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { HookCheck } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf, type Signed } from './signature.ts';

const NOW = Date.parse('2026-06-01T04:00:00Z');
const call = (body: string | Buffer, headers: Record<string, string> = {}): Signed => ({
  body: Buffer.from(body),
  headers,
  query: {},
  pathToken: undefined,
  url: 'https://a.example/v1/hooks/src_1',
});

describe('a signature', () => {
  const algorithms = fc.constantFrom('sha1' as const, 'sha256' as const, 'sha512' as const);
  const encodings = fc.constantFrom('hex' as const, 'base64' as const);

  it('holds for exactly what was signed, by exactly the secrets that are valid', () => {
    fc.assert(
      fc.property(
        ...[algorithms, encodings, fc.uint8Array({ minLength: 1 }), fc.string({ minLength: 1 })],
        fc.nat(),
        (algorithm, encoding, bytes, secret, place) => {
          const check: HookCheck = { kind: 'hmac', header: 'X-Sign', algorithm, encoding };
          const body = Buffer.from(bytes);
          const headers = { 'x-sign': createHmac(algorithm, secret).update(body).digest(encoding) };
          expect(refusalOf(check, ['former', secret], call(body, headers), NOW)).toBeNull();
          expect(refusalOf(check, [`${secret}x`], call(body, headers), NOW)).toBe('wrong');
          expect(refusalOf(check, [], call(body, headers), NOW)).toBe('wrong');
          expect(refusalOf(check, [secret], call(body), NOW)).toBe('missing');
          const touched = Buffer.from(body);
          touched[place % touched.length]! ^= 1;
          expect(refusalOf(check, [secret], call(touched, headers), NOW)).toBe('wrong');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of SendGrid is by its key pair, over time and body', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const body = '[{"event":"delivered"}]';
    const stamp = String(NOW / 1000);
    const headers = (time: string) => ({
      'x-twilio-email-event-webhook-timestamp': time,
      'x-twilio-email-event-webhook-signature': sign(
        'sha256',
        Buffer.from(stamp + body),
        privateKey,
      ).toString('base64'),
    });
    const check: HookCheck = { kind: 'sendgrid' };
    expect(refusalOf(check, [key], call(body, headers(stamp)), NOW)).toBeNull();
    expect(refusalOf(check, [key], call(`${body} `, headers(stamp)), NOW)).toBe('wrong');
    expect(refusalOf(check, [key], call(body, headers(String(NOW / 1000 + 1))), NOW)).toBe('wrong');
    expect(refusalOf(check, [key], call(body, headers(stamp)), NOW + 601_000)).toBe('old');
    expect(refusalOf(check, ['no key at all'], call(body, headers(stamp)), NOW)).toBe('wrong');
  });

  it('of Mailgun stands in the body', () => {
    const [timestamp, token] = [String(NOW / 1000), 'a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0'];
    const signature = createHmac('sha256', 'key')
      .update(timestamp + token)
      .digest('hex');
    const body = (change: object) =>
      JSON.stringify({ signature: { timestamp, token, signature, ...change } });
    const check: HookCheck = { kind: 'mailgun' };
    expect(refusalOf(check, ['key'], call(body({})), NOW)).toBeNull();
    expect(refusalOf(check, ['other'], call(body({})), NOW)).toBe('wrong');
    expect(refusalOf(check, ['key'], call(body({ token: 'another' })), NOW)).toBe('wrong');
    expect(refusalOf(check, ['key'], call(body({})), NOW + 10 * 3_600_000)).toBe('old');
    for (const nothing of ['{}', 'x=1', '[]', '{"signature":null}'])
      expect(refusalOf(check, ['key'], call(nothing), NOW)).toBe('missing');
  });

  it('of who cannot sign is a token, in whatever place was agreed', () => {
    const bare: HookCheck = { kind: 'token' };
    expect(refusalOf(bare, ['t'], { ...call(''), pathToken: 't' }, NOW)).toBeNull();
    expect(refusalOf(bare, ['t'], { ...call(''), query: { token: 't' } }, NOW)).toBeNull();
    expect(refusalOf(bare, ['t'], call('', { authorization: 'Bearer t' }), NOW)).toBe('missing');
    const named: HookCheck = { kind: 'token', header: 'Authorization' };
    expect(refusalOf(named, ['t'], call('', { authorization: 'Bearer t' }), NOW)).toBeNull();
  });
});
