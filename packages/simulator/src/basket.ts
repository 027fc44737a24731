import { chance, hash, Rng, SALT } from './rng.ts';
import { type Stock, takeFromShelf, warehouseOf } from './stock.ts';
import { type Shelf, shelfRow, tasteInto } from './tastes.ts';
import { LEAVES } from './taxonomy.ts';
import type { World } from './world.ts';

/** One product in a basket. Money in cents. */
export interface Line {
  product: number;
  quantity: number;
  regularCents: number;
  /** Price of one unit today, cuts included. */
  unitCents: number;
  /** The line's share of the order's coupon. */
  discountCents: number;
}

/** How a person chooses on a day: scratch space, set anew for each visit. */
export interface Chooser {
  world: World;
  shelf: Shelf;
  person: number;
  row: number;
  taste: Float64Array;
  risingTaste: Float64Array;
}

const HABIT = 0.55;
const FAVOURITES = 3;
const COMPANION = 0.14;
const COMPANION_LEAF = 0.18;

const favouriteDraw = new Rng();

/** Scratch space for choosing in a world. */
export function createChooser(world: World): Chooser {
  const taste = new Float64Array(LEAVES.length);
  return {
    world,
    shelf: world.shelf(0),
    person: -1,
    row: 0,
    taste,
    risingTaste: new Float64Array(LEAVES.length),
  };
}

/** Points the chooser at a person and a day. */
export function aimChooser(chooser: Chooser, person: number, day: number): void {
  const { world, taste, risingTaste } = chooser;
  const { people } = world;
  chooser.shelf = world.shelf(day);
  chooser.person = person;
  chooser.row = shelfRow(world.options.seed, person, people.thrift[person]!);
  tasteInto(world.options.seed, person, people.latentType[person]!, taste);
  let sum = 0;
  for (let l = 0; l < taste.length; l++) {
    sum += taste[l]! * chooser.shelf.leafSeason[l]!;
    risingTaste[l] = sum;
  }
}

function fromLeaf({ world, shelf, row }: Chooser, leaf: number, rng: Rng): number {
  const { leafStart } = world.range;
  return rng.weighted(shelf.choice[row]!, leafStart[leaf]!, leafStart[leaf + 1]!);
}

/** One of the few products of a leaf that a person comes back to. */
function favourite(chooser: Chooser, leaf: number, nth: number): number {
  const { world, person } = chooser;
  const { seed } = world.options;
  favouriteDraw.reseed(seed, person, leaf * FAVOURITES + nth, SALT.favourite);
  const start = world.range.leafStart[leaf]!;
  const count = world.range.leafStart[leaf + 1]! - start;
  let best = start;
  for (let i = 0; i < 4; i++) {
    const candidate = start + favouriteDraw.below(count);
    if (world.range.popularity[candidate]! > world.range.popularity[best]!) best = candidate;
  }
  return best;
}

/** The product that a person looks at next, by taste, habit and what is offered. */
export function chooseProduct(chooser: Chooser, rng: Rng, leaf = rng.weighted(chooser.risingTaste)): number {
  if (LEAVES[leaf]!.consumable && rng.happens(HABIT)) {
    const product = favourite(chooser, leaf, rng.below(FAVOURITES));
    if (isOnSale(chooser, product)) return product;
  }
  return fromLeaf(chooser, leaf, rng);
}

function isOnSale({ world, shelf, row }: Chooser, product: number): boolean {
  const sums = shelf.choice[row]!;
  const first = world.range.leafStart[world.range.leafOf[product]!]!;
  return sums[product]! > (product === first ? 0 : sums[product - 1]!);
}

function besidePrevious(chooser: Chooser, rng: Rng, previous: number): number {
  const { range } = chooser.world;
  const draw = rng.uniform();
  if (draw < COMPANION && isOnSale(chooser, range.companion[previous]!)) return range.companion[previous]!;
  if (draw < COMPANION + COMPANION_LEAF)
    return chooseProduct(chooser, rng, LEAVES[range.leafOf[previous]!]!.companion);
  return chooseProduct(chooser, rng);
}

function quantityOf(leaf: number, rng: Rng): number {
  const draw = rng.uniform();
  if (!LEAVES[leaf]!.consumable) return draw < 0.95 ? 1 : 2;
  return draw < 0.7 ? 1 : draw < 0.92 ? 2 : 3;
}

/** The price of one unit on a shelf. */
export function shelfPrice({ world, shelf }: Chooser, product: number): number {
  const regular = world.products[product]!.priceCents;
  const cut = shelf.priceCut[product]!;
  return cut > 0 ? Math.round((regular * (1 - cut)) / 10) * 10 : regular;
}

/** Fills a basket at a place from what is in stock; a product that is not there is replaced once or given up. */
export function fillBasket(chooser: Chooser, stock: Stock, place: number, rng: Rng): Line[] {
  const { world } = chooser;
  const wanted = 1 + Math.min(9, Math.floor(1.95 * rng.exponential()));
  const lines: Line[] = [];
  for (let i = 0; i < wanted; i++) {
    for (let attempt = 0; attempt < 2; attempt++) {
      const previous = lines.at(-1)?.product;
      const product =
        previous === undefined ? chooseProduct(chooser, rng) : besidePrevious(chooser, rng, previous);
      if (lines.some((line) => line.product === product)) break;
      const quantity = quantityOf(world.range.leafOf[product]!, rng);
      if (!takeFromShelf(stock, place * world.products.length + product, quantity)) continue;
      lines.push(lineOf(chooser, product, quantity));
      break;
    }
  }
  return lines;
}

function lineOf(chooser: Chooser, product: number, quantity: number): Line {
  const regularCents = chooser.world.products[product]!.priceCents;
  return { product, quantity, regularCents, unitCents: shelfPrice(chooser, product), discountCents: 0 };
}

/** The shop a person walks into: mostly the one near home. */
export function chooseStore({ world, person }: Chooser, day: number): number {
  const { seed } = world.options;
  const home = world.people.homeStore[person]!;
  if (chance(seed, person, day, SALT.storeChoice) < 0.85) return home;
  return pickSibling(world, home, hash(seed, person, day, SALT.storeChoice + 1));
}

function pickSibling({ stores }: World, home: number, draw: number): number {
  const near = stores.flatMap((store, s) => (store.city === stores[home]!.city ? [s] : []));
  return near[draw % near.length]!;
}

/** Where an order's goods are taken from. */
export function placeOf(world: World, store: number | null): number {
  return store ?? warehouseOf(world);
}
