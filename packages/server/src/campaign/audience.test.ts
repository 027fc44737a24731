import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armOf } from './assign.ts';
import { type Contact, isAddress, partAudience } from './audience.ts';
import { makeToken, messageIdOf, readToken, type TokenKind } from './tracking.ts';

const contact = (personId: number, email: string, hasConsent = true): Contact => ({
  personId,
  email,
  name: '',
  hasConsent,
});

describe('who is written to', () => {
  it('each reason in its order, one person per address', () => {
    const { reached, excluded } = partAudience([
      contact(9, 'ann@example.com'),
      contact(1, ''),
      contact(2, 'not an address'),
      contact(3, 'bob@example.com', false),
      contact(4, 'Ann@Example.com '),
      contact(5, 'bad@nowhere', false),
    ]);
    expect(reached.map((c) => c.personId)).toEqual([4]);
    expect(reached[0]?.email).toBe('ann@example.com');
    expect(excluded).toEqual({ noEmail: 1, badAddress: 2, noConsent: 1, duplicateAddress: 1 });
  });

  it('whoever declined does not keep the address from who agreed; nobody is counted twice or lost', () => {
    const some = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom('', 'x', 'a@b.example', 'c@d.example', 'E@f.example'),
        fc.boolean(),
      ),
    );
    fc.assert(
      fc.property(some, (people) => {
        const contacts = people.map(([id, email, yes]) => contact(id, email, yes));
        const { reached, excluded } = partAudience(contacts);
        expect(reached.length + Object.values(excluded).reduce((s, n) => s + n, 0)).toBe(contacts.length);
        expect(new Set(reached.map((c) => c.email)).size).toBe(reached.length);
        for (const c of reached) expect(c.hasConsent).toBe(true);
        const willing = new Set(
          contacts
            .filter((c) => c.hasConsent && isAddress(c.email.toLowerCase()))
            .map((c) => c.email.toLowerCase()),
        );
        expect(new Set(reached.map((c) => c.email))).toEqual(willing);
      }),
    );
  });

  it('addresses that would break out of a header are none', () => {
    for (const good of [
      'a@b.example',
      "o'neil+x@mail.shop.example",
      'x_1@例子.example'.replace('例子', 'xn--fsqu00a'),
    ])
      expect(isAddress(good), good).toBe(true);
    for (const bad of [
      'a@b',
      '@b.example',
      'a b@c.example',
      'a@b.example\r\nBcc: x',
      'a,b@c.example',
      '"a"@b.example',
      'a@b@c.example',
      'a@-b.example',
      '<a@b.example>',
      'a..b@c.example',
    ])
      expect(isAddress(bad), bad).toBe(false);
  });
});

describe('the split', () => {
  it('is the same whenever asked, near the share, and another for another campaign', () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const controls = (campaign: string, share: number) =>
      Array.from({ length: 20_000 }, (_, i) => armOf(campaign, i + 1, share)).filter((a) => a === 'control')
        .length;
    for (const share of [0.05, 0.1, 0.5]) {
      const tolerance = 4 * Math.sqrt(20_000 * share * (1 - share));
      expect(Math.abs(controls(one, share) - 20_000 * share)).toBeLessThan(tolerance);
      expect(controls(one, share)).toBe(controls(one, share));
    }
    const both = Array.from({ length: 20_000 }, (_, i) => i + 1).filter(
      (p) => armOf(one, p, 0.5) === 'control' && armOf(two, p, 0.5) === 'control',
    ).length;
    expect(Math.abs(both - 5000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.25 * 0.75));
    expect(controls(one, 0)).toBe(0);
  });
});

describe('addresses in messages', () => {
  const secret = Buffer.alloc(32, 7);
  const token = { campaignId: randomUUID(), personId: 4_294_967_295, link: 3 };

  it('say what they were made of, to their own kind only', () => {
    const text = makeToken(secret, 'click', token);
    expect(readToken(secret, 'click', text)).toEqual(token);
    for (const kind of ['open', 'leave'] as TokenKind[]) expect(readToken(secret, kind, text)).toBeNull();
    expect(readToken(Buffer.alloc(32, 8), 'click', text)).toBeNull();
    expect(messageIdOf(secret, token.campaignId, 5, 'shop.example')).toMatch(/^<[\w-]{22}@shop\.example>$/);
  });

  it('no garbage is taken for one, nor one that was touched', () => {
    const text = makeToken(secret, 'open', token);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.nat(text.length - 1),
        fc.constantFrom('0', 'a', '.', '/'),
        (junk, at, sign) => {
          expect(readToken(secret, 'open', junk)).toBeNull();
          const touched = text.slice(0, at) + sign + text.slice(at + 1);
          expect(readToken(secret, 'open', touched) === null || touched === text).toBe(true);
        },
      ),
    );
  });
});
