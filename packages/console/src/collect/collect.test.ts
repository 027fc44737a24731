import { type ImportRun, OUTCOMES } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { addFiles } from './dropped-files.ts';
import { flatProperties, gist, isFleeting, prettyPayload } from './event-view.ts';
import { broughtWords, importSentence, importsHeadline, undoWords } from './import-words.ts';
import {
  assignConsent,
  assignField,
  columnUse,
  faultField,
  fitTo,
  isComplete,
  keepAsExtra,
  leaveOut,
  type Mapping,
  offeredFields,
  readMapping,
  requirements,
  withKind,
} from './mapping.ts';
import { foreignCurrency, suggestPreset } from './presets.ts';
import { behindReason } from './quality-reasons.ts';
import { byRows, knownReason } from './reasons.ts';
import { SNIPPET_KINDS, snippet } from './snippets.ts';
import { unreadableKey } from './unreadable.ts';

const guess: Mapping = {
  kind: 'orderLines',
  fields: {
    orderId: { columns: ['Receipt'], confidence: 0.9 },
    time: { columns: ['Day'], confidence: 0.6 },
    net: { columns: ['Total'], confidence: 0.5 },
    category: { columns: ['Dept', 'Type'], confidence: 0.8 },
  },
  traits: { Level: { column: 'Level', type: 'text' } },
  orders: { grouping: 'order' },
} as Mapping;

describe('a column mapping', () => {
  it('says what is still needed, and is complete when nothing is', () => {
    expect(requirements(guess).map(({ by }) => by)).toEqual(['Receipt', 'Day', null, 'Total']);
    expect(isComplete(guess)).toBe(false);
    expect(isComplete(assignField(guess, 'Item', 'productName'))).toBe(true);
    expect(isComplete({ ...guess, constants: { productId: 'X' } })).toBe(true);
  });

  it('gives a column one use at a time', () => {
    const moved = assignField(guess, 'Receipt', 'productId');
    expect(columnUse(moved, 'Receipt')).toEqual({ use: 'field', field: 'productId', confidence: null });
    expect(moved.fields.orderId).toBeUndefined();
    const kept = keepAsExtra(moved, 'Receipt', 'number');
    expect(columnUse(kept, 'Receipt')).toEqual({ use: 'extra', name: 'Receipt', type: 'number' });
    expect(kept.fields.productId).toBeUndefined();
    expect(columnUse(leaveOut(kept, 'Receipt'), 'Receipt')).toEqual({ use: 'none' });
  });

  it('shows a column of consent as what it is, and makes one of any column of customers', () => {
    const customers: Mapping = {
      kind: 'customers',
      fields: { email: { columns: ['Mail'] } },
      traits: {
        emailConsent: { column: 'newsletter', type: 'text' },
        City: { column: 'City', type: 'text' },
      },
    };
    expect(columnUse(customers, 'newsletter')).toEqual({ use: 'consent', channel: 'email' });
    const other = assignConsent(customers, 'ok', 'email');
    expect(columnUse(other, 'ok')).toEqual({ use: 'consent', channel: 'email' });
    expect(columnUse(other, 'newsletter')).toEqual({ use: 'extra', name: 'newsletter', type: 'text' });
    const sms = assignConsent(other, 'Mail', 'sms');
    expect([sms.fields.email, Object.keys(sms.traits ?? {}).sort()]).toEqual([
      undefined,
      ['City', 'emailConsent', 'newsletter', 'smsConsent'],
    ]);
    expect(columnUse(keepAsExtra(other, 'ok'), 'ok')).toEqual({ use: 'extra', name: 'ok', type: 'text' });
    expect(columnUse(leaveOut(other, 'ok'), 'ok')).toEqual({ use: 'none' });
    expect(assignConsent(withKind(customers, 'products'), 'ok', 'email').traits).toBeUndefined();
  });

  it('lets a field be taken over by another column, but adds to a path or a sum', () => {
    expect(assignField(guess, 'Paid', 'net').fields.net).toEqual({ columns: ['Paid'] });
    expect(assignField(guess, 'Sub', 'category').fields.category?.columns).toEqual(['Dept', 'Type', 'Sub']);
    expect(leaveOut(guess, 'Dept').fields.category).toEqual({ columns: ['Type'] });
  });

  it('keeps what it does not edit, and what another kind of row knows too', () => {
    expect(assignField(guess, 'X', 'brand')).toHaveProperty('orders', { grouping: 'order' });
    const products = withKind(guess, 'products');
    expect(Object.keys(products.fields)).toEqual(['category']);
    expect(products).toMatchObject({ attributes: { Level: { column: 'Level' } } });
    expect(products.traits).toBeUndefined();
    expect(withKind(guess, 'stores').fields).toEqual({});
  });

  it('fits another file by leaving out columns that it lacks', () => {
    const fitted = fitTo(guess, ['Receipt', 'Day', 'Dept']);
    expect(Object.keys(fitted.fields)).toEqual(['orderId', 'time', 'category']);
    expect(fitted.fields.category?.columns).toEqual(['Dept']);
    expect(fitted.traits).toBeUndefined();
  });

  it('offers only fields of the kind, and reads nothing as order lines', () => {
    expect(offeredFields('customers')).toEqual([expect.objectContaining({ group: 'person' })]);
    expect(readMapping(null)).toMatchObject({ kind: 'orderLines', fields: {} });
    expect(faultField('mappings.orders.csv.fields.orderId')).toBe('orderId');
    expect(faultField('currency')).toBe('');
  });
});

