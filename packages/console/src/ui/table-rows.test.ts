import { describe, expect, it } from 'vitest';
import { type Column, cellTip, shownColumns, sortRows, tableCsv } from './table-rows.ts';

interface Row {
  name: string;
  spend: number | null;
}
const columns: Column<Row>[] = [
  { key: 'name', title: 'Name', value: (row) => row.name, always: true },
  { key: 'spend', title: 'Spend', value: (row) => row.spend },
  { key: 'more', title: 'More', hidden: true },
];
const rows: Row[] = [
  { name: 'b', spend: 2 },
  { name: 'a', spend: null },
  { name: 'c', spend: 10 },
];
const compare = new Intl.Collator('en').compare;
const names = (sorted: readonly Row[]) => sorted.map((row) => row.name).join('');

describe('rows of a table', () => {
  it('puts numbers in order as numbers and the empty last either way', () => {
    expect(names(sortRows(rows, columns[1], 'asc', compare))).toBe('bca');
    expect(names(sortRows(rows, columns[1], 'desc', compare))).toBe('cba');
    expect(names(sortRows(rows, columns[0], 'asc', compare))).toBe('abc');
  });

  it('sorts a hundred thousand in well under a second', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => ({
      name: `n${at}`,
      spend: (at * 7919) % 100_003,
    }));
    const begun = performance.now();
    sortRows(many, columns[1], 'desc', compare);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('shows the kept columns, and always those that cannot go', () => {
    expect(shownColumns(columns, '').map((column) => column.key)).toEqual(['name', 'spend']);
    expect(shownColumns(columns, 'more').map((column) => column.key)).toEqual(['name', 'more']);
  });

  it('exports exactly what is shown, harmless to a spreadsheet', () => {
    const csv = tableCsv(columns, [
      { name: '=1+1', spend: 3 },
      { name: 'a,"b"', spend: null },
    ]);
    expect(csv).toBe('\uFEFFName,Spend\r\n\'=1+1,3\r\n"a,""b""",\r\n');
  });
});

it('says in a tip what a cut cell says: texts, not numbers or moments that are shown another way', () => {
  const text = { key: 'a', title: 'A', value: () => 'Qianmian Market Guangzhou' };
  expect(cellTip(text, {})).toBe('Qianmian Market Guangzhou');
  expect(cellTip({ ...text, align: 'right' }, {})).toBeUndefined();
  const moment = { ...text, value: () => '2026-11-22T06:00:00Z', cell: () => 'yesterday' };
  expect(cellTip(moment, {})).toBeUndefined();
});
