import { expect, test } from 'vitest';
import { named, placeOf, scheduleKey, suggestedReading } from './pull-words.ts';

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
