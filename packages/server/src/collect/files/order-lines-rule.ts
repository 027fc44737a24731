import { type Fact, IDENTIFIER_TYPES, type PersonFact, type TraitValue } from '../facts.ts';
import { unpackItems } from './line-items.ts';
import { columnsOf, type Field, type Mapping } from './mapping.ts';
import { minorDigits } from './money.ts';
import { type OpenOrder, type OrderTotals, settleOrder } from './open-order.ts';
import { type OrderLineSetup, orderLineReader, type ReadLine } from './order-line.ts';
import { refundLine } from './returns.ts';
import { correct, type RowDraft, reject } from './row-draft.ts';
import type { RowRule } from './row-mapper.ts';
import { seenProducts } from './seen-products.ts';
import { SeenTable } from './seen-table.ts';
import type { RowNote, RowValues, SourceRow } from './source-row.ts';

/** A draft of nothing, for looking at a row before it is read. */
const scratch = (): RowDraft => ({ corrections: [], rejection: undefined });

const MAX_LINES_AN_ORDER = 10_000;

/** Fields that belong to a line; all others hold for the whole order and may stand on its first row only. */
const LINE_FIELDS = new Set<Field>([
  'lineId',
  'productId',
  'productName',
  'brand',
  'category',
  'quantity',
  'unitPrice',
  'discount',
  'net',
  'refund',
  'lineItems',
]);

/** Order lines, a row at a time: nothing but ids, products and stores is remembered. */
export function orderLinesRule(setup: OrderLineSetup): RowRule {
  const lines = orderLineReader(setup);
  const told = besideLines(setup);
  return {
    facts(row, draft) {
      const read = lines.read(row.values, draft);
      if (!read) return [];
      const facts = told.facts(read, row.values, draft);
      facts.push(read.line);
      if (read.refundCents > 0) facts.push(refundLine(read.line, read.refundCents, read.refundTime));
      if (read.refundCents > 0 && read.refundTime === undefined) noteRefundTime(draft);
      return facts;
    },
    finish: () => [...told.products(), ...lines.closed()],
  };
}

/** Order lines whose orders are held until they are complete: shared discounts, refunds, fields on the first row only. */
export function wholeOrdersRule(setup: OrderLineSetup): RowRule {
  const { mapping, reader } = setup;
  const orderLines = orderLineReader(setup);
  const told = besideLines(setup);
  const orderColumns = columnsOfOrder(mapping);
  let open: (OpenOrder & { head: RowValues; refusal?: RowNote }) | undefined;
  /** A row before this one could not be read: it may have been of the same order. */
  let missedOne = false;
  const begun = new SeenTable();

  const close = (draft: RowDraft): Fact[] => {
    const facts = open ? settleOrder(open, draft) : [];
    open = undefined;
    return facts;
  };
  return {
    facts(row, draft) {
      const id = reader.text('orderId', row.values, scratch());
      const isStranger = open !== undefined && id === '' && tellsOfAnother(row.values, open.head);
      const goesOn = open !== undefined && !isStranger && (id === '' || id === open.orderId);
      const facts = goesOn ? [] : close(draft);
      const values = goesOn ? inherited(row.values, open!.head, orderColumns) : row.values;
      if (isStranger) {
        const message =
          'The row has no order number, and its date or its customer is not that of the row above.';
        reject(draft, 'no_order', message, { field: 'orderId' });
      } else if (goesOn && id === '' && open?.orderId) {
        const message = 'The row has no order number; it was read as a line of the order above.';
        correct(draft, 'order_from_above', message, { field: 'orderId', to: open.orderId });
      }
      open ??= {
        orderId: id,
        row: row.row,
        lines: [],
        totals: totalsOf(setup, values, draft),
        // An order that goes on further down is told in pieces: a later one is not all of it.
        hasGap: missedOne || begun.count(id) > 1,
        head: row.values,
      };
      missedOne = false;
      // What the order's first row says of its money holds for all of its rows.
      if (draft.rejection?.code === 'other_currency') open.refusal ??= draft.rejection;
      else if (open.refusal) draft.rejection = open.refusal;
      if (open.lines.length >= MAX_LINES_AN_ORDER) {
        reject(
          draft,
          'order_too_long',
          `An order may have ${MAX_LINES_AN_ORDER.toLocaleString('en')} lines at most.`,
        );
        open.hasGap = true;
        return facts;
      }
      const lines = draft.rejection ? [] : readItems(row, values, draft);
      for (const { read, values: item } of lines) {
        facts.push(...told.facts(read, item, draft));
        open.lines.push(read);
      }
      // A line that came to nothing is told by not being named.
      if (draft.rejection && !draft.isClosed) open.hasGap = true;
      return facts;
    },
    missed() {
      missedOne = true;
      if (open) open.hasGap = true;
    },
    finish: (draft) => [...close(draft), ...told.products(), ...orderLines.closed()],
  };

  /** Whether a row says another date or customer than the order does: it cannot be a line of it. */
  function tellsOfAnother(values: RowValues, head: RowValues): boolean {
    return (['time', ...IDENTIFIER_TYPES] as const).some((field) => {
      const own = reader.text(field, values, scratch());
      return own !== '' && own !== reader.text(field, head, scratch());
    });
  }

  function readItems(
    row: SourceRow,
    values: RowValues,
    draft: RowDraft,
  ): { read: ReadLine; values: RowValues }[] {
    const items = reader.has('lineItems') ? unpackItems(values, mapping) : [values];
    if (items.length === 0)
      reject(draft, 'no_product', `Row ${row.row} lists no items.`, { field: 'lineItems' });
    const lines = items.flatMap((item) => {
      const read = orderLines.read(item, draft);
      return read ? [{ read, values: item }] : [];
    });
    return draft.rejection ? [] : lines;
  }
}

