import type { BreakdownRow, Overview } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import { wordIn } from '../catalog/called.ts';
import type { Format } from '../ui/format.ts';
import { nameIn } from '../ui/name-in.ts';

/** Below this a change is called none. */
const FLAT = 0.005;

/** A part is named only when it alone makes up this much of the change. */
const MOSTLY = 0.5;

/** The breakdowns in the order in which they are believed when they explain a change equally well. */
const BREAKDOWNS = { channel: 'byChannel', category: 'byCategory', store: 'byStore' } as const;
type Kind = keyof typeof BREAKDOWNS;

/** A part with a name, and of which breakdown it is one. */
export interface MainPart {
  kind: Kind;
  row: BreakdownRow;
}

/** 1 for a part that alone moved by as much as the whole, less for one that moved by less or by more. */
function explains(row: BreakdownRow, total: number): number {
  const share = (row.salesCents - row.previousCents) / total;
  return share >= MOSTLY ? Math.min(share, 1 / share) : 0;
}

/** The channel, category or store that explains a change of the sales best; null when none makes up most of it. */
export function mainPart(
  overview: Pick<Overview, (typeof BREAKDOWNS)[Kind]>,
  total: number,
): MainPart | null {
  let main: MainPart | null = null;
  let best = 0;
  for (const kind of Object.keys(BREAKDOWNS) as Kind[]) {
    const rows = overview[BREAKDOWNS[kind]];
    // The only part there is explains nothing.
    if (rows.length < 2) continue;
    for (const row of rows) {
      const fit = row.kind === 'part' && row.key.trim() !== '' ? explains(row, total) : 0;
      if (fit > best) [main, best] = [{ kind, row }, fit];
    }
  }
  return main;
}

/** What a part of the sales is called; what names no part, and what is not listed, in our own words. */
export function partName(t: TFunction<'insight'>, format: Format, { kind, row }: MainPart): string {
  if (row.kind === 'others') return t('parts.others');
  if (row.kind === 'none') return t(`parts.no_${kind}`);
  const called = { name: row.name.trim(), nameZh: row.nameZh.trim() };
  if (kind === 'store') return nameIn(format.language, called, row.key);
  return (kind === 'channel' && ownWord(t, `channel.${row.key}`)) || wordIn(format.language, called, row.key);
}

/** A text that may not exist; empty then. */
function ownWord(t: TFunction<'insight'>, key: string): string {
  const word: unknown = (t as (key: string, options: { defaultValue: string }) => unknown)(key, {
    defaultValue: '',
  });
  return typeof word === 'string' ? word : '';
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
  const span = {
    count: days,
    days,
    to: format.day(overview.to),
    period: format.days(overview.from, overview.to),
  };
  if (!sales || (sales.value === 0 && sales.previous === 0)) return t('headline.nothing', span);

  const until = overview.to === overview.dataTo ? 'headline.salesAtEnd' : 'headline.salesUntil';
  const begin = t(isUpToNow ? 'headline.sales' : until, { ...span, sales: format.moneyWords(sales.value) });
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
  const { dataFrom, from } = overview;
  if (change === null) return t(dataFrom !== null && dataFrom < from ? 'headline.again' : 'headline.new');
  if (Math.abs(change) < FLAT) return t('headline.flat');
  const by = format.percent(Math.abs(change));
  const moved = t(change > 0 ? 'headline.up' : 'headline.down', { by });
  const main = mainPart(overview, difference);
  if (!main) return moved;
  const fallen = main.kind === 'store' ? 'headline.mostlyAt' : 'headline.mostlyBy';
  return moved + t(change > 0 ? 'headline.mostlyFrom' : fallen, { part: inSentence(main, t, format) });
}

/** What a part is called inside a sentence: our own word for a channel, else its kind and name. */
function inSentence(main: MainPart, t: TFunction<'insight'>, format: Format): string {
  const { kind, row } = main;
  const word = kind === 'channel' ? ownWord(t, `inSentence.${row.key}`) : '';
  return word || t(`headline.${kind}`, { name: partName(t, format, main) });
}
