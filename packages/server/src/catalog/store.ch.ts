import type { NameKind } from '@qianmian/contract';
import type { Warehouse, WarehouseMigration } from '../platform/warehouse.ts';

export const catalogMigrations: WarehouseMigration[] = [
  {
    name: 'catalog/0001_product_store',
    tables: [
      {
        // Columns say what is known in all when an origin ('' or an import) spoke last; `own` is what it said itself, by
        // column, with the version it was said at, so that what is known without one of them can be told.
        name: 'catalog_product',
        columns: `
          workspace LowCardinality(String),
          product_id String,
          name String,
          name_zh String,
          brand LowCardinality(String),
          category Array(LowCardinality(String)),
          price_cents Nullable(Int64),
          cost_cents Nullable(Int64),
          image_url String,
          attributes String,
          own String,
          import_id LowCardinality(String),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, product_id, import_id)',
        shardBy: 'cityHash64(workspace, product_id)',
      },
      {
        name: 'catalog_store',
        columns: `
          workspace LowCardinality(String),
          store_id String,
          name String,
          name_zh String,
          city String,
          country String,
          latitude Nullable(Float64),
          longitude Nullable(Float64),
          time_zone String,
          own String,
          import_id LowCardinality(String),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, store_id, import_id)',
        shardBy: 'cityHash64(workspace, store_id)',
      },
    ],
  },
  {
    name: 'catalog/0002_name',
    tables: [
      {
        name: 'catalog_name',
        columns: `
          workspace LowCardinality(String),
          kind LowCardinality(String),
          key String,
          name String,
          name_zh String,
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, kind, key)',
        shardBy: 'cityHash64(workspace, kind, key)',
      },
    ],
  },
  {
    name: 'catalog/0003_stock_level',
    tables: [
      {
        // The count that is newest by time survives.
        name: 'catalog_stock_level',
        columns: `
          workspace LowCardinality(String),
          product_id String,
          store_id LowCardinality(String),
          on_hand Float64,
          reserved Float64,
          on_order Float64,
          time DateTime64(3, 'UTC'),
          version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, product_id, store_id)',
        shardBy: 'cityHash64(workspace, product_id)',
      },
    ],
  },
  {
    // A version of 64 bits has no room for the time and all of the arrival; the form of a version is never altered.
    name: 'catalog/0004_stock',
    tables: [
      {
        // The count that is newest by time survives; of those of one time, the one that arrived last.
        name: 'catalog_stock',
        columns: `
          workspace LowCardinality(String),
          product_id String,
          store_id LowCardinality(String),
          on_hand Float64,
          reserved Float64,
          on_order Float64,
          time DateTime64(3, 'UTC'),
          version UInt128`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, product_id, store_id)',
        shardBy: 'cityHash64(workspace, product_id)',
      },
    ],
    statements: [
      `INSERT INTO catalog_stock SELECT workspace, product_id, store_id, on_hand, reserved, on_order, time,
         bitShiftLeft(toUInt128(greatest(0, toUnixTimestamp64Milli(time))), 64) FROM catalog_stock_level FINAL`,
    ],
  },
  { name: 'catalog/0005_no_stock_level', drops: ['catalog_stock_level'] },
  {
    name: 'catalog/0006_heard',
    tables: [
      {
        // Products and stores that only keys of pages told of; `client` is 0 once somebody else did.
        name: 'catalog_heard',
        columns:
          'workspace LowCardinality(String), kind LowCardinality(String), id String, client UInt8, version UInt64',
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(workspace, kind, id)',
        shardBy: 'cityHash64(workspace)',
      },
    ],
  },
];

export interface StockRow {
  workspace: string;
  product_id: string;
  store_id: string;
  on_hand: number;
  reserved: number;
  on_order: number;
  time: number;
  version: string;
}

/** What stores of the workspace bound as {workspace:String} have of products, as counted last. A FROM source. */
export const STOCK_LEVELS = `(SELECT product_id, store_id, on_hand, reserved, on_order, time FROM catalog_stock FINAL
  WHERE workspace = {workspace:String})`;

export interface ProductRow {
  workspace: string;
  product_id: string;
  name: string;
  name_zh: string;
  brand: string;
  category: string[];
  price_cents: number | null;
  cost_cents: number | null;
  image_url: string;
  attributes: string;
  own: string;
  import_id: string;
  version: number;
}

