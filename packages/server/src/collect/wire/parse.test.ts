import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isWithin, parseExactly } from './parse.ts';

/** Values and depth of what was parsed, counted on the value itself. */
function measure(value: unknown): { values: number; depth: number } {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 };
  const parts = Object.values(value).map(measure);
  return {
    values: 1 + parts.reduce((sum, part) => sum + part.values, 0),
    depth: 1 + parts.reduce((most, part) => Math.max(most, part.depth), 0),
  };
}

it('lets in what is small enough, and nothing that is nested deeper', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat({ max: 9 }), (value, depth) => {
      const bytes = Buffer.from(JSON.stringify(value, null, 1));
      const true_ = measure(value);
      expect(isWithin(bytes, { values: Number.MAX_SAFE_INTEGER, depth })).toBe(true_.depth <= depth);
      // Every value stands behind a comma or is the first within a bracket: at most as many again are counted.
      expect(isWithin(bytes, { values: 2 * true_.values, depth: 99 })).toBe(true);
      expect(isWithin(bytes, { values: Math.ceil(true_.values / 2) - 1, depth: 99 })).toBe(false);
    }),
  );
});

it('takes no bracket for one that stands in a text', () => {
  const text = JSON.stringify({ a: '[[[[{{{{,,,,\\"[[[['.repeat(100) });
  expect(isWithin(Buffer.from(text), { values: 3, depth: 1 })).toBe(true);
});

it('reads JSON as it is, and whole numbers beyond 2^53 as the text of all their digits', () => {
  const long = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  fc.assert(
    fc.property(fc.array(fc.tuple(long, fc.dictionary(fc.string(), fc.integer()), fc.string())), (parts) => {
      const one = (number: bigint, value: unknown, text: string) =>
        `{ "n": ${number}, ${JSON.stringify(`${text}1234567890123456789`)}: ${JSON.stringify(value)},
           "text": ${JSON.stringify(`${text}"12345678901234567890\\`)}, "decimal": 12345678901234567.25 }`;
      const read = parseExactly(`[${parts.map((part) => one(...part)).join(',')}]`);
      expect(read).toEqual(
        parts.map(([number, value, text]) => ({
          ...JSON.parse(one(0n, value, text)),
          n: Number.isSafeInteger(Number(number)) ? Number(number) : String(number),
        })),
      );
    }),
  );
  const escapes = JSON.stringify({ text: '\\'.repeat(3_000_000), id: 0 }).replace(
    ':0}',
    ':1234567890123456781}',
  );
  expect((parseExactly(escapes) as { id: unknown }).id).toBe('1234567890123456781');
});

it('keeps a number that is too large for any as its text', () => {
  expect(parseExactly('{"a":1e400,"b":[-1.5E+999],"c":1e30,"d":"1e400","e":1e-400,"f":-3}')).toEqual({
    ...{ a: '1e400', b: ['-1.5E+999'], c: 1e30, d: '1e400', e: 0, f: -3 },
  });
});
