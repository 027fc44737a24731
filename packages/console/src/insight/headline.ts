import type { Overview } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/format.ts';

type Part = Overview['byChannel'][number];

/** Below this a change is called none. */
const FLAT = 0.005;

/** A part is named only when it alone makes up this much of the change. */
const MOSTLY = 0.5;

/** The part that makes up most of a change in its direction, looked for in one breakdown after another. */
export function mainPart(breakdowns: readonly (readonly Part[])[], total: number): Part | null {
  for (const parts of breakdowns) {
    if (parts.length < 2) continue;
    const shares = parts.map((part) => ({ part, share: (part.salesCents - part.previousCents) / total }));
    const largest = shares.reduce((a, b) => (b.share > a.share ? b : a));
    if (largest.share >= MOSTLY) return largest.part;
  }
  return null;
}

/** What a channel is called: our own word where we have one. */
export function channelName(t: TFunction<'insight'>, key: string, label: string): string {
  return ownWord(t, `channel.${key || 'unknown'}`) || label || key;
}

/** A text that may not exist; empty then. */
function ownWord(t: TFunction<'insight'>, key: string): string {
  return (t as (key: string, options: { defaultValue: string }) => string)(key, { defaultValue: '' });
}

/** The sentence of the overview: how much, against the period before, and from where. */
export function headline(
  overview: Overview,
  t: TFunction<'insight'>,
  format: Format,
  isUpToNow: boolean,
): string {
  const sales = overview.indicators.find((one) => one.key === 'salesCents');
  const days = overview.days.length;
  const to = format.day(overview.to);
  if (!sales || (sales.value === 0 && sales.previous === 0)) return t('headline.nothing', { days, to });

  const amount = format.moneyWords(sales.value);
  const begin = isUpToNow
    ? t('headline.sales', { sales: amount, days })
    : t('headline.salesUntil', { sales: amount, days, to });
  return (
    begin + changeWords(overview, sales.value - sales.previous, sales.change, t, format) + t('headline.end')
  );
}

function changeWords(
  overview: Overview,
  difference: number,
  change: number | null,
  t: TFunction<'insight'>,
  format: Format,
): string {
  if (change === null) return t('headline.new');
  if (Math.abs(change) < FLAT) return t('headline.flat');
  const by = format.percent(Math.abs(change));
  const moved = t(change > 0 ? 'headline.up' : 'headline.down', { by });
  const channel = mainPart([overview.byChannel], difference);
  const part = channel ?? mainPart([overview.byCategory, overview.byStore], difference);
  if (!part) return moved;
  const name = channel
    ? ownWord(t, `headline.${part.key}`) || channelName(t, part.key, part.label)
    : part.label || part.key;
  return moved + t(change > 0 ? 'headline.mostlyFrom' : 'headline.mostlyBy', { part: name });
}
