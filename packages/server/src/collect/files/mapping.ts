import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { IDENTIFIER_TYPES } from '../facts.ts';
import { isCurrency } from './currency-sign.ts';

/** What one row of a file is. */
export const RECORD_KINDS = ['orderLines', 'products', 'customers', 'stores', 'events'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** The canonical fields a column can stand for, beside the eight identifier types. */
const OWN_FIELDS = [
  'orderId',
  'lineId',
  'time',
  'status',
  'channel',
  'currency',
  'couponCode',
  'productId',
  'productName',
  'productNameZh',
  'brand',
  'category',
  'imageUrl',
  'price',
  'cost',
  'quantity',
  'unitPrice',
  'discount',
  'net',
  'refund',
  'refundTime',
  'orderDiscount',
  'orderNet',
  'orderRefund',
  'lineItems',
  'storeId',
  'storeName',
  'storeNameZh',
  'city',
  'country',
  'latitude',
  'longitude',
  'storeTimeZone',
  'eventName',
  'messageId',
] as const;
export const FIELDS = [...OWN_FIELDS, ...IDENTIFIER_TYPES] as const;
export type Field = (typeof FIELDS)[number];

/** Without these a row of the kind means nothing; an inner list means "one of". */
export const REQUIRED: Record<RecordKind, readonly (readonly Field[])[]> = {
  orderLines: [
    ['orderId'],
    ['time'],
    ['productId', 'productName', 'lineItems'],
    ['net', 'unitPrice', 'lineItems'],
  ],
  products: [['productId']],
  customers: [IDENTIFIER_TYPES],
  stores: [['storeId']],
  events: [['eventName'], ['time'], IDENTIFIER_TYPES],
};

const Column = z.string().min(1).max(200);
const Source = z.strictObject({
  /** Discounts are summed over the columns, a category is their path, anything else is the first that is not empty. */
  columns: z.array(Column).min(1).max(20),
  confidence: z.number().min(0).max(1).optional(),
});
const Extra = z.strictObject({
  column: Column,
  type: z.enum(['text', 'number', 'boolean', 'date']).default('text'),
});
const Extras = z.record(z.string().min(1).max(100), Extra);

const Shape = z.strictObject({
  kind: z.enum(RECORD_KINDS),
  fields: z.partialRecord(z.enum(FIELDS), Source),
  /** Fields that are the same in every row, e.g. `{ channel: 'store' }`. */
  constants: z.partialRecord(z.enum(FIELDS), z.string().min(1)).optional(),
  /** Columns that become traits of the person, attributes of the product, properties of the event. */
  traits: Extras.optional(),
  attributes: Extras.optional(),
  properties: Extras.optional(),
  dates: z.strictObject({ order: z.enum(['MDY', 'DMY']), why: z.string().optional() }).optional(),
  decimalMark: z.enum(['.', ',']).optional(),
  /** Texts that mean "no value", e.g. NA. */
  missing: z.array(z.string()).optional(),
  /** The file's own currency and zone, where they are not those of the workspace. */
  currency: z.string().refine(isCurrency, 'must be an ISO 4217 code such as CNY').optional(),
  timeZone: z.string().min(1).optional(),
  /** What a row that equals an earlier one in every column is: a mistake (the default), or a second equal one. */
  duplicates: z.enum(['reject', 'keep']).optional(),
  orders: z
    .strictObject({
      /** 'order': rows of one order stand together and only its first row has to carry the order's own fields. */
      grouping: z.enum(['line', 'order']).optional(),
      priceNotPositive: z.enum(['reject', 'keep']).optional(),
      codeCase: z.enum(['upper', 'keep']).optional(),
      /** Order numbers that start so are cancellations. */
      returnPrefix: z.string().min(1).optional(),
      /** Product codes that are no merchandise, and what they are: `{ POST: 'postage' }`. */
      services: z.record(z.string(), z.string()).optional(),
      /** Absent: by the words shops use (`order-status.ts`). Given, they say all that is not paid, or was paid back. */
      unpaidStatuses: z.array(z.string()).optional(),
      refundedStatuses: z.array(z.string()).optional(),
      channelNames: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});

/** Which record a file's rows are and which column is which field: plain JSON that can be edited and saved. */
export type Mapping = z.infer<typeof Shape>;

export const MappingSchema = Shape.superRefine((mapping, ctx) => {
  for (const anyOf of REQUIRED[mapping.kind]) {
    if (anyOf.some((field) => mapping.fields[field] ?? mapping.constants?.[field])) continue;
    const message = `${requirement(anyOf)} is needed for ${mapping.kind}; choose the column that holds it`;
    ctx.addIssue({ code: 'custom', path: ['fields', anyOf[0]!], message });
  }
});

function requirement(anyOf: readonly Field[]): string {
  return anyOf.length === 1 ? `"${anyOf[0]}"` : `one of ${anyOf.map((field) => `"${field}"`).join(', ')}`;
}

/** Reads a saved or edited mapping; the error names each wrong field and what to do. */
export function parseMapping(input: unknown): Mapping {
  const result = MappingSchema.safeParse(input);
  if (result.success) return result.data;
  const fields = Object.fromEntries(
    result.error.issues.map((issue) => [issue.path.join('.'), issue.message]),
  );
  throw badMapping(fields);
}

/** Which fields of a mapping this file's columns cannot fill, with what to do; empty when it fits. */
export function mappingGaps(mapping: Mapping, headers: readonly string[]): Record<string, string> {
  const has = (field: Field) =>
    mapping.constants?.[field] !== undefined ||
    columnsOf(mapping, field).some((column) => present(column, headers));
  const gaps = REQUIRED[mapping.kind].filter((anyOf) => !anyOf.some(has));
  return Object.fromEntries(
    gaps.map((anyOf) => {
      const wanted = anyOf.flatMap((field) => columnsOf(mapping, field));
      const looked = wanted.length > 0 ? ` (looked for ${wanted.join(', ')})` : '';
      return [
        `fields.${anyOf[0]}`,
        `the file has no column for ${requirement(anyOf)}${looked}; choose another column`,
      ];
    }),
  );
}

/** Throws when the mapping does not fit the file's columns. */
export function requireFit(mapping: Mapping, headers: readonly string[]): void {
  const gaps = mappingGaps(mapping, headers);
  if (Object.keys(gaps).length > 0) throw badMapping(gaps);
}

export function columnsOf(mapping: Mapping, field: Field): string[] {
  return mapping.fields[field]?.columns ?? [];
}

/** A column name that ends in `*` stands for all columns that start so (`line_item_*`). */
function present(column: string, headers: readonly string[]): boolean {
  return column.endsWith('*')
    ? headers.some((header) => header.startsWith(column.slice(0, -1)))
    : headers.includes(column);
}

function badMapping(fields: Record<string, string>): AppError {
  const detail = `The mapping cannot be used: ${Object.entries(fields)
    .map(([path, message]) => `${path}: ${message}`)
    .join('; ')}.`;
  return new AppError({ code: 'collect.bad_mapping', status: 422, detail, fields });
}
