import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOf, rowsIn, textCell, workbookOf, workbookParts, zipOf } from './fixtures.ts';
import { sniffFile } from './sniff.ts';
import { type CellValue, isFault, type ReadRow } from './source-row.ts';

const values = (rows: ReadRow[]) => rows.map((row) => (isFault(row) ? row.code : row.values));

/** What one cell is read as, under the name `v`. */
async function readCell(cell: string, parts: Record<string, string> = {}, shared = ''): Promise<unknown> {
  const rows = `<row r="1">${textCell('A1', 'v')}${textCell('B1', 'w')}</row><row r="2">${cell}${textCell('B2', 'x')}</row>`;
  const [row] = await rowsIn(fileOf(zipOf({ ...workbookParts(rows, shared), ...parts })));
  return isFault(row!) ? row.code : (row!.values as Record<string, unknown>).v;
}

describe('cells of a sheet', () => {
  it.each([
    ['a number', '<c r="A2"><v>2.5499999999999998</v></c>', 2.55],
    ['a number in scientific form', '<c r="A2"><v>1E-3</v></c>', 0.001],
    ['what is no number', '<c r="A2"><v>abc</v></c>', null],
    ['more than a number holds', '<c r="A2"><v>1e999</v></c>', null],
    [
      'a text',
      '<c r="A2" t="inlineStr"><is><t>茶 &amp; cup &lt;&#x1F600;&#10;</t></is></c>',
      '茶 & cup <😀\n',
    ],
    ['spaces', '<c r="A2" t="inlineStr"><is><t xml:space="preserve">  a </t></is></c>', '  a '],
    ['a CDATA section', '<c r="A2" t="str"><v><![CDATA[a<b>&]]></v></c>', 'a<b>&'],
    ['escaped controls', '<c r="A2" t="str"><v>a_x000D_b_x005F_x000D_</v></c>', 'a\rb_x000D_'],
    ['raw controls', '<c r="A2" t="str"><v>a\u0001\u000bb</v></c>', 'ab'],
    [
      'a rich text',
      '<c r="A2" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><t> b</t></r></is></c>',
      'a b',
    ],
    [
      'a text without its phonetics',
      '<c r="A2" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>',
      '東京',
    ],
    ['true', '<c r="A2" t="b"><v>1</v></c>', true],
    ['false', '<c r="A2" t="b"><v>0</v></c>', false],
    ['an error', '<c r="A2" t="e"><v>#DIV/0!</v></c>', null],
    ['nothing', '<c r="A2" s="1"/>', null],
    ['an empty value', '<c r="A2"><v/></c>', null],
    ['an empty text', '<c r="A2" t="str"><v></v></c>', ''],
    ['a date of a built-in format', '<c r="A2" s="2"><v>45356</v></c>', '2024-03-05 00:00:00'],
    ['a date of an own format', '<c r="A2" s="1"><v>45356.430902777778</v></c>', '2024-03-05 10:20:30'],
    ['the last second there is', '<c r="A2" s="1"><v>2958465.99999</v></c>', '9999-12-31 23:59:59'],
    [
      'a date as text (strict OOXML)',
      '<c r="A2" t="d"><v>2024-03-05T10:20:30</v></c>',
      '2024-03-05T10:20:30',
    ],
    ['a time alone', '<c r="A2" s="1"><v>0.5</v></c>', 0.5],
    ['a red amount', '<c r="A2" s="3"><v>45356</v></c>', 45356],
    ['a date beyond all dates', '<c r="A2" s="1"><v>1e300</v></c>', 1e300],
    ['a date before all dates', '<c r="A2" s="1"><v>-1e300</v></c>', -1e300],
    ['a formula with its value', '<c r="A2"><f>1+1</f><v>2</v></c>', 2],
    ['a formula with its text', '<c r="A2" t="str"><f>CMD()</f><v>=cmd|x</v></c>', '=cmd|x'],
    ['a shared formula', '<c r="A2"><f t="shared" si="0"/><v>3</v></c>', 3],
    ['a formula without value', '<c r="A2"><f>1+1</f></c>', 'formula_without_value'],
    ['a formula with an empty value', '<c r="A2"><f>1+1</f><v/></c>', 'formula_without_value'],
  ])('%s', async (_, cell, expected) => {
    expect(await readCell(cell)).toEqual(expected);
  });

  it('shared texts, rich ones and empty ones among them, are found by number', async () => {
    const shared = '<si><t>first</t></si><si/><si><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></si>';
    const at = (n: number) => readCell(`<c r="A2" t="s"><v>${n}</v></c>`, {}, shared);
    expect(await Promise.all([at(0), at(1), at(2), at(3)])).toEqual(['first', '', 'ab', null]);
  });

  it('days are counted from 1904 where the workbook says so', async () => {
    const book = (flag: string) =>
      `<workbook xmlns:r="r"><workbookPr date1904="${flag}"/><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`;
    const cell = '<c r="A2" s="1"><v>43894.5</v></c>';
    const read = (flag: string) => readCell(cell, { 'xl/workbook.xml': book(flag) });
    expect(await read('1')).toBe('2024-03-05 12:00:00');
    expect(await read('true')).toBe('2024-03-05 12:00:00');
    expect(await read('0')).toBe('2020-03-04 12:00:00');
  });

  it('stand where their reference says, or after the one before', async () => {
    const rows =
      '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c><c r="AA1" t="str"><v>far</v></c></row><row r="4"><c r="B4"><v>2</v></c></row><row><c><v>1</v></c></row>';
    const path = fileOf(zipOf(workbookParts(rows)));
    const { headers } = await sniffFile(path);
    expect([headers.length, headers[1], headers[26]]).toEqual([27, 'b', 'far']);
    const found = await rowsIn(path);
    expect(found.map((row) => row.row)).toEqual([3, 4]);
    expect(values(found)).toMatchObject([{ a: null, b: 2 }, { a: 1 }]);
  });
});

