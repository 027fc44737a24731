import type { Season } from './calendar.ts';
import { HAS } from './people.ts';
import { chance, Rng, SALT } from './rng.ts';
import type { World } from './world.ts';

/** Probability of an order on the day someone becomes a customer. */
const JOIN_ORDER = 0.6;
/** Most that the chance of an order on one day can be. */
export const MOST_CHANCE = 0.9;
/** Share of their former buying that a message can still wake in a valuable customer who went to sleep. */
const WAKEABLE = 0.5;
const INTENT = 5;
const NO_INTENT = 0.8;

/** Where someone shops. */
export type Channel = 'web' | 'app' | 'mini_program' | 'store';

/** What someone comes for. */
type Purpose = 'order' | 'browse';

/** A person's buying on a kind of day against their average: thrifty people wait for the festivals. */
function dayFactor(season: Season, thrift: number): number {
  return season.base * (1 + season.boost * (0.4 + 1.2 * thrift));
}

/** Whether a person is a customer on a day who has not dropped out. */
export function isActive({ people }: World, person: number, day: number): boolean {
  return day >= people.joinDay[person]! && day < people.dropDay[person]!;
}

/** The chance of an order if the person is active on the day. */
export function orderChanceIfActive(world: World, person: number, day: number): number {
  const { people } = world;
  if (people.joinDay[person] === day) return JOIN_ORDER;
  return Math.min(
    MOST_CHANCE,
    people.rate[person]! * dayFactor(world.calendar.season(day), people.thrift[person]!),
  );
}

/** The chance that an untouched person orders on a day. */
export function orderChance(world: World, person: number, day: number): number {
  return isActive(world, person, day) ? orderChanceIfActive(world, person, day) : 0;
}

/** The buying that a message can multiply: the usual chance, or half the former one of a valuable sleeper. */
export function movableChance(world: World, person: number, day: number): number {
  const { people } = world;
  if (isActive(world, person, day)) return orderChanceIfActive(world, person, day);
  const asleep = people.flags[person]! & HAS.sleeper && day >= people.dropDay[person]!;
  return asleep ? WAKEABLE * orderChanceIfActive(world, person, day) : 0;
}

function orders(world: World, person: number, day: number): boolean {
  return chance(world.options.seed, person, day, SALT.come) < orderChance(world, person, day);
}

/** What an untouched person does on a day. People look around more in the two days before they buy. */
export function comesFor(world: World, season: Season, person: number, day: number): Purpose | null {
  const { people } = world;
  if (day < people.joinDay[person]! || day >= people.dropDay[person]!) return null;
  const draw = chance(world.options.seed, person, day, SALT.come);
  if (draw < orderChanceIfActive(world, person, day)) return 'order';
  const browse = people.browseRate[person]! * season.base;
  const other = 1 - draw;
  if (other >= browse * INTENT) return null;
  const intent = orders(world, person, day + 1) || orders(world, person, day + 2);
  return other < browse * (intent ? INTENT : NO_INTENT) ? 'browse' : null;
}

/** A visit that will take place. */
interface PlannedVisit {
  atMs: number;
  channel: Channel;
}

const ONLINE: readonly Channel[] = ['web', 'app', 'mini_program'];
const ONLINE_HOURS = hours([
  5, 2, 1, 1, 1, 2, 6, 12, 18, 22, 26, 28, 34, 30, 25, 24, 25, 27, 30, 38, 52, 58, 48, 20,
]);
const STORE_HOURS = hours([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 14, 16, 15, 15, 16, 17, 19, 22, 22, 16, 6, 0, 0,
]);
const LONGEST_VISIT_MS = 40 * 60_000;
const planning = new Rng();

function hours(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => {
    sum += weight;
    return sum;
  });
}

function chooseChannel({ people }: World, person: number, weekday: number, rng: Rng): Channel {
  const weekend = weekday === 0 || weekday === 6 ? 1.2 : 0.93;
  if (rng.happens(people.storeShare[person]! * weekend)) return 'store';
  const home = ONLINE[people.onlineHome[person]!]!;
  if (rng.happens(0.78)) return home;
  const other = rng.pick(ONLINE);
  const flags = people.flags[person]!;
  const has = other === 'web' || (other === 'app' ? flags & HAS.app : flags & HAS.mini);
  return has ? other : 'web';
}

/** When on a day, and where, a person's nth visit takes place; it ends before the day does. */
export function planVisit(world: World, person: number, day: number, nth: number): PlannedVisit {
  const rng = planning.reseed(world.options.seed, person, day, SALT.plan + nth);
  const { calendar, people, stores } = world;
  const channel = chooseChannel(world, person, calendar.season(day).weekday, rng);
  const startMs = calendar.startMs(day);
  const length = calendar.startMs(day + 1) - startMs;
  const hour = rng.weighted(channel === 'store' ? STORE_HOURS : ONLINE_HOURS) + rng.uniform();
  const ahead = calendar.minutesAhead(
    stores[people.homeStore[person]!]?.timeZone ?? world.options.timeZone,
    day,
  );
  const ms = (((hour * 3_600_000 - ahead * 60_000) % 86_400_000) + 86_400_000) % 86_400_000;
  return { atMs: startMs + Math.floor(Math.min(ms, length - LONGEST_VISIT_MS)), channel };
}
