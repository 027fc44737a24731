import { isDeepStrictEqual } from 'node:util';
import type { CleanSubject } from '@qianmian/contract';
import type { Catalog, ToldProduct } from '../../catalog/index.ts';
import { versionByTime } from '../../platform/version.ts';
import type { EventFact, Fact, OrderLineFact, PersonFact, ProductFact, TraitValue } from '../facts.ts';
import { restateOrders } from '../retell-orders.ts';
import type { CollectWarehouse, EventRow, OrderLineRow } from '../store.ch.ts';
import { type Compiled, DROPPED, IMPUTED, type Trail } from './compile.ts';
import { lineKey, putBack } from './fields.ts';
import { byField, changeRows, productKey, toldIn, traitKey } from './on-arrival.ts';
import type { Value } from './standards.ts';
import type { ChangeRow, CleaningWarehouse } from './store.ch.ts';

/** A trait of someone as it is stored; profile's, handed in by `app.ts`. */
export interface StoredTrait {
  personId: number;
  anchor: number;
  name: string;
  value: TraitValue;
  time: number;
  source: string;
  importId: string;
  /** Only a key that stands in a page said so. */
  isHeard: boolean;
}

/** What profile lends: its traits, page by page, and a way to say otherwise. */
export interface StoredTraits {
  /** Traits after a place in their order; only of these names, all where none is given. */
  after(
    workspace: string,
    names: readonly string[] | null,
    place: readonly (string | number)[] | null,
    limit: number,
  ): Promise<{ traits: StoredTrait[]; next: readonly (string | number)[] | null }>;
  ofAnchors(workspace: string, keys: readonly { anchor: number; name: string }[]): Promise<StoredTrait[]>;
  restate(workspace: string, traits: readonly StoredTrait[], version: number): Promise<void>;
  /** Traits of a kind that nobody can have, and how many there are. */
  odd(
    workspace: string,
    rule: 'birthday' | 'bad_phone' | 'bad_email',
    now: number,
    limit: number,
  ): Promise<{ traits: StoredTrait[]; total: number }>;
  names(workspace: string): Promise<{ name: string; people: number }[]>;
}

/** What became of a page of things. */
export interface Counted {
  looked: number;
  /** Values that are other than they were a moment before: cleaned, or as told again. */
  changed: number;
  restored: number;
}

export interface PastParts {
  warehouse: CleaningWarehouse;
  collected: CollectWarehouse;
  catalog: Pick<Catalog, 'toldAfter' | 'toldOf' | 'upsertProducts'>;
  traits: StoredTraits;
}

/** Where a page is of, by which steps, and when. */
export interface Page {
  workspace: string;
  steps: Compiled;
  at: number;
  version: number;
  /** Above the other. */
  lastVersion: number;
}

/** A thing as it was told, as it stands, and as the steps want it. */
export interface Looked<F extends Fact = Fact> {
  key: string;
  told: F;
  stands: F;
  wanted: F;
  trail: Trail;
  /** What is kept of it now; undefined where it stands as told. */
  kept: ChangeRow | undefined;
  source: string;
  importId: string;
}

const importKey = (key: string, importId: string) => `${key}\n\n${importId}`;
const sameTrail = (trail: Trail, row: ChangeRow | undefined) =>
  row === undefined
    ? trail.length === 0
    : trail.length === row.fields.length &&
      trail.every(
        (touch, i) =>
          touch.field === row.fields[i] &&
          touch.step === row.steps[i] &&
          touch.method === row.methods[i] &&
          JSON.stringify(touch.before) === row.befores[i] &&
          JSON.stringify(touch.after) === row.afters[i],
      );

/** A fact as it was told, by what is kept of what was done to it. */
function asTold<F extends Fact>(fact: F, row: ChangeRow | undefined): F {
  if (!row) return fact;
  let told = fact;
  for (const [field, { told: value }] of toldIn(row)) {
    if (field === DROPPED) {
      const { isDropped: _, ...standing } = told as OrderLineFact;
      told = standing as F;
    } else told = putBack(told, field, value);
  }
  return row.imputed.includes(1) && told.kind === 'event' ? putBack(told, IMPUTED, null) : told;
}

