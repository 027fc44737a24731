import { clientKey } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Resolved } from './batch.ts';
import { withinKey } from './client-key.ts';
import { MOST_RETURNS, MOST_RETURNS_BY_CLIENTS } from './count-returns.ts';
import type { OrderLineFact } from './facts.ts';
import { newestTellings } from './newest-telling.ts';
import { type Retelling, retellOrders, withoutToldOrders } from './retell-orders.ts';
import type { ClaimRow, OrderLineRow } from './store.ch.ts';
import type { StoredOrders, Teller } from './teller.ts';
import { factsOfMessage } from './wire/segment.ts';

const RECEIVED = Date.parse('2026-06-01T00:00:00Z');

interface Product {
  product_id: string;
  price: number;
  quantity: number;
}
interface Message {
  event: string;
  messageId: string;
  /** Seconds of the day it happened at. */
  at: number;
  properties: { refund_id?: string; products?: Product[]; total?: number };
}

const KEY = clientKey.parse({});
const resolvedTo = (id: number) => (fact: OrderLineFact) => ({ fact, personId: id, anchor: id });

const retold = (lines: readonly Resolved<OrderLineFact>[], stored: StoredOrders, teller: Teller) => {
  const newest = newestTellings(lines, stored, { ...teller, receivedAt: RECEIVED });
  return retellOrders(newest, stored, teller);
};

/** Rows of one order as the warehouse would keep them. */
class Shelf {
  lines = new Map<string, OrderLineRow>();
  claims = new Map<string, ClaimRow>();
  version = 0;

  stored(): StoredOrders {
    return {
      lines: [...this.lines.values()],
      claims: [...this.claims.values()].filter((claim) => !claim.is_deleted),
    };
  }

  /** Stores messages as one batch. */
  tell(messages: readonly Message[], importId = ''): Retelling {
    return this.take(messages.flatMap(factsOf), importId);
  }

  /** Stores messages as one batch that came by a client's key, of somebody else. */
  claim(messages: readonly Message[]): Retelling {
    this.version += 1;
    const facts = withinKey(messages.flatMap(factsOf), KEY).facts as OrderLineFact[];
    const told = withoutToldOrders(facts, this.stored(), 'page');
    const teller = { workspace: 'w', source: 'page', importId: '', version: this.version, client: KEY };
    return this.#keepAll(retold(told.map(resolvedTo(2)), this.stored(), teller));
  }

  take(facts: readonly OrderLineFact[], importId = '', personId = 1): Retelling {
    this.version += 1;
    const teller = { workspace: 'w', source: importId ? 'f' : 's', importId, version: this.version };
    return this.#keepAll(retold(facts.map(resolvedTo(personId)), this.stored(), teller));
  }

  #keepAll(all: Retelling): Retelling {
    for (const row of all.lines) this.#keep(this.lines, `${row.line_kind} ${row.line_id}`, row);
    for (const row of all.claims) this.#keep(this.claims, `${row.return_id} ${row.line_id}`, row);
    return all;
  }

  /** The newest version stays, of equal ones the last: as a ReplacingMergeTree keeps rows. */
  #keep<R extends { version: number }>(rows: Map<string, R>, key: string, row: R): void {
    if (row.version >= (rows.get(key)?.version ?? 0)) rows.set(key, row);
  }

  standing(): OrderLineRow[] {
    return [...this.lines.values()].filter((row) => !row.is_deleted);
  }

  /** What stands, whoever told it and when. */
  words(): string[] {
    return this.standing()
      .map((r) => `${r.line_kind} ${r.line_id} ${r.quantity} ${r.net_cents} ${r.discount_cents}`)
      .sort();
  }

  /** What stands, whose it is and of which day. */
  all(): string[] {
    return this.standing()
      .map(
        (r) =>
          `${r.source} ${r.line_kind} ${r.line_id} ${r.person_id} ${r.time} ${r.quantity} ${r.net_cents}`,
      )
      .sort();
  }

  net(): number {
    return this.standing().reduce((sum, row) => sum + row.net_cents, 0);
  }
}

function factsOf({ event, messageId, at, properties }: Message): OrderLineFact[] {
  const made = factsOfMessage(
    {
      type: 'track',
      event,
      messageId,
      userId: 'u',
      timestamp: new Date(RECEIVED - 86_400_000 + at * 1000).toISOString(),
      properties: { order_id: 'o', ...properties },
    },
    { receivedAt: RECEIVED, sentAt: null, currency: 'CNY', messageId: () => '' },
  );
  if (!Array.isArray(made)) throw new Error(made.reason);
  return made.filter((fact) => fact.kind === 'orderLine') as OrderLineFact[];
}

