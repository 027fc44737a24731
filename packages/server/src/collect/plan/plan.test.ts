import {
  GENTLE_RULES,
  governanceEndpoints as g,
  planFromLearned,
  qualityEndpoints as q,
  type TrackingPlan,
} from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApp } from '../../test-app.ts';
import { withDistinctPaths } from '../storable.ts';
import { compileJudge, compilePlan } from './check.ts';

const t = await testApp();

const property = (path: string, more = {}) => ({
  path,
  types: [],
  required: false,
  description: '',
  ...more,
});
const planOf = (...properties: ReturnType<typeof property>[]): TrackingPlan => ({
  events: [{ name: 'E', description: '', properties }],
});

describe('a check', () => {
  it('finds what is unknown, missing, of another type or not allowed, and says no value', () => {
    const check = compilePlan(
      planOf(
        property('size', { allowed: ['S', 'M'] }),
        property('price', { types: ['number'], required: true, min: 0 }),
        property('code', { pattern: '[A-Z]{3}' }),
        property('a.b', { types: ['integer'] }),
      ),
      { unknown: true },
    );
    expect(check('E', { size: 'S', price: 3, code: 'ABC', a: { b: 1 } })).toEqual([]);
    expect(check('E', { 'a.b': 1, price: 2.5 })).toEqual([]);
    const found = check('E', { size: 'secret@x.example', code: 'ABCD', a: { b: '1', c: 2 } });
    expect(found.map((one) => [one.kind, one.path])).toEqual([
      ['value_not_allowed', 'size'],
      ['missing_property', 'price'],
      ['value_not_allowed', 'code'],
      ['wrong_type', 'a.b'],
      ['unknown_property', 'a.c'],
    ]);
    expect(JSON.stringify(found)).not.toContain('secret');
    expect(check('F', {}).map((one) => one.kind)).toEqual(['unknown_event']);
  });

  it('is bounded, whatever comes', () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
    const check = compilePlan(planOf(property('x', { pattern: '[a-z]+[0-9]+' })), { unknown: true });
    const began = performance.now();
    expect(check('E', { ...wide, x: 'a'.repeat(1_000_000) }).length).toBeLessThanOrEqual(20);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('tells of each kind of difference, however many of another there are, and decides by the gravest', () => {
    const many = Array.from({ length: 30 }, (_, i) => property(`p${i}`, { required: true }));
    const judge = compileJudge(planOf(...many, property('last', { types: ['number'] })), {
      ...GENTLE_RULES,
      ...{ missing_property: 'warn', unknown_property: 'quarantine', wrong_type: 'reject' },
    })!;
    expect(judge('E', { last: 'x' })).toMatchObject({ action: 'reject', reason: 'wrong_type' });
    expect(judge('E', { last: 1, more: 1 })).toMatchObject({ action: 'quarantine' });
    const wide = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`p${i % 30}.x${i}`, null]));
    expect(judge('E', { ...wide, last: 1, more: 1 })).toMatchObject({ action: 'quarantine' });
  });

  it('tries patterns that a backtracking engine would not end with', () => {
    const check = compilePlan(planOf(property('x', { pattern: '(a|a){40}(.*)(.*)(.*)b' })), {
      unknown: true,
    });
    expect(check('E', { x: 'a'.repeat(256) })).toHaveLength(1);
    expect(check('E', { x: `${'a'.repeat(255)}b` })).toEqual([]);
  });
});

describe('a plan learned from data', () => {
  it('accepts that data', { timeout: 120_000 }, async () => {
    const key = fc.constantFrom('a', 'b', 'c.d', 'e', '尺寸', 'f_g');
    const value = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 3 }), fc.record({ x: fc.nat() })), {
        maxLength: 3,
      }),
      fc.record({
        in: fc.oneof(fc.nat(), fc.string({ maxLength: 4 })),
        deep: fc.record({ er: fc.boolean() }),
      }),
    );
    const event = fc.record({
      name: fc.constantFrom('A', 'B', 'C'),
      properties: fc.dictionary(key, value, { maxKeys: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 30 }), async (events) => {
        const workspace = await t.workspace();
        await t.send(
          workspace,
          events.map((one, i) => ({
            type: 'track',
            event: one.name,
            userId: 'u',
            messageId: `${i}`,
            properties: one.properties,
          })),
        );
        const learned = await t.call(q.learnTrackingPlan, { params: { workspace }, query: {} });
        const check = compilePlan(planFromLearned(learned), { unknown: true });
        for (const one of events)
          expect(check(one.name, withDistinctPaths(JSON.parse(JSON.stringify(one.properties))))).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it('tells share, types and examples; what looks personal only to who may see it', async () => {
    const workspace = await t.workspace();
    await t.send(workspace, [
      {
        type: 'track',
        event: 'E',
        userId: 'u',
        messageId: '1',
        properties: { size: 1, note: 'ann@x.example' },
      },
      { type: 'track', event: 'E', userId: 'u', messageId: '2', properties: { size: 1.5 } },
    ]);
    const analyst = await t.call(g.createApiKey, {
      params: { workspace },
      body: { name: 'analyst', role: 'analyst' },
    });
    const [event] = await t.call(q.learnTrackingPlan, { params: { workspace }, query: {} });
    expect(event).toMatchObject({
      messages: 2,
      properties: [
        { path: 'size', types: ['number'], share: 1 },
        { path: 'note', types: ['string'], share: 0.5, examples: ['ann@x.example'] },
      ],
    });
    const masked = await t.raw(q.learnTrackingPlan, { params: { workspace }, token: analyst.secret });
    expect(masked.text).toContain('note');
    expect(masked.text).not.toContain('ann@x');
  });
});

describe('versions', () => {
  it('are kept, compared by number, activated and guarded against saving over each other', async () => {
    const workspace = await t.workspace();
    const params = { workspace };
    const save = (plan: TrackingPlan, basedOn: number | null) =>
      t.call(q.saveTrackingPlan, { params, body: { plan, note: 'n', basedOn } });
    expect((await save(planOf(property('a')), null)).version).toBe(1);
    await expect(save(planOf(property('b')), null)).rejects.toThrow(/newer version/);
    expect((await save(planOf(property('b')), 1)).version).toBe(2);
    await expect(save(planOf(property('b'), property('b')), 2)).rejects.toThrow(/stands twice/);
    await expect(save(planOf(property('b', { pattern: '(a' })), 2)).rejects.toThrow(/plan.bad_pattern/);
    await expect(save(planOf(property('b', { pattern: '(a{1,30}){1,30}' })), 2)).rejects.toThrow(/RE2/);
    const state = await t.call(q.activateTrackingPlan, { params, body: { version: 1 } });
    expect(state).toMatchObject({ activeVersion: 1, latest: { version: 2, isActive: false } });
    expect((await t.call(q.listPlanVersions, { params })).map((one) => [one.version, one.isActive])).toEqual([
      [2, false],
      [1, true],
    ]);
    await expect(t.call(q.activateTrackingPlan, { params, body: { version: 9 } })).rejects.toThrow();
  });
});