export interface StoreRow {
  workspace: string;
  store_id: string;
  name: string;
  name_zh: string;
  city: string;
  country: string;
  latitude: number | null;
  longitude: number | null;
  time_zone: string;
  own: string;
  import_id: string;
  version: number;
}

/** A product or store that keys of pages told of. */
export interface HeardRow {
  workspace: string;
  kind: string;
  id: string;
  client: number;
  version: number;
}

/** What a category, brand or city is called; both names empty when that was forgotten. */
export interface NameRow {
  workspace: string;
  kind: NameKind;
  key: string;
  name: string;
  name_zh: string;
  version: number;
}

/** Products of the workspace bound as {workspace:String} as they are known now, as a FROM source. */
export const PRODUCTS = `(SELECT * FROM catalog_product FINAL WHERE workspace = {workspace:String}
  ORDER BY product_id, version DESC LIMIT 1 BY product_id)`;

/** Stores of the workspace bound as {workspace:String} as they are known now, as a FROM source. */
export const STORES = `(SELECT * FROM catalog_store FINAL WHERE workspace = {workspace:String}
  ORDER BY store_id, version DESC LIMIT 1 BY store_id)`;

/** What categories, brands and cities of the workspace are called, as a FROM source. */
export const NAMES = `(SELECT kind, key, name, name_zh FROM catalog_name FINAL
  WHERE workspace = {workspace:String} AND (name != '' OR name_zh != ''))`;

