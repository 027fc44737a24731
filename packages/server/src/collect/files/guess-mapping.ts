import { columnType, contentFit, dateOrderOf, decimalMarkOf, sampleCells } from './column-profile.ts';
import { plainHeader, SYNONYMS, TRAIT_SYNONYMS } from './field-synonyms.ts';
import { columnsOf, type Field, type Mapping, RECORD_KINDS, REQUIRED, type RecordKind } from './mapping.ts';
import type { RowValues } from './source-row.ts';

const PERSON_FIELDS: Field[] = [
  'user',
  'member_card',
  'unionid',
  'phone',
  'email',
  'openid',
  'device',
  'anonymous',
];
const KIND_FIELDS: Record<RecordKind, Field[]> = {
  orderLines: [
    'orderId',
    'lineId',
    'time',
    'productId',
    'productName',
    'brand',
    'category',
    'quantity',
    'net',
    'unitPrice',
    'discount',
    'refund',
    'refundTime',
    'status',
    'channel',
    'currency',
    'couponCode',
    'storeId',
    'storeName',
    ...PERSON_FIELDS,
  ],
  products: ['productId', 'productName', 'productNameZh', 'brand', 'category', 'price', 'cost', 'imageUrl'],
  customers: PERSON_FIELDS,
  stores: [
    'storeId',
    'storeName',
    'storeNameZh',
    'city',
    'country',
    'latitude',
    'longitude',
    'storeTimeZone',
  ],
  events: ['eventName', 'messageId', 'time', 'channel', ...PERSON_FIELDS],
};
const LEAST_CONFIDENCE = 0.35;

/** A guess to be looked over by a person: a confidence for each field, and the columns nothing was made of. */
export interface MappingGuess {
  mapping: Mapping;
  /** How sure the record kind is, 0 to 1; 0 when required fields were not found. */
  confidence: number;
  unusedColumns: string[];
}

/** Guesses from column names, English or Chinese, and from a sample of rows what a file is and what its columns mean. */
export function guessMapping(headers: readonly string[], sample: readonly RowValues[]): MappingGuess {
  const guesses = RECORD_KINDS.map((kind) => guessKind(kind, headers, sample));
  return guesses.reduce((best, guess) => (weight(guess) > weight(best) ? guess : best));
}

/** Order lines name products and customers too, so among kinds that fit the one that explains most columns wins. */
function weight({ mapping, confidence }: MappingGuess): number {
  return confidence === 0 ? 0 : confidence + Object.keys(mapping.fields).length;
}

function guessKind(kind: RecordKind, headers: readonly string[], sample: readonly RowValues[]): MappingGuess {
  const fields = assign(KIND_FIELDS[kind], headers, sample);
  const used = new Set(Object.values(fields).flatMap((source) => source.columns));
  const mapping: Mapping = { kind, fields };
  const free = headers.filter((header) => !used.has(header));
  const extras = extrasOf(kind, free, sample);
  Object.assign(mapping, extras.named, readingOf(mapping, sample), groupingOf(mapping, sample));
  const taken = new Set(extras.columns);
  return {
    mapping,
    confidence: sureness(mapping),
    unusedColumns: free.filter((header) => !taken.has(header)),
  };
}

/** Gives each column to the field it fits best; categories may have several. */
function assign(
  wanted: Field[],
  headers: readonly string[],
  sample: readonly RowValues[],
): Mapping['fields'] {
  const offers = wanted.flatMap((field) =>
    headers.map((header) => ({ field, header, confidence: fit(field, header, sampleCells(sample, header)) })),
  );
  offers.sort((a, b) => b.confidence - a.confidence);
  const fields: Mapping['fields'] = {};
  const used = new Set<string>();
  for (const { field, header, confidence } of offers) {
    if (confidence < LEAST_CONFIDENCE || used.has(header) || (fields[field] && field !== 'category'))
      continue;
    const columns = [...(fields[field]?.columns ?? []), header].sort(
      (a, b) => headers.indexOf(a) - headers.indexOf(b),
    );
    fields[field] = { columns, confidence: Math.round(confidence * 100) / 100 };
    used.add(header);
  }
  return fields;
}

/** The name decides, the content confirms; earlier synonyms are likelier than later ones. */
function fit(field: Field, header: string, cells: readonly string[]): number {
  const named = nameFit(SYNONYMS[field] ?? '', plainHeader(header));
  return named === 0 ? 0 : named * (0.2 + 0.8 * contentFit(field, cells));
}

function nameFit(synonyms: string, header: string): number {
  const names = synonyms.split(' ').map(plainHeader);
  const exact = names.indexOf(header);
  if (exact >= 0) return 1 - (0.25 * exact) / names.length;
  const part = names.some((name) => name.length >= (/[a-z]/.test(name) ? 6 : 3) && header.includes(name));
  return part ? 0.55 : 0;
}

/** Columns left over become traits of persons, attributes of products or properties of events. */
function extrasOf(kind: RecordKind, free: string[], sample: readonly RowValues[]) {
  const all = free.map(
    (column) => [extraName(column), { column, type: columnType(sampleCells(sample, column)) }] as const,
  );
  const known = all.filter(([name]) => Object.hasOwn(TRAIT_SYNONYMS, name));
  const place = (
    {
      customers: 'traits',
      products: 'attributes',
      events: 'properties',
      orderLines: 'traits',
      stores: '',
    } as const
  )[kind];
  const chosen = place === '' ? [] : kind === 'orderLines' ? known : all;
  if (chosen.length === 0) return { named: {}, columns: [] };
  return { named: { [place]: Object.fromEntries(chosen) }, columns: chosen.map(([, { column }]) => column) };
}

function extraName(column: string): string {
  const plain = plainHeader(column);
  const known = Object.entries(TRAIT_SYNONYMS).find(([, names]) =>
    names.split(' ').map(plainHeader).includes(plain),
  );
  return known?.[0] ?? column.slice(0, 100);
}

/** How the file writes dates and decimals. */
function readingOf(mapping: Mapping, sample: readonly RowValues[]): Partial<Mapping> {
  const times = columnsOf(mapping, 'time');
  const numbers = (['net', 'unitPrice', 'price', 'discount'] as const).flatMap((field) =>
    columnsOf(mapping, field),
  );
  const reading: Partial<Mapping> = {};
  if (times.length > 0) {
    const { order, why } = dateOrderOf(sample, times);
    reading.dates = { order, why };
  }
  if (numbers.length > 0 && decimalMarkOf(sample, numbers) === ',') reading.decimalMark = ',';
  return reading;
}

/** Rows without a date of their own go on with the order of the row above. */
function groupingOf(mapping: Mapping, sample: readonly RowValues[]): Partial<Mapping> {
  const [time] = columnsOf(mapping, 'time');
  if (mapping.kind !== 'orderLines' || time === undefined) return {};
  const blank = sample.some((values, i) => i > 0 && (values[time] === '' || values[time] === null));
  return blank ? { orders: { grouping: 'order' } } : {};
}

/** The mean confidence of the required fields, 0 when one is missing. */
function sureness(mapping: Mapping): number {
  const best = REQUIRED[mapping.kind].map((anyOf) =>
    Math.max(...anyOf.map((field) => mapping.fields[field]?.confidence ?? 0)),
  );
  return best.includes(0) ? 0 : Math.round((best.reduce((a, b) => a + b, 0) / best.length) * 100) / 100;
}
