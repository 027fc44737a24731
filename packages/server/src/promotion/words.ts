import { moneyText } from '@qianmian/contract';
import type { Terms } from './quote.ts';

export type Language = 'zh' | 'en';

/** What a coupon gives, in words a customer reads: "20% off", "满200减30". */
export function couponWords(terms: Terms, currency: string, language: Language): string {
  const { discount, minimumCents } = terms;
  const from = minimumCents > 0 ? money(minimumCents, currency, language) : '';
  if (discount.kind === 'percent') {
    if (language === 'en') return `${discount.percent}% off${from && ` orders from ${from}`}`;
    return `${from && `满${from}享`}${chinesePercent(discount.percent)}`;
  }
  const off = money(discount.amountCents, currency, language);
  return language === 'en' ? `${off} off${from && ` orders from ${from}`}` : `${from && `满${from}`}减${off}`;
}

/** Chinese shops name what is left to pay: 20 % off is 8折, 15 % off 8.5折. */
function chinesePercent(percent: number): string {
  return percent >= 100 ? '免单' : `${Number(((100 - percent) / 10).toFixed(2))}折`;
}

/** An amount of minor units in the currency's own form, without empty decimals. */
export function money(cents: number, currency: string, language: Language): string {
  return moneyText(cents, currency, language === 'zh' ? 'zh-CN' : 'en', true);
}
