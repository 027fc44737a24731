import { IDENTIFIERS, SURVIVORS } from '../identity/index.ts';
import type { WarehouseMigration } from '../platform/warehouse.ts';
import { NEVER_A_REPEAT } from '../profile/index.ts';

// Which number each identifier held or was known under, as far as a folded row still tells.
const HELD = `(SELECT l.workspace AS workspace, l.anchor AS anchor,
    multiIf(n.number != 0, n.number, l.number != 0, l.number, l.first_person_id) AS held
  FROM identity_link AS l FINAL
  LEFT ANY JOIN (SELECT workspace, anchor, number FROM identity_number FINAL) AS n
    ON l.workspace = n.workspace AND l.anchor = n.anchor
  WHERE l.is_deleted = 0 AND l.anchor != 0)`;

/** What the units of campaigns are told by; for those launched before, as it can still be found out. */
export const unitsMigration: WarehouseMigration = {
  name: 'campaign/0002_unit',
  tables: [
    {
      // The identifiers that each unit of a campaign's test had at the launch. A unit is a person's number of that time,
      // and stays it: it is not folded.
      name: 'campaign_unit',
      columns: 'workspace LowCardinality(String), campaign_id String, anchor UInt32, unit UInt32',
      engine: 'ReplacingMergeTree(unit)',
      orderBy: '(workspace, campaign_id, anchor)',
      shardBy: 'cityHash64(workspace, campaign_id)',
    },
    {
      // Says that the identifiers of all units are written down, and which was the newest that anybody had then.
      name: 'campaign_launch',
      columns: 'workspace LowCardinality(String), campaign_id String, newest_anchor UInt32',
      engine: 'ReplacingMergeTree(newest_anchor)',
      orderBy: '(workspace, campaign_id)',
      shardBy: 'cityHash64(workspace, campaign_id)',
    },
  ],
  statements: [
    `INSERT INTO campaign_unit (workspace, campaign_id, anchor, unit) ${NEVER_A_REPEAT}
     SELECT h.workspace, e.campaign_id, h.anchor, e.person_id
     FROM campaign_exposure AS e FINAL INNER JOIN ${HELD} AS h ON e.workspace = h.workspace AND e.person_id = h.held`,
    // Merges of before the launch; those that are folded do not say when they were, and have no letter to thank for it.
    `INSERT INTO campaign_unit (workspace, campaign_id, anchor, unit) ${NEVER_A_REPEAT}
     SELECT h.workspace, e.campaign_id, h.anchor, e.person_id
     FROM campaign_exposure AS e FINAL
     INNER JOIN (SELECT workspace, person_id AS merged, survivor_id, version FROM identity_override FINAL
       WHERE survivor_id != 0 AND is_folded = 0) AS o ON e.workspace = o.workspace AND e.person_id = o.survivor_id
     INNER JOIN ${HELD} AS h ON o.workspace = h.workspace AND o.merged = h.held
     WHERE o.version < toUnixTimestamp64Milli(e.assigned_at) * 1000
       AND (e.workspace, e.campaign_id, h.held) NOT IN (SELECT workspace, campaign_id, person_id FROM campaign_exposure)`,
    `INSERT INTO campaign_launch (workspace, campaign_id, newest_anchor) ${NEVER_A_REPEAT}
     SELECT e.workspace, e.campaign_id, l.newest
     FROM (SELECT DISTINCT workspace, campaign_id FROM campaign_exposure) AS e
     LEFT ANY JOIN (SELECT workspace, max(anchor) AS newest FROM identity_link GROUP BY workspace) AS l
       ON e.workspace = l.workspace`,
  ],
};

/**
 * The units of the test of the campaign bound as {campaign:String}: people as they were known at the launch, each on the
 * side it was assigned to then, whatever was merged since. Who gets a letter clicks and signs in more, so merges after
 * the launch are an outcome: letting them decide the side, or bring in orders, would favour those written to. A FROM source.
 */
export const EXPOSED = `(SELECT person_id AS unit, arm, assigned_at FROM campaign_exposure FINAL
  WHERE workspace = {workspace:String} AND campaign_id = {campaign:String})`;

/** Writes down the identifiers of a campaign's units, those known up to {newest:UInt32}, as they are now. */
export const KEEP_UNITS = `INSERT INTO campaign_unit (workspace, campaign_id, anchor, unit) ${NEVER_A_REPEAT}
  SELECT {workspace:String}, {campaign:String}, i.anchor, argMin(u.unit, (u.unit != i.first_person, u.unit))
  FROM ${IDENTIFIERS} AS i INNER JOIN (
    SELECT e.unit AS unit, if(o.survivor = 0, e.unit, o.survivor) AS person
    FROM ${EXPOSED} AS e LEFT ANY JOIN ${SURVIVORS} AS o ON e.unit = o.person_id) AS u ON i.person = u.person
  WHERE i.anchor > 0 AND i.anchor <= {newest:UInt32} GROUP BY i.anchor`;

/**
 * Whose an identifier that is new since the launch is, by the person it was first known to be of: a unit itself, or whoever
 * a unit was merged into since, unless that is a unit too. Where two units were merged into the same third person, the
 * lower of them has what is new of it, so that nothing counts twice.
 */
const SINCE = `(SELECT unit AS person, unit FROM ${EXPOSED}
  UNION ALL
  SELECT o.survivor AS person, min(u.unit) AS unit
  FROM ${EXPOSED} AS u INNER JOIN ${SURVIVORS} AS o ON u.unit = o.person_id
  WHERE o.survivor NOT IN (SELECT unit FROM ${EXPOSED}) GROUP BY o.survivor)`;

const NEWEST = `(SELECT max(newest_anchor) FROM campaign_launch
  WHERE workspace = {workspace:String} AND campaign_id = {campaign:String})`;

/** What a fact is told to be a unit's by: the identifier it is anchored to, which neither merges nor folding change. */
export const unitKey = (anchor: string, person: string) =>
  `if(${anchor} = 0, toUInt64(${person}) + 4294967296, toUInt64(${anchor}))`;

/**
 * The units of a campaign by what tells their facts (`unitKey`): identifiers they had at the launch, and identifiers that
 * were new since and theirs from the first. What others already had, and brought along when they were merged into a unit,
 * stays out. Facts of before they were anchored follow their number. A FROM source: columns key and unit.
 */
export const UNIT_KEYS = `(SELECT toUInt64(anchor) AS key, unit FROM campaign_unit FINAL
  WHERE workspace = {workspace:String} AND campaign_id = {campaign:String}
  UNION ALL
  SELECT DISTINCT toUInt64(l.anchor) AS key, s.unit AS unit
  FROM identity_link AS l INNER JOIN ${SINCE} AS s ON l.first_person_id = s.person
  WHERE l.workspace = {workspace:String} AND l.anchor > ${NEWEST}
  UNION ALL
  SELECT ${unitKey('toUInt32(0)', 'person')} AS key, unit FROM ${SINCE})`;
