import { AppError, messageOf } from '../../platform/errors.ts';
import { parseExactly } from '../wire/parse.ts';
import { columnName, requireFewColumns } from './column-limit.ts';
import { arrayIn, countArrays, elements, lines } from './json-pieces.ts';
import { type CellValue, clippedRaw, type ReadRow, type RowValues } from './source-row.ts';

const MAX_JSON_ROW_CHARS = 1024 * 1024;
const MAX_WRAPPED_CHARS = 512 * 1024 * 1024;
const MAX_DEPTH = 8;

/** Rows of JSON Lines, streaming: one object a line. */
export async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  let row = 0;
  for await (const line of lines(text, MAX_JSON_ROW_CHARS)) {
    row++;
    if (line.trim() !== '') yield rowOf(line, row);
  }
}

/**
 * Rows of a JSON array of objects, or of an object that holds one such array; streaming. The text is first looked
 * through, then read.
 */
export async function* readJsonArray(
  look: () => AsyncIterable<string>,
  read: () => AsyncIterable<string>,
): AsyncGenerator<ReadRow> {
  const first = await firstCharacter(look());
  if (first !== '[') await requireOneArray(look());
  const array = first === '[' ? read() : arrayIn(read());
  let row = 0;
  for await (const piece of elements(array, MAX_JSON_ROW_CHARS)) {
    const element = row === 0 ? piece.replace('[', '') : piece;
    if (element.trim() !== '') yield rowOf(element, ++row);
  }
}

async function firstCharacter(text: AsyncIterable<string>): Promise<string> {
  for await (const chunk of text) {
    const start = chunk.trimStart();
    if (start !== '') return start[0]!;
  }
  return '';
}

/** Asked before the first row is read: a second array further down must not turn up half way through an import. */
async function requireOneArray(text: AsyncIterable<string>): Promise<void> {
  const { arrays, whole, chars } = await countArrays(text, MAX_WRAPPED_CHARS);
  if (chars > MAX_WRAPPED_CHARS)
    throw badJson('is larger than 512 MB and is not an array; save it as JSON Lines');
  if (!whole) throw badJson('is cut off or damaged: not all that it opens is closed');
  if (arrays !== 1) throw badJson('must be an array of objects, or an object with exactly one array in it');
}

function badJson(what: string): AppError {
  return new AppError({ code: 'collect.bad_json', status: 422, detail: `The JSON file ${what}.` });
}

function rowOf(text: string, row: number): ReadRow {
  const fault = (code: string, message: string): ReadRow => ({ row, raw: clippedRaw(text), code, message });
  if (text.length > MAX_JSON_ROW_CHARS) {
    const most = MAX_JSON_ROW_CHARS.toLocaleString('en');
    return fault('line_too_long', `The record is longer than ${most} characters and was skipped.`);
  }
  if (!text.trimStart().startsWith('{')) return fault('bad_json', 'Each record must be a JSON object.');
  try {
    const values: RowValues = {};
    flatten(parseExactly(text) as Record<string, unknown>, '', values, { columns: 0, depth: 0 });
    return { row, values, raw: text };
  } catch (error) {
    if (error instanceof AppError) return fault('too_many_columns', error.detail);
    if (error instanceof RangeError) return fault('bad_json', 'The record is nested too deep.');
    return fault('bad_json', `Not valid JSON: ${messageOf(error)}`);
  }
}

/** Nested objects become dotted columns (`customer.email`); arrays stay as JSON text. */
function flatten(
  source: Record<string, unknown>,
  prefix: string,
  into: RowValues,
  seen: { columns: number; depth: number },
): void {
  for (const key in source) {
    if (key === '__proto__') continue;
    const value = source[key];
    const name = columnName(prefix + key);
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && seen.depth < MAX_DEPTH) {
      seen.depth++;
      flatten(value as Record<string, unknown>, `${name}.`, into, seen);
      seen.depth--;
      continue;
    }
    requireFewColumns(++seen.columns);
    into[name] = typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as CellValue);
  }
}
