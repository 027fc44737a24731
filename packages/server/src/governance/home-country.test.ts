import { expect, it } from 'vitest';
import { homeCountry } from './home-country.ts';

it.each([
  ['CNY', 'Asia/Shanghai', 'CN'],
  ['CNY', 'UTC', 'CN'],
  ['EUR', 'Europe/Paris', 'FR'],
  ['EUR', 'Europe/Berlin', 'DE'],
  ['EUR', 'Asia/Shanghai', null],
  ['EUR', 'UTC', null],
  ['USD', 'America/New_York', 'US'],
  ['USD', 'UTC', null],
  ['USD', 'Asia/Shanghai', null],
  ['GBP', 'UTC', 'GB'],
  ['GBP', 'Europe/Jersey', 'JE'],
  ['GBP', 'Europe/Paris', null],
  ['INR', 'Asia/Kolkata', 'IN'],
  ['INR', 'Asia/Calcutta', 'IN'],
  ['UAH', 'Europe/Kyiv', 'UA'],
  ['XOF', 'Africa/Dakar', 'SN'],
  ['JPY', 'Nowhere/Land', 'JP'],
])('%s in %s is of %s', (currency, zone, country) => {
  expect(homeCountry(currency, zone)).toBe(country);
});
