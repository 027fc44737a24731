import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  rmdir,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Damage, type Journal, openJournal } from './journal.ts';
import { smallDisk } from './test-disk.ts';

const folders: string[] = [];
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'qianmian-journal-'));
  folders.push(made);
  return made;
}
afterAll(async () => {
  for (const f of folders) await rm(f, { recursive: true, force: true });
});

/** A record as it was before there was a key: anybody can make one. */
function plainRecord(text: string): Buffer {
  const header = Buffer.from('QMJ1____....');
  header.writeUInt32LE(text.length, 4);
  header.writeUInt32LE(crc32(text), 8);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function readAll(journal: Journal, from: number, maxBytes = 64): Promise<string[]> {
  const texts: string[] = [];
  for (let at = from; ; ) {
    const records = await journal.read(at, maxBytes);
    if (records.length === 0) return texts;
    texts.push(...records.map((r) => r.payload.toString()));
    at = records.at(-1)!.end;
  }
}

describe('the journal', () => {
  it('gives back what was appended, in order, over segments and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ maxLength: 90 }), { maxLength: 12 }), { maxLength: 5 }),
        async (sessions) => {
          const dir = await folder();
          for (const texts of sessions) {
            const journal = await openJournal(dir, { segmentBytes: 200 });
            await Promise.all(texts.map((t) => journal.append(Buffer.from(t))));
            await journal.close();
          }
          const journal = await openJournal(dir, { segmentBytes: 200 });
          expect(await readAll(journal, 0)).toEqual(sessions.flat());
          await journal.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('cuts off what a crash left half written, and goes on behind it', async () => {
    const dir = await folder();
    const first = await openJournal(dir);
    await first.append(Buffer.from('whole'));
    await first.close();
    const [segment] = (await readdir(dir)).filter((n) => n.endsWith('.journal'));
    await appendFile(join(dir, segment!), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]));
    const second = await openJournal(dir);
    await second.append(Buffer.from('after'));
    expect(await readAll(second, 0)).toEqual(['whole', 'after']);
    await second.close();
  });

  it('loses only the record that a flipped bit hit, keeps it aside and says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(60, 100_000), async (place, segmentBytes) => {
        const dir = await folder();
        const texts = ['one', 'two', 'three', 'four', 'five'];
        const first = await openJournal(dir, { segmentBytes });
        for (const text of texts) await first.append(Buffer.from(text));
        const size = first.end;
        await first.close();
        const at = place % size;
        const segments = (await readdir(dir)).filter((n) => n.endsWith('.journal')).sort();
        const hit = segments.findLast((name) => Number(name.slice(0, 16)) <= at)!;
        const handle = await open(join(dir, hit), 'r+');
        const inside = at - Number(hit.slice(0, 16));
        const byte = Buffer.alloc(1);
        await handle.read(byte, 0, 1, inside);
        await handle.write(Buffer.from([byte[0]! ^ 0x10]), 0, 1, inside);
        await handle.close();

        const damage: Damage[] = [];
        const second = await openJournal(dir, { segmentBytes, onDamage: (what) => damage.push(what) });
        await second.append(Buffer.from('after'));
        const left = await readAll(second, 0);
        await second.close();
        expect([...texts, 'after'].filter((text) => !left.includes(text)).length).toBe(1);
        expect(left.at(-1)).toBe('after');
        const third = await openJournal(dir, { segmentBytes });
        expect(await readAll(third, 0)).toEqual(left);
        await third.close();
      }),
      { numRuns: 60 },
    );
  });

  it('takes no bytes of a sender for a record, whatever a crash leaves of the one they stand in', async () => {
    const dir = await folder();
    const first = await openJournal(dir);
    await first.append(Buffer.from('whole'));
    const forged = plainRecord('forged');
    const body = Buffer.concat([Buffer.alloc(50, 'x'), forged, Buffer.alloc(500, 'y'), forged]);
    await first.append(body);
    // What stands in the file itself, under its own mark and sum, is no record elsewhere either.
    const [segment] = (await readdir(dir)).filter((n) => n.endsWith('.journal'));
    const record = (await readFile(join(dir, segment!))).subarray(0, 17);
    await first.append(Buffer.concat([Buffer.alloc(60, 'z'), record, Buffer.alloc(300, 'z')]));
    await first.close();
    for (const lost of [100, 400, 600]) {
      const copy = await folder();
      await cp(dir, copy, { recursive: true });
      await truncate(join(copy, segment!), first.end - lost);
      const damage: Damage[] = [];
      const second = await openJournal(copy, { onDamage: (what) => damage.push(what) });
      expect((await readAll(second, 0)).filter((text) => text !== body.toString())).toEqual(['whole']);
      expect(damage).toEqual([]);
      await second.close();
    }
  });

  it('reads what was written before records were keyed, and writes no more of it', async () => {
    const dir = await folder();
    const old = Buffer.concat(['one', 'two'].map(plainRecord));
    await writeFile(join(dir, `${'0'.repeat(16)}.journal`), Buffer.concat([old, Buffer.from('QMJ1torn')]));
    const first = await openJournal(dir);
    await first.append(Buffer.from('three'));
    expect(await readAll(first, 0)).toEqual(['one', 'two', 'three']);
    await first.close();
    const second = await openJournal(dir);
    expect(await readAll(second, 0)).toEqual(['one', 'two', 'three']);
    await second.checkpoint(old.length);
    expect((await readdir(dir)).filter((n) => n.endsWith('.journal'))).toEqual([
      `${String(old.length).padStart(16, '0')}.2.journal`,
    ]);
    await second.close();
  });

  it('gives nothing up for want of its key', async () => {
    const dir = await folder();
    const first = await openJournal(dir);
    await first.append(Buffer.from('kept'));
    await first.close();
    const key = join(dir, 'key');
    const text = await readFile(key, 'utf8');
    await writeFile(
      key,
      text.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    await expect(openJournal(dir)).rejects.toThrow('damaged');
    await rm(key);
    await expect(openJournal(dir)).rejects.toThrow('missing');
    await writeFile(key, text);
    const second = await openJournal(dir);
    expect(await readAll(second, 0)).toEqual(['kept']);
    await second.close();
  });

  it('puts nothing before its checkpoint when the end of the last segment is lost', async () => {
    const dir = await folder();
    const first = await openJournal(dir);
    await first.append(Buffer.from('dealt with'));
    await first.checkpoint(first.end);
    await first.close();
    const [segment] = (await readdir(dir)).filter((n) => n.endsWith('.journal'));
    await truncate(join(dir, segment!), 5);
    const second = await openJournal(dir);
    await second.append(Buffer.from('new'));
    expect(await readAll(second, second.checkpointed)).toEqual(['new']);
    await second.close();
    const third = await openJournal(dir);
    expect(await readAll(third, third.checkpointed)).toEqual(['new']);
    await third.close();
  });

  it('goes on when the next segment could not be begun at first', async () => {
    const dir = await folder();
    const journal = await openJournal(dir, { segmentBytes: 30 });
    await journal.append(Buffer.from('a record that fills the segment'));
    const blocked = join(dir, `${String(journal.end).padStart(16, '0')}.2.journal`);
    await mkdir(blocked);
    await expect(journal.append(Buffer.from('refused'))).rejects.toMatchObject({
      code: 'collect.not_durable',
    });
    await rmdir(blocked);
    await journal.append(Buffer.from('taken'));
    expect(await readAll(journal, 0)).toEqual(['a record that fills the segment', 'taken']);
    await journal.close();
  });

  it('remembers its checkpoint and lets go of segments behind it', async () => {
    const dir = await folder();
    const journal = await openJournal(dir, { segmentBytes: 40 });
    const ends: number[] = [];
    for (let i = 0; i < 6; i++) ends.push(await journal.append(Buffer.from(`record number ${i} of six`)));
    await journal.checkpoint(ends[3]!);
    await journal.close();
    const again = await openJournal(dir, { segmentBytes: 40 });
    expect(again.checkpointed).toBe(ends[3]);
    expect(await readAll(again, again.checkpointed)).toEqual([
      'record number 4 of six',
      'record number 5 of six',
    ]);
    expect((await readdir(dir)).filter((n) => n.endsWith('.journal')).length).toBeLessThan(6);
    await again.close();
  });

  it('refuses more than it may hold in memory instead of growing', async () => {
    const journal = await openJournal(await folder(), { pendingBytes: 1000 });
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, () => journal.append(Buffer.alloc(100))),
    );
    const refused = results.filter((r) => r.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({
      code: 'collect.overloaded',
      status: 503,
    });
    const kept = results.length - refused.length;
    expect(await readAll(journal, 0)).toHaveLength(kept);
    await journal.close();
  });
});

