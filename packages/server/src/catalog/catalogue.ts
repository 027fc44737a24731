import type { HeardGoods, KnownName, Product, StockLevel, Store } from '@qianmian/contract';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import { versionByTime } from '../platform/version.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { type Kind, MOST_HEARD, openHeard } from './heard.ts';
import { joinWords, type OwnWord, sayOwn } from './own-word.ts';
import { catalogWarehouse, type ProductRow, type StoreRow } from './store.ch.ts';

/** A product as a source tells it; absent fields keep what was known. */
export interface ProductNews {
  productId: string;
  /** Heard in passing (on an order line): counts only while the catalogue does not know the product. */
  hearsay?: boolean;
  name?: string;
  nameZh?: string;
  brand?: string;
  category?: string[];
  priceCents?: number;
  costCents?: number;
  imageUrl?: string;
  attributes?: Record<string, string | number | boolean>;
}

/** A store as a source tells it; absent fields keep what was known. */
export interface StoreNews {
  storeId: string;
  /** Heard in passing (on an event): counts only while the catalogue does not know the store. */
  hearsay?: boolean;
  name?: string;
  nameZh?: string;
  city?: string;
  country?: string;
  latitude?: number;
  longitude?: number;
  timeZone?: string;
}

/** How much of a product a store has, counted at `time`. */
export interface StockNews {
  storeId: string;
  productId: string;
  time: number;
  onHand: number;
  reserved: number;
  onOrder: number;
}

/** Where news come from; the same token again changes nothing. */
export interface Origin {
  importId: string;
  version: number;
  token: string;
  receivedAt?: number;
  /** It is told by a client's key: of what nobody else told there is a bound. */
  client?: object | null;
}

/** Ids of one workspace that are remembered as heard. */
const MOST_NOTED = 50_000;

