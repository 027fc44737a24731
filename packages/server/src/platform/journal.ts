import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from './errors.ts';

/**
 * What arrives is on disk before it is acknowledged. Records are appended to segment files named by the position of
 * their first byte; a record is [length u32][crc32 u32][payload]. Many appends share one write and one fsync. A reader
 * goes through the records from its checkpoint; segments wholly behind the checkpoint are deleted.
 */
export interface Journal {
  /** Resolves with the record's end position when the record is on disk. Rejects when it is not (full disk, overload). */
  append(payload: Buffer): Promise<number>;
  /** Records from a position on, up to about `maxBytes`; empty when there are no more. */
  read(from: number, maxBytes: number): Promise<JournalRecord[]>;
  /** Remembers durably that everything before `position` is dealt with. */
  checkpoint(position: number): Promise<void>;
  /** Where reading goes on after a restart. */
  readonly checkpointed: number;
  /** Position behind the last durable record. */
  readonly end: number;
  /** Resolves when there is a record behind `position`, or the journal is closed. */
  waitBeyond(position: number): Promise<void>;
  close(): Promise<void>;
}

export interface JournalRecord {
  payload: Buffer;
  /** Position behind this record. */
  end: number;
}

const HEADER = 8;

interface Pending {
  buffers: Buffer[];
  bytes: number;
  waiters: { end: number; resolve: (end: number) => void; reject: (error: Error) => void }[];
}

const overloaded = () =>
  new AppError({
    code: 'collect.overloaded',
    status: 503,
    detail: 'More arrives than the disk takes; try again in a second.',
  });

/** Opens (or makes) the journal in `folder`; a torn record at the end, left by a crash, is cut off. */
export async function openJournal(
  folder: string,
  limits: { segmentBytes?: number; pendingBytes?: number } = {},
): Promise<Journal> {
  const segmentBytes = limits.segmentBytes ?? 64 * 1024 * 1024;
  const pendingBytes = limits.pendingBytes ?? 64 * 1024 * 1024;
  await mkdir(folder, { recursive: true });
  const segments = await listSegments(folder);
  const checkpointFile = join(folder, 'checkpoint');
  let checkpointed = Number(await readFile(checkpointFile, 'utf8').catch(() => '0')) || 0;
  if (segments.length === 0) segments.push(checkpointed);
  let base = segments.at(-1)!;
  let end = base + (await cutTornEnd(segmentFile(folder, base)));
  let file: FileHandle = await open(segmentFile(folder, base), 'a');
  await syncFolder(folder);

  let pending: Pending = { buffers: [], bytes: 0, waiters: [] };
  let flushing: Promise<void> | null = null;
  let closed = false;
  let wakers: (() => void)[] = [];
  /** Position the next append will begin at: behind everything durable, in flight or pending. */
  let tail = end;

  function append(payload: Buffer): Promise<number> {
    if (closed) return Promise.reject(overloaded());
    if (pending.bytes + payload.length > pendingBytes) return Promise.reject(overloaded());
    const header = Buffer.allocUnsafe(HEADER);
    header.writeUInt32LE(payload.length, 0);
    header.writeUInt32LE(crc32(payload), 4);
    tail += HEADER + payload.length;
    const at = tail;
    return new Promise((resolve, reject) => {
      pending.buffers.push(header, payload);
      pending.bytes += HEADER + payload.length;
      pending.waiters.push({ end: at, resolve, reject });
      flushing ??= flush();
    });
  }

  async function flush(): Promise<void> {
    // Let everything that arrives in this turn of the loop share the fsync.
    await new Promise((resolve) => setImmediate(resolve));
    while (pending.waiters.length > 0) {
      const group = pending;
      pending = { buffers: [], bytes: 0, waiters: [] };
      try {
        if (end - base >= segmentBytes) await roll();
        await writeAll(file, group.buffers);
        await file.datasync();
        end += group.bytes;
        for (const w of group.waiters) w.resolve(w.end);
        for (const wake of wakers.splice(0)) wake();
      } catch (error) {
        await refuse(group, error as Error);
      }
    }
    flushing = null;
  }

  /** A write that failed (a full disk) is taken back whole, so that what follows stands right behind the last good one. */
  async function refuse(group: Pending, error: Error): Promise<void> {
    const all = [...group.waiters, ...pending.waiters];
    pending = { buffers: [], bytes: 0, waiters: [] };
    tail = end;
    await file.truncate(end - base).catch(() => {});
    const problem = new AppError({
      code: 'collect.not_durable',
      status: 503,
      detail: `The event could not be written to disk (${error.message}); nothing was accepted, try again later.`,
    });
    for (const w of all) w.reject(problem);
  }

  async function roll(): Promise<void> {
    await file.close();
    base = end;
    segments.push(base);
    file = await open(segmentFile(folder, base), 'a');
    await syncFolder(folder);
  }

  async function read(from: number, maxBytes: number): Promise<JournalRecord[]> {
    if (from >= end) return [];
    const segment = [...segments].reverse().find((s) => s <= from);
    if (segment === undefined) throw new Error(`The journal begins at ${segments[0]}, behind ${from}.`);
    const until = Math.min(end, segments[segments.indexOf(segment) + 1] ?? end);
    let bytes = await readRange(
      segmentFile(folder, segment),
      from - segment,
      Math.min(maxBytes, until - from),
    );
    const first = bytes.length >= HEADER ? HEADER + bytes.readUInt32LE(0) : HEADER;
    if (first > bytes.length) bytes = await readRange(segmentFile(folder, segment), from - segment, first);
    return recordsIn(bytes, from);
  }

  async function checkpoint(position: number): Promise<void> {
    const draft = `${checkpointFile}.new`;
    const handle = await open(draft, 'w');
    await handle.writeFile(String(position));
    await handle.datasync();
    await handle.close();
    await rename(draft, checkpointFile);
    checkpointed = position;
    while (segments.length > 1 && segments[1]! <= position)
      await unlink(segmentFile(folder, segments.shift()!));
  }

  return {
    append,
    read,
    checkpoint,
    get checkpointed() {
      return Math.max(checkpointed, segments[0]!);
    },
    get end() {
      return end;
    },
    waitBeyond(position) {
      if (end > position || closed) return Promise.resolve();
      return new Promise((resolve) => wakers.push(resolve));
    },
    async close() {
      closed = true;
      await flushing;
      for (const wake of wakers.splice(0)) wake();
      wakers = [];
      await file.close();
    },
  };
}

