import { customerQuery } from '@qianmian/contract';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { JobTables } from '../platform/job-store.pg.ts';
import type { ProfileTables } from './store.pg.ts';
import { happened, purchase, type Shop, shop } from './test-shop.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-05-01T00:00:00Z');
let s: Shop;
beforeAll(async () => {
  s = await shop();
  s.clock.set('2026-06-01T04:00:00Z');
});

it('is done for all who ask while another waits for its turn', async () => {
  const ws = await s.workspace();
  let done = 0;
  s.bus.on('profile.refreshed', ({ workspace }) => {
    if (workspace === ws) done += 1;
  });
  await s.collect(ws, [purchase('ann', 'o1', START, 100)]);
  const asked = await Promise.all(Array.from({ length: 20 }, () => s.profile.refresh(ws)));
  expect(asked.every((r) => r.people === 1)).toBe(true);
  expect(done).toBeLessThanOrEqual(2);
  // What came since is in the next.
  await s.collect(ws, [purchase('ben', 'o2', START, 100)]);
  expect((await s.profile.refresh(ws)).people).toBe(2);
});

it('waits the longer the more the last one cost, and what comes meanwhile waits with it', async () => {
  const ws = await s.workspace();
  const due = () =>
    s.ledger
      .withTables<JobTables>()
      .selectFrom('platform_job')
      .select('run_at')
      .where('workspace', '=', ws)
      .where('kind', '=', 'profile.refresh')
      .where('unique_key', 'not like', '%night%')
      .execute();
  await s.profile.refresh(ws);
  await s.ledger
    .withTables<ProfileTables>()
    .updateTable('profile_refresh')
    .set({ milliseconds: 6000 })
    .where('workspace', '=', ws)
    .execute();
  const began = s.clock.now();
  for (let i = 0; i < 10; i++) {
    await s.collect(ws, [purchase('ann', `o${i}`, START, 100)]);
    s.clock.advance(3000);
  }
  expect((await due()).map((j) => j.run_at.getTime() - began)).toEqual([60_000]);
});

it('says of every life when it was first and last seen, in lists as on the page', async () => {
  const fact = fc.record({
    kind: fc.constantFrom('sale' as const, 'return' as const, 'visit' as const),
    day: fc.nat(25),
    order: fc.nat(3),
  });
  const lives = fc.sample(fc.array(fact, { minLength: 1, maxLength: 6 }), { numRuns: 30, seed: 7 });
  const ws = await s.workspace();
  await s.collect(
    ws,
    lives.flatMap((life, i) =>
      life.map(({ kind, day, order }, j) =>
        kind === 'visit'
          ? happened(`u${i}`, 'Product Viewed', START + day * DAY)
          : purchase(`u${i}`, `o${i}-${order}`, START + day * DAY, kind === 'sale' ? 100 : -100, {
              lineId: `${kind}${j}`,
              lineKind: kind,
            }),
      ),
    ),
  );
  await s.profile.refresh(ws);
  const { rows } = await s.profile.listCustomers(ws, customerQuery.parse({ limit: 100 }), true);
  expect(rows).toHaveLength(lives.length);
  for (const row of rows) {
    const { firstSeenAt, lastSeenAt } = await s.profile.person.get(ws, row.personId, true);
    expect({ firstSeenAt: row.firstSeenAt, lastSeenAt: row.lastSeenAt }).toEqual({ firstSeenAt, lastSeenAt });
  }
});
