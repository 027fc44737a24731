import { createWriteStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords } from './csv-records.ts';
import { fileOf, rowsIn, textCell, workbookOf } from './fixtures.ts';
import { readRows } from './read-rows.ts';
import { sniffFile } from './sniff.ts';
import { isFault, type ReadRow } from './source-row.ts';

const values = (rows: ReadRow[]) => rows.map((row) => (isFault(row) ? row.code : row.values));
const GBK_ORDERS = 'b6a9b5a5bac52cc9ccc6b7c3fbb3c60a312cb2e8d2b60a'; // 订单号,商品名称 / 1,茶叶

describe('telling what a file is', () => {
  const text = 'order,name,total\n1,Ünal,2\n2,茶,3\n';
  it.each([
    ['UTF-8', Buffer.from(text), 'utf-8', 'none'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'utf-8', 'none'],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le', 'none'],
    ['UTF-16 without', Buffer.from(text, 'utf16le'), 'utf-16le', 'none'],
    ['UTF-16 big end first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'utf-16be', 'none'],
    ['gzip', gzipSync(text), 'utf-8', 'gzip'],
  ])('%s', async (_, bytes, encoding, compression) => {
    const path = fileOf(bytes);
    expect(await sniffFile(path)).toMatchObject({
      format: 'csv',
      encoding,
      compression,
      headers: ['order', 'name', 'total'],
    });
    expect(values(await rowsIn(path))).toEqual([
      { order: '1', name: 'Ünal', total: '2' },
      { order: '2', name: '茶', total: '3' },
    ]);
  });

  it('reads GBK and Western text', async () => {
    expect(values(await rowsIn(fileOf(Buffer.from(GBK_ORDERS, 'hex'))))).toEqual([
      { 订单号: '1', 商品名称: '茶叶' },
    ]);
    const western = Buffer.from('name,city\nRené,Málaga\nStéphane,Besançon\n', 'latin1');
    expect(await sniffFile(fileOf(western))).toMatchObject({
      encoding: 'windows-1252',
      sampleRows: [{ city: 'Málaga' }, { name: 'Stéphane' }],
    });
  });

  it('finds Chinese text behind a long English start', async () => {
    const path = fileOf(
      Buffer.concat([Buffer.from(`a,b\n${'1,2\n'.repeat(200_000)}`), Buffer.from('b2e8d2b62c310a', 'hex')]),
    );
    expect((await sniffFile(path)).encoding).toBe('gb18030');
    const rows = await rowsIn(path);
    expect(values(rows.slice(-1))).toEqual([{ a: '茶叶', b: '1' }]);
  });

  it.each([[','], [';'], ['\t'], ['|']])('delimiter %j', async (delimiter) => {
    const lines = [
      ['id', 'note', 'price'],
      ['1', 'a, b; c', '2,5'],
      ['2', 'x', '3,5'],
    ];
    const path = fileOf(lines.map((cells) => cells.map((cell) => `"${cell}"`).join(delimiter)).join('\r\n'));
    expect(await sniffFile(path)).toMatchObject({ delimiter, headers: ['id', 'note', 'price'] });
  });

  it('names columns that have no name or the same', async () => {
    const { headers } = await sniffFile(fileOf('a,,a,__proto__\n1,2,3,4\n'));
    expect(headers).toEqual(['a', 'column_2', 'a_2', 'column_4']);
  });

  it.each([
    ['an empty file', '', 'collect.file_empty'],
    ['a file of blanks', '\n \n', 'collect.file_empty'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'collect.unknown_format'],
    ['a damaged workbook', Buffer.from('PK\u0003\u0004nothing'), 'collect.file_damaged'],
    [
      'a picture',
      Buffer.from('89504e470d0a1a0a0000000d494844520000001000000010080600000000', 'hex'),
      'collect.unknown_format',
    ],
    ['a header with an open quote', '"a,b\n1,2\n', 'collect.bad_header'],
    ['one endless line', 'x'.repeat(2_000_000), 'collect.bad_header'],
    ['one endless record', `{"a":"${'x'.repeat(2_000_000)}"}`, 'collect.no_records'],
    ['a cut gzip', gzipSync('a,b\n'.repeat(1e5)).subarray(0, 200), 'collect.file_damaged'],
    ['a damaged Parquet file', 'PAR1 and no more PAR1', 'collect.file_damaged'],
  ])('says what is wrong with %s', async (_, content, code) => {
    await expect(sniffFile(fileOf(content))).rejects.toMatchObject({ code });
  });

  it('says that there is no file', async () => {
    await expect(sniffFile('/nowhere')).rejects.toMatchObject({ code: 'collect.no_such_file' });
  });
});

describe('CSV', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '1', '"', ',', '\n', ' ', '茶', "'", '='),
    maxLength: 8,
  });

  it('reads what csv-parse reads, however the text is cut into chunks', async () => {
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 20 }), async (rows, size) => {
        const text = rows
          .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .join('\n');
        const expected = (parse(text) as string[][]).filter((cells) => cells.some((one) => one !== ''));
        expect(await cellsOf(text, size)).toEqual(expected);
      }),
    );
  });

  it('never loses more than the broken line', async () => {
    const lines = fc.array(fc.constantFrom('1,2,3', '"a","b","c"', 'x,"open,3', '"a"b,2,3', 'x,y"z,3'), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 30 }), async (body, size) => {
        const rows = await recordsOf(body.join('\n'), size, 3);
        const good = body.filter((line) => line === '1,2,3' || line === 'x,y"z,3').length;
        expect(rows.filter((row) => row.kind === 'cells').length).toBeGreaterThanOrEqual(
          good - countOpen(body),
        );
        if (countOpen(body) === 0) expect(rows.length).toBe(body.length);
      }),
    );
  });

  it('reports a broken quote by row and text, and reads on at the next line', async () => {
    const rows = await rowsIn(
      fileOf('id,note,n\n1,fine,1\n2,"never closed,2\n3,"quoted, well",3\n4,plain,4\n'),
    );
    expect(rows.map((row) => row.row)).toEqual([1, 2, 3, 4]);
    expect(rows[1]).toMatchObject({ code: 'broken_quote', raw: '2,"never closed,2' });
    expect(values(rows.slice(2))).toEqual([
      { id: '3', note: 'quoted, well', n: '3' },
      { id: '4', note: 'plain', n: '4' },
    ]);
  });

  it('lets a field run over a hundred lines and no more', async () => {
    const long = (lines: number) => `a,b\n1,"${'x\n'.repeat(lines)}"\n2,y\n`;
    expect(values(await rowsIn(fileOf(long(100)))).length).toBe(2);
    const rows = await rowsIn(fileOf(long(101)));
    expect(rows[0]).toMatchObject({ code: 'broken_quote' });
    expect(values(rows.slice(-1))).toEqual([{ a: '2', b: 'y' }]);
  });

  it('turns away wrong column counts and NUL bytes, keeps blank lines in the count', async () => {
    const rows = await rowsIn(fileOf('a,b\n1\n\n1,2,3\n1,2,\nx\0,2\n,\n5,6\n'));
    expect(values(rows)).toEqual([
      'wrong_columns',
      'wrong_columns',
      { a: '1', b: '2' },
      'nul_bytes',
      { a: '5', b: '6' },
    ]);
    expect(rows.map((row) => row.row)).toEqual([1, 3, 4, 5, 7]);
  });

  it('keeps formulas, HTML and SQL as the text they are', async () => {
    const evil = ['=cmd|" /C calc"!A0', '<script>alert(1)</script>', "'; DROP TABLE orders; --"];
    const path = fileOf(`note,n\n${evil.map((text) => `"${text.replaceAll('"', '""')}",1`).join('\n')}\n`);
    expect(values(await rowsIn(path))).toEqual(evil.map((note) => ({ note, n: '1' })));
  });

  it('steps over a line of 100 MB in little memory', async () => {
    const path = fileOf('');
    function* text() {
      yield 'a,b\n1,';
      for (let i = 0; i < 100; i++) yield 'x'.repeat(1024 * 1024);
      yield '\n2,y\n';
    }
    await pipeline(Readable.from(text()), createWriteStream(path));
    const rows = await rowsIn(path);
    expect(rows[0]).toMatchObject({ row: 1, code: 'line_too_long' });
    expect(rows[0]!.raw.length).toBeLessThan(3_000);
    expect(values(rows.slice(1))).toEqual([{ a: '2', b: 'y' }]);
  });

  it('starts at the row it is told to', async () => {
    const path = fileOf('a\n1\n2\n3\n');
    const rows: ReadRow[] = [];
    for await (const row of readRows(path, await sniffFile(path), { fromRow: 3 })) rows.push(row);
    expect(rows).toMatchObject([{ row: 3, values: { a: '3' } }]);
  });
});

