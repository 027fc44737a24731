import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DIALECTS, type RemoteColumn } from './dialect.ts';
import type { TablePosition } from './store.pg.ts';
import { momentOf, startOf } from './table-rows.ts';

const column = (name: string, of: RemoteColumn['class'], type = 'text'): RemoteColumn => ({
  ...{ name, type, class: of, isKey: false, mayBeEmpty: false },
});
const at = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '+00');

test('a run never begins behind what it may have missed: the last row, and rows late by the overlap', () => {
  const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
  fc.assert(
    fc.property(moment, moment, fc.integer({ min: 0, max: 10_000 }), (last, readTo, overlap) => {
      const place: TablePosition = { cursor: at(last), key: ['7'], readTo, isPart: false, seen: [] };
      const start = startOf(place, column('updated_at', 'instant'), overlap, readTo)!;
      const begins = 'since' in start ? momentOf(start.since) : momentOf(start.after[0]!);
      expect(begins).toBeLessThanOrEqual(last);
      // A row written when the run began, and seen only now, is not passed by.
      if (begins > readTo - overlap * 1000) expect(begins).toBeLessThanOrEqual(readTo);
      if ('after' in start) expect(last).toBeLessThan(readTo - overlap * 1000);
    }),
  );
});

test('rows that a clock without a zone has dated behind the last one, as it was put back, are looked for', () => {
  const wall = column('updated_at', 'wall');
  const text = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
  const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
  const [zone, late] = [fc.integer({ min: -12, max: 14 }), fc.integer({ min: 0, max: 7200 })];
  fc.assert(
    fc.property(moment, zone, late, fc.integer({ min: 0, max: 3600 }), (written, hours, behind, after) => {
      // The last row, and one written later, when the clock showed an earlier time.
      const last = written + hours * 3_600_000;
      const row = last - behind * 1000;
      const readTo = written + after * 1000;
      const place: TablePosition = { cursor: text(last), key: ['7'], readTo, isPart: false, seen: [] };
      const start = startOf(place, wall, 0, readTo + 1000);
      expect(start).toHaveProperty('since');
      expect(momentOf((start as { since: string }).since)).toBeLessThanOrEqual(row);
      // Where there are many, they are met again when some time has passed.
      const again = startOf({ ...place, wentBack: readTo }, wall, 0, readTo + 60_000);
      expect(again).toEqual({ since: text(last) });
      expect(startOf({ ...place, wentBack: readTo }, wall, 0, readTo + 1_800_000)).toEqual(start);
    }),
  );
});

test('cells of a sample are cut where they lie, and those that are read are whole', () => {
  const columns = [column('long', 'text'), column('at', 'instant')];
  const table = { schema: 's', table: 't', isView: true, columns };
  const query = { table, columns, order: [], start: null, until: null, limit: 100 };
  for (const { page } of Object.values(DIALECTS)) {
    expect(page({ ...query, cellChars: 50 }).match(/left\(/g)).toHaveLength(2);
    expect(page(query)).not.toContain('left(');
  }
});

test('names and values of others stay names and values in the statements for them', () => {
  const evil = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(evil, evil, (name, value) => {
      const of = [column(name, 'text')];
      const query = {
        table: { schema: 's', table: name, isView: false, columns: of },
        ...{ columns: of, order: of, start: { after: [value] }, until: null, limit: 5 },
      };
      const pg = DIALECTS.postgresql.page(query);
      // Without what is quoted, nothing of either is left.
      const bare = pg.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, 'Q');
      expect(bare.replace(/\s+/g, ' ')).toBe(
        'SELECT qm_t.Q::text AS qm_c0 FROM Q.Q AS qm_t WHERE qm_t.Q IS NOT NULL AND qm_t.Q >= Q AND (qm_t.Q) > (Q) ORDER BY qm_t.Q LIMIT 5',
      );
      const my = DIALECTS.mysql.page(query).replace(/`(?:[^`]|``)*`/g, 'Q');
      expect(my.replace(/\s+/g, ' ').replace(/_utf8mb4 0x[0-9a-f]+/g, 'V')).toBe(
        'SELECT CONVERT(cast(qm_t.Q AS char) USING utf8mb4) AS qm_c0 FROM Q.Q AS qm_t WHERE qm_t.Q IS NOT NULL AND qm_t.Q >= V AND qm_t.Q > V ORDER BY qm_t.Q LIMIT 5',
      );
    }),
  );
});
