import { currencyExponent } from '@qianmian/contract';
import { AppError } from '../../platform/errors.ts';
import { isCurrency } from './currency-sign.ts';
import { type Decimal, multiplyToScale, toScale } from './decimal.ts';

/** How many digits of a currency's minor unit stand behind the decimal mark: JPY 0, CNY 2, KWD 3. */
export function minorDigits(currency: string): number {
  if (!isCurrency(currency)) {
    throw new AppError({
      code: 'collect.bad_currency',
      status: 400,
      detail: `"${currency}" is not an ISO 4217 currency code; use one such as CNY, USD or JPY.`,
    });
  }
  return currencyExponent(currency);
}

/** Decimal money in minor units of a currency with `digits` minor digits. */
export function toMinor(amount: Decimal, digits: number): number {
  return toScale(amount, digits);
}

/** Quantity times unit price in minor units, rounded once and never through a float. */
export function lineAmount(quantity: Decimal, unitPrice: Decimal, digits: number): number {
  return multiplyToScale(quantity, unitPrice, digits);
}

/** The other sign, and never -0. */
export function negative(cents: number): number {
  return cents === 0 ? 0 : -cents;
}

/**
 * Shares a whole number of cents in proportion to weights so that the parts sum to the whole (largest remainder).
 * All-zero weights share equally; no part has the other sign, and none exceeds its weight when the whole does not
 * exceed the sum of the weights.
 */
export function spreadCents(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (weights.length === 0) return [];
  const shares = sum > 0 ? weights : weights.map(() => 1);
  const whole = BigInt(sum > 0 ? sum : weights.length);
  const size = BigInt(Math.abs(total));
  const parts = shares.map((weight) => (size * BigInt(weight)) / whole);
  const rests = shares.map((weight, i) => ({ i, rest: (size * BigInt(weight)) % whole }));
  let left = size - parts.reduce((a, b) => a + b, 0n);
  rests.sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  for (const { i } of rests) {
    if (left === 0n) break;
    parts[i] = parts[i]! + 1n;
    left -= 1n;
  }
  return parts.map((part) => (total < 0 && part !== 0n ? -Number(part) : Number(part)));
}
