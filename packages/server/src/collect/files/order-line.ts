import type { ClosedOrderFact, Identifier, OrderLineFact } from '../facts.ts';
import { type ClosedOrders, closedOrders } from './closed-orders.ts';
import type { ReadIdentifiers } from './identifiers.ts';
import { type LineAmounts, lineAmounts } from './line-amounts.ts';
import { lineNamer, type NameLine } from './line-names.ts';
import type { Mapping } from './mapping.ts';
import { minorDigits, toMinor } from './money.ts';
import { statusMeanings } from './order-status.ts';
import type { FieldReader } from './read-field.ts';
import { type CurrencySetup, currencyReader } from './row-currency.ts';
import { correct, type RowDraft, reject } from './row-draft.ts';
import type { RowValues } from './source-row.ts';

const DAY = 86_400_000;
const NO_PATH: string[] = [];

/** The product of a line and what the row says of it. */
interface LineProduct {
  productId: string;
  name: string;
  brand: string;
  category: string[];
}

/** A line read from a row, with what the row says beside it. */
export interface ReadLine {
  line: OrderLineFact;
  product: LineProduct;
  refundCents: number;
  refundTime: number | undefined;
}

export interface OrderLineSetup extends CurrencySetup {
  mapping: Mapping;
  identifiersOf: ReadIdentifiers;
  now: number;
}

/** Reads order lines, and what the rows say came to nothing. */
export interface OrderLineReader {
  /** The order line of a row; the reason why there is none is left in the draft. */
  read(values: RowValues, draft: RowDraft): ReadLine | undefined;
  /** To be called once, after all rows. */
  closed(): ClosedOrderFact[];
}

export function orderLineReader(setup: OrderLineSetup): OrderLineReader {
  const { reader, identifiersOf, currency } = setup;
  const digits = minorDigits(currency);
  const closed = closedOrders();
  const nameLine = lineNamer();
  const isInHomeCurrency = currencyReader(setup);
  const productOf = productReader(setup);
  const readHead = headReader(setup, closed, productOf);
  const lineIdOf = lineReader(reader, nameLine);
  const channelOf = channelReader(reader, setup.mapping.orders?.channelNames ?? {});

  const read: OrderLineReader['read'] = (values, draft) => {
    const head = readHead(values, draft);
    const product = productOf(values, draft);
    if (!head || !product || draft.rejection) return undefined;
    const amounts = isInHomeCurrency(values, draft) && amountsOf(setup, head.orderId, digits, values, draft);
    if (!amounts || draft.rejection) return undefined;
    const identifiers = identifiersOf(values, draft);
    noteDoubts(identifiers, amounts.quantity, draft);
    const line: OrderLineFact = {
      kind: 'orderLine',
      orderId: head.orderId,
      lineId: lineIdOf(head.orderId, product.productId, values, draft),
      lineKind: amounts.lineKind,
      time: head.time,
      identifiers,
      channel: channelOf(values, draft),
      productId: product.productId,
      quantity: amounts.quantity,
      unitPriceCents: amounts.unitPriceCents,
      discountCents: amounts.discountCents,
      netCents: amounts.netCents,
      currency,
    };
    const storeId = reader.text('storeId', values, draft) || reader.text('storeName', values, draft);
    const couponCode = reader.text('couponCode', values, draft);
    if (storeId !== '') line.storeId = storeId;
    if (couponCode !== '') line.couponCode = couponCode;
    const refundCents = head.refunded ? amounts.netCents : refundOf(reader, values, draft, digits);
    const refundTime = reader.time('refundTime', values, draft);
    if (draft.rejection) return undefined;
    const refundable = amounts.lineKind === 'sale' ? Math.min(refundCents, amounts.netCents) : 0;
    return { line, product, refundCents: refundable, refundTime };
  };
  return { read, closed: () => closed.facts(nameLine) };
}

