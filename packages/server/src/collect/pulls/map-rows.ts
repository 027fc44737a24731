import { createHash } from 'node:crypto';
import { clip } from '../../platform/text.ts';
import type { Fact } from '../facts.ts';
import { noteText, type ReadRow, type RowMapper, type RowOutcome } from '../files/index.ts';
import type { NoteRow } from '../store.ch.ts';

/** What rows became: facts, and for each row that was turned away or corrected why. */
export interface MappedRows {
  facts: Fact[];
  notes: Pick<NoteRow, 'kind' | 'file' | 'row' | 'code' | 'field' | 'message' | 'raw'>[];
  /** The reason of each row that was turned away. */
  rejected: string[];
  corrected: number;
  rows: number;
}

export const noRows = (): MappedRows => ({ facts: [], notes: [], rejected: [], corrected: 0, rows: 0 });

/** Reasons that are told one by one to who counts them. */
const MOST_REASONS = 100_000;

/** Adds rows that have no key: they cannot be told apart, so they are turned away without being read. */
export function addKeyless(into: MappedRows, rows: number, key: readonly string[], file: string): void {
  const told = Math.min(rows, MOST_REASONS);
  into.rows += told;
  for (let i = 0; i < told; i++) into.rejected.push('no_key');
  const message = `${rows} rows have no value in the key (${key.join(', ')}); choose a key that every row has.`;
  into.notes.push({ kind: 'rejected', file, row: 0, code: 'no_key', field: key[0] ?? '', message, raw: '' });
}

/** Maps one row and adds what it became. */
export function mapRow(into: MappedRows, mapper: RowMapper, row: ReadRow, file: string): void {
  into.rows += 1;
  addOutcome(into, mapper.map(row), { file, row: row.row, raw: row.raw });
}

/** Adds what only the end of the rows settles. */
export function endRows(into: MappedRows, mapper: RowMapper, file: string, row: number): void {
  addOutcome(into, mapper.finish(), { file, row, raw: '' });
}

function addOutcome(
  into: MappedRows,
  { facts, corrections, rejection }: RowOutcome,
  at: { file: string; row: number; raw: string },
): void {
  for (const fact of facts) into.facts.push(fact);
  const add = (kind: NoteRow['kind'], note: RowOutcome['corrections'][number]) =>
    into.notes.push({
      kind,
      file: at.file,
      row: note.row ?? at.row,
      code: note.code,
      field: note.field ?? '',
      message: noteText(note),
      raw: clip(at.raw, 2000),
    });
  for (const note of corrections) add('corrected', note);
  if (corrections.length > 0) into.corrected += 1;
  if (!rejection) return;
  add('rejected', rejection);
  into.rejected.push(rejection.code);
}

/** A short digest by which a row is known again. */
export const digestOf = (raw: string) => createHash('sha1').update(raw).digest('base64url').slice(0, 12);