describe('what files are', () => {
  it('is recognised by columns that only one export has', () => {
    expect(suggestPreset([['household_id', 'basket_id', 'sales_value']])).toBe('complete-journey');
    expect(suggestPreset([['InvoiceNo', 'StockCode', 'UnitPrice', 'CustomerID']])).toBe('online-retail');
    expect(suggestPreset([['订单编号', '商家编码', '实付']])).toBe('chinese-shop');
    expect(suggestPreset([['id', 'amount'], []])).toBeNull();
  });

  it('tells a currency that is not the workspace’s before the upload, where it is known', () => {
    expect(foreignCurrency('online-retail', 'CNY')).toBe('GBP');
    expect(foreignCurrency('online-retail', 'GBP')).toBeNull();
    expect(foreignCurrency('guess', 'CNY')).toBeNull();
  });

  it('counts a file once, and no hidden ones', () => {
    const file = (name: string) => ({ name, size: 3, webkitRelativePath: '' }) as File;
    expect(
      addFiles([file('a.csv')], [file('a.csv'), file('.DS_Store'), file('b.csv')]).map((f) => f.name),
    ).toEqual(['a.csv', 'b.csv']);
  });
});

const run = (change: Partial<ImportRun> = {}, totals: Partial<ImportRun['totals']> = {}): ImportRun => ({
  id: 'i',
  state: 'done',
  preset: 'complete-journey',
  currency: 'USD',
  isCurrencyFixed: true,
  timeZone: 'Asia/Shanghai',
  files: [],
  progress: null,
  reasons: [],
  error: null,
  createdAt: '2026-11-20T06:00:00Z',
  finishedAt: null,
  createdBy: 'Owner',
  ...change,
  totals: {
    rows: 75_000,
    orders: 47_243,
    people: 2377,
    products: 92_331,
    stores: 0,
    salesCents: 23_100_000,
    returnsCents: 0,
    rejected: 0,
    corrected: 0,
    ...totals,
  },
});
const words = (language: Language) =>
  [
    createI18n(language).getFixedT(null, 'collect'),
    createFormat({ language, currency: 'CNY', timeZone: 'Asia/Shanghai' }),
  ] as const;

