import type { ClosedOrderFact } from '../facts.ts';
import type { NameLine } from './line-names.ts';
import { SeenTable } from './seen-table.ts';

/** The most lines of an order that are named: an order of more is closed all the same. */
const MAX_LINES = 10_000;

/** What a file says came to nothing. It is told at the end of the file: an order of which any row stands is not closed. */
export interface ClosedOrders {
  stands(orderId: string): void;
  close(orderId: string, line: { own: string; productId: string }): void;
  /** To be called once, after all rows: lines are named behind those that were sold. */
  facts(nameLine: NameLine): ClosedOrderFact[];
}

export function closedOrders(): ClosedOrders {
  const standing = new SeenTable();
  const closed = new Map<string, { own: string; productId: string }[]>();
  return {
    stands(orderId) {
      standing.count(orderId);
    },
    close(orderId, line) {
      const lines = closed.get(orderId);
      if (!lines) closed.set(orderId, [line]);
      else if (lines.length < MAX_LINES) lines.push(line);
    },
    facts(nameLine) {
      return [...closed].flatMap(([orderId, lines]) => {
        const isAll = standing.count(orderId) === 1;
        const lineIds = lines.flatMap(({ own, productId }) => {
          if (own === '' && productId === '') return [];
          const { lineId, isRepeated } = nameLine(orderId, own, productId);
          return isRepeated ? [] : [lineId];
        });
        return isAll || lineIds.length > 0 ? [{ kind: 'closedOrder' as const, orderId, lineIds, isAll }] : [];
      });
    },
  };
}
