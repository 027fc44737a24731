import type { TraitValue } from '../collect/index.ts';
import { maskEmail, maskName, maskPhone } from '../profile/index.ts';
import { couponWords, type Language, money, type Terms } from '../promotion/index.ts';
import type { Fields } from './liquid.ts';
import type { CampaignWarehouse, ProfileRow } from './store.ch.ts';

/** Where a shop is, as far as words need it. */
export interface Shop {
  id: string;
  name: string;
  currency: string;
  timeZone: string;
}

type Customer = Fields['customer'];

/** Fields of `customer` that come from the profile; a value of '' is none. */
const FROM_PROFILE: Record<string, (row: ProfileRow, shop: Shop, language: Language) => string | number> = {
  name: (r) => r.name,
  email: (r) => r.email,
  phone: (r) => r.phone,
  city: (r) => r.city,
  country: (r) => r.country,
  gender: (r) => r.gender,
  birthday: (r) => r.birthday,
  orders: (r) => r.orders,
  spend: (r, shop, language) => money(r.spend_cents, shop.currency, language),
  favouriteCategory: (r) => r.favourite_category,
  favouriteStore: (r) => r.favourite_store,
};

/** Names that `customer.` can be followed by where nobody has said anything yet. */
export const CUSTOMER_FIELDS = ['firstName', 'lastName', ...Object.keys(FROM_PROFILE)];

/** Values of `customer.*` for some people: only the fields named, only those that have a value. */
export async function customerFields(
  warehouse: CampaignWarehouse,
  shop: Shop,
  people: readonly number[],
  wanted: { names: readonly string[]; language: Language },
): Promise<Map<number, Customer>> {
  const fields = new Map<number, Customer>(people.map((p) => [p, {}]));
  if (wanted.names.length === 0) return fields;
  for (const t of await warehouse.traits(shop.id, people, wanted.names)) {
    const value = JSON.parse(t.value) as TraitValue;
    const customer = fields.get(t.person);
    if (customer && value !== '') customer[t.name] = value;
  }
  const names = wanted.names.filter((n) => n in FROM_PROFILE);
  if (names.length === 0) return fields;
  for (const row of await warehouse.profiles(shop.id, people)) {
    const customer = fields.get(row.person);
    for (const name of names) {
      const value = FROM_PROFILE[name]!(row, shop, wanted.language);
      if (customer && value !== '') customer[name] = value;
    }
  }
  return fields;
}

/** Names of `customer.*` among the fields of a template. */
export function customerNames(fields: readonly string[]): string[] {
  return fields.filter((f) => f.startsWith('customer.')).map((f) => f.slice('customer.'.length));
}

/** Values of `coupon.*`; none without a coupon. */
export function couponFields(
  coupon: Terms | null,
  code: string | null,
  shop: Shop,
  language: Language,
): Fields['coupon'] {
  if (!coupon) return {};
  return {
    ...(code ? { code } : {}),
    words: couponWords(coupon, shop.currency, language),
    ...(coupon.endsAt === null ? {} : { endsOn: lastDay(coupon.endsAt, shop, language) }),
  };
}

/** The last day on which something that ends at a moment still holds. */
function lastDay(endsAt: number, shop: Shop, language: Language): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: shop.timeZone }).format(endsAt - 1);
}

const SAMPLES: Record<Language, Customer> = {
  en: { name: 'Ann Lee', firstName: 'Ann', lastName: 'Lee', city: 'York', orders: 3 },
  zh: { name: '王小明', firstName: '小明', lastName: '王', city: '上海', orders: 3 },
};

/** Nobody's values, for messages to oneself. */
export function sampleCustomer(names: readonly string[], language: Language): Customer {
  return Object.fromEntries(names.map((n) => [n, SAMPLES[language][n] ?? n]));
}

/** Fields that tell nobody who someone is. */
const OPEN = new Set(['city', 'country', 'orders', 'spend', 'favouriteCategory', 'favouriteStore']);
const MASKS: Record<string, (text: string) => string> = {
  name: maskName,
  firstName: maskName,
  lastName: maskName,
  email: maskEmail,
  phone: maskPhone,
};

/** A customer's values for who may not know who they are: what is not known to be harmless is hidden. */
export function maskedCustomer(customer: Customer): Customer {
  return Object.fromEntries(
    Object.entries(customer).map(([name, value]) => [
      name,
      OPEN.has(name) || typeof value === 'boolean' ? value : (MASKS[name] ?? (() => '****'))(String(value)),
    ]),
  );
}
