import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { createRowMapper, type MapperOptions } from './create-row-mapper.ts';
import { type Mapping, mappingGaps, parseMapping } from './mapping.ts';
import { presetFile, presetNamed, whyUnused } from './presets/index.ts';
import type { RowMapper } from './row-mapper.ts';
import { sniffFile } from './sniff.ts';
import type { SniffedFile } from './sniffed-file.ts';

export interface PlannedFile {
  path: string;
  role: string;
  sniffed: SniffedFile;
  mapping: Mapping;
  mapper: RowMapper;
}

export interface ImportPlan {
  /** In the order to be read: what things are before what happened to them. */
  files: PlannedFile[];
  unused: { path: string; why: string }[];
}

type Choice = { order: number; role: string; mapping: Mapping } | { why: string };

const MAX_FILES = 1_000;

/** Decides what becomes of each file under a preset or a mapping; directories stand for the files in them. */
export async function planImport(
  paths: readonly string[],
  how: string | Mapping,
  options: MapperOptions,
): Promise<ImportPlan> {
  const choose = typeof how === 'string' ? byPreset(how) : byMapping(parseMapping(how));
  const chosen: (PlannedFile & { order: number })[] = [];
  const unused: ImportPlan['unused'] = [];
  for (const path of await filesUnder(paths)) {
    const sniffed = await sniffFile(path).catch(whyUnreadable);
    const choice = 'why' in sniffed ? sniffed : choose(sniffed.headers);
    if ('why' in choice) unused.push({ path, why: choice.why });
    else if (!('why' in sniffed)) {
      chosen.push({ path, sniffed, ...choice, mapper: createRowMapper(choice.mapping, options) });
    }
  }
  if (chosen.length === 0) throw noKnownFile(unused);
  chosen.sort((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1));
  return { files: chosen.map(({ order: _, ...file }) => file), unused };
}

function byPreset(name: string): (headers: string[]) => Choice {
  const preset = presetNamed(name);
  return (headers) => {
    const file = presetFile(preset, headers);
    return file
      ? {
          order: preset.files.findIndex(({ role }) => role === file.role),
          role: file.role,
          mapping: file.mapping,
        }
      : { why: whyUnused(preset, headers) };
  };
}

function byMapping(mapping: Mapping): (headers: string[]) => Choice {
  return (headers) => {
    const gaps = Object.values(mappingGaps(mapping, headers));
    return gaps.length > 0
      ? { why: `The mapping does not fit: ${gaps.join('; ')}.` }
      : { order: 0, role: mapping.kind, mapping };
  };
}

function whyUnreadable(error: unknown): { why: string } {
  if (error instanceof AppError) return { why: error.detail };
  throw error;
}

async function filesUnder(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info)
      throw new AppError({
        code: 'collect.no_such_file',
        status: 404,
        detail: `There is no file "${path}".`,
      });
    if (!info.isDirectory()) found.push(path);
    else {
      const entries = await readdir(path, { withFileTypes: true });
      const names = entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => entry.name);
      found.push(...names.sort().map((name) => join(path, name)));
    }
  }
  if (found.length <= MAX_FILES) return found;
  const detail = `There are ${found.length} files; import at most ${MAX_FILES} at a time.`;
  throw new AppError({ code: 'collect.too_many_files', status: 400, detail });
}

function noKnownFile(unused: ImportPlan['unused']): AppError {
  const reasons = unused.slice(0, 5).map(({ path, why }) => `${path}: ${why}`);
  const detail = `None of the files can be imported. ${reasons.join(' ') || 'The directory holds no files.'}`;
  return new AppError({ code: 'collect.no_known_file', status: 422, detail });
}
