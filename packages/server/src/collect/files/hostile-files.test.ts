import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../platform/errors.ts';
import { fileOf, mappedText, rowsIn, textCell, workbookParts, zipOf } from './fixtures.ts';
import { guessMapping } from './guess-mapping.ts';
import { uniqueHeaders } from './headers.ts';
import { type Mapping, parseMapping } from './mapping.ts';
import { readRows } from './read-rows.ts';
import { sniffFile } from './sniff.ts';
import { isFault } from './source-row.ts';
import { openZip } from './zip-archive.ts';

// Files made to stop the server. Each did, or would have: for minutes, for gigabytes, or for good. The time they get is
// many times what they need, and a small part of what they took.

const many = (n: number, text: string | ((i: number) => string)) =>
  typeof text === 'string' ? text.repeat(n) : Array.from({ length: n }, (_, i) => text(i)).join('');
const packed = (rows: string, shared?: string) =>
  fileOf(zipOf(workbookParts(rows, shared), { deflate: true }));
const HEAD = `<row r="1">${textCell('A1', 'a')}</row>`;

/** All that is done to a file on its way in. */
async function takeIn(path: string): Promise<number> {
  const sniffed = await sniffFile(path);
  guessMapping(sniffed.headers, sniffed.sampleRows);
  let rows = 0;
  for await (const _ of readRows(path, sniffed)) rows++;
  return rows;
}