/** What the catalogue reads and writes in the warehouse. */
export function catalogWarehouse(warehouse: Warehouse) {
  return {
    insertProducts: (rows: ProductRow[], token?: string) => warehouse.insert('catalog_product', rows, token),
    insertStores: (rows: StoreRow[], token?: string) => warehouse.insert('catalog_store', rows, token),

    insertStock: (rows: StockRow[], token?: string) => warehouse.insert('catalog_stock', rows, token),

    stockOf: (workspace: string, productId: string) =>
      warehouse.query<Omit<StockRow, 'workspace' | 'time' | 'version'> & { time: string }>(
        `SELECT store_id, on_hand, reserved, on_order, time FROM ${STOCK_LEVELS}
         WHERE product_id = {productId:String} ORDER BY store_id LIMIT 5000`,
        { workspace, productId },
      ),

    insertNames: (rows: NameRow[]) => warehouse.insert('catalog_name', rows),

    /** Whether any product has a price or a cost. */
    holdsPrices: async (workspace: string) =>
      (
        await warehouse.query(
          `SELECT 1 FROM catalog_product WHERE workspace = {workspace:String}
             AND (price_cents IS NOT NULL OR cost_cents IS NOT NULL) LIMIT 1`,
          { workspace },
        )
      ).length > 0,

    /** Products by id, as they are known now. */
    productsById: (workspace: string, ids: string[]) =>
      warehouse.query<ProductRow>(
        `SELECT * FROM catalog_product FINAL WHERE workspace = {workspace:String} AND product_id IN {ids:Array(String)}
         ORDER BY product_id, version DESC LIMIT 1 BY product_id`,
        { workspace, ids },
      ),

    /** Every origin's row of these products. */
    wordsOnProducts: (workspace: string, ids: string[]) =>
      warehouse.query<ProductRow>(
        `SELECT * FROM catalog_product FINAL PREWHERE workspace = {workspace:String} AND product_id IN {ids:Array(String)}`,
        { workspace, ids },
      ),

    /** Ids of products after one, in their order. */
    productIdsAfter: async (workspace: string, after: string, limit: number) =>
      (
        await warehouse.query<{ id: string }>(
          `SELECT DISTINCT product_id AS id FROM catalog_product
           WHERE workspace = {workspace:String} AND product_id > {after:String} ORDER BY id LIMIT {limit:UInt32}`,
          { workspace, after, limit },
        )
      ).map((r) => r.id),

    /** Every origin's row of these stores. */
    wordsOnStores: (workspace: string, ids: string[]) =>
      warehouse.query<StoreRow>(
        `SELECT * FROM catalog_store FINAL PREWHERE workspace = {workspace:String} AND store_id IN {ids:Array(String)}`,
        { workspace, ids },
      ),

    productsOfImport: async (workspace: string, importId: string) =>
      (
        await warehouse.query<{ id: string }>(
          `SELECT DISTINCT product_id AS id FROM catalog_product
           WHERE workspace = {workspace:String} AND import_id = {importId:String} ORDER BY id`,
          { workspace, importId },
        )
      ).map((r) => r.id),

    storesOfImport: async (workspace: string, importId: string) =>
      (
        await warehouse.query<{ id: string }>(
          `SELECT DISTINCT store_id AS id FROM catalog_store
           WHERE workspace = {workspace:String} AND import_id = {importId:String} ORDER BY id`,
          { workspace, importId },
        )
      ).map((r) => r.id),

    /** How many products and stores are known from one import alone. */
    countOnlyFrom: (workspace: string, importId: string) => {
      const only = (table: string, id: string) =>
        `(SELECT count() FROM (SELECT ${id} FROM ${table} WHERE workspace = {workspace:String}
          GROUP BY ${id} HAVING groupUniqArray(2)(import_id) = [{importId:String}]))`;
      return warehouse.one<{ products: number; stores: number }>(
        `SELECT ${only('catalog_product', 'product_id')} AS products, ${only('catalog_store', 'store_id')} AS stores`,
        { workspace, importId },
      );
    },

    products: (
      workspace: string,
      filter: { search: string; category: string; limit: number; offset: number },
    ) =>
      warehouse.query<ProductRow>(
        `SELECT * FROM ${PRODUCTS} WHERE
           (empty({search:String}) OR positionCaseInsensitiveUTF8(concat(product_id, ' ', name, ' ', name_zh, ' ', brand), {search:String}) > 0)
           AND (empty({category:String}) OR has(category, {category:String}))
         ORDER BY product_id LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
        { workspace, ...filter },
      ),

    countProducts: async (workspace: string, filter: { search: string; category: string }) =>
      (
        await warehouse.one<{ n: number }>(
          `SELECT count() AS n FROM ${PRODUCTS} WHERE
             (empty({search:String}) OR positionCaseInsensitiveUTF8(concat(product_id, ' ', name, ' ', name_zh, ' ', brand), {search:String}) > 0)
             AND (empty({category:String}) OR has(category, {category:String}))`,
          { workspace, ...filter },
        )
      ).n,

    stores: (workspace: string) =>
      warehouse.query<StoreRow>(`SELECT * FROM ${STORES} ORDER BY store_id`, { workspace }),

    categories: (workspace: string) =>
      warehouse.query<{ path: string[]; products: number }>(
        `SELECT category AS path, count() AS products FROM ${PRODUCTS}
         WHERE notEmpty(category) GROUP BY category ORDER BY category`,
        { workspace },
      ),

    names: (workspace: string) =>
      warehouse.query<Pick<NameRow, 'kind' | 'key' | 'name' | 'name_zh'>>(
        `SELECT * FROM ${NAMES} ORDER BY kind, key LIMIT 20000`,
        { workspace },
      ),

    insertHeard: (rows: HeardRow[], token?: string) => warehouse.insert('catalog_heard', rows, token),

    /** Products or stores that only keys of pages told of. */
    heardIds: async (workspace: string, kind: string) =>
      (
        await warehouse.query<{ id: string }>(
          `SELECT id FROM catalog_heard FINAL
           WHERE workspace = {workspace:String} AND kind = {kind:String} AND client = 1`,
          { workspace, kind },
        )
      ).map((r) => r.id),

    /** Takes products or stores out that only keys of pages told of. */
    deleteHeard: async (workspace: string, kind: 'product' | 'store', ids: string[]) => {
      const named = { workspace, kind, ids };
      await warehouse.deleteRows(
        `catalog_${kind}`,
        `workspace = {workspace:String} AND ${kind}_id IN {ids:Array(String)}`,
        named,
      );
      await warehouse.deleteRows(
        'catalog_heard',
        'workspace = {workspace:String} AND kind = {kind:String} AND id IN {ids:Array(String)}',
        named,
      );
    },

    deleteImport: async (workspace: string, importId: string) => {
      for (const table of ['catalog_product', 'catalog_store'])
        await warehouse.deleteRows(
          table,
          'workspace = {workspace:String} AND import_id = {importId:String}',
          { workspace, importId },
        );
    },
  };
}
export type CatalogWarehouse = ReturnType<typeof catalogWarehouse>;
