SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE ((person IN (SELECT person FROM (WITH (SELECT (groupArray(anchor), groupArray(person_id)) FROM identity_split FINAL
  WHERE workspace = {workspace:String} AND person_id != 0) AS splits
  SELECT t.*, if(empty(splits.1), if(o.survivor = 0, t.person_id, o.survivor), transform(t.anchor, splits.1, splits.2, if(o.survivor = 0, t.person_id, o.survivor))) AS person
  FROM collect_event AS t LEFT ANY JOIN (SELECT person_id AS merged, survivor_id AS survivor FROM identity_override FINAL
  WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0) AS o ON t.person_id = o.merged
  WHERE t.workspace = {workspace:String} AND 1)
  WHERE name = {c5:String} AND time > fromUnixTimestamp64Milli({c6:Int64}, 'UTC') AND time <= fromUnixTimestamp64Milli({c7:Int64}, 'UTC')
  AND ((dynamicType(getSubcolumn(properties, {c1:String})) != 'None' AND NOT startsWith(dynamicType(getSubcolumn(properties, {c1:String})), 'Array')) AND startsWith(lowerUTF8(toString(getSubcolumn(properties, {c1:String}))), {c2:String}))
  AND ((dynamicType(getSubcolumn(properties, {c3:String})) != 'None' AND NOT startsWith(dynamicType(getSubcolumn(properties, {c3:String})), 'Array')) AND ifNull(if(match(toString(getSubcolumn(properties, {c3:String})), '^-?[0-9]{1,300}([.][0-9]{1,300})?(e[+-]?[0-9]{1,3})?$'), toFloat64OrNull(toString(getSubcolumn(properties, {c3:String}))), NULL) <= {c4:Float64}, 0))
  GROUP BY person HAVING count() >= {c8:Float64}))
 AND (orders = {c9:Float64}))
-- c1 = "product.category"
-- c2 = "tea"
-- c3 = "price"
-- c4 = 99
-- c5 = "Product Viewed"
-- c6 = 1794700800000
-- c7 = 1795305600000
-- c8 = 3
-- c9 = 0
