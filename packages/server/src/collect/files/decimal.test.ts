import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decimal, multiplyToScale, parseDecimal, toScale } from './decimal.ts';
import { lineAmount, minorDigits, spreadCents, toMinor } from './money.ts';

const cents = (text: string, currency = 'USD', mark: '.' | ',' = '.') => {
  const amount = parseDecimal(text, mark);
  return amount && toMinor(amount, minorDigits(currency));
};

describe('money as files write it', () => {
  it.each([
    ['12.34', 1234],
    ['1,234.50', 123450],
    ['￥1,234.5', 123450],
    ['¥12', 1200],
    ['$ 3.00', 300],
    ['(3.00)', -300],
    ['-£2.5', -250],
    ['€-2.5', -250],
    ['12.30元', 1230],
    ['CNY 5', 500],
    ['１２．５', 1250],
    ["1'234.00", 123400],
    ['1 234.50', 123450],
    ['4.440892e-16', 0],
    ['2.55e2', 25500],
    ['0.005', 1],
    ['-0.005', -1],
    ['.5', 50],
    ['5.', 500],
    ['0.1', 10],
    ['1.005', 101],
    ['19.99', 1999],
    ['5-', -500],
    ['+7', 700],
  ])('%s is %i cents', (text, expected) => expect(cents(text)).toBe(expected));

  it.each([
    '',
    'abc',
    '.',
    '-',
    '1.2.3',
    '1,2',
    '12,50',
    '1.234,50',
    '--1',
    '12345678901234567',
    '=1+1',
    '1e400',
  ])('%j is no amount', (text) => expect(cents(text)).toBeUndefined());

  it('reads decimal commas where the file has them', () => {
    expect(cents('1.234,50', 'EUR', ',')).toBe(123450);
    expect(cents('12,5', 'EUR', ',')).toBe(1250);
    expect(cents('12.50', 'EUR', ',')).toBeUndefined();
  });

  it('knows the minor units of currencies', () => {
    expect([cents('1234', 'JPY'), cents('1.5', 'KWD'), cents('1.5', 'CNY')]).toEqual([1234, 1500, 150]);
    expect(() => minorDigits('XYZ')).toThrow('not an ISO 4217 currency');
  });

  it('reads back every amount it is shown, in every currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom('JPY', 'CNY', 'KWD'),
        (amount, currency) => {
          const digits = minorDigits(currency);
          const plain = `${amount < 0 ? '-' : ''}${decimalText(Math.abs(amount), digits)}`;
          const shown = new Intl.NumberFormat('en-US', {
            style: 'currency',
            currency,
            currencyDisplay: 'narrowSymbol',
          });
          expect(cents(plain, currency)).toBe(amount);
          // Doubles hold twelve digits and three decimals exactly enough for Intl to print them.
          if (currency !== 'KWD') expect(cents(shown.format(amount / 10 ** digits), currency)).toBe(amount);
        },
      ),
    );
  });

  it('multiplies without float error, beyond safe integers too', () => {
    expect(lineAmount({ units: 3, scale: 0 }, { units: 11, scale: 1 }, 2)).toBe(330);
    const decimal = fc.record({
      units: fc.integer({ min: -1e12, max: 1e12 }),
      scale: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(decimal, decimal, (a: Decimal, b: Decimal) => {
        const got = multiplyToScale(a, b, 2);
        const exact = BigInt(a.units) * BigInt(b.units) * 100n;
        const power = 10n ** BigInt(a.scale + b.scale);
        if (Number.isNaN(got)) return;
        const off = 2n * (BigInt(got) * power - exact);
        expect(off <= power && off >= -power).toBe(true);
      }),
    );
  });

  it('rounds halves away from zero', () => {
    expect([toScale({ units: 25, scale: 1 }, 0), toScale({ units: -25, scale: 1 }, 0)]).toEqual([3, -3]);
    expect(toScale({ units: -4, scale: 1 }, 0)).toBe(0);
  });
});

function decimalText(amount: number, digits: number): string {
  if (digits === 0) return String(amount);
  const text = String(amount).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

describe('sharing cents', () => {
  it('sums to the whole and never takes more than there is', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (lines, part) => {
        const whole = Math.floor(lines.reduce((a, b) => a + b, 0) * part);
        const parts = spreadCents(whole, lines);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(whole);
        expect(parts.every((share, i) => share >= 0 && share <= lines[i]!)).toBe(true);
      }),
    );
  });

  it('shares equally when nothing has weight, and negative wholes too', () => {
    expect(spreadCents(10, [0, 0, 0])).toEqual([4, 3, 3]);
    expect(spreadCents(-10, [1, 1])).toEqual([-5, -5]);
    expect(spreadCents(10, [])).toEqual([]);
  });
});
