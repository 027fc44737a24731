import { api, collectEndpoints, quotaEndpoints } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { testApp } from '../../test-app.ts';
import { malformed } from './test-malformed.ts';

const t = await testApp({ QM_LOG_LEVEL: 'silent' });
const REQUESTS = 300;
/** `FUZZ_SEED=7` tries other requests; a failure names its own. */
const seed = Number(process.env.FUZZ_SEED ?? 1);

/** What an answer may be: taken in, no key, no page of the key, no route or method, too large, not the hook's. */
const MAY = new Set([200, 204, 400, 401, 403, 404, 413, 414, 415]);

it('Malformed payloads crash nothing, and each that was accepted is stored or held', {
  timeout: 240_000,
}, async () => {
  const workspace = await t.workspace();
  const site = await t.call(collectEndpoints.createSource, { params: { workspace }, body: { name: 'Any' } });
  const hook = await t.call(api.createSource, {
    params: { workspace },
    body: {
      ...{ name: 'Calls', kind: 'webhook', secret: 'secret-of-the-hook' },
      check: { kind: 'hmac', header: 'X-Signature', algorithm: 'sha256', encoding: 'hex' },
    },
  });
  const doors = { key: site.writeKey, hookId: hook.id, hookSecret: 'secret-of-the-hook' };
  const requests = malformed(seed, doors);
  let calls = 0;
  /** A call is charged as what it becomes. */
  let charged = 0;
  const used = async () => (await t.call(quotaEndpoints.getQuota, { params: { workspace } })).eventsThisMonth;
  let isGood = 0;
  for (let n = 0; n < REQUESTS; n++) {
    const { method, url, headers, body } = requests.next().value;
    const isCall = url.startsWith('/v1/hooks/');
    const before = isCall ? await used() : 0;
    const answer = await t.app.http.app.inject({ method, url, headers, ...(body ? { payload: body } : {}) });
    if (!MAY.has(answer.statusCode))
      throw new Error(
        `seed ${seed}, request ${n}: ${method} ${url.slice(0, 200)} answered ${answer.statusCode}`,
      );
    if (isCall && answer.statusCode === 200) calls += 1;
    if (isCall) charged += (await used()) - before;
    // Among it all, who is well is served: a good message is stored, whatever came before and after.
    if (n % 50 === 0) {
      const good = await t.app.http.app.inject({
        method: 'POST',
        url: '/v1/batch',
        payload: {
          writeKey: doors.key,
          batch: [{ type: 'track', userId: 'good', event: 'Good', messageId: `good-${n}` }],
        },
      });
      expect(good.json()).toEqual({ success: true });
      isGood += 1;
    }
  }
  await t.app.collector.drained();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  const one = async (sql: string) => Number((await t.app.warehouse.one<{ n: number }>(sql, { workspace })).n);
  const where = 'WHERE workspace = {workspace:String}';
  expect(await one(`SELECT count() AS n FROM collect_event ${where} AND name = 'Good'`)).toBe(isGood);
  expect(await one(`SELECT uniqExact(id) AS n FROM collect_delivery ${where}`)).toBe(calls);
  // What the door counted is what quality counted, read by read: stored, repeated, held.
  const said = (await used()) - charged;
  const report = await t.call(api.getQuality, { params: { workspace }, query: { days: 1 } });
  const { messages, parts } = report.sources.find((row) => row.source === site.id)!.total;
  const repeated =
    parts.flatMap((part) => part.reasons).find((row) => row.reason === 'repeated')?.messages ?? 0;
  expect(messages).toBe(said);
  const stored = await one(`SELECT count() AS n FROM collect_event ${where} AND source = '${site.id}'`);
  const held = await one(
    `SELECT uniqExact(id) AS n FROM collect_quarantine ${where} AND source = '${site.id}' AND reason NOT IN ('too_many_traits', 'too_many_returns', 'too_many_goods')`,
  );
  expect(stored + held + repeated).toBe(said);
  // Nothing that was read as good is refused by the warehouse itself: finding it out is dear.
  expect(await one(`SELECT count() AS n FROM collect_quarantine ${where} AND reason = 'not_storable'`)).toBe(
    0,
  );
  expect(stored).toBeGreaterThan(REQUESTS / 10);
  expect(held).toBeGreaterThan(REQUESTS / 10);
});
