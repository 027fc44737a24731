SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (has({c1:Array(String)}, lifecycle)
 AND NOT (person IN (SELECT person FROM (SELECT person, tag, argMax(t_time, version) AS time
  FROM (SELECT t.tag AS tag, t.has AS has, t.time AS t_time, t.version AS version,
      if(o.survivor = 0, t.person_id, o.survivor) AS person
    FROM profile_tag AS t LEFT ANY JOIN (SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON t.person_id = o.person_id
    WHERE t.workspace = {workspace:String} AND t.person_id > 0)
  GROUP BY person, tag HAVING argMax(has, version) = 1) WHERE tag = {c2:String})))
-- c1 = ["cooling","sleeping"]
-- c2 = "staff"
