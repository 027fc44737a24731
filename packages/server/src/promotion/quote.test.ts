import type { CouponDraft, Discount } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCodes } from './codes.ts';
import { breaches, quoteCoupon, type Terms } from './quote.ts';
import { couponWords } from './words.ts';

const discount: fc.Arbitrary<Discount> = fc.oneof(
  fc.record({ kind: fc.constant('percent' as const), percent: fc.double({ min: 1, max: 100, noNaN: true }) }),
  fc.record({ kind: fc.constant('amount' as const), amountCents: fc.integer({ min: 1, max: 100_000_000 }) }),
);
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const terms: fc.Arbitrary<Terms> = fc.record({
  discount,
  minimumCents: fc.integer({ min: 0, max: 1_000_000_000 }),
  startsAt: fc.option(time),
  endsAt: fc.option(time),
});
const basket = fc.integer({ min: 0, max: 100_000_000_000 });

describe('a quote', () => {
  it('never takes off more than the basket, nor a part of a cent, nor less than nothing', () => {
    fc.assert(
      fc.property(terms, basket, time, (t, cents, at) => {
        const { discountCents } = quoteCoupon(t, cents, at);
        expect(Number.isInteger(discountCents)).toBe(true);
        expect(discountCents).toBeGreaterThanOrEqual(0);
        expect(discountCents).toBeLessThanOrEqual(cents);
      }),
    );
  });

  it('gives something only within the validity and from the minimum on', () => {
    fc.assert(
      fc.property(terms, basket, time, (t, cents, at) => {
        const counts = quoteCoupon(t, cents, at).refusal === null;
        const inTime = (t.startsAt === null || at >= t.startsAt) && (t.endsAt === null || at < t.endsAt);
        expect(counts).toBe(inTime && cents >= t.minimumCents);
      }),
    );
  });

  it('takes off no less from a larger basket', () => {
    const open = terms.map((t) => ({ ...t, startsAt: null, endsAt: null }));
    fc.assert(
      fc.property(open, basket, basket, (t, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        expect(quoteCoupon(t, small, 0).discountCents).toBeLessThanOrEqual(
          quoteCoupon(t, large, 0).discountCents,
        );
      }),
    );
  });

  it('says what is wrong by a code of its own', () => {
    const t: Terms = {
      discount: { kind: 'percent', percent: 20 },
      minimumCents: 1000,
      startsAt: 10,
      endsAt: 20,
    };
    expect(quoteCoupon(t, 5000, 9).refusal).toBe('promotion.not_yet');
    expect(quoteCoupon(t, 5000, 10)).toEqual({ discountCents: 1000, refusal: null });
    expect(quoteCoupon(t, 999, 19).refusal).toBe('promotion.minimum_not_reached');
    expect(quoteCoupon(t, 5000, 20).refusal).toBe('promotion.finished');
  });
});

describe('a promise', () => {
  const draftOf = (t: Terms): CouponDraft => ({
    name: 'x',
    prefix: '',
    discount: t.discount,
    minimumCents: t.minimumCents,
    startsAt: t.startsAt === null ? null : new Date(t.startsAt).toISOString(),
    endsAt: t.endsAt === null ? null : new Date(t.endsAt).toISOString(),
  });

  it('is kept by the same terms', () => {
    fc.assert(
      fc.property(terms, (t) => {
        expect(breaches(t, draftOf(t))).toEqual({});
      }),
    );
  });

  it('that an allowed change breaks for no basket at no time', () => {
    fc.assert(
      fc.property(terms, terms, basket, time, (t, other, cents, at) => {
        const changed = { ...other, discount: t.discount };
        fc.pre(Object.keys(breaches(t, draftOf(changed))).length === 0);
        expect(quoteCoupon(changed, cents, at).discountCents).toBeGreaterThanOrEqual(
          quoteCoupon(t, cents, at).discountCents,
        );
      }),
    );
  });
});

describe('codes and words', () => {
  it('codes are of unmistakable signs behind the prefix', () => {
    const codes = makeCodes('VIP', 2000);
    for (const code of codes) expect(code).toMatch(/^VIP[A-HJ-NP-Z2-9]{10}$/);
    expect(new Set(codes).size).toBe(2000);
  });

  it('words are those a customer reads', () => {
    const terms = (discount: Discount, minimumCents: number): Terms => ({
      discount,
      minimumCents,
      startsAt: null,
      endsAt: null,
    });
    expect(couponWords(terms({ kind: 'percent', percent: 20 }, 0), 'CNY', 'zh')).toBe('8折');
    expect(couponWords(terms({ kind: 'percent', percent: 15 }, 20_000), 'CNY', 'zh')).toBe('满¥200享8.5折');
    expect(couponWords(terms({ kind: 'amount', amountCents: 3000 }, 20_000), 'CNY', 'zh')).toBe(
      '满¥200减¥30',
    );
    expect(couponWords(terms({ kind: 'percent', percent: 20 }, 0), 'EUR', 'en')).toBe('20% off');
    expect(couponWords(terms({ kind: 'amount', amountCents: 550 }, 5000), 'EUR', 'en')).toBe(
      '€5.50 off orders from €50',
    );
    expect(couponWords(terms({ kind: 'amount', amountCents: 500 }, 0), 'JPY', 'en')).toBe('¥500 off');
  });
});
