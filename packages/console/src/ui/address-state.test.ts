import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAddress, writeAddress } from './address-state.ts';

const schema = z.object({
  search: z.string().default(''),
  days: z.coerce.number().int().min(1).max(731).default(30),
  tags: z.array(z.string()).default([]),
  open: z.stringbool().default(false),
  to: z.iso.date().optional(),
});

describe('state in the address', () => {
  it('reads what parses and falls back for what does not', () => {
    expect(readAddress(schema, '?days=90&search=%E7%8E%8B&to=2026-11-22')).toEqual({
      search: '王',
      days: 90,
      tags: [],
      open: false,
      to: '2026-11-22',
    });
    expect(readAddress(schema, '?days=abc&to=yesterday').days).toBe(30);
    expect(readAddress(schema, '?to=yesterday').to).toBeUndefined();
  });

  it('reads one and many of a list', () => {
    expect(readAddress(schema, '?tags=a').tags).toEqual(['a']);
    expect(readAddress(schema, '?tags=a&tags=b').tags).toEqual(['a', 'b']);
  });

  it('leaves out defaults and keeps what belongs to others', () => {
    expect(writeAddress(schema, '?days=90&other=1', { days: 30 })).toBe('?other=1');
    expect(writeAddress(schema, '', { search: '', tags: [], open: false })).toBe('');
  });

  it('reads back what it wrote', () => {
    const state = { search: 'a&b=c 王', days: 7, tags: ['x', 'y'], open: true, to: '2026-01-31' };
    expect(readAddress(schema, writeAddress(schema, '', state))).toEqual(state);
  });
});
