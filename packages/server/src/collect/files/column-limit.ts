import { AppError } from '../../platform/errors.ts';
import { clip } from '../../platform/text.ts';

/** Columns a file may have: real exports have some dozens, and each costs work in every row. */
const MAX_COLUMNS = 2_000;

/** A mapping names a column with 200 characters at most; the rest is room for a number that tells twins apart. */
const MAX_NAME = 190;

/** Throws when a file has more columns than are read. */
export function requireFewColumns(count: number): void {
  if (count > MAX_COLUMNS) throw tooManyColumns();
}

export function tooManyColumns(): AppError {
  const detail = `The file has more than ${MAX_COLUMNS.toLocaleString('en')} columns; leave out those that are not needed, or check what its columns are parted by.`;
  return new AppError({ code: 'collect.too_many_columns', status: 422, detail });
}

/** A column's name at a length that mappings can use. */
export function columnName(text: string): string {
  return clip(text, MAX_NAME);
}
