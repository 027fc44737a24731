import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, Failure } from './failure.ts';

/** The files that paths stand for: a directory stands for the files right in it, hidden ones left out. */
export async function filesUnder(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => null);
    if (!info) throw new Failure(`There is no file or folder "${path}".`, EXIT.usage);
    if (!info.isDirectory()) found.push(path);
    else
      found.push(
        ...(await readdir(path, { withFileTypes: true }))
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
          .map((entry) => join(path, entry.name))
          .sort(),
      );
  }
  if (found.length === 0) throw new Failure(`There is no file in ${paths.join(', ')}.`, EXIT.usage);
  return found;
}

/** Column mappings as the API takes them: plain JSON, checked by the server. */
export type Mappings = Record<string, Record<string, unknown>>;

/** Reads a mapping file: one mapping, which then counts for every file, or an object of mappings by file name. */
export async function readMappings(path: string, fileNames: readonly string[]): Promise<Mappings> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure(`There is no mapping file "${path}".`, EXIT.usage);
  });
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Failure(`${path} is not JSON: ${(error as Error).message}.`, EXIT.usage);
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Failure(`${path} must hold a JSON object: one mapping, or mappings by file name.`, EXIT.usage);
  return 'kind' in given
    ? Object.fromEntries(fileNames.map((name) => [name, given as Record<string, unknown>]))
    : (given as Mappings);
}
