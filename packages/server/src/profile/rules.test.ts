import { RFM_GROUPS } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../platform/csv.ts';
import { timelineKind } from './event-kinds.ts';
import { lifecycleDays, lifecycleStage } from './lifecycle.ts';
import { maskEmail, maskIdentifier, maskName, maskPhone, maskProperties } from './masking.ts';
import { personName } from './person-name.ts';
import { quintileBounds, quintileScore, rfmGroupOf } from './rfm.ts';
import { traitVersion } from './sink.ts';
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

describe('order of what was said', () => {
  it('goes by time, then by arrival, whatever both are', () => {
    const told = fc.record({
      time: fc.integer({ min: 0, max: Date.parse('2200-01-01') }),
      arrival: fc.integer({ min: 1, max: Date.parse('2200-01-01') * 1000 }),
    });
    fc.assert(
      fc.property(told, told, (a, b) => {
        const order = Math.sign(a.time - b.time || a.arrival - b.arrival);
        const [x, y] = [a, b].map((t) => BigInt(traitVersion(t.time, t.arrival))) as [bigint, bigint];
        expect(x === y ? 0 : x > y ? 1 : -1).toBe(order);
        expect(x).toBeLessThan(2n ** 128n);
      }),
    );
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
