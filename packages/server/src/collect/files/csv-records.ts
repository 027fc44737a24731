/** The cells of one record, or why the line that starts here is none. */
export type CsvRecord =
  | { kind: 'cells'; cells: string[]; raw: string }
  | { kind: 'blank'; lines: number }
  | { kind: 'fault'; code: string; message: string; raw: string };

/** A field may not run over more lines than this: a quote left open must not swallow the rest of the file. */
const MAX_LINES_A_FIELD = 100;
const MAX_RECORD_CHARS = 1024 * 1024;
const NEWLINE = 10;

interface Cursor {
  text: string;
  at: number;
  /** Where the next quote stands, so that lines without any are not searched again and again. */
  quote: number;
  final: boolean;
  skipping: boolean;
}

const NEED_MORE = undefined;

/** Cuts text into records, a chunk's worth at a time, in constant memory. `columns()` of 0 accepts any number. */
export async function* csvRecords(
  chunks: AsyncIterable<string>,
  delimiter: string,
  columns: () => number,
): AsyncGenerator<Iterable<CsvRecord>> {
  const cursor: Cursor = { text: '', at: 0, quote: -1, final: false, skipping: false };
  for await (const chunk of chunks) {
    feed(cursor, chunk);
    yield complete(cursor, delimiter, columns);
  }
  cursor.final = true;
  yield complete(cursor, delimiter, columns);
}

/** The records that end within the text at hand. */
function* complete(cursor: Cursor, delimiter: string, columns: () => number): Generator<CsvRecord> {
  for (let next = take(cursor, delimiter, columns()); next; next = take(cursor, delimiter, columns()))
    yield next;
}

function feed(cursor: Cursor, chunk: string): void {
  cursor.text = cursor.at < cursor.text.length ? cursor.text.slice(cursor.at) + chunk : chunk;
  cursor.at = 0;
  cursor.quote = -1;
}

function take(cursor: Cursor, delimiter: string, columns: number): CsvRecord | undefined {
  if (cursor.skipping && !skipLine(cursor)) return NEED_MORE;
  const { text, at } = cursor;
  if (at >= text.length) return NEED_MORE;
  if (text.charCodeAt(at) === NEWLINE) return takeBlank(cursor);
  const newline = text.indexOf('\n', at);
  if (newline < 0 && !cursor.final) {
    return text.length - at > MAX_RECORD_CHARS ? longLine(cursor) : NEED_MORE;
  }
  const end = newline < 0 ? text.length : newline;
  if (end - at > MAX_RECORD_CHARS) return longLine(cursor);
  if (cursor.quote < at) {
    cursor.quote = text.indexOf('"', at);
    if (cursor.quote < 0) cursor.quote = Number.POSITIVE_INFINITY;
  }
  return cursor.quote < end
    ? takeQuoted(cursor, end, delimiter, columns)
    : takePlain(cursor, end, delimiter, columns);
}

/** Empty lines are taken together: there may be millions of them. */
function takeBlank(cursor: Cursor): CsvRecord {
  const start = cursor.at;
  while (cursor.text.charCodeAt(cursor.at) === NEWLINE) cursor.at++;
  return { kind: 'blank', lines: cursor.at - start };
}

function takePlain(cursor: Cursor, end: number, delimiter: string, columns: number): CsvRecord {
  const raw = cursor.text.slice(cursor.at, end);
  cursor.at = end + 1;
  return checked(raw.split(delimiter), raw, columns);
}

