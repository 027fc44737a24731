import type { TableTarget } from '@qianmian/contract';
import { DAY, HOUR, SECOND } from '../../platform/clock.ts';
import { type Mapping, parseMapping, type RowValues, requireFit, type SourceRow } from '../files/index.ts';
import type { ColumnClass, PageStart, RemoteColumn, RemoteTable } from './dialect.ts';
import type { TextRow } from './engine.ts';
import { badCursor, noColumn, wholeOrders } from './errors.ts';
import type { TablePosition } from './store.pg.ts';

/** The row's key as one text, for what has no id of its own. */
export const KEY_COLUMN = '(key)';

/** How the rows of a table are read: which columns, in which order, and what they become. */
export interface TablePlan {
  columns: RemoteColumn[];
  /** The cursor, then the key. */
  order: RemoteColumn[];
  mapping: Mapping;
}

/** Checks a mapping and a target against the table as it is now. */
export function planTable(table: RemoteTable, target: TableTarget, given: unknown): TablePlan {
  const readable = table.columns.filter((column) => column.class !== 'unreadable');
  const columnOf = (name: string) => {
    const found = readable.find((column) => column.name === name);
    if (!found) throw noColumn(name);
    return found;
  };
  const order = [target.cursor, ...target.key.filter((name) => name !== target.cursor)].map(columnOf);
  const own = parseMapping(given);
  const names = readable.map((column) => column.name);
  const mapping = byKey(own, target);
  const wanted = new Set(columnsIn(own));
  const families = [...wanted].filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const isRead = (name: string) => wanted.has(name) || families.some((start) => name.startsWith(start));
  for (const name of wanted) if (!name.endsWith('*')) columnOf(name);
  requireFit(own, names);
  // Only what the mapping names is fetched, and what tells where we are.
  const columns = readable.filter((column) => isRead(column.name) || order.includes(column));
  return { columns, order, mapping };
}

/**
 * Rows of a table are in no file: what has no id of its own is named by the row's key, so that the row is the same
 * however often it is read; and each row must be understood by itself.
 */
function byKey(own: Mapping, target: TableTarget): Mapping {
  const mapping: Mapping = { ...own, duplicates: 'keep', fields: { ...own.fields } };
  const key = { columns: [KEY_COLUMN] };
  const has = (field: keyof Mapping['fields']) => own.fields[field] ?? own.constants?.[field];
  if (own.kind === 'events' && !has('messageId')) mapping.fields.messageId = key;
  if (own.kind === 'customers' && !has('time')) mapping.fields.time = { columns: [target.cursor] };
  if (own.kind !== 'orderLines' || own.fields.lineItems) return mapping;
  if (!has('lineId')) mapping.fields.lineId = key;
  if (own.orders?.grouping !== 'order') return mapping;
  if (
    ['orderDiscount', 'orderNet', 'orderRefund'].some((field) => own.fields[field as keyof Mapping['fields']])
  )
    throw wholeOrders();
  return { ...mapping, orders: { ...own.orders, grouping: 'line' } };
}

/** The columns that a mapping reads. */
function columnsIn(mapping: Mapping): string[] {
  const fields = Object.values(mapping.fields).flatMap((field) => field.columns);
  const extras = [mapping.traits, mapping.attributes, mapping.properties].flatMap((one) =>
    Object.values(one ?? {}).map((extra) => extra.column),
  );
  return [...fields, ...extras];
}

/** Rows as files have them, with the key as a column of its own; `origin` keeps keys of two tables apart. */
export function rowsFrom(
  page: TextRow[],
  { columns, order }: TablePlan,
  { origin, firstRow }: { origin: string; firstRow: number },
): { row: SourceRow; place: string[] }[] {
  const at = order.map((column) => columns.indexOf(column));
  return page.map((cells, i) => {
    const values: RowValues = {};
    for (const [c, column] of columns.entries()) values[column.name] = cells[c] ?? null;
    const raw = JSON.stringify(values);
    const place = at.map((c) => cells[c] ?? '');
    values[KEY_COLUMN] = `${origin}:${(place.length > 1 ? place.slice(1) : place).join('/')}`;
    return { row: { row: firstRow + i, values, raw }, place };
  });
}

