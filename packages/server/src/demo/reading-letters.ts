import type { Stimulus } from '@qianmian/simulator';

/** What a coupon code takes off, as the shop's till would tell; null when the text is no code. */
export type PriceCode = (text: string) => Promise<{ discountPercent: number } | null>;

/** What a person sees in a letter: its picture, its links, the coupon code printed in it. */
export async function stimulusOf(
  letter: { to: string; receivedAt: number; html: string; text: string },
  priceCode: PriceCode,
): Promise<Stimulus> {
  const urls = (attribute: string) =>
    [...letter.html.matchAll(new RegExp(`${attribute}="(https?://[^"]+)"`, 'g'))].map((m) =>
      m[1]!.replaceAll('&amp;', '&'),
    );
  const openUrl = urls('src').find((u) => /\/t\/o\//.test(u));
  const linkUrls = urls('href').filter((u) => /\/t\/c\//.test(u));
  const coupon = await couponIn(letter.text, priceCode);
  return {
    kind: 'email',
    toEmail: letter.to,
    atMs: letter.receivedAt,
    ...(openUrl ? { openUrl } : {}),
    ...(linkUrls.length > 0 ? { linkUrls } : {}),
    ...(coupon ?? {}),
  };
}

async function couponIn(
  text: string,
  priceCode: PriceCode,
): Promise<{ couponCode: string; discountPercent: number } | null> {
  const candidates = new Set(text.match(/\b[A-Z0-9][A-Z0-9-]{5,30}\b/g) ?? []);
  for (const candidate of [...candidates].slice(0, 10)) {
    const price = await priceCode(candidate);
    if (price) return { couponCode: candidate, discountPercent: price.discountPercent };
  }
  return null;
}
