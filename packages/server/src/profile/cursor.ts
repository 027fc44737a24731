import { z } from 'zod';
import { badCursor } from './errors.ts';

const place = z.tuple([z.union([z.string(), z.number()]), z.union([z.string(), z.number()])]);

/** Where a page ended: the sort value and the id of its last row. */
export type Place = z.infer<typeof place>;

export function cursorOf(at: Place): string {
  return Buffer.from(JSON.stringify(at)).toString('base64url');
}

export function placeOf(cursor: string | undefined): Place | null {
  if (!cursor) return null;
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw badCursor();
  }
}