describe('workbooks', () => {
  it('are read as they are written: packed, in 64 bits, under a namespace prefix', async () => {
    const rows = `<row r="1">${textCell('A1', '订单号')}</row><row r="2"><c r="A2"><v>1</v></c></row>`;
    const parts = workbookParts(rows);
    const prefixed = Object.fromEntries(
      Object.entries(parts).map(([name, xml]) => [name, xml.replace(/<(\/?)(?=\w)/g, '<$1x:')]),
    );
    for (const file of [
      zipOf(parts, { deflate: true }),
      zipOf(parts, { deflate: true, zip64: true }),
      zipOf(prefixed),
      Buffer.concat([zipOf(parts).subarray(0, -2), Buffer.from([3, 0]), Buffer.from('hey')]),
    ])
      expect(values(await rowsIn(fileOf(file)))).toEqual([{ 订单号: 1 }]);
  });

  it('have columns as far as the header names any', async () => {
    const styled = Array.from({ length: 3000 }, (_, i) => `<c r="${columnAt(i + 3)}1" s="1"/>`).join('');
    const rows = `<row r="1">${textCell('A1', 'a')}<c r="B1"/>${textCell('C1', 'c')}${styled}</row><row r="2"><c r="A2"><v>1</v></c></row>`;
    const { headers } = await sniffFile(fileOf(zipOf(workbookParts(rows))));
    expect(headers).toEqual(['a', 'column_2', 'c']);
  });

  it('give back every table written to them', async () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '<', '&', '"', ' ', '\n', '茶', '😀', '_x'), maxLength: 6 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(table, fc.boolean(), fc.boolean(), async (written, deflate, asShared) => {
        const shared: string[] = [];
        const rows = [['a', 'b', 'c'], ...written].map(
          (cells, r) =>
            `<row r="${r + 1}">${cells.map((one, c) => cellOf(one, `${columnAt(c)}${r + 1}`, asShared ? shared : undefined)).join('')}</row>`,
        );
        const parts = workbookParts(rows.join(''), shared.map((text) => `<si><t>${text}</t></si>`).join(''));
        const read = await rowsIn(fileOf(zipOf(parts, { deflate })));
        const expected = written.filter((cells) => cells.some((one) => one !== null && one !== ''));
        expect(read.map((row) => (isFault(row) ? row.code : Object.values(row.values)))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('are not taken for one when they are something else', async () => {
    const read = (parts: Record<string, string>) => rowsIn(fileOf(zipOf(parts)));
    await expect(read({ 'a.txt': 'x' })).rejects.toMatchObject({ code: 'collect.unknown_format' });
    const cut = workbookParts(`<row r="1">${textCell('A1', 'a')}`);
    await expect(read(cut)).rejects.toMatchObject({ code: 'collect.file_damaged' });
    await expect(rowsIn(fileOf(workbookOf([]).subarray(0, 200)))).rejects.toMatchObject({
      code: 'collect.file_damaged',
    });
  });
});

function cellOf(value: CellValue, reference: string, shared: string[] | undefined): string {
  if (value === null) return `<c r="${reference}"/>`;
  if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c r="${reference}" t="b"><v>${Number(value)}</v></c>`;
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('_x', '_x005F_x');
  if (shared) return `<c r="${reference}" t="s"><v>${shared.push(text) - 1}</v></c>`;
  return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

function columnAt(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? columnAt(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}
