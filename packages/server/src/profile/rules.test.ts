import { RFM_GROUPS } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../platform/csv.ts';
import { timelineKind } from './event-kinds.ts';
import { lifecycleDays, lifecycleStage } from './lifecycle.ts';
import { maskEmail, maskIdentifier, maskName, maskPhone, maskProperties, maskValue } from './masking.ts';
import { personName } from './person-name.ts';
import { quintileBounds, quintileScore, rfmGroupOf } from './rfm.ts';
import { numberIn } from './trait-value.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 200 });

describe('RFM scores', () => {
  it('are 1 + floor(5 × share strictly below), for any values', () => {
    fc.assert(
      fc.property(values, (all) => {
        const bounds = quintileBounds(all);
        for (const v of all) {
          const below = all.filter((w) => w < v).length;
          expect(quintileScore(v, bounds)).toBe(1 + Math.floor((5 * below) / all.length));
        }
      }),
    );
  });

  it('are equal for equal values, never fall as values rise, and do not depend on the order of customers', () => {
    fc.assert(
      fc.property(values, (all) => {
        const bounds = quintileBounds(all);
        expect(quintileBounds([...all].reverse())).toEqual(bounds);
        const scores = [...all].sort((a, b) => a - b).map((v) => quintileScore(v, bounds));
        expect(scores).toEqual([...scores].sort((a, b) => a - b));
        expect(scores[0]).toBe(1);
        expect(Math.max(...scores)).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('put an even five in five', () => {
    const bounds = quintileBounds([10, 20, 30, 40, 50]);
    expect([10, 20, 30, 40, 50].map((v) => quintileScore(v, bounds))).toEqual([1, 2, 3, 4, 5]);
  });

  it('name a group for each of the 125 scores, and use all eleven names', () => {
    const names = new Set<string>();
    for (let r = 1; r <= 5; r++)
      for (let f = 1; f <= 5; f++) for (let m = 1; m <= 5; m++) names.add(rfmGroupOf(r, f, m));
    expect([...names].sort()).toEqual([...RFM_GROUPS].sort());
    expect(rfmGroupOf(5, 5, 5)).toBe('champions');
    expect(rfmGroupOf(1, 5, 5)).toBe('cannotLose');
    expect(rfmGroupOf(5, 1, 1)).toBe('newCustomers');
    expect(() => rfmGroupOf(0, 1, 1)).toThrow(/1 to 5/);
  });
});

describe('life-cycle days', () => {
  it('rise from stage to stage within their bounds, whatever the gaps', () => {
    const days = fc.double({ min: 0, max: 5000, noNaN: true });
    fc.assert(
      fc.property(fc.nat(10_000), days, days, days, (count, q75, q90, q975) => {
        const d = lifecycleDays({ count, q75, q90, q975 });
        expect(d.active).toBeGreaterThanOrEqual(14);
        expect(d.cooling).toBeGreaterThanOrEqual(1.5 * d.active);
        expect(d.sleeping).toBeGreaterThanOrEqual(1.5 * d.cooling);
        expect(d.sleeping).toBeLessThanOrEqual(730);
      }),
    );
  });

  it('part the stages', () => {
    const d = lifecycleDays({ count: 1000, q75: 30, q90: 70, q975: 150 });
    expect(d).toEqual({ active: 30, cooling: 70, sleeping: 150 });
    const stages = [30, 31, 70, 71, 150, 151].map((days) => lifecycleStage(2, days, d));
    expect(stages).toEqual(['active', 'cooling', 'cooling', 'sleeping', 'sleeping', 'lost']);
    expect(lifecycleStage(1, 30, d)).toBe('new');
    expect(lifecycleStage(1, 31, d)).toBe('cooling');
    expect(lifecycleStage(0, 0, d)).toBe('prospect');
  });
});

describe('names', () => {
  it('are joined as their script does', () => {
    expect(personName({ firstName: '小明', lastName: '王' })).toBe('王小明');
    expect(personName({ firstName: 'Ann', lastName: 'Lee' })).toBe('Ann Lee');
    expect(personName({ lastName: 'Lee' })).toBe('Lee');
    expect(personName({ name: '李雷', firstName: 'Lei' })).toBe('李雷');
    expect(personName({})).toBe('');
  });
});

describe('masking', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  const kept = (shown: string) => [...shown].filter((c) => c !== '*');

  it('shows of a name no more than its first character', () => {
    fc.assert(
      fc.property(text, (name) => {
        const shown = maskName(name);
        expect([...shown].length).toBeLessThanOrEqual(3);
        const first = [...name.trim()][0];
        for (const c of kept(shown)) expect(c).toBe(first);
      }),
    );
    expect(maskName('王小明')).toBe('王**');
    expect(maskName('Ann Lee')).toBe('A**');
    expect(maskName('王')).toBe('***');
  });

  it('shows of an e-mail no more than one character and the ending of its domain', () => {
    fc.assert(
      fc.property(text, text, (local, domain) => {
        const shown = maskEmail(`${local}@${domain}.example`);
        expect(shown).toMatch(/^.{0,2}\*\*\*@\*\*\*\.example$/su);
        expect(kept(shown).length).toBeLessThanOrEqual(1 + 1 + '.example'.length);
      }),
    );
    expect(maskEmail('ann@lee.example')).toBe('a***@***.example');
    expect(maskEmail('a@lee.example')).toBe('***@***.example');
    expect(maskEmail('not an address')).toBe('***');
  });

  it('shows of a phone and any identifier no more than four characters, and never half of it', () => {
    fc.assert(
      fc.property(text, (value) => {
        const n = [...value.trim()].length;
        for (const shown of [maskPhone(value), maskIdentifier('openid', value.replaceAll('@', ''))]) {
          const rest = kept(shown).length;
          expect(rest).toBeLessThanOrEqual(4);
          expect(rest).toBeLessThanOrEqual(n / 2);
        }
      }),
    );
    expect(maskPhone('+8613812345678')).toBe('****5678');
    expect(maskPhone('110')).toBe('****');
  });

  it('finds personal data in properties by name and by look, however deep', () => {
    const shown = maskProperties({
      product: 'Tea',
      price: 20,
      note: 'call me at 13812345678',
      order: { shipping: { address: '1 Main Street', city: 'Leeds' }, to: ['ann@lee.example'] },
      address: { city: 'Leeds' },
    });
    expect(shown).toEqual({
      product: 'Tea',
      price: 20,
      note: '****5678',
      order: { shipping: { address: '****', city: 'Leeds' }, to: ['a***@***.example'] },
      address: { city: 'Leeds' },
    });
  });
});

describe('names of personal data', () => {
  const hidden = (name: string, value: string | number) => maskValue(name, value);

  it('are known in both languages, in one word or many', () => {
    const plain =
      '收货人 联系人 昵称 微信号 receiver recipient consignee nick addr clientIp ip_address device_id 身份证号 出生日期 dob ssn QQ qq号 收货地址 联系方式 contactNo nickName IDCard idNo iban 银行卡号 会员名 买家昵称 客户备注 shipping.receiver context.device.id couponCode bankAccountNo';
    for (const name of plain.split(' ')) {
      const shown = hidden(name, '王小明的');
      expect([name, String(shown)]).toEqual([name, expect.stringMatching(/^(王\*\*|\*{4})$/)]);
    }
    expect(hidden('收货人', '王小明')).toBe('王**');
    expect(hidden('dob', '1990-01-02')).toBe('****');
  });

  it('hide what people wrote freely, in both languages, and show how much of it there is and when it was', () => {
    const free =
      'note notes memo Memo comment comments message order_note customerNote gift_message deliveryInstructions note.text 客户备注 留言';
    for (const name of free.split(' ')) expect([name, hidden(name, 'call Zqsecret')]).toEqual([name, '****']);
    const open: [string, string | number][] = [
      ...([
        ['comments', 5],
        ['notebook', 'blue'],
        ['message_id', 'm-1'],
        ['error_message', 'full'],
      ] as const),
      ...([
        ['envelope.timestamp', '2026-06-01T04:00:00.693Z'],
        ['paidAt', '2026-06-01 04:00:00+08:00'],
      ] as const),
    ].map(([name, value]) => [name, value]);
    for (const [name, value] of open) expect([name, hidden(name, value)]).toEqual([name, value]);
    expect(hidden('till', '2026-06-01 04:00 13812345678')).not.toContain('1381234');
  });

  it('hide numbers too, and numbers as long as a phone number under any name but those of amounts and orders', () => {
    for (const name of ['contact', '联系方式', 'id_number', 'qq', '手机', 'code_of_till'])
      expect([name, hidden(name, 13812345678)]).toEqual([name, expect.stringMatching(/^\*{4}(5678)?$/)]);
    expect(hidden('hotline', 1234567)).toBe('****');
  });

  it('do not hide amounts, counts, times and numbers of orders and goods', () => {
    const open: [string, string | number][] = [
      ['points', 12345678],
      ['spend_cents', 123456789],
      ['totalSpentCny', 12345678],
      ['累计消费金额', 12345678],
      ['emailCount', 3],
      ['contact_count', 2],
      ['联系次数', 4],
      ['order_id', '20260601001'],
      ['orderNo', 20260601001],
      ['订单编号', '20260601001'],
      ['sku', '6901234567890'],
      ['productId', 6901234567890],
      ['条码', '6901234567890'],
      ['created_at', 1780000000000],
      ['lastLoginTime', 1780000000000],
      ['shipping_method', 'sea'],
      ['class', 'A'],
      ['session', 'x'],
      ['remarketing', 'yes'],
      ['address.city', 'York'],
      ['收货城市', '上海'],
    ];
    for (const [name, value] of open) expect([name, hidden(name, value)]).toEqual([name, value]);
    expect(hidden('order_id', 'ann@lee.example')).toBe('a***@***.example');
  });

  it('hides what a person is known by as identity does, whatever it is called', () => {
    const externalIds = [
      { type: 'member_card', id: 'CARD-778899', collection: 'users' },
      { type: 'openid', id: 'oABCDEF12345' },
      { type: 'loyalty', id: 77889900 },
    ];
    expect(maskProperties({ externalIds, product: { type: 'shoe', id: 'sku-12345678' } })).toEqual({
      externalIds: [
        { type: 'member_card', id: '****8899', collection: 'users' },
        { type: 'openid', id: '****2345' },
        { type: 'loyalty', id: '****9900' },
      ],
      product: { type: 'shoe', id: 'sku-12345678' },
    });
    const envelope = {
      userId: 'ann-of-york',
      anonymousId: 'a7f3',
      previousId: 'x',
      client_id: '8.1',
      uid: 'u',
    };
    expect(new Set(Object.values(maskProperties(envelope)))).toEqual(new Set(['****']));
    expect(maskProperties({ identities: { $identity_login_id: 'ann' } })).toEqual({
      identities: { $identity_login_id: '****' },
    });
    expect(maskProperties({ users: 5, user_id_count: 7, clientName: 'x', fluid: 'oil' })).toMatchObject({
      ...{ users: 5, user_id_count: 7, fluid: 'oil' },
    });
  });

  it('hide all that lies within', () => {
    expect(
      maskProperties({ 收货信息: { 详情: ['王小明', 5] }, recipient: { line: 'x', city: 'York' } }),
    ).toEqual({
      收货信息: { 详情: ['****', '****'] },
      recipient: { line: '****', city: 'York' },
    });
  });
});

describe('text', () => {
  it('that a spreadsheet would run is disarmed', () => {
    expect(csvLine(['=cmd()', '+1', 'a"b', '@x'])).toBe('\'=cmd(),\'+1,"a""b",\'@x\r\n');
  });

  it('reads as a number only when it is plainly one', () => {
    expect(['42', '-1.5', '1e3', '0x10', '', ' 1', '1,000', 'Infinity'].map(numberIn)).toEqual([
      42,
      -1.5,
      1000,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('kinds of events', () => {
  it('go by their names', () => {
    expect(
      [
        'Email Opened',
        'Coupon Issued',
        'Consent Updated',
        'Product Viewed',
        'Ticket Created',
        'Signed Up',
      ].map(timelineKind),
    ).toEqual(['message', 'coupon', 'consent', 'browse', 'service', 'other']);
  });
});
