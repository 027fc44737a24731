SELECT person FROM (SELECT *, person_id AS person FROM profile_person WHERE workspace = {workspace:String}) WHERE ((orders >= {c1:Float64})
 AND (isNotNull(last_order_at) AND greatest(0, intDiv({c2:Int64} - toUnixTimestamp64Milli(assumeNotNull(last_order_at)), 86400000)) > {c3:Float64})
 AND has({c4:Array(String)}, rfm_group))
-- c1 = 3
-- c2 = 1795305600000
-- c3 = 60
-- c4 = ["atRisk","cannotLose"]
