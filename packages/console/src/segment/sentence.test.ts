import { COMPUTED_FACTS, type Condition, type ConditionLeaf, NUMBER_OPS } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { blankLeaf, LEAF_KINDS } from './blank.ts';
import { leafSentence, sentence, type Writing } from './sentence.ts';

function writing(language: Language): Writing {
  const zh = language === 'zh';
  return {
    t: createI18n(language).getFixedT(null, ['segment', 'profile']),
    format: createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' }),
    names: {
      trait: (name) => (name === 'address.city' ? (zh ? '城市' : 'City') : name),
      event: (name) => (name === 'Product Viewed' ? (zh ? '浏览商品' : 'Viewed a product') : name),
      segment: (id) => (id === 's1' ? 'VIP' : id),
      tag: (name) => name,
      store: (id) => (id === 'S1' ? (zh ? '南京路店' : 'Nanjing Road') : id),
      channel: (name) => (name === 'app' ? 'App' : name),
      product: (id) => id,
      category: (key) => key,
      brand: (key) => key,
    },
  };
}
const en = (c: Condition) => sentence(c, writing('en'));
const zh = (c: Condition) => sentence(c, writing('zh'));

const year = { kind: 'rolling', days: 365 } as const;
const orders = (more: Partial<Extract<ConditionLeaf, { kind: 'orders' }>>): Condition => ({
  kind: 'orders',
  measure: 'count',
  test: { op: 'gte', value: 1 },
  window: year,
  ...more,
});

