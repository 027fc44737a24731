import type { TimelineEntry } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/format.ts';
import { nameIn } from '../ui/name-in.ts';
import { channelName } from './names.ts';

type Properties = TimelineEntry['properties'];

const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

function first(properties: Properties, ...names: string[]): string {
  for (const name of names) {
    const text = asText(properties[name]);
    if (text) return text;
  }
  return '';
}

/** What happened, in a few words beside its name: products, a search, a subject, an answer. */
export function entryWords(entry: TimelineEntry, t: TFunction<'profile'>, format: Format): string {
  const { properties } = entry;
  const products = entry.products.map((one) => nameIn(format.language, one, one.productId));
  if (products.length > 0) {
    const shown = format.list(products.slice(0, 2));
    const more = products.length - 2;
    return more > 0 ? t('told.items', { products: shown, more }) : shown;
  }
  if (entry.kind === 'consent') {
    const channel = first(properties, 'channel');
    if (channel && typeof properties.granted === 'boolean')
      return t(properties.granted ? 'told.agreed' : 'told.refused', { channel: channelName(t, channel) });
  }
  const query = first(properties, 'query', 'search');
  if (query) return t('told.search', { query });
  const rating = first(properties, 'rating');
  const body = first(properties, 'review_body', 'body', 'text', 'message');
  if (rating || body) return [rating && t('told.rating', { rating }), body].filter(Boolean).join(' · ');
  return (
    first(properties, 'subject', 'campaignName', 'campaign', 'title') ||
    (entry.kind === 'coupon' ? first(properties, 'code', 'coupon', 'coupon_code') : '') ||
    first(properties, 'name', 'product_name', 'category', 'path', 'url', 'topic')
  );
}

/** Entries by calendar day of the workspace, in the order they came. */
export function byDay(
  entries: readonly TimelineEntry[],
  format: Format,
): { day: string; entries: TimelineEntry[] }[] {
  const days: { day: string; entries: TimelineEntry[] }[] = [];
  for (const entry of entries) {
    const day = format.date(entry.time);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
