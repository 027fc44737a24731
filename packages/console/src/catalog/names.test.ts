import { expect, it } from 'vitest';
import { nameIn } from '../ui/name-in.ts';
import { marginOf } from './names.ts';

it('names a thing in the language of the reader, else as it can', () => {
  expect(nameIn('zh', { name: 'Shirt', nameZh: '衬衫' }, 'S1')).toBe('衬衫');
  expect(nameIn('en', { name: '', nameZh: '衬衫' }, 'S1')).toBe('衬衫');
  expect(nameIn('en', { name: '', nameZh: '' }, 'S1')).toBe('S1');
});

it('knows the margin only where price and cost are known', () => {
  expect(marginOf({ priceCents: 1000, costCents: 400 })).toBeCloseTo(0.6);
  expect(marginOf({ priceCents: null, costCents: 400 })).toBeNull();
  expect(marginOf({ priceCents: 0, costCents: 0 })).toBeNull();
  expect(marginOf({ priceCents: 1000, costCents: null })).toBeNull();
});