function segmentFile(folder: string, base: number): string {
  return join(folder, `${String(base).padStart(16, '0')}.journal`);
}

async function listSegments(folder: string): Promise<number[]> {
  const names = (await readdir(folder)).filter((n) => /^\d{16}\.journal$/.test(n)).sort();
  return names.map((n) => Number(n.slice(0, 16)));
}

async function writeAll(file: FileHandle, buffers: Buffer[]): Promise<void> {
  // writev takes at most IOV_MAX (1,024) pieces; one copy is cheaper than many calls.
  const bytes = Buffer.concat(buffers);
  let done = 0;
  while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

async function readRange(path: string, from: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(bytes, 0, length, from);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function recordsIn(bytes: Buffer, from: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const next = at + HEADER + length;
    if (next > bytes.length) break;
    const payload = bytes.subarray(at + HEADER, next);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4))
      throw new Error(`The journal is damaged at position ${from + at}.`);
    records.push({ payload, end: from + next });
    at = next;
  }
  return records;
}

/** Length of the whole records of a segment; what follows them was never acknowledged and is cut off. */
async function cutTornEnd(path: string): Promise<number> {
  const size = await stat(path).then(
    (s) => s.size,
    () => -1,
  );
  if (size < 0) {
    await writeFile(path, '');
    return 0;
  }
  const bytes = await readFile(path);
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const next = at + HEADER + bytes.readUInt32LE(at);
    if (next > bytes.length || crc32(bytes.subarray(at + HEADER, next)) !== bytes.readUInt32LE(at + 4)) break;
    at = next;
  }
  if (at < size) await truncate(path, at);
  return at;
}

/** Makes a new file's name durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => {});
  await handle.close();
}
