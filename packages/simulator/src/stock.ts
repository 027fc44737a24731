import { chance, hash, SALT } from './rng.ts';
import type { World } from './world.ts';

/** The store id under which the web warehouse reports its stock. */
export const WAREHOUSE_ID = 'WH1';

/** How one product stands at one place after a day (or a stretch of live play) in which it moved. */
export interface StockChange {
  storeId: string;
  productId: string;
  onHand: number;
  sold: number;
  received: number;
}

/** Shelves of every store, and of the warehouse behind web, app and mini-program. */
export interface Stock {
  /** Units that a delivery fills up to, place x product; 0 where a product is not carried. */
  target: Int32Array;
  onHand: Int32Array;
  sold: Map<number, number>;
  received: Map<number, number>;
  /** Sales that found too little of a product that is carried, since the stock was opened. */
  missedSales: number;
}

const ORDERS_PER_PERSON_DAY = 0.0083;
const UNITS_PER_ORDER = 3.1;
const STORE_SHARE = 0.36;

/** The index of the warehouse among the places. */
export function warehouseOf(world: World): number {
  return world.stores.length;
}

function carries(world: World, place: number, product: number): boolean {
  if (place === warehouseOf(world)) return true;
  const breadth = place < 6 ? 0.85 : 0.55;
  return chance(world.options.seed, place, product, SALT.carries) < breadth;
}

function targetUnits(meanUnits: number, least: number): number {
  return Math.max(least, Math.ceil(1.2 * meanUnits + 1.6 * Math.sqrt(meanUnits)));
}

/** How much a product is wanted, over all kinds of people. */
function meanWeights({ weights, products }: World): Float64Array {
  return Float64Array.from(
    products,
    (_, p) => weights.reduce((sum, row) => sum + row[p]!, 0) / weights.length,
  );
}

/** Opens all shelves, filled to target. */
export function openStock(world: World): Stock {
  const { products, stores, options, range } = world;
  const size = products.length;
  const target = new Int32Array((stores.length + 1) * size);
  const weights = meanWeights(world);
  const leafTotals = new Float64Array(range.leafStart.length);
  for (let p = 0; p < size; p++) leafTotals[range.leafOf[p]!]! += weights[p]!;
  const dailyUnits = options.people * ORDERS_PER_PERSON_DAY * UNITS_PER_ORDER;
  for (let p = 0; p < size; p++) {
    const leaf = range.leafOf[p]!;
    const units = (dailyUnits * world.leafShares[leaf]! * weights[p]!) / leafTotals[leaf]!;
    for (let place = 0; place < stores.length; place++) {
      if (carries(world, place, p))
        target[place * size + p] = targetUnits((7 * units * STORE_SHARE) / stores.length, 2);
    }
    target[stores.length * size + p] = targetUnits(4 * units * (1 - STORE_SHARE), 4);
  }
  return { target, onHand: target.slice(), sold: new Map(), received: new Map(), missedSales: 0 };
}

function bump(counts: Map<number, number>, slot: number, units: number): void {
  counts.set(slot, (counts.get(slot) ?? 0) + units);
}

/** Takes units off a shelf if they are there; answers whether they were. */
export function takeFromShelf(stock: Stock, slot: number, units: number): boolean {
  if (stock.onHand[slot]! < units) {
    if (stock.target[slot]! > 0) stock.missedSales++;
    return false;
  }
  stock.onHand[slot]! -= units;
  bump(stock.sold, slot, units);
  return true;
}

/** Puts returned units back. */
export function putBack(stock: Stock, slot: number, units: number): void {
  stock.onHand[slot]! += units;
  bump(stock.received, slot, units);
}

function delivers(world: World, place: number, day: number): boolean {
  return place === warehouseOf(world) || (day + place) % 7 === 0;
}

/** The morning's deliveries: stores once a week, the warehouse daily; suppliers now and then leave a product out. */
export function receiveDeliveries(world: World, stock: Stock, day: number): void {
  const size = world.products.length;
  for (let place = 0; place <= world.stores.length; place++) {
    if (!delivers(world, place, day)) continue;
    const skipped = place === warehouseOf(world) ? 0.35 : 0.12;
    for (let slot = place * size; slot < (place + 1) * size; slot++) {
      const missing = stock.target[slot]! - stock.onHand[slot]!;
      if (missing <= 0 || isShort(world.options.seed, slot, day, skipped)) continue;
      stock.onHand[slot]! += missing;
      bump(stock.received, slot, missing);
    }
  }
}

/** A few products are short for three weeks on end; others miss a single delivery. */
function isShort(seed: number, slot: number, day: number, skipped: number): boolean {
  if (hash(seed, slot, Math.floor((day + (slot % 21)) / 21), SALT.delivery) % 100 < 3) return true;
  return chance(seed, slot, day, SALT.missedDelivery) < skipped;
}

/** What changed since the last report, which is cleared. */
export function reportStock(world: World, stock: Stock): StockChange[] {
  const slots = [...new Set([...stock.sold.keys(), ...stock.received.keys()])].sort((a, b) => a - b);
  const changes = slots.map((slot) => changeAt(world, stock, slot));
  stock.sold.clear();
  stock.received.clear();
  return changes;
}

function changeAt(world: World, stock: Stock, slot: number): StockChange {
  const size = world.products.length;
  return {
    storeId: world.stores[Math.floor(slot / size)]?.storeId ?? WAREHOUSE_ID,
    productId: world.products[slot % size]!.productId,
    onHand: stock.onHand[slot]!,
    sold: stock.sold.get(slot) ?? 0,
    received: stock.received.get(slot) ?? 0,
  };
}

/** The opening stock of every shelf that carries something. */
export function openingReport(world: World, stock: Stock): StockChange[] {
  const report: StockChange[] = [];
  for (let slot = 0; slot < stock.target.length; slot++) {
    if (stock.target[slot]! > 0)
      report.push({ ...changeAt(world, stock, slot), received: stock.onHand[slot]! });
  }
  return report;
}
