import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globOf } from './glob.ts';

/** The same said as an expression, which is slow where someone means it to be. */
function oracle(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[\\^$.|?+()[\]{}]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    return found === '*' ? '[^/]*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's');
}

const pieces = (of: string[], maxLength: number) =>
  fc.array(fc.constantFrom(...of), { maxLength }).map((parts) => parts.join(''));

test('paths are matched as the pattern says', () => {
  const pattern = pieces(['a', 'b', '/', '.', '*', '**', '**/', '/**/'], 9);
  const path = pieces(['a', 'b', '/', '.', 'ab/'], 9);
  fc.assert(
    fc.property(pattern, path, (p, x) => {
      expect(globOf(p).matches(x), `${p} on ${x}`).toBe(oracle(p).test(x));
    }),
    { numRuns: 3000 },
  );
});

test('long patterns are matched as short ones, across the words their steps lie in', () => {
  const filler = fc.integer({ min: 0, max: 70 });
  const pattern = pieces(['a', '*', '**/', '**', '/'], 5);
  fc.assert(
    fc.property(filler, pattern, pieces(['a', 'b', '/', 'a/'], 7), (n, p, x) => {
      const head = 'x'.repeat(n);
      expect(globOf(head + p).matches(head + x)).toBe(oracle(head + p).test(head + x));
    }),
    { numRuns: 1000 },
  );
  expect(globOf('数据/*.csv').matches('数据/第一.csv')).toBe(true);
  expect(globOf('lake/😀*.csv').matches('lake/😀1.csv')).toBe(true);
});

test('no pattern keeps the server busy: a hundred names against each of the worst of them', () => {
  const worst = [`${'*a'.repeat(249)}*b`, `${'**a'.repeat(166)}b`, `${'**/a*'.repeat(99)}b`];
  const names = ['a'.repeat(1024), 'a/'.repeat(512), `${'a'.repeat(700)}/${'a'.repeat(300)}`];
  const began = performance.now();
  for (const pattern of worst)
    for (let i = 0; i < 100; i++) expect(globOf(pattern).matches(names[i % 3]!)).toBe(false);
  // Measured: half a second. By an expression that goes back, longer than anybody lives.
  expect(performance.now() - began).toBeLessThan(5000);
});
