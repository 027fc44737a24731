import type { IdentifierRule, IdentityRules } from '@qianmian/contract';
import { IDENTIFIER_TYPES, type IdentifierType } from '../collect/index.ts';
import { DAY, SECOND } from '../platform/clock.ts';
import { normaliseIdentifier } from './normalise.ts';

/** Identifiers that name a person, whatever device they use. */
const PERSONAL = new Set<IdentifierType>(['user', 'member_card', 'unionid', 'phone', 'email']);
/** Identifiers that name a thing a person holds: it may be lent, shared, sold. */
const THINGS: readonly string[] = ['device', 'anonymous', 'receipt'];

/** Identifiers that nobody knows but who holds the thing: a page may say whose it is, where a server told of it alone. */
const HELD: readonly string[] = ['device', 'anonymous'];

const rule = (
  type: IdentifierType,
  perPerson: number,
  perPeriod: IdentifierRule['perPeriod'] = null,
): IdentifierRule => ({ type, joins: true, perPerson, perPeriod, sharedFrom: 3, blocked: [] });

const OWN: Partial<Record<IdentifierType, IdentifierRule>> = {
  user: rule('user', 1),
  member_card: rule('member_card', 3, { count: 2, days: 30 }),
  unionid: rule('unionid', 1),
  phone: rule('phone', 4, { count: 3, days: 30 }),
  email: rule('email', 5, { count: 3, days: 30 }),
  openid: rule('openid', 10),
  device: rule('device', 20),
};

/**
 * The rules of a workspace that set none. A login is one person's: two people who share a tablet or a family phone have
 * two logins, so they never fuse.
 */
export const DEFAULT_RULES: IdentityRules = {
  types: IDENTIFIER_TYPES.map((type) => OWN[type] ?? rule(type, 250)),
};

/** Most that a rule on people's own identifiers may allow: an identifier beyond it is shared under any rules. */
const PERSONAL_AT_MOST = 100;

/** Rules as they hold: each type once, those not named at the end with what they are by default. */
export function completeRules({ types }: IdentityRules): IdentityRules {
  const known = new Map(types.map((t) => [t.type, t]));
  const named = [...known.values()].filter((t) => (IDENTIFIER_TYPES as readonly string[]).includes(t.type));
  const missing = DEFAULT_RULES.types.filter((t) => !known.has(t.type));
  return {
    types: [...named, ...missing].map((t) => ({
      ...t,
      perPerson: PERSONAL.has(t.type as IdentifierType)
        ? Math.min(t.perPerson, PERSONAL_AT_MOST)
        : t.perPerson,
      blocked: [...new Set(t.blocked.map(blockedForm))],
    })),
  };
}

/** The form in which values that say nothing are compared. */
export const blockedForm = (value: string) => value.normalize('NFKC').trim().toLowerCase();

/** A value in the form in which identifiers are kept; as it is where it would identify nobody. */
function asStored(type: string, value: string, country: string | null): string {
  return normaliseIdentifier(type as IdentifierType, value, country)?.toLowerCase() ?? value;
}

/** Rules by rank of type (its place in IDENTIFIER_TYPES), for loops. */
export interface CompiledRules {
  joins: Uint8Array;
  perPerson: Uint16Array;
  /** 0 for no limit by period. */
  periodCount: Uint16Array;
  periodSeconds: Float64Array;
  sharedFrom: Uint8Array;
  /** Place in the order of strength: the lower is stronger. */
  priority: Uint8Array;
  blocked: ReadonlySet<string>[];
  isDefault: boolean;
}

export const TYPES = IDENTIFIER_TYPES.length;
export const RANK = new Map<string, number>(IDENTIFIER_TYPES.map((t, i) => [t, i]));
export const IS_PERSONAL = Uint8Array.from(IDENTIFIER_TYPES, (t) => (PERSONAL.has(t) ? 1 : 0));
export const IS_THING = Uint8Array.from(IDENTIFIER_TYPES, (t) => (THINGS.includes(t) ? 1 : 0));
/** What a server told of it stands: no page makes it somebody else's. */
export const IS_ANCHOR = Uint8Array.from(IDENTIFIER_TYPES, (t) => (HELD.includes(t) ? 0 : 1));

/** Rules in the form in which they are applied; phones are written as in `country` where they say no other. */
export function compileRules(rules: IdentityRules, country: string | null): CompiledRules {
  const compiled: CompiledRules = {
    joins: new Uint8Array(TYPES),
    perPerson: new Uint16Array(TYPES),
    periodCount: new Uint16Array(TYPES),
    periodSeconds: new Float64Array(TYPES),
    sharedFrom: new Uint8Array(TYPES),
    priority: new Uint8Array(TYPES),
    blocked: IDENTIFIER_TYPES.map(() => new Set()),
    isDefault: rules === DEFAULT_RULES,
  };
  for (const [place, r] of completeRules(rules).types.entries()) {
    const rank = RANK.get(r.type)!;
    compiled.joins[rank] = r.joins ? 1 : 0;
    compiled.perPerson[rank] = r.perPerson;
    compiled.periodCount[rank] = r.perPeriod?.count ?? 0;
    compiled.periodSeconds[rank] = ((r.perPeriod?.days ?? 0) * DAY) / SECOND;
    compiled.sharedFrom[rank] = r.sharedFrom;
    compiled.priority[rank] = place;
    compiled.blocked[rank] = new Set([
      ...r.blocked,
      ...r.blocked.map((value) => asStored(r.type, value, country)),
    ]);
  }
  return compiled;
}