let said = 0;
const message = (event: string, properties: Message['properties'] = {}, at = 0): Message => {
  said += 1;
  return { event, messageId: `m${said}`, at, properties };
};
const item = (product_id: string, price: number, quantity = 1): Product => ({ product_id, price, quantity });
const completed = (...products: Product[]) => message('Order Completed', { products });

describe('an order told again', () => {
  it('has the lines it was told with last', () => {
    const shelf = new Shelf();
    shelf.tell([completed(item('A', 10), item('B', 5))]);
    shelf.tell([completed(item('A', 10))]);
    expect(shelf.words()).toEqual(['sale A 1 1000 0']);
    shelf.tell([message('Order Updated', { products: [item('B', 7, 2)] })]);
    expect(shelf.words()).toEqual(['sale B 2 1400 0']);
  });

  it('keeps the day it was made when it is changed later, and lines it is told nothing of', () => {
    const shelf = new Shelf();
    const first = completed(item('A', 10));
    shelf.tell([first]);
    const day = shelf.standing()[0]!.time;
    shelf.tell([message('Order Updated', { products: [item('A', 10), item('B', 5)] }, 3600)]);
    expect(shelf.standing().map((row) => row.time)).toEqual([day, day]);
    shelf.tell([message('Order Updated', {}, 7200)]);
    expect(shelf.standing()).toHaveLength(2);
  });

  it('in a file loses no line of the same import, and none at all when it is told line by line', () => {
    const line = (productId: string, whole: boolean): OrderLineFact => ({
      ...factsOf(completed(item(productId, 20)))[0]!,
      messageId: undefined,
      whole,
    });
    const shelf = new Shelf();
    shelf.tell([completed(item('A', 10), item('C', 1))]);
    shelf.take([line('A', false)], 'import');
    expect(shelf.words()).toHaveLength(2);
    shelf.take([line('A', true)], 'import');
    shelf.take([line('B', true)], 'import');
    expect(shelf.standing().map((row) => row.line_id)).toEqual(['A', 'B']);
  });
});

describe('returns', () => {
  it('take back the rest: a refund of half and a cancellation are the whole order', () => {
    const shelf = new Shelf();
    shelf.tell([completed(item('A', 100, 2))]);
    shelf.tell([message('Order Refunded', { products: [item('A', 100)] })]);
    expect(shelf.net()).toBe(10_000);
    shelf.tell([message('Order Cancelled', { products: [item('A', 100, 2)] })]);
    expect(shelf.net()).toBe(0);
    expect(shelf.standing().reduce((sum, row) => sum + row.quantity, 0)).toBe(0);
    // By a page's key the same leaves an order that came back.
    const page = new Shelf();
    page.claim([completed(item('A', 100, 2))]);
    page.claim([message('Order Cancelled')]);
    expect(page.standing().map((row) => [row.line_kind, row.net_cents])).toEqual([
      ['sale', 20_000],
      ['return', -20_000],
    ]);
  });

  it('without products and amount are of the whole order; with an amount, of as much', () => {
    const shelf = new Shelf();
    shelf.tell([completed(item('A', 10), item('B', 20))]);
    shelf.tell([message('Order Refunded', { total: 12 })]);
    expect(shelf.net()).toBe(1800);
    shelf.tell([message('Order Refunded')]);
    expect(shelf.net()).toBe(0);
  });

  it('of an order that is not known wait for it', () => {
    const shelf = new Shelf();
    shelf.tell([message('Order Cancelled')]);
    expect(shelf.standing()).toEqual([]);
    shelf.tell([completed(item('A', 10))]);
    expect(shelf.net()).toBe(0);
  });

  it('told again replace what they said', () => {
    const shelf = new Shelf();
    const refund = (...products: Product[]) => message('Order Refunded', { refund_id: 'r', products });
    shelf.tell([completed(item('A', 10), item('B', 5)), refund(item('A', 10), item('B', 5))]);
    shelf.tell([refund(item('B', 5))]);
    expect(shelf.words()).toEqual(['return r:B -1 -500 0', 'sale A 1 1000 0', 'sale B 1 500 0']);
  });

  it('that a file tells as lines of their own count as they are told, and are not taken back twice', () => {
    const shelf = new Shelf();
    const sale = factsOf(completed(item('A', 10)))[0]!;
    const back: OrderLineFact = {
      ...sale,
      lineId: 'return:A',
      lineKind: 'return',
      whole: false,
      quantity: -1,
      netCents: -1000,
    };
    shelf.tell([completed(item('A', 10)), message('Order Refunded')]);
    shelf.take([back], 'import');
    expect(shelf.words()).toEqual(['return return:A -1 -1000 0', 'sale A 1 1000 0']);
    // Of what never was an order nothing comes back either.
    shelf.tell([message('Order Cancelled')]);
    expect(shelf.words()).toEqual([]);
  });
});

