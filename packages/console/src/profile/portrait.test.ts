import type { Customer, TimelineEntry } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { channelName, displayName, eventName, traitName, traitText } from './names.ts';
import { portrait } from './portrait.ts';
import { recencyWords } from './recency-words.ts';
import { byDay, entryWords } from './timeline-words.ts';
import { inBatches } from './use-customer-names.ts';

const words = (language: Language) => createI18n(language).getFixedT(null, 'profile');
const format = (language: Language) => createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' });

const lin: Customer = {
  personId: 7,
  knownBy: null,
  name: '林梅',
  email: 'lin@example.cn',
  phone: '',
  city: '上海',
  lifecycle: 'active',
  rfmGroup: 'champions',
  recencyScore: 5,
  frequencyScore: 5,
  monetaryScore: 4,
  orders: 15,
  spendCents: 842_000,
  averageOrderCents: 56_133,
  returnsCents: 42_000,
  firstSeenAt: '2024-03-01T02:00:00Z',
  lastSeenAt: '2026-11-20T02:00:00Z',
  firstOrderAt: '2024-03-03T02:00:00Z',
  lastOrderAt: '2026-11-10T02:00:00Z',
  masked: false,
  identifiers: [],
  traits: [],
  tags: [],
  segments: [],
  consent: [],
  favouriteCategories: [
    { category: 'Tea', spendCents: 1, orders: 1 },
    { category: 'Coffee', spendCents: 1, orders: 1 },
  ],
  favouriteStore: 'S1',
  favouriteChannel: 'mini_program',
  dataEndedAt: null,
  rfmWhy: null,
};
const days = { active: 60, cooling: 120, sleeping: 240 };
const now = Date.parse('2026-11-22T02:00:00Z');

describe('the portrait', () => {
  it('tells a customer in one paragraph', () => {
    const parts = { customer: lin, days, store: 'Nanjing Road', now };
    expect(portrait(parts, words('en'), format('en'))).toBe(
      '林梅 from 上海 has ordered 15 times since Mar 3, 2024, worth ¥8,420.00 in all, ¥561.33 each on average. ' +
        'There are about 70 days from one order to the next. The last order was 12 days ago. ' +
        'RFM group “Champions”: among the latest to buy, the most frequent and the biggest spenders. ' +
        'Life cycle “Active”: several orders, the last within 60 days. ' +
        'Buys most in Tea and Coffee. Buys mostly through the mini-program; the usual store is Nanjing Road. ' +
        'Goods worth ¥420.00 came back, 5% of what was bought.',
    );
    expect(portrait({ ...parts, store: '南京路店' }, words('zh'), format('zh'))).toBe(
      '林梅（上海）自 2024年3月3日 首次购买以来，共下单 15 次，累计消费 ¥8,420.00，平均每单 ¥561.33。' +
        '大约每 70 天购买一次。最近一次购买在12天前。RFM 分组为“冠军客户”：最近购买、购买频次和消费额都名列前茅。' +
        '生命周期为“活跃”：多次购买，最近一单在 60 天内。最常购买Tea和Coffee。' +
        '主要通过小程序购买，常去南京路店。退货 ¥420.00，占购买额的 5%。',
    );
  });

  it('says to which day it is counted where the data ended long ago', () => {
    const ended: Customer = {
      ...lin,
      firstOrderAt: '2010-12-03T02:00:00Z',
      lastOrderAt: '2011-06-26T02:00:00Z',
      dataEndedAt: '2011-12-09T04:00:00Z',
    };
    const tell = (language: Language, customer = ended) =>
      portrait({ customer, days, store: null, now }, words(language), format(language));
    expect(tell('en')).toContain('The last order was on Jun 26, 2011; the data end on Dec 9, 2011. RFM');
    expect(tell('en')).toContain(
      'Life cycle “Active”, counted to Dec 9, 2011: several orders, the last within 60 days.',
    );
    expect(tell('zh')).toContain('最近一次购买在 2011年6月26日（数据截至 2011年12月9日）。RFM');
    expect(tell('zh')).toContain('算到 2011年12月9日，生命周期为“活跃”：');
    const atEnd = { ...ended, lastOrderAt: ended.dataEndedAt };
    expect(tell('en', atEnd)).toContain('The last order was on Dec 9, 2011, the day on which the data end.');
    expect(tell('zh', atEnd)).toContain('最近一次购买在 2011年12月9日，即数据的最后一天。');
    for (const language of ['en', 'zh'] as const)
      for (const one of [ended, atEnd]) expect(tell(language, one)).not.toMatch(/ ago|now|天前|今天|现在/);

    const recency = (language: Language, daysSinceLastOrder: number, customer: Customer) => {
      const why = { daysSinceLastOrder, recencyRank: 0.999, frequencyRank: 0, monetaryRank: 0, customers: 9 };
      return recencyWords(customer, why, words(language), format(language));
    };
    expect(recency('en', 0, ended)).toBe(
      'Last bought within a day of the data’s last order (Dec 9, 2011), more recently than 99% of customers',
    );
    expect(recency('en', 1, ended)).toContain('Last bought 1 day before the data’s last order (Dec 9, 2011)');
    expect(recency('en', 167, ended)).toContain('Last bought 167 days before the data’s last order');
    expect(recency('zh', 167, ended)).toContain('在数据最后一单（2011年12月9日）之前 167 天购买');
    expect(recency('zh', 0, ended)).not.toContain('今天');
    expect(recency('en', 0, lin)).toBe('Bought within a day, more recently than 99% of customers');
    expect(recency('en', 12, lin)).toBe('Last bought 12 days ago, more recently than 99% of customers');
  });

  it('tells a visitor without a name kindly', () => {
    const visitor: Customer = {
      ...lin,
      name: '',
      knownBy: { type: 'anonymous', value: '5d0c-41aa-9f3e' },
      city: '',
      orders: 0,
      rfmGroup: null,
      lifecycle: 'prospect',
    };
    expect(portrait({ customer: visitor, days, store: null, now }, words('en'), format('en'))).toBe(
      'Visitor …9f3e was first seen on Mar 1, 2024 and has not bought yet. Last seen 2 days ago.',
    );
    expect(portrait({ customer: visitor, days, store: null, now }, words('zh'), format('zh'))).toBe(
      '访客 …9f3e，首次出现于 2024年3月1日，尚未购买。最近一次出现在前天。',
    );
  });

  it('tells one who bought once', () => {
    const once: Customer = {
      ...lin,
      orders: 1,
      favouriteChannel: null,
      favouriteCategories: [],
      returnsCents: 0,
    };
    expect(portrait({ customer: once, days: undefined, store: null, now }, words('en'), format('en'))).toBe(
      '林梅 from 上海 bought once, on Mar 3, 2024, for ¥8,420.00. ' +
        'RFM group “Champions”: among the latest to buy, the most frequent and the biggest spenders.',
    );
  });
});