function countOpen(body: string[]): number {
  return body.filter((line) => line === 'x,"open,3').length;
}

async function recordsOf(text: string, size: number, columns: number) {
  const all = [];
  for await (const records of csvRecords(inChunks(text, size), ',', () => columns)) all.push(...records);
  return all;
}

async function cellsOf(text: string, size: number): Promise<string[][]> {
  return (await recordsOf(text, size, 3)).flatMap((record) =>
    record.kind === 'cells' ? [record.cells] : [],
  );
}

async function* inChunks(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
}

describe('JSON', () => {
  it('reads JSON Lines, nested objects as dotted columns', async () => {
    const path = fileOf(
      '{"id":1,"customer":{"email":"a@b.co"},"tags":["x"]}\n{broken\n\n[1]\n{"id":2,"paid":true,"n":null}\n',
    );
    expect(await sniffFile(path)).toMatchObject({
      format: 'jsonl',
      headers: ['id', 'customer.email', 'tags', 'paid', 'n'],
    });
    const rows = await rowsIn(path);
    expect(values(rows)).toEqual([
      { id: 1, 'customer.email': 'a@b.co', tags: '["x"]' },
      'bad_json',
      'bad_json',
      { id: 2, paid: true, n: null },
    ]);
    expect(rows.map((row) => row.row)).toEqual([1, 2, 4, 5]);
  });

  it('keeps whole numbers beyond 2^53 digit by digit, within lists too', async () => {
    const row = '{"id":1234567890123456781,"ids":[1234567890123456782,7],"n":12}';
    const expected = { id: '1234567890123456781', ids: '["1234567890123456782",7]', n: 12 };
    expect(values(await rowsIn(fileOf(`${row}\n${row}\n`)))).toEqual([expected, expected]);
    expect(values(await rowsIn(fileOf(`[${row}]`)))).toEqual([expected]);
  });

  it('streams an array, whatever stands in its strings', async () => {
    const items = [{ a: '],[{"' }, { a: 'x\\"y' }, { a: 1, b: { c: [1, 2] } }];
    const path = fileOf(JSON.stringify(items, null, 2));
    expect(await sniffFile(path)).toMatchObject({ format: 'json' });
    expect(values(await rowsIn(path))).toEqual([{ a: '],[{"' }, { a: 'x\\"y' }, { a: 1, 'b.c': '[1,2]' }]);
  });

  it('reads the one array of a wrapping object', async () => {
    expect(values(await rowsIn(fileOf('{"orders":[{"id":1},{"id":2}]}')))).toEqual([{ id: 1 }, { id: 2 }]);
    await expect(rowsIn(fileOf('{\n"a":[{"x":1}],"b":[{"x":1}]}'))).rejects.toMatchObject({
      code: 'collect.bad_json',
    });
  });
});

