import type { ImportRun } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import { createFormat } from '../ui/format.ts';
import type { Format, Tone } from '../ui/index.ts';

type State = ImportRun['state'];

export const IMPORT_TONES: Record<State, Tone> = {
  draft: 'warn',
  queued: 'busy',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  undoing: 'busy',
  undone: 'quiet',
};

/** Still changing by itself. */
export function isMoving(state: State): boolean {
  return state === 'queued' || state === 'running' || state === 'undoing';
}

/** The format in the currency that the files are in, which may not be the workspace's. */
export function formatOf(run: ImportRun, format: Format): Format {
  const { currency } = run;
  return currency === format.currency
    ? format
    : createFormat({ language: format.language, timeZone: format.timeZone, currency });
}

/** What came in, as a list of counted things: "47,243 orders, 2,377 customers and ¥231K in sales". */
export function broughtWords(run: ImportRun, t: TFunction<'collect'>, format: Format): string {
  const { totals } = run;
  const parts: string[] = [];
  const add = (key: 'orders' | 'people' | 'products' | 'stores') => {
    if (totals[key] > 0)
      parts.push(t(`brought.${key}`, { count: totals[key], number: format.number(totals[key]) }));
  };
  add('orders');
  add('people');
  if (totals.orders === 0) add('products');
  if (totals.orders === 0) add('stores');
  if (totals.salesCents !== 0)
    parts.push(t('brought.sales', { amount: formatOf(run, format).moneyWords(totals.salesCents) }));
  if (totals.returnsCents > 0)
    parts.push(t('brought.returns', { amount: formatOf(run, format).moneyWords(totals.returnsCents) }));
  return parts.length > 0
    ? format.list(parts)
    : t('brought.rows', { count: totals.rows, number: format.number(totals.rows) });
}

/** The sentence of one import: what is to do, how far it is, or what came of it. */
export function importSentence(run: ImportRun, t: TFunction<'collect'>, format: Format): string {
  switch (run.state) {
    case 'draft':
      return draftWords(run, t, format);
    case 'queued':
      return t('sentence.queued');
    case 'running':
      return t('sentence.running', { share: format.percent(run.progress ?? 0, 0) });
    case 'done':
      return t('sentence.done', { brought: broughtWords(run, t, format) }) + rejectedWords(run, t, format);
    case 'failed':
      return t('sentence.failed');
    case 'cancelled':
      return t('sentence.cancelled');
    case 'undoing':
      return t('sentence.undoing', { share: format.percent(run.progress ?? 0, 0) });
    case 'undone':
      return t('sentence.undone');
  }
}

function draftWords(run: ImportRun, t: TFunction<'collect'>, format: Format): string {
  const used = run.files.filter((file) => file.role !== null).length;
  if (used === 0) return t('sentence.draftNone');
  return used === run.files.length
    ? t('sentence.draftAll', { count: used, files: format.number(used) })
    : t('sentence.draft', { used: format.number(used), files: format.number(run.files.length) });
}

function rejectedWords(run: ImportRun, t: TFunction<'collect'>, format: Format): string {
  const { rejected, rows } = run.totals;
  if (rejected === 0) return t('sentence.noneRejected');
  const share = rows > 0 ? rejected / rows : 0;
  return t('sentence.rejected', {
    rejected: format.number(rejected),
    rows: format.number(rows),
    share: share < 0.0005 ? t('sentence.little') : format.percent(share),
  });
}

/** The sentence of the list: what runs, else what came in last. */
export function importsHeadline(
  runs: readonly ImportRun[],
  t: TFunction<'collect'>,
  format: Format,
): string | undefined {
  const moving = runs.find((run) => isMoving(run.state));
  if (moving) return importSentence(moving, t, format);
  const done = runs.find((run) => run.state === 'done');
  if (done)
    return t('imports.last', { brought: broughtWords(done, t, format), ago: format.date(done.createdAt) });
  return runs[0] && importSentence(runs[0], t, format);
}

/** Names of files, the first few. */
export function filesWords(run: ImportRun, t: TFunction<'collect'>): string {
  const names = run.files.map((file) => file.name);
  if (names.length <= 2) return names.join(' · ');
  return t('imports.filesMore', { first: names.slice(0, 1).join(' · '), more: names.length - 1 });
}
