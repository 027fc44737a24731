import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../platform/errors.ts';
import { lines } from './json-pieces.ts';
import type { CellValue, ReadRow, RowFault, RowValues } from './source-row.ts';

const DECODER = fileURLToPath(new URL('./parquet-lines.ts', import.meta.url));
const HEAP_MEGABYTES = 1024;
/** Decoding a batch of rows takes a second or two; what takes this long does not end. */
const SILENCE_MS = 60_000;
/** More than a row with its names can have; the decoder keeps rows to a megabyte. */
const MAX_LINE_CHARS = 64 * 1024 * 1024;

type Decoder = ChildProcessByStdio<null, Readable, null>;
type Line =
  | CellValue[]
  | { columns: string[] }
  | { fault: Pick<RowFault, 'code' | 'message'> }
  | { error: { code: string; status: number; detail: string } };

/**
 * Rows of a Parquet file, decoded in a process of its own: a page that claims a billion values ends whoever decodes
 * it, worker threads included, and pages cannot be cut into turns.
 */
export async function* readParquet(
  path: string,
  { fromRow = 1, named }: { fromRow?: number; named?: (columns: string[]) => void },
): AsyncGenerator<ReadRow> {
  const decoder = startDecoder(path, fromRow);
  let columns: string[] = [];
  let row = fromRow - 1;
  try {
    for await (const text of lines(outputOf(decoder), MAX_LINE_CHARS)) {
      const line = lineOf(text);
      if ('error' in line) throw new AppError(line.error);
      if ('columns' in line) {
        columns = line.columns;
        named?.(columns);
      } else yield rowOf(line, ++row, columns);
    }
    await requireEnd(decoder);
  } finally {
    decoder.kill('SIGKILL');
  }
}

/** With the loader this process has itself, so that it runs the same source. */
function startDecoder(path: string, fromRow: number): Decoder {
  const options = [...process.execArgv, `--max-old-space-size=${HEAP_MEGABYTES}`];
  return spawn(process.execPath, [...options, DECODER, path, String(fromRow)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** What the decoder says; when it is silent for long it is ended. Time in which nobody asks does not count. */
async function* outputOf(decoder: Decoder): AsyncGenerator<string> {
  decoder.stdout.setEncoding('utf8');
  const chunks = decoder.stdout[Symbol.asyncIterator]();
  for (;;) {
    const patience = setTimeout(() => decoder.kill('SIGKILL'), SILENCE_MS);
    const { done, value } = await chunks.next().finally(() => clearTimeout(patience));
    if (done) return;
    yield value as string;
    // Others get their turn even when the next chunk lies ready.
    await setImmediate();
  }
}

/** The decoder writes whole lines unless it is ended: by us, or by the memory it is given. */
function lineOf(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw undecodable();
  }
}

function rowOf(
  line: CellValue[] | { fault: Pick<RowFault, 'code' | 'message'> },
  row: number,
  columns: string[],
): ReadRow {
  if ('fault' in line) return { row, raw: '', ...line.fault };
  const values: RowValues = {};
  for (let i = 0; i < columns.length; i++) values[columns[i]!] = line[i]!;
  return { row, values, raw: JSON.stringify(values) };
}

async function requireEnd(decoder: Decoder): Promise<void> {
  if (decoder.exitCode === null && decoder.signalCode === null) await once(decoder, 'exit');
  if (decoder.exitCode !== 0) throw undecodable();
}

function undecodable(): AppError {
  const detail =
    'The Parquet file cannot be decoded in the memory and time there is for it: it is damaged, or has pages of an extreme size. Write it anew with smaller pages, or as CSV.';
  return new AppError({ code: 'collect.file_damaged', status: 422, detail });
}
