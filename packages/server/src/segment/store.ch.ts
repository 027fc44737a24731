import { OF_PERSON, type WhoIs } from '../identity/index.ts';
import type { Params, TableDeclaration, Warehouse, WarehouseMigration } from '../platform/warehouse.ts';
import { NEVER_A_REPEAT, PROFILES, type SqlSource } from '../profile/index.ts';

/** A segment is one partition, so that a new computation takes the place of the old in one step. */
function membersTable(name: string): TableDeclaration {
  return {
    name,
    columns: `
      workspace LowCardinality(String),
      segment_id LowCardinality(String),
      person_id UInt32,
      since DateTime64(3, 'UTC')`,
    engine: 'MergeTree',
    partitionBy: '(workspace, segment_id)',
    orderBy: '(workspace, segment_id, person_id)',
    shardBy: 'cityHash64(workspace, person_id)',
  };
}

export const segmentMigrations: WarehouseMigration[] = [
  {
    name: 'segment/0001_member',
    tables: [membersTable('segment_member'), membersTable('segment_member_next')],
  },
];

/** Members as computed last, as a query for people; the workspace is bound too. */
export function membersOf(workspace: string, segmentId: string): SqlSource {
  return {
    sql: `SELECT person_id AS person FROM segment_member
      WHERE workspace = {workspace:String} AND segment_id = {memberSegment:String}`,
    params: { workspace, memberSegment: segmentId },
  };
}

/** What was computed of a person last. */
export interface ComputedRow {
  orders: number;
  spend_cents: number;
  average_order_cents: number;
  returns_cents: number;
  recency_score: number;
  frequency_score: number;
  monetary_score: number;
  rfm_group: string;
  lifecycle: string;
  first_order: number | null;
  last_order: number | null;
  last_seen: number | null;
}

/** What segment reads and writes in the warehouse. */
export function segmentWarehouse(warehouse: Warehouse) {
  const PARTITION = '({workspace:String}, {segmentId:String})';

  return {
    /** The people of a source, in rising order. */
    async peopleOf(people: SqlSource): Promise<readonly number[]> {
      const [row] = await warehouse.query<{ people: number[] }>(
        `SELECT arraySort(groupUniqArray(person)) AS people FROM (${people.sql})`,
        people.params,
      );
      return row?.people ?? [];
    },

    /** Computes the members beside the old ones and puts them in their place; who stays keeps their `since`. */
    replaceMembers: async (workspace: string, segmentId: string, people: SqlSource, now: number) => {
      const params = { ...people.params, workspace, segmentId };
      await warehouse.dropPartition('segment_member_next', PARTITION, params);
      await warehouse.command(
        `INSERT INTO segment_member_next (workspace, segment_id, person_id, since) ${NEVER_A_REPEAT}
         SELECT {workspace:String}, {segmentId:String}, m.person,
           if(o.was = 0, fromUnixTimestamp64Milli({sinceNow:Int64}, 'UTC'), o.since)
         FROM (${people.sql}) AS m
         LEFT ANY JOIN (SELECT person_id, since, 1 AS was FROM segment_member
           WHERE workspace = {workspace:String} AND segment_id = {segmentId:String}) AS o ON m.person = o.person_id`,
        { ...params, sinceNow: now },
      );
      const { size } = await warehouse.one<{ size: number }>(
        `SELECT count() AS size FROM segment_member_next
         WHERE workspace = {workspace:String} AND segment_id = {segmentId:String}`,
        params,
      );
      if (size > 0)
        await warehouse.replacePartition('segment_member', 'segment_member_next', PARTITION, params);
      else await warehouse.dropPartition('segment_member', PARTITION, params);
      await warehouse.dropPartition('segment_member_next', PARTITION, params);
      return size;
    },

    dropMembers: (workspace: string, segmentId: string) =>
      warehouse.dropPartition('segment_member', PARTITION, { workspace, segmentId }),

    members: (workspace: string, segmentId: string, page: { after: number; limit: number }) =>
      warehouse.query<{ person: number; since: string }>(
        `SELECT person_id AS person, since FROM segment_member
         WHERE workspace = {workspace:String} AND segment_id = {segmentId:String} AND person_id > {after:UInt32}
         ORDER BY person_id LIMIT {limit:UInt32}`,
        { workspace, segmentId, ...page },
      ),

    segmentsOf: async (workspace: string, person: number) =>
      (
        await warehouse.query<{ segment_id: string }>(
          `SELECT segment_id FROM segment_member WHERE workspace = {workspace:String} AND person_id = {person:UInt32}`,
          { workspace, person },
        )
      ).map((r) => r.segment_id),

    /** Events of a person by the numbers their facts carry. */
    eventsOf: (workspace: string, whose: WhoIs, names: readonly string[]) =>
      warehouse.query<{ name: string; ms: number; properties: Record<string, unknown> }>(
        `SELECT name, toUnixTimestamp64Milli(time) AS ms, properties FROM collect_event
         WHERE workspace = {workspace:String} AND ${OF_PERSON}
           AND name IN {names:Array(String)}`,
        { workspace, ...whose, names },
      ),

    /** What conditions ask of a computed profile; undefined while it is not computed yet. */
    computedOf: async (workspace: string, person: number): Promise<ComputedRow | undefined> =>
      (
        await warehouse.query<ComputedRow>(
          `SELECT orders, spend_cents, average_order_cents, returns_cents, recency_score, frequency_score, monetary_score,
             rfm_group, lifecycle, toUnixTimestamp64Milli(first_order_at) AS first_order,
             toUnixTimestamp64Milli(last_order_at) AS last_order, toUnixTimestamp64Milli(last_seen_at) AS last_seen
           FROM ${PROFILES} WHERE person_id = {person:UInt32}`,
          { workspace, person },
        )
      )[0],

    /** What a condition would catch, with ten of them drawn without regard to what they are. */
    preview: (workspace: string, where: string, params: Params) =>
      warehouse.one<{
        size: number;
        of: number;
        spend: number;
        with_email: number;
        sample: [string, number][];
      }>(
        `SELECT countIf(holds) AS size, count() AS of, sumIf(spend_cents, holds) AS spend,
           countIf(holds AND email != '') AS with_email,
           groupArraySortedIf(10)((toString(cityHash64(person)), person), holds) AS sample
         FROM (SELECT person, spend_cents, email, ${where} AS holds FROM ${PROFILES})`,
        { workspace, ...params },
      ),
  };
}
export type SegmentWarehouse = ReturnType<typeof segmentWarehouse>;