/** Products and stores of every workspace, and what their categories, brands and cities are called. */
export function openCatalog(parts: { warehouse: Warehouse; clock: Clock }) {
  const store = catalogWarehouse(parts.warehouse);
  const heard = openHeard(store);
  /** Products that hearsay need not tell again. */
  const heardProducts = new Map<string, Set<string>>();
  /** Stores of which the same holds. */
  const heardStores = new Map<string, Set<string>>();

  function idsKnown(all: Map<string, Set<string>>, workspace: string): Set<string> {
    const known = all.get(workspace) ?? new Set();
    all.set(workspace, known);
    return known;
  }

  /** Notes what was heard. A full list begins anew: what it forgot is looked up once more. */
  function note(known: Set<string>, ids: Iterable<string>): void {
    if (known.size >= MOST_NOTED) known.clear();
    for (const id of ids) known.add(id);
  }

  /**
   * Rows of products or stores that say more now, which were looked at, and how many there was no room for: those that
   * only pages tell of, beyond what may be known of them.
   */
  async function retelling<N extends { hearsay?: boolean }, R extends Word>(
    workspace: string,
    news: readonly N[],
    origin: Origin,
    of: {
      kind: Kind;
      known: Set<string>;
      idOf: (news: N) => string;
      wordsOn: (ids: string[]) => Promise<R[]>;
      rowIdOf: (row: R) => string;
      empty: (id: string) => R;
      fieldsOf: (news: N) => Fields;
    },
  ): Promise<{ rows: R[]; kept: string[]; leftOut: number }> {
    // What is written anew where it stood tells of nothing.
    if (!origin.client && origin.token) await heard.told(workspace, of.kind, news.map(of.idOf), origin);
    const told = byId(
      news.filter((n) => !n.hearsay || !of.known.has(of.idOf(n))),
      of.idOf,
    );
    if (told.size === 0) return { rows: [], kept: [], leftOut: 0 };
    const now = origin.receivedAt ?? parts.clock.now();
    const ids = origin.client
      ? await heard.lookUp(workspace, of.kind, [...told.keys()], now)
      : [...told.keys()];
    const words: R[] = [];
    for (const some of pieces(ids)) words.push(...(await of.wordsOn(some)));
    const before = byId(words, of.rowIdOf);
    const taken = origin.client
      ? await heard.admit(
          workspace,
          of.kind,
          ids.filter((id) => !before.has(id)),
          { ...origin, now },
        )
      : null;
    const kept = ids.filter((id) => !taken || before.has(id) || taken.has(id));
    const rows = kept.flatMap((id) => {
      const origins = before.get(id) ?? [];
      const worth = told.get(id)!.filter((n) => !n.hearsay || origins.length === 0);
      return retold(origins, of.empty(id), worth.map(of.fieldsOf), origin) ?? [];
    });
    return { rows, kept, leftOut: told.size - kept.length };
  }

  /** Takes in what is told of products; answers how many there was no room for. */
  async function upsertProducts(
    workspace: string,
    news: readonly ProductNews[],
    origin: Origin,
  ): Promise<number> {
    const known = idsKnown(heardProducts, workspace);
    const { rows, kept, leftOut } = await retelling<ProductNews, ProductRow>(workspace, news, origin, {
      ...{ kind: 'product', known, idOf: (n) => n.productId, rowIdOf: (row) => row.product_id },
      wordsOn: (ids) => store.wordsOnProducts(workspace, ids),
      empty: (id) => emptyProduct(workspace, id),
      fieldsOf: fieldsOfProduct,
    });
    await store.insertProducts(rows, origin.token && `${origin.token}:product`);
    note(known, kept);
    return leftOut;
  }

  /** Takes in what is told of stores; answers how many there was no room for. */
  async function upsertStores(
    workspace: string,
    news: readonly StoreNews[],
    origin: Origin,
  ): Promise<number> {
    const known = idsKnown(heardStores, workspace);
    const { rows, kept, leftOut } = await retelling<StoreNews, StoreRow>(workspace, news, origin, {
      ...{ kind: 'store', known, idOf: (n) => n.storeId, rowIdOf: (row) => row.store_id },
      wordsOn: (ids) => store.wordsOnStores(workspace, ids),
      empty: (id) => emptyStore(workspace, id),
      fieldsOf: fieldsOfStore,
    });
    await store.insertStores(rows, origin.token && `${origin.token}:store`);
    note(known, kept);
    return leftOut;
  }

  function forget(workspace: string): void {
    heard.forget(workspace);
    heardProducts.delete(workspace);
    heardStores.delete(workspace);
  }

  /** Lets products and stores say what others said of them, where an import has had its say. */
  async function untell(workspace: string, importId: string, version: number): Promise<void> {
    const without = <R extends Word>(
      rows: readonly R[],
      idOf: (row: R) => string,
      empty: (id: string) => R,
    ) => [...byId(rows, idOf)].flatMap(([id, known]) => untold(known, empty(id), importId, version) ?? []);
    for (const ids of pieces(await store.productsOfImport(workspace, importId))) {
      const words = await store.wordsOnProducts(workspace, ids);
      const empty = (id: string) => emptyProduct(workspace, id);
      await store.insertProducts(without(words, (row) => row.product_id, empty));
    }
    for (const ids of pieces(await store.storesOfImport(workspace, importId))) {
      const words = await store.wordsOnStores(workspace, ids);
      const empty = (id: string) => emptyStore(workspace, id);
      await store.insertStores(without(words, (row) => row.store_id, empty));
    }
  }

  return {
    upsertProducts,
    upsertStores,
    holdsPrices: store.holdsPrices,

    /** Keeps what was counted last of each product in each store, in whatever order counts arrive. */
    recordStock: (workspace: string, news: readonly StockNews[], origin: Origin): Promise<void> =>
      store.insertStock(
        news.map((n) => ({
          workspace,
          product_id: n.productId,
          store_id: n.storeId,
          on_hand: n.onHand,
          reserved: n.reserved,
          on_order: n.onOrder,
          time: n.time,
          version: versionByTime(n.time, origin.version),
        })),
        origin.token && `${origin.token}:stock`,
      ),

    /** What stores have of a product, as counted last. */
    stockOf: async (workspace: string, productId: string): Promise<StockLevel[]> =>
      (await store.stockOf(workspace, productId)).map((row) => ({
        storeId: row.store_id,
        onHand: row.on_hand,
        reserved: row.reserved,
        onOrder: row.on_order,
        countedAt: row.time,
      })),

    async products(
      workspace: string,
      filter: { search: string; category: string; limit: number; offset: number },
    ) {
      const [rows, total] = await Promise.all([
        store.products(workspace, { ...filter, limit: filter.limit + 1 }),
        store.countProducts(workspace, filter),
      ]);
      return { rows: rows.map(presentProduct), total };
    },

    async product(workspace: string, id: string): Promise<Product> {
      const [row] = await store.productsById(workspace, [id]);
      if (!row) throw notFound('product', id);
      return presentProduct(row);
    },

    stores: async (workspace: string): Promise<Store[]> => (await store.stores(workspace)).map(presentStore),
    categories: (workspace: string) => store.categories(workspace),

    names: async (workspace: string): Promise<KnownName[]> =>
      (await store.names(workspace)).map(({ name_zh: nameZh, ...row }) => ({ ...row, nameZh })),

    /** Says what keys are called; `version` settles who said it last. */
    setNames: (workspace: string, names: readonly KnownName[], version = parts.clock.now()): Promise<void> =>
      store.insertNames(
        names.map(({ kind, key, name, nameZh }) => ({
          workspace,
          kind,
          key,
          name,
          name_zh: nameZh,
          version,
        })),
      ),

    /** Products after one in the order of their ids, with who said last what is known of each. */
    async toldAfter(workspace: string, after: string, limit: number): Promise<ToldProduct[]> {
      const ids = await store.productIdsAfter(workspace, after, limit);
      if (ids.length === 0) return [];
      const told = new Map(
        toldOf(await store.wordsOnProducts(workspace, ids)).map((one) => [one.productId, one]),
      );
      return ids.flatMap((id) => told.get(id) ?? []);
    },

    /** The same of products named by their ids. */
    toldOf: async (workspace: string, ids: string[]): Promise<ToldProduct[]> =>
      ids.length === 0 ? [] : toldOf(await store.wordsOnProducts(workspace, ids)),

    countOnlyFrom: store.countOnlyFrom,

    /** How many products and stores only keys of pages told of, and how many there may be. */
    heard: async (workspace: string): Promise<HeardGoods> => ({
      products: (await heard.ids(workspace, 'product')).length,
      stores: (await heard.ids(workspace, 'store')).length,
      most: MOST_HEARD.all,
    }),

    /** Takes out what only keys of pages told of; answers how many there were. */
    async forgetHeard(workspace: string): Promise<HeardGoods> {
      const had = await this.heard(workspace);
      for (const kind of ['product', 'store'] as const)
        for (const ids of pieces(await heard.ids(workspace, kind)))
          await store.deleteHeard(workspace, kind, ids);
      forget(workspace);
      return had;
    },

    async undoImport(workspace: string, importId: string, version: number): Promise<void> {
      await untell(workspace, importId, version);
      await store.deleteImport(workspace, importId);
      forget(workspace);
    },
  };
}
export type Catalog = ReturnType<typeof openCatalog>;

