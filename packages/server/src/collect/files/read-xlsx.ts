import { stat } from 'node:fs/promises';
import { AppError } from '../../platform/errors.ts';
import { uniqueHeaders } from './headers.ts';
import { clippedRaw, type ReadRow, type RowNote, type RowValues } from './source-row.ts';
import { holdsAnything, type SheetCell, sheetRows } from './xlsx-sheet.ts';
import { openWorkbook, type Workbook } from './xlsx-workbook.ts';
import { openZip } from './zip-archive.ts';

const MAX_FILE_BYTES = 200 * 1024 * 1024;

/**
 * Rows of the first visible sheet of an Excel workbook, streaming; `named` is told the column names. Read here and not
 * through read-excel-file, because a formula that was never computed makes that library refuse the whole file and a
 * computed one cannot be told from a value.
 */
export async function* readXlsx(path: string, named?: (columns: string[]) => void): AsyncGenerator<ReadRow> {
  let headers: string[] | undefined;
  let headerRow = 0;
  for await (const { number, cells } of sheetRows(await openBook(path))) {
    if (headers) yield rowOf(number - headerRow, cells, headers);
    else {
      headers = headersOf(cells);
      headerRow = number;
      named?.(headers);
    }
  }
}

async function openBook(path: string): Promise<Workbook> {
  if ((await stat(path)).size > MAX_FILE_BYTES) {
    const detail = 'The spreadsheet is larger than 200 MB; save the sheet as CSV and import that.';
    throw new AppError({ code: 'collect.file_too_large', status: 413, detail });
  }
  const book = await openWorkbook(await openZip(path));
  if (book) return book;
  const detail =
    'The zip archive holds no worksheet: it is not an .xlsx workbook. Unpack it and import the files inside.';
  throw new AppError({ code: 'collect.unknown_format', status: 415, detail });
}

/** Up to the last name: behind it stand cells that have a format and nothing else. */
function headersOf(cells: SheetCell[]): string[] {
  const names: string[] = [];
  for (const cell of cells.filter(holdsAnything)) {
    while (names.length <= cell.column) names.push('');
    names[cell.column] = String(cell.value ?? '');
  }
  return uniqueHeaders(names);
}

function rowOf(row: number, cells: SheetCell[], headers: string[]): ReadRow {
  const values: RowValues = {};
  for (const header of headers) values[header] = null;
  const notes: RowNote[] = [];
  for (const cell of cells) {
    const field = headers[cell.column];
    if (field === undefined) continue;
    values[field] = cell.value;
    if (cell.formula === 'empty') return uncomputed(row, field, values);
    if (cell.error) {
      notes.push({
        code: 'cell_error',
        field,
        from: cell.error,
        message: 'The cell holds an Excel error and was read as empty.',
      });
    } else if (cell.formula) {
      const message =
        'The cell holds a formula; the value Excel last computed was taken, nothing was evaluated.';
      notes.push({ code: 'formula_value', field, to: String(cell.value), message });
    }
  }
  const raw = JSON.stringify(values);
  return notes.length > 0 ? { row, values, raw, notes } : { row, values, raw };
}

function uncomputed(row: number, field: string, values: RowValues): ReadRow {
  const message = `The formula in "${field}" has no computed value; open the file in Excel and save it, or paste it as values.`;
  return { row, raw: clippedRaw(JSON.stringify(values)), code: 'formula_without_value', message };
}
