import { IDENTIFIER_TYPES } from '@qianmian/contract';
import { clip } from '../../platform/text.ts';
import { type ColumnProfile, dateOrderOf, decimalMarkOf, profileColumns } from './column-profile.ts';
import { consentColumns } from './consent-columns.ts';
import { plainHeader, SYNONYMS, TRAIT_SYNONYMS } from './field-synonyms.ts';
import { columnsOf, type Field, type Mapping, RECORD_KINDS, REQUIRED, type RecordKind } from './mapping.ts';
import type { RowValues } from './source-row.ts';
import { withoutGuard } from './text-guard.ts';

/** A receipt names who holds it, but a column of receipts is taken for one only when it is told to be. */
const PERSON_FIELDS: Field[] = IDENTIFIER_TYPES.filter((type) => type !== 'receipt');
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
/** How sure a guess is that says the same of every row. */
const LIKELY = 0.7;
/** What a mapping takes: columns for a category, characters of a column's name and of the name it is given. */
const MAX_CATEGORIES = 20;
const MAX_COLUMN_CHARS = 200;
const MAX_EXTRA_CHARS = 100;

const PLACE_OF_EXTRAS: Partial<Record<RecordKind, 'traits' | 'attributes' | 'properties'>> = {
  customers: 'traits',
  products: 'attributes',
  events: 'properties',
  orderLines: 'traits',
};

const NAMES = new Map(
  Object.entries(SYNONYMS).map(([field, synonyms]) => {
    const names = synonyms.split(' ').map(plainHeader);
    return [field as Field, { names, parts: names.filter((name) => name.length >= leastPart(name)) }];
  }),
);
/** Of a name that several traits have, the first of them is meant. */
const TRAITS = new Map(
  Object.entries(TRAIT_SYNONYMS)
    .flatMap(([trait, names]) => names.split(' ').map((name) => [plainHeader(name), trait] as const))
    .reverse(),
);

/** A guess to be looked over by a person: a confidence for each field, and the columns nothing was made of. */
export interface MappingGuess {
  mapping: Mapping;
  /** How sure the record kind is, 0 to 1; 0 when required fields were not found. */
  confidence: number;
  unusedColumns: string[];
}

/** Guesses from column names, English or Chinese, and from a sample of rows what a file is and what its columns mean. */
export function guessMapping(headers: readonly string[], sample: readonly RowValues[]): MappingGuess {
  const usable = headers.filter((header) => header !== '' && header.length <= MAX_COLUMN_CHARS);
  const columns = profileColumns(usable, sample);
  const guesses = RECORD_KINDS.map((kind) => guessKind(kind, columns, sample));
  const best = guesses.reduce((one, other) => (weight(other) > weight(one) ? other : one));
  const used = new Set(best.used);
  return {
    mapping: best.mapping,
    confidence: best.confidence,
    unusedColumns: headers.filter((header) => !used.has(header)),
  };
}

interface KindGuess {
  mapping: Mapping;
  confidence: number;
  used: string[];
}

/** Order lines name products and customers too, so among kinds that fit the one that explains most columns wins. */
function weight({ mapping, confidence }: KindGuess): number {
  return confidence === 0 ? 0 : confidence + Object.keys(mapping.fields).length;
}

function guessKind(kind: RecordKind, columns: ColumnProfile[], sample: readonly RowValues[]): KindGuess {
  const consents: Map<string, ColumnProfile> =
    PLACE_OF_EXTRAS[kind] === 'traits' ? consentColumns(columns) : new Map();
  const agreed = new Set(consents.values());
  const fields = assign(
    KIND_FIELDS[kind],
    columns.filter((column) => !agreed.has(column)),
    kind === 'orderLines',
  );
  const used = Object.values(fields).flatMap((source) => source.columns);
  const taken = new Set(used);
  const mapping: Mapping = { kind, fields, ...constantsOf(kind, fields, columns) };
  const extras = extrasOf(
    kind,
    columns.filter(({ header }) => !taken.has(header)),
    consents,
  );
  Object.assign(mapping, extras.named, readingOf(mapping, columns), groupingOf(mapping, sample));
  return { mapping, confidence: sureness(mapping), used: [...used, ...extras.columns] };
}

/** A file that speaks of redeeming, with a coupon, somebody and a moment in each row, tells one kind of event. */
function constantsOf(
  kind: RecordKind,
  fields: Mapping['fields'],
  columns: ColumnProfile[],
): Pick<Mapping, 'constants'> {
  if (kind !== 'events' || fields.eventName || !fields.time) return {};
  const isRedeemed = columns.some(({ plain }) => /redeem|redemption|核销/.test(plain));
  const hasCoupon = columns.some((column) => fit('couponCode', column) >= LEAST_CONFIDENCE);
  return isRedeemed && hasCoupon ? { constants: { eventName: 'Coupon Redeemed' } } : {};
}

