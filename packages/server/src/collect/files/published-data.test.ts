import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../facts.ts';
import { type PlannedFile, planImport, readRows } from './index.ts';

/** The published data sets lie beside the repository; their numbers were counted independently with Python's csv. */
const DATA = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
const skipped = (folder: string) => (existsSync(DATA + folder) ? '' : ' (skipped: no shared data)');
const NOW = Date.UTC(2026, 0, 1);

interface Tally {
  rows: number;
  facts: Record<string, number>;
  rejected: Record<string, number>;
  corrected: Record<string, number>;
  orders: Set<string>;
  people: Set<string>;
  products: Set<string>;
  stores: Set<string>;
  lineIds: Set<string>;
  saleCents: number;
  returnCents: number;
}

const add = (counts: Record<string, number>, code: string) => {
  counts[code] = (counts[code] ?? 0) + 1;
};

function count(tally: Tally, fact: Fact): void {
  add(tally.facts, fact.kind === 'orderLine' ? fact.lineKind : fact.kind);
  if (fact.kind === 'product') tally.products.add(fact.productId);
  if (fact.kind === 'store') tally.stores.add(fact.storeId);
  if (fact.kind !== 'orderLine') return;
  tally.orders.add(fact.orderId);
  tally.lineIds.add(`${fact.orderId}/${fact.lineId}`);
  for (const { value } of fact.identifiers) tally.people.add(value);
  if (fact.lineKind === 'sale') tally.saleCents += fact.netCents;
  else tally.returnCents += fact.netCents;
}

async function tallied({ path, sniffed, mapper }: PlannedFile): Promise<Tally> {
  const sets = {
    orders: new Set<string>(),
    people: new Set<string>(),
    products: new Set<string>(),
    stores: new Set<string>(),
    lineIds: new Set<string>(),
  };
  const tally: Tally = {
    rows: 0,
    facts: {},
    rejected: {},
    corrected: {},
    ...sets,
    saleCents: 0,
    returnCents: 0,
  };
  for await (const row of readRows(path, sniffed)) {
    tally.rows++;
    const { facts, corrections, rejection } = mapper.map(row);
    for (const fact of facts) count(tally, fact);
    for (const note of corrections) add(tally.corrected, note.code);
    if (rejection) add(tally.rejected, rejection.code);
  }
  for (const fact of mapper.finish().facts) count(tally, fact);
  return tally;
}

describe.skipIf(skipped('completejourney') !== '')(
  `The Complete Journey${skipped('completejourney')}`,
  () => {
    const options = { currency: 'USD', timeZone: 'America/New_York', now: NOW };

    it('is imported whole, in order, to the cent', async () => {
      const { files, unused } = await planImport([`${DATA}completejourney`], 'complete-journey', options);
      expect(files.map((file) => file.role)).toEqual([
        'products',
        'demographics',
        'transactions',
        'coupon_redemptions',
      ]);
      expect(unused.map((file) => file.path.split('/').at(-1))).toEqual([
        'campaign_descriptions.csv.gz',
        'campaigns.csv.gz',
        'coupons.csv.gz',
        'promotions_sample.csv.gz',
      ]);
      const [products, people, sales, redemptions] = [
        await tallied(files[0]!),
        await tallied(files[1]!),
        await tallied(files[2]!),
        await tallied(files[3]!),
      ];

      expect([products.rows, products.products.size, products.rejected]).toEqual([92_331, 92_331, {}]);
      expect([people.facts, people.rejected]).toEqual([{ person: 801 }, {}]);
      expect([redemptions.facts, redemptions.rejected]).toEqual([{ event: 2_102 }, {}]);
      expect(sales.facts).toEqual({ sale: 75_000, store: 293 });
      expect([sales.orders.size, sales.people.size, sales.lineIds.size]).toEqual([47_243, 2_377, 75_000]);
      expect([sales.saleCents, sales.returnCents]).toEqual([23_393_524, 0]);
      // One amount is 4.440892e-16: a float's nothing.
      expect([sales.corrected, sales.rejected]).toEqual([{ quantity_zero: 416, rounded: 1 }, {}]);
    });

    it('says who, when, where and how in every fact', async () => {
      const { files } = await planImport([`${DATA}completejourney`], 'complete-journey', options);
      const first = async ({ path, sniffed, mapper }: PlannedFile) => {
        for await (const row of readRows(path, sniffed)) return mapper.map(row).facts;
        return [];
      };
      const identifiers = [{ type: 'user', value: '2261' }];
      expect(await first(files[2]!)).toEqual([
        { kind: 'store', storeId: '309' },
        {
          kind: 'orderLine',
          orderId: '31625220889',
          lineId: '940996',
          lineKind: 'sale',
          time: Date.UTC(2017, 0, 28, 19, 6, 53),
          identifiers,
          channel: 'store',
          storeId: '309',
          productId: '940996',
          quantity: 1,
          unitPriceCents: 429,
          discountCents: 43,
          netCents: 386,
          currency: 'USD',
        },
      ]);
      expect(await first(files[0]!)).toEqual([
        {
          kind: 'product',
          productId: '25671',
          name: 'ICE - CRUSHED/CUBED',
          brand: 'National',
          category: ['GROCERY', 'FRZN ICE', 'ICE - CRUSHED/CUBED'],
          attributes: { manufacturer_id: '2', package_size: '22 LB' },
        },
      ]);
      expect(await first(files[1]!)).toMatchObject([
        { traits: { age: '65+', home_ownership: 'Homeowner', household_size: '2', kids_count: '0' } },
      ]);
      expect(await first(files[3]!)).toMatchObject([
        {
          kind: 'event',
          name: 'Coupon Redeemed',
          time: Date.UTC(2017, 0, 1, 5),
          channel: 'store',
          messageId: expect.stringMatching(/^file-[0-9a-f]{32}$/),
          identifiers: [{ type: 'user', value: '1029' }],
          properties: { coupon_upc: '51380041013', campaign_id: '26' },
        },
      ]);
    });
  },
);