describe('very many returns of one order', () => {
  const refunds = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      message('Order Refunded', { refund_id: `r${i}`, products: [item('A', 1)] }),
    );
  const refundOf = (id: string, lines: number) =>
    message('Order Refunded', {
      refund_id: id,
      products: Array.from({ length: lines }, (_, i) => item(`P${i}`, 1)),
    });

  it('count up to a bound, those told first; what is told again is no more of them', () => {
    const shelf = new Shelf();
    const all = refunds(MOST_RETURNS.returns + 500);
    shelf.tell([completed(item('A', 1, 5000))]);
    for (let times = 0; times < 2; times++) {
      const { beyond } = shelf.tell(all);
      expect([...beyond]).toEqual([['o', 500]]);
      expect(shelf.stored().claims).toHaveLength(MOST_RETURNS.returns);
      expect(shelf.net()).toBe((5000 - MOST_RETURNS.returns) * 100);
    }
    shelf.tell([message('Order Refunded', { refund_id: 'r7', products: [item('A', 1, 3)] })]);
    expect(shelf.net()).toBe((5000 - MOST_RETURNS.returns - 2) * 100);
  });

  it('have as many lines as fit, and none of a return that does not', () => {
    const shelf = new Shelf();
    shelf.tell(['a', 'b', 'c'].map((id) => refundOf(id, 1500)));
    expect(shelf.stored().claims).toHaveLength(3000);
    expect([...shelf.tell([refundOf('a', 2000), refundOf('d', 501)]).beyond]).toEqual([['o', 1]]);
    expect(shelf.stored().claims).toHaveLength(3500);
  });

  it('by a page’s key have a bound of their own, and keep no word of the shop out', () => {
    const shelf = new Shelf();
    const { beyond } = shelf.claim(refunds(300));
    expect([...beyond]).toEqual([['o', 300 - MOST_RETURNS_BY_CLIENTS.returns]]);
    expect(shelf.stored().claims).toHaveLength(MOST_RETURNS_BY_CLIENTS.returns);
    shelf.tell([completed(item('A', 10)), message('Order Refunded', { products: [item('A', 10)] })]);
    expect(shelf.net()).toBe(0);
  });
});