it('calls by our words what it knows, and by its own name what it does not', () => {
  expect(eventName(words('zh'), 'Product Viewed')).toBe('浏览商品');
  expect(eventName(words('en'), 'Spun The Wheel')).toBe('Spun The Wheel');
  expect(traitName(words('en'), 'address.city')).toBe('City');
  expect(channelName(words('zh'), 'mini-program')).toBe('小程序');
});

describe('an entry of the timeline', () => {
  const entry = (more: Partial<TimelineEntry>): TimelineEntry => ({
    id: '1',
    kind: 'browse',
    name: 'Product Viewed',
    time: '2026-11-21T17:00:00Z',
    channel: 'web',
    amountCents: null,
    products: [],
    properties: {},
    ...more,
  });
  const say = (of: TimelineEntry) => entryWords(of, words('en'), format('en'));

  it('says what it was about', () => {
    const product = (name: string) => ({ productId: 'P1', name, nameZh: '' });
    expect(say(entry({ products: [product('Green tea')] }))).toBe('Green tea');
    expect(say(entry({ products: [product('')] }))).toBe('P1');
    expect(say(entry({ products: ['A', 'B', 'C'].map(product) }))).toBe('A and B and 1 more');
    expect(say(entry({ properties: { query: 'socks' } }))).toBe('“socks”');
    expect(say(entry({ kind: 'consent', properties: { channel: 'sms', granted: false } }))).toBe(
      'refused SMS',
    );
    expect(say(entry({ properties: { rating: 5, review_body: 'Good' } }))).toBe('5 of 5 · Good');
    expect(say(entry({ properties: { odd: { deep: 1 } } }))).toBe('');
  });

  it('stands under its day in the zone of the workspace', () => {
    const rows = [entry({ id: 'a' }), entry({ id: 'b', time: '2026-11-21T15:00:00Z' })];
    expect(byDay(rows, format('en')).map((day) => [day.day, day.entries.length])).toEqual([
      ['Nov 22, 2026', 1],
      ['Nov 21, 2026', 1],
    ]);
  });
});

it('calls a person by name, else by what the shop knows them by, never by a number of ours', () => {
  const call = (type: string, value: string, name = '') =>
    displayName(words('en'), { name, knownBy: { type, value } });
  expect(call('user', '1234', ' Ann ')).toBe('Ann');
  expect(call('user', '1234')).toBe('Customer 1234');
  expect(call('member_card', '****0001')).toBe('Card ****0001');
  expect(call('phone', '****5678')).toBe('****5678');
  expect(call('email', 'a***@***.example')).toBe('a***@***.example');
  expect(call('unionid', 'oX7-abc9')).toBe('WeChat user …abc9');
  expect(call('anonymous', 'a9f1-77b2')).toBe('Visitor …77b2');
  expect(displayName(words('zh'), { name: ' ', knownBy: null })).toBe('未知顾客');
});

it('asks for names by hundreds, each once', () => {
  expect(inBatches([3, 1, null, 3, undefined, 0, 2], 2)).toEqual([[3, 1], [2]]);
  expect(inBatches([])).toEqual([]);
});

describe('an attribute', () => {
  it('is said in the reader’s language: cities, countries and days', () => {
    const called = (kind: string, key: string) => (kind === 'city' && key === '深圳' ? 'Shenzhen' : key);
    const say = (trait: string, value: string, language: 'en' | 'zh' = 'en') =>
      traitText(trait, value, format(language), called);
    expect(say('city', '深圳')).toBe('Shenzhen');
    expect(say('country', 'CN')).toBe('China');
    expect(say('country', 'CN', 'zh')).toBe('中国');
    expect(say('registered_at', '2023-04-11')).toBe('Apr 11, 2023');
    expect(say('nickname', 'CN')).toBe('CN');
    expect(say('size', '2023-99-99')).toBe('2023-99-99');
  });
});
