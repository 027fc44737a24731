import { type Campaign, type CampaignReport, campaignDraft } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { couponCost, detectable, exclusionsOf, warningsOf } from './audience-words.ts';
import { campaignsHeadline, sendingSentence, sendingShare } from './campaign-words.ts';
import {
  changesAudience,
  draftFaults,
  draftOf,
  fieldTag,
  insertAt,
  isReady,
  stepStates,
  withLine,
} from './draft.ts';
import { intervalScale } from './interval-scale.ts';
import {
  earnedPhrase,
  hasTooFew,
  lessonsOf,
  lessonWords,
  peopleNeeded,
  reportHeadline,
  reportNote,
} from './report-words.ts';
import { letterKey, STARTERS } from './starters.ts';
import { readTemplateFault } from './template-faults.ts';

const words = (language: Language) =>
  [
    createI18n(language).getFixedT(null, 'campaign'),
    createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' }),
  ] as const;

const campaign = (change: Partial<Campaign> = {}): Campaign => ({
  id: 'c',
  name: 'Autumn',
  goal: '',
  segmentId: 's',
  segmentName: 'Sleeping',
  couponId: 'k',
  couponName: 'Ten off',
  controlShare: 0.1,
  measureDays: 14,
  email: { fromName: 'Shop', subject: 'Hello', body: 'Dear you' },
  state: 'sent',
  revision: 1,
  createdAt: '2026-11-01T00:00:00Z',
  updatedAt: '2026-11-01T00:00:00Z',
  updatedBy: 'Owner',
  launchedAt: '2026-11-01T00:00:00Z',
  finishedAt: null,
  createdBy: 'Owner',
  counts: { treated: 1204, control: 134, queued: 0, sent: 1200, failed: 4, uncertain: 0 },
  error: null,
  ...change,
});
const arm = (people: number, perPersonCents: number) => ({
  people,
  buyers: Math.round(people / 10),
  orders: Math.round(people / 9),
  revenueCents: people * perPersonCents,
  perPersonCents,
});
const report = (
  effect: [value: number, low: number, high: number] | null,
  change: Partial<CampaignReport> = {},
): CampaignReport => ({
  campaign: campaign(),
  asOf: '2026-11-20T00:00:00Z',
  windowEndsAt: '2026-11-15T00:00:00Z',
  verdict: effect ? (effect[1] > 0 ? 'gain' : effect[2] < 0 ? 'loss' : 'unclear') : 'noControl',
  funnel: { treated: 1204, sent: 1200, opened: 600, clicked: 200, redeemed: 60 },
  treated: arm(1204, 3000),
  control: arm(134, 2000),
  buyers: effect && { measured: 350, needed: 200 },
  revenuePerPerson: effect && {
    value: effect[0] / 1204,
    low: effect[1] / 1204,
    high: effect[2] / 1204,
    pValue: 0.02,
  },
  incrementalRevenueCents: effect && { value: effect[0], low: effect[1], high: effect[2], pValue: 0.02 },
  buyerShare: null,
  incrementalBuyers: null,
  spendBefore: null,
  couponDiscountCents: 0,
  sampleRatioP: 0.6,
  daily: [],
  ...change,
});
const open = { asOf: '2026-11-05T12:00:00Z', verdict: 'running' } as const;
const roughly = (value: number, low: number, high: number) => ({ value, low, high, pValue: null });
const few = {
  verdict: 'tooFew',
  buyers: { measured: 84, needed: 200 },
  revenuePerPerson: roughly(30, -100, 150),
  incrementalRevenueCents: roughly(36_120, -120_400, 180_600),
} as const;

