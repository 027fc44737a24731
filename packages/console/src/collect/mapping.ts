import { CHANNELS, IDENTIFIER_TYPES } from '@qianmian/contract';

/** What one row of a file is. */
export const RECORD_KINDS = ['orderLines', 'customers', 'products', 'stores', 'events'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** The fields a column can stand for, by what they are about. */
export const FIELD_GROUPS = {
  order: [
    'orderId',
    'lineId',
    'time',
    'status',
    'channel',
    'couponCode',
    'lineItems',
    'eventName',
    'messageId',
  ],
  money: [
    'quantity',
    'unitPrice',
    'net',
    'discount',
    'refund',
    'refundTime',
    'orderNet',
    'orderDiscount',
    'orderRefund',
    'currency',
    'price',
    'cost',
  ],
  person: IDENTIFIER_TYPES,
  product: ['productId', 'productName', 'productNameZh', 'brand', 'category', 'imageUrl'],
  store: ['storeId', 'storeName', 'storeNameZh', 'city', 'country', 'latitude', 'longitude', 'storeTimeZone'],
} as const;
export type FieldGroup = keyof typeof FIELD_GROUPS;
export type Field = (typeof FIELD_GROUPS)[FieldGroup][number];

const FIELDS_OF: Record<RecordKind, readonly Field[]> = {
  orderLines: [
    ...(['orderId', 'lineId', 'time', 'status', 'channel', 'couponCode', 'lineItems'] as const),
    ...(['quantity', 'unitPrice', 'net', 'discount', 'refund', 'refundTime'] as const),
    ...(['orderNet', 'orderDiscount', 'orderRefund', 'currency'] as const),
    ...IDENTIFIER_TYPES,
    ...(['productId', 'productName', 'brand', 'category', 'storeId', 'storeName'] as const),
  ],
  customers: IDENTIFIER_TYPES,
  products: [...FIELD_GROUPS.product, 'price', 'cost'],
  stores: FIELD_GROUPS.store,
  events: ['eventName', 'messageId', 'time', 'channel', ...IDENTIFIER_TYPES],
};

/** Without these a row of the kind means nothing; an inner list means "one of". */
const REQUIRED: Record<RecordKind, readonly (readonly Field[])[]> = {
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

/** Where columns that are no field of their own can be kept. */
const EXTRAS_OF: Record<RecordKind, 'traits' | 'attributes' | 'properties' | null> = {
  orderLines: 'traits',
  customers: 'traits',
  products: 'attributes',
  events: 'properties',
  stores: null,
};

/** These are put together from several columns; any other field has one. */
const FROM_SEVERAL: readonly Field[] = ['category', 'discount'];

export type ConsentChannel = (typeof CHANNELS)[number];
/** The trait that says whether a person agreed to a channel. */
const CONSENT_TRAITS = CHANNELS.map((channel) => [`${channel}Consent`, channel] as const);

export const EXTRA_TYPES = ['text', 'number', 'boolean', 'date'] as const;
export type ExtraType = (typeof EXTRA_TYPES)[number];

interface Source {
  columns: string[];
  confidence?: number;
}
interface Extra {
  column: string;
  type: ExtraType;
}
type Extras = Record<string, Extra>;

/** A column mapping as the server keeps it; parts that this page does not edit are carried along untouched. */
export interface Mapping {
  kind: RecordKind;
  fields: Partial<Record<Field, Source>>;
  constants?: Partial<Record<Field, string>>;
  traits?: Extras;
  attributes?: Extras;
  properties?: Extras;
  dates?: { order: 'MDY' | 'DMY'; why?: string };
  decimalMark?: '.' | ',';
  duplicates?: 'reject' | 'keep';
  currency?: string;
  timeZone?: string;
}

/** What a column is used for. */
export type ColumnUse =
  | { use: 'field'; field: Field; confidence: number | null }
  | { use: 'extra'; name: string; type: ExtraType }
  | { use: 'consent'; channel: ConsentChannel }
  | { use: 'none' };

/** The mapping of a file; an empty one of order lines where the server found none. */
export function readMapping(given: Record<string, unknown> | null): Mapping {
  const kind = RECORD_KINDS.find((one) => one === given?.kind) ?? 'orderLines';
  return {
    ...(given as unknown as Mapping | null),
    kind,
    fields: (given?.fields ?? {}) as Mapping['fields'],
  };
}

const ALL_FIELDS = new Set<string>(Object.values(FIELD_GROUPS).flat());

/** Whether a name is that of a field we have words for. */
export function isField(name: string): name is Field {
  return ALL_FIELDS.has(name);
}

export function extrasOf(kind: RecordKind) {
  return EXTRAS_OF[kind];
}

/** Fields that columns of such rows can stand for, by group, in the order they are offered. */
export function offeredFields(kind: RecordKind): { group: FieldGroup; fields: Field[] }[] {
  const allowed = new Set<Field>(FIELDS_OF[kind]);
  return (Object.keys(FIELD_GROUPS) as FieldGroup[])
    .map((group) => ({ group, fields: FIELD_GROUPS[group].filter((field) => allowed.has(field)) as Field[] }))
    .filter(({ fields }) => fields.length > 0);
}

interface Requirement {
  anyOf: readonly Field[];
  /** The field that is there, and the column (or constant) that tells it; null while none is. */
  met: Field | null;
  by: string | null;
}

/** What must be known of each row, and what tells it. */
export function requirements(mapping: Mapping): Requirement[] {
  return REQUIRED[mapping.kind].map((anyOf) => {
    const met = anyOf.find(
      (field) => (mapping.fields[field]?.columns.length ?? 0) > 0 || mapping.constants?.[field] !== undefined,
    );
    if (!met) return { anyOf, met: null, by: null };
    return { anyOf, met, by: mapping.fields[met]?.columns.join(' + ') ?? mapping.constants?.[met] ?? '' };
  });
}

export function isRequired(kind: RecordKind, field: Field): boolean {
  return REQUIRED[kind].some((anyOf) => anyOf.length === 1 && anyOf[0] === field);
}

export function isComplete(mapping: Mapping): boolean {
  return requirements(mapping).every(({ by }) => by !== null);
}

/** What a column is used for. */
export function columnUse(mapping: Mapping, column: string): ColumnUse {
  for (const [field, source] of Object.entries(mapping.fields) as [Field, Source][])
    if (source.columns.includes(column))
      return { use: 'field', field, confidence: source.confidence ?? null };
  const place = EXTRAS_OF[mapping.kind];
  const extra = Object.entries((place && mapping[place]) ?? {}).find(([, one]) => one.column === column);
  const consent = place === 'traits' && CONSENT_TRAITS.find(([trait]) => trait === extra?.[0]);
  if (consent) return { use: 'consent', channel: consent[1] };
  return extra ? { use: 'extra', name: extra[0], type: extra[1].type } : { use: 'none' };
}

/** The mapping with a column no longer used for anything. */
function without(mapping: Mapping, column: string): Mapping {
  const fields: Mapping['fields'] = {};
  for (const [field, source] of Object.entries(mapping.fields) as [Field, Source][]) {
    const columns = source.columns.filter((one) => one !== column);
    if (columns.length > 0) fields[field] = columns.length === source.columns.length ? source : { columns };
  }
  const place = EXTRAS_OF[mapping.kind];
  if (!place) return { ...mapping, fields };
  const kept = Object.entries(mapping[place] ?? {}).filter(([, extra]) => extra.column !== column);
  return { ...mapping, fields, [place]: kept.length > 0 ? Object.fromEntries(kept) : undefined };
}

/** Makes a column stand for a field. A field that has one column takes it over; a path or a sum takes it on. */
export function assignField(mapping: Mapping, column: string, field: Field): Mapping {
  const freed = without(mapping, column);
  const before = FROM_SEVERAL.includes(field) ? (freed.fields[field]?.columns ?? []) : [];
  return { ...freed, fields: { ...freed.fields, [field]: { columns: [...before, column] } } };
}

/** Keeps a column as an attribute of the person or product, or a property of the event. */
export function keepAsExtra(mapping: Mapping, column: string, type: ExtraType = 'text'): Mapping {
  const place = EXTRAS_OF[mapping.kind];
  if (!place) return mapping;
  const was = columnUse(mapping, column);
  const freed = without(mapping, column);
  const name = was.use === 'extra' ? was.name : freeName(column.slice(0, 100), freed[place] ?? {});
  return { ...freed, [place]: { ...freed[place], [name]: { column, type } } };
}

/** Whether rows of a kind can say who agreed to be written to. */
export function canConsent(kind: RecordKind): boolean {
  return EXTRAS_OF[kind] === 'traits';
}

/** Makes a column say who agreed to be written to through a channel; another that said so is kept as an attribute. */
export function assignConsent(mapping: Mapping, column: string, channel: ConsentChannel): Mapping {
  if (!canConsent(mapping.kind)) return mapping;
  const trait = `${channel}Consent`;
  const { [trait]: before, ...traits } = without(mapping, column).traits ?? {};
  const freed = { ...without(mapping, column), traits };
  const kept = before && before.column !== trait ? keepAsExtra(freed, before.column) : freed;
  return { ...kept, traits: { ...kept.traits, [trait]: { column, type: 'text' } } };
}

function freeName(wanted: string, taken: Extras): string {
  let name = wanted;
  for (let at = 2; name in taken; at++) name = `${wanted} ${at}`;
  return name;
}

export function leaveOut(mapping: Mapping, column: string): Mapping {
  return without(mapping, column);
}

/** Reads the rows as something else: fields that it knows too stay, attributes move along. */
export function withKind(mapping: Mapping, kind: RecordKind): Mapping {
  if (kind === mapping.kind) return mapping;
  const allowed = new Set<string>(FIELDS_OF[kind]);
  const [from, into] = [EXTRAS_OF[mapping.kind], EXTRAS_OF[kind]];
  const { traits: _t, attributes: _a, properties: _p, ...rest } = mapping;
  const kept = <V>(of: Partial<Record<Field, V>> | undefined) =>
    Object.fromEntries(Object.entries(of ?? {}).filter(([field]) => allowed.has(field)));
  const constants = kept(mapping.constants);
  return {
    ...rest,
    kind,
    fields: kept(mapping.fields),
    constants: Object.keys(constants).length > 0 ? (constants as Mapping['constants']) : undefined,
    ...(from && into && mapping[from] ? { [into]: mapping[from] } : {}),
  };
}

/** A saved mapping for a file with these columns: what names other columns is left out. */
export function fitTo(mapping: Mapping, headers: readonly string[]): Mapping {
  const has = (column: string) =>
    column.endsWith('*')
      ? headers.some((one) => one.startsWith(column.slice(0, -1)))
      : headers.includes(column);
  const named = [
    ...Object.values(mapping.fields).flatMap((source) => source?.columns ?? []),
    ...Object.values((EXTRAS_OF[mapping.kind] && mapping[EXTRAS_OF[mapping.kind]!]) ?? {}).map(
      (x) => x.column,
    ),
  ];
  return named.filter((column) => !has(column)).reduce(without, mapping);
}

/** What is sent: confidences were the guess's own, and empty parts are left away. */
export function toSend(mapping: Mapping): Record<string, unknown> {
  return JSON.parse(JSON.stringify(mapping)) as Record<string, unknown>;
}

/** How sure a guess is, in a word. */
export function sureness(confidence: number): 'sure' | 'likely' | 'unsure' {
  if (confidence >= 0.8) return 'sure';
  return confidence >= 0.55 ? 'likely' : 'unsure';
}

/** The field a fault of the server is about: `fields.orderId`, `mappings.orders.csv.fields.orderId`. */
export function faultField(path: string): string {
  return /(?:^|\.)fields\.(\w+)/.exec(path)?.[1] ?? '';
}
