import { openWarehouse, migrateWarehouse } from './src/platform/warehouse.ts';
import { collectMigrations } from './src/collect/store.ch.ts';
import { identityMigrations } from './src/identity/index.ts';
const w = await openWarehouse({ url: null, cluster: null, folder: '/tmp/mend-y-m/wh' });
await migrateWarehouse(w, [...collectMigrations, ...identityMigrations]);
console.log(await w.query('SELECT version() AS v'));
for (let i = 0; i < 50; i++) {
  await w.command(`INSERT INTO qianmian.collect_event (workspace, person_id, time, received_at, name, message_id, message_hash, source, import_id, channel, properties)
   SELECT 'shop', 1 + rand(1) % 100000, t, t + 1, ['Product Viewed','Page Viewed','Order Completed','Product Added','Signed In'][1 + rand(2) % 5],
     concat('m-', toString(number)), sipHash64(number), ['web','app','till'][1 + rand(3) % 3], '', 'web',
     toJSONString(map('product_id', concat('p', toString(rand(4) % 2000)), 'price', toString(rand(5) % 900), 'url', concat('https://shop.example/p/', toString(rand(4) % 2000)), 'referrer', 'https://search.example/'))::JSON
   FROM (SELECT number, toDateTime64('2026-06-01 00:00:00', 3, 'UTC') - toIntervalSecond(toUInt32((5000000 - number) * 4)) AS t FROM numbers(${i * 100000}, 100000))`);
}
for (let i = 0; i < 30; i++) {
  await w.command(`INSERT INTO qianmian.collect_order_line (workspace, order_id, line_kind, line_id, person_id, time, channel, store_id, product_id, quantity, unit_price_cents, discount_cents, net_cents, currency, coupon_code, source, import_id, version, is_deleted, is_counted)
   SELECT 'shop', concat('o', toString(intDiv(number,3))), 'sale', toString(number % 3), 1 + rand(1) % 100000, t, 'web', '', concat('p', toString(rand(4) % 2000)), 1, 1000, 0, 1000, 'CNY', if(rand(7) % 20 = 0, 'AAA', ''), 'web', '', toUnixTimestamp(t) * 1000000, 0, 1
   FROM (SELECT number, toDateTime64('2026-06-01 00:00:00', 3, 'UTC') - toIntervalSecond(toUInt32((3000000 - number) * 7)) AS t FROM numbers(${i * 100000}, 100000))`);
}
console.log(await w.query('SELECT table, count() AS parts, sum(rows) AS n FROM system.parts WHERE active AND database = \'qianmian\' GROUP BY table'));
await w.close(); process.exit(0);
