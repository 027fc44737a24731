import { describe, expect, it } from 'vitest';
import { createFormat, majorUnits, minorUnits } from './format.ts';

const en = createFormat({ language: 'en', currency: 'CNY', timeZone: 'Asia/Shanghai' });
const zh = createFormat({ language: 'zh', currency: 'CNY', timeZone: 'Asia/Shanghai' });
const plain = (text: string) => text.replace(/[\u202f\u00a0\u2009]/g, ' ');

describe('money', () => {
  it('writes minor units with the places of ISO 4217', () => {
    expect(en.money(123_450)).toBe('¥1,234.50');
    expect(createFormat({ ...en, currency: 'JPY' }).money(1234)).toBe('¥1,234');
    expect(plain(createFormat({ ...en, currency: 'KWD' }).money(1234))).toBe('KWD 1.234');
  });

  it('goes to the spoken unit and back without loss', () => {
    for (const currency of ['CNY', 'JPY', 'KWD'])
      for (const cents of [0, 1, 7, 99, 100, 123_456_789])
        expect(minorUnits(majorUnits(cents, currency), currency)).toBe(cents);
    expect(minorUnits(19.99, 'CNY')).toBe(1999);
  });

  it('is short on tiles and spoken in sentences', () => {
    expect(en.moneyShort(124_000_000)).toBe('¥1.24M');
    expect(zh.moneyShort(124_000_000)).toBe('¥124万');
    expect(en.moneyWords(124_000_000)).toBe('¥1.24M');
    expect(zh.moneyWords(124_000_000)).toBe('124 万元');
    expect(zh.moneyWords(1_240_000_000_000)).toBe('124 亿元');
    expect(zh.moneyWords(98_000)).toBe('980 元');
    expect(createFormat({ ...zh, currency: 'USD' }).moneyWords(124_000_000)).toBe('124 万美元');
  });
});

describe('shares and changes', () => {
  it('carries sign and unit', () => {
    expect(en.percent(0.312)).toBe('31.2%');
    expect(en.change(0.062)).toBe('+6.2%');
    expect(en.change(-0.01)).toBe('-1.0%');
    expect(en.change(0)).toBe('0.0%');
    expect(en.points(0.018)).toBe('+1.8 pts');
    expect(zh.points(-0.018)).toBe('-1.8 个百分点');
  });
});

describe('time', () => {
  it('is of the workspace, not of the reader', () => {
    expect(en.date('2026-11-21T17:00:00Z')).toBe('Nov 22, 2026');
    expect(zh.dateTime('2026-11-21T17:00:00Z')).toBe('2026年11月22日 01:00');
    expect(createFormat({ ...en, timeZone: 'America/New_York' }).date('2026-11-21T03:00:00Z')).toBe(
      'Nov 20, 2026',
    );
  });

  it('never moves a calendar day to its neighbour', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC'])
      expect(createFormat({ ...en, timeZone }).day('2026-11-22')).toBe('Nov 22, 2026');
  });

  it('writes periods as one', () => {
    expect(plain(en.days('2026-10-24', '2026-11-22'))).toBe('Oct 24 – Nov 22, 2026');
    expect(zh.days('2026-10-24', '2026-11-22')).toBe('2026年10月24日至11月22日');
    expect(zh.days('2025-12-24', '2026-01-22')).toBe('2025年12月24日至2026年1月22日');
    expect(zh.days('2026-01-22', '2026-01-22')).toBe('2026年1月22日');
  });

  it('says how long ago and how long', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(en.ago('2026-11-22T09:00:00Z', now)).toBe('3 hours ago');
    expect(zh.ago('2026-11-21T11:00:00Z', now)).toBe('昨天');
    expect(en.ago('2026-11-22T11:59:50Z', now)).toBe('now');
    expect(en.duration(850)).toBe('850 ms');
    expect(en.duration(12_000)).toBe('12 sec');
    expect(en.duration(959_900)).toBe('16 min 0 sec');
    expect(en.duration(3 * 3_600_000 + 120_000)).toBe('3 hr 2 min');
  });
});

it('writes moments for narrow columns and days for rules, in the zone of the shop', () => {
  const format = createFormat({
    language: 'en',
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    now: () => Date.parse('2026-12-31T16:30:00Z'),
  });
  expect(format.dayOf()).toBe('2027-01-01');
  expect(format.dayOf('2026-11-22T15:59:00Z')).toBe('2026-11-22');
  expect(format.moment('2027-01-01T06:05:00Z')).toBe('Jan 1, 14:05');
  expect(format.moment('2026-11-22T06:05:00Z')).toBe('Nov 22, 2026, 14:05');
});

it('writes sizes of files and lists', () => {
  expect(en.bytes(0)).toBe('0 bytes');
  expect(en.bytes(327)).toBe('327 bytes');
  expect(en.bytes(1_500_000)).toBe('1.5 MB');
  expect(zh.list(['短信', '邮件', '推送'])).toBe('短信、邮件和推送');
});
