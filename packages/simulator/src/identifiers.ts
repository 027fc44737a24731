import { nameOf } from './names.ts';
import { HAS, type Population } from './people.ts';
import { chance, hash, SALT } from './rng.ts';
import { CITIES } from './stores.ts';

/** The kinds of identifiers that appear in messages and files. */
export type IdentifierType =
  | 'user_id'
  | 'anonymous_id'
  | 'email'
  | 'phone'
  | 'member_card'
  | 'openid'
  | 'unionid'
  | 'device_id';

/** An identifier as it may appear, and what is true about it. */
export interface Identifier {
  type: IdentifierType;
  value: string;
  /** Mistyped: it does not really belong to the person who gave it. */
  wrong: boolean;
  /** Used by more than one person. */
  shared: boolean;
}

/** Devices on which a person is seen. */
export const DEVICE = { desktop: 0, phoneWeb: 1, app: 2, mini: 3, familyTablet: 4 } as const;

/** Values that staff type when no card is at hand; they are nobody's. */
export const PLACEHOLDER_CARDS: readonly string[] = ['0000', '00000000'];

/** Anonymous ids that exist for a single receipt or form and say nothing about who it was. */
export const ONE_OFF_ID = /^(receipt|form)-/;

const MODULUS = 10_000_000;
const MULTIPLIER = 7_368_787;
const INVERSE = inverseOf(BigInt(MULTIPLIER), BigInt(MODULUS));

