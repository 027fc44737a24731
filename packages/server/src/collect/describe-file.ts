import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../platform/errors.ts';
import { clip } from '../platform/text.ts';
import {
  consentSeen,
  guessMapping,
  type Mapping,
  presetFile,
  presetNamed,
  type SniffedFile,
  sniffFile,
  statusesSeen,
} from './files/index.ts';
import { whyUnused } from './files/presets/index.ts';
import type { ImportFile } from './store.pg.ts';

type Table = Pick<SniffedFile, 'headers' | 'sampleRows'>;

/** How much of a file a draft shows: it is kept with the draft and sent with every list of imports. */
const SHOWN_ROWS = 5;
const SHOWN_CELLS = 2_000;
const SHOWN_CHARS = 200;

/** What a file is, and how it would be read under a preset or a guessed mapping. */
export async function describeFile(folder: string, name: string, preset: string | null): Promise<ImportFile> {
  const path = join(folder, name);
  const bytes = (await stat(path)).size;
  const unreadable = (why: string): ImportFile => ({
    name,
    bytes,
    format: '',
    encoding: '',
    headers: [],
    sample: [],
    role: null,
    unusedWhy: why,
    mapping: null,
    rowsRead: 0,
  });
  try {
    const sniffed = await sniffFile(path);
    const base = {
      ...unreadable(''),
      format: sniffed.format,
      encoding: sniffed.encoding,
      headers: sniffed.headers,
      sample: shown(sniffed),
    };
    if (preset) {
      const known = presetFile(presetNamed(preset), sniffed.headers);
      return known
        ? {
            ...base,
            role: known.role,
            unusedWhy: null,
            ...seen(known.mapping, sniffed.sampleRows),
          }
        : { ...base, unusedWhy: whyUnused(presetNamed(preset), sniffed.headers) };
    }
    return { ...base, ...guessed(sniffed) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return unreadable(messageOf(error));
  }
}

/** What rows say under a mapping that is worth a look before they are imported. */
export function seen(mapping: Mapping, rows: Table['sampleRows']): Pick<ImportFile, 'statuses' | 'consents'> {
  const consents = consentSeen(mapping, rows);
  return { statuses: statusesSeen(mapping, rows), ...(consents && { consents }) };
}

/** What columns are guessed to mean. */
function guessed({
  headers,
  sampleRows,
}: Table): Pick<ImportFile, 'mapping' | 'role' | 'unusedWhy' | 'statuses' | 'consents'> {
  const { mapping, confidence } = guessMapping(headers, sampleRows);
  return confidence > 0
    ? { mapping, role: mapping.kind, unusedWhy: null, ...seen(mapping, sampleRows) }
    : {
        mapping,
        role: null,
        unusedWhy: 'What its columns mean could not be guessed; choose what each one is.',
      };
}

/** What rows that come from no file are, in the form of a file. */
export function describeTable(name: string, table: Table): ImportFile {
  return {
    ...{ name, bytes: 0, format: 'table', encoding: '', headers: table.headers, rowsRead: 0 },
    sample: shown(table),
    ...guessed(table),
  };
}

/** Some rows to look at, cut to what a page can show of them. */
function shown({ headers, sampleRows }: Table): ImportFile['sample'] {
  const rows = Math.max(1, Math.min(SHOWN_ROWS, Math.floor(SHOWN_CELLS / headers.length)));
  return sampleRows
    .slice(0, rows)
    .map((values) =>
      Object.fromEntries(
        Object.entries(values).map(([column, cell]) => [
          column,
          typeof cell === 'string' ? clip(cell, SHOWN_CHARS) : cell,
        ]),
      ),
    );
}
