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