describe('the sentence of a report', () => {
  const say = (language: Language, of: CampaignReport) => reportHeadline(of, ...words(language));

  it('says what it earned only when chance is ruled out', () => {
    const gain = report([1_240_000, 210_000, 2_270_000]);
    expect(say('en', gain)).toBe(
      'Earned ¥12.4K more in sales than without it (95% interval ¥2,100 to ¥22.7K).',
    );
    expect(say('zh', gain)).toBe('比不做活动多带来 1.24 万元销售额（95% 区间 2,100 元至 2.27 万元）');
    expect(say('en', report([-900_000, -1_500_000, -300_000]))).toBe(
      'Sold ¥9,000 less than without it (95% interval -¥15K to -¥3,000).',
    );
  });

  it('claims nothing when the interval spans nought, and waits while the window is open', () => {
    const spans = report([300_000, -120_000, 830_000]);
    expect(say('en', spans)).toBe(
      'No effect can be told apart from chance (95% interval -¥1,200 to ¥8,300).',
    );
    expect(say('en', { ...spans, ...open })).toBe(
      'Still running: so far ¥3,000 against not sending it (provisional 95% interval -¥1,200 to ¥8,300). The verdict comes at the end.',
    );
    expect(say('zh', { ...spans, ...open })).toMatch(/^进行中：目前与不发送相差 3,000 元（暂定 95% 区间/);
    // An interval above nought is no gain either before the end.
    expect(say('en', report([500_000, 100_000, 900_000], open))).toMatch(/^Still running: so far ¥5,000/);
  });

  it('admits that nobody was held out, and distrusts a split that went wrong', () => {
    expect(say('en', report(null, { control: arm(0, 0) }))).toBe(
      'Recipients bought for ¥36.1K. What they would have bought anyway is unknown: nobody was held out.',
    );
    const off = report([1_240_000, 210_000, 2_270_000], { sampleRatioP: 0.0001, verdict: 'badSplit' });
    expect(say('en', off)).toContain('not to be trusted');
    expect(say('zh', report(null, { treated: arm(0, 0), verdict: 'nobody' }))).toBe('没有发送给任何人');
    const idle = { ...arm(100, 0), orders: 0, buyers: 0 };
    const early = report(null, {
      ...open,
      treated: idle,
      control: idle,
      buyers: { measured: 0, needed: 200 },
      revenuePerPerson: { value: 0, low: null, high: null, pValue: null },
    });
    expect(say('en', early)).toBe('Nobody in either group has bought yet.');
  });

  it('says how many buyers are missing for an interval that holds', () => {
    expect(say('en', report(null, few))).toBe(
      'Roughly ¥361 against not sending it, somewhere from -¥1,200 to ¥1,810 (95% interval): only 84 have bought in both groups, about 200 make it firm.',
    );
    expect(say('zh', report(null, few))).toMatch(/^与不发送相比大约相差 361 元，在 -1,200 元至 1,810 元之间/);
    expect(say('en', report(null, { ...few, ...open }))).toMatch(/^Still running: so far roughly ¥361/);
    expect(say('zh', report(null, { ...few, ...open }))).toMatch(/^进行中：目前与不发送大约相差/);
    expect(earnedPhrase(report(null, few), ...words('en'))).toBe('Too few have bought to tell');
    expect(lessonsOf(report(null, few))).toEqual([{ key: 'fewBuyers', buyers: 84, needed: 200 }]);
    expect(lessonWords(lessonsOf(report(null, few))[0]!, ...words('en'))).toContain('about 200 are needed');
    expect(hasTooFew(report(null, few))).toBe(true);
  });

  it('says that a group is too small, where no number of buyers could make it firm', () => {
    const small = {
      ...few,
      treated: arm(213, 3000),
      control: arm(17, 3000),
      buyers: { measured: 17, needed: 271 },
    };
    expect(say('en', report(null, small))).toContain('The smaller group has 17 people');
    expect(say('zh', report(null, { ...small, ...open }))).toContain('较小的一组只有 17 人');
    for (const language of ['en', 'zh'] as const)
      expect(say(language, report(null, small))).not.toContain('271');
    expect(lessonsOf(report(null, small))).toEqual([{ key: 'tooSmall' }]);
    expect(lessonWords({ key: 'tooSmall' }, ...words('en'))).toContain('at least 20');
  });

  it('says until when is measured and what was taken off already', () => {
    expect(reportNote(report([1, -1, 2], open), ...words('en'))).toBe(
      'Day 4 of 14; orders count until Nov 15, 2026.',
    );
    expect(reportNote(report([1, -1, 2], { couponDiscountCents: 231_000 }), ...words('en'))).toBe(
      'Orders of 14 days, until Nov 15, 2026. Coupon discounts of ¥2,310 are already taken off.',
    );
  });

  it('fits into a cell', () => {
    expect(earnedPhrase(report([1_240_000, 210_000, 2_270_000]), ...words('en'))).toBe(
      '¥12.4K more than without',
    );
    expect(earnedPhrase(report([1, -1, 2], open), ...words('zh'))).toBe('进行中，尚无结论');
  });
});

