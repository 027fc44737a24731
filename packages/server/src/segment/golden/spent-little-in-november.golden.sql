SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (person NOT IN (SELECT person FROM (SELECT l.*, if(o.survivor = 0, l.person_id, o.survivor) AS person
  FROM collect_order_line AS l FINAL LEFT ANY JOIN (SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON l.person_id = o.person_id
  WHERE l.workspace = {workspace:String})
  WHERE time >= toDateTime64(concat({c2:String}, ' 00:00:00'), 3, {c1:String}) AND time < toDateTime64(concat({c3:String}, ' 00:00:00'), 3, {c1:String})
  GROUP BY person HAVING NOT (sum(net_cents) < {c4:Float64})))
-- c1 = "Asia/Shanghai"
-- c2 = "2026-11-01"
-- c3 = "2026-11-12"
-- c4 = 10000
