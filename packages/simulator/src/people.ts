import { Rng, SALT } from './rng.ts';
import { CITIES } from './stores.ts';
import { LATENT_TYPES } from './tastes.ts';

/** Facts about a person that are either so or not, as bits of `flags`. */
export const HAS = {
  account: 1,
  email: 2,
  phone: 4,
  card: 8,
  app: 16,
  mini: 32,
  unionid: 64,
  international: 128,
  female: 256,
  familyTablet: 512,
  sleeper: 1024,
  emailConsent: 2048,
  smsConsent: 4096,
  /** Card and account are known to belong together. */
  linked: 8192,
  /** Leaves because of a bad experience. */
  angry: 16384,
} as const;

/** Every person of the world, one entry each in every array. */
export interface Population {
  size: number;
  latentType: Uint8Array;
  flags: Uint16Array;
  city: Uint8Array;
  /** Index of the store they live near. */
  homeStore: Uint16Array;
  /** Orders per day on an average day while active. */
  rate: Float32Array;
  /** Tracked visits without an order per day. */
  browseRate: Float32Array;
  /** Day on which they become a customer; negative if before the world's first day. */
  joinDay: Int32Array;
  /** First day on which they no longer buy. */
  dropDay: Int32Array;
  /** Their hazard of dropping out per day. */
  dropRate: Float32Array;
  /** Price sensitivity, 0 to 1. */
  thrift: Float32Array;
  /** Share of their visits that go to a shop. */
  storeShare: Float32Array;
  /** 0 web, 1 app, 2 mini-program. */
  onlineHome: Uint8Array;
  openRate: Float32Array;
  clickRate: Float32Array;
  /** Change of the log buying rate after an opened e-mail. */
  emailEffect: Float32Array;
  /** Further change of the log buying rate per ten per cent of coupon. */
  couponEffect: Float32Array;
  /** Day on which marketing consent is withdrawn; beyond any horizon if never. */
  withdrawDay: Int32Array;
  birthYear: Uint16Array;
}

/** A day that never comes. */
const NEVER = 1_000_000;

const MEAN_RATE = 0.0138;
const RATE_SHAPE = 0.75;
const DROP_SHAPE = 0.6;
const MEAN_DROP = 1 / 420;

const TYPE_SHARES = risingShares(LATENT_TYPES.map(({ share }) => share));

function risingShares(shares: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(shares, (share) => {
    sum += share;
    return sum;
  });
}

