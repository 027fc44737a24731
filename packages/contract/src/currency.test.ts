import { describe, expect, it } from 'vitest';
import { currencyExponent, moneyText } from './currency.ts';

describe('money in words', () => {
  it('is a hundredth in Budapest, whatever Intl thinks of coins', () => {
    expect(moneyText(100_000, 'HUF', 'en', true)).toBe('Ft\u00a01,000');
    expect(moneyText(100_050, 'HUF', 'en', true)).toMatch(/1,000\.50$/);
    expect(moneyText(12_345, 'USD', 'en')).toBe('$123.45');
  });

  it('is the amount that was kept, in every currency there is', () => {
    for (const currency of Intl.supportedValuesOf('currency')) {
      const minor = 1_234_567;
      const figures = /\d[\d,]*(\.\d+)?/.exec(moneyText(minor, currency, 'en'))![0].replaceAll(',', '');
      expect(Number(figures), currency).toBe(minor / 10 ** currencyExponent(currency));
    }
  });
});
