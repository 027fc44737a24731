SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE NOT (person IN (SELECT person FROM (SELECT person, channel, argMax(c_granted, turn) AS granted, argMax(c_time, turn) AS time,
    argMax(c_source, turn) AS source
  FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.channel AS channel, t.granted AS c_granted, t.time AS c_time, t.source AS c_source, t.purpose AS purpose, toUnixTimestamp64Milli(t.time) * 2 + (t.granted = 0) AS turn, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM profile_consent AS t LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND t.person_id > 0)
  WHERE purpose = 'marketing' GROUP BY person, channel) WHERE channel = {c1:String} AND granted = 1))
-- c1 = "email"
