const KNOWN = new Set([...Intl.supportedValuesOf('currency'), 'CNY', 'USD', 'EUR', 'GBP', 'JPY', 'KWD']);

export function isCurrency(code: string): boolean {
  return KNOWN.has(code);
}

/** Signs that stand beside amounts and that Intl does not name, or not in the languages that are asked. */
const MORE_SIGNS: Record<string, readonly string[]> = {
  RMB: ['CNY'],
  人民币: ['CNY'],
  C$: ['CAD'],
  S$: ['SGD'],
  元: ['CNY', 'TWD', 'HKD', 'MOP', 'SGD'],
  圆: ['CNY', 'JPY'],
  円: ['JPY'],
};
/** Languages that between them write `$`, `US$`, `A$`, `CN¥` and `JP¥`. */
const LANGUAGES = ['en', 'en-AU', 'zh'];

let table: Map<string, Set<string>> | undefined;

/** What each code and sign may stand for: `$` is the sign of two dozen currencies. */
function signs(): Map<string, Set<string>> {
  if (table) return table;
  table = new Map();
  const add = (sign: string, code: string) => {
    const codes = table!.get(sign) ?? new Set();
    table!.set(sign, codes.add(code));
  };
  for (const code of KNOWN) {
    add(code, code);
    for (const language of LANGUAGES)
      for (const currencyDisplay of ['symbol', 'narrowSymbol'] as const) {
        const parts = new Intl.NumberFormat(language, { style: 'currency', currency: code, currencyDisplay });
        const sign = parts.formatToParts(1).find((part) => part.type === 'currency')?.value;
        if (sign && /\p{Sc}/u.test(sign)) add(sign.normalize('NFKC').toUpperCase(), code);
      }
  }
  for (const [sign, codes] of Object.entries(MORE_SIGNS)) for (const code of codes) add(sign, code);
  return table;
}

const BEFORE = /^(?:[a-z]{0,3}\p{Sc}|[a-z]{3})/iu;
const BEHIND = /(?:[a-z]{0,3}\p{Sc}|[a-z]{3}|[元圆円])$/iu;

/** A number without the signs of money on either side of it, and those signs. Wants what `normalize('NFKC')` makes. */
export function withoutSigns(text: string): { body: string; signs: string[] } {
  const found: string[] = [];
  let body = text;
  for (const side of [BEFORE, BEHIND]) {
    const sign = side.exec(body)?.[0];
    if (sign === undefined || !signs().has(sign.toUpperCase())) continue;
    found.push(sign);
    body = side === BEFORE ? body.slice(sign.length) : body.slice(0, -sign.length);
  }
  return { body, signs: found };
}

/** What a named currency is to a workspace: its own (also as `¥` or `RMB`), another one, or none that there is. */
export function currencyNamed(name: string, home: string): 'home' | 'other' | 'unknown' {
  const wanted = name.trim().normalize('NFKC').toUpperCase();
  if (wanted === home) return 'home';
  const codes = signs().get(wanted);
  if (!codes) return 'unknown';
  return codes.has(home) ? 'home' : 'other';
}

const NO_SIGN = /^[\d.,\s()+-]*$/;

/** The sign by which an amount says that it is in another currency than `home`; null where it may be home's. */
export function foreignSign(amount: string, home: string): string | null {
  if (NO_SIGN.test(amount)) return null;
  const bare = amount.normalize('NFKC').replace(/[\s()'+−–-]/g, '');
  return withoutSigns(bare).signs.find((sign) => currencyNamed(sign, home) === 'other') ?? null;
}

/** Why an amount in another currency is not taken, and what to do about it. */
export function otherCurrencyWords(other: string, home: string): string {
  return `The amount is in ${other} and the workspace counts in ${home}: sums are of one currency. Set the workspace's currency, or send the amounts converted to ${home}.`;
}
