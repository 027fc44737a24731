SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (person IN (SELECT person FROM (SELECT l.*, if(o.survivor = 0, l.person_id, o.survivor) AS person
  FROM collect_order_line AS l FINAL LEFT ANY JOIN (SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON l.person_id = o.person_id
  WHERE l.workspace = {workspace:String})
  WHERE time > fromUnixTimestamp64Milli({c1:Int64}, 'UTC') AND time <= fromUnixTimestamp64Milli({c2:Int64}, 'UTC')
  AND has({c4:Array(String)}, channel)
  AND product_id IN (SELECT product_id FROM (SELECT * FROM catalog_product FINAL WHERE workspace = {workspace:String}
  ORDER BY product_id, version DESC LIMIT 1 BY product_id)
    WHERE hasAny(category, {c3:Array(String)}))
  GROUP BY person HAVING uniqExactIf(order_id, line_kind = 'sale') >= {c5:Float64}))
-- c1 = 1787529600000
-- c2 = 1795305600000
-- c3 = ["Tea"]
-- c4 = ["web","app"]
-- c5 = 2
