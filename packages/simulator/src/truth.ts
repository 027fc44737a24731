import { orderChance, orderChanceIfActive } from './demand.ts';
import { type Identifier, identifiersOf, PLACEHOLDER_CARDS } from './identifiers.ts';
import { HAS, type Population } from './people.ts';
import { LATENT_TYPES, tasteInto } from './tastes.ts';
import { LEAVES } from './taxonomy.ts';
import { upliftIfOpened } from './touches.ts';
import { consents } from './visitor.ts';
import type { World } from './world.ts';

/** Whom an identifier belongs to. */
export interface Owner {
  people: number[];
  /** A slip of the pen or a placeholder: whoever it seems to name, it proves nothing. */
  wrong: boolean;
}

/** What only the world knows, to compare estimates with. Days count from the world's first day. */
export interface Truth {
  /** One entry per person in every array. */
  people: Readonly<Population>;
  latentTypes: readonly { nameZh: string; nameEn: string }[];
  /** Quality of each product, about -1 to 1. */
  productQuality: Float32Array;
  /** The product that belongs beside each product. */
  companion: Int32Array;
  /** Price elasticity of each category: per cent of units gained per per cent of price cut. */
  elasticity: Float64Array;
  /** A valuable customer who is set to go to sleep before the history ends. */
  isSleeper(person: number): boolean;
  /** Buys less when mailed. */
  isDoNotDisturb(person: number): boolean;
  /** Agrees to marketing on a day of an untouched life. */
  consents(person: number, channel: 'email' | 'sms', day: number): boolean;
  /** Shares of interest in the categories. */
  taste(person: number): Float64Array;
  /** Expected orders of an untouched person on days [fromDay, toDay), with their drop-out known. */
  expectedOrders(person: number, fromDay: number, toDay: number): number;
  /** The same for someone known to be active on fromDay, their drop-out still open. */
  expectedOrdersIfActive(person: number, fromDay: number, toDay: number): number;
  /** Expected extra orders in the next 90 days of one e-mail sent on a day, with a coupon of so many per cent. */
  emailUplift(person: number, day: number, discountPercent?: number): number;
  /** All identifiers under which a person can appear, slips included. */
  identifiers(person: number): Identifier[];
  /** Every identifier of the world as `type:value`, phones in E.164. */
  owners(): Map<string, Owner>;
}

/** The truth of a world. */
export function truthOf(world: World): Truth {
  const { people, range, options } = world;
  return {
    people,
    latentTypes: LATENT_TYPES,
    productQuality: range.quality,
    companion: range.companion,
    elasticity: Float64Array.from(LEAVES, ({ elasticity }) => elasticity),
    isSleeper: (person) => (people.flags[person]! & HAS.sleeper) !== 0,
    isDoNotDisturb: (person) => people.emailEffect[person]! < 0,
    consents: (person, channel, day) => consents(world, person, channel, day),
    taste: (person) =>
      tasteInto(options.seed, person, people.latentType[person]!, new Float64Array(LEAVES.length)),
    expectedOrders: (person, fromDay, toDay) =>
      sumDays(fromDay, toDay, (day) => orderChance(world, person, day)),
    expectedOrdersIfActive: (person, fromDay, toDay) => expectedIfActive(world, person, fromDay, toDay),
    emailUplift: (person, day, discountPercent = 0) =>
      people.openRate[person]! * upliftIfOpened(world, person, day, discountPercent),
    identifiers: (person) => identifiersOf(options.seed, people, person, options.days),
    owners: () => ownersOf(world),
  };
}

function sumDays(fromDay: number, toDay: number, on: (day: number) => number): number {
  let sum = 0;
  for (let day = fromDay; day < toDay; day++) sum += on(day);
  return sum;
}

function expectedIfActive(world: World, person: number, fromDay: number, toDay: number): number {
  const stay = Math.exp(-world.people.dropRate[person]!);
  return sumDays(fromDay, toDay, (day) => orderChanceIfActive(world, person, day) * stay ** (day - fromDay));
}

function ownersOf({ options, people, stores }: World): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const card of PLACEHOLDER_CARDS) owners.set(`member_card:${card}`, { people: [], wrong: true });
  for (const { storeId } of stores)
    owners.set(`anonymous_id:tablet-${storeId}`, { people: [], wrong: false });
  for (let person = 0; person < people.size; person++) {
    for (const { type, value, wrong } of identifiersOf(options.seed, people, person, options.days)) {
      const key = `${type}:${value}`;
      const known = owners.get(key);
      if (!known) owners.set(key, { people: [person], wrong });
      else if (known.wrong && !wrong) owners.set(key, { people: [person], wrong });
      else if (known.wrong === wrong) known.people.push(person);
    }
  }
  return owners;
}