/** Gives each column to the field it fits best; categories may have several, in the order of the file. */
function assign(wanted: Field[], columns: ColumnProfile[], hasBoth: boolean): Mapping['fields'] {
  const offers = wanted.flatMap((field) =>
    columns.flatMap((column, at) => {
      const isPersons = hasBoth && field === 'productName' && isNameOfPerson(column, columns[at - 1]);
      const confidence = isPersons ? 0 : fit(field, column);
      return confidence < LEAST_CONFIDENCE ? [] : [{ field, at, confidence }];
    }),
  );
  offers.sort((a, b) => b.confidence - a.confidence);
  const chosen = new Map<Field, { at: number[]; confidence: number }>();
  const used = new Set<number>();
  for (const { field, at, confidence } of offers) {
    const before = chosen.get(field);
    const room = field === 'category' ? MAX_CATEGORIES : 1;
    if (used.has(at) || (before && before.at.length >= room)) continue;
    chosen.set(field, { at: [...(before?.at ?? []), at], confidence });
    used.add(at);
  }
  return Object.fromEntries(
    [...chosen].map(([field, { at, confidence }]) => [
      field,
      {
        columns: at.sort((a, b) => a - b).map((i) => columns[i]!.header),
        confidence: Math.round(confidence * 100) / 100,
      },
    ]),
  );
}

/** Whether a column "name" is the customer's: beside products it is where it stands right after what names the customer. */
function isNameOfPerson(column: ColumnProfile, before: ColumnProfile | undefined): boolean {
  return (
    column.plain === 'name' &&
    before !== undefined &&
    PERSON_FIELDS.some((field) => NAMES.get(field)?.names.includes(before.plain))
  );
}

/** The name decides, the content confirms; earlier synonyms are likelier than later ones. */
function fit(field: Field, column: ColumnProfile): number {
  const named = nameFit(field, column.plain);
  return named === 0 ? 0 : named * (0.2 + 0.8 * column.fit(field));
}

function nameFit(field: Field, header: string): number {
  const { names, parts } = NAMES.get(field) ?? { names: [], parts: [] };
  const exact = names.indexOf(header);
  if (exact >= 0) return 1 - (0.25 * exact) / names.length;
  return parts.some((name) => header.includes(name)) ? 0.55 : 0;
}

/** From this length on a name says something as a part of another; Chinese says more with less. */
function leastPart(name: string): number {
  return /[a-z]/.test(name) ? 6 : 3;
}

/**
 * Columns left over become traits of persons, attributes of products or properties of events. What says who agreed to be
 * written to is kept as it stands: a value that is no plain answer must reach the rule that judges it.
 */
function extrasOf(kind: RecordKind, free: ColumnProfile[], consents: ReadonlyMap<string, ColumnProfile>) {
  const place = PLACE_OF_EXTRAS[kind];
  const consentOf = new Map([...consents].map(([trait, column]) => [column, trait] as const));
  const all = free.map((column) => ({
    column,
    trait: consentOf.get(column) ?? TRAITS.get(column.plain),
  }));
  const chosen = place === undefined ? [] : kind === 'orderLines' ? all.filter((one) => one.trait) : all;
  if (place === undefined || chosen.length === 0) return { named: {}, columns: [] };
  const named = chosen.map(
    ({ column, trait }) =>
      [
        trait ?? clip(column.header, MAX_EXTRA_CHARS),
        { column: column.header, type: consentOf.has(column) ? 'text' : column.type() },
      ] as const,
  );
  return {
    named: { [place]: Object.fromEntries(named) },
    columns: chosen.map(({ column }) => column.header),
  };
}

/** How the file writes dates and decimals. */
function readingOf(mapping: Mapping, columns: ColumnProfile[]): Partial<Mapping> {
  const named = (...fields: Field[]) => {
    const names = new Set(fields.flatMap((field) => columnsOf(mapping, field)));
    return columns.filter(({ header }) => names.has(header));
  };
  const times = named('time');
  const numbers = named('net', 'unitPrice', 'price', 'discount');
  const reading: Partial<Mapping> = {};
  if (times.length > 0) {
    const { order, why } = dateOrderOf(times);
    reading.dates = { order, why };
  }
  if (numbers.length > 0 && decimalMarkOf(numbers) === ',') reading.decimalMark = ',';
  return reading;
}

/**
 * Whether rows go on with the order of the row above. They do where that is the file's habit: of the rows that repeat
 * an order's number or leave it out, most leave out its date and its customer as well. One blank date is a fault.
 */
function groupingOf(mapping: Mapping, sample: readonly RowValues[]): Partial<Mapping> {
  const [id] = columnsOf(mapping, 'orderId');
  const [time] = columnsOf(mapping, 'time');
  if (mapping.kind !== 'orderLines' || id === undefined || time === undefined) return {};
  const customer = IDENTIFIER_TYPES.flatMap((type) => columnsOf(mapping, type));
  const textAt = (values: RowValues, column: string) => withoutGuard(String(values[column] ?? ''));
  let [goOn, doNot] = [0, 0];
  let head: RowValues | undefined;
  for (const values of sample) {
    const isSame = (column: string) => ['', head && textAt(head, column)].includes(textAt(values, column));
    const isBlank = textAt(values, time) === '';
    if (head && isBlank && [id, ...customer].every(isSame)) goOn += 1;
    else {
      if (isBlank || (head && isSame(id))) doNot += 1;
      head = values;
    }
  }
  return goOn > doNot ? { orders: { grouping: 'order' } } : {};
}

/** The mean confidence of the required fields, 0 when one is missing. */
function sureness(mapping: Mapping): number {
  const best = REQUIRED[mapping.kind].map((anyOf) =>
    Math.max(
      ...anyOf.map((field) => mapping.fields[field]?.confidence ?? (mapping.constants?.[field] ? LIKELY : 0)),
    ),
  );
  return best.includes(0) ? 0 : Math.round((best.reduce((a, b) => a + b, 0) / best.length) * 100) / 100;
}
