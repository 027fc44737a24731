import {
  collectEndpoints as c,
  GENTLE_RULES,
  type PlanAction,
  qualityEndpoints as q,
  type TrackingPlan,
} from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../platform/clock.ts';
import { testApp } from '../../test-app.ts';

const t = await testApp();

const PLAN: TrackingPlan = {
  events: [
    {
      name: 'Bought',
      description: '',
      properties: [
        { path: 'total', types: ['number'], required: true, min: 0, description: '' },
        { path: 'size', types: ['string'], required: false, allowed: ['S', 'M'], description: '' },
      ],
    },
  ],
};

async function shop(action: PlanAction | null = null) {
  const workspace = await t.workspace();
  const params = { workspace };
  if (action) {
    await t.call(q.saveTrackingPlan, { params, body: { plan: PLAN, note: '', basedOn: null } });
    await t.call(q.activateTrackingPlan, { params, body: { version: 1 } });
    const rules = Object.fromEntries(Object.keys(GENTLE_RULES).map((kind) => [kind, action]));
    await t.call(q.setPlanRules, { params: { workspace, id: 'test' }, body: rules as typeof GENTLE_RULES });
  }
  const send = (...messages: object[]) => t.send(workspace, messages);
  const bought = (messageId: string, properties: object, more = {}) => ({
    ...{ type: 'track', event: 'Bought', userId: 'u', messageId, properties, ...more },
  });
  return {
    workspace,
    params,
    send,
    bought,
    events: async () => (await t.call(c.listEvents, { params, query: {} })).rows,
    held: async (state: 'open' | 'replayed' | 'dismissed' = 'open') =>
      (await t.call(c.listQuarantine, { params, query: { state } })).rows,
    arrivals: async (query = {}) => (await t.call(q.listArrivals, { params, query })).rows,
    total: async () => {
      const report = await t.call(q.getQuality, { params, query: {} });
      const reasons = report.total.parts.flatMap((part) => part.reasons);
      return {
        ...report.total,
        of: Object.fromEntries(reasons.map((one) => [one.reason, one.messages])),
      };
    },
    settle: async () => {
      await t.app.jobs.idle();
      await t.app.collector.drained();
      await t.app.jobs.idle();
    },
  };
}
type Shop = Awaited<ReturnType<typeof shop>>;

const replay = async (s: Shop, selection: object, fix: object = {}) => {
  await t.call(q.replayQuarantine, { params: s.params, body: { selection, fix } });
  await s.settle();
};

