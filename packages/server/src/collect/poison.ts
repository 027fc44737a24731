import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from './storable.ts';

/**
 * Deaths of the process over one record alone after which it is set aside. Who is ended from outside at bad moments dies
 * over good records too, sometimes over the same one again: so many times in a row it is the record.
 */
const MOST_DEATHS = 10;
const KEPT = /^poison-\d+\.record$/;

/** What is noted before records are read: where they lie, and how often the process died over just the one at `from`. */
interface Note {
  from: number;
  to: number;
  isAlone: boolean;
  deaths: number;
}

/** Keeps a record that kills the process from killing it at every start. */
export type PoisonGuard = ReturnType<typeof openPoisonGuard>;

/**
 * Notes in the journal's folder which records are at hand. A note that is found at the start is of a process that died
 * over them: they are read one by one then, and one over which it died so often alone is kept in a file instead.
 */
export function openPoisonGuard(folder: string, mostDeaths = MOST_DEATHS) {
  const file = join(folder, 'at-hand');
  /** Of the process before, while its records are not behind us. */
  let suspected: Note | null = null;
  let deaths = 0;
  let kept = 0;

  return {
    /** Looks what the process before left behind; `position` is where reading goes on. */
    async open(position: number): Promise<void> {
      await mkdir(folder, { recursive: true });
      kept = (await readdir(folder)).filter((name) => KEPT.test(name)).length;
      const note = noteIn(await readFile(file, 'utf8').catch(() => ''));
      if (note?.from !== position) return;
      suspected = note;
      deaths = note.deaths + (note.isAlone ? 1 : 0);
    },

    /** Whether records at a position are to be read one by one. */
    isSuspected: (position: number): boolean => suspected !== null && position < suspected.to,

    /** Whether the process died so often over the record at a position that it is not to be read again. */
    isPoison: (position: number): boolean => position === suspected?.from && deaths >= mostDeaths,

    /** Notes that records are read now. Outlives the process; a machine that goes down takes the blame from them. */
    async begin(from: number, to: number, records: number): Promise<void> {
      const before = from === suspected?.from ? deaths : 0;
      const note: Note = { from, to, isAlone: records === 1, deaths: before };
      await writeFile(file, JSON.stringify(note));
    },

    /** Nothing is at hand any more, or it waits: who ends the process now does not do it over these. */
    rest: () => rm(file, { force: true }),

    /** Keeps a record in a file of its own, on disk when it resolves; answers its name. */
    async keep(position: number, payload: Buffer): Promise<string> {
      const name = `poison-${String(position).padStart(16, '0')}.record`;
      await writeFile(join(folder, name), payload, { flush: true });
      kept += 1;
      return name;
    },

    /** Records that were set aside and lie there still. */
    kept: (): number => kept,
  };
}

function noteIn(text: string): Note | null {
  try {
    const read: unknown = JSON.parse(text);
    return isObject(read) && typeof read.from === 'number' ? (read as unknown as Note) : null;
  } catch {
    return null;
  }
}