describe('the journal on a disk that is full', () => {
  const records = (n: number) => Array.from({ length: n }, (_, i) => `${i}:${'x'.repeat(30_000)}`);

  it('acknowledges nothing it has not kept, and goes on when there is room', async (test) => {
    const dir = await folder();
    const disk = smallDisk(dir, 4);
    if (!disk) return test.skip('mounting a small disk is for root');
    try {
      disk.fill(1_500_000);
      const journal = await openJournal(dir, { segmentBytes: 400_000 });
      const kept: string[] = [];
      const say = async (text: string) => {
        await journal.append(Buffer.from(text));
        kept.push(text);
      };
      let problem: unknown;
      for (const text of records(100)) {
        problem = await say(text).catch((error) => error);
        if (problem) break;
      }
      expect(problem).toMatchObject({ status: 503, code: 'collect.not_durable' });
      expect(kept.length).toBeGreaterThan(20);
      // Many at once meet the same end.
      const many = await Promise.allSettled(records(20).map(say));
      expect(many.filter((one) => one.status === 'rejected').length).toBeGreaterThan(0);
      expect((await readAll(journal, 0, 1_000_000)).sort()).toEqual([...kept].sort());
      // What is dealt with makes room by itself, though the disk is full.
      await journal.checkpoint(journal.end);
      await say('after');
      disk.empty();
      for (const text of records(20)) await say(text);
      await journal.close();
      const again = await openJournal(dir, { segmentBytes: 400_000 });
      const texts = await readAll(again, again.checkpointed, 1_000_000);
      expect(texts).toEqual(kept.slice(kept.indexOf('after')));
      await again.close();
    } finally {
      disk.unmount();
    }
  });

  it('keeps a reserve free for others', async (test) => {
    const dir = await folder();
    const disk = smallDisk(dir, 4);
    if (!disk) return test.skip('mounting a small disk is for root');
    try {
      const journal = await openJournal(dir, { reserveBytes: 2_000_000 });
      let problem: unknown;
      for (const text of records(200)) {
        problem = await journal.append(Buffer.from(text)).then(
          () => undefined,
          (error) => error,
        );
        if (problem) break;
      }
      expect(problem).toMatchObject({ status: 503, code: 'collect.disk_low', seconds: 10 });
      const seen = await journal.disk();
      expect(seen.freeBytes).toBeGreaterThanOrEqual(2_000_000 - 40_000);
      await journal.close();
    } finally {
      disk.unmount();
    }
  });
});
