import type { ImportAdded, ImportRun } from '@qianmian/contract';
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

type Counts = Pick<
  ImportAdded,
  'orders' | 'people' | 'products' | 'stores' | 'salesCents' | 'returnsCents'
> & {
  events?: number;
};

/** Counted things as a list: "47,243 orders, 2,377 customers and ¥231K in sales"; empty where there are none. */
export function countedWords(
  counts: Counts,
  run: ImportRun,
  t: TFunction<'collect'>,
  format: Format,
): string {
  const parts: string[] = [];
  const add = (key: 'orders' | 'people' | 'products' | 'stores' | 'events') => {
    const count = counts[key] ?? 0;
    if (count > 0) parts.push(t(`brought.${key}`, { count, number: format.number(count) }));
  };
  add('orders');
  add('people');
  if (counts.orders === 0) add('products');
  if (counts.orders === 0) add('stores');
  if (counts.orders === 0) add('events');
  if (counts.salesCents !== 0)
    parts.push(t('brought.sales', { amount: formatOf(run, format).moneyWords(counts.salesCents) }));
  if (counts.returnsCents > 0)
    parts.push(t('brought.returns', { amount: formatOf(run, format).moneyWords(counts.returnsCents) }));
  return format.list(parts);
}

/** What came of an import that is done: what it brought, that all of it was here already, or whom it updated. */
function outcomeOf(
  run: ImportRun,
  t: TFunction<'collect'>,
  format: Format,
): { key: 'brought' | 'known' | 'updated'; what: string } {
  const { totals } = run;
  const rows = t('brought.rows', { count: totals.rows, number: format.number(totals.rows) });
  const inFiles = countedWords(totals, run, t, format) || rows;
  if (!totals.added) return { key: 'brought', what: inFiles };
  const added = countedWords(totals.added, run, t, format);
  if (added) return { key: 'brought', what: added };
  const things = countedWords({ ...totals, salesCents: 0, returnsCents: 0 }, run, t, format) || rows;
  return { key: totals.orders > 0 || things === rows ? 'known' : 'updated', what: things };
}

/** What an import brought in a few words, for a list. */
export function broughtWords(run: ImportRun, t: TFunction<'collect'>, format: Format): string {
  const { key, what } = outcomeOf(run, t, format);
  return key === 'brought' ? what : t(`imports.${key}`, { what });
}

function doneWords(run: ImportRun, t: TFunction<'collect'>, format: Format): string {
  const { key, what } = outcomeOf(run, t, format);
  const { added, orders } = run.totals;
  const known = added ? orders - added.orders : 0;
  const parts = [key === 'brought' ? t('sentence.done', { brought: what }) : t(`sentence.${key}`, { what })];
  if (key === 'brought' && known > 0)
    parts.push(t('sentence.partKnown', { count: known, orders: format.number(known) }));
  if (added && added.changedOrders > 0)
    parts.push(
      t('sentence.changed', { count: added.changedOrders, orders: format.number(added.changedOrders) }),
    );
  return parts.join('');
}

/** What undoing an import would take out, to be said before it is done. */
export function undoWords(
  added: ImportAdded,
  run: ImportRun,
  t: TFunction<'collect'>,
  format: Format,
): string {
  const what = countedWords(added, run, t, format);
  const { changedOrders: count } = added;
  const back = count > 0 ? t('undo.changed', { count, orders: format.number(count) }) : '';
  return (what ? t('undo.text', { brought: what }) : t('undo.nothing')) + back;
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
      return doneWords(run, t, format) + rejectedWords(run, t, format);
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

const LAST = { brought: 'last', known: 'lastKnown', updated: 'lastUpdated' } as const;

/** The sentence of the list: what runs, else what came in last. */
export function importsHeadline(
  runs: readonly ImportRun[],
  t: TFunction<'collect'>,
  format: Format,
): string | undefined {
  const moving = runs.find((run) => isMoving(run.state));
  if (moving) return importSentence(moving, t, format);
  const done = runs.find((run) => run.state === 'done');
  if (done) {
    const { key, what } = outcomeOf(done, t, format);
    return t(`imports.${LAST[key]}`, {
      brought: what,
      ago: format.date(done.createdAt),
    });
  }
  return runs[0] && importSentence(runs[0], t, format);
}

/** Names of files, the first few. */
export function filesWords(run: ImportRun, t: TFunction<'collect'>): string {
  const names = run.files.map((file) => file.name);
  if (names.length <= 2) return names.join(' · ');
  return t('imports.filesMore', { first: names.slice(0, 1).join(' · '), more: names.length - 1 });
}
