import { COUNTRIES } from '@qianmian/contract';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** What was told of where somebody is who wrote a phone number without a country code. */
export interface PhoneFrom {
  /** A country's code or name. */
  country?: string;
  /** A language with its region, as browsers tell it: `fr-FR`. */
  locale?: string;
}

/** What libphonenumber looks at, with room; longer texts would also fill the cache with what nobody dials. */
const MAX_CHARS = 100;
const KEPT = 20_000;
const CN_MOBILE = /^1[3-9]\d{9}$/;
const recent = new Map<string, string | null>();

/**
 * The E.164 form of a phone number as people write it; null where it is no valid number: that one would be somebody
 * else's, or nobody's. Without a country code it is of the country that was told, else of `home` or the told locale's:
 * where both could be, of the one where it is a mobile number, and null where that leaves two. The answers of recent
 * numbers are kept.
 */
export function phoneNumber(text: string, home: string | null, from?: PhoneFrom): string | null {
  if (text.length > MAX_CHARS) return null;
  const squeezed = squeeze(text);
  if (home === 'CN' && !from && CN_MOBILE.test(squeezed)) return `+86${squeezed}`;
  if (squeezed.startsWith('+86') && CN_MOBILE.test(squeezed.slice(3))) return squeezed;
  const key = `${home ?? ''} ${from?.country ?? ''} ${from?.locale ?? ''} ${text}`;
  let found = recent.get(key);
  if (found === undefined) {
    found = read(text.normalize('NFKC').trim(), home, from ?? {});
    if (recent.size >= KEPT) recent.clear();
    recent.set(Buffer.from(key).toString(), found);
  }
  return found;
}

const squeeze = (text: string) => text.replace(/[\s().-]/g, '');

function read(text: string, home: string | null, { country, locale }: PhoneFrom): string | null {
  const told = country === undefined ? null : countryNamed(country);
  const ofHome = valid(text, home);
  // Who lives in one country and has a mobile number of the shop's own has a number that is none where they live.
  if (told !== null)
    return (
      (valid(text, told) ?? (ofHome && (ofHome.rank === MOBILE || text.startsWith('+')) ? ofHome : null))
        ?.number ?? null
    );
  const spoken = valid(text, locale === undefined ? null : regionOf(locale));
  if (!ofHome || !spoken || ofHome.number === spoken.number) return (ofHome ?? spoken)?.number ?? null;
  // Two numbers of two people: a browser's language may be that of its maker. Most give a mobile number.
  return ofHome.rank === spoken.rank ? null : (ofHome.rank > spoken.rank ? ofHome : spoken).number;
}

const MOBILE = 2;

function valid(text: string, country: string | null): { number: string; rank: number } | null {
  const mobile = squeeze(text);
  // Newer ranges are in use before the tables know them.
  if (country === 'CN' && CN_MOBILE.test(mobile)) return { number: `+86${mobile}`, rank: MOBILE };
  const parsed = parsePhoneNumberFromString(text, (country ?? undefined) as CountryCode | undefined);
  if (!parsed?.isValid()) return null;
  const type = parsed.getType();
  return {
    number: parsed.number,
    rank: type === 'MOBILE' ? MOBILE : type === 'FIXED_LINE_OR_MOBILE' ? 1 : 0,
  };
}

function regionOf(locale: string): string | null {
  try {
    const { region } = new Intl.Locale(locale.replaceAll('_', '-'));
    return region !== undefined && isSupportedCountry(region) ? region : null;
  } catch {
    return null;
  }
}

/** Languages in which shops write the names of countries. */
const LANGUAGES = ['en', 'zh-CN', 'zh-TW', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ja', 'ko'];
let byName: ReadonlyMap<string, string> | null = null;

/** The code of a country told by its code or its name; null where neither is known. */
export function countryNamed(text: string): string | null {
  const name = text.normalize('NFKC').trim();
  const code = name.toUpperCase();
  if (code === 'UK') return 'GB';
  if (isSupportedCountry(code)) return code;
  byName ??= names();
  return byName.get(name.toLowerCase()) ?? null;
}

function names(): ReadonlyMap<string, string> {
  const found = new Map<string, string>([['usa', 'US']]);
  for (const language of LANGUAGES) {
    const known = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    for (const code of COUNTRIES) {
      const name = known.of(code)?.toLowerCase();
      if (name && !found.has(name)) found.set(name, code);
    }
  }
  return found;
}
