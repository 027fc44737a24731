import type { Channel } from './demand.ts';
import {
  anonymousIdOf,
  cardOf,
  DEVICE,
  deviceIdOf,
  emailOf,
  handwrittenPhone,
  mistypedEmail,
  mistypedPhone,
  openidOf,
  PLACEHOLDER_CARDS,
  phoneOf,
  unionidOf,
  userIdOf,
} from './identifiers.ts';
import { type ExternalId, externalId, type Fields, type Who } from './messages.ts';
import { nameOf } from './names.ts';
import { HAS } from './people.ts';
import { chance, hash, Rng, SALT } from './rng.ts';
import { CITIES } from './stores.ts';
import type { World } from './world.ts';

/** Someone at the door: under which identifiers, on which device. */
export interface Visitor {
  channel: Channel;
  who: Who;
  context: Fields;
  /** Signed in, or known by a card. */
  known: boolean;
}

const DEVICES: Readonly<Record<number, Fields>> = {
  [DEVICE.desktop]: { type: 'desktop', manufacturer: 'Lenovo' },
  [DEVICE.phoneWeb]: { type: 'mobile', manufacturer: 'Xiaomi' },
  [DEVICE.app]: { type: 'mobile', manufacturer: 'Huawei' },
  [DEVICE.mini]: { type: 'mobile', manufacturer: 'Apple' },
  [DEVICE.familyTablet]: { type: 'tablet', manufacturer: 'Apple' },
};

function localeOf(flags: number): string {
  return flags & HAS.international ? 'en-US' : 'zh-CN';
}

function deviceFor(channel: Channel, flags: number, rng: Rng): number {
  if (channel === 'app') return DEVICE.app;
  if (channel === 'mini_program') return DEVICE.mini;
  if (flags & HAS.familyTablet && rng.happens(0.35)) return DEVICE.familyTablet;
  return rng.happens(0.45) ? DEVICE.desktop : DEVICE.phoneWeb;
}

/** Someone on the web, in the app or in the mini-program. */
export function onlineVisitor(
  world: World,
  person: number,
  channel: Channel,
  day: number,
  rng: Rng,
): Visitor {
  const { seed, days } = world.options;
  const flags = world.people.flags[person]!;
  const device = deviceFor(channel, flags, rng);
  const anonymousId = anonymousIdOf(seed, person, device, day, days);
  const known = (flags & HAS.account) !== 0 && rng.happens(channel === 'web' ? 0.6 : 0.85);
  const context: Fields = { channel, locale: localeOf(flags), device: DEVICES[device]! };
  const external = appIdentifiers(world, person, channel);
  if (external.length > 0) context.externalIds = external;
  return {
    channel,
    known,
    context,
    who: known ? { userId: userIdOf(seed, person), anonymousId } : { anonymousId },
  };
}

function appIdentifiers(world: World, person: number, channel: Channel): ExternalId[] {
  const { seed } = world.options;
  if (channel === 'app') return [externalId('device_id', deviceIdOf(seed, person))];
  if (channel !== 'mini_program') return [];
  const ids = [externalId('openid', openidOf(seed, person))];
  if (world.people.flags[person]! & HAS.unionid) ids.push(externalId('unionid', unionidOf(seed, person)));
  return ids;
}

/** Someone at a till: by card, by the till's link to their account, or as a stranger with a receipt. */
export function storeVisitor(world: World, person: number, receipt: string, rng: Rng): Visitor {
  const { seed } = world.options;
  const flags = world.people.flags[person]!;
  const context: Fields = { channel: 'store', locale: localeOf(flags) };
  const who: Who = { anonymousId: `receipt-${receipt}` };
  const showsCard = (flags & HAS.card) !== 0 && rng.happens(0.82);
  if (showsCard) {
    context.externalIds = [externalId('member_card', cardOf(seed, person))];
    if (flags & HAS.linked) who.userId = userIdOf(seed, person);
  } else if (rng.happens(0.06)) {
    context.externalIds = [externalId('member_card', rng.pick(PLACEHOLDER_CARDS))];
  }
  return { channel: 'store', known: showsCard, context, who };
}

/** Someone as the office knows them: by account, else by card; null if the office does not. */
export function memberOnFile(world: World, person: number, form: string): Visitor | null {
  const { seed } = world.options;
  const flags = world.people.flags[person]!;
  if (!(flags & (HAS.account | HAS.card))) return null;
  const account = (flags & HAS.account) !== 0;
  const context: Fields = { channel: account ? 'web' : 'store', locale: localeOf(flags) };
  if (flags & HAS.card && (!account || flags & HAS.linked)) {
    context.externalIds = [externalId('member_card', cardOf(seed, person))];
  }
  const who = account ? { userId: userIdOf(seed, person) } : { anonymousId: `form-${form}` };
  return { channel: account ? 'web' : 'store', known: true, context, who };
}

/** The e-mail address as typed at this moment: one in a hundred is mistyped. */
export function typedEmail(world: World, person: number, rng: Rng): string {
  const email = emailOf(world.options.seed, person, world.people.flags[person]!);
  return rng.happens(0.01) ? mistypedEmail(email) : email;
}

function typedPhone(world: World, person: number, rng: Rng): string {
  const phone = phoneOf(world.options.seed, person, world.people.city[person]!);
  const typed = rng.happens(0.012) ? mistypedPhone(phone) : phone;
  return rng.happens(0.12) ? handwrittenPhone(typed) : typed;
}

function birthday({ options, people }: World, person: number): string {
  const month = 1 + (hash(options.seed, person, 3, SALT.traits) % 12);
  const date = 1 + (hash(options.seed, person, 4, SALT.traits) % 28);
  return `${people.birthYear[person]}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

/** Whether a person still agrees to marketing by e-mail or SMS on a day. */
export function consents({ people }: World, person: number, channel: 'email' | 'sms', day: number): boolean {
  const bit = channel === 'email' ? HAS.email | HAS.emailConsent : HAS.phone | HAS.smsConsent;
  return (people.flags[person]! & bit) === bit && day < people.withdrawDay[person]!;
}

const traitDraw = new Rng();

/** The traits of an identify call on a day. */
export function traitsOf(world: World, person: number, day: number): Fields {
  const { options, people, calendar } = world;
  const rng = traitDraw.reseed(options.seed, person, day, SALT.identity);
  const flags = people.flags[person]!;
  const female = (flags & HAS.female) !== 0;
  const { firstName, lastName, name } = nameOf(
    options.seed,
    person,
    female,
    (flags & HAS.international) !== 0,
  );
  const city = CITIES[people.city[person]!]!;
  const traits: Fields = {
    firstName,
    lastName,
    name,
    createdAt: calendar.season(people.joinDay[person]!).iso,
  };
  if (chance(options.seed, person, 5, SALT.traits) < 0.85) traits.gender = female ? 'female' : 'male';
  if (chance(options.seed, person, 6, SALT.traits) < 0.7) traits.birthday = birthday(world, person);
  // One spelling of a city, whatever language its people read.
  traits.address = { city: city.name[0], country: city.country };
  if (flags & HAS.email) {
    traits.email = typedEmail(world, person, rng);
    traits.emailConsent = consents(world, person, 'email', day);
  }
  if (flags & HAS.phone) {
    traits.phone = typedPhone(world, person, rng);
    traits.smsConsent = consents(world, person, 'sms', day);
  }
  if (flags & HAS.card && (flags & HAS.linked || !(flags & HAS.account)))
    traits.memberCard = cardOf(options.seed, person);
  return traits;
}
