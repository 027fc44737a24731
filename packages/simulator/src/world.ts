import { type Calendar, createCalendar } from './calendar.ts';
import { type Catalogue, type Category, createCatalogue, type Product } from './catalogue.ts';
import { type Population, populate } from './people.ts';
import { CITIES, openStores, type Store } from './stores.ts';
import { leafShares, type Shelf, setOutShelf, weighProducts } from './tastes.ts';

/** What a world is made from. */
export interface WorldOptions {
  seed: number;
  people: number;
  /** First day, ISO. */
  start: string;
  /** Length of its history. */
  days: number;
  stores: number;
  skus: number;
  timeZone: string;
  currency: string;
}

/** A retailer that never was. Products, stores and categories are public; `range` and `people` hold the truth. */
export interface World {
  options: WorldOptions;
  products: Product[];
  stores: Store[];
  categories: Category[];
  calendar: Calendar;
  range: Catalogue;
  people: Population;
  /** Share of demand of each leaf. */
  leafShares: Float64Array;
  /** How each kind of person values each product: (price tier x style) rows. */
  weights: Float64Array[];
  /** The shelves of a day; the last two days asked for are kept. */
  shelf(day: number): Shelf;
}

const DEFAULTS: WorldOptions = {
  seed: 1,
  people: 20_000,
  start: '2024-01-01',
  days: 730,
  stores: 20,
  skus: 2_000,
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
};

/** Makes a world; the same options always make the same one. */
export function createWorld(options: Partial<WorldOptions> = {}): World {
  const chosen = { ...DEFAULTS, ...options };
  if (!(chosen.people > 0 && chosen.people <= 10_000_000)) {
    throw new RangeError(`people must be from 1 to 10000000, not ${chosen.people}`);
  }
  if (chosen.stores < 1) throw new RangeError(`stores must be at least 1, not ${chosen.stores}`);
  const calendar = createCalendar(chosen.start, chosen.timeZone);
  const range = createCatalogue(chosen.seed, chosen.skus, chosen.days);
  const stores = openStores(chosen.stores);
  const weights = weighProducts(range);
  return {
    options: chosen,
    products: range.products,
    categories: range.categories,
    stores,
    calendar,
    range,
    people: populate(chosen.seed, chosen.people, chosen.days, groupByCity(stores)),
    leafShares: leafShares(),
    weights,
    shelf: shelfKeeper(chosen.seed, range, weights, calendar),
  };
}

function groupByCity(stores: Store[]): number[][] {
  return CITIES.map(({ name }) => stores.flatMap((store, s) => (store.city === name[1] ? [s] : [])));
}

function shelfKeeper(
  seed: number,
  range: Catalogue,
  weights: Float64Array[],
  calendar: Calendar,
): (day: number) => Shelf {
  const kept = new Map<number, Shelf>();
  return (day) => {
    const known = kept.get(day);
    if (known) return known;
    if (kept.size >= 2) kept.delete(kept.keys().next().value!);
    const shelf = setOutShelf(seed, range, weights, calendar.season(day), day);
    kept.set(day, shelf);
    return shelf;
  };
}
