import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../wire/parse.ts';
import { converted, mend } from './mend.ts';

const held = (payload: unknown, more = {}) => ({
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  protocol: 'segment',
  sent_at: null,
  has_around: 0,
  ...more,
});
const fix = (steps: Parameters<typeof mend>[1]['steps'], payload?: string) => ({
  steps,
  accept: false,
  ...(payload === undefined ? {} : { payload }),
});

describe('a fix', () => {
  it('renames, sets, converts and removes where its path leads, also within lists', () => {
    const message = {
      event: 'Odrer',
      properties: { totl: '¥1,234.50', products: [{ p: '2' }, { p: 'x' }], bad: 1 },
    };
    const mended = mend(
      held(message),
      fix([
        { op: 'renameEvent', to: 'Order Completed' },
        { op: 'rename', from: 'properties.totl', to: 'properties.total' },
        { op: 'convert', path: 'properties.total', to: 'number' },
        { op: 'convert', path: 'properties.products.*.p', to: 'integer' },
        { op: 'set', path: 'context.mended', value: true },
        { op: 'remove', path: 'properties.bad' },
      ]),
    );
    expect(mended?.messages).toEqual([
      {
        event: 'Order Completed',
        properties: { total: 1234.5, products: [{ p: 2 }, { p: 'x' }] },
        context: { mended: true },
      },
    ]);
  });

  it('moves of each element of a list what stands in it, and takes out every one it names', () => {
    const products = [{ sku: 'A', q: 1 }, { sku: 'B' }, { q: 3 }];
    const moved = mend(
      held({ properties: { products, ids: [1, 2, 3] } }),
      fix([
        { op: 'rename', from: 'properties.products.*.sku', to: 'properties.products.*.product_id' },
        { op: 'remove', path: 'properties.ids.*' },
      ]),
    );
    expect(moved?.messages).toEqual([
      { properties: { products: [{ product_id: 'A', q: 1 }, { product_id: 'B' }, { q: 3 }], ids: [] } },
    ]);
    const one = mend(
      held({ list: [{ a: 1 }, { a: 2 }] }),
      fix([{ op: 'rename', from: 'list.*.a', to: 'first' }]),
    );
    expect(one?.messages).toEqual([{ list: [{}, {}], first: 1 }]);
    const all = mend(
      held({ store: 's', list: [{}, {}] }),
      fix([{ op: 'rename', from: 'store', to: 'list.*.at' }]),
    );
    expect(all?.messages).toEqual([{ list: [{ at: 's' }, { at: 's' }] }]);
  });

  it('keeps what was said around a message apart, and reads a body that was no JSON as what it should have been', () => {
    const around = mend(
      held({ client_id: 'c', message: { name: 'a' } }, { protocol: 'ga4', has_around: 1 }),
      fix([{ op: 'renameEvent', to: 'b' }]),
    );
    expect(around).toMatchObject({ messages: [{ name: 'b' }], around: { client_id: 'c' } });
    const cut = held('{"batch": [', { protocol: 'malformed' });
    expect(mend(cut, fix([]))).toBeNull();
    expect(mend(cut, fix([], '{"batch":[{"a":1},{"a":2}]}'))?.messages).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('keeps whole numbers beyond 2^53 apart, as every door does, and the moment it was sent as it was said', () => {
    const body =
      '{"batch":[{"userId":1234567890123456781},{"userId":1234567890123456782}],"sentAt":1769990400000}';
    const whole = mend(held('{', { protocol: 'malformed' }), fix([], body));
    expect(whole?.messages).toEqual([{ userId: '1234567890123456781' }, { userId: '1234567890123456782' }]);
    expect(whole?.sentAt).toBe('1769990400000');
    const one = mend(held('{"a":12345678901234567890}', { sent_at: 0 }), fix([]));
    expect(one).toMatchObject({
      messages: [{ a: '12345678901234567890' }],
      sentAt: '1970-01-01T00:00:00.000Z',
    });
  });

  it('reaches no prototype, and leaves alone what it does not name', () => {
    const path = fc.constantFrom('__proto__.x', 'a.__proto__', 'constructor.prototype.x', 'zz.yy', 'q');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue()), path, (message, where) => {
        const mended = mend(held(message), fix([{ op: 'set', path: where, value: 'polluted' }]));
        expect(({} as Record<string, unknown>).x).toBeUndefined();
        expect(mended?.messages[0]).toMatchObject(parseExactly(JSON.stringify(message)) as object);
      }),
    );
  });

  it('converts only what says a value of that type', () => {
    expect(['1', 'yes', '否', 'maybe'].map((v) => converted(v, 'boolean'))).toEqual([
      true,
      true,
      false,
      'maybe',
    ]);
    expect(['1,234.5', ' 7 ', '1.2.3', ''].map((v) => converted(v, 'number'))).toEqual([
      1234.5,
      7,
      '1.2.3',
      '',
    ]);
    expect(converted(1_780_000_000, 'time')).toBe('2026-05-28T20:26:40.000Z');
    expect(converted('soon', 'time')).toBe('soon');
  });
});
