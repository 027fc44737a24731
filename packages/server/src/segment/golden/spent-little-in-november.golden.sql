SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (person NOT IN (SELECT person FROM (SELECT l.*, if(o.survivor = 0, l.person_id, o.survivor) AS person
  FROM collect_order_line AS l FINAL LEFT ANY JOIN (SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON l.person_id = o.person_id
  WHERE l.workspace = {workspace:String})
  WHERE time >= fromUnixTimestamp64Milli({c1:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({c2:Int64}, 'UTC')
  GROUP BY person HAVING NOT (sum(net_cents) < {c3:Float64})))
-- c1 = 1793462400000
-- c2 = 1794412800000
-- c3 = 10000
