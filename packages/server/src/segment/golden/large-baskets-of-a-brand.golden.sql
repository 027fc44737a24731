SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE (person IN (SELECT person FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.*, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM collect_order_line AS t FINAL LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND 1)
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
