import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api } from './api.ts';
import type { Endpoint } from './endpoint.ts';

const endpoints: [string, Endpoint][] = Object.entries(api);

describe('a query', () => {
  it.each(endpoints)('of %s refuses what it does not know, by name', (_, { query }) => {
    const faults = query.safeParse({ misspelt: '1' }).error?.issues ?? [];
    expect(faults).toContainEqual(
      expect.objectContaining({ path: ['misspelt'], message: 'is not a parameter of this address' }),
    );
  });
});

describe('a change', () => {
  const changes = endpoints.filter(([, e]) => e.method === 'PATCH');

  it.each(changes)('by %s that names nothing holds nothing', (_, { body }) => {
    // One that must name something is refused; none is filled up with defaults, which would overwrite what is there.
    const { success, data } = body.safeParse({});
    expect(success ? data : {}).toEqual({});
  });
});

describe('a body', () => {
  const bodies = endpoints.flatMap(([name, e]) => (isObject(e.body) ? [[name, e.body] as const] : []));

  it.each(bodies)('of %s refuses a field it does not know, by name', (_, body) => {
    const faults = body.safeParse({ misspelt: '1' }).error?.issues ?? [];
    expect(faults).toContainEqual(
      expect.objectContaining({ code: 'unrecognized_keys', keys: ['misspelt'], path: [] }),
    );
  });

  it('refuses it wherever it lies', () => {
    const where = (body: z.ZodTypeAny, given: unknown) =>
      (body.safeParse(given).error?.issues ?? []).flatMap((issue) =>
        issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key].join('.')) : [],
      );
    const discount = { kind: 'percent', percent: 10, maximumCent: 500 };
    expect(where(api.createCoupon.body, { name: 'Ten', discount, endAt: '2026-12-08' })).toEqual([
      'discount.maximumCent',
      'endAt',
    ]);
    const window = { kind: 'rolling', days: 30 };
    const test = { op: 'gte', value: 1 };
    const leaf = { kind: 'orders', measure: 'count', test, window, were: {} };
    const condition = { kind: 'not', of: { kind: 'any', of: [leaf] } };
    expect(where(api.createSegment.body, { name: 'x', condition })).toEqual(['condition.of.of.0.were']);
    const { were: _, ...whole } = leaf;
    expect(api.previewSegment.body.safeParse({ condition: whole }).success).toBe(true);
  });

  it('still keeps what its rules say', () => {
    const days = { startsAt: '2026-12-08T00:00:00Z', endsAt: '2026-12-01T00:00:00Z' };
    const coupon = { name: 'Ten', discount: { kind: 'percent', percent: 10 }, ...days };
    expect(api.createCoupon.body.safeParse(coupon).error?.issues).toMatchObject([{ path: ['endsAt'] }]);
    const { data } = api.createCoupon.body.safeParse({ ...coupon, startsAt: null });
    expect(data).toMatchObject({ minimumCents: 0, prefix: '' });
  });
});

function isObject(body: z.ZodTypeAny): boolean {
  return body instanceof z.ZodObject;
}