function emptyPopulation(size: number): Population {
  return {
    size,
    latentType: new Uint8Array(size),
    flags: new Uint16Array(size),
    city: new Uint8Array(size),
    homeStore: new Uint16Array(size),
    rate: new Float32Array(size),
    browseRate: new Float32Array(size),
    joinDay: new Int32Array(size),
    dropDay: new Int32Array(size),
    dropRate: new Float32Array(size),
    thrift: new Float32Array(size),
    storeShare: new Float32Array(size),
    onlineHome: new Uint8Array(size),
    openRate: new Float32Array(size),
    clickRate: new Float32Array(size),
    emailEffect: new Float32Array(size),
    couponEffect: new Float32Array(size),
    withdrawDay: new Int32Array(size),
    birthYear: new Uint16Array(size),
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function settleLife(people: Population, i: number, rng: Rng, days: number): void {
  const type = LATENT_TYPES[people.latentType[i]!]!;
  const sleeper = rng.happens(0.03);
  const gamma = rng.gamma(RATE_SHAPE) / RATE_SHAPE;
  people.rate[i] = MEAN_RATE * type.pace * (sleeper ? 3 + rng.exponential() : gamma);
  people.browseRate[i] = 0.0014 + 0.52 * people.rate[i]! * Math.exp(0.6 * rng.normal() - 0.18);
  people.joinDay[i] = joinDay(rng, days, sleeper);
  people.dropRate[i] = (MEAN_DROP * rng.gamma(DROP_SHAPE)) / DROP_SHAPE + 1e-5;
  const life = Math.ceil(rng.exponential() / people.dropRate[i]!);
  const drop = Math.min(NEVER, Math.max(0, people.joinDay[i]!) + Math.max(1, life));
  people.dropDay[i] = sleeper ? Math.max(1, Math.floor(days - rng.between(70, 260))) : drop;
  if (sleeper) people.flags[i]! |= HAS.sleeper;
  if (rng.happens(0.25)) people.flags[i]! |= HAS.angry;
}

function joinDay(rng: Rng, days: number, early: boolean): number {
  const when = rng.uniform();
  if (early || when < 0.45) return -1 - rng.below(900);
  return Math.floor(((when - 0.45) / 0.53) * days);
}

function settleHome(
  people: Population,
  i: number,
  rng: Rng,
  storesByCity: readonly (readonly number[])[],
  cityShares: Float64Array,
): void {
  const type = LATENT_TYPES[people.latentType[i]!]!;
  const city = rng.weighted(cityShares);
  const abroad = CITIES[city]!.country !== 'CN';
  people.city[i] = city;
  const near = storesByCity[city]!;
  people.homeStore[i] = near.length > 0 ? rng.pick(near) : 0;
  people.birthYear[i] = 2024 - Math.round(rng.between(type.age[0], type.age[1]));
  if (rng.happens(abroad ? 0.75 : 0.065)) people.flags[i]! |= HAS.international;
  if (rng.happens(type.female)) people.flags[i]! |= HAS.female;
  people.storeShare[i] = near.length > 0 ? clamp(type.storeLove * rng.between(0.3, 1.7), 0, 1) : 0;
}

function settleIdentifiers(people: Population, i: number, rng: Rng): void {
  const gives = (bit: number, probability: number): void => {
    if (rng.happens(probability)) people.flags[i]! |= bit;
  };
  const store = people.storeShare[i]!;
  const online = rng.uniform();
  people.onlineHome[i] = online < 0.34 ? 0 : online < 0.64 ? 1 : 2;
  gives(HAS.account, 1 - 0.55 * store ** 2);
  gives(HAS.card, 0.35 + 0.6 * store);
  gives(HAS.email, people.flags[i]! & HAS.international ? 0.95 : 0.72);
  gives(HAS.phone, people.flags[i]! & HAS.card ? 0.95 : 0.86);
  gives(HAS.app, people.onlineHome[i] === 1 ? 1 : 0.15);
  gives(HAS.mini, people.onlineHome[i] === 2 ? 1 : 0.15);
  gives(HAS.unionid, 0.6);
  gives(HAS.linked, 0.6);
  gives(HAS.emailConsent, 0.64);
  gives(HAS.smsConsent, 0.5);
  if (!(people.flags[i]! & HAS.account)) forgoApp(people, i);
}

/** The app asks for an account; who has none shops on the web. */
function forgoApp(people: Population, i: number): void {
  people.flags[i]! &= ~(HAS.app | HAS.linked);
  if (people.onlineHome[i] === 1) people.onlineHome[i] = 0;
}

function settleResponse(people: Population, i: number, rng: Rng, horizon: number): void {
  const type = LATENT_TYPES[people.latentType[i]!]!;
  const thrift = clamp(type.thrift + 0.2 * rng.normal(), 0.02, 0.98);
  const annoyed = rng.happens(type.doNotDisturb);
  const indifferent = rng.happens(0.35 - 0.2 * thrift);
  people.thrift[i] = thrift;
  people.openRate[i] = clamp(0.42 + 0.15 * rng.normal(), 0.12, 0.85);
  people.clickRate[i] = annoyed ? 0.04 : clamp(0.08 + 0.35 * thrift * rng.uniform(), 0.03, 0.6);
  people.emailEffect[i] = annoyed ? -rng.between(0.3, 1.5) : indifferent ? 0 : 0.3 * rng.exponential();
  people.couponEffect[i] = annoyed || indifferent ? 0.05 * thrift : 0.6 * thrift * rng.uniform();
  const withdraws = rng.happens(annoyed ? 0.2 : 0.05);
  people.withdrawDay[i] = withdraws ? Math.max(1, people.joinDay[i]! + 1 + rng.below(horizon)) : NEVER;
}

/** Draws everyone: a gamma buying rate and an exponential lifetime each (Pareto/NBD), and all that tells people apart. */
export function populate(
  seed: number,
  size: number,
  days: number,
  storesByCity: readonly (readonly number[])[],
): Population {
  const people = emptyPopulation(size);
  const cityShares = risingShares(CITIES.map(({ weight }) => weight));
  const rng = new Rng();
  for (let i = 0; i < size; i++) {
    rng.reseed(seed, i, 0, SALT.person);
    people.latentType[i] = Math.min(LATENT_TYPES.length - 1, rng.weighted(TYPE_SHARES));
    settleLife(people, i, rng, days);
    settleHome(people, i, rng, storesByCity, cityShares);
    settleIdentifiers(people, i, rng);
    settleResponse(people, i, rng, days);
    if (i % 2 === 1 && rng.happens(0.12)) shareTablet(people, i);
  }
  return people;
}

function shareTablet(people: Population, i: number): void {
  people.flags[i]! |= HAS.familyTablet;
  people.flags[i - 1]! |= HAS.familyTablet;
  people.city[i] = people.city[i - 1]!;
  people.homeStore[i] = people.homeStore[i - 1]!;
}