describe('laws', () => {
  const product = fc.record({
    product_id: fc.constantFrom('A', 'B', 'C'),
    price: fc.integer({ min: 0, max: 50 }),
    quantity: fc.integer({ min: 0, max: 3 }),
  });
  const products = fc.array(product, { minLength: 1, maxLength: 3 });
  const properties = fc.oneof(
    fc.record({ products }),
    fc.record({ total: fc.integer({ min: 0, max: 200 }) }),
    fc.constant({}),
  );
  const told = fc
    .record({
      event: fc.constantFrom('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled'),
      properties,
      refund: fc.option(fc.constantFrom('r1', 'r2'), { nil: undefined }),
      at: fc.integer({ min: 0, max: 9 }),
      times: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ event, properties: given, refund, at, times }) => {
      // An order that is completed has products or an amount.
      const p = event === 'Order Completed' && Object.keys(given).length === 0 ? { total: 10 } : given;
      const one = message(event, refund ? { ...p, refund_id: refund } : p, at);
      return Array<Message>(times).fill(one);
    });
  const story = fc.array(told, { minLength: 1, maxLength: 8 }).map((all) => all.flat());

  it('an order never nets below zero, and no product comes back more often than it was sold', () => {
    fc.assert(
      fc.property(story, (messages) => {
        const shelf = new Shelf();
        for (const one of messages) {
          shelf.tell([one]);
          expect(shelf.net()).toBeGreaterThanOrEqual(0);
          const quantity = new Map<string, number>();
          for (const row of shelf.standing())
            quantity.set(row.product_id, (quantity.get(row.product_id) ?? 0) + row.quantity);
          expect(Math.min(0, ...quantity.values())).toBe(0);
        }
        // What was cancelled is no order, whatever else is told of it and when.
        if (messages.some((m) => m.event === 'Order Cancelled')) expect(shelf.standing()).toEqual([]);
      }),
    );
  });

  it('it does not matter how messages are batched, nor whether a batch is stored twice', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.nat({ max: 2 })), (messages, random) => {
        const [one, other] = [new Shelf(), new Shelf()];
        for (const m of messages) one.tell([m]);
        for (let at = 0; at < messages.length; ) {
          const size = 1 + (random.next().value as number);
          const batch = messages.slice(at, at + size);
          for (let times = 0; times <= (random.next().value as number) % 2; times++) other.tell(batch);
          at += size;
        }
        expect(other.words()).toEqual(one.words());
      }),
    );
  });

  it('an order is as its source told it last, in whatever sequence that comes, and as of the day it was made', () => {
    const tellings = fc
      .array(fc.record({ products, event: fc.constantFrom('Order Completed', 'Order Updated') }), {
        minLength: 1,
        maxLength: 5,
      })
      .map((all) => all.map((one, at) => message(one.event, { products: one.products }, at)));
    const refunds = fc.array(fc.record({ properties, at: fc.nat({ max: 9 }) }), { maxLength: 2 });
    fc.assert(
      fc.property(
        tellings,
        refunds,
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        (told, back, random, isTwice) => {
          const all = [...told, ...back.map((one) => message('Order Refunded', one.properties, one.at))];
          const shuffled = all
            .map((one) => ({ one, by: random.next().value as number }))
            .sort((a, b) => a.by - b.by)
            .map(({ one }) => one);
          const [inTurn, mixed] = [new Shelf(), new Shelf()];
          for (const one of all) inTurn.tell([one]);
          for (let at = 0; at < all.length; ) {
            const size = 1 + ((random.next().value as number) % 3);
            for (let times = isTwice ? 2 : 1; times > 0; times--) mixed.tell(shuffled.slice(at, at + size));
            at += size;
          }
          expect(mixed.all()).toEqual(inTurn.all());
          const last = factsOf(told.at(-1)!);
          const sold = (of: { lineId: string; netCents: number }) => `${of.lineId} ${of.netCents}`;
          expect(
            mixed
              .standing()
              .filter((row) => row.line_kind === 'sale')
              .map((row) => sold({ lineId: row.line_id, netCents: row.net_cents }))
              .sort(),
          ).toEqual(last.map(sold).sort());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('older news tells whose an order is where nobody else did, and nothing of a file’s', () => {
    const [first, then] = [
      completed(item('A', 1)),
      message('Order Updated', { products: [item('B', 2)] }, 5),
    ];
    const shelf = new Shelf();
    shelf.take(factsOf(then), '', 0);
    shelf.take(factsOf(first), '', 1);
    expect(shelf.standing()).toMatchObject([{ line_id: 'B', person_id: 1, time: factsOf(first)[0]!.time }]);
    // A file has the last word, and what is told live after it as well.
    shelf.take([{ ...factsOf(first)[0]!, messageId: undefined, lineId: 'F' }], 'import');
    shelf.tell([completed(item('C', 3))]);
    expect(shelf.words()).toEqual(['sale C 1 300 0']);
  });

  it('what a client’s key says changes nothing that others told, whichever comes first', () => {
    const line = fc.record({ product, whole: fc.boolean(), person: fc.constantFrom(0, 1) });
    const others = fc.oneof(
      fc.record({ message: told.map((all) => all[0]!), person: fc.constantFrom(0, 1) }),
      fc.record({ line }),
    );
    const page = fc.array(
      told.map((all) => all[0]!),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        page,
        fc.array(others, { maxLength: 5 }),
        fc.infiniteStream(fc.boolean()),
        (claimed, said, random) => {
          const tellers = said.map((one) => (shelf: Shelf) => {
            if ('message' in one) return shelf.take(factsOf(one.message), '', one.person);
            const fact = factsOf(completed(one.line.product))[0]!;
            shelf.take([{ ...fact, messageId: undefined, whole: one.line.whole }], 'import', one.line.person);
          });
          const [apart, mixed, alone] = [new Shelf(), new Shelf(), new Shelf()];
          for (const tell of tellers) tell(apart);
          for (const one of claimed) apart.claim([one]);
          const pages = [...claimed];
          for (const tell of tellers) {
            while (pages.length > 0 && random.next().value) mixed.claim([pages.shift()!]);
            tell(mixed);
          }
          for (const one of pages) mixed.claim([one]);
          expect(mixed.all()).toEqual(apart.all());
          // Beside the shop's own orders nothing is left of what the page says.
          for (const tell of tellers) tell(alone);
          if (alone.standing().some((row) => row.line_kind === 'sale'))
            expect(mixed.all()).toEqual(alone.all());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('returns may come before the order, as late as they like', () => {
    const returns = fc.array(
      told.filter((all) => all[0]!.event !== 'Order Completed' && all[0]!.event !== 'Order Updated'),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(products, returns, fc.nat(), (sold, all, at) => {
        // A return told twice in different words is told by whoever comes last.
        const seen = new Set<string>();
        const claims = all
          .map((one) => one[0]!)
          .filter(({ properties: p, messageId }) => {
            const id = p.refund_id ?? messageId;
            return seen.has(id) ? false : seen.add(id);
          });
        const sale = completed(...sold);
        const [first, later] = [new Shelf(), new Shelf()];
        for (const m of [sale, ...claims]) first.tell([m]);
        for (const m of claims.toSpliced(at % (claims.length + 1), 0, sale)) later.tell([m]);
        expect(later.words()).toEqual(first.words());
      }),
    );
  });
});
