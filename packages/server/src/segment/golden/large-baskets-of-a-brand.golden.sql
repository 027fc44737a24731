SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (person IN (SELECT person FROM (SELECT l.*, if(o.survivor = 0, l.person_id, o.survivor) AS person
  FROM collect_order_line AS l FINAL LEFT ANY JOIN (SELECT person_id, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0) AS o ON l.person_id = o.person_id
  WHERE l.workspace = {workspace:String})
  WHERE 1
  AND has({c2:Array(String)}, product_id)
  AND has({c3:Array(String)}, store_id)
  AND product_id IN (SELECT product_id FROM (SELECT * FROM catalog_product FINAL WHERE workspace = {workspace:String}
  ORDER BY product_id, version DESC LIMIT 1 BY product_id)
    WHERE has({c1:Array(String)}, brand))
  GROUP BY person HAVING uniqExactIf(order_id, line_kind = 'sale') > 0 AND sum(net_cents) / uniqExactIf(order_id, line_kind = 'sale') >= {c4:Float64}))
-- c1 = ["Leaf"]
-- c2 = ["p1","p2"]
-- c3 = ["north"]
-- c4 = 50000
