import type { StoredTrait, StoredTraits } from '../collect/index.ts';
import { isHeardSql, versionByTime, versionHeard } from '../platform/version.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { traitColumns, traitValue } from './trait-value.ts';

interface Row {
  person_id: number;
  anchor: number;
  name: string;
  type: string;
  text: string;
  at: number;
  source: string;
  import_id: string;
  heard: number;
}

const COLUMNS = `person_id, anchor, name, toString(type) AS type, text, toUnixTimestamp64Milli(time) AS at, source, import_id, ${isHeardSql('version')} AS heard`;
const OF = `FROM profile_trait FINAL WHERE workspace = {workspace:String}`;
/** What nobody's trait of these names can be; ClickHouse reads the expressions. */
const ODD = {
  birthday: {
    names: ['birthday', 'birthDate', 'dateOfBirth', '生日', '出生日期'],
    where: `(toDateOrNull(substring(text, 1, 10)) IS NULL AND match(text, '[0-9]{4}') AND toUInt16OrZero(extract(text, '[0-9]{4}')) NOT BETWEEN 1900 AND toYear(fromUnixTimestamp64Milli({now:Int64}))
      OR toUInt16OrZero(extract(text, '^[0-9]{4}')) BETWEEN 1 AND 1899
      OR toDateOrNull(substring(text, 1, 10)) > toDate(fromUnixTimestamp64Milli({now:Int64})))`,
  },
  bad_phone: {
    names: ['phone', 'mobile', 'tel', '手机', '手机号', '电话'],
    where: `NOT match(text, '^[+]?[0-9(][0-9 ().-]{5,20}[0-9]$') OR length(replaceRegexpAll(text, '[^0-9]', '')) NOT BETWEEN 7 AND 15`,
  },
  bad_email: {
    names: ['email', 'mail', '邮箱', '电子邮箱'],
    where: `NOT match(text, '^[^\\\\s@,;]+@[^\\\\s@,;]+[.][^\\\\s@,;.]{2,}$')`,
  },
} as const;

/** Traits one by one as they are stored, for what cleans them; whose they are does not change. */
export function openStoredTraits({ warehouse }: { warehouse: Warehouse }): StoredTraits {
  return {
    /** Traits after a place in their order; only of these names, all where none is given. */
    async after(
      workspace: string,
      names: readonly string[] | null,
      place: readonly (string | number)[] | null,
      limit: number,
    ) {
      const [person, name, importId, anchor] = (place ?? [0, '', '', 0]) as [number, string, string, number];
      const rows = await warehouse.query<Row>(
        `SELECT ${COLUMNS} ${OF} AND ({all:UInt8} OR name IN {names:Array(String)})
           AND (person_id, name, import_id, anchor) > ({person:UInt32}, {name:String}, {importId:String}, {anchor:UInt32})
         ORDER BY person_id, name, import_id, anchor LIMIT {limit:UInt32}`,
        { workspace, names: names ?? [], all: names ? 0 : 1, person, name, importId, anchor, limit },
      );
      const last = rows.length < limit ? null : rows.at(-1)!;
      return {
        traits: rows.map(storedTrait),
        next: last && [last.person_id, last.name, last.import_id, last.anchor],
      };
    },

    async ofAnchors(workspace: string, keys: readonly { anchor: number; name: string }[]) {
      if (keys.length === 0) return [];
      const rows = await warehouse.query<Row>(
        `SELECT ${COLUMNS} ${OF} AND (anchor, name) IN (
           SELECT arrayJoin(arrayZip({anchors:Array(UInt32)}, {names:Array(String)})))`,
        { workspace, anchors: keys.map((one) => one.anchor), names: keys.map((one) => one.name) },
      );
      return rows.map(storedTrait);
    },

    /** Says of traits that they are otherwise than they were told; said at the same time, later. */
    restate: (workspace: string, traits: readonly StoredTrait[], version: number): Promise<void> =>
      warehouse.insert(
        'profile_trait',
        traits.map((one) => ({
          ...{ workspace, person_id: one.personId, anchor: one.anchor, name: one.name, time: one.time },
          ...traitColumns(one.value),
          ...{
            source: one.source,
            import_id: one.importId,
            version: (one.isHeard ? versionHeard : versionByTime)(one.time, version),
          },
        })),
      ),

    /** Traits that nobody can have, and how many there are. */
    async odd(workspace: string, rule: keyof typeof ODD, now: number, limit: number) {
      const { names, where } = ODD[rule];
      const params = { workspace, names: [...names], now };
      const from = `${OF} AND name IN {names:Array(String)} AND text != '' AND ({now:Int64} > 0) AND (${where})`;
      const [rows, { n }] = await Promise.all([
        warehouse.query<Row>(`SELECT ${COLUMNS} ${from} ORDER BY person_id, name LIMIT {limit:UInt32}`, {
          ...params,
          limit,
        }),
        warehouse.one<{ n: number }>(`SELECT count() AS n ${from}`, params),
      ]);
      return { traits: rows.map(storedTrait), total: n };
    },

    /** Names of traits and how many people have each, most first. */
    names: (workspace: string) =>
      warehouse.query<{ name: string; people: number }>(
        `SELECT name, uniq(person_id) AS people FROM profile_trait WHERE workspace = {workspace:String}
         GROUP BY name ORDER BY people DESC, name LIMIT 200`,
        { workspace },
      ),
  };
}

const storedTrait = (row: Row): StoredTrait => ({
  ...{ personId: row.person_id, anchor: row.anchor, name: row.name, value: traitValue(row.type, row.text) },
  ...{ time: row.at, source: row.source, importId: row.import_id, isHeard: row.heard === 1 },
});
