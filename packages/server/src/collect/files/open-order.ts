import type { Fact } from '../facts.ts';
import type { Decimal } from './decimal.ts';
import { spreadCents, toMinor } from './money.ts';
import type { ReadLine } from './order-line.ts';
import { refundLine } from './returns.ts';
import { correct, type RowDraft } from './row-draft.ts';

/** The order's own amounts, given once for all its lines. */
export interface OrderTotals {
  discount: Decimal | undefined;
  /** What the goods cost after all discounts. */
  net: Decimal | undefined;
  refund: Decimal | undefined;
  /** Minor digits of what all of it is in. */
  digits: number;
}

/** An order whose lines are still coming in. */
export interface OpenOrder {
  orderId: string;
  row: number;
  lines: ReadLine[];
  totals: OrderTotals;
  /** A row of it was turned away, so that its lines are not all of its lines. */
  hasGap: boolean;
}

/** The facts of a complete order: its discount and its refund are shared over the lines, to the cent. */
export function settleOrder(order: OpenOrder, draft: RowDraft): Fact[] {
  const { lines, totals } = order;
  if (lines.length === 0) return [];
  const cents = (amount: Decimal | undefined) => amount && Math.abs(toMinor(amount, totals.digits));
  shareDiscount(order, cents(totals.discount), cents(totals.net), draft);
  shareRefund(order, cents(totals.refund), draft);
  if (!order.hasGap) for (const { line } of lines) if (line.lineKind === 'sale') line.whole = true;
  return lines.flatMap(({ line, refundCents, refundTime }) =>
    refundCents > 0 ? [line, refundLine(line, refundCents, refundTime)] : [line],
  );
}

/**
 * Shops differ in whether the order's discount repeats the lines' own. Where the file gives the price of all goods
 * after discounts, what the lines exceed it by is what was taken off the order.
 */
function shareDiscount(
  { lines, row }: OpenOrder,
  stated: number | undefined,
  net: number | undefined,
  draft: RowDraft,
): void {
  const sales = lines.filter(({ line }) => line.lineKind === 'sale');
  const before = sum(sales.map(({ line }) => line.netCents));
  const fromLines = sum(sales.map(({ line }) => line.discountCents));
  const off = Math.min(before, net === undefined ? (stated ?? 0) : Math.max(0, before - net));
  const known = off === (stated ?? 0) || off + fromLines === stated;
  if (net !== undefined && (!known || before < net)) {
    const message =
      "The order's discount, its lines and its subtotal do not add up; the subtotal was believed.";
    correct(draft, 'amounts_disagree', message, { row, field: 'orderDiscount' });
  } else if (stated !== undefined && net === undefined && stated > before) {
    correct(draft, 'discount_beyond_line', 'The discount is larger than the order; it was cut.', {
      row,
      field: 'orderDiscount',
    });
  }
  if (off === 0) return;
  spreadCents(
    off,
    sales.map(({ line }) => line.netCents),
  ).forEach((part, i) => {
    const { line } = sales[i]!;
    line.discountCents += part;
    line.netCents -= part;
  });
  correct(draft, 'discount_spread', `The order's discount was shared over its ${sales.length} lines.`, {
    row,
    field: 'orderDiscount',
  });
}

function shareRefund({ lines, row }: OpenOrder, stated: number | undefined, draft: RowDraft): void {
  const sales = lines.filter(({ line }) => line.lineKind === 'sale');
  const paid = sales.map(({ line }) => line.netCents);
  // A status that says "refunded" marked the lines before the discount was shared.
  for (const read of sales) read.refundCents = Math.min(read.refundCents, read.line.netCents);
  const own = sum(sales.map((read) => read.refundCents));
  const refund = Math.min(stated ?? 0, sum(paid));
  if ((stated ?? 0) > sum(paid)) {
    const message =
      'More was refunded than the goods cost (shipping or tax); the goods were refunded in full.';
    correct(draft, 'refund_beyond_goods', message, { row, field: 'orderRefund' });
  }
  if (own === 0)
    spreadCents(refund, paid).forEach((part, i) => {
      sales[i]!.refundCents = part;
    });
  if (Math.max(own, refund) > 0 && sales.every((read) => read.refundTime === undefined)) {
    const message = 'The file does not say when the refund was made; it was dated like the order.';
    correct(draft, 'refund_time_unknown', message, { row, field: 'refundTime' });
  }
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
