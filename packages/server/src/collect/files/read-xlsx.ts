import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../../platform/errors.ts';
import { uniqueHeaders } from './headers.ts';
import { clippedRaw, type ReadRow, type RowNote, type RowValues } from './source-row.ts';
import { openWorkbook, rowCells, type SheetCell, type Workbook } from './xlsx-cells.ts';
import { openZip } from './zip-archive.ts';

const MAX_FILE_BYTES = 200 * 1024 * 1024;
const ROW = /<(?:\w+:)?row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?row>)/g;

interface SheetRow {
  number: number;
  cells: SheetCell[];
}

/**
 * Rows of the first visible sheet of an Excel workbook. Read here and not through read-excel-file, because a formula
 * that was never computed makes that library refuse the whole file and a computed one cannot be told from a value.
 */
export async function* readXlsx(path: string): AsyncGenerator<ReadRow> {
  const rows = sheetRows(await openSheet(path));
  const first = rows.next();
  if (first.done) return;
  const headers = headersOf(first.value);
  for (const { number, cells } of rows) yield rowOf(number - first.value.number, cells, headers);
}

/** The column names of the first visible sheet. */
export async function xlsxHeaders(path: string): Promise<string[]> {
  const first = sheetRows(await openSheet(path)).next();
  return first.done ? [] : headersOf(first.value);
}

async function openSheet(path: string): Promise<Workbook> {
  if ((await stat(path)).size > MAX_FILE_BYTES) {
    const detail = 'The spreadsheet is larger than 200 MB; save the sheet as CSV and import that.';
    throw new AppError({ code: 'collect.file_too_large', status: 413, detail });
  }
  const book = openWorkbook(openZip(await readFile(path)));
  if (book) return book;
  const detail =
    'The zip archive holds no worksheet: it is not an .xlsx workbook. Unpack it and import the files inside.';
  throw new AppError({ code: 'collect.unknown_format', status: 415, detail });
}

/** The rows that hold anything. */
function* sheetRows(book: Workbook): Generator<SheetRow> {
  let number = 0;
  for (const m of book.sheetXml.matchAll(ROW)) {
    number = Number(/\sr="(\d+)"/.exec(m[1]!)?.[1] ?? number + 1);
    const cells = rowCells(m[2] ?? '', book);
    if (cells.some((cell) => cell.formula !== undefined || (cell.value !== null && cell.value !== ''))) {
      yield { number, cells };
    }
  }
}

function headersOf({ cells }: SheetRow): string[] {
  const names: string[] = Array(Math.max(...cells.map((cell) => cell.column)) + 1).fill('');
  for (const cell of cells) names[cell.column] = String(cell.value ?? '');
  return uniqueHeaders(names);
}

function rowOf(row: number, cells: SheetCell[], headers: string[]): ReadRow {
  const values: RowValues = Object.fromEntries(headers.map((header) => [header, null]));
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