describe('Excel', () => {
  it('reads values, dates, shared texts and cached formulas; nothing is evaluated', async () => {
    const path = fileOf(
      workbookOf(
        [
          [textCell('A1', 'Order'), textCell('B1', 'Date'), textCell('C1', 'Total')],
          [
            '<c r="A2" t="s"><v>0</v></c>',
            '<c r="B2" s="1"><v>45356.430902777778</v></c>',
            '<c r="C2"><v>2.5499999999999998</v></c>',
          ],
          [textCell('A3', 'R&amp;D 2'), '<c r="B3"><v>7</v></c>', '<c r="C3"><f>1+1</f><v>2</v></c>'],
          [textCell('A4', '3'), '<c r="C4"><f>1+1</f></c>'],
          [],
          [textCell('A6', '5'), '<c r="C6" t="e"><v>#N/A</v></c>'],
        ],
        ['A-1'],
      ),
    );
    expect(await sniffFile(path)).toMatchObject({ format: 'xlsx', headers: ['Order', 'Date', 'Total'] });
    const rows = await rowsIn(path);
    expect(values(rows)).toEqual([
      { Order: 'A-1', Date: '2024-03-05 10:20:30', Total: 2.55 },
      { Order: 'R&D 2', Date: 7, Total: 2 },
      'formula_without_value',
      { Order: '5', Date: null, Total: null },
    ]);
    expect(rows.map((row) => row.row)).toEqual([1, 2, 3, 5]);
    expect(rows.map((row) => (isFault(row) ? row.message : (row.notes?.[0]?.code ?? '')))).toMatchObject([
      '',
      'formula_value',
      expect.stringContaining('save it'),
      'cell_error',
    ]);
  });
});

describe('Parquet', () => {
  it('reads what chDB wrote, wall-clock times and decimals included', async () => {
    const { query } = await import('chdb');
    const path = fileOf('').concat('.parquet');
    query(
      `SELECT number AS id, 'tea ' || toString(number) AS name, toDecimal64('2.55', 2) AS price, toDate('2024-03-05') AS day,
        toDateTime64('2024-03-05 10:20:30', 3, 'UTC') AS at, toInt64(9007199254740993) AS big, CAST(NULL AS Nullable(String)) AS none
       FROM numbers(3) INTO OUTFILE '${path}' FORMAT Parquet`,
    );
    expect(existsSync(path)).toBe(true);
    expect(await sniffFile(path)).toMatchObject({
      format: 'parquet',
      headers: ['id', 'name', 'price', 'day', 'at', 'big', 'none'],
    });
    const rows = await rowsIn(path);
    expect(rows.length).toBe(3);
    expect(values(rows)[2]).toEqual({
      id: 2,
      name: 'tea 2',
      price: '2.55',
      day: '2024-03-05',
      at: expect.stringContaining('2024-03-05T10:20:30'),
      big: '9007199254740993',
      none: null,
    });
  });
});
