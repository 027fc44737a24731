import type { Mapping } from './mapping.ts';
import type { RowValues } from './source-row.ts';

/** The columns that items packed into one cell are unpacked to; mappings name them like any other column. */
export const ITEM_COLUMNS = {
  productId: ['item.sku', 'item.product_id', 'item.variation_id'],
  productName: ['item.name'],
  quantity: ['item.quantity'],
  net: ['item.total'],
  lineId: ['item.id'],
} as const;

const KEYS =
  'id|name|product_id|variation_id|sku|quantity|total|subtotal|sub_total|subtotal_tax|total_tax|tax|price|refunded|refunded_qty|meta|_meta|item_id';
const KEY = new RegExp(`(?:^|\\|)(${KEYS}):`, 'g');
const NEXT_ITEM = /;(?=(?:id|name|product_id|sku):)/;

/** One set of values per item of the row: items as `name:Mug|sku:M1|quantity:2|total:18.00`, one a cell or `;` between. */
export function unpackItems(values: RowValues, mapping: Mapping): RowValues[] {
  const cells = itemCells(values, mapping.fields.lineItems?.columns ?? []);
  const shared: RowValues = {};
  for (const column of columnsRead(mapping))
    if (Object.hasOwn(values, column)) shared[column] = values[column]!;
  return cells.map((cell) => ({ ...shared, ...itemValues(cell) }));
}

/** What each item of a row needs of the row: of a wide file that is little, and there may be many items. */
function columnsRead({ fields, traits, attributes, properties }: Mapping): Set<string> {
  const extras = [traits, attributes, properties].flatMap((named) => Object.values(named ?? {}));
  return new Set([
    ...Object.values(fields).flatMap(({ columns }) => columns),
    ...extras.map(({ column }) => column),
  ]);
}

function itemCells(values: RowValues, columns: string[]): string[] {
  return columns.flatMap((column) => {
    const prefix = column.endsWith('*') ? column.slice(0, -1) : undefined;
    const names =
      prefix === undefined ? [column] : Object.keys(values).filter((name) => name.startsWith(prefix));
    return names
      .flatMap((name) => String(values[name] ?? '').split(NEXT_ITEM))
      .filter((cell) => cell.trim() !== '');
  });
}

function itemValues(cell: string): RowValues {
  const marks = [...cell.matchAll(KEY)];
  const values: RowValues = {};
  marks.forEach((mark, i) => {
    const start = mark.index + mark[0].length;
    values[`item.${mark[1]}`] = cell.slice(start, marks[i + 1]?.index ?? cell.length).trim();
  });
  return values;
}
