import type { Pull, PullConnection, PullRun, PullTable, PullTarget } from '@qianmian/contract';
import type { Tone } from '../ui/index.ts';

export const PULL_TONES: Record<Pull['state'], Tone> = { active: 'good', paused: 'quiet', failing: 'bad' };

export const RUN_TONES: Record<PullRun['state'], Tone> = {
  running: 'busy',
  done: 'good',
  part: 'busy',
  failed: 'bad',
  stopped: 'quiet',
};

/** Minutes between runs that are offered; null: only when someone asks. */
export const SCHEDULES = [5, 15, 60, 360, 1440, null] as const;

/** A schedule as the words name it. */
export function scheduleKey(minutes: number | null) {
  const known = SCHEDULES.find((one) => one === minutes);
  if (known === undefined) return 'other' as const;
  return known === null ? ('asked' as const) : (`every${known}` as const);
}

/** Ports that servers of a kind listen on unless told otherwise. */
export const PORTS = { postgresql: 5432, mysql: 3306 } as const;

/** Where a source reads, in one line: `orders · shop@db.example:5432`. */
export function placeOf({ connection, target }: Pick<Pull, 'connection' | 'target'>): string {
  const what = target.of === 'files' ? target.pattern : named(target.schema, target.table);
  const where = whereOf(connection);
  return where === '' ? what : `${what} · ${where}`;
}

function whereOf(connection: PullConnection): string {
  if (connection.kind === 'folder') return '';
  if (connection.kind === 's3')
    return `${connection.bucket} · ${connection.endpoint.replace(/^https?:\/\//, '')}`;
  return `${connection.database}@${connection.host}:${connection.port}`;
}

/** A table by its name; the schema that is meant unless said is left away. */
export function named(schema: string, table: string): string {
  return schema === '' || schema === 'public' ? table : `${schema}.${table}`;
}

const TIMES = /^(timestamp|datetime|date)/i;
const NUMBERS = /^(smallint|integer|bigint|int|numeric|decimal|serial|bigserial|mediumint)/i;
/** Names of columns that change with every write, best first. */
const CHANGES = [
  /^(updated|modified|changed|last_?(update|modified|change)|gmt_modified|update_?time|mtime)/i,
  /updat|modif|chang/i,
  /^(created|inserted|gmt_create|create_?time|paid|order)/i,
];

/** How a table is best read on: by a column that changes with every write, else by its rising number. */
export function suggestedReading(table: PullTable): {
  cursor: string | null;
  key: string[];
  overlap: number;
} {
  const times = table.columns.filter((column) => TIMES.test(column.type));
  const key = table.columns.filter((column) => column.isKey).map((column) => column.name);
  const byName = CHANGES.flatMap((form) => times.filter((column) => form.test(column.name)));
  const number = table.columns.find(
    (column) => NUMBERS.test(column.type) && (column.isKey || /^id$/i.test(column.name)),
  );
  const cursor = byName[0] ?? number ?? times[0] ?? null;
  const keyed = key.length > 0 ? key : number ? [number.name] : [];
  return { cursor: cursor?.name ?? null, key: keyed, overlap: overlapFor(cursor?.type ?? '') };
}

/** Whether what is read is another from then on: it is read from its start. */
export function beginsAnew(before: PullTarget, after: PullTarget): boolean {
  if (before.of !== 'table' || after.of !== 'table') return before.of !== after.of;
  const of = ({ schema, table, cursor, key }: typeof before) => JSON.stringify([schema, table, cursor, key]);
  return of(before) !== of(after);
}

/** Whether a connection leads to another server or database, which may hold other data. */
export function isMoved(before: PullConnection, after: Partial<Record<string, unknown>>): boolean {
  if (before.kind !== 'postgresql' && before.kind !== 'mysql') return false;
  return (['host', 'port', 'database'] as const).some(
    (name) => after[name] !== undefined && String(after[name]).trim() !== String(before[name]),
  );
}

/** How far back each run should go by a cursor of a type: seconds, or numbers. */
export function overlapFor(type: string): number {
  if (TIMES.test(type)) return 300;
  return NUMBERS.test(type) ? 100 : 0;
}

/** Whether a cursor of a type counts its overlap in seconds. */
export const isTime = (type: string) => TIMES.test(type);
