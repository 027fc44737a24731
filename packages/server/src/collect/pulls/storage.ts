/** A file elsewhere; another version is another content. */
export interface RemoteFile {
  path: string;
  bytes: number;
  /** Milliseconds since the epoch. */
  changedAt: number;
  version: string;
  /** Whether somebody may still be writing it. */
  mayGrow?: boolean;
}

/** A place with files. */
export interface Storage {
  /** Files whose path has a form. */
  list(pattern: string): Promise<RemoteFile[]>;
  /** The file's content as a file of this machine, for as long as the work takes. */
  withFile<T>(file: RemoteFile, work: (path: string) => Promise<T>): Promise<T>;
}

/** Files that a pattern may name: more are asked to be named more narrowly. */
export const MOST_FILES = 100_000;
/** Bytes of one file. */
export const MOST_BYTES = 4 * 1024 ** 3;
