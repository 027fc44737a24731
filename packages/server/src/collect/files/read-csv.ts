import { AppError } from '../../platform/errors.ts';
import { type CsvRecord, csvRecords } from './csv-records.ts';
import { uniqueHeaders } from './headers.ts';
import { clippedRaw, type ReadRow, type RowNote, type RowValues } from './source-row.ts';

const UNREADABLE: RowNote = {
  code: 'unreadable_character',
  message:
    'The row holds characters that were lost (shown as �): the file was saved in another encoding at some time.',
};

/** Rows of delimited text, streaming. The first record names the columns, which `named` is told. */
export async function* readCsv(
  text: AsyncIterable<string>,
  delimiter: string,
  named?: (columns: string[]) => void,
): AsyncGenerator<ReadRow> {
  let headers: string[] = [];
  let row = 0;
  for await (const records of csvRecords(text, delimiter, () => headers.length)) {
    for (const record of records) {
      if (headers.length === 0) {
        headers = namesIn(record);
        if (headers.length > 0) named?.(headers);
        continue;
      }
      row += record.kind === 'blank' ? record.lines : 1;
      if (record.kind !== 'blank') yield rowOf(record, row, headers);
    }
  }
}

function rowOf(record: Exclude<CsvRecord, { kind: 'blank' }>, row: number, headers: string[]): ReadRow {
  const { raw } = record;
  if (record.kind === 'fault')
    return { row, raw: clippedRaw(raw), code: record.code, message: record.message };
  const values: RowValues = {};
  for (let i = 0; i < headers.length; i++) values[headers[i]!] = record.cells[i]!;
  return raw.includes('\ufffd') ? { row, values, raw, notes: [UNREADABLE] } : { row, values, raw };
}

/** The first record that is not blank names the columns; were it skipped, a data row would. */
function namesIn(record: CsvRecord): string[] {
  if (record.kind === 'blank') return [];
  if (record.kind === 'cells') return uniqueHeaders(record.cells);
  const detail = `The header line cannot be read: ${record.message}`;
  throw new AppError({ code: 'collect.bad_header', status: 422, detail });
}