/** What is known of a product, each field with who said it last and in which version. */
export interface ToldProduct {
  productId: string;
  said: Map<string, { value: unknown; importId: string; version: number }>;
}

const FIELD_OF_COLUMN: Record<string, string> = {
  ...{ name: 'name', name_zh: 'nameZh', brand: 'brand', category: 'category' },
  ...{ price_cents: 'priceCents', cost_cents: 'costCents', image_url: 'imageUrl' },
};

function toldOf(words: readonly ProductRow[]): ToldProduct[] {
  return [...byId(words, (row) => row.product_id)].map(([productId, rows]) => {
    const said: ToldProduct['said'] = new Map();
    for (const row of rows)
      for (const [column, [value, version]] of Object.entries(ownOf(row))) {
        const field = FIELD_OF_COLUMN[column] ?? column;
        if (version >= (said.get(field)?.version ?? 0))
          said.set(field, { value, importId: row.import_id, version });
      }
    return { productId, said };
  });
}

/** Ids in the numbers that one query takes. */
function* pieces(ids: readonly string[]): Generator<string[]> {
  for (let at = 0; at < ids.length; at += 5000) yield ids.slice(at, at + 5000);
}

/** What every row has: whose it is, since when, and what they said themselves; the rest is what is known in all. */
interface Word {
  import_id: string;
  version: number;
  own: string;
}
type Fields = Record<string, unknown>;

function byId<T>(all: readonly T[], idOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(idOf(one));
    if (group) group.push(one);
    else groups.set(idOf(one), [one]);
  }
  return groups;
}