/** How far clocks without a zone may stand from ours. */
const SLACK: Partial<Record<ColumnClass, number>> = { instant: 0, wall: 26 * HOUR, date: 2 * DAY };
/** Rows dated later than this are left for the day they are dated. */
const FUTURE = DAY;

/** How far a clock without a zone is put back at most; a row written in the hour that comes twice stands that far behind. */
const PUT_BACK = 2 * HOUR;
/** Where many rows lie that near, they are not met again by each run, but so often. */
const PUT_BACK_EVERY = HOUR / 2;

/** Whether a run looks for rows that a clock put back has dated behind the last one. */
export function looksForPutBack(position: TablePosition | null, cursor: RemoteColumn, now: number): boolean {
  if (!position || position.isPart || cursor.class !== 'wall') return false;
  return position.wentBack === undefined || now - position.wentBack >= PUT_BACK_EVERY;
}

/**
 * Where a run begins. Rows may become visible late: their cursor was set before another's that is read already. So a
 * run goes back by the overlap, unless that much time has passed since the last row; by a clock without a zone, which may
 * have been put back, by two hours more.
 */
export function startOf(
  position: TablePosition | null,
  cursor: RemoteColumn,
  overlap: number,
  now: number,
): PageStart {
  if (!position) return null;
  const after: PageStart = { after: [position.cursor, ...position.key] };
  if (position.isPart || cursor.class === 'text') return position.isPart ? after : { since: position.cursor };
  if (cursor.class === 'number') return { since: numberBefore(position.cursor, overlap) };
  const slack = SLACK[cursor.class] ?? 0;
  const last = momentOf(position.cursor);
  const settled = position.readTo - slack - overlap * SECOND;
  if (settled > last) return after;
  const back = overlap * SECOND + (looksForPutBack(position, cursor, now) ? PUT_BACK : 0);
  const from = (slack === 0 ? Math.min(last, position.readTo) : last) - back;
  return { since: cursorText(from, cursor.class) };
}

/** The last cursor value that is read now; null where the cursor is no time. */
export function untilOf(now: number, cursor: RemoteColumn): string | null {
  const slack = SLACK[cursor.class];
  return slack === undefined ? null : cursorText(now + FUTURE + slack, cursor.class);
}

/** A value of the cursor as someone writes it, checked. */
export function cursorGiven(text: string, cursor: RemoteColumn): string {
  if (cursor.class === 'text') return text;
  if (cursor.class === 'number') {
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw badCursor(text);
    return text;
  }
  const form = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?(Z|[+-]\d{2}:?\d{2})?$/;
  const moment = form.test(text) ? momentOf(text.length === 10 ? `${text} 00:00` : text) : Number.NaN;
  if (Number.isNaN(moment)) throw badCursor(text);
  return cursorText(moment, cursor.class);
}

function cursorText(ms: number, of: ColumnClass): string {
  const text = new Date(ms).toISOString().replace('T', ' ');
  if (of === 'date') return text.slice(0, 10);
  return of === 'instant' ? text.replace('Z', '+00') : text.replace('Z', '');
}

/** A moment as databases write it; without a zone it is taken for UTC, which says nothing but the order. */
export function momentOf(text: string): number {
  const [, day = '', clock = '00:00', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?(.*)$/.exec(text) ?? [];
  const offset = /^[+-]\d{2}$/.test(zone)
    ? `${zone}:00`
    : /^[+-]\d{4}$/.test(zone)
      ? `${zone.slice(0, 3)}:${zone.slice(3)}`
      : zone || 'Z';
  return Date.parse(`${day}T${clock.replace(/(\.\d{3})\d+$/, '$1')}${offset}`);
}

function numberBefore(text: string, overlap: number): string {
  if (/^-?\d+$/.test(text)) return String(BigInt(text) - BigInt(overlap));
  return String(Math.floor(Number(text)) - overlap);
}
