import { COUNTRIES } from '@qianmian/contract';
import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { countryNamed, phoneNumber } from './phone.ts';

describe('phone numbers', () => {
  it.each([
    ['DE', '+49 (0)151 23456789', '+4915123456789'],
    ['DE', '+49 151 23456789', '+4915123456789'],
    ['DE', '0049 (0)151 / 23456789', '+4915123456789'],
    ['DE', '+33 (0)6 12 34 56 78', '+33612345678'],
    ['FR', '06 12 34 56 78', '+33612345678'],
    ['CN', '+39 06 6982', '+39066982'],
    ['IT', '06 12345678', '+390612345678'],
    ['GB', '020 7946 0958', '+442079460958'],
    ['CN', '138 0013 8000', '+8613800138000'],
    ['CN', '86 13800138000', '+8613800138000'],
    ['CN', '+86 17412345678', '+8617412345678'],
    ['CN', '１３８００１３８０００', '+8613800138000'],
    [null, '+1 212-555-0123', '+12125550123'],
    [null, '212-555-0123', null],
  ])('of %s: %s is %s', (home, text, number) => {
    expect(phoneNumber(text, home)).toBe(number);
  });

  it.each(['1234', '12345', '123456789', '01234567890', '+491234', '+49123456789', '110', '0000000', ''])(
    'what somebody typed to fill a field is none: %s',
    (text) => {
      expect(phoneNumber(text, 'DE')).toBeNull();
    },
  );

  it('are of the country that was told before the workspace’s', () => {
    expect(phoneNumber('06 12 34 56 78', 'DE', { country: 'FR' })).toBe('+33612345678');
    expect(phoneNumber('06 12 34 56 78', 'DE', { country: 'Frankreich', locale: 'de-DE' })).toBe(
      '+33612345678',
    );
    expect(phoneNumber('06 12 34 56 78', 'DE', { country: '法国' })).toBe('+33612345678');
    expect(phoneNumber('+49 151 23456789', 'DE', { country: 'FR' })).toBe('+4915123456789');
    // A mobile number of the shop's country, which is none in the other; a mistyped French one is not made German.
    expect(phoneNumber('0151 23456789', 'DE', { country: 'FR' })).toBe('+4915123456789');
    expect(phoneNumber('06 12 34 56 7', 'DE', { country: 'FR' })).toBeNull();
    expect(phoneNumber('0151 23456789', 'DE', { country: 'Atlantis' })).toBe('+4915123456789');
  });

  it('are of a language’s country where they are no mobile number of the workspace’s', () => {
    expect(phoneNumber('06 12 34 56 78', 'DE', { locale: 'fr-FR' })).toBe('+33612345678');
    expect(phoneNumber('(212) 555-0123', 'FR', { locale: 'en_US' })).toBe('+12125550123');
    expect(phoneNumber('15012345678', 'CN', { locale: 'en-US' })).toBe('+8615012345678');
    expect(phoneNumber('0151 23456789', 'DE', { locale: 'en-US' })).toBe('+4915123456789');
    expect(phoneNumber('0151 23456789', 'DE', { locale: 'not a locale' })).toBe('+4915123456789');
    // A German and a Chinese mobile number in one: nobody knows whose.
    expect(phoneNumber('0151 23456789', 'DE', { locale: 'zh-CN' })).toBeNull();
  });

  it('stay what they are when they are read again, whatever is told beside', () => {
    const country = fc.constantFrom(...getCountries());
    fc.assert(
      fc.property(country, country, fc.nat(9999), (home, other, end) => {
        const national = getExampleNumber(home, examples)!.formatNational();
        const raw = national.replace(/\d{4}$/, String(end).padStart(4, '0'));
        const number = phoneNumber(raw, null, { country: home });
        fc.pre(number !== null);
        expect(phoneNumber(raw, home)).toBe(number);
        expect(phoneNumber(number!, home)).toBe(number);
        expect(phoneNumber(number!, other, { locale: `en-${home}` })).toBe(number);
        expect(phoneNumber(number!, home, { country: other })).toBe(number);
      }),
      { numRuns: 200 },
    );
  });

  it('knows countries by code and by name, and those a workspace may set are those with numbers', () => {
    expect(['cn', '中国', 'Deutschland', 'United Kingdom', 'UK', 'nowhere'].map(countryNamed)).toEqual([
      ...['CN', 'CN', 'DE', 'GB', 'GB', null],
    ]);
    expect([...getCountries()].sort()).toEqual([...COUNTRIES].sort());
  });
});