function inverseOf(value: bigint, modulus: bigint): bigint {
  let [r0, r1, t0, t1] = [modulus, value, 0n, 1n];
  while (r1 > 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return ((t0 % modulus) + modulus) % modulus;
}

/** A seven-digit number for a person that no other person has (people below ten million). */
export function memberNumber(seed: number, person: number): number {
  return (person * MULTIPLIER + (hash(seed, 0, 0, SALT.identity) % MODULUS)) % MODULUS;
}

function personWithNumber(seed: number, number: number): number {
  const shifted = BigInt(number - (hash(seed, 0, 0, SALT.identity) % MODULUS) + MODULUS);
  return Number((shifted * INVERSE) % BigInt(MODULUS));
}

const digits = (seed: number, person: number): string => String(memberNumber(seed, person)).padStart(7, '0');

/** The account id of a person. */
export function userIdOf(seed: number, person: number): string {
  return `u${digits(seed, person)}`;
}

/** The member card of a person. */
export function cardOf(seed: number, person: number): string {
  return `QM8${digits(seed, person)}`;
}

const MAIL = [
  'qq.com',
  '163.com',
  'qq.com',
  'outlook.com',
  '126.com',
  'gmail.com',
  'foxmail.com',
  'icloud.com',
];
const MAIL_ABROAD = ['gmail.com', 'gmail.com', 'outlook.com', 'icloud.com', 'yahoo.com'];

/** The e-mail address of a person. */
export function emailOf(seed: number, person: number, flags: number): string {
  const abroad = (flags & HAS.international) !== 0;
  const { latin } = nameOf(seed, person, (flags & HAS.female) !== 0, abroad);
  const domains = abroad ? MAIL_ABROAD : MAIL;
  return `${latin}${memberNumber(seed, person)}@${domains[hash(seed, person, 1, SALT.identity) % domains.length]}`;
}

/** The person whose e-mail address this is, if it is anyone's. */
export function personByEmail(seed: number, people: Population, email: string): number | undefined {
  const number = /(\d{1,7})@/.exec(email)?.[1];
  if (number === undefined) return undefined;
  const person = personWithNumber(seed, Number(number));
  if (person >= people.size || !(people.flags[person]! & HAS.email)) return undefined;
  return emailOf(seed, person, people.flags[person]!) === email.toLowerCase() ? person : undefined;
}

const MOBILE = [
  '130',
  '135',
  '136',
  '138',
  '139',
  '150',
  '152',
  '158',
  '166',
  '177',
  '180',
  '186',
  '188',
  '199',
];
const ABROAD: Readonly<Record<string, string>> = { GB: '+4479', JP: '+8190', SG: '+658', US: '+1646' };

/** The mobile number of a person in E.164. */
export function phoneOf(seed: number, person: number, city: number): string {
  const draw = hash(seed, person, 2, SALT.identity);
  const prefix = ABROAD[CITIES[city]!.country];
  const lead = prefix === '+4479' || prefix === '+8190' ? String(draw % 10) : '';
  if (prefix !== undefined) return prefix + lead + digits(seed, person);
  return `+86${MOBILE[draw % MOBILE.length]}${(draw >>> 8) % 10}${digits(seed, person)}`;
}

/** A Chinese number as people write it by hand; others stay as they are. */
export function handwrittenPhone(phone: string): string {
  return phone.startsWith('+86') ? `${phone.slice(3, 6)} ${phone.slice(6, 10)} ${phone.slice(10)}` : phone;
}

/** The same address with the slip that this person makes. */
export function mistypedEmail(email: string): string {
  const slips: readonly [string, string][] = [
    ['@gmail.com', '@gmial.com'],
    ['@qq.com', '@qq.con'],
    ['@163.com', '@163.cm'],
    ['@outlook.com', '@outlok.com'],
  ];
  for (const [right, wrong] of slips) if (email.endsWith(right)) return email.replace(right, wrong);
  return email.slice(1);
}

/** The same number with its last two different neighbours swapped. */
export function mistypedPhone(phone: string): string {
  for (let i = phone.length - 1; i > 4; i--) {
    if (phone[i] !== phone[i - 1])
      return phone.slice(0, i - 1) + phone[i]! + phone[i - 1]! + phone.slice(i + 1);
  }
  return `${phone.slice(0, -1)}${(Number(phone.at(-1)) + 1) % 10}`;
}

const HEX = Array.from({ length: 65_536 }, (_, n) => n.toString(16).padStart(4, '0'));

function hexWord(seed: number, a: number, b: number): string {
  const word = hash(seed, a, b, SALT.device);
  return HEX[word >>> 16]! + HEX[word & 65_535]!;
}

function uuid(seed: number, owner: number, thing: number): string {
  const a = hexWord(seed, owner, thing * 4);
  const b = hexWord(seed, owner, thing * 4 + 1);
  const c = hexWord(seed, owner, thing * 4 + 2);
  const d = hexWord(seed, owner, thing * 4 + 3);
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** Day on which a browser lost its cookies, for a third of the browsers; -1 if it keeps them. */
function cookieLossDay(seed: number, person: number, device: number, days: number): number {
  if (device > DEVICE.phoneWeb || chance(seed, person, 10 + device, SALT.device) > 0.33) return -1;
  return hash(seed, person, 20 + device, SALT.device) % days;
}

/** The anonymous id of a person's device on a day of a world that lasts `days`. */
export function anonymousIdOf(
  seed: number,
  person: number,
  device: number,
  day: number,
  days: number,
): string {
  const owner = device === DEVICE.familyTablet ? person & ~1 : person;
  const loss = cookieLossDay(seed, person, device, days);
  return uuid(seed, owner, 100 + device * 2 + (loss >= 0 && day >= loss ? 1 : 0));
}

/** The advertising id of the phone on which a person uses the app. */
export function deviceIdOf(seed: number, person: number): string {
  return uuid(seed, person, 200).toUpperCase();
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function wechatId(seed: number, person: number, lead: string, thing: number): string {
  let text = lead;
  for (let word = 0; text.length < 28; word++) {
    let bits = hash(seed, person, thing + word, SALT.device);
    for (let i = 0; i < 5 && text.length < 28; i++, bits >>>= 6) text += ALPHABET[bits & 63];
  }
  return text;
}

/** The openid of a person in the mini-program. */
export function openidOf(seed: number, person: number): string {
  return wechatId(seed, person, 'oQM5x', 900);
}

/** The unionid of a person across the retailer's WeChat accounts. */
export function unionidOf(seed: number, person: number): string {
  return wechatId(seed, person, 'oUn6s', 920);
}

/** Every identifier under which a person can appear in a world that lasts `days`, slips included. */
export function identifiersOf(seed: number, people: Population, person: number, days: number): Identifier[] {
  const flags = people.flags[person]!;
  const list: Identifier[] = [];
  const add = (type: IdentifierType, value: string, wrong = false, shared = false): void => {
    if (!list.some((known) => known.value === value)) list.push({ type, value, wrong, shared });
  };
  if (flags & HAS.account) add('user_id', userIdOf(seed, person));
  if (flags & HAS.card) add('member_card', cardOf(seed, person));
  if (flags & HAS.email) {
    const email = emailOf(seed, person, flags);
    add('email', email);
    add('email', mistypedEmail(email), true);
  }
  if (flags & HAS.phone) {
    const phone = phoneOf(seed, person, people.city[person]!);
    add('phone', phone);
    add('phone', mistypedPhone(phone), true);
  }
  if (flags & HAS.app) add('device_id', deviceIdOf(seed, person));
  if (flags & HAS.mini) add('openid', openidOf(seed, person));
  if (flags & HAS.mini && flags & HAS.unionid) add('unionid', unionidOf(seed, person));
  for (const device of devicesOf(flags)) {
    const shared = device === DEVICE.familyTablet;
    for (const day of [-1, days * 2])
      add('anonymous_id', anonymousIdOf(seed, person, device, day, days), false, shared);
  }
  return list;
}

function devicesOf(flags: number): number[] {
  const devices: number[] = [DEVICE.desktop, DEVICE.phoneWeb];
  if (flags & HAS.app) devices.push(DEVICE.app);
  if (flags & HAS.mini) devices.push(DEVICE.mini);
  if (flags & HAS.familyTablet) devices.push(DEVICE.familyTablet);
  return devices;
}