describe('what differs from the plan', () => {
  it('is stored and noted, held, or turned away and only counted, as its source has it', async () => {
    for (const action of ['off', 'warn', 'quarantine', 'reject'] as const) {
      const s = await shop(action);
      await s.send(s.bought('ok', { total: 5, size: 'S' }), s.bought('bad', { size: 'XXL' }));
      expect((await s.events()).map((one) => one.messageId).sort()).toEqual(
        action === 'off' || action === 'warn' ? ['bad', 'ok'] : ['ok'],
      );
      expect(await s.held()).toHaveLength(action === 'quarantine' ? 1 : 0);
      const bad = (await s.arrivals()).find(
        (one) => one.messageId === 'bad' || one.outcome === 'quarantined',
      );
      expect(bad?.outcome).toBe(
        { off: 'stored', warn: 'warned', quarantine: 'quarantined', reject: 'rejected' }[action],
      );
      if (action === 'warn') expect(bad?.reasons).toEqual(['missing_property', 'value_not_allowed']);
      const { of } = await s.total();
      expect(of).toEqual(
        {
          off: {},
          warn: { 'warned:missing_property': 1, 'warned:value_not_allowed': 1 },
          quarantine: { 'held:missing_property': 1 },
          reject: { 'rejected:missing_property': 1 },
        }[action],
      );
    }
  });

  it('gets no 4xx', async () => {
    const s = await shop('reject');
    const [source] = await t.call(c.listSources, { params: s.params });
    const answer = await t.app.http.app.inject({
      method: 'POST',
      url: '/v1/track',
      payload: { writeKey: source!.writeKey, userId: 'u', event: 'Never heard of', messageId: 'x' },
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('a held message', () => {
  it('is corrected and stored once under its own id, however often it is replayed', {
    timeout: 60_000,
  }, async () => {
    const s = await shop('quarantine');
    await s.send(s.bought('m1', { total: 'twelve' }), s.bought('m2', { total: 3 }));
    const [one] = await s.held();
    expect(one).toMatchObject({ reason: 'wrong_type', event: 'Bought', state: 'open' });
    const payload = JSON.stringify({ ...JSON.parse(one!.payload), properties: { total: 12 } });
    const body = { selection: { ids: [one!.id] }, fix: { payload } };
    const preview = await t.call(q.previewFix, { params: s.params, body });
    expect(preview.outcomes).toEqual([{ outcome: 'stored', reason: '', messages: 1 }]);
    expect(await s.held()).toHaveLength(1);
    // Twice at once, and once more after it was done: what is durable twice is stored once.
    await Promise.all([1, 2].map(() => t.call(q.replayQuarantine, { params: s.params, body })));
    await s.settle();
    await replay(s, { ids: [one!.id] }, { payload });
    const events = await s.events();
    expect(events.map((event) => event.messageId).sort()).toEqual(['m1', 'm2']);
    expect(events.find((event) => event.messageId === 'm1')?.properties).toEqual({ total: 12 });
    expect(await s.held()).toEqual([]);
    expect(await s.held('replayed')).toMatchObject([
      { id: one!.id, state: 'replayed', decidedBy: expect.any(String) },
    ]);
  });

  it('that is sent again counts once while it is held, and once it is mended and stored', {
    timeout: 60_000,
  }, async () => {
    const s = await shop('quarantine');
    const bad = s.bought('again', { total: 'twelve' });
    const nameless = { type: 'track', event: '', userId: 'u', messageId: 'nameless' };
    for (let i = 0; i < 3; i++) await s.send(bad, nameless);
    await s.send(bad, bad, nameless);
    const held = async () => (await s.held()).map((one) => one.reason).sort();
    expect(await held()).toEqual(['no_event_name', 'wrong_type']);
    expect(await s.total()).toMatchObject({
      messages: 9,
      of: { 'held:no_event_name': 1, 'held:wrong_type': 1, repeated: 7 },
    });
    expect((await s.arrivals({ outcome: 'repeated' })).map((one) => one.messageId)).toHaveLength(7);

    const fix = { steps: [{ op: 'set', path: 'properties.total', value: 12 }] };
    await replay(s, { event: 'Bought' }, fix);
    expect((await s.events()).map((event) => event.messageId)).toEqual(['again']);
    await t.app.collector.recall();
    await s.send(bad);
    expect(await held()).toEqual(['no_event_name']);
    expect((await s.total()).of).toMatchObject({ 'held:wrong_type': 1, repeated: 8 });

    t.clock.advance(31 * DAY);
    await s.send(nameless);
    expect(await held()).toEqual(['no_event_name', 'no_event_name']);
  });

  it('corrected by who sent it is stored, and what was stored is never held when it comes again', async () => {
    const s = await shop();
    await s.send(s.bought('early', { total: 'x' }));
    await t.call(q.saveTrackingPlan, { params: s.params, body: { plan: PLAN, note: '', basedOn: null } });
    await t.call(q.activateTrackingPlan, { params: s.params, body: { version: 1 } });
    for (const action of ['quarantine', 'reject'] as const) {
      const rules = { ...GENTLE_RULES, wrong_type: action };
      await t.call(q.setPlanRules, { params: { workspace: s.workspace, id: 'test' }, body: rules });
      await s.send(s.bought('early', { total: 'x' }));
      expect((await s.total()).of).toMatchObject({ repeated: action === 'quarantine' ? 1 : 2 });
    }
    expect((await s.total()).of).not.toHaveProperty('rejected:wrong_type');
    await t.call(q.setPlanRules, {
      params: { workspace: s.workspace, id: 'test' },
      body: { ...GENTLE_RULES, wrong_type: 'quarantine' },
    });
    await s.send(s.bought('late', { total: 'x' }));
    await s.send(s.bought('late', { total: 1 }));
    expect((await s.events()).map((event) => event.messageId).sort()).toEqual(['early', 'late']);
    expect(await s.held()).toHaveLength(1);
  });

  it('has no JSON put in its place that is none', async () => {
    const s = await shop('quarantine');
    await s.send(s.bought('m', {}));
    const [one] = await s.held();
    const bad = await t.raw(q.replayQuarantine, {
      params: s.params,
      body: { selection: { ids: [one!.id] }, fix: { payload: '{' } },
    });
    expect(bad).toMatchObject({ status: 422, body: { code: 'quarantine.bad_json' } });
  });

  it('stays held when it is still at fault, with the new reason, and is taken as it is where someone says so', async () => {
    const s = await shop('quarantine');
    await s.send(s.bought('m', { size: 'XXL' }));
    await replay(
      s,
      { reason: 'missing_property' },
      { steps: [{ op: 'set', path: 'properties.total', value: 5 }] },
    );
    expect(await s.held()).toMatchObject([{ reason: 'value_not_allowed', state: 'open' }]);
    await replay(s, { event: 'Bought' }, { accept: true });
    expect(await s.held()).toEqual([]);
    expect(await s.arrivals()).toMatchObject([{ messageId: 'm', outcome: 'warned' }]);
  });

  it('without an id of its own is the same message still; one replayed long after is known beyond memory', async () => {
    const s = await shop('quarantine');
    await s.send({ type: 'track', userId: 'u', event: 'Bought', properties: { total: '7' } });
    const fix = { steps: [{ op: 'convert', path: 'properties.total', to: 'number' }] };
    const [one] = await s.held();
    await replay(s, { ids: [one!.id] }, fix);
    t.clock.advance(40 * DAY);
    // As if its mark were lost: the journal holds it once more.
    await t.app.warehouse.deleteRows('collect_quarantine_fate', 'workspace = {workspace:String}', {
      workspace: s.workspace,
    });
    await replay(s, { ids: [one!.id] }, fix);
    expect((await s.events()).map((event) => event.messageId)).toEqual([one!.id]);
  });

  it('is dismissed with all of its group, and the dismissal taken back', async () => {
    const s = await shop('quarantine');
    await s.send(s.bought('1', {}), s.bought('2', {}), s.bought('3', { total: 'x' }));
    const groups = await t.call(q.listHeldGroups, { params: s.params, query: {} });
    expect(groups.map((one) => [one.reason, one.messages])).toEqual([
      ['missing_property', 2],
      ['wrong_type', 1],
    ]);
    const done = await t.call(q.dismissQuarantine, {
      params: s.params,
      body: { selection: { reason: 'missing_property' } },
    });
    expect(done.messages).toBe(2);
    expect([(await s.held()).length, (await s.held('dismissed')).length]).toEqual([1, 2]);
    await t.call(q.undoDismiss, { params: { workspace: s.workspace, id: done.decision } });
    expect([(await s.held()).length, (await s.held('dismissed')).length]).toEqual([3, 0]);
    // Taken back twice is taken back; what was never decided cannot be.
    const again = { params: { workspace: s.workspace, id: done.decision } };
    expect(await t.call(q.undoDismiss, again)).toEqual({ messages: 0 });
    for (const workspace of [s.workspace, await t.workspace()])
      expect(
        await t.raw(q.undoDismiss, {
          params: { workspace, id: workspace === s.workspace ? 'zzz' : done.decision },
        }),
      ).toMatchObject({ status: 404, body: { code: 'decision.not_found' } });
  });

  it('law: any number of replays in any order stores each message once', { timeout: 120_000 }, async () => {
    const s = await shop('quarantine');
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }), async (order) => {
        made += 1;
        const ids = [0, 1, 2].map((i) => `r${made}-${i}`);
        await s.send(...ids.map((id) => s.bought(id, { total: '5' })));
        const held = await s.held();
        const fix = { steps: [{ op: 'convert' as const, path: 'properties.total', to: 'number' as const }] };
        await Promise.all(
          order.map((at) =>
            t.call(q.replayQuarantine, {
              params: s.params,
              body: { selection: { ids: [held[at]!.id] }, fix },
            }),
          ),
        );
        await s.settle();
        await replay(s, {}, fix);
        const [row] = await t.app.warehouse.query<{ n: number; ids: number }>(
          'SELECT count() AS n, uniqExact(message_id) AS ids FROM collect_event WHERE workspace = {workspace:String}',
          { workspace: s.workspace },
        );
        expect(row).toEqual({ n: 3 * made, ids: 3 * made });
        expect(await s.held()).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });
});

describe('what arrived', () => {
  /** All pages, with what is done between them. */
  async function walk(s: Shop, query: object, between: () => Promise<void> = async () => {}) {
    const keys: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await t.call(q.listArrivals, { params: s.params, query: { ...query, cursor } });
      keys.push(...page.rows.map((row) => row.key));
      sizes.push(page.rows.length);
      cursor = page.nextCursor;
      await between();
      expect(sizes.length).toBeLessThan(50);
    }
    return { keys, sizes };
  }

  it('is told to its end in pages as large as asked for, each message once', {
    timeout: 60_000,
  }, async () => {
    const s = await shop();
    const time = t.clock.now();
    const many = (name: string, n: number) =>
      Array.from({ length: n }, (_, i) =>
        s.bought(`${name}${i}`, {}, { timestamp: new Date(time - (i % 7)).toISOString() }),
      );
    await s.send(...many('a', 3000));
    t.clock.advance(DAY);
    await s.send(...many('b', 3100));
    const { keys, sizes } = await walk(s, { limit: 1000 });
    expect(sizes).toEqual([1000, 1000, 1000, 1000, 1000, 1000, 100]);
    expect(new Set(keys).size).toBe(6100);
    expect(keys.findIndex((key) => key.startsWith('a'))).toBe(3100);
    const refused = await t.raw(q.listArrivals, { params: s.params, query: { cursor: '5000' } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.bad_cursor' } });
  });

  it('law: in pages of any size it is what one page has, whatever arrives meanwhile', {
    timeout: 60_000,
  }, async () => {
    const s = await shop('quarantine');
    const nameless = (messageId: string) => ({ type: 'track', event: '', userId: 'u', messageId });
    for (const day of [0, 1]) {
      const good = [0, 1, 2, 3].map((i) => s.bought(`g${day}-${i}`, { total: i }));
      // Sixteen of the same moment: stored, held and repeated ones.
      await s.send(...good, ...good, ...good.map((_, i) => nameless(`n${day}-${i}`)), ...good);
      t.clock.advance(2 * HOUR);
    }
    const whole = await walk(s, { limit: 1000 });
    expect(whole.keys).toHaveLength(32);
    expect(new Set(whole.keys).size).toBe(32);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 11 }), async (limit) => {
        const all = await walk(s, { limit: 1000 });
        let late = 2;
        const paged = await walk(s, { limit }, async () => {
          t.clock.advance(1);
          if (late-- > 0) await s.send(s.bought(`late${made++}`, { total: 1 }), nameless(`n${made++}`));
        });
        expect(paged.keys).toEqual(all.keys);
      }),
      { numRuns: 3 },
    );
  });

  it('is told whole where only what the plan says nothing against is asked for', async () => {
    const s = await shop('warn');
    const sent = Array.from({ length: 12 }, (_, i) => s.bought(`m${i}`, i % 4 === 0 ? { total: i } : {}));
    await s.send(...sent);
    expect((await walk(s, { outcome: 'stored', limit: 2 })).sizes).toEqual([2, 1]);
    expect((await walk(s, { outcome: 'warned', limit: 4 })).sizes).toEqual([4, 4, 1]);
  });
});

describe('counts', () => {
  it('are of what came: repeats, delays, empty values, orders of nobody known', async () => {
    const s = await shop();
    const now = t.clock.now();
    await s.send(
      s.bought('1', { total: 1 }),
      s.bought('1', { total: 1 }),
      s.bought('2', { total: null }, { timestamp: new Date(now - 2 * HOUR).toISOString() }),
      s.bought('3', {}, { timestamp: new Date(now - 2 * DAY).toISOString() }),
      { type: 'track', event: '', userId: 'u', messageId: '4' },
      {
        ...{ type: 'track', event: 'Order Completed', anonymousId: 'a', messageId: '5' },
        properties: { order_id: 'o', products: [{ product_id: 'P', price: 2, quantity: 1 }] },
      },
    );
    const total = await s.total();
    expect(total.messages).toBe(6);
    expect(total.of).toEqual({
      ...{ repeated: 1, late: 2, day_late: 1, empty_value: 1, 'held:no_event_name': 1 },
      ...{ no_customer: 1, unknown_product: 1 },
    });
    expect((await s.arrivals({ outcome: 'repeated' })).map((one) => one.messageId)).toEqual(['1']);
    expect((await s.arrivals({ reason: 'late' })).map((one) => one.messageId).sort()).toEqual(['2', '3']);
  });

  it('stay exact when a batch is tried again after it was counted', async () => {
    const s = await shop();
    const insert = t.app.warehouse.insert;
    let failures = 2;
    t.app.warehouse.insert = async (table, rows, token) => {
      await insert(table, rows, token);
      // It is stored, and the answer is lost.
      if (table === 'collect_event' && failures-- > 0) throw new Error('the line broke');
    };
    try {
      await s.send(s.bought('1', { total: 1 }), s.bought('2', { total: 1 }));
    } finally {
      t.app.warehouse.insert = insert;
    }
    const total = await s.total();
    expect([total.messages, total.of, total.score]).toEqual([2, {}, 100]);
    expect(await s.events()).toHaveLength(2);
  });
});

describe('alerts', () => {
  it('a score that falls and a source that falls silent are told once, acknowledged, and end', {
    timeout: 60_000,
  }, async () => {
    const s = await shop();
    const list = () => t.call(q.listQualityAlerts, { params: s.params });
    for (let day = 0; day < 9; day++) {
      const sent = Array.from({ length: 30 }, (_, i) =>
        s.bought(`${day}-${i}`, day === 8 ? { a: '' } : { a: 1 }),
      );
      await t.app.collector.acceptMessages(s.workspace, 'test', sent);
      await t.app.collector.drained();
      if (day < 8) t.clock.advance(DAY);
    }
    await t.app.quality.watch(s.workspace);
    await t.app.quality.watch(s.workspace);
    const [fell] = await list();
    expect(fell).toMatchObject({ kind: 'score_fell', source: 'test', endedAt: null, usual: 100 });
    await t.call(q.acknowledgeQualityAlert, { params: { workspace: s.workspace, id: fell!.id } });
    t.clock.advance(30 * HOUR);
    await t.app.quality.watch(s.workspace);
    const silent = (await list()).find((one) => one.kind === 'silent');
    expect(silent?.usual).toBeGreaterThanOrEqual(10);
    expect((await list()).find((one) => one.kind === 'score_fell')?.acknowledgedBy).toBeTruthy();
    await s.send(s.bought('back', { a: 1 }));
    await t.app.quality.watch(s.workspace);
    expect((await list()).find((one) => one.kind === 'silent')?.endedAt).not.toBeNull();
  });
});
