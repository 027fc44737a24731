import { columnsOf, type Mapping } from './mapping.ts';
import { isIgnored, PRESETS, type PresetName, presetFile } from './presets/index.ts';
import type { Preset } from './presets/preset.ts';

/** What is known of a file that was looked at: its columns, and what they were guessed to mean. */
export interface LookedAt {
  headers: readonly string[];
  mapping: Record<string, unknown> | null;
}

/** So many columns, all there, are no chance: the file is of the export that has them. */
const SIGNATURE = 4;

/**
 * The one preset whose files these are, by their columns: each file is one of it or one it leaves out. Presets that
 * take any of the usual names count where they read orders of that currency better than a guess does. Null when none
 * or several would do.
 */
export function knownPreset(files: readonly LookedAt[], currency: string): PresetName | null {
  const readable = files.filter(({ headers }) => headers.length > 0);
  const names = Object.keys(PRESETS) as PresetName[];
  const [known, ...others] = names.filter((name) => areOf(PRESETS[name], readable, currency));
  return known !== undefined && others.length === 0 ? known : null;
}

function areOf(preset: Preset, files: readonly LookedAt[], currency: string): boolean {
  return (
    files.every(({ headers }) => presetFile(preset, headers) || isIgnored(preset, headers)) &&
    files.some((file) => isTelling(preset, file, currency))
  );
}

function isTelling(preset: Preset, { headers, mapping: guess }: LookedAt, currency: string): boolean {
  const file = presetFile(preset, headers);
  if (!file) return false;
  if (file.headers.length >= SIGNATURE) return true;
  const { mapping } = file;
  if (mapping.kind !== 'orderLines' || (mapping.currency ?? currency) !== currency) return false;
  if (guess?.kind !== 'orderLines') return true;
  const [known, guessed] = [fieldsRead(mapping, headers), fieldsRead(guess as Mapping, headers)];
  // Where both read as much, the usual names beside a status of orders say whose export it is.
  const isUsual = file.headers.length === 0 && columnsOf(mapping, 'status').some((c) => headers.includes(c));
  return known > guessed || (known === guessed && isUsual);
}

function fieldsRead(mapping: Mapping, headers: readonly string[]): number {
  const fields = Object.keys(mapping.fields) as (keyof Mapping['fields'])[];
  return fields.filter((field) => columnsOf(mapping, field).some((column) => headers.includes(column)))
    .length;
}
