import type { Mapping } from '../mapping.ts';

/** One kind of file of an export: how its columns tell it, and what they mean. */
export interface PresetFile {
  role: string;
  /** All of these columns must be there; the mapping's required fields must have theirs as well. */
  headers: string[];
  mapping: Mapping;
}

/** A known export: its files in the order they are to be imported, and those that are of no use here. */
export interface Preset {
  title: string;
  titleZh: string;
  files: PresetFile[];
  ignored: { headers: string[]; why: string }[];
}

/** Shorthand for mappings written by hand: one column, or several, for each field. */
export function columns(
  fields: Partial<Record<keyof Mapping['fields'], string | readonly string[]>>,
): Mapping['fields'] {
  return Object.fromEntries(
    Object.entries(fields).map(([field, names]) => [
      field,
      { columns: typeof names === 'string' ? [names] : [...names!] },
    ]),
  );
}

/** Shorthand for text columns kept under another name: `{ age: 'Age group' }`. */
export function texts(extras: Record<string, string>): NonNullable<Mapping['traits']> {
  return Object.fromEntries(
    Object.entries(extras).map(([name, column]) => [name, { column, type: 'text' as const }]),
  );
}
