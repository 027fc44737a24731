import type { PullConnection } from '@qianmian/contract';

/** What values of a column are, as far as order and comparison go. */
export type ColumnClass = 'instant' | 'wall' | 'date' | 'number' | 'text' | 'unreadable';

/** A column of a table elsewhere, as its own catalogue names it. */
export interface RemoteColumn {
  name: string;
  type: string;
  class: ColumnClass;
  isKey: boolean;
  /** Whether rows may have no value in it. */
  mayBeEmpty: boolean;
}

export interface RemoteTable {
  schema: string;
  table: string;
  isView: boolean;
  columns: RemoteColumn[];
}

/** Where a page begins: behind a row, or with a value of the cursor; null: with the first row. */
export type PageStart = { after: string[] } | { since: string } | null;

/** A page of a table: which columns, in which order, from where on. */
export interface PageQuery {
  table: RemoteTable;
  columns: RemoteColumn[];
  /** The cursor column, then the columns of the key; none where any rows will do. */
  order: RemoteColumn[];
  start: PageStart;
  /** Rows whose cursor lies behind this are left for later. */
  until: string | null;
  limit: number;
  /** Characters of a cell, where rows are only looked at: what is cut there never comes here. */
  cellChars?: number;
}

/** Which rows of a table name themselves by no key: what they are counted by. */
export interface KeylessQuery extends Pick<PageQuery, 'table' | 'order' | 'until'> {
  /** Those up to this value of the cursor were counted before. */
  behind: string | null;
}

/** How a database is asked; every text comes from here or from its own catalogue, and is quoted. */
export interface Dialect {
  /** The table function that runs a statement there. Its values are bound. */
  call: string;
  /** Tables and their columns: schema, table, kind, column, type, whether it is of the key, whether it may be empty. */
  catalogue: (only: { schema: string; table: string } | null) => string;
  classOf(type: string): ColumnClass;
  /** The moment there, as a text with its offset. */
  now: string;
  page(query: PageQuery): string;
  /** How many rows have no key, and the cursor of the last of them; no row where there are none. */
  keyless(query: KeylessQuery): string;
}

export type DatabaseConnection = Extract<PullConnection, { kind: 'postgresql' | 'mysql' }>;

/** Columns a catalogue is listed for; beyond them a look is cut. */
export const MOST_COLUMNS = 20_000;