describe('an import in a sentence', () => {
  it('says what came in, in the currency of the files, and what was turned away', () => {
    expect(importSentence(run(), ...words('en'))).toBe(
      'Brought in 47,243 orders, 2,377 customers, and $231K in sales. No row was turned away.',
    );
    expect(importSentence(run({}, { rejected: 750 }), ...words('zh'))).toBe(
      '已导入 47,243 笔订单、2,377 位顾客和23.1 万美元销售额；75,000 行中有 750 行被拒绝（1.0%）',
    );
  });

  it('says what of it was new, and that nothing was', () => {
    const none = { orders: 0, changedOrders: 0, people: 0, products: 0, stores: 0, events: 0 };
    const nothing = { ...none, salesCents: 0, returnsCents: 0 };
    const again = run({}, { added: nothing });
    expect(importSentence(again, ...words('en'))).toBe(
      'Nothing new: 47,243 orders and 2,377 customers were here already. No row was turned away.',
    );
    expect(importSentence(again, ...words('zh'))).toBe(
      '没有新内容，文件中的 47,243 笔订单和2,377 位顾客此前均已存在，没有行被拒绝',
    );
    expect(broughtWords(again, ...words('en'))).toBe('Nothing new');
    expect(importsHeadline([again], ...words('en'))).toContain('brought nothing new');
    expect(undoWords(nothing, again, ...words('en'))).toMatch(/^No order, customer or product leaves/);
    const some = { ...nothing, orders: 43, people: 1, changedOrders: 2, salesCents: 900_00 };
    expect(importSentence(run({}, { added: some }), ...words('en'))).toBe(
      'Brought in 43 orders, 1 customer, and $900 in sales. 47,200 more orders in the files were here already. ' +
        '2 orders that were here say something else now. No row was turned away.',
    );
    expect(undoWords(some, again, ...words('en'))).toBe(
      'This takes 43 orders, 1 customer, and $900 in sales out of the workspace again, with everything computed from ' +
        'them. ' +
        'What also came from elsewhere stays. 2 orders say again what they said before.',
    );
    const people = run({}, { orders: 0, products: 0, salesCents: 0, added: nothing });
    expect(importSentence(people, ...words('en'))).toMatch(/^Updated 2,377 customers; none of them is new\./);
  });

  it('counts products and stores where there are no orders', () => {
    expect(broughtWords(run({}, { orders: 0, people: 0, salesCents: 0 }), ...words('en'))).toBe(
      '92,331 products',
    );
    expect(
      broughtWords(run({}, { orders: 0, people: 0, products: 0, salesCents: 0, rows: 1 }), ...words('en')),
    ).toBe('1 row');
  });

  it('leads the list with what is moving, else with what came last', () => {
    const moving = run({ state: 'running', progress: 0.43 });
    expect(importsHeadline([moving, run()], ...words('en'))).toBe('Reading, 43% done.');
    expect(importsHeadline([run()], ...words('en'))).toMatch(
      /^The last import \(Nov 20, 2026\) brought 47,243 orders/,
    );
    expect(importsHeadline([], ...words('en'))).toBeUndefined();
  });

  it('has words for each reason, the most frequent first', () => {
    expect(knownReason('bad_quantity')).toBe('bad_number');
    expect(knownReason('new_reason')).toBeNull();
    expect(byRows([{ rows: 1 }, { rows: 3 }])[0]).toEqual({ rows: 3 });
  });
});

describe('events', () => {
  it('name nested properties by their path', () => {
    expect(flatProperties({ a: { b: 1 }, list: [{ x: 'y' }], none: null, empty: {} })).toEqual([
      { name: 'a.b', value: '1' },
      { name: 'list[1].x', value: 'y' },
      { name: 'none', value: '–' },
      { name: 'empty', value: '{}' },
    ]);
    expect(flatProperties({})).toEqual([]);
    expect(gist({ a: 1, b: { c: 2 }, d: 'x', e: '' })).toBe('a: 1 · d: x');
  });

  it('show a payload that is no JSON as it came', () => {
    expect(prettyPayload('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyPayload('{"a":')).toBe('{"a":');
  });
});

it('snippets carry address and key', () => {
  for (const kind of SNIPPET_KINDS) {
    const code = snippet(kind, 'https://q.example', 'qmw_1');
    expect(code).toContain('q.example');
    expect(code).toContain('qmw_1');
  }
});

it('says in our own words why a file cannot be read', () => {
  expect(unreadableKey('The file is neither text nor Parquet nor Excel.')).toBe('format');
  expect(unreadableKey('The file is empty: it has not even a header line with column names.')).toBe('empty');
  expect(unreadableKey('The header line cannot be read: x')).toBe('header');
  expect(unreadableKey('Something new.')).toBeNull();
});

describe('a list of messages that are kept nowhere', () => {
  it('says in both languages why it may be shorter than what was counted', () => {
    const outcomeBehind = (reason: string) =>
      OUTCOMES.find((one) => one === behindReason(reason).search.outcome);
    expect(['rejected:wrong_type', 'repeated'].map(outcomeBehind).map(isFleeting)).toEqual([true, true]);
    expect(['warned:wrong_type', 'late', 'held:wrong_type'].map(outcomeBehind).map(isFleeting)).toEqual(
      Array(3).fill(false),
    );
    const said = (['en', 'zh'] as const).map((language) =>
      createI18n(language).getFixedT(null, 'collect')('events.sinceStart'),
    );
    expect(said[0]).toContain('since the server last started');
    expect(said[1]).toContain('服务器上次启动以来');
  });
});