function totalsOf({ reader, currency }: OrderLineSetup, values: RowValues, draft: RowDraft): OrderTotals {
  return {
    discount: reader.decimal('orderDiscount', 'discount', values, draft),
    net: reader.decimal('orderNet', 'amount', values, draft),
    refund: reader.decimal('orderRefund', 'refund', values, draft),
    digits: minorDigits(currency),
  };
}

function columnsOfOrder(mapping: Mapping): string[] {
  const fields = (Object.keys(mapping.fields) as Field[]).filter((field) => !LINE_FIELDS.has(field));
  const traits = Object.values(mapping.traits ?? {}).map((trait) => trait.column);
  return [...fields.flatMap((field) => columnsOf(mapping, field)), ...traits];
}

/** The row with the order's own fields filled in from the order's first row where it leaves them blank. */
function inherited(values: RowValues, head: RowValues, columns: string[]): RowValues {
  const filled = { ...values };
  for (const column of columns) {
    if (filled[column] === undefined || filled[column] === null || filled[column] === '')
      filled[column] = head[column] ?? null;
  }
  return filled;
}

function noteRefundTime(draft: RowDraft): void {
  correct(
    draft,
    'refund_time_unknown',
    'The file does not say when the refund was made; it was dated like the order.',
  );
}

/** What lines say beside themselves: stores when first met, persons when their traits change, products at the end. */
function besideLines(setup: OrderLineSetup) {
  const { mapping, reader } = setup;
  const products = seenProducts(mapping.orders?.services ?? {});
  const describesProducts = reader.has('productName') || reader.has('brand') || reader.has('category');
  const stores = new SeenTable();
  const traitsOf = new SeenTable();
  return {
    facts({ line, product }: ReadLine, values: RowValues, draft: RowDraft): Fact[] {
      const facts: Fact[] = [];
      if (describesProducts) noteService(products.see(line.productId, product), line.productId, draft);
      if (line.storeId !== undefined && stores.count(line.storeId) === 1) {
        const name = reader.text('storeName', values, draft);
        facts.push({ kind: 'store', storeId: line.storeId, ...(name === '' ? {} : { name }) });
      }
      const person =
        mapping.traits &&
        line.identifiers.length > 0 &&
        personOf(line, reader.extras('traits', values, draft));
      if (person && traitsOf.changed(keyOf(person), JSON.stringify(person.traits))) facts.push(person);
      return facts;
    },
    products: (): Fact[] => (describesProducts ? products.facts() : []),
  };
}

function noteService(service: string | undefined, productId: string, draft: RowDraft): void {
  if (service === undefined) return;
  const message = `The code is no merchandise but ${service}; the line was kept so that totals agree with the file.`;
  correct(draft, 'not_merchandise', message, { field: 'productId', from: productId, to: service });
}

function personOf(
  { time, identifiers }: ReadLine['line'],
  traits: Record<string, TraitValue>,
): PersonFact | undefined {
  return Object.keys(traits).length > 0 ? { kind: 'person', time, identifiers, traits } : undefined;
}

function keyOf({ identifiers }: PersonFact): string {
  return `${identifiers[0]!.type}:${identifiers[0]!.value}`;
}