/** The row of an origin that says more now; null when nothing is new. `known` are all origins' rows. */
function retold<R extends Word>(
  known: readonly R[],
  empty: R,
  news: readonly Fields[],
  origin: Origin,
): R | null {
  if (news.length === 0) return null;
  const last = newest(known);
  const mine = known.find((row) => row.import_id === origin.importId);
  const row = news.reduce(withFields, last ?? empty) as R;
  let own = mine ? ownOf(mine) : {};
  let isNew = false;
  for (const fields of news) {
    const said = sayOwn(own, fields, origin.version);
    own = said.own;
    isNew ||= said.isNew;
  }
  if (last && !isNew && sameWord(row, last)) return null;
  return { ...row, own: JSON.stringify(own), import_id: origin.importId, version: origin.version };
}

/** The newest of the other origins' rows as it is without an import; null when that changes nothing. */
function untold<R extends Word>(known: readonly R[], empty: R, importId: string, version: number): R | null {
  const others = known.filter((row) => row.import_id !== importId);
  const last = newest(others);
  if (!last) return null;
  const row = withFields(empty, joinWords(others.map(ownOf)));
  if (sameWord(row, last)) return null;
  const { own, import_id } = last;
  return { ...row, own, import_id, version: Math.max(version, last.version + 1) };
}

const ownOf = (row: Word) => JSON.parse(row.own) as OwnWord;

function newest<R extends Word>(rows: readonly R[]): R | undefined {
  return rows.reduce<R | undefined>(
    (last, row) => (last && last.version > row.version ? last : row),
    undefined,
  );
}

/** Whether two rows say the same, whoever said it and when. */
function sameWord<R extends Word>(a: R, b: R): boolean {
  const word = ({ import_id: _, version: __, own: ___, ...rest }: R) =>
    JSON.stringify(rest, Object.keys(rest).sort());
  return word(a) === word(b);
}

const ATTRIBUTE = 'attributes.';

/** A row with the columns named; what is undefined stays as it was. */
function withFields<R extends Word>(row: R, fields: Fields): R {
  const next = { ...row } as Fields;
  const attributes: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name.startsWith(ATTRIBUTE)) attributes[name.slice(ATTRIBUTE.length)] = value;
    else next[name] = value;
  }
  if (Object.keys(attributes).length > 0)
    next.attributes = JSON.stringify({ ...(JSON.parse(String(next.attributes)) as object), ...attributes });
  return next as R;
}

/** What news of a product say, by the column it stands in; each attribute stands by itself. */
function fieldsOfProduct(n: ProductNews): Fields {
  const fields: Fields = {
    name: n.name,
    name_zh: n.nameZh,
    brand: n.brand,
    category: n.category,
    price_cents: n.priceCents,
    cost_cents: n.costCents,
    image_url: n.imageUrl,
  };
  for (const [name, value] of Object.entries(n.attributes ?? {})) fields[ATTRIBUTE + name] = value;
  return fields;
}

function fieldsOfStore(n: StoreNews): Fields {
  return {
    name: n.name,
    name_zh: n.nameZh,
    city: n.city,
    country: n.country,
    latitude: n.latitude,
    longitude: n.longitude,
    time_zone: n.timeZone,
  };
}

function emptyProduct(workspace: string, productId: string): ProductRow {
  return {
    workspace,
    product_id: productId,
    name: '',
    name_zh: '',
    brand: '',
    category: [],
    price_cents: null,
    cost_cents: null,
    image_url: '',
    attributes: '{}',
    own: '{}',
    import_id: '',
    version: 0,
  };
}

function emptyStore(workspace: string, storeId: string): StoreRow {
  return {
    workspace,
    store_id: storeId,
    name: '',
    name_zh: '',
    city: '',
    country: '',
    latitude: null,
    longitude: null,
    time_zone: '',
    own: '{}',
    import_id: '',
    version: 0,
  };
}

function presentProduct(row: ProductRow): Product {
  return {
    productId: row.product_id,
    name: row.name,
    nameZh: row.name_zh,
    brand: row.brand,
    category: row.category,
    priceCents: row.price_cents,
    costCents: row.cost_cents,
    imageUrl: row.image_url,
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
  };
}

function presentStore(row: StoreRow): Store {
  return {
    storeId: row.store_id,
    name: row.name,
    nameZh: row.name_zh,
    city: row.city,
    country: row.country,
    latitude: row.latitude,
    longitude: row.longitude,
  };
}
