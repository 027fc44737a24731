import type { Decimal } from './decimal.ts';
import { toNumber } from './decimal.ts';
import { lineAmount, negative, toMinor } from './money.ts';
import { correct, type RowDraft, reject } from './row-draft.ts';

/** The amounts of a line as the file gives them; what it does not give is undefined. */
export interface GivenAmounts {
  quantity: Decimal | undefined;
  unitPrice: Decimal | undefined;
  net: Decimal | undefined;
  discounts: Decimal[];
  /** The order is a cancellation, whatever the signs say. */
  cancelled: boolean;
}

/** Consistent amounts of a line: quantity, discount and net are all negative for a return. */
export interface LineAmounts {
  lineKind: 'sale' | 'return';
  quantity: number;
  unitPriceCents: number;
  discountCents: number;
  netCents: number;
}

const ONE: Decimal = { units: 1, scale: 0 };

/**
 * Works a line out of what is given: net = quantity x unit price - discount. What the customer paid (`net`) is
 * believed over prices and discounts when they disagree.
 */
export function lineAmounts(given: GivenAmounts, digits: number, draft: RowDraft): LineAmounts | undefined {
  const quantity = given.quantity ?? ONE;
  if (given.unitPrice === undefined && given.net === undefined) {
    reject(draft, 'no_amount', 'The row has neither an amount paid nor a unit price.');
    return undefined;
  }
  noteRounding(given, digits, draft);
  const size = { units: Math.abs(quantity.units), scale: quantity.scale };
  const gross = given.unitPrice && Math.abs(lineAmount(size, given.unitPrice, digits));
  const stated = discountOf(given.discounts, digits, draft);
  const amounts = given.net
    ? withNet(Math.abs(toMinor(given.net, digits)), gross, stated, given.discounts.length > 0, draft)
    : withoutNet(gross ?? 0, stated, draft);
  const count = toNumber(size);
  const unit = given.unitPrice ? Math.abs(toMinor(given.unitPrice, digits)) : unitOf(amounts, count);
  if (!Number.isSafeInteger(amounts.net + amounts.discount + unit)) {
    reject(draft, 'amount_too_large', 'The amount is too large to be money.');
    return undefined;
  }
  return signed(amounts, count, unit, isReturn(given, quantity, draft));
}

function noteRounding({ unitPrice, net }: GivenAmounts, digits: number, draft: RowDraft): void {
  const amount = net ?? unitPrice!;
  if (amount.scale <= digits || amount.units % 10 ** Math.min(amount.scale - digits, 15) === 0) return;
  const field = net ? 'net' : 'unitPrice';
  correct(draft, 'rounded', 'The amount is finer than the currency and was rounded.', {
    field,
    from: String(toNumber(amount)),
  });
}

function discountOf(discounts: Decimal[], digits: number, draft: RowDraft): number {
  let sum = 0;
  for (const discount of discounts) sum += toMinor(discount, digits);
  if (sum < 0)
    correct(draft, 'discount_sign', 'A negative discount was read as money off.', { field: 'discount' });
  return Math.abs(sum);
}

function withNet(
  net: number,
  gross: number | undefined,
  stated: number,
  hasDiscount: boolean,
  draft: RowDraft,
) {
  if (gross === undefined) return { net, discount: stated };
  const implied = Math.max(0, gross - net);
  // A cent either way is rounding of the unit price, not a contradiction.
  const agrees = Math.abs(gross - stated - net) <= 1;
  if (!agrees && (hasDiscount || gross < net)) {
    const message = 'Quantity, price, discount and amount paid do not add up; the amount paid was believed.';
    correct(draft, 'amounts_disagree', message, { field: 'net' });
  }
  return { net, discount: agrees ? stated : implied };
}

function withoutNet(gross: number, stated: number, draft: RowDraft) {
  if (stated <= gross) return { net: gross - stated, discount: stated };
  correct(draft, 'discount_beyond_line', 'The discount is larger than the line; it was cut to the line.', {
    field: 'discount',
  });
  return { net: 0, discount: gross };
}

function unitOf({ net, discount }: { net: number; discount: number }, count: number): number {
  return count === 0 ? 0 : Math.round((net + discount) / count);
}

function isReturn({ cancelled, unitPrice, net }: GivenAmounts, quantity: Decimal, draft: RowDraft): boolean {
  if (cancelled) return true;
  if (quantity.units < 0) {
    correct(draft, 'negative_quantity', 'A negative quantity was read as a return.', { field: 'quantity' });
    return true;
  }
  if ((net ?? unitPrice!).units >= 0) return false;
  correct(draft, 'negative_amount', 'A negative amount was read as a return.', {
    field: net ? 'net' : 'unitPrice',
  });
  return true;
}

function signed(
  amounts: { net: number; discount: number },
  count: number,
  unit: number,
  back: boolean,
): LineAmounts {
  const { net, discount } = amounts;
  const sale = {
    lineKind: 'sale',
    quantity: count,
    unitPriceCents: unit,
    discountCents: discount,
    netCents: net,
  } as const;
  if (!back) return sale;
  return {
    ...sale,
    lineKind: 'return',
    quantity: negative(count),
    discountCents: negative(discount),
    netCents: negative(net),
  };
}
