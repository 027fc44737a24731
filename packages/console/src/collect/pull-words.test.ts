import { expect, test } from 'vitest';
import { beginsAnew, isMoved, named, placeOf, scheduleKey, suggestedReading } from './pull-words.ts';

const table = (...columns: [string, string, boolean?][]) => ({
  ...{ schema: 'public', table: 'orders', isView: false },
  columns: columns.map(([name, type, isKey = false]) => ({ name, type, isKey })),
});

test('a table is read on by what changes with every write, else by its number', () => {
  const stamped = table(
    ['id', 'bigint', true],
    ['created_at', 'timestamp with time zone'],
    ['updated_at', 'timestamp with time zone'],
  );
  expect(suggestedReading(stamped)).toEqual({ cursor: 'updated_at', key: ['id'], overlap: 300 });
  expect(suggestedReading(table(['id', 'int', true], ['name', 'text']))).toEqual({
    ...{ cursor: 'id', key: ['id'], overlap: 100 },
  });
  expect(suggestedReading(table(['gmt_modified', 'datetime'], ['no', 'varchar']))).toEqual({
    ...{ cursor: 'gmt_modified', key: [], overlap: 300 },
  });
  expect(suggestedReading(table(['a', 'text'])).cursor).toBeNull();
});

test('what is another table, order or database is told before it is read from its start', () => {
  const of = { of: 'table', schema: 's', table: 't', cursor: 'at', key: ['id'], overlap: 0 } as const;
  const before = { ...of, key: ['id'] };
  expect(beginsAnew(before, { ...before, overlap: 900 })).toBe(false);
  for (const change of [{ schema: 'x' }, { table: 'x' }, { cursor: 'x' }, { key: ['id', 'x'] }])
    expect(beginsAnew(before, { ...before, ...change }), JSON.stringify(change)).toBe(true);
  expect(beginsAnew({ of: 'files', pattern: 'a' }, { of: 'files', pattern: 'b' })).toBe(false);
  const shop = { kind: 'mysql', host: 'db.example', port: 3306, database: 'shop', user: 'u' } as const;
  expect(isMoved(shop, { ...shop, user: 'other', host: ' db.example ' })).toBe(false);
  expect(isMoved(shop, { ...shop, port: 3307 })).toBe(true);
  expect(isMoved({ kind: 'folder' }, {})).toBe(false);
});

test('where a source reads is said in one line', () => {
  const connection = { kind: 'mysql', host: 'db.example', port: 3306, database: 'shop', user: 'u' } as const;
  const target = {
    of: 'table',
    schema: 'shop',
    table: 'orders',
    cursor: 'id',
    key: ['id'],
    overlap: 0,
  } as const;
  expect(placeOf({ connection, target: { ...target, key: ['id'] } })).toBe(
    'shop.orders · shop@db.example:3306',
  );
  expect(placeOf({ connection: { kind: 'folder' }, target: { of: 'files', pattern: '*.csv' } })).toBe(
    '*.csv',
  );
  expect(named('public', 'orders')).toBe('orders');
  expect([scheduleKey(60), scheduleKey(null), scheduleKey(7)]).toEqual(['every60', 'asked', 'other']);
});
