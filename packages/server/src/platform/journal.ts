import { createHmac, randomBytes } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  statfs,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError, TryLater } from './errors.ts';

/**
 * What arrives is on disk before it is acknowledged. Records are appended to segment files named by the position of
 * their first byte; a record is [mark u32][length u32][sum u32][payload]. Many appends share one write and one fsync. A
 * reader goes through the records from its checkpoint; segments wholly behind the checkpoint are deleted. Payloads are
 * what anybody sends: mark and sum follow from a key of the journal, so that nothing inside one can pass for a record.
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
  /** Free on its disk, what is kept free, and whether nothing is taken in for want of it. */
  disk(): Promise<Disk>;
  /** Resolves when there is a record behind `position`, or the journal is closed. */
  waitBeyond(position: number): Promise<void>;
  close(): Promise<void>;
}

/** The disk the journal lies on. */
export interface Disk {
  freeBytes: number;
  reserveBytes: number;
  isRefusing: boolean;
}

export interface JournalRecord {
  payload: Buffer;
  /** Position behind this record. */
  end: number;
}

const HEADER = 12;

/** What makes a record one of ours. */
interface Seal {
  /** What names of its segments end with. */
  suffix: string;
  /** Begins every record, so that the next good one is found behind a damaged one. */
  mark: Buffer;
  /** Begins the record that stands in for a damaged stretch, and says nothing. */
  filler: Buffer;
  /** The checksum of a record that begins at a position. */
  sum(payload: Buffer, position: number): number;
}

/** Of segments that were written before there was a key. They are read and never begun. */
const PLAIN: Seal = {
  suffix: '.journal',
  mark: Buffer.from('QMJ1'),
  filler: Buffer.from('QMJ0'),
  sum: (payload) => crc32(payload),
};
const SUFFIX = '.2.journal';

/** Whoever does not know the key guesses 64 bits, and hears nothing of whether they were right. */
function sealOf(key: Buffer): Seal {
  const bits = createHmac('sha256', key).update('records').digest();
  const seed = bits.readUInt32LE(8);
  const place = Buffer.alloc(8);
  return {
    suffix: SUFFIX,
    mark: bits.subarray(0, 4),
    filler: bits.subarray(4, 8),
    sum(payload, position) {
      place.writeBigUInt64LE(BigInt(position));
      return crc32(payload, crc32(place, seed));
    },
  };
}

/** A file of records, named by the position of its first byte. */
interface Segment {
  base: number;
  seal: Seal;
}

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

const diskLow = () =>
  new TryLater(
    {
      code: 'collect.disk_low',
      status: 503,
      detail: 'The disk of the server is nearly full; nothing was taken in, send it again later.',
    },
    10,
  );

/** How long what was seen of the disk holds, in milliseconds. */
const SEEN_MS = 200;

/** Whether there is room on a disk, asked at most five times a second. */
function openRoom(folder: string, reserveBytes: number) {
  let free = 0;
  let seenAt = Number.NEGATIVE_INFINITY;
  async function look(): Promise<number> {
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
    seenAt = performance.now();
    return free;
  }
  return {
    /** Whether so many bytes can be written and the reserve is still left. */
    async has(bytes: number): Promise<boolean> {
      if (reserveBytes === 0) return true;
      if (performance.now() - seenAt > SEEN_MS || free - bytes < reserveBytes) await look();
      free -= bytes;
      return free >= reserveBytes;
    },
    async state(): Promise<Disk> {
      const freeBytes = await look();
      return { freeBytes, reserveBytes, isRefusing: freeBytes < reserveBytes };
    },
  };
}

/**
 * Opens (or makes) the journal in `folder`. A torn record at the end, left by a crash, is cut off; a damaged stretch with
 * good records behind it (a disk that forgot) is told to `onDamage`, kept aside in a file and passed over.
 */
