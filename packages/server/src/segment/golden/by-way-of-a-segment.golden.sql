SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE NOT (person IN (SELECT person FROM (
  SELECT person, channel, said.2 AS granted, said.3 AS time, said.4 AS source, if(did.2 = 1, did.3, toDateTime64(0, 3, 'UTC')) AS agreed
  FROM (SELECT person, channel, maxIf(last, c_kind = 'did') AS did, maxIf(last, c_kind = 'told') AS told,
      maxIf(began, c_kind = 'state') AS state, maxIf(began, c_kind = 'list') AS list,
      multiIf(did.1 > 0 AND did.2 = 0, did, told.1 > did.1 AND told.2 = 0, told, state.1 > did.1 AND state.2 = 0, state,
        arraySort([did, told, state, list])[-1]) AS said
    FROM (SELECT person, channel, c_kind, arraySort(groupArray(statement)) AS run, run[-1] AS last,
        run[arrayLastIndex(s -> s.2 != last.2, run) + 1] AS began
      FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.channel AS channel, t.purpose AS purpose, t.voice AS c_voice, t.anchor AS c_anchor,
    tuple(toUnixTimestamp64Milli(t.time) * 2 + (t.granted = 0), t.granted, t.time, t.source) AS statement,
    multiIf(t.voice = 'event' AND t.import_id = '', 'did', t.voice NOT LIKE 'trait:%', 'told', t.import_id = '', 'state', 'list') AS c_kind, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM profile_consent AS t LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND t.person_id > 0) WHERE purpose = 'marketing' GROUP BY person, channel, c_kind, c_voice, c_anchor)
    GROUP BY person, channel)) WHERE channel = {c1:String} AND granted = 1))
-- c1 = "email"
