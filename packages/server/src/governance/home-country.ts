import { COUNTRIES } from '@qianmian/contract';

/** Currencies of several countries, with those that have them. Others are called by their country's code. */
const SHARED: Record<string, ReadonlySet<string>> = {
  EUR: setOf(
    'AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA XK YT',
  ),
  USD: setOf('AS BQ EC FM GU IO MH MP PA PR PW SV TC TL UM US VG VI'),
  AUD: setOf('AU CC CX KI NF NR TV'),
  NZD: setOf('CK NU NZ PN TK'),
  CHF: setOf('CH LI'),
  DKK: setOf('DK FO GL'),
  NOK: setOf('NO SJ'),
  GBP: setOf('GB GG IM JE'),
};

function setOf(codes: string): ReadonlySet<string> {
  return new Set(codes.split(' '));
}

/** Currencies whose name says whose they are although others have them too: nearly all of their sales are made there. */
const CHIEF = new Set(['AUD', 'NZD', 'CHF', 'DKK', 'NOK', 'GBP']);

/**
 * Country whose phone numbers are written without a code, as far as currency and time zone leave no doubt: the zone
 * says it unless the currency is another country's. EUR and USD alone say nothing. Null where it has to be said.
 */
export function homeCountry(currency: string, timeZone: string): string | null {
  const ofZone = countriesByZone().get(zoneName(timeZone)) ?? null;
  const ofCurrency = currency.slice(0, 2);
  const sharing = SHARED[currency];
  if (ofZone !== null && sharing) return sharing.has(ofZone) ? ofZone : null;
  if (sharing) return CHIEF.has(currency) ? ofCurrency : null;
  if (!COUNTRIES.includes(ofCurrency) || ofCurrency === ofZone) return ofZone;
  return ofZone === null ? ofCurrency : null;
}

/** The name by which the runtime knows a zone. */
function zoneName(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return '';
  }
}

/** A zone's country by the runtime's own table: newer runtimes answer it by a method, older by a property. */
interface Region {
  getTimeZones?: () => readonly string[] | undefined;
  timeZones?: readonly string[];
}

let byZone: ReadonlyMap<string, string> | null = null;

function countriesByZone(): ReadonlyMap<string, string> {
  if (byZone) return byZone;
  const found = new Map<string, string>();
  for (const country of COUNTRIES) {
    const region = new Intl.Locale(`und-${country}`) as Region;
    for (const zone of region.getTimeZones?.() ?? region.timeZones ?? []) found.set(zoneName(zone), country);
  }
  byZone = found;
  return found;
}