export const DIALECTS: Record<DatabaseConnection['kind'], Dialect> = {
  postgresql: {
    call: 'postgresql({address:String}, {database:String}, query({statement:String}), {user:String}, {secret:String})',
    catalogue: (only) => `
      SELECT n.nspname::text AS c0, c.relname::text AS c1, (c.relkind IN ('v', 'm'))::text AS c2, a.attname::text AS c3,
        format_type(a.atttypid, NULL)::text AS c4, (i.indrelid IS NOT NULL)::text AS c5, (NOT a.attnotnull)::text AS c6
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\\_%' AND has_table_privilege(c.oid, 'SELECT')
        ${only ? `AND n.nspname = ${pgText(only.schema)} AND c.relname = ${pgText(only.table)}` : ''}
      ORDER BY n.nspname, c.relname, a.attnum LIMIT ${MOST_COLUMNS}`,
    classOf(type) {
      if (type === 'timestamp with time zone') return 'instant';
      if (type === 'timestamp without time zone') return 'wall';
      if (type === 'date') return 'date';
      if (/^(smallint|integer|bigint|numeric|real|double precision)$/.test(type)) return 'number';
      return type === 'bytea' ? 'unreadable' : 'text';
    },
    now: "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') || 'Z' AS c0",
    page({ table, columns, order, start, until, limit, cellChars }) {
      // A name of ours must never hide a column of theirs: in an order it might mean either.
      const name = (column: RemoteColumn) => `qm_t.${pgName(column.name)}`;
      const cursor = order[0] ? name(order[0]) : '';
      const tests = [
        order[0] ? `${cursor} IS NOT NULL` : 'TRUE',
        // A row without its key has no place in the order.
        ...keysThatMayBeEmpty(order).map((column) => `${name(column)} IS NOT NULL`),
        ...(start && 'since' in start ? [`${cursor} >= ${pgText(start.since)}`] : []),
        ...(start && 'after' in start
          ? [
              // Said twice: by the first an index on the cursor alone is used.
              `${cursor} >= ${pgText(start.after[0]!)}`,
              `(${order.map(name).join(', ')}) > (${start.after.map(pgText).join(', ')})`,
            ]
          : []),
        ...(until === null ? [] : [`${cursor} <= ${pgText(until)}`]),
      ];
      const cell = (column: RemoteColumn) => cut(`${name(column)}::text`, cellChars);
      return `SELECT ${columns.map((column, i) => `${cell(column)} AS qm_c${i}`).join(', ')}
        FROM ${pgName(table.schema)}.${pgName(table.table)} AS qm_t
        WHERE ${tests.join(' AND ')} ${ordered(order.map(name))} LIMIT ${limit}`;
    },
    keyless({ table, order, behind, until }) {
      const name = (column: RemoteColumn) => `qm_t.${pgName(column.name)}`;
      const cursor = name(order[0]!);
      const tests = [
        `${cursor} IS NOT NULL`,
        `(${keysThatMayBeEmpty(order)
          .map((column) => `${name(column)} IS NULL`)
          .join(' OR ')})`,
        ...(behind === null ? [] : [`${cursor} > ${pgText(behind)}`]),
        ...(until === null ? [] : [`${cursor} <= ${pgText(until)}`]),
      ];
      const rows = `FROM ${pgName(table.schema)}.${pgName(table.table)} AS qm_t WHERE ${tests.join(' AND ')}`;
      return `SELECT (SELECT count(*) ${rows})::text AS qm_c0, ${cursor}::text AS qm_c1
        ${rows} ORDER BY ${cursor} DESC LIMIT 1`;
    },
  },

  mysql: {
    call: 'mysql({address:String}, {database:String}, query({statement:String}), {user:String}, {secret:String})',
    catalogue: (only) => `
      SELECT ${[
        ...[
          'c.table_schema',
          'c.table_name',
          "if(t.table_type LIKE '%VIEW', 'true', 'false')",
          'c.column_name',
        ],
        ...['c.data_type', "if(c.column_key = 'PRI', 'true', 'false')"],
        "if(c.is_nullable = 'YES', 'true', 'false')",
      ]
        .map((text, i) => `${myChars(text)} AS c${i}`)
        .join(', ')}
      FROM information_schema.columns c
      JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
      WHERE c.table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
        ${only ? `AND c.table_schema = ${myText(only.schema)} AND c.table_name = ${myText(only.table)}` : ''}
      ORDER BY c.table_schema, c.table_name, c.ordinal_position LIMIT ${MOST_COLUMNS}`,
    classOf(type) {
      const plain = type.toLowerCase();
      if (plain === 'timestamp') return 'instant';
      if (plain === 'datetime') return 'wall';
      if (plain === 'date') return 'date';
      if (/^((tiny|small|medium|big)?int|decimal|float|double|year|bit)$/.test(plain)) return 'number';
      return /blob|binary|geometry|point|polygon|linestring|collection/.test(plain) ? 'unreadable' : 'text';
    },
    now: "SELECT concat(cast(utc_timestamp(3) AS char), 'Z') AS c0",
    page({ table, columns, order, start, until, limit, cellChars }) {
      const cursor = order[0];
      const tests = [
        cursor ? `qm_t.${myName(cursor.name)} IS NOT NULL` : 'TRUE',
        ...keysThatMayBeEmpty(order).map((column) => `qm_t.${myName(column.name)} IS NOT NULL`),
        ...(cursor && start && 'since' in start ? [myTest(cursor, '>=', start.since)] : []),
        ...(cursor && start && 'after' in start
          ? [myTest(cursor, '>=', start.after[0]!), behind(order, start.after)]
          : []),
        ...(cursor && until !== null ? [myTest(cursor, '<=', until)] : []),
      ];
      return `SELECT ${columns.map((column, i) => `${cut(myCell(column), cellChars)} AS qm_c${i}`).join(', ')}
        FROM ${myName(table.schema)}.${myName(table.table)} AS qm_t
        WHERE ${tests.join(' AND ')} ${ordered(order.map((c) => `qm_t.${myName(c.name)}`))} LIMIT ${limit}`;
    },
    keyless({ table, order, behind: counted, until }) {
      const cursor = order[0]!;
      const name = `qm_t.${myName(cursor.name)}`;
      const tests = [
        `${name} IS NOT NULL`,
        `(${keysThatMayBeEmpty(order)
          .map((column) => `qm_t.${myName(column.name)} IS NULL`)
          .join(' OR ')})`,
        ...(counted === null ? [] : [myTest(cursor, '>', counted)]),
        ...(until === null ? [] : [myTest(cursor, '<=', until)]),
      ];
      const rows = `FROM ${myName(table.schema)}.${myName(table.table)} AS qm_t WHERE ${tests.join(' AND ')}`;
      return `SELECT ${myChars(`cast((SELECT count(*) ${rows}) AS char)`)} AS qm_c0, ${myCell(cursor)} AS qm_c1
        ${rows} ORDER BY ${name} DESC LIMIT 1`;
    },
  },
};