function takeQuoted(
  cursor: Cursor,
  lineEnd: number,
  delimiter: string,
  columns: number,
): CsvRecord | undefined {
  const { text, final } = cursor;
  const cells: string[] = [];
  let i = cursor.at;
  let newline = lineEnd;
  for (;;) {
    if (text.charCodeAt(i) !== 34) {
      // Looked for within the line only: a file may have no other delimiter for megabytes.
      const line = text.slice(i, newline);
      const stop = line.indexOf(delimiter);
      if (stop < 0) {
        cells.push(line);
        return finish(cursor, cells, newline, lineEnd, columns);
      }
      cells.push(line.slice(0, stop));
      i += stop + 1;
      continue;
    }
    const close = closingQuote(text, i);
    if (close < 0 || (close === text.length - 1 && !final)) {
      return final || tooFar(text, cursor.at) ? brokenLine(cursor, lineEnd) : NEED_MORE;
    }
    const after = text[close + 1] ?? '\n';
    if ((after !== delimiter && after !== '\n') || tooManyLines(text, i, close))
      return brokenLine(cursor, lineEnd);
    cells.push(unquoted(text, i, close));
    if (after === '\n') return finish(cursor, cells, close + 1, lineEnd, columns);
    i = close + 2;
    if (newline < close) newline = text.indexOf('\n', close);
    if (newline < 0 && !final) return NEED_MORE;
    if (newline < 0) newline = text.length;
  }
}

function finish(cursor: Cursor, cells: string[], end: number, lineEnd: number, columns: number): CsvRecord {
  const raw = cursor.text.slice(cursor.at, end);
  const record = checked(cells, raw, columns);
  // Over several lines a wrong count means that a stray quote glued lines together: give up one line, not all.
  if (end > lineEnd && record.kind === 'fault') return brokenLine(cursor, lineEnd);
  cursor.at = end + 1;
  return record;
}

function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === 34) close = text.indexOf('"', close + 2);
  return close;
}

function tooManyLines(text: string, open: number, close: number): boolean {
  let end = open;
  for (let lines = 0; lines <= MAX_LINES_A_FIELD; lines++) {
    end = text.indexOf('\n', end + 1);
    if (end < 0 || end > close) return false;
  }
  return true;
}

function tooFar(text: string, at: number): boolean {
  return text.length - at > MAX_RECORD_CHARS || tooManyLines(text, at - 1, text.length);
}

function unquoted(text: string, open: number, close: number): string {
  const inner = text.slice(open + 1, close);
  return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
}

function checked(cells: string[], raw: string, columns: number): CsvRecord {
  if (cells[0]!.length === 0 && cells.every((cell) => cell === '')) return { kind: 'blank', lines: 1 };
  if (columns > 0 && cells.length !== columns) {
    if (cells.length < columns || cells.slice(columns).some((cell) => cell !== '')) {
      const message = `The row has ${cells.length} columns where the header has ${columns}; check for a stray or missing delimiter.`;
      return { kind: 'fault', code: 'wrong_columns', message, raw };
    }
    cells.length = columns;
  }
  if (raw.includes('\0')) {
    const message = 'The row holds NUL bytes: the file is damaged here or is not text.';
    return { kind: 'fault', code: 'nul_bytes', message, raw };
  }
  return { kind: 'cells', cells, raw };
}

function brokenLine(cursor: Cursor, lineEnd: number): CsvRecord {
  const raw = cursor.text.slice(cursor.at, lineEnd);
  cursor.at = lineEnd + 1;
  const message =
    'A quote is opened and not closed as it should be; double quotes inside a field ("") or quote the whole field.';
  return { kind: 'fault', code: 'broken_quote', message, raw };
}

function longLine(cursor: Cursor): CsvRecord {
  const raw = cursor.text.slice(cursor.at, cursor.at + 4_000);
  cursor.skipping = true;
  const message = `The line is longer than ${MAX_RECORD_CHARS.toLocaleString('en')} characters and was skipped to its end.`;
  return { kind: 'fault', code: 'line_too_long', message, raw };
}

/** Moves behind the line being skipped; false while its end has not come yet. */
function skipLine(cursor: Cursor): boolean {
  const newline = cursor.text.indexOf('\n', cursor.at);
  cursor.at = newline < 0 ? cursor.text.length : newline + 1;
  cursor.skipping = newline < 0;
  return newline >= 0;
}