/** Order number, time and state of the row's order; undefined when the row is turned away for them. */
function headReader(
  { mapping, reader, now }: OrderLineSetup,
  closed: ClosedOrders,
  productOf: ReturnType<typeof productReader>,
) {
  const hasStatus = reader.has('status');
  const meaning = statusMeanings(mapping.orders);
  return (
    values: RowValues,
    draft: RowDraft,
  ): { orderId: string; time: number; refunded: boolean } | undefined => {
    const status = reader.text('status', values, draft);
    const means = status === '' ? 'sale' : meaning(status);
    const about = { field: 'status', from: status };
    if (means === 'pending' || means === 'cancelled')
      reject(draft, 'not_paid', `The order is "${status}": nothing was sold.`, about);
    else if (means === 'unknown')
      correct(draft, 'status_unknown', 'What the status means is not known; it was counted as sold.', about);
    const orderId = reader.text('orderId', values, draft);
    if (means === 'cancelled' && orderId !== '') {
      draft.isClosed = true;
      const aside: RowDraft = { corrections: [], rejection: undefined };
      const own = reader.text('lineId', values, aside);
      closed.close(orderId, { own, productId: productOf(values, aside)?.productId ?? '' });
    } else if (hasStatus && orderId !== '') closed.stands(orderId);
    if (orderId === '') reject(draft, 'no_order', 'The row has no order number.', { field: 'orderId' });
    const time = reader.time('time', values, draft);
    if (time === undefined) reject(draft, 'no_date', 'The row has no date.', { field: 'time' });
    else if (time > now + DAY)
      reject(draft, 'date_in_future', 'The date lies in the future.', { field: 'time' });
    return time === undefined || draft.rejection
      ? undefined
      : { orderId, time, refunded: means === 'refunded' };
  };
}

function noteDoubts(identifiers: Identifier[], quantity: number, draft: RowDraft): void {
  if (identifiers.length === 0)
    correct(draft, 'no_customer', 'The row names no customer; it was kept as an anonymous sale.');
  if (quantity === 0)
    correct(draft, 'quantity_zero', 'The quantity is 0; the line was kept as it is.', { field: 'quantity' });
}

function amountsOf(
  { mapping, reader }: OrderLineSetup,
  orderId: string,
  digits: number,
  values: RowValues,
  draft: RowDraft,
): LineAmounts | undefined {
  const quantity = reader.decimal('quantity', 'quantity', values, draft);
  if (!quantity && reader.has('quantity'))
    reject(draft, 'no_quantity', 'The row has no quantity.', { field: 'quantity' });
  const unitPrice = reader.decimal('unitPrice', 'price', values, draft);
  if (mapping.orders?.priceNotPositive === 'reject' && unitPrice && unitPrice.units <= 0) {
    reject(draft, 'price_not_positive', 'The price is 0 or less.', { field: 'unitPrice' });
  }
  const net = reader.decimal('net', 'amount', values, draft);
  const discounts = reader.decimals('discount', 'discount', values, draft);
  if (draft.rejection) return undefined;
  const prefix = mapping.orders?.returnPrefix;
  const cancelled = prefix !== undefined && orderId.startsWith(prefix);
  return lineAmounts({ quantity, unitPrice, net, discounts, cancelled }, digits, draft);
}

function refundOf(reader: FieldReader, values: RowValues, draft: RowDraft, digits: number): number {
  const amount = reader.decimal('refund', 'refund', values, draft);
  return amount ? Math.abs(toMinor(amount, digits)) : 0;
}

/** The line's id; the row is turned away when its own was met before. */
function lineReader(reader: FieldReader, nameLine: NameLine) {
  return (orderId: string, productId: string, values: RowValues, draft: RowDraft): string => {
    const own = reader.text('lineId', values, draft);
    const { lineId, isRepeated } = nameLine(orderId, own, productId);
    if (isRepeated)
      reject(draft, 'duplicate_line', `Line "${own}" of the order was read already.`, {
        field: 'lineId',
        from: own,
      });
    return lineId;
  };
}

function productReader({ mapping, reader }: OrderLineSetup) {
  const upper = mapping.orders?.codeCase === 'upper';
  const has = { brand: reader.has('brand'), category: reader.has('category') };
  return (values: RowValues, draft: RowDraft): LineProduct | undefined => {
    const name = reader.text('productName', values, draft);
    const code = reader.text('productId', values, draft);
    const standard = upper ? code.toUpperCase() : code;
    if (standard !== code) {
      const about = { field: 'productId', from: code, to: standard };
      correct(draft, 'code_standardised', 'The product code was written in capitals.', about);
    }
    if (code === '' && name === '') {
      reject(draft, 'no_product', 'The row names no product.', { field: 'productId' });
      return undefined;
    }
    if (code === '') {
      const about = { field: 'productId', to: name };
      correct(draft, 'product_id_from_name', 'The row has no product code; its name stands in.', about);
    }
    const brand = has.brand ? reader.text('brand', values, draft) : '';
    const category = has.category ? reader.path('category', values, draft) : NO_PATH;
    return { productId: standard || name, name, brand, category };
  };
}

function channelReader(reader: FieldReader, names: Record<string, string>) {
  return (values: RowValues, draft: RowDraft): string => {
    const found = reader.text('channel', values, draft);
    return found === '' ? 'import' : (names[found.toLowerCase()] ?? found);
  };
}