describe('what a next campaign should do', () => {
  const keys = (of: CampaignReport) => lessonsOf(of).map(({ key }) => key);

  it('waits while orders still count, repeats a gain, holds out where nobody was', () => {
    expect(keys(report([5, 1, 9], open))).toEqual(['wait']);
    expect(keys(report([5, 1, 9]))).toEqual(['repeat']);
    expect(keys(report([-5, -9, -1]))).toEqual(['doNotRepeat']);
    expect(keys(report(null, { control: arm(0, 0) }))).toEqual(['holdOut']);
  });

  it('says how many people an unclear effect would need', () => {
    // Standard error 2 per unit of effect 1 needs (2.8 x 2)^2 = 31.36 times the people.
    const unclear = report([1, 1 - 2 * 1.96, 1 + 2 * 1.96]);
    expect(peopleNeeded(unclear)).toBe(Math.ceil(1338 * 31.36));
    expect(keys(unclear)).toEqual(['more']);
    expect(lessonsOf(unclear).map((one) => lessonWords(one, ...words('en')))[0]).toContain('42K');
    expect(keys(report([-1, -5, 4]))).toEqual(['noSize']);
  });

  it('looks for where the letter loses people, at one place only', () => {
    const funnel = { treated: 1204, sent: 1200, opened: 100, clicked: 1, redeemed: 0 };
    expect(keys(report([5, 1, 9], { funnel }))).toEqual(['repeat', 'subject']);
    expect(keys(report([5, 1, 9], { funnel: { ...funnel, opened: 600 } }))).toEqual(['repeat', 'offer']);
    const failed = campaign({ counts: { ...campaign().counts, failed: 100 } });
    expect(keys(report([5, 1, 9], { campaign: failed }))).toContain('addresses');
  });
});

describe('a draft', () => {
  const draft = draftOf(campaign({ state: 'draft' }));

  it('names its faults by field, and is ready when somebody is reached', () => {
    expect(draftFaults(draft)).toEqual({});
    expect(draftFaults({ ...draft, name: ' ', email: { ...draft.email, body: '' } })).toEqual({
      name: 'missing',
      'email.body': 'missing',
    });
    expect(isReady(draft, {}, { reach: 5, warnings: [] })).toBe(true);
    expect(isReady(draft, {}, { reach: 0, warnings: ['nobody'] })).toBe(false);
    expect(isReady(draft, {}, { reach: 5, warnings: ['noMailServer'] })).toBe(false);
    expect(isReady({ ...draft, segmentId: null }, {}, { reach: 5, warnings: [] })).toBe(false);
  });

  it('marks each step', () => {
    expect(
      stepStates({ ...draft, segmentId: null, couponId: null }, { 'email.body': 'x' }, undefined),
    ).toEqual({
      goal: 'done',
      audience: 'todo',
      offer: 'skipped',
      email: 'wrong',
      control: 'done',
      check: 'todo',
      launch: 'todo',
    });
  });

  it('counts the audience again only when it can have changed', () => {
    expect(changesAudience(draft, { ...draft, name: 'other' })).toBe(false);
    expect(changesAudience(draft, { ...draft, controlShare: 0.2 })).toBe(true);
  });

  it('puts the code where it is read: before the button, else before the signature', () => {
    const code = 'Your code: {{ coupon.code }}';
    expect(withLine('Dear Ann,\n\nhello.\n\n[[Come]](https://x.example)\n\nYours,\nShop', code)).toBe(
      `Dear Ann,\n\nhello.\n\n${code}\n\n[[Come]](https://x.example)\n\nYours,\nShop\n`,
    );
    expect(withLine('Dear Ann,\n\nhello.\n\nYours,\nShop', code)).toBe(
      `Dear Ann,\n\nhello.\n\n${code}\n\nYours,\nShop\n`,
    );
    expect(withLine('Hello', code)).toBe(`Hello\n\n${code}\n`);
  });

  it('inserts fields where the caret is', () => {
    expect(insertAt('Hi , bye', 'Ann', 3, 3)).toEqual({ text: 'Hi Ann, bye', caret: 6 });
    expect(fieldTag('customer.firstName', 'dear "friend"')).toBe(
      '{{ customer.firstName | default: "dear friend" }}',
    );
    expect(fieldTag('coupon.code', '')).toBe('{{ coupon.code }}');
  });

  it('begins with letters that are drafts as they are, in both languages, fields untouched', () => {
    for (const language of ['en', 'zh'] as const) {
      const t = createI18n(language).getFixedT(null, 'campaign');
      for (const starter of STARTERS)
        for (const hasCoupon of [false, true]) {
          const raw = { skipInterpolation: true } as const;
          const email = {
            fromName: 'Shop',
            subject: t(`starter.${starter}.subject`, raw),
            body: t(letterKey(starter, hasCoupon), raw),
          };
          expect(campaignDraft.safeParse({ ...draft, email }).success).toBe(true);
          expect(email.body).toContain('{{ customer.firstName | default: "');
          expect(email.body.includes('{{ coupon.code }}')).toBe(
            hasCoupon && (starter === 'winBack' || starter === 'second'),
          );
        }
    }
  });
});