/** Columns behind the cursor in which a row may have nothing. */
export const keysThatMayBeEmpty = ([, ...key]: readonly RemoteColumn[]) =>
  key.filter((column) => column.mayBeEmpty);

const cut = (cell: string, chars: number | undefined) =>
  chars === undefined ? cell : `left(${cell}, ${chars})`;

const ordered = (names: string[]) => (names.length > 0 ? `ORDER BY ${names.join(', ')}` : '');

function pgName(name: string): string {
  return `"${storable(name).replaceAll('"', '""')}"`;
}

/** A text of no type of its own: it is read as what it is compared with. Backslashes are plain there, as we ask for it. */
function pgText(text: string): string {
  return `'${storable(text).replaceAll("'", "''")}'`;
}

function myName(name: string): string {
  return `\`${storable(name).replaceAll('`', '``')}\``;
}

/** By its bytes: how a text is quoted depends on the server's mode. */
function myText(text: string): string {
  return text === '' ? "''" : `_utf8mb4 0x${Buffer.from(storable(text), 'utf8').toString('hex')}`;
}

const myChars = (expression: string) => `CONVERT(${expression} USING utf8mb4)`;

/** Moments come with their zone, whatever that of the session is. */
function myCell(column: RemoteColumn): string {
  const name = `qm_t.${myName(column.name)}`;
  if (column.class === 'instant')
    return `concat(cast(date_add('1970-01-01 00:00:00.000000', interval unix_timestamp(${name}) second) AS char), 'Z')`;
  return column.type === 'bit' ? `cast(${name} + 0 AS char)` : myChars(`cast(${name} AS char)`);
}

/** Seconds by which the clock of a zone may stand wrong around a change of it. */
const ZONE_CHANGE = 7200;

/** A moment is compared as such, beside a looser test that an index can answer. */
function myTest(column: RemoteColumn, compare: '>' | '>=' | '<=' | '=', text: string): string {
  const name = `qm_t.${myName(column.name)}`;
  if (column.class === 'instant') {
    const seconds = epochSeconds(text);
    const exact = `unix_timestamp(${name}) ${compare} ${seconds}`;
    const [slack, loosely] = compare === '<=' ? [ZONE_CHANGE, '<='] : [-ZONE_CHANGE, '>='];
    return `(${name} ${loosely} from_unixtime(${seconds} + ${slack}) AND ${exact})`;
  }
  return `${name} ${compare} ${column.class === 'number' ? numberText(text) : myText(text)}`;
}

/** Behind a row in the order of several columns. */
function behind(order: readonly RemoteColumn[], values: readonly string[]): string {
  const [column, ...rest] = order;
  const [value, ...others] = values;
  if (!column || value === undefined) return 'FALSE';
  if (rest.length === 0) return myTest(column, '>', value);
  return `(${myTest(column, '>', value)} OR (${myTest(column, '=', value)} AND ${behind(rest, others)}))`;
}

function epochSeconds(text: string): string {
  const ms = Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
  if (Number.isNaN(ms)) throw new RangeError('A moment cannot be read.');
  const fraction = /^\.(\d{1,6})/.exec(text.slice(19))?.[1] ?? '0';
  return `${ms / 1000}.${fraction}`;
}

function numberText(text: string): string {
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) throw new RangeError('A number cannot be read.');
  return text;
}

function storable(text: string): string {
  if (text.includes('\0')) throw new RangeError('A name or value holds a zero byte.');
  return text;
}