export async function openJournal(
  folder: string,
  limits: {
    segmentBytes?: number;
    pendingBytes?: number;
    /** How far the reader may be behind before nothing more is taken in. */
    lagBytes?: number;
    /** Nothing more is taken in while less than this is free, so that what is stored by others still finds room. */
    reserveBytes?: number;
    onDamage?: (what: Damage) => void;
  } = {},
): Promise<Journal> {
  const segmentBytes = limits.segmentBytes ?? 64 * 1024 * 1024;
  const pendingBytes = limits.pendingBytes ?? 64 * 1024 * 1024;
  const lagBytes = limits.lagBytes ?? 4 * 1024 ** 3;
  const reserveBytes = limits.reserveBytes ?? 0;
  const room = openRoom(folder, reserveBytes);
  await mkdir(folder, { recursive: true });
  const seal = sealOf(await journalKey(folder));
  const segments = await listSegments(folder, seal);
  const checkpointFile = join(folder, 'checkpoint');
  let checkpointed = Number(await readFile(checkpointFile, 'utf8').catch(() => '0')) || 0;
  const onDamage = limits.onDamage ?? (() => {});
  let end = checkpointed;
  for (const segment of segments)
    end = segment.base + (await mendSegment(segmentFile(folder, segment), segment, onDamage));
  // Where the end of what was dealt with is lost, new records must not lie before the checkpoint.
  const isEndLost = end < checkpointed;
  if (isEndLost) end = checkpointed;
  if (isEndLost || segments.at(-1)?.seal !== seal) segments.push({ base: end, seal });
  let { base } = segments.at(-1)!;
  let file: FileHandle = await open(segmentFile(folder, segments.at(-1)!), 'a');
  await syncFolder(folder);

  let pending: Pending = { buffers: [], bytes: 0, waiters: [] };
  let flushing: Promise<void> | null = null;
  let closed = false;
  /** The segment may hold more than was acknowledged. */
  let broken = false;
  let wakers: (() => void)[] = [];
  /** Position the next append will begin at: behind everything durable, in flight or pending. */
  let tail = end;

  function append(payload: Buffer): Promise<number> {
    if (closed) return Promise.reject(overloaded());
    if (pending.bytes + payload.length > pendingBytes || tail - checkpointed > lagBytes)
      return Promise.reject(overloaded());
    const header = headerOf(seal.mark, payload, seal.sum(payload, tail));
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
        if (!(await room.has(group.bytes))) throw diskLow();
        if (end - base >= segmentBytes || broken) await roll();
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

  /**
   * A write that failed (a full disk) is taken back whole, so that what follows stands right behind the last good one;
   * where even that fails the segment is left, and the next one begins at the same position.
   */
  async function refuse(group: Pending, error: Error): Promise<void> {
    const all = [...group.waiters, ...pending.waiters];
    pending = { buffers: [], bytes: 0, waiters: [] };
    tail = end;
    await file.truncate(end - base).catch(() => {
      broken = true;
    });
    const problem =
      error instanceof AppError
        ? error
        : new AppError({
            code: 'collect.not_durable',
            status: 503,
            detail: `The event could not be written to disk (${error.message}); nothing was accepted, try again later.`,
          });
    for (const w of all) w.reject(problem);
  }

  /** Begins a new segment; when it cannot be opened nothing has changed, and the next append tries again. */
  async function roll(): Promise<void> {
    const segment = { base: end, seal };
    const next = await open(segmentFile(folder, segment), end === base ? 'w' : 'a');
    const full = file;
    file = next;
    if (end !== base) segments.push(segment);
    base = end;
    broken = false;
    await full.close().catch(() => {});
    await syncFolder(folder);
  }

  async function read(from: number, maxBytes: number): Promise<JournalRecord[]> {
    if (from >= end) return [];
    const segment = segments.findLast(({ base: first }) => first <= from);
    if (segment === undefined) throw new Error(`The journal begins at ${segments[0]!.base}, behind ${from}.`);
    const following = segments[segments.indexOf(segment) + 1]?.base;
    const until = Math.min(end, following ?? end);
    let bytes = await readRange(
      segmentFile(folder, segment),
      from - segment.base,
      Math.min(maxBytes, until - from),
    );
    const first = bytes.length >= HEADER ? HEADER + bytes.readUInt32LE(4) : HEADER;
    if (first > bytes.length)
      bytes = await readRange(segmentFile(folder, segment), from - segment.base, first);
    const { records, next } = recordsIn(bytes, from, segment.seal);
    if (records.length > 0) return records;
    // Nothing but a filler, or a segment whose end was lost: what follows begins behind it.
    const onward = next > from ? next : (following ?? from);
    return onward > from ? read(onward, maxBytes) : records;
  }

  async function checkpoint(position: number): Promise<void> {
    // First, so that a full disk has room for the few bytes below: reading never begins before the first segment.
    while (segments.length > 1 && segments[1]!.base <= position)
      await unlink(segmentFile(folder, segments.shift()!));
    await writeDurably(checkpointFile, String(position));
    checkpointed = position;
  }

  return {
    disk: room.state,
    append,
    read,
    checkpoint,
    get checkpointed() {
      return Math.max(checkpointed, segments[0]!.base);
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

function segmentFile(folder: string, { base, seal }: Segment): string {
  return join(folder, `${String(base).padStart(16, '0')}${seal.suffix}`);
}

async function listSegments(folder: string, seal: Seal): Promise<Segment[]> {
  return (await readdir(folder))
    .flatMap((name) => {
      const suffix = /^\d{16}((\.2)?\.journal)$/.exec(name)?.[1];
      if (!suffix) return [];
      return [{ base: Number(name.slice(0, 16)), seal: suffix === SUFFIX ? seal : PLAIN }];
    })
    .sort((a, b) => a.base - b.base || (a.seal === PLAIN ? -1 : 1));
}

/** The key of the journal, as it lies beside the records; made where there is none. */
async function journalKey(folder: string): Promise<Buffer> {
  const path = join(folder, 'key');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) {
    const key = Buffer.from(text.slice(0, 64), 'hex');
    if (text === keyText(key)) return key;
    throw new Error(`The key of the journal is damaged: put ${path} back from a backup.`);
  }
  // Without it no record can be told from what is inside one: none is given up for a new key.
  if ((await readdir(folder)).some((name) => name.endsWith(SUFFIX)))
    throw new Error(`The key of the journal is missing: put ${path} back from a backup.`);
  const key = randomBytes(32);
  await writeDurably(path, keyText(key));
  await syncFolder(folder);
  return key;
}

/** The key and a checksum of it, in hexadecimal digits. */
const keyText = (key: Buffer) => `${key.toString('hex')}${crc32(key).toString(16).padStart(8, '0')}\n`;

/** Writes a file so that there is the old one or the new one, and never half of one. */
async function writeDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const handle = await open(draft, 'w', 0o600);
  await handle.writeFile(text);
  await handle.datasync();
  await handle.close();
  await rename(draft, path);
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

function headerOf(mark: Buffer, payload: Buffer, sum: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER);
  mark.copy(header);
  header.writeUInt32LE(payload.length, 4);
  header.writeUInt32LE(sum, 8);
  return header;
}

/** The place behind the whole record that begins at `at`; null when there is none. `base` is the position of the bytes. */
function behindRecord(bytes: Buffer, at: number, { base, seal }: Segment): number | null {
  if (at + HEADER > bytes.length) return null;
  const mark = bytes.subarray(at, at + 4);
  if (!mark.equals(seal.mark) && !mark.equals(seal.filler)) return null;
  const next = at + HEADER + bytes.readUInt32LE(at + 4);
  if (next > bytes.length) return null;
  const sum = seal.sum(bytes.subarray(at + HEADER, next), base + at);
  return sum === bytes.readUInt32LE(at + 8) ? next : null;
}

/** Records that lie whole in `bytes`, and the position behind them. */
function recordsIn(bytes: Buffer, from: number, seal: Seal): { records: JournalRecord[]; next: number } {
  const records: JournalRecord[] = [];
  let at = 0;
  while (at + HEADER <= bytes.length && at + HEADER + bytes.readUInt32LE(at + 4) <= bytes.length) {
    const next = behindRecord(bytes, at, { base: from, seal });
    if (next === null) throw new Error(`The journal is damaged at position ${from + at}.`);
    if (bytes.subarray(at, at + 4).equals(seal.mark))
      records.push({ payload: bytes.subarray(at + HEADER, next), end: from + next });
    else if (records.length > 0) records.at(-1)!.end = from + next;
    at = next;
  }
  return { records, next: from + at };
}

/** A stretch of a segment that cannot be read any more, and the file it was kept in. */
export interface Damage {
  segment: string;
  bytes: number;
  keptIn: string;
}

/**
 * Length of the readable part of a segment. What stands half written at its end was never acknowledged and is cut off;
 * a stretch that is followed by good records is kept aside and overwritten by a filler of the same length.
 */
async function mendSegment(
  path: string,
  segment: Segment,
  onDamage: (what: Damage) => void,
): Promise<number> {
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
  while (at < size) {
    const next = behindRecord(bytes, at, segment);
    const good = next ?? nextRecord(bytes, at + 1, segment);
    if (good === null) break;
    if (next === null) await fill(path, bytes.subarray(at, good), at, segment, onDamage);
    at = good;
  }
  if (at < size) await truncate(path, at);
  return at;
}

/** Where the first whole record at or behind `from` begins that leaves room for a filler before it. */
function nextRecord(bytes: Buffer, from: number, segment: Segment): number | null {
  const { mark } = segment.seal;
  for (let at = bytes.indexOf(mark, from); at >= 0; at = bytes.indexOf(mark, at + 1))
    if (at - (from - 1) >= HEADER && behindRecord(bytes, at, segment) !== null) return at;
  return null;
}

async function fill(
  path: string,
  damaged: Buffer,
  at: number,
  { base, seal }: Segment,
  onDamage: (what: Damage) => void,
): Promise<void> {
  const keptIn = `${path}.damaged-${at}`;
  await writeFile(keptIn, damaged);
  const nothing = Buffer.alloc(damaged.length - HEADER);
  const handle = await open(path, 'r+');
  try {
    const header = headerOf(seal.filler, nothing, seal.sum(nothing, base + at));
    await handle.write(Buffer.concat([header, nothing]), 0, damaged.length, at);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  onDamage({ segment: path, bytes: damaged.length, keptIn });
}

/** Makes a new file's name durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => {});
  await handle.close();
}
