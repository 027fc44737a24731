import { describe, expect, it } from 'vitest';
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
