import type { Vocabulary } from '@qianmian/contract';
import { PRODUCTS, STORES } from '../catalog/index.ts';
import { forNobody } from '../platform/asker.ts';
import { type Clock, MINUTE } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { isPersonal, LOOKS_PERSONAL, type Profile } from '../profile/index.ts';

const KEEP = MINUTE;
/** A value that fewer people share may be one person's own. */
const SHARED_BY = 5;
const VALUES = 20;

/** What conditions can be built from: asked of the warehouse and kept for a minute, since builders ask often. */
export function openVocabulary(parts: {
  warehouse: Warehouse;
  clock: Clock;
  profile: Pick<Profile, 'tags'>;
}) {
  const { warehouse, clock } = parts;
  const kept = new Map<string, { at: number; vocabulary: Promise<Vocabulary> }>();

  const column = async (sql: string, workspace: string) =>
    (await warehouse.query<{ value: string }>(sql, { workspace })).map((r) => r.value);

  /**
   * Values to choose from, those of most people first. Who sees personal data masked is told only what several people
   * share and what does not look like a person's own.
   */
  async function values(workspace: string, reveal: boolean): Promise<Map<string, string[]>> {
    const rows = await warehouse.query<{ name: string; text: string }>(
      `SELECT name, text FROM profile_trait
       WHERE workspace = {workspace:String} AND (name, text) IN (
         SELECT name, arrayJoin(topKIf(${VALUES})(text, text != '' AND length(text) <= 200
           AND ({reveal:UInt8} = 1 OR NOT match(text, {look:String})))) FROM profile_trait
         WHERE workspace = {workspace:String} AND toString(type) != 'number' GROUP BY name)
       GROUP BY name, text HAVING uniq(person_id) >= {sharedBy:UInt32} ORDER BY uniq(person_id) DESC, text`,
      { workspace, reveal: reveal ? 1 : 0, look: LOOKS_PERSONAL.source, sharedBy: reveal ? 1 : SHARED_BY },
    );
    const found = new Map<string, string[]>();
    for (const { name, text } of rows) found.set(name, [...(found.get(name) ?? []), text]);
    return found;
  }

  async function traits(workspace: string, reveal: boolean): Promise<Vocabulary['traits']> {
    const [valuesOf, rows] = await Promise.all([
      values(workspace, reveal),
      warehouse.query<{ name: string; type: string; people: number }>(
        `SELECT name, argMax(type, n) AS type, sum(n) AS people
       FROM (SELECT name, toString(type) AS type, uniq(person_id) AS n FROM profile_trait
         WHERE workspace = {workspace:String} GROUP BY name, type ORDER BY n DESC)
       GROUP BY name ORDER BY people DESC, name LIMIT 500`,
        { workspace },
      ),
    ]);
    return rows.map((r) => ({
      name: r.name,
      type: r.type as 'text' | 'number' | 'boolean',
      people: r.people,
      // Values of a personal trait would name people.
      values: isPersonal(r.name) || r.type === 'number' ? [] : (valuesOf.get(r.name) ?? []),
    }));
  }

  async function events(workspace: string): Promise<Vocabulary['events']> {
    const [counts, paths] = await Promise.all([
      warehouse.query<{ name: string; count: number }>(
        `SELECT name, count() AS count FROM collect_event WHERE workspace = {workspace:String}
         GROUP BY name ORDER BY count DESC, name LIMIT 300`,
        { workspace },
      ),
      warehouse.query<{ name: string; properties: string[] }>(
        `SELECT name, arraySort(groupUniqArrayArray(200)(JSONAllPaths(properties))) AS properties
         FROM (SELECT name, properties FROM collect_event WHERE workspace = {workspace:String} AND time >= (
             SELECT max(time) - INTERVAL 30 DAY FROM collect_event WHERE workspace = {workspace:String})
           LIMIT 1000 BY name LIMIT 100000)
         GROUP BY name`,
        { workspace },
      ),
    ]);
    const known = new Map(paths.map((p) => [p.name, p.properties]));
    return counts.map((c) => ({ name: c.name, count: c.count, properties: known.get(c.name) ?? [] }));
  }

  async function ask(workspace: string, reveal: boolean): Promise<Vocabulary> {
    const products = `FROM ${PRODUCTS} WHERE 1`;
    const [traitList, eventList, categories, brands, stores, channels, tags] = await Promise.all([
      traits(workspace, reveal),
      events(workspace),
      column(
        `SELECT DISTINCT arrayJoin(category) AS value ${products} AND value != '' ORDER BY value LIMIT 2000`,
        workspace,
      ),
      column(
        `SELECT DISTINCT brand AS value ${products} AND brand != '' ORDER BY value LIMIT 2000`,
        workspace,
      ),
      warehouse.query<Vocabulary['stores'][number]>(
        `SELECT store_id AS id, max(s.name) AS name, max(s.name_zh) AS nameZh FROM (
           SELECT store_id, name, name_zh FROM ${STORES}
           UNION ALL SELECT DISTINCT store_id, '', '' FROM collect_order_line
           WHERE workspace = {workspace:String} AND store_id != '') AS s
         GROUP BY store_id ORDER BY store_id LIMIT 2000`,
        { workspace },
      ),
      column(
        `SELECT DISTINCT channel AS value FROM collect_order_line
         WHERE workspace = {workspace:String} AND channel != '' ORDER BY value LIMIT 100`,
        workspace,
      ),
      parts.profile.tags.list(workspace),
    ]);
    return {
      traits: traitList,
      events: eventList,
      categories,
      brands,
      stores,
      channels,
      tags: tags.map((t) => t.name),
    };
  }

  return (workspace: string, reveal: boolean): Promise<Vocabulary> => {
    const key = `${reveal ? 'open' : 'masked'} ${workspace}`;
    const known = kept.get(key);
    if (known && clock.now() >= known.at && clock.now() - known.at < KEEP) return known.vocabulary;
    // Kept for everybody of the same rights, whoever asked first and went.
    const vocabulary = forNobody(() => ask(workspace, reveal));
    kept.set(key, { at: clock.now(), vocabulary });
    vocabulary.catch(() => kept.delete(key));
    return vocabulary;
  };
}
