import type { Identifier } from '../collect/index.ts';
import { IDENTIFIER_TYPES } from '../collect/index.ts';
import { IDENTIFIERS, ORDER_LINES } from '../identity/index.ts';
import type { Warehouse, WarehouseMigration } from '../platform/warehouse.ts';
import { CONSENT, PROFILES, TRAITS } from '../profile/index.ts';
import type { Arm } from './assign.ts';
import { KEEP_UNITS, unitsMigration } from './units.ch.ts';

export const campaignMigrations: WarehouseMigration[] = [
  {
    name: 'campaign/0001_exposure',
    tables: [
      {
        // Who was on which side of a campaign's test, from when on: what its report is computed from.
        name: 'campaign_exposure',
        columns: `
          workspace LowCardinality(String),
          campaign_id String,
          person_id UInt32,
          arm Enum8('treated' = 1, 'control' = 2),
          assigned_at DateTime64(3, 'UTC')`,
        engine: 'ReplacingMergeTree(assigned_at)',
        orderBy: '(workspace, campaign_id, person_id)',
        shardBy: 'cityHash64(workspace, person_id)',
      },
    ],
  },
  unitsMigration,
];

export interface ExposureRow {
  workspace: string;
  campaign_id: string;
  person_id: number;
  arm: Arm;
  assigned_at: number;
}

/** A person as far as mail is concerned. */
export interface ContactRow {
  person: number;
  email: string;
  name: string;
  granted: number;
  /** When they last did something to agree; 0 when they did not, or left since. */
  agreedAt: number;
}

/** What of a profile a template can name without asking the traits. */
export interface ProfileRow {
  person: number;
  name: string;
  email: string;
  phone: string;
  city: string;
  country: string;
  gender: string;
  birthday: string;
  orders: number;
  spend_cents: number;
  favourite_category: string;
  favourite_store: string;
}

const THESE = 'person IN {people:Array(UInt32)}';
const CONTACT = `p.person AS person, p.email AS email, p.name AS name, c.granted AS granted,
  if(c.person = 0, 0, toUnixTimestamp64Milli(c.agreed)) AS agreedAt`;
const EMAIL_CONSENT = `SELECT person, granted, agreed FROM ${CONSENT} WHERE channel = 'email'`;

