import { formatQueryParams } from '@clickhouse/client-common';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paramText } from './query-params.ts';

it('writes every value as the client does', () => {
  const sign = fc.constantFrom('\t', '\n', '\r', "'", '\\', '"', 'a', '\\N', '千', '😀', '\0', ',', ']');
  const text = fc.oneof(fc.string({ unit: sign }), fc.string());
  const one = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.oneof(one, fc.array(text), fc.array(one), fc.array(fc.array(text))), (value) => {
      expect(paramText(value)).toBe(formatQueryParams({ value }));
    }),
    { numRuns: 500 },
  );
});
