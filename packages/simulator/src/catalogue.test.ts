import { describe, expect, it } from 'vitest';
import { createWorld } from './index.ts';

describe('the range and the shops', () => {
  const world = createWorld({ people: 10 });

  it('has two thousand products with names of their own in both languages', () => {
    expect(world.products.length).toBe(2_000);
    expect(new Set(world.products.map(({ nameZh }) => nameZh)).size).toBe(2_000);
    expect(new Set(world.products.map(({ nameEn }) => nameEn)).size).toBe(2_000);
    expect(world.products.every(({ priceCents, costCents }) => costCents > 0 && costCents < priceCents)).toBe(
      true,
    );
  });

  it('has forty categories in eight departments', () => {
    expect(world.categories.length).toBe(40);
    expect(new Set(world.categories.map(({ departmentEn }) => departmentEn)).size).toBe(8);
  });

  it('has twenty shops, some abroad', () => {
    expect(new Set(world.stores.map(({ nameZh }) => nameZh)).size).toBe(20);
    expect(world.stores.filter(({ country }) => country !== 'CN').map(({ city }) => city)).toContain(
      'London',
    );
  });

  it('says which options cannot be', () => {
    expect(() => createWorld({ start: '2019-12-31' })).toThrow(/2020-01-01/);
    expect(() => createWorld({ people: 0 })).toThrow(/people/);
    expect(() => createWorld({ stores: 0 })).toThrow(/at least 1/);
    expect(() => createWorld({ skus: 5 })).toThrow(/at least 40/);
  });
});
