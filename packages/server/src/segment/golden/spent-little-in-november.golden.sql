SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (person NOT IN (SELECT person FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.*, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM collect_order_line AS t FINAL LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND 1)
  WHERE time >= fromUnixTimestamp64Milli({c1:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({c2:Int64}, 'UTC')
  GROUP BY person HAVING NOT (sum(net_cents) < {c3:Float64})))
-- c1 = 1793462400000
-- c2 = 1794412800000
-- c3 = 10000