describe('a condition in a sentence', () => {
  it('says money and time', () => {
    const spent = orders({ measure: 'sumCents', test: { op: 'gte', value: 50_000 } });
    expect(en(spent)).toBe('Spent at least ¥500 in the last 365 days');
    expect(zh(spent)).toBe('近 365 天累计消费 ≥ ¥500');
    const odd = orders({
      measure: 'averageCents',
      test: { op: 'lt', value: 4_950 },
      window: { kind: 'ever' },
    });
    expect(en(odd)).toBe('Average order was less than ¥49.50');
    expect(zh(odd)).toBe('客单价 < ¥49.50');
  });

  it('says of what, where, and by which way', () => {
    const where = { categories: ['Tea', 'Coffee'], stores: ['S1'], channels: ['app'] };
    expect(en(orders({ where }))).toBe(
      'Bought in Tea or Coffee at Nanjing Road through App in the last 365 days',
    );
    expect(zh(orders({ where }))).toBe('近 365 天购买过（品类：Tea、Coffee；门店：南京路店；渠道：App）');
    const three = orders({
      measure: 'quantity',
      test: { op: 'lt', value: 3 },
      where: { brands: ['Harrow'] },
    });
    expect(en(three)).toBe('Bought fewer than 3 items of the brand Harrow in the last 365 days');
    expect(zh(three)).toBe('近 365 天购买 < 3 件（品牌：Harrow）');
  });

  it('says never and ever plainly', () => {
    const none = orders({ test: { op: 'eq', value: 0 }, where: { categories: ['Tea'] } });
    expect(en(none)).toBe('Bought nothing in Tea in the last 365 days');
    expect(zh(none)).toBe('近 365 天没有购买（品类：Tea）');
    const never = orders({ test: { op: 'lte', value: 0 }, window: { kind: 'ever' } });
    expect(en(never)).toBe('Has never bought');
    expect(zh(never)).toBe('从未购买过');
    expect(en(orders({ window: { kind: 'ever' } }))).toBe('Has ever bought');
  });

  it('says facts, groups, stages, tags, consent and other segments', () => {
    const told: [ConditionLeaf, string, string][] = [
      [
        { kind: 'fact', fact: 'orders', test: { op: 'eq', value: 1 } },
        'Exactly 1 order in all',
        '累计订单 = 1 单',
      ],
      [
        { kind: 'fact', fact: 'daysSinceLastOrder', test: { op: 'gte', value: 90 } },
        'Last order was at least 90 days ago',
        '距最近购买 ≥ 90 天',
      ],
      [
        { kind: 'fact', fact: 'spendCents', test: { op: 'gt', value: 123_450 } },
        'Spent more than ¥1,234.50 in all',
        '累计消费 > ¥1,234.50',
      ],
      [
        { kind: 'rfmGroup', groups: ['champions', 'loyal'] },
        'RFM group is Champions or Loyal',
        'RFM 分组为冠军客户、忠诚客户',
      ],
      [{ kind: 'lifecycle', stages: ['sleeping'] }, 'Life cycle is Sleeping', '生命周期为沉睡'],
      [{ kind: 'tag', tag: 'VIP' }, 'Has the tag “VIP”', '带有标签“VIP”'],
      [{ kind: 'consent', channel: 'email', granted: true }, 'Agreed to e-mail', '已同意接收邮件'],
      [{ kind: 'consent', channel: 'sms', granted: false }, 'Has not agreed to SMS', '未同意接收短信'],
      [{ kind: 'segment', segment: 's1' }, 'Is in “VIP”', '属于人群“VIP”'],
    ];
    for (const [leaf, english, chinese] of told) {
      expect(en(leaf)).toBe(english);
      expect(zh(leaf)).toBe(chinese);
    }
  });

  it('says attributes by their type', () => {
    const trait = (test: Extract<ConditionLeaf, { kind: 'trait' }>['test']): Condition => ({
      kind: 'trait',
      trait: 'address.city',
      test,
    });
    expect(en(trait({ op: 'in', value: ['Shanghai', 'Beijing'] }))).toBe('City is Shanghai or Beijing');
    expect(zh(trait({ op: 'in', value: ['上海', '北京'] }))).toBe('城市为 上海、北京');
    expect(en(trait({ op: 'missing' }))).toBe('City is not known');
    expect(zh(trait({ op: 'startsWith', value: '上' }))).toBe('城市以“上”开头');
    expect(en(trait({ op: 'gte', value: 1_800 }))).toBe('City is at least 1,800');
    expect(en(trait({ op: 'is', value: true }))).toBe('City is yes');
  });

  it('says behaviour with its tests', () => {
    const viewed: Condition = {
      kind: 'events',
      event: 'Product Viewed',
      test: { op: 'gte', value: 3 },
      window: { kind: 'rolling', days: 30 },
      where: [{ property: 'category', test: { op: 'is', value: 'Tea' } }],
    };
    expect(en(viewed)).toBe(
      'Did “Viewed a product” at least 3 times in the last 30 days, where category is Tea',
    );
    expect(zh(viewed)).toBe('近 30 天“浏览商品”≥ 3 次（category为 Tea）');
    const none: Condition = { ...viewed, test: { op: 'lt', value: 1 }, where: undefined };
    expect(en(none)).toBe('Did not do “Viewed a product” in the last 30 days');
    expect(zh(none)).toBe('近 30 天没有“浏览商品”');
  });

  it('joins parts, brackets groups within, and turns round', () => {
    const tag = (name: string): Condition => ({ kind: 'tag', tag: name });
    const whole: Condition = {
      kind: 'all',
      of: [tag('a'), { kind: 'any', of: [tag('b'), tag('c')] }, { kind: 'not', of: tag('d') }],
    };
    expect(en(whole)).toBe(
      'Has the tag “a” and (has the tag “b” or has the tag “c”) and not (has the tag “d”)',
    );
    expect(zh(whole)).toBe('带有标签“a”，且（带有标签“b”，或带有标签“c”），且不满足（带有标签“d”）');
    expect(en({ kind: 'all', of: [] })).toBe('Everyone');
    expect(zh({ kind: 'any', of: [] })).toBe('没有人');
  });

  it('says every kind, also when nothing is chosen yet, and leaves no gap or key behind', () => {
    const all: ConditionLeaf[] = [
      ...LEAF_KINDS.map(blankLeaf),
      ...COMPUTED_FACTS.flatMap((fact) =>
        NUMBER_OPS.map((op): ConditionLeaf => ({ kind: 'fact', fact, test: { op, value: 2 } })),
      ),
      {
        kind: 'events',
        event: '',
        test: { op: 'gte', value: Number.NaN },
        window: { kind: 'absolute', from: '', to: '' },
      },
    ];
    for (const leaf of all)
      for (const language of ['en', 'zh'] as const) {
        const said = leafSentence(leaf, writing(language));
        expect(said).not.toMatch(/says\.|NaN|undefined|\{\{| {2}|^ | $/);
        expect(said.length).toBeGreaterThan(2);
      }
  });
});
