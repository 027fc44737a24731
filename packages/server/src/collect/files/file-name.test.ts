import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedName } from './file-name.ts';

describe('the name a file is kept under', () => {
  it.each([
    ['orders.csv', 'orders.csv'],
    ['../../../etc/passwd', 'passwd'],
    ['..\\..\\x.csv', 'x.csv'],
    ['.hidden', 'hidden'],
    ['a\u0000b\u202e.csv', 'ab.csv'],
    ['\ud800.csv', 'csv'],
    ['', 'file'],
    ['..', 'file'],
    ['订单'.repeat(50), '订单'.repeat(33)],
    [`${'订单'.repeat(50)}.csv`, `${'订单'.repeat(32)}订.csv`.replace('订.csv', '订.csv')],
    [`${'a'.repeat(300)}.csv.gz`, `${'a'.repeat(193)}.csv.gz`],
    [`${'😀'.repeat(100)}.xlsx`, `${'😀'.repeat(48)}.xlsx`],
    [`a.${'b'.repeat(300)}`, `a.${'b'.repeat(198)}`],
  ])('of %j is %j', (given, kept) => {
    expect(storedName(given, [])).toBe(kept);
  });

  it('differs from those before, also where case makes no difference', () => {
    expect(storedName('a.csv', ['a.csv'])).toBe('2-a.csv');
    expect(storedName('A.csv', ['a.csv', '2-a.csv'])).toBe('3-A.csv');
  });

  it('fits every file system and stays in its folder, whatever was given', () => {
    const unit = fc.constantFrom('订', '😀', 'a', '.', '/', '\\', '\0', '\ud800', 'é', ' ', '-');
    const names = fc.array(fc.string({ unit, maxLength: 200 }), { maxLength: 5 });
    fc.assert(
      fc.property(names, (given) => {
        const kept: string[] = [];
        for (const name of given) kept.push(storedName(name, kept));
        for (const name of kept) {
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
          expect(name).toMatch(/^[^./\\\0][^/\\\0]*$/u);
          expect(name.isWellFormed()).toBe(true);
        }
        expect(new Set(kept.map((name) => name.toLowerCase())).size).toBe(kept.length);
      }),
    );
  });
});