/** What campaign reads and writes in the warehouse. */
export function campaignWarehouse(warehouse: Warehouse) {
  return {
    insertExposures: (rows: ExposureRow[], token: string) =>
      warehouse.insert('campaign_exposure', rows, token),

    /** Writes down which identifiers the units of a campaign have, once: who is who later changes nothing about it. */
    keepUnits: async (workspace: string, campaign: string) => {
      const { kept, newest } = await warehouse.one<{ kept: number; newest: number }>(
        `SELECT (SELECT count() FROM campaign_launch
             WHERE workspace = {workspace:String} AND campaign_id = {campaign:String}) AS kept,
           max(anchor) AS newest FROM ${IDENTIFIERS}`,
        { workspace, campaign },
      );
      if (kept > 0) return;
      await warehouse.command(KEEP_UNITS, { workspace, campaign, newest });
      await warehouse.insert('campaign_launch', [
        { workspace, campaign_id: campaign, newest_anchor: newest },
      ]);
    },

    /** How everyone can be reached. */
    allContacts: (workspace: string) =>
      warehouse.query<ContactRow>(
        `SELECT ${CONTACT} FROM ${PROFILES} AS p LEFT ANY JOIN (${EMAIL_CONSENT}) AS c ON p.person = c.person`,
        { workspace },
      ),

    /** How some people can be reached. */
    contacts: (workspace: string, people: readonly number[]) =>
      warehouse.query<ContactRow>(
        `SELECT ${CONTACT} FROM (SELECT * FROM ${PROFILES} WHERE ${THESE}) AS p
         LEFT ANY JOIN (${EMAIL_CONSENT} AND ${THESE}) AS c ON p.person = c.person`,
        { workspace, people },
      ),

    /** What some people said of e-mail. */
    consents: (workspace: string, people: readonly number[]) =>
      warehouse.query<Pick<ContactRow, 'person' | 'granted' | 'agreedAt'>>(
        `SELECT person, granted, toUnixTimestamp64Milli(agreed) AS agreedAt FROM (${EMAIL_CONSENT} AND ${THESE})`,
        { workspace, people },
      ),

    /** Someone who could get a message, another one each time. */
    anyone: async (workspace: string, salt: number) =>
      (
        await warehouse.query<{ person: number }>(
          `SELECT person FROM ${PROFILES} WHERE email != '' ORDER BY cityHash64(person, {salt:UInt64}) LIMIT 1`,
          { workspace, salt },
        )
      )[0]?.person ?? null,

    profiles: (workspace: string, people: readonly number[]) =>
      warehouse.query<ProfileRow>(
        `SELECT person, name, email, phone, city, country, gender, birthday, orders, spend_cents,
           favourite_category, favourite_store
         FROM ${PROFILES} WHERE ${THESE}`,
        { workspace, people },
      ),

    /** Traits by these names; `value` is a JSON scalar. */
    traits: (workspace: string, people: readonly number[], names: readonly string[]) =>
      warehouse.query<{ person: number; name: string; value: string }>(
        `SELECT person, name, value FROM ${TRAITS} WHERE ${THESE} AND name IN {names:Array(String)}`,
        { workspace, people, names },
      ),

    /** Which of some names are traits somebody has. */
    traitsNamed: async (workspace: string, names: readonly string[]) =>
      (
        await warehouse.query<{ name: string }>(
          `SELECT DISTINCT name FROM ${TRAITS} WHERE name IN {names:Array(String)}`,
          { workspace, names },
        )
      ).map((r) => r.name),

    /** Names of traits, those of most people first. */
    commonTraits: async (workspace: string, limit: number) =>
      (
        await warehouse.query<{ name: string }>(
          `SELECT name FROM ${TRAITS} GROUP BY name ORDER BY count() DESC, name LIMIT {limit:UInt32}`,
          { workspace, limit },
        )
      ).map((r) => r.name),

    /** Net revenue of everyone who bought or returned between two moments. */
    revenue: (workspace: string, from: number, to: number) =>
      warehouse.query<{ person: number; cents: number }>(
        `SELECT person, sum(net_cents) AS cents FROM ${ORDER_LINES}
         WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
           AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND person > 0
         GROUP BY person`,
        { workspace, from, to },
      ),

    /** The moment of the newest order line up to a moment, in milliseconds; 0 when there is none. */
    lastSale: async (workspace: string, until: number) =>
      (
        await warehouse.one<{ at: number }>(
          `SELECT toUnixTimestamp64Milli(max(time)) AS at FROM ${ORDER_LINES}
           WHERE time < fromUnixTimestamp64Milli({until:Int64}, 'UTC') AND person > 0`,
          { workspace, until },
        )
      ).at,

    /** The strongest identifier of each of some people: what an event about them is recorded under. */
    strongestIdentifiers: async (workspace: string, people: readonly number[]) => {
      const rows = await warehouse.query<{ person: number; best: [Identifier['type'], string] }>(
        `SELECT person, argMin(tuple(type, value), (rank, value)) AS best FROM (
           SELECT person, type, value, indexOf({order:Array(String)}, type) AS rank FROM ${IDENTIFIERS} WHERE ${THESE})
         GROUP BY person`,
        { workspace, people, order: [...IDENTIFIER_TYPES] },
      );
      return new Map<number, Identifier>(rows.map((r) => [r.person, { type: r.best[0], value: r.best[1] }]));
    },
  };
}
export type CampaignWarehouse = ReturnType<typeof campaignWarehouse>;
