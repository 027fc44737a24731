import { expect, it } from 'vitest';
import { nameIn } from '../ui/name-in.ts';
import { calledIn, pathCalled } from './called.ts';
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

it('calls a category as its reader does, and by its key where no name is known', () => {
  const names = [
    { kind: 'category' as const, key: 'Dairy', name: '', nameZh: '乳品' },
    { kind: 'brand' as const, key: 'Dairy', name: 'Dairy & Sons', nameZh: '' },
  ];
  const [en, zh] = [calledIn('en', names), calledIn('zh', names)];
  expect([en('category', 'Dairy'), zh('category', 'Dairy')]).toEqual(['Dairy', '乳品']);
  expect([en('brand', 'Dairy'), zh('brand', 'Dairy')]).toEqual(['Dairy & Sons', 'Dairy']);
  expect(zh('city', 'Dairy')).toBe('Dairy');
  expect(pathCalled(zh, 'Food > Dairy')).toBe('Food / 乳品');
  expect(pathCalled(zh, ['Food', 'Dairy'])).toBe('Food / 乳品');
});
