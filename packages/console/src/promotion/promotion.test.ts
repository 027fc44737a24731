import { type Coupon, couponDraft } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { dayIn, endOfDay, lastDayBefore, startOfDay } from './coupon-days.ts';
import { draftOf, formField, formOf, NEW_COUPON, oddity } from './coupon-draft.ts';
import { couponSentence, couponState, couponsHeadline, type Terms, zhe } from './coupon-words.ts';

const NOW = Date.parse('2026-11-22T06:00:00Z');
const format = (language: Language, timeZone = 'Asia/Shanghai') =>
  createFormat({ language, currency: 'CNY', timeZone });
const terms = (change: Partial<Terms> = {}): Terms => ({
  discount: { kind: 'percent', percent: 15 },
  minimumCents: 10_000,
  startsAt: null,
  endsAt: endOfDay('2026-12-31', 'Asia/Shanghai'),
  ...change,
});
const say = (language: Language, of: Terms) =>
  couponSentence(of, createI18n(language).getFixedT(null, 'promotion'), format(language), NOW);

describe('a coupon in a sentence', () => {
  it('says what comes off, from where on and until when', () => {
    expect(say('en', terms())).toBe('15% off from ¥100, until Dec 31');
    expect(say('zh', terms())).toBe('满 ¥100 打 85 折，有效期至 12月31日');
  });

  it('counts 折 the other way, and never says 5 折 for 95 % off', () => {
    expect([10, 15, 20, 50, 12.5, 95, 99].map(zhe)).toEqual(['9', '85', '8', '5', '8.75', '0.5', '0.1']);
    expect(
      say('zh', terms({ discount: { kind: 'percent', percent: 100 }, minimumCents: 0, endsAt: null })),
    ).toBe('免单');
  });

  it('writes amounts as a sign in the shop does', () => {
    const amount = terms({ discount: { kind: 'amount', amountCents: 3000 }, minimumCents: 20_050 });
    expect(say('en', amount)).toBe('¥30 off from ¥200.50, until Dec 31');
    expect(say('zh', terms({ ...amount, minimumCents: 0, endsAt: null }))).toBe('减 ¥30');
  });

  it('names the year only when it is another, and the start only while it is to come', () => {
    const startsAt = startOfDay('2026-12-01', 'Asia/Shanghai');
    expect(say('en', terms({ startsAt, endsAt: endOfDay('2027-01-31', 'Asia/Shanghai') }))).toBe(
      '15% off from ¥100, Dec 1 to Jan 31, 2027',
    );
    expect(say('zh', terms({ startsAt: startOfDay('2026-11-01', 'Asia/Shanghai') }))).toBe(
      '满 ¥100 打 85 折，有效期至 12月31日',
    );
  });
});

it('a day begins and ends where the shop is, also when clocks change', () => {
  expect(startOfDay('2026-12-31', 'Asia/Shanghai')).toBe('2026-12-30T16:00:00.000Z');
  expect(lastDayBefore(endOfDay('2026-12-31', 'Asia/Shanghai'), 'Asia/Shanghai')).toBe('2026-12-31');
  expect(startOfDay('2026-03-29', 'Europe/London')).toBe('2026-03-29T00:00:00.000Z');
  expect(endOfDay('2026-03-29', 'Europe/London')).toBe('2026-03-29T23:00:00.000Z');
  expect(endOfDay('2026-11-01', 'America/New_York')).toBe('2026-11-02T05:00:00.000Z');
  expect(dayIn('2026-11-22T17:00:00Z', 'Asia/Shanghai')).toBe('2026-11-23');
  // Where clocks are put forward at midnight the day begins an hour after what would have been it.
  expect(startOfDay('2026-09-06', 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z');
  expect(endOfDay('2026-03-07', 'America/Havana')).toBe('2026-03-08T05:00:00.000Z');
});

describe('the form of a coupon', () => {
  it('gives what the server accepts and comes back the same', () => {
    const form = { ...NEW_COUPON, name: ' Autumn ', minimum: 100, prefix: 'fall', lastDay: '2026-12-31' };
    const draft = draftOf(form, format('en'));
    expect(couponDraft.parse(draft)).toMatchObject({
      name: 'Autumn',
      discount: { kind: 'percent', percent: 15 },
      minimumCents: 10_000,
      prefix: 'FALL',
      endsAt: '2026-12-31T16:00:00.000Z',
    });
    const coupon = { ...draft, id: 'c', createdAt: '', issued: 0, redeemed: 0, discountCents: 0, usedBy: [] };
    expect(draftOf(formOf(coupon as unknown as Coupon, format('en')), format('en'))).toEqual(draft);
  });

  it('is no draft while nothing comes off, and asks about what is probably not meant', () => {
    expect(draftOf({ ...NEW_COUPON, kind: 'amount' }, format('en'))).toBeNull();
    const gift = draftOf({ ...NEW_COUPON, kind: 'amount', amount: 30 }, format('en'));
    expect(gift && oddity(gift)).toBe('beyondMinimum');
    const steep = draftOf({ ...NEW_COUPON, percent: 60 }, format('en'));
    expect(steep && oddity(steep)).toBe('steep');
  });

  it('finds the field of a fault', () => {
    expect(['discount.percent', 'minimumCents', 'endsAt', 'name'].map(formField)).toEqual([
      'percent',
      'minimum',
      'lastDay',
      'name',
    ]);
  });
});

describe('the list of coupons', () => {
  const coupon = (change: Partial<Coupon>): Coupon => ({
    ...terms(),
    id: 'c',
    name: 'c',
    prefix: '',
    createdAt: '2026-11-01T00:00:00Z',
    issued: 0,
    redeemed: 0,
    discountCents: 0,
    usedBy: [],
    ...change,
  });
  const words = (language: Language, coupons: Coupon[]) =>
    couponsHeadline(coupons, createI18n(language).getFixedT(null, 'promotion'), format(language), NOW);

  it('knows what counts now', () => {
    expect(couponState({ startsAt: null, endsAt: '2026-11-22T06:00:00Z' }, NOW)).toBe('ended');
    expect(couponState({ startsAt: '2026-11-23T00:00:00Z', endsAt: null }, NOW)).toBe('scheduled');
    expect(couponState({ startsAt: null, endsAt: null }, NOW)).toBe('live');
  });

  it('says what is out and what came back', () => {
    const used = coupon({ issued: 1204, redeemed: 86, discountCents: 231_000 });
    expect(words('en', [used, coupon({})])).toBe(
      '2 coupons count now: 86 of 1,204 codes redeemed (7.1%), ¥2,310 taken off.',
    );
    expect(words('zh', [used])).toBe('1 种优惠券生效中：已发 1,204 张，核销 86 张（7.1%），共优惠 2,310 元');
    expect(words('en', [coupon({})])).toBe('1 coupon counts now; no code is with customers yet.');
  });
});
