import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cursorOf, offsetCursor, openCursors, pageFrom, placeOf } from './cursor.ts';

const secret = Buffer.alloc(32, 7);
const cursors = openCursors(secret);
const refused = expect.objectContaining({ code: 'request.bad_cursor', status: 400 });
const place = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer()), { maxLength: 3 });

function problemOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a cursor', () => {
  it('comes back as it went, to the list that gave it alone, and tells nothing', () => {
    fc.assert(
      fc.property(place, fc.string(), fc.string(), (at, list, other) => {
        const sealed = cursors.seal(list, cursorOf(at));
        expect(cursors.open(list, sealed)).toBe(cursorOf(at));
        if (other !== list) expect(problemOf(() => cursors.open(other, sealed))).toEqual(refused);
      }),
    );
    const sealed = cursors.seal('list', cursorOf(['韩琳', 631]));
    expect(Buffer.from(sealed.slice(2), 'base64url').toString()).not.toContain('韩');
    const long = 'list'.repeat(1000);
    expect(cursors.open(long, cursors.seal(long, '[0]'))).toBe('[0]');
    expect(cursors.seal('list', cursorOf(['韩琳', 631]))).not.toBe(sealed);
  });

  it('that was changed, made by hand or sealed elsewhere is refused', () => {
    const sealed = Buffer.from(cursors.seal('list', cursorOf(['韩琳', 631])).slice(2), 'base64url');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (i, flip) => {
        const bytes = Buffer.from(sealed);
        bytes[i]! ^= flip;
        expect(problemOf(() => cursors.open('list', `1.${bytes.toString('base64url')}`))).toEqual(refused);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(problemOf(() => cursors.open('list', text))).toEqual(refused);
        const made = `1.${Buffer.from(text).toString('base64url')}`;
        expect(problemOf(() => cursors.open('list', made))).toEqual(refused);
      }),
    );
    const elsewhere = openCursors(Buffer.alloc(32, 8)).seal('list', '[0]');
    expect(problemOf(() => cursors.open('list', elsewhere))).toEqual(refused);
  });

  it('of another form than the list gives is refused', () => {
    const form = z.tuple([z.number().int(), z.string()]);
    expect(placeOf(undefined, form)).toBeNull();
    expect(placeOf(cursorOf([1, 'a']), form)).toEqual([1, 'a']);
    for (const bad of [[1.5, 'a'], ['a', 1], [1], [1, 'a', 2], [1e300, 'a']])
      expect(problemOf(() => placeOf(cursorOf(bad), form))).toEqual(refused);
    for (const bad of ['x', '{}', '[-1]', '[1.5]', '[1e9]', '["1"]', 'null'])
      expect(problemOf(() => offsetCursor(bad))).toEqual(refused);
  });

  it('leads through a list page by page', () => {
    const all = Array.from({ length: 23 }, (_, i) => i);
    const seen: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = { limit: 5, offset: offsetCursor(cursor) };
      const { rows, nextCursor } = pageFrom(all.slice(page.offset, page.offset + 6), page);
      seen.push(...rows);
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(seen).toEqual(all);
  });
});
