SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE ((person NOT IN (SELECT person FROM (SELECT person, name, argMax(t_type, version) AS type, argMax(t_text, version) AS text,
    argMax(t_folded, version) AS folded, argMax(t_number, version).1 AS number, argMax(t_time, version) AS time,
    argMax(if(t_type = 'text', toJSONString(t_text), t_text), version) AS value
  FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.name AS name, t.type AS t_type, t.text AS t_text, t.folded AS t_folded, tuple(t.number) AS t_number, t.time AS t_time, t.version AS version, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM profile_trait AS t LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND t.person_id > 0)
  GROUP BY person, name) WHERE name = {c1:String}))
 OR (person IN (SELECT person FROM (SELECT person, name, argMax(t_type, version) AS type, argMax(t_text, version) AS text,
    argMax(t_folded, version) AS folded, argMax(t_number, version).1 AS number, argMax(t_time, version) AS time,
    argMax(if(t_type = 'text', toJSONString(t_text), t_text), version) AS value
  FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.name AS name, t.type AS t_type, t.text AS t_text, t.folded AS t_folded, tuple(t.number) AS t_number, t.time AS t_time, t.version AS version, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM profile_trait AS t LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND t.person_id > 0)
  GROUP BY person, name) WHERE name = {c2:String} AND NOT (ifNull(has({c3:Array(Float64)}, assumeNotNull(number)) AND isNotNull(number), 0)))))
-- c1 = "tier"
-- c2 = "tier"
-- c3 = [3]
