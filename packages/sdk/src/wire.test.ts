import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { campaignOf } from './campaign.ts';
import { uuid } from './clock.ts';
import { cleanText, cleanUrl } from './privacy.ts';
import { utf8Bytes } from './queue.ts';
import { receiptStatus, retryAfter, verdictOn } from './transport.ts';

describe('what is told of addresses and words', () => {
  it('leaves out what is private, and places within a page', () => {
    expect(cleanUrl('https://shop.example/p?id=1&email=a%40b.example&token=x&ref=a@b.example#reviews')).toBe(
      'https://shop.example/p?id=1',
    );
    expect(cleanUrl('https://shop.example/login#access_token=x')).toBe('https://shop.example/login');
    expect(cleanUrl('https://shop.example/#/p/1?phone=13800138000&color=red')).toBe(
      'https://shop.example/#/p/1?color=red',
    );
    expect(cleanUrl('https://shop.example/?q=50%&coupon_code=SAVE')).toBe(
      'https://shop.example/?q=50%&coupon_code=SAVE',
    );
    expect(cleanUrl('https://shop.example/reset/ann%40b.example/x?a=1')).toBe(
      'https://shop.example/reset/***/x?a=1',
    );
    expect(cleanUrl('/@tea/p')).toBe('/@tea/p');
    expect(cleanText('  Signed in as\n ann@shop.example, +86 138 0013 8000 ')).toBe('Signed in as *** ***');
    expect(cleanText('Add 2 to cart for ¥19.90')).toBe('Add 2 to cart for ¥19.90');
    expect(cleanText('x'.repeat(200))).toHaveLength(80);
  });

  it('never tells the value of a private parameter, however it is written', () => {
    const name = fc.constantFrom('email', 'user_email', 'Password', 'resetToken', 'phone', 'auth', 'code');
    fc.assert(
      fc.property(name, fc.stringMatching(/^[A-Z]{12}$/), fc.webPath(), (as, value, path) => {
        expect(cleanUrl(`https://shop.example${path}?a=1&${as}=${value}&b=2`)).not.toContain(value);
      }),
    );
  });

  it('knows campaigns by utm_ parameters and click ids', () => {
    const of = (query: string) => {
      const parameters = new URLSearchParams(query);
      return campaignOf((name) => parameters.get(name));
    };
    expect(of('utm_source=wechat&utm_medium=social&utm_campaign=618&gclid=g1&x=1')).toEqual({
      name: '618',
      source: 'wechat',
      medium: 'social',
      gclid: 'g1',
    });
    expect(of('x=1')).toBeNull();
  });
});

describe('answers', () => {
  it('only our receipt is an acknowledgement', () => {
    expect(receiptStatus(200, '{"success":true}')).toBe(200);
    expect(receiptStatus(200, '<html>Sign in to the Wi-Fi</html>')).toBe(0);
    expect(receiptStatus(503, '')).toBe(503);
  });

  it('are acted on by their status', () => {
    const by = (status: number) => verdictOn({ status });
    expect([0, 408, 429, 500, 503].map(by)).toEqual(Array.from({ length: 5 }, () => 'later'));
    expect([400, 401, 403, 404, 413, 200].map(by)).toEqual([
      'never',
      'stop',
      'stop',
      'stop',
      'smaller',
      'done',
    ]);
  });

  it('name the time to wait in seconds or as a date', () => {
    const now = Date.parse('2026-06-01T00:00:00Z');
    expect(retryAfter('2', now)).toBe(2000);
    expect(retryAfter('Mon, 01 Jun 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(retryAfter('99999999', now)).toBe(3_600_000);
    for (const nothing of [null, undefined, '', 'soon', '-1', '0'])
      expect(retryAfter(nothing, now)).toBeUndefined();
  });
});

it('the size of a message is never less than it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
    }),
  );
});

it('ids are UUIDs of version 4, none twice', () => {
  const ids = Array.from({ length: 1000 }, () => uuid(Math.random));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