describe.skipIf(skipped('online-retail') !== '')(`Online Retail${skipped('online-retail')}`, () => {
  it('is cleaned with every decision counted', async () => {
    const options = { currency: 'GBP', timeZone: 'UTC', now: NOW };
    const { files } = await planImport([`${DATA}online-retail`], 'online-retail', options);
    const tally = await tallied(files[0]!);
    // Of 1,413 rows with price <= 0, three are duplicates and were turned away as such.
    expect(tally.rejected).toEqual({ duplicate_row: 1_970, price_not_positive: 1_410 });
    expect(tally.rows).toBe(240_007);
    // Of 4,350 cancellations, 21 are duplicates. Of 67,225 rows without customer, 65,804 are real sales.
    expect(tally.facts).toEqual({ sale: 232_298, return: 4_329, person: 2_985, product: 3_436 });
    expect(tally.corrected).toEqual({
      no_customer: 65_804,
      trimmed: 45_210,
      not_merchandise: 1_451,
      code_standardised: 1_158,
      unreadable_character: 20,
      rounded: 1,
    });
    expect([tally.orders.size, tally.people.size, tally.products.size]).toEqual([11_368, 2_974, 3_436]);
    expect([tally.saleCents, tally.returnCents]).toEqual([469_092_961, -42_490_799]);
    expect(tally.lineIds.size).toBe(236_627);
  });

  it('names products by their sales and marks what is no merchandise', async () => {
    const { files } = await planImport([`${DATA}online-retail`], 'online-retail', {
      currency: 'GBP',
      timeZone: 'UTC',
      now: NOW,
    });
    const { path, sniffed, mapper } = files[0]!;
    let summer = 0;
    for await (const row of readRows(path, sniffed)) {
      const line = mapper.map(row).facts.find((fact) => fact.kind === 'orderLine');
      if (line?.orderId === '555156') summer = line.time;
    }
    const products = new Map(
      mapper.finish().facts.flatMap((fact) => (fact.kind === 'product' ? [[fact.productId, fact]] : [])),
    );
    // 7:37 on the wall in June is 6:37 UTC, though the workspace is on UTC.
    expect(summer).toBe(Date.UTC(2011, 5, 1, 6, 37));
    expect(products.get('85123A')?.name).toBe('WHITE HANGING HEART T-LIGHT HOLDER');
    expect(products.get('POST')).toMatchObject({
      name: 'POSTAGE',
      attributes: { merchandise: false, service: 'postage' },
    });
    expect([...products.values()].filter((product) => product.attributes?.merchandise === false).length).toBe(
      14,
    );
    expect(
      [...products.values()].filter((product) => product.name && product.name === product.name.toLowerCase()),
    ).toEqual([]);
    expect([...products.values()].filter((product) => !product.name)).toEqual([]);
  });
});
