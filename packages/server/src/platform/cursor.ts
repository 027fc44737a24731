import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { seal, unseal } from './sealed.ts';

/**
 * Where a page of a list ended: the values its last row is sorted by, or an offset alone. Inside it is plain JSON; at
 * the edge it is encrypted and tied to its list, for it may hold what the reader sees masked, and a place made by hand
 * would ask what stands behind it.
 */
export type Place = readonly (string | number)[];

/** A cursor that no list of this installation gave out. */
export const badCursor = () =>
  new AppError({
    code: 'request.bad_cursor',
    status: 400,
    detail: 'The cursor is not one this list gave out; begin without one.',
    fields: { cursor: 'is not one this list gave out' },
  });

/** Seals cursors that leave the installation and opens those that come back. */
export function openCursors(secret: Buffer) {
  // A digest, for the name of a list has no longest length and a purpose does.
  const of = (list: string) => `cursor of ${createHash('sha256').update(list).digest('hex')}`;
  return {
    seal: (list: string, cursor: string): string => seal(secret, of(list), cursor),

    /** The cursor within; refuses what was not sealed for this list. */
    open(list: string, sealed: string): string {
      const cursor = unseal(secret, of(list), sealed);
      if (cursor === null) throw badCursor();
      return cursor;
    },
  };
}
export type Cursors = ReturnType<typeof openCursors>;

/** A place as a list's answer carries it to the edge. */
export function cursorOf(place: Place): string {
  return JSON.stringify(place);
}

/** The place a cursor names, in the form this list gives them; null for the beginning. */
export function placeOf<T extends Place>(cursor: string | undefined, form: z.ZodType<T>): T | null {
  if (!cursor) return null;
  try {
    return form.parse(JSON.parse(cursor));
  } catch {
    throw badCursor();
  }
}

const offsetPlace = z.tuple([z.number().int().min(0).max(10_000_000)]);

/** A cursor that is nothing but an offset: for lists that are small or sorted by what changes. */
export function offsetCursor(cursor: string | undefined): number {
  return placeOf(cursor, offsetPlace)?.[0] ?? 0;
}

/** The page of rows fetched with one row more than asked, and the cursor of the next. */
export function pageFrom<T>(
  fetched: T[],
  page: { limit: number; offset: number },
  total: number | null = null,
) {
  const more = fetched.length > page.limit;
  return {
    rows: more ? fetched.slice(0, page.limit) : fetched,
    nextCursor: more ? cursorOf([page.offset + page.limit]) : null,
    total,
  };
}