/** Lines of orders, each as told, as it stands and as the steps want it. */
export async function lookAtLines(
  parts: PastParts,
  page: Pick<Page, 'workspace' | 'steps'>,
  orderIds: string[],
) {
  const [lines, claims] = await Promise.all([
    parts.collected.linesOf(page.workspace, orderIds),
    parts.collected.claimsOf(page.workspace, orderIds),
  ]);
  const own = lines.filter((row) => !row.is_counted);
  const keys = own.map((row) => `${row.order_id}\n${row.line_kind}\n${row.line_id}`);
  const kept = keptOf(await parts.warehouse.changesOf(page.workspace, 'line', keys));
  const looked = own.flatMap((row): (Looked<OrderLineFact> & { row: OrderLineRow })[] => {
    const stands = lineOf(row);
    const key = lineKey(stands);
    const change = kept.get(importKey(key, row.import_id));
    // What its order no longer names is gone, unless a person let it go.
    if (row.is_deleted && !change?.fields.includes(DROPPED)) return [];
    const trail: Trail = [];
    const told = asTold(stands, change);
    const wanted = page.steps.clean(told, row.source, trail);
    return [
      { key, told, stands, wanted, trail, kept: change, source: row.source, importId: row.import_id, row },
    ];
  });
  return { looked, stored: { lines, claims } };
}

/** Brings orders in accord with the steps. */
export async function cleanOrders(parts: PastParts, page: Page, orderIds: string[]): Promise<Counted> {
  const { looked, stored } = await lookAtLines(parts, page, orderIds);
  const rows = looked.flatMap(({ row, stands, wanted }) => {
    const next = withLine(row, wanted);
    return wanted === stands || isDeepStrictEqual(next, row) ? [] : [next];
  });
  return changing(parts, keepingOf(page, 'line', looked), async () => {
    if (rows.length === 0) return;
    const teller = { workspace: page.workspace, source: '', importId: '', version: page.version };
    await parts.collected.insertOrderLines(restateOrders(stored, rows, teller));
  });
}

/** What is kept of things: what must be durable before they are changed, and what may be once they are. */
interface Keeping {
  counted: Counted;
  before: ChangeRow[];
  after: ChangeRow[];
}

/**
 * Works out what is kept. Before a thing is changed, all that is or will be other than told is kept; what is as told
 * again is forgotten only when it is: wherever it breaks off, what was told is known.
 */
function keepingOf(
  page: Page,
  subject: CleanSubject,
  looked: readonly Looked[],
  stampOf: (one: Looked) => { told: number; versionOf: (version: number) => string } = () => ({
    told: page.version,
    versionOf: String,
  }),
): Keeping {
  const out: Keeping = { counted: { looked: looked.length, changed: 0, restored: 0 }, before: [], after: [] };
  for (const one of looked) {
    if (sameTrail(one.trail, one.kept)) continue;
    const { told, versionOf } = stampOf(one);
    const of = { workspace: page.workspace, importId: one.importId };
    const row = {
      ...changeRows(of, page.at, 0)(subject, one.key, one.trail, told),
      version: versionOf(page.lastVersion),
    };
    const now = new Set(row.fields);
    const gone = (one.kept?.fields ?? []).flatMap((field, i) => (now.has(field) ? [] : [i]));
    if (gone.length === 0) out.before.push({ ...row, version: versionOf(page.version) });
    else {
      if (now.size > 0)
        out.before.push({ ...joined(row, one.kept!, gone), version: versionOf(page.version) });
      out.after.push(row);
    }
    out.counted.changed += now.size;
    out.counted.restored += new Set(gone.map((i) => one.kept!.fields[i])).size;
  }
  return out;
}

/** What is kept by one row, and places of another beside. */
function joined(row: ChangeRow, other: ChangeRow, places: readonly number[]): ChangeRow {
  const both = <T>(mine: readonly T[], theirs: readonly T[]) => [...mine, ...places.map((i) => theirs[i]!)];
  return {
    ...row,
    fields: both(row.fields, other.fields),
    steps: both(row.steps, other.steps),
    methods: both(row.methods, other.methods),
    befores: both(row.befores, other.befores),
    afters: both(row.afters, other.afters),
    imputed: both(row.imputed, other.imputed),
  };
}

/** Does a change of things between what must be kept before it and after. */
async function changing(
  { warehouse }: PastParts,
  keeping: Keeping,
  change: () => Promise<void>,
): Promise<Counted> {
  await warehouse.insertChanges(keeping.before);
  await change();
  await warehouse.insertChanges(keeping.after);
  return keeping.counted;
}

const keptOf = (rows: readonly ChangeRow[]) =>
  new Map(rows.map((row) => [importKey(row.key, row.import_id), row]));

