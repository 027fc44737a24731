import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './sealed.ts';

const secret = Buffer.alloc(32, 7);

describe('a sealed text', () => {
  it('is read again only by the same installation, for the same purpose, untouched', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, place) => {
        const sealed = seal(secret, 'a', text);
        expect(unseal(secret, 'a', sealed)).toBe(text);
        expect(seal(secret, 'a', text)).not.toBe(sealed);
        expect(unseal(secret, 'b', sealed)).toBeNull();
        expect(unseal(Buffer.alloc(32, 8), 'a', sealed)).toBeNull();
        const bytes = Buffer.from(sealed.slice(2), 'base64url');
        bytes[place % bytes.length]! ^= 1;
        expect(unseal(secret, 'a', `1.${bytes.toString('base64url')}`)).toBeNull();
      }),
    );
    expect(unseal(secret, 'a', '')).toBeNull();
  });
});
