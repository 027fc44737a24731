import { spreadCents } from './files/money.ts';
import type { ClaimRow, OrderLineRow } from './store.ch.ts';

/**
 * So many returns of one order count, and so many lines of them: they are gone through whenever more is told of the
 * order. What keys of pages say, which anybody can read, has bounds of its own and takes no place from the others.
 */
export const MOST_RETURNS = { returns: 1000, lines: 4000 };
export const MOST_RETURNS_BY_CLIENTS = { returns: 100, lines: 2000 };

/** What of a claim counts, as positive numbers: of the line that was sold where the claim is for the rest. */
export interface Counted {
  claim: ClaimRow;
  sold: OrderLineRow | null;
  quantity: number;
  cents: number;
}

/** What is left of an order: of each line, and in all. */
interface Left {
  lines: { sold: OrderLineRow; quantity: number; cents: number }[];
  cents: number;
}

/**
 * How much of what returns claim counts: never more goods or money than are left of the product that was sold, never more
 * money than is left of the order. Returns that are lines of their own (`lines` of that kind) count before as they are
 * told. Claims have their turn by time, so that the answer depends on what was told, not on when it arrived.
 */
export function countReturns(lines: readonly OrderLineRow[], claims: readonly ClaimRow[]): Counted[] {
  const left = leftOf(lines);
  return [...claims]
    .sort(inTurn)
    .flatMap((claim) => (claim.is_rest ? takeRest(left, claim) : [takeAmount(left, claim)]))
    .filter((counted) => counted.quantity > 0 || counted.cents > 0);
}

function leftOf(lines: readonly OrderLineRow[]): Left {
  const left: Left = { lines: [], cents: 0 };
  for (const sold of lines)
    if (sold.line_kind === 'sale')
      left.lines.push({
        sold,
        quantity: Math.max(0, sold.quantity),
        cents: Math.max(0, sold.net_cents),
      });
  // The same lines in another sequence must share money in the same way.
  left.lines.sort((a, b) => compare(a.sold.line_id, b.sold.line_id));
  left.cents = left.lines.reduce((sum, line) => sum + line.cents, 0);
  for (const back of lines)
    if (back.line_kind === 'return') {
      takeProduct(left, back.product_id, -back.quantity, -back.net_cents);
      left.cents = Math.max(0, left.cents + Math.min(0, back.net_cents));
    }
  return left;
}

/** Takes goods and money out of the lines of a product, as far as they go; null when it was not sold. */
function takeProduct(
  left: Left,
  productId: string,
  quantity: number,
  cents: number,
): { quantity: number; cents: number } | null {
  const taken = { quantity: 0, cents: 0 };
  let isKnown = false;
  for (const line of left.lines) {
    if (line.sold.product_id !== productId) continue;
    isKnown = true;
    const goods = Math.max(0, Math.min(line.quantity, quantity - taken.quantity));
    const money = Math.max(0, Math.min(line.cents, cents - taken.cents));
    line.quantity -= goods;
    line.cents -= money;
    taken.quantity += goods;
    taken.cents += money;
  }
  return isKnown ? taken : null;
}

/** A claim for what was not sold under this name (or under none) takes money of the order as a whole. */
function takeAmount(left: Left, claim: ClaimRow): Counted {
  const cents = Math.min(Math.max(0, -claim.net_cents), left.cents);
  const taken = takeProduct(left, claim.product_id, -claim.quantity, cents) ?? { quantity: 0, cents };
  left.cents -= taken.cents;
  return { claim, sold: null, ...taken };
}

function takeRest(left: Left, claim: ClaimRow): Counted[] {
  const parts = spreadCents(
    left.cents,
    left.lines.map((line) => line.cents),
  );
  const counted = left.lines.map(({ sold, quantity }, i) => ({ claim, sold, quantity, cents: parts[i]! }));
  left.lines = [];
  left.cents = 0;
  return counted;
}

function inTurn(a: ClaimRow, b: ClaimRow): number {
  return a.time - b.time || compare(a.return_id, b.return_id) || compare(a.line_id, b.line_id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