/** How many turns everyone else had meanwhile. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, over] = [0, false];
  const turn = () => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  await work;
  over = true;
  return turns;
}

describe('a hostile file is refused with a reason', { timeout: 20_000 }, () => {
  it.each<[string, () => string, string]>([
    ['100,000 columns of one name', () => fileOf(`${many(100_000, 'a,')}a\n1\n`), 'collect.too_many_columns'],
    [
      '10,000 columns in 6 MB',
      () => fileOf(`${many(9_999, (i) => `c${i},`)}z\n${many(300, `${many(9_999, '1,')}1\n`)}`),
      'collect.too_many_columns',
    ],
    [
      '140,000 columns, packed',
      () => fileOf(gzipSync(`${many(140_000, (i) => `c${i},`)}z\n1\n`)),
      'collect.too_many_columns',
    ],
    [
      'a JSON record of 2,001 keys',
      () => fileOf(`{${many(2_000, (i) => `"k${i}":1,`)}"z":1}\n`),
      'collect.too_many_columns',
    ],
    [
      'JSON records that name new keys each',
      () => fileOf(many(150, (row) => `{${many(20, (i) => `"k${row}.${i}":1,`)}"z":1}\n`)),
      'collect.too_many_columns',
    ],
    ['a JSON object cut off', () => fileOf('{\n"a":[{"b":1}'), 'collect.bad_json'],
    ['10 MB of opening brackets', () => fileOf(many(10_000_000, '[')), 'collect.no_records'],
    ['400,000 rows that never end', () => packed(many(400_000, '<row>')), 'collect.file_damaged'],
    ['20 MB of empty texts', () => packed(HEAD, many(4_000_000, '<si/>')), 'collect.file_too_large'],
    [
      'a cell at the column of 321 million',
      () => packed(`<row r="1">${textCell('ZZZZZZ1', 'a')}</row>`),
      'collect.file_damaged',
    ],
    [
      '16,384 named columns',
      () => packed(`<row r="1">${many(16_384, '<c t="str"><v>n</v></c>')}</row>`),
      'collect.too_many_columns',
    ],
    [
      '100,000 cells in a row',
      () => packed(`${HEAD}<row r="2">${many(100_000, '<c r="A2"/>')}</row>`),
      'collect.file_damaged',
    ],
    ['rows beyond the last', () => packed(`${HEAD}<row r="1048577"/>`), 'collect.file_damaged'],
    [
      'a text without end',
      () => packed(`${HEAD}<row r="2"><c t="str"><v>${many(4_000_000, 'x')}`),
      'collect.file_damaged',
    ],
    ['elements in elements', () => packed(`${HEAD}${many(200, '<x>')}`), 'collect.file_damaged'],
    [
      'entities that multiply',
      () =>
        fileOf(
          zipOf({
            ...workbookParts(''),
            'xl/worksheets/orders.xml': `<!DOCTYPE x [<!ENTITY a "${many(1000, 'x')}"><!ENTITY b "${many(1000, '&a;')}">]><worksheet><sheetData><row><c t="str"><v>${many(1000, '&b;')}</v></c></row></sheetData></worksheet>`,
          }),
        ),
      'collect.file_damaged',
    ],
  ])('%s', async (_, make, code) => {
    await expect(takeIn(make())).rejects.toMatchObject({ code });
  });

  it('when its parts unpack to more than there is room for', async () => {
    const zip = await openZip(packed(many(1000, '<row/>')));
    await expect(drain(zip.text('xl/worksheets/orders.xml', 100))).rejects.toMatchObject({
      code: 'collect.file_too_large',
    });
  });
});

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

describe('a hostile file is read without harm', { timeout: 20_000 }, () => {
  it('columns of one name count on from each other', () => {
    expect(uniqueHeaders(['a', 'a', 'a_2', 'a', '', '__proto__', 'x'.repeat(5000)])).toEqual([
      'a',
      'a_2',
      'a_2_2',
      'a_3',
      'column_5',
      'column_6',
      'x'.repeat(190),
    ]);
  });

  it('names are unique whatever they are', () => {
    const names = fc.array(fc.constantFrom('a', 'a_2', 'a_2_2', 'a_3', '', 'column_1', '__proto__', ' a '));
    fc.assert(
      fc.property(names, (cells) => {
        expect(new Set(uniqueHeaders(cells)).size).toBe(cells.length);
      }),
    );
  });

  it.each(['category', 'order date', 'email', 'price', '数量', 'x'])(
    '2,000 columns named %s: the guess is one that a mapping takes',
    async (name) => {
      const columns = Array.from({ length: 2000 }, (_, i) => `${name} ${i}`);
      const path = fileOf(`${columns.join()}\n${many(100, `${columns.map(() => '2024-01-01').join()}\n`)}`);
      const { headers, sampleRows } = await sniffFile(path);
      const { mapping } = guessMapping(headers, sampleRows);
      expect(headers.length).toBe(2000);
      const required = {
        orderId: { columns: ['x'] },
        eventName: { columns: ['x'] },
        time: { columns: ['x'] },
      };
      const whole = {
        ...mapping,
        kind: 'events',
        fields: { ...mapping.fields, ...required, user: required.time },
      };
      expect(() => parseMapping(whole)).not.toThrow();
    },
  );

  it('a name too long for a mapping is not guessed', async () => {
    const path = fileOf(`{"${'k'.repeat(5000)}":{"order_id":"1","total":2},"order_id":"1"}\n`);
    const { headers, sampleRows } = await sniffFile(path);
    expect(headers).toEqual(['k'.repeat(190), 'order_id']);
    expect(guessMapping(headers, sampleRows).mapping.fields).toMatchObject({
      orderId: { columns: ['order_id'] },
    });
  });

  it.each([
    ['quotes inside lines that have no delimiter', `a"\n${many(500_000, 'x"\n')}`, 500_000],
    ['quotes that open and do not close', `a,b\n${many(500_000, '"x\n')}`, 500_000],
    ['nothing but quotes', `a,b\n${many(5_000_000, '"')}`, 1],
    ['empty lines', `a,b\n${many(10_000_000, '\n')}1,2\n`, 1],
    ['lines that are no JSON', `{"a":1}\n${many(500_000, 'x\n')}`, 500_001],
    ['an array of nothing', `[${many(1_000_000, ',')}{"a":1}]`, 1],
    [
      'an object around a long array',
      `{"n":0,"a":[${many(500_000, '{"b":"]"},')}{"b":2}],"z":{"y":[1]}}`,
      500_001,
    ],
    ['nested records', `{"a":1}\n${many(3, `{"a":${many(200_000, '[')}${many(200_000, ']')}}\n`)}`, 4],
  ])('%s', async (_, text, rows) => {
    let found = 0;
    const reading = takeIn(fileOf(text)).then((n) => {
      found = n;
    });
    expect(await turnsDuring(reading)).toBeGreaterThan(10);
    expect(found).toBe(rows);
  });

  it('a gigabyte of nothing is looked at for its first part only', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, '\n'), { level: 1 });
    const path = fileOf(Buffer.concat([gzipSync('a,b\n'), bomb]));
    let bytes = 0;
    const shape = await sniffFile(path);
    for await (const _ of readRows(path, shape, {
      maxChars: 1024 * 1024,
      onBytes: (n) => {
        bytes += n;
      },
    }));
    expect(shape).toMatchObject({ headers: ['a', 'b'], sampleRows: [] });
    expect(bytes).toBeLessThan(bomb.length / 4);
  });

  it('a record too wide further down costs that record', async () => {
    const wide = `{${many(3_000, (i) => `"k${i}":1,`)}"z":1}`;
    const path = fileOf(`${many(1_500, '{"a":1}\n')}${wide}\n{"a":2}\n`);
    const rows = await rowsIn(path);
    expect(rows.slice(-2)).toMatchObject([{ code: 'too_many_columns' }, { values: { a: 2 } }]);
  });

  it('a record nested too deep costs that record', async () => {
    const rows = await rowsIn(fileOf(`{"a":1}\n{"a":${many(400_000, '[')}${many(400_000, ']')}}\n{"a":2}\n`));
    expect(rows).toMatchObject([{ values: {} }, { code: 'bad_json' }, { values: { a: 2 } }]);
  });

  it('a date beyond all dates costs its row', async () => {
    const rows = `<row r="1">${textCell('A1', 'id')}${textCell('B1', 'when')}</row><row r="2">${textCell('A2', 'x')}<c r="B2" s="1"><v>1e300</v></c></row>`;
    const [row] = await rowsIn(packed(rows));
    expect(row).toMatchObject({ values: { id: 'x', when: 1e300 } });
    const mapping: Mapping = {
      kind: 'events',
      fields: { eventName: { columns: ['id'] }, time: { columns: ['when'] }, user: { columns: ['id'] } },
    };
    expect((await mappedText('id,when\nx,1e+300\n', mapping)).rejections).toEqual(['bad_date']);
  });

  it('a cell of a megabyte is judged by its start', async () => {
    const evil = [`a@${many(300_000, '.')}@`, many(300_000, '1'), many(300_000, '-')];
    const path = fileOf(`email,phone,time\n${many(3, `${evil.join()}\n`)}`);
    expect(await takeIn(path)).toBe(3);
    const mapping: Mapping = {
      kind: 'customers',
      fields: { email: { columns: ['email'] }, phone: { columns: ['phone'] } },
    };
    const { rejections, corrections } = await mappedText(
      `email,phone\n${evil.slice(0, 2).join()}\n`,
      mapping,
    );
    expect([rejections, corrections.length]).toEqual([['no_customer'], 0]);
  });

  it('many items in a row of many columns do not copy them all', async () => {
    const columns = Array.from({ length: 1500 }, (_, i) => `c${i}`);
    const items = many(9_000, 'sku:A|quantity:1|total:1.00;sku:B|quantity:1|total:2.00;').slice(0, -1);
    const mapping: Mapping = {
      kind: 'orderLines',
      fields: {
        orderId: { columns: ['id'] },
        time: { columns: ['at'] },
        lineItems: { columns: ['items'] },
        productId: { columns: ['item.sku'] },
        net: { columns: ['item.total'] },
        quantity: { columns: ['item.quantity'] },
      },
      orders: { grouping: 'order' },
    };
    const text = `id,at,items,${columns.join()}\n1,2024-01-01,${items},${columns.map(() => 'x').join()}\n`;
    expect((await mappedText(text, mapping)).facts.length).toBeGreaterThan(10_000);
  });
});

describe('whatever the bytes', () => {
  const start = fc.constantFrom(
    '',
    'a,b\n',
    '{"a":',
    '[',
    '[{"a":1},',
    '{"a":[',
    '"',
    'PK\u0003\u0004',
    '\ufeff',
    '\ufffe',
    '\u001f\u008b',
  );
  const text = fc.string({
    unit: fc.constantFrom(
      '"',
      ',',
      ';',
      '\n',
      '\r',
      '\t',
      '{',
      '}',
      '[',
      ']',
      ':',
      '\\',
      '\0',
      'a',
      '1',
      '茶',
      '\ud800',
      '=',
      '.',
      '-',
      '@',
    ),
    maxLength: 120,
  });

  async function isTakenOrRefused(path: string): Promise<void> {
    try {
      await takeIn(path);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  it('a text is taken or refused', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(start, text, (head, tail) => isTakenOrRefused(fileOf(head + tail))),
      { numRuns: 300 },
    );
  });

  it('bytes are taken or refused', { timeout: 60_000 }, async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(start, bytes, (head, tail) =>
        isTakenOrRefused(fileOf(Buffer.concat([Buffer.from(head, 'latin1'), tail]))),
      ),
      { numRuns: 300 },
    );
  });

  it('a workbook with any bytes changed is taken or refused', { timeout: 60_000 }, async () => {
    const rows = `${HEAD}<row r="2"><c r="A2" t="s"><v>0</v></c></row><row r="3"><c r="A3" s="1"><v>45000</v></c></row>`;
    const good = zipOf(workbookParts(rows, '<si><t>x</t></si>'), { deflate: true });
    const plain = zipOf(workbookParts(rows, '<si><t>x</t></si>'));
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(good, plain), changes, fc.nat(), async (zip, flips, cut) => {
        const bytes = Buffer.from(zip);
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        await isTakenOrRefused(fileOf(cut % 5 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('a sheet of any elements is taken or refused', { timeout: 60_000 }, async () => {
    const piece = fc.constantFrom(
      '<row>',
      '</row>',
      '<row r="2">',
      '<row r="-1">',
      '<c>',
      '<c r="A1">',
      '<c r="B2" t="s">',
      '<c t="inlineStr">',
      '<c s="1">',
      '<c r="1">',
      '</c>',
      '<v>',
      '</v>',
      '<v/>',
      '<is>',
      '</is>',
      '<t>',
      '</t>',
      '<f>',
      '</f>',
      '<rPh>',
      '</rPh>',
      '1',
      'x',
      '1e300',
      '-5',
      '&amp;',
      '&x;',
      '<!-- -->',
      '<![CDATA[1]]>',
      '</sheetData>',
      '<',
      '>',
    );
    const pieces = fc.array(piece, { maxLength: 30 }).map((all) => all.join(''));
    const cells = fc
      .array(
        fc.tuple(
          fc.constantFrom('A2', 'B2', 'C2', 'XFD2'),
          fc.constantFrom('', 't="s"', 't="b"', 't="e"', 's="1"', 't="d"', 't="?"'),
          fc.constantFrom('0', '1', '-1', '1e308', 'NaN', '99999', '60', ''),
        ),
        { maxLength: 6 },
      )
      .map(
        (all) =>
          `${HEAD}<row r="2">${all.map(([r, kind, v]) => `<c r="${r}" ${kind}><v>${v}</v></c>`).join('')}</row>`,
      );
    await fc.assert(
      fc.asyncProperty(fc.oneof(pieces, cells), (rows) =>
        isTakenOrRefused(fileOf(zipOf(workbookParts(rows)))),
      ),
      { numRuns: 300 },
    );
  });
});

describe('a hostile Parquet file', { timeout: 120_000 }, () => {
  async function parquetOf(select: string): Promise<string> {
    const { query } = await import('chdb');
    const path = `${fileOf('')}.parquet`;
    query(
      `SELECT ${select} INTO OUTFILE '${path}' FORMAT Parquet SETTINGS output_format_parquet_compression_method = 'none', output_format_parquet_write_page_index = 0`,
    );
    return path;
  }

  it('that claims a billion values for a page ends its decoder, not the server', async () => {
    const path = await parquetOf(
      "'order' || toString(number) AS order_id, CAST(number AS Nullable(Int64)) AS total FROM numbers(1000)",
    );
    const bytes = await readFile(path);
    // 1,000 values that are there, as a run: its length as a variable-length number, then what is repeated.
    const run = bytes.indexOf(Buffer.from([0xd0, 0x0f, 0x01]));
    expect(run).toBeGreaterThan(0);
    bytes.set([0xfe, 0xff, 0xff, 0xff, 0x0f, 0x01], run);
    await expect(takeIn(fileOf(bytes))).rejects.toMatchObject({ code: 'collect.file_damaged' });
  });

  it('of too many columns is refused', async () => {
    const columns = Array.from({ length: 2001 }, (_, i) => `1 AS c${i}`).join();
    await expect(takeIn(await parquetOf(columns))).rejects.toMatchObject({
      code: 'collect.too_many_columns',
    });
  });

  it('with any bytes changed is taken or refused', async () => {
    const bytes = await readFile(await parquetOf("number AS id, 'tea' AS name FROM numbers(50)"));
    for (const at of [4, 20, bytes.length - 200, bytes.length - 60, bytes.length - 9]) {
      const changed = Buffer.from(bytes);
      changed[at] = 0xff;
      const refused = await takeIn(fileOf(changed)).catch((error: unknown) => error);
      if (typeof refused !== 'number') expect(refused).toBeInstanceOf(AppError);
    }
  });
});

describe('a table that many rows are read of', () => {
  it('leaves turns to others, and none of it is lost', { timeout: 60_000 }, async () => {
    const csv = fileOf(`a,b\n${many(300_000, (i) => `${i},x\n`)}`);
    const sheet = packed(
      HEAD + many(30_000, (i) => `<row r="${i + 2}"><c r="A${i + 2}"><v>${i}</v></c></row>`),
    );
    for (const [path, rows] of [
      [csv, 300_000],
      [sheet, 30_000],
    ] as const) {
      let found = 0;
      const reading = takeIn(path).then((n) => {
        found = n;
      });
      expect(await turnsDuring(reading)).toBeGreaterThan(20);
      expect(found).toBe(rows);
    }
  });

  it('is closed when its reader has seen enough', async () => {
    const path = packed(HEAD + many(5_000, (i) => `<row r="${i + 2}"><c r="A${i + 2}"><v>1</v></c></row>`));
    const sniffed = await sniffFile(path);
    for await (const row of readRows(path, sniffed)) if (!isFault(row) && row.row >= 3) break;
    expect(await rowsIn(path)).toHaveLength(5_000);
  });
});
