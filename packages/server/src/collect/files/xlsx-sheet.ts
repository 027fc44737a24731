import { AppError } from '../../platform/errors.ts';
import type { CellValue } from './source-row.ts';
import { unescaped, type Workbook } from './xlsx-workbook.ts';
import { type XmlHandlers, xmlReader } from './xml-stream.ts';
import { damaged } from './zip-archive.ts';

/** A cell of a sheet; `formula` says that its value is the one the spreadsheet program last computed, if it did. */
export interface SheetCell {
  column: number;
  value: CellValue;
  formula?: 'cached' | 'empty';
  error?: string;
}

/** A row of a sheet with the number that the spreadsheet program shows for it. */
interface SheetRow {
  number: number;
  cells: SheetCell[];
}

/** The last cell of a sheet is XFD1048576. */
const MAX_COLUMN = 16_384;
const MAX_ROW = 1_048_576;
/** The serial day of 1 January 10000: Excel has no dates from there on. */
const END_OF_DAYS = 2_958_466;

interface OpenCell {
  column: number;
  type: string;
  style: number;
  /** What `<v>` holds; undefined without one. */
  stored: string | undefined;
  inline: string;
  formula: boolean;
}

/** The rows of a sheet that hold anything, as its XML comes in. */
export async function* sheetRows(book: Workbook): AsyncGenerator<SheetRow> {
  const gathered = rowGatherer(book);
  const reader = xmlReader(gathered.handlers);
  for await (const chunk of book.sheet) {
    reader.write(chunk);
    yield* gathered.take();
    // What stands behind the cells can be long, and says nothing about them.
    if (gathered.ended()) return;
  }
  reader.end();
  yield* gathered.take();
}

function rowGatherer(book: Workbook) {
  let rows: SheetRow[] = [];
  let row: SheetRow | undefined;
  let cell: OpenCell | undefined;
  let into: 'stored' | 'inline' | undefined;
  let [last, phonetic, ended] = [0, 0, false];

  const handlers: XmlHandlers = {
    open(name, attributes) {
      if (name === 'row') {
        last = rowNumber(attributes.r, last);
        row = { number: last, cells: [] };
      } else if (name === 'c' && row) cell = openCell(attributes, row);
      else if (cell === undefined) return;
      else if (name === 'f') cell.formula = true;
      else if (name === 'rPh') phonetic++;
      else if (name === 't' && phonetic === 0) into = 'inline';
      else if (name === 'v') {
        into = 'stored';
        cell.stored = '';
      }
    },
    text(text) {
      if (into && cell) cell[into] += text;
    },
    close(name) {
      if (name === 'v' || name === 't') into = undefined;
      else if (name === 'rPh') phonetic--;
      else if (name === 'c' && cell && row) {
        row.cells.push({ column: cell.column, ...contentOf(cell, book) });
        cell = undefined;
      } else if (name === 'row' && row) {
        if (row.cells.some(holdsAnything)) rows.push(row);
        row = undefined;
      } else if (name === 'sheetData') ended = true;
    },
  };
  return {
    handlers,
    ended: () => ended,
    take(): SheetRow[] {
      const taken = rows;
      rows = [];
      return taken;
    },
  };
}

/** Rows stand in their order; one that says no number, or one that was there, follows the one before. */
function rowNumber(reference: string | undefined, last: number): number {
  const stated = Number(reference);
  const number = Number.isInteger(stated) && stated > last ? stated : last + 1;
  if (number > MAX_ROW) throw outside(`Row ${number}`, 'row 1,048,576');
  return number;
}

function openCell({ r, t, s }: Record<string, string>, row: SheetRow): OpenCell {
  const column = r === undefined ? (row.cells.at(-1)?.column ?? -1) + 1 : columnIndex(r);
  if (column >= MAX_COLUMN || row.cells.length >= MAX_COLUMN) {
    throw outside(`Cell "${(r ?? `no. ${column + 1}`).slice(0, 20)}" of row ${row.number}`, 'column XFD');
  }
  return { column, type: t ?? 'n', style: Number(s ?? 0), stored: undefined, inline: '', formula: false };
}

/** `AB12` is column 27; what is beyond the last one is answered as that. */
function columnIndex(reference: string): number {
  let index = 0;
  for (let i = 0; i < reference.length && index <= MAX_COLUMN; i++) {
    const letter = reference.charCodeAt(i) & ~32;
    if (letter < 65 || letter > 90) break;
    index = index * 26 + letter - 64;
  }
  if (index === 0) throw damaged();
  return index - 1;
}

function outside(what: string, end: string): AppError {
  const detail = `${what} lies behind ${end}, where a sheet ends; open the file in a spreadsheet program and save it again.`;
  return new AppError({ code: 'collect.file_damaged', status: 422, detail });
}

/** Whether a cell says anything, even if only that something could be computed. */
export function holdsAnything({ value, formula }: SheetCell): boolean {
  return formula !== undefined || (value !== null && value !== '');
}

function contentOf(cell: OpenCell, book: Workbook): Omit<SheetCell, 'column'> {
  const { type } = cell;
  // Only a text can be stored as nothing; libraries write `<v/>` for what they did not compute.
  const stored = cell.stored === '' && type !== 'str' ? undefined : cell.stored;
  const formula = cell.formula ? ({ formula: stored === undefined ? 'empty' : 'cached' } as const) : {};
  if (type === 'inlineStr') return { value: unescaped(cell.inline), ...formula };
  if (stored === undefined) return { value: null, ...formula };
  if (type === 's') return { value: book.texts[Number(stored)] ?? null, ...formula };
  if (type === 'b') return { value: stored === '1', ...formula };
  if (type === 'e') return { value: null, error: stored, ...formula };
  if (type !== 'n') return { value: unescaped(stored), ...formula };
  const number = Number(stored);
  // A number that is none: nothing to import, but worth a note.
  if (!Number.isFinite(number)) return { value: null, error: stored.slice(0, 100), ...formula };
  return { value: book.dateStyles.has(cell.style) ? dateOf(number, book.epoch1904) : number, ...formula };
}

/** A serial day number as the wall-clock text it stands for; what is no day, e.g. a time alone, stays a number. */
function dateOf(number: number, epoch1904: boolean): string | number {
  const serial = number + (epoch1904 ? 1462 : 0);
  if (number < 1 || serial >= END_OF_DAYS) return number;
  const text = new Date(Math.round((serial - 25_569) * 86_400) * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}
