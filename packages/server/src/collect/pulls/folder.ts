import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileChanging, fileTooBig, noFiles, noFolderHere, noFolders, tooManyFiles } from './errors.ts';
import { globOf } from './glob.ts';
import { MOST_BYTES, MOST_FILES, type RemoteFile, type Storage } from './storage.ts';

const DEEPEST = 20;
/** A file that was changed since is perhaps not written to its end. */
const SETTLED_MS = 10_000;

/**
 * Files of a workspace: below the folder of its id in the one that the configuration names. Links are not followed: they
 * might lead out of it, also to what is another workspace's.
 */
export async function openFolder(
  configured: string | null,
  workspace: string,
  signal?: AbortSignal,
): Promise<Storage> {
  if (configured === null) throw noFolders();
  const shared = await realpath(configured).catch(() => {
    throw noFolders();
  });
  const root = join(shared, workspace);
  if (!(await lstat(root).catch(() => null))?.isDirectory()) throw noFolderHere(workspace);

  async function* filesBelow(folder: string, prefix: string, depth: number): AsyncGenerator<RemoteFile> {
    if (depth > DEEPEST) return;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      signal?.throwIfAborted();
      const path = join(folder, entry.name);
      const name = relative(root, path).split(sep).join('/');
      // What cannot begin as the pattern does is not walked through.
      if (!name.startsWith(prefix) && !prefix.startsWith(`${name}/`)) continue;
      if (entry.isDirectory()) yield* filesBelow(path, prefix, depth + 1);
      else if (entry.isFile()) {
        const { size, mtimeMs } = await lstat(path);
        yield {
          ...{ path: name, bytes: size, changedAt: Math.round(mtimeMs), version: `${mtimeMs}/${size}` },
          // By a clock that stands elsewhere a file may also seem to be of a little later.
          mayGrow: Math.abs(Date.now() - mtimeMs) < SETTLED_MS,
        };
      }
    }
  }

  return {
    async list(pattern) {
      const { prefix, matches } = globOf(pattern);
      const found: RemoteFile[] = [];
      for await (const file of filesBelow(root, prefix, 0)) {
        if (matches(file.path)) found.push(file);
        if (found.length > MOST_FILES) throw tooManyFiles(pattern);
      }
      return found;
    },

    async withFile(file, work) {
      if (file.bytes > MOST_BYTES) throw fileTooBig(file.path, MOST_BYTES / 1024 ** 2);
      const path = join(root, ...file.path.split('/'));
      const real = await realpath(path).catch(() => '');
      // A link on the way would have another real path.
      if (real !== path || !real.startsWith(root + sep)) throw noFiles(file.path);
      const asListed = async () => {
        const { size, mtimeMs } = await lstat(path);
        if (`${mtimeMs}/${size}` !== file.version) throw fileChanging(file.path);
      };
      await asListed();
      const done = await work(path);
      // What was read of it is kept under its old version: it is read again as it is then.
      await asListed();
      return done;
    },
  };
}