describe('before the launch', () => {
  it('says what coupons cost at most, or about', () => {
    const amount = { discount: { kind: 'amount', amountCents: 3000 }, minimumCents: 0 } as const;
    expect(couponCost(amount, 1204, null)).toEqual({ kind: 'amount', eachCents: 3000, mostCents: 3_612_000 });
    const percent = { discount: { kind: 'percent', percent: 15 }, minimumCents: 10_000 } as const;
    expect(couponCost(percent, 10, 5000)).toEqual({ kind: 'percent', eachCents: 1500, mostCents: 15_000 });
    expect(couponCost(percent, 10, null).mostCents).toBeNull();
  });

  it('names only reasons that hold, and warns of what it knows', () => {
    const excluded = [
      { reason: 'noEmail', people: 3 },
      { reason: 'badAddress', people: 0 },
      { reason: 'noConsent', people: 9 },
    ] as const;
    const preview = { excluded: [...excluded] } as unknown as Parameters<typeof exclusionsOf>[0];
    expect(exclusionsOf(preview).map((one) => one.reason)).toEqual(['noConsent', 'noEmail']);
    expect(warningsOf(['smallControl', 'news'])).toEqual([{ code: 'smallControl', grave: false }]);
  });

  it('says how small an effect can be seen, or why that cannot be said and how much to hold out', () => {
    const audience = { reach: 1210, treated: 1091, control: 119, detectableCents: 512 };
    expect(detectable(undefined)).toEqual({ kind: 'waiting' });
    expect(detectable(audience)).toEqual({ kind: 'found', cents: 512 });
    const idle = { ...audience, detectableCents: null };
    expect(detectable(idle)).toEqual({ kind: 'noSales', people: 1500, share: 0.5 });
    expect(detectable({ ...idle, reach: 9000 })).toMatchObject({ share: 0.2 });
    expect(detectable({ ...idle, control: 0 })).toEqual({ kind: 'nothing' });
  });

  it('says how the sending goes', () => {
    const sending = campaign({
      state: 'sending',
      counts: { treated: 1000, control: 100, queued: 570, sent: 420, failed: 10, uncertain: 0 },
    });
    expect(sendingShare(sending)).toBe(0.43);
    expect(sendingSentence(sending, ...words('en'))).toBe('420 of 1,000 letters sent (43%).');
    expect(campaignsHeadline([campaign(), sending], ...words('zh'))).toBe('“Autumn”正在发送，已完成 43%');
    expect(campaignsHeadline([campaign(), campaign({ state: 'draft' })], ...words('en'))).toBe(
      '1 campaign sent 2,400 letters; 1 draft waits.',
    );
  });
});

it('an interval is drawn with no effect on it, inside the frame', () => {
  const spans = intervalScale({ value: 1, low: -1, high: 3 });
  expect(spans.low).toBeLessThan(spans.zero);
  expect(spans.zero).toBeLessThan(spans.value);
  for (const one of Object.values(intervalScale({ value: 5, low: 4, high: 6 }))) {
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThan(1);
  }
  expect(intervalScale({ value: 0, low: 0, high: 0 }).zero).toBeCloseTo(0.5, 0);
});

it('reads what is wrong with a template, and guesses the field that was meant', () => {
  expect(
    readTemplateFault(
      '"customer.fristName" is no field; there are customer.city, customer.firstName, shop.name.',
    ),
  ).toEqual({ kind: 'unknownField', names: ['customer.fristName'], nearest: 'customer.firstName' });
  expect(readTemplateFault('"a", "order.id" are no fields; there are customer.city.')).toEqual({
    kind: 'unknownField',
    names: ['a', 'order.id'],
    nearest: null,
  });
  expect(readTemplateFault('"{{ customer.name" is not closed (line 2, column 1).')).toEqual({
    kind: 'notClosed',
    line: 2,
  });
  expect(readTemplateFault('there is no tag "include" (line 1, column 1).')).toEqual({
    kind: 'unknownTag',
    name: 'include',
    line: 1,
  });
  expect(readTemplateFault('there is no filter "raw" (line 1, column 1).').kind).toBe('unknownFilter');
  expect(readTemplateFault('the address "shop.example" is not a complete address.')).toEqual({
    kind: 'address',
    address: 'shop.example',
  });
  expect(readTemplateFault('"{% for %}" is not complete (line 12, column 69).')).toEqual({
    kind: 'incomplete',
    part: '{% for %}',
    line: 12,
  });
  expect(readTemplateFault('this cannot be read (line 1, column 13).')).toEqual({
    kind: 'unreadable',
    line: 1,
  });
  expect(readTemplateFault('something new.')).toEqual({ kind: 'other', text: 'something new.' });
});
