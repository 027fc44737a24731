import { AppError } from '../../platform/errors.ts';
import { type CellValue, clippedRaw, type ReadRow, type RowValues } from './source-row.ts';

const MAX_JSON_ROW_CHARS = 1024 * 1024;
const MAX_WRAPPED_CHARS = 64 * 1024 * 1024;
const MAX_DEPTH = 8;

/** Rows of JSON Lines, streaming: one object a line. */
export async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  let row = 0;
  for await (const line of jsonPieces(text, lineEnd)) {
    row++;
    if (line.trim() !== '') yield rowOf(line, row);
  }
}

/** Rows of a JSON array of objects, streaming; or of an object that holds one such array, read whole. */
export async function* readJsonArray(text: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  const chunks = text[Symbol.asyncIterator]();
  let start = '';
  while (start.trim() === '') {
    const next = await chunks.next();
    if (next.done) return;
    start += next.value;
  }
  const whole = resume(start, chunks);
  if (start.trimStart().startsWith('[')) yield* numbered(jsonPieces(whole, elementEnd()));
  else yield* readWrapped(whole);
}

async function* resume(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield first.trimStart();
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* numbered(pieces: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  let row = 0;
  for await (const piece of pieces) {
    const element = row === 0 ? piece.replace('[', '') : piece;
    if (element.trim() !== '') yield rowOf(element, ++row);
  }
}

async function* readWrapped(text: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  let whole = '';
  for await (const chunk of text) {
    whole += chunk;
    if (whole.length > MAX_WRAPPED_CHARS)
      throw badJson('is larger than 64 MB and is not an array; save it as JSON Lines');
  }
  let row = 0;
  for (const item of wrappedArray(whole)) {
    row++;
    yield objectRow(item, row, JSON.stringify(item));
  }
}

function wrappedArray(whole: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(whole);
  } catch {
    throw badJson('does not parse');
  }
  const arrays = Object.values(parsed as object).filter((value) => Array.isArray(value));
  if (arrays.length !== 1)
    throw badJson('must be an array of objects, or an object with exactly one array in it');
  return arrays[0] as unknown[];
}

function badJson(what: string): AppError {
  return new AppError({ code: 'collect.bad_json', status: 422, detail: `The JSON file ${what}.` });
}

function rowOf(text: string, row: number): ReadRow {
  if (text.length > MAX_JSON_ROW_CHARS) {
    const message = `The record is longer than ${MAX_JSON_ROW_CHARS.toLocaleString('en')} characters and was skipped.`;
    return { row, raw: clippedRaw(text), code: 'line_too_long', message };
  }
  try {
    return objectRow(JSON.parse(text), row, text);
  } catch (error) {
    return {
      row,
      raw: clippedRaw(text),
      code: 'bad_json',
      message: `Not valid JSON: ${(error as Error).message}`,
    };
  }
}

function objectRow(parsed: unknown, row: number, raw: string): ReadRow {
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    return { row, raw: clippedRaw(raw), code: 'bad_json', message: 'Each record must be a JSON object.' };
  }
  const values: RowValues = {};
  flatten(parsed as Record<string, unknown>, '', values, 0);
  return { row, values, raw };
}

/** Nested objects become dotted columns (`customer.email`); arrays stay as JSON text. */
function flatten(source: Record<string, unknown>, prefix: string, into: RowValues, depth: number): void {
  for (const [key, value] of Object.entries(source)) {
    if (key === '__proto__') continue;
    const name = prefix + key;
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && depth < MAX_DEPTH) {
      flatten(value as Record<string, unknown>, `${name}.`, into, depth + 1);
    } else
      into[name] = typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as CellValue);
  }
}

/** Looks for the end of a piece from `from` on; remembers between calls what it needs to. */
type FindEnd = (text: string, from: number) => { end: number; next: number } | undefined;

/** Cuts text into pieces; of a piece beyond the limit only the head is kept. */
async function* jsonPieces(text: AsyncIterable<string>, findEnd: FindEnd): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of text) {
    let at = 0;
    for (let found = findEnd(chunk, at); found; found = findEnd(chunk, at)) {
      yield held + chunk.slice(at, found.end);
      held = '';
      at = found.next;
    }
    if (held.length <= MAX_JSON_ROW_CHARS) held += chunk.slice(at);
  }
  if (held.trim() !== '' && held.trim() !== ']') yield held;
}

function lineEnd(text: string, from: number): { end: number; next: number } | undefined {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? undefined : { end: newline, next: newline + 1 };
}

/** Finds the commas between the elements of a top-level array, strings and nesting respected. */
function elementEnd(): FindEnd {
  let [depth, inString, escaped] = [0, false, false];
  return (text, from) => {
    for (let i = from; i < text.length; i++) {
      const c = text[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === '\\') escaped = true;
        else if (c === '"') inString = false;
      } else if (c === '"') inString = true;
      else if (c === '{' || c === '[') depth++;
      else if (c === '}' || c === ']') depth--;
      if (!inString && ((c === ',' && depth === 1) || (c === ']' && depth === 0)))
        return { end: i, next: i + 1 };
    }
    return undefined;
  };
}