function lineOf(row: OrderLineRow): OrderLineFact {
  return {
    ...{
      kind: 'orderLine',
      orderId: row.order_id,
      lineId: row.line_id,
      lineKind: row.line_kind,
      time: row.time,
    },
    ...{ identifiers: [], channel: row.channel, storeId: row.store_id, productId: row.product_id },
    ...{ quantity: row.quantity, unitPriceCents: row.unit_price_cents, discountCents: row.discount_cents },
    ...{ netCents: row.net_cents, currency: row.currency, couponCode: row.coupon_code },
    ...(row.is_deleted ? { isDropped: true } : {}),
  };
}

function withLine(row: OrderLineRow, fact: OrderLineFact): OrderLineRow {
  return {
    ...row,
    ...{ channel: fact.channel, store_id: fact.storeId ?? '', product_id: fact.productId },
    ...{ quantity: fact.quantity, unit_price_cents: fact.unitPriceCents, discount_cents: fact.discountCents },
    ...{ net_cents: fact.netCents, currency: fact.currency, coupon_code: fact.couponCode ?? '' },
    is_deleted: fact.isDropped ? 1 : 0,
  };
}

/** Products, each with what was told of it put together as one fact. */
export async function lookAtProducts(
  parts: PastParts,
  page: Pick<Page, 'workspace' | 'steps'>,
  products: readonly ToldProduct[],
) {
  const keys = products.flatMap(({ productId, said }) =>
    [...said.keys()].map((field) => productKey(productId, field)),
  );
  const kept = keptOf(await parts.warehouse.changesOf(page.workspace, 'product', keys));
  return products.map(({ productId, said }) => {
    const stands = productOf(productId, said);
    let told: ProductFact = stands;
    const changes = new Map<string, ChangeRow>();
    for (const [field, { value, importId, version }] of said) {
      const row = kept.get(importKey(productKey(productId, field), importId));
      if (!row) continue;
      const { told: before, now } = toldIn(row).get(field)!;
      const isStill = row.told >= version && asText(now) === asText(value);
      // Said otherwise since: that is what was told.
      if (!isStill) continue;
      changes.set(field, row);
      told = putBack(told, field, before);
    }
    const trail: Trail = [];
    const wanted = page.steps.clean(told, '', trail);
    return { productId, said, stands, told, wanted, trail, changes };
  });
}

/** Brings products in accord with the steps: of each field, whoever said it last says otherwise. */
export async function cleanProducts(
  parts: PastParts,
  page: Page,
  products: readonly ToldProduct[],
): Promise<Counted> {
  const looked: Looked[] = [];
  const news = new Map<string, Map<string, ProductFact>>();
  for (const { productId, said, stands, wanted, trail, changes } of await lookAtProducts(
    parts,
    page,
    products,
  )) {
    const trails = byField(trail);
    for (const field of new Set([...trails.keys(), ...changes.keys()])) {
      const importId = said.get(field)?.importId ?? '';
      const [now, next] = [fieldOf(stands, field), fieldOf(wanted, field)];
      const kept = changes.get(field);
      looked.push({
        ...{ key: productKey(productId, field), told: stands, stands, wanted, source: '', importId, kept },
        trail: trails.get(field) ?? [],
      });
      if (asText(now) === asText(next)) continue;
      const told = news.get(importId) ?? new Map<string, ProductFact>();
      news.set(importId, told);
      const fact = told.get(productId) ?? { kind: 'product', productId };
      told.set(productId, withField(fact, field, next));
    }
  }
  const counted = await changing(parts, keepingOf(page, 'product', looked), async () => {
    for (const [importId, told] of news)
      await parts.catalog.upsertProducts(page.workspace, [...told.values()], {
        ...{ importId, version: page.version, token: '' },
      });
  });
  return { ...counted, looked: products.length };
}

const asText = (value: unknown) =>
  Array.isArray(value) ? value.join(' > ') : value === null || value === undefined ? '' : String(value);

function fieldOf(fact: ProductFact, field: string): unknown {
  if (field.startsWith('attributes.')) return fact.attributes?.[field.slice('attributes.'.length)];
  return (fact as unknown as Record<string, unknown>)[field];
}

const CENTS = new Set(['priceCents', 'costCents']);
/** News of one field; what is no longer known is said to be nothing. */
function withField(fact: ProductFact, field: string, value: unknown): ProductFact {
  if (field.startsWith('attributes.')) {
    const name = field.slice('attributes.'.length);
    return { ...fact, attributes: { ...fact.attributes, [name]: (value ?? '') as TraitValue } };
  }
  const nothing = CENTS.has(field) ? null : field === 'category' ? [] : '';
  return { ...fact, [field]: value ?? nothing };
}

