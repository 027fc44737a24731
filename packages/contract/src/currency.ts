/** ISO 4217 (list one) minor units that are not two. Intl follows CLDR, which says otherwise for HUF, IDR and more. */
const EXPONENTS: Record<string, number> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((c) => [c, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((c) => [c, 3]),
  ...'CLF UYW'.split(' ').map((c) => [c, 4]),
]);

/** How many digits of a currency's minor unit stand behind the decimal mark: JPY 0, CNY 2, KWD 3. */
export function currencyExponent(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/**
 * An amount of minor units in a currency's own form. `isShort` leaves `.00` away and writes the narrow symbol, as in a
 * sentence.
 */
export function moneyText(minorUnits: number, currency: string, locale: string, isShort = false): string {
  const digits = currencyExponent(currency);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: isShort && minorUnits % 10 ** digits === 0 ? 0 : digits,
    maximumFractionDigits: digits,
    ...(isShort ? { currencyDisplay: 'narrowSymbol' } : {}),
  }).format(minorUnits / 10 ** digits);
}