function productOf(productId: string, said: ToldProduct['said']): ProductFact {
  const fact: Record<string, unknown> = { kind: 'product', productId };
  const attributes: Record<string, unknown> = {};
  for (const [field, { value }] of said)
    if (value === null || value === '') continue;
    else if (field.startsWith('attributes.')) attributes[field.slice('attributes.'.length)] = value;
    else fact[field] = value;
  return { ...fact, attributes } as unknown as ProductFact;
}

/** Traits as told, as they stand and as the steps want them. */
export async function lookAtTraits(
  parts: PastParts,
  page: Pick<Page, 'workspace' | 'steps'>,
  traits: readonly StoredTrait[],
) {
  const keys = traits.map((one) => traitKey(one.anchor, one.name));
  const kept = keptOf(await parts.warehouse.changesOf(page.workspace, 'trait', keys));
  return traits.map((trait): Looked<PersonFact> & { trait: StoredTrait } => {
    const key = traitKey(trait.anchor, trait.name);
    const row = kept.get(importKey(key, trait.importId));
    const stands: PersonFact = {
      ...{ kind: 'person', time: trait.time, identifiers: [] },
      traits: { [trait.name]: trait.value },
    };
    // Said at another time: that is what was told.
    const change = row?.told === trait.time ? row : undefined;
    const told = asTold(stands, change);
    const trail: Trail = [];
    const wanted = page.steps.correct(page.steps.clean(told, trait.source, trail), key, trail);
    return {
      key,
      told,
      stands,
      wanted,
      trail,
      kept: change,
      source: trait.source,
      importId: trait.importId,
      trait,
    };
  });
}

/** Brings traits in accord with the steps. */
export async function cleanTraits(
  parts: PastParts,
  page: Page,
  traits: readonly StoredTrait[],
): Promise<Counted> {
  const looked = await lookAtTraits(parts, page, traits);
  const keeping = keepingOf(page, 'trait', looked, (one) => {
    const told = (one.stands as PersonFact).time;
    return { told, versionOf: (version) => versionByTime(told, version) };
  });
  const others = looked.flatMap(({ trait, wanted }) => {
    const value = wanted.traits[trait.name];
    return value === undefined || value === trait.value ? [] : [{ ...trait, value }];
  });
  return changing(parts, keeping, () => parts.traits.restate(page.workspace, others, page.version));
}

/** Events as told, as they stand and as the steps want them. */
export async function lookAtEvents(
  parts: PastParts,
  page: Pick<Page, 'workspace' | 'steps'>,
  rows: readonly EventRow[],
) {
  const keys = rows.map((row) => row.message_id);
  const kept = keptOf(await parts.warehouse.changesOf(page.workspace, 'event', keys));
  return rows.map((row): Looked<EventFact> & { row: EventRow } => {
    const stands: EventFact = {
      ...{ kind: 'event', messageId: row.message_id, name: row.name, time: row.time, identifiers: [] },
      properties: row.properties,
    };
    const key = row.message_id;
    const change = kept.get(importKey(key, row.import_id));
    const told = asTold(stands, change);
    const trail: Trail = [];
    const wanted = page.steps.clean(told, row.source, trail);
    return {
      key,
      told,
      stands,
      wanted,
      trail,
      kept: change,
      source: row.source,
      importId: row.import_id,
      row,
    };
  });
}

/**
 * Brings events in accord with the steps. A row of an event cannot be replaced in one step: what it is to say is laid
 * ready first, so that after a crash between taking out and putting in it is put in.
 */
export async function cleanEvents(parts: PastParts, page: Page, rows: readonly EventRow[]): Promise<Counted> {
  const looked = await lookAtEvents(parts, page, rows);
  const others = looked.flatMap(({ row, wanted }) =>
    isDeepStrictEqual(wanted.properties, row.properties) ? [] : [{ ...row, properties: wanted.properties }],
  );
  return changing(parts, keepingOf(page, 'event', looked), async () => {
    if (others.length === 0) return;
    await parts.warehouse.stageEvents(page.workspace, others);
    await parts.warehouse.replaceEvents(page.workspace, others);
    await parts.warehouse.clearStage(page.workspace);
  });
}

/** Finishes what a crash left between taking events out and putting them in. */
export async function finishEvents(
  { warehouse }: Pick<PastParts, 'warehouse'>,
  workspace: string,
): Promise<void> {
  const rows = await warehouse.stagedEvents(workspace);
  if (rows.length === 0) return;
  await warehouse.replaceEvents(workspace, rows);
  await warehouse.clearStage(workspace);
}

/** A value as it is shown in the history. */
export const shownValue = (value: Value | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);
